//! Nobody is accused falsely, nobody is let off falsely, and nothing leaves the scope.

use probe_core::verdict::{Kind, Verdict};

use super::word;
use crate::{
    observer::Allowed,
    trial::{Outcome, Trial},
};

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let allowed = Allowed::by(&trial.scope);
    for (target, found) in &outcome.first.verdicts {
        if !allowed.allows(*target) {
            wrong.push(format!("{target} was probed and lies outside the scope"));
        }
        let expected = trial.expected(*target);
        if let Some(why) = denies(expected, *found) {
            let (name, found, expected) = (trial.name(*target), word(*found), word(expected));
            wrong.push(format!("{target} ({name}) {why}: {found}, not {expected}"));
        }
    }
    let wire = &outcome.report.wire;
    if wire.strays_total > 0 {
        let strays: Vec<_> = wire.strays.iter().map(ToString::to_string).collect();
        let count = wire.strays_total;
        wrong.push(format!(
            "{count} frames outside the scope: {}",
            strays.join("; ")
        ));
    }
    let stopped = outcome.report.guard.map_or(0, |guard| guard.violations);
    if stopped > 0 {
        wrong.push(format!("the guard had to stop {stopped} probes"));
    }
    wrong
}

/// Why a verdict cannot stand, if it cannot. Less evidence than there could be may end undecided,
/// and never in another verdict. Nothing is delivered, so nothing is proved.
fn denies(expected: Verdict, found: Verdict) -> Option<&'static str> {
    match found.kind {
        Kind::Confirmed | Kind::Accepted => Some("is accused without proof"),
        Kind::Suspected if expected.kind != Kind::Suspected => Some("is accused falsely"),
        Kind::Closed if expected.kind != Kind::Closed => Some("is let off falsely"),
        Kind::Suspected | Kind::Closed | Kind::Inconclusive => None,
    }
}
