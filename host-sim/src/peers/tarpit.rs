//! A tarpit like OpenBSD's spamd: it speaks SMTP one octet a second, accepts every recipient and
//! refuses at DATA. Whoever waits long enough would see "accepted" everywhere, and nothing is ever
//! relayed.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use probe_core::verdict::{Kind, Reason};

use super::{Fate, Forms, Peer, Personality, Rule, SAME, Step, local::Local, verdict};
use crate::{
    server::{Conversation, Server, Turn},
    smtp::{Context, Path, Policy, Reply, Session},
};

pub(super) static TARPIT: Personality = Personality {
    name: "tarpit",
    about: "speaks one octet a second, and refuses at DATA",
    behaviour: "tarpit",
    truth: &[Rule::new(Forms::Any, Forms::Any, Fate::Refused(Step::Data))],
    expected: [verdict(Kind::Inconclusive, Reason::Tarpit); 3],
    delivered: SAME,
    serve: |peer| Box::new(Tarpit(peer.clone())),
};

/// How long an octet takes.
const OCTET: Duration = Duration::from_secs(1);

struct Tarpit(Peer);

impl Server for Tarpit {
    fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(Stutter {
            inner: Session::new(Spamd(Local::of(&self.0)), caller),
            inner_timer: None,
            inner_closed: false,
            unsent: VecDeque::new(),
            next: Duration::ZERO,
        })
    }
}

/// A conversation whose octets leave one by one.
struct Stutter<C> {
    inner: C,
    inner_timer: Option<Duration>,
    inner_closed: bool,
    unsent: VecDeque<u8>,
    /// The next octet does not leave before.
    next: Duration,
}

impl<C: Conversation> Stutter<C> {
    fn inner(&mut self, turn: &mut Turn, event: impl FnOnce(&mut C, &mut Turn)) {
        let mut inner = Turn::new(turn.now(), self.inner_timer);
        event(&mut self.inner, &mut inner);
        self.unsent.extend(inner.sent());
        self.inner_timer = inner.timer();
        self.inner_closed |= inner.is_closed();
        self.speak(turn);
    }

    fn speak(&mut self, turn: &mut Turn) {
        if self.next <= turn.now()
            && let Some(octet) = self.unsent.pop_front()
        {
            turn.send(&[octet]);
            self.next = turn.now() + OCTET;
        }
        if !self.unsent.is_empty() {
            turn.wake_at(self.next);
        } else if self.inner_closed {
            turn.close();
        } else if let Some(due) = self.inner_timer {
            turn.wake_at(due);
        }
    }
}

impl<C: Conversation> Conversation for Stutter<C> {
    fn on_open(&mut self, turn: &mut Turn) {
        self.inner(turn, |inner, turn| inner.on_open(turn));
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        if !self.inner_closed {
            self.inner(turn, |inner, turn| inner.on_octets(octets, turn));
        }
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        let due = self.unsent.is_empty() && self.inner_timer.is_some_and(|due| due <= turn.now());
        if due {
            self.inner_timer = None;
            self.inner(turn, |inner, turn| inner.on_timer(turn));
        } else {
            self.speak(turn);
        }
    }
}

struct Spamd(Local);

impl Policy for Spamd {
    fn greeting(&mut self) -> Reply {
        let host = self.0.host();
        Reply::new(220, format!("{host} ESMTP, slowly"))
    }

    fn ehlo(&mut self, _context: &Context) -> Reply {
        Reply::new(250, "Hello, take a seat")
    }

    fn mail(&mut self, _sender: &Path, _context: &Context) -> Reply {
        Reply::new(250, "Noted, in due time")
    }

    fn rcpt(&mut self, _recipient: &Path, _context: &Context) -> Reply {
        Reply::new(250, "Noted, in due time")
    }

    fn data(&mut self, _context: &Context) -> Reply {
        Reply::new(450, "Not today").and_close()
    }
}
