//! Objections: somebody wrote to postmaster or abuse at a sink of ours.

use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use probe_core::scope::Network;

use super::{Excluded, Exclusion, KeptArrival};
use crate::output::timestamp;

/// An objection's number in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectionNumber(pub u64);

/// What a person decided about an objection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It stands: what it excludes stays excluded.
    Kept,
    /// It does not: what it alone excludes may be probed again.
    Lifted,
}

impl Decided {
    /// The word in the store, in tables and in `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Lifted => "lifted",
        }
    }
}

/// An objection, and whom it keeps us from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Its number.
    pub number: ObjectionNumber,
    /// What came.
    pub kept: KeptArrival,
    /// The targets whose test message it quotes, as far as the store knows their jobs.
    pub about: Vec<SocketAddr>,
    /// What a person decided, and when; `None` while nobody has.
    pub decided: Option<(Decided, Timestamp)>,
}

impl Objection {
    /// Who is left alone: whoever brought it, and the targets that it is about.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let mut addresses = vec![self.kept.arrival.remote.ip().to_canonical()];
        for target in &self.about {
            let address = target.ip().to_canonical();
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    /// Whether nobody has decided about it.
    pub const fn is_open(&self) -> bool {
        self.decided.is_none()
    }

    /// What it excludes: nothing once it is lifted.
    pub(super) fn exclusions(&self) -> Vec<Exclusion> {
        let number = self.number.0;
        let reason = match self.decided {
            None => format!("objection {number}, waiting for a decision"),
            Some((Decided::Kept, _)) => format!("objection {number}, kept"),
            Some((Decided::Lifted, _)) => return Vec::new(),
        };
        let exclusion = |address| Exclusion {
            what: Excluded::Network(Network::single(address)),
            reason: reason.clone(),
            since: timestamp(self.kept.at),
        };
        self.addresses().into_iter().map(exclusion).collect()
    }
}
