//! The prober: scope, schedule, outbox and link in one. The one type that a shell holds.

use crate::{
    evidence::Evidence,
    finding::{DeviceId, JobSerial, Probe},
    frame::message::{Ended, GuardCounters, Phase, Progress},
    name::Name,
    schedule::Parked,
    scope::{Depth, Refusal, Scope},
    suspect::LISTED_NAMES_MAX,
    target::Target,
    time::Instant,
};

/// One target under one probe, handed to a worker. It goes back by [`Prober::finish`] or
/// [`Prober::park`], once.
#[derive(Debug)]
pub struct Job {
    /// Its number, for ever.
    pub serial: JobSerial,
    /// How often it was parked.
    pub revision: u8,
    /// Where.
    pub target: Target,
    /// Domains that the target is known to serve.
    pub names: heapless::Vec<Name, LISTED_NAMES_MAX, u8>,
    /// What.
    pub probe: Probe,
    /// How much.
    pub depth: Depth,
    /// How many refusals the target may still be made to give; 1 or more.
    pub refusals_max: u8,
    /// When it was handed out.
    pub began: Instant,
    /// Where it stood when it was parked; `None` the first time.
    pub parked: Option<Parked>,
}

/// What a worker does next.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap to box a job into, and a worker holds one at a time"
)]
pub enum Next {
    /// Run it.
    Job(Job),
    /// Ask again then, or when something has changed; see [`Prober::next`].
    Wait(Instant),
    /// Ask again when something has changed.
    Idle,
}

/// Whether a connection may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Yes, and it counts as open until [`Prober::connection_closed`].
    Now,
    /// Ask again then; earlier does no harm.
    At(Instant),
    /// No. End the job with the evidence that there is.
    No(Refusal),
}

/// The outbox has no room: nothing was taken. Try again when something has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxFull;

/// What a shell may stop a scan for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The guard stopped a probe outside the scope.
    GuardViolation,
}

/// The one type that a shell holds. Synchronous: it never waits, reads no clock, and moves no
/// octets but those that it is lent.
///
/// "Something has changed" means: octets were received from the link, a job went back, a
/// connection was closed, or a frame was transmitted. A shell then wakes the workers that wait.
#[derive(Debug)]
pub struct Prober {
    device: DeviceId,
    boot: u32,
}

impl Prober {
    /// A prober without scope and anchor, which probes nothing. `boot` counts the starts of
    /// `device` and is never used twice.
    pub const fn new(device: DeviceId, boot: u32) -> Self {
        Self { device, boot }
    }

    /// Takes in octets from the host, in pieces of any length.
    pub fn link_received(&mut self, now: Instant, octets: &[u8]) {
        let _ = (now, octets);
    }

    /// Writes the next frame for the host into `out`, which is at least
    /// [`crate::frame::FRAME_OCTETS_MAX`] long, and says how many octets it has. `None`: nothing
    /// before [`Prober::link_due`] unless something changes.
    pub fn link_transmit(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        let _ = (now, out);
        None
    }

    /// When to call [`Prober::link_transmit`] again though nothing has changed.
    pub fn link_due(&self, now: Instant) -> Instant {
        let _ = now;
        Instant::NEVER
    }

    /// What a worker does next.
    pub fn next(&mut self, now: Instant) -> Next {
        let _ = now;
        Next::Idle
    }

    /// Whether `job` may open a connection now. Ask before every one.
    pub fn may_open(&mut self, now: Instant, job: &Job) -> Opening {
        let _ = (now, job);
        Opening::No(Refusal::NoScope)
    }

    /// A connection that [`Prober::may_open`] allowed is closed, or did not open.
    pub fn connection_closed(&mut self, now: Instant, job: &Job) {
        let _ = (now, job);
    }

    /// `job` made its target give so many more refusals. Tell it as they come: a job that parks
    /// gets what is left.
    pub fn spent(&mut self, now: Instant, job: &Job, refusals: u8) {
        let _ = (now, job, refusals);
    }

    /// Takes `job` back until `until`, with the evidence so far as an interim finding. Where it
    /// cannot be parked (the scope's hours, the room, the end of the scan) it ends here instead.
    pub fn park(
        &mut self,
        now: Instant,
        job: &Job,
        until: Instant,
        parked: Parked,
        evidence: &Evidence,
    ) -> Result<(), OutboxFull> {
        let _ = (now, job, until, parked, evidence);
        Ok(())
    }

    /// Takes `job` back for good, with its evidence as its last finding.
    pub fn finish(
        &mut self,
        now: Instant,
        job: &Job,
        evidence: &Evidence,
    ) -> Result<(), OutboxFull> {
        let _ = (now, job, evidence);
        Ok(())
    }

    /// Ends the scan: nothing is handed out or opened from here on. Running jobs are given back
    /// by their workers with the evidence that there is.
    pub fn stop(&mut self, now: Instant, why: Stop) {
        let _ = (now, why);
    }

    /// What the guard has counted so far, for the next progress message.
    pub fn guard_counted(&mut self, counters: GuardCounters) {
        let _ = counters;
    }

    /// The scope in force, for the guard and for the dialogues' identity.
    pub fn scope(&self) -> Option<&Scope> {
        None
    }

    /// What the device does.
    pub fn phase(&self) -> Phase {
        Phase::Idle
    }

    /// Why the scan is being ended or is over; workers give their jobs back then.
    pub fn ended(&self) -> Option<Ended> {
        None
    }

    /// What the host is told each second.
    pub fn progress(&self, now: Instant) -> Progress {
        Progress {
            now,
            ..Progress::default()
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
}
