//! Hosts on the device's own link, of which it has heard nothing until they call its sink.

use std::{net::IpAddr, net::SocketAddr};

use embassy_futures::join::join;
use embedded_io_async::Read as _;
use host_sim::{
    demo,
    host::{MAIL_PAUSE, collect_late},
    observer::Allowed,
    peers::Personality,
    simulation::{Report, Simulation},
    world::World,
};
use probe_core::{scope::Depth, suspect::Suspect, time::Millis};

/// What the sink says to whoever calls `port` of the device from `from`, during a scan.
fn calls(from: IpAddr, port: u16) -> (String, Report) {
    let target: SocketAddr = "192.0.2.10:25".parse().unwrap();
    let closed = Personality::named("closed-550").unwrap();
    let scope = demo::delivering(demo::scope(Depth::Quick));
    let world = World::empty(5)
        .with_peer(target, closed.at("mx.example.org", &[]))
        .with_sink_of(&scope);
    let device: IpAddr = if from.is_ipv4() {
        world.device.ipv4.into()
    } else {
        world.device.ipv6.into()
    };
    let list = [Suspect {
        address: target.ip(),
        port: target.port(),
        names: Default::default(),
    }];
    let mut simulation = Simulation::new(world);
    let caller = simulation.caller(from);
    simulation
        .watched(Allowed::by(&scope))
        .run_plugged(
            |wire| wire,
            async |plug, time| {
                let call = async {
                    time.sleep_until(time.now() + Millis(1_000)).await;
                    let (mut reader, _writer) = caller.call((device, port).into()).split();
                    let mut octets = [0; 128];
                    let Ok(count) = reader.read(&mut octets).await;
                    String::from_utf8_lossy(&octets[..count]).into_owned()
                };
                let scan = collect_late(&plug, time, &scope, &list, MAIL_PAUSE);
                let (greeting, collected) = join(call, scan).await;
                assert_eq!(collected.unwrap().findings.len(), 1);
                greeting
            },
        )
        .unwrap_or_else(|failure| panic!("{failure}"))
}

#[test]
fn the_sink_answers_a_caller_on_its_own_link() {
    for (name, from) in [
        ("over IPv4", "10.20.30.9"),
        ("over IPv6", "fd00:0:0:20::9"),
        ("behind the router", "2001:db8:9::9"),
    ] {
        let (greeting, report) = calls(from.parse().unwrap(), 25);
        assert!(greeting.starts_with("220 "), "{name}: {greeting:?}");
        assert_eq!(report.wire.strays, [], "{name}");
        assert_eq!(report.guard.map(|guard| guard.violations), Some(0));
    }
}

#[test]
fn nobody_is_asked_for_who_calls_another_port() {
    for from in ["10.20.30.9", "fd00:0:0:20::9"] {
        let (greeting, report) = calls(from.parse().unwrap(), 26);
        assert_eq!(greeting, "");
        assert_eq!(report.wire.strays, [], "{from}");
        assert!(report.guard.unwrap().strangers > 0, "{from}");
    }
}
