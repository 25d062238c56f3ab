//! A list as it stands in a world: where it is asked, and who is on it.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

use host_files::lists::{Claim, ListedProxy};
use probe_core::{dnsbl, name::Name};

use super::{List, Says};
use crate::dns::{Fault, Resolver, Zone};

/// A list under its zone, and what it answers about whom.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What kind of list it is.
    pub list: &'static List,
    /// Where it is asked.
    pub zone: Name,
    on: BTreeMap<IpAddr, Vec<Ipv4Addr>>,
}

/// What codes say on every list that has them.
const CLAIMS: [(u8, Claim); 3] = [
    (2, Claim::OpenRelay),
    (8, Claim::OpenProxy(ListedProxy::Socks)),
    (9, Claim::OpenProxy(ListedProxy::Http)),
];

impl Placed {
    /// `list` in its usual place, with nobody on it.
    pub fn new(list: &'static List) -> Self {
        let zone = Name::new(&list.zone()).expect("its name is a label");
        Self::at(list, zone)
    }

    /// `list` at `zone`, with nobody on it.
    pub fn at(list: &'static List, zone: Name) -> Self {
        Self {
            list,
            zone,
            on: BTreeMap::new(),
        }
    }

    /// The same with `addresses` on it, as its kind has them.
    pub fn with(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        for address in addresses {
            self.on.insert(address, self.list.codes.to_vec());
        }
        self
    }

    /// The same, which also answers 127.0.0.`code` about `address`.
    pub fn with_code(mut self, address: IpAddr, code: u8) -> Self {
        let codes = self.on.entry(address).or_default();
        codes.push(Ipv4Addr::new(127, 0, 0, code));
        self
    }

    /// How many addresses are on it.
    pub fn count(&self) -> usize {
        self.on.len()
    }

    /// The list as a scope names it.
    pub fn of_scope(&self) -> dnsbl::Zone {
        dnsbl::Zone {
            name: self.zone.clone(),
            ipv6: self.list.ipv6,
            occasion: self.list.occasion.iter().copied().collect(),
            errors: self.list.errors.iter().copied().collect(),
            txt: self.list.txt,
        }
    }

    /// What its codes say.
    pub fn claims(&self) -> BTreeMap<u8, Claim> {
        let has = |(code, _): &(u8, Claim)| self.list.occasion.contains(code);
        CLAIMS.into_iter().filter(has).collect()
    }

    /// What it is believed to say of `address`. A list that is in order is believed in the meaning of its
    /// codes.
    pub fn says(&self, address: IpAddr) -> Says {
        let off = self.list.says(address, false);
        match self.on.get(&address) {
            None => off,
            Some(codes) if codes == self.list.codes => self.list.says(address, true),
            Some(_) if off != Says::NotListed => off,
            Some(codes) => self.meaning(codes),
        }
    }

    /// Whether what it answers about somebody makes it one that is not asked again for an hour, about
    /// whomever.
    pub fn leaves_us_alone(&self) -> bool {
        let is_lost = |address: &IpAddr| {
            self.list.says(*address, false) == Says::NotListed
                && self.says(*address) == Says::Unknown
        };
        self.on.keys().any(is_lost)
    }

    fn meaning(&self, codes: &[Ipv4Addr]) -> Says {
        let among = |named: &[u8]| codes.iter().any(|code| named.contains(&code.octets()[3]));
        if among(self.list.errors) {
            Says::Unknown
        } else if among(self.list.occasion) {
            Says::Listed
        } else {
            Says::ListedOther
        }
    }

    /// Its reason for the codes that its kind has.
    fn reason(&self, code: Ipv4Addr) -> Option<&'static str> {
        let is_first = self.list.codes.first() == Some(&code);
        self.list.text.filter(|_| is_first)
    }
}

/// A resolver that asks `lists` for others.
pub fn resolver(lists: &[Placed]) -> Resolver {
    let [test_v4, test_v6] =
        ["127.0.0.2", "::ffff:7f00:2"].map(|text| text.parse().expect("an address"));
    let mut zone = Zone::new();
    let mut below = Vec::new();
    for placed in lists {
        let (list, name) = (placed.list, placed.zone.as_str());
        let test = Ipv4Addr::new(127, 0, 0, 2);
        for (address, has_test) in [test_v4, test_v6].into_iter().zip(list.has_tests) {
            if has_test {
                zone = zone.with_listing(name, address, test, None);
            }
        }
        for (address, codes) in &placed.on {
            for code in codes {
                zone = zone.with_listing(name, *address, *code, placed.reason(*code));
            }
        }
        below.push((name, list.fault));
    }
    let resolver = Resolver::new(zone);
    let add = |resolver: Resolver, (name, fault): &(&str, Fault)| resolver.with_below(name, *fault);
    below.iter().fold(resolver, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// What is said of an address that is on the list by its kind, of one under codes of the world, and of
    /// one that is not on it.
    #[test]
    fn what_a_placed_list_is_believed_to_say() {
        for (name, kind, relay, context, off) in [
            (
                "healthy",
                Says::Listed,
                Says::Listed,
                Says::ListedOther,
                Says::NotListed,
            ),
            (
                "context-only",
                Says::ListedOther,
                Says::Listed,
                Says::ListedOther,
                Says::NotListed,
            ),
            (
                "own-error",
                Says::Unknown,
                Says::Listed,
                Says::ListedOther,
                Says::NotListed,
            ),
            (
                "dead",
                Says::Unknown,
                Says::Unknown,
                Says::Unknown,
                Says::Unknown,
            ),
        ] {
            let placed = Placed::new(List::named(name).unwrap())
                .with([address("192.0.2.1")])
                .with_code(address("192.0.2.2"), 2)
                .with_code(address("192.0.2.2"), 3)
                .with_code(address("192.0.2.3"), 3);
            let said = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]
                .map(|text| placed.says(address(text)));
            assert_eq!(said, [kind, relay, context, off], "{name}");
        }
        let v4_only = Placed::new(List::named("ipv4-only").unwrap());
        let v4_only = v4_only.with_code(address("2001:db8::1"), 2);
        assert_eq!(v4_only.says(address("2001:db8::1")), Says::NoIpv6);
    }

    #[test]
    fn only_an_answer_that_we_are_not_answered_makes_it_left_alone() {
        let lists = |name| Placed::new(List::named(name).unwrap());
        let somebody = [address("192.0.2.1")];
        assert!(lists("own-error").with(somebody).leaves_us_alone());
        assert!(!lists("own-error").leaves_us_alone(), "nobody is on it");
        assert!(!lists("dead").with(somebody).leaves_us_alone());
        assert!(!lists("healthy").with(somebody).leaves_us_alone());
        let error = lists("own-error").with_code(somebody[0], 255);
        assert!(error.leaves_us_alone());
    }

    /// A claim for each code that is an occasion, so that the host never takes one for something else.
    #[test]
    fn every_occasion_has_a_claim() {
        for list in &super::super::EVERY {
            let claims = Placed::new(list).claims();
            let codes: Vec<u8> = claims.keys().copied().collect();
            assert_eq!(codes, list.occasion, "{}", list.name);
        }
    }
}
