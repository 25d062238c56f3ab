//! A relay job that waits for its target to be ready again.

use serde::Serialize;

use super::{outcome::Outcomes, pairs::PairId};
use crate::{finding::JobSerial, target::Target, time::Millis};

/// How long a dialogue parks the first, second and third time: greylisting servers want 300 s at
/// least, and some an hour.
pub const PARKED_FOR: [Millis; 3] = [
    Millis::from_secs(5 * 60 + 10),
    Millis::from_mins(15),
    Millis::from_mins(60),
];

/// All that is left of a relay dialogue while it waits: at most [`PARKED_OCTETS_MAX`] octets.
/// With it the next dialogue repeats name, sender and recipient octet for octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Parked {
    pub(super) target: Target,
    pub(super) outcomes: Outcomes,
    pub(super) serial: [u8; 5],
    pub(super) next: u8,
    pub(super) hours: u16,
    pub(super) attempts: u8,
}

/// The size of a [`Parked`] in octets.
pub const PARKED_OCTETS_MAX: usize = 64;

const _: () = assert!(size_of::<Parked>() <= PARKED_OCTETS_MAX);

impl Parked {
    /// A job that was parked before it had asked anything.
    #[cfg(test)]
    pub(crate) fn for_test(target: Target, serial: JobSerial) -> Self {
        let [_, _, _, octets @ ..] = serial.0.to_be_bytes();
        Self {
            target,
            outcomes: Outcomes::default(),
            serial: octets,
            next: 0,
            hours: 0,
            attempts: 1,
        }
    }

    /// Where it goes on.
    pub const fn target(&self) -> Target {
        self.target
    }

    /// The job.
    pub fn serial(&self) -> JobSerial {
        JobSerial(
            self.serial
                .iter()
                .fold(0, |serial, octet| (serial << 8) | u64::from(*octet)),
        )
    }

    /// The pair with which it goes on, if any is left.
    pub fn next(&self) -> Option<PairId> {
        PairId::new(usize::from(self.next))
    }

    /// Hours since the scope was issued when the job began.
    pub const fn hours(&self) -> u16 {
        self.hours
    }

    /// How often the job has been parked, this time included; 1 to 3.
    pub const fn attempts(&self) -> u8 {
        self.attempts
    }

    /// What is known of the pairs.
    pub const fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }
}
