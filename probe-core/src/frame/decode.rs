//! From octets to messages, and back into step after anything that is not one.

use heapless::Vec;

use super::{
    CRC, CRC_OCTETS, FLAG_FIRST, FLAG_LAST, FORMAT, FRAME_OCTETS_MAX, HEADER_OCTETS,
    PAYLOAD_OCTETS_MAX, RECORD_OCTETS_MAX, message::LinkCounters,
};

/// The longest frame without COBS and delimiter, in octets.
const RAW_OCTETS_MAX: usize = HEADER_OCTETS + PAYLOAD_OCTETS_MAX + CRC_OCTETS;

/// Puts messages together from octets. Whatever goes wrong costs the frame or the message in
/// which it went wrong, is counted, and never more.
#[derive(Debug, Default)]
pub struct Decoder {
    cobs: Cobs,
    frame: Vec<u8, RAW_OCTETS_MAX>,
    record: Vec<u8, RECORD_OCTETS_MAX>,
    /// The sequence number of the part that must come next; `None` between messages.
    next_sequence: Option<u16>,
    /// The format of the last whole frame that was of another one.
    foreign_format: Option<u8>,
    counters: LinkCounters,
}

/// Where in a frame the decoder is.
#[derive(Debug, Default)]
struct Cobs {
    /// Octets of the frame so far, as they were on the link.
    octets: usize,
    /// Octets left of this block.
    left: u8,
    /// A zero stands behind this block, unless the frame ends there.
    zero_follows: bool,
    /// The rest of the frame is skipped.
    skipping: bool,
}

impl Decoder {
    /// A decoder at the start of a frame.
    pub const fn new() -> Self {
        Self {
            cobs: Cobs {
                octets: 0,
                left: 0,
                zero_follows: false,
                skipping: false,
            },
            frame: Vec::new(),
            record: Vec::new(),
            next_sequence: None,
            foreign_format: None,
            counters: LinkCounters {
                frames: 0,
                messages: 0,
                broken: 0,
                too_long: 0,
                foreign: 0,
                orphans: 0,
                records_too_long: 0,
                undecodable: 0,
            },
        }
    }

    /// Takes one octet; gives a message's octets when it was the last one of it. They are lent
    /// until the next call.
    pub fn push(&mut self, octet: u8) -> Option<&[u8]> {
        if octet != 0 {
            self.stuff(octet);
            return None;
        }
        let cobs = core::mem::take(&mut self.cobs);
        let whole = cobs.left == 0 && !cobs.skipping;
        let complete = if cobs.octets == 0 {
            false
        } else if cobs.skipping {
            count(&mut self.counters.too_long);
            false
        } else if whole {
            self.frame_ended()
        } else {
            count(&mut self.counters.broken);
            false
        };
        self.frame.clear();
        complete.then_some(self.record.as_slice())
    }

    /// A message that was given out could not be read.
    pub fn count_undecodable(&mut self) {
        count(&mut self.counters.undecodable);
    }

    /// Forgets the frame and the message that have begun: the link has begun anew.
    pub fn reset(&mut self) {
        self.cobs = Cobs::default();
        self.frame.clear();
        self.next_sequence = None;
        self.foreign_format = None;
    }

    /// The format of the last whole frame that was not of [`FORMAT`].
    pub const fn foreign_format(&self) -> Option<u8> {
        self.foreign_format
    }

    /// What was seen so far.
    pub const fn counters(&self) -> LinkCounters {
        self.counters
    }

    /// Undoes COBS for an octet that is not the delimiter.
    fn stuff(&mut self, octet: u8) {
        let cobs = &mut self.cobs;
        cobs.octets = cobs.octets.saturating_add(1);
        if cobs.octets >= FRAME_OCTETS_MAX {
            cobs.skipping = true;
        }
        if cobs.skipping {
            return;
        }
        let decoded = if cobs.left > 0 {
            cobs.left = cobs.left.saturating_sub(1);
            Some(octet)
        } else {
            let zero = core::mem::replace(&mut cobs.zero_follows, octet != u8::MAX);
            cobs.left = octet.saturating_sub(1);
            zero.then_some(0)
        };
        if let Some(octet) = decoded
            && self.frame.push(octet).is_err()
        {
            cobs.skipping = true;
        }
    }

    /// Takes a whole frame apart; true when it completes a message.
    fn frame_ended(&mut self) -> bool {
        let Some((checked, crc)) = self.frame.split_last_chunk::<CRC_OCTETS>() else {
            count(&mut self.counters.broken);
            return false;
        };
        if CRC.checksum(checked) != u32::from_le_bytes(*crc) {
            count(&mut self.counters.broken);
            return false;
        }
        let Some(([format, flags, low, high], payload)) = checked.split_first_chunk() else {
            count(&mut self.counters.broken);
            return false;
        };
        if *format != FORMAT || flags & !(FLAG_FIRST | FLAG_LAST) != 0 {
            count(&mut self.counters.foreign);
            self.foreign_format = Some(*format).filter(|format| *format != FORMAT);
            return false;
        }
        count(&mut self.counters.frames);
        let sequence = u16::from_le_bytes([*low, *high]);
        let expected = self.next_sequence.take();
        if flags & FLAG_FIRST != 0 {
            if expected.is_some() {
                count(&mut self.counters.orphans);
            }
            self.record.clear();
        } else if expected != Some(sequence) {
            count(&mut self.counters.orphans);
            return false;
        }
        if self.record.extend_from_slice(payload).is_err() {
            count(&mut self.counters.records_too_long);
            return false;
        }
        if flags & FLAG_LAST != 0 {
            count(&mut self.counters.messages);
            return true;
        }
        self.next_sequence = Some(sequence.wrapping_add(1));
        false
    }
}

fn count(counter: &mut u32) {
    *counter = counter.saturating_add(1);
}
