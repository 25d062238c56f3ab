//! Moves virtual time: everybody acts until nothing moves, then time jumps to the next moment at
//! which something is due.

use std::time::Duration;

use crate::{clock::Clock, executor::Task, failure::Failure, net::internet::Internet};

/// How often tasks and internet may be busy at one moment before the simulation is given up.
pub const ROUNDS_AT_A_MOMENT_MAX: u32 = 100_000;

/// Who is moved.
pub(crate) struct Drive<'a> {
    pub(crate) seed: u64,
    pub(crate) clock: &'a Clock,
    pub(crate) internet: &'a mut Internet,
    pub(crate) duration_max: Duration,
}

/// Why time has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// The main task has ended.
    End,
    /// The moment has come.
    Moment,
}

impl Drive<'_> {
    /// Moves time until `main` has ended, or until `moment`, before anybody acts at it.
    pub(crate) fn until(
        mut self,
        main: &mut Task<'_>,
        others: &mut [Task<'_>],
        moment: Option<Duration>,
    ) -> Result<Reached, Failure> {
        loop {
            self.settle(main, others)?;
            if main.done() {
                return Ok(Reached::End);
            }
            let next = [self.clock.next(), self.internet.next(), moment];
            let Some(next) = next.into_iter().flatten().min() else {
                let waiting = [&*main].into_iter().chain(&*others);
                return Err(Failure::Deadlock {
                    seed: self.seed,
                    at: self.clock.now(),
                    waiting: waiting
                        .filter(|task| !task.done())
                        .map(Task::name)
                        .collect(),
                });
            };
            if next > self.duration_max {
                return Err(Failure::TooLong {
                    seed: self.seed,
                    duration_max: self.duration_max,
                });
            }
            self.clock.advance_to(next);
            if moment.is_some_and(|moment| moment <= self.clock.now()) {
                return Ok(Reached::Moment);
            }
        }
    }

    /// Lets everybody act until nobody has anything to do at this moment.
    fn settle(&mut self, main: &mut Task<'_>, others: &mut [Task<'_>]) -> Result<(), Failure> {
        for _ in 0..ROUNDS_AT_A_MOMENT_MAX {
            let mut busy = self.internet.advance(self.clock.now());
            busy |= main.poll_if_woken();
            for task in &mut *others {
                busy |= task.poll_if_woken();
            }
            if !busy || main.done() {
                return Ok(());
            }
        }
        Err(Failure::Livelock {
            seed: self.seed,
            at: self.clock.now(),
        })
    }
}
