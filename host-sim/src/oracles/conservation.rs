//! Records made are records stored, whatever happens to the link.

use std::collections::{BTreeMap, BTreeSet};

use probe_core::frame::{ToHost, message::Ended};

use crate::trial::{Outcome, Scan, Trial};

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut stored = BTreeMap::<u32, BTreeSet<u32>>::new();
    let mut made = BTreeMap::new();
    for scan in [Some(&outcome.first), outcome.retest.as_ref()]
        .into_iter()
        .flatten()
    {
        for record in scan.records.keys() {
            stored.entry(record.boot).or_default().insert(record.number);
        }
        raise(&mut made, &scan.made);
        if scan.ended != Ended::ListDone {
            wrong.push(format!("the scan ended: {}", scan.ended.as_str()));
        }
        if scan.changed > 0 {
            let count = scan.changed;
            wrong.push(format!("{count} records came back with other contents"));
        }
    }
    for record in outcome.late.records.keys() {
        stored.entry(record.boot).or_default().insert(record.number);
    }
    raise(&mut made, &outcome.late.made);
    // What a boot that lost its power has made beyond that is gone, and its targets are probed
    // again: they have one end, as every other.
    for life in &outcome.report.cut_short {
        let known = made.entry(life.boot).or_default();
        *known = (*known).max(life.outbox.acknowledged);
        if let Some(last) = stored.get(&life.boot).and_then(BTreeSet::last) {
            *known = (*known).max(*last);
        }
        if *known > life.outbox.made {
            let made = life.outbox.made;
            wrong.push(format!(
                "of {made} records {known} are stored or acknowledged"
            ));
        }
    }
    for boot in made.keys().chain(stored.keys()).collect::<BTreeSet<_>>() {
        let none = BTreeSet::new();
        let stored = stored.get(boot).unwrap_or(&none);
        numbers(*boot, stored, made.get(boot).copied(), &mut wrong);
    }
    lines(trial, &outcome.first, &mut wrong);
    wrong
}

/// What came to the sink after a scan is numbered on.
fn raise(made: &mut BTreeMap<u32, u32>, later: &BTreeMap<u32, u32>) {
    for (boot, last) in later {
        let known = made.entry(*boot).or_default();
        *known = (*known).max(*last);
    }
}

/// The records of a boot are numbered without a gap up to the last that was made.
fn numbers(boot: u32, stored: &BTreeSet<u32>, made: Option<u32>, wrong: &mut Vec<String>) {
    let Some(made) = made else {
        wrong.push(format!("nobody said how many records boot {boot} has made"));
        return;
    };
    let missing: Vec<_> = (1..=made)
        .filter(|number| !stored.contains(number))
        .collect();
    if !missing.is_empty() {
        wrong.push(format!(
            "of {made} records of boot {boot} these were never stored: {missing:?}"
        ));
    }
    if let Some(beyond) = stored.range(made + 1..).next() {
        wrong.push(format!(
            "record {beyond} of boot {boot} is stored, and {made} is the last made"
        ));
    }
}

/// Every line of the list has one end: a last finding, a loss that is told, or a refusal.
fn lines(trial: &Trial, scan: &Scan, wrong: &mut Vec<String>) {
    let mut ends = BTreeMap::<_, u32>::new();
    let mut refused = 0;
    for record in scan.records.values() {
        match record.as_ref() {
            ToHost::Finding(finding) if finding.last => {
                *ends.entry(finding.target).or_default() += 1;
            }
            ToHost::Dead(range) => {
                for target in range.targets() {
                    *ends.entry(target).or_default() += 1;
                }
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
