//! Which attempt comes next, and what one tells of the others.

use super::{
    AttemptId, Outcome, PLACES, PROTOCOLS, Protocol, Protocols, Setup, Why, answer::Speaks,
};
use crate::{evidence::Finish, scope::Depth};

/// After so many attempts in a row without one octet every other one is the last of those that begin
/// alike: whoever waits for more of one protocol may know another.
pub const SILENT_ATTEMPTS_MAX: u8 = 4;

/// The order: what is open most often first; what one tells of another before it.
const ORDER: [Protocol; PROTOCOLS.len()] = [
    Protocol::Connect,
    Protocol::ConnectSplit,
    Protocol::Get,
    Protocol::Post,
    Protocol::Socks5,
    Protocol::Socks4,
    Protocol::Socks4a,
    Protocol::Socks5Name,
    Protocol::Socks5Ipv6,
    Protocol::Gateway,
    Protocol::Inside,
];

/// What an answer in another protocol than was asked in ([`Outcome::OtherProtocol`]) tells: in what was
/// asked, who spoke, what is not tried any more, and why.
const TELLS: [(Protocols, Speaks, Protocols, Why); 6] = [
    (
        Protocols::SOCKS,
        Speaks::Http,
        Protocols::SOCKS.union(Protocols::GATEWAY),
        Why::SpeaksHttp,
    ),
    (
        Protocols::HTTP,
        Speaks::Socks,
        Protocols::HTTP.union(Protocols::GATEWAY),
        Why::SpeaksSocks,
    ),
    (
        Protocols::all(),
        Speaks::Banner,
        Protocols::all(),
        Why::SpeaksOther,
    ),
    (
        Protocols::HTTP,
        Speaks::Unknown,
        Protocols::HTTP,
        Why::SpeaksOther,
    ),
    (
        Protocols::ANY_SOCKS4,
        Speaks::Unknown,
        Protocols::ANY_SOCKS4,
        Why::SpeaksOther,
    ),
    (
        Protocols::ANY_SOCKS5,
        Speaks::Unknown,
        Protocols::ANY_SOCKS5,
        Why::SpeaksOther,
    ),
];

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Try(AttemptId),
    Skip(Protocol, Why),
    End(Finish),
}

/// What came of an attempt, as far as the plan cares.
#[derive(Clone, Copy, Debug)]
pub(super) struct News {
    pub(super) id: AttemptId,
    pub(super) outcome: Outcome,
    pub(super) speaks: Speaks,
}

#[derive(Debug)]
pub(super) struct Plan {
    /// The place in [`ORDER`].
    at: u8,
    /// How many of the sink's ports this protocol has been tried with, or cannot be.
    turn: u8,
    /// An attempt of this protocol was made.
    was_tried: bool,
    /// An attempt was made.
    has_begun: bool,
    silent: u8,
    control: Control,
    proved: bool,
    finish: Option<Finish>,
    skips: [Option<Why>; ORDER.len()],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    NotNeeded,
    Due,
    Done,
}

impl Plan {
    pub(super) const fn new() -> Self {
        Self {
            at: 0,
            turn: 0,
            was_tried: false,
            has_begun: false,
            silent: 0,
            control: Control::NotNeeded,
            proved: false,
            finish: None,
            skips: [None; ORDER.len()],
        }
    }

    /// What comes next.
    pub(super) fn next(&mut self, setup: &Setup<'_>) -> Next {
        if let Some(finish) = self.finish {
            return Next::End(finish);
        }
        if self.control == Control::Due {
            self.control = Control::Done;
            if setup.destination(AttemptId::CONTROL).is_some() {
                return Next::Try(AttemptId::CONTROL);
            }
        }
        while let Some(protocol) = ORDER.get(usize::from(self.at)).copied() {
            let why = self.skips.get(protocol as usize).copied().flatten();
            let was_tried = self.was_tried;
            if !setup.protocols.has(protocol) {
                self.goes_on();
            } else if let Some(why) = why {
                self.goes_on();
                if !was_tried {
                    return Next::Skip(protocol, why);
                }
            } else if let Some(place) = place(protocol, self.turn) {
                self.turn = self.turn.saturating_add(1);
                let id = AttemptId::new(protocol, place);
                if setup.destination(id).is_some() {
                    self.was_tried = true;
                    return Next::Try(id);
                }
            } else {
                self.goes_on();
                if !was_tried {
                    return Next::Skip(protocol, Why::NoAddress);
                }
            }
        }
        Next::End(if self.proved {
            Finish::Settled
        } else {
            Finish::Tested
        })
    }

    /// Whether an attempt was made.
    pub(super) const fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Learns from an attempt.
    pub(super) fn heard(&mut self, depth: Depth, news: News) {
        let News {
            id,
            outcome,
            speaks,
        } = news;
        self.finish = match outcome {
            Outcome::Returned if depth != Depth::Full => Some(Finish::Settled),
            Outcome::Refused | Outcome::NoAnswer if self.has_begun => Some(Finish::CutOff),
            Outcome::Refused | Outcome::NoAnswer => Some(Finish::Tested),
            Outcome::NoSlot | Outcome::OutOfScope => Some(Finish::Stopped),
            Outcome::TimeOver => Some(Finish::TimeOver),
            _ => self.finish,
        };
        self.has_begun = true;
        self.proved |= outcome == Outcome::Returned;
        let Some(protocol) = id.protocol() else {
            if outcome == Outcome::Granted {
                self.skip(Protocols::CONNECT_SPLIT, Why::SameAnswer);
            }
            return;
        };
        let asked = protocol.alone();
        if !outcome.may_differ_elsewhere() {
            self.goes_on();
        }
        let is_connect = Protocols::CONNECT
            .union(Protocols::CONNECT_SPLIT)
            .contains(asked);
        if is_connect && outcome == Outcome::Granted && self.control == Control::NotNeeded {
            self.control = Control::Due;
        }
        self.silence(protocol.alike(), outcome, speaks);
        if outcome == Outcome::Echoed {
            self.skip(Protocols::all(), Why::Echoes);
        } else if outcome == Outcome::AuthRequired {
            self.skip(protocol.alike(), Why::AuthRequired);
        }
        for (askers, who, others, why) in TELLS {
            let is_other = outcome == Outcome::OtherProtocol;
            if is_other && askers.contains(asked) && who == speaks {
                self.skip(others, why);
            }
        }
        let is_answered = speaks == Speaks::Http && depth != Depth::Full;
        if protocol == Protocol::Connect && is_answered {
            self.skip(Protocols::CONNECT_SPLIT, Why::SameAnswer);
        }
    }

    /// Whoever says nothing to the hello of SOCKS5 has not begun to connect anywhere.
    fn silence(&mut self, alike: Protocols, outcome: Outcome, speaks: Speaks) {
        if speaks != Speaks::Nothing {
            self.silent = 0;
            return;
        }
        if outcome == Outcome::Silent {
            self.silent = self.silent.saturating_add(1);
            if self.silent >= SILENT_ATTEMPTS_MAX || alike == Protocols::ANY_SOCKS5 {
                self.skip(alike, Why::Silent);
            }
        } else if alike == Protocols::ANY_SOCKS5 {
            self.skip(alike, Why::SameAnswer);
        }
    }

    fn skip(&mut self, protocols: Protocols, why: Why) {
        for protocol in protocols.each() {
            if let Some(place @ None) = self.skips.get_mut(protocol as usize) {
                *place = Some(why);
            }
        }
    }

    const fn goes_on(&mut self) {
        self.at = self.at.saturating_add(1);
        self.turn = 0;
        self.was_tried = false;
    }
}

/// The sink's port for a protocol's first, then its second attempt. What asks for a page begins with
/// the port that has one.
fn place(protocol: Protocol, turn: u8) -> Option<usize> {
    let turn = usize::from(turn);
    match protocol {
        Protocol::Inside => (turn == 0).then_some(0),
        Protocol::Get | Protocol::Post => PLACES.checked_sub(turn.saturating_add(1)),
        _ => (turn < PLACES).then_some(turn),
    }
}
