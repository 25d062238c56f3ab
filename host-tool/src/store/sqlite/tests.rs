//! The store's promises, each on a file of its own.

mod imports;

use probe_core::{
    dead::{DeadBy, DeadRange},
    evidence::Evidence,
    finding::{Finding, JobSerial, Over, Probe, RecordId, Refused},
    name::Name,
    scope::{Depth, Refusal},
    time::Instant,
    verdict::{Kind, Reason},
};

use super::*;
use crate::{
    lists::{Claim, Listing},
    scope_file,
};

const NOW: Timestamp = Timestamp::constant(1_795_000_000, 0);

struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("postern-store-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("findings.db")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn finding(boot: u32, number: u32, job: u64, revision: u8, target: &str) -> Record {
    Record::Finding(Box::new(Finding {
        boot,
        number,
        job: JobSerial(job),
        revision,
        last: false,
        target: target.parse().unwrap(),
        probe: Probe::Relay,
        depth: Depth::Standard,
        lab: false,
        path_checked: false,
        began: Instant::from_millis(5_000),
        ended: Instant::from_millis(7_000),
        rules: 1,
        verdict: Verdict {
            kind: Kind::Inconclusive,
            reason: Reason::Greylisted,
        },
        evidence: Evidence::new(Probe::Relay),
        refusals: 4,
    }))
}

/// A store in which `device` has started once.
fn started(scratch: &Scratch) -> (SqliteStore, DeviceId) {
    let mut store = SqliteStore::open(&scratch.file()).unwrap();
    let (device, boot) = store.begin_boot(DeviceFamily::Simulated).unwrap();
    let anchor = Anchor {
        at: Instant::from_millis(1_000),
        utc: Utc(1_000_000),
    };
    store.anchor(device, boot, anchor).unwrap();
    (store, device)
}

#[test]
fn storing_twice_is_harmless_and_revisions_are_one_job() {
    let scratch = Scratch::new("twice");
    let (mut store, device) = started(&scratch);
    let first = finding(1, 1, 9, 0, "192.0.2.1:25");
    let second = finding(1, 2, 9, 1, "192.0.2.1:25");
    assert_eq!(
        store.append(device, std::slice::from_ref(&first), NOW),
        Ok(1)
    );
    assert_eq!(store.append(device, &[first, second], NOW), Ok(1));

    let cases = store.cases().unwrap();
    assert_eq!(cases.len(), 1);
    let kept = store.findings(cases[0].number).unwrap();
    let revisions: Vec<(JobNumber, u8)> = kept
        .iter()
        .map(|it| (it.job, it.finding.revision))
        .collect();
    assert_eq!(revisions, [(JobNumber(1), 0), (JobNumber(1), 1)]);
    assert_eq!(
        (kept[0].began, kept[0].ended),
        (Utc(1_000_004), Utc(1_000_006))
    );
    assert!(!kept[0].over);

    let over = Record::Over(Over {
        id: RecordId { boot: 1, number: 3 },
        job: JobSerial(9),
        revisions: 2,
        target: "192.0.2.1:25".parse().unwrap(),
        why: Refusal::ScanEnded,
    });
    assert_eq!(store.append(device, &[over], NOW), Ok(1));
    assert!(store.findings(cases[0].number).unwrap()[1].over);
}

#[test]
fn a_case_keeps_its_number_from_scan_to_scan() {
    let scratch = Scratch::new("number");
    let (mut store, device) = started(&scratch);
    let records = [
        finding(1, 1, 1, 0, "192.0.2.1:25"),
        finding(1, 2, 2, 0, "192.0.2.2:25"),
    ];
    store.append(device, &records, NOW).unwrap();
    let (other, boot) = store.begin_boot(DeviceFamily::Simulated).unwrap();
    assert_ne!(device, other);
    let anchor = Anchor {
        at: Instant::BOOT,
        utc: Utc(2_000_000),
    };
    store.anchor(other, boot, anchor).unwrap();
    let records = [
        finding(1, 1, 1, 0, "192.0.2.2:25"),
        finding(1, 2, 2, 0, "192.0.2.3:25"),
    ];
    store.append(other, &records, NOW).unwrap();
    let cases: Vec<(u64, String)> = store
        .cases()
        .unwrap()
        .iter()
        .map(|case| (case.number.0, case.target.to_string()))
        .collect();
    assert_eq!(
        cases,
        [
            (1, "192.0.2.1:25".to_owned()),
            (2, "192.0.2.2:25".to_owned()),
            (3, "192.0.2.3:25".to_owned())
        ]
    );
    assert_eq!(store.findings(CaseNumber(2)).unwrap().len(), 2);
}

#[test]
fn records_are_all_kept_or_none() {
    let scratch = Scratch::new("all");
    let (mut store, device) = started(&scratch);
    let records = [
        finding(1, 1, 1, 0, "192.0.2.1:25"),
        // No anchor is known for boot 7, so this one cannot be dated.
        finding(7, 1, 2, 0, "192.0.2.2:25"),
    ];
    assert!(store.append(device, &records, NOW).is_err());
    assert_eq!(store.cases(), Ok(Vec::new()));
}

#[test]
fn this_computer_is_one_device_and_its_boots_are_counted() {
    let scratch = Scratch::new("boots");
    let mut store = SqliteStore::open(&scratch.file()).unwrap();
    let (device, first) = store.begin_boot(DeviceFamily::Direct).unwrap();
    assert_eq!(store.begin_boot(DeviceFamily::Direct), Ok((device, 2)));
    assert_eq!(first, 1);
}

#[test]
fn judgements_are_added_and_never_changed() {
    let scratch = Scratch::new("judgements");
    let (mut store, device) = started(&scratch);
    store
        .append(device, &[finding(1, 1, 1, 0, "192.0.2.1:25")], NOW)
        .unwrap();
    let mut judgement = Judgement {
        case: CaseNumber(1),
        job: JobNumber(1),
        judged: Utc(5),
        seen: Utc(4),
        depth: Depth::Quick,
        rules: 1,
        verdict: Verdict {
            kind: Kind::Inconclusive,
            reason: Reason::Greylisted,
        },
    };
    store.judge(std::slice::from_ref(&judgement)).unwrap();
    judgement.judged = Utc(6);
    store.judge(std::slice::from_ref(&judgement)).unwrap();
    assert_eq!(
        store.judgements(CaseNumber(1)).unwrap().len(),
        1,
        "it says the same"
    );
    judgement.rules = 2;
    store.judge(std::slice::from_ref(&judgement)).unwrap();
    let rules: Vec<u16> = store
        .judgements(CaseNumber(1))
        .unwrap()
        .iter()
        .map(|it| it.rules)
        .collect();
    assert_eq!(rules, [1, 2]);
}

#[test]
fn what_lists_say_is_kept_and_updated() {
    let scratch = Scratch::new("lists");
    let mut store = SqliteStore::open(&scratch.file()).unwrap();
    let entry = |country: Option<&str>, by: &str| Entry {
        place: Place::named("list"),
        address: "192.0.2.1".parse().unwrap(),
        port: 25,
        about: About {
            name: Some(Name::new("mail.a.example").unwrap()),
            country: country.map(str::to_owned),
            network: country.and(scope_file::network("192.0.2.0/25").ok()),
            time_zone: country.map(|_| "Europe/Warsaw".to_owned()),
            listings: vec![Listing {
                by: by.to_owned(),
                on: Some("2026-11-01".parse().unwrap()),
                since: None,
                code: None,
                claim: Claim::Suspect,
            }],
            ..About::default()
        },
    };
    store.note(&[entry(Some("PL"), "a.example")], NOW).unwrap();
    store.note(&[entry(None, "b.example")], NOW).unwrap();
    let suspects = store.suspects().unwrap();
    assert_eq!(suspects.len(), 1);
    let about = &suspects[0].1;
    assert_eq!(about.country.as_deref(), Some("PL"));
    assert_eq!(about.network, scope_file::network("192.0.2.0/25").ok());
    assert_eq!(about.time_zone.as_deref(), Some("Europe/Warsaw"));
    assert_eq!(about.listings.len(), 2);
}

#[test]
fn the_newest_refusal_counts() {
    let scratch = Scratch::new("refusals");
    let (mut store, device) = started(&scratch);
    let suspect: SocketAddr = "[::ffff:192.0.2.1]:25".parse().unwrap();
    let refused = Record::Refused(Refused {
        id: RecordId { boot: 1, number: 1 },
        index: 0,
        suspect,
        why: Refusal::OutsideNetworks,
    });
    store.append(device, &[refused], NOW).unwrap();
    let suspect: SocketAddr = "192.0.2.1:25".parse().unwrap();
    store
        .refused(&[(suspect, "excluded".to_owned())], NOW)
        .unwrap();
    assert_eq!(store.refusals(), Ok(vec![(suspect, "excluded".to_owned())]));
}

#[test]
fn exclusions_hold_addresses_and_names() {
    let scratch = Scratch::new("exclusions");
    let mut store = SqliteStore::open(&scratch.file()).unwrap();
    for what in [
        Excluded::Network(scope_file::network("192.0.2.0/24").unwrap()),
        Excluded::Domain(Name::new("a.example").unwrap()),
    ] {
        let exclusion = Exclusion {
            what,
            reason: "asked by the owner".to_owned(),
            since: NOW,
        };
        store.exclude(&exclusion).unwrap();
        store.exclude(&exclusion).unwrap();
    }
    let exclusions = store.exclusions().unwrap();
    assert_eq!(exclusions.len(), 2);
    let entry = |address: &str, domain: &str| Entry {
        place: Place::named("list"),
        address: address.parse().unwrap(),
        port: 25,
        about: About {
            domains: vec![Name::new(domain).unwrap()],
            ..About::default()
        },
    };
    for (address, domain, excluded) in [
        ("192.0.2.1", "b.example", true),
        ("::ffff:192.0.2.1", "b.example", true),
        ("198.51.100.1", "mail.a.example", true),
        ("198.51.100.1", "nota.example", false),
    ] {
        let holds = exclusions
            .iter()
            .any(|it| it.what.holds(&entry(address, domain)));
        assert_eq!(holds, excluded, "{address} {domain}");
    }
}

#[test]
fn a_store_that_cannot_be_used_says_why() {
    let scratch = Scratch::new("bad");
    let found = |result: Result<SqliteStore, StoreError>| match result {
        Ok(_) => panic!("the store was opened"),
        Err(problem) => problem.found,
    };
    assert_eq!(
        found(SqliteStore::open_to_read(&scratch.file())),
        "there is no store"
    );

    let other = scratch.folder.join("other");
    std::fs::write(&other, "something else, long enough to have a header").unwrap();
    assert_eq!(
        found(SqliteStore::open(&other)),
        "this is no store of postern"
    );

    let foreign = scratch.folder.join("foreign.db");
    Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE t (x)")
        .unwrap();
    assert_eq!(
        found(SqliteStore::open(&foreign)),
        "this is no store of postern"
    );

    drop(SqliteStore::open(&scratch.file()).unwrap());
    let raw = Connection::open(scratch.file()).unwrap();
    raw.execute_batch("PRAGMA user_version = 99").unwrap();
    assert_eq!(
        found(SqliteStore::open(&scratch.file())),
        "the store has version 99"
    );
    assert_eq!(
        found(SqliteStore::open_to_read(&scratch.file())),
        "the store has version 99"
    );

    let version = crate::store::schema::VERSION;
    raw.execute_batch(&format!("PRAGMA user_version = {version}; BEGIN EXCLUSIVE"))
        .unwrap();
    assert_eq!(
        found(SqliteStore::open(&scratch.file())),
        "the store is locked by another program"
    );
    raw.execute_batch("ROLLBACK").unwrap();

    let mut read_only = SqliteStore::open_to_read(&scratch.file()).unwrap();
    let problem = read_only.begin_boot(DeviceFamily::Direct).unwrap_err();
    assert_eq!(problem.found, "the store is read-only");
}

#[test]
fn a_scans_number_never_comes_again() {
    let scratch = Scratch::new("scan-numbers");
    let mut drawn = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let mut store = SqliteStore::open(&scratch.file()).unwrap();
        for _ in 0..20 {
            assert!(drawn.insert(store.next_scan(Plan(1), Utc(1)).unwrap()));
        }
    }
    assert!(!drawn.contains(&ScanId(0)));
}

#[test]
fn the_newest_scan_of_a_plan_goes_on_until_it_is_over() {
    let scratch = Scratch::new("unfinished");
    let (mut store, device) = started(&scratch);
    let (plan, other) = (Plan(u64::MAX), Plan(2));
    assert_eq!(store.unfinished_scan(plan, Utc(0)), Ok(None));
    let first = store.next_scan(plan, Utc(100)).unwrap();
    let second = store.next_scan(plan, Utc(200)).unwrap();
    store.next_scan(other, Utc(300)).unwrap();
    let newest = Unfinished {
        id: second,
        began: Utc(200),
    };
    assert_eq!(store.unfinished_scan(plan, Utc(200)), Ok(Some(newest)));
    assert_eq!(store.unfinished_scan(plan, Utc(201)), Ok(None), "too old");

    assert_eq!(store.left_out(second, device, 1), Ok(None));
    store.leave_out(second, device, 1, &[]).unwrap();
    assert_eq!(store.left_out(second, device, 1), Ok(Some(Vec::new())));
    assert_eq!(store.left_out(first, device, 1), Ok(None));

    store.scan_is_over(second).unwrap();
    assert_eq!(
        store.unfinished_scan(plan, Utc(0)),
        Ok(None),
        "the older one is past"
    );
    assert!(store.unfinished_scan(other, Utc(0)).unwrap().is_some());
}

#[test]
fn a_store_of_the_first_version_goes_on() {
    let scratch = Scratch::new("version-1");
    let mut store = SqliteStore::open(&scratch.file()).unwrap();
    let (device, _) = store.begin_boot(DeviceFamily::Direct).unwrap();
    drop(store);
    let raw = Connection::open(scratch.file()).unwrap();
    raw.execute_batch(
        "DROP TABLE objections; DROP TABLE arrivals; DROP TABLE keys;
         ALTER TABLE scans DROP COLUMN key; ALTER TABLE scans DROP COLUMN format; ALTER TABLE scans DROP COLUMN lists; ALTER TABLE scans DROP COLUMN addresses;
         DROP TABLE scan_lists; DROP TABLE scan_numbers; DROP TABLE letter_references;
         DROP TABLE listings; ALTER TABLE boots DROP COLUMN elsewhere;
         CREATE TABLE listings (
             suspect INTEGER NOT NULL REFERENCES suspects, listed_by TEXT NOT NULL,
             listed_on TEXT, listed_code TEXT, UNIQUE (suspect, listed_by)) STRICT;
         INSERT INTO suspects (id, address, port, noted_utc, domains)
             VALUES (1, '192.0.2.1', 25, 0, '');
         INSERT INTO listings VALUES (1, 'a.example', '2026-11-01', NULL);
         INSERT INTO listings VALUES (1, 'b.example', NULL, '127.0.0.2');
         ALTER TABLE suspects DROP COLUMN imported_utc;
         ALTER TABLE suspects DROP COLUMN only_imported;
         ALTER TABLE suspects DROP COLUMN network;
         ALTER TABLE suspects DROP COLUMN time_zone; PRAGMA user_version = 1",
    )
    .unwrap();
    drop(raw);

    let read = SqliteStore::open_to_read(&scratch.file()).unwrap();
    let suspects = read.suspects().unwrap();
    let listings: Vec<(&str, Option<String>, Option<&str>)> = suspects[0]
        .1
        .listings
        .iter()
        .map(|it| {
            let on = it.on.map(|day| day.to_string());
            (it.by.as_str(), on, it.code.as_deref())
        })
        .collect();
    assert_eq!(
        listings,
        [
            ("a.example", Some("2026-11-01".to_owned()), None),
            ("b.example", None, Some("127.0.0.2"))
        ]
    );
    drop(read);
    let mut store = SqliteStore::open(&scratch.file()).unwrap();
    store.next_scan(Plan(1), Utc(1)).unwrap();
    assert_eq!(store.references(), Ok(Vec::new()));
    let next = store.begin_boot(DeviceFamily::Direct).unwrap();
    assert_eq!(next, (device, 2));
}

#[test]
fn references_are_kept_and_move_with_their_findings() {
    let scratch = Scratch::new("references");
    let (mut store, device) = started(&scratch);
    let records = [
        finding(1, 1, 1, 0, "192.0.2.1:25"),
        finding(1, 2, 2, 0, "198.51.100.2:25"),
    ];
    store.append(device, &records, NOW).unwrap();
    let reference = |text: &str, first, contact: Option<&str>, network: &str| Reference {
        text: text.to_owned(),
        first: CaseNumber(first),
        key: ReferenceKey {
            contact: contact.map(str::to_owned),
            network: network.to_owned(),
        },
    };
    let first = reference("PO-000001", 1, None, "192.0.2.1:25");
    let second = reference("PO-000002", 2, Some("abuse@b.example"), "198.51.100.0/24");
    let both = [first, second.clone()];
    store.keep_references(&both, NOW).unwrap();
    store.keep_references(&both, NOW).unwrap();
    assert_eq!(store.references().unwrap(), both);

    let moved = reference("PO-000001", 1, Some("abuse@a.example"), "192.0.2.0/24");
    store
        .keep_references(std::slice::from_ref(&moved), NOW)
        .unwrap();
    drop(store);
    let mut store = SqliteStore::open(&scratch.file()).unwrap();
    assert_eq!(store.references().unwrap(), [moved, second.clone()]);

    // All or none: one letter's key cannot belong to another letter, too.
    let third = reference("PO-000001-2", 1, Some("abuse@c.example"), "192.0.2.0/24");
    let stolen = Reference {
        text: "PO-000009".to_owned(),
        ..second
    };
    assert!(store.keep_references(&[third, stolen], NOW).is_err());
    assert_eq!(store.references().unwrap().len(), 2);
}

#[test]
fn dead_neighbours_are_a_case_and_a_finding_each_and_only_once() {
    let scratch = Scratch::new("dead");
    let (mut store, device) = started(&scratch);
    let range = DeadRange {
        id: RecordId { boot: 1, number: 1 },
        job: JobSerial(20),
        first: "192.0.2.255:25".parse().unwrap(),
        count: 3,
        by: DeadBy::NoAnswer,
        probe: Probe::Relay,
        depth: Depth::Standard,
        lab: false,
        path_checked: false,
        hours: 4,
        began: Instant::from_millis(5_000),
        ended: Instant::from_millis(7_000),
        rules: 1,
    };
    assert_eq!(store.append(device, &[Record::Dead(range)], NOW), Ok(1));
    let next = finding(1, 2, 23, 0, "192.0.3.9:25");
    assert_eq!(
        store.append(device, &[Record::Dead(range), next], NOW),
        Ok(1)
    );

    let cases = store.cases().unwrap();
    let targets: Vec<String> = cases.iter().map(|case| case.target.to_string()).collect();
    assert_eq!(
        targets,
        [
            "192.0.2.255:25",
            "192.0.3.0:25",
            "192.0.3.1:25",
            "192.0.3.9:25"
        ]
    );
    for case in &cases[..3] {
        let kept = store.findings(case.number).unwrap();
        assert_eq!(kept.len(), 1, "{}", case.target);
        assert!(kept[0].over);
        assert_eq!(kept[0].finding.target, case.target);
        assert_eq!(kept[0].finding.verdict.reason, Reason::NoAnswer);
    }
}
