//! The rules. docs/verdict-rules.md has them in words, with the same numbers.

use super::{Kind, Reason, Verdict};
use crate::{
    evidence::{Ending, Evidence, Finish, Notes},
    relay::{Outcome, PairId, Sender, t1_under},
    smtp::Class,
    time::Millis,
};

/// A reply that took this long makes a server that was not tested to the end a tarpit.
pub const TARPIT_REPLY: Millis = Millis::from_secs(10);

/// What the evidence says. Pure: the same evidence always gets the same verdict, and less evidence
/// never gets a firmer one.
pub fn judge(evidence: &Evidence) -> Verdict {
    let verdict = suspected(evidence).map_or_else(
        || undecided(evidence).map(|reason| (Kind::Inconclusive, reason)),
        |reason| Some((Kind::Suspected, reason)),
    );
    let (kind, reason) = verdict.unwrap_or((Kind::Closed, denial(evidence)));
    Verdict { kind, reason }
}

/// Rule 1: a recipient that is plainly at our sink was accepted.
fn suspected(evidence: &Evidence) -> Option<Reason> {
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
fn undecided(evidence: &Evidence) -> Option<Reason> {
    deciding_pair(evidence)
        .or_else(|| accepted_elsewhere(evidence))
        .or_else(|| refuses_us(evidence))
        .or_else(|| other_senders(evidence))
        .or_else(|| still_deferred(evidence))
        .or_else(|| not_to_the_end(evidence))
}

/// Rule 2: T1 under F1 and our own name.
fn deciding_pair(evidence: &Evidence) -> Option<Reason> {
    match evidence.outcome(PairId::DECIDING) {
        Outcome::SenderRefused => Some(Reason::SenderRefused),
        Outcome::Blocked => Some(Reason::Blocked),
        Outcome::AuthRequired => Some(Reason::AuthRequired),
        outcome => unanswered(evidence, outcome),
    }
}

/// Rules 3 and 4: something was accepted that proves nothing.
fn accepted_elsewhere(evidence: &Evidence) -> Option<Reason> {
    if evidence.outcome(PairId::NO_SUCH_DOMAIN).is_accepted() {
        return Some(Reason::AcceptsAnything);
    }
    PairId::all()
        .any(|pair| !pair.pair().recipient.is_control() && evidence.outcome(pair).is_accepted())
        .then_some(Reason::LocalOrRelay)
}

/// Rule 5: the same refusal for the postmaster, a random user and our recipient, in words that do
/// not speak of relaying. Where no random user can be named, the domain that cannot exist stands
/// in.
fn refuses_us(evidence: &Evidence) -> Option<Reason> {
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
/// sender answers these.
fn other_senders(evidence: &Evidence) -> Option<Reason> {
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
fn still_deferred(evidence: &Evidence) -> Option<Reason> {
    PairId::all()
        .any(|pair| pair.pair().is_plainly_sink() && evidence.outcome(pair) == Outcome::Greylisted)
        .then_some(Reason::Greylisted)
}

/// Rules 8 and 9: a form was cut off, or the battery did not come to its end.
fn not_to_the_end(evidence: &Evidence) -> Option<Reason> {
    let was_cut = PairId::all().any(|pair| evidence.outcome(pair) == Outcome::CutOff);
    let came_to_its_end = matches!(evidence.finish(), Finish::Tested | Finish::Limited);
    (was_cut || !came_to_its_end).then(|| what_stopped(evidence))
}

/// Why an outcome is no answer to the question of relaying. `None`: it is one.
fn unanswered(evidence: &Evidence, outcome: Outcome) -> Option<Reason> {
    match outcome {
        Outcome::RelayDenied
        | Outcome::RecipientRefused
        | Outcome::SenderRefused
        | Outcome::Blocked
        | Outcome::AuthRequired
        | Outcome::Accepted
        | Outcome::AcceptedTwinRefused
        | Outcome::AcceptedTwinAccepted => None,
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
fn what_stopped(evidence: &Evidence) -> Reason {
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

fn what_stopped_a_greeted_one(evidence: &Evidence) -> Reason {
    let lost_its_tongue = evidence
        .connections()
        .last()
        .is_some_and(|last| last.ending == Ending::NotSmtp);
    if evidence.notes().contains(Notes::SILENT) || evidence.slowest() >= TARPIT_REPLY {
        Reason::Tarpit
    } else if lost_its_tongue {
        Reason::NotSmtp
    } else {
        Reason::CutOff
    }
}

/// Rule 10: closed, and in what words.
fn denial(evidence: &Evidence) -> Reason {
    match evidence.outcome(PairId::DECIDING) {
        Outcome::RelayDenied => Reason::RelayDenied,
        _ => Reason::RecipientRefused,
    }
}
