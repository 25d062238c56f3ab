//! Scenarios: files that say who is where, what may be probed, and what has to come out.
//!
//! docs/simulator.md explains the format; host-sim/scenarios holds a library of them. Everything that is wrong with a file is told at once, with its line, and a file with
//! anything wrong gives no world.

mod addresses;
mod derive;
mod expected;
mod faults;
mod fields;
mod held;
mod lists;
mod read;
mod sites;

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

use host_files::{
    lists::Entry,
    problem::{Place, Problem, Problems},
    scope_file::ScopeList,
};
use jiff::Timestamp;
use probe_core::{
    finding::Probe,
    scope::{Depth, Scope},
    verdict::{Kind, Reason, Verdict},
};

pub use self::{
    expected::{Expected, Got},
    held::Held,
};
use crate::{peers::Personality, proxies::Proxy, world::World};

/// How many addresses a scenario may name, ranges and networks counted in full.
pub const SCENARIO_ADDRESSES_MAX: usize = 4_096;
/// The largest scenario file, in octets.
pub const SCENARIO_OCTETS_MAX: u64 = 1024 * 1024;

/// A scenario that can be run.
#[derive(Clone)]
pub struct Scenario {
    /// What it shows, in a line or two.
    pub about: String,
    /// Who is where.
    pub world: World,
    /// Who is suspected: what the scan is given, unless the user names others.
    pub suspects: Vec<Entry>,
    /// What is probed of it: a line for each target. Those with port 0 are asked about in block lists.
    pub targets: Vec<Entry>,
    /// What may be probed, unless the user names another scope.
    pub scope: Scope,
    /// The probes that it allows.
    pub probes: Vec<Probe>,
    /// Its block lists, as the host knows them.
    pub lists: Vec<ScopeList>,
    /// How many targets may be inconclusive where something else is expected.
    pub inconclusive_max: usize,
    expectations: BTreeMap<SocketAddr, Expectation>,
}

/// What the user says instead of the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Instead {
    /// The seed.
    pub seed: Option<u64>,
    /// The date at which virtual time begins.
    pub began: Option<Timestamp>,
}

/// What is at an address, as far as a verdict depends on it.
#[derive(Clone)]
enum There {
    Peer(&'static Personality),
    Proxy(&'static Proxy),
    /// Block lists are asked about the address, and these verdicts may come of it.
    Asked(Expected),
    ClosedPort,
    Nobody,
}

/// What has to be found at an address.
#[derive(Clone)]
struct Expectation {
    there: There,
    /// What the file declares; else it follows from what is there.
    declared: Option<Expected>,
}

/// Reads a scenario and what it names.
pub fn read(file: &Path, instead: Instead) -> Result<Scenario, Problems> {
    let place = Place::file(file);
    let unreadable = |what: String| {
        let problem = Problem::new(place.clone(), what, "a scenario file in TOML")
            .next("docs/simulator.md has an example");
        Problems::one(problem)
    };
    match std::fs::metadata(file) {
        Ok(about) if about.len() > SCENARIO_OCTETS_MAX => {
            return Err(unreadable(format!("over {SCENARIO_OCTETS_MAX} octets")));
        }
        Ok(_) | Err(_) => {}
    }
    let text = std::fs::read_to_string(file)
        .map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    if text.trim().is_empty() {
        return Err(unreadable("the file is empty".to_owned()));
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    read::parse(&text, &place, folder, instead)
}

impl There {
    fn name(&self) -> &'static str {
        match self {
            Self::Peer(personality) => personality.name,
            Self::Proxy(proxy) => proxy.name,
            Self::Asked(_) => "block lists",
            Self::ClosedPort => "closed port",
            Self::Nobody => "nobody",
        }
    }

    /// What an honest tester concludes that asks with `probe`; where it sends messages, when nothing more
    /// can come back.
    fn expected(&self, probe: Probe, depth: Depth, delivers: bool) -> Expected {
        let verdict = |kind, reason| Verdict { kind, reason };
        Expected::verdict(match self {
            Self::Peer(personality) if delivers => {
                let off = personality.expected(depth);
                personality.delivered(depth).in_the_end(off)
            }
            Self::Peer(personality) => personality.expected(depth),
            Self::Proxy(proxy) => proxy.expected(depth),
            Self::Asked(expected) => return expected.clone(),
            // A closed port is no proxy. What is wrong with mail on it nobody knows.
            Self::ClosedPort if probe == Probe::Proxy => verdict(Kind::Closed, Reason::Refused),
            Self::ClosedPort => verdict(Kind::Inconclusive, Reason::Refused),
            Self::Nobody => verdict(Kind::Inconclusive, Reason::NoAnswer),
        })
    }
}
