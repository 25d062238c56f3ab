//! Scope files: read as everywhere, told in words, and written as an example.

pub mod describe;
pub mod example;

pub use host_files::scope_file::*;
