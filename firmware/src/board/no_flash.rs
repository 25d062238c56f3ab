//! What a board has for flash that has none.

use core::convert::Infallible;

use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use firmware::storage::WORD_OCTETS;

/// None.
pub(crate) enum NoFlash {}

impl ErrorType for NoFlash {
    type Error = Infallible;
}

impl ReadNorFlash for NoFlash {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, _offset: u32, _octets: &mut [u8]) -> Result<(), Infallible> {
        match *self {}
    }

    fn capacity(&self) -> usize {
        match *self {}
    }
}

impl NorFlash for NoFlash {
    const WRITE_SIZE: usize = WORD_OCTETS;
    const ERASE_SIZE: usize = WORD_OCTETS;

    async fn erase(&mut self, _from: u32, _to: u32) -> Result<(), Infallible> {
        match *self {}
    }

    async fn write(&mut self, _offset: u32, _octets: &[u8]) -> Result<(), Infallible> {
        match *self {}
    }
}
