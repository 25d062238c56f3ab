//! With faults over, every target reaches its truth.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use probe_core::verdict::{Kind, Verdict};

use super::word;
use crate::{
    post::Done,
    trial::{Outcome, Scan, Trial},
};

/// How long the retest of what was inconclusive may take, once the faults are over: the longest
/// greylisting that is waited for, and time for every target to be slow.
pub const RETEST_MAX: Duration = Duration::from_secs(4 * 3_600);

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let found_by = |scan| in_the_end(trial, scan);
    let first = found_by(&outcome.first);
    let retest = outcome.retest.as_ref();
    let again = retest.map(found_by);
    let again = |target| again.and_then(|verdicts| verdicts.get(&target));
    let mut wrong = Vec::new();
    for target in trial.admitted() {
        let expected = trial.expected(target);
        let when_over = outcome.first.when_over.verdicts.get(&target);
        let is_early = |found| found == expected.when_over || found == expected.in_the_end;
        if trial.world.faults.is_none() && !when_over.is_some_and(|found| is_early(*found)) {
            let found = when_over.map_or("no verdict".to_owned(), |found| word(*found));
            let (name, expected) = (trial.name(target), word(expected.when_over));
            wrong.push(format!(
                "{target} ({name}) is {found} without faults, not {expected}"
            ));
        }
        let expected = expected.in_the_end;
        // What came back late outranks what was found again.
        let proved = first
            .get(&target)
            .filter(|found| found.kind == Kind::Confirmed);
        let reached = proved.or(again(target)).or(first.get(&target));
        // With faults the reason may be a weaker one; the kind is what counts then.
        let exact = again(target).is_some() || trial.world.faults.is_none();
        let is_truth = reached.is_some_and(|found| {
            *found == expected
                || (!exact && found.kind == expected.kind)
                || (found.kind == Kind::Accepted && is_spent(outcome, target))
        });
        if !is_truth {
            let found = reached.map_or("no verdict".to_owned(), |found| word(*found));
            let (name, expected) = (trial.name(target), word(expected));
            wrong.push(format!(
                "{target} ({name}) ends as {found} after the faults, not {expected}"
            ));
        }
    }
    if let Some(retest) = retest
        && retest.took > RETEST_MAX
    {
        let took = retest.took;
        wrong.push(format!(
            "the retest took {took:?}, more than {RETEST_MAX:?}"
        ));
    }
    wrong
}

/// Whether a target has passed on all that it ever does, and what came of it went with the power: it has
/// kept everything since, and 250 after the dot is all that there is to see.
fn is_spent(outcome: &Outcome, target: SocketAddr) -> bool {
    let Some(last) = outcome.report.cut_short.last() else {
        return false;
    };
    let mail = &outcome.report.mail;
    let relayed: Vec<_> = mail
        .ended(target, Done::Relayed)
        .map(|run| run.at)
        .collect();
    let mut taken = mail.taken.iter().filter(|taken| taken.by == target);
    !relayed.is_empty()
        && relayed.iter().all(|at| *at <= last.ended)
        && taken.any(|taken| taken.at > last.ended)
}

/// What a scan has come to when nothing more can come.
fn in_the_end<'a>(trial: &Trial, scan: &'a Scan) -> &'a BTreeMap<SocketAddr, Verdict> {
    if trial.delivers() {
        &scan.in_the_end.verdicts
    } else {
        &scan.when_over.verdicts
    }
}
