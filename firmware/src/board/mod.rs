//! The boards, behind one trait.
//!
//! A binary is for one board, which its feature chooses. A board gives what is made of registers
//! and interrupts; [`tasks`] runs the appliance on it, the same for every board.

#[cfg(feature = "board-qemu-mps2")]
mod qemu_mps2;
mod report;
mod tasks;

use embassy_executor::Spawner;
use embassy_net::{Ipv4Cidr, StaticConfigV4};
use embassy_net_driver::Driver;
use embedded_io_async::{Read, Write};
use firmware::net::Random;
use probe_core::finding::DeviceId;

#[cfg(feature = "board-qemu-mps2")]
pub(crate) use qemu_mps2::Mps2 as ThisBoard;

/// What a board is. Its clock is embassy-time's driver, which it brings along.
pub(crate) trait Board: Sized + 'static {
    /// What it is called, as its binary is.
    const NAME: &'static str;

    /// The network.
    type Ethernet: Driver + 'static;
    /// The link, from the host.
    type Reader: Read + 'static;
    /// The link, to the host.
    type Writer: Write + 'static;
    /// The generator of random octets.
    type Random: Random + 'static;

    /// Starts clock and devices. `None` the second time: there is one board.
    fn start() -> Option<Parts<Self>>;

    /// Runs what `begin` spawns, for ever.
    fn run(begin: impl FnOnce(Spawner)) -> !;

    /// Says a line to whoever watches this board's console, if it has one.
    fn say(line: report::Line);
}

/// What a board has to give, each once.
pub(crate) struct Parts<B: Board> {
    /// Who this device is.
    pub(crate) device: DeviceId,
    /// The number of this boot. With the device's identity it names the findings, so it is
    /// another one each time.
    pub(crate) boot: u32,
    /// How its network is to be configured.
    pub(crate) addressing: Addressing,
    /// The network.
    pub(crate) ethernet: B::Ethernet,
    /// The link, from the host.
    pub(crate) reader: B::Reader,
    /// The link, to the host.
    pub(crate) writer: B::Writer,
    /// Random octets.
    pub(crate) random: B::Random,
}

/// Where a device's IPv4 address comes from.
#[derive(Clone)]
pub(crate) enum Addressing {
    /// It asks for one.
    Dhcp,
    /// It was given this one.
    Static {
        /// The address, and how much of it is the network's.
        address: Ipv4Cidr,
        /// The way to everywhere else.
        gateway: Option<core::net::Ipv4Addr>,
    },
}

impl Addressing {
    /// Whether the device asks for its address.
    pub(crate) fn asks_dhcp(&self) -> bool {
        matches!(self, Self::Dhcp)
    }

    /// The same for the stack.
    pub(crate) fn config(&self) -> embassy_net::Config {
        match self {
            Self::Dhcp => embassy_net::Config::dhcpv4(Default::default()),
            Self::Static { address, gateway } => embassy_net::Config::ipv4_static(StaticConfigV4 {
                address: *address,
                gateway: *gateway,
                dns_servers: Default::default(),
            }),
        }
    }
}

/// Starts this binary's board and the appliance on it.
pub(crate) fn main() -> ! {
    let parts = ThisBoard::start().expect("the board is started once");
    report::booted(parts.boot);
    ThisBoard::run(|spawner| tasks::begin(spawner, parts))
}
