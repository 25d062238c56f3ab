//! Proxies, and servers that are taken for one, each with its truth.
//!
//! As a server of mail ([`crate::peers`]), each declares by hand what it *is* (which ways to ask
//! connect a stranger to our sink, and to which of its ports) and what an honest tester *concludes*.
//! Requests are read and answered here by hand; nothing of it is probe-core's. A proxy that connects
//! opens a real connection to the device's own sink, from its own address or another one, and what
//! went through it stands in the world's ledger ([`Passage`]).

mod door;
mod none;
mod open;
mod passage;
mod refusing;
mod request;
mod rules;

use std::rc::Rc;

use probe_core::{
    scope::Depth,
    verdict::{Kind, Reason, Verdict},
};

pub(crate) use self::door::{Stand, other_family};
pub use self::passage::Passage;
pub(crate) use self::passage::Stirred;

use self::{door::Gatehouse, rules::Rules};
use crate::server::Server;

/// A kind of proxy, or of server that is taken for one.
pub struct Proxy {
    /// The word in tables.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Where it usually stands.
    pub port: u16,
    /// What connects a stranger to our sink; nothing where it connects nobody.
    pub truth: &'static [Connects],
    /// The verdicts at quick, standard and full depth.
    pub expected: [Verdict; 3],
    pub(crate) is: Is,
}

/// A way into a proxy that leads to our sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connects {
    /// By the words of docs/proxy-probes.md: `http-connect` and so on.
    pub asked_in: &'static str,
    /// The places of the sink's ports: 0 is the first, for mail, 1 the second, which speaks HTTP too.
    pub places: &'static [usize],
}

/// What is behind a port.
pub(crate) enum Is {
    /// A proxy.
    Proxy(Rules),
    /// Something else.
    Other(fn() -> Box<dyn Server>),
}

impl Proxy {
    /// Every one of them.
    pub fn every() -> impl Iterator<Item = &'static Self> {
        [open::FAMILY, refusing::FAMILY, none::FAMILY]
            .into_iter()
            .flatten()
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::every().find(|proxy| proxy.name == name)
    }

    /// What an honest tester concludes at `depth`.
    pub const fn expected(&self, depth: Depth) -> Verdict {
        let [quick, standard, full] = self.expected;
        match depth {
            Depth::Quick => quick,
            Depth::Standard => standard,
            Depth::Full => full,
        }
    }

    /// Whether it connects strangers.
    pub const fn is_open(&self) -> bool {
        !self.truth.is_empty()
    }

    /// Whether it connects whoever asks so, to the sink's port at this place.
    pub fn connects(&self, asked_in: &str, place: usize) -> bool {
        let mut ways = self.truth.iter();
        ways.any(|way| way.asked_in == asked_in && way.places.contains(&place))
    }

    /// Whether it says that it connects whoever asks, be it true or not.
    pub(crate) fn claims(&self) -> bool {
        let suspected = |verdict: &Verdict| verdict.kind == Kind::Suspected;
        self.is_open() || self.expected.iter().any(suspected)
    }

    /// Whether its connections come out at a host of their own.
    pub(crate) const fn comes_out_elsewhere(&self) -> bool {
        match &self.is {
            Is::Proxy(rules) => rules.comes_out_elsewhere,
            Is::Other(_) => false,
        }
    }

    /// It, as it stands.
    pub(crate) fn server(&'static self, stand: Stand) -> Box<dyn Server> {
        match &self.is {
            Is::Proxy(rules) => Box::new(Gatehouse {
                rules,
                stand: Rc::new(stand),
            }),
            Is::Other(server) => server(),
        }
    }
}

/// At each depth the same.
const fn always(kind: Kind, reason: Reason) -> [Verdict; 3] {
    [Verdict { kind, reason }; 3]
}

const CONFIRMED: [Verdict; 3] = always(Kind::Confirmed, Reason::ConnectionReturned);
const DENIED: [Verdict; 3] = always(Kind::Closed, Reason::ProxyDenied);
const LOGIN: [Verdict; 3] = always(Kind::Closed, Reason::AuthRequired);
const NONE: [Verdict; 3] = always(Kind::Closed, Reason::NotAProxy);
const GRANTED: [Verdict; 3] = always(Kind::Suspected, Reason::Granted);

/// Both of the sink's ports.
const BOTH: &[usize] = &[0, 1];
/// The one that speaks HTTP.
const SECOND: &[usize] = &[1];

const fn way(asked_in: &'static str, places: &'static [usize]) -> Connects {
    Connects { asked_in, places }
}

/// Where proxies stand.
pub const PORTS: [u16; 6] = [23, 80, 1080, 3128, 8080, 8888];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_ports_are_known() {
        let mut names = BTreeSet::new();
        for proxy in Proxy::every() {
            assert!(names.insert(proxy.name), "{}", proxy.name);
            assert!(PORTS.contains(&proxy.port), "{}", proxy.name);
            assert!(std::ptr::eq(Proxy::named(proxy.name).unwrap(), proxy));
        }
    }

    /// Only who connects strangers may be confirmed, and at every depth they all can be.
    #[test]
    fn what_is_expected_follows_no_rule_but_the_truth() {
        for proxy in Proxy::every() {
            for verdict in proxy.expected {
                let is_confirmed = verdict.kind == Kind::Confirmed;
                let is_late = verdict.kind == Kind::Suspected;
                assert!(!is_confirmed || proxy.is_open(), "{}", proxy.name);
                assert!(
                    is_confirmed || !proxy.is_open() || is_late,
                    "{}",
                    proxy.name
                );
            }
        }
    }
}
