//! The contract between a protocol and whoever moves its octets.
//!
//! A dialogue is synchronous and sans-IO. A shell gives it one [`Input`] and then drains
//! [`Output`]s until one of them says that nothing more happens now ([`Output::Wait`],
//! [`Output::Park`] or [`Output::Done`]). This rule stands here and nowhere else:
//!
//! ```text
//! let mut turn = dialogue.turn(now, generation, input);
//! loop {
//!     match turn.next(&mut transmit) {
//!         Output::Wait { until, .. } => break until,      // sleep until then, or until an input
//!         Output::Transmit { octets, more } => ...        // write transmit[..octets], then Input::Sent
//!         ...
//!     }
//! }
//! ```
//!
//! * One connection at a time. Each [`Output::Open`] begins a new [`Generation`]; an input that
//!   carries an older one is ignored, so a shell may deliver late news without harm.
//! * Received octets are lent for the whole turn and taken whole by its end: nothing is copied
//!   but the line that is not complete yet.
//! * A shell that has to wait itself within a turn, for room to write, leaves it and goes on later, with what
//!   the dialogue has not looked at and the moment when the turn began: [`Turn::left`], [`Turn::resume`].
//! * Every wait and every write has a deadline. `Timeout` may come early; a dialogue looks at
//!   `now`, not at the news.
//! * What the peer does is evidence. There is no error to return and no octet that panics.
//! * Reconnecting is the dialogue's own decision: after `Close`, or after a failure, it may
//!   `Open` again.
//! * A dialogue that listens may have to know something before it can reply, and octets of the same
//!   turn may stand behind that reply. It says [`Output::Ask`], and the shell says [`Turn::answer`]
//!   before it asks for the next output. No answer is [`Answer::No`].

use core::net::SocketAddr;

use crate::{arrival::Arrival, evidence::Observation, time::Instant, token::Token};

/// Counts a dialogue's connections, from 1; 0 is before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u16);

/// What the shell tells a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// The job begins. The first input of every dialogue that connects.
    Start,
    /// A connection that a peer opened to us: the first input of a dialogue that listens.
    Accepted {
        /// Our end.
        local: SocketAddr,
        /// The peer's end.
        remote: SocketAddr,
    },
    /// The connection that [`Output::Open`] asked for is there.
    Opened {
        /// Our end.
        local: SocketAddr,
        /// The peer's end.
        remote: SocketAddr,
    },
    /// It is not there.
    OpenFailed(OpenFailure),
    /// TLS is up on this connection.
    Secured {
        /// The protocol version that was agreed.
        version: TlsVersion,
        /// SHA-256 of the peer's certificate in DER.
        certificate_digest: [u8; 32],
        /// Names of the certificate, separated by spaces, as much as the shell kept.
        names: &'a [u8],
    },
    /// TLS did not come up.
    SecureFailed(SecureFailure),
    /// A piece of the stream, or exactly one datagram.
    Received {
        /// The octets.
        octets: &'a [u8],
        /// Where a datagram came from; `None` on a stream.
        source: Option<SocketAddr>,
    },
    /// What [`Output::Transmit`] lent has been handed to the network.
    Sent,
    /// The connection has ended, and not by our own [`Output::Close`].
    Ended(End),
    /// A moment that the dialogue asked for has come, or the shell had nothing better to say.
    Timeout,
}

/// Why a connection did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenFailure {
    /// The peer answered with a reset.
    Refused,
    /// Nobody answered before the deadline.
    NoAnswer,
    /// A router says that there is no way, or this device has no route.
    Unreachable,
    /// This device had no socket to give; says nothing about the peer.
    NoSlot,
    /// The guard refused the connection: it is outside the scope. Ends the scan.
    OutOfScope,
}

/// Why TLS did not come up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecureFailure {
    /// This shell has no TLS.
    NotAvailable,
    /// No version in common.
    Version,
    /// The peer said no, or spoke nonsense.
    Handshake,
    /// It did not end before the deadline.
    Deadline,
}

/// A TLS version that both ends speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The peer closed in order.
    Fin,
    /// The peer, or something between, reset it.
    Reset,
    /// Our octets were not taken before the deadline.
    WriteDeadline,
}

/// What a dialogue asks of its shell.
#[derive(Debug, PartialEq, Eq)]
pub enum Output<'a> {
    /// Open a connection; the answer is `Opened` or `OpenFailed`, with the next generation.
    Open {
        /// TCP, TLS from the first octet, or UDP.
        transport: Transport,
        /// The far end.
        remote: SocketAddr,
        /// Give up then.
        by: Instant,
    },
    /// Start TLS on the open connection; the answer is `Secured` or `SecureFailed`.
    Secure {
        /// The name for SNI, if any.
        server_name: Option<&'a str>,
        /// Give up then.
        by: Instant,
    },
    /// Write the first `octets` octets of the lent buffer, then say `Sent`.
    Transmit {
        /// How many.
        octets: usize,
        /// More follows at once: the shell may gather before it sends.
        more: bool,
        /// Give up then, with [`End::WriteDeadline`].
        by: Instant,
    },
    /// Something worth keeping. Fold it into the job's evidence.
    Observed(Observation<'a>),
    /// Something that the dialogue must know at once: see [`Turn::answer`]. Only one that listens
    /// asks.
    Ask(Question<'a>),
    /// Nothing to do before `until`, unless an input comes. Ends the turn.
    Wait {
        /// The deadline.
        until: Instant,
        /// For progress and logs.
        why: Why,
    },
    /// Close the connection. No answer follows; later news of it is stale.
    Close(Close),
    /// Give up slot, socket and buffers until `until`; see
    /// [`crate::relay::RelayDialogue::parked`]. Ends the turn and the dialogue.
    Park {
        /// When to come back.
        until: Instant,
    },
    /// The dialogue is over. Ends the turn.
    Done,
}

/// What a dialogue that listens asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'a> {
    /// Which token of this recipient counts: [`Answer::Token`], or none does.
    Recipient(&'a [u8]),
    /// Is this recorded, so that it will not be lost? [`Answer::Yes`], or the peer is put off.
    Record(&'a Arrival),
}

/// What its shell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No, or there is nobody to ask.
    No,
    /// Yes.
    Yes,
    /// This one.
    Token(Token),
}

/// What carries the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A TCP stream.
    Tcp,
    /// A TCP stream with TLS from the first octet.
    Tls,
    /// Datagrams to and from one endpoint.
    Udp,
}

/// What a dialogue waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A connection.
    Open,
    /// TLS.
    Secure,
    /// The peer's greeting.
    Greeting,
    /// A reply.
    Reply,
    /// The peer's next command, or more of its message.
    Command,
    /// Room to write.
    Write,
    /// The moment when the peer may be bothered again.
    Pause,
}

/// How to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// Finish what was written, then FIN.
    Fin,
    /// At once, with a reset.
    Abort,
}

/// A protocol that is driven by its shell. See the module's page for the rule.
pub trait Dialogue {
    /// Takes the news in. Use [`Dialogue::turn`], which also drains.
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>);

    /// The next thing to do. `received` is what is left of the turn's octets; the dialogue
    /// advances it. `transmit` is lent for [`Output::Transmit`] and is at least
    /// [`TRANSMIT_OCTETS_MIN`] long.
    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a>;

    /// The generation of the connection that is open or being opened.
    fn generation(&self) -> Generation;

    /// The answer to [`Output::Ask`]. Only a dialogue that asks need listen.
    fn answer(&mut self, _answer: &Answer) {}

    /// Begins a turn: one input, then its outputs.
    fn turn<'a>(
        &'a mut self,
        now: Instant,
        generation: Generation,
        input: Input<'a>,
    ) -> Turn<'a, Self>
    where
        Self: Sized,
    {
        Turn::begin(self, now, generation, input)
    }
}

/// The smallest buffer that a shell may lend for transmitting, in octets: one command line of
/// RFC 5321, 4.5.3.1.4.
pub const TRANSMIT_OCTETS_MIN: usize = 512;

/// One input's outputs. Drain it until it waits.
#[must_use = "outputs that are not drained are lost"]
pub struct Turn<'a, D: ?Sized> {
    dialogue: &'a mut D,
    now: Instant,
    octets: &'a [u8],
}

impl<'a, D: Dialogue + ?Sized> Turn<'a, D> {
    /// [`Dialogue::turn`], also of a dialogue of any kind.
    pub fn begin(
        dialogue: &'a mut D,
        now: Instant,
        generation: Generation,
        input: Input<'a>,
    ) -> Self {
        let octets = match input {
            Input::Received { octets, .. } if generation == dialogue.generation() => octets,
            _ => &[],
        };
        dialogue.input(now, generation, &input);
        Self {
            dialogue,
            now,
            octets,
        }
    }

    /// Goes on with a turn that its shell has left, as it had to wait itself: `octets` are those that were
    /// [left](Self::left) then, and `now` is still when it began.
    pub const fn resume(dialogue: &'a mut D, now: Instant, octets: &'a [u8]) -> Self {
        Self {
            dialogue,
            now,
            octets,
        }
    }

    /// How many of the turn's octets the dialogue has not looked at.
    pub const fn left(&self) -> usize {
        self.octets.len()
    }

    /// The next output.
    pub fn next(&mut self, transmit: &mut [u8]) -> Output<'_> {
        self.dialogue.output(self.now, &mut self.octets, transmit)
    }

    /// Answers [`Output::Ask`], before the next output.
    pub fn answer(&mut self, answer: &Answer) {
        self.dialogue.answer(answer);
    }
}
