//! `postern`: scan, keep findings, write letters.

fn main() {}
