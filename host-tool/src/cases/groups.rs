//! Which findings make one letter, and under which reference.
//!
//! A letter's case is a contact and a network. Its reference is the number of its first finding,
//! kept in the store from the first letter on, so that later findings, other verdicts and other
//! days change nothing about it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use probe_core::scope::Network;

use super::{CaseView, facts};
use crate::{
    letters::model::{Basis, Decision},
    scope_file::describe::shown,
    store::{CaseNumber, Reference, ReferenceKey},
};

/// The network of an address whose list names none: its first bits, IPv4.
const IPV4_PREFIX_BITS: u8 = 24;
/// The same, IPv6.
const IPV6_PREFIX_BITS: u8 = 48;

/// What makes one letter out of several findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// One letter for each contact and network.
    #[default]
    Network,
    /// One letter for each contact, whatever its networks.
    Contact,
}

/// The findings of one letter.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// Whose they are.
    pub key: ReferenceKey,
    /// By number; never empty.
    pub members: Vec<&'a CaseView>,
}

impl Group<'_> {
    /// The first finding's number.
    fn first(&self) -> CaseNumber {
        self.members
            .first()
            .map_or(CaseNumber(0), |view| view.case.number)
    }
}

/// The letters that are due under a profile that rests on `basis`. Without a contact, an address is a letter of
/// its own: nobody knows whether its neighbours are in the same hands.
pub fn due(cases: &[CaseView], grouping: Grouping, basis: Basis) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places = BTreeMap::new();
    for view in cases {
        if !matches!(facts::decision(view, basis), Decision::Write(_)) {
            continue;
        }
        let key = key(view, grouping);
        let place = *places.entry(key.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.members.push(view),
            None => groups.push(Group {
                key,
                members: vec![view],
            }),
        }
    }
    groups
}

/// The reference of each group, in the groups' order. `known` are those of the store. A group
/// that has none yet takes over its findings' former one, from before the list named a contact or
/// another network; else it gets the number of its first finding.
pub fn references(groups: &[Group<'_>], known: &[Reference]) -> Vec<Reference> {
    let by_key: BTreeMap<&ReferenceKey, &Reference> =
        known.iter().map(|it| (&it.key, it)).collect();
    let mut by_first: BTreeMap<CaseNumber, Vec<&Reference>> = BTreeMap::new();
    for reference in known {
        by_first.entry(reference.first).or_default().push(reference);
    }
    let wanted: BTreeSet<&ReferenceKey> = groups.iter().map(|group| &group.key).collect();
    let mut taken: BTreeSet<String> = known.iter().map(|it| it.text.clone()).collect();
    let mut given = Vec::with_capacity(groups.len());
    for group in groups {
        let former = || {
            let candidates = group
                .members
                .iter()
                .filter_map(|view| by_first.get(&view.case.number))
                .flatten();
            candidates.copied().find(|it| {
                let same_hands = it.key.contact.is_none() || it.key.contact == group.key.contact;
                same_hands && !wanted.contains(&it.key)
            })
        };
        let known = by_key.get(&group.key).copied().or_else(former);
        let (text, first) = match known {
            Some(known) => (known.text.clone(), known.first),
            None => {
                let first = group.first();
                let new = (1..)
                    .map(|turn| text(first, turn))
                    .find(|text| !taken.contains(text));
                (new.unwrap_or_default(), first)
            }
        };
        taken.insert(text.clone());
        given.push(Reference {
            text,
            first,
            key: group.key.clone(),
        });
    }
    given
}

/// `PO-000007`; where another recipient's letter has that already, `PO-000007-2`.
fn text(first: CaseNumber, turn: u32) -> String {
    match turn {
        1 => format!("PO-{:06}", first.0),
        _ => format!("PO-{:06}-{turn}", first.0),
    }
}

fn key(view: &CaseView, grouping: Grouping) -> ReferenceKey {
    let contact = view.case.about.contact.as_ref();
    let contact = contact.map(|contact| contact.to_lowercase());
    let network = match (&contact, grouping) {
        (None, _) => view.case.target.ip().to_string(),
        (Some(_), Grouping::Contact) => String::new(),
        (Some(_), Grouping::Network) => network(view),
    };
    ReferenceKey { contact, network }
}

/// The list's network, else the one around the address.
fn network(view: &CaseView) -> String {
    let address = view.case.target.ip();
    let prefix = match address {
        IpAddr::V4(_) => IPV4_PREFIX_BITS,
        IpAddr::V6(_) => IPV6_PREFIX_BITS,
    };
    let listed = view.case.about.network;
    let network = listed.or_else(|| Network::covering(address, prefix));
    network.as_ref().map(shown).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use probe_core::verdict::Kind;

    use super::*;
    use crate::{
        cases::{listed::Listed, tests::view},
        lists::{Claim, Listing},
        scope_file,
    };

    /// Suspected and listed, so that a letter is due.
    fn case(number: u64, target: &str, contact: Option<&str>, network: Option<&str>) -> CaseView {
        let mut view = view(&[Kind::Suspected]);
        view.case.number = CaseNumber(number);
        view.case.target = target.parse().unwrap();
        let about = &mut view.case.about;
        about.contact = contact.map(str::to_owned);
        about.network = network.map(|text| scope_file::network(text).unwrap());
        view.listed.push(Listed {
            listing: Listing {
                by: "bl.example".to_owned(),
                on: None,
                since: None,
                code: None,
                claim: Claim::Suspect,
            },
            may_be_quoted: true,
            is_lookup: false,
        });
        view
    }

    /// Numbers of findings, letter by letter.
    fn grouped(cases: &[CaseView], grouping: Grouping) -> Vec<Vec<u64>> {
        due(cases, grouping, Basis::Tests)
            .iter()
            .map(|group| group.members.iter().map(|it| it.case.number.0).collect())
            .collect()
    }

    /// References as text, and what a store that kept them would know.
    fn referred(cases: &[CaseView], grouping: Grouping, known: &mut Vec<Reference>) -> Vec<String> {
        let given = references(&due(cases, grouping, Basis::Tests), known);
        for reference in &given {
            known.retain(|it| it.text != reference.text);
        }
        known.extend(given.iter().cloned());
        given.into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn one_letter_for_each_contact_and_network() {
        let a = Some("abuse@a.example");
        let cases = [
            case(1, "192.0.2.1:25", a, None),
            case(2, "192.0.2.200:587", Some("Abuse@a.example"), None),
            case(3, "198.51.100.1:25", a, None),
            case(4, "192.0.2.2:25", Some("abuse@b.example"), None),
            case(5, "192.0.2.3:25", None, None),
            case(6, "192.0.2.4:25", None, None),
            case(7, "[2001:db8:1:2::1]:25", a, None),
            case(8, "[2001:db8:1:fffe::1]:25", a, None),
            case(9, "[2001:db8:2::1]:25", a, None),
            case(10, "203.0.113.1:25", a, Some("203.0.112.0/22")),
            case(11, "203.0.112.1:25", a, Some("203.0.112.0/22")),
        ];
        assert_eq!(
            grouped(&cases, Grouping::Network),
            [
                vec![1, 2],
                vec![3],
                vec![4],
                vec![5],
                vec![6],
                vec![7, 8],
                vec![9],
                vec![10, 11]
            ]
        );
        assert_eq!(
            grouped(&cases, Grouping::Contact),
            [vec![1, 2, 3, 7, 8, 9, 10, 11], vec![4], vec![5], vec![6]]
        );
    }

    #[test]
    fn what_needs_no_letter_is_in_none() {
        let mut closed = case(1, "192.0.2.1:25", None, None);
        closed.jobs[0].verdict.kind = Kind::Closed;
        assert!(due(&[closed], Grouping::Network, Basis::Tests).is_empty());
    }

    #[test]
    fn a_reference_stays_whatever_comes() {
        let a = Some("abuse@a.example");
        let one = case(1, "192.0.2.1:25", a, None);
        let two = case(2, "192.0.2.2:25", a, None);
        let mut known = Vec::new();
        let mut refer = |cases: &[CaseView], grouping| referred(cases, grouping, &mut known);

        // A later finding of an earlier number, the first finding closed, and both again.
        assert_eq!(
            refer(std::slice::from_ref(&two), Grouping::Network),
            ["PO-000002"]
        );
        assert_eq!(
            refer(&[one.clone(), two.clone()], Grouping::Network),
            ["PO-000002"]
        );
        assert_eq!(
            refer(std::slice::from_ref(&one), Grouping::Network),
            ["PO-000002"]
        );
        // The whole contact in one letter, and back.
        let far = case(3, "198.51.100.1:25", a, None);
        let all = [one, two, far];
        assert_eq!(refer(&all, Grouping::Contact), ["PO-000002"]);
        assert_eq!(refer(&all, Grouping::Network), ["PO-000002", "PO-000003"]);
    }

    #[test]
    fn a_contact_that_the_list_names_later_keeps_the_reference() {
        let mut known = Vec::new();
        let nobody = case(7, "192.0.2.1:25", None, None);
        assert_eq!(
            referred(&[nobody], Grouping::Network, &mut known),
            ["PO-000007"]
        );
        let named = case(7, "192.0.2.1:25", Some("abuse@a.example"), None);
        assert_eq!(
            referred(&[named], Grouping::Network, &mut known),
            ["PO-000007"]
        );
    }

    #[test]
    fn another_recipient_gets_another_reference() {
        let mut known = Vec::new();
        let cases = |contact| [case(7, "192.0.2.1:25", Some(contact), None)];
        let mut refer = |contact| referred(&cases(contact), Grouping::Network, &mut known);
        assert_eq!(refer("abuse@a.example"), ["PO-000007"]);
        assert_eq!(refer("abuse@b.example"), ["PO-000007-2"]);
        assert_eq!(refer("abuse@a.example"), ["PO-000007"]);
        assert_eq!(refer("abuse@c.example"), ["PO-000007-3"]);
    }
}
