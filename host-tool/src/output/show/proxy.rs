//! What `postern show` tells of a proxy job.

use std::fmt::Write as _;

use anstyle::Style;
use probe_core::{
    arrival::Sense,
    evidence::{Attempt, ProxyEvidence},
    proxy::{AttemptId, Outcome},
};

use super::{
    super::{
        minute,
        table::{Cell, Table},
        timestamp, wrapped,
    },
    capitalized,
};
use crate::cases::{JobView, attempts};

/// Our own end, where a connection came up: what comes out there proves nothing.
pub(super) fn about(evidence: &ProxyEvidence) -> Option<String> {
    let local = evidence.local()?;
    Some(format!("the test came from {local}"))
}

/// What explains the course of the dialogue.
pub(super) fn notes(evidence: &ProxyEvidence) -> Vec<String> {
    let names = evidence.notes();
    names
        .iter_names()
        .map(|(name, _)| name.to_ascii_lowercase().replace('_', " "))
        .collect()
}

/// Each attempt that was made, with what was said.
pub(super) fn conversations(out: &mut String, job: &JobView, evidence: &ProxyEvidence) {
    let dim = Style::new().dimmed();
    for tried in attempts::of(job, evidence) {
        let attempt = &tried.attempt;
        if !attempts::was_made(attempt.outcome()) {
            continue;
        }
        let _ = writeln!(
            out,
            "\n{}{}: {}",
            capitalized(attempts::word(attempt.id())),
            port(job, attempt.id()),
            outcome(attempt)
        );
        for said in &tried.said {
            let side = if said.by_us { "C" } else { "S" };
            let _ = writeln!(out, "  {dim}{side}:{dim:#} {}", said.text);
        }
        if attempt.has_nonce() {
            out.push_str("  Our sink's word is in the answer, and is verified.\n");
        }
        if attempt.said_hello() {
            out.push_str("  Our EHLO was answered by our sink.\n");
        }
    }
}

/// Calls at our sink that came of the job.
pub(super) fn visits(out: &mut String, job: &JobView, width: Option<usize>) {
    for proved in &job.proved {
        let Sense::Visited(octet) = proved.sense else {
            continue;
        };
        let what = AttemptId::of_octet(octet).map_or("an unknown attempt", attempts::word);
        let from = proved.arrival.remote;
        let whose = if job.is_own(from.ip().to_canonical()) {
            ": our own address, so it proves nothing"
        } else {
            ""
        };
        let text = format!(
            "A connection of {what} came out: {}, from {} port {} to our port {}{whose}",
            minute(timestamp(proved.at)),
            from.ip().to_canonical(),
            from.port(),
            proved.arrival.port,
        );
        let _ = writeln!(out, "\n{}", wrapped(&text, 0, width));
    }
}

/// Every attempt in a table.
pub(super) fn all_attempts(
    out: &mut String,
    job: &JobView,
    evidence: &ProxyEvidence,
    width: Option<usize>,
) {
    let mut table = Table::new(&[
        "Attempt",
        "To our port",
        "Outcome",
        "Code",
        "After",
        "Word came back",
        "Came out at",
    ]);
    for attempt in evidence.attempts() {
        let is_made = attempts::was_made(attempt.outcome());
        let cell = Cell::new(outcome(attempt));
        table.push(vec![
            Cell::new(attempts::word(attempt.id())),
            Cell::new(
                attempts::sink_port(job, attempt.id())
                    .map(|port| port.to_string())
                    .unwrap_or_default(),
            ),
            if attempts::is_proved(job, attempt) {
                cell.styled(Style::new().bold())
            } else {
                cell
            },
            Cell::new(match attempt.code() {
                0 => String::new(),
                code => code.to_string(),
            }),
            Cell::new(if is_made {
                format!("{} ms", attempt.after().0)
            } else {
                String::new()
            }),
            Cell::new(if attempt.has_nonce() { "yes" } else { "" }),
            Cell::new(
                attempt
                    .egress()
                    .map(|egress| egress.to_string())
                    .unwrap_or_default(),
            ),
        ]);
    }
    if !table.is_empty() {
        let _ = write!(out, "\nAttempts\n{}", table.render(width));
    }
}

fn port(job: &JobView, id: AttemptId) -> String {
    attempts::sink_port(job, id)
        .map(|port| format!(" to our port {port}"))
        .unwrap_or_default()
}

fn outcome(attempt: &Attempt) -> String {
    match attempt.outcome() {
        Outcome::Skipped(why) => format!("skipped: {}", why.as_str()),
        outcome => outcome.as_str().to_owned(),
    }
}
