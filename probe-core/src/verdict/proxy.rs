//! The rules for proxies. docs/verdict-rules.md has them in words.

use super::{Kind, Reason, Verdict};
use crate::{
    dead::DeadBy,
    evidence::{Attempt, Finish, ProxyEvidence},
    proxy::{AttemptId, Behind, Outcome, Protocol, Protocols, Why},
};

/// What a proxy job's evidence says. Pure: the same evidence always gets the same verdict, and less
/// evidence never gets a firmer one.
pub fn judge_proxy(evidence: &ProxyEvidence) -> Verdict {
    let (kind, reason) = proved(evidence)
        .or_else(|| suspected(evidence))
        .unwrap_or_else(|| answered(evidence));
    Verdict { kind, reason }
}

/// Rules P1 to P3: our nonce came back. Only the visit of the same attempt says where the connection
/// came out; where that was our own address, something on our side may have made it. The evidence knows
/// our end of the connections; what others see behind a translator is for the host to add.
fn proved(evidence: &ProxyEvidence) -> Option<(Kind, Reason)> {
    let returned = || {
        let attempts = evidence.attempts().iter();
        attempts.filter(|attempt| attempt.has_nonce())
    };
    returned().next()?;
    let visits = || returned().filter_map(Attempt::egress);
    Some(if visits().any(|egress| !evidence.is_own(egress)) {
        (Kind::Confirmed, Reason::ConnectionReturned)
    } else if visits().next().is_some() {
        (Kind::Inconclusive, Reason::OwnAddress)
    } else {
        (Kind::Accepted, Reason::NonceReturned)
    })
}

/// Rule P4: a connection was granted that nobody else than a proxy grants.
fn suspected(evidence: &ProxyEvidence) -> Option<(Kind, Reason)> {
    evidence
        .attempts()
        .iter()
        .any(|attempt| is_suspicious(evidence, attempt))
        .then_some((Kind::Suspected, Reason::Granted))
}

/// A web server may say 2xx to anything, so CONNECT counts only where something that a tunnel brings
/// stands behind it, and where the control was refused in so many words; that host's own greeting behind
/// it is no web server's.
fn is_suspicious(evidence: &ProxyEvidence, attempt: &Attempt) -> bool {
    if attempt.outcome() != Outcome::Granted {
        return false;
    }
    match attempt.id().protocol() {
        None => false,
        Some(Protocol::Connect | Protocol::ConnectSplit) => {
            attempt.behind() == Some(Behind::Tunnel)
                && evidence.outcome(AttemptId::CONTROL).is_some_and(is_refusal)
        }
        Some(_) => true,
    }
}

const fn is_refusal(control: Outcome) -> bool {
    matches!(
        control,
        Outcome::Denied
            | Outcome::Unreached
            | Outcome::Failed
            | Outcome::NoProxy
            | Outcome::AuthRequired
            | Outcome::Redirected
    )
}

/// Rules P5 to P7: the attempt that weighs most decides; closed only where the job came to its end.
fn answered(evidence: &ProxyEvidence) -> (Kind, Reason) {
    match evidence.dead_because() {
        Some(DeadBy::Refused) => return (Kind::Closed, Reason::Refused),
        Some(DeadBy::NoAnswer) => return (Kind::Inconclusive, Reason::NoAnswer),
        None => {}
    }
    let attempts = evidence.attempts().iter();
    let weightiest = attempts
        .filter_map(|attempt| weight(evidence, attempt))
        .min_by_key(|says| says.rank);
    let says = match weightiest {
        Some(says) if says.kind == Kind::Inconclusive => return (says.kind, says.reason),
        Some(says) => (says.kind, says.reason),
        None => (Kind::Inconclusive, Reason::NotFormable),
    };
    match evidence.finish() {
        Finish::Tested | Finish::Settled | Finish::Limited => says,
        Finish::TimeOver | Finish::Stopped => (Kind::Inconclusive, Reason::LimitReached),
        Finish::Running | Finish::Parked | Finish::CutOff => (Kind::Inconclusive, Reason::CutOff),
    }
}

/// What an attempt says, and how much it weighs: 0 most.
struct Says {
    rank: u8,
    kind: Kind,
    reason: Reason,
}

fn weight(evidence: &ProxyEvidence, attempt: &Attempt) -> Option<Says> {
    use Kind::{Closed, Inconclusive};
    let protocol = attempt.id().protocol()?;
    let (rank, kind, reason) = match attempt.outcome() {
        Outcome::Unreached if is_plain(protocol) => (0, Inconclusive, Reason::PortLimited),
        Outcome::Endless | Outcome::TimeOver | Outcome::NoSlot | Outcome::OutOfScope => {
            (1, Inconclusive, Reason::LimitReached)
        }
        // Whoever answers in one protocol waits in another for an end that does not come.
        Outcome::Silent if answers_otherwise(evidence, protocol) => {
            (8, Inconclusive, Reason::NoAnswer)
        }
        Outcome::Silent | Outcome::NoAnswer => (2, Inconclusive, Reason::NoAnswer),
        // The port was open before.
        Outcome::CutOff | Outcome::Running | Outcome::Refused => (3, Inconclusive, Reason::CutOff),
        Outcome::Granted if is_page(evidence, attempt) => (7, Closed, Reason::NotAProxy),
        Outcome::Granted | Outcome::Returned | Outcome::Failed => {
            (4, Inconclusive, Reason::Unclear)
        }
        Outcome::AuthRequired => (5, Closed, Reason::AuthRequired),
        Outcome::Denied => (6, Closed, Reason::ProxyDenied),
        Outcome::NoProxy
        | Outcome::OtherProtocol
        | Outcome::Page
        | Outcome::Redirected
        | Outcome::Echoed => (7, Closed, Reason::NotAProxy),
        // Whoever answers in one protocol hangs up in another.
        Outcome::Dropped => (8, Inconclusive, Reason::CutOff),
        // It may not know the name, or have no IPv6.
        Outcome::Unreached => (9, Inconclusive, Reason::PortLimited),
        Outcome::Skipped(Why::NoAddress) => (10, Inconclusive, Reason::NotFormable),
        Outcome::Skipped(_) => return None,
    };
    Some(Says { rank, kind, reason })
}

/// Whether a protocol of another family was answered on this port, and in that protocol: a complaint in
/// HTTP about SOCKS says nothing against HTTP.
fn answers_otherwise(evidence: &ProxyEvidence, protocol: Protocol) -> bool {
    let mut attempts = evidence.attempts().iter();
    attempts.any(|attempt| {
        let other = attempt.id().protocol();
        other.is_some_and(|other| other.family() != protocol.family())
            && attempt.outcome().is_an_answer()
    })
}

/// Whether a protocol leads to an address that every proxy can reach.
const fn is_plain(protocol: Protocol) -> bool {
    !Protocols::SOCKS4A
        .union(Protocols::SOCKS5_NAME)
        .union(Protocols::SOCKS5_IPV6)
        .has(protocol)
}

/// Whether the 2xx is a web server's: a page follows, and where there can be no connection as well; or
/// what follows is no tunnel's, and the control has an answer that no proxy gives. An error of the control
/// that a proxy may give as well leaves it open: a filter may have put its own page in a tunnel's place.
fn is_page(evidence: &ProxyEvidence, attempt: &Attempt) -> bool {
    let mut attempts = evidence.attempts().iter();
    let control = attempts.find(|attempt| attempt.id() == AttemptId::CONTROL);
    control.is_some_and(|control| match control.outcome() {
        Outcome::Granted => attempt.has_content() && control.has_content(),
        Outcome::NoProxy | Outcome::Redirected => attempt.behind() == Some(Behind::Page),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
