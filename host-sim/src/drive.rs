//! Moves virtual time: everybody acts until nothing moves, then time jumps to the next moment at
//! which something is due.

use std::time::Duration;

use crate::{clock::Clock, executor::Task, failure::Failure, net::internet::Internet};

/// How often tasks and internet may be busy at one moment before the simulation is given up.
pub const ROUNDS_AT_A_MOMENT_MAX: u32 = 100_000;

/// Moves time until the first task has ended.
pub(crate) fn drive(
    seed: u64,
    clock: &Clock,
    internet: &mut Internet,
    tasks: &mut [Task<'_>],
    duration_max: Duration,
) -> Result<(), Failure> {
    loop {
        settle(seed, clock, internet, tasks)?;
        if tasks.first().is_none_or(Task::done) {
            return Ok(());
        }
        let next = [clock.next(), internet.next()].into_iter().flatten().min();
        let Some(next) = next else {
            let waiting = tasks.iter().filter(|task| !task.done());
            return Err(Failure::Deadlock {
                seed,
                at: clock.now(),
                waiting: waiting.map(Task::name).collect(),
            });
        };
        if next > duration_max {
            return Err(Failure::TooLong { seed, duration_max });
        }
        clock.advance_to(next);
    }
}

/// Lets everybody act until nobody has anything to do at this moment.
fn settle(
    seed: u64,
    clock: &Clock,
    internet: &mut Internet,
    tasks: &mut [Task<'_>],
) -> Result<(), Failure> {
    for _ in 0..ROUNDS_AT_A_MOMENT_MAX {
        let mut busy = internet.advance(clock.now());
        for task in &mut *tasks {
            busy |= task.poll_if_woken();
        }
        if !busy || tasks.first().is_none_or(Task::done) {
            return Ok(());
        }
    }
    Err(Failure::Livelock {
        seed,
        at: clock.now(),
    })
}
