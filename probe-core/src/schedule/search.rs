//! The search for whose turn it is.

use super::networks::Room;
use crate::{finding::JobSerial, time::Instant};

/// One of those who could have the turn; the least of those who have room gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Candidate {
    Parked { due: Instant, serial: JobSerial },
    Scouted { arrival: u32 },
    Queued { arrival: u32 },
}

/// The best candidate so far, and when to look again if there is none.
#[derive(Default)]
pub(super) struct Search {
    pub(super) best: Option<Candidate>,
    pub(super) earliest: Option<Instant>,
    pub(super) too_many_networks: bool,
}

impl Search {
    /// Somebody may get a turn then.
    pub(super) fn wait(&mut self, at: Instant) {
        self.earliest = Some(self.earliest.map_or(at, |earliest| earliest.min(at)));
    }

    /// Looks at a candidate; `room` is asked only where it matters.
    pub(super) fn see(&mut self, candidate: Candidate, room: impl Fn() -> Room) {
        if self.best.is_some_and(|best| best < candidate) {
            return;
        }
        let at = match room() {
            Room::Now => {
                self.best = Some(candidate);
                return;
            }
            Room::Later => return,
            Room::At(at) => at,
            Room::TooManyNetworks(at) => {
                self.too_many_networks = true;
                at
            }
        };
        self.wait(at);
    }
}
