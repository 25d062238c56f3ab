//! What moves memory and divides on the boards, held against what is meant by a program of its own.

use std::time::Duration;

use super::{Emulated, machine::PROGRAM};
use crate::{
    cargo::{BOARD_TARGET, cargo_for_boards},
    failure::Result,
    place, run,
};

const NAME: &str = "builtins";
/// How long the program may run; it takes a second.
const RIGHT_WITHIN: Duration = Duration::from_secs(30);

/// Builds the program.
pub(super) fn build() -> Result<()> {
    let build = ["build", "--profile", "firmware", "--target", BOARD_TARGET];
    let mut build = cargo_for_boards(&[], &build);
    build.args(["--package", "firmware", "--bin", NAME]);
    run::output(build.args(["--features", "board-qemu-mps2"])).map(drop)
}

pub(super) fn are_right(emulated: &mut Emulated) -> Result<()> {
    let program = place::target()
        .join(BOARD_TARGET)
        .join("firmware")
        .join(NAME);
    let mut machine = run::command(&[PROGRAM]);
    machine
        .args(["-M", "mps2-an500", "-display", "none", "-monitor", "none"])
        .args(["-serial", "null", "-nic", "none"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .arg("-kernel")
        .arg(program);
    let said = run::capture_within(&mut machine, RIGHT_WITHIN)?;
    let told = said.everything();
    emulated.check(
        said.success,
        format!(
            "builtins: {}",
            told.lines().next().unwrap_or("they came to no end")
        ),
    );
    Ok(())
}
