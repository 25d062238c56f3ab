//! What verdicts, refusals and outcomes mean, in words for people.

use probe_core::{
    finding::Probe,
    relay::Outcome,
    scope::Refusal,
    verdict::{Reason, Verdict},
};

/// Why a verdict of a probe is what it is, in one sentence of the rules.
pub const fn why(probe: Probe, verdict: Verdict) -> &'static str {
    match (probe, verdict.reason) {
        (Probe::Relay, reason) => reason_words(reason),
        (Probe::Proxy, Reason::CutOff) => {
            "Connections ended, or were never tried, before the answers that decide had come."
        }
        (Probe::Proxy, Reason::NotFormable) => {
            "Nothing could be asked at this port: the scope's sink has no address or name for it."
        }
        (Probe::Dnsbl, Reason::CutOff) => "The lists were not all asked.",
        (Probe::Proxy | Probe::Dnsbl, reason) => reason_words(reason),
    }
}

const fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::RelayDenied => {
            "The server denied to relay in words, for the forms that were tested."
        }
        Reason::RecipientAccepted => {
            "The server said 2xx at RCPT to a recipient whose final domain is our own sink. \
             Whether it would deliver is not shown: no message was sent."
        }
        Reason::RecipientRefused => {
            "Recipients at our own sink were refused for good, in words that do not speak of \
             relaying."
        }
        Reason::AcceptsAnything => {
            "The server said 2xx at RCPT to a recipient at our own sink, and also to one at a name \
             that cannot exist: it may relay for anyone, or accept everything and deliver nothing."
        }
        Reason::LocalOrRelay => {
            "The server said 2xx only to forms that may be local users. Only a message that comes \
             back would tell."
        }
        Reason::Blocked => {
            "The server refuses our test as such, so it says nothing about relaying."
        }
        Reason::SenderRefused => {
            "The plainest sender was refused for another reason than relaying, so no recipient \
             was tested under it."
        }
        Reason::AuthRequired => "The server wants a login before anything else.",
        Reason::TlsRequired => "The server wants TLS first, and it was not to be had.",
        Reason::TlsVersion => "TLS failed, or the server speaks only versions that we do not.",
        Reason::Greylisted => {
            "The server defers strangers, and still did so when the time for retries was over."
        }
        Reason::NotSmtp => "Whatever answers on this port does not speak SMTP.",
        Reason::NoMailHere => "The server's greeting says that it takes no mail (RFC 7504).",
        Reason::NoAnswer => "Nobody answered, or there is no way to the address.",
        Reason::Refused => "The port is closed.",
        Reason::Tarpit => "The server answers too slowly to be tested in the time a target gets.",
        Reason::CutOff => "The forms that decide were not all answered.",
        Reason::NotFormable => "The forms that decide could not be written for this target.",
        Reason::LimitReached => {
            "A limit of the scope or of the appliance ended the test before it could decide."
        }
        Reason::Unclear => "An answer that decides nothing came where one was needed.",
        Reason::MessageReturned => {
            "Our own message came back: the server passed it on from a stranger to a stranger."
        }
        Reason::NothingReturned => {
            "The server said 250 after the whole message, and nothing has come back yet: it may \
             pass it on later, or keep it."
        }
        Reason::RefusedAtData => {
            "The server took recipients at our own sink, and then refused the message itself."
        }
        Reason::Bounced => {
            "The server said 250 after the whole message, and a bounce came instead of it."
        }
        Reason::ConnectionReturned => {
            "Our own sink's word came back through the proxy, and a connection with the token of the \
             same attempt called at our sink from an address that is not ours: it connects strangers."
        }
        Reason::NonceReturned => {
            "Our own sink's word came back through the proxy, and no call at our sink is known: who \
             called there is not shown."
        }
        Reason::Granted => {
            "The proxy said that it connects us to where we asked, and our sink's word did not come back."
        }
        Reason::ProxyDenied => "The proxy said that it does not connect us.",
        Reason::NotAProxy => {
            "Whatever answers on this port speaks no protocol of a proxy, or answers everything alike."
        }
        Reason::PortLimited => {
            "The proxy says that it tried to connect to our sink, and did not get there."
        }
        Reason::OwnAddress => {
            "The call at our sink came from our own address: something on our own path makes \
             connections in others' place, so the proxy is not shown to have made it."
        }
        Reason::Listed => {
            "A list that can be believed names the address as a relay or a proxy. That is no test of ours."
        }
        Reason::ListedOther => "Lists name the address, and not as a relay or a proxy.",
        Reason::NotListed => "No list that can be believed names the address.",
        Reason::ListsUnknown => "No list gave an answer that can be believed.",
    }
}

/// Why a suspect is not probed, and what to do about it.
pub const fn refusal(why: Refusal) -> &'static str {
    match why {
        Refusal::OutsideNetworks => "no network of the scope holds it",
        Refusal::Excluded => "it is excluded",
        Refusal::Port => "the scope does not name this port",
        Refusal::EmbedsIpv4 => "it embeds an IPv4 address: list that address itself",
        Refusal::NotUnicast => "it is no host's address",
        Refusal::Expired => "the scope has expired",
        Refusal::NotYetIssued => "the scope is not in force yet",
        Refusal::NoAnchor => "the appliance had no time from its host",
        Refusal::NoScope => "the appliance had no scope",
        Refusal::Duplicate => "the list names it twice",
        Refusal::RefusalsSpent => "it has given all the refusals of 24 hours: scan again tomorrow",
        Refusal::ScanEnded => "the scan ended before its turn came",
    }
}

/// Where an outcome belongs in a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The server said 2xx.
    Accepted,
    /// The server said anything else.
    Refused,
    /// It was not sent.
    NotReached,
    /// No answer came that can be relied on.
    CutOff,
    /// Longer than RFC 5321 allows.
    TooLong,
    /// No name was known to write it with.
    NotFormable,
}

impl Column {
    /// All, in the order of summaries.
    pub const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Refused,
        Self::NotReached,
        Self::CutOff,
        Self::TooLong,
        Self::NotFormable,
    ];

    /// Where `outcome` belongs.
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Accepted | Outcome::AcceptedTwinRefused | Outcome::AcceptedTwinAccepted => {
                Self::Accepted
            }
            Outcome::RelayDenied
            | Outcome::RecipientRefused
            | Outcome::SenderRefused
            | Outcome::Deferred
            | Outcome::Greylisted
            | Outcome::Blocked
            | Outcome::AuthRequired
            | Outcome::TlsRequired
            | Outcome::Unclear => Self::Refused,
            Outcome::NotReached => Self::NotReached,
            Outcome::CutOff => Self::CutOff,
            Outcome::TooLong => Self::TooLong,
            Outcome::NotFormable => Self::NotFormable,
        }
    }

    /// The word in summaries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::NotReached => "not reached",
            Self::CutOff => "cut off",
            Self::TooLong => "too long",
            Self::NotFormable => "not formable",
        }
    }
}
