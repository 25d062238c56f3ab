//! A finding: one job's evidence and verdict, numbered, on its way to the host.

use core::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{evidence::Evidence, scope::Depth, time::Instant, verdict::Verdict};

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
}

impl Probe {
    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relay => "relay",
        }
    }
}

/// One record of the outbox. Device, boot and number name it for ever: storing it twice is
/// harmless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The device's boot when it was made.
    pub boot: u32,
    /// Consecutive on the device within a boot, from 1.
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
    /// When the dialogue began.
    pub began: Instant,
    /// When it ended or parked.
    pub ended: Instant,
    /// [`crate::verdict::RULES`] when it was judged.
    pub rules: u16,
    /// The device's own verdict on this evidence.
    pub verdict: Verdict,
    /// What was seen.
    pub evidence: Evidence,
}
