//! Frames: what carries messages over a link that may lose, cut and garble octets.

pub mod message;

pub use message::{FORMAT, ScanId, ScopeDigest, ToDevice, ToHost};

/// The longest frame on the link, in octets, with its delimiter.
pub const FRAME_OCTETS_MAX: usize = 1_024;
/// The longest message, in octets, in as many frames as it takes.
pub const RECORD_OCTETS_MAX: usize = 3_072;
/// How often the device says how it goes, in milliseconds.
pub const PROGRESS_EVERY_MS: u64 = 1_000;
