//! The end of the second bank of flash: settings and outbox. The program runs from the first bank,
//! and goes on while this one is written.

use embassy_stm32::{Peri, peripherals::FLASH};
use firmware::storage::{Flash, Map, WORD_OCTETS};

use super::chip::{self, RawFlash};

/// A sector, in octets; both chips have eight or seven of them in this bank, four at its end.
const SECTOR_OCTETS: u32 = 128 * 1024;
/// Where the last four sectors of the second bank begin, from the first one's beginning.
const BEGIN: u32 = 12 * SECTOR_OCTETS;
const SECTORS: u32 = 4;

/// Where in them is what: docs/flash-map.md.
pub(super) const MAP: Map = Map {
    settings: 0,
    outbox: 2 * SECTOR_OCTETS,
    outbox_octets: 2 * SECTOR_OCTETS,
};

/// Those four sectors.
pub(crate) struct BankTwo(RawFlash);

impl BankTwo {
    /// The flash, where it has two banks. The brown-out level is guarded before.
    pub(super) fn start(flash: Peri<'static, FLASH>) -> Option<Self> {
        chip::flash(flash).map(Self)
    }
}

impl Flash for BankTwo {
    const PAGE_OCTETS: u32 = SECTOR_OCTETS;

    fn read(&mut self, at: u32, octets: &mut [u8]) -> bool {
        is_inside(at, octets.len()) && chip::read(&mut self.0, BEGIN + at, octets).is_ok()
    }

    /// Nobody else works meanwhile: a word takes a fraction of a millisecond.
    fn write(&mut self, at: u32, word: &[u8; WORD_OCTETS]) -> bool {
        is_inside(at, WORD_OCTETS) && self.0.blocking_write(BEGIN + at, word).is_ok()
    }

    async fn erase(&mut self, at: u32) -> bool {
        let from = BEGIN + at;
        is_inside(at, SECTOR_OCTETS as usize)
            && chip::erase(&mut self.0, from, from + SECTOR_OCTETS)
                .await
                .is_ok()
    }
}

/// Nothing outside is touched: the program is there, and room for its successor.
fn is_inside(at: u32, octets: usize) -> bool {
    let end = u32::try_from(octets)
        .ok()
        .and_then(|octets| at.checked_add(octets));
    end.is_some_and(|end| end <= SECTORS * SECTOR_OCTETS)
}
