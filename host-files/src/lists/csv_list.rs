//! A list as CSV with a header (RFC 4180). Only the column `address` is required.

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use jiff::{civil::Date, tz::TimeZone};
use probe_core::{
    name::{NAME_OCTETS_MAX, Name, NameError},
    scope::Network,
};

use super::{
    About, Claim, Entry, Listing, PORT_DEFAULT,
    address::{self, shown},
};
use crate::{
    problem::{Gathered, Place, Problem, Problems, nearest},
    scope_file,
    words::counted,
};

/// The columns that a list may have, in any order.
pub const COLUMNS: [&str; 14] = [
    "address",
    "port",
    "name",
    "domains",
    "country",
    "language",
    "contact",
    "network",
    "timezone",
    "listed_by",
    "listed_on",
    "listed_code",
    "listed_since",
    "listed_as",
];

/// The longest field, in octets.
const FIELD_OCTETS_MAX: usize = 1_024;

/// Reads all lines, or tells all that is wrong.
pub(super) fn parse(text: &str, place: &Place) -> Result<Vec<Entry>, Problems> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| {
        let found = format!("not CSV: {error}");
        Problems::one(Problem::new(place.line(1), found, expected()))
    })?;
    let header = header.clone();
    let header_line = header.position().map_or(1, csv::Position::line);
    let columns = columns(&header, &place.line(header_line))?;

    let mut gathered = Gathered::default();
    let mut entries = Vec::new();
    let mut lines = Lines {
        text,
        octets: 0,
        line: 1,
    };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                gathered.push(Problem::new(
                    place.line(line),
                    format!("not CSV: {error}"),
                    "fields separated by commas, quoted where they hold commas",
                ));
                break;
            }
        };
        let place = place.line(lines.at(record.position()));
        entries.extend(entry(place, &columns, &record, &mut gathered));
    }
    gathered.or(entries)
}

/// What a record says, where nothing is wrong with it.
pub(crate) fn entry(
    place: Place,
    columns: &[&'static str],
    record: &csv::StringRecord,
    gathered: &mut Gathered,
) -> Option<Entry> {
    if record.len() != columns.len() {
        gathered.push(Problem::new(
            place,
            counted(record.len(), "field", "fields"),
            format!(
                "{} as in the header",
                counted(columns.len(), "field", "fields")
            ),
        ));
        return None;
    }
    let mut row = Row {
        place,
        columns,
        record,
        gathered,
    };
    row.entry()
}

fn expected() -> String {
    format!(
        "a header with `address` and any of {}",
        COLUMNS[1..].join(", ")
    )
}

/// Which column stands where in a header, which lies at `place`.
pub(crate) fn columns(
    header: &csv::StringRecord,
    place: &Place,
) -> Result<Vec<&'static str>, Problems> {
    let is_column = |field: &str| COLUMNS.contains(&field.to_ascii_lowercase().as_str());
    let nears_one = |field: &str| nearest(&field.to_ascii_lowercase(), &COLUMNS).is_some();
    if !header
        .iter()
        .any(|field| is_column(field) || nears_one(field))
    {
        return Err(Problems::one(Problem::new(
            place.clone(),
            "the first line is no header",
            expected(),
        )));
    }

    let mut gathered = Gathered::default();
    let mut columns: Vec<&'static str> = Vec::new();
    for field in header {
        let word = field.to_ascii_lowercase();
        match COLUMNS.into_iter().find(|column| *column == word) {
            Some(column) if columns.contains(&column) => gathered.push(Problem::new(
                place.clone(),
                format!("the column `{column}` stands twice"),
                "each column once",
            )),
            Some(column) => columns.push(column),
            None => {
                let problem = Problem::new(
                    place.clone(),
                    format!("unknown column `{}`", shown(field)),
                    expected(),
                );
                gathered.push(match nearest(&word, &COLUMNS) {
                    Some(meant) => problem.next(format!("did you mean `{meant}`?")),
                    None => problem,
                });
            }
        }
    }
    if gathered.is_empty() && !columns.contains(&"address") {
        gathered.push(Problem::new(
            place.clone(),
            "the header has no column `address`",
            expected(),
        ));
    }
    gathered.or(columns)
}

/// Finds the line on which a record begins: the CSV reader's own count stands before the empty
/// lines and comments that it skips.
struct Lines<'t> {
    text: &'t str,
    octets: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let start = position.map_or(0, |it| usize::try_from(it.byte()).unwrap_or(usize::MAX));
        let mut rest = self.text.get(self.octets..).unwrap_or_default();
        while let Some((line, after)) = rest.split_once('\n') {
            let skipped = line.trim().is_empty() || line.starts_with('#');
            if self.octets >= start && !skipped {
                break;
            }
            self.octets += line.len() + 1;
            self.line += 1;
            rest = after;
        }
        self.line
    }
}

/// One line, while it is read.
struct Row<'a> {
    place: Place,
    columns: &'a [&'static str],
    record: &'a csv::StringRecord,
    gathered: &'a mut Gathered,
}

impl<'a> Row<'a> {
    fn entry(&mut self) -> Option<Entry> {
        for (column, field) in self.columns.iter().zip(self.record) {
            if field.len() > FIELD_OCTETS_MAX || field.chars().any(char::is_control) {
                self.wrong(
                    format!("`{}` in `{column}`", shown(field)),
                    &format!("at most {FIELD_OCTETS_MAX} octets and no control characters"),
                );
                return None;
            }
        }
        let endpoint = self.endpoint();
        let about = self.about(endpoint.map(|(address, _)| address));
        let (address, port) = endpoint?;
        Some(Entry {
            place: self.place.clone(),
            address,
            port,
            about,
        })
    }

    fn endpoint(&mut self) -> Option<(std::net::IpAddr, u16)> {
        let text = self.field("address").unwrap_or_default();
        let parsed = address::parse(text);
        let column = self.field("port").map(address::parse_port).transpose();
        match (parsed, column) {
            (Ok((address, None)), Ok(port)) => Some((address, port.unwrap_or(PORT_DEFAULT))),
            (Ok((address, Some(port))), Ok(column)) if column.is_none_or(|it| it == port) => {
                Some((address, port))
            }
            (Ok((_, Some(port))), Ok(_)) => {
                self.wrong(
                    format!("the column `address` says port {port}, the column `port` another"),
                    "one port",
                );
                None
            }
            (address, port) => {
                for wrong in [address.err(), port.err()].into_iter().flatten() {
                    self.gathered.push(wrong.at(self.place.clone()));
                }
                None
            }
        }
    }

    fn about(&mut self, address: Option<IpAddr>) -> About {
        let name = self.field("name").and_then(|text| self.name("name", text));
        let domains: Vec<&str> = self
            .field("domains")
            .map(|text| text.split([' ', ';']).filter(|it| !it.is_empty()).collect())
            .unwrap_or_default();
        let domains = domains
            .into_iter()
            .filter_map(|text| self.name("domains", text))
            .collect();
        About {
            name,
            domains,
            country: self.country(),
            language: self.language(),
            contact: self.contact(),
            network: self.network(address),
            time_zone: self.time_zone(),
            listings: self.listing().into_iter().collect(),
        }
    }

    fn name(&mut self, column: &str, text: &str) -> Option<Name> {
        match Name::new(text) {
            Ok(name) => Some(name),
            Err(error) => {
                let expected = match error {
                    NameError::TooLong => format!("a name of at most {NAME_OCTETS_MAX} octets"),
                    NameError::Empty | NameError::Label | NameError::Octet => {
                        "a domain name in ASCII, such as mail.example.org or xn--bcher-kva.example"
                            .to_owned()
                    }
                };
                self.wrong(format!("`{}` in `{column}`", shown(text)), &expected);
                None
            }
        }
    }

    fn country(&mut self) -> Option<String> {
        let text = self.field("country")?;
        if text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_alphabetic()) {
            return Some(text.to_ascii_uppercase());
        }
        self.wrong(
            format!("`{}` in `country`", shown(text)),
            "a country of ISO 3166-1 in two letters, such as PL",
        );
        None
    }

    fn language(&mut self) -> Option<String> {
        let text = self.field("language")?;
        let tag = text.split('-').enumerate().all(|(index, part)| {
            let letters = part.bytes().all(|octet| octet.is_ascii_alphanumeric());
            letters && (if index == 0 { 2..=3 } else { 1..=8 }).contains(&part.len())
        });
        if tag {
            return Some(text.to_owned());
        }
        self.wrong(
            format!("`{}` in `language`", shown(text)),
            "a language tag of BCP 47, such as pl or de-AT",
        );
        None
    }

    fn contact(&mut self) -> Option<String> {
        let text = self.field("contact")?;
        if is_contact(text) {
            return Some(text.to_owned());
        }
        self.wrong(
            format!("`{}` in `contact`", shown(text)),
            "an e-mail address, such as abuse@example.org",
        );
        None
    }

    fn network(&mut self, address: Option<IpAddr>) -> Option<Network> {
        let text = self.field("network")?;
        match scope_file::network(text) {
            Ok(network) if address.is_none_or(|it| network.contains(it.to_canonical())) => {
                Some(network)
            }
            Ok(_) | Err(_) => {
                self.wrong(
                    format!("`{}` in `network`", shown(text)),
                    "a network that holds the address, such as 192.0.2.0/24",
                );
                None
            }
        }
    }

    fn time_zone(&mut self) -> Option<String> {
        let text = self.field("timezone")?;
        if TimeZone::get(text).is_ok() {
            return Some(text.to_owned());
        }
        self.wrong(
            format!("`{}` in `timezone`", shown(text)),
            "a time zone of the IANA database, such as Europe/Warsaw",
        );
        None
    }

    fn listing(&mut self) -> Option<Listing> {
        let by = self.field("listed_by").map(str::to_owned);
        let code = self.field("listed_code").map(str::to_owned);
        let on = self.day("listed_on").ok()?;
        let since = self.day("listed_since").ok()?;
        let claim = match self.field("listed_as") {
            Some(word) => match Claim::parse(word) {
                Some(claim) => claim,
                None => {
                    let expected = format!("nothing, or one of {}", Claim::words());
                    self.wrong(format!("`{}` in `listed_as`", shown(word)), &expected);
                    return None;
                }
            },
            None => Claim::Suspect,
        };
        match by {
            Some(by) => Some(Listing {
                by,
                on,
                since,
                code,
                claim,
            }),
            None if on.is_some()
                || since.is_some()
                || code.is_some()
                || claim != Claim::Suspect =>
            {
                self.wrong(
                    "`listed_on`, `listed_since`, `listed_code` or `listed_as` without `listed_by`"
                        .to_owned(),
                    "the database that lists the address",
                );
                None
            }
            None => None,
        }
    }

    /// The day in a column, if there is one.
    fn day(&mut self, column: &str) -> Result<Option<Date>, ()> {
        let Some(text) = self.field(column) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            self.wrong(
                format!("`{}` in `{column}`", shown(text)),
                "a date as 2026-11-20",
            );
        })
    }

    /// A field that is there and not empty.
    fn field(&self, column: &str) -> Option<&'a str> {
        let at = self.columns.iter().position(|it| *it == column)?;
        self.record.get(at).filter(|text| !text.is_empty())
    }

    fn wrong(&mut self, found: String, expected: &str) {
        self.gathered
            .push(Problem::new(self.place.clone(), found, expected));
    }
}

/// Whether a text may be a mail address.
pub(crate) fn is_contact(text: &str) -> bool {
    text.rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && Name::new(domain).is_ok())
        && !text.contains(char::is_whitespace)
}
