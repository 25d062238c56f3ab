//! The flash of a board that has none for us.

use embedded_storage_async::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use firmware::storage::WORD_OCTETS;

/// There is none.
pub(crate) enum NoFlash {}

/// Nothing can fail where there is nothing.
#[derive(Debug)]
pub(crate) enum Nothing {}

impl NorFlashError for Nothing {
    fn kind(&self) -> NorFlashErrorKind {
        match *self {}
    }
}

impl ErrorType for NoFlash {
    type Error = Nothing;
}

impl ReadNorFlash for NoFlash {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, _offset: u32, _octets: &mut [u8]) -> Result<(), Nothing> {
        match *self {}
    }

    fn capacity(&self) -> usize {
        match *self {}
    }
}

impl NorFlash for NoFlash {
    const WRITE_SIZE: usize = WORD_OCTETS;
    const ERASE_SIZE: usize = 128 * 1024;

    async fn erase(&mut self, _from: u32, _to: u32) -> Result<(), Nothing> {
        match *self {}
    }

    async fn write(&mut self, _offset: u32, _octets: &[u8]) -> Result<(), Nothing> {
        match *self {}
    }
}
