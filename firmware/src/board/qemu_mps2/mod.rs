//! QEMU's `mps2-an500`: a Cortex-M7 with Ethernet and serial ports, the stand-in for the boards.
//!
//! It has no generator of random numbers, no flash that lasts and no chip identity: whoever starts
//! it says what those would, on the command line (see [`boot_line`]).

pub(crate) mod boot_line;
mod clock;
pub(crate) mod executor;
mod interrupts;
mod lan9118;
mod panic;
mod register;
pub(crate) mod report;
mod semihosting;
mod uart;

pub(crate) use lan9118::Lan9118;
pub(crate) use uart::{UartReader, UartWriter};

/// The processor's clock, in hertz.
const CLOCK_HZ: u32 = 25_000_000;

/// What the board has to give, each once.
pub(crate) struct Board {
    /// The network.
    pub(crate) ethernet: Lan9118,
    /// The link, from the host.
    pub(crate) reader: UartReader,
    /// The link, to the host.
    pub(crate) writer: UartWriter,
}

/// Starts clock and devices. `None` the second time: there is one board.
pub(crate) fn start() -> Option<Board> {
    let core = cortex_m::Peripherals::take()?;
    clock::start(core.SYST);
    let ethernet = Lan9118::start();
    let (reader, writer) = uart::start();
    interrupts::enable();
    Some(Board {
        ethernet,
        reader,
        writer,
    })
}
