//! Scope files: TOML for people, [`Scope`] for the appliance.
//!
//! Everything that is wrong with a file is told at once, with its line. A file with anything
//! wrong allows nothing.

mod dnsbl;
mod fields;
mod narrowed;
mod proxy;
mod read;

pub use self::{dnsbl::ScopeList, narrowed::narrowed};

use std::{net::IpAddr, path::Path};

use jiff::Timestamp;
use probe_core::{
    finding::Probe,
    scope::{Delivery, Depth, Network, Scope},
};

use crate::{
    problem::{Place, Problem, Problems},
    table::{Reader, Section},
};

/// The largest scope file, in octets.
const FILE_OCTETS_MAX: u64 = 1024 * 1024;

/// A scope file that may be used.
#[derive(Clone, Debug)]
pub struct ScopeFile {
    /// What the appliance gets.
    pub scope: Scope,
    /// The probes that it allows.
    pub probes: Vec<Probe>,
    /// The addresses that others see probes come from, where the file names them; for the checks of our
    /// own names.
    pub addresses: Vec<IpAddr>,
    /// Its block lists, as the host knows them.
    pub lists: Vec<ScopeList>,
}

/// Reads a scope file and checks it, as of `now`.
pub fn read(file: &Path, now: Timestamp) -> Result<ScopeFile, Problems> {
    let place = Place::file(file);
    let unreadable = |what: String| {
        let problem = Problem::new(place.clone(), what, "a scope file in TOML")
            .next("`postern scope new FILE` writes an example");
        Problems::one(problem)
    };
    match std::fs::metadata(file) {
        Ok(about) if about.len() > FILE_OCTETS_MAX => {
            return Err(unreadable(format!("over {FILE_OCTETS_MAX} octets")));
        }
        Ok(_) | Err(_) => {}
    }
    let text = std::fs::read_to_string(file)
        .map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    if text.trim().is_empty() {
        return Err(unreadable("the file is empty".to_owned()));
    }
    read::parse(&text, &place, now)
}

/// Reads `192.0.2.0/24` or an address alone; else says what is wrong.
pub fn network(text: &str) -> Result<Network, String> {
    read::network(text)
}

/// The fields that [`parts`] reads; `rates` is a table.
pub const PARTS: [&str; 4] = ["networks", "exclusions", "ports", "rates"];

/// Reads a scope that a file of another kind holds in its table `section`: what is not said there
/// is as in `base`.
pub fn parts<'t>(reader: &mut Reader<'t>, section: &Section<'t>, base: Scope) -> Option<Scope> {
    let rates = reader.section(section, "rates", &read::RATES);
    read::parts(reader, section, &rates, base)
}

/// Reads the field `depth` of a table; `standard` goes without saying.
pub fn depth<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Depth {
    read::depth(reader, section)
}

/// Reads `delivery` and `delivery_also` of `section`: which test messages may be sent.
pub fn delivery<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Delivery {
    read::delivery(reader, section)
}

/// Reads the text of a scope file that lies at `place`.
pub fn parse(text: &str, place: &Place, now: Timestamp) -> Result<ScopeFile, Problems> {
    read::parse(text, place, now)
}
