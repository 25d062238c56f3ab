//! `cargo xtask flash`: a board's image, built as it is measured and emulated, and given to Cargo's runner
//! (`firmware/boards/run`), which flashes the board or starts QEMU.

use std::process::ExitCode;

use lexopt::Arg::{Long, Value};

use crate::{
    cargo::{BOARD_TARGET, cargo_for_boards},
    failure::{Failure, Result},
    run,
};

const BOARDS: [&str; 3] = ["stm32h743", "stm32f767", "qemu-mps2"];

/// The command.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let (mut board, mut relay_only, mut log) = (None, false, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("relay-only") => relay_only = true,
            Long("log") => log = true,
            Value(word) if board.is_none() => {
                let word = word.to_string_lossy();
                board = BOARDS.into_iter().find(|known| *known == word);
                if board.is_none() {
                    return Err(Failure::new(format!("unknown board `{word}`"))
                        .next(format!("one of {}", BOARDS.join(", "))));
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let board = board.ok_or_else(|| {
        Failure::new("expected a board: cargo xtask flash BOARD [--relay-only] [--log]")
            .next(format!("one of {}", BOARDS.join(", ")))
    })?;
    let mut features = format!("board-{board}");
    if relay_only {
        features.push_str(",relay-only");
    }
    if log {
        features.push_str(",defmt");
    }
    let run = ["run", "--profile", "firmware", "--target", BOARD_TARGET];
    let mut command = cargo_for_boards(&[], &run);
    command.args(["--package", "firmware", "--bin", board, "--features"]);
    command.arg(features);
    if relay_only {
        command.arg("--no-default-features");
    }
    run::show(&mut command)?;
    Ok(ExitCode::SUCCESS)
}
