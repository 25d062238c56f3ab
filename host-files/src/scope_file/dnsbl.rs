//! The tables `[[dnsbl]]`: which block lists are asked, and what is agreed with each.

use std::{collections::BTreeMap, net::Ipv4Addr};

use probe_core::{
    dnsbl::{ERRORS_MAX, OCCASIONS_MAX, ZONES_MAX, Zone},
    name::{NAME_OCTETS_MAX, Name},
};
use toml::de::DeValue;

use crate::{
    dnsbl::{self, KNOWN, List, is_occasion},
    lists::Claim,
    problem::nearest,
    table::{Reader, Section, number, text, yes},
};

/// The fields of a table.
const FIELDS: [&str; 7] = [
    "zone",
    "codes",
    "errors",
    "ipv6",
    "txt",
    "may_be_quoted",
    "agreement",
];

/// The field of `[rates]` that says how far apart questions are.
pub(super) const SPACING: &str = "dnsbl_spacing_ms";
/// How far apart questions are where nobody says so, in milliseconds.
const SPACING_MS_USUAL: u16 = 100;

/// A block list of a scope, as the host knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeList {
    /// Where it is asked.
    pub zone: Name,
    /// What it is called: its zone, where it is not known.
    pub name: String,
    /// What its codes say about an address.
    pub codes: BTreeMap<u8, Claim>,
    /// Whether what it says may be repeated to others.
    pub may_be_quoted: bool,
    /// What is agreed with whoever runs it.
    pub agreement: Option<String>,
}

impl ScopeList {
    /// What an answer of the list says about an address. What it does not name is no occasion.
    pub fn claim(&self, answer: Ipv4Addr) -> Claim {
        dnsbl::code(answer)
            .and_then(|code| self.codes.get(&code).copied())
            .unwrap_or(Claim::Other)
    }
}

/// Reads the tables: what the appliance gets, and what the host keeps. Dead lists are refused.
pub(super) fn read<'t>(
    reader: &mut Reader<'t>,
    top: &Section<'t>,
) -> Option<(heapless::Vec<Zone, ZONES_MAX, u8>, Vec<ScopeList>)> {
    let sections = reader.sections(top, "dnsbl", &FIELDS);
    let mut zones = heapless::Vec::new();
    let mut lists = Vec::new();
    let mut all_right = true;
    if sections.len() > ZONES_MAX {
        let found = format_args!("has {} tables", sections.len());
        reader.wrong(top, "dnsbl", found, &format!("at most {ZONES_MAX} lists"));
        return None;
    }
    for section in &sections {
        let Some((zone, list)) = list(reader, section) else {
            all_right = false;
            continue;
        };
        // There are no more tables than there is room for.
        let _ = zones.push(zone);
        lists.push(list);
    }
    all_right.then_some((zones, lists))
}

/// The least time between two questions, in milliseconds.
pub(super) fn spacing_ms<'t>(reader: &mut Reader<'t>, rates: &Section<'t>) -> u16 {
    let expected = format!("a number from 0 to {}", u16::MAX);
    reader
        .optional(rates, SPACING, &expected, |value| {
            number(value).and_then(|ms| u16::try_from(ms).ok())
        })
        .unwrap_or(SPACING_MS_USUAL)
}

fn list<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<(Zone, ScopeList)> {
    // Every field is read before the first `?`, so that all that is wrong is told.
    let zone = zone(reader, section);
    let codes = codes(reader, section);
    let errors = errors(reader, section);
    let mut flag = |field| reader.optional(section, field, "true or false", yes);
    let (ipv6, txt) = (flag("ipv6"), flag("txt"));
    let may_be_quoted = flag("may_be_quoted").unwrap_or(false);
    let agreement = reader.optional(section, "agreement", AGREEMENT, text);
    if may_be_quoted && !section.has("agreement") {
        reader.wrong(
            section,
            "may_be_quoted",
            "is true, and nothing says by what agreement",
            &format!("`agreement` as well: {AGREEMENT}"),
        );
        return None;
    }

    let zone = zone?;
    let known = KNOWN.list(&zone);
    let codes = match (codes?, known) {
        (Some(codes), _) => codes,
        (None, Some(known)) => of_known(known),
        (None, None) => {
            unknown(reader, section, &zone);
            return None;
        }
    };
    let (occasion, errors) = numbers(reader, section, &codes, errors?, known)?;
    let core = Zone {
        name: zone.clone(),
        ipv6: ipv6.unwrap_or(known.is_some_and(|known| known.ipv6)),
        occasion,
        errors,
        txt: txt.unwrap_or(true),
    };
    let list = ScopeList {
        name: known.map_or(zone.as_str(), |known| &known.name).to_owned(),
        zone,
        codes,
        may_be_quoted,
        agreement,
    };
    Some((core, list))
}

const AGREEMENT: &str = "what is agreed with whoever runs the list, such as \"contract 17\"";

/// Where the list is asked. A dead one is told.
fn zone<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Name> {
    let expected = format!(
        "where a list is asked, such as \"dnsbl.dronebl.org\", in at most {NAME_OCTETS_MAX} octets"
    );
    let zone = reader.required(section, "zone", &expected, |value| {
        Name::new(&text(value)?).ok()
    })?;
    let Some(dead) = KNOWN.dead(&zone) else {
        return Some(zone);
    };
    let found = format_args!(
        "is {:?}: {} is dead since {} ({})",
        zone.as_str(),
        dead.name,
        dead.since,
        dead.why
    );
    reader.wrong(section, "zone", found, "a list that answers");
    None
}

/// Codes and what each says; `Some(None)` where the file does not say.
fn codes<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
) -> Option<Option<BTreeMap<u8, Claim>>> {
    if !section.has("codes") {
        return Some(None);
    }
    let expected = format!(
        "codes from 0 to 255, and for each one of {}",
        Claim::words()
    );
    let codes = reader.optional(section, "codes", &expected, |value| {
        let DeValue::Table(table) = value else {
            return None;
        };
        table
            .iter()
            .map(|(code, claim)| {
                let claim = text(claim.get_ref())?;
                Some((code.get_ref().parse().ok()?, Claim::parse(&claim)?))
            })
            .collect()
    });
    codes.map(Some)
}

/// The codes that are errors; `Some(None)` where the file does not say.
fn errors<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Option<Vec<u8>>> {
    if !section.has("errors") {
        return Some(None);
    }
    let errors = reader.list(section, "errors", "a code from 0 to 255", |value| {
        number(value)
            .and_then(|code| u8::try_from(code).ok())
            .ok_or_else(|| "no code".to_owned())
    });
    errors.map(Some)
}

fn of_known(known: &List) -> BTreeMap<u8, Claim> {
    let codes = known.codes.iter();
    codes.map(|(code, of)| (*code, of.claim)).collect()
}

/// Tells that nobody knows what the list's codes mean.
fn unknown<'t>(reader: &mut Reader<'t>, section: &Section<'t>, zone: &Name) {
    let zones = KNOWN.zones();
    let next = nearest(zone.as_str(), &zones).map_or_else(
        || format!("known by name: {}", zones.join(", ")),
        |meant| format!("did you mean `{meant}`?"),
    );
    reader.wrong_next(
        section,
        "zone",
        format_args!("is {:?}: nobody knows what its codes mean", zone.as_str()),
        "`codes` as well, such as `codes = { 2 = \"open-proxy\", 3 = \"other\" }`",
        Some(next),
    );
}

type Numbers = (
    heapless::Vec<u8, OCCASIONS_MAX, u8>,
    heapless::Vec<u8, ERRORS_MAX, u8>,
);

/// The codes as the appliance gets them: those that are an occasion, and those that are errors.
fn numbers<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
    codes: &BTreeMap<u8, Claim>,
    errors: Option<Vec<u8>>,
    known: Option<&List>,
) -> Option<Numbers> {
    let errors = errors.unwrap_or_else(|| known.map_or(Vec::new(), |known| known.errors.clone()));
    if let Some(both) = errors.iter().find(|code| codes.contains_key(code)) {
        let found = format_args!("has {both}, which is in `codes` as well");
        reader.wrong(section, "errors", found, "codes of which none is a listing");
        return None;
    }
    let (mut occasion, mut kept_errors) = (heapless::Vec::new(), heapless::Vec::new());
    let occasions = codes.iter().filter(|(_, claim)| is_occasion(**claim));
    let mut fits = true;
    for (code, _) in occasions {
        fits &= occasion.push(*code).is_ok();
    }
    if !fits {
        let expected = format!("at most {OCCASIONS_MAX} codes of relays and proxies");
        reader.wrong(section, "codes", "has more", &expected);
    }
    for code in errors {
        if kept_errors.push(code).is_err() {
            let expected = format!("at most {ERRORS_MAX} codes");
            reader.wrong(section, "errors", "has more", &expected);
            return None;
        }
    }
    fits.then_some((occasion, kept_errors))
}

#[cfg(test)]
mod tests;
