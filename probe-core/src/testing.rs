//! What several tests need.

use serde::Serialize;

use crate::{
    frame::{
        FRAME_OCTETS_MAX, PAYLOAD_OCTETS_MAX, Part, encode_message, message::Proving, write_frame,
    },
    token::Key,
};

/// The seeds of a test: so many, or as many as `POSTERN_SEEDS` says for a long run.
pub(crate) fn seeds(ordinary: u64) -> core::ops::Range<u64> {
    let asked = std::env::var("POSTERN_SEEDS").ok();
    0..asked.map_or(ordinary, |seeds| seeds.parse().unwrap())
}

/// The octets of a message.
pub(crate) fn octets_of<T: Serialize>(message: &T) -> Vec<u8> {
    let mut octets = Vec::new();
    encode_message(message, &mut |octet| {
        octets.push(octet);
        true
    })
    .unwrap();
    octets
}

/// The frames of a message, numbered from `sequence` on.
pub(crate) fn frames_of<T: Serialize>(sequence: u16, message: &T) -> Vec<Vec<u8>> {
    let octets = octets_of(message);
    let parts: Vec<&[u8]> = octets.chunks(PAYLOAD_OCTETS_MAX).collect();
    let frame = |(index, payload): (usize, &&[u8])| {
        let mut frame = vec![0; FRAME_OCTETS_MAX];
        let part = Part {
            first: index == 0,
            last: index + 1 == parts.len(),
            sequence: sequence.wrapping_add(index as u16),
        };
        let length = write_frame(&mut frame, part, payload.iter().copied()).unwrap();
        frame.truncate(length);
        frame
    };
    parts.iter().enumerate().map(frame).collect()
}

/// A small generator (SplitMix64): the same seed gives the same numbers on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number under `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// A scan that sends no messages, and whose tokens have a key for tests.
pub(crate) const PROVING: Proving = Proving {
    key: Key::new([7; 16]),
    deliver: false,
};
