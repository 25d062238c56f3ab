//! What leaves the device stays within the scope and its rates: seen on the wire, not asked of
//! the device.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use firmware::{appliance::WORKERS, guard::Counters};
use host_sim::{
    demo,
    observer::Connection,
    peers::Personality,
    world::{Site, World},
};
use probe_core::{
    scope::{Depth, Refusal, Scope},
    suspect::Suspect,
    target::RateNetwork,
};
use support::{last_findings, scan};

fn suspect(text: &str) -> Suspect {
    let endpoint: SocketAddr = text.parse().unwrap();
    Suspect {
        address: endpoint.ip(),
        port: endpoint.port(),
        names: Default::default(),
    }
}

#[test]
fn no_frame_leaves_for_a_target_outside_the_scope() {
    let outside = [
        ("10.1.2.3:25", Refusal::OutsideNetworks),
        ("[::ffff:10.1.2.3]:25", Refusal::OutsideNetworks),
        ("[2002:a01:203::1]:25", Refusal::EmbedsIpv4),
        ("[64:ff9b::a01:203]:25", Refusal::EmbedsIpv4),
        ("[64:ff9b:1::a01:203]:25", Refusal::EmbedsIpv4),
        // The same ways of writing an address that the scope does hold.
        ("[2002:c000:219::1]:25", Refusal::EmbedsIpv4),
        ("[64:ff9b::c000:219]:25", Refusal::EmbedsIpv4),
        ("[2001:0:c000:219::1]:25", Refusal::EmbedsIpv4),
        ("[::192.0.2.25]:25", Refusal::EmbedsIpv4),
        ("198.51.100.200:25", Refusal::Excluded),
        ("[::ffff:198.51.100.200]:25", Refusal::Excluded),
        ("192.0.2.25:26", Refusal::Port),
        ("224.0.0.1:25", Refusal::NotUnicast),
        ("255.255.255.255:25", Refusal::NotUnicast),
        ("[ff02::1]:25", Refusal::NotUnicast),
    ];
    // Somebody would answer at each of them that can be a host's address.
    let open = Personality::named("open").unwrap();
    let hosts = outside
        .iter()
        .filter(|(_, why)| *why != Refusal::NotUnicast);
    let world = hosts.fold(World::empty(1), |world, (at, _)| {
        world.with_peer(at.parse().unwrap(), open.at("mail.h.example", &[]))
    });
    let scope = demo::scope(Depth::Quick);
    let list: Vec<_> = outside.iter().map(|(at, _)| suspect(at)).collect();
    let (collected, report) = scan(world, &scope, &list);
    let refused: Vec<_> = collected
        .refused
        .iter()
        .map(|refused| refused.why)
        .collect();
    assert_eq!(refused, outside.map(|(_, why)| why));
    assert_eq!(collected.findings.len(), 0);
    assert_eq!(report.wire.connections, []);
    // It says on its own link to which groups it belongs, as every IPv6 host does, and nothing else.
    let own_link = Counters {
        sent_link: 1,
        ..Counters::default()
    };
    assert_eq!(report.wire.frames_out, 1);
    assert_eq!(report.guard, Some(own_link));
}

#[test]
fn a_mapped_address_is_probed_as_the_one_that_it_is() {
    let closed = Personality::named("closed-454").unwrap();
    let at: SocketAddr = "192.0.2.25:25".parse().unwrap();
    let world = World::empty(1).with_peer(at, closed.at("mail.h.example", &[]));
    let scope = demo::scope(Depth::Quick);
    let (collected, report) = scan(world, &scope, &[suspect("[::ffff:192.0.2.25]:25")]);
    assert_eq!(last_findings(&collected).keys().collect::<Vec<_>>(), [&at]);
    assert_eq!(report.wire.strays, []);
    assert!(
        report
            .wire
            .connections
            .iter()
            .all(|connection| connection.remote == at)
    );
}

/// Two hundred targets of every kind in eight networks, dead ones among them.
fn crowd(seed: u64) -> (World, Vec<Suspect>) {
    let networks = ["192.0.2", "198.51.100", "203.0.113"];
    let mut world = World::empty(seed);
    let mut list = Vec::new();
    for number in 0..200_u16 {
        let address: IpAddr = match usize::from(number % 8) {
            network @ 0..3 => {
                let net = networks[network];
                format!("{net}.{}", 1 + number / 8).parse().unwrap()
            }
            network => format!("2001:db8:0:{network}00::{number:x}")
                .parse()
                .unwrap(),
        };
        let at = SocketAddr::new(address, 25);
        let site = match number % 11 {
            kind @ 0..8 => {
                let personality = Personality::ALL[usize::from(kind)];
                Site::Peer(personality.at(&format!("mx{number}.h.example"), &["h.example"]))
            }
            8 => Site::ClosedPort,
            9 => Site::NoRoute,
            _ => Site::Silent,
        };
        world = world.with(at, site);
        list.push(suspect(&at.to_string()));
    }
    (world, list)
}

#[test]
fn a_crowd_is_finished_within_the_bounds() {
    let scope = demo::scope(Depth::Standard);
    let (world, list) = crowd(1);
    let (collected, report) = scan(world, &scope, &list);
    assert_eq!(last_findings(&collected).len(), 200);
    assert_eq!(collected.others.len(), 0, "{:?}", collected.others);

    assert!(report.wire.open_max <= WORKERS, "{}", report.wire.open_max);
    assert_eq!(report.wire.strays, []);
    let guard = report.guard.expect("the appliance ran");
    assert_eq!(
        u64::from(guard.sent + guard.sent_link),
        report.wire.frames_out
    );
    assert_eq!(guard.violations, 0);

    let connections = &report.wire.connections;
    holds_the_rates(connections, &scope);
    for (target, count) in report.wire.connections_by_target() {
        assert!(count <= 12, "{count} connections to {target}");
    }
    // A standard battery on a closed server is some twenty frames each way.
    assert!(
        report.wire.frames_out < 200 * 60,
        "{}",
        report.wire.frames_out
    );
}

fn holds_the_rates(connections: &[Connection], scope: &Scope) {
    let spacing = Duration::from_millis(u64::from(scope.rates.network_spacing_ms));
    let mut last: BTreeMap<_, Duration> = BTreeMap::new();
    for connection in connections {
        let network = RateNetwork::of(connection.remote.ip());
        if let Some(before) = last.insert(format!("{network:?}"), connection.at) {
            let (remote, apart) = (connection.remote, connection.at.saturating_sub(before));
            assert!(apart >= spacing, "{remote}: {apart:?} after its neighbour");
        }
    }
    let second = Duration::from_secs(1);
    let most = usize::from(scope.rates.connections_per_second_max);
    for window in connections.windows(most + 1) {
        let (first, last) = (window[0].at, window[most].at);
        assert!(
            last.saturating_sub(first) >= second,
            "{most} and one more within {first:?}"
        );
    }
}
