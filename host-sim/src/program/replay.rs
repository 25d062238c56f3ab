//! `host-sim replay`: one seed of a sweep, told in full.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use host_sim::trial::{Draw, Extras, Trial, draw};
use probe_core::verdict::Verdict;

/// What `--faults` says.
pub(super) fn faults(words: &str) -> Result<Draw, String> {
    if words == "drawn" {
        return Ok(Draw::Random);
    }
    words
        .parse()
        .map(|faults| Draw::These(Box::new(faults)))
        .map_err(|error| format!("--faults {error}"))
}

/// The trial of a seed, with what else is wanted.
pub(super) fn drawn(seed: u64, faults: &Draw, extras: Extras) -> Trial {
    let mut trial = draw(seed, faults);
    if extras.every_probe {
        trial = trial.with_every_probe();
    }
    if extras.delivers {
        trial = trial.delivering();
    }
    trial
}

/// Runs the seed and prints its world, its verdicts and its violations. 1 when there are any.
pub(crate) fn command(
    seed: u64,
    words: &str,
    extras: Extras,
    pcap: Option<&Path>,
) -> Result<ExitCode, String> {
    let trial = drawn(seed, &faults(words)?, extras);
    let capture = pcap.map(open).transpose()?;
    let mut out = io::stdout().lock();
    let held = tell(&mut out, &trial, capture);
    let held = held.map_err(|error| format!("standard output: {error}"))?;
    Ok(ExitCode::from(u8::from(!held)))
}

/// Says whether everything held.
fn tell(out: &mut impl Write, trial: &Trial, pcap: Option<Box<dyn Write>>) -> io::Result<bool> {
    writeln!(
        out,
        "seed {}, depth {}",
        trial.seed,
        trial.scope.depth.as_str()
    )?;
    writeln!(out, "{:?}", trial.scope.rates)?;
    writeln!(out, "{:?}", trial.world.faults)?;
    writeln!(out, "{:?}", trial.cuts)?;
    let outcome = match trial.run(pcap) {
        Ok(outcome) => outcome,
        Err(why) => {
            writeln!(out, "{why}")?;
            return Ok(false);
        }
    };
    let first = &outcome.first.when_over.verdicts;
    let retest = outcome.retest.as_ref();
    let again = retest.map(|scan| &scan.when_over.verdicts);
    for target in trial.admitted() {
        writeln!(
            out,
            "{target:<26} {:<18} expected {:<30} with faults {:<30} after them {}",
            trial.name(target),
            word(Some(&trial.expected(target).when_over)),
            word(first.get(&target)),
            word(again.and_then(|verdicts| verdicts.get(&target))),
        )?;
        if trial.delivers() {
            writeln!(
                out,
                "{:<26} when nothing more comes: expected {:<30} with faults {:<30} after them {}",
                "",
                word(Some(&trial.expected(target).in_the_end)),
                word(outcome.first.in_the_end.verdicts.get(&target)),
                word(retest.and_then(|scan| scan.in_the_end.verdicts.get(&target))),
            )?;
        }
    }
    let report = &outcome.report;
    writeln!(
        out,
        "{} connections, {} frames out, {} in, {:?} virtual, pcap sha256 {}",
        report.wire.connections.len(),
        report.wire.frames_out,
        report.wire.frames_in,
        report.elapsed,
        report.wire.pcap_sha256,
    )?;
    writeln!(out, "did not arrive: {:?}", report.dropped)?;
    for life in &report.cut_short {
        writeln!(
            out,
            "boot {} ended at {:?} with {} records made, {} acknowledged",
            life.boot, life.ended, life.outbox.made, life.outbox.acknowledged
        )?;
    }
    for taken in &report.mail.taken {
        let (at, by, fate) = (taken.at, taken.by, taken.fate);
        let [sender, recipient] = [taken.sender, taken.recipient].map(|form| form.unwrap_or("?"));
        let to = taken.mail.recipients[taken.number].mailbox();
        writeln!(
            out,
            "{at:?} {by} took {sender}/{recipient} to {to}: {fate:?}"
        )?;
    }
    for run in &report.mail.runs {
        let (at, by, from, what) = (run.at, run.by, run.from, run.what);
        writeln!(
            out,
            "{at:?} {by} from {from} {what:?} {:?} {}",
            run.reached, run.to
        )?;
    }
    let violations = trial.violations(&outcome);
    for violation in &violations {
        writeln!(out, "{violation}")?;
    }
    Ok(violations.is_empty())
}

fn open(path: &Path) -> Result<Box<dyn Write>, String> {
    let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Box::new(BufWriter::new(file)))
}

fn word(verdict: Option<&Verdict>) -> String {
    verdict.map_or("-".to_owned(), |verdict| {
        format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str())
    })
}
