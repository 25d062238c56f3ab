//! The dialogue with one mail server.

use super::parked::Parked;
use crate::{
    dialogue::{Dialogue, Generation, Input, Output},
    finding::JobSerial,
    name::Name,
    scope::{Depth, Identity},
    target::Target,
    time::Instant,
};

/// What a relay dialogue is told before it begins.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// Where.
    pub target: Target,
    /// Domains that the target is known to serve; the first two count.
    pub names: &'a [Name],
    /// Who we say that we are.
    pub identity: &'a Identity,
    /// How much is asked.
    pub depth: Depth,
    /// The job; part of every address that is sent.
    pub serial: JobSerial,
    /// Hours since the scope was issued when the job began; part of every address that is sent.
    /// A parked job brings its own.
    pub hours: u16,
    /// How many refusals the target may be made to give.
    pub refusals_max: u8,
    /// How long the job may stay parked, in hours, all pauses together.
    pub parked_hours_max: u8,
    /// Where the job stood when it was parked.
    pub resume: Option<Parked>,
}

/// One job's dialogue.
#[derive(Debug)]
pub struct RelayDialogue<'a> {
    setup: Setup<'a>,
    generation: Generation,
}

impl<'a> RelayDialogue<'a> {
    /// A dialogue that has not begun.
    pub fn new(setup: Setup<'a>) -> Self {
        Self {
            setup,
            generation: Generation::default(),
        }
    }

    /// What is left of the job after [`Output::Park`]; `None` at any other time.
    pub fn parked(&self) -> Option<Parked> {
        self.setup.resume
    }

    /// How many refusals the target has given in this dialogue so far, for
    /// [`crate::prober::Prober::spent`].
    pub fn refusals(&self) -> u8 {
        0
    }
}

impl Dialogue for RelayDialogue<'_> {
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>) {
        let _ = (now, generation, input);
    }

    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a> {
        let _ = (now, received, transmit);
        Output::Done
    }

    fn generation(&self) -> Generation {
        self.generation
    }
}
