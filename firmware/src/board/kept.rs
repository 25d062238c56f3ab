//! The memory that a reset does not clear. Each board's memory map says where it is.

use cortex_m::asm;
use firmware::restart::{Ending, KEPT_OCTETS, Kept, Restart};
use probe_core::frame::about::Reset;

unsafe extern "C" {
    /// The memory map's; in no section, so that neither the start nor a loader writes there.
    static mut _kept: [u8; KEPT_OCTETS];
}

/// Says how this boot began, and keeps that it runs.
pub(crate) fn begin(hardware: Option<Reset>) -> Restart {
    with(|mut kept| kept.begin(hardware))
}

/// Leaves word for the next boot.
pub(crate) fn leave(ending: Ending, place: Option<(&str, u32, &str)>) {
    with(|mut kept| kept.end(ending, place));
}

fn with<R>(take: impl FnOnce(Kept<'_>) -> R) -> R {
    critical_section::with(|_| {
        let kept = &raw mut _kept;
        // SAFETY: the memory map keeps these octets, any value of which is valid, for this
        // reference alone: it is made here only, inside a critical section, and does not outlive
        // it.
        let octets = unsafe { &mut *kept };
        let answer = take(Kept::new(octets));
        asm::dsb();
        // Memory with error correction holds a write back that fills no whole word of its own, and
        // a reset loses it (ST, AN5342): another write, of what is there already, brings it home.
        // SAFETY: as above; the octet is there.
        unsafe {
            let first = kept.cast::<u8>();
            first.write_volatile(first.read_volatile());
        }
        asm::dsb();
        answer
    })
}
