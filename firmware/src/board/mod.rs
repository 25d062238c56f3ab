//! The boards, behind one trait.
//!
//! A binary is for one board, which its feature chooses. A board gives what is made of registers
//! and interrupts; [`tasks`] runs the appliance on it, the same for every board.

mod builtins;
mod heartbeat;
mod kept;
mod panic;
#[cfg(feature = "board-qemu-mps2")]
mod qemu_mps2;
mod register;
mod report;
#[cfg(any(feature = "board-stm32h743", feature = "board-stm32f767"))]
mod stm32;
mod tasks;

use embassy_executor::Spawner;
use embassy_net_driver::Driver;
use embedded_io_async::{Read, Write};
use firmware::{
    net::Random,
    restart::Restart,
    storage::{Flash, Map},
};
use probe_core::{finding::DeviceId, frame::about::Addressing};

#[cfg(feature = "board-qemu-mps2")]
pub(crate) use qemu_mps2::Mps2 as ThisBoard;
#[cfg(any(feature = "board-stm32h743", feature = "board-stm32f767"))]
pub(crate) use stm32::Nucleo as ThisBoard;

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

    /// The watchdog, which runs from the start.
    type Watchdog: Watchdog + 'static;
    /// Lamp and button.
    type Panel: Panel + 'static;
    /// Flash that no program is on.
    type Flash: Flash + 'static;

    /// How often the heartbeat looks up, in milliseconds: a button is looked at often.
    const LOOK_EVERY_MS: u64;

    /// Starts clock and devices. `None` the second time: there is one board.
    fn start() -> Option<Parts<Self>>;

    /// Runs what `begin` spawns, for ever.
    fn run(begin: impl FnOnce(Spawner)) -> !;

    /// Says a line to whoever watches this board's console, if it has one.
    fn say(line: &str);

    /// Starts anew.
    fn restart() -> !;
}

/// What starts the board anew unless it is fed.
pub(crate) trait Watchdog {
    /// Feeds it.
    fn feed(&mut self);
}

/// A lamp and a button.
pub(crate) trait Panel {
    /// Switches the lamp.
    fn light(&mut self, on: bool);

    /// Whether the button's contact is closed.
    fn is_pressed(&mut self) -> bool;
}

/// What a board has to give, each once.
pub(crate) struct Parts<B: Board> {
    /// Who this device is.
    pub(crate) device: DeviceId,
    /// The number of this boot, where it cannot be counted on flash. With the device's identity it
    /// names the findings, so it is another one each time.
    pub(crate) boot: u32,
    /// How this boot began.
    pub(crate) restart: Restart,
    /// Where its IPv4 address comes from, where this start has been told.
    pub(crate) addressing: Option<Addressing>,
    /// The network.
    pub(crate) ethernet: B::Ethernet,
    /// The link, from the host.
    pub(crate) reader: B::Reader,
    /// The link, to the host.
    pub(crate) writer: B::Writer,
    /// Random octets.
    pub(crate) random: B::Random,
    /// The watchdog.
    pub(crate) watchdog: B::Watchdog,
    /// Lamp and button.
    pub(crate) panel: B::Panel,
    /// Flash, and where on it is what.
    pub(crate) flash: Option<(B::Flash, Map)>,
}

/// Starts this binary's board and the appliance on it.
pub(crate) fn main() -> ! {
    let parts = ThisBoard::start().expect("the board is started once");
    ThisBoard::run(|spawner| {
        spawner.spawn(tasks::begin(spawner, parts).expect("spawned once"));
    })
}
