//! A flash with the rules of the real one, and a power supply that fails when it is told to.

use std::{cell::RefCell, rc::Rc};

use super::{Flash, WORD_OCTETS};

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
    /// Counts an operation; what the power does to it, when it fails now. `None` without power.
    fn operate(&mut self) -> Option<Option<Tear>> {
        if self.is_dead {
            return None;
        }
        let now = self.operations;
        self.operations += 1;
        let tear = self.fails_at.filter(|(at, _)| *at == now);
        self.is_dead = tear.is_some();
        Some(tear.map(|(_, tear)| tear))
    }

    fn write_word(&mut self, at: usize, word: &[u8; WORD_OCTETS]) -> bool {
        let Some(tear) = self.operate() else {
            return false;
        };
        let index = at / WORD_OCTETS;
        match self.cells[index] {
            Cell::Erased => {}
            Cell::Weak => return false,
            Cell::Written | Cell::Unreadable => {
                self.second_writes += 1;
                return false;
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
        tear.is_none()
    }

    fn erase_page(&mut self, page: usize) -> bool {
        let Some(tear) = self.operate() else {
            return false;
        };
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
        tear.is_none()
    }
}

impl Flash for Fake {
    const PAGE_OCTETS: u32 = PAGE_OCTETS as u32;

    fn read(&mut self, at: u32, octets: &mut [u8]) -> bool {
        let chip = self.0.borrow();
        let at = at as usize;
        let cells = &chip.cells[at / WORD_OCTETS..(at + octets.len()).div_ceil(WORD_OCTETS)];
        if chip.is_dead || cells.contains(&Cell::Unreadable) {
            return false;
        }
        octets.copy_from_slice(&chip.octets[at..at + octets.len()]);
        true
    }

    fn write(&mut self, at: u32, word: &[u8; WORD_OCTETS]) -> bool {
        let at = at as usize;
        assert_eq!(at % WORD_OCTETS, 0, "whole words");
        self.0.borrow_mut().write_word(at, word)
    }

    async fn erase(&mut self, at: u32) -> bool {
        let at = at as usize;
        assert_eq!(at % PAGE_OCTETS, 0, "whole pages");
        self.0.borrow_mut().erase_page(at / PAGE_OCTETS)
    }
}
