//! Evidence: what a relay job saw, bounded, and enough to judge it again.
//!
//! A dialogue reports [`Observation`]s; [`Evidence::record`] folds them in. What is kept: the
//! outcome of every pair, the distinct replies, how each connection ended, and the text of the
//! replies that matter. The rest is counted.

mod cells;
mod connection;
mod proof;
mod replies;
mod story;
mod transcript;

pub use self::{
    connection::{CONNECTIONS_MAX, Connection, Ending},
    proof::{DELIVERIES_MAX, Delivery, Fate, Proof},
    replies::{REPLIES_MAX, Summary},
    story::{Line, PairLine},
    transcript::{LINE_OCTETS_MAX, TRANSCRIPT_OCTETS_MAX},
};

use bitflags::bitflags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::{
    cells::Cells,
    connection::Connections,
    replies::Replies,
    transcript::{Place, Transcript},
};
use crate::{
    arrival::Sense,
    dialogue::{OpenFailure, SecureFailure},
    name::Name,
    relay::{Hello, Outcome, Outcomes, PairId, PairSet},
    scope::Depth,
    smtp::{Class, Extensions, Quirks, Reply, Server, Step},
    time::Millis,
};

/// What a relay dialogue reports while it runs. A shell folds it into the job's [`Evidence`] and
/// need not look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation<'a> {
    /// The dialogue begins, or goes on after a pause with what it knew.
    Began {
        /// How much is asked.
        depth: Depth,
        /// Hours since the scope was issued; part of every address that is sent.
        hours: u16,
        /// What was known before.
        outcomes: Outcomes,
    },
    /// A connection is asked for, under this name.
    Opening(Hello),
    /// It did not come.
    OpenFailed(OpenFailure),
    /// A reply that decides no pair: greeting, EHLO, an accepted MAIL, RSET, QUIT.
    Reply {
        /// What it answers.
        step: Step,
        /// The reply.
        reply: Reply<'a>,
        /// How long it took.
        after: Millis,
    },
    /// A reply that decides pairs: one at RCPT, all that share a refused MAIL or EHLO.
    Answer {
        /// The pairs.
        pairs: PairSet,
        /// The twin under `.invalid` was sent, and `outcome` says what both mean together.
        twin: bool,
        /// EHLO, HELO, MAIL or RCPT.
        step: Step,
        /// What it means.
        outcome: Outcome,
        /// The reply.
        reply: Reply<'a>,
        /// How long it took.
        after: Millis,
    },
    /// What became of a test message, from the reply that decided it.
    Delivered {
        /// Under which pair.
        pair: PairId,
        /// What became of it.
        fate: Fate,
        /// MAIL, RCPT, DATA or the dot.
        step: Step,
        /// The reply.
        reply: Reply<'a>,
        /// How long it took.
        after: Millis,
    },
    /// A test message whose connection ended before the reply that decides.
    DeliveryCut(PairId),
    /// What became of a test message before the dialogue paused.
    DeliveredBefore {
        /// Under which pair.
        pair: PairId,
        /// What became of it.
        fate: Fate,
    },
    /// Our own messages came back under these pairs while the dialogue paused.
    Returned(PairSet),
    /// What came of pairs without a reply, or what is no longer believed.
    Outcome {
        /// The pairs.
        pairs: PairSet,
        /// What came of it.
        outcome: Outcome,
    },
    /// The replies of this connection match its commands one to one: what it accepted counts.
    Matched,
    /// TLS did not come up.
    SecureFailed(SecureFailure),
    /// Something about the server or this device that explains the rest.
    Noted(Notes),
    /// The connection is over.
    Closed(Ending),
    /// The dialogue is over, or pauses.
    Finished(Finish),
}

bitflags! {
    /// What explains the course of a dialogue.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Notes: u16 {
        /// Commands went out in groups (RFC 2920).
        const PIPELINED = 1;
        /// It offers PIPELINING and could not keep step: commands went out one by one from there.
        const LOCK_STEP = 1 << 1;
        /// It speaks HELO only.
        const HELO_ONLY = 1 << 2;
        /// It spoke out of turn, or its replies did not match the commands.
        const OUT_OF_STEP = 1 << 3;
        /// It refused a name of F12; what it refused there was sent again under our own.
        const NAME_REFUSED = 1 << 4;
        /// The first connection ended before anything was tested; a second one was made.
        const FIRST_DROPPED = 1 << 5;
        /// A connection ended before its group was answered.
        const INTERRUPTED = 1 << 6;
        /// No reply came in time.
        const SILENT = 1 << 7;
        /// TLS was wanted and is up.
        const SECURED = 1 << 8;
        /// TLS was wanted, and this shell has none.
        const TLS_NOT_AVAILABLE = 1 << 9;
        /// TLS was wanted and failed.
        const TLS_FAILED = 1 << 10;
        /// This device had no socket for a while.
        const NO_SLOT = 1 << 11;
        /// More replies were distinct than [`REPLIES_MAX`].
        const REPLIES_FULL = 1 << 12;
        /// More text mattered than [`TRANSCRIPT_OCTETS_MAX`].
        const TRANSCRIPT_FULL = 1 << 13;
        /// More connections were made than [`CONNECTIONS_MAX`].
        const CONNECTIONS_FULL = 1 << 14;
        /// A limit of the server was met: errors, recipients, connections, rate.
        const SERVER_LIMIT = 1 << 15;
    }
}

impl Serialize for Notes {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u16(self.bits())
    }
}

impl<'de> Deserialize<'de> for Notes {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        u16::deserialize(input).map(Self::from_bits_retain)
    }
}

/// How a dialogue ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Finish {
    /// It has not; what there is was cut off.
    #[default]
    Running,
    /// It pauses, and comes back.
    Parked,
    /// Every pair of its depth has its outcome.
    Tested,
    /// The verdict was settled before every pair was sent.
    Settled,
    /// The scope's or the depth's limit of refusals was reached.
    Limited,
    /// Connections failed or ended too often.
    CutOff,
    /// The time that a target gets was over.
    TimeOver,
    /// The guard or the end of the scan.
    Stopped,
}

impl Finish {
    const ALL: [Self; 8] = [
        Self::Running,
        Self::Parked,
        Self::Tested,
        Self::Settled,
        Self::Limited,
        Self::CutOff,
        Self::TimeOver,
        Self::Stopped,
    ];

    /// Its number, 0 to 7.
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }

    /// The one with this number; only the low three bits count.
    pub(crate) fn of_number(number: u8) -> Self {
        Self::ALL
            .get(usize::from(number & 7))
            .copied()
            .unwrap_or_default()
    }

    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Parked => "parked",
            Self::Tested => "tested",
            Self::Settled => "settled",
            Self::Limited => "limited",
            Self::CutOff => "cut-off",
            Self::TimeOver => "time-over",
            Self::Stopped => "stopped",
        }
    }
}

/// A job's evidence: at most [`EVIDENCE_OCTETS_MAX`] octets of memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    depth: Depth,
    hours: u16,
    finish: Finish,
    server: Option<Server>,
    host: Option<Name>,
    extensions: Extensions,
    quirks: Quirks,
    notes: Notes,
    /// What the greeting meant: the last one, until one was friendly.
    greeting: Option<Class>,
    /// The slowest reply, in milliseconds.
    slowest_ms: u32,
    cells: Cells,
    /// Accepted on a connection whose replies are not yet known to match its commands.
    unmatched: PairSet,
    replies: Replies,
    connections: Connections,
    transcript: Transcript,
    proof: Proof,
}

/// The most memory that a job's evidence takes, in octets.
pub const EVIDENCE_OCTETS_MAX: usize = 2_048;

const _: () = assert!(size_of::<Evidence>() <= EVIDENCE_OCTETS_MAX);

impl Evidence {
    /// Folds an observation in.
    pub fn record(&mut self, observation: &Observation<'_>) {
        match *observation {
            Observation::Began {
                depth,
                hours,
                outcomes,
            } => {
                self.depth = depth;
                self.hours = hours;
                for pair in PairId::all() {
                    self.cells.set(pair, outcomes.get(pair), 0);
                }
            }
            Observation::Opening(hello) => {
                let connection = Connection {
                    hello,
                    ending: Ending::Open,
                    replies: 0,
                };
                if self.connections.push(connection).is_err() {
                    self.notes |= Notes::CONNECTIONS_FULL;
                }
            }
            Observation::OpenFailed(failure) => self.end(Ending::of_failure(failure)),
            Observation::Reply { step, reply, after } => {
                self.count(&reply, after);
                self.learn(step, &reply);
                let is_first = self.connections.len() <= 1;
                if is_odd(step, &reply) || (step == Step::Greeting && is_first) {
                    self.keep(step, None, false, &reply);
                }
            }
            Observation::Answer {
                pairs,
                twin,
                step,
                outcome,
                reply,
                after,
            } => {
                self.count(&reply, after);
                let (place, is_new) = self.replies.place_of(Summary::of(&reply));
                if !Replies::is_kept(place) {
                    self.notes |= Notes::REPLIES_FULL;
                }
                for pair in pairs.iter() {
                    self.cells.set(pair, outcome, place);
                    if outcome.is_accepted() {
                        self.unmatched.insert(pair);
                    }
                }
                if let Some(pair) = pairs.iter().next()
                    && is_worth_its_text(pair, outcome, is_new, &reply)
                {
                    self.keep(step, Some(pair), twin, &reply);
                }
            }
            Observation::Delivered {
                pair,
                fate,
                step,
                reply,
                after,
            } => {
                self.count(&reply, after);
                let reply_kept = Some(Summary::of(&reply));
                self.proof.delivered(Delivery {
                    pair,
                    fate,
                    reply: reply_kept,
                });
                self.keep(step, Some(pair), false, &reply);
            }
            Observation::DeliveryCut(pair) => self.proof.delivered(Delivery {
                pair,
                fate: Fate::CutOff,
                reply: None,
            }),
            Observation::DeliveredBefore { pair, fate } => self.proof.delivered(Delivery {
                pair,
                fate,
                reply: None,
            }),
            Observation::Returned(pairs) => {
                for pair in pairs.iter() {
                    self.proof.arrived(Sense::Relayed(pair));
                }
            }
            Observation::Outcome { pairs, outcome } => {
                for pair in pairs.iter() {
                    self.cells.set(pair, outcome, 0);
                }
                self.unmatched = self.unmatched.without(pairs);
            }
            Observation::Matched => self.unmatched = PairSet::EMPTY,
            Observation::SecureFailed(SecureFailure::NotAvailable) => {
                self.notes |= Notes::TLS_NOT_AVAILABLE;
            }
            Observation::SecureFailed(_) => self.notes |= Notes::TLS_FAILED,
            Observation::Noted(notes) => self.notes |= notes,
            Observation::Closed(ending) => self.end(ending),
            Observation::Finished(finish) => self.finish = finish,
        }
    }

    /// Folds in what an arrival of this job proves.
    pub const fn arrived(&mut self, sense: Sense) {
        self.proof.arrived(sense);
    }

    /// Folds the evidence of a later revision of the same job in. What was accepted stays; a later
    /// answer replaces an earlier refusal; no later silence does.
    pub fn merge(&mut self, later: &Self) {
        for pair in PairId::all() {
            let (old, new) = (self.cells.outcome(pair), later.cells.outcome(pair));
            let was_answered = self.outcome(pair).is_answered();
            let says_nothing = matches!(new, Outcome::NotReached | Outcome::CutOff);
            let repeats = new == old && later.cells.reply(pair) == 0;
            if repeats || self.outcome(pair).is_accepted() || (says_nothing && was_answered) {
                continue;
            }
            let place = later
                .reply(pair)
                .map_or(0, |reply| self.replies.place_of(reply).0);
            self.cells.set(pair, new, place);
            self.unmatched.remove(pair);
            if later.unmatched.contains(pair) {
                self.unmatched.insert(pair);
            }
        }
        self.finish = later.finish;
        self.server = self.server.or(later.server);
        if self.host.is_none() {
            self.host.clone_from(&later.host);
        }
        if self.greeting != Some(Class::Accepted) && later.greeting.is_some() {
            self.greeting = later.greeting;
        }
        self.extensions |= later.extensions;
        self.quirks |= later.quirks;
        self.notes |= later.notes;
        self.slowest_ms = self.slowest_ms.max(later.slowest_ms);
        let connections_before = self.connections.len() as u8;
        for connection in &later.connections {
            if self.connections.push(*connection).is_err() {
                self.notes |= Notes::CONNECTIONS_FULL;
            }
        }
        if !self
            .transcript
            .append(&later.transcript, connections_before)
        {
            self.notes |= Notes::TRANSCRIPT_FULL;
        }
        self.proof.merge(&later.proof);
    }

    fn end(&mut self, ending: Ending) {
        if let Some(connection) = self.connections.last_mut() {
            connection.ending = ending;
        }
    }

    fn count(&mut self, reply: &Reply<'_>, after: Millis) {
        if let Some(connection) = self.connections.last_mut() {
            connection.replies = connection.replies.saturating_add(1);
        }
        self.quirks |= reply.quirks;
        let after_ms = u32::try_from(after.0).unwrap_or(u32::MAX);
        self.slowest_ms = self.slowest_ms.max(after_ms);
    }

    fn learn(&mut self, step: Step, reply: &Reply<'_>) {
        if step == Step::Greeting && self.greeting != Some(Class::Accepted) {
            self.greeting = Some(reply.class);
        }
        if matches!(step, Step::Greeting | Step::Ehlo | Step::Helo) {
            if self.host.is_none() {
                self.host = reply.host();
            }
            if self.server.is_none() {
                self.server = reply.server;
            }
        }
        if step == Step::Ehlo {
            self.extensions |= reply.extensions;
        }
    }

    fn keep(&mut self, step: Step, pair: Option<PairId>, twin: bool, reply: &Reply<'_>) {
        let place = Place {
            connection: self.connections.len() as u8,
            step,
            pair,
            twin,
        };
        if !self.transcript.keep(place, reply) {
            self.notes |= Notes::TRANSCRIPT_FULL;
        }
    }

    /// How many octets the transcript takes.
    pub fn transcript_octets(&self) -> usize {
        self.transcript.octets()
    }

    /// The same evidence with a transcript of at most `octets_max`: what decides first, then the
    /// other lines in their order. What is left out is marked by [`Notes::TRANSCRIPT_FULL`], and
    /// every reply keeps its [`Summary`]; a verdict does not depend on text.
    pub fn with_transcript_within(&self, octets_max: usize) -> Self {
        let transcript = self.transcript.shortened(octets_max, |entry| {
            entry.place.pair == Some(PairId::DECIDING)
        });
        let mut shortened = Self {
            transcript,
            ..self.clone()
        };
        if shortened.transcript != self.transcript {
            shortened.notes |= Notes::TRANSCRIPT_FULL;
        }
        shortened
    }

    /// How much was asked.
    pub const fn depth(&self) -> Depth {
        self.depth
    }

    /// Hours since the scope was issued when the job began.
    pub const fn hours(&self) -> u16 {
        self.hours
    }

    /// How the dialogue ended.
    pub const fn finish(&self) -> Finish {
        self.finish
    }

    /// The program that answers.
    pub const fn server(&self) -> Option<Server> {
        self.server
    }

    /// The name that the server gave itself.
    pub const fn host(&self) -> Option<&Name> {
        self.host.as_ref()
    }

    /// What the server offers.
    pub const fn extensions(&self) -> Extensions {
        self.extensions
    }

    /// What the greeting meant: the last one, until one was friendly. `None`: there was none.
    pub const fn greeting(&self) -> Option<Class> {
        self.greeting
    }

    /// What was odd about its replies.
    pub const fn quirks(&self) -> Quirks {
        self.quirks
    }

    /// What explains the course of the dialogue.
    pub const fn notes(&self) -> Notes {
        self.notes
    }

    /// Test messages, and what came back of them.
    pub const fn proof(&self) -> &Proof {
        &self.proof
    }

    /// How long the slowest reply took.
    pub fn slowest(&self) -> Millis {
        Millis(u64::from(self.slowest_ms))
    }

    /// What came of a pair. What was accepted on a connection whose replies may belong to other
    /// commands counts as cut off.
    pub fn outcome(&self, pair: PairId) -> Outcome {
        let outcome = self.cells.outcome(pair);
        if outcome.is_accepted() && self.unmatched.contains(pair) {
            Outcome::CutOff
        } else {
            outcome
        }
    }

    /// The reply that decided a pair.
    pub fn reply(&self, pair: PairId) -> Option<Summary> {
        self.replies.get(self.cells.reply(pair))
    }

    /// The connections, in order.
    pub fn connections(&self) -> impl Iterator<Item = Connection> + '_ {
        self.connections.iter().copied()
    }
}

/// Whether a reply that decides no pair is worth its text. One to a recipient whose sender was
/// refused already is not.
fn is_odd(step: Step, reply: &Reply<'_>) -> bool {
    step != Step::Rcpt && reply.class != Class::Accepted
}

/// Whether the text of a reply that decides a pair is kept: what the server accepted, what decides
/// most, and the first of each kind that is not usual.
fn is_worth_its_text(pair: PairId, outcome: Outcome, is_new: bool, reply: &Reply<'_>) -> bool {
    let is_usual = matches!(
        reply.class,
        Class::Accepted | Class::UserUnknown | Class::Syntax
    );
    let is_a_control = pair.pair().recipient.is_control();
    (outcome.is_accepted() && !is_a_control) || pair == PairId::DECIDING || (is_new && !is_usual)
}
