//! QEMU's `mps2-an500`: a Cortex-M7 with Ethernet and serial ports, the stand-in for the boards.
//!
//! It has no generator of random numbers and no chip identity: whoever starts it says what those
//! would, on the command line (see [`boot_line`]). Its flash is a stand-in (see [`flash`]).

mod boot_line;
mod clock;
mod console;
mod dice;
mod executor;
mod fault;
mod flash;
mod interrupts;
mod lan9118;
mod panel;
mod semihosting;
mod uart;
mod watchdog;

#[cfg(feature = "defmt")]
use defmt_semihosting as _;
use embassy_executor::Spawner;
use probe_core::finding::DeviceId;

use super::{Board, Parts, kept};
use boot_line::BootLine;
use dice::Dice;
use flash::PsramFlash;
use lan9118::Lan9118;
use panel::FpgaPanel;
use uart::{UartReader, UartWriter};
use watchdog::CmsdkWatchdog;

/// The processor's clock, in hertz.
const CLOCK_HZ: u32 = 25_000_000;

/// The board.
pub(crate) struct Mps2;

impl Board for Mps2 {
    const NAME: &'static str = "qemu-mps2";

    type Ethernet = Lan9118;
    type Reader = UartReader;
    type Writer = UartWriter;
    type Random = Dice;
    type Watchdog = CmsdkWatchdog;
    type Panel = FpgaPanel;
    type Flash = PsramFlash;

    const LOOK_EVERY_MS: u64 = 100;

    fn start() -> Option<Parts<Self>> {
        let boot_line = BootLine::read();
        let core = cortex_m::Peripherals::take()?;
        // No register tells what made the board start.
        let restart = kept::begin(None);
        if let Some(fault) = boot_line.fault(&restart) {
            fault.awaited();
        }
        let watchdog = CmsdkWatchdog::start();
        clock::start(core.SYST);
        let ethernet = Lan9118::start();
        let (reader, writer) = uart::start();
        interrupts::enable();
        Some(Parts {
            device: device_id(ethernet.address()),
            boot: boot_line.boot(&restart),
            restart,
            addressing: boot_line.addressing(),
            ethernet,
            reader,
            writer,
            random: Dice::new(boot_line.seed),
            watchdog,
            panel: FpgaPanel,
            flash: boot_line
                .has_flash()
                .then(|| (PsramFlash::start(), flash::MAP)),
        })
    }

    fn run(begin: impl FnOnce(Spawner)) -> ! {
        executor::run(|spawner| {
            begin(spawner);
            fault::spawn(spawner);
        })
    }

    fn say(line: &str) {
        console::say(line);
    }

    fn restart() -> ! {
        cortex_m::peripheral::SCB::sys_reset()
    }
}

/// Which device this is: its hardware address, which is its own on a wire.
fn device_id([a, b, c, d, e, f]: [u8; 6]) -> DeviceId {
    DeviceId([b'q', b'e', a, b, c, d, e, f])
}
