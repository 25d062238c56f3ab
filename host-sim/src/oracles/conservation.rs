//! Records made are records stored, whatever happens to the link.

use std::collections::BTreeMap;

use probe_core::frame::{ToHost, message::Ended};

use crate::trial::{Outcome, Scan, Trial};

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let scans = [Some(&outcome.first), outcome.retest.as_ref()];
    let mut before = 0;
    for scan in scans.into_iter().flatten() {
        numbers(scan, before, &mut wrong);
        before = scan.made;
        if scan.ended != Ended::ListDone {
            wrong.push(format!("the scan ended: {}", scan.ended.as_str()));
        }
        if scan.changed > 0 {
            let count = scan.changed;
            wrong.push(format!("{count} records came back with other contents"));
        }
    }
    lines(trial, &outcome.first, &mut wrong);
    wrong
}

/// The records behind `before` are numbered without a gap up to the last that was made.
fn numbers(scan: &Scan, before: u32, wrong: &mut Vec<String>) {
    let missing: Vec<_> = (before + 1..=scan.made)
        .filter(|number| !scan.records.contains_key(number))
        .collect();
    if !missing.is_empty() {
        let made = scan.made - before;
        wrong.push(format!(
            "of {made} records these were never stored: {missing:?}"
        ));
    }
    if let Some(beyond) = scan.records.keys().find(|number| **number > scan.made) {
        let made = scan.made;
        wrong.push(format!(
            "record {beyond} is stored, and {made} is the last made"
        ));
    }
}

/// Every line of the list has one end: a last finding, a loss that is told, or a refusal.
fn lines(trial: &Trial, scan: &Scan, wrong: &mut Vec<String>) {
    let mut ends = BTreeMap::<_, u32>::new();
    let mut refused = 0;
    for record in scan.records.values() {
        match record {
            ToHost::Finding(finding) if finding.last => {
                *ends.entry(finding.target).or_default() += 1;
            }
            ToHost::Lost(lost) if lost.last => *ends.entry(lost.target).or_default() += 1,
            ToHost::Over(over) => *ends.entry(over.target).or_default() += 1,
            ToHost::Refused(_) => refused += 1,
            _ => {}
        }
    }
    for target in trial.admitted() {
        let count = ends.remove(&target).unwrap_or_default();
        if count != 1 {
            wrong.push(format!("{target} has {count} ends"));
        }
    }
    for target in ends.keys() {
        wrong.push(format!("{target} has an end and was not to be probed"));
    }
    let outside = trial.list.len() - trial.admitted().count();
    if refused != outside {
        wrong.push(format!("{refused} lines were refused, not {outside}"));
    }
}
