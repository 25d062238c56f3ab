//! What became of test messages, and what came back.

use serde::{Deserialize, Serialize};

use super::replies::Summary;
use crate::{
    arrival::Sense,
    relay::{PairId, PairSet},
};

/// How many test messages a job sends at most.
pub const DELIVERIES_MAX: usize = 3;

/// What became of one test message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Under which pair.
    #[serde(with = "pair_number")]
    pub pair: PairId,
    /// What became of it, as far as its own connection tells.
    pub fate: Fate,
    /// The reply that decided it.
    pub reply: Option<Summary>,
}

/// What became of a test message on its own connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fate {
    /// 250 after the dot.
    Accepted,
    /// DATA was refused for good.
    RefusedAtData,
    /// The message was refused for good after the dot.
    RefusedAfterDot,
    /// Put off, at any step, and perhaps taken later.
    Deferred,
    /// The envelope that was accepted before was not any more: refused at MAIL or RCPT, or before
    /// it came to that.
    EnvelopeRefused,
    /// The connection ended, or no reply came: nobody knows.
    CutOff,
}

impl Fate {
    const ALL: [Self; 6] = [
        Self::Accepted,
        Self::RefusedAtData,
        Self::RefusedAfterDot,
        Self::Deferred,
        Self::EnvelopeRefused,
        Self::CutOff,
    ];

    /// Its number, 0 to 5.
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }

    /// The fate with this number.
    pub(crate) fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::RefusedAtData => "refused-at-data",
            Self::RefusedAfterDot => "refused-after-dot",
            Self::Deferred => "deferred",
            Self::EnvelopeRefused => "envelope-refused",
            Self::CutOff => "cut-off",
        }
    }

    /// Whether the server said no to the message for good.
    pub const fn is_refused(self) -> bool {
        matches!(self, Self::RefusedAtData | Self::RefusedAfterDot)
    }
}

/// Test messages, and what came back of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    deliveries: heapless::Vec<Delivery, DELIVERIES_MAX, u8>,
    returned: PairSet,
    bounced: PairSet,
    called_out: PairSet,
}

impl Proof {
    /// The messages that were sent, in order.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    /// Pairs under which our own message came back.
    pub const fn returned(&self) -> PairSet {
        self.returned
    }

    /// Pairs whose sender got a bounce.
    pub const fn bounced(&self) -> PairSet {
        self.bounced
    }

    /// Pairs an address of which a server asked us about.
    pub const fn called_out(&self) -> PairSet {
        self.called_out
    }

    /// How many messages came back, of how many that the server took. A letter says so where they
    /// are not all: somebody may send single messages on by hand.
    pub fn returned_of_taken(&self) -> (usize, usize) {
        let accepted = self.deliveries.iter();
        let accepted = accepted.filter(|delivery| delivery.fate == Fate::Accepted);
        let mut taken = self.returned;
        for delivery in accepted {
            taken.insert(delivery.pair);
        }
        (self.returned.len(), taken.len())
    }

    /// Whether nothing was sent and nothing came.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Notes what became of a message; a pair that was tried before is tried anew.
    pub(super) fn delivered(&mut self, delivery: Delivery) {
        let known = self
            .deliveries
            .iter_mut()
            .find(|known| known.pair == delivery.pair);
        match known {
            // Whoever has said yes once has the message.
            Some(known) if known.fate == Fate::Accepted => {}
            // What a later revision repeats has lost its reply.
            Some(known) if known.fate == delivery.fate && delivery.reply.is_none() => {}
            Some(known) => *known = delivery,
            // The plan sends no more than DELIVERIES_MAX.
            None => drop(self.deliveries.push(delivery)),
        }
    }

    /// Notes what an arrival proves.
    pub(super) const fn arrived(&mut self, sense: Sense) {
        match sense {
            Sense::Relayed(pair) => self.returned.insert(pair),
            Sense::Bounced(pair) => self.bounced.insert(pair),
            Sense::CalledOut(pair) => self.called_out.insert(pair),
            Sense::Visited(_) | Sense::Objected | Sense::Nothing(_) => {}
        }
    }

    pub(super) fn merge(&mut self, later: &Self) {
        for delivery in &later.deliveries {
            self.delivered(*delivery);
        }
        self.returned = self.returned.or(later.returned);
        self.bounced = self.bounced.or(later.bounced);
        self.called_out = self.called_out.or(later.called_out);
    }
}

mod pair_number {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::relay::PairId;

    pub(super) fn serialize<S: Serializer>(pair: &PairId, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(pair.index() as u8)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<PairId, D::Error> {
        let index = u8::deserialize(input)?;
        PairId::new(usize::from(index)).ok_or_else(|| D::Error::custom("no such pair"))
    }
}
