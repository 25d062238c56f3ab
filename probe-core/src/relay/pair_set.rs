//! Sets of pairs.

use serde::{Deserialize, Serialize};

use super::pairs::{PAIRS_MAX, PairId};

/// A set of pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PairSet(u64);

const _: () = assert!(PAIRS_MAX <= 64);

impl PairSet {
    /// The set without a pair.
    pub const EMPTY: Self = Self(0);

    /// The set of one pair.
    pub const fn of(pair: PairId) -> Self {
        Self(1 << (pair.index() & 63))
    }

    /// Whether a pair is in it.
    pub const fn contains(self, pair: PairId) -> bool {
        self.0 & Self::of(pair).0 != 0
    }

    /// Whether no pair is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many pairs are in it.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Puts a pair in.
    // At many places: a call is smaller than a shift of 64 bits.
    #[cfg_attr(target_os = "none", inline(never))]
    pub const fn insert(&mut self, pair: PairId) {
        self.0 |= Self::of(pair).0;
    }

    /// Takes a pair out.
    pub const fn remove(&mut self, pair: PairId) {
        self.0 &= !Self::of(pair).0;
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this one only.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its pairs, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = PairId> {
        PairId::all().filter(move |pair| self.contains(*pair))
    }
}

impl FromIterator<PairId> for PairSet {
    fn from_iter<I: IntoIterator<Item = PairId>>(pairs: I) -> Self {
        let mut set = Self::EMPTY;
        for pair in pairs {
            set.insert(pair);
        }
        set
    }
}
