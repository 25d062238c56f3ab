//! Evidence: what a job saw, bounded, and enough to judge it again.
//!
//! A dialogue reports [`Observation`]s; [`Evidence::record`] folds them in. What is kept of a relay
//! job: the outcome of every pair, the distinct replies, how each connection ended, and the text of
//! the replies that matter. The rest is counted.

mod cells;
mod connection;
mod dnsbl;
mod proof;
mod proxy;
mod relay;
mod replies;
mod story;
mod transcript;

pub use self::{
    connection::{CONNECTIONS_MAX, Connection, Ending},
    dnsbl::{DnsblEvidence, EXPLANATION_OCTETS_MAX, Explanation, Standing, ZoneEvidence},
    proof::{DELIVERIES_MAX, Delivery, Fate, Proof},
    proxy::{ATTEMPTS_MAX, Attempt, AttemptLine, ProxyEvidence, ProxyNotes, TEXT_OCTETS_MAX},
    relay::RelayEvidence,
    replies::{REPLIES_MAX, Summary},
    story::{Line, PairLine},
    transcript::{LINE_OCTETS_MAX, TRANSCRIPT_OCTETS_MAX},
};

use core::net::IpAddr;

use bitflags::bitflags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    arrival::Sense,
    dialogue::{OpenFailure, SecureFailure},
    finding::Probe,
    relay::{Hello, Outcome, Outcomes, PairId, PairSet},
    scope::Depth,
    smtp::{Reply, Step},
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
    /// What a proxy dialogue saw.
    Proxy(crate::proxy::Seen<'a>),
    /// What a dialogue with block lists saw.
    Dnsbl(crate::dnsbl::Seen<'a>),
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evidence {
    /// Of [`Probe::Relay`].
    Relay(RelayEvidence),
    /// Of [`Probe::Proxy`].
    Proxy(ProxyEvidence),
    /// Of [`Probe::Dnsbl`].
    Dnsbl(DnsblEvidence),
}

/// The most memory that a job's evidence takes, in octets.
pub const EVIDENCE_OCTETS_MAX: usize = 2_048;

const _: () = assert!(size_of::<Evidence>() <= EVIDENCE_OCTETS_MAX);

impl From<RelayEvidence> for Evidence {
    fn from(relay: RelayEvidence) -> Self {
        Self::Relay(relay)
    }
}

impl Evidence {
    /// That of a job which has not begun.
    pub fn new(probe: Probe) -> Self {
        match probe {
            Probe::Relay => Self::Relay(RelayEvidence::default()),
            Probe::Proxy => Self::Proxy(ProxyEvidence::default()),
            Probe::Dnsbl => Self::Dnsbl(DnsblEvidence::default()),
        }
    }

    /// Which probe it is of.
    pub const fn probe(&self) -> Probe {
        match self {
            Self::Relay(_) => Probe::Relay,
            Self::Proxy(_) => Probe::Proxy,
            Self::Dnsbl(_) => Probe::Dnsbl,
        }
    }

    /// Folds an observation in.
    pub fn record(&mut self, observation: &Observation<'_>) {
        match self {
            Self::Relay(relay) => relay.record(observation),
            Self::Proxy(proxy) => proxy.record(observation),
            Self::Dnsbl(dnsbl) => dnsbl.record(observation),
        }
    }

    /// Folds in what an arrival of this job proves, and from where it came.
    pub fn arrived(&mut self, sense: Sense, from: IpAddr) {
        match self {
            Self::Relay(relay) => relay.arrived(sense),
            Self::Proxy(proxy) => proxy.arrived(sense, from),
            Self::Dnsbl(_) => {}
        }
    }

    /// Folds the evidence of a later revision of the same job in.
    pub fn merge(&mut self, later: &Self) {
        match (self, later) {
            (Self::Relay(relay), Self::Relay(later)) => relay.merge(later),
            (Self::Proxy(proxy), Self::Proxy(later)) => proxy.merge(later),
            (Self::Dnsbl(dnsbl), Self::Dnsbl(later)) => dnsbl.merge(later),
            // One job is of one probe.
            _ => {}
        }
    }

    /// Hours since the scope was issued when the job began.
    pub const fn hours(&self) -> u16 {
        match self {
            Self::Relay(relay) => relay.hours(),
            Self::Proxy(proxy) => proxy.hours(),
            Self::Dnsbl(dnsbl) => dnsbl.hours(),
        }
    }

    /// How many octets the text takes that was kept.
    pub fn transcript_octets(&self) -> usize {
        match self {
            Self::Relay(relay) => relay.transcript_octets(),
            Self::Proxy(proxy) => proxy.transcript_octets(),
            Self::Dnsbl(dnsbl) => dnsbl.transcript_octets(),
        }
    }

    /// The same evidence with text of at most `octets_max`. A verdict does not depend on text.
    pub fn with_transcript_within(&self, octets_max: usize) -> Self {
        match self {
            Self::Relay(relay) => Self::Relay(relay.with_transcript_within(octets_max)),
            Self::Proxy(proxy) => Self::Proxy(proxy.with_transcript_within(octets_max)),
            Self::Dnsbl(dnsbl) => Self::Dnsbl(dnsbl.with_transcript_within(octets_max)),
        }
    }

    /// That of a relay job.
    pub const fn relay(&self) -> Option<&RelayEvidence> {
        match self {
            Self::Relay(relay) => Some(relay),
            Self::Proxy(_) | Self::Dnsbl(_) => None,
        }
    }

    /// That of a proxy job.
    pub const fn proxy(&self) -> Option<&ProxyEvidence> {
        match self {
            Self::Proxy(proxy) => Some(proxy),
            Self::Relay(_) | Self::Dnsbl(_) => None,
        }
    }

    /// That of a job that asked block lists.
    pub const fn dnsbl(&self) -> Option<&DnsblEvidence> {
        match self {
            Self::Dnsbl(dnsbl) => Some(dnsbl),
            Self::Relay(_) | Self::Proxy(_) => None,
        }
    }
}
