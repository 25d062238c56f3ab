//! How fast a scan gets on where hardly anybody is, and where everybody is.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{
    fmt::Write,
    net::{IpAddr, SocketAddr},
};

use host_sim::{
    demo,
    faults::{Faults, Share, Wire},
    peers::{Peer, Personality},
    trial::{Outcome, Trial},
    world::{Site, World},
};
use probe_core::{
    scope::Depth,
    suspect::Suspect,
    verdict::{Kind, Reason},
};
use support::holds_the_golden_file;

/// Six networks, each of which has its own spacing.
const NETWORKS: [&str; 6] = [
    "192.0.2.",
    "198.51.100.",
    "203.0.113.",
    "2001:db8:1::",
    "2001:db8:2::",
    "2001:db8:3::",
];
const OF_EACH: u32 = 100;

/// Addresses of all networks in turn; in so many of a hundred places of each somebody is.
fn trial(alive_percent: u32, faults: Faults) -> Trial {
    let mut world = World::empty(11).with_faults(faults);
    let mut list = Vec::new();
    for place in 0..OF_EACH {
        for (number, network) in (0..).zip(NETWORKS) {
            let address: IpAddr = format!("{network}{}", 1 + place).parse().unwrap();
            let at = SocketAddr::new(address, 25);
            // Not the same places in every network.
            if (place * 37 + number * 11) % 100 < alive_percent {
                world = world.with_peer(at, closed());
            } else if place % 10 == 7 {
                world = world.with(at, Site::ClosedPort);
            } else {
                world = world.with(at, Site::Silent);
            }
            list.push(Suspect {
                address,
                port: 25,
                names: Default::default(),
            });
        }
    }
    Trial {
        seed: 11,
        world,
        scope: demo::scope(Depth::Standard),
        list,
        cuts: Vec::new(),
    }
}

fn closed() -> Peer {
    let personality = Personality::named("closed-550").expect("a personality");
    personality.at("mail.draw.example", &["draw.example"])
}

fn run(trial: &Trial) -> Outcome {
    let outcome = trial.run(None).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(trial.violations(&outcome), []);
    outcome
}

/// Every target has the verdict that the world has for it.
fn holds_the_truth(trial: &Trial, outcome: &Outcome) {
    let found = &outcome.first.when_over.verdicts;
    for line in &trial.list {
        let at = SocketAddr::new(line.address, line.port);
        let expected = match trial.world.sites.get(&at) {
            Some(Site::Peer(_)) => (Kind::Closed, Reason::RelayDenied),
            Some(Site::ClosedPort) => (Kind::Inconclusive, Reason::Refused),
            _ => (Kind::Inconclusive, Reason::NoAnswer),
        };
        let verdict = found.get(&at).map(|verdict| (verdict.kind, verdict.reason));
        assert_eq!(verdict, Some(expected), "{at}");
    }
}

#[test]
fn dead_addresses_are_cheap() {
    let mut table = String::from("alive  targets  records  seconds  targets/s  frames out\n");
    for percent in [1, 10, 100] {
        let trial = trial(percent, Faults::default());
        let outcome = run(&trial);
        holds_the_truth(&trial, &outcome);
        let (targets, records) = (trial.list.len(), outcome.first.records.len());
        let seconds = outcome.first.took.as_secs_f64();
        let rate = targets as f64 / seconds;
        let frames = outcome.report.wire.frames_out;
        writeln!(
            table,
            "{percent:>4}%  {targets:>7}  {records:>7}  {seconds:>7.1}  {rate:>9.1}  {frames:>10}"
        )
        .unwrap();
    }
    holds_the_golden_file("scan-rate.txt", &table);
}

/// A lost SYN, or a lost answer, must not lose a server: each target is asked three times.
#[test]
fn loss_hides_hardly_any_server() {
    let path = Wire {
        loss: Share::percent(5),
        ..Wire::default()
    };
    let faults = Faults {
        path,
        ..Faults::default()
    };
    let trial = trial(50, faults);
    let outcome = run(&trial);
    let found = &outcome.first.when_over.verdicts;
    let (mut servers, mut missed) = (0, 0);
    for line in &trial.list {
        let at = SocketAddr::new(line.address, line.port);
        if let Some(Site::Peer(_)) = trial.world.sites.get(&at) {
            servers += 1;
            missed += u32::from(found[&at].reason == Reason::NoAnswer);
        }
    }
    assert_eq!(servers, 300);
    assert!(missed * 100 <= servers, "{missed} of {servers} are missed");
}

#[test]
fn the_same_seed_scouts_in_the_same_frames() {
    let trial = trial(10, Faults::default());
    let [one, other] = [run(&trial), run(&trial)];
    assert_eq!(one.report.wire.pcap_sha256, other.report.wire.pcap_sha256);
    assert!(one.report.wire.frames_out > 600);
}
