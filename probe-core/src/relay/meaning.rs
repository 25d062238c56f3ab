//! From what a reply means to what came of its pair.

use super::outcome::Outcome;
use crate::smtp::{Class, Reply, Step};

/// What came of the pairs that a reply at MAIL or RCPT decides. `None`: it decides none, because
/// it speaks of this connection only, or is no reply at all.
pub(super) fn outcome_of(step: Step, reply: &Reply<'_>) -> Option<Outcome> {
    let is_permanent = reply.code >= 500;
    let outcome = match reply.class {
        Class::Accepted => Outcome::Accepted,
        Class::RelayDenied => Outcome::RelayDenied,
        Class::Blocked | Class::HeloRefused => Outcome::Blocked,
        Class::SenderRefused => Outcome::SenderRefused,
        Class::Greylisted => Outcome::Greylisted,
        Class::AuthRequired => Outcome::AuthRequired,
        Class::TlsRequired => Outcome::TlsRequired,
        Class::UserOrRelay | Class::UserUnknown | Class::Syntax | Class::Refused
            if is_permanent =>
        {
            match step {
                Step::Rcpt => Outcome::RecipientRefused,
                _ => Outcome::SenderRefused,
            }
        }
        Class::UserOrRelay
        | Class::UserUnknown
        | Class::Syntax
        | Class::Refused
        | Class::Deferred => Outcome::Deferred,
        Class::NoMailHere | Class::BadSequence | Class::Unexpected => Outcome::Unclear,
        Class::TooMany | Class::NotSmtp | Class::Endless | Class::Unfinished => return None,
    };
    let speaks_of_the_connection = reply.closes()
        && matches!(
            outcome,
            Outcome::Deferred | Outcome::Unclear | Outcome::RecipientRefused
        );
    (!speaks_of_the_connection).then_some(outcome)
}

/// Whether a reply that is no 2xx only puts us off: it refuses nothing, now or for good.
pub(super) fn is_deferral(reply: &Reply<'_>) -> bool {
    (400..500).contains(&reply.code)
        && matches!(
            reply.class,
            Class::Greylisted
                | Class::Deferred
                | Class::TooMany
                | Class::UserOrRelay
                | Class::UserUnknown
                | Class::Syntax
                | Class::Refused
        )
}

/// What came of everything when EHLO and HELO are refused under our own name.
pub(super) fn outcome_of_hello(reply: &Reply<'_>) -> Outcome {
    match reply.class {
        Class::Greylisted => Outcome::Greylisted,
        Class::AuthRequired => Outcome::AuthRequired,
        Class::TlsRequired => Outcome::TlsRequired,
        Class::Deferred | Class::TooMany => Outcome::Deferred,
        _ if reply.code >= 500 => Outcome::Blocked,
        _ if reply.code >= 400 => Outcome::Deferred,
        _ => Outcome::Unclear,
    }
}
