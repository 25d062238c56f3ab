//! A stand-in for flash, in the board's PSRAM: with a file behind it, it survives the emulator's
//! end, however sudden.
//!
//! ```text
//! -M mps2-an500,memory-backend=psram
//! -object memory-backend-file,id=psram,size=16M,mem-path=FILE,share=on
//! ```
//!
//! It has the rules of the STM32H743's second bank, and enforces them: pages of 128 KiB, words of 32
//! octets, each written once between two erases and never before the first. What has been written is
//! marked before the octets are, so that an emulator that is killed between leaves what a power cut
//! leaves: a word that looks blank and cannot be written.

use embassy_time::Timer;
use embedded_storage_async::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use firmware::storage::Map;

/// Where the PSRAM is.
const BASE: usize = 0x6000_0000;
const OCTETS: usize = 1024 * 1024;
const PAGE_OCTETS: usize = 128 * 1024;
const WORD_OCTETS: usize = 32;

/// Behind the flash: a bit for each word that has been written, and the mark of a flash that has
/// been here before.
const WRITTEN: usize = BASE + OCTETS;
const WRITTEN_OCTETS: usize = OCTETS / WORD_OCTETS / 8;
const FORMATTED: usize = WRITTEN + WRITTEN_OCTETS;
const FORMATTED_MARK: u32 = 0x7057_0001;

/// Where on it is what: docs/flash-map.md.
pub(super) const MAP: Map = Map {
    settings: 4 * PAGE_OCTETS as u32,
    outbox: 6 * PAGE_OCTETS as u32,
    outbox_octets: 2 * PAGE_OCTETS as u32,
};

/// How long an erase of a page takes, in milliseconds. A real one takes up to two seconds; whoever
/// waits for this one is a test.
const ERASE_MS: u64 = 100;

/// The flash.
pub(crate) struct PsramFlash(());

/// The flash does not do that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused(NorFlashErrorKind);

impl NorFlashError for Refused {
    fn kind(&self) -> NorFlashErrorKind {
        self.0
    }
}

impl PsramFlash {
    /// The flash, as it comes from the factory where it has never been used.
    pub(super) fn start() -> Self {
        // SAFETY: the PSRAM is memory that the program is not linked into; nobody else holds any of
        // it.
        unsafe {
            let formatted = FORMATTED as *mut u32;
            if formatted.read_volatile() != FORMATTED_MARK {
                fill(BASE, OCTETS, u32::MAX);
                fill(WRITTEN, WRITTEN_OCTETS, 0);
                formatted.write_volatile(FORMATTED_MARK);
            }
        }
        Self(())
    }
}

/// # Safety
///
/// `octets` octets from `start` on are memory, in whole words of four, that nobody else holds.
unsafe fn fill(start: usize, octets: usize, value: u32) {
    for at in (start..start + octets).step_by(4) {
        // SAFETY: the caller's.
        unsafe { (at as *mut u32).write_volatile(value) };
    }
}

/// Where `octets` octets from `offset` on are, if they are here.
fn place(offset: u32, octets: usize) -> Result<usize, Refused> {
    let offset = offset as usize;
    match offset.checked_add(octets) {
        Some(end) if end <= OCTETS => Ok(BASE + offset),
        Some(_) | None => Err(Refused(NorFlashErrorKind::OutOfBounds)),
    }
}

fn whole(offset: u32, octets: usize, unit: usize) -> Result<(), Refused> {
    if (offset as usize).is_multiple_of(unit) && octets.is_multiple_of(unit) {
        Ok(())
    } else {
        Err(Refused(NorFlashErrorKind::NotAligned))
    }
}

/// Marks a word as written; false when it was.
fn mark(word: usize) -> bool {
    let at = (WRITTEN + word / 8) as *mut u8;
    let bit = 1 << (word % 8);
    // SAFETY: `word` is one of the flash's, so its bit is in the PSRAM, which only this holds.
    unsafe {
        let marks = at.read_volatile();
        at.write_volatile(marks | bit);
        marks & bit == 0
    }
}

impl ErrorType for PsramFlash {
    type Error = Refused;
}

impl ReadNorFlash for PsramFlash {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, octets: &mut [u8]) -> Result<(), Refused> {
        let start = place(offset, octets.len())?;
        for (at, octet) in (start..).zip(octets) {
            // SAFETY: `place` has seen that it is in the PSRAM.
            *octet = unsafe { (at as *const u8).read_volatile() };
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        OCTETS
    }
}

impl NorFlash for PsramFlash {
    const WRITE_SIZE: usize = WORD_OCTETS;
    const ERASE_SIZE: usize = PAGE_OCTETS;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Refused> {
        let octets = to.saturating_sub(from) as usize;
        whole(from, octets, PAGE_OCTETS)?;
        let start = place(from, octets)?;
        for page in (start..start + octets).step_by(PAGE_OCTETS) {
            Timer::after_millis(ERASE_MS).await;
            let first = (page - BASE) / WORD_OCTETS;
            // SAFETY: `place` has seen that the page is in the PSRAM, which only this holds.
            unsafe {
                fill(page, PAGE_OCTETS, u32::MAX);
                fill(WRITTEN + first / 8, PAGE_OCTETS / WORD_OCTETS / 8, 0);
            }
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, octets: &[u8]) -> Result<(), Refused> {
        whole(offset, octets.len(), WORD_OCTETS)?;
        let start = place(offset, octets.len())?;
        for (at, word) in (start..)
            .step_by(WORD_OCTETS)
            .zip(octets.chunks(WORD_OCTETS))
        {
            if !mark((at - BASE) / WORD_OCTETS) {
                return Err(Refused(NorFlashErrorKind::Other));
            }
            for (at, octet) in (at..).zip(word) {
                // SAFETY: `place` has seen that it is in the PSRAM, which only this holds.
                unsafe { (at as *mut u8).write_volatile(*octet) };
            }
        }
        Ok(())
    }
}
