//! The library behind `postern`.
//!
//! [`cli`] is the front door; everything else can be used without it. The way of the data:
//! [`lists`] and [`scope_file`] in, a link to an appliance, the store, and out again.

pub mod arrivals_file;
pub mod cases;
pub mod cli;
pub mod direct;
pub mod exit;
pub mod key_file;
pub mod letters;
pub mod link;
pub mod output;
pub mod scope_file;
pub mod session;
pub mod site;
pub mod store;
pub mod visit;

pub use host_files::{import, lists, problem, words};
