//! The watchdog (CMSDK APB watchdog). It counts down twice: the first time it warns, by an
//! interrupt that cannot be masked and says nothing new here, the second time it bites.

use cortex_m_rt::exception;

use super::CLOCK_HZ;
use crate::board::{Watchdog, register::Register};

const BASE: usize = 0x4000_8000;

// SAFETY: the watchdog's registers are here, and each is aligned.
const LOAD: Register = unsafe { Register::at(BASE) };
// SAFETY: as above.
const CONTROL: Register = unsafe { Register::at(BASE + 0x8) };
// SAFETY: as above.
const CLEAR: Register = unsafe { Register::at(BASE + 0xc) };
// SAFETY: as above.
const LOCK: Register = unsafe { Register::at(BASE + 0xc00) };

const UNLOCK: u32 = 0x1acc_e551;
/// It counts, and the second time resets.
const CONTROL_ON: u32 = 0b11;

/// One count, in seconds; it bites after two. The host of the emulator may be busy for a while.
const COUNT_S: u32 = 10;

/// The watchdog.
pub(crate) struct CmsdkWatchdog(());

impl CmsdkWatchdog {
    /// Starts it.
    pub(super) fn start() -> Self {
        LOCK.write(UNLOCK);
        LOAD.write(CLOCK_HZ * COUNT_S);
        CONTROL.write(CONTROL_ON);
        Self(())
    }
}

impl Watchdog for CmsdkWatchdog {
    fn feed(&mut self) {
        // Loads the count again, and takes the warning back.
        CLEAR.write(1);
    }
}

// SAFETY of the signature: cortex-m-rt asks for it. Nothing is done.
#[exception]
unsafe fn NonMaskableInt() {}
