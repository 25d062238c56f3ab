//! A day in the life of an appliance: its network gives it addresses and takes them away, its cable is
//! pulled, its router goes down, its host comes and goes, and it scans every personality meanwhile.
//!
//! Each hour has trouble in its first part and none in its last. Where no scan runs then, it is a quiet
//! point: the host asks the device what it has in use, and that has to be what it was before the first
//! scan. In the first hour and in the last, without trouble, servers that take their time have to find
//! every worker and every socket ready.

mod draw;
mod host;

use std::{collections::BTreeMap, fmt, io::Write, time::Duration};

use firmware::appliance::WORKERS;
use probe_core::{
    finding::RecordId,
    frame::message::{Lack, Progress},
    scope::{Scope, ScopeError},
    suspect::Suspect,
    verdict::{Kind, judge},
};

pub use draw::{HOURS, HOURS_MIN, draw};

use crate::{
    failure::Failure,
    faults::Window,
    observer::Allowed,
    simulation::{DeviceEnv, Report, Simulation},
    world::World,
};

/// A world, what is to be scanned in it, and for how long.
#[derive(Clone)]
pub struct Day {
    /// Everything follows from it.
    pub seed: u64,
    /// How long the day is.
    pub hours: u32,
    /// The world, with its faults and with the troubles of its network.
    pub world: World,
    /// What may be probed.
    pub scope: Scope,
    /// Every personality, over both families.
    pub list: Vec<Suspect>,
    /// Servers that take their time, for the first hour and for the last: more than workers.
    pub slow: [Vec<Suspect>; 2],
    /// When the host is away.
    pub cuts: Vec<Window>,
}

/// What the device has in use, as it says itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InUse {
    /// Lines that wait, are with a worker or with the guard, or are parked.
    pub lines: u32,
    /// Records that are not acknowledged.
    pub records: u32,
    /// Octets of the outbox.
    pub outbox_octets: u32,
    /// Sockets of the stack.
    pub sockets: u8,
    /// Connection requests that the guard keeps.
    pub held: u8,
    /// Connections that count against a rate.
    pub connections: u16,
    /// What the network lacks.
    pub lack: Option<Lack>,
    /// Addresses that the device has no more.
    pub families_missing: u8,
}

impl InUse {
    /// What a progress message says.
    pub fn of(progress: &Progress) -> Self {
        let (targets, outbox, network) = (progress.targets, progress.outbox, progress.network);
        Self {
            lines: u32::from(targets.queued)
                + u32::from(targets.running)
                + u32::from(targets.parked),
            records: outbox.made.saturating_sub(outbox.acknowledged),
            outbox_octets: outbox.octets,
            sockets: network.sockets,
            held: network.held,
            connections: network.connections,
            lack: network.lack,
            families_missing: u8::from(!network.ipv4) + u8::from(!network.ipv6),
        }
    }
}

/// What the host has seen of a day.
#[derive(Debug, Default)]
pub struct Shown {
    /// What was in use at each quiet point, the first one before any scan.
    pub rest: Vec<(Duration, InUse)>,
    /// How many scans there were.
    pub scans: u32,
    /// Lines whose verdict was the expected one, and those that were inconclusive instead.
    pub decided: u32,
    /// See there.
    pub undecided: u32,
    /// The most sockets that were in use in the first hour, and in the last.
    pub sockets_most: [u8; 2],
    /// How often the device began to wait for something, by what it said.
    pub lacks: BTreeMap<&'static str, u32>,
    /// How often the host came back while a scan ran.
    pub came_back: u32,
    /// What must not be.
    wrong: Vec<String>,
}

/// What a day has shown.
#[derive(Debug)]
pub struct Outcome {
    /// The host's part.
    pub shown: Shown,
    /// The wire.
    pub report: Report,
}

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    seed: u64,
    hours: u32,
    /// What was seen, and what was expected.
    pub what: String,
}

impl Broken {
    /// The command that shows it again.
    pub fn replay(&self) -> String {
        let (seed, hours, behind) = (self.seed, self.hours, self.seed + 1);
        format!("host-sim day --seeds {seed}..{behind} --hours {hours} --pcap day-{seed}.pcap")
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "seed {}: {}", self.seed, self.what)
    }
}

/// Why a day has no outcome.
#[derive(Debug)]
pub enum NoOutcome {
    /// The simulation did not come to its end.
    Failure(Failure),
    /// The scope cannot be used.
    Scope(ScopeError),
}

impl fmt::Display for NoOutcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure(failure) => failure.fmt(out),
            Self::Scope(error) => write!(out, "the scope cannot be used: {error:?}"),
        }
    }
}

impl std::error::Error for NoOutcome {}

impl Day {
    /// Runs the day; writes a capture of the device's wire to `pcap`, if there is one.
    pub fn run(&self, pcap: Option<Box<dyn Write>>) -> Result<Outcome, NoOutcome> {
        self.run_with(pcap, &|_| true, async |_| {})
    }

    /// As [`Day::run`], with a host that stores only some records, and with a task beside those of the
    /// device: what a leak has to be found with.
    pub fn run_with(
        &self,
        pcap: Option<Box<dyn Write>>,
        stores: &dyn Fn(RecordId) -> bool,
        beside: impl AsyncFn(&DeviceEnv<'_>),
    ) -> Result<Outcome, NoOutcome> {
        let longest = Duration::from_secs(u64::from(self.hours + 6) * 3_600);
        let mut simulation = Simulation::new(self.world.clone())
            .watched(Allowed::by(&self.scope))
            .lasting(longest);
        if let Some(pcap) = pcap {
            simulation = simulation.capturing(pcap);
        }
        let (shown, report) = simulation
            .run_beside(
                |wire| wire,
                beside,
                async |plug, time| host::lives(self, stores, &plug, time).await,
            )
            .map_err(NoOutcome::Failure)?;
        let shown = shown.map_err(NoOutcome::Scope)?;
        Ok(Outcome { shown, report })
    }

    /// Holds what the day has shown against what must hold.
    pub fn broken(&self, outcome: &Outcome) -> Vec<Broken> {
        let Outcome { shown, report } = outcome;
        let mut wrong = shown.wrong.clone();
        if let Some(((_, before), later)) = shown.rest.split_first() {
            let changed = later.iter().filter(|(_, rest)| rest != before);
            wrong.extend(changed.map(|(at, rest)| {
                let (hours, minutes) = (at.as_secs() / 3_600, at.as_secs() / 60 % 60);
                format!("rest: after {hours} h {minutes} min of {before:?} there is {rest:?}")
            }));
        }
        for (when, most) in ["first", "last"].iter().zip(shown.sockets_most) {
            if usize::from(most) != WORKERS {
                wrong.push(format!(
                    "rest: in the {when} hour {most} of {WORKERS} sockets could be used at once"
                ));
            }
        }
        if let Some(stray) = report.wire.strays.first() {
            wrong.push(format!(
                "safety: {} frames as {stray:?}",
                report.wire.strays_total
            ));
        }
        let violations = report.guard.map_or(0, |guard| guard.violations);
        if violations > 0 {
            wrong.push(format!("safety: the guard has stopped {violations} probes"));
        }
        let broken = |what| Broken {
            seed: self.seed,
            hours: self.hours,
            what,
        };
        wrong.into_iter().map(broken).collect()
    }
}
