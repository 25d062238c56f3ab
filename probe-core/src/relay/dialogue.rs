//! The dialogue with one mail server.

use super::{
    course::{Act, Course, Told},
    pair_set::PairSet,
    parked::Parked,
};
use crate::{
    dialogue::{Dialogue, Generation, Input, Output},
    evidence::Observation,
    finding::JobSerial,
    name::Name,
    scope::Depth,
    smtp::ReplyParser,
    target::Target,
    tester::Tester,
    time::{Instant, Utc},
};

/// What a relay dialogue is told before it begins.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// Where.
    pub target: Target,
    /// Domains that the target is known to serve; the first two count.
    pub names: &'a [Name],
    /// What its address is called; one domain more where there is room.
    pub reverse: Option<&'a Name>,
    /// Who we are.
    pub tester: &'a Tester,
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
    /// Whether test messages are sent, as far as the tester may.
    pub deliver: bool,
    /// What UTC is, for the date of a test message.
    pub date: Utc,
    /// Pairs under which a message of this job has come back already.
    pub returned: PairSet,
    /// Where the job stood when it was parked.
    pub resume: Option<Parked>,
}

/// One job's dialogue: at most [`DIALOGUE_OCTETS_MAX`] octets of memory, without the buffer that
/// is lent for transmitting and without the evidence.
#[derive(Debug)]
pub struct RelayDialogue<'a> {
    parser: ReplyParser,
    course: Course<'a>,
}

/// The most memory that a relay dialogue takes, in octets.
pub const DIALOGUE_OCTETS_MAX: usize = 1_024;

// Checked wherever it is built: a microcontroller lays memory out differently from a computer.
const _: () = assert!(size_of::<RelayDialogue<'static>>() <= DIALOGUE_OCTETS_MAX);

impl<'a> RelayDialogue<'a> {
    /// A dialogue that has not begun.
    pub fn new(setup: Setup<'a>) -> Self {
        Self {
            parser: ReplyParser::new(),
            course: Course::new(setup),
        }
    }

    /// What is left of the job after [`Output::Park`]; `None` at any other time.
    pub fn parked(&self) -> Option<Parked> {
        self.course.parked()
    }

    /// How many refusals the target has given in this dialogue so far, for
    /// [`crate::prober::Prober::spent`].
    pub const fn refusals(&self) -> u8 {
        self.course.refusals()
    }
}

impl Dialogue for RelayDialogue<'_> {
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>) {
        if self.course.input(now, generation, input) {
            self.parser.reset();
        }
    }

    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a> {
        let Self { parser, course } = self;
        let parser: &'a mut ReplyParser = parser;
        let unfinished = loop {
            match course.act(now, transmit) {
                Some(Act::Put(output)) => return output,
                Some(Act::Unfinished(step)) if parser.unfinished().is_some() => break Some(step),
                Some(Act::Unfinished(_)) => {}
                None => break None,
            }
        };
        if let Some(step) = unfinished {
            let after = course.took(now);
            return parser.unfinished().map_or(course.wait(), |reply| {
                Output::Observed(Observation::Reply { step, reply, after })
            });
        }
        let Some(step) = course.awaited() else {
            // Nothing was asked: what comes after a close is nobody's reply.
            *received = &[];
            return course.wait();
        };
        let Some(reply) = parser.push(step, received) else {
            return course.wait();
        };
        let after = course.took(now);
        Output::Observed(match course.reply(now, &reply, !received.is_empty()) {
            Told::Nothing => Observation::Reply { step, reply, after },
            Told::Answer {
                pairs,
                twin,
                outcome,
            } => Observation::Answer {
                pairs,
                twin,
                step,
                outcome,
                reply,
                after,
            },
            Told::Delivered { pair, fate } => Observation::Delivered {
                pair,
                fate,
                step,
                reply,
                after,
            },
        })
    }

    fn generation(&self) -> Generation {
        self.course.generation()
    }
}
