//! `cargo xtask soak`: the long forms, bounded by its arguments; figures are printed.

use std::process::ExitCode;

use lexopt::{Arg::Long, ValueExt as _};

use crate::{failure::Result, fuzz, lab, machine};

/// How long each part goes on.
struct Lengths {
    fuzz_seconds: u32,
    lab_rounds: u32,
}

/// Runs every long form that this machine can, and says which it cannot.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let mut lengths = Lengths {
        fuzz_seconds: 60,
        lab_rounds: 5,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("fuzz-seconds") => lengths.fuzz_seconds = arguments.value()?.parse()?,
            Long("lab-rounds") => lengths.lab_rounds = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    fuzz_or_say_why_not(lengths.fuzz_seconds)?;
    lab_rounds_or_say_why_not(lengths.lab_rounds)?;
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask fuzz`.
pub(crate) fn fuzz_only(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let mut seconds = 60;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("seconds") => seconds = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    fuzz::run(seconds)?;
    Ok(ExitCode::SUCCESS)
}

fn fuzz_or_say_why_not(seconds: u32) -> Result<()> {
    match fuzz::lack() {
        Some(lack) => {
            println!("fuzzing: did not run: {}\n  get it: {}", lack.why, lack.get);
            Ok(())
        }
        None => fuzz::run(seconds),
    }
}

fn lab_rounds_or_say_why_not(rounds: u32) -> Result<()> {
    if let Some(lack) = machine::lab_lack() {
        println!("lab: did not run: {}\n  get it: {}", lack.why, lack.get);
        return Ok(());
    }
    lab::build_postern()?;
    lab::with_lab(|| {
        for round in 1..=rounds {
            let scanned = lab::scan()?;
            println!(
                "lab round {round}: {} held, {} did not",
                scanned.held,
                scanned.broken.len()
            );
            scanned.whole()?;
        }
        Ok(())
    })
}
