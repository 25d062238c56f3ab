//! Pages: what is erased as one. The first word says that the page is erased and how often it has
//! been, the second that it is in use and since when.

use heapless::Vec;
use probe_core::finding::RecordId;

use super::{
    entry::{Header, Kind, Pen, WORD, Word, read_word, write_words},
    flash::Flash,
};

/// So often an erase is tried.
const ERASES_TRIED_MAX: u32 = 2;

/// Where a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Bounds {
    /// Where its entries begin.
    pub(super) const fn entries(self) -> u32 {
        self.start + 2 * WORD
    }

    /// Writes entries from the first one on.
    pub(super) const fn pen(self) -> Pen {
        Pen {
            at: self.entries(),
            end: self.end,
        }
    }
}

/// What a page is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is to be erased before it is used.
    Dirty,
    /// It is erased.
    Ready,
    /// It holds entries.
    Open(Opened),
}

/// What the second word of a page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    /// Which of the pages in use this is: one more than the one before it.
    pub(super) sequence: u64,
    /// Every record through this one was acknowledged then.
    pub(super) mark: RecordId,
}

/// What the page says of itself: its use, and how often it has been erased, where that can be read.
pub(super) fn look<F: Flash>(flash: &mut F, page: Bounds) -> (Stage, Option<u32>) {
    let erases = match read_word(flash, page.start) {
        Word::Header(Header {
            kind: Kind::Erased,
            a,
            ..
        }) => a,
        _ => return (Stage::Dirty, None),
    };
    let stage = match read_word(flash, page.start + WORD) {
        Word::Header(Header {
            kind: Kind::Open,
            a,
            b,
            c,
            ..
        }) => Stage::Open(Opened {
            sequence: c,
            mark: RecordId { boot: a, number: b },
        }),
        Word::Blank => Stage::Ready,
        Word::Header(_) | Word::Spoiled => Stage::Dirty,
    };
    (stage, Some(erases))
}

/// Erases a page that has been erased `erases` times; says how often it has been now, or `None`
/// when the flash does not do it.
pub(super) async fn erase<F: Flash>(flash: &mut F, page: Bounds, erases: u32) -> Option<u32> {
    let mut erases = erases;
    for _ in 0..ERASES_TRIED_MAX {
        erases = erases.saturating_add(1);
        let header = Header::bare(Kind::Erased, erases, 0, 0);
        if flash.erase(page.start).await && write_words(flash, page.start, &header.to_word()) {
            return Some(erases);
        }
    }
    None
}

/// How often the page with this index has been erased: where its own count was torn away, as often
/// as the one that was erased most often.
pub(super) fn erases_before(
    counts: impl Iterator<Item = Option<u32>> + Clone,
    index: usize,
) -> u32 {
    let own = counts.clone().nth(index).flatten();
    own.or_else(|| counts.flatten().max()).unwrap_or(0)
}

/// On a flash that no page of has a count, all of them begin at none.
pub(super) fn count_from_new<'a>(counts: impl Iterator<Item = &'a mut Option<u32>>) {
    let mut counts: Vec<&mut Option<u32>, { super::OUTBOX_PAGES_MAX }> = counts.collect();
    if counts.iter().all(|count| count.is_none()) {
        counts.iter_mut().for_each(|count| **count = Some(0));
    }
}

/// Takes a page into use; false when the flash does not do it, and the page is to be erased again.
pub(super) fn open<F: Flash>(flash: &mut F, page: Bounds, opened: Opened) -> bool {
    let Opened { sequence, mark } = opened;
    let header = Header::bare(Kind::Open, mark.boot, mark.number, sequence);
    write_words(flash, page.start + WORD, &header.to_word())
}
