//! The long forms.

use std::process::ExitCode;

use crate::failure::{Failure, Result};

pub(crate) fn run(_arguments: lexopt::Parser) -> Result<ExitCode> {
    Err(Failure::new("not here"))
}
pub(crate) fn fuzz_only(_arguments: lexopt::Parser) -> Result<ExitCode> {
    Err(Failure::new("not here"))
}
