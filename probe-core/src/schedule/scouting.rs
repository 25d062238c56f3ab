//! Targets that a shell without a socket asks whether anybody is there.
//!
//! A worker needs ten seconds to learn that nobody answers. A shell that can send a SYN by itself
//! (see the firmware's guard) gets the targets first, many at once, and only those that answer go
//! to a worker. The same rates hold: a first try counts as a connection of its network.

use core::net::SocketAddr;

use super::{Schedule, networks::Room, turn::Queued};
use crate::{
    frame::ScanId,
    scope::DNSBL_PORT,
    target::{RateNetwork, Target},
    time::{Instant, Millis, Stamp},
};

/// How many targets are asked at once.
pub const SCOUTED_TARGETS_MAX: usize = if cfg!(feature = "small") { 48 } else { 128 };
/// How long each try waits for an answer: the next one follows, and behind the last one the
/// target is dead. As TCP doubles its own (RFC 6298).
pub const SCOUT_WAITS: [Millis; 3] = [Millis(1_000), Millis(2_000), Millis(4_000)];

/// Answers are counted up to so many: behind as much silence scouting begins again.
const ANSWERS_COUNTED_MAX: u8 = 16;
/// From so many answers more than silences on, scouting is not worth its round trip: a place where
/// everybody is costs a worker no more than it has to.
const ANSWERS_ENOUGH: u8 = 12;

/// What to send next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scouting {
    /// A try.
    Try {
        /// Whom.
        target: Target,
        /// When it was asked first: the same for all tries.
        since: Instant,
        /// It was asked before.
        again: bool,
    },
    /// Nothing before then, unless something changes.
    Wait(Instant),
    /// Nothing until something changes.
    Nothing,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Somebody accepts connections.
    Answer,
    /// The port is closed.
    Refusal,
    /// Nothing: the shell cannot ask this target, and a worker has to.
    NoWay,
}

/// A target that is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scouted {
    pub(super) target: Target,
    pub(super) index: u32,
    pub(super) arrival: u32,
    since: Stamp,
    due: Stamp,
    tries: u8,
    answered: bool,
    /// Refusals that the host has told of.
    pub(super) told: u8,
}

/// Until when a shell knows the way for each family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ways {
    pub(super) v4: Instant,
    pub(super) v6: Instant,
}

impl Ways {
    pub(super) const NONE: Self = Self {
        v4: Instant::BOOT,
        v6: Instant::BOOT,
    };

    /// Until when the way to `target` is known.
    pub(super) fn until(&self, target: Target) -> Instant {
        if target.address().is_ipv4() {
            self.v4
        } else {
            self.v6
        }
    }

    fn leads_to(&self, now: Instant, target: Target) -> bool {
        self.until(target) > now
    }
}

impl Scouted {
    /// As what it would wait in the queue.
    pub(super) fn queued(&self) -> Queued {
        Queued {
            target: self.target,
            names: super::Names::new(),
            index: self.index,
            arrival: self.arrival,
            told: self.told,
        }
    }
}

impl Schedule {
    /// A shell knows the way to targets of IPv4, or of IPv6, until then. Without a way they go to
    /// the workers.
    pub fn scouts_until(&mut self, is_ipv4: bool, until: Instant) {
        if is_ipv4 {
            self.ways.v4 = until;
        } else {
            self.ways.v6 = until;
        }
    }

    /// What a shell that scouts sends next.
    pub fn scout(&mut self, now: Instant) -> Scouting {
        let ways = self.ways;
        let mut earliest: Option<Instant> = None;
        let mut wait = |at: Instant| {
            earliest = Some(earliest.map_or(at, |earliest| earliest.min(at)));
        };
        let tries_max = SCOUT_WAITS.len();
        for slot in self.scouted.iter_mut() {
            if slot.answered || !ways.leads_to(now, slot.target) {
                continue;
            }
            let wanted = usize::from(slot.tries) < tries_max;
            let due = slot.due.instant();
            if due > now || !wanted {
                wait(due);
                continue;
            }
            let pause = SCOUT_WAITS.get(usize::from(slot.tries));
            slot.due = (now + pause.copied().unwrap_or_default()).into();
            slot.tries = slot.tries.saturating_add(1);
            return Scouting::Try {
                target: slot.target,
                since: slot.since.instant(),
                again: true,
            };
        }
        if self.scouted.free() > 0 {
            match self.next_to_scout(now) {
                Ok(Some(scouting)) => return scouting,
                Ok(None) => {}
                Err(at) => wait(at),
            }
        }
        earliest.map_or(Scouting::Nothing, Scouting::Wait)
    }

    /// Takes the next target out of the queue, or says when there may be one.
    fn next_to_scout(&mut self, now: Instant) -> Result<Option<Scouting>, Instant> {
        let mut best: Option<(u32, Target)> = None;
        let mut earliest = Instant::NEVER;
        let is_scouting = self.is_scouting();
        for queued in self.queued.iter() {
            if !is_scouting || !self.is_scouted(now, queued) {
                continue;
            }
            let network = RateNetwork::of(queued.target.address());
            match self.networks.room_for_scout(now, network, &self.rates) {
                Room::Now if best.is_none_or(|(arrival, _)| queued.arrival < arrival) => {
                    best = Some((queued.arrival, queued.target));
                }
                Room::Now | Room::Later => {}
                Room::At(at) | Room::TooManyNetworks(at) => earliest = earliest.min(at),
            }
        }
        let Some((arrival, target)) = best else {
            return if earliest < Instant::NEVER {
                Err(earliest)
            } else {
                Ok(None)
            };
        };
        let device_ready = self
            .opened
            .map_or(Instant::BOOT, |opened| opened + self.device_spacing());
        if device_ready > now {
            return Err(device_ready);
        }
        let network = RateNetwork::of(target.address());
        if !self.networks.scouted(now, network, &self.rates) {
            return Ok(None);
        }
        let Some(queued) = self.queued.take(|of| of.arrival == arrival) else {
            return Ok(None);
        };
        self.opened = Some(now);
        let first_wait = SCOUT_WAITS.first().copied().unwrap_or_default();
        // There is room: the caller has looked.
        let _ = self.scouted.insert(Scouted {
            target,
            index: queued.index,
            arrival,
            since: now.into(),
            due: (now + first_wait).into(),
            tries: 1,
            answered: false,
            told: queued.told,
        });
        Ok(Some(Scouting::Try {
            target,
            since: now,
            again: false,
        }))
    }

    /// A target whose answer is waited for, and when it was asked first.
    pub fn scouted_target(&self, target: SocketAddr) -> Option<(Target, Instant)> {
        self.scouted
            .find(|of| of.target.endpoint() == target && !of.answered)
            .map(|of| (of.target, of.since.instant()))
    }

    /// Somebody has answered: a worker's turn.
    pub fn scout_answered(&mut self, target: SocketAddr) {
        self.leave_to_worker(target);
        self.answered(true);
    }

    /// A target that did not answer its last try, and since when it was asked.
    pub fn silent(&self, now: Instant) -> Option<(Target, Instant)> {
        let ways = self.ways;
        self.scouted
            .find(|of| {
                !of.answered
                    && usize::from(of.tries) >= SCOUT_WAITS.len()
                    && of.due.instant() <= now
                    && ways.leads_to(now, of.target)
            })
            .map(|of| (of.target, of.since.instant()))
    }

    /// A target has answered, or has not, whoever asked it.
    pub fn answered(&mut self, answered: bool) {
        self.answers = if answered {
            self.answers.saturating_add(1).min(ANSWERS_COUNTED_MAX)
        } else {
            self.answers.saturating_sub(1)
        };
    }

    /// Whether it is worth it to ask by a shell first: the list is long, and silence is frequent.
    pub(super) fn is_scouting(&self) -> bool {
        // Silence takes longer than an answer: who has been asked again counts as silent so far.
        let silent_so_far = self.scouted.iter().fold(0, |count: u8, of| {
            count.saturating_add(u8::from(!of.answered && of.tries > 1))
        });
        let mostly_answers = self.answers >= ANSWERS_ENOUGH.saturating_add(silent_so_far);
        self.many_lines && self.has_serials() && !mostly_answers
    }

    /// Whether a target that waits in the queue is asked by a shell first, while that
    /// [is worth it](Self::is_scouting). One with known domains is not: its list knows that
    /// somebody is there. Nor is one of which nothing but block lists are asked.
    pub(super) fn is_scouted(&self, now: Instant, queued: &Queued) -> bool {
        queued.names.is_empty()
            && queued.target.port() != DNSBL_PORT
            && self.ways.leads_to(now, queued.target)
    }

    /// Whether a target that was asked goes to a worker: it has answered, or nobody can ask it
    /// any more.
    pub(super) fn is_for_worker(&self, now: Instant, scouted: &Scouted) -> bool {
        scouted.answered || !self.ways.leads_to(now, scouted.target)
    }

    /// Leaves a target that is asked to a worker.
    pub fn leave_to_worker(&mut self, target: SocketAddr) {
        if let Some(scouted) = self.scouted.find_mut(|of| of.target.endpoint() == target) {
            scouted.answered = true;
        }
    }

    /// Takes a target as dead: no worker sees it. It counts as probed in this scan.
    pub fn died(&mut self, now: Instant, scan: ScanId, target: Target) {
        if let Some(scouted) = self.scouted.take(|of| of.target == target) {
            self.touch(now, scan, target, scouted.told);
        }
    }

    /// How many targets are asked.
    pub fn scouted_targets(&self) -> usize {
        self.scouted.len()
    }

    /// From now on targets without known domains are asked by a shell first, if it can; or not.
    pub fn set_many_lines(&mut self, many: bool) {
        self.many_lines = many;
    }
}
