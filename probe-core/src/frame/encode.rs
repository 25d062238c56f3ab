//! From a part of a message to a frame.

use super::{CRC, FLAG_FIRST, FLAG_LAST, FORMAT};

/// Which part of a message a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// It begins the message.
    pub first: bool,
    /// It ends the message.
    pub last: bool,
    /// One more than that of the frame sent before it, modulo 65,536.
    pub sequence: u16,
}

/// Writes a frame into `out` and says how many octets it has; `None` when it does not fit.
pub fn write_frame(
    out: &mut [u8],
    part: Part,
    payload: impl IntoIterator<Item = u8>,
) -> Option<usize> {
    let mut digest = CRC.digest();
    let mut cobs = Cobs::begin(out)?;
    let flags = if part.first { FLAG_FIRST } else { 0 } | if part.last { FLAG_LAST } else { 0 };
    let [low, high] = part.sequence.to_le_bytes();
    for octet in [FORMAT, flags, low, high].into_iter().chain(payload) {
        digest.update(&[octet]);
        cobs.push(octet)?;
    }
    for octet in digest.finalize().to_le_bytes() {
        cobs.push(octet)?;
    }
    cobs.end()
}

/// As [`write_frame`], with a delimiter in front: it ends whatever the sender before had begun and
/// not ended.
pub fn write_first_frame(
    out: &mut [u8],
    part: Part,
    payload: impl IntoIterator<Item = u8>,
) -> Option<usize> {
    let (delimiter, rest) = out.split_first_mut()?;
    *delimiter = 0;
    write_frame(rest, part, payload).map(|octets| octets.saturating_add(1))
}

/// Consistent overhead byte stuffing (Cheshire and Baker), one octet at a time: each block begins
/// with its length, so that no zero is left but the delimiter.
struct Cobs<'a> {
    out: &'a mut [u8],
    /// Where the code of the block that is being written stands.
    code_at: usize,
    /// That code: one more than the octets of the block.
    code: u8,
    /// The next free place.
    next: usize,
}

impl<'a> Cobs<'a> {
    fn begin(out: &'a mut [u8]) -> Option<Self> {
        *out.first_mut()? = 1;
        Some(Self {
            out,
            code_at: 0,
            code: 1,
            next: 1,
        })
    }

    fn push(&mut self, octet: u8) -> Option<()> {
        if octet != 0 {
            self.put(octet)?;
            self.code = self.code.saturating_add(1);
        }
        if octet == 0 || self.code == u8::MAX {
            *self.out.get_mut(self.code_at)? = self.code;
            self.code_at = self.next;
            self.code = 1;
            self.put(1)?;
        }
        Some(())
    }

    fn end(mut self) -> Option<usize> {
        *self.out.get_mut(self.code_at)? = self.code;
        self.put(0)?;
        Some(self.next)
    }

    fn put(&mut self, octet: u8) -> Option<()> {
        *self.out.get_mut(self.next)? = octet;
        self.next = self.next.saturating_add(1);
        Some(())
    }
}
