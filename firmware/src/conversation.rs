//! One dialogue, driven over an environment from its first input to its end.
//!
//! The dialogue decides; this moves octets. It opens no connection without asking its [`Desk`],
//! and it looks up from every wait when its bell rings, so that a scan that is stopped stops.

mod scratch;
mod talk;

use embassy_futures::select::{Either, select};
use probe_core::{
    dialogue::{Answer, Dialogue, Input, Question, SecureFailure, Transport},
    evidence::Observation,
    prober::Opening,
    time::{Instant, Millis},
};

pub use scratch::{HELD_MAX, PIECE_OCTETS, Scratch};

#[cfg(not(feature = "relay-only"))]
use crate::env::Stream;
use crate::{
    bell::Bell,
    env::{Buffers, Env, Network},
};
#[cfg(not(feature = "relay-only"))]
use talk::{News, StreamOf};
use talk::{State, Stopped, Talk};

/// Whoever answers for a dialogue: it says when a connection may be opened, and takes in what
/// was seen.
pub trait Desk {
    /// Whether a connection may be opened now. Asked before every one.
    fn may_open(&mut self, now: Instant) -> Opening;

    /// A connection that was allowed is closed, or did not open.
    fn closed(&mut self, _now: Instant) {}

    /// A connection was refused below, because it leads outside the scope.
    fn violated(&mut self, now: Instant);

    /// The dialogue saw something. One that tells its outcome when it is done sees nothing.
    fn observed(&mut self, _now: Instant, _observation: &Observation<'_>) {}

    /// The dialogue asks. Only a desk whose dialogue listens need know.
    fn asked(&mut self, _now: Instant, _question: &Question<'_>) -> Answer {
        Answer::No
    }

    /// Whether the dialogue has to end: the scan is over, say.
    fn stopped(&self) -> bool;
}

/// How a dialogue came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is over.
    Done,
    /// It wants to come back then.
    Parked(Instant),
    /// The scan is over, or a connection that it needs may not be opened.
    Stopped,
}

/// Drives `dialogue` to its end. No connection is left open behind it.
///
/// Not an async function, which would keep twice what it is given.
pub fn converse<'a, E: Env>(
    env: &'a E,
    bell: &'a Bell,
    desk: &'a mut dyn Desk,
    dialogue: &'a mut dyn Dialogue,
    buffers: &'a mut Buffers,
    scratch: &'a Scratch,
) -> impl Future<Output = Outcome> + use<'a, E> {
    let mut talk = Talk::new(env, bell, desk, dialogue, scratch);
    async move {
        talk.alone(Input::Start);
        loop {
            let Some(open) = talk.todo.open.take() else {
                let until = match talk.state {
                    State::Wait(until) => until,
                    State::Park(until) => return Outcome::Parked(until),
                    State::Done => return Outcome::Done,
                };
                match talk.or_stopped(env.sleep_until(until)).await {
                    Either::First(Stopped) => return Outcome::Stopped,
                    Either::Second(()) => talk.alone(Input::Timeout),
                }
                continue;
            };
            if let Some(refused) = not_spoken(open.transport) {
                talk.alone(refused);
                continue;
            }
            // Waiting for permission is our own affair and takes nothing from the peer's time.
            let within = open.by.since(env.now());
            loop {
                let now = env.now();
                match talk.desk.may_open(now) {
                    Opening::Now => break,
                    Opening::At(at) => {
                        let at = at.max(now + Millis(1));
                        select(bell.wait(), env.sleep_until(at)).await;
                    }
                    Opening::No(_) => return Outcome::Stopped,
                }
            }
            let by = env.now() + within;
            let opened = if open.transport == Transport::Udp {
                let port = drawn_port(env);
                Either::Second(env.network().datagrams(open.remote, port))
            } else {
                env.promise(by);
                let connecting = env.network().connect(open.remote, by, buffers);
                talk.or_stopped(connecting).await
            };
            let talked = match opened {
                Either::First(Stopped) => Err(Stopped),
                Either::Second(opened) => {
                    let (mut line, first) = talk.opened(open.remote, opened);
                    let halt = talk.turn(&mut line, first);
                    talk.connected(&mut line, halt).await
                }
            };
            talk.desk.closed(env.now());
            if talked == Err(Stopped) {
                return Outcome::Stopped;
            }
        }
    }
}

/// Drives `dialogue`, to which somebody has connected by `stream`, until the connection is over.
#[cfg(not(feature = "relay-only"))]
pub fn attend<'a, 's: 'a, E: Env>(
    env: &'a E,
    bell: &'a Bell,
    desk: &'a mut dyn Desk,
    dialogue: &'a mut dyn Dialogue,
    stream: StreamOf<'s, E>,
    scratch: &'a Scratch,
) -> impl Future<Output = ()> + use<'a, 's, E> {
    let mut talk = Talk::new(env, bell, desk, dialogue, scratch);
    let first = Input::Accepted {
        local: stream.local(),
        remote: stream.remote(),
    };
    let mut line = Some(stream);
    let halt = talk.turn(&mut line, News::Input(first));
    async move {
        // Stopped or not, the connection is over.
        let _ = talk.connected(&mut line, halt).await;
    }
}

/// What to say to a dialogue that wants a transport that this shell does not have.
const fn not_spoken(transport: Transport) -> Option<Input<'static>> {
    match transport {
        Transport::Tcp | Transport::Udp => None,
        Transport::Tls => Some(Input::SecureFailed(SecureFailure::NotAvailable)),
    }
}

/// A port that nobody can guess, none of those that are well known.
fn drawn_port(env: &impl Env) -> u16 {
    let mut lot = [0; 2];
    env.random(&mut lot);
    match u16::from_le_bytes(lot) {
        known @ 0..1024 => known | 0x8000,
        port => port,
    }
}

#[cfg(test)]
mod tests;
