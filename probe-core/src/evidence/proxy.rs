//! What a proxy job saw, bounded, and enough to judge it again: what came of each attempt, the first
//! octets of each answer, and where a connection came out.

mod texts;

pub use self::texts::TEXT_OCTETS_MAX;

use core::net::IpAddr;

use bitflags::bitflags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::texts::Texts;
use super::{EVIDENCE_OCTETS_MAX, Finish, Observation};
use crate::{
    arrival::Sense,
    dead::DeadBy,
    proxy::{AttemptId, Behind, FIRST_OCTETS_MAX, Outcome, PLACES, PROTOCOLS, Seen},
    scope::Depth,
    time::Millis,
};

/// How many attempts are told one by one: every protocol with both ports of the sink, and the control.
/// See [`ProxyNotes::ATTEMPTS_FULL`].
pub const ATTEMPTS_MAX: usize = PROTOCOLS.len() * PLACES + 1;

bitflags! {
    /// What explains the course of a proxy job, and limits of ours that were reached.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct ProxyNotes: u8 {
        /// More attempts were told than [`ATTEMPTS_MAX`].
        const ATTEMPTS_FULL = 1;
        /// More was said than [`TEXT_OCTETS_MAX`], or than a record had room for.
        const TEXTS_FULL = 1 << 1;
        /// This device had no socket for a while.
        const NO_SLOT = 1 << 2;
        /// A visit came with a token that names no attempt.
        const STRAY_VISIT = 1 << 3;
    }
}

bitflags! {
    /// What else is known of an attempt.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    struct Marks: u8 {
        /// The sink answered our EHLO.
        const SAID_HELLO = 1;
        /// Something followed a 2xx.
        const CONTENT = 1 << 1;
        /// More came than is read.
        const ENDLESS = 1 << 2;
        /// What a tunnel may bring stands behind a 2xx to CONNECT.
        const TUNNEL = 1 << 3;
        /// What no tunnel to a mail server brings stands behind a 2xx to CONNECT.
        const PAGE = 1 << 4;
    }
}

/// One attempt of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    id: AttemptId,
    outcome: Outcome,
    code: u16,
    after_ms: u32,
    marks: Marks,
    egress: Option<IpAddr>,
}

impl Attempt {
    /// Which.
    pub const fn id(&self) -> AttemptId {
        self.id
    }

    /// What came of it.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The HTTP status or the reply code of SOCKS; 0 where there was none.
    pub const fn code(&self) -> u16 {
        self.code
    }

    /// From asking for the connection until the outcome was known.
    pub fn after(&self) -> Millis {
        Millis(u64::from(self.after_ms))
    }

    /// Whether our sink's nonce came back.
    pub fn has_nonce(&self) -> bool {
        self.outcome == Outcome::Returned && self.id != AttemptId::CONTROL
    }

    /// Whether the sink answered our EHLO through it.
    pub const fn said_hello(&self) -> bool {
        self.marks.contains(Marks::SAID_HELLO)
    }

    /// Whether something followed a 2xx.
    pub const fn has_content(&self) -> bool {
        self.marks.contains(Marks::CONTENT)
    }

    /// What stands behind a 2xx to CONNECT, where that is known.
    pub const fn behind(&self) -> Option<Behind> {
        if self.marks.contains(Marks::TUNNEL) {
            Some(Behind::Tunnel)
        } else if self.marks.contains(Marks::PAGE) {
            Some(Behind::Page)
        } else {
            None
        }
    }

    /// Whether more came than [`crate::proxy::ANSWER_OCTETS_MAX`].
    pub const fn is_endless(&self) -> bool {
        self.marks.contains(Marks::ENDLESS)
    }

    /// Where the connection came out that brought our token to the sink. `None`: none has come.
    pub const fn egress(&self) -> Option<IpAddr> {
        self.egress
    }
}

/// An attempt for people to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptLine<'a> {
    /// The attempt.
    pub attempt: Attempt,
    /// What was sent, in words.
    pub sent: &'static str,
    /// The first octets of what came, as far as they were kept. Any octets.
    pub answer: &'a [u8],
}

/// What a proxy job saw: at most [`EVIDENCE_OCTETS_MAX`] octets of memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyEvidence {
    depth: Depth,
    hours: u16,
    finish: Finish,
    notes: ProxyNotes,
    /// Nothing could be asked.
    dead: Option<DeadBy>,
    /// Our own end of the connections.
    local: Option<IpAddr>,
    attempts: heapless::Vec<Attempt, ATTEMPTS_MAX, u8>,
    texts: Texts,
}

const _: () = assert!(size_of::<ProxyEvidence>() <= EVIDENCE_OCTETS_MAX);

impl ProxyEvidence {
    /// Folds an observation in.
    pub fn record(&mut self, observation: &Observation<'_>) {
        let Observation::Proxy(seen) = observation else {
            // One job is of one probe.
            return;
        };
        match *seen {
            Seen::Began { depth, hours } => {
                self.depth = depth;
                self.hours = hours;
            }
            Seen::Attempt {
                id,
                outcome,
                code,
                after,
                local,
                said_hello,
                has_content,
                behind,
                is_endless,
                first,
            } => {
                self.local = self.local.or(local);
                let mut marks = Marks::empty();
                marks.set(Marks::SAID_HELLO, said_hello);
                marks.set(Marks::CONTENT, has_content);
                marks.set(Marks::ENDLESS, is_endless);
                marks.set(Marks::TUNNEL, behind == Some(Behind::Tunnel));
                marks.set(Marks::PAGE, behind == Some(Behind::Page));
                let after_ms = u32::try_from(after.0).unwrap_or(u32::MAX);
                self.fold(&Attempt {
                    id,
                    outcome,
                    code,
                    after_ms,
                    marks,
                    egress: None,
                });
                self.keep(id, first);
            }
            Seen::Skipped { protocol, why } => self.fold(&Attempt {
                outcome: Outcome::Skipped(why),
                ..nothing_of(AttemptId::new(protocol, 0))
            }),
            Seen::Dead(by) => self.dead = Some(by),
            Seen::NoSlot => self.notes |= ProxyNotes::NO_SLOT,
            Seen::Finished(finish) => self.finish = finish,
        }
    }

    /// Folds in what an arrival of this job proves, and where its connection came from.
    pub fn arrived(&mut self, sense: Sense, egress: IpAddr) {
        let Sense::Visited(octet) = sense else {
            return;
        };
        match AttemptId::of_octet(octet) {
            Some(id) => self.fold(&Attempt {
                egress: Some(egress.to_canonical()),
                ..nothing_of(id)
            }),
            None => self.notes |= ProxyNotes::STRAY_VISIT,
        }
    }

    /// That of a target where nothing could be asked.
    pub fn dead(by: DeadBy, depth: Depth, hours: u16) -> Self {
        Self {
            depth,
            hours,
            finish: Finish::Tested,
            dead: Some(by),
            ..Self::default()
        }
    }

    /// Why nothing could be asked, where the evidence says that and nothing else.
    pub fn dead_by(&self) -> Option<DeadBy> {
        let by = self.dead?;
        (*self == Self::dead(by, self.depth, self.hours)).then_some(by)
    }

    /// Folds the evidence of a later revision of the same job in.
    pub fn merge(&mut self, later: &Self) {
        self.depth = later.depth;
        self.hours = later.hours;
        self.finish = later.finish;
        self.notes |= later.notes;
        self.dead = self.dead.or(later.dead);
        self.local = self.local.or(later.local);
        for attempt in &later.attempts {
            self.fold(attempt);
        }
        for (id, text) in later.texts.entries() {
            self.keep(id, text);
        }
    }

    /// Folds an attempt in. What came back once has come back, and a visit from elsewhere stays.
    fn fold(&mut self, new: &Attempt) {
        let local = self.local;
        let known = self.attempts.iter_mut().find(|known| known.id == new.id);
        let Some(known) = known else {
            if self.attempts.push(*new).is_err() {
                self.notes |= ProxyNotes::ATTEMPTS_FULL;
            }
            return;
        };
        let egress = if known.egress.is_none() || known.egress == local {
            new.egress.or(known.egress)
        } else {
            known.egress
        };
        if new.outcome != Outcome::Running && known.outcome != Outcome::Returned {
            *known = *new;
        }
        known.egress = egress;
    }

    fn keep(&mut self, id: AttemptId, text: &[u8]) {
        let is_kept = self.texts.entries().any(|(kept, _)| kept == id);
        if !text.is_empty() && !is_kept && !self.texts.push(id, text) {
            self.notes |= ProxyNotes::TEXTS_FULL;
        }
    }

    /// How many octets the texts take.
    pub fn transcript_octets(&self) -> usize {
        self.texts.octets()
    }

    /// The same evidence with texts of at most `octets_max`, in their order. A verdict does not
    /// depend on text.
    pub fn with_transcript_within(&self, octets_max: usize) -> Self {
        let texts = self.texts.within(octets_max);
        let mut shortened = Self {
            texts,
            ..self.clone()
        };
        if shortened.texts != self.texts {
            shortened.notes |= ProxyNotes::TEXTS_FULL;
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

    /// What explains its course.
    pub const fn notes(&self) -> ProxyNotes {
        self.notes
    }

    /// Our own address on the connections.
    pub const fn local(&self) -> Option<IpAddr> {
        self.local
    }

    /// Whether a connection that came from `egress` may have been our own: something on our side may
    /// have made it.
    pub fn is_own(&self, egress: IpAddr) -> bool {
        self.local == Some(egress)
    }

    /// Why the first connection never came.
    pub const fn dead_because(&self) -> Option<DeadBy> {
        self.dead
    }

    /// The attempts, in the order in which they were made, and what was skipped.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// What came of one.
    pub fn outcome(&self, id: AttemptId) -> Option<Outcome> {
        let mut attempts = self.attempts.iter();
        attempts
            .find(|attempt| attempt.id == id)
            .map(|attempt| attempt.outcome)
    }

    /// The attempts for people to read.
    pub fn lines(&self) -> impl Iterator<Item = AttemptLine<'_>> {
        self.attempts.iter().map(|attempt| AttemptLine {
            attempt: *attempt,
            sent: match attempt.id.protocol() {
                Some(protocol) => protocol.sent(),
                None => "CONNECT to a name that cannot exist",
            },
            answer: self.texts.of(attempt.id).unwrap_or_default(),
        })
    }
}

const fn nothing_of(id: AttemptId) -> Attempt {
    Attempt {
        id,
        outcome: Outcome::Running,
        code: 0,
        after_ms: 0,
        marks: Marks::empty(),
        egress: None,
    }
}

// An entry's length is one octet.
const _: () = assert!(FIRST_OCTETS_MAX <= u8::MAX as usize);

impl Serialize for ProxyNotes {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(self.bits())
    }
}

impl<'de> Deserialize<'de> for ProxyNotes {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        u8::deserialize(input).map(Self::from_bits_retain)
    }
}

impl Serialize for Marks {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(self.bits())
    }
}

impl<'de> Deserialize<'de> for Marks {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        u8::deserialize(input).map(Self::from_bits_retain)
    }
}

#[cfg(test)]
mod tests;
