//! Runs a device in a world, in virtual time.
//!
//! One thread runs one simulation. The device's network stack, its workers, its end of the link
//! and the host at the other end are futures, polled in turn until nothing moves; then time jumps
//! to the next moment at which something is due.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    io::Write,
    task::Poll,
    time::Duration,
};

use embassy_net::{Stack, StackResources};
use firmware::{
    appliance::{Appliance, Memory, WORKERS},
    guard::{Counters, Doors, Guard, ProberWarden, Watch},
    link::Link,
    net::StackEnv,
};
use probe_core::{
    finding::DeviceId,
    prober::Prober,
    time::{Instant, Utc},
};

use crate::{
    build,
    clock::{self, Clock},
    drive::drive,
    executor::Task,
    observer::{Allowed, Observer, Seen},
    pipe::{PipeEnd, pipe},
    random::Random,
    world::World,
};

pub use crate::{drive::ROUNDS_AT_A_MOMENT_MAX, failure::Failure};

/// How much virtual time a simulation may take, unless [`Simulation::lasting`] says otherwise.
pub const DURATION_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);
/// How many sockets the device's stack has: one for each worker, and some to spare.
pub const SOCKETS_MAX: usize = WORKERS + 4;

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
    /// What the device's own guard has counted; `None` where only its stack ran.
    pub guard: Option<Counters>,
}

/// Virtual time, for the host at the link.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    began: Utc,
}

impl Time {
    /// The moment that it is, which is also the device's.
    pub fn now(&self) -> Instant {
        Instant::from_millis(u64::try_from(clock::now().as_millis()).unwrap_or(u64::MAX))
    }

    /// The date that it is in the world.
    pub fn utc(&self) -> Utc {
        Utc(self.began.0 + clock::now().as_secs())
    }

    /// Sleeps until `at`.
    pub async fn sleep_until(&self, at: Instant) {
        let at = Duration::from_millis(at.as_millis());
        poll_fn(|context| {
            if clock::now() >= at {
                return Poll::Ready(());
            }
            clock::wake_at(at, context.waker());
            Poll::Pending
        })
        .await;
    }
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

    /// Runs the appliance in the world until `host`, which speaks with it over the link, returns.
    pub fn run<T>(
        self,
        host: impl AsyncFnOnce(PipeEnd, Time) -> T,
    ) -> Result<(T, Report), Failure> {
        let clock = Clock::start();
        let world = &self.world;
        let observer = Observer::new(self.allowed, self.capture);
        let (device_end, mut internet) = build::internet(world, &observer);

        let prober = RefCell::new(Prober::new(DeviceId(world.device_id), world.boot));
        let watch = Watch::new(Doors {
            gateway_v4: Some(world.device.gateway_v4),
            gateway_v6: Some(world.device.gateway_v6),
            ..Doors::default()
        });
        let guard = Guard::new(device_end, &watch, ProberWarden(&prober), ());
        let mut resources = StackResources::<SOCKETS_MAX>::new();
        let stack_seed = world.seed_of(b"stack");
        let (stack, mut runner) =
            embassy_net::new(guard, build::config(world), &mut resources, stack_seed);
        let random = SeededRandom(RefCell::new(Random::new(world.seed_of(b"device"))));
        let sockets = u8::try_from(WORKERS).expect("a worker's index fits an octet");
        let env = StackEnv::new(stack, sockets, &watch, random);

        let (host_end, appliance_end) = pipe();
        let (reader, writer) = appliance_end.split();
        let appliance = Appliance::<WORKERS>::new(&prober);
        let mut memory = Box::new(Memory::<WORKERS>::new());
        let result = Cell::new(None);
        let time = Time { began: world.began };

        let mut tasks = vec![
            Task::new("host", async {
                result.set(Some(host(host_end, time).await));
            }),
            Task::new("network stack", async {
                runner.run().await;
            }),
            Task::new("link", async {
                let link = Link { reader, writer };
                appliance.link(&env, link, &mut memory.link).await;
            }),
        ];
        for (index, memory) in memory.workers.iter_mut().enumerate() {
            let work = appliance.work(&env, index, memory);
            tasks.push(Task::new("worker", work));
        }
        drive(
            world.seed,
            &clock,
            &mut internet,
            &mut tasks,
            self.duration_max,
        )?;
        drop(tasks);

        let value = result.take().expect("the first task has ended");
        let report = Report {
            seed: world.seed,
            elapsed: clock.now(),
            wire: observer.finish().map_err(Failure::Capture)?,
            guard: Some(watch.counters()),
        };
        Ok((value, report))
    }

    /// Runs `application` instead of the appliance, on the device's network stack and without
    /// its guard, until it returns.
    pub fn run_application<T>(
        self,
        application: impl AsyncFnOnce(Stack<'_>) -> T,
    ) -> Result<(T, Report), Failure> {
        let clock = Clock::start();
        let world = &self.world;
        let observer = Observer::new(self.allowed, self.capture);
        let (device_end, mut internet) = build::internet(world, &observer);
        let mut resources = StackResources::<SOCKETS_MAX>::new();
        let stack_seed = world.seed_of(b"stack");
        let (stack, mut runner) =
            embassy_net::new(device_end, build::config(world), &mut resources, stack_seed);

        let result = Cell::new(None);
        let mut tasks = [
            Task::new("application", async {
                result.set(Some(application(stack).await));
            }),
            Task::new("network stack", async {
                runner.run().await;
            }),
        ];
        drive(
            world.seed,
            &clock,
            &mut internet,
            &mut tasks,
            self.duration_max,
        )?;
        drop(tasks);

        let value = result.take().expect("the first task has ended");
        let report = Report {
            seed: world.seed,
            elapsed: clock.now(),
            wire: observer.finish().map_err(Failure::Capture)?,
            guard: None,
        };
        Ok((value, report))
    }
}

/// The device's generator, from the world's seed.
struct SeededRandom(RefCell<Random>);

impl firmware::net::Random for SeededRandom {
    fn fill(&self, octets: &mut [u8]) {
        self.0.borrow_mut().fill(octets);
    }
}
