//! Entries: what a page holds, each with a header of one word and a checksum of its own.
//!
//! The header is written first and tears alone, so what follows a header that is whole is that
//! entry's, and what follows one that is not is nobody's. No octet of a record can therefore be
//! taken for a header, whatever a peer has said in it.

use probe_core::frame::crc32;

use super::flash::{Flash, WORD_OCTETS};

/// So many words that look blank may stand before an entry. A write that was cut off may leave a
/// word that reads as blank and cannot be written any more.
pub(super) const GAP_WORDS_MAX: u32 = 4;

pub(super) const WORD: u32 = WORD_OCTETS as u32;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// First on a page: it is erased; `a` says how often it has been.
    Erased = 1,
    /// Second on a page: it is in use; `a` and `b` are the mark, `c` the page's sequence.
    Open = 2,
    /// A record; `a` its boot, `b` its number, `c` when that boot began.
    Record = 3,
    /// Every record through `a` and `b` is acknowledged.
    Mark = 4,
    /// A setting; `a` its key.
    Setting = 5,
}

impl Kind {
    const fn of(octet: u8) -> Option<Self> {
        Some(match octet {
            1 => Self::Erased,
            2 => Self::Open,
            3 => Self::Record,
            4 => Self::Mark,
            5 => Self::Setting,
            _ => return None,
        })
    }
}

/// The first word of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) c: u64,
    /// Octets behind it.
    pub(super) length: u16,
    /// Their checksum.
    pub(super) sum: u32,
}

/// The version of this layout.
const LAYOUT: u8 = 1;

impl Header {
    /// A header with nothing behind it.
    // At many places: a call is smaller.
    #[cfg_attr(target_os = "none", inline(never))]
    pub(super) const fn bare(kind: Kind, a: u32, b: u32, c: u64) -> Self {
        Self {
            kind,
            a,
            b,
            c,
            length: 0,
            sum: 0,
        }
    }

    pub(super) fn to_word(self) -> [u8; WORD_OCTETS] {
        let mut word = [0; WORD_OCTETS];
        let [low, high] = self.length.to_le_bytes();
        put(&mut word, 0, &[LAYOUT, self.kind as u8, low, high]);
        put(&mut word, 4, &self.a.to_le_bytes());
        put(&mut word, 8, &self.b.to_le_bytes());
        put(&mut word, 12, &self.c.to_le_bytes());
        put(&mut word, 20, &self.sum.to_le_bytes());
        let sum = crc32(&word[..SUMMED]);
        put(&mut word, SUMMED, &sum.to_le_bytes());
        word
    }

    fn of_word(word: &[u8; WORD_OCTETS]) -> Option<Self> {
        let (summed, sum) = word.split_at(SUMMED);
        if crc32(summed) != u32::from_le_bytes(sum.try_into().ok()?) || word[0] != LAYOUT {
            return None;
        }
        Some(Self {
            kind: Kind::of(word[1])?,
            length: u16::from_le_bytes([word[2], word[3]]),
            a: u32::from_le_bytes(part(word, 4)),
            b: u32::from_le_bytes(part(word, 8)),
            c: u64::from_le_bytes(part(word, 12)),
            sum: u32::from_le_bytes(part(word, 20)),
        })
    }

    /// How much of the page the whole entry takes.
    pub(super) const fn extent(self) -> u32 {
        WORD + padded(self.length as u32)
    }
}

/// Octets of a header that its own checksum covers; the checksum stands behind them.
const SUMMED: usize = WORD_OCTETS - 4;

fn put(word: &mut [u8; WORD_OCTETS], at: usize, octets: &[u8]) {
    for (kept, octet) in word.iter_mut().skip(at).zip(octets) {
        *kept = *octet;
    }
}

fn part<const N: usize>(word: &[u8; WORD_OCTETS], at: usize) -> [u8; N] {
    let mut octets = [0; N];
    for (octet, kept) in octets.iter_mut().zip(word.iter().skip(at)) {
        *octet = *kept;
    }
    octets
}

/// `octets` in whole words.
pub(super) const fn padded(octets: u32) -> u32 {
    octets.next_multiple_of(WORD)
}

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A header.
    Header(Header),
    /// As an erase leaves it, as far as reading tells.
    Blank,
    /// Neither: a write that was cut off, or one that cannot be read.
    Spoiled,
}

/// Reads the word at `at`. A word that the flash cannot read counts as spoiled: the STM32H7 says
/// so of a word whose writing was cut off.
pub(super) fn read_word<F: Flash>(flash: &mut F, at: u32) -> Word {
    let mut word = [0; WORD_OCTETS];
    if !flash.read(at, &mut word) {
        return Word::Spoiled;
    }
    match Header::of_word(&word) {
        Some(header) => Word::Header(header),
        None if word == [0xff; WORD_OCTETS] => Word::Blank,
        None => Word::Spoiled,
    }
}

/// Writes whole words and reads them back; false when they are not there afterwards.
pub(super) fn write_words<F: Flash>(flash: &mut F, at: u32, octets: &[u8]) -> bool {
    let mut at = at;
    for piece in octets.chunks(WORD_OCTETS) {
        let mut word = [0; WORD_OCTETS];
        put(&mut word, 0, piece);
        let mut kept = [0; WORD_OCTETS];
        if !flash.write(at, &word) || !flash.read(at, &mut kept) || kept != word {
            return false;
        }
        at = at.saturating_add(WORD);
    }
    true
}

/// Reads what stands behind a header into `room`; `None` when it is not what was written, or there
/// is no room for it.
pub(super) fn read_behind<'r, F: Flash>(
    flash: &mut F,
    at: u32,
    header: Header,
    room: &'r mut [u8],
) -> Option<&'r [u8]> {
    let whole = room.get_mut(..padded(u32::from(header.length)) as usize)?;
    let is_read = flash.read(at.saturating_add(WORD), whole);
    let octets = whole.get(..usize::from(header.length))?;
    (is_read && crc32(octets) == header.sum).then_some(octets)
}

/// Where a look through a page has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// An entry, and where it begins.
    Entry(u32, Header),
    /// Nothing but blank words from here on.
    End(u32),
}

/// The first entry from `at` on, before `end`.
pub(super) fn seek<F: Flash>(flash: &mut F, at: u32, end: u32) -> Seen {
    let mut at = at;
    let mut blank_from = None;
    let mut blanks = 0;
    while at < end && blanks <= GAP_WORDS_MAX {
        match read_word(flash, at) {
            Word::Header(header) if header.extent() <= end - at => return Seen::Entry(at, header),
            Word::Header(_) | Word::Spoiled => {
                blank_from = None;
                blanks = 0;
            }
            Word::Blank => {
                blank_from.get_or_insert(at);
                blanks += 1;
            }
        }
        at += WORD;
    }
    Seen::End(blank_from.unwrap_or(end))
}

/// Why something was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unwritten {
    /// The page has no room for it.
    PageFull,
    /// The flash did not take it, in [`GAP_WORDS_MAX`] places.
    Broken,
}

/// Where the next entry of a page goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) at: u32,
    pub(super) end: u32,
}

impl Pen {
    /// Writes an entry, leaving `spare` octets of the page free, and says where it begins. What a
    /// write spoils is left behind; the entry is written again behind it.
    pub(super) fn write<F: Flash>(
        &mut self,
        flash: &mut F,
        header: Header,
        octets: &[u8],
        spare: u32,
    ) -> Result<u32, Unwritten> {
        let header = Header {
            length: u16::try_from(octets.len()).map_err(|_| Unwritten::PageFull)?,
            sum: crc32(octets),
            ..header
        };
        for _ in 0..GAP_WORDS_MAX {
            if header.extent().saturating_add(spare) > self.end.saturating_sub(self.at) {
                return Err(Unwritten::PageFull);
            }
            let at = self.at;
            if !write_words(flash, at, &header.to_word()) {
                self.at += WORD;
                continue;
            }
            // From here on the room is the entry's, whatever becomes of its octets.
            self.at += header.extent();
            if write_words(flash, at + WORD, octets) {
                return Ok(at);
            }
        }
        Err(Unwritten::Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        kind: Kind::Record,
        a: 7,
        b: 129,
        c: 1_795_000_000_000,
        length: 200,
        sum: 0xac08_2887,
    };

    #[test]
    fn a_header_is_read_as_it_was_written_and_no_other_way() {
        let word = HEADER.to_word();
        assert_eq!(Header::of_word(&word), Some(HEADER));
        assert_eq!(HEADER.extent(), 32 + 224);
        for at in 0..WORD_OCTETS {
            for bit in 0..8 {
                let mut other = word;
                other[at] ^= 1 << bit;
                assert_eq!(Header::of_word(&other), None, "octet {at}, bit {bit}");
            }
        }
        assert_eq!(Header::of_word(&[0xff; WORD_OCTETS]), None);
        assert_eq!(Header::of_word(&[0; WORD_OCTETS]), None);
    }
}
