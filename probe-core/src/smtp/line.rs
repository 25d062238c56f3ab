//! One line of a reply, taken octet by octet.

use super::reply::Quirks;

/// The longest reply line that RFC 5321, 4.5.3.1.5 allows, in octets with CRLF.
pub const LINE_OCTETS_RFC: u32 = 512;
/// How much of a line is kept, in octets; the rest is counted.
pub const LINE_OCTETS_KEPT: usize = 256;
/// The longest line that is read to its end, in octets.
pub const LINE_OCTETS_MAX: u32 = 96 * 1024;

/// Collects one line. What is kept stays until [`Line::clear`].
#[derive(Clone, Debug)]
pub(super) struct Line {
    kept: [u8; LINE_OCTETS_KEPT],
    /// Without the line's end.
    octets: u32,
    /// A CR has come, and what follows it has not.
    after_cr: bool,
    quirks: Quirks,
}

/// What came of the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// All are taken, and the line goes on.
    All,
    /// The line is whole.
    Whole,
    /// The kept part is full just now. Look at it, and go on.
    Full,
    /// The line has more octets than it was allowed.
    TooLong,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self {
            kept: [0; LINE_OCTETS_KEPT],
            octets: 0,
            after_cr: false,
            quirks: Quirks::empty(),
        }
    }

    /// Takes octets until the line ends or has more than `octets_max`.
    pub(super) fn take(&mut self, received: &mut &[u8], octets_max: u32) -> Taken {
        while let Some((octet, rest)) = received.split_first() {
            *received = rest;
            if *octet == b'\n' {
                if !self.after_cr {
                    self.quirks |= Quirks::BARE_LF;
                }
                if self.octets.saturating_add(2) > LINE_OCTETS_RFC {
                    self.quirks |= Quirks::LINE_OVER_RFC;
                }
                return Taken::Whole;
            }
            let before = self.octets;
            if self.after_cr {
                self.quirks |= Quirks::BARE_CR;
                self.keep(b'\r');
            }
            self.after_cr = *octet == b'\r';
            if !self.after_cr {
                self.keep(*octet);
            }
            if self.octets > octets_max {
                return Taken::TooLong;
            }
            let full = LINE_OCTETS_KEPT as u32;
            if before < full && self.octets >= full {
                return Taken::Full;
            }
        }
        Taken::All
    }

    fn keep(&mut self, octet: u8) {
        match octet {
            0 => self.quirks |= Quirks::NUL,
            0x80.. => self.quirks |= Quirks::EIGHT_BIT,
            _ => {}
        }
        if let Some(place) = self.kept.get_mut(self.octets as usize) {
            *place = octet;
        } else {
            self.quirks |= Quirks::LINE_CUT;
        }
        self.octets = self.octets.saturating_add(1);
    }

    /// What is kept of the line, without its end.
    pub(super) fn kept(&self) -> &[u8] {
        self.kept.get(..self.octets as usize).unwrap_or(&self.kept)
    }

    /// The line's length in octets, without its end.
    pub(super) const fn octets(&self) -> u32 {
        self.octets
    }

    /// Whether nothing of a line has come.
    pub(super) const fn is_untouched(&self) -> bool {
        self.octets == 0 && !self.after_cr
    }

    pub(super) const fn quirks(&self) -> Quirks {
        self.quirks
    }

    /// Begins the next line.
    pub(super) fn clear(&mut self) {
        self.octets = 0;
        self.after_cr = false;
        self.quirks = Quirks::empty();
    }
}
