//! What a reply means, and what it answers.

use serde::{Deserialize, Serialize};

/// What a reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Step {
    /// The connection: the server speaks first (RFC 5321, 3.1).
    Greeting,
    /// EHLO.
    Ehlo,
    /// HELO.
    Helo,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// RSET.
    Rset,
    /// STARTTLS (RFC 3207).
    StartTls,
    /// QUIT.
    Quit,
    /// DATA.
    Data,
    /// The end of a message: a dot on a line of its own.
    Dot,
}

/// What a reply means. [`super::classify`] finds it; docs/verdict-rules.md says what a verdict
/// makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Class {
    /// 2xx; a greeting must be 220.
    Accepted,
    /// An explicit relay denial, whatever the code's class.
    RelayDenied,
    /// Refused in words that mean an unknown user and a denied relay alike: OpenSMTPD's
    /// `550 Invalid recipient`.
    UserOrRelay,
    /// The recipient does not exist, or no way leads there.
    UserUnknown,
    /// The server refuses this client: address, network, reverse name, reputation.
    Blocked,
    /// The reverse-path is not liked.
    SenderRefused,
    /// The name in EHLO or HELO is not liked.
    HeloRefused,
    /// The command or the path is not understood or has a shape that is not allowed. To EHLO: the
    /// server may speak HELO only.
    Syntax,
    /// A command that this one builds on was refused (503).
    BadSequence,
    /// Deferred by greylisting or a like test: the same envelope may pass later.
    Greylisted,
    /// Deferred for any other or for no reason.
    Deferred,
    /// A login is wanted first.
    AuthRequired,
    /// TLS is wanted first.
    TlsRequired,
    /// A limit of the server: errors, recipients, connections, rate.
    TooMany,
    /// No mail is taken here (521, 556; RFC 7504), or the domain takes none (RFC 7505).
    NoMailHere,
    /// Refused for any other or for no reason.
    Refused,
    /// A code that does not belong here, such as 3xx.
    Unexpected,
    /// No SMTP reply at all. The stream is lost.
    NotSmtp,
    /// A reply over a limit of ours; [`super::Quirks`] says which. The stream is lost.
    Endless,
    /// A reply that had begun when the connection ended or the time was over. Only
    /// [`super::ReplyParser::unfinished`] says so.
    Unfinished,
}

impl Class {
    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::RelayDenied => "relay-denied",
            Self::UserOrRelay => "user-or-relay",
            Self::UserUnknown => "user-unknown",
            Self::Blocked => "blocked",
            Self::SenderRefused => "sender-refused",
            Self::HeloRefused => "helo-refused",
            Self::Syntax => "syntax",
            Self::BadSequence => "bad-sequence",
            Self::Greylisted => "greylisted",
            Self::Deferred => "deferred",
            Self::AuthRequired => "auth-required",
            Self::TlsRequired => "tls-required",
            Self::TooMany => "too-many",
            Self::NoMailHere => "no-mail-here",
            Self::Refused => "refused",
            Self::Unexpected => "unexpected",
            Self::NotSmtp => "not-smtp",
            Self::Endless => "endless",
            Self::Unfinished => "unfinished",
        }
    }

    /// Whether no later reply of this connection can be told from another.
    pub const fn loses_the_stream(self) -> bool {
        matches!(self, Self::NotSmtp | Self::Endless | Self::Unfinished)
    }
}
