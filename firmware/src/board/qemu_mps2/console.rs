//! The debugger's console.

use core::ffi::CStr;

use heapless::String;

use super::semihosting;
use crate::board::report::LINE_OCTETS_MAX;

/// Says a line.
pub(super) fn say(line: &str) {
    // Two octets for the end of the line and of the text.
    let mut text: String<{ LINE_OCTETS_MAX + 2 }> = String::new();
    let _ = text.push_str(line);
    let _ = text.push_str("\n\0");
    if let Ok(text) = CStr::from_bytes_until_nul(text.as_bytes()) {
        semihosting::write(text);
    }
}
