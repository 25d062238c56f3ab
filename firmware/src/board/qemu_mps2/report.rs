//! What the program says on the debugger's console, and in its log where it has one.

use core::ffi::CStr;

use heapless::String;
use ufmt::uwrite;

use super::semihosting;

/// The longest line, in octets, with its end; what is over is cut off.
pub(crate) const LINE_OCTETS_MAX: usize = 160;

/// A line for the console.
#[derive(Default)]
pub(crate) struct Line(String<LINE_OCTETS_MAX>);

impl ufmt::uWrite for Line {
    type Error = core::convert::Infallible;

    fn write_str(&mut self, text: &str) -> Result<(), Self::Error> {
        // Two octets stay free for the end of the line and of the text.
        let free = LINE_OCTETS_MAX - 2 - self.0.len().min(LINE_OCTETS_MAX - 2);
        let cut = text.floor_char_boundary(free);
        let _ = self.0.push_str(text.get(..cut).unwrap_or_default());
        Ok(())
    }
}

impl Line {
    /// Writes it to the console.
    pub(crate) fn say(mut self) {
        let _ = self.0.push_str("\n\0");
        if let Ok(text) = CStr::from_bytes_until_nul(self.0.as_bytes()) {
            semihosting::write(text);
        }
    }
}

/// The program runs.
pub(crate) fn booted(boot: u32) {
    #[cfg(feature = "defmt")]
    defmt::info!("boot {=u32}", boot);
    let mut line = Line::default();
    let _ = uwrite!(line, "postern: qemu-mps2, boot {}", boot);
    line.say();
}

/// The network has an address.
pub(crate) fn network_up() {
    #[cfg(feature = "defmt")]
    defmt::info!("network up");
    let mut line = Line::default();
    let _ = uwrite!(line, "postern: network up");
    line.say();
}

/// The network has lost its address.
pub(crate) fn network_down() {
    #[cfg(feature = "defmt")]
    defmt::warn!("network down");
    let mut line = Line::default();
    let _ = uwrite!(line, "postern: network down");
    line.say();
}
