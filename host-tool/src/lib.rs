//! The library behind `postern`.
