//! The program's commands.

pub(crate) mod demo_files;
pub(crate) mod run;
pub(crate) mod scenario;
