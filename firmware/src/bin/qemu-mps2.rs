//! The appliance on QEMU's `mps2-an500`.
#![no_std]
#![no_main]

#[path = "../board/qemu_mps2/mod.rs"]
mod board;

use core::cell::{Cell, RefCell};

use board::{Board, Lan9118, UartReader, UartWriter, boot_line::BootLine, executor, report};
use embassy_executor::Spawner;
use embassy_net::{Runner, Stack, StackResources};
use firmware::{
    appliance::{Appliance, Memory, WORKERS},
    guard::{Doors, Guard, ProberWarden, Watch},
    link::{Link, LinkMemory},
    net::{Random, StackEnv, seed},
    worker::WorkerMemory,
};
use probe_core::{finding::DeviceId, prober::Prober};
use static_cell::{ConstStaticCell, StaticCell};

/// The workers' sockets and the one that asks for an address.
const SOCKETS: usize = WORKERS + 1;

type BoardAppliance = Appliance<'static, WORKERS>;
type BoardEnv = StackEnv<'static, Dice>;
type BoardDriver = Guard<'static, Lan9118, ProberWarden<'static>, ()>;

static MEMORY: ConstStaticCell<Memory<WORKERS>> = ConstStaticCell::new(Memory::new());
static RESOURCES: ConstStaticCell<StackResources<SOCKETS>> =
    ConstStaticCell::new(StackResources::new());
static PROBER: StaticCell<RefCell<Prober>> = StaticCell::new();
static WATCH: StaticCell<Watch> = StaticCell::new();
static APPLIANCE: StaticCell<BoardAppliance> = StaticCell::new();
static ENV: StaticCell<BoardEnv> = StaticCell::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    let boot_line = BootLine::read();
    let board = board::start().expect("the board is started once");
    report::booted(boot_line.boot);
    executor::run(|spawner| begin(spawner, board, boot_line))
}

/// Makes the appliance and starts what needs no network.
fn begin(spawner: Spawner, board: Board, boot_line: BootLine) {
    let device = device_id(board.ethernet.address());
    let prober: &'static _ = PROBER.init_with(|| RefCell::new(Prober::new(device, boot_line.boot)));
    let doors = Doors {
        dhcp: boot_line.asks_dhcp(),
        ..Doors::default()
    };
    let watch: &'static Watch = WATCH.init(Watch::new(doors));
    let dice = Dice::new(boot_line.seed);
    let appliance: &'static BoardAppliance = APPLIANCE.init(Appliance::new(prober));
    let guard = Guard::new(board.ethernet, watch, appliance.warden(), ());
    let (stack, runner) =
        embassy_net::new(guard, boot_line.config(), RESOURCES.take(), seed(&dice));
    let env: &'static BoardEnv = ENV.init(StackEnv::new(stack, WORKERS as u8, watch, dice));
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
    link: Link<UartReader, UartWriter>,
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

/// Which device this is: its hardware address, which is its own on a wire.
fn device_id([a, b, c, d, e, f]: [u8; 6]) -> DeviceId {
    DeviceId([b'q', b'e', a, b, c, d, e, f])
}

/// Random octets from a seed (SplitMix64): the board has no generator.
struct Dice(Cell<u64>);

impl Dice {
    const fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

impl Random for Dice {
    fn fill(&self, octets: &mut [u8]) {
        for piece in octets.chunks_mut(8) {
            let random = self.next().to_le_bytes();
            for (octet, random) in piece.iter_mut().zip(random) {
                *octet = random;
            }
        }
    }
}
