//! The messages of the link. docs/wire-format.md describes each, octet by octet.

use serde::{Deserialize, Serialize};

use super::about::{Info, LogLine, Provision, ProvisionAnswer};
use crate::{
    arrival::Arrival,
    dead::DeadRange,
    evidence::Evidence,
    finding::{DeviceId, Finding, Gone, Lost, Over, RecordId, Refused},
    path_check::Path,
    scope::{Scope, ScopeError},
    suspect::Suspect,
    time::{Anchor, Instant, Utc},
    token::Key,
};

/// The version of frames and messages. A receiver counts and drops frames of any other.
pub const FORMAT: u8 = 3;

/// The longest message that is no record and no scope, in octets: it fits one frame.
pub const PLAIN_MESSAGE_OCTETS_MAX: usize = 256;

/// A scan's number, chosen by the host: a [`ToDevice::Start`] with the number of the scan that is
/// running goes on with it, any other begins a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScanId(pub u32);

/// CRC-32 over a scope's octets on the wire: by it host and device know that they mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScopeDigest(pub u32);

/// What the host tells the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap to box a scope into, and one message lives at a time"
)]
pub enum ToDevice {
    /// A host is there. The device answers with its own, and sends every record again that is not
    /// acknowledged.
    Hello {
        /// [`FORMAT`].
        format: u8,
        /// What the host's clock says: this boot's anchor.
        utc: Utc,
    },
    /// What may be probed. Answered by [`ToHost::ScopeAnswer`]; refused while a scan runs under
    /// another.
    Scope(Scope),
    /// Begin this scan, or go on with it; another one that runs is ended first.
    Start {
        /// Which.
        scan: ScanId,
        /// The scope that it is to run under: nothing begins under another.
        scope: ScopeDigest,
        /// How it proves what it finds.
        proving: Proving,
    },
    /// A line of the list, as [`ToHost::Want`] asked.
    Suspect {
        /// Of this scan.
        scan: ScanId,
        /// Its number in the list, from 0, without gaps.
        index: u32,
        /// The line.
        suspect: Suspect,
        /// How many refusals the target gave in the last 24 hours, in other boots of this device or
        /// to others, as far as the host knows. The device counts those of this boot itself.
        refusals: u8,
    },
    /// The list has ended.
    NoMore {
        /// Of this scan.
        scan: ScanId,
        /// How many lines it has.
        count: u32,
    },
    /// End this scan.
    Stop {
        /// Which.
        scan: ScanId,
    },
    /// The host has stored every record of this boot through `through`.
    Ack {
        /// Of this boot.
        boot: u32,
        /// The last one that is stored.
        through: u32,
    },
    /// The host has missed a record: send again from `from` on.
    Resend {
        /// Of this boot.
        boot: u32,
        /// The first one that is missing.
        from: u32,
    },
    /// Say who you are and how you fare.
    AskInfo,
    /// Be set up so, from the next start on.
    Provision(Provision),
    /// Say the lines of the log from this number on.
    AskLog {
        /// The first one that is wanted.
        from: u32,
    },
}

/// How a scan proves what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proving {
    /// What its tokens are made with.
    pub key: Key,
    /// Test messages are to be sent, as far as the scope allows it.
    pub deliver: bool,
}

/// What the device tells the host. Findings are generic over how they hold their evidence: the
/// device lends it, the host owns it; the octets are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap to box an arrival into, and one message lives at a time"
)]
pub enum ToHost<E = Evidence> {
    /// The answer to the host's Hello.
    Hello(DeviceHello),
    /// The answer to a scope.
    ScopeAnswer {
        /// Of the scope that is meant.
        digest: ScopeDigest,
        /// Whether it is taken.
        answer: ScopeAnswer,
    },
    /// Lines of the list, please.
    Want(Want),
    /// How it goes. Sent every [`super::PROGRESS_EVERY_MS`] and when the phase changes.
    Progress(Progress),
    /// The scan is over and every record of it has been made.
    Ended {
        /// Which.
        scan: ScanId,
        /// Why.
        why: Ended,
        /// The last record of this boot so far: with it stored, the host has everything.
        records: u32,
    },
    /// A record: a job's evidence and verdict.
    Finding(Finding<E>),
    /// A record: a suspect that is not probed.
    Refused(Refused),
    /// A record: a parked job that does not come back.
    Over(Over),
    /// A record: what could not be kept.
    Lost(Lost),
    /// Records of an earlier boot follow.
    Earlier(Earlier),
    /// Records that cannot be read any more, in their place.
    Gone(Gone),
    /// The answer to [`ToDevice::AskInfo`].
    Info(Info),
    /// The answer to [`ToDevice::Provision`].
    Provisioned(ProvisionAnswer),
    /// A line of the log, as [`ToDevice::AskLog`] asked.
    Log(LogLine),
    /// A record: neighbours where nobody answers.
    Dead(DeadRange),
    /// A record: something came to the sink.
    Arrival(Arrival),
    /// To a host that calls over the network: what it may not have.
    Denied(Denial),
}

impl<E> ToHost<E> {
    /// The record's identity, where the message is one: it is repeated until the host has
    /// acknowledged it.
    pub const fn record(&self) -> Option<RecordId> {
        match self {
            Self::Finding(finding) => Some(finding.id()),
            Self::Refused(refused) => Some(refused.id),
            Self::Over(over) => Some(over.id),
            Self::Lost(lost) => Some(lost.id),
            Self::Dead(range) => Some(range.id),
            Self::Arrival(arrival) => Some(arrival.id),
            Self::Gone(gone) => Some(RecordId {
                boot: gone.boot,
                number: gone.last,
            }),
            Self::Hello(_)
            | Self::ScopeAnswer { .. }
            | Self::Want(_)
            | Self::Progress(_)
            | Self::Ended { .. }
            | Self::Earlier(_)
            | Self::Info(_)
            | Self::Provisioned(_)
            | Self::Log(_)
            | Self::Denied(_) => None,
        }
    }
}

/// Who the device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceHello {
    /// [`FORMAT`].
    pub format: u8,
    /// [`crate::verdict::RULES`].
    pub rules: u16,
    /// Which device.
    pub device: DeviceId,
    /// How often it has started.
    pub boot: u32,
    /// What its clock says.
    pub now: Instant,
    /// The first record that it keeps, or the next that it will make.
    pub first: u32,
}

/// What a host that calls over the network may not have: whoever is there is believed for its
/// address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Denial {
    /// The link at all: a host on the serial link is spoken with. The call is over.
    Busy,
    /// To say what may be probed.
    Scope,
    /// To begin a scan.
    Start,
    /// To name a suspect.
    Suspect,
    /// To end the list.
    NoMore,
    /// To end a scan.
    Stop,
    /// To set the device up.
    Provision,
}

impl Denial {
    /// The word in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Scope => "scope",
            Self::Start => "start",
            Self::Suspect => "suspect",
            Self::NoMore => "no-more",
            Self::Stop => "stop",
            Self::Provision => "provision",
        }
    }
}

/// Which records of an earlier boot follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Which boot.
    pub boot: u32,
    /// The first of them.
    pub first: u32,
    /// What tied that boot's clock to UTC.
    pub anchor: Anchor,
}

/// What became of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScopeAnswer {
    /// It is in force.
    Taken,
    /// It may not be used.
    Refused(ScopeError),
    /// A scan runs under another one: stop it first.
    ScanRunning,
}

/// How far the list has been taken, and how much more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// Of this scan.
    pub scan: ScanId,
    /// The first line that is wanted: all before it are taken.
    pub next: u32,
    /// How many lines there is room for, counted from `next`.
    pub suspects: u16,
}

/// How it goes: the state of the scan, and counters since boot unless they say otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The device's clock.
    pub now: Instant,
    /// What the device does.
    pub phase: Phase,
    /// The scope in force.
    pub scope: Option<ScopeDigest>,
    /// The scan that runs or ran.
    pub scan: Option<ScanId>,
    /// Targets of this scan.
    pub targets: Targets,
    /// What waits for acknowledgement.
    pub outbox: OutboxState,
    /// What the guard saw.
    pub guard: GuardCounters,
    /// The serial link, as the device sees it.
    pub link: LinkCounters,
    /// The link port, as the device sees it.
    pub visits: VisitCounters,
    /// Limits that were reached.
    pub limits: LimitCounters,
    /// What the sink saw.
    pub sink: SinkCounters,
    /// The network, and what of it is in use.
    pub network: NetworkState,
    /// What was found on the way to our sink, the last time that this scan tried it; `None` where it
    /// has not, or need not.
    pub path: Option<Path>,
}

/// What the device does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// It has no scan.
    #[default]
    Idle,
    /// A scan runs.
    Running,
    /// The scan has been ended; what is left of it is being told.
    Stopping(Ended),
    /// The scan is over.
    Ended(Ended),
}

/// Why a scan is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Every line of the list is told.
    ListDone,
    /// The host asked.
    HostAsked,
    /// The host began another scan.
    Replaced,
    /// The scope's time is over.
    Expired,
    /// The powered minutes of the scope are over.
    PoweredMinutes,
    /// A probe was about to leave the scope: a fault of this device.
    GuardViolation,
    /// This boot has no job numbers left: start the device again.
    SerialsSpent,
    /// Somebody pressed the button of the device.
    Button,
    /// More objected than the device can keep: it probes nobody until it is started again.
    Objections,
    /// Our sink, which is elsewhere, cannot be reached from the device: nobody was probed.
    /// [`Progress::path`] says what is there instead.
    NoPath,
}

impl Ended {
    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ListDone => "list-done",
            Self::HostAsked => "host-asked",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
            Self::PoweredMinutes => "powered-minutes",
            Self::GuardViolation => "guard-violation",
            Self::SerialsSpent => "serials-spent",
            Self::Button => "button",
            Self::Objections => "objections",
            Self::NoPath => "no-path",
        }
    }
}

/// Where the lines of this scan are: `taken` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Lines taken from the host.
    pub taken: u32,
    /// Waiting for their first turn.
    pub queued: u16,
    /// With a worker, being asked whether anybody is there, or dead and not told yet.
    pub running: u16,
    /// Waiting to be asked again.
    pub parked: u16,
    /// Over, with a last finding or the record that they do not come back.
    pub done: u32,
    /// Not probed, with the record that says why.
    pub refused: u32,
}

/// What the outbox holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxState {
    /// The last record that was made.
    pub made: u32,
    /// The last one that is acknowledged.
    pub acknowledged: u32,
    /// Octets in use.
    pub octets: u32,
    /// Records that had to be lost, each told by a [`Lost`].
    pub lost: u32,
}

/// What the guard around the network saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardCounters {
    /// Frames, or socket calls, that were let out.
    pub allowed: u64,
    /// Stack noise towards strangers that was dropped.
    pub dropped: u64,
    /// Probes outside the scope that were stopped.
    pub violations: u32,
    /// Connections that were asked for by whoever may not call, and dropped on their way in.
    pub strangers: u32,
}

/// How the device's network is. What of it is in use is nothing while no target is probed: a number
/// that stays is a fault of the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkState {
    /// What is lacking, if the device waits for it.
    pub lack: Option<Lack>,
    /// It has an address and a way for IPv4.
    pub ipv4: bool,
    /// It has an address and a way for IPv6.
    pub ipv6: bool,
    /// Sockets of connections to targets.
    pub sockets: u8,
    /// Connection requests that the guard keeps until they may leave.
    pub held: u8,
    /// Connections that count against the rates of their networks.
    pub connections: u16,
}

/// What a device waits for before it begins another job or connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lack {
    /// The cable is out.
    Cable,
    /// Nobody has given it an address.
    Address,
    /// The router does not answer.
    Router,
}

impl Lack {
    /// The word in `--json` and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cable => "cable",
            Self::Address => "address",
            Self::Router => "router",
        }
    }
}

/// What a receiver of frames saw; nothing of it is silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCounters {
    /// Whole frames.
    pub frames: u32,
    /// Messages made of them.
    pub messages: u32,
    /// Frames whose CRC or COBS did not fit.
    pub broken: u32,
    /// Frames over [`super::FRAME_OCTETS_MAX`].
    pub too_long: u32,
    /// Frames of another [`FORMAT`].
    pub foreign: u32,
    /// Parts without the part before them.
    pub orphans: u32,
    /// Records over [`super::RECORD_OCTETS_MAX`].
    pub records_too_long: u32,
    /// Records that are no message.
    pub undecodable: u32,
}

/// What the sink saw since boot; nothing of it is silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinkCounters {
    /// Connections that were accepted.
    pub sessions: u32,
    /// SYNs that were dropped because no socket listened.
    pub dropped: u32,
    /// Complete messages to tokens.
    pub messages: u32,
    /// Addresses that were asked about, and got no message.
    pub callouts: u32,
    /// Messages to postmaster or abuse.
    pub objections: u32,
    /// Recipients that were refused: no token, and not postmaster or abuse.
    pub refused: u32,
    /// Tokens whose code is wrong, although their job is known here.
    pub forged: u32,
    /// Tokens out of their window.
    pub out_of_window: u32,
    /// Tokens in a place where their role has nothing to do.
    pub wrong_role: u32,
    /// Arrivals that could not be recorded: the outbox was full. The peer was put off.
    pub put_off: u32,
}

/// What the device saw of hosts that called over the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitCounters {
    /// Calls.
    pub calls: u32,
    /// Calls that were ended because a host was there on the serial link.
    pub busy: u32,
    /// Messages that do not go over the network.
    pub denied: u32,
    /// Frames, parts and messages that could not be read.
    pub unreadable: u32,
}

/// How often a limit of the device was reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitCounters {
    /// The queue of targets was full when a suspect came.
    pub queue: u32,
    /// No room to park: the job ended instead.
    pub parked: u32,
    /// As many networks as can be watched were in use: new ones waited.
    pub networks: u32,
    /// The oldest target's refusals were forgotten.
    pub ledger: u32,
    /// As many jobs as can run were running.
    pub running: u32,
    /// The outbox was full: work waited.
    pub outbox: u32,
}
