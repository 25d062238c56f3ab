//! Lists of our own: plain lines, and CSV with a header.

use std::io::BufRead;

use super::{Item, records::Records, text::Lines};
use crate::{
    lists::{Entry, Listing, csv_list, plain},
    problem::{Gathered, Place, Problems},
};

/// An address a line.
pub(super) struct Plain<R> {
    lines: Lines<R>,
    listing: Option<Listing>,
}

/// CSV with the columns of our lists.
pub(super) struct Csv<R> {
    records: Records<R>,
    columns: Vec<&'static str>,
    listing: Option<Listing>,
}

impl<R: BufRead> Plain<R> {
    pub(super) const fn new(lines: Lines<R>, listing: Option<Listing>) -> Self {
        Self { lines, listing }
    }

    pub(super) const fn place(&self) -> &Place {
        self.lines.place()
    }

    pub(super) const fn octets(&self) -> u64 {
        self.lines.octets()
    }

    pub(super) fn next(&mut self, gathered: &mut Gathered) -> Option<Item> {
        loop {
            let place = self.lines.place().clone();
            let (number, line) = self.lines.next(gathered)?;
            match plain::entry(line, || place.line(number)) {
                Some(Ok(entry)) => return Some(listed(entry, &self.listing)),
                Some(Err(problem)) => {
                    gathered.push(problem);
                    return Some(Item::Wrong);
                }
                None => {}
            }
        }
    }
}

impl<R: BufRead> Csv<R> {
    pub(super) fn new(lines: Lines<R>, listing: Option<Listing>) -> Result<Self, Problems> {
        let mut records = Records::new(lines, Some('#'));
        let mut gathered = Gathered::default();
        let (line, header) = records.next(&mut gathered).unwrap_or_default();
        let header = gathered.or(header)?;
        let columns = csv_list::columns(&header, &records.place().line(line.max(1)))?;
        Ok(Self {
            records,
            columns,
            listing,
        })
    }

    pub(super) const fn place(&self) -> &Place {
        self.records.place()
    }

    pub(super) const fn octets(&self) -> u64 {
        self.records.octets()
    }

    pub(super) fn next(&mut self, gathered: &mut Gathered) -> Option<Item> {
        let (line, record) = self.records.next(gathered)?;
        let place = self.records.place().line(line);
        Some(
            match csv_list::entry(place, &self.columns, &record, gathered) {
                Some(entry) => listed(entry, &self.listing),
                None => Item::Wrong,
            },
        )
    }
}

/// An entry with the database that the user named for those that name none.
fn listed(mut entry: Entry, listing: &Option<Listing>) -> Item {
    if entry.about.listings.is_empty() {
        entry.about.listings.extend(listing.clone());
    }
    Item::Entry(Box::new(entry))
}
