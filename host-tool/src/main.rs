//! `postern`: scan, keep findings, write letters.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_tool::cli::run()
}
