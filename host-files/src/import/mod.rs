//! Databases as they come: plain lists, our own CSV, Shadowserver reports and IntelMQ events.
//!
//! A file is read as a stream, one entry at a time, so its length does not matter. Everything that
//! is wrong with it is told at once, and a file with anything wrong gives nothing that is kept.

mod intelmq;
mod list;
mod records;
mod shadowserver;
mod text;

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
    path::Path,
};

use jiff::civil::Date;

use crate::{
    lists::{Claim, Entry, Listing},
    problem::{Gathered, Place, Problem, Problems},
};

pub use intelmq::{OWN_TOOL, TOOL_FIELD};
pub use shadowserver::reports;

/// The longest line, CSV record or JSON object, in octets. Shadowserver's chains of certificates
/// and the raw data in IntelMQ events are long.
pub const RECORD_OCTETS_MAX: usize = 1024 * 1024;

/// What is read one entry after the other.
pub trait Reading {
    /// The next entry; `None` at the end, and from the first thing on that is wrong.
    fn next(&mut self) -> Option<Entry>;

    /// Whether nothing was wrong to the end.
    fn is_sound(&self) -> bool;
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An address a line.
    List,
    /// CSV with the columns of [`crate::lists::COLUMNS`].
    Csv,
    /// A report of the Shadowserver Foundation, as CSV.
    Shadowserver,
    /// Events of IntelMQ, as JSON: one a line, or an array.
    IntelMq,
}

/// What the user says about a whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The entry in a database for those that name none: only for lists and CSV.
    pub listing: Option<Listing>,
    /// The type of a Shadowserver report, where the file's name does not tell.
    pub report: Option<String>,
}

/// Why something in a file is no suspect, though nothing is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It says nothing about mail servers or proxies.
    OtherSubject,
    /// It names no address.
    NoAddress,
    /// It is about a network.
    Network,
    /// It is a proxy, and nobody says at which port.
    ProxyWithoutPort,
}

impl LeftOut {
    /// The word in `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherSubject => "other-subject",
            Self::NoAddress => "no-address",
            Self::Network => "network",
            Self::ProxyWithoutPort => "proxy-without-port",
        }
    }

    /// A few words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OtherSubject => "not about mail servers or proxies",
            Self::NoAddress => "without an address",
            Self::Network => "about a network",
            Self::ProxyWithoutPort => "about a proxy without its port",
        }
    }
}

/// What was read so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines, records or events, without comments and headers.
    pub read: u64,
    /// Those that gave a suspect.
    pub taken: u64,
    /// Those that did not, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
}

/// A file that is being read.
pub struct Import<R> {
    source: Source<R>,
    gathered: Gathered,
    counts: Counts,
    is_over: bool,
}

enum Source<R> {
    List(list::Plain<R>),
    Csv(list::Csv<R>),
    Shadowserver(shadowserver::Reports<R>),
    IntelMq(intelmq::Events<R>),
}

/// What a line, record or event gives.
enum Item {
    Entry(Box<Entry>),
    LeftOut(LeftOut),
    /// Told already.
    Wrong,
}

impl<R: BufRead> Import<R> {
    /// Begins to read `input`, which lies at `place`. Whatever comes before the first entry must be
    /// right: the header, and the type of the report.
    pub fn new(input: R, place: Place, format: Format, given: Given) -> Result<Self, Problems> {
        let lines = text::Lines::new(input, place);
        let source = match format {
            Format::List => Source::List(list::Plain::new(lines, given.listing)),
            Format::Csv => Source::Csv(list::Csv::new(lines, given.listing)?),
            Format::Shadowserver => {
                Source::Shadowserver(shadowserver::Reports::new(lines, given.report.as_deref())?)
            }
            Format::IntelMq => Source::IntelMq(intelmq::Events::new(lines)),
        };
        Ok(Self {
            source,
            gathered: Gathered::default(),
            counts: Counts::default(),
            is_over: false,
        })
    }

    /// How many octets of the file were read.
    pub const fn octets(&self) -> u64 {
        match &self.source {
            Source::List(list) => list.octets(),
            Source::Csv(list) => list.octets(),
            Source::Shadowserver(reports) => reports.octets(),
            Source::IntelMq(events) => events.octets(),
        }
    }

    /// What was read, or all that is wrong with it. A file without any record is wrong too.
    pub fn finish(mut self) -> Result<Counts, Problems> {
        if self.is_over && self.gathered.is_empty() && self.counts.read == 0 {
            let place = match &self.source {
                Source::List(list) => list.place(),
                Source::Csv(list) => list.place(),
                Source::Shadowserver(reports) => reports.place(),
                Source::IntelMq(events) => events.place(),
            };
            self.gathered.push(Problem::new(
                place.clone(),
                "there is nothing in it",
                "at least one line, record or event",
            ));
        }
        self.gathered.or(self.counts)
    }
}

impl<R: BufRead> Reading for Import<R> {
    fn next(&mut self) -> Option<Entry> {
        while !self.is_over {
            let item = match &mut self.source {
                Source::List(list) => list.next(&mut self.gathered),
                Source::Csv(list) => list.next(&mut self.gathered),
                Source::Shadowserver(reports) => reports.next(&mut self.gathered),
                Source::IntelMq(events) => events.next(&mut self.gathered),
            };
            let Some(item) = item else {
                self.is_over = true;
                break;
            };
            self.counts.read += 1;
            match item {
                Item::Entry(entry) => {
                    self.counts.taken += 1;
                    if self.gathered.is_empty() {
                        return Some(*entry);
                    }
                }
                Item::LeftOut(why) => *self.counts.left_out.entry(why).or_default() += 1,
                Item::Wrong => {}
            }
        }
        None
    }

    fn is_sound(&self) -> bool {
        self.is_over && self.gathered.is_empty() && self.counts.read > 0
    }
}

/// A text of a database as one short line.
fn line_of(text: &str) -> String {
    const CHARACTERS_MAX: usize = 120;
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(CHARACTERS_MAX).collect()
}

/// An entry in a database, in its own words.
fn listing(by: &str, on: Option<Date>, code: Option<&str>, claim: Claim) -> Option<Listing> {
    let by = line_of(by);
    let code = code.map(line_of).filter(|code| !code.is_empty());
    (!by.is_empty()).then_some(Listing {
        by,
        on,
        since: None,
        code,
        claim,
    })
}

/// The part of a file's name before its first dot, for a place that is a file.
fn stem(place: &Place) -> Option<&str> {
    Path::new(&place.file).file_stem()?.to_str()
}

/// What cannot be read.
fn unreadable(place: &Place, error: &io::Error) -> Problem {
    Problem::new(
        place.clone(),
        format!("cannot be read: {error}"),
        "a file that can be read to its end",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8], format: Format) -> Result<Counts, Problems> {
        let place = Place::named("2026-11-20-scan_socks-x.csv");
        let mut import = Import::new(octets, place, format, Given::default())?;
        while import.next().is_some() {}
        import.finish()
    }

    const SEEDS: [(&str, Format); 5] = [
        ("192.0.2.1\n[2001:db8::1]:587 # x\n", Format::List),
        (
            "address,port,listed_by,listed_on\n192.0.2.1,25,\"a \"\"b\"\"\",2026-11-20\n",
            Format::Csv,
        ),
        (
            "timestamp,ip,port,tag\n\"2026-11-20 01:02:03\",192.0.2.1,1080,socks5\n",
            Format::Shadowserver,
        ),
        (
            "{\"source.ip\": \"192.0.2.1\", \"source.port\": 25}\n{\"source\": {\"ip\": \"::1\"}}\n",
            Format::IntelMq,
        ),
        (
            "[{\"source.ip\": \"192.0.2.1\", \"extra\": {\"a\": \"\\\"}\"}},\n{\"a\": null}]",
            Format::IntelMq,
        ),
    ];

    #[test]
    fn the_seeds_are_right() {
        for (text, format) in SEEDS {
            assert!(read(text.as_bytes(), format).is_ok(), "{text}");
        }
    }

    /// No octets can do more than be told as wrong: seeds cut short, changed, and noise.
    #[test]
    fn no_octets_cause_a_panic() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut lot = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap_or(0) % below.max(1)
        };
        const TELLING: &[u8] = b"\"{}[],:\\\n\r# .\xff\xef\x00";
        for round in 0..4_000 {
            let (text, format) = SEEDS[round % SEEDS.len()];
            let mut octets = text.as_bytes().to_vec();
            for _ in 0..=lot(4) {
                let at = lot(octets.len());
                match lot(4) {
                    0 => octets.truncate(at),
                    1 => octets.insert(at, TELLING[lot(TELLING.len())]),
                    2 if at < octets.len() => octets[at] = lot(256) as u8,
                    _ => {
                        let more: Vec<u8> = octets.get(at..).unwrap_or_default().to_vec();
                        octets.extend(more);
                    }
                }
            }
            let _ = read(&octets, format);
            let noise: Vec<u8> = (0..lot(64)).map(|_| lot(256) as u8).collect();
            let _ = read(&noise, format);
        }
    }

    #[test]
    fn nothing_comes_after_the_first_mistake_and_all_mistakes_are_told() {
        let text = "192.0.2.1\nx\n192.0.2.2\ny\n";
        let place = Place::named("list");
        let mut import =
            Import::new(text.as_bytes(), place, Format::List, Given::default()).unwrap();
        assert!(import.next().is_some());
        assert!(import.next().is_none());
        assert!(!import.is_sound());
        assert_eq!(import.octets(), text.len() as u64);
        assert_eq!(import.finish().unwrap_err().told().len(), 2);
    }
}
