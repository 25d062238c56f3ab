//! One dialogue, driven over an environment from its first input to its end.
//!
//! The dialogue decides; this moves octets. It opens no connection without asking its [`Desk`],
//! and it looks up from every wait when its bell rings, so that a scan that is stopped stops.

use core::net::SocketAddr;

use embassy_futures::select::{Either, select};
use probe_core::{
    dialogue::{
        Close, Dialogue, End, Input, OpenFailure, Output, SecureFailure, TRANSMIT_OCTETS_MIN,
        Transport,
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

    /// Whether the scan is over.
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

impl Default for Lent {
    fn default() -> Self {
        Self::new()
    }
}

/// Drives `dialogue` to its end. No connection is left open behind it.
pub async fn converse<E: Env, D: Dialogue>(
    env: &E,
    bell: &Bell,
    desk: &mut impl Desk,
    dialogue: &mut D,
    lent: &mut Lent,
) -> Outcome {
    let Lent {
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
    let mut news = Some(Input::Start);
    loop {
        let open = match talk.unconnected(news).await {
            Ok(open) => open,
            Err(outcome) => return outcome,
        };
        news = match talk.connection(open, buffers, piece).await {
            Ok(news) => news,
            Err(Stopped) => return Outcome::Stopped,
        };
    }
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

struct Talk<'a, E, K, D> {
    env: &'a E,
    bell: &'a Bell,
    desk: &'a mut K,
    dialogue: &'a mut D,
    transmit: &'a mut [u8; TRANSMIT_OCTETS_MIN],
    todo: Todo,
    state: State,
}

/// What lives over a wait is kept in the worker's memory, and an async function keeps its arguments
/// twice. So the larger of these give a future instead.
impl<'a, E: Env, K: Desk, D: Dialogue> Talk<'a, E, K, D> {
    /// Goes on without a connection until the dialogue wants one, or is at its end.
    async fn unconnected(&mut self, mut news: Option<Input<'static>>) -> Result<Open, Outcome> {
        loop {
            if let Some(input) = news.take() {
                self.turn(&mut nobody::<E>(), input).await;
            }
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
                Either::Second(()) => news = Some(Input::Timeout),
            }
        }
    }

    /// Opens one connection and stays until it is closed. What the dialogue is to be told behind
    /// it, if anything.
    #[expect(clippy::manual_async_fn, reason = "its arguments are kept once")]
    fn connection<'t>(
        &'t mut self,
        open: Open,
        buffers: &'t mut Buffers,
        piece: &'t mut [u8; PIECE_OCTETS],
    ) -> impl Future<Output = Result<Option<Input<'static>>, Stopped>> {
        async move {
            if let Some(refused) = not_spoken(open.transport) {
                return Ok(Some(refused));
            }
            let asked = self.env.now();
            self.permission().await?;
            // Waiting for permission is our own affair and takes nothing from the peer's time.
            let by = open.by + self.env.now().since(asked);
            let network = self.env.network();
            let connecting = network.connect(open.remote, by, buffers);
            let connected = match self.or_stopped(connecting).await {
                Either::Second(Ok(stream)) => {
                    log::connection(open.remote, Ok(()));
                    Ok(stream)
                }
                Either::Second(Err(failure)) => {
                    log::connection(open.remote, Err(failure));
                    if failure == OpenFailure::OutOfScope {
                        self.desk.violated(self.env.now());
                    }
                    Err(Ok(Some(Input::OpenFailed(failure))))
                }
                Either::First(Stopped) => Err(Err(Stopped)),
            };
            let talked = match connected {
                Ok(stream) => self
                    .connected(stream, open.remote, piece)
                    .await
                    .map(|()| None),
                Err(news) => news,
            };
            self.desk.closed(self.env.now());
            talked
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

    fn connected<'t, 's>(
        &'t mut self,
        stream: StreamOf<'s, E>,
        remote: SocketAddr,
        piece: &'t mut [u8; PIECE_OCTETS],
    ) -> impl Future<Output = Result<(), Stopped>> {
        let local = stream.local();
        let mut line = Some(stream);
        async move {
            let mut input = Input::Opened { local, remote };
            loop {
                self.turn(&mut line, input).await;
                let Some(stream) = &mut line else { break };
                let news = match (self.todo.next(), self.state) {
                    (Some(input), _) => Ok(Some(input)),
                    (None, State::Wait(until)) => self.news(stream, until, piece).await.map(Some),
                    // A dialogue closes before it ends. One that did not is cut off here.
                    (None, State::Park(_) | State::Done) => Ok(None),
                };
                let how = match news {
                    Ok(Some(Input::Ended(End::Fin))) => Some(Close::Fin),
                    Ok(Some(Input::Ended(_)) | None) | Err(Stopped) => Some(Close::Abort),
                    Ok(Some(_)) => None,
                };
                if let Some(how) = how {
                    close(&mut line, how).await;
                }
                match news? {
                    Some(news) => input = news,
                    None => break,
                }
            }
            if self.desk.stopped() {
                return Err(Stopped);
            }
            Ok(())
        }
    }

    /// Waits for the peer, for the dialogue's deadline, or for the end of the scan.
    async fn news<'p>(
        &self,
        stream: &mut StreamOf<'_, E>,
        until: Instant,
        piece: &'p mut [u8; PIECE_OCTETS],
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
            Either::First(Read::Ended(end)) => Input::Ended(end),
            Either::Second(()) => Input::Timeout,
        })
    }

    /// Gives the dialogue one input and does what it says until it waits. A connection that it
    /// closes is taken out of `line`.
    fn turn<'t, S: Stream>(
        &'t mut self,
        line: &'t mut Option<S>,
        input: Input<'t>,
    ) -> impl Future<Output = ()> {
        let now = self.env.now();
        let generation = self.dialogue.generation();
        let mut turn = self.dialogue.turn(now, generation, input);
        let Self {
            bell,
            desk,
            transmit,
            todo,
            state,
            ..
        } = self;
        async move {
            loop {
                let how = match turn.next(*transmit) {
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
                        Close::Abort
                    }
                    Output::Secure { .. } => {
                        todo.secure = true;
                        continue;
                    }
                    Output::Transmit { octets, more, by } => {
                        let octets = transmit.get(..octets).unwrap_or(*transmit);
                        let Some(stream) = line else { continue };
                        let write = stream.write_all(octets, more, by);
                        match or_stopped(*desk, bell, write).await {
                            Either::Second(Ok(())) => todo.sent = true,
                            Either::Second(Err(End::WriteDeadline)) => todo.late = true,
                            // Reading says so too, after what the peer said before it.
                            Either::Second(Err(End::Fin | End::Reset)) => {}
                            Either::First(Stopped) => close(line, Close::Abort).await,
                        }
                        continue;
                    }
                    Output::Observed(observation) => {
                        desk.observed(now, &observation);
                        continue;
                    }
                    Output::Close(how) => {
                        *todo = Todo::default();
                        how
                    }
                    Output::Wait { until, .. } => break *state = State::Wait(until),
                    Output::Park { until } => break *state = State::Park(until),
                    Output::Done => break *state = State::Done,
                };
                close(line, how).await;
            }
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
    desk: &impl Desk,
    bell: &Bell,
    future: F,
) -> impl Future<Output = Either<Stopped, F::Output>> {
    let stopped = async {
        while !desk.stopped() {
            bell.wait().await;
        }
        Stopped
    };
    select(stopped, future)
}

/// What to say to a dialogue that wants a transport that this shell does not have.
const fn not_spoken(transport: Transport) -> Option<Input<'static>> {
    match transport {
        Transport::Tcp => None,
        Transport::Tls => Some(Input::SecureFailed(SecureFailure::NotAvailable)),
        Transport::Udp => Some(Input::OpenFailed(OpenFailure::NoSlot)),
    }
}

async fn close<S: Stream>(line: &mut Option<S>, how: Close) {
    if let Some(stream) = line.take() {
        stream.close(how).await;
    }
}

#[cfg(test)]
mod tests;
