//! Promises: each task says when it will have looked up next, and the watchdog is fed only while
//! no task has broken its word.
//!
//! A task that waits for a peer promises the deadline of that wait, so waiting is progress until
//! then. A task that is not polled, spins without an end, or waits for what cannot come keeps
//! nothing.

use core::{cell::Cell, net::IpAddr};

use embassy_futures::select::{Either, select};
use probe_core::{
    frame::message::{GuardCounters, NetworkState},
    time::{Instant, Millis},
};

use crate::env::Env;

/// How late a task may be: others are polled before it.
pub const GRACE: Millis = Millis::from_secs(5);

/// How long a task without anything to do may go without looking up.
pub const REST_MAX: Millis = Millis::from_secs(10);

/// The promises of `N` tasks. One that has promised nothing, such as one that has not begun, is
/// not waited for.
pub struct Promises<const N: usize>([Cell<Option<Instant>>; N]);

impl<const N: usize> Promises<N> {
    /// No promises.
    pub const fn new() -> Self {
        Self([const { Cell::new(None) }; N])
    }

    /// The task's, if there is one with this index.
    pub fn of(&self, task: usize) -> Option<Promise<'_>> {
        self.0.get(task).map(Promise)
    }

    /// The first task that has broken its promise.
    pub fn broken(&self, now: Instant) -> Option<usize> {
        self.0
            .iter()
            .position(|promise| promise.get().is_some_and(|by| by + GRACE < now))
    }
}

impl<const N: usize> Default for Promises<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// One task's promise.
#[derive(Clone, Copy)]
pub struct Promise<'a>(&'a Cell<Option<Instant>>);

impl Promise<'_> {
    /// The task will have looked up again by then.
    pub fn by(self, at: Instant) {
        self.0.set(Some(at));
    }

    /// Runs what `begin` gives beside a look at the clock that keeps the promise for as long as the
    /// task is polled: for tasks that may wait without a deadline. Given the future itself, this one
    /// would keep a second copy of it.
    pub async fn keep<E: Env, F: Future>(self, env: &E, begin: impl FnOnce() -> F) -> F::Output {
        let looking = async {
            loop {
                let at = env.now() + REST_MAX;
                self.by(at);
                env.sleep_until(at).await;
            }
        };
        let output = match select::<F, _>(begin(), looking).await {
            Either::First(output) => output,
            Either::Second(never) => never,
        };
        self.0.set(None);
        output
    }
}

/// An environment that keeps one task's promise: each moment that the task sleeps until is promised
/// before, and what else it waits for by [`Env::promise`].
pub struct Dutiful<'a, E> {
    env: &'a E,
    promise: Promise<'a>,
}

impl<'a, E: Env> Dutiful<'a, E> {
    /// The same environment for the task with this promise.
    pub const fn new(env: &'a E, promise: Promise<'a>) -> Self {
        Self { env, promise }
    }
}

impl<E: Env> Env for Dutiful<'_, E> {
    type Network = E::Network;

    fn now(&self) -> Instant {
        self.env.now()
    }

    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
        self.promise(at);
        self.env.sleep_until(at)
    }

    fn promise(&self, by: Instant) {
        self.promise.by(by.max(self.env.now()));
    }

    fn rest(&self) -> impl Future<Output = ()> {
        self.sleep_until(self.env.now() + REST_MAX)
    }

    fn network(&self) -> &E::Network {
        self.env.network()
    }

    fn random(&self, octets: &mut [u8]) {
        self.env.random(octets);
    }

    fn guard_counters(&self) -> GuardCounters {
        self.env.guard_counters()
    }

    fn network_state(&self) -> NetworkState {
        self.env.network_state()
    }

    fn awaits_network(&self, remote: IpAddr) -> bool {
        self.env.awaits_network(remote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Stage;

    const fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    #[test]
    fn only_who_is_later_than_promised_has_broken_a_promise() {
        const LATE: u64 = GRACE.0 + 1;
        type Row = (&'static [(usize, u64)], u64, Option<usize>);
        let table: [Row; 6] = [
            (&[], 1_000_000, None),
            (&[(0, 0), (1, 1_000)], GRACE.0, None),
            (&[(0, 0), (1, 1_000)], LATE, Some(0)),
            (&[(0, 60_000), (2, 1_000)], 1_000 + LATE, Some(2)),
            (&[(0, 0), (0, 60_000)], LATE, None),
            (&[(2, u64::MAX)], u64::MAX, None),
        ];
        for (said, now, broken) in table {
            let promises = Promises::<3>::new();
            for (task, by) in said {
                promises.of(*task).expect("three tasks").by(at(*by));
            }
            assert_eq!(promises.broken(at(now)), broken, "{said:?} at {now}");
        }
        assert!(Promises::<3>::new().of(3).is_none());
    }

    #[test]
    fn waiting_for_a_deadline_is_progress_until_then_and_not_for_ever() {
        let stage = Stage::new([]);
        let promises = Promises::<1>::new();
        let promise = promises.of(0).expect("one task");
        let env = Dutiful::new(&stage, promise);
        stage.run(async {
            env.sleep_until(at(60_000)).await;
            assert_eq!(promises.broken(stage.now()), None);
            // From here on the task spins: time passes and it does not look up.
            assert_eq!(promises.broken(at(60_000 + GRACE.0)), None);
            assert_eq!(promises.broken(at(60_001 + GRACE.0)), Some(0));
            env.rest().await;
            assert_eq!(stage.now(), at(60_000) + REST_MAX);
            assert_eq!(promises.broken(stage.now() + GRACE), None);
        });
    }

    #[test]
    fn a_task_that_is_kept_promises_nothing_when_it_is_over() {
        let stage = Stage::new([]);
        let promises = Promises::<1>::new();
        let promise = promises.of(0).expect("one task");
        stage.run(promise.keep(&stage, || stage.sleep_until(at(3_600_000))));
        assert_eq!(stage.now(), at(3_600_000));
        assert_eq!(promises.broken(at(u64::MAX)), None);
    }
}
