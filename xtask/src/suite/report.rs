//! What the reader sees of a run: live lines, the summary, the closing line.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::{Duration, Instant},
};

use super::Outcome;
use crate::place;

/// How many lines of a failure are shown; the log has all of them.
const FAILURE_LINES_MAX: usize = 60;

/// Counts checks and remembers what did not run.
pub(super) struct Report {
    all: bool,
    started: Instant,
    passed: u32,
    failed: u32,
    skipped: Vec<(&'static str, String, String)>,
    broken: Vec<&'static str>,
}

impl Report {
    pub(super) fn new(all: bool) -> Self {
        Self {
            all,
            started: Instant::now(),
            passed: 0,
            failed: 0,
            skipped: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// Says which step runs now.
    pub(super) fn begin(&self, name: &str) {
        print!("{name:<34}");
        // A lost progress line changes nothing about the run.
        let _ = io::stdout().flush();
    }

    /// Says how it ended.
    pub(super) fn end(&mut self, name: &'static str, outcome: Outcome, took: Duration) {
        let seconds = took.as_secs_f32();
        match outcome {
            Outcome::Passed { checks, note } => {
                self.passed += checks;
                println!("{}", format!("passed  {seconds:>6.1} s  {note}").trim_end());
            }
            Outcome::Failed {
                passed,
                failed,
                output,
            } => {
                self.passed += passed;
                self.failed += failed;
                self.broken.push(name);
                println!("FAILED  {seconds:>6.1} s");
                show_telling_part_of(&output);
            }
            Outcome::Skipped { why, get } => {
                println!("SKIPPED {seconds:>6.1} s  {why}");
                self.skipped.push((name, why, get));
            }
        }
    }

    /// The summary and the closing line; what the program exits with.
    pub(super) fn close(self) -> ExitCode {
        println!();
        println!("took {:.0} s", self.started.elapsed().as_secs_f32());
        for name in &self.broken {
            println!("failed: {name}");
        }
        if self.skipped.is_empty() {
            println!("nothing was left out");
        } else {
            println!(
                "did not run{}:",
                if self.all {
                    " (a failure with --all)"
                } else {
                    ""
                }
            );
            for (name, why, get) in &self.skipped {
                println!("  {name}: {why}\n    get it: {get}");
            }
        }
        let (failed, skipped) = self.closing_counts();
        println!("{} passed, {failed} failed, {skipped} skipped", self.passed);
        if failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn closing_counts(&self) -> (u32, u32) {
        let skipped = u32::try_from(self.skipped.len()).unwrap_or(u32::MAX);
        if self.all {
            (self.failed + skipped, 0)
        } else {
            (self.failed, skipped)
        }
    }
}

fn show_telling_part_of(output: &str) {
    let lines: Vec<&str> = output.lines().collect();
    for line in telling_part_of(&lines) {
        println!("    {line}");
    }
    if lines.len() > FAILURE_LINES_MAX {
        let logs = place::target().join("test-logs");
        println!("    (all {} lines are in {})", lines.len(), logs.display());
    }
}

/// What does not build says why where its first error is; everything else says it at its end.
fn telling_part_of<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let last = lines.len().saturating_sub(FAILURE_LINES_MAX);
    let does_not_build = lines.iter().any(|line| line.contains("could not compile"));
    let first_error = lines.iter().position(|line| line.starts_with("error"));
    let start = match first_error {
        Some(line) if does_not_build => line.min(last),
        _ => last,
    };
    &lines[start..lines.len().min(start + FAILURE_LINES_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report_after(all: bool) -> Report {
        let mut report = Report::new(all);
        report.end(
            "tests",
            Outcome::Passed {
                checks: 12,
                note: String::new(),
            },
            Duration::ZERO,
        );
        report.end("lab", Outcome::skipped("no root", "sudo"), Duration::ZERO);
        report
    }

    #[test]
    fn a_skip_stays_a_skip() {
        let report = report_after(false);
        assert_eq!((report.passed, report.closing_counts()), (12, (0, 1)));
    }

    #[test]
    fn what_does_not_build_is_shown_from_its_first_error() {
        let mut lines = vec!["warning: unused"; 100];
        lines[10] = "error[E0046]: not all trait items implemented";
        lines.push("error: could not compile `probe-core`");
        let part = telling_part_of(&lines);
        assert_eq!((part.len(), part[0]), (FAILURE_LINES_MAX, lines[10]));
    }

    #[test]
    fn failed_tests_are_shown_by_their_end() {
        let mut lines = vec!["test a ... ok"; 100];
        lines.push("test result: FAILED. 100 passed; 1 failed");
        assert_eq!(telling_part_of(&lines).last(), lines.last());
    }

    #[test]
    fn with_all_a_skip_is_a_failure() {
        let report = report_after(true);
        assert_eq!((report.passed, report.closing_counts()), (12, (1, 0)));
        assert_eq!(report.close(), ExitCode::FAILURE);
    }
}
