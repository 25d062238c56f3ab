//! From octets to messages, and back into step after anything that is not one.

use core::cell::Cell;

use heapless::Vec;

use super::{
    CRC, CRC_OCTETS, FLAG_FIRST, FLAG_LAST, FORMAT, FRAME_OCTETS_MAX, HEADER_OCTETS,
    PAYLOAD_OCTETS_MAX, RECORD_OCTETS_MAX, message::LinkCounters,
};

/// The longest frame without COBS and delimiter, in octets.
const RAW_OCTETS_MAX: usize = HEADER_OCTETS + PAYLOAD_OCTETS_MAX + CRC_OCTETS;
/// Room for the longest message with what is around its last part.
const OCTETS_MAX: usize = HEADER_OCTETS + RECORD_OCTETS_MAX + CRC_OCTETS;

/// Puts messages together from octets. Whatever goes wrong costs the frame or the message in
/// which it went wrong, is counted, and never more.
#[derive(Debug, Default)]
pub struct Decoder {
    cobs: Cobs,
    /// The message so far, and the frame behind it.
    octets: Vec<u8, OCTETS_MAX>,
    /// Where the frame begins.
    frame: usize,
    /// The sequence number of the part that must come next; `None` between messages.
    next_sequence: Option<u16>,
    /// The same, of a message that the frame has left no room for: whatever goes on with that is too long.
    crowded_out: Option<u16>,
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
            octets: Vec::new(),
            frame: 0,
            next_sequence: None,
            crowded_out: None,
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
        self.octets.truncate(self.frame);
        self.crowded_out = None;
        complete.then_some(self.octets.as_slice())
    }

    /// A message that was given out could not be read.
    pub fn count_undecodable(&mut self) {
        count(&mut self.counters.undecodable);
    }

    /// Forgets the frame and the message that have begun: the link has begun anew.
    pub fn reset(&mut self) {
        self.cobs = Cobs::default();
        self.octets.clear();
        self.frame = 0;
        self.next_sequence = None;
        self.crowded_out = None;
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
        if cobs.octets == 0 && self.next_sequence.is_none() {
            // The message before is over.
            self.octets.clear();
            self.frame = 0;
        }
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
        if let Some(octet) = decoded {
            self.cobs.skipping = !self.keep(octet);
        }
    }

    /// Keeps an octet of the frame; false where that is too long. A frame that does not fit behind the
    /// message so far cannot be a part of it, and takes its place.
    fn keep(&mut self, octet: u8) -> bool {
        if self.octets.len().saturating_sub(self.frame) >= RAW_OCTETS_MAX {
            return false;
        }
        if self.octets.is_full() {
            self.crowded_out = self.next_sequence.take();
            self.move_down(self.frame, 0, self.octets.len());
            self.frame = 0;
        }
        self.octets.push(octet).is_ok()
    }

    /// Moves what stands from `from` until `end` to `to`, which is before that. Nothing stays behind it.
    fn move_down(&mut self, from: usize, to: usize, end: usize) {
        self.octets.truncate(end);
        let octets = Cell::from_mut(self.octets.as_mut_slice()).as_slice_of_cells();
        for (place, octet) in octets.iter().skip(to).zip(octets.iter().skip(from)) {
            place.set(octet.get());
        }
        let moved = end.saturating_sub(from);
        self.octets.truncate(to.saturating_add(moved));
    }

    /// Takes a whole frame apart; true when it completes a message.
    fn frame_ended(&mut self) -> bool {
        let frame = self.octets.get(self.frame..).unwrap_or_default();
        let Some((checked, crc)) = frame.split_last_chunk::<CRC_OCTETS>() else {
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
        let (is_first, is_last) = (flags & FLAG_FIRST != 0, flags & FLAG_LAST != 0);
        let (sequence, payload) = (u16::from_le_bytes([*low, *high]), payload.len());
        let expected = self.next_sequence.take();
        let mut message = self.frame;
        if is_first {
            if expected.or(self.crowded_out).is_some() {
                count(&mut self.counters.orphans);
            }
            message = 0;
        } else if self.crowded_out == Some(sequence) {
            count(&mut self.counters.records_too_long);
            return false;
        } else if expected != Some(sequence) {
            count(&mut self.counters.orphans);
            return false;
        }
        if message.saturating_add(payload) > RECORD_OCTETS_MAX {
            count(&mut self.counters.records_too_long);
            return false;
        }
        let begins = self.frame.saturating_add(HEADER_OCTETS);
        self.move_down(begins, message, begins.saturating_add(payload));
        self.frame = self.octets.len();
        if is_last {
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
