//! The STM32H743: clocks, what made it start, and where its brown-out level is (ST, RM0433).

use embassy_stm32::{
    Config, Peri, bind_interrupts, flash, peripherals,
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

bind_interrupts!(struct Interrupts {
    FLASH => flash::InterruptHandler;
});

/// What outlives a power cut: the second bank, which holds no code, so that the program runs on
/// while one of its pages is erased.
pub(super) type Flash = flash::Bank2Region<'static, flash::Async>;

/// The second bank.
pub(super) fn flash(chip: Peri<'static, peripherals::FLASH>) -> Option<Flash> {
    let flash = flash::Flash::new(chip, Interrupts);
    Some(flash.into_regions().bank2_region)
}

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
