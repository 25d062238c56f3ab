//! Which program answers, from what it says of itself.

use serde::{Deserialize, Serialize};

use super::{
    class::Step,
    words::{Words, after_phrase},
};

/// A mail server program. It decides how much a connection may ask for, never a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Server {
    /// Postfix, postscreen.
    Postfix,
    /// Exim.
    Exim,
    /// OpenSMTPD.
    OpenSmtpd,
    /// Sendmail.
    Sendmail,
    /// Courier.
    Courier,
    /// Haraka.
    Haraka,
    /// Microsoft Exchange, and the SMTP service of IIS.
    Exchange,
    /// qmail, qpsmtpd.
    Qmail,
}

/// Words of a greeting.
const GREETINGS: &[(&str, Server)] = &[
    ("postfix", Server::Postfix),
    ("exim", Server::Exim),
    ("opensmtpd", Server::OpenSmtpd),
    ("sendmail", Server::Sendmail),
    ("courier", Server::Courier),
    ("haraka", Server::Haraka),
    ("microsoft esmtp mail service", Server::Exchange),
    ("microsoft exchange", Server::Exchange),
    ("exchange", Server::Exchange),
    ("qmail", Server::Qmail),
    ("qpsmtpd", Server::Qmail),
];

/// Words of an answer to EHLO or HELO.
const ANSWERS: &[(&str, Server)] = &[
    ("haraka is at your service", Server::Haraka),
    ("x exps", Server::Exchange),
    ("x anonymoustls", Server::Exchange),
    ("xexch50", Server::Exchange),
    ("pipeconnect", Server::Exim),
    ("prdr", Server::Exim),
    ("deliverby", Server::Sendmail),
    ("xverp=courier", Server::Courier),
];

impl Server {
    /// The program's name, for tables and transcripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Postfix => "Postfix",
            Self::Exim => "Exim",
            Self::OpenSmtpd => "OpenSMTPD",
            Self::Sendmail => "Sendmail",
            Self::Courier => "Courier",
            Self::Haraka => "Haraka",
            Self::Exchange => "Exchange",
            Self::Qmail => "qmail",
        }
    }

    /// The program that one line of the answer to `step` gives away, from its text.
    pub(super) fn of(step: Step, text: &[u8]) -> Option<Self> {
        let table = if step == Step::Greeting {
            GREETINGS
        } else {
            ANSWERS
        };
        Words::of(text).find_map(|here| {
            table
                .iter()
                .find(|(word, _)| after_phrase(here, word.as_bytes()).is_some())
                .map(|(_, server)| *server)
        })
    }
}
