//! What storage needs of a flash.

/// The unit of everything here, in octets: a flash word of the STM32H7, which is written once. A
/// flash that writes smaller pieces gets whole words all the same.
pub const WORD_OCTETS: usize = 32;

/// A flash that is written once and erased in pages. Reading and writing a word take less than a
/// millisecond and are done at once; what waited for them would be half as large again
/// (docs/decisions/0019-size-of-the-images.md). Erasing takes up to seconds.
pub trait Flash {
    /// What is erased as one, in octets; whole words.
    const PAGE_OCTETS: u32;

    /// Reads what begins at `at`. False when that cannot be read.
    fn read(&mut self, at: u32, octets: &mut [u8]) -> bool;

    /// Writes the word that begins at `at`. False when the flash does not take it.
    fn write(&mut self, at: u32, word: &[u8; WORD_OCTETS]) -> bool;

    /// Erases the page that begins at `at`. False when the flash does not do it.
    async fn erase(&mut self, at: u32) -> bool;
}
