//! What a target is called is asked of the resolver, and opens servers that say it nowhere else.

use std::{net::IpAddr, sync::LazyLock, time::Duration};

use host_sim::{
    demo,
    dns::{Fault, Resolver, Zone},
    host,
    observer::Allowed,
    peers::Personality,
    script,
    simulation::Simulation,
    world::World,
};
use probe_core::{
    finding::Finding,
    name::Name,
    relay::{Outcome, PairId, Recipient, Sender, Slot},
    scope::{Depth, Scope},
    suspect::Suspect,
};

const RESOLVER: &str = "198.51.100.53";

/// Relays for senders, and for percent-hack recipients, at one name that is neither in its greeting nor
/// in its EHLO.
static HIDDEN: LazyLock<&'static Personality> = LazyLock::new(|| {
    let text = include_str!("support/reverse-name.script");
    script::load("reverse-name.script", text).unwrap()
});

fn scope(resolver: bool, depth: Depth) -> Scope {
    let mut scope = demo::scope(depth);
    scope.identity.resolver = resolver.then(|| RESOLVER.parse().unwrap());
    scope
}

fn target(low: u8) -> IpAddr {
    [192, 0, 2, low].into()
}

fn suspect(low: u8, names: &[&str]) -> Suspect {
    Suspect {
        address: target(low),
        port: 25,
        names: names.iter().map(|it| Name::new(it).unwrap()).collect(),
    }
}

/// The findings of these suspects, by the last octet of their addresses, and how many milliseconds the
/// scan took.
fn findings(scope: &Scope, resolver: Option<Resolver>, list: &[Suspect]) -> (Vec<Finding>, u128) {
    let mut world = World::empty(7);
    for suspect in list {
        let peer = HIDDEN.at("front.example.org", &["hidden.example.net"]);
        world = world.with_peer((suspect.address, suspect.port).into(), peer);
    }
    if let Some(resolver) = resolver {
        world = world.with_resolver(RESOLVER.parse().unwrap(), resolver);
    }
    let (collected, report) = Simulation::new(world)
        .watched(Allowed::by(scope))
        .run(async |end, time| host::collect(end, time, scope, list).await)
        .unwrap();
    assert!(report.wire.strays.is_empty(), "{:?}", report.wire.strays);
    let mut findings = collected.unwrap().findings;
    findings.sort_by_key(|finding| finding.target);
    (findings, report.elapsed.as_millis())
}

fn words(finding: &Finding) -> String {
    let (kind, reason) = (finding.verdict.kind, finding.verdict.reason);
    format!("{}: {}", kind.as_str(), reason.as_str())
}

/// What came of a form with the name in this place of the list.
fn listed(finding: &Finding, sender: Sender, recipient: Recipient, place: u8) -> Outcome {
    let pair = PairId::all().find(|id| {
        let pair = id.pair();
        (pair.sender, pair.recipient, pair.slot) == (sender, recipient, Slot::Listed(place))
    });
    let evidence = finding.evidence.relay().expect("a relay job");
    evidence.outcome(pair.unwrap())
}

fn zone() -> Zone {
    Zone::new().with_reverse(target(10), "hidden.example.net")
}

#[test]
fn a_server_that_trusts_its_reverse_name_is_found_by_it_and_not_without() {
    for depth in [Depth::Quick, Depth::Standard, Depth::Full] {
        let list = [suspect(10, &[])];
        let asked = scope(true, depth);
        let (found, _) = findings(&asked, Some(Resolver::new(zone())), &list);
        assert_eq!(
            words(&found[0]),
            "suspected: recipient-accepted",
            "{depth:?}"
        );
        assert_eq!(
            listed(&found[0], Sender::F3, Recipient::T1, 0),
            Outcome::Accepted
        );
        if depth == Depth::Full {
            let hack = listed(&found[0], Sender::F1, Recipient::T3, 0);
            assert!(hack.is_accepted(), "{}", hack.as_str());
        }

        // Nobody to ask, nobody who knows, nobody who answers: the test is the same without.
        for resolver in [
            None,
            Some(Resolver::new(Zone::new())),
            Some(Resolver::new(zone()).with(Fault::Refuses)),
        ] {
            let scope = scope(resolver.is_some(), depth);
            let (found, _) = findings(&scope, resolver, &list);
            assert_eq!(words(&found[0]), "closed: relay-denied", "{depth:?}");
            let outcome = listed(&found[0], Sender::F3, Recipient::T1, 0);
            assert_eq!(outcome, Outcome::NotFormable);
        }
    }
}

#[test]
fn domains_of_the_list_go_before_it() {
    let asked = scope(true, Depth::Full);
    let resolver = || Some(Resolver::new(zone()));
    let (found, _) = findings(&asked, resolver(), &[suspect(10, &["one.example"])]);
    assert_eq!(
        listed(&found[0], Sender::F3, Recipient::T1, 0),
        Outcome::RelayDenied
    );
    assert_eq!(
        listed(&found[0], Sender::F3, Recipient::T1, 1),
        Outcome::Accepted
    );
    // With two there is no room: nobody is asked.
    let full = [suspect(10, &["one.example", "two.example"])];
    let (found, _) = findings(&asked, resolver(), &full);
    assert_eq!(words(&found[0]), "closed: relay-denied");
}

#[test]
fn names_that_are_of_no_use_are_not_used() {
    for name in [
        // Not a domain; ours; longer than what is kept.
        "localhost".to_owned(),
        "probe.cert.example".to_owned(),
        "x.sink.cert.example".to_owned(),
        format!("{}.example", ["a"; 40].join(".")),
    ] {
        let zone = Zone::new().with_reverse(target(10), &name);
        let asked = scope(true, Depth::Quick);
        let (found, _) = findings(&asked, Some(Resolver::new(zone)), &[suspect(10, &[])]);
        let outcome = listed(&found[0], Sender::F3, Recipient::T1, 0);
        assert_eq!(outcome, Outcome::NotFormable, "{name}");
    }
    // The first that is of use counts.
    let zone = Zone::new()
        .with_reverse(target(10), "localhost")
        .with_reverse(target(10), "hidden.example.net");
    let asked = scope(true, Depth::Quick);
    let (found, _) = findings(&asked, Some(Resolver::new(zone)), &[suspect(10, &[])]);
    assert_eq!(words(&found[0]), "suspected: recipient-accepted");
}

#[test]
fn a_silent_resolver_holds_a_scan_up_for_a_while_and_no_longer() {
    let list: Vec<Suspect> = (10..40).map(|low| suspect(low, &[])).collect();
    let (found, without_ms) = findings(&scope(false, Depth::Quick), None, &list);
    assert_eq!(found.len(), list.len());
    let silent = Resolver::new(zone()).with(Fault::Silent);
    let (found, with_ms) = findings(&scope(true, Depth::Quick), Some(silent), &list);
    assert_eq!(found.len(), list.len());
    assert!(found.iter().all(|it| words(it) == "closed: relay-denied"));
    // Three questions, one after the other.
    let held_up_ms = with_ms - without_ms;
    assert!((10_000..31_000).contains(&held_up_ms), "{held_up_ms} ms");

    // One who answers late, and answers all.
    let slow = Resolver::new(zone()).with(Fault::Slow(Duration::from_millis(200)));
    let (found, with_ms) = findings(&scope(true, Depth::Quick), Some(slow), &list);
    assert_eq!(words(&found[0]), "suspected: recipient-accepted");
    assert!(
        with_ms - without_ms < 8_000,
        "{with_ms} ms against {without_ms} ms"
    );
}
