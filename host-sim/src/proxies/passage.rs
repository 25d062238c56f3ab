//! What leads through a proxy: two connections, and what is on the way from one to the other.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    mem,
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time::Duration,
};

use super::request::How;
use crate::{
    post::Log,
    server::{Conversation, Turn},
};

/// How much of what was said through a proxy is remembered, in octets.
const SAID_OCTETS_MAX: usize = 512;

/// A connection that a proxy opened for somebody, or tried to, for whoever holds findings against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Since when it is open, or when it was given up.
    pub at: Duration,
    /// The proxy: what was asked.
    pub by: SocketAddr,
    /// Where it came out.
    pub from: IpAddr,
    /// Where it led, as it was asked for.
    pub to: SocketAddr,
    /// What it was asked for in: `http-connect` and so on.
    pub asked_in: &'static str,
    /// The first octets of what was said through it.
    pub said: Vec<u8>,
    /// It came about.
    pub opened: bool,
    /// Something came back.
    pub answered: bool,
}

/// What is on the way between the two connections of a passage.
#[derive(Default)]
pub(super) struct Between {
    pub(super) to_caller: Vec<u8>,
    pub(super) onward: Vec<u8>,
    pub(super) stage: Stage,
    /// The caller has left.
    pub(super) is_left: bool,
}

/// How far the connection to where it leads has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Opening,
    Open,
    /// It never came about.
    Failed,
    /// It is over.
    Ended,
}

pub(super) type Shared = Rc<RefCell<Between>>;

/// Hosts on which something is to be done that no packet and no deadline announces.
pub(crate) type Stirred = Rc<RefCell<BTreeSet<IpAddr>>>;

/// The connection to where a passage leads.
pub(super) struct Onward {
    pub(super) between: Shared,
    pub(super) entry: Passage,
    pub(super) log: Log,
    pub(super) stirred: Stirred,
    /// Its place in the ledger, as soon as it is open.
    pub(super) place: Option<usize>,
}

impl Onward {
    fn passes(&mut self, turn: &mut Turn) {
        let octets = mem::take(&mut self.between.borrow_mut().onward);
        turn.send(&octets);
        self.remember(|passage| {
            let room = SAID_OCTETS_MAX.saturating_sub(passage.said.len());
            passage.said.extend(octets.iter().take(room));
        });
        if self.between.borrow().is_left {
            turn.close();
        }
    }

    /// The proxy's own end has something to do.
    fn stirs(&self) {
        self.stirred.borrow_mut().insert(self.entry.by.ip());
    }

    fn remember(&self, what: impl FnOnce(&mut Passage)) {
        let mut ledger = self.log.borrow_mut();
        if let Some(passage) = self.place.and_then(|place| ledger.passages.get_mut(place)) {
            what(passage);
        }
    }
}

impl Conversation for Onward {
    fn on_open(&mut self, turn: &mut Turn) {
        self.between.borrow_mut().stage = Stage::Open;
        let mut ledger = self.log.borrow_mut();
        self.place = Some(ledger.passages.len());
        ledger.passages.push(Passage {
            at: turn.now(),
            opened: true,
            ..self.entry.clone()
        });
        drop(ledger);
        self.stirs();
        self.passes(turn);
    }

    fn on_octets(&mut self, octets: &[u8], _turn: &mut Turn) {
        self.between.borrow_mut().to_caller.extend(octets);
        self.stirs();
        self.remember(|passage| passage.answered = true);
    }

    fn on_timer(&mut self, _turn: &mut Turn) {}

    fn is_stirred(&self) -> bool {
        let between = self.between.borrow();
        between.is_left || !between.onward.is_empty()
    }

    fn on_stir(&mut self, turn: &mut Turn) {
        self.passes(turn);
    }

    fn on_end(&mut self, turn: &mut Turn) {
        if self.place.is_none() {
            let entry = Passage {
                at: turn.now(),
                ..self.entry.clone()
            };
            self.log.borrow_mut().passages.push(entry);
        }
        let mut between = self.between.borrow_mut();
        between.stage = match between.stage {
            Stage::Opening | Stage::Failed => Stage::Failed,
            Stage::Open | Stage::Ended => Stage::Ended,
        };
        drop(between);
        self.stirs();
    }
}

/// The word of a way to ask; the word of a form that looks the same from here is the first one's.
pub(super) const fn word(how: How) -> &'static str {
    match how {
        How::Connect => "http-connect",
        How::Get => "http-get",
        How::Post => "http-post",
        How::Socks4 => "socks4",
        How::Socks4a => "socks4a",
        How::Socks5 => "socks5",
        How::Socks5Ipv6 => "socks5-ipv6",
        How::Socks5Name => "socks5-name",
        How::Gateway => "gateway",
    }
}
