//! `host-sim replay`: one seed of a sweep, told in full.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use host_sim::trial::{Draw, draw};
use probe_core::verdict::{Verdict, judge};

/// What `--faults` says.
pub(super) fn faults(words: &str) -> Result<Draw, String> {
    if words == "drawn" {
        return Ok(Draw::Random);
    }
    words
        .parse()
        .map(Draw::These)
        .map_err(|error| format!("--faults {error}"))
}

/// Runs the seed and prints its world, its verdicts and its violations. 1 when there are any.
pub(crate) fn command(seed: u64, words: &str, pcap: Option<&Path>) -> Result<ExitCode, String> {
    let trial = draw(seed, &faults(words)?);
    let capture = pcap.map(open).transpose()?;
    println!("seed {seed}, depth {}", trial.scope.depth.as_str());
    println!("{:?}", trial.scope.rates);
    println!("{:#?}", trial.world.faults);
    println!("{:?}", trial.cuts);
    let outcome = match trial.run(capture) {
        Ok(outcome) => outcome,
        Err(why) => {
            println!("{why}");
            return Ok(ExitCode::from(1));
        }
    };
    let first = outcome.first.verdicts(&judge);
    let retest = outcome.retest.as_ref();
    let again = retest.map(|scan| scan.verdicts(&judge)).unwrap_or_default();
    for target in trial.admitted() {
        println!(
            "{target:<26} {:<18} expected {:<30} with faults {:<30} after them {}",
            trial.name(target),
            word(Some(&trial.expected(target))),
            word(first.get(&target)),
            word(again.get(&target)),
        );
    }
    let report = &outcome.report;
    println!(
        "{} connections, {} frames out, {} in, {:?} virtual, pcap sha256 {}",
        report.wire.connections.len(),
        report.wire.frames_out,
        report.wire.frames_in,
        report.elapsed,
        report.wire.pcap_sha256,
    );
    let violations = trial.violations(&outcome);
    for violation in &violations {
        println!("{violation}");
    }
    Ok(ExitCode::from(u8::from(!violations.is_empty())))
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
