//! A board with nothing but the network: DHCP and one TCP connection to the router. It is never run: it
//! is what the sizes of the appliance are held against.
#![no_std]
#![no_main]

#[path = "../board/mod.rs"]
#[expect(dead_code, reason = "the appliance is not in this program")]
mod board;

use board::{Board, ThisBoard};
use embassy_executor::Spawner;
use embassy_net::{IpEndpoint, Runner, Stack, StackResources, tcp::TcpSocket};
use firmware::{
    env::Buffers,
    net::{self, seed},
};
use probe_core::frame::about::Addressing;
use static_cell::{ConstStaticCell, StaticCell};

type BareRunner = Runner<'static, <ThisBoard as Board>::Ethernet>;

/// One for DHCP, and the connection's.
static RESOURCES: ConstStaticCell<StackResources<2>> = ConstStaticCell::new(StackResources::new());
static BUFFERS: ConstStaticCell<Buffers> = ConstStaticCell::new(Buffers::new());
static RUNNER: StaticCell<BareRunner> = StaticCell::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    let parts = ThisBoard::start().expect("the board is started once");
    ThisBoard::run(|spawner: Spawner| {
        let config = net::config(Addressing::Dhcp);
        let seed = seed(&parts.random);
        let (stack, runner) = embassy_net::new(parts.ethernet, config, RESOURCES.take(), seed);
        let runner = RUNNER.init(runner);
        spawner.spawn(network(runner).expect("spawned once"));
        spawner.spawn(client(stack).expect("spawned once"));
    })
}

#[embassy_executor::task]
async fn network(runner: &'static mut BareRunner) -> ! {
    runner.run().await
}

#[embassy_executor::task]
async fn client(stack: Stack<'static>) {
    let Buffers { receive, send } = BUFFERS.take();
    stack.wait_config_up().await;
    let Some(router) = stack.config_v4().and_then(|config| config.gateway) else {
        return;
    };
    let mut socket = TcpSocket::new(stack, receive, send);
    let mut octets = [0; 64];
    if socket.connect(IpEndpoint::from((router, 25))).await.is_ok()
        && let Ok(count) = socket.read(&mut octets).await
    {
        // Whatever becomes of it: nothing depends on this.
        let _ = socket.write(octets.get(..count).unwrap_or_default()).await;
    }
}
