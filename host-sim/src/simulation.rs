//! Runs a device in a world, in virtual time.
//!
//! One thread runs one simulation. The device's network stack, the device itself and the host at
//! its link are three futures, polled in turn until nothing moves; then time jumps to the next
//! moment at which something is due.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fmt,
    io::{self, Write},
    net::IpAddr,
    pin::pin,
    time::Duration,
};

use embassy_net::{
    Config, Ipv4Cidr, Ipv6Cidr, Stack, StackResources, StaticConfigV4, StaticConfigV6,
};

use crate::{
    clock::Clock,
    executor::Task,
    net::{
        host::Host,
        internet::{Internet, Place},
        link::{DeviceEnd, link},
        router::Router,
    },
    observer::{Allowed, Observer, Seen},
    world::{Site, World},
};

/// How often tasks and internet may be busy at one moment before the simulation is given up.
pub const ROUNDS_AT_A_MOMENT_MAX: u32 = 100_000;
/// How much virtual time a simulation may take, unless [`Simulation::lasting`] says otherwise.
pub const DURATION_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);
/// How many sockets the device's stack has.
pub const SOCKETS_MAX: usize = 32;

/// A simulation that has not begun.
pub struct Simulation {
    world: World,
    allowed: Option<Allowed>,
    capture: Option<Box<dyn Write>>,
    duration_max: Duration,
}

/// What a simulation has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The world's seed.
    pub seed: u64,
    /// How much virtual time has passed.
    pub elapsed: Duration,
    /// What was seen on the device's wire.
    pub wire: Seen,
}

/// Why a simulation did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// Time does not move: somebody is busy for ever.
    Livelock {
        /// The world's seed.
        seed: u64,
        /// The moment.
        at: Duration,
    },
    /// Everybody waits and nothing is due.
    Deadlock {
        /// The world's seed.
        seed: u64,
        /// The moment.
        at: Duration,
        /// Who waits.
        waiting: Vec<&'static str>,
    },
    /// The time that the simulation may take is over.
    TooLong {
        /// The world's seed.
        seed: u64,
        /// That time.
        duration_max: Duration,
    },
    /// The capture could not be written.
    Capture(io::Error),
}

impl Simulation {
    /// A simulation of `world`.
    pub fn new(world: World) -> Self {
        Self {
            world,
            allowed: None,
            capture: None,
            duration_max: DURATION_MAX,
        }
    }

    /// Holds every frame that leaves the device against `allowed`; what should not have left is
    /// in [`Seen::strays`].
    pub fn watched(mut self, allowed: Allowed) -> Self {
        self.allowed = Some(allowed);
        self
    }

    /// Writes a capture of the device's wire, in pcap format.
    pub fn capturing(mut self, capture: impl Write + 'static) -> Self {
        self.capture = Some(Box::new(capture));
        self
    }

    /// Gives up after `duration_max` of virtual time.
    pub fn lasting(mut self, duration_max: Duration) -> Self {
        self.duration_max = duration_max;
        self
    }

    /// Runs `application` on the device's network stack until it returns.
    pub fn run_application<T>(
        self,
        application: impl AsyncFnOnce(Stack<'_>) -> T,
    ) -> Result<(T, Report), Failure> {
        let clock = Clock::start();
        let seed = self.world.seed;
        let observer = Observer::new(self.allowed, self.capture);
        let (device, mut internet) = build(&self.world, &observer);
        let mut resources = StackResources::<SOCKETS_MAX>::new();
        let config = config(&self.world);
        let random_seed = self.world.seed_of(b"stack");
        let (stack, mut runner) = embassy_net::new(device, config, &mut resources, random_seed);

        let result = Cell::new(None);
        let mut network = pin!(async {
            runner.run().await;
        });
        let mut application = pin!(async { result.set(Some(application(stack).await)) });
        let mut tasks = [
            Task::new("application", application.as_mut()),
            Task::new("network stack", network.as_mut()),
        ];
        drive(&clock, &mut internet, &mut tasks, self.duration_max)
            .map_err(|stuck| stuck.named(seed))?;
        let value = result.take().expect("the first task has ended");
        let report = Report {
            seed,
            elapsed: clock.now(),
            wire: observer.finish().map_err(Failure::Capture)?,
        };
        Ok((value, report))
    }
}

/// Builds everything around the device, and the device's end of its link.
fn build(world: &World, observer: &Observer) -> (DeviceEnd, Internet) {
    let (device_end, router_end) = link(world.device.hardware, observer.clone());
    let router = Router::new(world.device.gateway_v4, world.device.gateway_v6);
    let mut places = BTreeMap::new();
    for (at, site) in &world.sites {
        let address = at.ip();
        let host = || Place::Host(Box::new(Host::new(address, world.seed_of_host(address))));
        match site {
            Site::Silent => {}
            Site::NoRoute => {
                places.entry(address).or_insert(Place::NoRoute);
            }
            Site::ClosedPort => {
                places.entry(address).or_insert_with(host);
            }
            Site::Peer(peer) => {
                let place = places.entry(address).or_insert_with(host);
                if matches!(place, Place::NoRoute) {
                    *place = host();
                }
                if let Place::Host(host) = place {
                    host.serve(at.port(), peer.server());
                }
            }
        }
    }
    let own = vec![IpAddr::V4(world.device.ipv4), IpAddr::V6(world.device.ipv6)];
    let internet = Internet::new(router_end, router, places, own, world.latency);
    (device_end, internet)
}

fn config(world: &World) -> Config {
    let device = world.device;
    let mut config = Config::ipv4_static(StaticConfigV4 {
        address: Ipv4Cidr::new(device.ipv4, 24),
        gateway: Some(device.gateway_v4),
        dns_servers: Default::default(),
    });
    config.ipv6 = embassy_net::ConfigV6::Static(StaticConfigV6 {
        address: Ipv6Cidr::new(device.ipv6, 64),
        gateway: Some(device.gateway_v6),
        dns_servers: Default::default(),
    });
    config
}

enum Stuck {
    Livelock(Duration),
    Deadlock(Duration, Vec<&'static str>),
    TooLong(Duration),
}

impl Stuck {
    fn named(self, seed: u64) -> Failure {
        match self {
            Self::Livelock(at) => Failure::Livelock { seed, at },
            Self::Deadlock(at, waiting) => Failure::Deadlock { seed, at, waiting },
            Self::TooLong(duration_max) => Failure::TooLong { seed, duration_max },
        }
    }
}

/// Moves time until the first task has ended.
fn drive(
    clock: &Clock,
    internet: &mut Internet,
    tasks: &mut [Task<'_>],
    duration_max: Duration,
) -> Result<(), Stuck> {
    loop {
        settle(clock, internet, tasks)?;
        if tasks.first().is_none_or(Task::done) {
            return Ok(());
        }
        let next = [clock.next(), internet.next()].into_iter().flatten().min();
        let Some(next) = next else {
            let waiting = tasks.iter().filter(|task| !task.done());
            let waiting = waiting.map(Task::name).collect();
            return Err(Stuck::Deadlock(clock.now(), waiting));
        };
        if next > duration_max {
            return Err(Stuck::TooLong(duration_max));
        }
        clock.advance_to(next);
    }
}

/// Lets everybody act until nobody has anything to do at this moment.
fn settle(clock: &Clock, internet: &mut Internet, tasks: &mut [Task<'_>]) -> Result<(), Stuck> {
    for _ in 0..ROUNDS_AT_A_MOMENT_MAX {
        let mut busy = internet.advance(clock.now());
        for task in &mut *tasks {
            busy |= task.poll_if_woken();
        }
        if !busy || tasks.first().is_none_or(Task::done) {
            return Ok(());
        }
    }
    Err(Stuck::Livelock(clock.now()))
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Livelock { seed, at } => write!(
                out,
                "seed {seed}: livelock at {at:?}: still busy after {ROUNDS_AT_A_MOMENT_MAX} rounds at one moment"
            ),
            Self::Deadlock { seed, at, waiting } => write!(
                out,
                "seed {seed}: deadlock at {at:?}: {} wait and nothing is due",
                waiting.join(", ")
            ),
            Self::TooLong { seed, duration_max } => write!(
                out,
                "seed {seed}: not over after {duration_max:?} of virtual time"
            ),
            Self::Capture(error) => write!(out, "the capture could not be written: {error}"),
        }
    }
}

impl std::error::Error for Failure {}
