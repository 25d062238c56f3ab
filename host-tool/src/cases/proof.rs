//! What came to sinks, held against the jobs that are known: the host verifies every token again,
//! also those whose job a device had forgotten.

use std::collections::BTreeMap;

use probe_core::{
    arrival::{Arrival, Sense},
    evidence::Fate,
    finding::JobSerial,
    time::Utc,
    token::{Signer, WINDOW_HOURS},
};

use super::{CaseView, JobView};
use crate::store::{KeptArrival, Store, StoreError};

/// An arrival of a job, and what it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// When it came.
    pub at: Utc,
    /// What it proves.
    pub sense: Sense,
    /// What came.
    pub arrival: Arrival,
}

/// Every arrival of a store, by the job that its token names.
#[derive(Debug, Default)]
pub struct Arrivals(BTreeMap<JobSerial, Vec<KeptArrival>>);

impl Arrivals {
    /// Reads them.
    pub fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let mut by_job: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for kept in store.arrivals()? {
            if let Some(token) = kept.arrival.envelope {
                by_job.entry(token.serial()).or_default().push(kept);
            }
        }
        Ok(Self(by_job))
    }

    /// Folds what came of a job into its view, oldest first. Devices number their jobs apart, so
    /// only the code of a token says whose it is; what is another's is left out.
    pub(super) fn apply(&self, target: std::net::SocketAddr, job: &mut JobView) {
        let (Some(key), Some(issued)) = (job.key, job.scope.as_ref().map(|scope| scope.issued))
        else {
            return;
        };
        let signer = Signer::new(&key, job.device);
        for kept in self.0.get(&job.serial).into_iter().flatten() {
            let hours = hours_between(issued, kept.at);
            let sense = kept.arrival.sense(&signer, Some(target), hours);
            if matches!(sense, Sense::Nothing(_)) {
                continue;
            }
            let from = kept.arrival.remote.ip();
            job.evidence.arrived(sense, from);
            job.proved.push(Proved {
                at: kept.at,
                sense,
                arrival: kept.arrival.clone(),
            });
        }
    }
}

/// Messages that nobody knows the end of: accepted after the dot, and neither returned nor bounced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Out {
    /// How many.
    pub messages: usize,
    /// Until when the last of them proves something when it comes back.
    pub until: Utc,
}

/// The messages of a job that are out at `now`, if any is.
pub fn out(job: &JobView, now: Utc) -> Option<Out> {
    let proof = job.relay()?.proof();
    let messages = proof.deliveries().iter().filter(|delivery| {
        delivery.fate == Fate::Accepted
            && !proof.returned().contains(delivery.pair)
            && !proof.bounced().contains(delivery.pair)
    });
    let until = job.began.0.saturating_add(u64::from(WINDOW_HOURS) * 3_600);
    let messages = messages.count();
    (messages > 0 && now.0 < until).then_some(Out {
        messages,
        until: Utc(until),
    })
}

/// The messages of all jobs of these cases that are out at `now`, if any is.
pub fn all_out<'a>(cases: impl IntoIterator<Item = &'a CaseView>, now: Utc) -> Option<Out> {
    let jobs = cases.into_iter().flat_map(CaseView::jobs);
    jobs.filter_map(|job| out(job, now))
        .reduce(|one, other| Out {
            messages: one.messages + other.messages,
            until: one.until.max(other.until),
        })
}

fn hours_between(issued: Utc, at: Utc) -> u16 {
    u16::try_from(at.0.saturating_sub(issued.0) / 3_600).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
