//! The rules. docs/verdict-rules.md has them in words, with the same numbers.

use super::{Kind, Reason, Verdict, delivered::delivered, dnsbl::judge_dnsbl, proxy::judge_proxy};
use crate::{
    evidence::{Ending, Evidence, Finish, Notes, RelayEvidence},
    relay::{Outcome, PairId, PairSet, Sender, t1_under},
    smtp::Class,
    time::Millis,
};

/// A reply that took this long makes a server that was not tested to the end a tarpit.
pub const TARPIT_REPLY: Millis = Millis::from_secs(10);

/// What the evidence says. Pure: the same evidence always gets the same verdict, and less evidence
/// never gets a firmer one.
pub fn judge(evidence: &Evidence) -> Verdict {
    match evidence {
        Evidence::Relay(relay) => judge_relay(relay),
        Evidence::Proxy(proxy) => judge_proxy(proxy),
        Evidence::Dnsbl(dnsbl) => judge_dnsbl(dnsbl),
    }
}

/// What a relay job's evidence says.
pub fn judge_relay(evidence: &RelayEvidence) -> Verdict {
    let verdict = delivered(evidence)
        .or_else(|| suspected(evidence).map(|reason| (Kind::Suspected, reason)))
        .or_else(|| undecided(evidence).map(|reason| (Kind::Inconclusive, reason)));
    let (kind, reason) = verdict.unwrap_or((Kind::Closed, denial(evidence)));
    Verdict { kind, reason }
}

/// Rule 1: a recipient that is plainly at our sink was accepted.
fn suspected(evidence: &RelayEvidence) -> Option<Reason> {
    let accepted = |pair: &PairId| evidence.outcome(*pair).is_accepted();
    PairId::all()
        .filter(|pair| pair.pair().is_plainly_sink())
        .find(accepted)?;
    Some(if accepted(&PairId::NO_SUCH_DOMAIN) {
        Reason::AcceptsAnything
    } else {
        Reason::RecipientAccepted
    })
}

/// Rules 2 to 9: why the evidence does not decide. `None`: it says closed.
fn undecided(evidence: &RelayEvidence) -> Option<Reason> {
    deciding_pair(evidence)
        .or_else(|| accepted_elsewhere(evidence, PairSet::EMPTY))
        .or_else(|| refuses_us(evidence))
        .or_else(|| other_senders(evidence))
        .or_else(|| still_deferred(evidence))
        .or_else(|| not_to_the_end(evidence, &[Finish::Tested, Finish::Limited]))
}

/// Rule 2: T1 under F1 and our own name.
pub(super) fn deciding_pair(evidence: &RelayEvidence) -> Option<Reason> {
    match evidence.outcome(PairId::DECIDING) {
        Outcome::SenderRefused => Some(Reason::SenderRefused),
        Outcome::AuthRequired => Some(Reason::AuthRequired),
        outcome => unanswered(evidence, outcome),
    }
}

/// Rules 3 and 4: something was accepted that proves nothing, beside what was `refused_later`.
pub(super) fn accepted_elsewhere(
    evidence: &RelayEvidence,
    refused_later: PairSet,
) -> Option<Reason> {
    if evidence.outcome(PairId::NO_SUCH_DOMAIN).is_accepted() {
        return Some(Reason::AcceptsAnything);
    }
    PairId::all()
        .filter(|pair| !pair.pair().recipient.is_control() && !refused_later.contains(*pair))
        .any(|pair| evidence.outcome(pair).is_accepted())
        .then_some(Reason::LocalOrRelay)
}

/// Rule 5: the same refusal for the postmaster, a random user and our recipient, in words that do
/// not speak of relaying. Where no random user can be named, the domain that cannot exist stands
/// in.
pub(super) fn refuses_us(evidence: &RelayEvidence) -> Option<Reason> {
    let refusal = evidence.reply(PairId::DECIDING)?;
    let may_deny_relaying = evidence.outcome(PairId::DECIDING) == Outcome::RelayDenied
        || refusal.class == Class::UserOrRelay;
    let stranger = match evidence.outcome(PairId::NO_SUCH_USER) {
        Outcome::NotFormable | Outcome::TooLong => PairId::NO_SUCH_DOMAIN,
        _ => PairId::NO_SUCH_USER,
    };
    let is_same = |pair| evidence.reply(pair) == Some(refusal);
    (!may_deny_relaying && is_same(PairId::POSTMASTER) && is_same(stranger))
        .then_some(Reason::Blocked)
}

/// Rule 6: T1 under F2 and under F3 with every name that is known, or else under F4. A refused
/// sender or a wanted login answers these; a block does not.
pub(super) fn other_senders(evidence: &RelayEvidence) -> Option<Reason> {
    let has_name = |pair: &PairId| {
        !matches!(
            evidence.outcome(*pair),
            Outcome::NotFormable | Outcome::TooLong
        )
    };
    let named = || t1_under(Sender::F3).filter(has_name);
    let stand_in = named().next().is_none();
    t1_under(Sender::F2)
        .chain(named())
        .chain(t1_under(Sender::F4).filter(|_| stand_in))
        .find_map(|pair| unanswered(evidence, evidence.outcome(pair)))
}

/// Rule 7: a recipient at our sink is greylisted. Some servers do that only to what they would
/// relay.
pub(super) fn still_deferred(evidence: &RelayEvidence) -> Option<Reason> {
    PairId::all()
        .any(|pair| pair.pair().is_plainly_sink() && evidence.outcome(pair) == Outcome::Greylisted)
        .then_some(Reason::Greylisted)
}

/// Rules 8 and 9: a form was cut off, or the battery did not come to its end.
pub(super) fn not_to_the_end(evidence: &RelayEvidence, ends: &[Finish]) -> Option<Reason> {
    let was_cut = PairId::all().any(|pair| evidence.outcome(pair) == Outcome::CutOff);
    let came_to_its_end = ends.contains(&evidence.finish());
    (was_cut || !came_to_its_end).then(|| what_stopped(evidence))
}

/// Why an outcome is no answer to the question of relaying. `None`: it is one.
pub(super) fn unanswered(evidence: &RelayEvidence, outcome: Outcome) -> Option<Reason> {
    match outcome {
        Outcome::RelayDenied
        | Outcome::RecipientRefused
        | Outcome::SenderRefused
        | Outcome::AuthRequired
        | Outcome::Accepted
        | Outcome::AcceptedTwinRefused
        | Outcome::AcceptedTwinAccepted => None,
        Outcome::Blocked => Some(Reason::Blocked),
        Outcome::TlsRequired if evidence.notes().contains(Notes::TLS_FAILED) => {
            Some(Reason::TlsVersion)
        }
        Outcome::TlsRequired => Some(Reason::TlsRequired),
        Outcome::Deferred | Outcome::Greylisted => Some(Reason::Greylisted),
        Outcome::Unclear => Some(Reason::Unclear),
        Outcome::TooLong | Outcome::NotFormable => Some(Reason::NotFormable),
        Outcome::NotReached | Outcome::CutOff => Some(what_stopped(evidence)),
    }
}

/// Why there is no answer.
fn what_stopped(evidence: &RelayEvidence) -> Reason {
    match evidence.finish() {
        Finish::Stopped | Finish::Limited => return Reason::LimitReached,
        Finish::TimeOver => return Reason::Tarpit,
        _ => {}
    }
    match evidence.greeting() {
        None => match evidence.connections().last().map(|last| last.ending) {
            Some(Ending::Refused) => Reason::Refused,
            Some(Ending::NoAnswer) => Reason::NoAnswer,
            Some(Ending::NoSlot | Ending::OutOfScope) => Reason::LimitReached,
            Some(Ending::Silent | Ending::TimeOver) => Reason::Tarpit,
            Some(Ending::NotSmtp) => Reason::NotSmtp,
            _ => Reason::CutOff,
        },
        Some(Class::Accepted | Class::Unfinished) => what_stopped_a_greeted_one(evidence),
        Some(Class::NotSmtp | Class::Endless | Class::Unexpected) => Reason::NotSmtp,
        Some(Class::NoMailHere) => Reason::NoMailHere,
        Some(Class::Deferred | Class::Greylisted | Class::TooMany) => Reason::Greylisted,
        Some(Class::AuthRequired) => Reason::AuthRequired,
        Some(Class::TlsRequired) => Reason::TlsRequired,
        Some(
            Class::RelayDenied
            | Class::UserOrRelay
            | Class::UserUnknown
            | Class::Blocked
            | Class::SenderRefused
            | Class::HeloRefused
            | Class::Syntax
            | Class::BadSequence
            | Class::Refused,
        ) => Reason::Blocked,
    }
}

/// A reply without end comes first: how long its octets took is the path's doing.
fn what_stopped_a_greeted_one(evidence: &RelayEvidence) -> Reason {
    let lost_its_tongue = evidence
        .connections()
        .last()
        .is_some_and(|last| last.ending == Ending::NotSmtp);
    if lost_its_tongue {
        Reason::NotSmtp
    } else if evidence.notes().contains(Notes::SILENT) || evidence.slowest() >= TARPIT_REPLY {
        Reason::Tarpit
    } else {
        Reason::CutOff
    }
}

/// Rule 10: closed, and in what words.
fn denial(evidence: &RelayEvidence) -> Reason {
    match evidence.outcome(PairId::DECIDING) {
        Outcome::RelayDenied => Reason::RelayDenied,
        _ => Reason::RecipientRefused,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        dialogue::{OpenFailure, SecureFailure},
        evidence::Observation,
        relay::{Hello, Outcomes, Recipient},
        scope::Depth,
    };

    /// The first pair of these forms.
    pub(in crate::verdict) fn pair(sender: Sender, recipient: Recipient) -> PairId {
        PairId::all()
            .find(|pair| pair.pair().sender == sender && pair.pair().recipient == recipient)
            .unwrap()
    }

    /// A quick battery that was greeted and refused everywhere, but for what is listed here.
    pub(in crate::verdict) fn evidence(
        changes: &[(PairId, Outcome)],
        finish: Finish,
    ) -> RelayEvidence {
        let mut outcomes = Outcomes::default();
        for id in PairId::all() {
            let pair = id.pair();
            let outcome = match (pair.least, pair.recipient) {
                (Depth::Quick, Recipient::C1) => Outcome::Accepted,
                (Depth::Quick, Recipient::C2) => Outcome::RecipientRefused,
                (Depth::Quick, _) => Outcome::RelayDenied,
                _ => Outcome::NotReached,
            };
            outcomes.set(id, outcome);
        }
        for (pair, outcome) in changes {
            outcomes.set(*pair, *outcome);
        }
        let mut evidence = RelayEvidence::default();
        for observation in [
            Observation::Began {
                depth: Depth::Quick,
                hours: 0,
                outcomes,
            },
            Observation::Opening(Hello::Own),
            Observation::Closed(Ending::InOrder),
            Observation::Finished(finish),
        ] {
            evidence.record(&observation);
        }
        evidence
    }

    pub(in crate::verdict) fn words(evidence: &RelayEvidence) -> String {
        let Verdict { kind, reason } = judge_relay(evidence);
        format!("{}: {}", kind.as_str(), reason.as_str())
    }

    #[test]
    fn every_rule_from_both_sides() {
        use Outcome as O;
        use Recipient as T;
        use Sender as F;
        let t1 = PairId::DECIDING;
        let c3 = PairId::NO_SUCH_DOMAIN;
        let f2 = PairId::EMPTY_SENDER;
        let f3 = pair(F::F3, T::T1);
        let f3_listed = t1_under(F::F3).last().unwrap();
        let t3 = pair(F::F1, T::T3);
        for (changes, expected) in [
            // 10: closed.
            (&[][..], "closed: relay-denied"),
            (&[(t1, O::RecipientRefused)], "closed: recipient-refused"),
            (&[(PairId::POSTMASTER, O::Blocked)], "closed: relay-denied"),
            // 1: suspected.
            (&[(t1, O::Accepted)], "suspected: recipient-accepted"),
            (
                &[(t1, O::Accepted), (c3, O::Accepted)],
                "suspected: accepts-anything",
            ),
            (&[(f3, O::Accepted)], "suspected: recipient-accepted"),
            (
                &[(pair(F::F1, T::T2), O::Accepted)],
                "suspected: recipient-accepted",
            ),
            (
                &[(pair(F::F1, T::T12), O::Accepted)],
                "suspected: recipient-accepted",
            ),
            (
                &[(pair(F::F1, T::T13), O::Accepted)],
                "suspected: recipient-accepted",
            ),
            (
                &[(pair(F::F1, T::T19), O::Accepted)],
                "suspected: recipient-accepted",
            ),
            (
                &[(pair(F::F1, T::T22), O::Accepted)],
                "suspected: recipient-accepted",
            ),
            (
                &[(pair(F::F1, T::T24), O::Accepted)],
                "suspected: recipient-accepted",
            ),
            (
                &[(pair(F::F1, T::T25), O::Accepted)],
                "suspected: recipient-accepted",
            ),
            (
                &[(t1, O::Blocked), (f3, O::Accepted)],
                "suspected: recipient-accepted",
            ),
            // 2: the deciding pair has no answer to the question.
            (&[(t1, O::SenderRefused)], "inconclusive: sender-refused"),
            (&[(t1, O::Blocked)], "inconclusive: blocked"),
            (&[(t1, O::AuthRequired)], "inconclusive: auth-required"),
            (
                &[(t1, O::AuthRequired), (PairId::NO_SUCH_USER, O::Accepted)],
                "inconclusive: auth-required",
            ),
            (
                &[(t1, O::AuthRequired), (f3, O::Accepted)],
                "suspected: recipient-accepted",
            ),
            (&[(t1, O::TlsRequired)], "inconclusive: tls-required"),
            (&[(t1, O::Deferred)], "inconclusive: greylisted"),
            (&[(t1, O::Greylisted)], "inconclusive: greylisted"),
            (&[(t1, O::Unclear)], "inconclusive: unclear"),
            (&[(t1, O::CutOff)], "inconclusive: cut-off"),
            (&[(t1, O::NotReached)], "inconclusive: cut-off"),
            (&[(t1, O::TooLong)], "inconclusive: not-formable"),
            // 3: the domain that cannot exist is taken, our sink is not.
            (&[(c3, O::Accepted)], "inconclusive: accepts-anything"),
            // 4: what may be a local user.
            (&[(t3, O::Accepted)], "inconclusive: local-or-relay"),
            (
                &[(t3, O::AcceptedTwinAccepted)],
                "inconclusive: local-or-relay",
            ),
            (
                &[(t3, O::AcceptedTwinRefused)],
                "inconclusive: local-or-relay",
            ),
            (&[(t3, O::RecipientRefused)], "closed: relay-denied"),
            (
                &[(PairId::NO_SUCH_USER, O::Accepted)],
                "closed: relay-denied",
            ),
            // 6: the other senders.
            (&[(f2, O::SenderRefused)], "closed: relay-denied"),
            (&[(f2, O::RecipientRefused)], "closed: relay-denied"),
            (&[(f2, O::Blocked)], "inconclusive: blocked"),
            (&[(f2, O::AuthRequired)], "closed: relay-denied"),
            (&[(f2, O::Deferred)], "inconclusive: greylisted"),
            (&[(f2, O::TlsRequired)], "inconclusive: tls-required"),
            (&[(f2, O::Unclear)], "inconclusive: unclear"),
            (&[(f2, O::NotReached)], "inconclusive: cut-off"),
            (&[(f3, O::SenderRefused)], "closed: relay-denied"),
            (&[(f3, O::Blocked)], "inconclusive: blocked"),
            (&[(f3_listed, O::Blocked)], "inconclusive: blocked"),
            (&[(t3, O::Blocked)], "closed: relay-denied"),
            (&[(f3, O::AuthRequired)], "closed: relay-denied"),
            (&[(f3, O::NotFormable)], "closed: relay-denied"),
            (&[(f3, O::CutOff)], "inconclusive: cut-off"),
            // 7: greylisting of what is relayed only.
            (
                &[(pair(F::F1, T::T22), O::Greylisted)],
                "inconclusive: greylisted",
            ),
            (
                &[(pair(F::F1, T::T22), O::Deferred)],
                "closed: relay-denied",
            ),
            (&[(t3, O::Greylisted)], "closed: relay-denied"),
            // 8: a form was cut off.
            (&[(t3, O::CutOff)], "inconclusive: cut-off"),
            (&[(c3, O::CutOff)], "inconclusive: cut-off"),
            (&[(t3, O::TooLong)], "closed: relay-denied"),
        ] {
            assert_eq!(
                words(&evidence(changes, Finish::Tested)),
                expected,
                "{changes:?}"
            );
        }
    }

    #[test]
    fn f4_stands_in_where_f3_has_no_name() {
        let mut changes: Vec<_> = t1_under(Sender::F3)
            .map(|pair| (pair, Outcome::NotFormable))
            .collect();
        assert_eq!(
            words(&evidence(&changes, Finish::Tested)),
            "inconclusive: cut-off"
        );
        changes.push((pair(Sender::F4, Recipient::T1), Outcome::SenderRefused));
        assert_eq!(
            words(&evidence(&changes, Finish::Tested)),
            "closed: relay-denied"
        );
        changes.push((pair(Sender::F4, Recipient::T1), Outcome::Blocked));
        assert_eq!(
            words(&evidence(&changes, Finish::Tested)),
            "inconclusive: blocked"
        );
    }

    #[test]
    fn only_a_battery_that_came_to_its_end_says_closed() {
        for (finish, expected) in [
            (Finish::Tested, "closed: relay-denied"),
            (Finish::Limited, "closed: relay-denied"),
            (Finish::Running, "inconclusive: cut-off"),
            (Finish::Parked, "inconclusive: cut-off"),
            (Finish::CutOff, "inconclusive: cut-off"),
            (Finish::TimeOver, "inconclusive: tarpit"),
            (Finish::Stopped, "inconclusive: limit-reached"),
        ] {
            assert_eq!(words(&evidence(&[], finish)), expected, "{finish:?}");
            let accepted = [(PairId::DECIDING, Outcome::Accepted)];
            assert_eq!(
                words(&evidence(&accepted, finish)),
                "suspected: recipient-accepted",
                "{finish:?}"
            );
        }
    }

    #[test]
    fn what_was_accepted_out_of_step_accuses_nobody() {
        let mut evidence = evidence(&[], Finish::Tested);
        evidence.record(&Observation::Outcome {
            pairs: PairSet::of(PairId::DECIDING),
            outcome: Outcome::NotReached,
        });
        assert_eq!(words(&evidence), "inconclusive: cut-off");
    }

    #[test]
    fn tls_that_failed_is_not_closed() {
        for (why, expected) in [
            (SecureFailure::NotAvailable, "inconclusive: tls-required"),
            (SecureFailure::Version, "inconclusive: tls-version"),
            (SecureFailure::Handshake, "inconclusive: tls-version"),
            (SecureFailure::Deadline, "inconclusive: tls-version"),
        ] {
            let wanted = [(PairId::DECIDING, Outcome::TlsRequired)];
            let mut evidence = evidence(&wanted, Finish::Tested);
            evidence.record(&Observation::SecureFailed(why));
            assert_eq!(words(&evidence), expected, "{why:?}");
        }
    }

    #[test]
    fn no_answer_and_unreachable_are_one_verdict() {
        for (failure, expected) in [
            (OpenFailure::NoAnswer, "inconclusive: no-answer"),
            (OpenFailure::Unreachable, "inconclusive: no-answer"),
            (OpenFailure::Refused, "inconclusive: refused"),
        ] {
            let mut evidence = RelayEvidence::default();
            evidence.record(&Observation::Opening(Hello::Own));
            evidence.record(&Observation::OpenFailed(failure));
            evidence.record(&Observation::Finished(Finish::CutOff));
            assert_eq!(words(&evidence), expected);
        }
        assert_eq!(words(&RelayEvidence::default()), "inconclusive: cut-off");
    }
}
