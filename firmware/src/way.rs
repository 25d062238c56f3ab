//! The way to a sink elsewhere: a worker tries it before anybody is probed.

use core::{cell::RefCell, net::SocketAddr};

use probe_core::{
    path_check::Path,
    prober::{Opening, PathJob, Prober, Stop},
    scope::Refusal,
    time::Instant,
};

use crate::{
    conversation::Desk,
    env::{Buffers, Env},
    log,
    worker::{NETWORK_LOOK_AFTER, Office},
};

/// Tries it once, and tells the prober.
#[expect(
    clippy::manual_async_fn,
    reason = "an async function would keep its arguments twice"
)]
#[expect(
    clippy::await_holding_refcell_ref,
    reason = "who we are is replaced only while nobody holds it, see `Office::knows_the_tester`"
)]
pub(crate) fn check<'a, E: Env>(
    office: &'a Office<'_, E>,
    job: PathJob,
    buffers: &'a mut Buffers,
) -> impl Future<Output = ()> {
    async move {
        let (env, prober) = (office.env, office.prober);
        let mut path = Path::NotAsked;
        let tester = office.tester.borrow();
        let dialogue = tester
            .as_ref()
            .and_then(|tester| prober.borrow().path_check(env.now(), tester));
        if let Some(mut dialogue) = dialogue {
            let mut desk = WayDesk {
                env,
                prober,
                sink: dialogue.sink(),
            };
            office.converse(&mut desk, &mut dialogue, buffers).await;
            path = dialogue.path().unwrap_or(path);
        }
        drop(tester);
        log::path_checked(path);
        prober.borrow_mut().path_checked(env.now(), job, path);
        office.something_has_changed();
    }
}

/// Answers for the check: the sink must still be the scope's.
struct WayDesk<'a, E> {
    env: &'a E,
    prober: &'a RefCell<Prober>,
    sink: SocketAddr,
}

impl<E: Env> Desk for WayDesk<'_, E> {
    fn may_open(&mut self, now: Instant) -> Opening {
        if self.prober.borrow().sink_elsewhere(true) != Some(self.sink) {
            Opening::No(Refusal::ScanEnded)
        } else if self.env.awaits_network(self.sink.ip()) {
            Opening::At(now + NETWORK_LOOK_AFTER)
        } else {
            Opening::Now
        }
    }

    fn violated(&mut self, now: Instant) {
        self.prober.borrow_mut().stop(now, Stop::GuardViolation);
    }

    fn stopped(&self) -> bool {
        self.prober.borrow().ended().is_some()
    }
}
