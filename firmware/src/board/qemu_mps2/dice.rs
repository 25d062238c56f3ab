//! Random octets from a seed (SplitMix64): the board has no generator.

use core::cell::Cell;

use firmware::net::Random;

/// The generator.
pub(crate) struct Dice(Cell<u64>);

impl Dice {
    /// One that gives what follows from `seed`.
    pub(super) const fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

impl Random for Dice {
    fn fill(&self, octets: &mut [u8]) {
        for piece in octets.chunks_mut(8) {
            let random = self.next().to_le_bytes();
            for (octet, random) in piece.iter_mut().zip(random) {
                *octet = random;
            }
        }
    }
}
