//! Lists of suspects: arguments, plain lines, or CSV with a header.
//!
//! Everything that is wrong with a list is told at once, and a list with anything wrong gives no
//! suspect at all.

pub(crate) mod address;
mod claim;
pub(crate) mod csv_list;
pub(crate) mod plain;

use std::{
    collections::BTreeMap,
    io::Read,
    net::{IpAddr, SocketAddr},
    path::Path,
};

use jiff::civil::Date;
use probe_core::{name::Name, scope::Network, suspect::LISTED_NAMES_MAX, suspect::Suspect};

pub use address::{PORT_DEFAULT, parse as parse_address};
pub use claim::{Claim, ListedProxy};
pub use csv_list::COLUMNS;

use crate::problem::{Gathered, Place, Problem, Problems};

/// The largest list that is read, in octets.
pub const LIST_OCTETS_MAX: u64 = 256 * 1024 * 1024;

/// One suspect of a list, with what the list says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub place: Place,
    /// The address as the list has it.
    pub address: IpAddr,
    /// The TCP port.
    pub port: u16,
    /// What else the list says.
    pub about: About,
}

/// What a list says about a suspect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its host name.
    pub name: Option<Name>,
    /// Domains that it serves.
    pub domains: Vec<Name>,
    /// ISO 3166-1 alpha-2, in capitals.
    pub country: Option<String>,
    /// A BCP 47 language tag for its letter.
    pub language: Option<String>,
    /// Who runs it: an e-mail address.
    pub contact: Option<String>,
    /// The network that the contact answers for: its findings make one letter.
    pub network: Option<Network>,
    /// The time zone for its letter, as the IANA database calls it.
    pub time_zone: Option<String>,
    /// Which databases list it.
    pub listings: Vec<Listing>,
}

/// One database's word about an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listing {
    /// The database.
    pub by: String,
    /// The day on which the entry was seen: by whoever wrote the list, or by the database's own scan.
    pub on: Option<Date>,
    /// The day on which the database made the entry, by its own word.
    pub since: Option<Date>,
    /// What the database answered, for instance `127.0.0.2`, or its tag.
    pub code: Option<String>,
    /// What it says.
    pub claim: Claim,
}

impl Entry {
    /// Address and port with an IPv4-mapped address as IPv4: what makes two entries one.
    pub fn endpoint(&self) -> SocketAddr {
        SocketAddr::new(self.address.to_canonical(), self.port)
    }

    /// What the appliance is told.
    pub fn suspect(&self) -> Suspect {
        Suspect {
            address: self.address,
            port: self.port,
            names: self.about.names(),
        }
    }
}

impl About {
    /// The names that the appliance is told, [`LISTED_NAMES_MAX`] at most: domains go before the
    /// host name, which the server's greeting usually tells.
    pub fn names(&self) -> heapless::Vec<Name, LISTED_NAMES_MAX, u8> {
        let mut names: heapless::Vec<Name, LISTED_NAMES_MAX, u8> = heapless::Vec::new();
        for name in self.domains.iter().chain(self.name.iter()) {
            if !names.contains(name) && names.push(name.clone()).is_err() {
                break;
            }
        }
        names
    }

    /// Adds what another line says about the same suspect. The first word stands.
    pub fn merge(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        self.country = self.country.take().or(other.country);
        self.language = self.language.take().or(other.language);
        self.contact = self.contact.take().or(other.contact);
        self.network = self.network.or(other.network);
        self.time_zone = self.time_zone.take().or(other.time_zone);
        for domain in other.domains {
            if !self.domains.contains(&domain) {
                self.domains.push(domain);
            }
        }
        for listing in other.listings {
            if !self.listings.contains(&listing) {
                self.listings.push(listing);
            }
        }
    }
}

/// Everything that arguments and files name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspects {
    /// One entry for each address and port.
    pub entries: Vec<Entry>,
    /// Arguments and lines that named an address and port once more. What they say about it is in
    /// its entry.
    pub repeated: usize,
}

impl Suspects {
    /// Adds suspects from elsewhere. What was named first stands first.
    pub fn add(&mut self, more: Vec<Entry>) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.extend(more);
        self.entries = merged(entries);
    }
}

/// Reads arguments and files and merges lines about the same address and port.
pub fn gather(arguments: &[String], files: &[&Path]) -> Result<Suspects, Problems> {
    let mut gathered = Gathered::default();
    let mut entries = Vec::new();
    for argument in arguments {
        match address::parse(argument) {
            Ok((address, port)) => entries.push(Entry {
                place: Place::named(format!("argument {argument}")),
                address,
                port: port.unwrap_or(PORT_DEFAULT),
                about: About::default(),
            }),
            Err(wrong) => gathered.push(wrong.at(Place::named("argument TARGET"))),
        }
    }
    for file in files {
        match read(file) {
            Ok(more) => entries.extend(more),
            Err(problems) => gathered.extend(problems),
        }
    }
    let named = entries.len();
    let entries = merged(entries);
    let repeated = named - entries.len();
    gathered.or(Suspects { entries, repeated })
}

/// Reads one list; `-` is standard input.
fn read(file: &Path) -> Result<Vec<Entry>, Problems> {
    let place = if file == Path::new("-") {
        Place::named("standard input")
    } else {
        Place::file(file)
    };
    let octets = octets_of(file, &place).map_err(Problems::one)?;
    let text = text_of(&octets, &place).map_err(Problems::one)?;
    let entries = if looks_like_csv(file, text) {
        csv_list::parse(text, &place)?
    } else {
        plain::parse(text, &place)?
    };
    if entries.is_empty() {
        return Err(Problems::one(Problem::new(
            place,
            "the list names no address",
            "one address a line, or CSV with a header and at least the column `address`",
        )));
    }
    Ok(entries)
}

fn octets_of(file: &Path, place: &Place) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: std::io::Error| {
        Problem::new(
            place.clone(),
            format!("cannot be read: {error}"),
            "a file with addresses",
        )
    };
    let mut octets = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(LIST_OCTETS_MAX + 1)
            .read_to_end(&mut octets)
    } else {
        std::fs::File::open(file)
            .map_err(unreadable)?
            .take(LIST_OCTETS_MAX + 1)
            .read_to_end(&mut octets)
    };
    let length = read.map_err(unreadable)?;
    if length as u64 > LIST_OCTETS_MAX {
        return Err(Problem::new(
            place.clone(),
            "the list is too long",
            format!("at most {LIST_OCTETS_MAX} octets"),
        )
        .next("split it"));
    }
    Ok(octets)
}

/// UTF-8 without the byte order mark that spreadsheets put in front.
fn text_of<'a>(octets: &'a [u8], place: &Place) -> Result<&'a str, Problem> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    std::str::from_utf8(octets).map_err(|error| {
        let before = &octets[..error.valid_up_to()];
        let line = before.iter().filter(|octet| **octet == b'\n').count() as u64 + 1;
        Problem::new(place.line(line), "an octet that is no UTF-8", "UTF-8 text")
            .next("convert the file, for instance with `iconv -t UTF-8`")
    })
}

/// A file by the name of `.csv`, or one whose first line has commas, or is nothing but
/// `address`.
fn looks_like_csv(file: &Path, text: &str) -> bool {
    let named = file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    named || first.is_some_and(|line| line.contains(',') || line.eq_ignore_ascii_case("address"))
}

/// One entry for each address and port, in the order of first mention.
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut index: BTreeMap<SocketAddr, usize> = BTreeMap::new();
    for entry in entries {
        match index.get(&entry.endpoint()) {
            Some(&at) => kept[at].about.merge(entry.about),
            None => {
                index.insert(entry.endpoint(), kept.len());
                kept.push(entry);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(text: &str) -> Vec<Entry> {
        merged(csv_list::parse(text, &Place::named("list")).unwrap())
    }

    #[test]
    fn lines_about_one_address_become_one_entry() {
        let entries = about(
            "address,port,domains,listed_by,listed_on\n\
             192.0.2.1,25,a.example,blocklist.example,2026-11-01\n\
             ::ffff:192.0.2.1,25,b.example,other.example,\n\
             192.0.2.1,587,,,\n",
        );
        assert_eq!(entries.len(), 2);
        let databases: Vec<&str> = entries[0]
            .about
            .listings
            .iter()
            .map(|listing| listing.by.as_str())
            .collect();
        assert_eq!(databases, ["blocklist.example", "other.example"]);
        assert_eq!(entries[0].about.domains.len(), 2);
        assert_eq!(entries[1].port, 587);
    }

    #[test]
    fn the_appliance_gets_domains_before_the_host_name() {
        let entries =
            about("address,name,domains\n192.0.2.1,mail.a.example,a.example b.example c.example\n");
        let names: Vec<String> = entries[0]
            .suspect()
            .names
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect();
        assert_eq!(names, ["a.example", "b.example"]);
    }

    #[test]
    fn octets_that_are_no_text_have_a_line() {
        let problem = text_of(b"192.0.2.1\n\xff\n", &Place::named("list")).unwrap_err();
        assert_eq!(problem.place.line, Some(2));
    }
}
