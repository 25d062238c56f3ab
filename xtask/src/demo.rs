//! `cargo demo`: the whole way of the data, with nothing installed but Rust.

use std::process::ExitCode;

use crate::{cargo::cargo, failure::Result, run};

/// Builds postern and shows it.
pub(crate) fn run() -> Result<ExitCode> {
    run::show(&mut cargo(&["build", "--package", "host-tool"]))?;
    Ok(ExitCode::SUCCESS)
}
