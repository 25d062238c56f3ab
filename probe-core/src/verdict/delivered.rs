//! Rule 0: what became of our messages. docs/verdict-rules.md has it in words.

use super::{
    Kind, Reason,
    judge::{
        accepted_elsewhere, deciding_pair, not_to_the_end, other_senders, refuses_us,
        still_deferred, unanswered,
    },
};
use crate::{
    evidence::{Delivery, Fate, Finish, RelayEvidence},
    relay::{Outcome, PairId, PairSet},
};

/// What our messages say, where they went to recipients that are plainly at our sink; one that came
/// back counts under every pair. `None`: they say no more than RCPT did.
pub(super) fn delivered(evidence: &RelayEvidence) -> Option<(Kind, Reason)> {
    let proof = evidence.proof();
    if !proof.returned().is_empty() {
        return Some((Kind::Confirmed, Reason::MessageReturned));
    }
    let has_bounced = |delivery: &Delivery| proof.bounced().contains(delivery.pair);
    let any_bounced = plain(evidence).any(has_bounced);
    // Where one has bounced, the silence of those whose bounce cannot reach us is no evidence.
    let is_taken = |delivery: &Delivery| {
        delivery.fate == Fate::Accepted
            && !has_bounced(delivery)
            && (!any_bounced || delivery.pair.pair().bounce_can_reach_us())
    };
    if plain(evidence).any(is_taken) {
        Some((Kind::Accepted, Reason::NothingReturned))
    } else if any_bounced {
        Some((Kind::Inconclusive, Reason::Bounced))
    } else if plain(evidence).any(|delivery| delivery.fate == Fate::Deferred) {
        Some((Kind::Inconclusive, Reason::Greylisted))
    } else {
        refused_later(evidence)
    }
}

fn plain(evidence: &RelayEvidence) -> impl Iterator<Item = &Delivery> {
    let deliveries = evidence.proof().deliveries().iter();
    deliveries.filter(|delivery| delivery.pair.pair().is_plainly_sink())
}

/// Every message was refused at DATA or after the dot. That answers its pair, as a refusal at RCPT
/// would have done; what else has to be known for `closed` stays the same.
fn refused_later(evidence: &RelayEvidence) -> Option<(Kind, Reason)> {
    let tried: PairSet = plain(evidence).map(|delivery| delivery.pair).collect();
    let all_refused = plain(evidence).all(|delivery| delivery.fate.is_refused());
    let accepted: PairSet = PairId::all()
        .filter(|pair| pair.pair().is_plainly_sink() && evidence.outcome(*pair).is_accepted())
        .collect();
    // Who decides at DATA about T1 under our own name takes everything at RCPT: what else was
    // accepted there says nothing. T1 under the empty sender needs no permission, and was asked.
    let decides_at_data = tried.contains(PairId::DECIDING);
    let must_be_tried = if decides_at_data {
        PairSet::of(PairId::EMPTY_SENDER)
    } else {
        PairSet::from_iter(PairId::all())
    };
    let is_enough = accepted.and(must_be_tried).without(tried).is_empty();
    if tried.is_empty() || !all_refused || !is_enough {
        return None;
    }
    let undecided = if decides_at_data {
        match evidence.outcome(PairId::EMPTY_SENDER) {
            Outcome::NotReached => None,
            outcome => unanswered(evidence, outcome),
        }
    } else {
        deciding_pair(evidence)
            .or_else(|| accepted_elsewhere(evidence, tried))
            .or_else(|| refuses_us(evidence))
            .or_else(|| cannot_tell_whom(evidence))
            .or_else(|| other_senders(evidence))
            .or_else(|| still_deferred(evidence))
    };
    // A short battery stops where something is accepted.
    let ends = [Finish::Tested, Finish::Limited, Finish::Settled];
    let undecided = undecided.or_else(|| not_to_the_end(evidence, &ends));
    Some(match undecided {
        Some(reason) => (Kind::Inconclusive, reason),
        None => (Kind::Closed, Reason::RefusedAtData),
    })
}

/// Without the words of T1's refusal, which an earlier revision has, nobody can tell whether it was
/// about us.
fn cannot_tell_whom(evidence: &RelayEvidence) -> Option<Reason> {
    let is_wordless = evidence.outcome(PairId::DECIDING) == Outcome::RecipientRefused
        && evidence.reply(PairId::DECIDING).is_none();
    is_wordless.then_some(Reason::CutOff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arrival::Sense,
        evidence::Observation,
        relay::{Outcome as O, Recipient as T, Sender as F},
        verdict::judge::tests::{evidence, pair, words},
    };

    const T1: PairId = PairId::DECIDING;
    const F2: PairId = PairId::EMPTY_SENDER;

    struct Case<'a> {
        accepted: &'a [PairId],
        /// What differs otherwise from a battery that is denied everywhere.
        changes: &'a [(PairId, O)],
        finish: Finish,
        deliveries: &'a [(PairId, Fate)],
        senses: &'a [Sense],
    }

    impl Case<'_> {
        fn words(&self) -> String {
            let mut changes: Vec<_> = self.accepted.iter().map(|of| (*of, O::Accepted)).collect();
            changes.extend_from_slice(self.changes);
            let mut evidence = evidence(&changes, self.finish);
            for (pair, fate) in self.deliveries {
                evidence.record(&Observation::DeliveredBefore {
                    pair: *pair,
                    fate: *fate,
                });
            }
            for sense in self.senses {
                evidence.arrived(*sense);
            }
            words(&evidence)
        }
    }

    #[test]
    fn what_messages_say_from_both_sides() {
        use Fate::*;
        use Finish::{Settled, Tested};
        let f3 = pair(F::F3, T::T1);
        let f8 = pair(F::F8, T::T1);
        let t3 = pair(F::F1, T::T3);
        let t12 = pair(F::F1, T::T12);
        let c3 = PairId::NO_SUCH_DOMAIN;
        type Row<'a> = (&'a [PairId], &'a [(PairId, Fate)], &'a [Sense], &'a str);
        let back = Sense::Relayed;
        let bounce = Sense::Bounced;
        let table: &[Row<'_>] = &[
            // Nothing was sent.
            (&[T1], &[], &[], "suspected: recipient-accepted"),
            (&[T1, c3], &[], &[], "suspected: accepts-anything"),
            (&[t3], &[], &[], "inconclusive: local-or-relay"),
            // One came back, under whatever pair, and whatever its own connection told.
            (
                &[T1],
                &[(T1, Accepted)],
                &[back(T1)],
                "confirmed: message-returned",
            ),
            (
                &[T1],
                &[(T1, CutOff)],
                &[back(T1)],
                "confirmed: message-returned",
            ),
            (
                &[T1],
                &[(T1, RefusedAfterDot)],
                &[back(T1)],
                "confirmed: message-returned",
            ),
            (
                &[t3],
                &[(t3, Accepted)],
                &[back(t3)],
                "confirmed: message-returned",
            ),
            (
                &[T1],
                &[(T1, Accepted)],
                &[bounce(T1), back(T1)],
                "confirmed: message-returned",
            ),
            // One was taken, and nothing came back.
            (&[T1], &[(T1, Accepted)], &[], "accepted: nothing-returned"),
            (
                &[T1],
                &[(T1, Accepted)],
                &[Sense::CalledOut(T1)],
                "accepted: nothing-returned",
            ),
            (
                &[T1, F2],
                &[(T1, RefusedAtData), (F2, Accepted)],
                &[],
                "accepted: nothing-returned",
            ),
            (
                &[T1, F2],
                &[(T1, Deferred), (F2, Accepted)],
                &[],
                "accepted: nothing-returned",
            ),
            // Under a form that may be a local user that says nothing.
            (
                &[t3],
                &[(t3, Accepted)],
                &[],
                "inconclusive: local-or-relay",
            ),
            (
                &[t3],
                &[(t3, RefusedAtData)],
                &[],
                "inconclusive: local-or-relay",
            ),
            (
                &[t3],
                &[(t3, Deferred)],
                &[],
                "inconclusive: local-or-relay",
            ),
            // A bounce instead.
            (
                &[T1],
                &[(T1, Accepted)],
                &[bounce(T1)],
                "inconclusive: bounced",
            ),
            (
                &[T1],
                &[(T1, CutOff)],
                &[bounce(T1)],
                "inconclusive: bounced",
            ),
            // No bounce of F2 can reach us, one of F8 can.
            (
                &[T1, F2],
                &[(T1, Accepted), (F2, Accepted)],
                &[bounce(T1)],
                "inconclusive: bounced",
            ),
            (
                &[T1, f8],
                &[(T1, Accepted), (f8, Accepted)],
                &[bounce(T1)],
                "accepted: nothing-returned",
            ),
            (
                &[T1, f8],
                &[(T1, Accepted), (f8, Accepted)],
                &[bounce(T1), bounce(f8)],
                "inconclusive: bounced",
            ),
            // Put off to the last.
            (&[T1], &[(T1, Deferred)], &[], "inconclusive: greylisted"),
            (
                &[T1, F2],
                &[(T1, RefusedAtData), (F2, Deferred)],
                &[],
                "inconclusive: greylisted",
            ),
            (
                &[T1, F2],
                &[(T1, Deferred), (F2, CutOff)],
                &[],
                "inconclusive: greylisted",
            ),
            // Refused later.
            (
                &[T1],
                &[(T1, RefusedAtData)],
                &[],
                "closed: refused-at-data",
            ),
            (
                &[T1],
                &[(T1, RefusedAfterDot)],
                &[],
                "closed: refused-at-data",
            ),
            (
                &[T1, F2],
                &[(T1, RefusedAtData), (F2, RefusedAfterDot)],
                &[],
                "closed: refused-at-data",
            ),
            (
                &[T1, F2],
                &[(T1, RefusedAtData)],
                &[],
                "suspected: recipient-accepted",
            ),
            (
                &[T1, f3, t3, c3],
                &[(T1, RefusedAtData)],
                &[],
                "closed: refused-at-data",
            ),
            (
                &[T1, F2],
                &[(T1, RefusedAtData), (F2, CutOff)],
                &[],
                "suspected: recipient-accepted",
            ),
            // T1 was denied at RCPT: whoever is accepted has to be refused later, all of them.
            (
                &[F2],
                &[(F2, RefusedAtData)],
                &[],
                "closed: refused-at-data",
            ),
            (
                &[t12],
                &[(t12, RefusedAtData)],
                &[],
                "closed: refused-at-data",
            ),
            (
                &[F2, t12],
                &[(F2, RefusedAtData)],
                &[],
                "suspected: recipient-accepted",
            ),
            (
                &[F2, f3],
                &[(F2, RefusedAtData)],
                &[],
                "suspected: recipient-accepted",
            ),
            (
                &[F2, t3],
                &[(F2, RefusedAtData)],
                &[],
                "inconclusive: local-or-relay",
            ),
            (
                &[F2, c3],
                &[(F2, RefusedAtData)],
                &[],
                "inconclusive: accepts-anything",
            ),
            // Nobody knows.
            (&[T1], &[(T1, CutOff)], &[], "suspected: recipient-accepted"),
            (
                &[T1],
                &[(T1, EnvelopeRefused)],
                &[],
                "suspected: recipient-accepted",
            ),
        ];
        for (accepted, deliveries, senses, expected) in table {
            for finish in [Tested, Settled] {
                let case = Case {
                    accepted,
                    changes: &[],
                    finish,
                    deliveries,
                    senses,
                };
                // Without a message that decides, the battery has to come to its end.
                if finish == Settled && expected.starts_with("inconclusive: local") {
                    continue;
                }
                assert_eq!(
                    case.words(),
                    *expected,
                    "{accepted:?} {deliveries:?} {senses:?} {finish:?}"
                );
            }
        }
    }

    #[test]
    fn closed_by_data_needs_what_closed_needs() {
        let f3 = pair(F::F3, T::T1);
        let refused = [(T1, Fate::RefusedAtData)];
        let elsewhere = [(F2, Fate::RefusedAtData)];
        type Row<'a> = (
            &'a [PairId],
            &'a [(PairId, O)],
            Finish,
            &'a [(PairId, Fate)],
            &'a str,
        );
        let table: &[Row<'_>] = &[
            (
                &[T1],
                &[(f3, O::CutOff)],
                Finish::Tested,
                &refused,
                "inconclusive: cut-off",
            ),
            (
                &[T1],
                &[(F2, O::Blocked)],
                Finish::Tested,
                &refused,
                "inconclusive: blocked",
            ),
            (
                &[T1],
                &[],
                Finish::CutOff,
                &refused,
                "inconclusive: cut-off",
            ),
            (
                &[T1],
                &[],
                Finish::Running,
                &refused,
                "inconclusive: cut-off",
            ),
            (
                &[T1],
                &[],
                Finish::Parked,
                &refused,
                "inconclusive: cut-off",
            ),
            (
                &[T1],
                &[],
                Finish::TimeOver,
                &refused,
                "inconclusive: tarpit",
            ),
            (
                &[T1],
                &[],
                Finish::Limited,
                &refused,
                "closed: refused-at-data",
            ),
            (
                &[F2],
                &[(T1, O::RecipientRefused)],
                Finish::Tested,
                &elsewhere,
                "inconclusive: cut-off",
            ),
            (
                &[F2],
                &[(T1, O::Blocked)],
                Finish::Tested,
                &elsewhere,
                "inconclusive: blocked",
            ),
            (
                &[F2],
                &[(T1, O::AuthRequired)],
                Finish::Tested,
                &elsewhere,
                "inconclusive: auth-required",
            ),
            (
                &[F2],
                &[(T1, O::SenderRefused)],
                Finish::Tested,
                &elsewhere,
                "inconclusive: sender-refused",
            ),
            (
                &[F2],
                &[(pair(F::F1, T::T22), O::Greylisted)],
                Finish::Tested,
                &elsewhere,
                "inconclusive: greylisted",
            ),
        ];
        for (accepted, changes, finish, deliveries, expected) in table {
            let case = Case {
                accepted,
                changes,
                finish: *finish,
                deliveries,
                senses: &[],
            };
            assert_eq!(case.words(), *expected, "{changes:?} {finish:?}");
        }
    }

    #[test]
    fn evidence_tells_how_many_of_the_messages_came_back() {
        let mut evidence = evidence(&[(T1, O::Accepted)], Finish::Settled);
        let taken = |evidence: &mut RelayEvidence, pair, fate| {
            evidence.record(&Observation::DeliveredBefore { pair, fate });
        };
        assert_eq!(evidence.proof().returned_of_taken(), (0, 0));
        taken(&mut evidence, T1, Fate::Accepted);
        assert_eq!(evidence.proof().returned_of_taken(), (0, 1));
        evidence.record(&Observation::Returned(PairSet::of(T1)));
        taken(&mut evidence, F2, Fate::Accepted);
        assert_eq!(evidence.proof().returned_of_taken(), (1, 2));
        taken(&mut evidence, pair(F::F9, T::T1), Fate::RefusedAtData);
        assert_eq!(evidence.proof().returned_of_taken(), (1, 2));
        evidence.arrived(Sense::Relayed(F2));
        assert_eq!(evidence.proof().returned_of_taken(), (2, 2));
    }
}
