//! How a boot began, and what the one before it died of.

use serde::{Deserialize, Serialize};

/// The most octets of a place's file, and of its message.
pub const PLACE_TEXT_OCTETS_MAX: usize = 96;

/// A text of a [`Place`]; what is over its length is cut off.
pub type PlaceText = heapless::String<PLACE_TEXT_OCTETS_MAX, u8>;

/// How this boot began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// What made the device start.
    pub cause: ResetCause,
    /// How many starts there were before this one since power came; stops at its largest value.
    pub restarts: u32,
    /// Where the program stood that this one follows, if it could leave word.
    pub place: Option<Place>,
}

/// What makes a device start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResetCause {
    /// Nothing says so.
    Unknown,
    /// Power came.
    PowerOn,
    /// The supply had sunk too low.
    BrownOut,
    /// The reset button, or a debugger.
    ResetPin,
    /// The program asked for it.
    Asked,
    /// The watchdog was not fed, and nobody left word why.
    Watchdog,
    /// A task did not look up when it had promised to: the place is the task's name and number.
    Overdue,
    /// The program found that something cannot be.
    Panic,
    /// The processor found that something cannot be done: the line is the address of the
    /// instruction.
    Fault,
    /// Somebody held the button from the start: everything that was provisioned is forgotten.
    Factory,
}

impl ResetCause {
    /// The word for it, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::PowerOn => "power-on",
            Self::BrownOut => "brown-out",
            Self::ResetPin => "reset-pin",
            Self::Asked => "asked",
            Self::Watchdog => "watchdog",
            Self::Overdue => "overdue",
            Self::Panic => "panic",
            Self::Fault => "fault",
            Self::Factory => "factory",
        }
    }

    /// Whether the boot before this one ended for a fault of the device.
    pub const fn is_fault(self) -> bool {
        match self {
            Self::Watchdog | Self::Overdue | Self::Panic | Self::Fault => true,
            Self::Unknown
            | Self::PowerOn
            | Self::BrownOut
            | Self::ResetPin
            | Self::Asked
            | Self::Factory => false,
        }
    }
}

/// Where a program stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The source file.
    pub file: PlaceText,
    /// The line in it.
    pub line: u32,
    /// What was said there, where that was a literal; empty otherwise.
    pub message: PlaceText,
}
