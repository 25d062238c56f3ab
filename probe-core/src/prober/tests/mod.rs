//! A prober and a host over a wire that may do what wires do.

mod chaos;
mod dead;
mod delivery;
mod kept;
mod resume;
mod sink;
mod site;
mod visit;
mod way;

use std::collections::{BTreeSet, VecDeque};

use super::*;
use crate::{
    evidence::Observation,
    finding::{JobSerial, Probe, RecordId},
    frame::{
        FRAME_OCTETS_MAX, ToDevice, ToHost,
        message::{Proving, ScopeAnswer},
    },
    host_link::{ASK_AGAIN_AFTER_MS, HostLink, Line},
    relay::{Hello, Outcome, PairId, PairSet},
    schedule::{QUEUED_TARGETS_MAX, RUNNING_JOBS_MAX},
    scope::{Depth, ScopeError, fixture},
    smtp::{ReplyParser, Step},
    testing::{PROVING, frames_of},
    time::{Millis, Utc},
};

use site::Site;

const SCAN: ScanId = ScanId(9);
const DEVICE: DeviceId = DeviceId(*b"postern1");
/// The host's clock at the start of every test, in seconds.
const UTC_S: u64 = 10_000;

fn at(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

fn suspect(address: &str) -> Suspect {
    Suspect {
        address: address.parse().unwrap(),
        port: 25,
        names: heapless::Vec::new(),
    }
}

fn scope() -> Scope {
    let mut scope = fixture::scope(&["10.0.0.0/8"]);
    scope
        .exclusions
        .push(fixture::network("10.9.0.0/16"))
        .unwrap();
    scope
}

#[test]
fn nothing_is_probed_before_scope_anchor_and_start() {
    let mut site = Site::new(vec![suspect("10.0.0.1")]);
    assert!(matches!(site.prober.next(at(0)), Next::Idle));
    assert!(site.prober.link_transmit(at(0), &mut [0; 1_024]).is_none());
    // Scope and Start without Hello: heard, and not begun.
    let say = |site: &mut Site, message: &ToDevice| {
        for frame in frames_of(0, message) {
            site.prober.link_received(at(1), &frame);
        }
    };
    let digest = ScopeDigest::of(&scope());
    let start = ToDevice::Start {
        scan: SCAN,
        scope: digest,
        proving: PROVING,
    };
    say(&mut site, &start);
    say(&mut site, &ToDevice::Scope(scope()));
    say(&mut site, &start);
    say(
        &mut site,
        &ToDevice::Suspect {
            scan: SCAN,
            index: 0,
            suspect: suspect("10.0.0.1"),
            refusals: 0,
        },
    );
    assert_eq!(site.prober.phase(), Phase::Idle);
    assert_eq!(site.prober.scope(), Some(&scope()));
    assert!(matches!(site.prober.next(at(2)), Next::Idle));
    // With a Hello, Start begins; under another scope it would not.
    say(
        &mut site,
        &ToDevice::Hello {
            format: 1,
            utc: Utc(UTC_S),
        },
    );
    say(
        &mut site,
        &ToDevice::Start {
            scan: SCAN,
            scope: ScopeDigest(digest.0 ^ 1),
            proving: PROVING,
        },
    );
    assert_eq!(site.prober.phase(), Phase::Idle);
    say(&mut site, &start);
    assert_eq!(site.prober.phase(), Phase::Running);
}

#[test]
fn a_list_goes_out_and_comes_back_as_records() {
    let mut site = Site::scanning(vec![
        suspect("10.0.0.1"),
        suspect("10.9.0.1"),
        suspect("::ffff:10.0.0.1"),
        suspect("2002:a00:1::1"),
        suspect("192.0.2.1"),
        suspect("10.0.0.2"),
    ]);
    assert_eq!(
        site.refusals(),
        [
            (1, Refusal::Excluded),
            (2, Refusal::Duplicate),
            (3, Refusal::EmbedsIpv4),
            (4, Refusal::OutsideNetworks),
        ]
    );
    let first = site.job();
    assert_eq!(first.target.endpoint(), "10.0.0.1:25".parse().unwrap());
    assert_eq!((first.revision, first.refusals_max), (0, 10));
    site.now_ms = 1_000;
    site.park(&first, 311_000).unwrap();
    let second = site.job();
    site.finish(&second).unwrap();
    assert!(matches!(site.prober.next(at(1_000)), Next::Wait(until) if until == at(311_000)));
    site.now_ms = 311_000;
    let again = site.job();
    assert_eq!((again.serial, again.revision), (first.serial, 1));
    assert_eq!(
        again.parked,
        Some(Parked::for_test(first.target, first.serial))
    );
    assert_eq!(site.prober.phase(), Phase::Running);
    site.finish(&again).unwrap();
    assert_eq!(site.prober.phase(), Phase::Ended(Ended::ListDone));
    site.talk();
    assert_eq!(site.host.ended(), None, "nothing is stored yet");
    site.talk_and_store();
    assert_eq!(site.host.ended(), Some(Ended::ListDone));
    let findings: Vec<_> = site
        .heard
        .iter()
        .filter_map(|message| match message {
            ToHost::Finding(of) => Some((of.number, of.job, of.revision, of.last)),
            _ => None,
        })
        .collect();
    assert_eq!(
        findings,
        [
            (5, first.serial, 0, false),
            (6, second.serial, 0, true),
            (7, first.serial, 1, true),
        ]
    );
    let targets = site.host.progress().unwrap().targets;
    assert_eq!((targets.taken, targets.done, targets.refused), (6, 2, 4));
    assert_eq!((targets.queued, targets.running, targets.parked), (0, 0, 0));
    assert!(site.prober.outbox.is_empty());
}

#[test]
fn connections_are_asked_for_one_by_one() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    let job = site.job();
    assert_eq!(site.prober.may_open(at(0), &job), Opening::Now);
    assert!(matches!(
        site.prober.may_open(at(500), &job),
        Opening::At(_)
    ));
    site.prober.connection_closed(at(500), &job);
    assert_eq!(site.prober.may_open(at(500), &job), Opening::Now);
    site.prober.connection_closed(at(600), &job);
    site.prober.spent(at(600), &job, 10);
    assert_eq!(
        site.prober.may_open(at(700), &job),
        Opening::No(Refusal::RefusalsSpent)
    );
    site.finish(&job).unwrap();
    assert_eq!(
        site.prober.may_open(at(800), &job),
        Opening::No(Refusal::ScanEnded)
    );
}

#[test]
fn the_button_ends_the_scan_and_what_runs_is_told() {
    let list = (1..=3).map(|host| suspect(&format!("10.0.{host}.1")));
    let mut site = Site::scanning(list.collect());
    let running = site.job();
    site.prober.stop(at(100), Stop::Button);
    assert_eq!(site.prober.phase(), Phase::Stopping(Ended::Button));
    assert!(matches!(site.prober.next(at(100)), Next::Idle));
    site.finish(&running).unwrap();
    site.talk_and_store();
    assert_eq!(site.host.ended(), Some(Ended::Button));
    assert_eq!(site.refusals().len(), 2);
}

#[test]
fn a_violation_ends_the_scan_and_everything_is_told() {
    let list = (1..=QUEUED_TARGETS_MAX).map(|host| suspect(&format!("10.0.{host}.1")));
    let mut site = Site::scanning(list.collect());
    let parked = site.job();
    site.park(&parked, 900_000).unwrap();
    site.now_ms = 100;
    let running = site.job();
    site.prober.stop(at(100), Stop::GuardViolation);
    assert_eq!(site.prober.phase(), Phase::Stopping(Ended::GuardViolation));
    assert!(matches!(site.prober.next(at(100)), Next::Idle));
    assert_eq!(
        site.prober.may_open(at(100), &running),
        Opening::No(Refusal::ScanEnded)
    );
    // A job that wants to be parked ends instead.
    site.park(&running, 900_000).unwrap();
    site.talk_and_store();
    assert_eq!(site.host.ended(), Some(Ended::GuardViolation));
    assert_eq!(site.refusals().len(), QUEUED_TARGETS_MAX - 2);
    assert!(
        site.refusals()
            .iter()
            .all(|(_, why)| *why == Refusal::ScanEnded)
    );
    let over = site.heard.iter().find_map(|message| match message {
        ToHost::Over(over) => Some(*over),
        _ => None,
    });
    let over = over.unwrap();
    assert_eq!((over.job, over.revisions), (parked.serial, 1));
    assert!(site.heard.iter().any(
        |message| matches!(message, ToHost::Finding(of) if of.job == running.serial && of.last)
    ));
}

#[test]
fn a_scope_ends_by_the_clock_and_by_powered_minutes() {
    for (expires_s, minutes, ends_at_ms, why) in [
        (UTC_S + 60, 1_000, 60_000, Ended::Expired),
        (UTC_S + 6_000, 3, 180_000, Ended::PoweredMinutes),
    ] {
        let mut site = Site::new(vec![suspect("10.0.0.1"), suspect("10.0.0.2")]);
        site.connect();
        let mut scope = scope();
        scope.expires = Utc(expires_s);
        scope.powered_minutes_max = minutes;
        site.host.start(at(0), SCAN, &scope, PROVING).unwrap();
        site.talk();
        let job = site.job();
        assert_eq!(site.prober.may_open(at(ends_at_ms - 1), &job), Opening::Now);
        site.prober.connection_closed(at(ends_at_ms - 1), &job);
        site.now_ms = ends_at_ms;
        assert_eq!(
            site.prober.may_open(site.now(), &job),
            Opening::No(Refusal::Expired)
        );
        assert!(matches!(site.prober.next(at(ends_at_ms)), Next::Idle));
        site.finish(&job).unwrap();
        site.talk_and_store();
        assert_eq!(site.host.ended(), Some(why));
        assert_eq!(site.refusals(), [(1, Refusal::Expired)]);
        // The same scope again does not begin its minutes anew.
        site.host
            .start(site.now(), ScanId(10), &scope, PROVING)
            .unwrap();
        site.talk_and_store();
        assert_eq!(site.host.ended(), Some(why));
    }
}

#[test]
fn a_scope_that_may_not_be_used_is_refused_on_both_ends() {
    let mut site = Site::new(vec![suspect("10.0.0.1")]);
    site.connect();
    let mut bad = scope();
    bad.contact.clear();
    let error = ScopeError::Missing(crate::scope::Field::Contact);
    assert_eq!(site.host.start(at(0), SCAN, &bad, PROVING), Err(error));
    let digest = ScopeDigest::of(&bad);
    let answer = site.prober.heard_scope(at(0), &bad, digest);
    assert_eq!(answer, ScopeAnswer::Refused(error));
    assert_eq!(site.prober.scope(), None);
}

#[test]
fn another_scan_replaces_the_one_that_runs() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1"), suspect("10.0.0.2")]);
    let job = site.job();
    let mut other = scope();
    other.networks = [fixture::network("10.1.0.0/16")].into_iter().collect();
    site.list = vec![suspect("10.1.0.1")];
    site.host.start(at(0), ScanId(10), &other, PROVING).unwrap();
    site.talk_and_store();
    assert_eq!(site.prober.phase(), Phase::Stopping(Ended::Replaced));
    assert_eq!(site.prober.scope(), Some(&scope()), "not before it is over");
    site.finish(&job).unwrap();
    for _ in 0..3 {
        site.now_ms += 1_500;
        site.talk_and_store();
    }
    assert_eq!(site.prober.phase(), Phase::Running);
    assert_eq!(site.prober.scope(), Some(&other));
    let job = site.job();
    assert_eq!(job.target.endpoint(), "10.1.0.1:25".parse().unwrap());
}

#[test]
fn a_host_that_stores_nothing_stops_the_work_and_loses_nothing() {
    let list = (0..4_000).map(|host| suspect(&format!("10.0.{}.{}", host / 250, 1 + host % 250)));
    let mut site = Site::scanning(list.collect());
    let mut given_back = 0;
    let mut quiet = 0;
    while quiet < 50 {
        site.now_ms += 100;
        site.talk();
        match site.prober.next(site.now()) {
            Next::Job(job) => {
                site.finish(&job).unwrap();
                given_back += 1;
                quiet = 0;
            }
            Next::Wait(_) | Next::Idle | Next::Path(_) => quiet += 1,
        }
    }
    let progress = site.prober.progress(site.now());
    assert!(progress.limits.outbox > 0);
    assert_eq!(progress.targets.done, given_back);
    assert!(given_back < 4_000);
    while site.host.ended().is_none() {
        site.now_ms += 100;
        site.talk_and_store();
        while let Next::Job(job) = site.prober.next(site.now()) {
            site.finish(&job).unwrap();
        }
        assert!(site.now_ms < 10_000_000, "it does not end");
    }
    assert_eq!(site.prober.progress(site.now()).targets.done, 4_000);
    let records: BTreeSet<RecordId> = site.heard.iter().filter_map(ToHost::record).collect();
    assert_eq!(records.len(), 4_000);
}

/// As much evidence as a job can have: accepted in a hundred octets each, until the transcript
/// is full.
fn much_evidence() -> Evidence {
    let mut evidence = Evidence::new(Probe::Relay);
    let mut parser = ReplyParser::new();
    evidence.record(&Observation::Opening(Hello::Own));
    for pair in PairId::all() {
        let text = format!("250 2.1.5 {}\r\n", "x".repeat(90));
        let mut octets = text.as_bytes();
        let reply = parser.push(Step::Rcpt, &mut octets).unwrap();
        evidence.record(&Observation::Answer {
            pairs: PairSet::of(pair),
            twin: false,
            step: Step::Rcpt,
            outcome: Outcome::Accepted,
            reply,
            after: Millis(50),
        });
    }
    evidence
}

#[test]
fn a_job_that_finds_no_room_keeps_its_evidence_until_there_is() {
    let list = (1..=RUNNING_JOBS_MAX).map(|host| suspect(&format!("10.0.{host}.1")));
    let mut site = Site::scanning(list.collect());
    let mut jobs = Vec::new();
    for _ in 0..RUNNING_JOBS_MAX {
        site.now_ms += 10;
        jobs.push(site.job());
    }
    let evidence = much_evidence();
    let mut full = 0;
    while !jobs.is_empty() {
        jobs.retain(|job| {
            let parked = Parked::for_test(job.target, job.serial);
            let now = site.now();
            let given_back = if job.serial.0 % 2 == 0 {
                site.prober.finish(now, job, &evidence)
            } else {
                site.prober.park(now, job, at(9_000), parked, &evidence)
            };
            full += u32::from(given_back == Err(OutboxFull));
            given_back.is_err()
        });
        site.talk_and_store();
        assert!(full < 1_000, "there is never room");
    }
    let some = RUNNING_JOBS_MAX as u32 / 4;
    assert!(full > some, "there was always room: {full}");
    assert!(site.prober.progress(site.now()).limits.outbox >= full);
    let whole = site.heard.iter().filter(|message| match message {
        ToHost::Finding(finding) => finding.evidence == evidence,
        _ => false,
    });
    assert_eq!(whole.count(), RUNNING_JOBS_MAX);
    let targets = site.prober.progress(site.now()).targets;
    let half = RUNNING_JOBS_MAX as u32 / 2;
    assert_eq!((targets.done, u32::from(targets.parked)), (half, half));
}

#[test]
fn lines_that_are_lost_come_again() {
    let mut site = Site::new(
        (1..=9)
            .map(|host| suspect(&format!("10.0.{host}.1")))
            .collect(),
    );
    site.connect();
    site.host.start(at(0), SCAN, &scope(), PROVING).unwrap();
    while site.prober.phase() != Phase::Running {
        site.write();
        site.deliver_to_device(usize::MAX);
        site.deliver_to_host(usize::MAX);
    }
    // The device's Want is heard; what the host says to it is lost.
    site.write();
    site.deliver_to_host(usize::MAX);
    site.write();
    assert!(!site.to_device.is_empty());
    site.to_device.clear();
    site.talk();
    assert_eq!(site.prober.progress(at(0)).targets.taken, 0);
    site.now_ms = ASK_AGAIN_AFTER_MS;
    site.talk();
    assert_eq!(site.prober.progress(at(0)).targets.taken, 9);
}

#[test]
fn records_that_are_lost_come_again_at_a_greeting_at_a_gap_and_after_a_while() {
    let mut site = Site::scanning(
        (1..=4)
            .map(|host| suspect(&format!("10.0.{host}.1")))
            .collect(),
    );
    let finish_one = |site: &mut Site| {
        site.now_ms += 10;
        let job = site.job();
        site.finish(&job).unwrap();
        site.write();
    };
    let numbers = |site: &Site| -> Vec<u32> {
        let records = site.heard.iter().filter_map(ToHost::record);
        records.map(|id| id.number).collect()
    };
    // Lost, and the link connected again.
    finish_one(&mut site);
    site.to_host.clear();
    site.connect();
    site.talk();
    assert_eq!(numbers(&site), [1]);
    // Lost, and the next one shows the gap.
    finish_one(&mut site);
    site.to_host.clear();
    finish_one(&mut site);
    site.talk();
    assert_eq!(numbers(&site), [1, 2, 3]);
    // Lost, and nothing shows it.
    finish_one(&mut site);
    site.to_host.clear();
    let pass = |site: &mut Site, until_ms: u64| {
        while site.now_ms < until_ms {
            site.now_ms = until_ms.min(site.now_ms + 500);
            site.talk();
        }
    };
    let due_ms = site.now_ms + RESEND_AFTER_MS;
    pass(&mut site, due_ms - 1);
    assert_eq!(numbers(&site), [1, 2, 3]);
    pass(&mut site, due_ms);
    assert_eq!(numbers(&site), [1, 2, 3, 4]);
    // An acknowledgement that was lost is said again when the records come again.
    site.host.stored(RecordId { boot: 1, number: 4 });
    site.write();
    site.to_device.clear();
    let due_ms = site.now_ms + RESEND_AFTER_MS;
    pass(&mut site, due_ms);
    assert!(site.prober.outbox.is_empty());
    assert_eq!(numbers(&site), [1, 2, 3, 4], "none is given out twice");
}

#[test]
fn a_prober_leaves_room_for_sixteen_workers() {
    // 192 KiB in all, 6.5 KiB for each worker, 15 KiB for the network.
    const PROBER_OCTETS_MAX: usize = (192 - 104 - 15) * 1_024;
    let octets = size_of::<Prober>();
    assert!(octets <= PROBER_OCTETS_MAX, "{octets} octets");
    assert!(size_of::<Job>() <= 256);
}

#[test]
fn a_host_without_a_device_waits_for_what_it_can_say() {
    let mut host = HostLink::new();
    let mut frame = [0; FRAME_OCTETS_MAX];
    host.start(at(5), SCAN, &scope(), PROVING).unwrap();
    assert_eq!(host.link_due(at(7)), Instant::NEVER);
    assert_eq!(host.link_transmit(at(7), |_| None, &mut frame), None);

    host.connected(at(10), Utc(UTC_S));
    assert!(host.link_due(at(10)) <= at(10));
    assert!(host.link_transmit(at(10), |_| None, &mut frame).is_some());
    assert_eq!(host.link_transmit(at(10), |_| None, &mut frame), None);
    // The scope and the start are wanted, but there is nobody yet to say it to.
    assert_eq!(host.link_due(at(10)), at(10 + ASK_AGAIN_AFTER_MS));
}
