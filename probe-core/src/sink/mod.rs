//! The sink: the receiving end of SMTP, where our own test messages come back.
//!
//! ```text
//! Accepted ─▶ greeting with a nonce ─▶ EHLO, MAIL, RCPT ─▶ DATA ─▶ recorded? ─▶ 250
//!                                             │
//!                                             └▶ RSET, QUIT, gone ─▶ a callout
//! ```
//!
//! It takes mail to its own tokens, and to postmaster and abuse, where somebody may object. It
//! forwards nothing to anybody. Of what comes it makes [`crate::arrival::Arrival`]s. Whether one is
//! recorded, and which token of a recipient counts, it asks its shell ([`Question`]): the reply
//! depends on it, and what the client says next may be here already.
//!
//! On a port where clients of HTTP may call as well, whoever speaks first is let speak first: a
//! request is answered with the nonce, whoever waits is greeted.

mod command;
mod line;
mod message;
mod path;
mod recipients;
mod reply;
mod session;
#[cfg(test)]
mod tests;

use core::net::IpAddr;

use self::{
    command::Command,
    line::{Line, Taken},
    session::{Heard, Next, Session, Stage},
};
use crate::{
    dialogue::{Answer, Dialogue, Generation, Input, Output, Question, Why},
    name::Name,
    time::{Instant, Millis},
    token::Nonce,
};

pub use line::LINE_OCTETS_HELD;
pub use message::{MESSAGE_OCTETS_LOOKED_AT, MESSAGE_OCTETS_MAX};
pub use recipients::{Found, token_of};

/// The longest command line that is read, in octets; a longer one is an error.
pub const COMMAND_OCTETS_MAX: u32 = 2_048;
/// How many recipients a transaction may have (RFC 5321, 4.5.3.1.8).
pub const RECIPIENTS_MAX: u8 = 100;
/// How many different ones of them are kept; another one is put off to the next transaction.
pub const RECIPIENTS_KEPT_MAX: usize = 4;
/// How many transactions a connection may begin.
pub const TRANSACTIONS_MAX: u8 = 32;
/// How many commands a connection may say.
pub const COMMANDS_MAX: u16 = 500;
/// With so many commands refused, a connection is over.
pub const ERRORS_MAX: u8 = 20;
/// How many octets the head of an HTTP request may have.
pub const HEAD_OCTETS_MAX: u32 = 8 * 1024;
/// How long a client may be silent. RFC 5321, 4.5.3.2.7 would have it five minutes; there are few
/// places, and a mail server asks again.
pub const IDLE_MAX: Millis = Millis::from_mins(2);
/// How long a connection may last.
pub const SESSION_MAX: Millis = Millis::from_mins(10);
/// How long a client may take to take a reply.
pub const WRITE_MAX: Millis = Millis::from_secs(30);
/// How long a client that may speak HTTP is waited for before it is greeted.
pub const FIRST_WORD_MAX: Millis = Millis(1_500);

/// The most memory that a sink's dialogue takes, in octets.
pub const SINK_OCTETS_MAX: usize = 1_536;

// Checked wherever it is built: a microcontroller lays memory out differently from a computer.
const _: () = assert!(size_of::<Sink>() <= SINK_OCTETS_MAX);

/// What a sink is told before a client connects.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its domain.
    pub domain: Name,
    /// The domain of our senders, where bounces and callouts come to; may be the same.
    pub sender_domain: Name,
    /// An address of its own that is not the one that clients connect to.
    pub address: Option<IpAddr>,
    /// What it greets with, fresh for each connection.
    pub nonce: Nonce,
    /// Clients of HTTP may call too: their request is waited for before the greeting.
    pub speaks_http: bool,
}

/// One connection's dialogue, from [`Input::Accepted`] on.
pub struct Sink {
    generation: Generation,
    line: Line,
    /// What is held of a line is to be heard again.
    waits: bool,
    /// What is held of a line has been heard.
    is_heard: bool,
    session: Session,
}

impl Sink {
    /// A sink that nobody has connected to.
    pub fn new(setup: Setup) -> Self {
        Self {
            generation: Generation::default(),
            line: Line::new(),
            waits: false,
            is_heard: false,
            session: Session::new(setup),
        }
    }

    /// How many recipients were refused so far, for [`crate::prober::Prober::sink_closed`].
    pub const fn refused(&self) -> u32 {
        self.session.refused
    }

    /// Goes on until something is to be put out, or nothing more is there.
    fn go_on(&mut self, now: Instant, received: &mut &[u8]) -> Act {
        loop {
            match self.session.next(now) {
                Next::Listen => {}
                next => return Act::Put(next),
            }
            let untouched = self.line.is_untouched() || self.is_heard;
            if now >= self.session.deadline(untouched) {
                self.session.late(untouched);
                continue;
            }
            if core::mem::take(&mut self.is_heard) {
                self.line.clear();
            }
            let is_message = self.session.stage == Stage::Data;
            let taken = if core::mem::take(&mut self.waits) {
                Taken::Whole
            } else {
                self.line.take(received, is_message)
            };
            match taken {
                Taken::All => return Act::Wait,
                Taken::Full => {
                    self.session.piece(&self.line);
                    self.line.go_on();
                }
                Taken::Whole => match self.session.line(&self.line) {
                    Heard::Taken => self.is_heard = true,
                    Heard::Waits => self.waits = true,
                    Heard::AsksRecipient => {
                        self.is_heard = true;
                        return Act::AskRecipient;
                    }
                },
            }
        }
    }
}

/// What is to be put out.
enum Act {
    Put(Next),
    AskRecipient,
    Wait,
}

impl Dialogue for Sink {
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>) {
        if generation != self.generation {
            return;
        }
        match input {
            Input::Accepted { local, remote } if self.session.stage == Stage::Idle => {
                self.generation = Generation(1);
                self.session.accepted(now, *local, *remote);
            }
            Input::Received { .. } => self.session.heard(now),
            Input::Ended(_) => self.session.ended(),
            Input::Accepted { .. }
            | Input::Start
            | Input::Opened { .. }
            | Input::OpenFailed(_)
            | Input::Secured { .. }
            | Input::SecureFailed(_)
            | Input::Sent
            | Input::Timeout => {}
        }
    }

    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a> {
        match self.go_on(now, received) {
            Act::Put(Next::Record) => Output::Ask(Question::Record(&self.session.arrival)),
            Act::Put(Next::Say(reply)) => Output::Transmit {
                octets: reply.write(&self.session.setup, transmit),
                more: false,
                by: now + WRITE_MAX,
            },
            Act::Put(Next::Close(how)) => {
                *received = &[];
                Output::Close(how)
            }
            Act::Put(Next::Done) => {
                *received = &[];
                Output::Done
            }
            Act::AskRecipient => Output::Ask(Question::Recipient(recipient(self.line.held()))),
            Act::Put(Next::Listen) | Act::Wait => Output::Wait {
                until: self.session.deadline(self.line.is_untouched()),
                why: Why::Command,
            },
        }
    }

    fn generation(&self) -> Generation {
        self.generation
    }

    fn answer(&mut self, answer: &Answer) {
        self.session.answered(answer);
    }
}

/// The path of a line that is RCPT.
fn recipient(line: &[u8]) -> &[u8] {
    match command::read(line, false) {
        Command::Rcpt(path) => path.inner,
        _ => &[],
    }
}
