//! The end of the second bank of flash: settings and outbox. The program runs from the first bank,
//! and goes on while this one is written.

use embassy_stm32::{Peri, flash::Error, peripherals::FLASH};
use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use firmware::storage::{Map, WORD_OCTETS};

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

impl ErrorType for BankTwo {
    type Error = Error;
}

impl ReadNorFlash for BankTwo {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, octets: &mut [u8]) -> Result<(), Error> {
        check(offset, octets.len())?;
        chip::read(&mut self.0, BEGIN + offset, octets)
    }

    fn capacity(&self) -> usize {
        (SECTORS * SECTOR_OCTETS) as usize
    }
}

impl NorFlash for BankTwo {
    const WRITE_SIZE: usize = WORD_OCTETS;
    const ERASE_SIZE: usize = SECTOR_OCTETS as usize;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Error> {
        check(from, to.saturating_sub(from) as usize)?;
        chip::erase(&mut self.0, BEGIN + from, BEGIN + to).await
    }

    async fn write(&mut self, offset: u32, octets: &[u8]) -> Result<(), Error> {
        check(offset, octets.len())?;
        chip::write(&mut self.0, BEGIN + offset, octets).await
    }
}

/// Nothing outside is touched: the program is there, and room for its successor.
fn check(offset: u32, octets: usize) -> Result<(), Error> {
    let end = u32::try_from(octets)
        .ok()
        .and_then(|octets| offset.checked_add(octets));
    match end {
        Some(end) if end <= SECTORS * SECTOR_OCTETS => Ok(()),
        _ => Err(Error::Size),
    }
}
