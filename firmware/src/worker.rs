//! A worker: takes jobs from the prober, one at a time, and gives them back.

use core::cell::RefCell;

use probe_core::{
    evidence::{Evidence, Observation},
    prober::{Job, Next, Opening, OutboxFull, Prober, Stop},
    time::{Instant, Millis},
};

use crate::{
    bell::Bell,
    conversation::{Desk, Lent, Outcome, converse},
    env::{Env, until},
};

/// What one worker borrows, static on a board.
pub struct WorkerMemory {
    lent: Lent,
    evidence: Evidence,
}

impl WorkerMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            lent: Lent::new(),
            evidence: Evidence {},
        }
    }
}

impl Default for WorkerMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// The bells of everybody else.
#[derive(Clone, Copy)]
pub(crate) struct Others<'a> {
    pub(crate) workers: &'a [Bell],
    pub(crate) link: &'a Bell,
}

impl Others<'_> {
    /// Something has changed: a job went back, or a connection was closed.
    fn ring(self) {
        self.link.ring();
        self.workers.iter().for_each(Bell::ring);
    }
}

/// Runs jobs for ever.
pub(crate) async fn work<E: Env>(
    env: &E,
    prober: &RefCell<Prober>,
    bell: &Bell,
    others: Others<'_>,
    memory: &mut WorkerMemory,
) {
    loop {
        let now = env.now();
        let next = prober.borrow_mut().next(now);
        match next {
            Next::Job(job) => {
                others.link.ring();
                run(env, prober, bell, others, &job, memory).await;
            }
            Next::Wait(at) => {
                until(env, at.max(now + Millis(1)), bell.wait()).await;
            }
            Next::Idle => bell.wait().await,
        }
    }
}

async fn run<E: Env>(
    env: &E,
    prober: &RefCell<Prober>,
    bell: &Bell,
    others: Others<'_>,
    job: &Job,
    memory: &mut WorkerMemory,
) {
    let _ = memory;
    loop {
        let given = prober.borrow_mut().finish(env.now(), job, &memory.evidence);
        match given {
            Ok(()) => break,
            Err(OutboxFull) => bell.wait().await,
        }
    }
    others.ring();
}
