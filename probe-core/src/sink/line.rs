//! One line of a client, taken octet by octet. Only CR LF ends it: a bare LF or CR is an octet like
//! any other, so that no message can end where another server would not have ended it.

use crate::token::TOKEN_CHARACTERS;

/// How much of a line is held at once, in octets. Of a command the rest is counted; a message is
/// looked at piece by piece.
pub const LINE_OCTETS_HELD: usize = 320;

// The longest path (RFC 5321, 4.5.3.1.3) behind its command.
const _: () = assert!(LINE_OCTETS_HELD >= "RCPT TO:".len() + 256 + 32);

pub(super) struct Line {
    held: [u8; LINE_OCTETS_HELD],
    count: u16,
    /// How many of them were there before: only for a token that begins in them.
    seen: u16,
    /// The line so far, without its end.
    octets: u32,
    after_cr: bool,
}

/// What came of the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// All are taken, and the line goes on.
    All,
    /// The line is whole.
    Whole,
    /// No more can be held: look, and [`Line::go_on`].
    Full,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self {
            held: [0; LINE_OCTETS_HELD],
            count: 0,
            seen: 0,
            octets: 0,
            after_cr: false,
        }
    }

    /// Takes octets until the line ends. Where all of it is wanted, stops when no more can be held.
    pub(super) fn take(&mut self, received: &mut &[u8], wants_all: bool) -> Taken {
        while let Some((octet, rest)) = received.split_first() {
            if wants_all && usize::from(self.count).saturating_add(2) > LINE_OCTETS_HELD {
                return Taken::Full;
            }
            *received = rest;
            if core::mem::take(&mut self.after_cr) {
                if *octet == b'\n' {
                    return Taken::Whole;
                }
                self.hold(b'\r');
            }
            if *octet == b'\r' {
                self.after_cr = true;
            } else {
                self.hold(*octet);
            }
        }
        Taken::All
    }

    fn hold(&mut self, octet: u8) {
        if let Some(place) = self.held.get_mut(usize::from(self.count)) {
            *place = octet;
            self.count = self.count.saturating_add(1);
        }
        self.octets = self.octets.saturating_add(1);
    }

    /// What is held.
    pub(super) fn held(&self) -> &[u8] {
        self.held
            .get(..usize::from(self.count))
            .unwrap_or(&self.held)
    }

    /// What of it has not been looked at before.
    pub(super) fn fresh(&self) -> &[u8] {
        self.held()
            .get(usize::from(self.seen)..)
            .unwrap_or_default()
    }

    /// Whether nothing of this line was looked at before.
    pub(super) const fn is_first_piece(&self) -> bool {
        self.seen == 0
    }

    /// How long the line is so far, without its end.
    pub(super) const fn octets(&self) -> u32 {
        self.octets
    }

    /// Whether more has come than is held.
    pub(super) const fn is_cut(&self) -> bool {
        self.octets > self.count as u32
    }

    /// Whether nothing of a line has come.
    pub(super) const fn is_untouched(&self) -> bool {
        self.octets == 0 && !self.after_cr
    }

    /// Makes room, and keeps so much that no token is torn.
    pub(super) fn go_on(&mut self) {
        let kept = usize::from(self.count).min(TOKEN_CHARACTERS);
        let from = usize::from(self.count).saturating_sub(kept);
        for place in 0..kept {
            let octet = self.held.get(from.saturating_add(place)).copied();
            if let (Some(place), Some(octet)) = (self.held.get_mut(place), octet) {
                *place = octet;
            }
        }
        self.count = kept as u16;
        self.seen = self.count;
    }

    /// Begins the next line.
    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.seen = 0;
        self.octets = 0;
        self.after_cr = false;
    }
}
