//! One life of the device: from the moment that it gets power to the moment that it loses it, with
//! everything that it keeps in memory.

use std::{cell::RefCell, time::Duration};

use embassy_net::{ConfigV4, StackResources};
use embassy_net_driver::Driver;
use firmware::{
    appliance::{Appliance, Memory, WORKERS},
    guard::{Counters, Doors, Guard, Watch},
    link::Link,
    net::{DatagramMemory, LinkPortMemory, StackEnv},
    sink::SINK_SESSIONS,
};
use probe_core::{finding::DeviceId, frame::message::OutboxState, prober::Prober, time::Instant};

use crate::{
    build, clock,
    drive::Reached,
    executor::Task,
    failure::Failure,
    faults::Window,
    pipe::Socket,
    random::Random,
    simulation::{Bench, SOCKETS_MAX, sleep_until},
};

/// What a life of the device has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Which boot it was.
    pub boot: u32,
    /// When it ended.
    pub ended: Duration,
    /// The records that it made, and how many of them the host has acknowledged.
    pub outbox: OutboxState,
    /// What its guard has counted.
    pub guard: Counters,
}

/// Lets a device with new memory live until `host` has returned, or until `outage`, if the faults
/// have not ended by then.
pub(crate) fn live(
    bench: &mut Bench,
    host: &mut Task<'_>,
    boot: u32,
    wire: impl Driver,
    beside: &impl AsyncFn(&DeviceEnv<'_>),
    socket: &mut Socket,
    outage: Option<Window>,
) -> Result<(Reached, Life), Failure> {
    let world = bench.world.clone();
    let prober = RefCell::new(Prober::new(DeviceId(world.device_id), boot));
    let watch = Watch::new(Doors {
        slaac: world.gives.is_some(),
        dhcp: world.gives.is_some(),
        host: world.link_port,
        ..Doors::default()
    });
    let appliance = Appliance::<WORKERS>::new(&prober);
    let mut memory = Box::new(Memory::<WORKERS>::new());
    let mut link_port_memory = Box::new(LinkPortMemory::new());
    let mut resources = StackResources::<SOCKETS_MAX>::new();

    let guard = Guard::new(wire, &watch, appliance.warden(), ());
    let restarts = boot - world.boot;
    let purpose = |name: &str| match restarts {
        0 => name.to_owned(),
        _ => format!("{name} {restarts}"),
    };
    let (stack, mut runner) = bench.stack(guard, purpose("stack").as_bytes(), &mut resources);
    let random = Random::new(world.seed_of(purpose("device").as_bytes()));
    let sockets = u8::try_from(WORKERS + SINK_SESSIONS).expect("they fit an octet");
    let mut datagrams = DatagramMemory::new();
    let random = SeededRandom(RefCell::new(random));
    let env = StackEnv::new(stack, sockets, &mut datagrams, &watch, random);

    let mut tasks = vec![
        Task::new("network stack", async {
            runner.run().await;
        }),
        Task::new("link", async {
            loop {
                let (reader, writer) = socket.accept().await.halves();
                let link = Link { reader, writer };
                appliance.link(&env, link, &mut memory.link).await;
                socket.unplug();
            }
        }),
    ];
    if let Some(door) = world.link_port {
        let (env, appliance, memory) = (&env, &appliance, &mut link_port_memory);
        tasks.push(Task::new("link port", async move {
            env.answer(env, door, appliance, memory).await;
        }));
    }
    tasks.push(Task::new("follower", async {
        match appliance.follow(&env, stack, &watch, |_| {}).await {}
    }));
    tasks.push(Task::new("beside", beside(&env)));
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
    for (index, memory) in memory.sessions.iter_mut().enumerate() {
        tasks.push(Task::new("session", appliance.sink(&env, index, memory)));
    }
    let mut reached = bench.drive(host, &mut tasks, outage.map(|outage| outage.from))?;
    if reached == Reached::Moment && bench.switch.is_calm() {
        reached = bench.drive(host, &mut tasks, None)?;
    }
    drop(tasks);
    let now = clock::now();
    let outbox = prober.borrow().progress(moment(now)).outbox;
    let life = Life {
        boot,
        ended: now,
        outbox,
        guard: watch.counters(),
    };
    Ok((reached, life))
}

fn moment(now: Duration) -> Instant {
    Instant::from_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}

/// What the guards of two lives have counted together.
pub(crate) fn sum(one: Counters, other: Counters) -> Counters {
    let sum = |of: fn(&Counters) -> u32| of(&one).saturating_add(of(&other));
    Counters {
        received: sum(|of| of.received),
        strangers: sum(|of| of.strangers),
        sent: sum(|of| of.sent),
        sent_link: sum(|of| of.sent_link),
        kept: sum(|of| of.kept),
        malformed: sum(|of| of.malformed),
        unknown: sum(|of| of.unknown),
        fragments: sum(|of| of.fragments),
        diverting: sum(|of| of.diverting),
        tunnels: sum(|of| of.tunnels),
        too_long: sum(|of| of.too_long),
        foreign_source: sum(|of| of.foreign_source),
        neighbours: sum(|of| of.neighbours),
        noise: sum(|of| of.noise),
        nobody_listened: sum(|of| of.nobody_listened),
        limited: sum(|of| of.limited),
        violations: sum(|of| of.violations),
        callers_forgotten: sum(|of| of.callers_forgotten),
    }
}

/// The environment of the device in the simulator.
pub type DeviceEnv<'d> = StackEnv<'d, SeededRandom>;

/// The device's generator, from the world's seed.
pub struct SeededRandom(RefCell<Random>);

impl firmware::net::Random for SeededRandom {
    fn fill(&self, octets: &mut [u8]) {
        self.0.borrow_mut().fill(octets);
    }
}
