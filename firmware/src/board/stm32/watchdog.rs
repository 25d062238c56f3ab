//! The independent watchdog, on its own oscillator.

use embassy_stm32::{Peri, wdg::IndependentWatchdog};

use super::chip::Iwdg;
use crate::board::Watchdog;

/// When it bites, in microseconds. Nobody feeds it while a new flash is made ready: four sectors,
/// each of which takes two seconds at most.
const BITES_AFTER_US: u32 = 20_000_000;

/// The watchdog.
pub(crate) struct ChipWatchdog(IndependentWatchdog<'static, Iwdg>);

impl ChipWatchdog {
    /// Starts it; nothing stops it again but a reset.
    pub(super) fn start(watchdog: Peri<'static, Iwdg>) -> Self {
        let mut watchdog = IndependentWatchdog::new(watchdog, BITES_AFTER_US);
        watchdog.unleash();
        Self(watchdog)
    }
}

impl Watchdog for ChipWatchdog {
    fn feed(&mut self) {
        self.0.pet();
    }
}
