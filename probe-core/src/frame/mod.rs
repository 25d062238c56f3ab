//! Frames: what carries messages over a link that may lose, cut and garble octets.
//!
//! A message is encoded with postcard and travels in one part or several. Each part is a frame:
//!
//! ```text
//! COBS( format 1 | flags 1 | sequence 2 | payload 0..=1010 | CRC-32 4 ) 00
//! ```
//!
//! [`write_frame`] makes one, [`Decoder`] takes octets apart again and finds its way back after
//! anything. docs/wire-format.md has every octet and the test vectors.

pub mod about;
mod codec;
mod decode;
mod encode;
pub mod message;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use codec::{decode_message, encode_message};
pub use decode::Decoder;
pub use encode::{Part, write_first_frame, write_frame};
pub use message::{FORMAT, ScanId, ScopeDigest, ToDevice, ToHost};

/// The longest frame on the link, in octets, with its delimiter.
pub const FRAME_OCTETS_MAX: usize = 1_024;
/// Octets of a frame before its payload: format, flags, sequence.
pub const HEADER_OCTETS: usize = 4;
/// Octets of a frame behind its payload: CRC-32, least octet first.
pub const CRC_OCTETS: usize = 4;
/// The longest payload of a frame, in octets: with header, CRC, five COBS codes and the
/// delimiter it fills [`FRAME_OCTETS_MAX`].
pub const PAYLOAD_OCTETS_MAX: usize = 1_010;
/// The longest message, in octets, in as many frames as it takes.
pub const RECORD_OCTETS_MAX: usize = 3_072;
/// How often the device says how it goes, in milliseconds.
pub const PROGRESS_EVERY_MS: u64 = 1_000;
/// How often the host says something, even when it has nothing to say, in milliseconds.
pub const HOST_SPEAKS_EVERY_MS: u64 = 10_000;
/// A host that was not heard for so long is gone, in milliseconds.
pub const HOST_GONE_AFTER_MS: u64 = 30_000;
/// The checksum of frames and scopes: CRC-32 as in IEEE 802.3 (reflected, start and final
/// exclusive-or all ones). Sixteen bits would let one garbled frame in 65,536 through; a link
/// without flow control garbles many.
pub(crate) const CRC: crc::Crc<u32, Steps> = crc::Crc::<u32, Steps>::new(&crc::CRC_32_ISO_HDLC);

/// A board takes eight steps for each octet instead of a table of 1 KiB: its link is slower than that.
#[cfg(target_os = "none")]
type Steps = crc::NoTable;
#[cfg(not(target_os = "none"))]
type Steps = crc::Table<1>;

/// The checksum of frames and scopes, over `octets`; what a shell keeps on flash carries it too.
pub fn crc32(octets: &[u8]) -> u32 {
    CRC.checksum(octets)
}

/// Flag: this part begins a message.
pub(crate) const FLAG_FIRST: u8 = 1;
/// Flag: this part ends a message.
pub(crate) const FLAG_LAST: u8 = 2;
