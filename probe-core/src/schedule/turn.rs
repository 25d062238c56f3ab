//! A target's way through the schedule, and what the schedule answers.

use core::num::NonZeroU32;

#[cfg(doc)]
use super::Schedule;
use super::{Names, came::Came};
use crate::{
    finding::JobSerial,
    relay::{PairSet, Parked},
    scope::{Rates, Refusal},
    target::{RateNetwork, Target},
    time::{Instant, Millis, Stamp},
};

/// A target that waits for its first turn.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The target.
    pub target: Target,
    /// Its known domains.
    pub names: Names,
    /// Its line of the list.
    pub index: u32,
    pub(super) arrival: u32,
    /// Refusals that the host has told of.
    pub(super) told: u8,
}

/// A job that waits to be asked again.
#[derive(Clone, Debug)]
pub struct ParkedJob {
    /// How often it was handed out before.
    pub revisions: u8,
    /// Its known domains.
    pub names: Names,
    /// Where its dialogue stood.
    pub parked: Parked,
    /// Pairs under which a message of it has come back.
    pub(super) returned: PairSet,
    pub(super) due: Stamp,
    /// When it was first parked.
    pub(super) since: Stamp,
    /// The record that the host has to acknowledge before.
    pub(super) awaits: Option<NonZeroU32>,
}

impl ParkedJob {
    /// The job.
    pub fn serial(&self) -> JobSerial {
        self.parked.serial()
    }

    /// Its target.
    pub const fn target(&self) -> Target {
        self.parked.target()
    }

    /// When its turn is. A job that waits for the host has none before it must not be parked any
    /// longer; there is nothing left to do then but to end it.
    pub(super) fn turn_at(&self, rates: &Rates) -> Instant {
        match self.awaits {
            Some(_) => parked_until_max(self.since.instant(), rates).max(self.due.instant()),
            None => self.due.instant(),
        }
    }
}

/// Until when a job may stay parked that was first parked at `since`.
pub(super) fn parked_until_max(since: Instant, rates: &Rates) -> Instant {
    let hours = u64::from(rates.parked_hours_max);
    since + Millis::from_mins(hours.saturating_mul(60))
}

/// A target whose turn it is.
#[derive(Debug)]
pub struct Turn {
    /// The job.
    pub serial: JobSerial,
    /// How often it was handed out before.
    pub revision: u8,
    /// Its target.
    pub target: Target,
    /// Its known domains.
    pub names: Names,
    /// How many refusals the target may still be made to give.
    pub refusals_max: u8,
    /// Pairs under which a message of it has come back.
    pub returned: PairSet,
    /// The host holds the job as far as that is needed.
    pub may_deliver: bool,
    /// Where its dialogue stood.
    pub parked: Option<Parked>,
}

/// A job that a worker has.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) serial: JobSerial,
    pub(super) target: Target,
    pub(super) network: RateNetwork,
    pub(super) connections: u8,
    /// Refusals since it was handed out.
    pub(super) refusals: u8,
    pub(super) parked_since: Option<Stamp>,
    pub(super) came: Came,
}

/// What became of a suspect's target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queueing {
    /// It waits for its turn.
    Queued,
    /// It gets none.
    Refused(Refusal),
    /// There is no room: offer it again later.
    Full,
}

/// Whose turn it is.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap to box a turn into, and a worker holds one at a time"
)]
pub enum Whose {
    /// This target's.
    Turn(Turn),
    /// Nobody's before then, unless something changes.
    Wait(Instant),
    /// Nobody's until something changes.
    Nobody,
    /// This boot has no job numbers left.
    SerialsSpent,
}

/// Whether a connection may be opened; see [`crate::prober::Opening`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Yes, and it counts as open until [`Schedule::connection_closed`].
    Now,
    /// Ask again then; earlier does no harm.
    At(Instant),
    /// No. End the job with the evidence that there is.
    No(Refusal),
}
