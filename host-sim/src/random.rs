//! Randomness that is none: everything follows from the seed.

/// A generator (SplitMix64): small, fast, and the same everywhere. Not for keys.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Fills `octets`.
    pub fn fill(&mut self, octets: &mut [u8]) {
        for chunk in octets.chunks_mut(8) {
            for (place, octet) in chunk.iter_mut().zip(self.bits().to_le_bytes()) {
                *place = octet;
            }
        }
    }
}

/// A number that follows from `seed` and `purpose`.
pub(crate) fn hash(seed: u64, purpose: &[u8]) -> u64 {
    purpose.iter().fold(mix(seed), |state, octet| {
        mix(state ^ u64::from(*octet)).wrapping_add(0x9e37_79b9_7f4a_7c15)
    })
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_octets_and_another_seed_others() {
        let octets = |seed| {
            let mut octets = [0; 12];
            Random::new(seed).fill(&mut octets);
            octets
        };
        assert_eq!(octets(1), octets(1));
        assert_ne!(octets(1), octets(2));
        assert_ne!(hash(1, b"a"), hash(1, b"b"));
        assert_ne!(hash(1, b"a"), hash(2, b"a"));
        assert_ne!(hash(0, b""), hash(0, b"\0"));
    }
}
