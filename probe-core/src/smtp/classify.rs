//! The rules that turn code, enhanced status code and wording into a [`Class`].

use super::{
    class::{Class, Step},
    enhanced::Enhanced,
    wording::Wording,
};

/// What a reply to `step` means. `code` is 200 to 599. The words of a reply count only where its
/// code refuses: a 250 that speaks of relaying has accepted.
///
/// The order is the one in which a mistake costs least: what may still open a door (TLS, a retry)
/// goes before what closes it, and an explicit relay denial before every other refusal. A bare
/// x.7.1 is no relay denial; policy and greylisting use it as well.
pub fn classify(step: Step, code: u16, enhanced: Option<Enhanced>, wording: Wording) -> Class {
    match code / 100 {
        2 => accepted(step, code, wording),
        3 if step == Step::Data && code == 354 => Class::Accepted,
        4 => deferred(step, code, enhanced, wording),
        5 => refused(step, code, enhanced, wording),
        _ => Class::Unexpected,
    }
}

fn accepted(step: Step, code: u16, wording: Wording) -> Class {
    let other_protocol = wording.contains(Wording::NOT_MAIL) && !wording.contains(Wording::MAIL);
    match step {
        Step::Greeting if code != 220 || other_protocol => Class::NotSmtp,
        Step::Greeting
        | Step::Ehlo
        | Step::Helo
        | Step::Mail
        | Step::Rcpt
        | Step::Rset
        | Step::StartTls
        | Step::Quit
        | Step::Data
        | Step::Dot => Class::Accepted,
    }
}

fn deferred(step: Step, code: u16, enhanced: Option<Enhanced>, wording: Wording) -> Class {
    let relay_is_denied = wording.contains(Wording::RELAY_DENIED)
        || wording.contains(Wording::RELAY.union(Wording::DENIAL));
    if wording.contains(Wording::TLS) {
        Class::TlsRequired
    } else if wording.contains(Wording::RELAY_DENIED) && names_an_envelope(step) {
        Class::RelayDenied
    } else if wording.contains(Wording::GREYLIST) {
        Class::Greylisted
    } else if wording.contains(Wording::BLOCKED) {
        Class::Blocked
    } else if relay_is_denied && names_an_envelope(step) {
        Class::RelayDenied
    } else {
        by_wording(step, wording)
            // "Not verified yet" carries 4.1.1 as well: without words no user is unknown.
            .or_else(|| by_enhanced(step, enhanced).filter(|class| !is_about_a_recipient(*class)))
            .unwrap_or(match code {
                452 if step == Step::Rcpt => Class::TooMany,
                _ => Class::Deferred,
            })
    }
}

fn refused(step: Step, code: u16, enhanced: Option<Enhanced>, wording: Wording) -> Class {
    if wording.contains(Wording::TLS) {
        Class::TlsRequired
    } else if wording.contains(Wording::RELAY_DENIED) && names_an_envelope(step) {
        Class::RelayDenied
    } else if wording.contains(Wording::BLOCKED) {
        Class::Blocked
    } else if wording.contains(Wording::RELAY) && names_an_envelope(step) {
        Class::RelayDenied
    } else if code == 503 {
        // "need MAIL before RCPT", "send EHLO first": the words name what was not wrong.
        if wording.contains(Wording::AUTH) {
            Class::AuthRequired
        } else if wording.contains(Wording::TOO_MANY) {
            Class::TooMany
        } else {
            Class::BadSequence
        }
    } else {
        by_wording(step, wording)
            .or_else(|| by_code(code))
            .or_else(|| by_enhanced(step, enhanced))
            .unwrap_or(match step {
                Step::Greeting => Class::Blocked,
                Step::Ehlo | Step::Helo => Class::HeloRefused,
                Step::Mail
                | Step::Rcpt
                | Step::Rset
                | Step::StartTls
                | Step::Quit
                | Step::Data
                | Step::Dot => Class::Refused,
            })
    }
}

/// Only a refused envelope can deny relaying; a refused greeting or name refuses the client.
const fn names_an_envelope(step: Step) -> bool {
    matches!(step, Step::Mail | Step::Rcpt)
}

/// Meanings in the order in which they outrank each other, for all codes.
fn by_wording(step: Step, wording: Wording) -> Option<Class> {
    const ORDER: [(Wording, Class); 8] = [
        (Wording::AUTH, Class::AuthRequired),
        (Wording::HELO, Class::HeloRefused),
        (Wording::SENDER, Class::SenderRefused),
        (Wording::TOO_MANY, Class::TooMany),
        (Wording::NO_MAIL, Class::NoMailHere),
        (Wording::SYNTAX, Class::Syntax),
        (Wording::USER_OR_RELAY, Class::UserOrRelay),
        (Wording::USER, Class::UserUnknown),
    ];
    ORDER
        .iter()
        .find(|(meaning, _)| wording.contains(*meaning))
        .map(|(_, class)| of_an_address(step, *class))
}

/// Codes that mean one thing by themselves (RFC 5321, 4954, 7504).
const fn by_code(code: u16) -> Option<Class> {
    match code {
        500 | 501 | 502 | 504 | 555 => Some(Class::Syntax),
        521 | 556 => Some(Class::NoMailHere),
        530 | 534 | 535 => Some(Class::AuthRequired),
        538 => Some(Class::TlsRequired),
        _ => None,
    }
}

/// Enhanced status codes that mean one thing by themselves (RFC 3463, 4954, 7372, 7505).
fn by_enhanced(step: Step, enhanced: Option<Enhanced>) -> Option<Class> {
    match enhanced?.about() {
        (1, 1 | 2 | 6) | (2, 1) => Some(of_an_address(step, Class::UserUnknown)),
        (1, 10) => Some(Class::NoMailHere),
        // Exchange Online: not a recipient of ours, or not a domain of ours.
        (4, 1) => Some(of_an_address(step, Class::UserOrRelay)),
        (1, 3) | (5, 1 | 2 | 4) => Some(Class::Syntax),
        (1, 7 | 8) | (7, 20..=23 | 27) => Some(Class::SenderRefused),
        (5, 3) => Some(Class::TooMany),
        (7, 8 | 9) => Some(Class::AuthRequired),
        (7, 10 | 11) => Some(Class::TlsRequired),
        (7, 25) => Some(Class::Blocked),
        _ => None,
    }
}

const fn is_about_a_recipient(class: Class) -> bool {
    matches!(class, Class::UserUnknown | Class::UserOrRelay)
}

/// An address that is unknown at MAIL is the sender's.
const fn of_an_address(step: Step, class: Class) -> Class {
    match (step, class) {
        (Step::Mail, Class::UserUnknown | Class::UserOrRelay) => Class::SenderRefused,
        _ => class,
    }
}
