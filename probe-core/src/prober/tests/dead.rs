//! Scans that meet nobody.

use super::*;
use crate::{dead::DeadRange, dialogue::OpenFailure, evidence::Finish, relay::Outcomes};

/// Evidence of a connection that never came.
fn nobody(failure: OpenFailure) -> Evidence {
    let mut evidence = Evidence::new(Probe::Relay);
    for observation in [
        Observation::Began {
            depth: Depth::Quick,
            hours: 0,
            outcomes: Outcomes::default(),
        },
        Observation::Opening(Hello::Own),
        Observation::OpenFailed(failure),
        Observation::Finished(Finish::CutOff),
    ] {
        evidence.record(&observation);
    }
    evidence
}

/// Lines of one network, by the last octet of their addresses.
fn lines(addresses: impl IntoIterator<Item = u8>) -> Vec<Suspect> {
    let line = |last| suspect(&format!("10.1.0.{last}"));
    addresses.into_iter().map(line).collect()
}

/// What ends each job, by the last octet of its address.
type Ends = fn(u8) -> Evidence;

/// Scans the whole list and says what was recorded: ranges as first, count and reason, and other
/// findings as their address.
fn scan(list: Vec<Suspect>, end: Ends) -> (Vec<String>, Progress) {
    let mut site = Site::scanning(list);
    for _ in 0..10_000 {
        match site.prober.next(site.now()) {
            Next::Job(job) => {
                let core::net::IpAddr::V4(v4) = job.target.address() else {
                    panic!("only IPv4 is in the list");
                };
                let evidence = end(v4.octets()[3]);
                site.prober.finish(site.now(), &job, &evidence).unwrap();
            }
            Next::Wait(until) => site.now_ms = until.as_millis(),
            Next::Idle | Next::Path(_) => site.now_ms += 10,
        }
        site.talk_and_store();
        let targets = site.prober.progress(site.now()).targets;
        let sum = u32::from(targets.queued) + u32::from(targets.running) + targets.done;
        assert_eq!(sum + targets.refused, targets.taken);
        if site.host.ended().is_some() {
            break;
        }
    }
    assert_eq!(site.host.ended(), Some(Ended::ListDone));
    let mut told: BTreeSet<(u32, String)> = BTreeSet::new();
    for message in &site.heard {
        let text = match message {
            ToHost::Dead(range) => text_of(range),
            ToHost::Finding(finding) => finding.target.ip().to_string(),
            _ => continue,
        };
        told.insert((message.record().unwrap().number, text));
    }
    let told = told.into_iter().map(|(_, text)| text).collect();
    (told, site.prober.progress(site.now()))
}

fn text_of(range: &DeadRange) -> String {
    format!("{} x{} {:?}", range.first.ip(), range.count, range.by)
}

#[test]
fn neighbours_where_nobody_answers_are_one_record() {
    let (told, progress) = scan(lines(1..=200), |_| nobody(OpenFailure::NoAnswer));
    // The list comes as far as there is room for it: more than a few lines from the start.
    assert_eq!(told, ["10.1.0.1 x200 NoAnswer"]);
    assert_eq!(progress.targets.done, 200);
    assert_eq!(progress.outbox.lost, 0);
}

#[test]
fn few_lines_have_a_finding_each() {
    let few = u8::try_from(FEW_LINES_MAX).unwrap();
    let (told, _) = scan(lines(1..=few), |_| nobody(OpenFailure::Refused));
    assert_eq!(told.len(), usize::from(few));
    assert_eq!(told[0], "10.1.0.1");
}

#[test]
fn ranges_end_where_something_else_is() {
    let (told, _) = scan(lines((1..=40).chain(50..=59)), |last| match last {
        10 => Evidence::new(Probe::Relay),
        20..=29 => nobody(OpenFailure::Refused),
        30 => nobody(OpenFailure::Unreachable),
        _ => nobody(OpenFailure::NoAnswer),
    });
    assert_eq!(
        told.into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(
            [
                "10.1.0.1 x9 NoAnswer",
                "10.1.0.10",
                "10.1.0.11 x9 NoAnswer",
                "10.1.0.20 x10 Refused",
                "10.1.0.30 x11 NoAnswer",
                "10.1.0.50 x10 NoAnswer",
            ]
            .map(str::to_owned)
        )
    );
}

#[test]
fn a_list_that_runs_backwards_is_one_record_too_and_a_scattered_one_is_told_whole() {
    let silent: Ends = |_| nobody(OpenFailure::NoAnswer);
    let (told, _) = scan(lines((1..=60).rev()), silent);
    assert_eq!(told, ["10.1.0.1 x60 NoAnswer"]);

    let apart = (0..=100).map(|place| place * 2);
    let (told, progress) = scan(lines(apart), silent);
    assert_eq!(told.len(), 101);
    assert_eq!(progress.targets.done, 101);
}

#[test]
fn what_is_gathered_is_told_when_it_is_idle_and_when_the_scan_is_stopped() {
    for stop in [false, true] {
        let mut site = Site::scanning(lines(1..=40));
        let mut began = 0;
        while began < 5 {
            match site.prober.next(site.now()) {
                Next::Job(job) => {
                    let silent = nobody(OpenFailure::NoAnswer);
                    site.prober.finish(site.now(), &job, &silent).unwrap();
                    began += 1;
                }
                Next::Wait(until) => site.now_ms = until.as_millis(),
                Next::Idle | Next::Path(_) => panic!("nothing to do"),
            }
        }
        site.talk_and_store();
        let ranges = |site: &Site| {
            let range = |message: &ToHost| match message {
                ToHost::Dead(range) => Some(text_of(range)),
                _ => None,
            };
            site.heard.iter().filter_map(range).collect::<Vec<_>>()
        };
        assert_eq!(ranges(&site), [""; 0]);
        if stop {
            site.host.stop(site.now());
        } else {
            site.now_ms += DEAD_RANGE_IDLE_MS;
        }
        site.talk_and_store();
        assert_eq!(ranges(&site), ["10.1.0.1 x5 NoAnswer"], "stop: {stop}");
    }
}
