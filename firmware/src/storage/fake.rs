//! A flash with the rules of the real one, and a power supply that fails when it is told to.

use std::{cell::RefCell, rc::Rc};

use embedded_storage_async::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

use super::WORD_OCTETS;

/// What an erase takes, in milliseconds.
pub(crate) const ERASE_MS: u64 = 2_000;
/// A page of the fake, in octets: small, so that pages turn often.
pub(crate) const PAGE_OCTETS: usize = 4_096;

/// What the power's failure does to the word that is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tear {
    /// It is not written.
    Before,
    /// It is written.
    Behind,
    /// Half of it is; an erase has reached half of the page.
    Half,
    /// It cannot be read.
    Unreadable,
    /// It reads as blank and cannot be written any more.
    Weak,
}

impl Tear {
    pub(crate) const ALL: [Self; 5] = [
        Self::Before,
        Self::Behind,
        Self::Half,
        Self::Unreadable,
        Self::Weak,
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Erased,
    Written,
    Unreadable,
    Weak,
}

/// The chip, which outlives the program.
#[derive(Debug)]
pub(crate) struct Chip {
    octets: Vec<u8>,
    cells: Vec<Cell>,
    /// Words written and pages erased so far.
    pub(crate) operations: u64,
    /// The power fails at this one.
    pub(crate) fails_at: Option<(u64, Tear)>,
    pub(crate) is_dead: bool,
    /// Words that were to be written twice and did not look blank: a fault of the program.
    pub(crate) second_writes: u32,
    /// For how long it was busy erasing.
    pub(crate) erasing_ms: u64,
    pub(crate) erases: Vec<u32>,
}

/// A program's hold on the chip.
#[derive(Clone, Debug)]
pub(crate) struct Fake(pub(crate) Rc<RefCell<Chip>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FakeError(NorFlashErrorKind);

impl NorFlashError for FakeError {
    fn kind(&self) -> NorFlashErrorKind {
        self.0
    }
}

impl Fake {
    /// A chip as it leaves the factory, but for what was on it.
    pub(crate) fn new(pages: usize) -> Self {
        Self(Rc::new(RefCell::new(Chip {
            octets: vec![0x5a; pages * PAGE_OCTETS],
            cells: vec![Cell::Written; pages * PAGE_OCTETS / WORD_OCTETS],
            operations: 0,
            fails_at: None,
            is_dead: false,
            second_writes: 0,
            erasing_ms: 0,
            erases: vec![0; pages],
        })))
    }

    /// The power is back.
    pub(crate) fn power_on(&self) {
        let mut chip = self.0.borrow_mut();
        chip.is_dead = false;
        chip.fails_at = None;
    }

    /// Spoils the word at `at`, as age does.
    pub(crate) fn rot(&self, at: usize) {
        self.0.borrow_mut().octets[at] ^= 0x10;
    }
}

impl Chip {
    /// Counts an operation; what the power does to it, when it fails now.
    fn operate(&mut self) -> Result<Option<Tear>, FakeError> {
        if self.is_dead {
            return Err(FakeError(NorFlashErrorKind::Other));
        }
        let now = self.operations;
        self.operations += 1;
        let tear = self.fails_at.filter(|(at, _)| *at == now);
        self.is_dead = tear.is_some();
        Ok(tear.map(|(_, tear)| tear))
    }

    fn write_word(&mut self, at: usize, word: &[u8]) -> Result<(), FakeError> {
        let tear = self.operate()?;
        let index = at / WORD_OCTETS;
        match self.cells[index] {
            Cell::Erased => {}
            Cell::Weak => return Err(FakeError(NorFlashErrorKind::Other)),
            Cell::Written | Cell::Unreadable => {
                self.second_writes += 1;
                return Err(FakeError(NorFlashErrorKind::Other));
            }
        }
        let (cell, octets) = match tear {
            Some(Tear::Before) => (Cell::Erased, 0),
            Some(Tear::Weak) => (Cell::Weak, 0),
            Some(Tear::Unreadable) => (Cell::Unreadable, WORD_OCTETS),
            Some(Tear::Half) => (Cell::Written, WORD_OCTETS / 2),
            Some(Tear::Behind) | None => (Cell::Written, WORD_OCTETS),
        };
        self.cells[index] = cell;
        self.octets[at..at + octets].copy_from_slice(&word[..octets]);
        match tear {
            Some(_) => Err(FakeError(NorFlashErrorKind::Other)),
            None => Ok(()),
        }
    }

    fn erase_page(&mut self, page: usize) -> Result<(), FakeError> {
        let tear = self.operate()?;
        self.erasing_ms += ERASE_MS;
        self.erases[page] += 1;
        let (start, words) = (page * PAGE_OCTETS, PAGE_OCTETS / WORD_OCTETS);
        let (from, to) = match tear {
            Some(Tear::Before) => (0, 0),
            // Which half goes first is not said.
            Some(Tear::Half) => (0, words / 2),
            Some(Tear::Weak) => (words / 2, words),
            Some(Tear::Behind | Tear::Unreadable) | None => (0, words),
        };
        for word in from..to {
            let at = start + word * WORD_OCTETS;
            self.octets[at..at + WORD_OCTETS].fill(0xff);
            self.cells[at / WORD_OCTETS] = match tear {
                Some(Tear::Unreadable) => Cell::Unreadable,
                _ => Cell::Erased,
            };
        }
        match tear {
            Some(_) => Err(FakeError(NorFlashErrorKind::Other)),
            None => Ok(()),
        }
    }
}

impl ErrorType for Fake {
    type Error = FakeError;
}

impl ReadNorFlash for Fake {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, octets: &mut [u8]) -> Result<(), FakeError> {
        let chip = self.0.borrow();
        let at = offset as usize;
        let cells = &chip.cells[at / WORD_OCTETS..(at + octets.len()).div_ceil(WORD_OCTETS)];
        if chip.is_dead || cells.contains(&Cell::Unreadable) {
            return Err(FakeError(NorFlashErrorKind::Other));
        }
        octets.copy_from_slice(&chip.octets[at..at + octets.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.borrow().octets.len()
    }
}

impl NorFlash for Fake {
    const WRITE_SIZE: usize = WORD_OCTETS;
    const ERASE_SIZE: usize = PAGE_OCTETS;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), FakeError> {
        let (from, to) = (from as usize, to as usize);
        assert_eq!(
            (from % PAGE_OCTETS, to % PAGE_OCTETS),
            (0, 0),
            "whole pages"
        );
        (from / PAGE_OCTETS..to / PAGE_OCTETS)
            .try_for_each(|page| self.0.borrow_mut().erase_page(page))
    }

    async fn write(&mut self, offset: u32, octets: &[u8]) -> Result<(), FakeError> {
        let at = offset as usize;
        assert_eq!(
            (at % WORD_OCTETS, octets.len() % WORD_OCTETS),
            (0, 0),
            "whole words"
        );
        let mut chip = self.0.borrow_mut();
        for (index, word) in octets.chunks(WORD_OCTETS).enumerate() {
            chip.write_word(at + index * WORD_OCTETS, word)?;
        }
        Ok(())
    }
}
