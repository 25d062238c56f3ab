//! What happens when something cannot happen: word is left of the place, and the board starts
//! again.

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, exception};
use firmware::restart::Ending;
use ufmt::uwrite;

use super::{Board, ThisBoard, kept, report::Line};

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex_m::interrupt::disable();
    let (file, line) = info
        .location()
        .map_or(("", 0), |place| (place.file(), place.line()));
    // Whoever reads the message, even one that is a literal, keeps every message in the image with all
    // that formats it (docs/decisions/0010-smallest-code.md). The place says as much.
    #[cfg(feature = "defmt")]
    let message = info.message().as_str().unwrap_or_default();
    #[cfg(not(feature = "defmt"))]
    let message = "";
    kept::leave(Ending::Panic, Some((file, line, message)));
    let mut told = Line::default();
    let _ = uwrite!(told, "postern: panic at {}:{}", file, line);
    if !message.is_empty() {
        let _ = uwrite!(told, ": {}", message);
    }
    ThisBoard::say(told.as_str());
    ThisBoard::restart()
}

// SAFETY of the signature: cortex-m-rt asks for it. Nothing that was interrupted goes on.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    kept::leave(Ending::Fault, Some(("instruction", frame.pc(), "")));
    let mut told = Line::default();
    let _ = uwrite!(told, "postern: fault at {:x}", frame.pc());
    ThisBoard::say(told.as_str());
    ThisBoard::restart()
}
