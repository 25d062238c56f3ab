//! Which targets had their turn, and how many refusals each of them gave.

use super::slots::Slots;
use crate::{
    frame::ScanId,
    target::Target,
    time::{Instant, Millis},
};

/// How many targets are remembered. When one more comes, the one that was left alone the longest
/// is forgotten, which [`crate::frame::message::LimitCounters::ledger`] counts; a host therefore
/// sends no target twice.
pub const LEDGER_TARGETS_MAX: usize = 256;

/// For how long refusals count: 24 hours without anything new.
pub const REFUSALS_COUNT_FOR: Millis = Millis::from_mins(24 * 60);

/// The targets that had their turn.
#[derive(Debug)]
pub(super) struct Ledger(Slots<Entry, LEDGER_TARGETS_MAX>);

#[derive(Debug)]
struct Entry {
    target: Target,
    scan: ScanId,
    refusals: u8,
    touched: Instant,
}

impl Ledger {
    pub(super) const fn new() -> Self {
        Self(Slots::new())
    }

    /// Whether `target` had its turn in `scan`.
    pub(super) fn knows(&self, target: Target, scan: ScanId) -> bool {
        self.0
            .find(|of| of.target == target && of.scan == scan)
            .is_some()
    }

    /// How many refusals of `target` count.
    pub(super) fn refusals(&self, now: Instant, target: Target) -> u8 {
        self.0
            .find(|of| of.target == target)
            .filter(|of| now < of.touched + REFUSALS_COUNT_FOR)
            .map_or(0, |of| of.refusals)
    }

    /// When the refusals of `target` stop to count, if nothing new comes.
    pub(super) fn renewed(&self, target: Target) -> Option<Instant> {
        self.0
            .find(|of| of.target == target)
            .map(|of| of.touched + REFUSALS_COUNT_FOR)
    }

    /// `target` has its turn in `scan`. True when another one that is not `pinned` had to be
    /// forgotten for it.
    pub(super) fn touch(
        &mut self,
        now: Instant,
        target: Target,
        scan: ScanId,
        pinned: impl Fn(Target) -> bool,
    ) -> bool {
        let refusals = self.refusals(now, target);
        if let Some(of) = self.0.find_mut(|of| of.target == target) {
            of.scan = scan;
            of.refusals = refusals;
            of.touched = now;
            return false;
        }
        let forgets = self.0.free() == 0;
        if forgets {
            let oldest = self
                .0
                .iter()
                .filter(|of| !pinned(of.target))
                .min_by_key(|of| of.touched)
                .map(|of| of.target);
            self.0.take(|of| Some(of.target) == oldest);
        }
        let entry = Entry {
            target,
            scan,
            refusals,
            touched: now,
        };
        let kept = self.0.insert(entry);
        forgets || kept.is_err()
    }

    /// `target` gave so many more refusals.
    pub(super) fn spend(&mut self, now: Instant, target: Target, refusals: u8) {
        if let Some(of) = self.0.find_mut(|of| of.target == target) {
            of.refusals = of.refusals.saturating_add(refusals);
            of.touched = now;
        }
    }
}
