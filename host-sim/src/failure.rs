//! Why a simulation did not come to its end.

use std::{fmt, io, time::Duration};

use crate::drive::ROUNDS_AT_A_MOMENT_MAX;

/// Why a simulation did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// Time does not move: somebody is busy for ever.
    Livelock {
        /// The world's seed.
        seed: u64,
        /// The moment.
        at: Duration,
    },
    /// Everybody waits and nothing is due.
    Deadlock {
        /// The world's seed.
        seed: u64,
        /// The moment.
        at: Duration,
        /// Who waits.
        waiting: Vec<&'static str>,
    },
    /// The time that the simulation may take is over.
    TooLong {
        /// The world's seed.
        seed: u64,
        /// That time.
        duration_max: Duration,
    },
    /// The capture could not be written.
    Capture(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Livelock { seed, at } => write!(
                out,
                "seed {seed}: livelock at {at:?}: still busy after {ROUNDS_AT_A_MOMENT_MAX} rounds at one moment"
            ),
            Self::Deadlock { seed, at, waiting } => write!(
                out,
                "seed {seed}: deadlock at {at:?}: {} wait and nothing is due",
                waiting.join(", ")
            ),
            Self::TooLong { seed, duration_max } => write!(
                out,
                "seed {seed}: not over after {duration_max:?} of virtual time"
            ),
            Self::Capture(error) => write!(out, "the capture could not be written: {error}"),
        }
    }
}

impl std::error::Error for Failure {}
