//! Block lists that are known by name: what their codes mean, and which of them are dead.
//!
//! All of it is data, in `known.toml`. A scope file names a list and gets its codes from here.

use std::{collections::BTreeMap, net::Ipv4Addr, sync::LazyLock};

use probe_core::{dnsbl::Zone, name::Name};
use serde::Deserialize;

use crate::lists::Claim;

/// Every list that is known.
pub static KNOWN: LazyLock<Known> = LazyLock::new(Known::read);

/// Lists by name.
#[derive(Debug)]
pub struct Known {
    /// Those that answer.
    pub live: Vec<List>,
    /// Those that are gone.
    pub dead: Vec<Dead>,
}

/// A list that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Where it is asked.
    pub zone: Name,
    /// What it calls itself.
    pub name: String,
    /// Whether it lists IPv6 addresses.
    pub ipv6: bool,
    /// Where it says who may ask it, and how much.
    pub terms: String,
    /// What its codes mean.
    pub codes: BTreeMap<u8, Code>,
    /// Codes that say that it does not answer us, beside those that are so everywhere.
    pub errors: Vec<u8>,
}

/// What a code means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What it says about an address.
    pub claim: Claim,
    /// The same in the list's words.
    pub means: String,
}

/// A list that is gone, with everything below its domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// Its domain.
    pub domain: Name,
    /// What it called itself.
    pub name: String,
    /// Since when: a day, a month or a year.
    pub since: String,
    /// What became of it.
    pub why: String,
}

impl Known {
    /// The list that is asked at `zone`.
    pub fn list(&self, zone: &Name) -> Option<&List> {
        self.live.iter().find(|list| list.zone == *zone)
    }

    /// The dead list that `zone` belonged to.
    pub fn dead(&self, zone: &Name) -> Option<&Dead> {
        self.dead.iter().find(|dead| zone.is_under(&dead.domain))
    }

    /// Where the lists that answer are asked, for messages.
    pub fn zones(&self) -> Vec<&str> {
        self.live.iter().map(|list| list.zone.as_str()).collect()
    }

    fn read() -> Self {
        let file: File = toml::from_str(TEXT).expect("the lists that are compiled in can be read");
        let live = file.list.into_iter().map(|entry| List {
            zone: name(&entry.zone),
            name: entry.name,
            ipv6: entry.ipv6,
            terms: entry.terms,
            codes: entry.codes.into_iter().map(CodeEntry::read).collect(),
            errors: entry.errors,
        });
        let dead = file.dead.into_iter().map(|entry| Dead {
            domain: name(&entry.domain),
            name: entry.name,
            since: entry.since,
            why: entry.why,
        });
        Self {
            live: live.collect(),
            dead: dead.collect(),
        }
    }
}

impl List {
    /// The list as the appliance gets it, with its reasons.
    pub fn zone(&self) -> Zone {
        let occasions = self
            .codes
            .iter()
            .filter(|(_, code)| is_occasion(code.claim));
        Zone {
            name: self.zone.clone(),
            ipv6: self.ipv6,
            occasion: occasions.map(|(code, _)| *code).collect(),
            errors: self.errors.iter().copied().collect(),
            txt: true,
        }
    }
}

/// Whether a claim is one of what we probe.
pub const fn is_occasion(claim: Claim) -> bool {
    matches!(claim, Claim::OpenRelay | Claim::OpenProxy(_))
}

/// The code of an answer, where it has one: the last octet in 127.0.0.0/24.
pub const fn code(answer: Ipv4Addr) -> Option<u8> {
    match answer.octets() {
        [127, 0, 0, code] => Some(code),
        _ => None,
    }
}

const TEXT: &str = include_str!("known.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    list: Vec<ListEntry>,
    dead: Vec<DeadEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListEntry {
    zone: String,
    name: String,
    ipv6: bool,
    terms: String,
    codes: Vec<CodeEntry>,
    #[serde(default)]
    errors: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeEntry {
    code: u8,
    claim: String,
    means: String,
}

impl CodeEntry {
    fn read(self) -> (u8, Code) {
        let claim = Claim::parse(&self.claim).expect("the claims that are compiled in have words");
        let means = self.means;
        (self.code, Code { claim, means })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadEntry {
    domain: String,
    name: String,
    since: String,
    why: String,
}

fn name(text: &str) -> Name {
    Name::new(text).expect("the names that are compiled in are names")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use probe_core::dnsbl::Meaning;

    use super::*;
    use crate::lists::ListedProxy;

    #[test]
    fn what_is_compiled_in_holds_together() {
        let file: File = toml::from_str(TEXT).unwrap();
        let mut zones = BTreeSet::new();
        for (list, entry) in KNOWN.live.iter().zip(&file.list) {
            let zone = list.zone();
            assert!(zones.insert(list.zone.as_str()), "{} twice", list.name);
            assert_eq!(KNOWN.dead(&list.zone), None, "{} is dead", list.name);
            assert_eq!(list.codes.len(), entry.codes.len(), "{}", list.name);
            assert!(list.terms.starts_with("https://"), "{}", list.name);
            let occasions = list.codes.values().filter(|code| is_occasion(code.claim));
            assert_eq!(zone.occasion.len(), occasions.count(), "{}", list.name);
            assert_eq!(zone.errors.len(), list.errors.len(), "{}", list.name);
            for (code, of) in &list.codes {
                let meaning = zone.meaning(Ipv4Addr::new(127, 0, 0, *code));
                let expected = match is_occasion(of.claim) {
                    true => Meaning::Occasion,
                    false => Meaning::Context,
                };
                assert_eq!(meaning, expected, "{} {code}", list.name);
                assert!(!of.means.is_empty());
            }
        }
        for dead in &KNOWN.dead {
            let day = format!("{}-01-01", dead.since);
            let day = day.get(..10).unwrap();
            assert!(day.parse::<jiff::civil::Date>().is_ok(), "{}", dead.since);
            assert!(!dead.why.is_empty());
        }
    }

    #[test]
    fn a_list_and_what_its_codes_say() {
        let name = |text| Name::new(text).unwrap();
        let drones = KNOWN.list(&name("dnsbl.dronebl.org")).unwrap();
        let claim = |answer: [u8; 4]| Some(drones.codes.get(&code(answer.into())?)?.claim);
        for (answer, expected) in [
            ([127, 0, 0, 8], Some(Claim::OpenProxy(ListedProxy::Socks))),
            ([127, 0, 0, 9], Some(Claim::OpenProxy(ListedProxy::Http))),
            ([127, 0, 0, 10], Some(Claim::OpenProxy(ListedProxy::Any))),
            (
                [127, 0, 0, 14],
                Some(Claim::OpenProxy(ListedProxy::Gateway)),
            ),
            ([127, 0, 0, 3], Some(Claim::Other)),
            ([127, 0, 0, 19], Some(Claim::Other)),
            ([127, 0, 0, 99], None),
            ([127, 0, 1, 8], None),
        ] {
            assert_eq!(claim(answer), expected, "{answer:?}");
        }
        assert_eq!(drones.zone().occasion, [8, 9, 10, 14]);
        // Its exploited computers may be proxies, and may not.
        let zen = KNOWN.list(&name("zen.spamhaus.org")).unwrap();
        assert!(zen.zone().occasion.is_empty());
        assert_eq!(KNOWN.list(&name("lists.example")), None);
    }

    #[test]
    fn whatever_is_below_a_dead_list_is_dead() {
        for (zone, list) in [
            ("relays.ordb.org", Some("ORDB")),
            ("dnsbl.sorbs.net", Some("SORBS")),
            ("http.dnsbl.sorbs.net", Some("SORBS")),
            ("sorbs.net", Some("SORBS")),
            ("combined.njabl.org", Some("NJABL")),
            ("ircbl.ahbl.org", Some("AHBL")),
            ("list.dsbl.org", Some("DSBL")),
            ("opm.blitzed.org", Some("OPM")),
            ("blitzed.org", None),
            ("notsorbs.net", None),
            ("dnsbl.dronebl.org", None),
        ] {
            let dead = KNOWN.dead(&Name::new(zone).unwrap());
            assert_eq!(dead.map(|dead| dead.name.as_str()), list, "{zone}");
        }
    }
}
