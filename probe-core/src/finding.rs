//! What the device records for its host: findings, and whatever else must not be lost.

use core::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{
    evidence::Evidence,
    scope::{Depth, Refusal},
    time::Instant,
    verdict::Verdict,
};

/// Which device, for the host's bookkeeping: a hash of the chip's identity, or what the
/// simulator or the tool has chosen.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct DeviceId(pub [u8; 8]);

/// A job's number on its device, 40 bits wide so that it fits a token; never used twice.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct JobSerial(pub u64);

/// Which probe a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Probe {
    /// The SMTP relay battery.
    Relay,
    /// Every protocol of proxies that the scope has for the port.
    Proxy,
    /// What block lists say about the address; nothing is sent to it.
    Dnsbl,
}

impl Probe {
    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Proxy => "proxy",
            Self::Dnsbl => "dnsbl",
        }
    }
}

/// A record's name on its device: records are consecutive within a boot. With the [`DeviceId`] it
/// names a record for ever, so storing one twice is harmless.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RecordId {
    /// The device's boot when it was made.
    pub boot: u32,
    /// Consecutive within a boot, from 1.
    pub number: u32,
}

/// One job's evidence and verdict, or what of it there is before a pause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding<E = Evidence> {
    /// The device's boot when it was made.
    pub boot: u32,
    /// Consecutive on the device within a boot, from 1, with all other records.
    pub number: u32,
    /// The job it came from. The host merges findings of one job.
    pub job: JobSerial,
    /// 0 for a job's first finding, counted up by each later one (after parking).
    pub revision: u8,
    /// Whether the job is over, or parked and coming back.
    pub last: bool,
    /// The canonical address and port that were probed.
    pub target: SocketAddr,
    /// The probe.
    pub probe: Probe,
    /// The depth at which it ran.
    pub depth: Depth,
    /// The scope waived the checks of our own identity.
    pub lab: bool,
    /// The device has reached our own sink elsewhere through this port, so that whoever answers there is
    /// the target itself.
    pub path_checked: bool,
    /// When the dialogue began.
    pub began: Instant,
    /// When it ended or parked.
    pub ended: Instant,
    /// [`crate::verdict::RULES`] when it was judged.
    pub rules: u16,
    /// The device's own verdict on this evidence. The host's counts: it judges anew, and knows addresses
    /// of ours that are no part of the scope that a device holds (docs/verdict-rules.md).
    pub verdict: Verdict,
    /// What was seen.
    pub evidence: E,
    /// How many refusals the target gave for it, at most: the host tells the device of them when it has
    /// forgotten.
    pub refusals: u8,
}

impl<E> Finding<E> {
    /// The record's name.
    pub const fn id(&self) -> RecordId {
        RecordId {
            boot: self.boot,
            number: self.number,
        }
    }
}

/// The most octets that a closed target's finding has, as a message: its transcript is shortened
/// to what fits. Where proxies are asked at full depth, or lists have long names, what cannot be
/// shortened may be more.
pub const CLOSED_FINDING_OCTETS_MAX: usize = 256;

/// A suspect that is not probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The record's name.
    pub id: RecordId,
    /// The line of the list, from 0.
    pub index: u32,
    /// Address and port as the list had them.
    pub suspect: SocketAddr,
    /// Why.
    pub why: Refusal,
}

/// A job that was parked and does not come back: its last finding so far is its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Over {
    /// The record's name.
    pub id: RecordId,
    /// The job.
    pub job: JobSerial,
    /// How many findings it made.
    pub revisions: u8,
    /// Its target.
    pub target: SocketAddr,
    /// Why.
    pub why: Refusal,
}

/// A record that could not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The record's name.
    pub id: RecordId,
    /// The job whose finding is lost.
    pub job: JobSerial,
    /// Its target.
    pub target: SocketAddr,
    /// Whether the job is over.
    pub last: bool,
    /// The verdict that was in it.
    pub verdict: Verdict,
}

/// Records that were made and kept, and cannot be read any more: nothing of them is known but
/// their names. It stands in their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The boot in which they were made.
    pub boot: u32,
    /// The first of them.
    pub first: u32,
    /// The last of them.
    pub last: u32,
}

impl Gone {
    /// How many they are.
    pub const fn count(&self) -> u32 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }
}
