//! Verdicts: what was proved, and no more.

mod delivered;
mod dnsbl;
mod judge;
mod proxy;

pub use self::{
    dnsbl::judge_dnsbl,
    judge::{TARPIT_REPLY, judge, judge_relay},
    proxy::judge_proxy,
};

use serde::{Deserialize, Serialize};

/// The version of the rules in [`judge`]. A finding carries it, so that the host knows when to
/// judge old evidence again.
pub const RULES: u16 = 6;

/// What the evidence says about a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How sure.
    pub kind: Kind,
    /// Why.
    pub reason: Reason,
}

/// How sure a verdict is, from proof down to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Our own message came back through the server.
    Confirmed,
    /// 250 after the dot; nothing has come back yet.
    Accepted,
    /// 2xx at RCPT to a form whose final domain is our sink.
    Suspected,
    /// The forms that were tested were refused.
    Closed,
    /// The evidence does not decide.
    Inconclusive,
}

impl Kind {
    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Accepted => "accepted",
            Self::Suspected => "suspected",
            Self::Closed => "closed",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// Why a verdict is what it is. docs/verdict-rules.md explains each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// An explicit relay denial answered the forms that were tested.
    RelayDenied,
    /// Recipients at our sink were refused for good, in words that do not speak of relaying.
    RecipientRefused,
    /// A recipient at our sink was accepted at RCPT.
    RecipientAccepted,
    /// As `RecipientAccepted`, and a recipient at a name that cannot exist was accepted too.
    AcceptsAnything,
    /// Accepted only in forms that may be local users.
    LocalOrRelay,
    /// The server refuses us, not the relaying.
    Blocked,
    /// MAIL was refused for anything but relaying.
    SenderRefused,
    /// The server wants a login first.
    AuthRequired,
    /// The server wants TLS first.
    TlsRequired,
    /// TLS failed, or only versions that we cannot speak.
    TlsVersion,
    /// Deferred, and still deferred when the time for retries was over.
    Greylisted,
    /// Whatever answers does not speak SMTP.
    NotSmtp,
    /// The greeting says that no mail is taken here (RFC 7504).
    NoMailHere,
    /// Nobody answered, or there is no way to the address.
    NoAnswer,
    /// The port is closed.
    Refused,
    /// Too slow to be tested within the time a target gets.
    Tarpit,
    /// The forms that decide were not all answered.
    CutOff,
    /// The forms that decide could not be written for this target.
    NotFormable,
    /// A limit of the scope or of this device ended the test.
    LimitReached,
    /// An answer that decides nothing came where one was needed.
    Unclear,
    /// Our own message came back.
    MessageReturned,
    /// Our message was accepted after the dot, and nothing has come back.
    NothingReturned,
    /// Recipients were accepted, and the message was refused at DATA or after the dot.
    RefusedAtData,
    /// Our message was accepted after the dot, and a bounce came instead of it.
    Bounced,
    /// Our own sink's word came back through a proxy, and the proxy has called at our sink.
    ConnectionReturned,
    /// Our own sink's word came back through a proxy; whether the proxy called there is not known.
    NonceReturned,
    /// A proxy said that it connects us, and nothing came back.
    Granted,
    /// A proxy said that it does not connect us.
    ProxyDenied,
    /// Whatever answers speaks no protocol of a proxy, or answers everything alike.
    NotAProxy,
    /// A proxy says that it tried to connect us, and did not get to any port of our sink.
    PortLimited,
    /// What called at our sink came from our own address: something on our own path did it.
    OwnAddress,
    /// A list names the address as a relay or a proxy.
    Listed,
    /// Lists name the address, and not as a relay or a proxy.
    ListedOther,
    /// No list that can be believed names the address.
    NotListed,
    /// No list gave an answer that can be believed.
    ListsUnknown,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 35] = [
        Self::RelayDenied,
        Self::RecipientRefused,
        Self::RecipientAccepted,
        Self::AcceptsAnything,
        Self::LocalOrRelay,
        Self::Blocked,
        Self::SenderRefused,
        Self::AuthRequired,
        Self::TlsRequired,
        Self::TlsVersion,
        Self::Greylisted,
        Self::NotSmtp,
        Self::NoMailHere,
        Self::NoAnswer,
        Self::Refused,
        Self::Tarpit,
        Self::CutOff,
        Self::NotFormable,
        Self::LimitReached,
        Self::Unclear,
        Self::MessageReturned,
        Self::NothingReturned,
        Self::RefusedAtData,
        Self::Bounced,
        Self::ConnectionReturned,
        Self::NonceReturned,
        Self::Granted,
        Self::ProxyDenied,
        Self::NotAProxy,
        Self::PortLimited,
        Self::OwnAddress,
        Self::Listed,
        Self::ListedOther,
        Self::NotListed,
        Self::ListsUnknown,
    ];

    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RelayDenied => "relay-denied",
            Self::RecipientRefused => "recipient-refused",
            Self::RecipientAccepted => "recipient-accepted",
            Self::AcceptsAnything => "accepts-anything",
            Self::LocalOrRelay => "local-or-relay",
            Self::Blocked => "blocked",
            Self::SenderRefused => "sender-refused",
            Self::AuthRequired => "auth-required",
            Self::TlsRequired => "tls-required",
            Self::TlsVersion => "tls-version",
            Self::Greylisted => "greylisted",
            Self::NotSmtp => "not-smtp",
            Self::NoMailHere => "no-mail-here",
            Self::NoAnswer => "no-answer",
            Self::Refused => "refused",
            Self::Tarpit => "tarpit",
            Self::CutOff => "cut-off",
            Self::NotFormable => "not-formable",
            Self::LimitReached => "limit-reached",
            Self::Unclear => "unclear",
            Self::MessageReturned => "message-returned",
            Self::NothingReturned => "nothing-returned",
            Self::RefusedAtData => "refused-at-data",
            Self::Bounced => "bounced",
            Self::ConnectionReturned => "connection-returned",
            Self::NonceReturned => "nonce-returned",
            Self::Granted => "granted",
            Self::ProxyDenied => "proxy-denied",
            Self::NotAProxy => "not-a-proxy",
            Self::PortLimited => "port-limited",
            Self::OwnAddress => "own-address",
            Self::Listed => "listed",
            Self::ListedOther => "listed-other",
            Self::NotListed => "not-listed",
            Self::ListsUnknown => "lists-unknown",
        }
    }
}

/// What limits every statement of a verdict. A letter says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caveat {
    /// Nothing outside has checked that port 25 leads to the target itself: a provider may answer
    /// in its place.
    PathUnverified,
    /// The scope waived the checks of our own identity.
    Lab,
}

impl Caveat {
    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PathUnverified => "path-unverified",
            Self::Lab => "lab",
        }
    }

    /// The caveats of a finding, from what its scope waived and whether its device has checked the way.
    pub fn of(lab: bool, path_checked: bool) -> impl Iterator<Item = Self> {
        let path = (!path_checked).then_some(Self::PathUnverified);
        path.into_iter().chain(lab.then_some(Self::Lab))
    }
}
