//! What comes of an attempt.

use serde::{Deserialize, Serialize};

/// What came of an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// It is not over, as far as is known.
    #[default]
    Running,
    /// Our sink's nonce came back, verified.
    Returned,
    /// The connection was granted, and no nonce came.
    Granted,
    /// A login is wanted: 407, or no method of SOCKS5 but one with a login.
    AuthRequired,
    /// The proxy says that it may not: 403, SOCKS5 02, SOCKS4 5B.
    Denied,
    /// The proxy says that it tried, and did not get there: 502 and 504 to CONNECT, SOCKS5 03 to 06 and 08.
    Unreached,
    /// An error that says nothing of why.
    Failed,
    /// An answer of HTTP that no proxy gives: 400, 404, 405 and the like.
    NoProxy,
    /// Something else is spoken here.
    OtherProtocol,
    /// A page, and not our sink's.
    Page,
    /// We are sent elsewhere (3xx).
    Redirected,
    /// Our own octets came back.
    Echoed,
    /// The connection ended without an answer.
    Dropped,
    /// It ended within an answer.
    CutOff,
    /// No answer came in time.
    Silent,
    /// An answer did not end within [`super::ANSWER_OCTETS_MAX`].
    Endless,
    /// The job's time was over.
    TimeOver,
    /// The port is closed.
    Refused,
    /// Nobody answered, or there is no way to the address.
    NoAnswer,
    /// This device had no socket.
    NoSlot,
    /// The guard did not allow it.
    OutOfScope,
    /// It was not tried.
    Skipped(Why),
}

/// Why a protocol is not tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Why {
    /// SOCKS was answered in HTTP.
    SpeaksHttp,
    /// HTTP was answered in SOCKS.
    SpeaksSocks,
    /// A server of another kind said so.
    SpeaksOther,
    /// It sends back what we say.
    Echoes,
    /// Another form of this protocol wants a login.
    AuthRequired,
    /// It was silent too often.
    Silent,
    /// Another form of this protocol was answered, and this one would be answered alike.
    SameAnswer,
    /// Our sink has no such address, name or port.
    NoAddress,
}

impl Outcome {
    /// Whether something came that is an answer of the protocol that was asked.
    pub const fn is_an_answer(self) -> bool {
        matches!(
            self,
            Self::Returned
                | Self::Granted
                | Self::AuthRequired
                | Self::Denied
                | Self::Unreached
                | Self::Failed
                | Self::NoProxy
                | Self::Page
                | Self::Redirected
        )
    }

    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Returned => "returned",
            Self::Granted => "granted",
            Self::AuthRequired => "auth-required",
            Self::Denied => "denied",
            Self::Unreached => "unreached",
            Self::Failed => "failed",
            Self::NoProxy => "no-proxy",
            Self::OtherProtocol => "other-protocol",
            Self::Page => "page",
            Self::Redirected => "redirected",
            Self::Echoed => "echoed",
            Self::Dropped => "dropped",
            Self::CutOff => "cut-off",
            Self::Silent => "silent",
            Self::Endless => "endless",
            Self::TimeOver => "time-over",
            Self::Refused => "refused",
            Self::NoAnswer => "no-answer",
            Self::NoSlot => "no-slot",
            Self::OutOfScope => "out-of-scope",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Whether the other port of the sink may lead to another outcome.
    pub(super) const fn may_differ_elsewhere(self) -> bool {
        matches!(
            self,
            Self::Granted
                | Self::Denied
                | Self::Unreached
                | Self::Failed
                | Self::Dropped
                | Self::CutOff
                | Self::Silent
                | Self::Endless
        )
    }
}

impl Why {
    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SpeaksHttp => "speaks-http",
            Self::SpeaksSocks => "speaks-socks",
            Self::SpeaksOther => "speaks-other",
            Self::Echoes => "echoes",
            Self::AuthRequired => "auth-required",
            Self::Silent => "silent",
            Self::SameAnswer => "same-answer",
            Self::NoAddress => "no-address",
        }
    }
}
