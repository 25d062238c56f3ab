//! The rows of the demonstration.

use There::{ClosedPort, NoRoute, Server, Silence};

/// One address of the demonstration: what is there, and what the list says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The address.
    pub address: &'static str,
    /// Where it is.
    pub country: &'static Country,
    /// Whose it is: the first label of its domain.
    pub owner: &'static str,
    /// What is there.
    pub there: There,
    /// Since when [`LISTED_BY`] lists it.
    pub listed_on: Option<&'static str>,
}

/// A country of the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1, two letters.
    pub code: &'static str,
    /// The language that is written there.
    pub language: &'static str,
    /// What mail servers are called there.
    pub mail_host: &'static str,
}

/// What is at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// A server of the personality of that name.
    Server(&'static str),
    /// A host that is not listening.
    ClosedPort,
    /// No host, and a router that says so.
    NoRoute,
    /// Nothing.
    Silence,
}

/// The port of every row.
pub const PORT: u16 = 25;
/// The database that lists some of them.
pub const LISTED_BY: &str = "relays.dnsbl.example";
/// The code of its entries.
pub const LISTED_CODE: &str = "127.0.0.2";

impl Row {
    const fn new(
        address: &'static str,
        country: &'static Country,
        owner: &'static str,
        there: There,
        listed_on: Option<&'static str>,
    ) -> Self {
        Self {
            address,
            country,
            owner,
            there,
            listed_on,
        }
    }

    /// The domain that it takes mail for.
    pub fn domain(&self) -> String {
        format!("{}.example", self.owner)
    }

    /// The host name.
    pub fn host(&self) -> String {
        format!("{}.{}", self.country.mail_host, self.domain())
    }
}

impl Country {
    const fn new(code: &'static str, language: &'static str, mail_host: &'static str) -> Self {
        Self {
            code,
            language,
            mail_host,
        }
    }
}

pub(super) const PL: Country = Country::new("PL", "pl", "poczta");
pub(super) const FR: Country = Country::new("FR", "fr", "smtp");
pub(super) const DK: Country = Country::new("DK", "da", "mail");
pub(super) const DE: Country = Country::new("DE", "de", "mail");
const IT: Country = Country::new("IT", "it", "posta");
const GB: Country = Country::new("GB", "en", "mx");

/// Every address. Three lines are for the scope to refuse: one that it excludes, one outside its
/// networks, and one that embeds another address; they stand at the end.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    Row::new("192.0.2.10", &PL, "piekarnia", Server("open"), Some("2026-09-03")),
    Row::new("192.0.2.11", &PL, "biblioteka", Server("closed-454"), None),
    Row::new("192.0.2.12", &PL, "szkola", Server("greylisting"), None),
    Row::new("2001:db8:48::1c", &PL, "drukarnia", Server("closed-550"), Some("2026-09-05")),
    Row::new("192.0.2.14", &PL, "muzeum", Server("drops-after-mail"), Some("2026-09-07")),
    Row::new("192.0.2.15", &PL, "hotel-baltyk", Silence, None),
    Row::new("198.51.100.10", &FR, "boulangerie", Server("open"), Some("2026-09-09")),
    Row::new("198.51.100.11", &FR, "bibliotheque", Server("closed-550"), None),
    Row::new("198.51.100.12", &FR, "ecole", Server("forged-local"), None),
    Row::new("2001:db8:33::1c", &FR, "imprimerie", Server("closed-454"), None),
    Row::new("198.51.100.14", &FR, "musee", Server("tarpit"), Some("2026-09-11")),
    Row::new("198.51.100.15", &FR, "auberge", Server("not-smtp"), None),
    Row::new("203.0.113.10", &DK, "bageri", Server("greylisting"), Some("2026-09-13")),
    Row::new("203.0.113.11", &DK, "bibliotek", Server("closed-454"), Some("2026-09-15")),
    Row::new("2001:db8:45::1b", &DK, "skole", Server("open"), None),
    Row::new("203.0.113.13", &DK, "trykkeri", Server("closed-550"), None),
    Row::new("203.0.113.14", &DK, "havnemuseum", Server("closed-454"), None),
    Row::new("203.0.113.15", &DK, "kro", ClosedPort, None),
    Row::new("192.0.2.100", &DE, "baeckerei", Server("forged-local"), Some("2026-09-17")),
    Row::new("192.0.2.101", &DE, "buecherei", Server("closed-550"), None),
    Row::new("192.0.2.102", &DE, "schule", Server("closed-454"), None),
    Row::new("2001:db8:49::1c", &DE, "druckerei", Server("open"), Some("2026-09-19")),
    Row::new("192.0.2.104", &DE, "stadtmuseum", Server("not-smtp"), None),
    Row::new("192.0.2.105", &DE, "gasthof", Server("closed-550"), Some("2026-09-21")),
    Row::new("198.51.100.100", &IT, "panificio", Server("open"), Some("2026-09-23")),
    Row::new("198.51.100.101", &IT, "biblioteca", Server("closed-454"), None),
    Row::new("198.51.100.102", &IT, "scuola", Server("drops-after-mail"), None),
    Row::new("2001:db8:39::1c", &IT, "tipografia", Server("closed-550"), None),
    Row::new("198.51.100.104", &IT, "museo", Server("tarpit"), None),
    Row::new("198.51.100.105", &IT, "albergo", NoRoute, None),
    Row::new("203.0.113.100", &GB, "bakery", Server("open"), Some("2026-09-25")),
    Row::new("203.0.113.101", &GB, "library", Server("closed-454"), None),
    Row::new("2001:db8:44::1b", &GB, "school", Server("forged-local"), Some("2026-09-27")),
    Row::new("203.0.113.103", &GB, "printers", Server("closed-550"), None),
    Row::new("203.0.113.104", &GB, "gallery", Server("greylisting"), None),
    Row::new("2001:db8:44::1e", &GB, "inn", Silence, Some("2026-09-02")),
    Row::new("2001:db8:48::99", &PL, "piekarnia", Server("closed-454"), None),
    Row::new("198.51.100.200", &DE, "kanzlei", Server("open"), Some("2026-09-12")),
    Row::new("10.99.0.25", &GB, "intranet", Silence, None),
    Row::new("2002:c000:20a::1", &PL, "piekarnia", Silence, None),
];
