//! What a letter is about, without a word of any language.

mod decision;
mod probed;

use std::net::SocketAddr;

use jiff::civil::Date;
use probe_core::{scope::Depth, time::Utc, verdict::Verdict};

pub use decision::{Basis, Decision, Occasion, WhyNone, decide, decide_on};
pub use probed::{Probed, ProxyProtocol, SubjectKind};

/// Everything that one letter says. Several findings of one recipient make one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterFacts {
    /// The case's number, the same on every rendering. ASCII letters, digits and hyphens.
    pub reference: String,
    /// When the letter is written.
    pub written: Utc,
    /// Whom it is for.
    pub recipient: Recipient,
    /// What it reports; never empty.
    pub findings: Vec<FindingFacts>,
}

impl LetterFacts {
    /// What the letter is about; `None` without findings.
    pub fn subject_kind(&self) -> Option<SubjectKind> {
        SubjectKind::of(self.findings.iter().map(|finding| finding.probed))
    }
}

/// Whom a letter is for, as far as the list knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The contact's mail address. Without one the letter is written to the folder all the same.
    pub contact: Option<String>,
    /// The organisation's name.
    pub organisation: Option<String>,
    /// ISO 3166 code of the country, two letters.
    pub country: Option<String>,
    /// The language that the list asks for, a tag such as `da` or `de-AT`.
    pub language: Option<String>,
    /// The languages that they prefer, the first one first: `Preferred-Languages` of their
    /// `security.txt` (RFC 9116).
    pub preferred: Vec<String>,
    /// The language of an earlier answer of theirs.
    pub answered_in: Option<String>,
    /// The recipient's time zone in the IANA database; else the country's, else the profile's.
    pub time_zone: Option<String>,
}

/// One server: what was listed, what was tested, what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingFacts {
    /// Address and port that were tested, or are listed.
    pub endpoint: SocketAddr,
    /// What it was tested for, or is listed as.
    pub probed: Probed,
    /// The other protocols of a proxy at this port of which the same is said.
    pub also: Vec<ProxyProtocol>,
    /// The server's name, from its greeting or the list.
    pub host_name: Option<String>,
    /// When our tests first saw what the letter reports; without a test, when the list was read.
    pub first_seen: Utc,
    /// When they last saw it; without a test, when the list was last read.
    pub last_seen: Utc,
    /// What our test says; `None` where there was no test.
    pub verdict: Option<Verdict>,
    /// The databases that list the address, the newest entry first.
    pub listings: Vec<Listing>,
    /// How it was tested; `None` where there was no test.
    pub tested: Option<Tested>,
    /// The server that was recognised.
    pub product: Option<Product>,
    /// The deciding part of the conversation, redacted.
    pub transcript: Vec<Line>,
    /// How our test message or test connection arrived: only a confirmed finding has it.
    pub returned: Option<Returned>,
    /// What limits the statement.
    pub caveats: Vec<Caveat>,
}

impl FindingFacts {
    /// The finding's occasion for a letter that rests on `basis`, or why there is none.
    pub fn decision(&self, basis: Basis) -> Decision {
        decide_on(basis, self.verdict, &self.listings)
    }
}

/// An entry in a public database of suspected servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The database's name, usually a zone such as `bl.example.net`.
    pub by: String,
    /// The day on which the entry was seen.
    pub on: Option<Date>,
    /// The day on which the database made the entry, by its own word.
    pub since: Option<Date>,
    /// The code that it answers, such as `127.0.0.2`.
    pub code: Option<String>,
}

/// How thoroughly a server was tested. A form is one pair of sender and recipient address, or one
/// request to a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// The depth of the battery.
    pub depth: Depth,
    /// Forms that the server answered.
    pub answered: u16,
    /// Of these, accepted.
    pub accepted: u16,
    /// Of these, refused.
    pub refused: u16,
    /// The accepted forms as text, for example `MAIL FROM:<…> RCPT TO:<…>` or `CONNECT …`, redacted.
    pub accepted_forms: Vec<String>,
}

/// The servers that we have closing instructions for: mail servers, then proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Product {
    /// Postfix.
    Postfix,
    /// Exim.
    Exim,
    /// OpenSMTPD.
    OpenSmtpd,
    /// Sendmail.
    Sendmail,
    /// Microsoft Exchange.
    Exchange,
    /// Squid, an HTTP proxy.
    Squid,
    /// Dante, a SOCKS proxy (`sockd`).
    Dante,
    /// HAProxy.
    HaProxy,
    /// nginx.
    Nginx,
    /// Tinyproxy, an HTTP proxy.
    Tinyproxy,
    /// microsocks, a SOCKS5 proxy.
    Microsocks,
}

/// One line of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who said it.
    pub from: Side,
    /// What, without the line's end. May hold anything that a peer can send: the form escapes it.
    pub text: String,
}

/// The two ends of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Our test, `C:`.
    Client,
    /// The server, `S:`.
    Server,
}

/// The return of our own test message, or the arrival of our own test connection, through the
/// server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// When it arrived.
    pub at: Utc,
    /// The address that it came from, which need not be the tested one.
    pub from: std::net::IpAddr,
    /// The name that the delivering server gave, where it is one of a host.
    pub name: Option<String>,
    /// Under which form it was handed over, such as `F1:T1`.
    pub form: Option<String>,
    /// How many test messages the server accepted; 0 for a connection.
    pub accepted: u16,
    /// How many of these came back.
    pub came_back: u16,
    /// What our own server was told, line by line and redacted: names, envelope, `Received` fields.
    pub told: Vec<String>,
}

impl Returned {
    /// Whether the server accepted more messages than came back.
    pub const fn is_part(&self) -> bool {
        self.came_back < self.accepted
    }
}

/// What limits a statement, said in the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caveat {
    /// Nobody verified that the way to the port is free of interception.
    PathUnverified,
    /// A laboratory: the checks of our own identity were waived.
    Laboratory,
}
