//! What must hold in every world, whatever goes wrong in it.
//!
//! * *Safety*, with faults: each verdict is the expected one or inconclusive, nobody is accused
//!   falsely, and no frame leaves the scope.
//! * *Proof*, with messages: everything that came to the sink is what the servers of the world did,
//!   and nobody is confirmed without the very message that it relayed.
//! * *Schedule*: what is seen on the wire keeps the scope's rates, by a model of its own.
//! * *Liveness*, with faults over: every target reaches its truth within [`RETEST_MAX`].
//! * *Conservation*: every record that was made is stored once, and every line of the list has
//!   one end.
//! * *Bounds*: slots, connections and packets.

mod bounds;
mod conservation;
mod liveness;
mod proof;
mod safety;
mod schedule;

use std::fmt;

use probe_core::{evidence::Evidence, verdict::Verdict};

pub use bounds::{CONNECTIONS_TO_A_TARGET_MAX, FRAMES_TO_A_TARGET_MAX};
pub use liveness::RETEST_MAX;

use crate::{
    faults::Faults,
    trial::{Extras, Outcome, Trial},
};

/// What judges a job's merged evidence. [`probe_core::verdict::judge`], unless a test wants to see
/// an oracle catch another one.
pub type Judge<'a> = &'a dyn Fn(&Evidence) -> Verdict;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oracle {
    /// No false accusation; nothing outside the scope.
    Safety,
    /// What came back is what was relayed.
    Proof,
    /// The scope's rates.
    Schedule,
    /// The truth, in the end.
    Liveness,
    /// Nothing is lost.
    Conservation,
    /// Nothing grows without limit.
    Bounds,
}

impl Oracle {
    /// The word in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::Proof => "proof",
            Self::Schedule => "schedule",
            Self::Liveness => "liveness",
            Self::Conservation => "conservation",
            Self::Bounds => "bounds",
        }
    }
}

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Whose it is.
    pub oracle: Oracle,
    /// The seed that shows it.
    pub seed: u64,
    /// What else the trial had.
    pub extras: Extras,
    /// What was seen, and what was expected.
    pub what: String,
}

impl Violation {
    /// The command that shows it again; `faults` are the words that its sweep had.
    pub fn replay(&self, faults: &str) -> String {
        replay(self.seed, faults, self.extras)
    }
}

/// The command that runs a seed of a sweep again.
pub fn replay(seed: u64, faults: &str, extras: Extras) -> String {
    let flags: String = extras.flags().map(|flag| format!(" {flag}")).collect();
    format!("host-sim replay --seed {seed} --faults {faults}{flags} --pcap seed-{seed}.pcap")
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seed, oracle, what) = (self.seed, self.oracle.as_str(), &self.what);
        write!(out, "seed {seed}: {oracle}: {what}")
    }
}

/// Holds what a trial has shown against everything that must hold.
pub fn examine(trial: &Trial, outcome: &Outcome) -> Vec<Violation> {
    let found = [
        (Oracle::Safety, safety::look(trial, outcome)),
        (Oracle::Proof, proof::look(trial, outcome)),
        (Oracle::Schedule, schedule::look(trial, outcome)),
        (Oracle::Liveness, liveness::look(trial, outcome)),
        (Oracle::Conservation, conservation::look(trial, outcome)),
        (Oracle::Bounds, bounds::look(trial, outcome)),
    ];
    let (seed, extras) = (trial.seed, trial.extras());
    found
        .into_iter()
        .flat_map(|(oracle, whats)| {
            whats.into_iter().map(move |what| Violation {
                oracle,
                seed,
                extras,
                what,
            })
        })
        .collect()
}

/// Whether the wire shows the end of every connection. A device that has lost its router, its
/// address or its power cannot even say that it gives a connection up.
fn ends_are_seen(faults: &Faults) -> bool {
    faults.link.is_clean()
        && faults.router_down.is_empty()
        && faults.address_change.is_none()
        && faults.power_out.is_empty()
}

fn word(verdict: Verdict) -> String {
    format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str())
}
