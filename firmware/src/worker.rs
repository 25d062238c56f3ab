//! A worker: takes jobs from the prober, one at a time, and gives them back.

use core::cell::RefCell;

use embassy_futures::select::select;
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
    env::Env,
};

/// What one worker borrows, static on a board. Between jobs nothing in it matters.
pub struct WorkerMemory {
    lent: Lent,
    evidence: Option<Evidence>,
    assignment: Option<Assignment>,
}

/// A job, and who we are while it runs.
struct Assignment {
    job: Job,
    identity: Identity,
}

impl WorkerMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            lent: Lent::new(),
            evidence: None,
            assignment: None,
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

/// What a worker does next.
enum Turn<'m> {
    Job(&'m Assignment),
    Wait(Instant),
    Idle,
}

impl<E: Env> Office<'_, E> {
    /// Runs jobs for ever.
    pub(crate) async fn work(&self, memory: &mut WorkerMemory) {
        let WorkerMemory {
            lent,
            evidence,
            assignment,
        } = memory;
        loop {
            match self.next(assignment) {
                Turn::Job(Assignment { job, identity }) => {
                    let evidence = evidence.insert(Evidence::default());
                    let parked = self.probe(job, identity, evidence, lent).await;
                    self.give_back(job, parked, evidence).await;
                }
                Turn::Wait(at) => {
                    select(self.bell.wait(), self.env.sleep_until(at)).await;
                }
                Turn::Idle => self.bell.wait().await,
            }
        }
    }

    /// Puts the next job into `assignment`, or says how long there is none. Apart from the loop,
    /// so that a job is not kept twice.
    fn next<'m>(&self, assignment: &'m mut Option<Assignment>) -> Turn<'m> {
        let now = self.env.now();
        let mut prober = self.prober.borrow_mut();
        match (prober.next(now), prober.scope()) {
            (Next::Job(job), Some(scope)) => Turn::Job(assignment.insert(Assignment {
                job,
                identity: scope.identity.clone(),
            })),
            (Next::Wait(at), _) => Turn::Wait(at.max(now + Millis(1))),
            // No job is handed out without a scope.
            (Next::Job(_), None) | (Next::Idle, _) => Turn::Idle,
        }
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
        drop(prober);
        self.office.something_has_changed();
    }

    fn observed(&mut self, _now: Instant, observation: &Observation<'_>) {
        self.evidence.record(observation);
    }

    fn stopped(&self) -> bool {
        self.office.prober.borrow().ended().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Random, StackEnv};

    struct NoRandom;

    impl Random for NoRandom {
        fn fill(&self, _octets: &mut [u8]) {}
    }

    /// The size of what `make` would give, which is not called.
    fn future_octets<E: 'static, F: Future>(
        _make: impl FnOnce(&'static Office<'static, E>, &'static mut WorkerMemory) -> F,
    ) -> usize {
        size_of::<F>()
    }

    /// A board pays this for each worker, and a socket of the stack. The future holds the
    /// dialogue; what is left of it is a third on a 32-bit board.
    #[test]
    fn a_worker_is_small() {
        let memory_octets = size_of::<WorkerMemory>();
        let future_octets =
            future_octets::<StackEnv<'static, NoRandom>, _>(|office, memory| office.work(memory));
        assert!(memory_octets <= 5_760, "memory: {memory_octets}");
        assert!(future_octets <= 2_560, "future: {future_octets}");
    }
}
