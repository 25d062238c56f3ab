//! `cargo xtask test`: ordered steps, a live line for each, a summary, and what did not run.

mod report;
mod steps;

use std::{process::ExitCode, time::Instant};

use crate::{failure::Result, place};
use report::Report;

/// How a step ended.
pub(crate) enum Outcome {
    /// Everything in it held.
    Passed {
        /// How many checks it made: tests where it runs tests, otherwise one.
        checks: u32,
        /// A figure worth reading; may be empty.
        note: String,
    },
    /// Something in it did not hold.
    Failed {
        /// Checks that held all the same.
        passed: u32,
        /// Checks that did not; at least one.
        failed: u32,
        /// What was said, for the log and the reader.
        output: String,
    },
    /// This machine lacks something.
    Skipped {
        /// What is lacking.
        why: String,
        /// The command that gets it.
        get: String,
    },
}

impl Outcome {
    /// One check that held.
    pub(crate) fn passed(note: impl Into<String>) -> Self {
        Self::Passed {
            checks: 1,
            note: note.into(),
        }
    }

    /// One check that did not hold.
    pub(crate) fn failed(output: impl Into<String>) -> Self {
        Self::Failed {
            passed: 0,
            failed: 1,
            output: output.into(),
        }
    }

    /// A check that this machine cannot make.
    pub(crate) fn skipped(why: impl Into<String>, get: impl Into<String>) -> Self {
        Self::Skipped {
            why: why.into(),
            get: get.into(),
        }
    }
}

/// A named part of the suite.
pub(crate) struct Step {
    /// What the live line calls it.
    pub(crate) name: &'static str,
    /// Does the work.
    pub(crate) run: fn() -> Result<Outcome>,
}

/// Does some of the work and prints what came of each.
pub(crate) fn show(steps: &[Step]) -> Result<ExitCode> {
    let mut status = ExitCode::SUCCESS;
    for Step { name, run } in steps {
        match run()? {
            Outcome::Passed { note, .. } => println!("{name}: {note}"),
            Outcome::Failed { output, .. } => {
                println!("{name}:\n{output}");
                status = ExitCode::FAILURE;
            }
            Outcome::Skipped { why, get } => println!("{name}: {why}; get it: {get}"),
        }
    }
    Ok(status)
}

/// Runs the whole suite. With `all`, a step that was skipped counts as failed.
pub(crate) fn test(all: bool) -> Result<ExitCode> {
    let logs = place::target().join("test-logs");
    place::make_fresh_folder(&logs)?;
    let mut report = Report::new(all);
    for (number, step) in steps::STEPS.iter().enumerate() {
        report.begin(step.name);
        let started = Instant::now();
        let outcome = (step.run)().unwrap_or_else(|failure| Outcome::failed(failure.to_string()));
        if let Outcome::Failed { output, .. } = &outcome {
            let log = logs.join(format!(
                "{:02}-{}.log",
                number + 1,
                step.name.replace(' ', "-")
            ));
            place::write(&log, output)?;
        }
        report.end(step.name, outcome, started.elapsed());
    }
    Ok(report.close())
}
