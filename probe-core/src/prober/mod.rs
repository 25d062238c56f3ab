//! The prober: scope, schedule, outbox and link in one. The one type that a shell holds.
//!
//! ```text
//! no scope or no anchor: Idle -> scope, Hello, Start -> Running -> Stopping(why) -> Ended(why)
//! ```
//!
//! A scan ends when its list is done, when the host says so, when the scope's time is over, or
//! when the guard stops a probe. It stays in `Stopping` until every job is back and whatever
//! never had its turn has been told.

mod arrivals;
#[cfg(test)]
mod closed;
mod dead;
mod device;
mod job;
mod kept;
mod link;
mod objections;
mod records;
mod scout;
mod sink;
#[cfg(test)]
mod tests;
mod visit;
mod way;

use core::num::NonZeroU32;

use crate::{
    dead::DeadBy,
    evidence::Evidence,
    finding::DeviceId,
    frame::{
        RECORD_OCTETS_MAX, ScanId, ScopeDigest,
        message::{
            Ended, GuardCounters, LimitCounters, NetworkState, Phase, Progress, SinkCounters,
            Targets,
        },
    },
    outbox::{Outbox, backlog::Backlog},
    relay::Parked,
    schedule::{Names, Queueing, Schedule, Whose},
    scope::{DNSBL_PORT, Refusal, Scope},
    suspect::Suspect,
    target::Target,
    tester::{Tester, TesterId},
    time::{Anchor, Instant, Utc},
    token::{Key, KeyDigest},
};

#[cfg(not(feature = "small"))]
use crate::dnsbl::Healths;

pub use crate::schedule::{Heard, Opening, Scouting};
pub use dead::{DEAD_RANGE_IDLE_MS, DEAD_RANGES_GATHERED_MAX, FEW_LINES_MAX};
pub use device::{About, LOG_LINES_MAX};
pub use job::Job;
pub use link::RESEND_AFTER_MS;
pub use objections::OBJECTIONS_MAX;
pub use sink::{UNASKED_ARRIVALS_BURST_MAX, UNASKED_ARRIVALS_EVERY_MS};
pub use visit::{VISITOR_HELLO_WITHIN_MS, Visitor};
pub use way::{PATH_TRIED_AGAIN_AFTER, PATH_TRIES_MAX, PathJob};

use dead::Gathered;
use device::Device;
use link::Link;
use objections::Objections;
use sink::Allowance;
use way::Way;

/// What a worker does next.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap to box a job into, and a worker holds one at a time"
)]
pub enum Next {
    /// Run it.
    Job(Job),
    /// Try the way to our sink.
    Path(PathJob),
    /// Ask again then, or when something has changed; see [`Prober`].
    Wait(Instant),
    /// Ask again when something has changed.
    Idle,
}

/// The outbox has no room: nothing was taken. Try again when something has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxFull;

/// What a shell may stop a scan for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The guard stopped a probe outside the scope.
    GuardViolation,
    /// Somebody pressed the button of the device.
    Button,
}

/// The one type that a shell holds. Synchronous: it never waits, reads no clock, and moves no
/// octets but those that it is lent.
///
/// "Something has changed" means: octets were received from the link, a job went back, or a
/// connection was closed. A shell then wakes the workers that wait.
#[derive(Debug)]
pub struct Prober {
    device: DeviceId,
    boot: u32,
    anchor: Option<Anchor>,
    scope: Option<InForce>,
    /// What tokens are made with, since a host has said.
    key: Option<(Key, KeyDigest)>,
    scan: Option<ScanId>,
    /// The scan that runs sends test messages.
    deliver: bool,
    phase: Phase,
    way: Way,
    list: List,
    schedule: Schedule,
    dead: Gathered,
    outbox: Outbox,
    backlog: Backlog,
    about: Device,
    outbox_full: u32,
    guard: GuardCounters,
    sink: SinkCounters,
    network: NetworkState,
    unasked: Allowance,
    objections: Objections,
    /// What is known of the scope's block lists.
    #[cfg(not(feature = "small"))]
    healths: Healths,
    link: Link,
}

/// A scope that was taken.
#[derive(Debug)]
struct InForce {
    scope: Scope,
    digest: ScopeDigest,
    /// When it was taken, or when this boot began: its powered minutes count from here. Taking the
    /// same scope again does not begin them anew.
    since: Instant,
    /// For how many minutes it was powered before.
    powered_before: u32,
}

/// How far the list of this scan has come.
#[derive(Debug, Default)]
struct List {
    /// Lines taken, and the next one that is.
    taken: u32,
    /// All lines are taken.
    complete: bool,
    /// Lines over.
    done: u32,
    /// Lines refused.
    refused: u32,
}

impl InForce {
    /// For how long it has been powered.
    const fn powered_ms(&self, now: Instant) -> u64 {
        let before_ms = (self.powered_before as u64).saturating_mul(60_000);
        now.since(self.since).0.saturating_add(before_ms)
    }
}

impl Prober {
    /// A prober without scope and anchor, which probes nothing. `boot` counts the starts of
    /// `device` and is never used twice; over [`crate::schedule::BOOT_MAX`] no job has a number
    /// any more and every scan ends with [`Ended::SerialsSpent`].
    ///
    /// It is large. Its parts have functions of their own that are not inlined, so that each is
    /// written to where it stays, and no stack has to hold all of it.
    pub const fn new(device: DeviceId, boot: u32) -> Self {
        Self {
            device,
            boot,
            anchor: None,
            scope: None,
            key: None,
            scan: None,
            deliver: false,
            phase: Phase::Idle,
            way: Way::NOT_CHECKED,
            list: List {
                taken: 0,
                complete: false,
                done: 0,
                refused: 0,
            },
            schedule: Schedule::new(boot),
            dead: Gathered::new(),
            outbox: Outbox::new(),
            backlog: Backlog::new(boot),
            about: Device::new(),
            outbox_full: 0,
            guard: GuardCounters {
                allowed: 0,
                dropped: 0,
                violations: 0,
                strangers: 0,
            },
            sink: SinkCounters {
                sessions: 0,
                dropped: 0,
                messages: 0,
                callouts: 0,
                objections: 0,
                refused: 0,
                forged: 0,
                out_of_window: 0,
                wrong_role: 0,
                put_off: 0,
            },
            network: NetworkState {
                lack: None,
                ipv4: false,
                ipv6: false,
                sockets: 0,
                held: 0,
                connections: 0,
            },
            unasked: Allowance::FULL,
            objections: Objections::new(),
            #[cfg(not(feature = "small"))]
            healths: Healths::new(),
            link: Link::new(),
        }
    }

    /// Whether a host has said what time it is.
    pub const fn is_anchored(&self) -> bool {
        self.anchor.is_some()
    }

    /// What a worker does next.
    pub fn next(&mut self, now: Instant) -> Next {
        self.settle(now);
        if self.phase == Phase::Running
            && let Some(next) = self.next_of_way(now)
        {
            return next;
        }
        let (Phase::Running, Some(scan), Some(in_force), Some(anchor)) =
            (self.phase, self.scan, &self.scope, self.anchor)
        else {
            return Next::Idle;
        };
        let depth = in_force.scope.depth;
        let parked_hours_max = in_force.scope.rates.parked_hours_max;
        let date = anchor.utc(now);
        let hours = hours_since(&in_force.scope, date);
        if !self.has_room_for_a_record() {
            count(&mut self.outbox_full);
            return Next::Idle;
        }
        match self.schedule.next(now, scan) {
            Whose::Turn(turn) => Next::Job(Job {
                serial: turn.serial,
                revision: turn.revision,
                target: turn.target,
                names: turn.names,
                probe: in_force.scope.probe_of(turn.target.port()),
                depth,
                hours,
                refusals_max: turn.refusals_max,
                parked_hours_max,
                began: now,
                deliver: self.deliver && in_force.scope.delivery.allowed && turn.may_deliver,
                date,
                returned: turn.returned,
                parked: turn.parked,
            }),
            Whose::Wait(until) => Next::Wait(until),
            Whose::Nobody => Next::Idle,
            Whose::SerialsSpent => {
                self.end(now, Ended::SerialsSpent);
                Next::Idle
            }
        }
    }

    /// Whether `job` may open a connection now, to its target, or where it asks block lists to the
    /// scope's resolver. Ask before every one.
    pub fn may_open(&mut self, now: Instant, job: &Job) -> Opening {
        self.settle(now);
        let Some(in_force) = &self.scope else {
            return Opening::No(Refusal::NoScope);
        };
        match self.phase {
            Phase::Running => {}
            Phase::Stopping(Ended::Expired | Ended::PoweredMinutes) => {
                return Opening::No(Refusal::Expired);
            }
            Phase::Idle | Phase::Stopping(_) | Phase::Ended(_) => {
                return Opening::No(Refusal::ScanEnded);
            }
        }
        match self.schedule.running_target(job.serial) {
            Some(target) if self.objections.exclude(target.address()) => {
                Opening::No(Refusal::Excluded)
            }
            // It is the resolver that is asked.
            Some(target)
                if target.port() == DNSBL_PORT && in_force.scope.holds(target.address()) =>
            {
                Opening::Now
            }
            Some(target) if in_force.scope.permits(target.endpoint()) => {
                self.schedule.may_open(now, job.serial)
            }
            Some(_) => Opening::No(Refusal::OutsideNetworks),
            None => Opening::No(Refusal::ScanEnded),
        }
    }

    /// A connection that [`Prober::may_open`] allowed is closed, or did not open.
    pub fn connection_closed(&mut self, now: Instant, job: &Job) {
        self.schedule.connection_closed(job.serial);
        self.settle(now);
    }

    /// `job` made its target give so many more refusals. Tell it as they come: a job that parks
    /// gets what is left.
    pub fn spent(&mut self, now: Instant, job: &Job, refusals: u8) {
        self.schedule.spent(now, job.serial, refusals);
    }

    /// Takes `job` back until `until`, with the evidence so far as an interim finding. Where it
    /// cannot be parked (the scope's hours, the room, the end of the scan) it ends here instead.
    /// Where its next step is its first test message, it comes back when the host has acknowledged
    /// that finding, and without permission to send one when the scope's hours are over before.
    /// A job that has gone back already is ignored.
    pub fn park(
        &mut self,
        now: Instant,
        job: &Job,
        until: Instant,
        parked: Parked,
        evidence: &Evidence,
    ) -> Result<(), OutboxFull> {
        self.settle(now);
        let running = self.phase == Phase::Running
            && job.revision < u8::MAX
            && !self.objections.exclude(job.target.address());
        let due = if running {
            self.schedule.may_park(now, job.serial, until)
        } else {
            None
        };
        let Some(due) = due else {
            return self.finish(now, job, evidence);
        };
        let awaits = if parked.awaits_acknowledgement() {
            NonZeroU32::new(self.next_record().number)
        } else {
            None
        };
        self.record_finding(now, job, false, evidence)?;
        let revisions = job.revision.saturating_add(1);
        self.schedule
            .park(now, job.serial, due, revisions, &job.names, parked, awaits);
        Ok(())
    }

    /// Takes `job` back for good, with its evidence as its last finding. A job that has gone back
    /// already is ignored.
    pub fn finish(
        &mut self,
        now: Instant,
        job: &Job,
        evidence: &Evidence,
    ) -> Result<(), OutboxFull> {
        if self.schedule.running_target(job.serial).is_none() {
            return Ok(());
        }
        let dead_by = DeadBy::of(evidence);
        self.schedule.answered(dead_by != Some(DeadBy::NoAnswer));
        match dead_by {
            Some(by) if job.revision == 0 && self.has_many_lines() => {
                self.gather_dead(now, job.target, job.began, evidence.hours(), by)?;
                self.schedule.finish(job.serial);
            }
            Some(_) | None => {
                self.record_finding(now, job, true, evidence)?;
                self.schedule.finish(job.serial);
                count(&mut self.list.done);
            }
        }
        self.settle(now);
        Ok(())
    }

    /// Ends the scan: nothing is handed out or opened from here on. Running jobs are given back
    /// by their workers with the evidence that there is.
    pub fn stop(&mut self, now: Instant, why: Stop) {
        match why {
            Stop::GuardViolation => self.end(now, Ended::GuardViolation),
            Stop::Button => self.end(now, Ended::Button),
        }
    }

    /// What the guard has counted so far, for the next progress message.
    pub fn guard_counted(&mut self, counters: GuardCounters) {
        self.guard = counters;
    }

    /// Who we are under the scope in force; `None` before there are scope and key.
    pub fn tester(&self) -> Option<Tester> {
        let (key, _) = self.key.as_ref()?;
        Some(Tester::new(self.scope()?, key, self.device))
    }

    /// Which [`Prober::tester`] that is.
    pub fn tester_id(&self) -> Option<TesterId> {
        let (_, key) = self.key?;
        let scope = self.scope.as_ref()?.digest;
        Some(TesterId { scope, key })
    }

    /// What is known of the scope's block lists, for [`Job::dnsbl_setup`].
    #[cfg(not(feature = "small"))]
    pub const fn healths(&self) -> Healths {
        self.healths
    }

    /// A job has asked the scope's block lists, and knows this of them now.
    #[cfg(not(feature = "small"))]
    pub fn lists_asked(&mut self, healths: &Healths) {
        self.healths.renew(healths);
    }

    /// How the network was when the shell last said so.
    pub const fn network(&self) -> NetworkState {
        self.network
    }

    /// How the network is, for the progress messages. The host is told at once of what is lacking, and
    /// when that has come.
    pub fn network_is(&mut self, network: NetworkState) {
        let known = (self.network.lack, self.network.ipv4, self.network.ipv6);
        if known != (network.lack, network.ipv4, network.ipv6) {
            self.link.network_changed();
        }
        self.network = network;
    }

    /// The scope in force, for the guard.
    pub fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref().map(|in_force| &in_force.scope)
    }

    /// What the device does.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Why the scan is being ended or is over; workers give their jobs back then.
    pub const fn ended(&self) -> Option<Ended> {
        match self.phase {
            Phase::Idle | Phase::Running => None,
            Phase::Stopping(why) | Phase::Ended(why) => Some(why),
        }
    }

    /// What the host is told each second.
    pub fn progress(&self, now: Instant) -> Progress {
        let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Progress {
            now,
            phase: self.phase,
            scope: self.scope.as_ref().map(|in_force| in_force.digest),
            scan: self.scan,
            targets: Targets {
                taken: self.list.taken,
                queued: short(self.schedule.queued_targets()),
                running: short(
                    self.schedule
                        .running_jobs()
                        .saturating_add(self.schedule.scouted_targets())
                        .saturating_add(self.dead.targets()),
                ),
                parked: short(self.schedule.parked_jobs()),
                done: self.list.done,
                refused: self.list.refused,
            },
            outbox: self.outbox.state(),
            guard: self.guard,
            link: self.link.counters(),
            visits: self.link.visits,
            limits: LimitCounters {
                outbox: self.outbox_full,
                ..self.schedule.limits()
            },
            sink: self.sink,
            network: NetworkState {
                connections: self.schedule.connections(),
                ..self.network
            },
            path: self.path(),
        }
    }

    /// Which device.
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// Which boot.
    pub const fn boot(&self) -> u32 {
        self.boot
    }

    /// Takes a line of the list in, or leaves it for later: false when there is no room. `told` is
    /// how many refusals others have counted.
    fn take_suspect(&mut self, now: Instant, index: u32, suspect: &Suspect, told: u8) -> bool {
        let Some(scan) = self.scan else {
            return false;
        };
        if !self.has_room_for_a_record() {
            count(&mut self.outbox_full);
            return false;
        }
        let queueing = match self.admit(now, suspect) {
            Ok(target) => self.schedule.queue(
                now,
                scan,
                index,
                target,
                &Names::of_list(&suspect.names),
                told,
            ),
            Err(refusal) => Queueing::Refused(refusal),
        };
        match queueing {
            Queueing::Queued => {}
            Queueing::Refused(why) => {
                if self.record_refused(index, suspect, why).is_err() {
                    return false;
                }
                count(&mut self.list.refused);
            }
            Queueing::Full => return false,
        }
        count(&mut self.list.taken);
        self.schedule.set_many_lines(self.has_many_lines());
        true
    }

    /// Whether whatever comes next can be recorded.
    fn has_room_for_a_record(&self) -> bool {
        self.outbox.has_room(RECORD_OCTETS_MAX)
    }

    fn admit(&self, now: Instant, suspect: &Suspect) -> Result<Target, Refusal> {
        let in_force = self.scope.as_ref().ok_or(Refusal::NoScope)?;
        let anchor = self.anchor.ok_or(Refusal::NoAnchor)?;
        let target = in_force.scope.admit(suspect, anchor.utc(now))?;
        if self.objections.exclude(target.address()) {
            return Err(Refusal::Excluded);
        }
        Ok(target)
    }

    /// Looks whether the scan has come to its end, and tells what is left of one that has.
    fn settle(&mut self, now: Instant) {
        if self.phase == Phase::Running {
            self.give_up_objectors();
            if let Some(why) = self.time_is_over(now) {
                self.set_phase(Phase::Stopping(why));
            } else if self.objections.are_too_many() {
                self.set_phase(Phase::Stopping(Ended::Objections));
            } else if self.list.complete && self.schedule.is_empty() && self.tell_dead().is_ok() {
                self.set_phase(Phase::Ended(Ended::ListDone));
            }
        }
        self.tell_idle_dead(now);
        if let Phase::Stopping(why) = self.phase
            && self.tell_what_is_left().is_ok()
            && self.tell_dead().is_ok()
            && self.schedule.is_empty()
        {
            self.set_phase(Phase::Ended(why));
        }
    }

    fn end(&mut self, now: Instant, why: Ended) {
        if self.phase == Phase::Running {
            self.set_phase(Phase::Stopping(why));
        }
        self.settle(now);
    }

    fn set_phase(&mut self, phase: Phase) {
        self.phase = phase;
        self.link.phase_changed();
    }

    fn time_is_over(&self, now: Instant) -> Option<Ended> {
        let (in_force, anchor) = (self.scope.as_ref()?, self.anchor?);
        let powered_ms = in_force.powered_ms(now);
        if anchor.utc(now) >= in_force.scope.expires {
            Some(Ended::Expired)
        } else if powered_ms / 60_000 >= u64::from(in_force.scope.powered_minutes_max) {
            Some(Ended::PoweredMinutes)
        } else {
            None
        }
    }
}

/// Whole hours since the scope was issued.
fn hours_since(scope: &Scope, utc: Utc) -> u16 {
    let hours = utc.0.saturating_sub(scope.issued.0) / 3_600;
    u16::try_from(hours).unwrap_or(u16::MAX)
}

// At many places: a call is smaller.
#[cfg_attr(target_os = "none", inline(never))]
fn count(counter: &mut u32) {
    *counter = counter.saturating_add(1);
}
