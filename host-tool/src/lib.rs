//! The library behind `postern`.

pub mod direct;
