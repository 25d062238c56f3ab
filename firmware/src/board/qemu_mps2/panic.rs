//! What happens when something cannot happen: the place is told, and the program fails.

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, exception};
use ufmt::uwrite;

use super::{console, semihosting};
use crate::board::report::Line;

#[cfg(feature = "defmt")]
use defmt_semihosting as _;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    let mut line = Line::default();
    let _ = uwrite!(line, "postern: panic");
    if let Some(place) = info.location() {
        let _ = uwrite!(line, " at {}:{}", place.file(), place.line());
    }
    // Only a literal: anything else would need the machinery that formats it.
    if let Some(message) = info.message().as_str() {
        let _ = uwrite!(line, ": {}", message);
    }
    console::say(line.as_str());
    semihosting::exit_failure()
}

// SAFETY of the signature: cortex-m-rt asks for it. Nothing that was interrupted goes on.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    let mut line = Line::default();
    let _ = uwrite!(line, "postern: fault at {:x}", frame.pc());
    console::say(line.as_str());
    semihosting::exit_failure()
}
