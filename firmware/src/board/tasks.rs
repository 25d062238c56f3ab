//! The appliance's tasks, each with a waker of its own, on whichever board this is.

use core::cell::RefCell;

use embassy_executor::Spawner;
use embassy_net::{Runner, Stack, StackResources};
use firmware::{
    appliance::{Appliance, Memory, WORKERS},
    guard::{Doors, Guard, ProberWarden, Watch},
    link::{Link, LinkMemory},
    net::{StackEnv, seed},
    worker::WorkerMemory,
};
use probe_core::prober::Prober;
use static_cell::{ConstStaticCell, StaticCell};

use super::{Board, Parts, ThisBoard, report};

/// The workers' sockets and the one that asks for an address.
const SOCKETS: usize = WORKERS + 1;

type BoardAppliance = Appliance<'static, WORKERS>;
type BoardEnv = StackEnv<'static, <ThisBoard as Board>::Random>;
type BoardDriver = Guard<'static, <ThisBoard as Board>::Ethernet, ProberWarden<'static>, ()>;
type BoardLink = Link<<ThisBoard as Board>::Reader, <ThisBoard as Board>::Writer>;

static MEMORY: ConstStaticCell<Memory<WORKERS>> = ConstStaticCell::new(Memory::new());
static RESOURCES: ConstStaticCell<StackResources<SOCKETS>> =
    ConstStaticCell::new(StackResources::new());
static PROBER: StaticCell<RefCell<Prober>> = StaticCell::new();
static WATCH: StaticCell<Watch> = StaticCell::new();
static APPLIANCE: StaticCell<BoardAppliance> = StaticCell::new();
static ENV: StaticCell<BoardEnv> = StaticCell::new();

/// Makes the appliance and starts what needs no network.
pub(super) fn begin(spawner: Spawner, board: Parts<ThisBoard>) {
    let prober: &'static _ =
        PROBER.init_with(|| RefCell::new(Prober::new(board.device, board.boot)));
    let doors = Doors {
        dhcp: board.addressing.asks_dhcp(),
        ..Doors::default()
    };
    let watch: &'static Watch = WATCH.init(Watch::new(doors));
    let appliance: &'static BoardAppliance = APPLIANCE.init(Appliance::new(prober));
    let guard = Guard::new(board.ethernet, watch, appliance.warden(), ());
    let (stack, runner) = embassy_net::new(
        guard,
        board.addressing.config(),
        RESOURCES.take(),
        seed(&board.random),
    );
    let env: &'static BoardEnv = ENV.init(StackEnv::new(stack, WORKERS as u8, watch, board.random));
    let memory = MEMORY.take();

    spawner.spawn(network(runner).expect("spawned once"));
    let link = Link {
        reader: board.reader,
        writer: board.writer,
    };
    spawner.spawn(speak(appliance, env, link, &mut memory.link).expect("spawned once"));
    let crew = Crew {
        appliance,
        env,
        memory: &mut memory.workers,
    };
    spawner.spawn(follow(spawner, stack, watch, crew).expect("spawned once"));
}

#[embassy_executor::task]
async fn network(mut runner: Runner<'static, BoardDriver>) -> ! {
    runner.run().await
}

#[embassy_executor::task]
async fn speak(
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    link: BoardLink,
    memory: &'static mut LinkMemory,
) {
    appliance.link(env, link, memory).await;
}

/// Workers that wait for a network.
struct Crew {
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    memory: &'static mut [WorkerMemory; WORKERS],
}

/// Follows the network's configuration: the router is a door, and no worker begins before there is
/// an address to probe from.
#[embassy_executor::task]
async fn follow(spawner: Spawner, stack: Stack<'static>, watch: &'static Watch, crew: Crew) {
    let mut waiting = Some(crew);
    loop {
        stack.wait_config_up().await;
        let gateway_v4 = stack.config_v4().and_then(|config| config.gateway);
        watch.set_doors(Doors {
            gateway_v4,
            ..watch.doors()
        });
        report::network_up();
        if let Some(crew) = waiting.take() {
            for (index, memory) in crew.memory.iter_mut().enumerate() {
                let task = work(crew.appliance, crew.env, index, memory);
                spawner.spawn(task.expect("the pool holds every worker"));
            }
        }
        stack.wait_config_down().await;
        report::network_down();
    }
}

#[embassy_executor::task(pool_size = WORKERS)]
async fn work(
    appliance: &'static BoardAppliance,
    env: &'static BoardEnv,
    index: usize,
    memory: &'static mut WorkerMemory,
) {
    appliance.work(env, index, memory).await;
}
