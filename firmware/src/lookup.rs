//! Asks the scope's resolver one question.
//!
//! The scope names the resolver, and no other is ever asked; the guard holds it to that. The network
//! has one socket for datagrams: whoever asks while somebody else does waits for a turn, see
//! [`probe_core::dns::lookup::NO_SLOT_PAUSE`], so one [`LookupMemory`] for all is enough.

use core::{cell::RefCell, net::SocketAddr};

use probe_core::{
    dns::{DNS_PORT, Lookup, Question, Report, UDP_OCTETS_MAX},
    evidence::Observation,
    prober::{Opening, Prober, Stop},
    scope::Refusal,
    time::Instant,
};

use crate::{
    bell::Bell,
    conversation::{Desk, Lending, Lent, converse},
    env::Env,
};

/// How much of an answer over TCP is looked at, in octets: more than is kept of it.
pub const STREAM_OCTETS_MAX: usize = 512;

/// What a lookup borrows beside a conversation's memory. It is empty between lookups.
pub struct LookupMemory {
    pub(crate) datagram: [u8; UDP_OCTETS_MAX as usize],
    pub(crate) stream: [u8; STREAM_OCTETS_MAX],
}

impl LookupMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            datagram: [0; _],
            stream: [0; _],
        }
    }
}

impl Default for LookupMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// Asks the resolver of the scope in force. `None` without one, and when the scan ends meanwhile.
pub async fn ask<E: Env>(
    env: &E,
    prober: &RefCell<Prober>,
    bell: &Bell,
    question: Question,
    lent: &mut Lent,
    memory: &mut LookupMemory,
) -> Option<Report> {
    let resolver = prober.borrow().scope()?.identity.resolver?;
    let resolver = SocketAddr::new(resolver, DNS_PORT);
    let mut lots = [0; 16];
    env.random(&mut lots);
    let mut desk = LookupDesk { prober, resolver };
    let mut lookup = Lookup::new(resolver, question, lots, &mut memory.stream);
    let lent = Lending {
        piece: &mut memory.datagram,
        ..lent.lend()
    };
    converse(env, bell, &mut desk, &mut lookup, lent).await;
    lookup.report().cloned()
}

/// Answers for a lookup: the resolver must still be the scope's.
struct LookupDesk<'a> {
    prober: &'a RefCell<Prober>,
    resolver: SocketAddr,
}

impl Desk for LookupDesk<'_> {
    fn may_open(&mut self, _now: Instant) -> Opening {
        let prober = self.prober.borrow();
        let named = prober.scope().and_then(|scope| scope.identity.resolver);
        if named == Some(self.resolver.ip()) {
            Opening::Now
        } else {
            Opening::No(Refusal::NoScope)
        }
    }

    fn closed(&mut self, _now: Instant) {}

    fn violated(&mut self, now: Instant) {
        self.prober.borrow_mut().stop(now, Stop::GuardViolation);
    }

    fn observed(&mut self, _now: Instant, _observation: &Observation<'_>) {}

    fn stopped(&self) -> bool {
        self.prober.borrow().ended().is_some()
    }
}
