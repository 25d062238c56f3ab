//! What the program says on the board's console, and in its log where it has one.

use core::convert::Infallible;

use firmware::restart::Restart;
use heapless::String;
use ufmt::uwrite;

use super::{Board, ThisBoard};

// Milliseconds since the start, before each line of the log.
#[cfg(feature = "defmt")]
defmt::timestamp!("{=u64:ms}", embassy_time::Instant::now().as_millis());

/// The longest line, in octets; what is over is cut off.
pub(crate) const LINE_OCTETS_MAX: usize = 158;

/// A line for the console.
#[derive(Default)]
pub(crate) struct Line(String<LINE_OCTETS_MAX>);

impl ufmt::uWrite for Line {
    type Error = Infallible;

    fn write_str(&mut self, text: &str) -> Result<(), Self::Error> {
        let free = LINE_OCTETS_MAX.saturating_sub(self.0.len());
        let cut = text.floor_char_boundary(free);
        let _ = self.0.push_str(text.get(..cut).unwrap_or_default());
        Ok(())
    }
}

impl Line {
    /// What it says.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The program runs.
pub(crate) fn booted(boot: u32, restart: &Restart) {
    let cause = restart.reset.as_str();
    #[cfg(feature = "defmt")]
    defmt::info!("{=str}, boot {=u32}: {=str}", ThisBoard::NAME, boot, cause);
    let mut line = Line::default();
    let _ = uwrite!(
        line,
        "postern: {}, boot {}: {}",
        ThisBoard::NAME,
        boot,
        cause
    );
    if let Some(place) = &restart.panic {
        let (file, message) = (place.file.as_str(), place.message.as_str());
        #[cfg(feature = "defmt")]
        defmt::warn!("before: {=str}:{=u32} {=str}", file, place.line, message);
        let _ = uwrite!(line, ": {}:{}", file, place.line);
        if !message.is_empty() {
            let _ = uwrite!(line, ": {}", message);
        }
    }
    ThisBoard::say(line.as_str());
}

/// There is no flash that can be used.
pub(crate) fn no_flash() {
    #[cfg(feature = "defmt")]
    defmt::warn!("flash: none to use");
}

/// A task has not kept its promise.
pub(crate) fn overdue(task: &str, number: u32) {
    #[cfg(feature = "defmt")]
    defmt::error!("overdue: {=str} {=u32}", task, number);
    let mut line = Line::default();
    let _ = uwrite!(line, "postern: overdue: {} {}", task, number);
    ThisBoard::say(line.as_str());
}

/// The network has an address.
pub(crate) fn network_up() {
    #[cfg(feature = "defmt")]
    defmt::info!("network up");
    let mut line = Line::default();
    let _ = uwrite!(line, "postern: network up");
    ThisBoard::say(line.as_str());
}

/// A router has given an IPv6 address.
#[cfg(feature = "ipv6")]
pub(crate) fn ipv6_up() {
    #[cfg(feature = "defmt")]
    defmt::info!("IPv6 up");
    ThisBoard::say("postern: IPv6 up");
}

/// The network has lost its address.
pub(crate) fn network_down() {
    #[cfg(feature = "defmt")]
    defmt::warn!("network down");
    let mut line = Line::default();
    let _ = uwrite!(line, "postern: network down");
    ThisBoard::say(line.as_str());
}
