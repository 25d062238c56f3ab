//! Block lists: the tables `[[list]]`, and what they are expected to say.

use std::{collections::BTreeSet, net::IpAddr};

use host_files::{
    scope_file::ScopeList,
    table::{Reader, Section, text},
};
use probe_core::{dnsbl::ZONES_MAX, name::Name, scope::Scope};
use toml::de::DeValue;

use super::{Expected, SCENARIO_ADDRESSES_MAX, addresses, fields::Known};
use crate::{
    dns::Resolver,
    lists::{self, List, Placed, RESOLVER, Says, together},
};

const LIST: [&str; 3] = ["personality", "zone", "lists"];
/// The codes that a list may have for an address, in 127.0.0.0/24. 127.0.0.1 is some lists' word for "you are
/// not answered", and 127.0.0.0 nobody's for anything.
const CODES: std::ops::RangeInclusive<u8> = 2..=255;

/// The block lists of a scenario.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<Placed>);

impl Lists {
    /// Reads the tables.
    pub(super) fn read<'t>(reader: &mut Reader<'t>, top: &Section<'t>) -> Self {
        let mut lists = Self::default();
        let sections = reader.sections(top, "list", &LIST);
        if sections.len() > ZONES_MAX {
            let found = format_args!("has {} tables", sections.len());
            reader.wrong(top, "list", found, &format!("at most {ZONES_MAX} lists"));
        }
        for section in &sections {
            lists.list(reader, section);
        }
        lists
    }

    /// `scope`, which also allows to ask them.
    pub(super) fn allow(&self, scope: Scope) -> Scope {
        if self.0.is_empty() {
            return scope;
        }
        let most = self.0.len().min(ZONES_MAX);
        lists::asking(scope, RESOLVER.into(), &self.0[..most])
    }

    /// They as the host knows them. What a simulated list says may be repeated.
    pub(super) fn of_scope(&self) -> Vec<ScopeList> {
        let of_scope = |placed: &Placed| ScopeList {
            zone: placed.zone.clone(),
            name: placed.zone.as_str().to_owned(),
            codes: placed.claims(),
            may_be_quoted: true,
            agreement: Some(AGREEMENT.to_owned()),
        };
        self.0.iter().map(of_scope).collect()
    }

    /// Who asks them for others.
    pub(super) fn resolver(&self) -> Resolver {
        lists::resolver(&self.0)
    }

    /// What an honest tester concludes from those of them that `scope` allows to ask about `address`.
    pub(super) fn expected(&self, scope: &Scope, address: IpAddr) -> Expected {
        let mut all = vec![Vec::new()];
        for zone in &scope.dnsbl.zones {
            let placed = self.0.iter().find(|placed| placed.zone == zone.name);
            let says = match placed {
                Some(_) if address.is_ipv6() && !zone.ipv6 => vec![Says::NoIpv6],
                Some(placed) => words(placed, address),
                // Nobody answers for it.
                None => vec![Says::Unknown],
            };
            let further = |before: &Vec<Says>| {
                let each = says.iter().map(|says| [&before[..], &[*says]].concat());
                each.collect::<Vec<_>>()
            };
            all = all.iter().flat_map(further).collect();
        }
        let mut met = BTreeSet::new();
        let verdicts = all.iter().map(|says| together(says));
        let verdicts = verdicts.filter(|it| met.insert((it.kind.as_str(), it.reason.as_str())));
        Expected::any(verdicts.map(Expected::verdict).collect())
    }

    fn list<'t>(&mut self, reader: &mut Reader<'t>, section: &Section<'t>) {
        // Every field is read before the first `?`, so that all that is wrong is told.
        let known = Known {
            expected: "the name of a block list; docs/simulator.md lists them",
            what: "block list",
            names: lists::EVERY.iter().map(|list| list.name).collect(),
        };
        let list = known.read(reader, section).and_then(List::named);
        let zone = reader.optional(
            section,
            "zone",
            "where the list is asked, such as \"relays.dnsbl.example\"",
            |value| Name::new(&text(value)?).ok(),
        );
        let named = named(reader, section);
        let Some(list) = list else {
            return;
        };
        let empty = match zone {
            Some(zone) => Placed::at(list, zone),
            None => Placed::new(list),
        };
        if self.0.iter().any(|other| other.zone == empty.zone) {
            let found = format_args!("is {:?}, which another list has", empty.zone.as_str());
            reader.wrong(section, "zone", found, "each zone once");
            return;
        }
        let placed = named.into_iter().fold(empty, Named::put);
        if placed.count() > SCENARIO_ADDRESSES_MAX {
            let found = format_args!("holds {} addresses", placed.count());
            let most = format!("at most {SCENARIO_ADDRESSES_MAX}");
            reader.wrong(section, "lists", found, &most);
        }
        self.0.push(placed);
    }
}

/// By what right letters quote it, where somebody asks.
const AGREEMENT: &str = "a list of the simulator";

/// What a list may be believed to say of an address. One that says of somebody that it does not answer us
/// is not asked about those who come after.
fn words(placed: &Placed, address: IpAddr) -> Vec<Says> {
    let says = placed.says(address);
    if says != Says::Unknown && placed.leaves_us_alone() {
        vec![says, Says::Unknown]
    } else {
        vec![says]
    }
}

/// Addresses that a list has: as its kind has them, or under a code of the file.
struct Named {
    code: Option<u8>,
    addresses: Vec<IpAddr>,
}

impl Named {
    fn put(placed: Placed, named: Self) -> Placed {
        let addresses = named.addresses.iter().map(IpAddr::to_canonical);
        match named.code {
            None => placed.with(addresses),
            Some(code) => addresses.fold(placed, |placed, it| placed.with_code(it, code)),
        }
    }
}

/// The field `lists`: addresses, or a table of them by their codes.
fn named<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Vec<Named> {
    let Some(DeValue::Table(table)) = section.value("lists") else {
        let addresses = section
            .has("lists")
            .then(|| addresses::read(reader, section, "lists"))
            .flatten();
        return addresses
            .map(|addresses| Named {
                code: None,
                addresses,
            })
            .into_iter()
            .collect();
    };
    let codes: Vec<&str> = table.keys().map(|code| code.get_ref().as_ref()).collect();
    let by_code = reader.section(section, "lists", &codes);
    let mut all = Vec::with_capacity(codes.len());
    for word in codes {
        let addresses = addresses::read(reader, &by_code, word);
        let code = word.parse::<u8>().ok().filter(|code| CODES.contains(code));
        if code.is_none() {
            let (least, most) = (CODES.start(), CODES.end());
            let expected = format!("a code from {least} to {most}: what 127.0.0.CODE stands for");
            reader.wrong(&by_code, word, "is no code", &expected);
        }
        if let Some(addresses) = addresses.filter(|_| code.is_some()) {
            all.push(Named { code, addresses });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use probe_core::scope::Depth;

    fn placed(name: &str, on: &[&str]) -> Placed {
        let on = on.iter().map(|text| text.parse::<IpAddr>().unwrap());
        Placed::new(List::named(name).unwrap()).with(on)
    }

    /// What several lists of a scope say of 192.0.2.1, which those with a plus have.
    #[test]
    fn what_lists_say_together() {
        for (lists, expected) in [
            (&["+healthy"][..], "suspected: listed"),
            (&["healthy"], "closed: not-listed"),
            (&["dead", "+context-only"], "inconclusive: listed-other"),
            (&["dead", "silent"], "inconclusive: lists-unknown"),
            (&["+own-error", "+healthy"], "suspected: listed"),
            (&["+own-error", "healthy"], "closed: not-listed"),
            (&["+own-error"], "inconclusive: lists-unknown"),
        ] {
            let placed = lists.iter().map(|list| match list.strip_prefix('+') {
                Some(name) => placed(name, &["192.0.2.1"]),
                None => placed(list, &[]),
            });
            let all = Lists(placed.collect());
            let scope = all.allow(demo::scope(Depth::Quick));
            scope.check().unwrap();
            let found = all.expected(&scope, "192.0.2.1".parse().unwrap());
            assert_eq!(found.to_string(), expected, "{lists:?}");
        }
    }

    #[test]
    fn who_comes_behind_an_error_may_find_a_list_silent() {
        let all = Lists(vec![placed("own-error", &["192.0.2.1"])]);
        let scope = all.allow(demo::scope(Depth::Quick));
        let found = all.expected(&scope, "192.0.2.2".parse().unwrap());
        assert_eq!(
            found.to_string(),
            "closed: not-listed or inconclusive: lists-unknown"
        );
    }

    #[test]
    fn a_list_of_the_scope_that_is_not_in_the_world_answers_nobody() {
        let scope = Lists(vec![placed("healthy", &[])]).allow(demo::scope(Depth::Quick));
        let found = Lists::default().expected(&scope, "192.0.2.1".parse().unwrap());
        assert_eq!(found.to_string(), "inconclusive: lists-unknown");
    }
}
