//! ST's Nucleo-144 boards with Ethernet, the same but for their chips: NUCLEO-H743ZI2 and
//! NUCLEO-F767ZI.
//!
//! The link is the serial port that the on-board ST-Link shows to the host. The processor's data
//! cache stays off, so what DMA reads and writes is what the program does.

mod brown_out;
#[cfg_attr(feature = "board-stm32h743", path = "chip_h743.rs")]
#[cfg_attr(feature = "board-stm32f767", path = "chip_f767.rs")]
mod chip;
mod flash;
mod panel;
mod random;
mod uart;
mod watchdog;

#[cfg(feature = "defmt")]
use defmt_rtt as _;
use embassy_executor::{Executor, Spawner};
use embassy_stm32::{
    bind_interrupts, dma,
    eth::{self, Ethernet, GenericPhy, PacketQueue, Sma},
    peripherals::{DMA1_CH1, DMA1_CH3, ETH, ETH_SMA, RNG, USART3},
    rng, uid, usart,
};
use firmware::{
    net::Random,
    unique::{device_id, mac},
};
use static_cell::{ConstStaticCell, StaticCell};

use super::{Board, Parts, kept};
use flash::BankTwo;
use panel::NucleoPanel;
use random::ChipRandom;
use uart::{UartReader, UartWriter};
use watchdog::ChipWatchdog;

bind_interrupts!(struct Interrupts {
    ETH => eth::InterruptHandler;
    RNG => rng::InterruptHandler<RNG>;
    USART3 => usart::InterruptHandler<USART3>;
    DMA1_STREAM1 => dma::InterruptHandler<DMA1_CH1>;
    DMA1_STREAM3 => dma::InterruptHandler<DMA1_CH3>;
});

/// How many frames may wait to leave: one goes while the next is written.
const SENT_FRAMES: usize = 2;
/// How many frames may have come before anybody looks.
const RECEIVED_FRAMES: usize = 4;

static FRAME_QUEUE: ConstStaticCell<PacketQueue<SENT_FRAMES, RECEIVED_FRAMES>> =
    ConstStaticCell::new(PacketQueue::new());
static EXECUTOR: StaticCell<Executor> = StaticCell::new();

/// The board.
pub(crate) struct Nucleo;

impl Board for Nucleo {
    const NAME: &'static str = chip::BOARD;

    type Ethernet = Ethernet<'static, ETH, GenericPhy<Sma<'static, ETH_SMA>>>;
    type Reader = UartReader;
    type Writer = UartWriter;
    type Random = ChipRandom;
    type Watchdog = ChipWatchdog;
    type Panel = NucleoPanel;
    type Flash = BankTwo;

    const LOOK_EVERY_MS: u64 = 10;

    fn start() -> Option<Parts<Self>> {
        let mut core = cortex_m::Peripherals::take()?;
        let restart = kept::begin(Some(chip::take_reset_flags().cause()));
        let chip = embassy_stm32::init(chip::config());
        let watchdog = ChipWatchdog::start(chip::watchdog!(chip));
        core.SCB.enable_icache();
        brown_out::guard();
        let unique = uid::uid();
        let random = ChipRandom::start(chip.RNG, Interrupts);
        let (reader, writer) = uart::start(
            chip.USART3,
            chip.PD9,
            chip.PD8,
            chip.DMA1_CH3,
            chip.DMA1_CH1,
        );
        let panel = NucleoPanel::start(chip.PB0, chip.PC13);
        let ethernet = Ethernet::new(
            FRAME_QUEUE.take(),
            chip.ETH,
            Interrupts,
            chip.PA1,
            chip.PA7,
            chip.PC4,
            chip.PC5,
            chip.PG13,
            chip.PB13,
            chip.PG11,
            mac(&unique),
            chip.ETH_SMA,
            chip.PA2,
            chip.PC1,
        );
        Some(Parts {
            device: device_id(&unique),
            boot: boot(&random),
            restart,
            addressing: None,
            ethernet,
            reader,
            writer,
            random,
            watchdog,
            panel,
            flash: BankTwo::start(chip.FLASH).map(|flash| (flash, flash::MAP)),
        })
    }

    fn run(begin: impl FnOnce(Spawner)) -> ! {
        EXECUTOR.init(Executor::new()).run(begin)
    }

    fn say(_line: &str) {
        // There is no console: the link is the host's, and the log says the same.
    }

    fn restart() -> ! {
        cortex_m::peripheral::SCB::sys_reset()
    }
}

/// The number of this boot where there is no flash to count on: one of so many that two are seldom
/// the same.
fn boot(random: &ChipRandom) -> u32 {
    let mut octets = [0; 2];
    random.fill(&mut octets);
    u32::from(u16::from_le_bytes(octets)).max(1)
}
