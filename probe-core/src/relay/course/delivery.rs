//! Delivery: test messages, one connection each, after the battery.
//!
//! The battery ends in a pause, so that the host holds the job before the first DATA. From then on
//! every dialogue of the job takes the last message up where it stood: one that was put off goes
//! out again, one that was accepted gets its time to come back, and another one follows as long as
//! the question is not settled.

use super::{CONNECTED_MS_MAX, Course, Stage, Todo, Told};
use crate::{
    dialogue::Close,
    evidence::{Ending, Fate, Finish, Notes},
    relay::{
        Setup,
        deliveries::{Messages, RETURN_WAITS, choose, may_deliver},
        forms::Hello,
        meaning::is_deferral,
        message::Message,
        pair_set::PairSet,
        pairs::{PairId, Setting, Slot},
        parked::{Memory, PARKED_FOR},
        plan::{Planned, Verb},
    },
    scope,
    smtp::{Class, PathText, Reply},
    time::{Instant, Millis, Utc},
};

/// How long the pause before the first message is at least. It ends when the host has acknowledged.
const PAUSE_BEFORE_DELIVERY: Millis = Millis(1);

/// Where the messages stand.
#[derive(Debug)]
pub(super) struct Deliveries {
    permitted: scope::Delivery,
    date: Utc,
    /// Pairs under which a message has come back.
    pub(super) returned: PairSet,
    /// How the battery ended; [`Finish::Running`] while it runs.
    pub(super) battery: Finish,
    pub(super) messages: Messages,
    /// The pair of the next message, as it was chosen before the dialogue paused.
    next: Option<PairId>,
    /// The part of the message that is written next.
    part: u8,
    /// What becomes of the last message is known.
    is_decided: bool,
    /// Its connection ended before that, or did not come: it gets one more.
    was_cut: bool,
    /// Its envelope is tried a second time on this connection.
    is_behind_reset: bool,
}

impl Deliveries {
    pub(super) fn new(setup: &Setup<'_>, memory: &Memory) -> Self {
        Self {
            permitted: if setup.deliver {
                setup.tester.delivery
            } else {
                scope::Delivery::default()
            },
            date: setup.date,
            returned: setup.returned,
            battery: memory.battery,
            messages: memory.messages,
            next: memory.next,
            part: 0,
            is_decided: false,
            was_cut: false,
            is_behind_reset: false,
        }
    }
}

impl Course<'_> {
    /// Whether the battery is over, and messages are sent.
    pub(super) fn is_delivering(&self) -> bool {
        self.deliveries.battery != Finish::Running
    }

    /// The pair of the message that a connection is for.
    pub(super) fn message_pair(&self) -> Option<PairId> {
        let (pair, _) = self.deliveries.messages.last()?;
        Some(pair)
    }

    /// The battery is over. Pauses if there is a message to send; whether there is.
    pub(super) fn begins_delivering(&mut self, battery: Finish) -> bool {
        if self.is_delivering() || self.next_message().is_none() {
            return false;
        }
        self.deliveries.battery = battery;
        self.attempts = 0;
        self.park_for(PAUSE_BEFORE_DELIVERY);
        true
    }

    /// The dialogue begins behind the battery.
    pub(super) fn goes_on_delivering(&mut self) {
        let messages = self.deliveries.messages;
        for (pair, fate) in messages.iter() {
            self.put(Todo::DeliveredBefore(pair, fate));
        }
        if !self.deliveries.returned.is_empty() {
            self.put(Todo::Returned);
        }
        match messages.last() {
            Some((pair, Fate::Deferred)) if self.may_send() && !self.has_returned(pair) => {
                self.connect();
            }
            _ => self.what_comes_of_the_last(),
        }
    }

    /// No connection is open: what to do about the last message, or about the next one.
    fn what_comes_of_the_last(&mut self) {
        let pause = match self.deliveries.messages.last() {
            Some((pair, Fate::Accepted)) if !self.has_returned(pair) => {
                RETURN_WAITS.get(self.pauses())
            }
            // Whoever put one off to the last is asked once about the others.
            Some((_, Fate::Deferred)) if self.put_off() == 1 => PARKED_FOR
                .get(self.pauses())
                .filter(|span| self.may_park_for(**span)),
            _ => None,
        };
        if let (Some(span), true) = (pause, self.deliveries.permitted.allowed) {
            self.attempts = self.attempts.saturating_add(1);
            return self.park_for(*span);
        }
        match self.next_message() {
            Some(pair) => {
                self.deliveries.messages.push(pair);
                self.deliveries.was_cut = false;
                self.attempts = 0;
                self.connect();
            }
            None => self.ends_delivering(),
        }
    }

    /// The battery's end is the job's.
    pub(super) fn ends_delivering(&mut self) {
        self.put(Todo::Finished(self.deliveries.battery));
        self.stage = Stage::Over;
        self.deadline = Instant::NEVER;
    }

    fn pauses(&self) -> usize {
        usize::from(self.attempts)
    }

    fn put_off(&self) -> usize {
        let messages = self.deliveries.messages.iter();
        messages.filter(|(_, fate)| *fate == Fate::Deferred).count()
    }

    fn has_returned(&self, pair: PairId) -> bool {
        self.deliveries.returned.contains(pair)
    }

    fn next_message(&self) -> Option<PairId> {
        let Deliveries {
            returned, messages, ..
        } = self.deliveries;
        if messages.is_full() || messages.are_enough(returned) || !self.may_send() {
            return None;
        }
        let pair = self.chosen()?;
        // T1 goes before it, and is refused there as it was before.
        let refusals = if pair.pair().setting == Setting::AfterReset {
            3
        } else {
            1
        };
        (self.plan.refusals_allowed() >= refusals).then_some(pair)
    }

    /// The pair of the next message. Whether its names are vouched for depends on what the server calls
    /// itself, and a dialogue that goes on knows that only from its first greeting on: until then it
    /// keeps to what was chosen before.
    pub(super) fn chosen(&self) -> Option<PairId> {
        let Deliveries {
            permitted,
            messages,
            next,
            ..
        } = self.deliveries;
        let before = next.filter(|pair| may_deliver(*pair, permitted) && !messages.has(*pair));
        if self.host.is_none() && before.is_some() {
            return before;
        }
        let envelope = self.envelope();
        choose(self.plan.outcomes(), permitted, messages, |pair| {
            envelope.is_vouched_for(pair)
        })
    }

    fn may_send(&self) -> bool {
        self.deliveries.permitted.allowed && self.connected < CONNECTED_MS_MAX
    }
}

/// A message's connection.
impl Course<'_> {
    /// The server is ready for the envelope.
    pub(super) fn sends_message(&mut self, now: Instant) {
        let Some(pair) = self.message_pair() else {
            return self.ended(now, Ending::InOrder, Some(Close::Fin));
        };
        let envelope = self.envelope();
        let mut path = PathText::new();
        let can_be_written = envelope.is_vouched_for(pair)
            && envelope.mail(pair, &mut path).is_ok()
            && envelope.rcpt(pair, false, &mut path).is_ok();
        if !can_be_written {
            return self.message_cannot_be_written(now);
        }
        self.deliveries.part = 0;
        self.deliveries.is_behind_reset = pair.pair().setting == Setting::AfterReset;
        self.group.deliver(pair);
        self.begin_group(now);
    }

    /// The name in EHLO may be one that the server has to tell first.
    pub(super) fn can_say_hello(&self) -> bool {
        let envelope = self.envelope();
        let is_vouched_for = self
            .message_pair()
            .is_none_or(|pair| envelope.is_vouched_for(pair));
        self.borne.hello != Hello::Theirs
            || (is_vouched_for && envelope.name(Slot::Server).is_some())
    }

    /// The server tells no name today, or a longer one, or one that nobody vouches for: another
    /// connection is of no use.
    pub(super) fn message_cannot_be_written(&mut self, now: Instant) {
        self.deliveries.was_cut = true;
        self.ended(now, Ending::InOrder, Some(Close::Fin));
    }

    /// Writes what fits of the message.
    pub(super) fn write_message(&mut self, pair: PairId, room: &mut [u8]) -> usize {
        let message = Message {
            envelope: self.envelope(),
            tester: self.tester,
            pair,
            date: self.deliveries.date,
        };
        let mut octets = 0_usize;
        let mut part = self.deliveries.part;
        while part < Message::PARTS {
            let room = room.get_mut(octets..).unwrap_or_default();
            let Ok(more) = message.write(part, room) else {
                break;
            };
            octets = octets.saturating_add(more);
            part = part.saturating_add(1);
        }
        self.deliveries.part = part;
        if part >= Message::PARTS {
            self.written = self.written.saturating_add(1);
        }
        octets
    }

    /// A reply to anything but QUIT.
    pub(super) fn message_answered(
        &mut self,
        now: Instant,
        message: PairId,
        planned: Planned,
        reply: &Reply<'_>,
        more: bool,
    ) -> Told {
        let is_positive = match planned.verb {
            Verb::Data => reply.code == 354,
            Verb::Dot => reply.class == Class::Accepted && reply.code / 10 == 25,
            _ => reply.class == Class::Accepted,
        };
        let is_refusal = reply.code >= 400;
        if more || !(is_positive || is_refusal) {
            self.ended(now, Ending::OutOfStep, Some(Close::Abort));
            return Told::Nothing;
        }
        // T1 before a RSET: what it gets is known, and decides nothing here.
        let is_prelude = planned.pair != message && planned.pair == PairId::DECIDING;
        if planned.verb == Verb::Dot && is_positive {
            return self.message_decided(now, message, Fate::Accepted, reply);
        }
        if is_positive || (is_prelude && !reply.closes()) {
            if !is_positive {
                self.count_refusal(is_deferral(reply));
            }
            let skipped = u8::from(planned.verb == Verb::Mail && !is_positive);
            self.answered = self.answered.saturating_add(1).saturating_add(skipped);
            self.written = self.answered;
            return Told::Nothing;
        }
        let fate = match planned.verb {
            Verb::Data | Verb::Dot if reply.code < 500 => Fate::Deferred,
            Verb::Data => Fate::RefusedAtData,
            Verb::Dot => Fate::RefusedAfterDot,
            Verb::Mail | Verb::Rcpt | Verb::Rset | Verb::Quit => fate_of_envelope(reply),
        };
        if fate == Fate::EnvelopeRefused && self.may_try_behind_reset(message, reply) {
            self.count_refusal(false);
            self.deliveries.is_behind_reset = true;
            self.group.deliver_behind_reset(message);
            self.begin_group(now);
            return Told::Nothing;
        }
        self.message_decided(now, message, fate, reply)
    }

    /// Some servers forget with a RSET what they would refuse, and in the battery all but T1 under our
    /// own name may have stood behind one.
    fn may_try_behind_reset(&self, message: PairId, reply: &Reply<'_>) -> bool {
        message != PairId::DECIDING
            && !self.deliveries.is_behind_reset
            && !reply.closes()
            && self.plan.refusals_allowed() > 1
    }

    /// The server does not let us in.
    pub(super) fn turned_away_with(
        &mut self,
        now: Instant,
        message: PairId,
        reply: &Reply<'_>,
    ) -> Told {
        let fate = fate_of_envelope(reply);
        self.decide_message(fate);
        self.ended(now, Ending::Announced, Some(Close::Fin));
        Told::Delivered {
            pair: message,
            fate,
        }
    }

    fn message_decided(
        &mut self,
        now: Instant,
        message: PairId,
        fate: Fate,
        reply: &Reply<'_>,
    ) -> Told {
        if fate != Fate::Accepted {
            self.count_refusal(fate == Fate::Deferred);
        }
        self.decide_message(fate);
        self.answered = self.answered.saturating_add(1);
        if reply.closes() {
            self.ended(now, Ending::Announced, Some(Close::Fin));
        } else {
            self.group.quit();
            self.begin_group(now);
        }
        Told::Delivered {
            pair: message,
            fate,
        }
    }

    fn decide_message(&mut self, fate: Fate) {
        let is_put_off_again =
            self.deliveries.messages.last() == self.message_pair().zip(Some(fate));
        if !is_put_off_again {
            self.attempts = 0;
        }
        self.deliveries.messages.decide(fate);
        self.deliveries.is_decided = true;
    }

    /// A connection that was for a message is over.
    pub(super) fn message_connection_ended(&mut self) {
        let is_decided = core::mem::take(&mut self.deliveries.is_decided);
        if !is_decided {
            self.note(Notes::INTERRUPTED);
            if !self.deliveries.was_cut && self.connected < CONNECTED_MS_MAX {
                self.deliveries.was_cut = true;
                return self.connect();
            }
            self.message_was_cut();
        }
        self.what_comes_of_the_last();
    }

    /// It did not come. A second time there is nobody to send any message to.
    pub(super) fn message_connection_failed(&mut self) {
        if core::mem::replace(&mut self.deliveries.was_cut, true) {
            self.message_was_cut();
            self.ends_delivering();
        } else {
            self.connect();
        }
    }

    /// Nobody knows what became of the last message.
    pub(super) fn message_was_cut(&mut self) {
        if let Some(pair) = self.message_pair() {
            self.deliveries.messages.decide(Fate::CutOff);
            self.put(Todo::DeliveryCut(pair));
        }
    }
}

/// What an envelope comes to that was accepted before.
fn fate_of_envelope(reply: &Reply<'_>) -> Fate {
    if is_deferral(reply) {
        Fate::Deferred
    } else {
        Fate::EnvelopeRefused
    }
}
