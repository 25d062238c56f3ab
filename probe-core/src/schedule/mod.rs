//! The schedule: which target is next, and how hard each may be asked.
//!
//! It hands out a target only when its network has room and the spacing is over, so that no
//! worker is held up by a target that has to wait, and no target by another one. Every limit is
//! a constant here or a rate of the scope.

mod came;
mod ledger;
mod names;
mod networks;
mod scouting;
mod search;
mod slots;
#[cfg(test)]
mod tests;
mod turn;

use core::{net::IpAddr, num::NonZeroU32};

use crate::{
    finding::JobSerial,
    frame::{ScanId, message::LimitCounters},
    proxy::AttemptId,
    relay::{PairId, PairSet, Parked},
    scope::{DNSBL_PORT, Rates, Refusal},
    target::{RateNetwork, Target},
    time::{Instant, Millis, Stamp},
};

pub use ledger::{LEDGER_TARGETS_MAX, REFUSALS_COUNT_FOR};
pub use names::Names;
pub use networks::NETWORKS_WATCHED_MAX;
pub use scouting::{Heard, SCOUT_WAITS, SCOUTED_TARGETS_MAX, Scouting};
pub use turn::{Opening, ParkedJob, Queued, Queueing, Turn, Whose};

use came::Came;
use ledger::Ledger;
use networks::{Networks, Room};
use scouting::{Scouted, Ways};
use search::{Candidate, Search};
use slots::Slots;
use turn::{Running, parked_until_max};

/// How many targets wait for their first turn. In long scans they leave for
/// [`SCOUTED_TARGETS_MAX`] places that take less memory.
pub const QUEUED_TARGETS_MAX: usize = if cfg!(feature = "small") { 16 } else { 32 };
/// How many jobs can be parked at once.
pub const PARKED_JOBS_MAX: usize = if cfg!(feature = "small") { 16 } else { 64 };
/// How many jobs can run at once, whatever the number of workers.
pub const RUNNING_JOBS_MAX: usize = if cfg!(feature = "small") { 8 } else { 16 };
/// Jobs that one boot can number: serials are 40 bits, 16 of boot and 24 of counter.
pub const JOBS_OF_A_BOOT_MAX: u32 = (1 << 24) - 1;
/// Of those: kept for dead targets that are not told yet when the others are spent.
const DEAD_SERIALS_KEPT: u32 = 1 << 13;
/// The last boot that has job numbers.
pub const BOOT_MAX: u32 = (1 << 16) - 1;

/// A target that others have asked today is asked only if it may give so many more refusals: with fewer a battery
/// would not come to its end, and its finding would stand before the one that is known.
pub const REFUSALS_OF_A_BATTERY: u8 = 9;

/// Targets that wait, run and are parked.
#[derive(Debug)]
pub struct Schedule {
    rates: Rates,
    boot: u32,
    /// Jobs numbered so far.
    jobs: u32,
    /// Targets queued so far: the lowest is next.
    arrivals: u32,
    queued: Slots<Queued, QUEUED_TARGETS_MAX>,
    scouted: Slots<Scouted, SCOUTED_TARGETS_MAX>,
    ways: Ways,
    /// The scan has so many lines that scouting is worth it.
    many_lines: bool,
    /// How many more targets of late have answered than have not.
    answers: u8,
    parked: Slots<ParkedJob, PARKED_JOBS_MAX>,
    running: Slots<Running, RUNNING_JOBS_MAX>,
    networks: Networks,
    ledger: Ledger,
    /// When the device handed out its last job, and opened its last connection.
    handed: Option<Instant>,
    opened: Option<Instant>,
    limits: LimitCounters,
}

/// For how long a job waits before it asks again for a place that only another job's end frees.
const ASK_AGAIN_AFTER: Millis = Millis(100);

impl Schedule {
    /// An empty schedule of one boot.
    #[inline(never)]
    pub const fn new(boot: u32) -> Self {
        Self {
            rates: Rates::DEFAULT,
            boot,
            jobs: 0,
            arrivals: 0,
            queued: Slots::new(),
            scouted: Slots::new(),
            ways: Ways::NONE,
            many_lines: false,
            answers: 0,
            parked: Slots::new(),
            running: Slots::new(),
            networks: Networks::new(),
            ledger: Ledger::new(),
            handed: None,
            opened: None,
            limits: LimitCounters {
                queue: 0,
                parked: 0,
                networks: 0,
                ledger: 0,
                running: 0,
                outbox: 0,
            },
        }
    }

    /// From here on at these rates.
    pub fn set_rates(&mut self, rates: Rates) {
        self.rates = rates;
    }

    /// An earlier boot may have asked any target until `now`: the spacing of every network counts
    /// from here.
    pub fn resume(&mut self, now: Instant) {
        self.networks.were_asked(now);
    }

    /// Queues the target of line `index` of `scan`'s list. In other boots, or by other devices, it was made
    /// to give `told` refusals of late, which count like those of this boot.
    pub fn queue(
        &mut self,
        now: Instant,
        scan: ScanId,
        index: u32,
        target: Target,
        names: &Names,
        told: u8,
    ) -> Queueing {
        if self.holds(target) || self.ledger.knows(target, scan) {
            return Queueing::Refused(Refusal::Duplicate);
        }
        let refusals_max = self.rates.target_refusals_max;
        let refusals = self.ledger.refusals_with(now, target, told);
        let needed = if told > 0 {
            REFUSALS_OF_A_BATTERY.min(refusals_max)
        } else {
            1
        };
        if refusals_max.saturating_sub(refusals) < needed {
            return Queueing::Refused(Refusal::RefusalsSpent);
        }
        let queued = Queued {
            target,
            names: names.clone(),
            index,
            told,
            arrival: self.arrivals,
        };
        if self.queued.insert(queued).is_err() {
            count(&mut self.limits.queue);
            return Queueing::Full;
        }
        self.arrivals = self.arrivals.saturating_add(1);
        Queueing::Queued
    }

    /// Whose turn it is: parked jobs that are due, the longest due first, then queued targets in
    /// the order of their arrival; whoever has to wait is passed over.
    pub fn next(&mut self, now: Instant, scan: ScanId) -> Whose {
        let device_ready = self
            .handed
            .map_or(Instant::BOOT, |handed| handed + self.device_spacing());
        let mut search = Search::default();
        for job in self.parked.iter() {
            let due = job.turn_at(&self.rates);
            let candidate = Candidate::Parked {
                due,
                serial: job.serial(),
            };
            search.see(candidate, || self.room(now, due, job.target()));
        }
        for scouted in self.scouted.iter() {
            if self.is_for_worker(now, scouted) {
                let candidate = Candidate::Scouted {
                    arrival: scouted.arrival,
                };
                search.see(candidate, || self.room(now, Instant::BOOT, scouted.target));
            } else {
                search.wait(self.ways.until(scouted.target));
            }
        }
        let is_scouting = self.is_scouting();
        for queued in self.queued.iter() {
            if is_scouting && self.is_scouted(now, queued) {
                search.wait(self.ways.until(queued.target));
                continue;
            }
            let candidate = Candidate::Queued {
                arrival: queued.arrival,
            };
            search.see(candidate, || self.room(now, Instant::BOOT, queued.target));
        }
        if search.too_many_networks {
            count(&mut self.limits.networks);
        }
        let Some(candidate) = search.best else {
            return match search.earliest {
                Some(at) if at < Instant::NEVER => Whose::Wait(at.max(device_ready)),
                _ => Whose::Nobody,
            };
        };
        if device_ready > now {
            return Whose::Wait(device_ready);
        }
        if self.running.free() == 0 {
            count(&mut self.limits.running);
            return Whose::Nobody;
        }
        self.hand_out(now, scan, candidate)
    }

    /// Whether a running job may open a connection now.
    pub fn may_open(&mut self, now: Instant, serial: JobSerial) -> Opening {
        let Some(job) = self.running.find(|of| of.serial == serial) else {
            return Opening::No(Refusal::ScanEnded);
        };
        let (target, network) = (job.target, job.network);
        if self.refusals_left(now, target) == 0 {
            return Opening::No(Refusal::RefusalsSpent);
        }
        if job.connections >= self.rates.target_connections_max {
            return Opening::At(now + ASK_AGAIN_AFTER);
        }
        let device_ready = self
            .opened
            .map_or(Instant::BOOT, |opened| opened + self.device_spacing());
        let network_ready = match self.networks.room_for_connection(now, network, &self.rates) {
            Room::Now => now,
            Room::At(at) => at,
            Room::Later | Room::TooManyNetworks(_) => now + ASK_AGAIN_AFTER,
        };
        let ready = network_ready.max(device_ready);
        if ready > now {
            return Opening::At(ready);
        }
        if let Some(job) = self.running.find_mut(|of| of.serial == serial) {
            job.connections = job.connections.saturating_add(1);
        }
        self.networks.connection_opened(now, network);
        self.opened = Some(now);
        Opening::Now
    }

    /// A running job's connection is closed, or did not open.
    pub fn connection_closed(&mut self, serial: JobSerial) {
        if let Some(job) = self.running.find_mut(|of| of.serial == serial)
            && job.connections > 0
        {
            job.connections = job.connections.saturating_sub(1);
            self.networks.connection_closed(job.network);
        }
    }

    /// A running job's target gave so many more refusals.
    pub fn spent(&mut self, now: Instant, serial: JobSerial, refusals: u8) {
        if refusals > 0
            && let Some(job) = self.running.find_mut(|of| of.serial == serial)
        {
            job.refusals = job.refusals.saturating_add(refusals);
            self.ledger.spend(now, job.target, refusals);
        }
    }

    /// How many refusals a running job's target has given since it was handed out.
    pub fn running_refusals(&self, serial: JobSerial) -> u8 {
        self.running
            .find(|of| of.serial == serial)
            .map_or(0, |of| of.refusals)
    }

    /// Whether a running job can be parked until `until`, and until when it then is: not before
    /// its target may be made to refuse again, and not for longer than the scope allows. Counts
    /// when there is no room.
    pub fn may_park(&mut self, now: Instant, serial: JobSerial, until: Instant) -> Option<Instant> {
        let job = self.running.find(|of| of.serial == serial)?;
        let last = parked_until_max(job.parked_since.map_or(now, Stamp::instant), &self.rates);
        let due = if self.refusals_left(now, job.target) == 0 {
            self.ledger.renewed(job.target).unwrap_or(until).max(until)
        } else {
            until
        };
        if due > last {
            return None;
        }
        if self.parked.free() == 0 {
            count(&mut self.limits.parked);
            return None;
        }
        Some(due)
    }

    /// Takes a running job back until `due`, which [`Schedule::may_park`] gave, and where it `awaits`
    /// a record until the host has acknowledged that.
    #[expect(
        clippy::too_many_arguments,
        reason = "all that a parked job is; nothing else takes them together"
    )]
    pub fn park(
        &mut self,
        now: Instant,
        serial: JobSerial,
        due: Instant,
        revisions: u8,
        names: &Names,
        parked: Parked,
        awaits: Option<NonZeroU32>,
    ) {
        if let Some(job) = self.give_back(serial) {
            let kept = self.parked.insert(ParkedJob {
                revisions,
                names: names.clone(),
                parked,
                returned: job.came.pairs(),
                due: due.into(),
                since: job.parked_since.unwrap_or(now.into()),
                awaits,
            });
            if kept.is_err() {
                count(&mut self.limits.parked);
            }
        }
    }

    /// The host has acknowledged every record through this one.
    pub fn acknowledged(&mut self, through: u32) {
        for job in self.parked.iter_mut() {
            job.awaits = job.awaits.filter(|record| record.get() > through);
        }
    }

    /// Takes a running job back for good.
    pub fn finish(&mut self, serial: JobSerial) {
        self.give_back(serial);
    }

    /// The target of a running job.
    pub fn running_target(&self, serial: JobSerial) -> Option<Target> {
        self.running
            .find(|of| of.serial == serial)
            .map(|of| of.target)
    }

    /// The target of a job that runs or is parked.
    pub fn target_of(&self, serial: JobSerial) -> Option<Target> {
        let parked = || self.parked.find(|of| of.serial() == serial);
        self.running_target(serial)
            .or_else(|| parked().map(ParkedJob::target))
    }

    /// A message of a job that runs or is parked has come back; false where one of this pair had
    /// before.
    pub fn returned(&mut self, serial: JobSerial, pair: PairId) -> bool {
        if let Some(job) = self.running.find_mut(|of| of.serial == serial) {
            return job.came.message(pair);
        }
        let Some(job) = self.parked.find_mut(|of| of.serial() == serial) else {
            return false;
        };
        let is_news = !job.returned.contains(pair);
        job.returned.insert(pair);
        is_news
    }

    /// A visit of a proxy job that runs has come; false where one of this attempt had before. Such a job
    /// is never parked.
    pub fn visited(&mut self, serial: JobSerial, attempt: AttemptId) -> bool {
        let job = self.running.find_mut(|of| of.serial == serial);
        job.is_some_and(|job| job.came.visit(attempt))
    }

    /// A target that still waits for its turn, or is asked without a socket, and its line of the
    /// list; where there is an `address`, only one there.
    pub fn first_waiting(&self, address: Option<IpAddr>) -> Option<(u32, Target)> {
        let queued = self
            .queued
            .iter()
            .map(|of| (of.arrival, of.index, of.target));
        let scouted = self
            .scouted
            .iter()
            .map(|of| (of.arrival, of.index, of.target));
        let there = |target: Target| address.is_none_or(|address| target.address() == address);
        let first = queued
            .chain(scouted)
            .filter(|(_, _, target)| there(*target))
            .min_by_key(|(arrival, _, _)| *arrival);
        first.map(|(_, index, target)| (index, target))
    }

    /// Forgets such a target.
    pub fn drop_waiting(&mut self, index: u32) {
        self.queued.take(|of| of.index == index);
        self.scouted.take(|of| of.index == index);
    }

    /// A parked job, if any; where there is an `address`, only one there.
    pub fn first_parked(&self, address: Option<IpAddr>) -> Option<&ParkedJob> {
        self.parked
            .iter()
            .filter(|of| address.is_none_or(|address| of.target().address() == address))
            .min_by_key(|of| of.due.instant())
    }

    /// Forgets a parked job.
    pub fn drop_parked(&mut self, serial: JobSerial) {
        self.parked.take(|of| of.serial() == serial);
    }

    /// How many targets wait for their first turn.
    pub fn queued_targets(&self) -> usize {
        self.queued.len()
    }

    /// How many more can.
    pub fn queue_room(&self) -> usize {
        self.queued.free()
    }

    /// How many jobs run.
    pub fn running_jobs(&self) -> usize {
        self.running.len()
    }

    /// How many connections are open that [`Schedule::may_open`] has allowed.
    pub fn connections(&self) -> u16 {
        self.networks.connections()
    }

    /// How many jobs are parked.
    pub fn parked_jobs(&self) -> usize {
        self.parked.len()
    }

    /// Whether nothing waits, runs or is parked.
    pub fn is_empty(&self) -> bool {
        self.queued.len() == 0
            && self.scouted.len() == 0
            && self.running.len() == 0
            && self.parked.len() == 0
    }

    /// How often limits were reached.
    pub const fn limits(&self) -> LimitCounters {
        self.limits
    }

    fn holds(&self, target: Target) -> bool {
        self.queued.find(|of| of.target == target).is_some()
            || self.scouted.find(|of| of.target == target).is_some()
            || self.parked.find(|of| of.target() == target).is_some()
            || self.running.find(|of| of.target == target).is_some()
    }

    fn refusals_left(&self, now: Instant, target: Target) -> u8 {
        self.rates
            .target_refusals_max
            .saturating_sub(self.ledger.refusals(now, target))
    }

    /// The least time between two connections of the whole device.
    fn device_spacing(&self) -> Millis {
        let each_second = u64::from(self.rates.connections_per_second_max);
        let ms = 1_000u64
            .saturating_add(each_second)
            .saturating_sub(1)
            .checked_div(each_second)
            .unwrap_or(1_000);
        Millis(ms)
    }

    /// Whether a target that is due at `due` can run. Block lists are asked about one address after the
    /// other: it is the same few servers that are asked.
    fn room(&self, now: Instant, due: Instant, target: Target) -> Room {
        if due > now {
            return Room::At(due);
        }
        let asks_lists = |target: Target| target.port() == DNSBL_PORT;
        if asks_lists(target) && self.running.iter().any(|of| asks_lists(of.target)) {
            return Room::Later;
        }
        self.networks
            .room_for_job(now, RateNetwork::of(target.address()), &self.rates)
    }

    fn hand_out(&mut self, now: Instant, scan: ScanId, candidate: Candidate) -> Whose {
        let target = match candidate {
            Candidate::Scouted { arrival } => self
                .scouted
                .find(|of| of.arrival == arrival)
                .map(|of| (of.target, of.told)),
            Candidate::Queued { arrival } => self
                .queued
                .find(|of| of.arrival == arrival)
                .map(|of| (of.target, of.told)),
            Candidate::Parked { serial, .. } => self
                .parked
                .find(|of| of.serial() == serial)
                .map(|of| (of.target(), 0)),
        };
        let Some((target, told)) = target else {
            return Whose::Nobody;
        };
        let network = RateNetwork::of(target.address());
        if !self.networks.job_handed(now, network, &self.rates) {
            return Whose::Nobody;
        }
        self.handed = Some(now);
        self.touch(now, scan, target, told);
        let refusals_max = self.refusals_left(now, target);
        let Some((turn, parked_since)) = self.take_turn(candidate, refusals_max) else {
            self.networks.job_returned(network);
            return Whose::SerialsSpent;
        };
        let running = Running {
            serial: turn.serial,
            target,
            network,
            connections: 0,
            refusals: 0,
            parked_since,
            came: Came::of_pairs(turn.returned),
        };
        match self.running.insert(running) {
            Ok(()) => Whose::Turn(turn),
            Err(_) => Whose::Nobody,
        }
    }

    /// Remembers that a target was probed in this scan.
    fn touch(&mut self, now: Instant, scan: ScanId, target: Target, told: u8) {
        let (running, parked) = (&self.running, &self.parked);
        let forgot = self.ledger.touch(now, target, scan, told, |other| {
            running.find(|of| of.target == other).is_some()
                || parked.find(|of| of.target() == other).is_some()
        });
        if forgot {
            count(&mut self.limits.ledger);
        }
    }

    fn take_turn(
        &mut self,
        candidate: Candidate,
        refusals_max: u8,
    ) -> Option<(Turn, Option<Stamp>)> {
        match candidate {
            Candidate::Queued { arrival } | Candidate::Scouted { arrival } => {
                let serial = self.next_serial()?;
                let queued = match candidate {
                    Candidate::Scouted { .. } => {
                        self.scouted.take(|of| of.arrival == arrival)?.queued()
                    }
                    _ => self.queued.take(|of| of.arrival == arrival)?,
                };
                let turn = Turn {
                    serial,
                    revision: 0,
                    target: queued.target,
                    names: queued.names,
                    refusals_max,
                    returned: PairSet::EMPTY,
                    may_deliver: true,
                    parked: None,
                };
                Some((turn, None))
            }
            Candidate::Parked { serial, .. } => {
                let job = self.parked.take(|of| of.serial() == serial)?;
                let turn = Turn {
                    serial,
                    revision: job.revisions,
                    target: job.target(),
                    names: job.names,
                    refusals_max,
                    returned: job.returned,
                    may_deliver: job.awaits.is_none(),
                    parked: Some(job.parked),
                };
                Some((turn, Some(job.since)))
            }
        }
    }

    fn give_back(&mut self, serial: JobSerial) -> Option<Running> {
        let job = self.running.take(|of| of.serial == serial)?;
        for _ in 0..job.connections {
            self.networks.connection_closed(job.network);
        }
        self.networks.job_returned(job.network);
        Some(job)
    }

    /// Numbers for the jobs of so many dead targets, one behind the other; the first of them.
    pub fn dead_serials(&mut self, count: u16) -> Option<JobSerial> {
        self.serials(count, JOBS_OF_A_BOOT_MAX)
    }

    fn next_serial(&mut self) -> Option<JobSerial> {
        self.serials(1, JOBS_OF_A_BOOT_MAX.saturating_sub(DEAD_SERIALS_KEPT))
    }

    /// Whether a job can have a number.
    const fn has_serials(&self) -> bool {
        self.boot <= BOOT_MAX && self.jobs < JOBS_OF_A_BOOT_MAX.saturating_sub(DEAD_SERIALS_KEPT)
    }

    fn serials(&mut self, count: u16, max: u32) -> Option<JobSerial> {
        if self.boot > BOOT_MAX || u32::from(count) > max.saturating_sub(self.jobs) {
            return None;
        }
        let first = self.jobs.saturating_add(1);
        self.jobs = self.jobs.saturating_add(u32::from(count));
        Some(JobSerial(u64::from(self.boot) << 24 | u64::from(first)))
    }
}

fn count(counter: &mut u32) {
    *counter = counter.saturating_add(1);
}
