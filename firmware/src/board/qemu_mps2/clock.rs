//! embassy-time's clock on SysTick: a millisecond a tick, microseconds from the counter.

use core::{
    cell::{Cell, RefCell},
    task::Waker,
};

use cortex_m::peripheral::{SCB, SYST, syst::SystClkSource};
use cortex_m_rt::exception;
use critical_section::{CriticalSection, Mutex};
use embassy_time_driver::{Driver, TICK_HZ, time_driver_impl};
use embassy_time_queue_utils::Queue;

use super::CLOCK_HZ;

// The clock counts microseconds and converts nothing.
const _: () = assert!(TICK_HZ == 1_000_000);

const MICROS_PER_TICK: u64 = 1_000;
const CYCLES_PER_MICRO: u32 = CLOCK_HZ / 1_000_000;
const CYCLES_PER_TICK: u32 = CLOCK_HZ / 1_000;

struct SysTickClock {
    /// Whole ticks since the start.
    ticks: Mutex<Cell<u64>>,
    /// The latest moment that was told: the emulated counter may be read a little early or late
    /// around a tick, and time never goes back.
    told_us: Mutex<Cell<u64>>,
    /// When to look at the timers, in microseconds.
    alarm_us: Mutex<Cell<u64>>,
    timers: Mutex<RefCell<Queue>>,
}

time_driver_impl!(static CLOCK: SysTickClock = SysTickClock {
    ticks: Mutex::new(Cell::new(0)),
    told_us: Mutex::new(Cell::new(0)),
    alarm_us: Mutex::new(Cell::new(u64::MAX)),
    timers: Mutex::new(RefCell::new(Queue::new())),
});

/// Starts time.
pub(super) fn start(mut timer: SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(CYCLES_PER_TICK - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

impl SysTickClock {
    fn now_in(&self, section: CriticalSection<'_>) -> u64 {
        let mut left = SYST::get_current();
        let mut ticks = self.ticks.borrow(section).get();
        if SCB::is_pendst_pending() {
            // The counter has wrapped and its interrupt has not been heard.
            left = SYST::get_current();
            ticks += 1;
        }
        // Zero is where a tick ends: the counter stays there for one cycle.
        let elapsed = (CYCLES_PER_TICK - left) % CYCLES_PER_TICK;
        let now_us = ticks * MICROS_PER_TICK + u64::from(elapsed / CYCLES_PER_MICRO);
        let told_us = self.told_us.borrow(section);
        told_us.set(told_us.get().max(now_us));
        told_us.get()
    }

    fn on_tick(&self, section: CriticalSection<'_>) {
        let ticks = self.ticks.borrow(section);
        ticks.set(ticks.get() + 1);
        let now_us = self.now_in(section);
        if now_us >= self.alarm_us.borrow(section).get() {
            self.look_at_timers(section, now_us);
        }
    }

    /// Wakes whoever's time has come, and finds out who is next.
    fn look_at_timers(&self, section: CriticalSection<'_>, now_us: u64) {
        let mut timers = self.timers.borrow(section).borrow_mut();
        let next_us = timers.next_expiration(now_us);
        self.alarm_us.borrow(section).set(next_us);
    }
}

impl Driver for SysTickClock {
    fn now(&self) -> u64 {
        critical_section::with(|section| self.now_in(section))
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|section| {
            let is_next = self
                .timers
                .borrow(section)
                .borrow_mut()
                .schedule_wake(at, waker);
            if is_next {
                let now_us = self.now_in(section);
                self.look_at_timers(section, now_us);
            }
        });
    }
}

#[exception]
fn SysTick() {
    critical_section::with(|section| CLOCK.on_tick(section));
}
