//! Virtual time: one clock for each thread, and the time driver that embassy-net reads.
//!
//! embassy-time wants exactly one driver in a program, so it lives here and nowhere else. On a
//! thread that holds a [`Clock`] the driver tells that clock's time, which moves only when
//! [`Clock::advance_to`] moves it. On any other thread it tells the time since the program's
//! first look at it, and a helper thread wakes whoever asked: code that happens to use
//! embassy-time outside a simulation waits as it would on any computer.

use std::{
    cell::{Cell, RefCell},
    marker::PhantomData,
    sync::{
        OnceLock,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    task::Waker,
    time::{Duration, Instant},
};

use embassy_time_driver::{Driver, TICK_HZ, time_driver_impl};
use embassy_time_queue_utils::Queue;

// A tick is a microsecond everywhere: the simulator counts in microseconds and converts nothing.
const _: () = assert!(TICK_HZ == 1_000_000);

thread_local! {
    static TIME_US: Cell<Option<u64>> = const { Cell::new(None) };
    static TIMERS: RefCell<Queue> = const { RefCell::new(Queue::new()) };
}

/// This thread's virtual clock. There is at most one on a thread; dropping it gives the thread
/// back to real time.
pub struct Clock {
    // The clock is the thread's: it must not travel.
    thread: PhantomData<*const ()>,
}

impl Clock {
    /// Starts virtual time on this thread, at zero.
    ///
    /// # Panics
    /// When the thread already has a clock: one thread runs one simulation at a time.
    pub fn start() -> Self {
        let before = TIME_US.replace(Some(0));
        assert!(before.is_none(), "a thread runs one simulation at a time");
        TIMERS.set(Queue::new());
        Self {
            thread: PhantomData,
        }
    }

    /// The moment that it is.
    pub fn now(&self) -> Duration {
        now()
    }

    /// The next moment at which somebody wants to be woken, if anybody does.
    pub fn next(&self) -> Option<Duration> {
        let next_us = TIMERS.with_borrow_mut(|timers| timers.next_expiration(micros(self.now())));
        (next_us != u64::MAX).then(|| Duration::from_micros(next_us))
    }

    /// Forgets who wanted to be woken. Time stays where it is.
    pub(crate) fn forget(&self) {
        TIMERS.set(Queue::new());
    }

    /// Moves time to `moment` and wakes whoever waited for it. Time never goes back.
    pub fn advance_to(&self, moment: Duration) {
        let now_us = micros(moment.max(self.now()));
        TIME_US.set(Some(now_us));
        TIMERS.with_borrow_mut(|timers| timers.next_expiration(now_us));
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        TIME_US.set(None);
        TIMERS.set(Queue::new());
    }
}

/// The moment that it is on this thread: virtual where a [`Clock`] runs, else since the program's
/// first look at the time.
pub fn now() -> Duration {
    TIME_US
        .get()
        .map_or_else(|| origin().elapsed(), Duration::from_micros)
}

/// Wakes `waker` at `moment` of this thread's time.
pub(crate) fn wake_at(moment: Duration, waker: &Waker) {
    ThreadClock.schedule_wake(micros(moment), waker);
}

struct ThreadClock;

time_driver_impl!(static DRIVER: ThreadClock = ThreadClock);

impl Driver for ThreadClock {
    fn now(&self) -> u64 {
        micros(now())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        if TIME_US.get().is_some() {
            TIMERS.with_borrow_mut(|timers| timers.schedule_wake(at, waker));
        } else {
            // The helper lives as long as the program; should it be gone, an early wake is
            // allowed and a lost one is not.
            let alarm = (Duration::from_micros(at), waker.clone());
            if alarms().send(alarm).is_err() {
                waker.wake_by_ref();
            }
        }
    }
}

fn micros(moment: Duration) -> u64 {
    u64::try_from(moment.as_micros()).unwrap_or(u64::MAX)
}

fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}

/// The helper thread of real time.
fn alarms() -> &'static Sender<(Duration, Waker)> {
    static ALARMS: OnceLock<Sender<(Duration, Waker)>> = OnceLock::new();
    ALARMS.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<(Duration, Waker)>();
        std::thread::spawn(move || {
            let mut timers = Queue::new();
            loop {
                let next_us = timers.next_expiration(micros(origin().elapsed()));
                let wait = Duration::from_micros(next_us).saturating_sub(origin().elapsed());
                match receiver.recv_timeout(wait) {
                    Ok((at, waker)) => {
                        timers.schedule_wake(micros(at), &waker);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        });
        sender
    })
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        task::Wake,
    };

    use super::*;

    #[derive(Default)]
    struct Count(AtomicU32);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn time_moves_only_when_it_is_moved() {
        let clock = Clock::start();
        let (early, late) = (Arc::new(Count::default()), Arc::new(Count::default()));
        wake_at(Duration::from_secs(5), &late.clone().into());
        wake_at(Duration::from_secs(3), &early.clone().into());
        let woken = || {
            (
                early.0.load(Ordering::Relaxed),
                late.0.load(Ordering::Relaxed),
            )
        };

        assert_eq!(clock.now(), Duration::ZERO);
        assert_eq!(
            (clock.next(), woken()),
            (Some(Duration::from_secs(3)), (0, 0))
        );
        clock.advance_to(Duration::from_secs(3));
        assert_eq!(
            (clock.next(), woken()),
            (Some(Duration::from_secs(5)), (1, 0))
        );
        clock.advance_to(Duration::from_secs(1));
        assert_eq!(clock.now(), Duration::from_secs(3), "time does not go back");
        clock.advance_to(Duration::from_secs(9));
        assert_eq!((clock.next(), woken()), (None, (1, 1)));
    }

    #[test]
    fn a_thread_without_a_simulation_has_real_time() {
        struct Tell(mpsc::Sender<()>);
        impl Wake for Tell {
            fn wake(self: Arc<Self>) {
                self.0.send(()).expect("the test waits");
            }
        }
        let (sender, woken) = mpsc::channel();
        let at = now() + Duration::from_millis(5);
        wake_at(at, &Arc::new(Tell(sender)).into());
        woken.recv().expect("the helper thread wakes");
        assert!(now() >= at);
    }
}
