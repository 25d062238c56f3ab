//! Which words fit what was shown. A letter never says more.

use probe_core::verdict::{Kind, Reason};

use crate::letters::model::{Basis, FindingFacts, Probed};

/// What a finding lets us say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wording {
    /// Our message came back: the server relays.
    Confirmed,
    /// Our message was taken; nothing came back.
    Accepted,
    /// A recipient was accepted; no message was sent.
    Suspected,
    /// As `Suspected`, and the server accepted a domain that cannot exist, too.
    SuspectedOfAnything,
    /// The test could not decide, for this reason.
    Undecided(&'static str),
    /// Public databases indicate that it may be open. Nothing else is said.
    Listed,
}

impl Wording {
    /// The wording of a finding that a letter may be written about.
    pub(super) fn of(finding: &FindingFacts, basis: Basis) -> Self {
        let Some(verdict) = finding.verdict.filter(|_| basis == Basis::Tests) else {
            return Self::Listed;
        };
        let reason = verdict.reason;
        match verdict.kind {
            Kind::Confirmed => Self::Confirmed,
            Kind::Accepted => Self::Accepted,
            Kind::Suspected if reason == Reason::AcceptsAnything => Self::SuspectedOfAnything,
            Kind::Suspected => Self::Suspected,
            Kind::Closed | Kind::Inconclusive => Self::Undecided(match finding.probed {
                Probed::Relay => undecided(reason),
                Probed::Proxy { .. } => undecided_proxy(reason),
            }),
        }
    }

    /// Whether our test handed a message over.
    pub(super) fn sent_a_message(self) -> bool {
        matches!(self, Self::Confirmed | Self::Accepted)
    }

    /// The occasion's message.
    pub(super) fn occasion(self) -> &'static str {
        match self {
            Self::Confirmed => "occasion-confirmed",
            Self::Accepted | Self::Suspected | Self::SuspectedOfAnything => "occasion-suspected",
            Self::Undecided(_) => "occasion-undecided",
            Self::Listed => "occasion-listed",
        }
    }

    /// The messages of the verdict, in order, without the kind of server before them.
    pub(super) fn verdict(self) -> &'static [&'static str] {
        match self {
            Self::Confirmed => &["verdict-confirmed"],
            Self::Accepted => &["verdict-accepted"],
            Self::Suspected => &["verdict-suspected"],
            Self::SuspectedOfAnything => &["verdict-suspected", "verdict-anything"],
            Self::Undecided(_) => &["verdict-undecided"],
            Self::Listed => &[],
        }
    }

    /// The message for a cell of a table.
    pub(super) fn result(self) -> &'static str {
        match self {
            Self::Confirmed => "result-confirmed",
            Self::Accepted | Self::Suspected | Self::SuspectedOfAnything => "result-suspected",
            Self::Undecided(_) => "result-undecided",
            Self::Listed => "result-listed",
        }
    }

    /// The message that gives the reason, where the test could not decide.
    pub(super) fn reason(self) -> Option<&'static str> {
        match self {
            Self::Undecided(reason) => Some(reason),
            Self::Confirmed
            | Self::Accepted
            | Self::Suspected
            | Self::SuspectedOfAnything
            | Self::Listed => None,
        }
    }
}

/// Why a test could not decide, as a message. Reasons that no undecided verdict has are said in
/// the general way.
fn undecided(reason: Reason) -> &'static str {
    match reason {
        Reason::NoAnswer => "undecided-no-answer",
        Reason::Refused => "undecided-refused",
        Reason::NotSmtp => "undecided-not-smtp",
        Reason::NoMailHere => "undecided-no-mail-here",
        Reason::Blocked => "undecided-blocked",
        Reason::SenderRefused => "undecided-sender-refused",
        Reason::AuthRequired => "undecided-auth-required",
        Reason::TlsRequired => "undecided-tls-required",
        Reason::TlsVersion => "undecided-tls-version",
        Reason::Greylisted => "undecided-greylisted",
        Reason::Tarpit => "undecided-tarpit",
        Reason::CutOff | Reason::LimitReached => "undecided-cut-off",
        Reason::LocalOrRelay => "undecided-local-or-relay",
        Reason::NotFormable => "undecided-not-formable",
        Reason::Unclear
        | Reason::RelayDenied
        | Reason::RecipientRefused
        | Reason::RecipientAccepted
        | Reason::AcceptsAnything
        | Reason::MessageReturned
        | Reason::NothingReturned
        | Reason::RefusedAtData
        | Reason::Bounced
        | Reason::ConnectionReturned
        | Reason::NonceReturned
        | Reason::Granted
        | Reason::ProxyDenied
        | Reason::NotAProxy
        | Reason::PortLimited
        | Reason::OwnAddress
        | Reason::Listed
        | Reason::ListedOther
        | Reason::NotListed
        | Reason::ListsUnknown => "undecided-other",
    }
}

/// As [`undecided`], for a proxy: it is asked for connections, not for recipients, and may take a connection of
/// ours and say nothing.
fn undecided_proxy(reason: Reason) -> &'static str {
    match reason {
        Reason::NoAnswer => "undecided-unanswered",
        Reason::Refused => "undecided-refused",
        Reason::NotSmtp | Reason::NotAProxy => "undecided-protocol",
        Reason::Blocked => "undecided-turned-away",
        Reason::PortLimited => "undecided-not-reached",
        Reason::OwnAddress => "undecided-own-address",
        Reason::Tarpit => "undecided-tarpit",
        Reason::CutOff | Reason::LimitReached => "undecided-cut-off",
        Reason::NoMailHere
        | Reason::SenderRefused
        | Reason::AuthRequired
        | Reason::TlsRequired
        | Reason::TlsVersion
        | Reason::Greylisted
        | Reason::LocalOrRelay
        | Reason::NotFormable
        | Reason::Unclear
        | Reason::RelayDenied
        | Reason::RecipientRefused
        | Reason::RecipientAccepted
        | Reason::AcceptsAnything
        | Reason::MessageReturned
        | Reason::NothingReturned
        | Reason::RefusedAtData
        | Reason::Bounced
        | Reason::ConnectionReturned
        | Reason::NonceReturned
        | Reason::Granted
        | Reason::ProxyDenied
        | Reason::Listed
        | Reason::ListedOther
        | Reason::NotListed
        | Reason::ListsUnknown => "undecided-other",
    }
}
