//! An appliance whose sink is elsewhere tries the way to it before it asks anybody, and what servers relay is
//! proved there.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::net::SocketAddr;

use host_sim::{
    demo,
    elsewhere::Elsewhere,
    faults::{Faults, Share, Wire},
    host::{MAIL_PAUSE, collect_late},
    observer::Allowed,
    peers::Personality,
    proof::Reader,
    simulation::{Report, Simulation},
    world::{Site, World},
};
use probe_core::{
    arrival::Arrival,
    frame::message::Ended,
    prober::{PATH_TRIED_AGAIN_AFTER, PATH_TRIES_MAX},
    scope::{Depth, Scope},
    suspect::Suspect,
    token::Key,
    verdict::{Kind, Reason, Verdict},
};
use support::{last_findings, scan, seeds};

const TARGETS: [(&str, &str); 3] = [
    ("192.0.2.11:25", "open"),
    ("192.0.2.12:25", "closed-550"),
    ("192.0.2.13:25", "discards"),
];

/// A scope whose sink is elsewhere, and none of its targets.
fn scope() -> Scope {
    let mut scope = demo::scope(Depth::Standard);
    scope.identity.sink_address = Some("198.18.0.25".parse().unwrap());
    scope
}

fn suspect(at: SocketAddr) -> Suspect {
    Suspect {
        address: at.ip(),
        port: at.port(),
        names: Default::default(),
    }
}

fn world(scope: &Scope) -> (World, Vec<Suspect>) {
    let mut world = World::empty(3).with_sink_of(scope);
    let mut list = Vec::new();
    for (at, name) in TARGETS {
        let at = at.parse().unwrap();
        let personality = Personality::named(name).unwrap();
        world = world.with_peer(at, personality.at("mx.way.example", &["way.example"]));
        list.push(suspect(at));
    }
    (world, list)
}

fn way(report: &Report) -> usize {
    assert_eq!(report.wire.strays, []);
    assert_eq!(report.guard.unwrap().violations, 0);
    report.wire.way.len()
}

#[test]
fn the_way_is_tried_first_and_what_is_relayed_comes_to_the_sink() {
    let mut scope = scope();
    scope.delivery.allowed = true;
    scope.identity.sender_domain = scope.identity.sink_domain.clone();
    let (world, list) = world(&scope);
    let reader = Reader::new(&world, &scope, &Arrival::sense);
    let (collected, report) = Simulation::new(world.clone())
        .watched(Allowed::by(&scope))
        .run_plugged(
            |wire| wire,
            async |plug, time| collect_late(&plug, time, &scope, &list, MAIL_PAUSE).await,
        )
        .unwrap_or_else(|failure| panic!("{failure}"));
    let collected = collected.unwrap();
    assert_eq!((way(&report), collected.ended), (1, Ended::ListDone));
    let tried = report.wire.way[0];
    let first = report.wire.connections[0];
    assert!(tried.ended.unwrap() <= first.at, "{tried:?}, {first:?}");

    let findings = &collected.findings;
    assert!(findings.iter().all(|finding| finding.path_checked));
    assert_eq!(collected.arrivals, [], "the device is no sink");
    let judged = reader.judge(findings, &report.mail.came);
    let of = |at: &str| judged[&at.parse().unwrap()];
    let verdict = |kind, reason| Verdict { kind, reason };
    assert_eq!(
        of("192.0.2.11:25"),
        verdict(Kind::Confirmed, Reason::MessageReturned)
    );
    assert_eq!(of("192.0.2.12:25").kind, Kind::Closed);
    assert_ne!(of("192.0.2.13:25").kind, Kind::Confirmed);
}

#[test]
fn behind_a_way_that_is_not_ours_nobody_is_asked() {
    let scope = scope();
    let at = Elsewhere::of(&scope).unwrap().address;
    let there = SocketAddr::new(at, 25);
    let peer = |name: &str| {
        let personality = Personality::named(name).unwrap();
        Some(Site::Peer(personality.at("mx.provider.example", &[])))
    };
    let rows = [
        ("another server", peer("open")),
        ("a server that turns us away", peer("blocked-at-greeting")),
        ("somebody silent", peer("silent")),
        ("somebody who speaks HTTP", peer("http")),
        ("a closed port", Some(Site::ClosedPort)),
        ("no way", Some(Site::NoRoute)),
        ("nobody", None),
    ];
    for (name, site) in rows {
        let (mut world, list) = world(&scope);
        world.sink_elsewhere = None;
        if let Some(site) = site {
            world = world.with(there, site);
        }
        let (collected, report) = scan(world, &scope, &list);
        assert_eq!(way(&report), usize::from(PATH_TRIES_MAX), "{name}");
        let apart = report.wire.way[1].at - report.wire.way[0].at;
        assert!(apart.as_millis() >= u128::from(PATH_TRIED_AGAIN_AFTER.0));
        assert_eq!(report.wire.connections, [], "{name}");
        assert_eq!(collected.ended, Ended::NoPath, "{name}");
        assert_eq!((collected.findings.len(), collected.refused.len()), (0, 3));
    }
}

#[test]
fn a_sink_with_another_key_is_not_ours() {
    let scope = scope();
    let (mut world, list) = world(&scope);
    world.sink_elsewhere.as_mut().unwrap().key = Key::new([9; 16]);
    let (collected, report) = scan(world, &scope, &list);
    assert_eq!(collected.ended, Ended::NoPath);
    assert_eq!(report.wire.connections, []);
}

#[test]
fn a_lossy_way_is_open_or_closed_and_nobody_is_asked_before() {
    let mut ended = [0, 0];
    for seed in seeds(40) {
        let scope = scope();
        let (mut world, list) = world(&scope);
        world.seed = seed;
        world.faults = Faults {
            path: Wire {
                loss: Share::percent(35),
                ..Wire::default()
            },
            ..Faults::default()
        };
        let (collected, report) = scan(world, &scope, &list);
        let tries = way(&report);
        assert!((1..=usize::from(PATH_TRIES_MAX)).contains(&tries), "{seed}");
        let first = report.wire.connections.first();
        match collected.ended {
            Ended::ListDone => {
                let last = report.wire.way[tries - 1];
                assert!(first.is_none_or(|first| first.at >= last.established.unwrap()));
                let findings = last_findings(&collected);
                assert!(findings.values().all(|it| it.path_checked), "{seed}");
                ended[0] += 1;
            }
            why => {
                assert_eq!((why, first), (Ended::NoPath, None), "{seed}");
                ended[1] += 1;
            }
        }
    }
    assert!(ended[0] > ended[1], "{ended:?}");
}

#[test]
fn the_way_may_go_over_ipv6() {
    let mut scope = scope();
    scope.identity.sink_address = Some("2001:db8:ffff::25".parse().unwrap());
    let (world, list) = world(&scope);
    let (collected, report) = scan(world, &scope, &list);
    assert_eq!((way(&report), collected.ended), (1, Ended::ListDone));
}
