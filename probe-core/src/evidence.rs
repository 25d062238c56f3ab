//! Evidence: what a job saw, bounded, and enough to judge it again.

use serde::{Deserialize, Serialize};

/// What a dialogue reports while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation<'a> {
    /// Placeholder until the battery speaks.
    Text(&'a [u8]),
}

/// A job's evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {}

impl Evidence {
    /// Folds an observation in.
    pub fn record(&mut self, observation: &Observation<'_>) {
        let _ = observation;
    }
}
