//! Settings on flash, in two copies.
//!
//! Two pages take turns. A setting is written behind the others of its page, with a checksum, and
//! the newest one that is whole counts. When the page is full, the newest of each are copied into
//! the other one, which is taken into use by its second word, as the last thing. So a write that
//! is cut off, wherever it is, leaves what was there before.

use super::{
    Failure, Key, Wear,
    entry::{Header, Kind, Pen, Seen, Unwritten, Word, read_behind, read_word, seek},
    flash::Flash,
    outbox::NO_RECORD,
    page::{self, Bounds, Opened, Stage},
};

/// How many pages the settings have.
pub const SETTINGS_PAGES: usize = 2;

#[derive(Debug)]
pub(super) struct Settings {
    pages: [Page; SETTINGS_PAGES],
    /// The page that counts.
    head: usize,
    pen: Pen,
    sequence: u64,
    /// Where the newest of each key begins.
    places: [Option<u32>; Key::COUNT],
}

#[derive(Clone, Copy, Debug)]
struct Page {
    bounds: Bounds,
    /// How often it was erased, where that can be read.
    erases: Option<u32>,
}

impl Settings {
    /// Looks at the two pages from `start` on. `scratch` has room for the longest setting.
    pub(super) async fn mount<F: Flash>(
        flash: &mut F,
        start: u32,
        scratch: &mut [u8],
    ) -> Result<Self, Failure> {
        let octets = F::PAGE_OCTETS;
        let page = |start| Bounds {
            start,
            end: start + octets,
        };
        let bounds = [page(start), page(start + octets)];
        let mut pages = bounds.map(|bounds| Page {
            bounds,
            erases: None,
        });
        let mut newest: Option<(usize, u64)> = None;
        for (index, page) in pages.iter_mut().enumerate() {
            let (stage, erases) = page::look(flash, page.bounds);
            page.erases = erases;
            if let Stage::Open(Opened { sequence, .. }) = stage
                && newest.is_none_or(|(_, other)| sequence > other)
            {
                newest = Some((index, sequence));
            }
        }
        page::count_from_new(pages.iter_mut().map(|page| &mut page.erases));
        let mut settings = Self {
            head: 1,
            pen: bounds[1].pen(),
            pages,
            sequence: 0,
            places: [None; Key::COUNT],
        };
        match newest {
            Some((head, sequence)) => {
                settings.head = head;
                settings.sequence = sequence;
                settings.read_older(flash, scratch);
                settings.pen = settings.read_page(flash, head, scratch);
                settings.restore(flash, scratch);
            }
            None => settings.turn(flash, None, scratch).await?,
        }
        Ok(settings)
    }

    /// Reads the page that counted before, for what the newer one may have lost.
    fn read_older<F: Flash>(&mut self, flash: &mut F, scratch: &mut [u8]) {
        let other = (self.head + 1) % SETTINGS_PAGES;
        let Some(page) = self.pages.get(other) else {
            return;
        };
        if let (Stage::Open(_), _) = page::look(flash, page.bounds) {
            self.read_page(flash, other, scratch);
        }
    }

    /// Notes the settings of a page, and says where it ends.
    fn read_page<F: Flash>(&mut self, flash: &mut F, index: usize, scratch: &mut [u8]) -> Pen {
        let Some(page) = self.pages.get(index) else {
            return self.pen;
        };
        let mut pen = page.bounds.pen();
        loop {
            match seek(flash, pen.at, pen.end) {
                Seen::Entry(at, header) => {
                    pen.at = at + header.extent();
                    if header.kind == Kind::Setting
                        && let Some(place) = self.places.get_mut(header.a as usize)
                        && read_behind(flash, at, header, scratch).is_some()
                    {
                        *place = Some(at);
                    }
                }
                Seen::End(at) => {
                    pen.at = at;
                    return pen;
                }
            }
        }
    }

    /// Copies into the page that counts what only the older one has.
    fn restore<F: Flash>(&mut self, flash: &mut F, scratch: &mut [u8]) {
        for key in Key::ALL {
            let place = self.places.get(key as usize).copied().flatten();
            let here =
                place.is_some_and(|at| (self.pen.end - F::PAGE_OCTETS..self.pen.end).contains(&at));
            if here {
                continue;
            }
            if let Some(octets) = self.get(flash, key, scratch) {
                let header = Header::bare(Kind::Setting, key as u32, 0, 0);
                // One that finds no room is read from the older page until that is erased.
                if let Ok(at) = self.pen.write(flash, header, octets, 0)
                    && let Some(place) = self.places.get_mut(key as usize)
                {
                    *place = Some(at);
                }
            }
        }
    }

    /// The newest octets of a setting.
    pub(super) fn get<'r, F: Flash>(
        &self,
        flash: &mut F,
        key: Key,
        room: &'r mut [u8],
    ) -> Option<&'r [u8]> {
        let at = (*self.places.get(key as usize)?)?;
        let Word::Header(header) = read_word(flash, at) else {
            return None;
        };
        read_behind(flash, at, header, room)
    }

    /// Keeps a setting. When it returns, it is kept; when the power fails before, the one before
    /// it is. `scratch` has room for the longest of the others.
    pub(super) async fn put<F: Flash>(
        &mut self,
        flash: &mut F,
        key: Key,
        octets: &[u8],
        scratch: &mut [u8],
    ) -> Result<(), Failure> {
        let header = Header::bare(Kind::Setting, key as u32, 0, 0);
        match self.pen.write(flash, header, octets, 0) {
            Ok(at) => {
                if let Some(place) = self.places.get_mut(key as usize) {
                    *place = Some(at);
                }
                Ok(())
            }
            // A page that takes nothing more is left as if it were full.
            Err(Unwritten::PageFull | Unwritten::Broken) => {
                self.turn(flash, Some((key, octets)), scratch).await
            }
        }
    }

    /// Copies what counts into the other page, with `newer` in its place, and goes on there.
    async fn turn<F: Flash>(
        &mut self,
        flash: &mut F,
        newer: Option<(Key, &[u8])>,
        scratch: &mut [u8],
    ) -> Result<(), Failure> {
        let other = (self.head + 1) % SETTINGS_PAGES;
        let before = page::erases_before(self.pages.iter().map(|page| page.erases), other);
        let page = self.pages.get_mut(other).ok_or(Failure::Map)?;
        let erases = page::erase(flash, page.bounds, before).await;
        page.erases = Some(erases.ok_or(Failure::Broken)?);
        self.copy(flash, other, newer, scratch)
    }

    /// The rest of it, from the erased page on.
    fn copy<F: Flash>(
        &mut self,
        flash: &mut F,
        other: usize,
        newer: Option<(Key, &[u8])>,
        scratch: &mut [u8],
    ) -> Result<(), Failure> {
        let sequence = self.sequence.saturating_add(1);
        let bounds = self.pages.get(other).ok_or(Failure::Map)?.bounds;
        let mut pen = bounds.pen();
        let mut places = [None; Key::COUNT];
        for (key, place) in Key::ALL.into_iter().zip(&mut places) {
            let octets = match newer {
                Some((of, octets)) if of == key => Some(octets),
                _ => self.get(flash, key, scratch),
            };
            let Some(octets) = octets else {
                continue;
            };
            let header = Header::bare(Kind::Setting, key as u32, 0, 0);
            *place = match pen.write(flash, header, octets, 0) {
                Ok(at) => Some(at),
                Err(Unwritten::PageFull) => return Err(Failure::Full),
                Err(Unwritten::Broken) => return Err(Failure::Broken),
            };
        }
        let opened = Opened {
            sequence,
            mark: NO_RECORD,
        };
        if !page::open(flash, bounds, opened) {
            return Err(Failure::Broken);
        }
        self.head = other;
        self.sequence = sequence;
        self.pen = pen;
        self.places = places;
        Ok(())
    }

    pub(super) fn wear(&self, wear: &mut Wear) {
        for page in &self.pages {
            wear.page(page.erases.unwrap_or(0));
        }
    }
}
