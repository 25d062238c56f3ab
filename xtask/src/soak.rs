//! `cargo xtask soak`: the long forms, bounded by its arguments; figures are printed.

use std::{process::ExitCode, time::Instant};

use lexopt::{Arg::Long, ValueExt as _};

use crate::{
    cargo::cargo,
    emulate::{self, Extent},
    failure::{Failure, Result},
    fuzz, lab, machine, run, simulated,
};

/// How long each part goes on.
struct Lengths {
    seeds: u32,
    fuzz_seconds: u32,
    lab_rounds: u32,
}

/// Runs every long form that this machine can, and says which it cannot.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let mut lengths = Lengths {
        seeds: 200,
        fuzz_seconds: 60,
        lab_rounds: 5,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("seeds") => lengths.seeds = arguments.value()?.parse()?,
            Long("fuzz-seconds") => lengths.fuzz_seconds = arguments.value()?.parse()?,
            Long("lab-rounds") => lengths.lab_rounds = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    many_seeds(lengths.seeds)?;
    fuzz_or_say_why_not(lengths.fuzz_seconds)?;
    emulate_or_say_why_not()?;
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

/// How many worlds tell what loss costs: each has every personality over both families at every
/// depth, so a hundred cells of each are reached with less.
const LOSS_SEEDS_MAX: u32 = 50;

/// Each seed is a world of its own; the truth of its servers is the same in all. Then each is a random
/// world with random faults, and a seed of the tests that have some.
fn many_seeds(seeds: u32) -> Result<()> {
    run::output(&mut simulated::build_fast())?;
    let started = Instant::now();
    let mut verdicts = 0;
    for seed in 1..=seeds {
        verdicts += simulated::hold_truths(seed)?;
    }
    let took = started.elapsed().as_secs_f32();
    println!("{seeds} seeds: {verdicts} verdicts, all as expected: {took:.1} s");
    simulated::sweep(seeds)?;
    simulated::loss(seeds.min(LOSS_SEEDS_MAX))?;
    simulated::many_days(seeds)?;
    for tests in [
        ["--package", "probe-core", "--lib", "--tests"].as_slice(),
        &["--package", "host-sim", "--test", "oracles"],
    ] {
        let mut command = cargo(&["test", "--quiet"]);
        run::show(command.args(tests).env("POSTERN_SEEDS", seeds.to_string()))?;
    }
    Ok(())
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

fn emulate_or_say_why_not() -> Result<()> {
    if let Some(lack) = emulate::lack() {
        println!(
            "boards in QEMU: did not run: {}\n  get it: {}",
            lack.why, lack.get
        );
        return Ok(());
    }
    emulate::build()?;
    let emulated = emulate::scan(&Extent::SOAK)?;
    print!("{}", emulated.table);
    if emulated.broken.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(emulated.broken.join("\n")))
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
            let scanned = lab::scan(lab::Extent::Ordinary)?;
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
