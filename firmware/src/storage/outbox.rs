//! Records on flash, until the host has acknowledged them.
//!
//! ```text
//! page: erased · open(mark) · record · record · mark · record …      oldest page ─▶ newest page
//! ```
//!
//! Nothing is written twice. What the host has stored is told by a **mark**: every record through
//! it is acknowledged. A page is erased when all of it is, and one page is kept erased ahead, so
//! that no record waits for an erase.

use heapless::Vec;
use probe_core::finding::RecordId;

use super::{
    Failure, Wear,
    entry::{Header, Kind, Pen, Seen, Unwritten, WORD, read_behind, seek},
    flash::Flash,
    page::{self, Bounds, Opened, Stage},
};

/// The most pages of an outbox.
pub const OUTBOX_PAGES_MAX: usize = 8;
/// The fewest: one in use and one erased ahead.
pub const OUTBOX_PAGES_MIN: usize = 2;

/// Octets of each page that are kept for the mark without which another page cannot be erased.
const SPARE: u32 = 8 * WORD;

/// The log of records.
#[derive(Debug)]
pub(super) struct Outbox {
    pages: Vec<Page, OUTBOX_PAGES_MAX>,
    /// The page that is written.
    head: Option<usize>,
    /// Every record through this one is acknowledged.
    mark: RecordId,
    /// As the log says.
    mark_written: RecordId,
    /// The last record of the log, or the last mark.
    last: RecordId,
    /// Where the last record that was read stands.
    reading: Option<Reading>,
    /// Records whose octets are not what was written.
    spoiled: u32,
}

#[derive(Debug)]
struct Page {
    bounds: Bounds,
    /// How often it was erased, where that can be read.
    erases: Option<u32>,
    use_: Use,
}

#[derive(Clone, Copy, Debug)]
enum Use {
    Dirty,
    Ready,
    Open {
        opened: Opened,
        pen: Pen,
        /// The last record in it.
        last: RecordId,
    },
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    page: usize,
    behind: u32,
    after: RecordId,
}

/// A record that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept<'r> {
    /// Its name.
    pub id: RecordId,
    /// When its boot began, in milliseconds since 1970.
    pub began_ms: u64,
    /// Its octets on the wire.
    pub octets: &'r [u8],
}

/// Before every record.
pub const NO_RECORD: RecordId = RecordId { boot: 0, number: 0 };

impl Outbox {
    /// Looks at the pages in `start..start + octets`, and makes one ready where none is.
    pub(super) async fn mount<F: Flash>(
        flash: &mut F,
        start: u32,
        octets: u32,
    ) -> Result<Self, Failure> {
        let mut outbox = Self {
            pages: Vec::new(),
            head: None,
            mark: NO_RECORD,
            mark_written: NO_RECORD,
            last: NO_RECORD,
            reading: None,
            spoiled: 0,
        };
        let page_octets = F::PAGE_OCTETS;
        for place in (start..start.saturating_add(octets)).step_by(page_octets as usize) {
            let bounds = Bounds {
                start: place,
                end: place.saturating_add(page_octets),
            };
            let (stage, erases) = page::look(flash, bounds);
            let use_ = match stage {
                Stage::Dirty => Use::Dirty,
                Stage::Ready => Use::Ready,
                Stage::Open(opened) => Use::Open {
                    opened,
                    pen: bounds.pen(),
                    last: NO_RECORD,
                },
            };
            let page = Page {
                bounds,
                erases,
                use_,
            };
            outbox.pages.push(page).map_err(|_| Failure::Map)?;
        }
        if outbox.pages.len() < OUTBOX_PAGES_MIN {
            return Err(Failure::Map);
        }
        page::count_from_new(outbox.pages.iter_mut().map(|page| &mut page.erases));
        outbox.read_all(flash);
        if outbox.head.is_none() {
            outbox.open_another(flash).await?;
        }
        Ok(outbox)
    }

    /// Finds the newest page, the end of each, and the marks.
    fn read_all<F: Flash>(&mut self, flash: &mut F) {
        let mut before = None;
        while let Some((index, opened)) = self.page_after(before) {
            before = Some(opened.sequence);
            self.head = Some(index);
            self.marked(opened.mark);
            let Some(bounds) = self.pages.get(index).map(|page| page.bounds) else {
                return;
            };
            let mut pen = bounds.pen();
            let mut last_record = NO_RECORD;
            while let Seen::Entry(at, header) = seek(flash, pen.at, pen.end) {
                pen.at = at + header.extent();
                let id = RecordId {
                    boot: header.a,
                    number: header.b,
                };
                match header.kind {
                    Kind::Record => {
                        last_record = last_record.max(id);
                        self.last = self.last.max(id);
                    }
                    Kind::Mark => self.marked(id),
                    Kind::Erased | Kind::Open | Kind::Setting => {}
                }
            }
            if let Seen::End(end) = seek(flash, pen.at, pen.end) {
                pen.at = end;
            }
            if let Some(page) = self.pages.get_mut(index) {
                page.use_ = Use::Open {
                    opened,
                    pen,
                    last: last_record,
                };
            }
        }
    }

    fn marked(&mut self, id: RecordId) {
        self.mark = self.mark.max(id);
        self.mark_written = self.mark_written.max(id);
        self.last = self.last.max(id);
    }

    /// The oldest page in use behind `sequence`, or of all.
    fn page_after(&self, sequence: Option<u64>) -> Option<(usize, Opened)> {
        self.pages
            .iter()
            .enumerate()
            .filter_map(|(index, page)| match page.use_ {
                Use::Open { opened, .. } if Some(opened.sequence) > sequence => {
                    Some((index, opened))
                }
                Use::Open { .. } | Use::Dirty | Use::Ready => None,
            })
            .min_by_key(|(_, opened)| opened.sequence)
    }

    /// Keeps a record behind all others. [`Failure::Full`]: keep it elsewhere until the host has
    /// acknowledged a page.
    pub(super) fn keep<F: Flash>(
        &mut self,
        flash: &mut F,
        record: Kept<'_>,
    ) -> Result<(), Failure> {
        let Kept {
            id,
            began_ms,
            octets,
        } = record;
        // A record that the host had before it could be kept leaves a gap. The mark says that it
        // is none.
        let follows =
            self.last.boot == id.boot && self.last.number.checked_add(1) == Some(id.number);
        if !follows && id.number > 1 {
            let before = RecordId {
                boot: id.boot,
                number: id.number - 1,
            };
            if before <= self.mark {
                let header = Header::bare(Kind::Mark, before.boot, before.number, 0);
                self.append(flash, header, &[])?;
                self.marked(before);
            }
        }
        let header = Header::bare(Kind::Record, id.boot, id.number, began_ms);
        self.append(flash, header, octets)?;
        self.last = self.last.max(id);
        if let Some(Page {
            use_: Use::Open { last, .. },
            ..
        }) = self.head.and_then(|head| self.pages.get_mut(head))
        {
            *last = id;
        }
        Ok(())
    }

    fn append<F: Flash>(
        &mut self,
        flash: &mut F,
        header: Header,
        octets: &[u8],
    ) -> Result<(), Failure> {
        for _ in 0..=self.pages.len() {
            match self.write_at_head(flash, header, octets, SPARE) {
                Ok(()) => return Ok(()),
                // A page that takes nothing more is left as if it were full.
                Err(Unwritten::PageFull | Unwritten::Broken) => self.open_ready(flash)?,
            }
        }
        Err(Failure::Broken)
    }

    fn write_at_head<F: Flash>(
        &mut self,
        flash: &mut F,
        header: Header,
        octets: &[u8],
        spare: u32,
    ) -> Result<(), Unwritten> {
        let head = self.head.and_then(|head| self.pages.get_mut(head));
        let Some(Page {
            use_: Use::Open { pen, .. },
            ..
        }) = head
        else {
            return Err(Unwritten::PageFull);
        };
        pen.write(flash, header, octets, spare).map(drop)
    }

    /// Goes on in a page that is erased. [`Failure::Full`] where there is none.
    fn open_ready<F: Flash>(&mut self, flash: &mut F) -> Result<(), Failure> {
        let sequence = self
            .head
            .and_then(|head| self.pages.get(head))
            .and_then(|page| match page.use_ {
                Use::Open { opened, .. } => Some(opened.sequence),
                Use::Dirty | Use::Ready => None,
            })
            .map_or(1, |sequence| sequence.saturating_add(1));
        while let Some(index) = self.next_page(|use_| matches!(use_, Use::Ready)) {
            let opened = Opened {
                sequence,
                mark: self.mark,
            };
            let Some(page) = self.pages.get_mut(index) else {
                break;
            };
            if page::open(flash, page.bounds, opened) {
                page.use_ = Use::Open {
                    opened,
                    pen: page.bounds.pen(),
                    last: NO_RECORD,
                };
                self.head = Some(index);
                self.marked(self.mark);
                return Ok(());
            }
            page.use_ = Use::Dirty;
        }
        Err(Failure::Full)
    }

    /// As [`Outbox::open_ready`], and erases one where it must.
    async fn open_another<F: Flash>(&mut self, flash: &mut F) -> Result<(), Failure> {
        for _ in 0..self.pages.len() {
            match self.open_ready(flash) {
                Err(Failure::Full) => {}
                done => return done,
            }
            let Some(index) = self.next_page(|use_| matches!(use_, Use::Dirty)) else {
                break;
            };
            self.erase(flash, index).await?;
        }
        Err(Failure::Broken)
    }

    /// The next page behind the head that is used so, going round.
    fn next_page(&self, wanted: impl Fn(Use) -> bool) -> Option<usize> {
        let count = self.pages.len();
        let first = self.head.map_or(0, |head| head + 1);
        (first..first + count)
            .map(|index| index % count.max(1))
            .find(|index| self.pages.get(*index).is_some_and(|page| wanted(page.use_)))
    }

    /// The host has stored every record through `through`. It is written by
    /// [`Outbox::write_mark`].
    pub(super) fn acknowledge(&mut self, through: RecordId) {
        self.mark = self.mark.max(through);
    }

    /// Whether the log does not say yet what is acknowledged.
    pub(super) fn has_mark_to_write(&self) -> bool {
        self.mark_written < self.mark && self.has_records_through(self.mark)
    }

    /// A mark is worth a word only when it tells of records that are here.
    fn has_records_through(&self, mark: RecordId) -> bool {
        self.mark_written < self.last && self.mark_written < mark
    }

    /// Writes what is acknowledged. Without it nothing is lost: what the host has is sent again.
    pub(super) fn write_mark<F: Flash>(&mut self, flash: &mut F) -> Result<(), Failure> {
        let header = Header::bare(Kind::Mark, self.mark.boot, self.mark.number, 0);
        self.append(flash, header, &[])?;
        self.marked(self.mark);
        Ok(())
    }

    /// Whether there is a page to erase.
    pub(super) fn has_page_to_erase(&self) -> bool {
        self.page_to_erase().is_some()
    }

    fn page_to_erase(&self) -> Option<usize> {
        self.next_page(|use_| matches!(use_, Use::Dirty))
            .or_else(|| {
                let head = self.head;
                (0..self.pages.len()).find(|index| {
                    let done = |page: &Page| match page.use_ {
                        Use::Open { last, .. } => last <= self.mark,
                        Use::Dirty | Use::Ready => false,
                    };
                    Some(*index) != head && self.pages.get(*index).is_some_and(done)
                })
            })
    }

    /// Erases a page of which everything is acknowledged; seconds, on a real flash.
    pub(super) async fn erase_one<F: Flash>(&mut self, flash: &mut F) -> Result<(), Failure> {
        let Some(index) = self.page_to_erase() else {
            return Ok(());
        };
        // Only the log itself knows after a restart that what is erased was acknowledged.
        if self.mark_written < self.mark {
            let header = Header::bare(Kind::Mark, self.mark.boot, self.mark.number, 0);
            match self.write_at_head(flash, header, &[], 0) {
                Ok(()) => self.marked(self.mark),
                // The page that is opened next carries it.
                Err(_) => self.open_ready(flash)?,
            }
        }
        self.erase(flash, index).await
    }

    async fn erase<F: Flash>(&mut self, flash: &mut F, index: usize) -> Result<(), Failure> {
        let before = page::erases_before(self.pages.iter().map(|page| page.erases), index);
        let Some(page) = self.pages.get_mut(index) else {
            return Err(Failure::Map);
        };
        page.use_ = Use::Dirty;
        if self.reading.is_some_and(|reading| reading.page == index) {
            self.reading = None;
        }
        let erases = page::erase(flash, page.bounds, before).await;
        page.erases = Some(erases.ok_or(Failure::Broken)?);
        page.use_ = Use::Ready;
        Ok(())
    }

    /// The first record behind `after` whose octets are what was written, in the order in which
    /// they were kept. Cheap where `after` is the record that was read last.
    pub(super) fn next_after<'r, F: Flash>(
        &mut self,
        flash: &mut F,
        after: RecordId,
        room: &'r mut [u8],
    ) -> Option<Kept<'r>> {
        let reading = self.reading.filter(|reading| reading.after <= after);
        let mut place = match reading {
            Some(reading) => Some((reading.page, reading.behind)),
            None => self.first_place(),
        };
        while let Some((index, from)) = place {
            let page = self.pages.get(index)?;
            let Use::Open { opened, pen, .. } = page.use_ else {
                return None;
            };
            let mut at = from;
            while let Seen::Entry(found, header) = seek(flash, at, pen.at) {
                at = found + header.extent();
                let id = RecordId {
                    boot: header.a,
                    number: header.b,
                };
                if header.kind != Kind::Record || id <= after {
                    continue;
                }
                let length = read_behind(flash, found, header, room).map(<[u8]>::len);
                let Some(length) = length else {
                    self.spoiled = self.spoiled.saturating_add(1);
                    continue;
                };
                self.reading = Some(Reading {
                    page: index,
                    behind: at,
                    after: id,
                });
                return Some(Kept {
                    id,
                    began_ms: header.c,
                    octets: room.get(..length)?,
                });
            }
            let next = self.page_after(Some(opened.sequence));
            place = next.and_then(|(index, _)| {
                let page = self.pages.get(index)?;
                Some((index, page.bounds.entries()))
            });
        }
        None
    }

    fn first_place(&self) -> Option<(usize, u32)> {
        let (index, _) = self.page_after(None)?;
        let page = self.pages.get(index)?;
        Some((index, page.bounds.entries()))
    }

    /// Every record through this one is acknowledged.
    pub(super) const fn mark(&self) -> RecordId {
        self.mark
    }

    /// Whether records wait for acknowledgement here.
    pub(super) fn has_unacknowledged(&self) -> bool {
        self.mark < self.last
    }

    pub(super) fn wear(&self, wear: &mut Wear) {
        for page in &self.pages {
            wear.page(page.erases.unwrap_or(0));
            let free = match page.use_ {
                Use::Ready => page.bounds.pen().end - page.bounds.entries(),
                Use::Open { pen, .. } => {
                    if Some(page.bounds) == self.head_bounds() {
                        pen.end.saturating_sub(pen.at)
                    } else {
                        0
                    }
                }
                Use::Dirty => 0,
            };
            wear.outbox_free_octets = wear.outbox_free_octets.saturating_add(free);
        }
        wear.spoiled = wear.spoiled.saturating_add(self.spoiled);
    }

    fn head_bounds(&self) -> Option<Bounds> {
        self.head
            .and_then(|head| self.pages.get(head))
            .map(|page| page.bounds)
    }
}
