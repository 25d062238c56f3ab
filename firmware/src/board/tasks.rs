//! The appliance's tasks, each with a waker of its own, on whichever board this is.

use core::cell::RefCell;

use embassy_executor::Spawner;
use embassy_net::{Runner, Stack, StackResources};
#[cfg(not(feature = "relay-only"))]
use firmware::net::LinkPortMemory;
use firmware::{
    appliance::{Appliance, Memory, WORKERS},
    duty::{Dutiful, Promise, Promises},
    guard::{Doors, Guard, HostDoor, ProberWarden, Watch},
    link::{Link, LinkMemory},
    net::{self, DatagramMemory, StackEnv, now, seed},
    storage::{Keeper, KeeperMemory},
    worker::WorkerMemory,
};
use probe_core::{
    finding::DeviceId,
    frame::{
        about::{Addressing, Level, Provision, Reset, beginning_of},
        message::NetworkState,
    },
    prober::{About, Prober},
};
use static_cell::{ConstStaticCell, StaticCell};

use super::{
    Board, Parts, ThisBoard,
    heartbeat::{Heart, beat},
    report,
};

/// Whether there is a link port over the network.
const HAS_LINK_PORT: bool = cfg!(not(feature = "relay-only"));

/// Connections at once: the workers', and the sink's.
const CONNECTIONS: usize = WORKERS + SESSIONS;
/// Their sockets, the link port's, the one that asks for an address, and the one that asks the resolver.
const SOCKETS: usize =
    CONNECTIONS + HAS_LINK_PORT as usize + 1 + cfg!(feature = "datagrams") as usize;
/// The sink's sessions.
#[cfg(not(feature = "relay-only"))]
const SESSIONS: usize = firmware::sink::SINK_SESSIONS;
#[cfg(feature = "relay-only")]
const SESSIONS: usize = 0;

/// Tasks that promise to look up, behind the workers.
const NETWORK: usize = WORKERS;
const LINK: usize = WORKERS + 1;
const FOLLOWER: usize = WORKERS + 2;
const KEEPER: usize = WORKERS + 3;
const LINK_PORT: usize = WORKERS + 4;
/// The first of the sink's sessions.
const SESSION: usize = WORKERS + 5;
/// How many tasks promise to look up.
pub(super) const TASKS: usize = SESSION + SESSIONS;

pub(super) type BoardAppliance = Appliance<'static, WORKERS>;
type BoardEnv = StackEnv<'static, <ThisBoard as Board>::Random>;
type BoardDriver = Guard<'static, <ThisBoard as Board>::Ethernet, ProberWarden<'static>, ()>;
type BoardKeeper = Keeper<'static, <ThisBoard as Board>::Flash>;
type BoardLink = Link<<ThisBoard as Board>::Reader, <ThisBoard as Board>::Writer>;

static MEMORY: ConstStaticCell<Memory<WORKERS>> = ConstStaticCell::new(Memory::new());
static KEEPER_MEMORY: ConstStaticCell<KeeperMemory> = ConstStaticCell::new(KeeperMemory::new());
#[cfg(not(feature = "relay-only"))]
static LINK_PORT_MEMORY: ConstStaticCell<LinkPortMemory> =
    ConstStaticCell::new(LinkPortMemory::new());
static RESOURCES: ConstStaticCell<StackResources<SOCKETS>> =
    ConstStaticCell::new(StackResources::new());
static PROMISES: StaticCell<Promises<TASKS>> = StaticCell::new();
static RUNNER: StaticCell<Runner<'static, BoardDriver>> = StaticCell::new();
static WATCH: StaticCell<Watch> = StaticCell::new();
static APPLIANCE: StaticCell<BoardAppliance> = StaticCell::new();
static ENV: StaticCell<BoardEnv> = StaticCell::new();
static DATAGRAMS: ConstStaticCell<DatagramMemory> = ConstStaticCell::new(DatagramMemory::new());

/// What a task is called, and its number.
pub(super) fn name(task: usize) -> (&'static str, u32) {
    match task {
        NETWORK => ("network", 0),
        LINK => ("link", 0),
        FOLLOWER => ("follower", 0),
        KEEPER => ("keeper", 0),
        LINK_PORT => ("link port", 0),
        worker if worker < WORKERS => ("worker", u32::try_from(worker).unwrap_or(u32::MAX)),
        session => (
            "session",
            u32::try_from(session - SESSION).unwrap_or(u32::MAX),
        ),
    }
}

/// Finds what is on flash, makes the appliance with it, starts its tasks, and goes on as the keeper: what
/// it needed to begin and what it needs from then on share this task's memory. What is made is made in
/// functions that wait for nothing: a task's memory holds whatever lives over a wait, for ever. Not an async
/// function, which would keep the board's parts twice.
#[embassy_executor::task]
pub(super) fn begin(spawner: Spawner, mut board: Parts<ThisBoard>) -> impl Future<Output = ()> {
    let flash = board.flash.take();
    async move {
        let mut keeper = None;
        if let Some((flash, map)) = flash {
            keeper = Keeper::start(flash, map, KEEPER_MEMORY.take()).await.ok();
        }
        if let Some(keeper) = &mut keeper
            && board.restart.reset == Reset::Factory
        {
            keeper.forget().await;
        }
        let boot = keeper.as_ref().map_or(board.boot, Keeper::boot);
        report::booted(boot, &board.restart);
        // Made where it stays: a task's locals that live over a wait are made in the task's memory.
        let prober = new_prober(board.device, boot);
        // SAFETY: this task's memory is static, and never used again for anything else, since the task
        // does not end. It never moves, and from here on the prober is only borrowed.
        let prober: &'static RefCell<Prober> = unsafe { &*core::ptr::from_ref(&prober) };
        introduce(prober, &board, keeper.as_ref());
        if let Some(keeper) = &mut keeper {
            keeper.restore(now(), prober);
        }
        let provision = keeper.as_ref().and_then(Keeper::provision);
        let Started {
            appliance,
            env,
            promise,
        } = start(spawner, board, provision, prober);
        if let Some(keeper) = &mut keeper {
            promise.keep(env, || appliance.keep(env, keeper)).await;
        }
        core::future::pending().await
    }
}

/// Not inlined: so its caller has it written to where it stays, instead of to the stack first. It is
/// larger than all other frames together.
#[inline(never)]
fn new_prober(device: DeviceId, boot: u32) -> RefCell<Prober> {
    RefCell::new(Prober::new(device, boot))
}

fn introduce(prober: &RefCell<Prober>, board: &Parts<ThisBoard>, keeper: Option<&BoardKeeper>) {
    let restart = &board.restart;
    let mut prober = prober.borrow_mut();
    prober.introduce(About {
        version: beginning_of(env!("CARGO_PKG_VERSION")),
        board: beginning_of(ThisBoard::NAME),
        reset: restart.reset,
        panic: restart.panic.clone(),
        provision: keeper.and_then(Keeper::provision),
        keeps: keeper.is_some(),
        has_link_port: HAS_LINK_PORT,
    });
    let level = if restart.reset.is_fault() {
        Level::Error
    } else {
        Level::Info
    };
    let parts = ["start: ", restart.reset.as_str()];
    prober.log(now(), level, &parts);
    if keeper.is_none() {
        report::no_flash();
        let text = "flash: none to use; records are kept in memory only";
        prober.log(now(), Level::Warning, &[text]);
    }
}

/// What the keeper needs of what was started.
struct Started {
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    promise: Promise<'static>,
}

/// Starts what needs no network. What it makes on its way is large too, and is not to be on the
/// stack while the prober is made.
#[inline(never)]
fn start(
    spawner: Spawner,
    board: Parts<ThisBoard>,
    provision: Option<Provision>,
    prober: &'static RefCell<Prober>,
) -> Started {
    let after_fault = board.restart.reset.is_fault();
    let addressing = board
        .addressing
        .or(provision.map(|provision| provision.address))
        .unwrap_or(Addressing::Dhcp);
    let link_port = provision.and_then(|provision| provision.link_port);
    let host = link_port.filter(|_| HAS_LINK_PORT).map(|of| HostDoor {
        address: of.host,
        local_port: of.port,
    });
    let doors = Doors {
        slaac: cfg!(feature = "ipv6"),
        host,
        dhcp: addressing == Addressing::Dhcp,
        ..Doors::default()
    };
    let watch: &'static Watch = WATCH.init(Watch::new(doors));
    let appliance: &'static BoardAppliance = APPLIANCE.init_with(|| Appliance::new(prober));
    let guard = Guard::new(board.ethernet, watch, appliance.warden(), ());
    let (stack, runner) = embassy_net::new(
        guard,
        net::config(addressing),
        RESOURCES.take(),
        seed(&board.random),
    );
    let datagrams = DATAGRAMS.take();
    let env = StackEnv::new(stack, CONNECTIONS as u8, datagrams, watch, board.random);
    let env: &'static BoardEnv = ENV.init(env);
    let promises: &'static Promises<TASKS> = PROMISES.init(Promises::new());
    let promise = |task| promises.of(task).expect("every task has a promise");
    let memory = MEMORY.take();

    let heart = Heart {
        prober,
        appliance,
        promises,
        watchdog: board.watchdog,
        panel: board.panel,
        after_fault,
    };
    spawner.spawn(beat(heart).expect("spawned once"));
    let runner = RUNNER.init(runner);
    spawner.spawn(network(env, promise(NETWORK), runner).expect("spawned once"));
    let link = Link {
        reader: board.reader,
        writer: board.writer,
    };
    let speaking = speak(appliance, env, promise(LINK), link, &mut memory.link);
    spawner.spawn(speaking.expect("spawned once"));
    #[cfg(not(feature = "relay-only"))]
    if let Some(door) = host {
        let memory = LINK_PORT_MEMORY.take();
        let answering = answer(appliance, env, promise(LINK_PORT), door, memory);
        spawner.spawn(answering.expect("spawned once"));
    }
    let following = follow(appliance, env, promise(FOLLOWER), stack, watch);
    spawner.spawn(following.expect("spawned once"));
    for (index, memory) in memory.workers.iter_mut().enumerate() {
        let task = work(appliance, env, promise(index), index, memory);
        spawner.spawn(task.expect("the pool holds every worker"));
    }
    #[cfg(not(feature = "relay-only"))]
    for (index, memory) in memory.sessions.iter_mut().enumerate() {
        let task = sink(appliance, env, promise(SESSION + index), index, memory);
        spawner.spawn(task.expect("the pool holds every session"));
    }
    Started {
        appliance,
        env,
        promise: promise(KEEPER),
    }
}

#[embassy_executor::task]
async fn network(
    env: &'static BoardEnv,
    promise: Promise<'static>,
    runner: &'static mut Runner<'static, BoardDriver>,
) -> ! {
    promise.keep(env, || runner.run()).await
}

#[embassy_executor::task]
async fn speak(
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    promise: Promise<'static>,
    link: BoardLink,
    memory: &'static mut LinkMemory,
) {
    promise
        .keep(env, || appliance.link(env, link, memory))
        .await;
}

/// Answers the host that may call over the network.
#[cfg(not(feature = "relay-only"))]
#[embassy_executor::task]
async fn answer(
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    promise: Promise<'static>,
    door: HostDoor,
    memory: &'static mut LinkPortMemory,
) -> ! {
    promise
        .keep(env, || env.answer(env, door, appliance, memory))
        .await
}

/// Follows what becomes of the network.
#[embassy_executor::task]
async fn follow(
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    promise: Promise<'static>,
    stack: Stack<'static>,
    watch: &'static Watch,
) {
    let env = Dutiful::new(env, promise);
    let mut was_up = false;
    #[cfg(feature = "ipv6")]
    let mut had_ipv6 = false;
    let told = |network: NetworkState| {
        #[cfg(feature = "ipv6")]
        if !core::mem::replace(&mut had_ipv6, network.ipv6) && network.ipv6 {
            report::ipv6_up();
        }
        let is_up = network.lack.is_none();
        match (was_up, is_up) {
            (false, true) => report::network_up(),
            (true, false) => report::network_down(),
            _ => {}
        }
        was_up = is_up;
    };
    appliance.follow(&env, stack, watch, told).await;
}

#[embassy_executor::task(pool_size = WORKERS)]
async fn work(
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    promise: Promise<'static>,
    index: usize,
    memory: &'static mut WorkerMemory,
) {
    let env = Dutiful::new(env, promise);
    appliance.work(&env, index, memory).await;
}

#[cfg(not(feature = "relay-only"))]
#[embassy_executor::task(pool_size = SESSIONS)]
async fn sink(
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    promise: Promise<'static>,
    index: usize,
    memory: &'static mut firmware::sink::SessionMemory,
) {
    let env = Dutiful::new(env, promise);
    appliance.sink(&env, index, memory).await;
}
