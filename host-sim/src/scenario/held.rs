//! Holds what came out against what a scenario expects.

use std::net::SocketAddr;

use probe_core::{
    finding::Probe,
    scope::{DNSBL_PORT, Depth},
    verdict::Kind,
};

use super::{Expected, Got, Scenario};

/// A target, what was expected of it, and what came out.
#[derive(Clone, Debug)]
pub struct Held {
    /// The target.
    pub at: SocketAddr,
    /// What is there: a personality's name, or why nobody answers.
    pub there: &'static str,
    /// What was expected.
    pub expected: Expected,
    /// What came out.
    pub got: Got,
    /// Whether that is as it should be; what is not, but may be by
    /// [`Scenario::inconclusive_max`], counts as if it were.
    pub as_expected: bool,
}

impl Scenario {
    /// Holds what came out for each of `targets` at `depth`, with messages or without, against what is
    /// expected of it. Targets of which the scenario knows nothing are left out.
    pub fn hold(
        &self,
        depth: Depth,
        delivers: bool,
        targets: impl IntoIterator<Item = (SocketAddr, Got)>,
    ) -> Vec<Held> {
        let mut all: Vec<Held> = targets
            .into_iter()
            .filter_map(|(at, got)| {
                let expectation = self.expectations.get(&at)?;
                let expected = match &expectation.declared {
                    Some(expected) => expected.clone(),
                    None => {
                        let probe = self.probe_at(at);
                        expectation.there.expected(probe, depth, delivers)
                    }
                };
                Some(Held {
                    at,
                    there: expectation.there.name(),
                    as_expected: expected.holds(got),
                    expected,
                    got,
                })
            })
            .collect();
        let undecided = all.iter().filter(|held| held.is_undecided()).count();
        if undecided <= self.inconclusive_max {
            for held in all.iter_mut().filter(|held| held.is_undecided()) {
                held.as_expected = true;
            }
        }
        all
    }

    /// Which probe the scenario has for a target, whether its scope admits it or not.
    fn probe_at(&self, at: SocketAddr) -> Probe {
        let port = at.port();
        if port == DNSBL_PORT {
            Probe::Dnsbl
        } else if self.scope.proxy.ports.iter().any(|of| of.port == port) {
            Probe::Proxy
        } else {
            Probe::Relay
        }
    }
}

impl Held {
    /// Whether it is inconclusive where something else was expected.
    fn is_undecided(&self) -> bool {
        let undecided = |got: Got| matches!(got, Got::Verdict(it) if it.kind == Kind::Inconclusive);
        !self.as_expected && undecided(self.got)
    }
}
