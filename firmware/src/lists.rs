//! Asks the scope's block lists about the address of a job.

use probe_core::{
    dnsbl::DnsblDialogue,
    evidence::{Evidence, Observation},
    prober::{Job, Opening, Stop},
    tester::Tester,
    time::Instant,
};

use crate::{
    conversation::Desk,
    env::{Buffers, Env},
    lookup::LookupMemory,
    worker::Office,
};

/// Asks until every list has said what it says. Without a resolver nobody is asked.
pub(crate) async fn ask<E: Env>(
    office: &Office<'_, E>,
    job: &Job,
    tester: &Tester,
    evidence: &mut Evidence,
    buffers: &mut Buffers,
    memory: &mut LookupMemory,
) {
    let healths = office.prober.borrow().healths();
    let mut seed = [0; _];
    office.env.random(&mut seed);
    let Some(setup) = job.dnsbl_setup(tester, healths, seed) else {
        return;
    };
    let mut desk = ListDesk {
        office,
        job,
        evidence,
    };
    let mut dialogue = DnsblDialogue::new(setup, &mut memory.stream);
    office.converse(&mut desk, &mut dialogue, buffers).await;
    office.prober.borrow_mut().lists_asked(dialogue.healths());
}

/// Answers for a dialogue with block lists: it speaks with the resolver, and never with the target.
struct ListDesk<'a, E> {
    office: &'a Office<'a, E>,
    job: &'a Job,
    evidence: &'a mut Evidence,
}

impl<E: Env> Desk for ListDesk<'_, E> {
    fn may_open(&mut self, now: Instant) -> Opening {
        self.office.prober.borrow_mut().may_open(now, self.job)
    }

    fn violated(&mut self, now: Instant) {
        let mut prober = self.office.prober.borrow_mut();
        prober.stop(now, Stop::GuardViolation);
    }

    fn observed(&mut self, _now: Instant, observation: &Observation<'_>) {
        self.evidence.record(observation);
    }

    fn stopped(&self) -> bool {
        let prober = self.office.prober.borrow();
        prober.ended().is_some() || prober.is_objected(self.job.target.address())
    }
}
