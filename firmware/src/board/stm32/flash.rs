//! The second bank of flash, which holds no code. What is where in it, [`crate::board::map`] says.

use embassy_stm32::{Peri, flash::Error, peripherals::FLASH};
use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use firmware::storage::WORD_OCTETS;

use super::chip::{self, RawFlash};

/// A sector, in octets. The F767 has smaller ones at the beginning of the bank, where nothing is kept.
const SECTOR_OCTETS: u32 = 128 * 1024;
/// Where the second bank begins, and how long it is.
const BEGIN: u32 = 8 * SECTOR_OCTETS;
const OCTETS: u32 = 8 * SECTOR_OCTETS;

/// The bank.
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
        OCTETS as usize
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

/// Nothing outside is touched: the program is there.
fn check(offset: u32, octets: usize) -> Result<(), Error> {
    let end = u32::try_from(octets)
        .ok()
        .and_then(|octets| offset.checked_add(octets));
    match end {
        Some(end) if end <= OCTETS => Ok(()),
        _ => Err(Error::Size),
    }
}
