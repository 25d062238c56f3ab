//! The STM32F767: clocks, what made it start, and where its brown-out level is (ST, RM0410).

use embassy_stm32::{
    Config, Peri,
    flash::{Blocking, Error, Flash},
    peripherals::FLASH,
    rcc::{
        AHBPrescaler, APBPrescaler, Pll, PllMul, PllPDiv, PllPreDiv, PllQDiv, PllSource, Sysclk,
    },
};
use firmware::restart::ResetFlags;

use crate::board::register::Register;

/// What the board is called, as its binary is.
pub(super) const BOARD: &str = "stm32f767";

/// The watchdog among the chip's parts.
macro_rules! watchdog {
    ($chip:ident) => {
        $chip.IWDG
    };
}
pub(super) use watchdog;

/// Which watchdog.
pub(super) type Iwdg = embassy_stm32::peripherals::IWDG;

/// 216 MHz from the internal oscillator, so that the board starts without the clock that the
/// ST-Link lends; 48 MHz for the generator of random numbers.
pub(super) fn config() -> Config {
    let mut config = Config::default();
    let rcc = &mut config.rcc;
    rcc.hsi = true;
    rcc.pll_src = PllSource::HSI;
    rcc.pll = Some(Pll {
        prediv: PllPreDiv::DIV8,
        mul: PllMul::MUL216,
        divp: Some(PllPDiv::DIV2),
        divq: Some(PllQDiv::DIV9),
        divr: None,
    });
    rcc.sys = Sysclk::PLL1_P;
    rcc.ahb_pre = AHBPrescaler::DIV1;
    rcc.apb1_pre = APBPrescaler::DIV4;
    rcc.apb2_pre = APBPrescaler::DIV2;
    config
}

// SAFETY: RCC_CSR (5.3.21), aligned.
const RESET_STATUS: Register = unsafe { Register::at(0x4002_3874) };
const REMOVE_FLAGS: u32 = 1 << 24;

/// Reads what made the chip start, and forgets it.
pub(super) fn take_reset_flags() -> ResetFlags {
    let status = RESET_STATUS.read();
    RESET_STATUS.write(status | REMOVE_FLAGS);
    let has = |bit: u32| status >> bit & 1 != 0;
    ResetFlags {
        brown_out: has(25),
        pin: has(26),
        power_on: has(27),
        software: has(28),
        watchdog: has(29) || has(30),
    }
}

/// The flash's options (3.7).
pub(super) mod options {
    use super::Register;

    // SAFETY: FLASH_OPTKEYR, aligned.
    pub(in super::super) const KEY: Register = unsafe { Register::at(0x4002_3c08) };
    // SAFETY: FLASH_SR, aligned.
    const STATUS: Register = unsafe { Register::at(0x4002_3c0c) };
    // SAFETY: FLASH_OPTCR, aligned: the options, and the bits that lock and start.
    pub(in super::super) const CONTROL: Register = unsafe { Register::at(0x4002_3c14) };
    pub(in super::super) const CURRENT: Register = CONTROL;
    pub(in super::super) const NEXT: Register = CONTROL;
    /// In [`NEXT`], what is not the lock and the start.
    pub(in super::super) const NEXT_MASK: u32 = !0b11;
    /// The level in [`CURRENT`] and [`NEXT`].
    pub(in super::super) const LEVEL_MASK: u32 = 0b11 << 2;
    /// Below 2.7 V.
    pub(in super::super) const LEVEL: u32 = 0;

    /// Whether the flash is at work.
    pub(in super::super) fn is_busy() -> bool {
        STATUS.read() & 1 << 16 != 0
    }
}

/// The flash as the chip has it.
pub(super) type RawFlash = Flash<'static, Blocking>;

/// In the options: the flash is one bank, as a new chip's is.
const ONE_BANK: u32 = 1 << 29;

/// The flash, where its options make two banks of it.
pub(super) fn flash(flash: Peri<'static, FLASH>) -> Option<RawFlash> {
    let has_two = options::CURRENT.read() & ONE_BANK == 0;
    has_two.then(|| Flash::new_blocking(flash))
}

/// Reads.
pub(super) fn read(flash: &mut RawFlash, at: u32, octets: &mut [u8]) -> Result<(), Error> {
    flash.blocking_read(at, octets)
}

/// Erases. Nobody else works meanwhile: a sector takes two seconds at most.
pub(super) async fn erase(flash: &mut RawFlash, from: u32, to: u32) -> Result<(), Error> {
    flash.blocking_erase(from, to)
}
