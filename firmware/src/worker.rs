//! A worker: takes jobs from the prober, one at a time, and gives them back.

use core::cell::{Ref, RefCell};

use embassy_futures::select::select;
use probe_core::{
    dialogue::Dialogue,
    evidence::{Evidence, Observation},
    prober::{Job, Next, Opening, OutboxFull, PathJob, Prober, Stop},
    relay::{Parked, RelayDialogue},
    tester::Tester,
    time::{Instant, Millis},
};

#[cfg(not(feature = "relay-only"))]
use probe_core::{finding::Probe, proxy::ProxyDialogue};

#[cfg(not(feature = "relay-only"))]
use crate::{lists, lookup::Lookups, reverse};

use crate::{
    bell::{Bell, LinkBells},
    conversation::{Desk, Outcome, Scratch, converse},
    env::{Buffers, Env},
    log,
    scout::Post,
    way,
};

/// What a board pays for one worker's memory, in octets: a connection's buffers, the evidence of its
/// job, and the job. The worker's future comes on top.
pub const WORKER_MEMORY_OCTETS_MAX: usize = 4_424;

/// How long a job that waits for the network waits before it looks again.
pub(crate) const NETWORK_LOOK_AFTER: Millis = Millis::from_secs(5);

const _: () = assert!(size_of::<WorkerMemory>() <= WORKER_MEMORY_OCTETS_MAX);

/// What one worker borrows, static on a board. Between jobs nothing in it matters.
pub struct WorkerMemory {
    buffers: Buffers,
    evidence: Place<Evidence>,
    job: Place<Job>,
}

impl WorkerMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            buffers: Buffers::new(),
            evidence: Place::new(),
            job: Place::new(),
        }
    }
}

impl Default for WorkerMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// A place for one value. Empty it is nothing but zeroes, unlike an `Option`: so that the workers'
/// memory costs a board no flash.
struct Place<T>(heapless::Vec<T, 1>);

impl<T> Place<T> {
    const fn new() -> Self {
        Self(heapless::Vec::new())
    }

    /// Puts a value in. `Some` always; the core has no words for that.
    fn put(&mut self, value: T) -> Option<&mut T> {
        self.0.clear();
        // It was just emptied.
        let _ = self.0.push(value);
        self.0.first_mut()
    }
}

/// Where a worker works.
pub(crate) struct Office<'a, E> {
    pub(crate) env: &'a E,
    pub(crate) prober: &'a RefCell<Prober>,
    /// Who we are, the same for every worker. Borrowed while a job runs.
    pub(crate) tester: &'a RefCell<Option<Tester>>,
    /// Where whoever asks the resolver gets a turn.
    #[cfg(not(feature = "relay-only"))]
    pub(crate) lookups: &'a Lookups,
    /// What all conversations share.
    pub(crate) scratch: &'a Scratch,
    /// The worker's own bell.
    pub(crate) bell: &'a Bell,
    /// Every worker's bell, this one's too.
    pub(crate) workers: &'a [Bell],
    /// The bells of whoever speaks with a host.
    pub(crate) link: &'a LinkBells,
    /// The keeper's bell.
    pub(crate) keeper: &'a Bell,
    /// Where the guard is told that there may be somebody to scout.
    pub(crate) post: &'a Post,
}

/// What a worker does next.
enum Turn<'m> {
    Job(&'m mut Job, Ref<'m, Tester>),
    Path(PathJob),
    Wait(Instant),
    Idle,
}

impl<E: Env> Office<'_, E> {
    /// Runs jobs for ever.
    #[expect(
        clippy::await_holding_refcell_ref,
        reason = "who we are is replaced only while nobody holds it, see `knows_the_tester`"
    )]
    pub(crate) async fn work(&self, memory: &mut WorkerMemory) {
        let WorkerMemory {
            buffers,
            evidence,
            job,
        } = memory;
        loop {
            match self.next(job) {
                Turn::Job(job, tester) => {
                    log::job_taken(job);
                    #[cfg(not(feature = "relay-only"))]
                    reverse::learn(self, job, &tester, buffers).await;
                    let Some(evidence) = evidence.put(Evidence::new(job.probe)) else {
                        continue;
                    };
                    let parked = self.probe(job, &tester, evidence, buffers).await;
                    drop(tester);
                    self.give_back(job, parked, evidence).await;
                }
                Turn::Path(job) => way::check(self, job, buffers).await,
                Turn::Wait(at) => {
                    select(self.bell.wait(), self.env.sleep_until(at)).await;
                }
                Turn::Idle => {
                    self.idle().await;
                }
            }
        }
    }

    /// Puts the next job into `memory`, or says how long there is none. Apart from the loop,
    /// so that a job is not kept twice.
    fn next<'m>(&'m self, memory: &'m mut Place<Job>) -> Turn<'m> {
        let now = self.env.now();
        if self.env.network_state().lack.is_some() {
            return Turn::Idle;
        }
        let mut prober = self.prober.borrow_mut();
        if !self.knows_the_tester(&prober) {
            return Turn::Idle;
        }
        match prober.next(now) {
            Next::Job(job) => {
                let tester = Ref::filter_map(self.tester.borrow(), Option::as_ref);
                match (memory.put(job), tester) {
                    (Some(job), Ok(tester)) => Turn::Job(job, tester),
                    // No job is handed out without a scope.
                    _ => Turn::Idle,
                }
            }
            Next::Path(job) => Turn::Path(job),
            Next::Wait(at) => Turn::Wait(at.max(now + Millis(1))),
            Next::Idle => Turn::Idle,
        }
    }

    /// Takes over who we are under the scope in force. It changes only between scans, when every
    /// job is back and nobody holds it; until then nothing new is begun.
    fn knows_the_tester(&self, prober: &Prober) -> bool {
        if self.tester.borrow().as_ref().map(|of| of.id) == prober.tester_id() {
            return true;
        }
        match self.tester.try_borrow_mut() {
            Ok(mut tester) => {
                *tester = prober.tester();
                true
            }
            Err(_) => false,
        }
    }

    /// Drives the job's dialogue. Where it stands, and until when, if it wants to come back.
    async fn probe(
        &self,
        job: &Job,
        tester: &Tester,
        evidence: &mut Evidence,
        buffers: &mut Buffers,
    ) -> Option<(Instant, Parked)> {
        #[cfg(not(feature = "relay-only"))]
        if job.probe == Probe::Dnsbl {
            self.ask_lists(job, tester, evidence, buffers).await;
            return None;
        }
        let mut desk = JobDesk {
            office: self,
            job,
            evidence,
        };
        #[cfg(not(feature = "relay-only"))]
        if job.probe == Probe::Proxy {
            let mut dialogue = ProxyDialogue::new(job.proxy_setup(tester));
            self.converse(&mut desk, &mut dialogue, buffers).await;
            return None;
        }
        let mut dialogue = RelayDialogue::new(job.setup(tester));
        let outcome = self.converse(&mut desk, &mut dialogue, buffers).await;
        let now = self.env.now();
        self.prober
            .borrow_mut()
            .spent(now, job, dialogue.refusals());
        match outcome {
            Outcome::Parked(until) => dialogue.parked().map(|parked| (until, parked)),
            Outcome::Done | Outcome::Stopped => None,
        }
    }

    /// Drives a dialogue with this worker's connection.
    pub(crate) fn converse<'a>(
        &'a self,
        desk: &'a mut dyn Desk,
        dialogue: &'a mut dyn Dialogue,
        buffers: &'a mut Buffers,
    ) -> impl Future<Output = Outcome> + use<'a, E> {
        converse(self.env, self.bell, desk, dialogue, buffers, self.scratch)
    }

    /// Asks the scope's block lists, behind whoever asks what a target is called. Where the scan ends
    /// before, the evidence says that nobody was asked.
    #[cfg(not(feature = "relay-only"))]
    #[expect(
        clippy::await_holding_refcell_ref,
        reason = "the borrow is the turn: whoever does not get it waits for its bell"
    )]
    async fn ask_lists(
        &self,
        job: &Job,
        tester: &Tester,
        evidence: &mut Evidence,
        buffers: &mut Buffers,
    ) {
        if let Some(mut memory) = self.lookups.turn(self, Instant::NEVER).await {
            lists::ask(self, job, tester, evidence, buffers, &mut memory).await;
        }
        self.workers.iter().for_each(Bell::ring);
    }

    /// Gives the job back, as soon as the outbox has room for its finding.
    async fn give_back(&self, job: &Job, parked: Option<(Instant, Parked)>, evidence: &Evidence) {
        let mut said = log::Said::default();
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
                Ok(()) => {
                    match &parked {
                        Some((until, _)) => log::parked(job, *until),
                        None => log::finding_made(job, evidence),
                    }
                    break;
                }
                Err(OutboxFull) => {
                    log::outbox_full(job, &mut said);
                    self.idle().await;
                }
            }
        }
        self.something_has_changed();
    }

    /// Waits for the bell.
    fn idle(&self) -> impl Future {
        select(self.bell.wait(), self.env.rest())
    }

    pub(crate) fn something_has_changed(&self) {
        self.link.ring();
        self.keeper.ring();
        self.post.ring();
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
        let office = self.office;
        if office.env.awaits_network(self.job.target.address()) && !self.stopped() {
            return Opening::At(now + NETWORK_LOOK_AFTER);
        }
        office.prober.borrow_mut().may_open(now, self.job)
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
        let prober = self.office.prober.borrow();
        prober.ended().is_some() || prober.is_objected(self.job.target.address())
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

    /// A board pays this for each worker beside [`WORKER_MEMORY_OCTETS_MAX`], and a socket of the
    /// stack. The future holds the dialogue.
    #[test]
    fn a_workers_future_is_small() {
        let future_octets =
            future_octets::<StackEnv<'static, NoRandom>, _>(|office, memory| office.work(memory));
        assert!(future_octets <= 1_872, "future: {future_octets}");
    }
}
