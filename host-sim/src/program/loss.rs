//! `host-sim loss`: how many servers loss leaves undecided, for each personality.

use std::{
    io::{self, IsTerminal, Write},
    ops::Range,
    process::ExitCode,
};

use host_sim::{
    faults::Share,
    loss::{LOSS_PERCENT_MAX, Tallies, UNDECIDED_PERCENT_MAX, measure, total},
};
use probe_core::scope::Depth;

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

/// Measures over the seeds, at every depth, and shows who was undecided. 1 where that is too much,
/// or where an oracle is not content.
pub(crate) fn command(seeds: Range<u64>, percents: &[u32]) -> Result<ExitCode, String> {
    let mut out = io::stdout().lock();
    let mut good = true;
    for percent in percents {
        good &= one(&mut out, &seeds, *percent)?;
    }
    Ok(ExitCode::from(u8::from(!good)))
}

fn one(out: &mut impl Write, seeds: &Range<u64>, percent: u32) -> Result<bool, String> {
    let mut tallies = Tallies::new();
    let mut good = true;
    for seed in seeds.clone() {
        for depth in DEPTHS {
            let (found, violations) =
                measure(seed, depth, Share::percent(percent)).map_err(|why| why.to_string())?;
            for (name, tally) in found {
                *tallies.entry(name).or_default() += tally;
            }
            for violation in violations {
                good = false;
                told(writeln!(out, "{} depth: {violation}", depth.as_str()))?;
            }
        }
        if io::stderr().is_terminal() {
            eprint!("\rloss {percent} %: seed {seed} of {seeds:?} ");
        }
    }
    let all = total(&tallies);
    good &= percent > LOSS_PERCENT_MAX || all.is_good();
    told(show(out, percent, &tallies))?;
    Ok(good)
}

fn show(out: &mut impl Write, percent: u32, tallies: &Tallies) -> io::Result<()> {
    let all = total(tallies);
    let share = |undecided: u32, of: u32| 100.0 * f64::from(undecided) / f64::from(of.max(1));
    let bound = if percent <= LOSS_PERCENT_MAX {
        format!(", at most {UNDECIDED_PERCENT_MAX} % may be")
    } else {
        String::new()
    };
    writeln!(
        out,
        "loss {percent} %: {} of {} that can be decided were undecided: {:.3} %{bound}",
        all.undecided,
        all.decidable,
        share(all.undecided, all.decidable),
    )?;
    for (name, tally) in tallies.iter().filter(|(_, tally)| tally.undecided > 0) {
        writeln!(
            out,
            "  {name:<26}{:>5} of {:>5}: {:.1} %",
            tally.undecided,
            tally.decidable,
            share(tally.undecided, tally.decidable),
        )?;
    }
    Ok(())
}

fn told(written: io::Result<()>) -> Result<(), String> {
    written.map_err(|error| format!("standard output: {error}"))
}
