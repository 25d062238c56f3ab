//! Runs a device in a world, in virtual time.
//!
//! One thread runs one simulation. The device's network stack, its workers, its end of the link
//! and the host at the other end are futures, polled in turn until nothing moves; then time jumps
//! to the next moment at which something is due.

use std::{cell::Cell, future::poll_fn, io::Write, net::IpAddr, task::Poll, time::Duration};

use embassy_net::{Runner, Stack, StackResources};
use embassy_net_driver::Driver;
use firmware::{appliance::WORKERS, guard::Counters, sink::SINK_SESSIONS};
use probe_core::time::{Instant, Utc};

use crate::{
    build,
    clock::{self, Clock},
    drive::{Drive, Reached},
    executor::Task,
    faults::{Dropped, Switch, Tally, Window},
    life,
    net::{caller::Caller, giver::Given, internet::Internet, link::DeviceEnd},
    observer::{Allowed, Observer, Seen},
    pipe::{PipeEnd, Plug, socket},
    post::{Ledger, Log},
    world::World,
};

pub use crate::{
    drive::ROUNDS_AT_A_MOMENT_MAX,
    failure::Failure,
    life::{DeviceEnv, Life},
};

/// How much virtual time a simulation may take, unless [`Simulation::lasting`] says otherwise.
pub const DURATION_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);
/// How many sockets the device's stack has, as on the boards: one for each worker and each session of its
/// sink, the link port's, the one that asks for an address, and the one that asks the resolver. It has no
/// room for one that is not given back.
pub const SOCKETS_MAX: usize = WORKERS + SINK_SESSIONS + 3;

/// A simulation that has not begun.
pub struct Simulation {
    world: World,
    allowed: Option<Allowed>,
    capture: Option<Box<dyn Write>>,
    duration_max: Duration,
    switch: Switch,
    callers: Vec<(IpAddr, Caller)>,
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
    /// What the device's own guard has counted, over all its boots; `None` where only its stack
    /// ran.
    pub guard: Option<Counters>,
    /// Packets that the wires were given and did not deliver.
    pub dropped: Dropped,
    /// What the network has given the device, where it gives addresses.
    pub given: Given,
    /// What the servers have done with mail, and the proxies for others.
    pub mail: Ledger,
    /// Every boot of the device but the last, which power cuts have ended.
    pub cut_short: Vec<Life>,
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

pub(crate) async fn sleep_until(at: Duration) {
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
            callers: Vec::new(),
        }
    }

    /// A host at this address that may be made to call the device.
    pub fn caller(&mut self, address: IpAddr) -> Caller {
        let caller = Caller::default();
        self.callers.push((address, caller.clone()));
        caller
    }

    /// What ends the world's faults, for the host that is about to run.
    pub fn switch(&self) -> Switch {
        self.switch.clone()
    }

    /// Holds every frame that leaves the device against `allowed`; what should not have left is
    /// in [`Seen::strays`].
    pub fn watched(mut self, mut allowed: Allowed) -> Self {
        allowed.dhcp_server = self.world.gives.as_ref().map(|gives| gives.server);
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
    /// `wiring` between the device's guard and its wire, each time that the device starts.
    pub fn run_plugged<T, D: Driver>(
        self,
        wiring: impl Fn(DeviceEnd) -> D,
        host: impl AsyncFnOnce(Plug, Time) -> T,
    ) -> Result<(T, Report), Failure> {
        self.run_beside(wiring, async |_| {}, host)
    }

    /// As [`Simulation::run_plugged`], with a task of the caller's beside those of the device, in each of
    /// its lives.
    pub fn run_beside<T, D: Driver>(
        self,
        wiring: impl Fn(DeviceEnd) -> D,
        beside: impl AsyncFn(&DeviceEnv<'_>),
        host: impl AsyncFnOnce(Plug, Time) -> T,
    ) -> Result<(T, Report), Failure> {
        let world = self.world.clone();
        let (plug, mut socket) = socket();
        let time = Time::since(world.began);
        let result = Cell::new(None);
        let mut host = Task::new("host", async {
            result.set(Some(host(plug, time).await));
        });
        let mut bench = self.begin();
        let mut outages = world.faults.outages().into_iter();
        let mut lives = Vec::new();
        loop {
            let outage = outages.next();
            let boot = world.boot + u32::try_from(lives.len()).unwrap_or(u32::MAX);
            let wire = wiring(bench.device_end.again());
            let (reached, life) = life::live(
                &mut bench,
                &mut host,
                boot,
                wire,
                &beside,
                &mut socket,
                outage,
            )?;
            lives.push(life);
            match (reached, outage) {
                (Reached::Moment, Some(outage)) => {
                    bench.observer.power_cut(bench.clock.now());
                    bench.without_power(&mut host, outage)?;
                    socket.clear();
                }
                _ => break,
            }
        }
        drop(host);
        let value = result.take().expect("the host has returned");
        Ok((value, bench.report(lives)?))
    }

    /// Runs `application` instead of the appliance, on the device's network stack and without
    /// its guard, until it returns.
    pub fn run_application<T>(
        self,
        application: impl AsyncFnOnce(Stack<'_>) -> T,
    ) -> Result<(T, Report), Failure> {
        let mut resources = StackResources::<SOCKETS_MAX>::new();
        let mut bench = self.begin();
        let (stack, mut runner) = bench.stack(bench.device_end.again(), b"stack", &mut resources);
        let result = Cell::new(None);
        let mut main = Task::new("application", async {
            result.set(Some(application(stack).await));
        });
        let mut network = [Task::new("network stack", async {
            runner.run().await;
        })];
        bench.drive(&mut main, &mut network, None)?;
        drop(main);
        let value = result.take().expect("the application has returned");
        Ok((value, bench.report(Vec::new())?))
    }

    fn begin(self) -> Bench {
        let clock = Clock::start();
        let observer = Observer::new(self.allowed, self.world.device, self.capture);
        let tally = Tally::default();
        let log = Log::default();
        let (device_end, internet) = build::internet(
            &self.world,
            &observer,
            &self.switch,
            &tally,
            &self.callers,
            &log,
        );
        Bench {
            world: self.world,
            duration_max: self.duration_max,
            switch: self.switch,
            clock,
            observer,
            device_end,
            internet,
            tally,
            log,
        }
    }
}

/// A simulation that has begun: everything but the device and its host.
pub(crate) struct Bench {
    pub(crate) world: World,
    duration_max: Duration,
    pub(crate) switch: Switch,
    clock: Clock,
    observer: Observer,
    device_end: DeviceEnd,
    internet: Internet,
    tally: Tally,
    log: Log,
}

impl Bench {
    /// The device's network stack over `driver`. Each `purpose` has its own ports and sequence
    /// numbers.
    pub(crate) fn stack<'d, D: Driver>(
        &self,
        driver: D,
        purpose: &[u8],
        resources: &'d mut StackResources<SOCKETS_MAX>,
    ) -> (Stack<'d>, Runner<'d, D>) {
        let seed = self.world.seed_of(purpose);
        embassy_net::new(driver, build::config(&self.world), resources, seed)
    }

    /// Moves time until `main` has ended, or until `moment`.
    pub(crate) fn drive(
        &mut self,
        main: &mut Task<'_>,
        others: &mut [Task<'_>],
        moment: Option<Duration>,
    ) -> Result<Reached, Failure> {
        let drive = Drive {
            seed: self.world.seed,
            clock: &self.clock,
            internet: &mut self.internet,
            duration_max: self.duration_max,
        };
        drive.until(main, others, moment)
    }

    /// Moves time through an outage: nothing of the device is left but its end of the cables.
    fn without_power(&mut self, host: &mut Task<'_>, outage: Window) -> Result<(), Failure> {
        // Who waits for something registers again when it is polled.
        self.clock.forget();
        host.wake();
        self.device_end.set_power(false);
        self.drive(host, &mut [], Some(outage.until))?;
        self.device_end.set_power(true);
        Ok(())
    }

    fn report(&self, mut lives: Vec<Life>) -> Result<Report, Failure> {
        let guard = lives.iter().map(|life| life.guard).reduce(life::sum);
        lives.pop();
        Ok(Report {
            seed: self.world.seed,
            elapsed: self.clock.now(),
            wire: self.observer.finish().map_err(Failure::Capture)?,
            guard,
            dropped: self.tally.dropped(),
            given: self.internet.given(),
            mail: self.log.take(),
            cut_short: lives,
        })
    }
}
