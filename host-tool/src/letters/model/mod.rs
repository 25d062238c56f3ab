//! What a letter is about, without a word of any language.

mod decision;

use std::net::SocketAddr;

use jiff::civil::Date;
use probe_core::{scope::Depth, time::Utc, verdict::Verdict};

pub use decision::{Decision, Occasion, WhyNone, decide};

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
    /// The recipient's time zone in the IANA database; else the country's, else the profile's.
    pub time_zone: Option<String>,
}

/// One server: what was listed, what was tested, what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingFacts {
    /// Address and port that were tested.
    pub endpoint: SocketAddr,
    /// The server's name, from its greeting or the list.
    pub host_name: Option<String>,
    /// When our tests first saw what the letter reports.
    pub first_seen: Utc,
    /// When they last saw it.
    pub last_seen: Utc,
    /// What our test says.
    pub verdict: Verdict,
    /// The database that lists the address.
    pub listing: Option<Listing>,
    /// How it was tested.
    pub tested: Tested,
    /// The mail server that was recognised.
    pub product: Option<Product>,
    /// The deciding part of the conversation, redacted.
    pub transcript: Vec<Line>,
    /// How our test message came back: only a confirmed finding has it.
    pub returned: Option<Returned>,
    /// What limits the statement.
    pub caveats: Vec<Caveat>,
}

impl FindingFacts {
    /// The finding's occasion for a letter, or why there is none.
    pub fn decision(&self) -> Decision {
        decide(Some(self.verdict), self.listing.as_ref())
    }
}

/// An entry in a public database of suspected servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The database's name, usually a zone such as `bl.example.net`.
    pub by: String,
    /// The day on which the entry was seen.
    pub on: Option<Date>,
    /// The code that it answers, such as `127.0.0.2`.
    pub code: Option<String>,
}

/// How thoroughly a server was tested. A form is one pair of sender and recipient address.
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
    /// The accepted forms as text, for example `MAIL FROM:<…> RCPT TO:<…>`, redacted.
    pub accepted_forms: Vec<String>,
}

/// The mail servers that we have closing instructions for.
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

/// The return of our own test message through the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// When it arrived.
    pub at: Utc,
    /// The address that delivered it, which need not be the tested one.
    pub from: std::net::IpAddr,
}

/// What limits a statement, said in the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caveat {
    /// Nobody verified that the way to port 25 is free of interception.
    PathUnverified,
    /// A laboratory: the checks of our own identity were waived.
    Laboratory,
}
