//! Sessions with a real prober at the other end of the cable. Its worker asks nobody anything:
//! every job ends at once with no evidence.

use std::net::SocketAddr;

use embassy_futures::select::select3;
use host_sim::{
    host::PROVING,
    pipe::{PipeEnd, pipe},
};
use probe_core::{
    evidence::Evidence,
    finding::{DeviceId, Probe},
    prober::{Next, Prober},
    scope::Refusal,
    token::Key,
    verdict::Kind,
};

use super::*;
use crate::{
    lists::Entry,
    problem::{Place, Problem},
    store::{
        Case, CaseNumber, Exclusion, Judgement, Kept, Plan, Reference, SqliteStore, Unfinished,
    },
};

const DEVICE: DeviceId = DeviceId(*b"test 001");
const UTC: Utc = Utc(1_795_000_000);

#[test]
fn every_line_ends_in_the_store() {
    let bench = Bench::new("whole");
    let outcome = bench.scan(&mut bench.store()).unwrap();
    assert_eq!((outcome.stored, outcome.ended), (3, Some(Ended::ListDone)));
    assert_eq!(bench.cases(), ["192.0.2.1:25", "192.0.2.2:25"]);
    let refusals = bench.store().refusals().unwrap();
    let stranger: SocketAddr = "198.51.100.1:25".parse().unwrap();
    assert_eq!(refusals, [(stranger, "outside-networks".to_owned())]);
}

#[test]
fn a_host_that_dies_between_storing_and_acknowledging_stores_nothing_twice() {
    let bench = Bench::new("dies");
    let error = bench.scan(&mut Dying(bench.store())).unwrap_err();
    assert_eq!(error, SessionError::Store(Dying::dead()));
    let kept = bench.cases().len() + bench.store().refusals().unwrap().len();
    assert!(kept > 0, "what came before was stored");
    assert_eq!(bench.prober.borrow().progress(now()).outbox.acknowledged, 0);

    let outcome = bench.scan(&mut bench.store()).unwrap();
    assert_eq!(bench.cases(), ["192.0.2.1:25", "192.0.2.2:25"]);
    let store = bench.store();
    for number in 1..=2 {
        assert_eq!(store.findings(CaseNumber(number)).unwrap().len(), 1);
    }
    assert!(outcome.stored < 3, "the first one was there already");
    assert_eq!(bench.prober.borrow().progress(now()).outbox.made, 3);
}

#[test]
fn a_device_that_starts_anew_probes_nothing_again_that_had_its_end() {
    let mut bench = Bench::new("anew");
    // Named twice: the second line of it is refused, and is not its end.
    bench.list.push(bench.list[2].clone());
    bench.restarts = true;
    let outcome = bench.scan(&mut bench.store()).unwrap();
    assert_eq!((outcome.boot, outcome.ended), (2, Some(Ended::ListDone)));
    let jobs = bench.jobs.borrow();
    let jobs: Vec<_> = jobs.iter().map(|(boot, at)| (*boot, at.as_str())).collect();
    assert_eq!(jobs, [(1, "192.0.2.1:25"), (2, "192.0.2.2:25")]);
    assert_eq!(bench.cases(), ["192.0.2.1:25", "192.0.2.2:25"]);
    let targets = bench.prober.borrow().progress(now()).targets;
    assert_eq!(
        (targets.taken, targets.done, targets.refused),
        (3, 1, 2),
        "the line that was probed is left out"
    );
}

#[test]
fn a_scan_that_goes_on_asks_a_device_that_has_forgotten_it_for_the_rest() {
    let mut bench = Bench::new("rest");
    bench.restarts = true;
    bench.scan(&mut Dying(bench.store())).unwrap_err();
    assert_eq!(bench.cases(), ["192.0.2.1:25"]);
    *bench.prober.borrow_mut() = Prober::new(DEVICE, 2);
    bench.resumes = true;
    let outcome = bench.scan(&mut bench.store()).unwrap();
    assert_eq!((outcome.boot, outcome.ended), (2, Some(Ended::ListDone)));
    let jobs = bench.jobs.borrow();
    let jobs: Vec<_> = jobs.iter().map(|(boot, at)| (*boot, at.as_str())).collect();
    assert_eq!(jobs, [(1, "192.0.2.1:25"), (2, "192.0.2.2:25")]);
}

#[test]
fn a_scan_that_goes_on_gives_a_device_the_lines_that_it_had() {
    let mut bench = Bench::new("same");
    bench.restarts = true;
    bench.scan(&mut Dying(bench.store())).unwrap_err();
    // What is stored meanwhile does not move the lines that the device counts.
    bench.restarts = false;
    bench.resumes = true;
    let outcome = bench.scan(&mut bench.store()).unwrap();
    assert_eq!((outcome.boot, outcome.ended), (1, Some(Ended::ListDone)));
    let targets = bench.prober.borrow().progress(now()).targets;
    assert_eq!((targets.taken, targets.done, targets.refused), (3, 2, 1));
    assert_eq!(bench.cases(), ["192.0.2.1:25", "192.0.2.2:25"]);
}

#[test]
fn refusals_of_the_day_outlive_the_device_that_has_counted_them() {
    let mut bench = Bench::new("refusals");
    bench.refusals_since = Some(bench.began);
    bench.refusals = 10;
    bench.scan(&mut bench.store()).unwrap();
    assert_eq!(bench.jobs.borrow().len(), 2);
    *bench.prober.borrow_mut() = Prober::new(DEVICE, 2);
    let outcome = bench.scan(&mut bench.store()).unwrap();
    assert_eq!((outcome.boot, outcome.ended), (2, Some(Ended::ListDone)));
    assert_eq!(bench.jobs.borrow().len(), 2, "nobody is asked again");
    let targets = bench.prober.borrow().progress(now()).targets;
    assert_eq!((targets.done, targets.refused), (0, 3));
    // What is a day old does not count any more.
    bench.refusals_since = Some(Utc(bench.began.0 + 3_600));
    *bench.prober.borrow_mut() = Prober::new(DEVICE, 3);
    bench.scan(&mut bench.store()).unwrap();
    assert_eq!(bench.jobs.borrow().len(), 4);
}

#[test]
fn a_user_who_stops_keeps_what_is_stored() {
    let mut bench = Bench::new("stops");
    bench.works = false;
    let outcome = bench.run(&mut bench.store(), &mut Stopper).unwrap();
    assert_eq!(outcome.ended, Some(Ended::HostAsked));
}

#[test]
fn a_device_of_another_format_is_refused_by_its_number() {
    // Format 9, one whole part, sequence 257, no message that we know, and the CRC that belongs to it.
    const FRAME: [u8; 16] = [
        0x0f, 0x09, 0x03, 0x01, 0x01, 0x07, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x70, 0x15, 0xf8, 0xa1,
        0x00,
    ];
    let bench = Bench::new("format");
    let (host, device) = pipe();
    let (_reader, mut writer) = device.split();
    let error = bench.speak(host, &mut bench.store(), &mut Quiet, async {
        writer.write_all(&FRAME).await.unwrap();
        std::future::pending().await
    });
    assert_eq!(error.unwrap_err(), SessionError::Format(9));
}

#[test]
fn a_link_that_closes_is_told() {
    let bench = Bench::new("closes");
    let (host, device) = pipe();
    drop(device);
    let error = bench.speak(host, &mut bench.store(), &mut Quiet, async {
        std::future::pending().await
    });
    assert_eq!(
        error.unwrap_err(),
        SessionError::LinkEnded("the device closed it".to_owned())
    );
}

/// A prober, a folder for the store, and a scope and list to scan.
struct Bench {
    prober: RefCell<Prober>,
    folder: std::path::PathBuf,
    scope: Scope,
    list: Vec<Suspect>,
    works: bool,
    /// The device starts anew when its first job's end is stored, with the others under way.
    restarts: bool,
    /// The scan was begun by an earlier session.
    resumes: bool,
    refusals_since: Option<Utc>,
    /// How often every target refuses.
    refusals: u8,
    began: Utc,
    /// The jobs that ended: in which boot, and whose.
    jobs: RefCell<Vec<(u32, String)>>,
}

impl Bench {
    fn new(name: &str) -> Self {
        let name = format!("postern-session-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let now = Timestamp::from_second(UTC.0 as i64).unwrap();
        let scope = crate::scope_file::parse(SCOPE, &Place::named("scope"), now).unwrap();
        let list = ["192.0.2.1", "198.51.100.1", "192.0.2.2"].map(|address| Suspect {
            address: address.parse().unwrap(),
            port: 25,
            names: heapless::Vec::new(),
        });
        Self {
            prober: RefCell::new(Prober::new(DEVICE, 1)),
            folder,
            scope: scope.scope,
            list: list.to_vec(),
            works: true,
            restarts: false,
            resumes: false,
            refusals_since: None,
            refusals: 0,
            began: Utc(Timestamp::now().as_second() as u64),
            jobs: RefCell::default(),
        }
    }

    fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.folder.join("findings.db")).unwrap()
    }

    fn cases(&self) -> Vec<String> {
        let cases = self.store().cases().unwrap();
        cases.iter().map(|case| case.target.to_string()).collect()
    }

    fn scan(&self, store: &mut dyn Store) -> Result<Outcome, SessionError> {
        self.run(store, &mut Quiet)
    }

    fn run(&self, store: &mut dyn Store, watch: &mut dyn Watch) -> Result<Outcome, SessionError> {
        let (host, device) = pipe();
        self.speak(host, store, watch, self.device(device))
    }

    fn speak(
        &self,
        host: PipeEnd,
        store: &mut dyn Store,
        watch: &mut dyn Watch,
        device: impl Future<Output = ()>,
    ) -> Result<Outcome, SessionError> {
        let scan = Scan {
            id: ScanId(1),
            scope: &self.scope,
            lists: &[],
            addresses: &[],
            proving: PROVING,
            list: &self.list,
            utc: UTC,
            began: self.began,
            resumes: self.resumes,
            refusals_since: self.refusals_since,
        };
        let (reader, writer) = host.split();
        let both = async {
            match select(run(reader, writer, &scan, store, watch), device).await {
                Either::First(outcome) => outcome,
                Either::Second(()) => panic!("the device went away"),
            }
        };
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(both)
    }

    /// Ends every job that is there, or the first one of a device that starts anew.
    fn work(&self) {
        let mut prober = self.prober.borrow_mut();
        let is_before = self.restarts && prober.boot() == 1;
        if is_before && prober.progress(now()).outbox.acknowledged >= 3 {
            *prober = Prober::new(DEVICE, 2);
            return;
        }
        while let Next::Job(job) = prober.next(now()) {
            let mut jobs = self.jobs.borrow_mut();
            if is_before && !jobs.is_empty() {
                return;
            }
            jobs.push((prober.boot(), job.target.endpoint().to_string()));
            prober.spent(now(), &job, self.refusals);
            prober
                .finish(now(), &job, &Evidence::new(Probe::Relay))
                .unwrap();
        }
    }

    async fn device(&self, end: PipeEnd) {
        let (mut reader, mut writer) = end.split();
        let news = Notify::new();
        let listening = async {
            let mut piece = [0; 256];
            loop {
                let count = reader.read(&mut piece).await.unwrap();
                if count == 0 {
                    std::future::pending::<()>().await;
                }
                let mut prober = self.prober.borrow_mut();
                prober.link_received(now(), &piece[..count]);
                news.notify_one();
            }
        };
        let telling = async {
            let mut frame = [0; FRAME_OCTETS_MAX];
            loop {
                let count = self.prober.borrow_mut().link_transmit(now(), &mut frame);
                match count {
                    Some(count) => writer.write_all(&frame[..count]).await.unwrap(),
                    None => {
                        let tick = embassy_time::Duration::from_millis(5);
                        select(news.notified(), Timer::after(tick)).await;
                    }
                }
            }
        };
        let working = async {
            loop {
                if self.works {
                    self.work();
                    news.notify_one();
                }
                Timer::after(embassy_time::Duration::from_millis(1)).await;
            }
        };
        select3(listening, telling, working).await;
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

const SCOPE: &str = r#"
contact = "noc@cert.example"
abuse_page = "https://cert.example/probes"
issued = 2026-11-01
expires = 2026-12-01
networks = ["192.0.2.0/24"]
[authority]
kind = "consent"
reference = "contract 2026/17"
[identity]
helo = "probe.cert.example"
sender_domain = "probe.cert.example"
sink_domain = "sink.cert.example"
"#;

struct Quiet;

impl Watch for Quiet {
    fn device(&mut self, device: &DeviceHello) {
        assert_eq!(device.device, DEVICE);
    }
    fn info(&mut self, _: &Info) {}
    fn progress(&mut self, _: &Progress) {}
    fn stored(&mut self, _: &Record) {}
    fn wants_stop(&self) -> bool {
        false
    }
}

struct Stopper;

impl Watch for Stopper {
    fn device(&mut self, _: &DeviceHello) {}
    fn info(&mut self, _: &Info) {}
    fn progress(&mut self, _: &Progress) {}
    fn stored(&mut self, _: &Record) {}
    fn wants_stop(&self) -> bool {
        true
    }
}

/// A store whose program dies right after it has stored.
struct Dying(SqliteStore);

impl Dying {
    fn dead() -> StoreError {
        Problem::new(Place::named("store"), "killed", "a longer life")
    }
}

impl Store for Dying {
    fn append(
        &mut self,
        device: DeviceId,
        records: &[Record],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.0.append(device, records, now)?;
        Err(Self::dead())
    }

    fn anchor(&mut self, device: DeviceId, boot: u32, anchor: Anchor) -> Result<(), StoreError> {
        self.0.anchor(device, boot, anchor)
    }

    fn begin_scan(
        &mut self,
        device: DeviceId,
        boot: u32,
        under: Under<'_>,
        proving: &Proving,
        now: Utc,
    ) -> Result<(), StoreError> {
        self.0.begin_scan(device, boot, under, proving, now)
    }
    fn arrivals(&self) -> Result<Vec<crate::store::KeptArrival>, StoreError> {
        Err(Self::dead())
    }
    fn jobs_of(
        &self,
        _: probe_core::finding::JobSerial,
    ) -> Result<Vec<crate::store::KnownJob>, StoreError> {
        Err(Self::dead())
    }
    fn last_scope(&self) -> Result<Option<Scope>, StoreError> {
        Err(Self::dead())
    }
    fn arrived(&self) -> Result<std::collections::BTreeSet<CaseNumber>, StoreError> {
        Err(Self::dead())
    }
    fn key(&mut self, _: Timestamp) -> Result<Key, StoreError> {
        Err(Self::dead())
    }
    fn next_scan(&mut self, _: Plan, _: Utc) -> Result<ScanId, StoreError> {
        Err(Self::dead())
    }
    fn unfinished_scan(&self, _: Plan, _: Utc) -> Result<Option<Unfinished>, StoreError> {
        Err(Self::dead())
    }
    fn scan_is_over(&mut self, _: ScanId) -> Result<(), StoreError> {
        Err(Self::dead())
    }
    fn left_out(
        &self,
        scan: ScanId,
        device: DeviceId,
        boot: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.left_out(scan, device, boot)
    }
    fn leave_out(
        &mut self,
        scan: ScanId,
        device: DeviceId,
        boot: u32,
        lines: &[u8],
    ) -> Result<(), StoreError> {
        self.0.leave_out(scan, device, boot, lines)
    }
    fn ended_since(&self, since: Utc) -> Result<Vec<(SocketAddr, Kind)>, StoreError> {
        self.0.ended_since(since)
    }
    fn refusals_since(
        &self,
        since: Utc,
        device: DeviceId,
        boot: u32,
    ) -> Result<Vec<(SocketAddr, u32)>, StoreError> {
        self.0.refusals_since(since, device, boot)
    }
    fn refused_since(&self, _: Utc) -> Result<Vec<(SocketAddr, Refusal)>, StoreError> {
        Err(Self::dead())
    }
    fn begin_boot(&mut self, _: crate::store::DeviceFamily) -> Result<(DeviceId, u32), StoreError> {
        Err(Self::dead())
    }
    fn note(&mut self, _: &[Entry], _: Timestamp) -> Result<(), StoreError> {
        Err(Self::dead())
    }
    fn import(
        &mut self,
        _: &mut dyn crate::import::Reading,
        _: Timestamp,
    ) -> Result<Option<crate::store::Imported>, StoreError> {
        Err(Self::dead())
    }
    fn imported(&self) -> Result<Vec<Entry>, StoreError> {
        Err(Self::dead())
    }
    fn cases(&self) -> Result<Vec<Case>, StoreError> {
        self.0.cases()
    }
    fn findings(&self, case: CaseNumber) -> Result<Vec<Kept>, StoreError> {
        self.0.findings(case)
    }
    fn judge(&mut self, _: &[Judgement]) -> Result<(), StoreError> {
        Err(Self::dead())
    }
    fn judgements(&self, _: CaseNumber) -> Result<Vec<Judgement>, StoreError> {
        Err(Self::dead())
    }
    fn suspects(&self) -> Result<Vec<(SocketAddr, crate::lists::About)>, StoreError> {
        Err(Self::dead())
    }
    fn refusals(&self) -> Result<Vec<(SocketAddr, String)>, StoreError> {
        Err(Self::dead())
    }
    fn refused(&mut self, _: &[(SocketAddr, String)], _: Timestamp) -> Result<(), StoreError> {
        Err(Self::dead())
    }
    fn references(&self) -> Result<Vec<Reference>, StoreError> {
        Err(Self::dead())
    }
    fn keep_references(&mut self, _: &[Reference], _: Timestamp) -> Result<(), StoreError> {
        Err(Self::dead())
    }
    fn exclude(&mut self, _: &Exclusion) -> Result<(), StoreError> {
        Err(Self::dead())
    }
    fn include(&mut self, _: &crate::store::Excluded) -> Result<bool, StoreError> {
        Err(Self::dead())
    }
    fn exclusions(&self) -> Result<Vec<Exclusion>, StoreError> {
        Err(Self::dead())
    }
    fn objections(&self) -> Result<Vec<crate::store::Objection>, StoreError> {
        Err(Self::dead())
    }
    fn decide(
        &mut self,
        _: crate::store::ObjectionNumber,
        _: crate::store::Decided,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        Err(Self::dead())
    }
}
