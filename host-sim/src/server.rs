//! What a simulated server is to the network: octets in, octets out, deadlines. Sans-IO, so the
//! same servers can stand on real sockets.

use std::{
    cell::Cell,
    fmt,
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time::Duration,
};

use crate::{
    post::Passing,
    smtp::{Path, Reply},
};

/// A server at one address and port. What it remembers across connections it keeps itself.
pub trait Server {
    /// Answers a new connection from `caller`.
    fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation>;

    /// How it passes on what it relays.
    fn passing(&self) -> Passing {
        Passing::PROMPT
    }
}

/// One connection, as the server has it.
pub trait Conversation {
    /// The connection is open.
    fn on_open(&mut self, turn: &mut Turn);

    /// The caller sent `octets`.
    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn);

    /// The moment that [`Turn::wake_at`] asked for has come.
    fn on_timer(&mut self, turn: &mut Turn);

    /// Whether there is something to do that neither an octet nor a deadline of this connection
    /// announces: another one has.
    fn is_stirred(&self) -> bool {
        false
    }

    /// Does what [`Conversation::is_stirred`] has told of.
    fn on_stir(&mut self, _turn: &mut Turn) {}

    /// The connection is over, or never came about. What it says now nobody hears; it may still open
    /// others.
    fn on_end(&mut self, _turn: &mut Turn) {}
}

/// A connection that a server opens of its own accord, as when it delivers what it has relayed.
pub struct Call {
    /// When.
    pub at: Duration,
    /// From another host than the server's own.
    pub from: Option<IpAddr>,
    /// To whom.
    pub to: SocketAddr,
    /// Its end of it. Where nobody answers only its end is told.
    pub conversation: Box<dyn Conversation>,
}

impl fmt::Debug for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Call({} at {:?})", self.to, self.at)
    }
}

/// A message that a server has said 250 to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The name in HELO or EHLO.
    pub helo: String,
    /// How many RSETs the connection has seen.
    pub resets: u32,
    /// The sender.
    pub sender: Path,
    /// The recipients.
    pub recipients: Vec<Path>,
    /// The message, without the dots that were added on the way.
    pub message: String,
}

/// A question to another server: does this address exist?
#[derive(Clone, Debug)]
pub struct Callout {
    /// The address.
    pub mailbox: Path,
    /// The code of the answer, as soon as there is one.
    pub answer: Rc<Cell<Option<u16>>>,
}

/// What a conversation does in answer to one event.
#[derive(Debug)]
pub struct Turn {
    now: Duration,
    pub(crate) octets: Vec<u8>,
    pub(crate) timer: Option<Duration>,
    pub(crate) closing: bool,
    pub(crate) resetting: bool,
    pub(crate) calls: Vec<Call>,
    pub(crate) taken: Vec<Mail>,
    pub(crate) callouts: Vec<Callout>,
}

impl Turn {
    /// A turn at `now`; `timer` is the deadline that stands from earlier turns.
    pub fn new(now: Duration, timer: Option<Duration>) -> Self {
        Self {
            now,
            octets: Vec::new(),
            timer,
            closing: false,
            resetting: false,
            calls: Vec::new(),
            taken: Vec::new(),
            callouts: Vec::new(),
        }
    }

    /// The moment that it is.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// As [`Turn::new`], in room that was used before.
    pub(crate) fn in_room(now: Duration, timer: Option<Duration>, mut room: Vec<u8>) -> Self {
        room.clear();
        Self {
            octets: room,
            ..Self::new(now, timer)
        }
    }

    /// Sends `octets`, after everything that was sent before.
    pub fn send(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// Sends a reply.
    pub(crate) fn say(&mut self, reply: &Reply) {
        reply.write(&mut self.octets);
    }

    /// Asks for [`Conversation::on_timer`] at `moment`, instead of whatever was asked before.
    pub fn wake_at(&mut self, moment: Duration) {
        self.timer = Some(moment);
    }

    /// Closes the connection after what was sent. Nothing that arrives later is looked at.
    pub fn close(&mut self) {
        self.closing = true;
        self.timer = None;
    }

    /// Resets the connection after what was sent.
    pub fn reset(&mut self) {
        self.close();
        self.resetting = true;
    }

    /// Opens another connection. Servers on real sockets call nobody.
    pub fn call(&mut self, call: Call) {
        self.calls.push(call);
    }

    /// Has taken a message: 250 was said after the dot.
    pub fn take(&mut self, mail: Mail) {
        self.taken.push(mail);
    }

    /// Asks another server about an address.
    pub fn call_out(&mut self, callout: Callout) {
        self.callouts.push(callout);
    }

    /// What was sent in this turn.
    pub fn sent(&self) -> &[u8] {
        &self.octets
    }

    /// When [`Conversation::on_timer`] is due, if it is.
    pub fn timer(&self) -> Option<Duration> {
        self.timer
    }

    /// Whether the conversation is over.
    pub fn is_closed(&self) -> bool {
        self.closing
    }

    /// Whether it ends with a reset.
    pub fn is_reset(&self) -> bool {
        self.resetting
    }
}
