//! `postern scope`.

use crate::{
    cli::{args::Scope, now},
    exit::{Exit, Failure},
    scope_file::{self, describe, example},
};

/// Writes an example, or checks a file.
pub(super) fn run(command: &Scope) -> Result<Exit, Failure> {
    match command {
        Scope::New { file } => {
            example::write(file, now()).map_err(Failure::input)?;
            let name = file.display();
            super::print(&format!(
                "{name} is written. Fill in what is empty, then run: postern scope check {name}\n"
            ))?;
        }
        Scope::Check { file } => {
            let scope = scope_file::read(file, now())?;
            super::print(&describe::text(&scope, now()))?;
        }
    }
    Ok(Exit::Done)
}
