//! What loss costs: of the servers that can be judged, how many were not, because every path loses
//! some of its packets in each direction.

use std::{collections::BTreeMap, ops::AddAssign};

use probe_core::{scope::Depth, verdict::Kind};

use crate::{
    demo,
    faults::{Faults, Share, Wire},
    oracles::Violation,
    parade,
    trial::{NoOutcome, Trial},
};

/// The shares that are looked at, in percent.
pub const LOSSES_PERCENT: [u32; 5] = [0, 1, 2, 5, 10];
/// Up to this loss, in percent, few may be undecided.
pub const LOSS_PERCENT_MAX: u32 = 5;
/// How many of a hundred may be undecided up to that loss.
pub const UNDECIDED_PERCENT_MAX: u32 = 1;

/// Of servers that can be judged: how many there were, and how many were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those whose expected verdict is not inconclusive.
    pub decidable: u32,
    /// Those of them that ended inconclusive, or without a verdict.
    pub undecided: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.decidable += other.decidable;
        self.undecided += other.undecided;
    }
}

impl Tally {
    /// Whether no more are undecided than may be.
    pub fn is_good(&self) -> bool {
        self.undecided * 100 <= self.decidable * UNDECIDED_PERCENT_MAX
    }
}

/// Tallies by personality.
pub type Tallies = BTreeMap<&'static str, Tally>;

/// Every personality over each family in the world of `seed`, at `depth`, with `loss`; and what
/// the oracles say to it.
pub fn measure(
    seed: u64,
    depth: Depth,
    loss: Share,
) -> Result<(Tallies, Vec<Violation>), NoOutcome> {
    let faults = Faults {
        path: Wire {
            loss,
            ..Wire::default()
        },
        ..Faults::default()
    };
    let trial = Trial {
        seed,
        world: parade::world(seed).with_faults(faults),
        scope: demo::scope(depth),
        list: parade::suspects(),
        cuts: Vec::new(),
    };
    let outcome = trial.run(None)?;
    let verdicts = &outcome.first.when_over.verdicts;
    let mut tallies = Tallies::new();
    for target in trial.admitted() {
        if trial.expected(target).when_over.kind == Kind::Inconclusive {
            continue;
        }
        let found = verdicts.get(&target);
        let is_undecided = found.is_none_or(|found| found.kind == Kind::Inconclusive);
        *tallies.entry(trial.name(target)).or_default() += Tally {
            decidable: 1,
            undecided: u32::from(is_undecided),
        };
    }
    Ok((tallies, trial.violations(&outcome)))
}

/// All of them together.
pub fn total(tallies: &Tallies) -> Tally {
    let mut total = Tally::default();
    tallies.values().for_each(|tally| total += *tally);
    total
}
