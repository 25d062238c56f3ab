//! Block lists, each with its truth: what it says of an address that is on it and of one that is not,
//! and whether an honest tester believes that. Declared by hand; nothing of it is probe-core's.

mod every;
mod placed;

use std::net::{IpAddr, Ipv4Addr};

use probe_core::{
    scope::{DnsblScope, Scope},
    verdict::{Kind, Reason, Verdict},
};

use crate::dns::Fault;

pub use self::{
    every::EVERY,
    placed::{Placed, resolver},
};

/// Who resolves, where a world or a scope does not say: no documentation network holds it.
pub const RESOLVER: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 53);

/// A kind of block list.
#[derive(Debug)]
pub struct List {
    /// The word in tables, and the first label of its zone.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Whether the scope says that it has IPv6 addresses.
    pub ipv6: bool,
    /// The codes that the scope takes for a relay or a proxy.
    pub occasion: &'static [u8],
    /// The codes that the scope takes for "you are not answered".
    pub errors: &'static [u8],
    /// Whether its reason is asked for.
    pub txt: bool,
    /// What is wrong with it.
    pub fault: Fault,
    /// Whether its test addresses are as RFC 5782, 5 wants them, for IPv4 and IPv6.
    pub has_tests: [bool; 2],
    /// What it answers for an address that is on it.
    pub codes: &'static [Ipv4Addr],
    /// Its reason.
    pub text: Option<&'static str>,
    /// What it is believed to say of an IPv4 address that is on it, and of one that is not.
    pub on: [Says; 2],
    /// The same of an IPv6 address.
    pub on_ipv6: [Says; 2],
}

/// What a list is believed to say of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It is listed as a relay or a proxy.
    Listed,
    /// It is listed as something else.
    ListedOther,
    /// It is not listed.
    NotListed,
    /// It cannot be believed.
    Unknown,
    /// It has no addresses of that family.
    NoIpv6,
}

impl List {
    /// The list of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        EVERY.iter().find(|list| list.name == name)
    }

    /// Where it is asked.
    pub fn zone(&self) -> String {
        format!("{}.lists.example", self.name)
    }

    /// Whether what it answers about an address that is on it makes it one that is not asked again for an
    /// hour, about whomever.
    pub(crate) const fn leaves_us_alone(&self) -> bool {
        matches!(self.on, [Says::Unknown, Says::NotListed])
    }

    /// What it is believed to say of an address, which is on it or not.
    pub const fn says(&self, address: IpAddr, is_on_it: bool) -> Says {
        let [on, off] = if address.is_ipv4() {
            self.on
        } else {
            self.on_ipv6
        };
        if is_on_it { on } else { off }
    }
}

/// What an honest tester concludes from what several lists say of an address.
pub fn together(says: &[Says]) -> Verdict {
    let (kind, reason) = if says.contains(&Says::Listed) {
        (Kind::Suspected, Reason::Listed)
    } else if says.contains(&Says::ListedOther) {
        (Kind::Inconclusive, Reason::ListedOther)
    } else if says.contains(&Says::NotListed) {
        (Kind::Closed, Reason::NotListed)
    } else {
        (Kind::Inconclusive, Reason::ListsUnknown)
    };
    Verdict { kind, reason }
}

/// `scope`, which also allows to ask `lists` through the resolver at `address`.
pub fn asking(mut scope: Scope, address: IpAddr, lists: &[Placed]) -> Scope {
    scope.identity.resolver = Some(address);
    scope.dnsbl = DnsblScope {
        zones: lists.iter().map(Placed::of_scope).collect(),
        spacing_ms: SPACING_MS,
    };
    scope
}

/// The time between two questions, in milliseconds.
const SPACING_MS: u16 = 50;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        let mut names = BTreeSet::new();
        for list in &EVERY {
            assert!(names.insert(list.name), "{}", list.name);
            assert!(std::ptr::eq(List::named(list.name).unwrap(), list));
        }
    }

    /// Whoever is on no list is listed by none, and who cannot be believed has an answer of neither kind.
    #[test]
    fn nobody_is_listed_who_is_on_no_list() {
        for list in &EVERY {
            for [_, off] in [list.on, list.on_ipv6] {
                assert!(
                    !matches!(off, Says::Listed | Says::ListedOther),
                    "{}",
                    list.name
                );
            }
        }
    }
}
