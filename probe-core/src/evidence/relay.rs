//! What a relay job saw: the outcome of every pair, the replies, the connections, the words that matter.

use serde::{Deserialize, Serialize};

use super::{
    Connection, Delivery, Ending, Fate, Finish, Notes, Observation, Proof, Summary,
    cells::Cells,
    connection::Connections,
    replies::Replies,
    transcript::{Place, Transcript},
};
use crate::{
    arrival::Sense,
    dialogue::SecureFailure,
    name::Name,
    relay::{Outcome, PairId, PairSet},
    scope::Depth,
    smtp::{Class, Extensions, Quirks, Reply, Server, Step},
    time::Millis,
};

/// What a relay job saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayEvidence {
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
    pub(super) transcript: Transcript,
    proof: Proof,
}

impl RelayEvidence {
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
            // One job is of one probe.
            Observation::Proxy(_) | Observation::Dnsbl(_) => {}
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
