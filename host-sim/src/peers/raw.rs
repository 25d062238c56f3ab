//! Peers whose octets are not what SMTP says, or that do not speak SMTP at all.

use std::{net::SocketAddr, time::Duration};

use probe_core::verdict::{Kind, Reason, Verdict};

use super::{
    Fate, Peer, Personality, Rule, SAME, Step,
    closed::{CLOSED, CLOSED_TRUTH},
    house::{House, Manners, house},
    verdict,
};
use crate::{
    server::{Conversation, Server, Turn},
    smtp::Session,
};

const fn inconclusive(reason: Reason) -> [Verdict; 3] {
    [verdict(Kind::Inconclusive, reason); 3]
}

const NOBODY_KNOWS: &[Rule] = &[Rule::all(Fate::NotToBeJudged)];

pub(super) static FAMILY: [Personality; 12] = [
    Personality {
        name: "bare-lf",
        about: "closed, and ends its lines in LF alone",
        behaviour: "lines end in LF",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| mangling(peer, Manners::CLOSED, bare_lf),
    },
    Personality {
        name: "chatty-greeting",
        about: "closed, and greets with 85 KB of rules in many lines",
        behaviour: "a greeting of 85 KB",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| mangling(peer, Manners::CLOSED, chatty_greeting),
    },
    Personality {
        name: "endless-ehlo",
        about: "answers EHLO with lines without end",
        behaviour: "a reply of lines without end",
        truth: NOBODY_KNOWS,
        expected: inconclusive(Reason::NotSmtp),
        delivered: SAME,
        serve: |peer| endless(peer, b"250-8BITMIME\r\n"),
    },
    Personality {
        name: "endless-line",
        about: "answers EHLO with a line without end",
        behaviour: "a line without end",
        truth: NOBODY_KNOWS,
        expected: inconclusive(Reason::NotSmtp),
        delivered: SAME,
        serve: |peer| endless(peer, b"250-8BITMIME, and much more; "),
    },
    Personality {
        name: "resets-mid-reply",
        about: "resets the connection in the middle of its reply to MAIL",
        behaviour: "resets within a reply",
        truth: &[
            Rule::from(&["F10"], Fate::Refused(Step::Mail)),
            Rule::all(Fate::NotToBeJudged),
        ],
        expected: inconclusive(Reason::CutOff),
        delivered: SAME,
        serve: |peer| mangling(peer, Manners::CLOSED, reset_mid_reply),
    },
    Personality {
        name: "says-all-twice",
        about: "closed, and sends every reply to MAIL twice, so that RCPT seems accepted",
        behaviour: "one reply too many to each MAIL",
        truth: CLOSED_TRUTH,
        expected: inconclusive(Reason::CutOff),
        delivered: SAME,
        serve: |peer| mangling(peer, Manners::LOCK_STEP, twice_to_mail),
    },
    Personality {
        name: "says-all-twice-in-groups",
        about: "the same, and offers PIPELINING",
        behaviour: "one reply too many to each MAIL of a group",
        truth: CLOSED_TRUTH,
        expected: inconclusive(Reason::CutOff),
        delivered: SAME,
        serve: |peer| mangling(peer, Manners::CLOSED, twice_to_mail),
    },
    Personality {
        name: "silent",
        about: "takes the connection, and never says a word",
        behaviour: "silence",
        truth: NOBODY_KNOWS,
        expected: inconclusive(Reason::Tarpit),
        delivered: SAME,
        serve: |_| other(Silence),
    },
    Personality {
        name: "echo",
        about: "sends back what it is sent, and nothing else",
        behaviour: "an echo",
        truth: NOBODY_KNOWS,
        expected: inconclusive(Reason::Tarpit),
        delivered: SAME,
        serve: |_| other(Echo),
    },
    Personality {
        name: "http",
        about: "waits 20 s for a request, and then says 408 as HTTP does",
        behaviour: "another protocol, after a while",
        truth: NOBODY_KNOWS,
        expected: inconclusive(Reason::NotSmtp),
        delivered: SAME,
        serve: |_| other(Http),
    },
    Personality {
        name: "noise",
        about: "sends octets that are no text",
        behaviour: "octets that are no text",
        truth: NOBODY_KNOWS,
        expected: inconclusive(Reason::NotSmtp),
        delivered: SAME,
        serve: |_| other(Noise),
    },
    Personality {
        name: "nul-in-replies",
        about: "closed, and ends every line with a NUL before its CRLF",
        behaviour: "NULs in replies",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| mangling(peer, Manners::CLOSED, with_nul),
    },
];

/// What is sent instead of some octets.
type Mangle = fn(&[u8], &mut Turn);

/// A closed server whose octets go through `mangle`, one turn at a time.
fn mangling(peer: &Peer, manners: Manners, mangle: Mangle) -> Box<dyn Server> {
    Box::new(Mangling {
        house: Box::new(house(peer, manners)),
        mangle,
    })
}

struct Mangling {
    house: Box<dyn FnMut() -> House>,
    mangle: Mangle,
}

impl Server for Mangling {
    fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(Mangled {
            inner: Session::new((self.house)(), caller),
            mangle: self.mangle,
        })
    }
}

struct Mangled<C> {
    inner: C,
    mangle: Mangle,
}

impl<C: Conversation> Mangled<C> {
    fn inner(&mut self, turn: &mut Turn, event: impl FnOnce(&mut C, &mut Turn)) {
        let mut inner = Turn::new(turn.now(), turn.timer());
        event(&mut self.inner, &mut inner);
        if !inner.sent().is_empty() {
            (self.mangle)(inner.sent(), turn);
        }
        match inner.timer() {
            _ if turn.is_closed() => {}
            _ if inner.is_closed() => turn.close(),
            Some(due) => turn.wake_at(due),
            None => {}
        }
    }
}

impl<C: Conversation> Conversation for Mangled<C> {
    fn on_open(&mut self, turn: &mut Turn) {
        self.inner(turn, |inner, turn| inner.on_open(turn));
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        self.inner(turn, |inner, turn| inner.on_octets(octets, turn));
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        self.inner(turn, |inner, turn| inner.on_timer(turn));
    }
}

fn bare_lf(octets: &[u8], turn: &mut Turn) {
    let octets: Vec<u8> = octets
        .iter()
        .copied()
        .filter(|octet| *octet != b'\r')
        .collect();
    turn.send(&octets);
}

fn with_nul(octets: &[u8], turn: &mut Turn) {
    for octet in octets {
        if *octet == b'\r' {
            turn.send(&[0]);
        }
        turn.send(&[*octet]);
    }
}

fn chatty_greeting(octets: &[u8], turn: &mut Turn) {
    const LINE: &[u8] =
        b"220-We do not authorise the use of this system to carry advertisements.\r\n";
    const OCTETS: usize = 85 * 1_024;
    if octets.starts_with(b"220 ") {
        for _ in 0..OCTETS.div_ceil(LINE.len()) {
            turn.send(LINE);
        }
    }
    turn.send(octets);
}

/// How the reply to a MAIL begins.
const MAIL_OK: &[u8] = b"250 2.1.0 ";

fn reset_mid_reply(octets: &[u8], turn: &mut Turn) {
    if octets.starts_with(MAIL_OK) {
        turn.send(MAIL_OK);
        turn.reset();
    } else {
        turn.send(octets);
    }
}

fn twice_to_mail(octets: &[u8], turn: &mut Turn) {
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        turn.send(line);
        if line.starts_with(MAIL_OK) {
            turn.send(line);
        }
    }
}

/// A server whose every connection begins with `conversation`.
fn other<C: Conversation + Copy + 'static>(conversation: C) -> Box<dyn Server> {
    struct Other<C>(C);

    impl<C: Conversation + Copy + 'static> Server for Other<C> {
        fn answer(&mut self, _caller: SocketAddr) -> Box<dyn Conversation> {
            Box::new(self.0)
        }
    }

    Box::new(Other(conversation))
}

/// A server that greets, and repeats `what` for ever when it is spoken to.
fn endless(peer: &Peer, what: &'static [u8]) -> Box<dyn Server> {
    struct Greeter {
        host: String,
        what: &'static [u8],
    }

    impl Server for Greeter {
        fn answer(&mut self, _caller: SocketAddr) -> Box<dyn Conversation> {
            Box::new(Endless {
                host: self.host.clone(),
                what: self.what,
            })
        }
    }

    Box::new(Greeter {
        host: peer.host.clone(),
        what,
    })
}

struct Endless {
    host: String,
    what: &'static [u8],
}

/// How much of something endless leaves at once.
const PIECE_OCTETS: usize = 2_048;
/// How long the next piece takes.
const PIECE: Duration = Duration::from_millis(50);

impl Conversation for Endless {
    fn on_open(&mut self, turn: &mut Turn) {
        turn.send(format!("220 {} ESMTP\r\n", self.host).as_bytes());
    }

    fn on_octets(&mut self, _octets: &[u8], turn: &mut Turn) {
        if turn.timer().is_none() {
            turn.wake_at(turn.now());
        }
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        turn.send(&self.what.repeat(PIECE_OCTETS / self.what.len()));
        turn.wake_at(turn.now() + PIECE);
    }
}

#[derive(Clone, Copy)]
struct Silence;

impl Conversation for Silence {
    fn on_open(&mut self, _turn: &mut Turn) {}

    fn on_octets(&mut self, _octets: &[u8], _turn: &mut Turn) {}

    fn on_timer(&mut self, _turn: &mut Turn) {}
}

#[derive(Clone, Copy)]
struct Echo;

impl Conversation for Echo {
    fn on_open(&mut self, _turn: &mut Turn) {}

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        turn.send(octets);
    }

    fn on_timer(&mut self, _turn: &mut Turn) {}
}

#[derive(Clone, Copy)]
struct Http;

impl Conversation for Http {
    fn on_open(&mut self, turn: &mut Turn) {
        turn.wake_at(turn.now() + Duration::from_secs(20));
    }

    fn on_octets(&mut self, _octets: &[u8], turn: &mut Turn) {
        turn.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        turn.close();
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        turn.send(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
        turn.close();
    }
}

#[derive(Clone, Copy)]
struct Noise;

impl Conversation for Noise {
    fn on_open(&mut self, turn: &mut Turn) {
        turn.send(&[0x16, 0x03, 0x01, 0x00, 0xff, 0x00, 0x80, 0x0d, 0x0a]);
    }

    fn on_octets(&mut self, _octets: &[u8], turn: &mut Turn) {
        turn.close();
    }

    fn on_timer(&mut self, _turn: &mut Turn) {}
}

/// A closed server behind something like postscreen: a first line at once, the rest of the greeting
/// six seconds later.
pub(super) struct Teaser {
    house: Box<dyn FnMut() -> House>,
    host: String,
}

impl Teaser {
    pub(super) fn new(peer: &Peer) -> Self {
        let manners = Manners {
            pause: |reply, _| Duration::from_secs(if reply.code == 220 { 6 } else { 0 }),
            ..Manners::POSTFIX
        };
        Self {
            house: Box::new(house(peer, manners)),
            host: peer.host.clone(),
        }
    }
}

impl Server for Teaser {
    fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(Teased {
            inner: Session::new((self.house)(), caller),
            host: self.host.clone(),
        })
    }
}

struct Teased<C> {
    inner: C,
    host: String,
}

impl<C: Conversation> Conversation for Teased<C> {
    fn on_open(&mut self, turn: &mut Turn) {
        turn.send(format!("220-{} ESMTP Postfix\r\n", self.host).as_bytes());
        self.inner.on_open(turn);
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        self.inner.on_octets(octets, turn);
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        self.inner.on_timer(turn);
    }
}
