//! What all conversations share: the place where octets are lent, and places for such that have to wait.

use core::cell::{RefCell, RefMut};

use probe_core::{
    dialogue::{End, TRANSMIT_OCTETS_MIN},
    dns::UDP_OCTETS_MAX,
};

use crate::env::Stream;

/// How many octets are read at once. What has come beyond that waits in the connection's buffer. A datagram
/// is read at once.
pub const PIECE_OCTETS: usize = if cfg!(feature = "relay-only") {
    256
} else {
    UDP_OCTETS_MAX as usize
};

/// How many conversations can wait for room for what their dialogues have said. One more asks its
/// dialogue for nothing until its own connection has room, or another one's wait is over.
pub const HELD_MAX: usize = 2;

/// What all conversations share. Octets are lent for the turn, and a turn that does not have to wait
/// is over before anybody else has one.
pub struct Scratch {
    /// Never borrowed over a wait.
    pub(super) table: RefCell<Table>,
    /// What was said and there is no room for yet.
    held: [RefCell<[u8; TRANSMIT_OCTETS_MIN]>; HELD_MAX],
}

pub(super) struct Table {
    /// What a dialogue writes.
    pub(super) transmit: [u8; TRANSMIT_OCTETS_MIN],
    /// What a dialogue reads.
    pub(super) piece: [u8; PIECE_OCTETS],
}

impl Scratch {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            table: RefCell::new(Table {
                transmit: [0; TRANSMIT_OCTETS_MIN],
                piece: [0; PIECE_OCTETS],
            }),
            held: [const { RefCell::new([0; TRANSMIT_OCTETS_MIN]) }; HELD_MAX],
        }
    }

    /// A place that nobody's octets wait in.
    pub(super) fn hold(&self) -> Option<Held<'_>> {
        let octets = self.held.iter().find_map(|held| held.try_borrow_mut().ok());
        octets.map(|octets| Held {
            octets,
            from: 0,
            to: 0,
            more: false,
        })
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// What was said and there is no room for yet.
pub(super) struct Held<'a> {
    octets: RefMut<'a, [u8; TRANSMIT_OCTETS_MIN]>,
    from: u16,
    to: u16,
    more: bool,
}

impl Held<'_> {
    pub(super) fn keep(&mut self, rest: &[u8], more: bool) {
        if let Some(places) = self.octets.get_mut(..rest.len()) {
            places.copy_from_slice(rest);
        }
        (self.from, self.more) = (0, more);
        self.to = u16::try_from(rest.len()).unwrap_or(0);
    }

    /// Writes as much as there is room for. Whether that was all.
    pub(super) fn write(&mut self, stream: &mut impl Stream) -> Result<bool, End> {
        let rest = self
            .octets
            .get(usize::from(self.from)..usize::from(self.to));
        let count = stream.write(rest.unwrap_or_default(), self.more)?;
        self.from = self
            .from
            .saturating_add(u16::try_from(count).unwrap_or(u16::MAX));
        Ok(self.from >= self.to)
    }
}
