//! The STM32H743: clocks, what made it start, and where its brown-out level is (ST, RM0433).

use core::arch::asm;

use embassy_stm32::{
    Config, Peri, bind_interrupts,
    flash::{self, Async, Error, Flash},
    peripherals::FLASH,
    rcc::{
        AHBPrescaler, APBPrescaler, HSIPrescaler, Pll, PllDiv, PllMul, PllPreDiv, PllSource,
        Sysclk, VoltageScale,
    },
};
use firmware::restart::ResetFlags;

use crate::board::register::Register;

/// What the board is called, as its binary is.
pub(super) const BOARD: &str = "stm32h743";

/// The watchdog among the chip's parts.
macro_rules! watchdog {
    ($chip:ident) => {
        $chip.IWDG1
    };
}
pub(super) use watchdog;

/// Which watchdog.
pub(super) type Iwdg = embassy_stm32::peripherals::IWDG1;

/// 400 MHz from the internal oscillator, so that the board starts without the clock that the
/// ST-Link lends; the generator of random numbers has 48 MHz of its own.
pub(super) fn config() -> Config {
    let mut config = Config::default();
    let rcc = &mut config.rcc;
    rcc.hsi = Some(HSIPrescaler::DIV1);
    rcc.hsi48 = Some(Default::default());
    rcc.pll1 = Some(Pll {
        source: PllSource::HSI,
        prediv: PllPreDiv::DIV4,
        mul: PllMul::MUL50,
        fracn: None,
        divp: Some(PllDiv::DIV2),
        divq: None,
        divr: None,
    });
    rcc.sys = Sysclk::PLL1_P;
    rcc.ahb_pre = AHBPrescaler::DIV2;
    rcc.apb1_pre = APBPrescaler::DIV2;
    rcc.apb2_pre = APBPrescaler::DIV2;
    rcc.apb3_pre = APBPrescaler::DIV2;
    rcc.apb4_pre = APBPrescaler::DIV2;
    rcc.voltage_scale = VoltageScale::Scale1;
    config
}

// SAFETY: RCC_RSR (8.7.39), aligned.
const RESET_STATUS: Register = unsafe { Register::at(0x5802_44d0) };
const REMOVE_FLAGS: u32 = 1 << 16;

/// Reads what made the chip start, and forgets it.
pub(super) fn take_reset_flags() -> ResetFlags {
    let status = RESET_STATUS.read();
    RESET_STATUS.write(status | REMOVE_FLAGS);
    let has = |bit: u32| status >> bit & 1 != 0;
    ResetFlags {
        brown_out: has(21),
        pin: has(22),
        power_on: has(23),
        software: has(24),
        watchdog: has(26) || has(28),
    }
}

/// The flash's options (4.9).
pub(super) mod options {
    use super::Register;

    // SAFETY: FLASH_OPTKEYR, aligned.
    pub(in super::super) const KEY: Register = unsafe { Register::at(0x5200_2008) };
    // SAFETY: FLASH_OPTCR, aligned.
    pub(in super::super) const CONTROL: Register = unsafe { Register::at(0x5200_2018) };
    // SAFETY: FLASH_OPTSR_CUR, aligned.
    pub(in super::super) const CURRENT: Register = unsafe { Register::at(0x5200_201c) };
    // SAFETY: FLASH_OPTSR_PRG, aligned.
    pub(in super::super) const NEXT: Register = unsafe { Register::at(0x5200_2020) };
    /// In [`NEXT`], nothing else than options.
    pub(in super::super) const NEXT_MASK: u32 = u32::MAX;
    /// The level in [`CURRENT`] and [`NEXT`].
    pub(in super::super) const LEVEL_MASK: u32 = 0b11 << 2;
    /// Below 2.7 V.
    pub(in super::super) const LEVEL: u32 = 0b11 << 2;

    /// Whether the flash is at work.
    pub(in super::super) fn is_busy() -> bool {
        CURRENT.read() & 1 != 0
    }
}

bind_interrupts!(struct FlashInterrupt {
    FLASH => flash::InterruptHandler;
});

/// The flash as the chip has it.
pub(super) type RawFlash = Flash<'static, Async>;

/// The flash; it always has two banks.
pub(super) fn flash(flash: Peri<'static, FLASH>) -> Option<RawFlash> {
    Some(Flash::new(flash, FlashInterrupt))
}

/// Reads. A word that was being written when the power went has no right correction code, and
/// reading it faults: here that is ignored, and what was read is not what was written, which the
/// storage finds by its checksums.
pub(super) fn read(flash: &mut RawFlash, at: u32, octets: &mut [u8]) -> Result<(), Error> {
    critical_section::with(|_| {
        let before = CONFIGURATION_AND_CONTROL.read();
        CONFIGURATION_AND_CONTROL.write(before | IGNORE_BUS_FAULTS);
        // SAFETY: with faults masked nothing but this read runs until they are let in again; it
        // reads flash and writes `octets`.
        unsafe { asm!("cpsid f", "dsb", "isb") };
        let read = flash.blocking_read(at, octets);
        // SAFETY: as above.
        unsafe { asm!("dsb", "cpsie f", "isb") };
        CONFIGURATION_AND_CONTROL.write(before);
        CLEAR_BANK_2.write(CORRECTION_ERRORS);
        read
    })
}

/// Erases, while others work.
pub(super) async fn erase(flash: &mut RawFlash, from: u32, to: u32) -> Result<(), Error> {
    flash.erase(from, to).await
}

// SAFETY: the processor's SCB.CCR, aligned.
const CONFIGURATION_AND_CONTROL: Register = unsafe { Register::at(0xe000_ed14) };
/// Precise bus faults do nothing while faults are masked (BFHFNMIGN).
const IGNORE_BUS_FAULTS: u32 = 1 << 8;
// SAFETY: FLASH_CCR2 (4.9.13), aligned.
const CLEAR_BANK_2: Register = unsafe { Register::at(0x5200_2114) };
/// Corrected and not to be corrected.
const CORRECTION_ERRORS: u32 = 1 << 25 | 1 << 26;
