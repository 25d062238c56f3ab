//! Asks the scope's resolver one question.
//!
//! The scope names the resolver, and no other is ever asked; the guard holds it to that. The network
//! has one socket for datagrams: whoever asks while somebody else does waits for a turn, see
//! [`probe_core::dns::lookup::NO_SLOT_PAUSE`], so one [`LookupMemory`] for all is enough.

#[cfg(not(feature = "relay-only"))]
use core::cell::{Cell, RefMut};
use core::{cell::RefCell, net::SocketAddr};

#[cfg(not(feature = "relay-only"))]
use embassy_futures::select::select;
use probe_core::{
    dns::{DNS_PORT, Lookup, Question, Report},
    prober::{Opening, Prober, Stop},
    scope::Refusal,
    time::Instant,
};

#[cfg(not(feature = "relay-only"))]
use crate::worker::Office;
use crate::{
    bell::Bell,
    conversation::{Desk, Scratch, converse},
    env::{Buffers, Env},
};

/// How much of an answer over TCP is looked at, in octets: more than is kept of it.
pub const STREAM_OCTETS_MAX: usize = 512;

/// What a lookup borrows beside a conversation's memory. It is empty between lookups.
pub struct LookupMemory {
    pub(crate) stream: [u8; STREAM_OCTETS_MAX],
}

impl LookupMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self { stream: [0; _] }
    }
}

impl Default for LookupMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// Where whoever asks the resolver gets a turn: there is one socket and one memory for it.
#[cfg(not(feature = "relay-only"))]
pub(crate) struct Lookups {
    memory: RefCell<LookupMemory>,
    /// How many wait for a turn.
    waiting: Cell<u8>,
    /// Reverse names in a row that nobody answered for; see [`crate::reverse`].
    pub(crate) silent: Cell<u8>,
    /// Until when no reverse name is asked for.
    pub(crate) quiet_until: Cell<Instant>,
}

#[cfg(not(feature = "relay-only"))]
impl Lookups {
    pub(crate) const fn new() -> Self {
        Self {
            memory: RefCell::new(LookupMemory::new()),
            waiting: Cell::new(0),
            silent: Cell::new(0),
            quiet_until: Cell::new(Instant::BOOT),
        }
    }

    /// The memory, when it is this worker's turn; `None` where that has not come by `until`, or the scan is
    /// over. Whoever has had a turn rings the workers' bells, and lets those who wait go first.
    pub(crate) async fn turn<E: Env>(
        &self,
        office: &Office<'_, E>,
        until: Instant,
    ) -> Option<RefMut<'_, LookupMemory>> {
        let mut lets_others_go_first = self.waiting.get() > 0;
        loop {
            if office.prober.borrow().ended().is_some() || office.env.now() >= until {
                return None;
            }
            if !core::mem::take(&mut lets_others_go_first)
                && let Ok(memory) = self.memory.try_borrow_mut()
            {
                return Some(memory);
            }
            self.waiting.set(self.waiting.get().saturating_add(1));
            select(office.bell.wait(), office.env.sleep_until(until)).await;
            self.waiting.set(self.waiting.get().saturating_sub(1));
        }
    }
}

/// Asks the resolver of the scope in force. `None` without one, and when the scan ends meanwhile.
///
/// Not an async function, which would keep a second copy of the question for as long as it takes.
pub fn ask<'a, E: Env>(
    env: &'a E,
    prober: &'a RefCell<Prober>,
    bell: &'a Bell,
    question: Question,
    buffers: &'a mut Buffers,
    memory: &'a mut LookupMemory,
    scratch: &'a Scratch,
) -> impl Future<Output = Option<Report>> {
    let stream = &mut memory.stream;
    let scope = prober.borrow();
    let resolver = scope.scope().and_then(|scope| scope.identity.resolver);
    drop(scope);
    let mut lookup = resolver.map(|resolver| {
        let resolver = SocketAddr::new(resolver, DNS_PORT);
        let mut lots = [0; 16];
        env.random(&mut lots);
        let lookup = Lookup::new(resolver, question, lots, stream);
        (lookup, LookupDesk { prober, resolver })
    });
    async move {
        let (lookup, desk) = lookup.as_mut()?;
        converse(env, bell, desk, lookup, buffers, scratch).await;
        lookup.report().cloned()
    }
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

    fn violated(&mut self, now: Instant) {
        self.prober.borrow_mut().stop(now, Stop::GuardViolation);
    }

    fn stopped(&self) -> bool {
        self.prober.borrow().ended().is_some()
    }
}
