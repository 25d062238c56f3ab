//! What a debugger, or QEMU, does for the program when asked (Arm's "Semihosting for AArch32 and
//! AArch64").

use core::{arch::asm, ffi::CStr};

const WRITE0: u32 = 0x04;
const GET_CMDLINE: u32 = 0x15;
const EXIT: u32 = 0x18;

/// How a program may end, in the debugger's words.
const RUN_TIME_ERROR: u32 = 0x2_0023;

/// Asks for an operation.
///
/// # Safety
/// `parameter` must be what the operation asks for: where that is an address, of memory that it may
/// read or write as it says.
unsafe fn call(operation: u32, parameter: u32) -> u32 {
    let answer;
    // SAFETY: the breakpoint with this number is the one that the debugger answers; it changes
    // nothing but the first register and the memory that the caller has lent.
    unsafe {
        asm!(
            "bkpt 0xAB",
            inlateout("r0") operation => answer,
            in("r1") parameter,
            options(nostack, preserves_flags),
        );
    }
    answer
}

/// Writes a text to the console.
pub(super) fn write(text: &CStr) {
    // SAFETY: the operation reads a text that ends with a zero.
    unsafe { call(WRITE0, text.as_ptr().expose_provenance() as u32) };
}

/// Reads the command line that the program was started with; `None` where there is none, or it is
/// longer than `room`.
pub(super) fn command_line(room: &mut [u8]) -> Option<&str> {
    let mut lent = [
        room.as_mut_ptr().expose_provenance() as u32,
        u32::try_from(room.len()).ok()?,
    ];
    // SAFETY: the operation reads an address and a length, writes no more than so many octets
    // there, and writes the length of the text.
    let answer = unsafe { call(GET_CMDLINE, (&raw mut lent).expose_provenance() as u32) };
    let text = room.get(..usize::try_from(lent[1]).ok()?)?;
    (answer == 0)
        .then(|| core::str::from_utf8(text).ok())
        .flatten()
}

/// Ends the program, and says that it failed.
pub(super) fn exit_failure() -> ! {
    exit(RUN_TIME_ERROR)
}

fn exit(reason: u32) -> ! {
    loop {
        // SAFETY: the operation reads the reason and no memory.
        unsafe { call(EXIT, reason) };
    }
}
