//! Faults on demand: what the board does about one can be seen only where there is one.

use core::sync::atomic::{AtomicU8, Ordering};

use embassy_executor::Spawner;
use embassy_time::Timer;

/// How long the board is well before.
const WELL_MS: u64 = 500;

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The program finds that something cannot be.
    Panic = 1,
    /// The processor meets an instruction that is none.
    Instruction = 2,
    /// A task runs for ever, and nobody else any more.
    Hang = 3,
}

static AWAITED: AtomicU8 = AtomicU8::new(0);

impl Fault {
    /// By its name.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "panic" => Some(Self::Panic),
            "instruction" => Some(Self::Instruction),
            "hang" => Some(Self::Hang),
            _ => None,
        }
    }

    /// It is to come in this boot.
    pub(super) fn awaited(self) {
        AWAITED.store(self as u8, Ordering::Relaxed);
    }
}

/// Starts the task in which a fault that is awaited comes.
pub(super) fn spawn(spawner: Spawner) {
    let awaited = AWAITED.load(Ordering::Relaxed);
    let all = [Fault::Panic, Fault::Instruction, Fault::Hang];
    if let Some(fault) = all.into_iter().find(|of| *of as u8 == awaited) {
        spawner.spawn(fail(fault).expect("spawned once"));
    }
}

#[embassy_executor::task]
async fn fail(fault: Fault) {
    Timer::after_millis(WELL_MS).await;
    match fault {
        Fault::Panic => panic!("a fault was asked for"),
        Fault::Instruction => cortex_m::asm::udf(),
        Fault::Hang => loop {
            cortex_m::asm::nop();
        },
    }
}
