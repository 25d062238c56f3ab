//! Virtual time, one clock for each test's thread.

use std::{
    cell::{Cell, RefCell},
    task::Waker,
};

use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;

thread_local! {
    static NOW_US: Cell<u64> = const { Cell::new(0) };
    static TIMERS: RefCell<Queue> = const { RefCell::new(Queue::new()) };
}

struct ThreadClock;

time_driver_impl!(static CLOCK: ThreadClock = ThreadClock);

impl Driver for ThreadClock {
    fn now(&self) -> u64 {
        NOW_US.get()
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        TIMERS.with_borrow_mut(|timers| timers.schedule_wake(at, waker));
    }
}

pub(crate) fn now_us() -> u64 {
    NOW_US.get()
}

/// The next moment at which somebody wants to be woken. Wakes whoever is due.
pub(crate) fn next_us() -> u64 {
    TIMERS.with_borrow_mut(|timers| timers.next_expiration(NOW_US.get()))
}

pub(crate) fn advance_to(at_us: u64) {
    NOW_US.set(at_us.max(NOW_US.get()));
    next_us();
}
