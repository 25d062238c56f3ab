//! embassy-executor with a sleep that loses no wake-up.
//!
//! The executor's own loop for this processor waits for an event, which QEMU takes for "go on at
//! once": it would keep a core of the host busy for nothing. Waiting for an interrupt sleeps, but
//! only with interrupts masked can none slip in between the last look and the sleep. A masked
//! interrupt ends the sleep all the same.

use core::sync::atomic::{AtomicBool, Ordering};

use embassy_executor::{Spawner, raw::Executor};
use static_cell::StaticCell;

static PENDED: AtomicBool = AtomicBool::new(false);
static EXECUTOR: StaticCell<Executor> = StaticCell::new();

/// Called by the executor, from tasks and interrupts, when a task wants to run.
#[unsafe(export_name = "__pender")]
fn pender(_context: *mut ()) {
    PENDED.store(true, Ordering::Release);
}

/// Runs what `begin` spawns, for ever.
pub(super) fn run(begin: impl FnOnce(Spawner)) -> ! {
    let executor: &'static Executor = EXECUTOR.init(Executor::new(core::ptr::null_mut()));
    begin(executor.spawner());
    loop {
        // SAFETY: this loop is the only caller, and no task can reach it.
        unsafe { executor.poll() };
        cortex_m::interrupt::disable();
        if !PENDED.swap(false, Ordering::Acquire) {
            cortex_m::asm::wfi();
        }
        // SAFETY: no critical section is open here.
        unsafe { cortex_m::interrupt::enable() };
    }
}
