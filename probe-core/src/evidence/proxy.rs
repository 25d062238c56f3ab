//! What a proxy job saw.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Observation;
use crate::{arrival::Sense, dead::DeadBy, scope::Depth};

/// What a proxy job saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyEvidence {
    hours: u16,
}

impl ProxyEvidence {
    /// Folds an observation in.
    pub const fn record(&mut self, _observation: &Observation<'_>) {}

    /// Folds in what an arrival of this job proves, and from where it came.
    pub const fn arrived(&mut self, _sense: Sense, _from: IpAddr) {}

    /// Folds the evidence of a later revision of the same job in.
    pub const fn merge(&mut self, _later: &Self) {}

    /// Hours since the scope was issued when the job began.
    pub const fn hours(&self) -> u16 {
        self.hours
    }

    /// Why nothing could be asked, where the evidence says that and nothing else.
    pub const fn dead_by(&self) -> Option<DeadBy> {
        None
    }

    /// That of a target where nothing could be asked.
    pub fn dead(_by: DeadBy, _depth: Depth, hours: u16) -> Self {
        Self { hours }
    }

    /// How many octets the text takes that was kept.
    pub const fn transcript_octets(&self) -> usize {
        0
    }

    /// The same evidence with text of at most `octets_max`. A verdict does not depend on text.
    pub fn with_transcript_within(&self, _octets_max: usize) -> Self {
        self.clone()
    }
}
