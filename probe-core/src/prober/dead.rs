//! Gathering dead targets until they are worth a record.

use super::{OutboxFull, Prober};
use crate::{
    dead::{DEAD_RANGE_TARGETS_MAX, DeadBy, DeadRange, behind},
    evidence::Evidence,
    frame::ToHost,
    target::Target,
    time::{Instant, Millis},
    verdict::RULES,
};

/// Up to so many lines of a list have a finding each, told at once: as many as there are workers,
/// so that none of them waits for another one's silence.
pub const FEW_LINES_MAX: u32 = if cfg!(feature = "small") { 8 } else { 16 };
/// How many ranges of dead targets are gathered at once. One more closes the
/// one that has not grown for longest.
pub const DEAD_RANGES_GATHERED_MAX: usize = if cfg!(feature = "small") { 8 } else { 16 };
/// A range in which no target has died for so long is told, in milliseconds.
pub const DEAD_RANGE_IDLE_MS: u64 = 20_000;

/// Ranges that may still grow.
#[derive(Debug)]
pub(super) struct Gathered([Option<Range>; DEAD_RANGES_GATHERED_MAX]);

#[derive(Clone, Copy, Debug)]
struct Range {
    first: Target,
    count: u16,
    by: DeadBy,
    hours: u16,
    began: Instant,
    ended: Instant,
}

impl Gathered {
    #[inline(never)]
    pub(super) const fn new() -> Self {
        Self([None; DEAD_RANGES_GATHERED_MAX])
    }

    /// How many targets are gathered.
    pub(super) fn targets(&self) -> usize {
        let counts = self.0.iter().flatten().map(|range| range.count);
        counts.fold(0, |sum: usize, count| {
            sum.saturating_add(usize::from(count))
        })
    }

    /// Where the first range for which `is` holds stands.
    fn place(&self, is: impl Fn(&Range) -> bool) -> Option<usize> {
        self.0
            .iter()
            .position(|slot| slot.as_ref().is_some_and(&is))
    }

    /// Keeps a new range, if there is room.
    fn keep(&mut self, range: Range) -> bool {
        match self.0.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => {
                *slot = Some(range);
                true
            }
            None => false,
        }
    }

    /// Adds a target to a range that it continues, at either end.
    fn extend(&mut self, dead: Range) -> bool {
        let continued = self.0.iter_mut().flatten().find_map(|range| {
            let fits = range.by == dead.by
                && range.hours == dead.hours
                && range.first.port() == dead.first.port()
                && range.count < DEAD_RANGE_TARGETS_MAX;
            if !fits {
                return None;
            }
            let (of_range, of_dead) = (range.first.address(), dead.first.address());
            if behind(of_range, u32::from(range.count)) == Some(of_dead) {
                Some((range.first, range))
            } else if behind(of_dead, 1) == Some(of_range) {
                Some((dead.first, range))
            } else {
                None
            }
        });
        let Some((first, range)) = continued else {
            return false;
        };
        *range = Range {
            first,
            count: range.count.saturating_add(1),
            began: range.began.min(dead.began),
            ended: range.ended.max(dead.ended),
            ..*range
        };
        true
    }
}

impl Prober {
    /// Whether this scan has too many lines to tell of each by itself.
    pub(super) const fn has_many_lines(&self) -> bool {
        self.list.taken > FEW_LINES_MAX
    }

    /// Takes a target whose job is over as dead. It counts as running until it is told.
    pub(super) fn gather_dead(
        &mut self,
        now: Instant,
        target: Target,
        began: Instant,
        hours: u16,
        by: DeadBy,
    ) -> Result<(), OutboxFull> {
        let dead = Range {
            first: target,
            count: 1,
            by,
            hours,
            began,
            ended: now,
        };
        if self.dead.extend(dead) {
            return Ok(());
        }
        if self.dead.keep(dead) {
            return Ok(());
        }
        let longest_idle = self.dead.0.iter().flatten().map(|range| range.ended).min();
        if let Some(place) = self.dead.place(|range| Some(range.ended) == longest_idle) {
            self.tell_range(place)?;
        }
        // There is room: a range has just left.
        self.dead.keep(dead);
        Ok(())
    }

    /// Tells every range, as far as there is room.
    pub(super) fn tell_dead(&mut self) -> Result<(), OutboxFull> {
        while let Some(place) = self.dead.place(|_| true) {
            self.tell_range(place)?;
        }
        Ok(())
    }

    /// Tells the ranges that grow no more.
    pub(super) fn tell_idle_dead(&mut self, now: Instant) {
        let is_over = |range: &Range| {
            range.count >= DEAD_RANGE_TARGETS_MAX || range.ended + Millis(DEAD_RANGE_IDLE_MS) <= now
        };
        while let Some(place) = self.dead.place(is_over) {
            if self.tell_range(place).is_err() {
                return;
            }
        }
    }

    /// Makes a record of a range and forgets it. Without room it stays.
    fn tell_range(&mut self, place: usize) -> Result<(), OutboxFull> {
        let (Some(range), Some(scope)) = (self.dead.0.get(place).copied().flatten(), self.scope())
        else {
            return Err(OutboxFull);
        };
        let (depth, lab) = (scope.depth, scope.lab);
        let probe = scope.probe_of(range.first.port());
        if !self.has_room_for_a_record() {
            super::count(&mut self.outbox_full);
            return Err(OutboxFull);
        }
        // There is one: the schedule keeps enough of them back.
        let job = self.schedule.dead_serials(range.count).ok_or(OutboxFull)?;
        let told = DeadRange {
            id: self.next_record(),
            job,
            first: range.first.endpoint(),
            count: range.count,
            by: range.by,
            probe,
            depth,
            lab,
            path_checked: self.is_path_checked(range.first.port()),
            hours: range.hours,
            began: range.began,
            ended: range.ended,
            rules: RULES,
        };
        self.record(&ToHost::<&Evidence>::Dead(told))?;
        if let Some(slot) = self.dead.0.get_mut(place) {
            *slot = None;
        }
        self.list.done = self.list.done.saturating_add(u32::from(range.count));
        Ok(())
    }
}
