//! Addresses without a server, and a device that loses its power.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{net::SocketAddr, time::Duration};

use host_sim::{
    demo,
    faults::{Faults, Window},
    peers::{Fate, Personality, fate},
    world::{Site, World},
};
use probe_core::{scope::Depth, suspect::Suspect, verdict::Kind};
use support::{last_findings, scan};

fn suspect(at: SocketAddr) -> Suspect {
    Suspect {
        address: at.ip(),
        port: at.port(),
        names: Default::default(),
    }
}

#[test]
fn an_address_without_a_server_is_what_its_site_declares() {
    for (host, site) in [
        (77, Site::ClosedPort),
        (78, Site::NoRoute),
        (79, Site::Silent),
    ] {
        assert_eq!(fate(site.truth(), "F1", "T1"), Fate::NotToBeJudged);
        let at = SocketAddr::from(([192, 0, 2, host], 25));
        for depth in [Depth::Quick, Depth::Standard, Depth::Full] {
            let expected = site.expected(depth);
            let world = World::empty(1).with(at, site.clone());
            let (collected, report) = scan(world, &demo::scope(depth), &[suspect(at)]);
            let name = site.name();
            assert_eq!(last_findings(&collected)[&at].verdict, expected, "{name}");
            assert_eq!(report.wire.open_max, 0, "{name}");
        }
    }
}

/// Twenty closed servers, and the power goes when some of them are done.
fn cut(times: &[(u64, u64)]) -> (World, Vec<Suspect>) {
    let closed = Personality::named("closed-454").unwrap();
    let window = |(from, until): &(u64, u64)| Window {
        from: Duration::from_millis(*from),
        until: Duration::from_millis(*until),
    };
    let faults = Faults {
        power_out: times.iter().map(window).collect(),
        ..Faults::default()
    };
    let places: Vec<_> = (0..20)
        .map(|number| SocketAddr::from(([192, 0, 2, 10 + number], 25)))
        .collect();
    let world = places.iter().fold(World::empty(1), |world, at| {
        world.with_peer(*at, closed.at("mx.h.example", &["h.example"]))
    });
    let list = places.into_iter().map(suspect).collect();
    (world.with_faults(faults), list)
}

#[test]
fn a_power_cut_costs_what_was_not_stored_and_nothing_else() {
    let (world, list) = cut(&[(2_000, 4_000), (5_000, 6_500)]);
    let (collected, report) = scan(world, &demo::scope(Depth::Standard), &list);
    assert_eq!(collected.findings.len(), list.len(), "one finding on each");
    let closed = |kind| kind == Kind::Closed;
    assert!(
        collected
            .findings
            .iter()
            .all(|finding| closed(finding.verdict.kind))
    );

    let boots: Vec<_> = report.cut_short.iter().map(|life| life.boot).collect();
    assert_eq!(boots, [1, 2]);
    let stored_of = |boot: u32| {
        let of_boot = collected
            .findings
            .iter()
            .filter(|finding| finding.boot == boot);
        of_boot.map(|finding| finding.number).collect::<Vec<_>>()
    };
    for life in &report.cut_short {
        let stored = stored_of(life.boot);
        // Consecutive from 1, and at least what was acknowledged.
        let numbers: Vec<_> = (1..).take(stored.len()).collect();
        assert_eq!(stored, numbers);
        let stored = u32::try_from(stored.len()).unwrap();
        assert!(
            (life.outbox.acknowledged..=life.outbox.made).contains(&stored),
            "{life:?}"
        );
    }
    assert!(!stored_of(1).is_empty() && !stored_of(3).is_empty());
    assert_eq!(report.wire.strays, []);
    assert_eq!(report.guard.unwrap().violations, 0);
}

#[test]
fn nothing_leaves_a_device_without_power() {
    let (world, list) = cut(&[(2_000, 60_000)]);
    let (_, report) = scan(world, &demo::scope(Depth::Standard), &list);
    let dark = Duration::from_millis(2_000)..Duration::from_millis(60_000);
    let connections = &report.wire.connections;
    assert!(
        connections
            .iter()
            .all(|connection| !dark.contains(&connection.at))
    );
    assert!(
        connections
            .iter()
            .any(|connection| connection.at < dark.start)
    );
    assert!(
        connections
            .iter()
            .any(|connection| connection.at >= dark.end)
    );
}

#[test]
fn a_seed_decides_every_frame_of_every_boot() {
    let run = || {
        let (world, list) = cut(&[(2_000, 4_000), (5_000, 6_500)]);
        scan(world, &demo::scope(Depth::Full), &list).1
    };
    assert_eq!(run(), run());
}
