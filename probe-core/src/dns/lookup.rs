//! The dialogue that asks one resolver one question.
//!
//! Over UDP, a few times, each time from another port under another identifier and with other
//! letters in another case (RFC 5452); over TCP when the answer did not fit (RFC 7766). An alias
//! is followed within the answer. What the resolver does is evidence: it comes out as an
//! [`Outcome`] when the dialogue is done.

mod reading;

use core::net::SocketAddr;

use self::reading::{Read, read};
use super::{
    answers::{ANSWER_OCTETS_MAX, Answers},
    name::WireName,
    packet::{Malformed, Message, RecordType, ResponseCode},
    query::{QUERY_OCTETS_MAX, Query, Question},
};
use crate::{
    dialogue::{
        Close, Dialogue, Generation, Input, OpenFailure, Output, TRANSMIT_OCTETS_MIN, Transport,
        Why,
    },
    time::{Instant, Millis},
};

/// How long each datagram's answer may take, and so how many are sent.
pub const ANSWER_MS_MAX: [Millis; 3] = [
    Millis::from_secs(2),
    Millis::from_secs(4),
    Millis::from_secs(8),
];
/// How long a stream may take to open, and then to answer.
pub const STREAM_MS_MAX: Millis = Millis::from_secs(8);
/// How long a lookup waits when this device has no socket; it counts as one of the datagrams.
pub const NO_SLOT_PAUSE: Millis = Millis::from_secs(1);
/// How long the local system may take for a datagram.
pub const SEND_MS_MAX: Millis = Millis::from_secs(1);
/// How many aliases are followed.
pub const ALIASES_MAX: u8 = 8;
/// The most memory that a lookup takes, in octets, beside what is lent to it.
pub const LOOKUP_OCTETS_MAX: usize = 700;

// Checked wherever it is built: a microcontroller lays memory out differently from a computer.
const _: () = assert!(size_of::<Lookup<'static>>() <= LOOKUP_OCTETS_MAX);

/// What a lookup came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There are such records: see [`Report::answers`].
    Answers,
    /// There is no such name.
    NoSuchName,
    /// The name is there, perhaps; such records are not.
    NoData,
    /// The resolver named others to ask instead of asking them: it resolves nothing for us.
    Referral,
    /// It refused to answer.
    Refused,
    /// It said that it cannot answer, with this code.
    Failed(ResponseCode),
    /// Its answer cannot be read.
    Malformed(Malformed),
    /// Nothing came, or nothing that answers the question.
    NoAnswer,
    /// This device could not ask.
    NotAsked(OpenFailure),
}

/// All that a lookup leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<const N: usize = ANSWER_OCTETS_MAX> {
    /// What it came to.
    pub outcome: Outcome,
    /// What was answered; empty unless the outcome says otherwise.
    pub answers: Answers<N>,
    /// For how many seconds the outcome holds, as the zone has it: answers, or their absence
    /// (RFC 2308, 5). Zero where nothing says so.
    pub ttl_s: u32,
    /// How many aliases lead from the name to the answers.
    pub aliases: u8,
    /// Datagrams that came and did not answer the question: forged, late, or from elsewhere.
    pub ignored: u16,
    /// Datagrams that were sent, or were to be.
    pub tries: u8,
    /// Whether the answer came over TCP, or would have.
    pub streamed: bool,
}

/// Random octets of one lookup; nobody may know them before.
pub type Lots = [u8; 16];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NotBegun,
    Opening,
    Waiting,
    /// Without a connection, until the next try.
    Pausing,
    Over,
}

/// One lookup, see [`LOOKUP_OCTETS_MAX`]; of what is answered it keeps `N` octets.
#[derive(Debug)]
pub struct Lookup<'a, const N: usize = ANSWER_OCTETS_MAX> {
    resolver: SocketAddr,
    question: Question,
    lots: Lots,
    /// The answer over TCP, as much as there is room for.
    message: &'a mut [u8],
    /// Octets that came over TCP, with the length before the message.
    came: usize,
    message_octets: u16,
    stage: Stage,
    extended: bool,
    generation: Generation,
    deadline: Instant,
    close: Option<Close>,
    open: bool,
    transmit: bool,
    report: Report<N>,
}

impl<'a> Lookup<'a> {
    /// [`Lookup::keeping`] as much as a device does.
    pub fn new(
        resolver: SocketAddr,
        question: Question,
        lots: Lots,
        message: &'a mut [u8],
    ) -> Self {
        Self::keeping(resolver, question, lots, message)
    }
}

impl<'a, const N: usize> Lookup<'a, N> {
    /// A lookup that has not begun. `lots` come from the shell's generator. `message` takes what
    /// comes over TCP; of an answer that is longer the beginning counts, and the report says so.
    pub fn keeping(
        resolver: SocketAddr,
        question: Question,
        lots: Lots,
        message: &'a mut [u8],
    ) -> Self {
        let mut lookup = Self::idle(resolver, message);
        lookup.ask(question, lots);
        lookup
    }

    /// A lookup that is over before it began, until it is to [ask](Self::ask) something.
    pub(crate) fn idle(resolver: SocketAddr, message: &'a mut [u8]) -> Self {
        let question = Question {
            name: WireName::root(),
            kind: RecordType::A,
        };
        let report = Report {
            outcome: Outcome::NoAnswer,
            answers: Answers::new(question.kind),
            ttl_s: 0,
            aliases: 0,
            ignored: 0,
            tries: 0,
            streamed: false,
        };
        Self {
            resolver,
            question,
            lots: [0; 16],
            message,
            came: 0,
            message_octets: 0,
            stage: Stage::Over,
            extended: true,
            generation: Generation::default(),
            deadline: Instant::NEVER,
            close: None,
            open: false,
            transmit: false,
            report,
        }
    }

    /// Asks another question, as a new lookup whose connections come after the earlier ones: news
    /// of those stays stale.
    pub(crate) fn ask(&mut self, question: Question, lots: Lots) {
        self.hang_up(Close::Abort);
        self.lots = lots;
        self.came = 0;
        self.extended = true;
        self.open = false;
        let report = &mut self.report;
        report.answers.begin(question.kind);
        report.ttl_s = 0;
        report.aliases = 0;
        report.ignored = 0;
        report.tries = 0;
        report.streamed = false;
        self.question = question;
        self.stage = Stage::NotBegun;
    }

    /// Whether it is done, and nothing is left to be drained.
    pub(crate) fn is_drained(&self) -> bool {
        self.stage == Stage::Over && self.close.is_none()
    }

    /// What it came to, once it is done.
    pub fn report(&self) -> Option<&Report<N>> {
        (self.stage == Stage::Over).then_some(&self.report)
    }

    /// The query of this try: its own identifier, and letters that differ in case. The last try
    /// asks as the name was given, for servers that do not repeat it as it came.
    fn query(&self) -> Query<'_> {
        let (ids, case) = self.lots.split_at(8);
        let turn = self
            .report
            .tries
            .wrapping_add(u8::from(self.report.streamed));
        let id = ids
            .as_chunks()
            .0
            .get(usize::from(turn & 3))
            .map_or(0, |id| u16::from_be_bytes(*id));
        let case = case
            .first_chunk()
            .map_or(0, |case| u64::from_be_bytes(*case));
        Query {
            question: &self.question,
            id,
            case: if self.has_tries() {
                case.rotate_right(u32::from(turn))
            } else {
                0
            },
            extended: self.extended,
        }
    }

    /// The next datagram, or the end.
    fn next_try(&mut self) {
        self.hang_up(Close::Abort);
        if self.has_tries() {
            self.report.tries = self.report.tries.saturating_add(1);
            self.connect();
        } else {
            self.finish(Outcome::NoAnswer);
        }
    }

    fn has_tries(&self) -> bool {
        usize::from(self.report.tries) < ANSWER_MS_MAX.len()
    }

    fn connect(&mut self) {
        self.hang_up(Close::Fin);
        self.generation = Generation(self.generation.0.saturating_add(1));
        self.stage = Stage::Opening;
        self.open = true;
        // Set when the shell is told.
        self.deadline = Instant::NEVER;
    }

    fn finish(&mut self, outcome: Outcome) {
        self.hang_up(Close::Fin);
        self.report.outcome = outcome;
        if outcome != Outcome::Answers {
            self.report.answers.clear();
        }
        self.stage = Stage::Over;
    }

    /// Closes what is open, or on its way.
    fn hang_up(&mut self, how: Close) {
        if matches!(self.stage, Stage::Opening | Stage::Waiting) {
            self.close = Some(how);
            self.stage = Stage::Pausing;
            self.transmit = false;
        }
    }

    /// How long the answer of this try may take.
    fn span(&self) -> Millis {
        let index = usize::from(self.report.tries).saturating_sub(1);
        match ANSWER_MS_MAX.get(index) {
            Some(span) if !self.report.streamed => *span,
            _ => STREAM_MS_MAX,
        }
    }

    fn open_failed(&mut self, now: Instant, failure: OpenFailure) {
        self.stage = Stage::Pausing;
        match failure {
            OpenFailure::NoSlot if !self.report.streamed && self.has_tries() => {
                self.deadline = now + NO_SLOT_PAUSE;
            }
            OpenFailure::Refused | OpenFailure::NoAnswer => self.finish(Outcome::NoAnswer),
            OpenFailure::NoSlot | OpenFailure::Unreachable | OpenFailure::OutOfScope => {
                self.finish(Outcome::NotAsked(failure));
            }
        }
    }

    /// The connection is over. The next datagram still waits for its turn.
    fn ended(&mut self) {
        self.stage = Stage::Pausing;
        self.transmit = false;
        if self.report.streamed {
            self.finish(Outcome::NoAnswer);
        }
    }

    fn look_at_the_clock(&mut self, now: Instant) {
        if now < self.deadline || matches!(self.stage, Stage::NotBegun | Stage::Over) {
            return;
        }
        self.hang_up(Close::Abort);
        if self.report.streamed {
            self.finish(Outcome::NoAnswer);
        } else {
            self.next_try();
        }
    }

    fn datagram(&mut self, octets: &[u8], source: Option<SocketAddr>) {
        let from_resolver = source.is_some_and(|source| {
            (source.ip(), source.port()) == (self.resolver.ip(), self.resolver.port())
        });
        let message = Message::new(octets).ok();
        match message {
            Some(message) if from_resolver && self.query().is_answered_by(&message) => {
                if message.is_truncated() {
                    self.report.streamed = true;
                    self.connect();
                } else {
                    let read = read(&self.question, &message, false, &mut self.report);
                    self.conclude(read);
                }
            }
            _ => self.report.ignored = self.report.ignored.saturating_add(1),
        }
    }

    fn conclude(&mut self, read: Read) {
        match read {
            Read::Outcome(outcome) => self.finish(outcome),
            // It may not know OPT (RFC 6891, 6.2.2).
            Read::NotUnderstood(_) if self.extended && !self.report.streamed => {
                self.extended = false;
                self.next_try();
            }
            Read::NotUnderstood(code) => self.finish(Outcome::Failed(code)),
        }
    }

    /// Takes a piece of the stream: a length in two octets, and the message (RFC 7766, 8).
    fn piece(&mut self, octets: &[u8]) {
        for octet in octets {
            match self.came {
                0 => self.message_octets = u16::from(*octet) << 8,
                1 => self.message_octets |= u16::from(*octet),
                _ => {
                    let place = self.message.get_mut(self.came.saturating_sub(2));
                    if let Some(place) = place {
                        *place = *octet;
                    }
                }
            }
            self.came = self.came.saturating_add(1);
        }
        let room = self.message.len().min(usize::from(self.message_octets));
        if self.came < room.saturating_add(2) {
            return;
        }
        let is_cut = room < usize::from(self.message_octets);
        let message = self.message.get(..room).unwrap_or_default();
        let read = match Message::new(message) {
            Ok(message) if self.query().is_answered_by(&message) => {
                read(&self.question, &message, is_cut, &mut self.report)
            }
            Ok(_) => Read::Outcome(Outcome::Malformed(Malformed::Stream)),
            Err(malformed) => Read::Outcome(Outcome::Malformed(malformed)),
        };
        self.conclude(read);
    }
}

impl<const N: usize> Dialogue for Lookup<'_, N> {
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>) {
        if *input == Input::Start && self.stage == Stage::NotBegun {
            self.next_try();
            return;
        }
        if generation != self.generation {
            return;
        }
        match (*input, self.stage) {
            (Input::Opened { .. }, Stage::Opening) => {
                self.stage = Stage::Waiting;
                self.transmit = true;
            }
            (Input::OpenFailed(failure), Stage::Opening) => self.open_failed(now, failure),
            (Input::Received { octets, source }, Stage::Waiting) => {
                if self.report.streamed {
                    self.piece(octets);
                } else {
                    self.datagram(octets, source);
                }
            }
            (Input::Ended(_), Stage::Waiting) => self.ended(),
            _ => {}
        }
        self.look_at_the_clock(now);
    }

    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a> {
        *received = &[];
        if let Some(how) = self.close.take() {
            return Output::Close(how);
        }
        if core::mem::take(&mut self.open) {
            let (transport, span) = if self.report.streamed {
                (Transport::Tcp, STREAM_MS_MAX)
            } else {
                (Transport::Udp, SEND_MS_MAX)
            };
            self.deadline = now + span;
            return Output::Open {
                transport,
                remote: self.resolver,
                by: self.deadline,
            };
        }
        if core::mem::take(&mut self.transmit) {
            self.deadline = now + self.span();
            return Output::Transmit {
                octets: self.write(transmit),
                more: false,
                by: self.deadline,
            };
        }
        let why = match self.stage {
            Stage::NotBegun | Stage::Over => return Output::Done,
            Stage::Opening => Why::Open,
            Stage::Waiting => Why::Reply,
            Stage::Pausing => Why::Pause,
        };
        Output::Wait {
            until: self.deadline,
            why,
        }
    }

    fn generation(&self) -> Generation {
        self.generation
    }
}

impl<const N: usize> Lookup<'_, N> {
    /// The query, on a stream behind its length; how many octets it has. The buffer of a shell has
    /// room for it.
    fn write(&self, transmit: &mut [u8]) -> usize {
        let query = self.query();
        if !self.report.streamed {
            return query.write(transmit).unwrap_or(0);
        }
        let Some((length, message)) = transmit.split_first_chunk_mut() else {
            return 0;
        };
        let octets = query.write(message).unwrap_or(0);
        *length = (octets as u16).to_be_bytes();
        octets.saturating_add(length.len())
    }
}

const _: () = assert!(QUERY_OCTETS_MAX + 2 <= TRANSMIT_OCTETS_MIN);

#[cfg(test)]
mod tests;
