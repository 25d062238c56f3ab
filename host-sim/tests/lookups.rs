//! The device asks a simulated resolver: through its own network stack, and over both families.

use std::{cell::RefCell, net::IpAddr, time::Duration};

use firmware::{
    bell::Bell,
    conversation::Scratch,
    env::Buffers,
    guard::{Doors, Watch},
    lookup::{LookupMemory, ask},
    net::{DatagramMemory, Random, StackEnv},
};
use host_sim::{
    demo,
    dns::{Fault, Record, Resolver, Zone},
    host::PROVING,
    observer::Allowed,
    simulation::Simulation,
    world::World,
};
use probe_core::{
    dns::{Outcome, Question, RecordType, Report, WireName},
    finding::DeviceId,
    frame::{FRAME_OCTETS_MAX, ScanId},
    host_link::{HostLink, Line},
    prober::Prober,
    scope::{Depth, Scope},
    suspect::Suspect,
    time::{Instant, Utc},
};

const V4: &str = "198.51.100.53";
const V6: &str = "2001:db8:53::53";

struct Dice(RefCell<host_sim::random::Random>);

impl Random for Dice {
    fn fill(&self, octets: &mut [u8]) {
        self.0.borrow_mut().fill(octets);
    }
}

/// A prober that runs a scan under `scope`, told so over its link.
fn running(scope: &Scope) -> RefCell<Prober> {
    let now = Instant::BOOT;
    let mut prober = Prober::new(DeviceId::default(), 1);
    let mut host = HostLink::new();
    host.connected(now, Utc(scope.issued.0 + 1));
    host.start(now, ScanId(1), scope, PROVING).unwrap();
    let mut frame = [0; FRAME_OCTETS_MAX];
    loop {
        let mut spoken = false;
        let unfinished = |_| {
            Some(Line::from(Suspect {
                address: scope.networks[0].address,
                port: 9,
                names: Default::default(),
            }))
        };
        while let Some(count) = host.link_transmit(now, unfinished, &mut frame) {
            prober.link_received(now, &frame[..count]);
            spoken = true;
        }
        while let Some(count) = prober.link_transmit(now, &mut frame) {
            let mut octets = &frame[..count];
            while host.received(now, &mut octets).is_some() {}
            spoken = true;
        }
        if !spoken {
            break;
        }
    }
    assert!(prober.scope().is_some());
    RefCell::new(prober)
}

fn zone() -> Zone {
    let mut zone = Zone::new()
        .with("mail.example", Record::A([192, 0, 2, 25].into()))
        .with_reverse([192, 0, 2, 25].into(), "mail.example");
    for _ in 0..6 {
        zone = zone.with("text.example", Record::Txt(vec!["a".repeat(250)]));
    }
    for host in 0..80 {
        zone = zone.with("many.example", Record::A([192, 0, 2, host].into()));
    }
    zone
}

/// What the device learns from `resolver` at `address`, and how many milliseconds that takes.
fn asked(address: &str, fault: Fault, name: &str, kind: RecordType) -> (Report, u64) {
    let address: IpAddr = address.parse().unwrap();
    let mut scope = demo::scope(Depth::Quick);
    scope.identity.resolver = Some(address);
    let prober = running(&scope);
    let world = World::empty(1).with_resolver(address, Resolver::new(zone()).with(fault));
    let (answer, report) = Simulation::new(world)
        .watched(Allowed::by(&scope))
        .run_application(async |stack| {
            let watch = Watch::new(Doors::default());
            let mut datagrams = DatagramMemory::new();
            let dice = Dice(RefCell::new(host_sim::random::Random::new(7)));
            let env = StackEnv::new(stack, 1, &mut datagrams, &watch, dice);
            let question = Question {
                name: WireName::new(name).unwrap(),
                kind,
            };
            let (mut buffers, scratch) = (Buffers::new(), Scratch::new());
            let mut memory = LookupMemory::new();
            let bell = Bell::new();
            let began = firmware::net::now();
            let report = ask(
                &env,
                &prober,
                &bell,
                question,
                &mut buffers,
                &mut memory,
                &scratch,
            )
            .await;
            let took = firmware::net::now().since(began);
            (report.expect("the scope has a resolver"), took.0)
        })
        .unwrap();
    assert!(report.wire.strays.is_empty(), "{:?}", report.wire.strays);
    answer
}

#[test]
fn over_udp_and_where_it_does_not_fit_over_tcp() {
    for address in [V4, V6] {
        for (name, kind, streamed, cut, answers) in [
            ("mail.example", RecordType::A, false, false, 1),
            ("25.2.0.192.in-addr.arpa", RecordType::PTR, false, false, 1),
            ("text.example", RecordType::TXT, true, true, 1),
            ("many.example", RecordType::A, true, true, 17),
        ] {
            let (report, took_ms) = asked(address, Fault::None, name, kind);
            assert_eq!(report.outcome, Outcome::Answers, "{name} at {address}");
            assert_eq!(
                (report.streamed, report.answers.is_cut()),
                (streamed, cut),
                "{name}"
            );
            assert_eq!(report.answers.iter().count(), answers, "{name}");
            assert!(took_ms < 300, "{name} at {address}: {took_ms} ms");
        }
    }
}

#[test]
fn what_is_wrong_with_a_resolver() {
    for (fault, outcome, ignored, tries) in [
        (Fault::None, Outcome::Answers, 0, 1),
        (Fault::Truncates, Outcome::Answers, 0, 1),
        (Fault::Silent, Outcome::NoAnswer, 0, 3),
        (Fault::LyingIds, Outcome::NoAnswer, 3, 3),
        (Fault::WrongQuestion, Outcome::NoAnswer, 3, 3),
        (Fault::Refuses, Outcome::Refused, 0, 1),
        (Fault::NoName, Outcome::NoSuchName, 0, 1),
        // The answer to the first datagram comes when its port is closed.
        (Fault::Slow(Duration::from_secs(3)), Outcome::Answers, 0, 2),
    ] {
        let (report, _) = asked(V4, fault, "mail.example", RecordType::A);
        assert_eq!(report.outcome, outcome, "{fault:?}");
        assert_eq!(
            (report.ignored, report.tries),
            (ignored, tries),
            "{fault:?}"
        );
    }
}

#[test]
fn without_a_resolver_in_the_scope_nobody_is_asked() {
    let mut scope = demo::scope(Depth::Quick);
    scope.identity.resolver = None;
    let prober = running(&scope);
    let (answer, _) = Simulation::new(World::empty(1))
        .run_application(async |stack| {
            let watch = Watch::new(Doors::default());
            let mut datagrams = DatagramMemory::new();
            let dice = Dice(RefCell::new(host_sim::random::Random::new(7)));
            let env = StackEnv::new(stack, 1, &mut datagrams, &watch, dice);
            let question = Question {
                name: WireName::new("mail.example").unwrap(),
                kind: RecordType::A,
            };
            let (mut buffers, scratch) = (Buffers::new(), Scratch::new());
            let mut memory = LookupMemory::new();
            ask(
                &env,
                &prober,
                &Bell::new(),
                question,
                &mut buffers,
                &mut memory,
                &scratch,
            )
            .await
        })
        .unwrap();
    assert_eq!(answer, None, "a scope without a resolver asks nobody");
}
