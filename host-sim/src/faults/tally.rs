//! How many packets did not arrive, and why.

use std::{cell::Cell, ops::AddAssign, rc::Rc};

/// Packets that a wire was given and did not deliver, by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// By chance, alone or in bursts.
    pub lost: u64,
    /// Longer than the wire takes.
    pub too_long: u64,
    /// Too many waited for a wire of limited rate.
    pub queue_full: u64,
    /// Damaged, and seen by the frame check sequence.
    pub damaged: u64,
    /// The cable was out.
    pub cable_out: u64,
}

impl Dropped {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.lost + self.too_long + self.queue_full + self.damaged + self.cable_out
    }
}

impl AddAssign for Dropped {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.too_long += other.too_long;
        self.queue_full += other.queue_full;
        self.damaged += other.damaged;
        self.cable_out += other.cable_out;
    }
}

/// Counts for every wire of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Rc<Cell<Dropped>>);

impl Tally {
    pub(crate) fn count(&self, of: impl FnOnce(&mut Dropped)) {
        let mut dropped = self.0.get();
        of(&mut dropped);
        self.0.set(dropped);
    }

    pub(crate) fn dropped(&self) -> Dropped {
        self.0.get()
    }
}
