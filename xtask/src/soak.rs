//! `cargo xtask soak`: the long forms, bounded by its arguments; figures are printed.

use std::{net::IpAddr, process::ExitCode, time::Instant};

use lexopt::{Arg::Long, ValueExt as _};

use crate::{
    failure::{Failure, Result},
    finding::Finding,
    fuzz, lab, machine, place, run, simulated,
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

/// Each seed is a world of its own; what is found must not depend on it.
fn many_seeds(seeds: u32) -> Result<()> {
    let folder = place::target().join("soak");
    place::make_fresh_folder(&folder)?;
    run::output(&mut simulated::build())?;
    simulated::write_files(&folder)?;
    let started = Instant::now();
    let mut usual = None;
    for seed in 1..=seeds {
        let verdicts = verdicts(&simulated::scan(&folder, seed)?.findings)?;
        let usual = usual.get_or_insert_with(|| verdicts.clone());
        if *usual != verdicts {
            return Err(
                Failure::new(format!("seed {seed} gives other verdicts than seed 1")).next(
                    format!(
                        "postern scan --link sim --seed {seed} --scope {} --targets {}",
                        simulated::scope_file(&folder).display(),
                        simulated::list_file(&folder).display()
                    ),
                ),
            );
        }
    }
    println!(
        "{seeds} seeds, {} verdicts each, all the same: {:.1} s",
        usual.map_or(0, |verdicts| verdicts.len()),
        started.elapsed().as_secs_f32()
    );
    Ok(())
}

/// Address, verdict and reason of each finding, in the order of the addresses.
fn verdicts(findings: &str) -> Result<Vec<(IpAddr, String, String)>> {
    let mut verdicts: Vec<_> = Finding::parse_all(findings)?
        .into_iter()
        .map(|finding| (finding.address, finding.verdict, finding.reason))
        .collect();
    verdicts.sort_unstable();
    Ok(verdicts)
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
