//! Nobody is accused falsely, nobody is let off falsely, and nothing leaves the scope.

use probe_core::verdict::{Kind, Verdict};

use super::word;
use crate::{
    lists::Says,
    observer::Allowed,
    proxies::{Connects, Proxy},
    trial::{Expected, Outcome, Trial},
    world::Site,
};

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let allowed = Allowed::by(&trial.scope);
    let scans = [Some(&outcome.first), outcome.retest.as_ref()];
    let scans = scans.into_iter().flatten();
    let found = scans.flat_map(|scan| {
        let judged = [&scan.when_over, &scan.in_the_end].into_iter();
        judged.flat_map(|judged| &judged.verdicts)
    });
    for (target, found) in found {
        if !allowed.admits(*target) {
            wrong.push(format!("{target} was probed and lies outside the scope"));
        }
        let expected = trial.expected(*target);
        let taken = &outcome.report.mail.taken;
        let has_taken = || taken.iter().any(|taken| taken.by == *target);
        let why = match trial.site(*target) {
            Site::Proxy(proxy) => {
                let passages = &outcome.report.mail.passages;
                let has_answered = || passages.iter().any(|it| it.by == *target && it.answered);
                let has_failed = || passages.iter().any(|it| it.by == *target && !it.opened);
                denies_of_proxy(proxy, expected.off, *found, has_answered, has_failed)
            }
            Site::Asked(says) => denies_of_lists(says, *found),
            _ => denies(expected, *found, has_taken),
        };
        if let Some(why) = why {
            let name = trial.name(*target);
            let (found, expected) = (word(*found), word(expected.in_the_end));
            wrong.push(format!("{target} ({name}) {why}: {found}, not {expected}"));
        }
    }
    wrong.sort();
    wrong.dedup();
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

/// Why a verdict cannot stand, if it cannot. Less evidence than there could be may end undecided, or,
/// where messages were cut, as it would have ended without them; and never in another verdict.
/// What proves that somebody relays is looked at in [`super::proof`].
fn denies(
    expected: Expected,
    found: Verdict,
    has_taken: impl Fn() -> bool,
) -> Option<&'static str> {
    let Expected {
        off,
        when_over,
        in_the_end,
    } = expected;
    let is_expected = [off, when_over, in_the_end]
        .iter()
        .any(|expected| expected.kind == found.kind);
    match found.kind {
        Kind::Accepted if !has_taken() => Some("is accused without proof"),
        // Whether what was taken came back, or a bounce of it, shows when it does.
        Kind::Accepted if off.kind == Kind::Suspected => None,
        Kind::Confirmed | Kind::Accepted | Kind::Suspected if !is_expected => {
            Some("is accused falsely")
        }
        Kind::Closed if !is_expected => Some("is let off falsely"),
        _ => None,
    }
}

/// The same of a proxy. A nonce that came back and a visit that did not is less than proof, and more than
/// a word; that somebody is confirmed by its own visit is looked at in [`super::proof`].
fn denies_of_proxy(
    proxy: &Proxy,
    expected: Verdict,
    found: Verdict,
    has_answered: impl Fn() -> bool,
    has_failed: impl Fn() -> bool,
) -> Option<&'static str> {
    // One that could not reach us has said no. One that hung up on a CONNECT whose last line did not come
    // by itself, or a gateway that greeted and brought nothing, is like any server of another kind.
    let is_fragile = |way: &Connects| matches!(way.asked_in, "http-connect-split" | "gateway");
    let is_fragile = proxy.truth.iter().all(is_fragile);
    let may_look_closed = || proxy.is_open() && (is_fragile || has_failed());
    match found.kind {
        Kind::Confirmed if !proxy.is_open() => Some("is accused falsely"),
        Kind::Accepted if !has_answered() => Some("is accused without proof"),
        Kind::Suspected if !proxy.claims() => Some("is accused falsely"),
        Kind::Closed if expected.kind != Kind::Closed && !may_look_closed() => {
            Some("is let off falsely")
        }
        _ => None,
    }
}

/// The same of what block lists say. Of several that are asked each may be lost, and the others count.
fn denies_of_lists(says: &[Says], found: Verdict) -> Option<&'static str> {
    match found.kind {
        Kind::Confirmed | Kind::Accepted => Some("is accused without proof"),
        Kind::Suspected if !says.contains(&Says::Listed) => Some("is accused falsely"),
        Kind::Closed if !says.contains(&Says::NotListed) => Some("is let off falsely"),
        _ => None,
    }
}
