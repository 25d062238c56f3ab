//! One dialogue, driven over an environment from its first input to its end.
//!
//! The dialogue decides; this moves octets. It opens no connection without asking its [`Desk`],
//! and it looks up from every wait when its bell rings, so that a scan that is stopped stops.

use core::{future::poll_fn, net::SocketAddr, pin::pin, task::Poll};

use embassy_futures::select::{Either, select};
use probe_core::{
    dialogue::{
        Answer, Close, Dialogue, End, Input, OpenFailure, Output, Question, SecureFailure,
        TRANSMIT_OCTETS_MIN, Transport, Turn,
    },
    evidence::Observation,
    prober::Opening,
    time::{Instant, Millis},
};

use crate::{
    bell::Bell,
    env::{Buffers, Env, Network, Read, Stream},
    log,
};

/// Whoever answers for a dialogue: it says when a connection may be opened, and takes in what
/// was seen.
pub trait Desk {
    /// Whether a connection may be opened now. Asked before every one.
    fn may_open(&mut self, now: Instant) -> Opening;

    /// A connection that was allowed is closed, or did not open.
    fn closed(&mut self, now: Instant);

    /// A connection was refused below, because it leads outside the scope.
    fn violated(&mut self, now: Instant);

    /// The dialogue saw something.
    fn observed(&mut self, now: Instant, observation: &Observation<'_>);

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

/// How many octets are read at once. What has come beyond that waits in the connection's buffer.
pub const PIECE_OCTETS: usize = 256;

/// What a conversation borrows. It is empty between conversations.
pub struct Lent {
    /// The connection's buffers.
    pub buffers: Buffers,
    /// What the dialogue writes.
    pub transmit: [u8; TRANSMIT_OCTETS_MIN],
    /// What the dialogue reads.
    pub piece: [u8; PIECE_OCTETS],
}

impl Lent {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            buffers: Buffers::new(),
            transmit: [0; TRANSMIT_OCTETS_MIN],
            piece: [0; PIECE_OCTETS],
        }
    }
}

impl Lent {
    /// All of it.
    pub fn lend(&mut self) -> Lending<'_> {
        Lending {
            buffers: &mut self.buffers,
            transmit: &mut self.transmit,
            piece: &mut self.piece,
        }
    }
}

/// The same, wherever it lies. A datagram must fit the piece.
pub struct Lending<'a> {
    /// The connection's buffers.
    pub buffers: &'a mut Buffers,
    /// What the dialogue writes.
    pub transmit: &'a mut [u8; TRANSMIT_OCTETS_MIN],
    /// What the dialogue reads.
    pub piece: &'a mut [u8],
}

impl Default for Lent {
    fn default() -> Self {
        Self::new()
    }
}

/// Drives `dialogue` to its end. No connection is left open behind it.
pub async fn converse<E: Env>(
    env: &E,
    bell: &Bell,
    desk: &mut dyn Desk,
    dialogue: &mut dyn Dialogue,
    lent: Lending<'_>,
) -> Outcome {
    let Lending {
        buffers,
        transmit,
        piece,
    } = lent;
    let mut talk = Talk {
        env,
        bell,
        desk,
        dialogue,
        transmit,
        todo: Todo::default(),
        state: State::Wait(Instant::BOOT),
    };
    talk.turn(&mut nobody::<E>(), Input::Start).await;
    loop {
        let open = match talk.unconnected().await {
            Ok(open) => open,
            Err(outcome) => return outcome,
        };
        if talk.connection(open, buffers, piece).await == Err(Stopped) {
            return Outcome::Stopped;
        }
    }
}

/// Drives `dialogue`, to which somebody has connected by `stream`, until the connection is over.
#[cfg(not(feature = "relay-only"))]
pub async fn attend<'a, E: Env + 'a>(
    env: &E,
    bell: &Bell,
    desk: &mut dyn Desk,
    dialogue: &mut dyn Dialogue,
    stream: <E::Network as Network>::Stream<'a>,
    (transmit, piece): (&mut [u8; TRANSMIT_OCTETS_MIN], &mut [u8; PIECE_OCTETS]),
) {
    let mut talk = Talk {
        env,
        bell,
        desk,
        dialogue,
        transmit,
        todo: Todo::default(),
        state: State::Wait(Instant::BOOT),
    };
    let first = Input::Accepted {
        local: stream.local(),
        remote: stream.remote(),
    };
    // Stopped or not, the connection is over.
    let _ = talk.connected(&mut Some(stream), first, piece).await;
}

/// The scan is over while something was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stopped;

/// A connection that the dialogue has asked for.
#[derive(Clone, Copy)]
struct Open {
    transport: Transport,
    remote: SocketAddr,
    by: Instant,
}

/// What the last turns left to be told or done, in this order.
#[derive(Default)]
struct Todo {
    late: bool,
    sent: bool,
    secure: bool,
    open: Option<Open>,
}

/// Where the dialogue stands after a turn.
#[derive(Clone, Copy)]
enum State {
    Wait(Instant),
    Park(Instant),
    Done,
}

/// No connection.
fn nobody<'a, E: Env + 'a>() -> Option<StreamOf<'a, E>> {
    None
}

type StreamOf<'a, E> = <<E as Env>::Network as Network>::Stream<'a>;

struct Talk<'a, E> {
    env: &'a E,
    bell: &'a Bell,
    desk: &'a mut dyn Desk,
    dialogue: &'a mut dyn Dialogue,
    transmit: &'a mut [u8; TRANSMIT_OCTETS_MIN],
    todo: Todo,
    state: State,
}

impl<'a, E: Env> Talk<'a, E> {
    /// Goes on without a connection until the dialogue wants one, or is at its end.
    async fn unconnected(&mut self) -> Result<Open, Outcome> {
        loop {
            if let Some(open) = self.todo.open.take() {
                return Ok(open);
            }
            let until = match self.state {
                State::Wait(until) => until,
                State::Park(until) => return Err(Outcome::Parked(until)),
                State::Done => return Err(Outcome::Done),
            };
            match self.or_stopped(self.env.sleep_until(until)).await {
                Either::First(Stopped) => return Err(Outcome::Stopped),
                Either::Second(()) => {}
            }
            self.turn(&mut nobody::<E>(), Input::Timeout).await;
        }
    }

    /// Opens one connection and stays until it is closed.
    async fn connection(
        &mut self,
        open: Open,
        buffers: &mut Buffers,
        piece: &mut [u8],
    ) -> Result<(), Stopped> {
        if let Some(refused) = not_spoken(open.transport) {
            self.turn(&mut nobody::<E>(), refused).await;
            return Ok(());
        }
        let asked = self.env.now();
        self.permission().await?;
        // Waiting for permission is our own affair and takes nothing from the peer's time.
        let by = open.by + self.env.now().since(asked);
        let network = self.env.network();
        let opened = if open.transport == Transport::Udp {
            Either::Second(network.datagrams(open.remote, drawn_port(self.env)))
        } else {
            let connecting = network.connect(open.remote, by, buffers);
            self.or_stopped(connecting).await
        };
        let talked = match opened {
            Either::Second(opened) => {
                let (mut line, first) = self.opened(open.remote, opened);
                self.connected(&mut line, first, piece).await
            }
            Either::First(Stopped) => Err(Stopped),
        };
        self.desk.closed(self.env.now());
        talked
    }

    /// The connection, if there is one, and what the dialogue is told of it.
    fn opened<S: Stream>(
        &mut self,
        remote: SocketAddr,
        opened: Result<S, OpenFailure>,
    ) -> (Option<S>, Input<'static>) {
        match opened {
            Ok(stream) => {
                log::connection(remote, Ok(()));
                let first = Input::Opened {
                    local: stream.local(),
                    remote: stream.remote(),
                };
                (Some(stream), first)
            }
            Err(failure) => {
                log::connection(remote, Err(failure));
                if failure == OpenFailure::OutOfScope {
                    self.desk.violated(self.env.now());
                }
                (None, Input::OpenFailed(failure))
            }
        }
    }

    /// Waits until the desk allows a connection.
    async fn permission(&mut self) -> Result<(), Stopped> {
        loop {
            let now = self.env.now();
            match self.desk.may_open(now) {
                Opening::Now => return Ok(()),
                Opening::At(at) => {
                    let at = at.max(now + Millis(1));
                    select(self.bell.wait(), self.env.sleep_until(at)).await;
                }
                Opening::No(_) => return Err(Stopped),
            }
        }
    }

    /// Tells the dialogue how a connection has begun, and stays until it is closed.
    async fn connected(
        &mut self,
        line: &mut Option<StreamOf<'_, E>>,
        first: Input<'static>,
        piece: &mut [u8],
    ) -> Result<(), Stopped> {
        let has_begun = line.is_some();
        self.turn(line, first).await;
        while let Some(stream) = line {
            let input = match (self.todo.next(), self.state) {
                (Some(input), _) => Ok(input),
                (None, State::Wait(until)) => self.news(stream, until, piece).await,
                // A dialogue closes before it ends. One that did not is cut off here.
                (None, State::Park(_) | State::Done) => {
                    close(line, Close::Abort).await;
                    break;
                }
            };
            match input {
                Ok(Input::Ended(End::Fin)) => close(line, Close::Fin).await,
                Ok(Input::Ended(_)) | Err(Stopped) => close(line, Close::Abort).await,
                Ok(_) => {}
            }
            self.turn(line, input?).await;
        }
        if has_begun && self.desk.stopped() {
            return Err(Stopped);
        }
        Ok(())
    }

    /// Waits for the peer, for the dialogue's deadline, or for the end of the scan.
    async fn news<'p>(
        &self,
        stream: &mut StreamOf<'_, E>,
        until: Instant,
        piece: &'p mut [u8],
    ) -> Result<Input<'p>, Stopped> {
        let read = select(stream.read(piece), self.env.sleep_until(until));
        let read = match self.or_stopped(read).await {
            Either::Second(read) => read,
            Either::First(Stopped) => return Err(Stopped),
        };
        Ok(match read {
            Either::First(Read::Octets(count)) => Input::Received {
                octets: piece.get(..count).unwrap_or(piece),
                source: None,
            },
            Either::First(Read::Datagram(count, source)) => Input::Received {
                octets: piece.get(..count).unwrap_or(piece),
                source: Some(source),
            },
            Either::First(Read::Ended(end)) => Input::Ended(end),
            Either::Second(()) => Input::Timeout,
        })
    }

    /// Gives the dialogue one input and does what it says until it waits. A connection that it
    /// closes is taken out of `line`. Not an async function, which would keep the input.
    fn turn<'t, S: Stream>(
        &'t mut self,
        line: &'t mut Option<S>,
        input: Input<'t>,
    ) -> impl Future<Output = ()> + use<'t, 'a, S, E> {
        let now = self.env.now();
        let generation = self.dialogue.generation();
        let mut turn = Turn::begin(&mut *self.dialogue, now, generation, input);
        let Self {
            bell,
            desk,
            transmit,
            todo,
            state,
            ..
        } = self;
        async move {
            *state = loop {
                match turn.next(*transmit) {
                    Output::Open {
                        transport,
                        remote,
                        by,
                    } => {
                        *todo = Todo {
                            open: Some(Open {
                                transport,
                                remote,
                                by,
                            }),
                            ..Todo::default()
                        };
                        close(line, Close::Abort).await;
                    }
                    Output::Secure { .. } => todo.secure = true,
                    Output::Transmit { octets, more, by } => {
                        let octets = transmit.get(..octets).unwrap_or(&transmit[..]);
                        let Some(stream) = line else { continue };
                        let write = stream.write_all(octets, more, by);
                        match or_stopped(*desk, bell, write).await {
                            Either::Second(Ok(())) => todo.sent = true,
                            Either::Second(Err(End::WriteDeadline)) => todo.late = true,
                            // Reading says so too, after what the peer said before it.
                            Either::Second(Err(End::Fin | End::Reset)) => {}
                            Either::First(Stopped) => close(line, Close::Abort).await,
                        }
                    }
                    Output::Observed(observation) => desk.observed(now, &observation),
                    Output::Ask(question) => {
                        let answer = desk.asked(now, &question);
                        turn.answer(&answer);
                    }
                    Output::Wait { until, .. } => break State::Wait(until),
                    Output::Close(how) => {
                        close(line, how).await;
                        *todo = Todo::default();
                    }
                    Output::Park { until } => break State::Park(until),
                    Output::Done => break State::Done,
                }
            };
        }
    }

    fn or_stopped<F: Future>(&self, future: F) -> impl Future<Output = Either<Stopped, F::Output>> {
        or_stopped(self.desk, self.bell, future)
    }
}

impl Todo {
    fn next(&mut self) -> Option<Input<'static>> {
        if self.late {
            *self = Self::default();
            return Some(Input::Ended(End::WriteDeadline));
        }
        if core::mem::take(&mut self.sent) {
            return Some(Input::Sent);
        }
        if core::mem::take(&mut self.secure) {
            return Some(Input::SecureFailed(SecureFailure::NotAvailable));
        }
        None
    }
}

/// Runs `future`, unless the scan is over or ends meanwhile: `First` then. Not an async function,
/// which would keep a second copy of `future`.
fn or_stopped<F: Future>(
    desk: &dyn Desk,
    bell: &Bell,
    future: F,
) -> impl Future<Output = Either<Stopped, F::Output>> {
    let stopped = poll_fn(move |cx| {
        while !desk.stopped() {
            if pin!(bell.wait()).poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
        Poll::Ready(Stopped)
    });
    select(stopped, future)
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

async fn close<S: Stream>(line: &mut Option<S>, how: Close) {
    if let Some(stream) = line.take() {
        stream.close(how).await;
    }
}

#[cfg(test)]
mod tests;
