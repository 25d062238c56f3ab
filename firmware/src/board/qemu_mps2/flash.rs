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
use firmware::storage::{Flash, Map, WORD_OCTETS};

/// Where the PSRAM is.
const BASE: usize = 0x6000_0000;
const OCTETS: usize = 1024 * 1024;
const PAGE_OCTETS: usize = 128 * 1024;

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

/// Where `octets` octets from `at` on are, if they are here.
fn place(at: u32, octets: usize) -> Option<usize> {
    let end = (at as usize).checked_add(octets)?;
    (end <= OCTETS).then_some(BASE + at as usize)
}

/// The same for a unit that is written or erased as one.
fn page_or_word(at: u32, octets: usize) -> Option<usize> {
    place(at, octets).filter(|start| start.is_multiple_of(octets))
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

impl Flash for PsramFlash {
    const PAGE_OCTETS: u32 = PAGE_OCTETS as u32;

    fn read(&mut self, at: u32, octets: &mut [u8]) -> bool {
        let Some(start) = place(at, octets.len()) else {
            return false;
        };
        for (at, octet) in (start..).zip(octets) {
            // SAFETY: `place` has seen that it is in the PSRAM.
            *octet = unsafe { (at as *const u8).read_volatile() };
        }
        true
    }

    fn write(&mut self, at: u32, word: &[u8; WORD_OCTETS]) -> bool {
        let Some(start) = page_or_word(at, WORD_OCTETS) else {
            return false;
        };
        if !mark((start - BASE) / WORD_OCTETS) {
            return false;
        }
        for (at, octet) in (start..).zip(word) {
            // SAFETY: `place` has seen that it is in the PSRAM, which only this holds.
            unsafe { (at as *mut u8).write_volatile(*octet) };
        }
        true
    }

    async fn erase(&mut self, at: u32) -> bool {
        let Some(start) = page_or_word(at, PAGE_OCTETS) else {
            return false;
        };
        Timer::after_millis(ERASE_MS).await;
        let first = (start - BASE) / WORD_OCTETS;
        // SAFETY: `place` has seen that the page is in the PSRAM, which only this holds.
        unsafe {
            fill(start, PAGE_OCTETS, u32::MAX);
            fill(WRITTEN + first / 8, PAGE_OCTETS / WORD_OCTETS / 8, 0);
        }
        true
    }
}
