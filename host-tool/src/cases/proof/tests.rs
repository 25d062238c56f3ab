//! What came late, forged, for another's job, or before its job was known.

use std::{net::SocketAddr, path::PathBuf};

use jiff::Timestamp;
use probe_core::{
    arrival::{Marks, What},
    evidence::{Evidence, Observation},
    finding::{DeviceId, Finding, Probe, RecordId},
    frame::message::Proving,
    relay::{Outcomes, PairId},
    scope::Depth,
    smtp::{Class, Extensions, Quirks, Reply, Step},
    time::{Anchor, Instant, Millis},
    token::{Key, Role, Token},
    verdict::{Kind, Reason, Verdict, judge},
};

use super::*;
use crate::{
    cases::{self, CaseView},
    store::{Decided, DeviceFamily, ObjectionNumber, Record, SqliteStore},
};

const PAIR: PairId = PairId::EMPTY_SENDER;
const HOUR: u64 = 3_600;
/// When the scan begins, in seconds after the scope was issued.
const BEGAN: u64 = 12 * HOUR;

/// A store on a file, a device that scanned, and a sink beside it.
struct Yard {
    folder: PathBuf,
    store: SqliteStore,
    key: Key,
    issued: Utc,
    device: DeviceId,
    sink: (DeviceId, u32),
    records: u32,
}

impl Yard {
    fn new(name: &str) -> Self {
        let name = format!("postern-proof-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut store = SqliteStore::open(&folder.join("findings.db")).unwrap();
        let scope = host_sim::demo::scope(Depth::Standard);
        let key = Key::new([7; 16]);
        let issued = scope.issued;
        let (device, boot) = store.begin_boot(DeviceFamily::Simulated).unwrap();
        let began = Utc(issued.0 + BEGAN);
        anchored(&mut store, device, boot, began);
        let proving = Proving { key, deliver: true };
        store
            .begin_scan(device, boot, (&scope, &[]), &proving, began)
            .unwrap();
        let sink = store.begin_boot(DeviceFamily::Sink).unwrap();
        anchored(&mut store, sink.0, sink.1, began);
        Self {
            folder,
            store,
            key,
            issued,
            device,
            sink,
            records: 0,
        }
    }

    /// A job on `target` whose message was accepted.
    fn found(&mut self, serial: u64, target: &str) {
        let mut evidence = Evidence::new(Probe::Relay);
        evidence.record(&Observation::Began {
            depth: Depth::Standard,
            hours: u16::try_from(BEGAN / HOUR).unwrap(),
            outcomes: Outcomes::default(),
        });
        evidence.record(&Observation::Delivered {
            pair: PAIR,
            fate: Fate::Accepted,
            step: Step::Dot,
            reply: Reply {
                code: 250,
                enhanced: None,
                class: Class::Accepted,
                first: b"250 2.0.0 Ok: queued as 4711",
                last: b"250 2.0.0 Ok: queued as 4711",
                lines: 1,
                octets: 30,
                quirks: Quirks::empty(),
                extensions: Extensions::empty(),
                server: None,
            },
            after: Millis(20),
        });
        self.records += 1;
        let finding = Finding {
            boot: 1,
            number: self.records,
            job: JobSerial(serial),
            revision: 0,
            last: true,
            target: target.parse().unwrap(),
            probe: Probe::Relay,
            depth: Depth::Standard,
            lab: false,
            began: Instant::BOOT,
            ended: Instant::from_millis(2_000),
            rules: 1,
            verdict: judge(&evidence),
            refusals: 0,
            evidence,
        };
        let record = Record::Finding(Box::new(finding));
        self.store.append(self.device, &[record], NOW).unwrap();
    }

    fn token(&self, role: Role, serial: u64, target: &str) -> Token {
        let target: SocketAddr = target.parse().unwrap();
        let hours = u16::try_from(BEGAN / HOUR).unwrap();
        let pair = u8::try_from(PAIR.index()).unwrap();
        Signer::new(&self.key, self.device).sign(role, JobSerial(serial), pair, hours, target)
    }

    /// Something comes to the sink so long after the scan began.
    fn came(&mut self, after: u64, what: What, envelope: Option<Token>, content: Option<Token>) {
        self.records += 1;
        let arrival = Arrival {
            id: RecordId {
                boot: self.sink.1,
                number: self.records,
            },
            at: Instant::BOOT + Millis::from_secs(after),
            what,
            remote: "198.51.100.7:40000".parse().unwrap(),
            port: 25,
            helo: "out.example".try_into().unwrap(),
            reverse_path: Default::default(),
            recipient: Default::default(),
            envelope,
            content,
            octets: 900,
            marks: Marks::empty(),
            chain: Default::default(),
        };
        let record = Record::Arrival(Box::new(arrival));
        self.store.append(self.sink.0, &[record], NOW).unwrap();
        cases::judge_arrived(&mut self.store, NOW).unwrap();
    }

    /// Our message comes back so long after the scan began.
    fn returned(&mut self, after: u64, serial: u64, target: &str) {
        let envelope = Some(self.token(Role::Recipient, serial, target));
        let content = Some(self.token(Role::Message, serial, target));
        self.came(after, What::Message, envelope, content);
    }

    /// Every case, read by another program later.
    fn cases(&self) -> Vec<CaseView> {
        let store = SqliteStore::open_to_read(&self.folder.join("findings.db")).unwrap();
        cases::load(&store).unwrap()
    }

    fn kinds(&self) -> Vec<Kind> {
        self.cases().iter().map(|it| it.verdict().kind).collect()
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

const NOW: Timestamp = Timestamp::constant(1_795_000_000, 0);
const TARGET: &str = "192.0.2.1:25";

fn anchored(store: &mut SqliteStore, device: DeviceId, boot: u32, utc: Utc) {
    let at = Instant::BOOT;
    store.anchor(device, boot, Anchor { at, utc }).unwrap();
}

#[test]
fn a_message_that_comes_back_late_upgrades_the_finding_and_its_history_stays() {
    for (name, after) in [("hour", HOUR), ("two-days", 48 * HOUR)] {
        let mut yard = Yard::new(name);
        yard.found(1, TARGET);
        let before = yard.cases();
        assert_eq!(before[0].verdict().kind, Kind::Accepted);
        cases::keep_judgements(&mut yard.store, &before, NOW).unwrap();
        yard.returned(after, 1, TARGET);
        yard.returned(after + 5, 1, TARGET);
        let job = yard.cases()[0].latest().clone();
        let proved = Verdict {
            kind: Kind::Confirmed,
            reason: Reason::MessageReturned,
        };
        assert_eq!(job.verdict, proved);
        let at = Utc(yard.issued.0 + BEGAN + after);
        assert_eq!((job.proved.len(), job.proved[0].at), (2, at));
        let number = before[0].case.number;
        let kinds: Vec<(Kind, Utc)> = yard
            .store
            .judgements(number)
            .unwrap()
            .iter()
            .map(|it| (it.verdict.kind, it.seen))
            .collect();
        assert_eq!(
            kinds,
            [
                (Kind::Accepted, Utc(yard.issued.0 + BEGAN + 2)),
                (Kind::Confirmed, at),
                (Kind::Confirmed, Utc(at.0 + 5))
            ]
        );
    }
}

#[test]
fn what_proves_nothing_upgrades_nothing() {
    let mut yard = Yard::new("nothing");
    yard.found(1, TARGET);
    yard.found(2, "192.0.2.2:25");
    let other = "192.0.2.2:25";
    let recipient = yard.token(Role::Recipient, 1, TARGET);
    let message = yard.token(Role::Message, 1, TARGET);
    let strange = Signer::new(&Key::new([8; 16]), yard.device);
    let target: SocketAddr = TARGET.parse().unwrap();
    let forged = |role| Some(strange.sign(role, JobSerial(1), recipient.pair(), 12, target));
    // As another device would have signed its own job of that number.
    let theirs = Signer::new(&yard.key, DeviceId(*b"simother"));
    let theirs = |role| Some(theirs.sign(role, JobSerial(1), recipient.pair(), 12, target));
    let whole = |after, envelope, content| (after, What::Message, envelope, content);
    for (after, what, envelope, content) in [
        // Six days are over.
        whole(145 * HOUR, Some(recipient), Some(message)),
        whole(HOUR, forged(Role::Recipient), forged(Role::Message)),
        whole(HOUR, Some(recipient), forged(Role::Message)),
        whole(HOUR, Some(recipient), None),
        whole(HOUR, Some(message), Some(message)),
        whole(HOUR, theirs(Role::Recipient), theirs(Role::Message)),
        // Of another target's job.
        whole(
            HOUR,
            Some(yard.token(Role::Recipient, 1, other)),
            Some(yard.token(Role::Message, 1, other)),
        ),
        (HOUR, What::Callout, Some(recipient), None),
        (HOUR, What::Visit, Some(recipient), None),
        (HOUR, What::Message, None, Some(message)),
    ] {
        yard.came(after, what, envelope, content);
        assert_eq!(yard.kinds(), [Kind::Accepted, Kind::Accepted]);
    }
    yard.returned(HOUR, 1, TARGET);
    assert_eq!(yard.kinds(), [Kind::Confirmed, Kind::Accepted]);
}

#[test]
fn what_comes_before_its_job_is_known_counts_once_it_is() {
    let mut yard = Yard::new("unknown");
    yard.returned(60, 1, TARGET);
    assert_eq!(yard.store.arrivals().unwrap().len(), 1);
    yard.found(1, TARGET);
    assert_eq!(yard.kinds(), [Kind::Confirmed]);
}

#[test]
fn messages_are_out_until_they_return_or_their_window_ends() {
    let mut yard = Yard::new("out");
    yard.found(1, TARGET);
    yard.found(2, "192.0.2.2:25");
    let began = yard.issued.0 + BEGAN;
    let until = Utc(began + 144 * HOUR);
    let out = |yard: &Yard, after| all_out(&yard.cases(), Utc(began + after));
    let expected = |messages| Some(Out { messages, until });
    assert_eq!(out(&yard, HOUR), expected(2));
    yard.returned(HOUR, 1, TARGET);
    assert_eq!(out(&yard, 2 * HOUR), expected(1));
    assert_eq!(out(&yard, 144 * HOUR), None);
}

#[test]
fn whoever_objects_is_excluded_until_a_person_decides() {
    let mut yard = Yard::new("objection");
    let message = yard.token(Role::Message, 1, TARGET);
    yard.came(60, What::Objection, None, Some(message));
    let excluded = |yard: &Yard| -> Vec<(String, String)> {
        let exclusions = yard.store.exclusions().unwrap();
        let named = exclusions.into_iter().map(|it| {
            let crate::store::Excluded::Network(network) = it.what else {
                panic!("an address");
            };
            (network.address.to_string(), it.reason)
        });
        named.collect()
    };
    let waits = "objection 1, waiting for a decision".to_owned();
    let remote = ("198.51.100.7".to_owned(), waits.clone());
    assert_eq!(excluded(&yard), std::slice::from_ref(&remote));
    // The job that it quotes ends later.
    yard.found(1, TARGET);
    let target = ("192.0.2.1".to_owned(), waits);
    assert_eq!(excluded(&yard), [remote, target]);
    assert_eq!(yard.cases()[0].objection, Some(ObjectionNumber(1)));
    yard.returned(HOUR, 1, TARGET);
    let letter = |yard: &Yard| cases::facts::decision(&yard.cases()[0], Default::default());
    use crate::letters::model::{Decision, Occasion, WhyNone};
    assert_eq!(letter(&yard), Decision::NoLetter(WhyNone::Objection));

    let first = ObjectionNumber(1);
    assert_eq!(yard.store.decide(first, Decided::Kept, NOW), Ok(true));
    assert_eq!(excluded(&yard)[1].1, "objection 1, kept");
    assert_eq!(letter(&yard), Decision::Write(Occasion::Confirmed));
    assert_eq!(yard.store.decide(first, Decided::Lifted, NOW), Ok(true));
    assert_eq!(excluded(&yard), []);
    let second = ObjectionNumber(2);
    assert_eq!(yard.store.decide(second, Decided::Kept, NOW), Ok(false));
}

#[test]
fn a_quoted_token_that_nobody_made_excludes_no_target() {
    let mut yard = Yard::new("forged-objection");
    yard.found(1, TARGET);
    let strange = Signer::new(&Key::new([8; 16]), yard.device);
    let forged = strange.sign(Role::Message, JobSerial(1), 4, 12, TARGET.parse().unwrap());
    yard.came(60, What::Objection, None, Some(forged));
    let objections = yard.store.objections().unwrap();
    assert_eq!((objections.len(), objections[0].about.len()), (1, 0));
    assert_eq!(yard.cases()[0].objection, None);
}
