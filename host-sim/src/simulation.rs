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

use embassy_net::{ConfigV4, Runner, Stack, StackResources};
use embassy_net_driver::Driver;
use firmware::{
    appliance::{Appliance, Memory, WORKERS},
    guard::{Counters, Doors, Guard, Watch},
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
    faults::Switch,
    net::{internet::Internet, link::DeviceEnd},
    observer::{Allowed, Observer, Seen},
    pipe::{PipeEnd, Plug, socket},
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
    switch: Switch,
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
    /// The time of a world that began at `began`. On a thread without a simulation it is real.
    pub fn since(began: Utc) -> Self {
        Self { began }
    }

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
        sleep_until(Duration::from_millis(at.as_millis())).await;
    }
}

async fn sleep_until(at: Duration) {
    poll_fn(|context| {
        if clock::now() >= at {
            return Poll::Ready(());
        }
        clock::wake_at(at, context.waker());
        Poll::Pending
    })
    .await;
}

impl Simulation {
    /// A simulation of `world`.
    pub fn new(world: World) -> Self {
        Self {
            world,
            allowed: None,
            capture: None,
            duration_max: DURATION_MAX,
            switch: Switch::default(),
        }
    }

    /// What ends the world's faults, for the host that is about to run.
    pub fn switch(&self) -> Switch {
        self.switch.clone()
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
        self.run_plugged(
            |wire| wire,
            async |plug: Plug, time| host(plug.connect(), time).await,
        )
    }

    /// As [`Simulation::run`], with a host that may pull the cable and put it back, and with
    /// `wiring` between the device's guard and its wire.
    pub fn run_plugged<T, D: Driver>(
        self,
        wiring: impl FnOnce(DeviceEnd) -> D,
        host: impl AsyncFnOnce(Plug, Time) -> T,
    ) -> Result<(T, Report), Failure> {
        let world = self.world.clone();
        let prober = RefCell::new(Prober::new(DeviceId(world.device_id), world.boot));
        let watch = Watch::new(Doors {
            gateway_v4: Some(world.device.gateway_v4),
            gateway_v6: Some(world.device.gateway_v6),
            ..Doors::default()
        });
        let appliance = Appliance::<WORKERS>::new(&prober);
        let mut memory = Box::new(Memory::<WORKERS>::new());
        let mut resources = StackResources::<SOCKETS_MAX>::new();

        let mut bench = self.begin();
        let wire = wiring(bench.device_end());
        let guard = Guard::new(wire, &watch, appliance.warden(), ());
        let (stack, mut runner) = bench.stack(guard, &mut resources);
        let random = SeededRandom(RefCell::new(Random::new(world.seed_of(b"device"))));
        let sockets = u8::try_from(WORKERS).expect("a worker's index fits an octet");
        let env = StackEnv::new(stack, sockets, &watch, random);

        let (plug, socket) = socket();
        let time = Time::since(world.began);
        let mut tasks = vec![
            Task::new("network stack", async {
                runner.run().await;
            }),
            Task::new("link", async {
                loop {
                    let (reader, writer) = socket.accept().await.split();
                    let link = Link { reader, writer };
                    appliance.link(&env, link, &mut memory.link).await;
                }
            }),
        ];
        if let Some(at) = world.faults.address_change {
            let config = build::config_v4(&world, world.device.ipv4_changed);
            tasks.push(Task::new("address change", async move {
                sleep_until(at).await;
                stack.set_config_v4(ConfigV4::Static(config));
            }));
        }
        for (index, memory) in memory.workers.iter_mut().enumerate() {
            tasks.push(Task::new("worker", appliance.work(&env, index, memory)));
        }
        let (value, report) = bench.finish("host", host(plug, time), tasks)?;
        let guard = Some(watch.counters());
        Ok((value, Report { guard, ..report }))
    }

    /// Runs `application` instead of the appliance, on the device's network stack and without
    /// its guard, until it returns.
    pub fn run_application<T>(
        self,
        application: impl AsyncFnOnce(Stack<'_>) -> T,
    ) -> Result<(T, Report), Failure> {
        let mut resources = StackResources::<SOCKETS_MAX>::new();
        let mut bench = self.begin();
        let device_end = bench.device_end();
        let (stack, mut runner) = bench.stack(device_end, &mut resources);
        let network = Task::new("network stack", async {
            runner.run().await;
        });
        bench.finish("application", application(stack), vec![network])
    }

    fn begin(self) -> Bench {
        let clock = Clock::start();
        let observer = Observer::new(self.allowed, self.capture);
        let (device_end, internet) = build::internet(&self.world, &observer, &self.switch);
        Bench {
            world: self.world,
            duration_max: self.duration_max,
            clock,
            observer,
            device_end: Some(device_end),
            internet,
        }
    }
}

/// A simulation that has begun: everything but the device.
struct Bench {
    world: World,
    duration_max: Duration,
    clock: Clock,
    observer: Observer,
    device_end: Option<DeviceEnd>,
    internet: Internet,
}

impl Bench {
    /// The device's end of its link, which there is once.
    fn device_end(&mut self) -> DeviceEnd {
        self.device_end.take().expect("one device is on the link")
    }

    /// The device's network stack over `driver`.
    fn stack<'d, D: Driver>(
        &self,
        driver: D,
        resources: &'d mut StackResources<SOCKETS_MAX>,
    ) -> (Stack<'d>, Runner<'d, D>) {
        let seed = self.world.seed_of(b"stack");
        embassy_net::new(driver, build::config(&self.world), resources, seed)
    }

    /// Moves time until `main` returns, with `tasks` beside it.
    fn finish<T>(
        mut self,
        name: &'static str,
        main: impl Future<Output = T>,
        tasks: Vec<Task<'_>>,
    ) -> Result<(T, Report), Failure> {
        let seed = self.world.seed;
        let result = Cell::new(None);
        let main = Task::new(name, async { result.set(Some(main.await)) });
        let mut all: Vec<_> = std::iter::once(main).chain(tasks).collect();
        drive(
            seed,
            &self.clock,
            &mut self.internet,
            &mut all,
            self.duration_max,
        )?;
        drop(all);
        let report = Report {
            seed,
            elapsed: self.clock.now(),
            wire: self.observer.finish().map_err(Failure::Capture)?,
            guard: None,
        };
        Ok((result.take().expect("the main task has ended"), report))
    }
}

/// The device's generator, from the world's seed.
struct SeededRandom(RefCell<Random>);

impl firmware::net::Random for SeededRandom {
    fn fill(&self, octets: &mut [u8]) {
        self.0.borrow_mut().fill(octets);
    }
}
