//! A dialogue in the middle of its turns, with or without a connection.
//!
//! What the dialogue says is done at once, in [`Talk::turn`]. Where that would have to wait the turn halts, and
//! [`Talk::connected`] waits: nothing that is lent lives over a wait.

use core::{future::poll_fn, net::SocketAddr, pin::pin, task::Poll};

use embassy_futures::select::{Either, select};
use probe_core::{
    dialogue::{
        Close, Dialogue, End, Input, OpenFailure, Output, SecureFailure, TRANSMIT_OCTETS_MIN,
        Transport, Turn,
    },
    time::{Instant, Millis},
};

use super::{
    Desk,
    scratch::{Held, Scratch, Table},
};
use crate::{
    bell::Bell,
    env::{Env, LINGER_MAX, Network, Read, Stream},
    log,
};

/// How long a conversation waits then before it looks again.
const HELD_LOOK_AFTER: Millis = Millis(100);

/// The scan is over while something was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stopped;

/// A connection that the dialogue has asked for.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) transport: Transport,
    pub(super) remote: SocketAddr,
    pub(super) by: Instant,
}

/// What the last turns left to be told or done, in this order.
#[derive(Default)]
pub(super) struct Todo {
    late: bool,
    sent: bool,
    secure: bool,
    pub(super) open: Option<Open>,
}

/// Where the dialogue stands after a turn.
#[derive(Clone, Copy)]
pub(super) enum State {
    Wait(Instant),
    Park(Instant),
    Done,
}

/// What the dialogue is told.
pub(super) enum News {
    /// This.
    Input(Input<'static>),
    /// What has come.
    Octets,
    /// Nothing: the turn goes on where it halted.
    Rest,
}

/// Why a turn does not go on.
#[derive(Clone, Copy)]
pub(super) enum Halt {
    /// It is over.
    Over,
    /// There is no room for what was said.
    Full,
    /// There may be none for what is said next, and no place where it could wait.
    Crowded,
    /// The connection is to be closed first.
    Closing(Close),
}

pub(super) type StreamOf<'a, E> = <<E as Env>::Network as Network>::Stream<'a>;

pub(super) struct Talk<'a, E> {
    env: &'a E,
    bell: &'a Bell,
    pub(super) desk: &'a mut dyn Desk,
    dialogue: &'a mut dyn Dialogue,
    scratch: &'a Scratch,
    held: Option<Held<'a>>,
    /// When the turn began.
    now: Instant,
    /// Until when what was said last on this connection has to be taken.
    by: Instant,
    /// How many octets the turn has not looked at.
    left: usize,
    pub(super) todo: Todo,
    pub(super) state: State,
}

impl<'a, E: Env> Talk<'a, E> {
    pub(super) fn new(
        env: &'a E,
        bell: &'a Bell,
        desk: &'a mut dyn Desk,
        dialogue: &'a mut dyn Dialogue,
        scratch: &'a Scratch,
    ) -> Self {
        Self {
            env,
            bell,
            desk,
            dialogue,
            scratch,
            held: None,
            now: Instant::BOOT,
            by: Instant::NEVER,
            left: 0,
            todo: Todo::default(),
            state: State::Wait(Instant::BOOT),
        }
    }

    /// The connection, if there is one, and what the dialogue is told of it.
    pub(super) fn opened<S: Stream>(
        &mut self,
        remote: SocketAddr,
        opened: Result<S, OpenFailure>,
    ) -> (Option<S>, News) {
        self.by = Instant::NEVER;
        match opened {
            Ok(stream) => {
                log::connection(remote, Ok(()));
                let first = Input::Opened {
                    local: stream.local(),
                    remote: stream.remote(),
                };
                (Some(stream), News::Input(first))
            }
            Err(failure) => {
                log::connection(remote, Err(failure));
                if failure == OpenFailure::OutOfScope {
                    self.desk.violated(self.env.now());
                }
                (None, News::Input(Input::OpenFailed(failure)))
            }
        }
    }

    /// A turn without a connection, which nothing can halt.
    pub(super) fn alone(&mut self, input: Input<'static>) {
        self.turn::<StreamOf<'_, E>>(&mut None, News::Input(input));
    }

    /// Stays until the connection is closed, from where its first turn has halted.
    pub(super) async fn connected<S: Stream>(
        &mut self,
        line: &mut Option<S>,
        mut halt: Halt,
    ) -> Result<(), Stopped> {
        let has_begun = line.is_some();
        while let Some(stream) = line {
            let told = match halt {
                Halt::Closing(how) => Told::Closing(how),
                Halt::Full => {
                    let room = select(stream.writable(), self.env.sleep_until(self.by));
                    let is_held = match self.or_stopped(room).await {
                        Either::Second(Either::First(())) => self.write_held(stream),
                        Either::Second(Either::Second(())) => {
                            self.todo.late = true;
                            false
                        }
                        Either::First(Stopped) => false,
                    };
                    if is_held {
                        continue;
                    }
                    self.held = None;
                    if self.desk.stopped() {
                        Told::Closing(Close::Abort)
                    } else {
                        Told::Rest
                    }
                }
                Halt::Crowded => {
                    let at = self.by.min(self.env.now() + HELD_LOOK_AFTER);
                    match self.or_stopped(self.env.sleep_until(at)).await {
                        Either::First(Stopped) => Told::Closing(Close::Abort),
                        Either::Second(()) => {
                            self.todo.late = self.env.now() >= self.by;
                            Told::Rest
                        }
                    }
                }
                Halt::Over => match (self.todo.next(), self.state) {
                    (Some(told), _) => told,
                    (None, State::Wait(until)) => {
                        let news = select(stream.readable(), self.env.sleep_until(until));
                        match self.or_stopped(news).await {
                            Either::First(Stopped) => Told::Stopped,
                            Either::Second(Either::First(Ok(()))) => Told::Octets,
                            Either::Second(Either::First(Err(end))) => Told::Ended(end),
                            Either::Second(Either::Second(())) => Told::Timeout,
                        }
                    }
                    // A dialogue closes before it ends. One that did not is cut off here.
                    (None, State::Park(_) | State::Done) => Told::Over,
                },
            };
            if let Some(how) = told.closes()
                && let Some(stream) = line.take()
            {
                self.env.promise(self.env.now() + LINGER_MAX);
                stream.close(how).await;
            }
            let news = match told {
                Told::Stopped => return Err(Stopped),
                Told::Over => break,
                Told::Rest | Told::Closing(_) => News::Rest,
                Told::Octets => News::Octets,
                Told::Timeout => News::Input(Input::Timeout),
                Told::Sent => News::Input(Input::Sent),
                Told::Insecure => News::Input(Input::SecureFailed(SecureFailure::NotAvailable)),
                Told::Ended(end) => News::Input(Input::Ended(end)),
            };
            halt = self.turn(line, news);
        }
        if has_begun && self.desk.stopped() {
            return Err(Stopped);
        }
        Ok(())
    }

    /// Writes what was held. Whether there is more of it.
    fn write_held(&mut self, stream: &mut impl Stream) -> bool {
        let Some(held) = &mut self.held else {
            return false;
        };
        match held.write(stream) {
            Ok(false) => return true,
            Ok(true) => self.todo.sent = true,
            Err(End::WriteDeadline) => self.todo.late = true,
            // Reading says so too, after what the peer said before it.
            Err(End::Fin | End::Reset) => {}
        }
        false
    }

    /// Gives the dialogue some news and does what it says until it waits, or until this would have to
    /// wait itself.
    pub(super) fn turn<S: Stream>(&mut self, line: &mut Option<S>, news: News) -> Halt {
        let Self {
            env,
            desk,
            dialogue,
            scratch,
            held,
            now,
            by,
            left,
            todo,
            state,
            ..
        } = self;
        let Table { transmit, piece } = &mut *scratch.table.borrow_mut();
        let piece = match (&news, &mut *line) {
            (News::Octets, Some(stream)) => Some((stream, &mut piece[..])),
            (News::Rest, Some(stream)) => piece.get_mut(..*left).map(|left| (stream, left)),
            _ => None,
        };
        let piece = piece.filter(|(_, piece)| !piece.is_empty());
        let (octets, source) = piece.map_or((&[][..], None), |(stream, piece)| {
            let (count, source) = match stream.read(piece) {
                Read::Octets(count) => (count, None),
                Read::Datagram(count, source) => (count, Some(source)),
            };
            (piece.get(..count).unwrap_or(piece), source)
        });
        let lent = octets.len();
        if !matches!(news, News::Rest) {
            *now = env.now();
        }
        let generation = dialogue.generation();
        let mut turn = match news {
            News::Input(input) => Turn::begin(&mut **dialogue, *now, generation, input),
            // What seemed to have come is lost.
            News::Octets if lent == 0 && source.is_none() => return Halt::Over,
            News::Octets => {
                let received = Input::Received { octets, source };
                Turn::begin(&mut **dialogue, *now, generation, received)
            }
            News::Rest => Turn::resume(&mut **dialogue, *now, octets),
        };
        let halt = loop {
            if held.is_none()
                && !todo.late
                && let Some(stream) = line
                && stream.room() < TRANSMIT_OCTETS_MIN
            {
                *held = scratch.hold();
                if held.is_none() {
                    break Halt::Crowded;
                }
            }
            match turn.next(transmit) {
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
                    if line.is_some() {
                        break Halt::Closing(Close::Abort);
                    }
                }
                Output::Secure { .. } => todo.secure = true,
                Output::Transmit {
                    octets,
                    more,
                    by: until,
                } => {
                    let octets = transmit.get(..octets).unwrap_or(&transmit[..]);
                    let Some(stream) = line else { continue };
                    // What follows what was not taken is not taken either.
                    if todo.late {
                        continue;
                    }
                    *by = until;
                    match stream.write(octets, more) {
                        Ok(count) if count >= octets.len() => todo.sent = true,
                        Ok(count) => match held {
                            Some(held) => {
                                held.keep(octets.get(count..).unwrap_or_default(), more);
                                break Halt::Full;
                            }
                            // A stream that takes less than it has room for.
                            None => todo.late = true,
                        },
                        Err(End::WriteDeadline) => todo.late = true,
                        // Reading says so too, after what the peer said before it.
                        Err(End::Fin | End::Reset) => {}
                    }
                }
                Output::Observed(observation) => desk.observed(*now, &observation),
                Output::Ask(question) => {
                    let answer = desk.asked(*now, &question);
                    turn.answer(&answer);
                }
                Output::Wait { until, .. } => {
                    *state = State::Wait(until);
                    break Halt::Over;
                }
                Output::Close(how) => {
                    *todo = Todo::default();
                    if line.is_some() {
                        break Halt::Closing(how);
                    }
                }
                Output::Park { until } => {
                    *state = State::Park(until);
                    break Halt::Over;
                }
                Output::Done => {
                    *state = State::Done;
                    break Halt::Over;
                }
            }
        };
        *left = match halt {
            Halt::Full | Halt::Crowded => turn.left(),
            // Taken whole by the turn's end, and gone with the connection.
            Halt::Over | Halt::Closing(_) => 0,
        };
        if !matches!(halt, Halt::Full) {
            *held = None;
        }
        if let Some(stream) = line
            && lent > 0
        {
            stream.take(lent.saturating_sub(*left));
        }
        halt
    }

    pub(super) fn or_stopped<F: Future>(
        &self,
        future: F,
    ) -> impl Future<Output = Either<Stopped, F::Output>> + use<'_, 'a, E, F> {
        or_stopped(self.desk, self.bell, future)
    }
}

/// What a connection waited for. It takes less room than news while the connection is closed.
#[derive(Clone, Copy)]
enum Told {
    Rest,
    Closing(Close),
    Octets,
    Ended(End),
    Timeout,
    Sent,
    Insecure,
    /// Nothing is left to be said.
    Over,
    Stopped,
}

impl Told {
    /// How the connection is closed for that before anything else, if it is.
    const fn closes(self) -> Option<Close> {
        match self {
            Self::Closing(how) => Some(how),
            Self::Ended(End::Fin) => Some(Close::Fin),
            Self::Ended(_) | Self::Over | Self::Stopped => Some(Close::Abort),
            Self::Rest | Self::Octets | Self::Timeout | Self::Sent | Self::Insecure => None,
        }
    }
}

impl Todo {
    fn next(&mut self) -> Option<Told> {
        if self.late {
            *self = Self::default();
            return Some(Told::Ended(End::WriteDeadline));
        }
        if core::mem::take(&mut self.sent) {
            return Some(Told::Sent);
        }
        if core::mem::take(&mut self.secure) {
            return Some(Told::Insecure);
        }
        None
    }
}

/// Runs `future`, unless the scan is over or ends meanwhile: `First` then. Not an async function,
/// which would keep a second copy of `future`.
fn or_stopped<'t, F: Future>(
    desk: &'t dyn Desk,
    bell: &'t Bell,
    future: F,
) -> impl Future<Output = Either<Stopped, F::Output>> + use<'t, F> {
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
