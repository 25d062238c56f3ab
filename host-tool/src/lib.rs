//! The library behind `postern`.

pub mod letters;
