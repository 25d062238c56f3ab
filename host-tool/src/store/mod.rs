//! The store: findings for good, on the host.
//!
//! A record is stored before it is acknowledged, and storing it twice is harmless. [`Store`] is
//! all that the rest of the program knows; [`sqlite::SqliteStore`] is the one that there is.

mod objection;
mod open;
mod schema;
pub mod sqlite;

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use jiff::Timestamp;
use probe_core::{
    arrival::Arrival,
    dead::DeadRange,
    finding::{DeviceId, Finding, JobSerial, Lost, Over, Probe, RecordId, Refused},
    frame::{ScanId, message::Proving},
    name::Name,
    scope::{Depth, Network, Refusal, Scope},
    time::{Anchor, Utc},
    token::{Key, Signer, Token},
    verdict::{Kind, Verdict},
};

use crate::{
    import::Reading,
    lists::{About, Entry},
    problem::Problem,
    scope_file::ScopeList,
};

pub use objection::{Decided, Objection, ObjectionNumber};
pub use sqlite::SqliteStore;

/// Why the store could not be used; the program then exits with 4.
pub type StoreError = Problem;

/// Where findings are kept.
pub trait Store {
    /// Names a device that has no name of its own, and this start of it: one that no other start
    /// ever had in this store.
    fn begin_boot(&mut self, family: DeviceFamily) -> Result<(DeviceId, u32), StoreError>;

    /// Keeps what ties a boot's clock to UTC. The first anchor of a boot stands, so that its
    /// records keep their dates.
    fn anchor(&mut self, device: DeviceId, boot: u32, anchor: Anchor) -> Result<(), StoreError>;

    /// A number for a scan that no other scan of this store ever had. It is drawn, so that two
    /// stores that scan with one device do not meet.
    fn next_scan(&mut self, plan: Plan, now: Utc) -> Result<ScanId, StoreError>;

    /// The newest scan of this plan, if it has not come to its end and was begun at `since` or later.
    fn unfinished_scan(&self, plan: Plan, since: Utc) -> Result<Option<Unfinished>, StoreError>;

    /// Keeps that a scan has come to its end.
    fn scan_is_over(&mut self, scan: ScanId) -> Result<(), StoreError>;

    /// Which lines of a scan's list a boot was not given, a bit for each line from the first one's on;
    /// `None` for a boot that was given none yet.
    fn left_out(
        &self,
        scan: ScanId,
        device: DeviceId,
        boot: u32,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps which lines a boot is not given, durably when it returns.
    fn leave_out(
        &mut self,
        scan: ScanId,
        device: DeviceId,
        boot: u32,
        lines: &[u8],
    ) -> Result<(), StoreError>;

    /// The targets whose last finding was stored at `since` or later, and what it says. A device's clock may
    /// lag behind; this computer's own tells what came before a scan was begun.
    fn ended_since(&self, since: Utc) -> Result<Vec<(SocketAddr, Kind)>, StoreError>;

    /// How many refusals each target gave whose findings were stored at `since` or later, without those of
    /// this boot and of simulated devices.
    fn refusals_since(
        &self,
        since: Utc,
        device: DeviceId,
        boot: u32,
    ) -> Result<Vec<(SocketAddr, u32)>, StoreError>;

    /// The suspects that devices have refused at `since` or later, and why.
    fn refused_since(&self, since: Utc) -> Result<Vec<(SocketAddr, Refusal)>, StoreError>;

    /// The key that tokens are made with: the newest of this store, or a new one.
    fn key(&mut self, now: Timestamp) -> Result<Key, StoreError>;

    /// Keeps under what a boot is scanned from now on, and with which key.
    fn begin_scan(
        &mut self,
        device: DeviceId,
        boot: u32,
        under: Under<'_>,
        proving: &Proving,
        now: Utc,
    ) -> Result<(), StoreError>;

    /// Keeps what a list says about suspects; a newer list replaces what it says anew.
    fn note(&mut self, entries: &[Entry], now: Timestamp) -> Result<(), StoreError>;

    /// Keeps all that is read as imported, and says how many suspects and entries of databases are
    /// new. Nothing is kept, and `None` returned, where what is read is not sound to its end.
    fn import(
        &mut self,
        reading: &mut dyn Reading,
        now: Timestamp,
    ) -> Result<Option<Imported>, StoreError>;

    /// Every suspect that was ever imported, in the order of import.
    fn imported(&self) -> Result<Vec<Entry>, StoreError>;

    /// Keeps records, all or none, durably when it returns. Those that it has are skipped.
    /// Their boot must have an anchor. Says how many were new.
    fn append(
        &mut self,
        device: DeviceId,
        records: &[Record],
        now: Timestamp,
    ) -> Result<usize, StoreError>;

    /// All cases, by number.
    fn cases(&self) -> Result<Vec<Case>, StoreError>;

    /// The findings of a case's jobs, oldest first.
    fn findings(&self, case: CaseNumber) -> Result<Vec<Kept>, StoreError>;

    /// Everything that came to sinks, oldest first.
    fn arrivals(&self) -> Result<Vec<KeptArrival>, StoreError>;

    /// Every job of this number: devices number theirs apart, so only a token's code says whose it is.
    /// Those whose key is not known are left out.
    fn jobs_of(&self, serial: JobSerial) -> Result<Vec<KnownJob>, StoreError>;

    /// The scope of the newest scan.
    fn last_scope(&self) -> Result<Option<Scope>, StoreError>;

    /// The cases that something may have come of at a sink: a token names a job of theirs.
    fn arrived(&self) -> Result<BTreeSet<CaseNumber>, StoreError>;

    /// Keeps judgements, all or none, but those that say the same as their job's last one.
    fn judge(&mut self, judgements: &[Judgement]) -> Result<(), StoreError>;

    /// Every judgement of a case, oldest first.
    fn judgements(&self, case: CaseNumber) -> Result<Vec<Judgement>, StoreError>;

    /// What the lists say about every suspect that they named to a scan.
    fn suspects(&self) -> Result<Vec<(SocketAddr, About)>, StoreError>;

    /// For each suspect that was refused: the newest refusal.
    fn refusals(&self) -> Result<Vec<(SocketAddr, String)>, StoreError>;

    /// Keeps refusals that the host itself made, before the appliance heard of the suspects.
    fn refused(
        &mut self,
        suspects: &[(SocketAddr, String)],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The references of every letter that was ever written, oldest first.
    fn references(&self) -> Result<Vec<Reference>, StoreError>;

    /// Keeps the references of letters, all or none. One that the store has moves to its new key.
    fn keep_references(
        &mut self,
        references: &[Reference],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Never probe this again.
    fn exclude(&mut self, exclusion: &Exclusion) -> Result<(), StoreError>;

    /// Takes back what [`Store::exclude`] keeps; false where nothing of that name is excluded.
    fn include(&mut self, what: &Excluded) -> Result<bool, StoreError>;

    /// Everything that is excluded: first what somebody excluded, oldest first, then what objections
    /// exclude that nobody has lifted.
    fn exclusions(&self) -> Result<Vec<Exclusion>, StoreError>;

    /// Every objection, oldest first.
    fn objections(&self) -> Result<Vec<Objection>, StoreError>;

    /// Keeps what a person decided about an objection; false where there is none of this number.
    fn decide(
        &mut self,
        objection: ObjectionNumber,
        decided: Decided,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}

/// Under what a boot is scanned.
#[derive(Clone, Copy, Debug)]
pub struct Under<'a> {
    /// The scope, as the device has it.
    pub scope: &'a Scope,
    /// Its block lists, as the host knows them.
    pub lists: &'a [ScopeList],
    /// The addresses that others see probes come from, where the scope file names them.
    pub addresses: &'a [IpAddr],
}

/// What stands for the link, the scope and the list of a scan, and for how it proves what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plan(pub u64);

/// A scan that has not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Its number.
    pub id: ScanId,
    /// When it was begun.
    pub began: Utc,
}

/// A device whose name the store gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFamily {
    /// A simulated device: every run of a store is another device's first boot. A seed's first run
    /// in a new store is the same octet for octet; later ones have other tokens.
    Simulated,
    /// This computer: one device, whose boots are counted.
    Direct,
    /// This computer as a sink, beside what scans: a device of its own.
    Sink,
}

/// How many suspects, and how many entries of databases about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Addresses and ports.
    pub suspects: u64,
    /// Entries of databases.
    pub listings: u64,
}

/// Something that the device numbers and that must not be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A job's evidence.
    Finding(Box<Finding>),
    /// A suspect that is not probed.
    Refused(Refused),
    /// A parked job that does not come back.
    Over(Over),
    /// What the device could not keep.
    Lost(Lost),
    /// Neighbours where nobody answers: each is kept as a finding of its own.
    Dead(DeadRange),
    /// Something came to a sink.
    Arrival(Box<Arrival>),
}

/// A case's number: what `postern show` takes, for one address, port and probe for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(pub u64);

/// A job's number in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobNumber(pub u64);

/// What is known about one address and port under one probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub number: CaseNumber,
    /// Address and port.
    pub target: SocketAddr,
    /// The probe.
    pub probe: Probe,
    /// What the lists say.
    pub about: About,
}

/// A finding as it is kept, with its dates in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its job.
    pub job: JobNumber,
    /// When its dialogue began.
    pub began: Utc,
    /// When it ended or parked.
    pub ended: Utc,
    /// Whether no later finding of the job comes.
    pub over: bool,
    /// The device and its boot.
    pub device: DeviceId,
    /// Under which scope it was probed, where that is known.
    pub scope: Option<Scope>,
    /// The block lists of that scope, as the scope file had them.
    pub lists: Vec<ScopeList>,
    /// The addresses that others see probes come from, by the scope file.
    pub addresses: Vec<IpAddr>,
    /// With which key, where that is known.
    pub key: Option<Key>,
    /// What the device sent.
    pub finding: Finding,
}

/// Something that came to a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptArrival {
    /// The sink's device: not always the one whose message it is.
    pub device: DeviceId,
    /// When it came.
    pub at: Utc,
    /// What came.
    pub arrival: Arrival,
}

/// Something that came to a sink, on its way to the store that knows its job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The sink's device.
    pub device: DeviceId,
    /// What ties the clock of its boot to UTC.
    pub anchor: Anchor,
    /// What came.
    pub arrival: Arrival,
}

/// What a token of a job is verified by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownJob {
    /// Its target.
    pub target: SocketAddr,
    /// The device that ran it.
    pub device: DeviceId,
    /// The key of its scan.
    pub key: Key,
}

impl KnownJob {
    /// Whether a token is of this job.
    pub fn made(&self, token: &Token) -> bool {
        Signer::new(&self.key, self.device).verify(token, self.target)
    }
}

/// What a job's evidence was judged to say, and under which rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The case.
    pub case: CaseNumber,
    /// The job.
    pub job: JobNumber,
    /// When it was judged.
    pub judged: Utc,
    /// When the evidence was seen.
    pub seen: Utc,
    /// At which depth.
    pub depth: Depth,
    /// The version of the rules.
    pub rules: u16,
    /// The verdict.
    pub verdict: Verdict,
}

/// A letter's reference: the same on every rendering, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// As the letter has it, such as `PO-000007`.
    pub text: String,
    /// The finding whose number it has.
    pub first: CaseNumber,
    /// Which letter it is.
    pub key: ReferenceKey,
}

/// What tells one letter's case from another's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReferenceKey {
    /// The recipient's mail address in lower case, where the list has one.
    pub contact: Option<String>,
    /// The network, as `192.0.2.0/24`. Without a contact the address; empty for a letter
    /// about everything of a contact.
    pub network: String,
}

/// Something that must not be probed, whatever a scope says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// What.
    pub what: Excluded,
    /// Why: whoever asked for it.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// What may be excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excluded {
    /// Addresses.
    Network(Network),
    /// A domain and every name below it.
    Domain(Name),
}

impl Record {
    /// Its name on its device.
    pub const fn id(&self) -> RecordId {
        match self {
            Self::Finding(finding) => finding.id(),
            Self::Refused(refused) => refused.id,
            Self::Over(over) => over.id,
            Self::Lost(lost) => lost.id,
            Self::Dead(range) => range.id,
            Self::Arrival(arrival) => arrival.id,
        }
    }
}

impl Excluded {
    /// Whether it holds what a list says about a suspect.
    pub fn holds(&self, entry: &Entry) -> bool {
        match self {
            Self::Network(network) => network.contains(entry.endpoint().ip()),
            Self::Domain(domain) => entry
                .about
                .name
                .iter()
                .chain(&entry.about.domains)
                .any(|name| name.is_under(domain)),
        }
    }
}

/// Where findings are kept unless the user says otherwise: `$XDG_DATA_HOME/postern/findings.db`,
/// and `~/.local/share` where that is not set. `None` where there is no home either.
pub fn default_path() -> Option<PathBuf> {
    let data = match std::env::var_os("XDG_DATA_HOME").map(PathBuf::from) {
        // The XDG base directory specification has relative paths ignored.
        Some(data) if data.is_absolute() => data,
        Some(_) | None => PathBuf::from(std::env::var_os("HOME")?).join(".local/share"),
    };
    Some(data.join("postern").join("findings.db"))
}
