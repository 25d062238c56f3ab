//! A relay job that waits: for its target to be ready again, for the host, or for a message of its
//! own to come back.

use serde::Serialize;

use super::{deliveries::Messages, outcome::Outcomes, pairs::PairId};
use crate::{evidence::Finish, finding::JobSerial, target::Target, time::Millis};

/// How long a dialogue parks the first, second and third time: greylisting servers want 300 s at
/// least, and some an hour. A test message that is put off waits as long.
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
    serial: [u8; 5],
    /// [`Memory`], packed.
    memory: [u8; 5],
    pub(super) hours: u16,
}

/// The size of a [`Parked`] in octets.
pub const PARKED_OCTETS_MAX: usize = 64;

const _: () = assert!(size_of::<Parked>() <= PARKED_OCTETS_MAX);

/// Where a dialogue stood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// The pair with which it goes on: of the battery, or of its next message.
    pub(super) next: Option<PairId>,
    /// How often it has been parked, this time included: for the battery, or for its last message.
    pub(super) attempts: u8,
    /// How the battery ended; [`Finish::Running`] while there is more of it.
    pub(super) battery: Finish,
    /// The battery ran behind TLS.
    pub(super) behind_tls: bool,
    /// The messages that were sent.
    pub(super) messages: Messages,
}

/// Stands for no pair; the battery has fewer.
const NO_PAIR: u8 = 63;

const _: () = assert!(super::pairs::PAIRS.len() <= NO_PAIR as usize);

impl Memory {
    fn pack(self) -> [u8; 5] {
        let next = self.next.map_or(NO_PAIR, |pair| pair.index() as u8);
        let small = (u64::from(next) << 6)
            | (u64::from(self.attempts & 3) << 4)
            | (u64::from(self.battery.number()) << 1)
            | u64::from(self.behind_tls);
        let packed = (small << Messages::BITS) | u64::from(self.messages.pack());
        let [_, _, _, octets @ ..] = packed.to_be_bytes();
        octets
    }

    fn unpack(octets: [u8; 5]) -> Self {
        let [a, b, c, d, e] = octets;
        let packed = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
        let small = packed >> Messages::BITS;
        Self {
            next: PairId::new(usize::from((small >> 6) as u8 & 63)),
            attempts: (small >> 4) as u8 & 3,
            battery: Finish::of_number((small >> 1) as u8),
            behind_tls: small & 1 == 1,
            messages: Messages::unpack(packed as u32),
        }
    }
}

impl Parked {
    pub(super) fn new(
        target: Target,
        outcomes: Outcomes,
        serial: JobSerial,
        hours: u16,
        memory: Memory,
    ) -> Self {
        let [_, _, _, serial @ ..] = serial.0.to_be_bytes();
        Self {
            target,
            outcomes,
            serial,
            memory: memory.pack(),
            hours,
        }
    }

    /// A job that was parked before it had asked anything.
    #[cfg(test)]
    pub(crate) fn for_test(target: Target, serial: JobSerial) -> Self {
        let memory = Memory {
            next: Some(PairId::DECIDING),
            attempts: 1,
            ..Memory::default()
        };
        Self::new(target, Outcomes::default(), serial, 0, memory)
    }

    /// A job that has something to send a message under, and has sent none.
    #[cfg(test)]
    pub(crate) fn before_delivery_for_test(target: Target, serial: JobSerial) -> Self {
        let memory = Memory {
            next: Some(PairId::DECIDING),
            battery: Finish::Settled,
            ..Memory::default()
        };
        let mut outcomes = Outcomes::default();
        outcomes.set(PairId::DECIDING, super::Outcome::Accepted);
        Self::new(target, outcomes, serial, 0, memory)
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
        self.memory().next
    }

    /// Hours since the scope was issued when the job began.
    pub const fn hours(&self) -> u16 {
        self.hours
    }

    /// How often the job has been parked, this time included, for its battery or for its last
    /// message: up to 3. None where it only waits for the host.
    pub fn attempts(&self) -> u8 {
        self.memory().attempts
    }

    /// What is known of the pairs.
    pub const fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    /// Whether the job goes on with its first test message: not before the host has acknowledged
    /// the finding that this pause leaves behind, because whoever receives the message asks the host
    /// about the job.
    pub fn awaits_acknowledgement(&self) -> bool {
        let memory = self.memory();
        memory.battery != Finish::Running && memory.messages.is_empty()
    }

    pub(super) fn memory(&self) -> Memory {
        Memory::unpack(self.memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Fate;

    #[test]
    fn whatever_a_dialogue_remembers_fits() {
        for (place, pair) in PairId::all().enumerate() {
            let fate = |at: usize| Fate::of_number(((place + at) % 6) as u8).unwrap();
            let mut messages = Messages::default();
            for at in 0..place % 4 {
                let other = PairId::new((place + 17 * at) % super::super::PAIRS.len()).unwrap();
                messages.push(other);
                messages.decide(fate(at));
            }
            let memory = Memory {
                next: (place % 5 > 0).then_some(pair),
                attempts: (place % 4) as u8,
                battery: Finish::of_number(place as u8),
                behind_tls: place % 2 == 0,
                messages,
            };
            assert_eq!(Memory::unpack(memory.pack()), memory);
        }
        assert_eq!(Memory::unpack(Memory::default().pack()), Memory::default());
    }
}
