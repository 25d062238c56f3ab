//! The program's commands.

pub(crate) mod day;
pub(crate) mod demo_files;
pub(crate) mod loss;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod scenario;
#[cfg(feature = "serve")]
pub(crate) mod serve;
pub(crate) mod sweep;
