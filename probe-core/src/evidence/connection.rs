//! How each connection went.

use serde::{Deserialize, Serialize};

use crate::{dialogue::OpenFailure, relay::Hello};

/// How many connections are told one by one; later ones are counted in
/// [`super::Notes::CONNECTIONS_FULL`].
pub const CONNECTIONS_MAX: usize = 16;

/// One connection of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The name in EHLO.
    #[serde(with = "hello_number")]
    pub hello: Hello,
    /// How it ended.
    pub ending: Ending,
    /// How many replies came, the greeting included.
    pub replies: u8,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ending {
    /// It has not, as far as is known.
    Open,
    /// In order: QUIT, or a close of ours when nothing was left to ask.
    InOrder,
    /// The server announced it: 421, 521, or a refusing greeting.
    Announced,
    /// The server closed without a word.
    Fin,
    /// Something reset it.
    Reset,
    /// Our octets were not taken in time.
    WriteDeadline,
    /// No greeting or reply came in time.
    Silent,
    /// What came was no SMTP reply, or one without end.
    NotSmtp,
    /// The replies did not match the commands.
    OutOfStep,
    /// The time that a target gets was over.
    TimeOver,
    /// The port is closed.
    Refused,
    /// Nobody answered, or there is no way to the address.
    NoAnswer,
    /// This device had no socket.
    NoSlot,
    /// The guard did not allow it.
    OutOfScope,
}

impl Ending {
    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InOrder => "in-order",
            Self::Announced => "announced",
            Self::Fin => "closed",
            Self::Reset => "reset",
            Self::WriteDeadline => "write-deadline",
            Self::Silent => "silent",
            Self::NotSmtp => "not-smtp",
            Self::OutOfStep => "out-of-step",
            Self::TimeOver => "time-over",
            Self::Refused => "refused",
            Self::NoAnswer => "no-answer",
            Self::NoSlot => "no-slot",
            Self::OutOfScope => "out-of-scope",
        }
    }

    pub(super) const fn of_failure(failure: OpenFailure) -> Self {
        match failure {
            OpenFailure::Refused => Self::Refused,
            OpenFailure::NoAnswer | OpenFailure::Unreachable => Self::NoAnswer,
            OpenFailure::NoSlot => Self::NoSlot,
            OpenFailure::OutOfScope => Self::OutOfScope,
        }
    }
}

/// The connections of a job.
pub(super) type Connections = heapless::Vec<Connection, CONNECTIONS_MAX, u8>;

/// A [`Hello`] travels as its place in [`Hello::ALL`].
mod hello_number {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::relay::Hello;

    pub(super) fn serialize<S: Serializer>(hello: &Hello, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(*hello as u8)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Hello, D::Error> {
        let place = u8::deserialize(input)?;
        Hello::ALL
            .get(usize::from(place))
            .copied()
            .ok_or_else(|| D::Error::custom("no EHLO name has this number"))
    }
}
