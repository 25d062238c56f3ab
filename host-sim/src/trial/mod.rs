//! One seed's trial: a random world, faults, a scan while they strike, a second one after them.

mod draw;
mod every_probe;
mod host;

use std::{collections::BTreeMap, fmt, io::Write, net::SocketAddr, time::Duration};

use embassy_net_driver::Driver;
use probe_core::{
    arrival::Arrival,
    finding::RecordId,
    frame::{ToHost, message::Ended, message::Progress},
    scope::{Scope, ScopeError},
    suspect::Suspect,
    verdict::Verdict,
};

pub use draw::{Draw, draw};

use self::host::Host;
use crate::{
    demo,
    failure::Failure,
    net::link::DeviceEnd,
    observer::Allowed,
    oracles::{Judge, Violation, examine},
    peers::Delivered,
    proof::{Judged, Reader, Senses},
    simulation::{Life, Report, Simulation},
    world::{Site, World},
};

/// After this much of virtual time a trial is not going to end.
const TRIAL_MAX: Duration = Duration::from_secs(14 * 24 * 3_600);

/// A world, what is to be scanned in it, and what becomes of the link meanwhile.
#[derive(Clone)]
pub struct Trial {
    /// Everything follows from it.
    pub seed: u64,
    /// The world, with its faults.
    pub world: World,
    /// What may be probed.
    pub scope: Scope,
    /// The list, with lines that may not be.
    pub list: Vec<Suspect>,
    /// When the link to the host is cut.
    pub cuts: Vec<Cut>,
}

/// What a trial may have beside what is drawn from its seed for every one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Messages are sent.
    pub delivers: bool,
    /// Proxies and block lists are asked as well.
    pub every_probe: bool,
}

impl Extras {
    /// The flags of `host-sim` that ask for them.
    pub fn flags(self) -> impl Iterator<Item = &'static str> {
        let deliver = self.delivers.then_some("--deliver");
        let every_probe = self.every_probe.then_some("--every-probe");
        deliver.into_iter().chain(every_probe)
    }
}

/// The link is cut, and put back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// When.
    pub at: Duration,
    /// For how long.
    pub lasts: Duration,
    /// Whether the host's end has forgotten everything but what it stored.
    pub host_restarts: bool,
}

/// What one scan has brought to the host.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Every record, by its name.
    pub records: BTreeMap<RecordId, Box<ToHost>>,
    /// What the host made of it when the scan was over.
    pub when_over: Judged,
    /// Records that came again with other contents.
    pub changed: u32,
    /// The last record that the device has made, in each boot that said so.
    pub made: BTreeMap<u32, u32>,
    /// Why it ended.
    pub ended: Ended,
    /// Where the trial delivers: what it made of that and of what came later.
    pub in_the_end: Judged,
    /// How long it took.
    pub took: Duration,
    /// The device's last word on how it goes.
    pub progress: Option<Progress>,
}

/// What a trial has shown.
#[derive(Debug)]
pub struct Outcome {
    /// The scan while faults strike.
    pub first: Scan,
    /// The scan of what the first left undecided, after the faults; none where it left nothing.
    pub retest: Option<Scan>,
    /// What came when nothing more was asked for.
    pub late: Late,
    /// The wire, over both.
    pub report: Report,
}

impl Outcome {
    /// Records that were made and went with the power before they were stored. Their targets are
    /// probed again.
    pub fn records_cut(&self) -> u64 {
        let scans = [Some(&self.first), self.retest.as_ref()];
        let stored = |boot: u32| {
            let records = scans
                .into_iter()
                .flatten()
                .flat_map(|scan| scan.records.keys());
            records.filter(|record| record.boot == boot).count() as u64
        };
        let cut = |life: &Life| u64::from(life.outbox.made).saturating_sub(stored(life.boot));
        self.report.cut_short.iter().map(cut).sum()
    }
}

/// Records that came after the scans.
#[derive(Clone, Debug, Default)]
pub struct Late {
    /// Every record, by its name.
    pub records: BTreeMap<RecordId, Box<ToHost>>,
    /// The last record that the device has made, in the boot that said so.
    pub made: BTreeMap<u32, u32>,
}

/// What an honest tester concludes about a target where nothing goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Without messages; with them, where they are cut.
    pub off: Verdict,
    /// When its job is over.
    pub when_over: Verdict,
    /// When nothing more can come.
    pub in_the_end: Verdict,
}

/// Why a trial has no outcome.
#[derive(Debug)]
pub enum NoOutcome {
    /// The simulation did not come to its end: a violation too.
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

/// What a trial is run with. Other parts than ours are what an oracle has to catch.
pub struct Parts<'a, W> {
    /// The device's scope; the oracles have the trial's.
    pub scope: &'a Scope,
    /// What lies between the device's guard and its wire.
    pub wiring: W,
    /// What judges.
    pub judge: Judge<'a>,
    /// What says what came to the sink proves.
    pub senses: Senses<'a>,
    /// Whether the host stores a record. It acknowledges every one.
    pub stores: &'a dyn Fn(RecordId) -> bool,
}

impl Trial {
    /// Runs the trial; writes a capture of the device's wire to `pcap`, if there is one.
    pub fn run(&self, pcap: Option<Box<dyn Write>>) -> Result<Outcome, NoOutcome> {
        self.run_with(pcap, self.parts())
    }

    /// Our own parts.
    pub fn parts(&self) -> Parts<'_, impl Fn(DeviceEnd) -> DeviceEnd> {
        Parts {
            scope: &self.scope,
            wiring: |wire| wire,
            judge: &probe_core::verdict::judge,
            senses: &Arrival::sense,
            stores: &|_| true,
        }
    }

    /// As [`Trial::run`], with other parts.
    pub fn run_with<D: Driver>(
        &self,
        pcap: Option<Box<dyn Write>>,
        parts: Parts<'_, impl Fn(DeviceEnd) -> D>,
    ) -> Result<Outcome, NoOutcome> {
        let mut simulation = Simulation::new(self.world.clone())
            .watched(Allowed::by(&self.scope))
            .lasting(TRIAL_MAX);
        if let Some(pcap) = pcap {
            simulation = simulation.capturing(pcap);
        }
        let switch = simulation.switch();
        let Parts {
            scope,
            wiring,
            judge,
            senses,
            stores,
        } = parts;
        let reader = Reader::new(&self.world, &self.scope, senses);
        let (scans, report) = simulation
            .run_plugged(wiring, async |plug, time| {
                let host = Host {
                    trial: self,
                    scope,
                    judge,
                    reader: &reader,
                    stores,
                };
                host.scans(&plug, time, &switch).await
            })
            .map_err(NoOutcome::Failure)?;
        let (first, retest, late) = scans.map_err(NoOutcome::Scope)?;
        Ok(Outcome {
            first,
            retest,
            late,
            report,
        })
    }

    /// Holds what the trial has shown against the oracles.
    pub fn violations(&self, outcome: &Outcome) -> Vec<Violation> {
        examine(self, outcome)
    }

    /// The targets of the list that the scope holds; those that block lists are asked about have port 0.
    pub fn admitted(&self) -> impl Iterator<Item = SocketAddr> {
        let allowed = Allowed::by(&self.scope);
        self.list
            .iter()
            .map(|suspect| SocketAddr::new(suspect.address, suspect.port))
            .filter(move |target| allowed.admits(*target))
    }

    /// The same, with delivery on and the sink on the device.
    pub fn delivering(self) -> Self {
        let scope = demo::delivering(self.scope);
        Self {
            world: self.world.with_sink_of(&scope),
            scope,
            ..self
        }
    }

    /// How it differs from the trial that was drawn.
    pub fn extras(&self) -> Extras {
        Extras {
            delivers: self.delivers(),
            every_probe: !self.scope.proxy.ports.is_empty(),
        }
    }

    /// Whether messages are sent.
    pub fn delivers(&self) -> bool {
        self.scope.delivery.allowed
    }

    /// What an honest tester concludes about a target where nothing goes wrong.
    pub fn expected(&self, target: SocketAddr) -> Expected {
        let (site, depth) = (self.site(target), self.scope.depth);
        let off = site.expected(depth);
        let delivered = if self.delivers() {
            site.delivered(depth)
        } else {
            Delivered::Same
        };
        Expected {
            off,
            when_over: delivered.when_over(off),
            in_the_end: delivered.in_the_end(off),
        }
    }

    /// What stands at a target, in a word.
    pub fn name(&self, target: SocketAddr) -> &'static str {
        self.site(target).name()
    }

    pub(crate) fn site(&self, target: SocketAddr) -> &Site {
        self.world.sites.get(&target).unwrap_or(&Site::Silent)
    }
}
