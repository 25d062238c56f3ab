//! What a list job saw.

use serde::{Deserialize, Serialize};

use super::Observation;

/// What a list job saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsblEvidence {
    hours: u16,
}

impl DnsblEvidence {
    /// Folds an observation in.
    pub const fn record(&mut self, _observation: &Observation<'_>) {}

    /// Folds the evidence of a later revision of the same job in.
    pub const fn merge(&mut self, _later: &Self) {}

    /// Hours since the scope was issued when the job began.
    pub const fn hours(&self) -> u16 {
        self.hours
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
