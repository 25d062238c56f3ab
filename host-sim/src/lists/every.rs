//! The lists there are.

use std::{net::Ipv4Addr, time::Duration};

use super::{
    List,
    Says::{self, Listed, ListedOther, NoIpv6, NotListed, Unknown},
};
use crate::dns::Fault;

const fn code(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, last)
}

const BELIEVED: [Says; 2] = [Listed, NotListed];
const NOT_BELIEVED: [Says; 2] = [Unknown, Unknown];

/// A list in order, for both families, that has relays under 2, and proxies under 8 and 9.
const GOOD: List = List {
    name: "healthy",
    about: "in order for both families, with a reason for each address",
    ipv6: true,
    occasion: &[2, 8, 9],
    errors: &[],
    txt: true,
    fault: Fault::None,
    has_tests: [true; 2],
    codes: &[code(9)],
    text: Some("open HTTP proxy, seen by the lists of this internet"),
    on: BELIEVED,
    on_ipv6: BELIEVED,
};

/// A list about which `fault` is wrong, and that is believed all the same.
const fn believed(name: &'static str, about: &'static str, fault: Fault) -> List {
    List {
        name,
        about,
        fault,
        ..GOOD
    }
}

/// A list about which `fault` is wrong, so that it is not believed.
const fn useless(name: &'static str, about: &'static str, fault: Fault) -> List {
    List {
        name,
        about,
        fault,
        on: NOT_BELIEVED,
        on_ipv6: NOT_BELIEVED,
        ..GOOD
    }
}

/// Every list.
pub static EVERY: [List; 25] = [
    GOOD,
    List {
        name: "ipv4-only",
        about: "in order, and has no IPv6 addresses, as the scope says",
        ipv6: false,
        on_ipv6: [NoIpv6; 2],
        ..GOOD
    },
    List {
        name: "ipv6-empty",
        about: "in order for IPv4; for IPv6 its test address is not there",
        has_tests: [true, false],
        on_ipv6: NOT_BELIEVED,
        ..GOOD
    },
    List {
        name: "several-codes",
        about: "says of an address that it is more than one thing, a proxy among them",
        codes: &[code(3), code(9), code(19)],
        ..GOOD
    },
    List {
        name: "context-only",
        about: "lists sources of spam, and neither relays nor proxies",
        codes: &[code(3), code(6)],
        on: [ListedOther, NotListed],
        on_ipv6: [ListedOther, NotListed],
        ..GOOD
    },
    List {
        name: "no-reason",
        about: "in order, and has no reasons",
        text: None,
        ..GOOD
    },
    List {
        name: "reason-not-asked",
        about: "in order; its reasons are not asked for",
        txt: false,
        ..GOOD
    },
    believed(
        "slow",
        "takes three seconds for each answer",
        Fault::Slow(Duration::from_secs(3)),
    ),
    believed(
        "truncating",
        "has its answers over TCP only",
        Fault::Truncates,
    ),
    believed(
        "lower-case",
        "answers in lower case, however it is asked",
        Fault::LowersCase,
    ),
    useless(
        "dead",
        "empty: there is no such name, whatever the name",
        Fault::NoName,
    ),
    useless("wildcarded", "lists the whole internet", Fault::Wildcard),
    useless(
        "rewritten",
        "whoever resolves for us has a page for every name that is not there",
        Fault::Rewrites,
    ),
    useless(
        "parked",
        "its domain was sold, and every name leads to a shop",
        Fault::Answers(Ipv4Addr::new(203, 0, 113, 7)),
    ),
    useless("refusing", "refuses", Fault::Refuses),
    useless("failing", "fails", Fault::Fails),
    useless("silent", "answers nobody", Fault::Silent),
    useless(
        "too-slow",
        "takes twenty seconds for each answer",
        Fault::Slow(Duration::from_secs(20)),
    ),
    useless(
        "public-resolver",
        "says that it does not answer whoever asks this way",
        Fault::Answers(Ipv4Addr::new(127, 255, 255, 254)),
    ),
    useless("no-data", "has names, and no addresses", Fault::NoData),
    useless("referring", "names others to ask", Fault::Refers),
    useless(
        "malformed",
        "answers in octets that are no message",
        Fault::Loops,
    ),
    useless("lying", "answers under another identifier", Fault::LyingIds),
    List {
        name: "own-error",
        about: "in order, and says by a code of its own that it does not answer us",
        errors: &[255],
        codes: &[code(255)],
        on: [Unknown, NotListed],
        on_ipv6: [Unknown, NotListed],
        ..GOOD
    },
    List {
        name: "error-among-codes",
        about: "in order; among the codes of an address is one that says that it does not answer us",
        codes: &[code(9), Ipv4Addr::new(127, 255, 255, 255)],
        on: [Unknown, NotListed],
        on_ipv6: [Unknown, NotListed],
        ..GOOD
    },
];
