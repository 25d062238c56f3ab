//! The device's end of a link over the network: a host that is believed for its address alone.
//!
//! It may have what the device has found, its log, and how it fares, and nothing else. There is
//! one conversation: while a host on the serial link is there, a visitor is told so and turned
//! away, and when that host comes back it takes the conversation from the visitor. So whoever
//! calls over the network can keep nobody from the serial link.

use super::Prober;
use crate::{
    frame::{
        Decoder, HOST_GONE_AFTER_MS, ToDevice, ToHost, decode_message,
        message::{Denial, LinkCounters},
    },
    time::{Instant, Millis},
};

/// How long a visitor may take to say Hello, in milliseconds.
pub const VISITOR_HELLO_WITHIN_MS: u64 = 10_000;

/// A host that calls over the network, one after the other: a shell keeps one of these, and makes
/// one call at a time of it.
#[derive(Debug)]
pub struct Visitor {
    decoder: Decoder,
    stage: Stage,
    /// It is to be told which format this device speaks.
    version: bool,
    /// What it is to be told that it may not have: a bit for each [`Denial`].
    denials: u8,
    /// The call is over then, unless it is heard before.
    deadline: Instant,
}

/// How far a call has come. The first one is zero, so that nobody costs a board no flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The call is over.
    Over,
    /// Nobody has said Hello.
    New,
    /// The device speaks with it.
    Speaking,
    /// It is told that somebody else is spoken with, and then the call is over.
    TurnedAway,
}

impl Visitor {
    /// Nobody.
    pub const fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            stage: Stage::Over,
            version: false,
            denials: 0,
            deadline: Instant::BOOT,
        }
    }

    /// Whether the call is over: the shell ends the connection, and says [`Prober::visitor_left`].
    pub fn is_over(&self, now: Instant) -> bool {
        self.stage == Stage::Over || now >= self.deadline
    }

    fn deny(&mut self, what: Denial) {
        self.denials |= bit(what);
    }

    fn denial(&self) -> Option<Denial> {
        DENIALS
            .into_iter()
            .find(|what| self.denials & bit(*what) != 0)
    }
}

impl Default for Visitor {
    fn default() -> Self {
        Self::new()
    }
}

impl Prober {
    /// A host calls over the network.
    pub fn visitor_came(&mut self, now: Instant, visitor: &mut Visitor) {
        visitor.decoder.reset();
        visitor.stage = Stage::New;
        visitor.version = false;
        visitor.denials = 0;
        visitor.deadline = now + Millis(VISITOR_HELLO_WITHIN_MS);
        super::count(&mut self.link.visits.calls);
    }

    /// Takes in octets from a visitor, in pieces of any length.
    pub fn visitor_received(&mut self, now: Instant, visitor: &mut Visitor, octets: &[u8]) {
        let foreign = visitor.decoder.counters().foreign;
        for octet in octets {
            let heard = match visitor.decoder.push(*octet) {
                Some(message) => decode_message::<ToDevice>(message),
                None => continue,
            };
            match heard {
                Some(message) => self.heard_visitor(now, visitor, &message),
                None => visitor.decoder.count_undecodable(),
            }
        }
        let counters = visitor.decoder.counters();
        let another = visitor.decoder.foreign_format().is_some();
        visitor.version |= another && counters.foreign != foreign;
        self.link.visits.unreadable = unreadable(&counters);
    }

    /// Writes the next frame for a visitor into `out`, which is at least
    /// [`crate::frame::FRAME_OCTETS_MAX`] long, and says how many octets it has. `None`: nothing
    /// before [`Prober::visitor_due`] unless something changes.
    pub fn visitor_transmit(
        &mut self,
        now: Instant,
        visitor: &mut Visitor,
        out: &mut [u8],
    ) -> Option<usize> {
        if core::mem::take(&mut visitor.version) {
            return self.write_hello(now, out, true);
        }
        if self.was_interrupted(visitor) {
            self.turn_away(visitor);
        }
        let speaking = visitor.stage == Stage::Speaking;
        // The parts of a record are not to be parted.
        if let Some(what) = visitor.denial()
            && !(speaking && self.link.part.is_some())
        {
            let sent = self.write(out, &ToHost::Denied(what), false, true)?;
            visitor.denials &= !bit(what);
            if what == Denial::Busy {
                visitor.stage = Stage::Over;
            }
            return Some(sent);
        }
        if speaking { self.speak(now, out) } else { None }
    }

    /// When to call [`Prober::visitor_transmit`] and [`Visitor::is_over`] again; `now` or earlier
    /// when there is something to say at once.
    pub fn visitor_due(&self, now: Instant, visitor: &Visitor) -> Instant {
        if visitor.version || visitor.denials != 0 || self.was_interrupted(visitor) {
            return now;
        }
        match visitor.stage {
            Stage::New => visitor.deadline,
            Stage::Speaking => self.due_to_speak(now).min(visitor.deadline),
            Stage::TurnedAway | Stage::Over => now,
        }
    }

    /// The visitor has gone, or was sent away.
    pub fn visitor_left(&mut self, visitor: &mut Visitor) {
        if visitor.stage == Stage::Speaking && self.link.visited {
            self.speak_with(false);
        }
        visitor.stage = Stage::Over;
    }

    fn heard_visitor(&mut self, now: Instant, visitor: &mut Visitor, message: &ToDevice) {
        let denial = match message {
            ToDevice::Hello { .. } => {
                self.heard_visitor_hello(now, visitor);
                return;
            }
            ToDevice::Ack { .. }
            | ToDevice::Resend { .. }
            | ToDevice::AskInfo
            | ToDevice::AskLog { .. } => {
                if visitor.stage == Stage::Speaking && self.link.visited {
                    visitor.deadline = now + Millis(HOST_GONE_AFTER_MS);
                    self.heard_request(now, message);
                }
                return;
            }
            ToDevice::Scope(_) => Denial::Scope,
            ToDevice::Start { .. } => Denial::Start,
            ToDevice::Suspect { .. } => Denial::Suspect,
            ToDevice::NoMore { .. } => Denial::NoMore,
            ToDevice::Stop { .. } => Denial::Stop,
            ToDevice::Provision(_) => Denial::Provision,
        };
        super::count(&mut self.link.visits.denied);
        visitor.deny(denial);
    }

    /// What its clock says is not believed: the anchor of time comes over the serial link.
    fn heard_visitor_hello(&mut self, now: Instant, visitor: &mut Visitor) {
        match visitor.stage {
            Stage::New | Stage::Speaking if self.host_is_there(now) => self.turn_away(visitor),
            Stage::New | Stage::Speaking => {
                visitor.stage = Stage::Speaking;
                visitor.deadline = now + Millis(HOST_GONE_AFTER_MS);
                self.speak_with(true);
            }
            Stage::TurnedAway | Stage::Over => {}
        }
    }

    fn turn_away(&mut self, visitor: &mut Visitor) {
        visitor.stage = Stage::TurnedAway;
        visitor.deny(Denial::Busy);
        super::count(&mut self.link.visits.busy);
    }

    /// Whether a host on the serial link has taken the conversation from this visitor.
    fn was_interrupted(&self, visitor: &Visitor) -> bool {
        visitor.stage == Stage::Speaking && !self.link.visited
    }
}

/// Every denial, the end of the call first.
const DENIALS: [Denial; 7] = [
    Denial::Busy,
    Denial::Scope,
    Denial::Start,
    Denial::Suspect,
    Denial::NoMore,
    Denial::Stop,
    Denial::Provision,
];

const fn bit(what: Denial) -> u8 {
    match what {
        Denial::Busy => 1,
        Denial::Scope => 2,
        Denial::Start => 4,
        Denial::Suspect => 8,
        Denial::NoMore => 16,
        Denial::Stop => 32,
        Denial::Provision => 64,
    }
}

fn unreadable(counters: &LinkCounters) -> u32 {
    [
        counters.broken,
        counters.too_long,
        counters.foreign,
        counters.orphans,
        counters.records_too_long,
        counters.undecodable,
    ]
    .into_iter()
    .fold(0, u32::saturating_add)
}
