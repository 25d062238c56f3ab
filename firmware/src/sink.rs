//! The sink: whoever returns our test messages is listened to, on the ports of the scope.
//!
//! A few sessions share the ports. Whoever is free listens where nobody does, so that each port has a
//! listener as long as there are as many free sessions as ports. Somebody who calls while none is free
//! hears nothing and asks again: see the guard.

use core::{
    cell::{Cell, RefCell},
    pin::pin,
};

use embassy_futures::select::{Either, select};
use probe_core::{
    dialogue::{Answer, Question},
    prober::{Opening, Prober},
    scope::{Refusal, SINK_PORTS_MAX},
    sink::Sink,
    time::{Instant, Millis},
};

use crate::{
    bell::{Bell, LinkBells},
    conversation::{Desk, Scratch, attend},
    env::{CallBuffers, Env, Network, Stream},
    log,
    scout::Post,
};

/// How many connections the sink can have at once, those that are waited for included.
pub const SINK_SESSIONS: usize = 4;

// One at least listens on each port while nobody has called.
const _: () = assert!(SINK_SESSIONS >= SINK_PORTS_MAX);

/// How long a session that could not listen waits before it tries again.
const TRY_AGAIN_AFTER: Millis = Millis::from_secs(1);

/// What one session borrows, static on a board.
pub struct SessionMemory {
    buffers: CallBuffers,
}

impl SessionMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            buffers: CallBuffers::new(),
        }
    }
}

impl Default for SessionMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// What the sessions share: their bells, and where each of them listens.
pub(crate) struct Sessions {
    pub(crate) bells: [Bell; SINK_SESSIONS],
    listens: [Cell<Option<u16>>; SINK_SESSIONS],
}

impl Sessions {
    pub(crate) const fn new() -> Self {
        Self {
            bells: [const { Bell::new() }; SINK_SESSIONS],
            listens: [const { Cell::new(None) }; SINK_SESSIONS],
        }
    }

    /// How many others than this session listen on `port`.
    fn others_on(&self, port: u16, session: usize) -> usize {
        let others = self.listens.iter().enumerate();
        others
            .filter(|(index, listens)| *index != session && listens.get() == Some(port))
            .count()
    }

    /// Where a session listens: where the fewest others do, and where it does if that is as good.
    fn place(&self, ports: &[u16], session: usize) -> Option<u16> {
        let now = self.listens.get(session).and_then(Cell::get);
        let others = |port: &u16| self.others_on(*port, session);
        let best = ports.iter().copied().min_by_key(others)?;
        match now.filter(|port| ports.contains(port)) {
            Some(port) if others(&best) > 0 || others(&port) == 0 => Some(port),
            _ => Some(best),
        }
    }

    fn set(&self, session: usize, port: Option<u16>) {
        if let Some(listens) = self.listens.get(session) {
            listens.set(port);
        }
    }
}

/// Where a session works.
pub(crate) struct Porch<'a, E> {
    pub(crate) env: &'a E,
    pub(crate) prober: &'a RefCell<Prober>,
    pub(crate) sessions: &'a Sessions,
    /// What all conversations share.
    pub(crate) scratch: &'a Scratch,
    /// Which of them.
    pub(crate) session: usize,
    /// Whoever has to know that something has come.
    pub(crate) workers: &'a [Bell],
    pub(crate) link: &'a LinkBells,
    pub(crate) keeper: &'a Bell,
    pub(crate) post: &'a Post,
}

impl<E: Env> Porch<'_, E> {
    /// Receives whoever calls, for ever.
    pub(crate) async fn receive(&self, memory: &mut SessionMemory) {
        let Some(bell) = self.sessions.bells.get(self.session) else {
            return;
        };
        loop {
            let Some(port) = self.place() else {
                self.sessions.set(self.session, None);
                select(bell.wait(), self.env.rest()).await;
                continue;
            };
            self.sessions.set(self.session, Some(port));
            self.call(bell, port, memory).await;
        }
    }

    fn place(&self) -> Option<u16> {
        let prober = self.prober.borrow();
        self.sessions.place(prober.sink_ports(), self.session)
    }

    /// Waits for a caller on `port` and receives it, unless there is a better place meanwhile. Nobody is
    /// left in the middle of a handshake.
    async fn call(&self, bell: &Bell, port: u16, memory: &mut SessionMemory) {
        let network = self.env.network();
        let is_called = Cell::new(false);
        let accepted = {
            let mut accepting = pin!(network.accept(port, &mut memory.buffers, &is_called));
            loop {
                // Waiting for a caller has no end: this looks up meanwhile.
                let rung = select(bell.wait(), self.env.rest());
                match select(accepting.as_mut(), rung).await {
                    Either::First(accepted) => break accepted,
                    Either::Second(_) if is_called.get() || self.place() == Some(port) => {}
                    Either::Second(_) => return,
                }
            }
        };
        self.sessions.set(self.session, None);
        // Somebody else may have to listen here now.
        self.sessions.bells.iter().for_each(Bell::ring);
        let Ok(stream) = accepted else {
            let again = self.env.now() + TRY_AGAIN_AFTER;
            self.env.sleep_until(again).await;
            return;
        };
        log::called(stream.remote(), port);
        let Some(mut sink) = self.sink(port) else {
            return;
        };
        let mut desk = SinkDesk { porch: self, port };
        attend(self.env, bell, &mut desk, &mut sink, stream, self.scratch).await;
        self.prober.borrow_mut().sink_closed(sink.refused());
    }

    /// Apart from the wait, so that its parts are not kept twice.
    fn sink(&self, port: u16) -> Option<Sink> {
        let mut random = [0; 3];
        self.env.random(&mut random);
        let mut prober = self.prober.borrow_mut();
        prober.sink_opened();
        prober
            .sink_setup(self.env.now(), port, random)
            .map(Sink::new)
    }
}

/// One session's desk: the prober answers.
struct SinkDesk<'a, E> {
    porch: &'a Porch<'a, E>,
    port: u16,
}

impl<E: Env> Desk for SinkDesk<'_, E> {
    /// A sink calls nobody.
    fn may_open(&mut self, _now: Instant) -> Opening {
        Opening::No(Refusal::NoScope)
    }

    fn violated(&mut self, _now: Instant) {}

    fn asked(&mut self, now: Instant, question: &Question<'_>) -> Answer {
        let answer = self.porch.prober.borrow_mut().asked(now, question);
        if let Question::Record(arrival) = question {
            log::arrived(arrival, answer == Answer::Yes);
            self.porch.link.ring();
            self.porch.keeper.ring();
            self.porch.post.ring();
            self.porch.workers.iter().for_each(Bell::ring);
        }
        answer
    }

    fn stopped(&self) -> bool {
        let prober = self.porch.prober.borrow();
        !prober.sink_ports().contains(&self.port)
    }
}

#[cfg(test)]
mod tests;
