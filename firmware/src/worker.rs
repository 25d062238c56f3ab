//! A worker: takes jobs from the prober, one at a time, and gives them back.

use core::cell::RefCell;

use probe_core::{
    evidence::{Evidence, Observation},
    prober::{Job, Next, Opening, OutboxFull, Prober, Stop},
    relay::{Parked, RelayDialogue},
    scope::Identity,
    time::{Instant, Millis},
};

use crate::{
    bell::Bell,
    conversation::{Desk, Lent, Outcome, converse},
    env::{Env, until},
};

/// What one worker borrows, static on a board. Between jobs nothing in it matters.
pub struct WorkerMemory {
    lent: Lent,
    evidence: Option<Evidence>,
    identity: Option<Identity>,
}

impl WorkerMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            lent: Lent::new(),
            evidence: None,
            identity: None,
        }
    }
}

impl Default for WorkerMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a worker works.
pub(crate) struct Office<'a, E> {
    pub(crate) env: &'a E,
    pub(crate) prober: &'a RefCell<Prober>,
    /// The worker's own bell.
    pub(crate) bell: &'a Bell,
    /// Every worker's bell, this one's too.
    pub(crate) workers: &'a [Bell],
    /// The link's bell.
    pub(crate) link: &'a Bell,
}

impl<E: Env> Office<'_, E> {
    /// Runs jobs for ever.
    pub(crate) async fn work(&self, memory: &mut WorkerMemory) {
        loop {
            let now = self.env.now();
            let next = self.prober.borrow_mut().next(now);
            match next {
                Next::Job(job) => self.run(&job, memory).await,
                Next::Wait(at) => {
                    let at = at.max(now + Millis(1));
                    until(self.env, at, self.bell.wait()).await;
                }
                Next::Idle => self.bell.wait().await,
            }
        }
    }

    async fn run(&self, job: &Job, memory: &mut WorkerMemory) {
        let WorkerMemory {
            lent,
            evidence,
            identity,
        } = memory;
        let evidence = evidence.insert(Evidence::default());
        *identity = self.identity();
        let parked = match identity {
            Some(identity) => self.probe(job, identity, evidence, lent).await,
            // The scope went away between the job and its first turn.
            None => None,
        };
        self.give_back(job, parked, evidence).await;
    }

    /// Drives the job's dialogue. Where it stands, and until when, if it wants to come back.
    async fn probe(
        &self,
        job: &Job,
        identity: &Identity,
        evidence: &mut Evidence,
        lent: &mut Lent,
    ) -> Option<(Instant, Parked)> {
        let mut dialogue = RelayDialogue::new(job.setup(identity));
        let mut desk = JobDesk {
            office: self,
            job,
            evidence,
        };
        let outcome = converse(self.env, self.bell, &mut desk, &mut dialogue, lent).await;
        let now = self.env.now();
        self.prober
            .borrow_mut()
            .spent(now, job, dialogue.refusals());
        match outcome {
            Outcome::Parked(until) => dialogue.parked().map(|parked| (until, parked)),
            Outcome::Done | Outcome::Stopped => None,
        }
    }

    fn identity(&self) -> Option<Identity> {
        let prober = self.prober.borrow();
        prober.scope().map(|scope| scope.identity.clone())
    }

    /// Gives the job back, as soon as the outbox has room for its finding.
    async fn give_back(&self, job: &Job, parked: Option<(Instant, Parked)>, evidence: &Evidence) {
        loop {
            let now = self.env.now();
            let given = {
                let mut prober = self.prober.borrow_mut();
                match &parked {
                    Some((until, parked)) => prober.park(now, job, *until, *parked, evidence),
                    None => prober.finish(now, job, evidence),
                }
            };
            match given {
                Ok(()) => break,
                Err(OutboxFull) => self.bell.wait().await,
            }
        }
        self.something_has_changed();
    }

    fn something_has_changed(&self) {
        self.link.ring();
        self.workers.iter().for_each(Bell::ring);
    }
}

/// One job's desk: the prober decides, the evidence remembers.
struct JobDesk<'a, E> {
    office: &'a Office<'a, E>,
    job: &'a Job,
    evidence: &'a mut Evidence,
}

impl<E: Env> Desk for JobDesk<'_, E> {
    fn may_open(&mut self, now: Instant) -> Opening {
        self.office.prober.borrow_mut().may_open(now, self.job)
    }

    fn closed(&mut self, now: Instant) {
        let mut prober = self.office.prober.borrow_mut();
        prober.connection_closed(now, self.job);
        drop(prober);
        self.office.something_has_changed();
    }

    fn violated(&mut self, now: Instant) {
        let mut prober = self.office.prober.borrow_mut();
        prober.stop(now, Stop::GuardViolation);
    }

    fn observed(&mut self, _now: Instant, observation: &Observation<'_>) {
        self.evidence.record(observation);
    }

    fn stopped(&self) -> bool {
        self.office.prober.borrow().ended().is_some()
    }
}
