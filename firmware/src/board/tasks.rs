//! The appliance's tasks, each with a waker of its own, on whichever board this is.

use core::cell::RefCell;

use embassy_executor::Spawner;
use embassy_net::{Runner, Stack, StackResources};
use firmware::{
    appliance::{Appliance, Memory, WORKERS},
    duty::{Dutiful, Promise, Promises},
    env::Env,
    guard::{Doors, Guard, ProberWarden, Watch},
    link::{Link, LinkMemory},
    net::{StackEnv, now, seed},
    storage::{Keeper, KeeperMemory},
    worker::WorkerMemory,
};
use probe_core::{
    finding::DeviceId,
    frame::about::{Addressing, Level, Provision, Reset, beginning_of},
    prober::{About, Prober},
    time::Millis,
};
use static_cell::{ConstStaticCell, StaticCell};

use super::{
    Board, Parts, ThisBoard,
    heartbeat::{Heart, beat},
    report, stack_config,
};

/// The workers' sockets and the one that asks for an address.
const SOCKETS: usize = WORKERS + 1;

/// Tasks that promise to look up, behind the workers.
const NETWORK: usize = WORKERS;
const LINK: usize = WORKERS + 1;
const FOLLOWER: usize = WORKERS + 2;
const KEEPER: usize = WORKERS + 3;
/// How many tasks promise to look up.
pub(super) const TASKS: usize = WORKERS + 4;

/// How often the network's configuration is looked at, in milliseconds.
const FOLLOW_EVERY_MS: u64 = 200;

pub(super) type BoardAppliance = Appliance<'static, WORKERS>;
type BoardEnv = StackEnv<'static, <ThisBoard as Board>::Random>;
type BoardDriver = Guard<'static, <ThisBoard as Board>::Ethernet, ProberWarden<'static>, ()>;
type BoardKeeper = Keeper<'static, <ThisBoard as Board>::Flash>;
type BoardLink = Link<<ThisBoard as Board>::Reader, <ThisBoard as Board>::Writer>;

static MEMORY: ConstStaticCell<Memory<WORKERS>> = ConstStaticCell::new(Memory::new());
static KEEPER_MEMORY: ConstStaticCell<KeeperMemory> = ConstStaticCell::new(KeeperMemory::new());
static RESOURCES: ConstStaticCell<StackResources<SOCKETS>> =
    ConstStaticCell::new(StackResources::new());
static PROMISES: StaticCell<Promises<TASKS>> = StaticCell::new();
static RUNNER: StaticCell<Runner<'static, BoardDriver>> = StaticCell::new();
static WATCH: StaticCell<Watch> = StaticCell::new();
static APPLIANCE: StaticCell<BoardAppliance> = StaticCell::new();
static ENV: StaticCell<BoardEnv> = StaticCell::new();

/// What a task is called, and its number.
pub(super) fn name(task: usize) -> (&'static str, u32) {
    match task {
        NETWORK => ("network", 0),
        LINK => ("link", 0),
        FOLLOWER => ("follower", 0),
        KEEPER => ("keeper", 0),
        worker => ("worker", u32::try_from(worker).unwrap_or(u32::MAX)),
    }
}

/// Finds what is on flash, makes the appliance with it, starts its tasks, and goes on as the keeper: what
/// it needed to begin and what it needs from then on share this task's memory. What is made is made in
/// functions that wait for nothing: a task's memory holds whatever lives over a wait, for ever.
#[embassy_executor::task]
pub(super) async fn begin(spawner: Spawner, mut board: Parts<ThisBoard>) -> ! {
    let mut keeper = None;
    if let Some((flash, map)) = board.flash.take() {
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
        keeper.restore(now(), prober).await;
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
    let doors = Doors {
        dhcp: addressing == Addressing::Dhcp,
        ..Doors::default()
    };
    let watch: &'static Watch = WATCH.init(Watch::new(doors));
    let appliance: &'static BoardAppliance = APPLIANCE.init(Appliance::new(prober));
    let guard = Guard::new(board.ethernet, watch, appliance.warden(), ());
    let (stack, runner) = embassy_net::new(
        guard,
        stack_config(addressing),
        RESOURCES.take(),
        seed(&board.random),
    );
    let env: &'static BoardEnv = ENV.init(StackEnv::new(stack, WORKERS as u8, watch, board.random));
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
    let crew = Crew {
        appliance,
        env,
        promises,
        memory: &mut memory.workers,
    };
    let following = follow(spawner, prober, stack, watch, promise(FOLLOWER), crew);
    spawner.spawn(following.expect("spawned once"));
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

/// Workers that wait for a network.
struct Crew {
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    promises: &'static Promises<TASKS>,
    memory: &'static mut [WorkerMemory; WORKERS],
}

/// Follows the network's configuration: the routers are doors, and no worker begins before there
/// is an address to probe from.
#[embassy_executor::task]
async fn follow(
    spawner: Spawner,
    prober: &'static RefCell<Prober>,
    stack: Stack<'static>,
    watch: &'static Watch,
    promise: Promise<'static>,
    crew: Crew,
) -> ! {
    let env = Dutiful::new(crew.env, promise);
    let mut waiting = Some(crew);
    let mut was_up = false;
    #[cfg(feature = "ipv6")]
    let mut had_ipv6 = false;
    loop {
        #[cfg(feature = "ipv6")]
        {
            let has_ipv6 = stack.is_link_up() && stack.config_v6().is_some();
            if has_ipv6 && !had_ipv6 {
                report::ipv6_up();
            }
            had_ipv6 = has_ipv6;
        }
        watch.set_doors(Doors {
            gateway_v4: stack.config_v4().and_then(|config| config.gateway),
            #[cfg(feature = "ipv6")]
            gateway_v6: stack.config_v6().and_then(|config| config.gateway),
            ..watch.doors()
        });
        let is_up = stack.is_link_up() && stack.is_config_up();
        match (was_up, is_up) {
            (false, true) => {
                report::network_up();
                let mut prober = prober.borrow_mut();
                prober.log(env.now(), Level::Info, &["network: up"]);
            }
            (true, false) => {
                report::network_down();
                let mut prober = prober.borrow_mut();
                prober.log(env.now(), Level::Warning, &["network: down"]);
            }
            _ => {}
        }
        was_up = is_up;
        if is_up && let Some(crew) = waiting.take() {
            for (index, memory) in crew.memory.iter_mut().enumerate() {
                let promise = crew.promises.of(index).expect("every task has a promise");
                let task = work(crew.appliance, crew.env, promise, index, memory);
                spawner.spawn(task.expect("the pool holds every worker"));
            }
        }
        env.sleep_until(env.now() + Millis(FOLLOW_EVERY_MS)).await;
    }
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
