//! Files that people write: lists of suspects and scopes, and what is wrong with them.
//!
//! The tool and the simulator read the same files with the same words for every mistake: where it
//! is, what was expected, what to do next.
#![forbid(unsafe_code)]

pub mod dnsbl;
pub mod import;
pub mod lists;
pub mod problem;
pub mod scope_file;
pub mod table;
pub mod words;
