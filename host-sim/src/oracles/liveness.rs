//! With faults over, every target reaches its truth.

use std::time::Duration;

use super::word;
use crate::trial::{Outcome, Trial};

/// How long the retest of what was inconclusive may take, once the faults are over: the longest
/// greylisting that is waited for, and time for every target to be slow.
pub const RETEST_MAX: Duration = Duration::from_secs(4 * 3_600);

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let first = &outcome.first.verdicts;
    let retest = outcome.retest.as_ref();
    let again = retest.map(|scan| &scan.verdicts);
    let again = |target| again.and_then(|verdicts| verdicts.get(&target));
    let mut wrong = Vec::new();
    for target in trial.admitted() {
        let expected = trial.expected(target);
        let reached = again(target).or(first.get(&target));
        // With faults the reason may be a weaker one; the kind is what counts then.
        let exact = again(target).is_some() || trial.world.faults.is_none();
        let is_truth = reached
            .is_some_and(|found| *found == expected || (!exact && found.kind == expected.kind));
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
