//! What a network lacks the appliance waits for, says so, and goes on: no cable, nobody who gives
//! addresses, the cable out in mid-scan, a router that is gone.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{cell::RefCell, net::SocketAddr, time::Duration};

use embassy_futures::select::select;
use embedded_io_async::{Read, Write};
use host_sim::{
    demo,
    faults::Window,
    host::PROVING,
    net::giver::{Gives, Trouble},
    observer::Allowed,
    peers::Personality,
    pipe::PipeEnd,
    simulation::{Simulation, Time},
    world::{Site, World},
};
use probe_core::{
    frame::{
        FRAME_OCTETS_MAX, ScanId, ToHost,
        message::{Ended, Progress},
    },
    host_link::{HostLink, Line},
    scope::{Depth, Scope},
    suspect::Suspect,
    time::Millis,
    verdict::Kind,
};

const MINUTES: fn(u64) -> Duration = |minutes| Duration::from_secs(minutes * 60);

/// The network's troubles, by what they are of.
#[derive(Default)]
struct Troubles {
    cable: Vec<Window>,
    router: Vec<Window>,
    giving: Vec<(Window, Trouble)>,
    /// Whether addresses are given at all, or are the device's own.
    is_given: bool,
    /// Nobody knows where the sink is, so that no way to it is tried.
    without_way: bool,
}

/// What a host has heard.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    /// What was lacking, whenever that was another thing: second and word.
    lacks: Vec<(u64, &'static str)>,
    /// The lines of the log about the network.
    log: Vec<String>,
    /// Targets that were closed, and others.
    closed: usize,
    others: usize,
}

fn window(from: Duration, until: Duration) -> Window {
    Window { from, until }
}

/// Scans four closed servers of each family, one after the other, a minute apart.
fn scan(troubles: Troubles) -> Heard {
    let personality = Personality::named("closed-550").unwrap();
    let mut world = World::empty(7);
    let mut list = Vec::new();
    for host in 0..4 {
        for address in [format!("192.0.2.1{host}"), format!("2001:db8::1{host}")] {
            let at = SocketAddr::new(address.parse().unwrap(), 25);
            world = world.with(at, Site::Peer(personality.at("mx.wait.example", &[])));
            list.push(Suspect {
                address: at.ip(),
                port: at.port(),
                names: Default::default(),
            });
        }
    }
    world.faults.link.out = troubles.cable;
    world.faults.router_down = troubles.router;
    world.gives = troubles.is_given.then(|| Gives {
        server: world.device.gateway_v4,
        lease: MINUTES(10),
        advertised_every: MINUTES(1),
        advertised_for: MINUTES(3),
        troubles: troubles.giving,
    });
    let mut scope = demo::scope(Depth::Quick);
    if troubles.without_way {
        scope.identity.sink_address = None;
    }
    scope.rates.network_spacing_ms = 60_000;
    let simulation = Simulation::new(world)
        .watched(Allowed::by(&scope))
        .lasting(MINUTES(120));
    let (heard, report) = simulation
        .run(async |link, time| listen(link, time, &scope, &list).await)
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(report.wire.strays, []);
    heard
}

async fn listen(link: PipeEnd, time: Time, scope: &Scope, list: &[Suspect]) -> Heard {
    let heard = RefCell::new(Heard::default());
    let (mut reader, mut writer) = link.split();
    let mut host = Box::new(HostLink::new());
    host.connected(time.now(), time.utc());
    host.start(time.now(), ScanId(1), scope, PROVING).unwrap();
    host.ask_log(time.now(), 1);
    let (mut frame, mut octets) = ([0; FRAME_OCTETS_MAX], [0; FRAME_OCTETS_MAX]);
    loop {
        let line = |index| {
            list.get(usize::try_from(index).ok()?)
                .cloned()
                .map(Line::from)
        };
        while let Some(count) = host.link_transmit(time.now(), line, &mut frame) {
            let Ok(()) = writer.write_all(&frame[..count]).await;
        }
        if let Some(ended) = host.ended() {
            assert_eq!(ended, Ended::ListDone);
            return heard.into_inner();
        }
        let due = host.link_due(time.now()).max(time.now() + Millis(1));
        let read = select(reader.read(&mut octets), time.sleep_until(due)).await;
        let embassy_futures::select::Either::First(Ok(count)) = read else {
            continue;
        };
        let mut rest = &octets[..count];
        while let Some(message) = host.received(time.now(), &mut rest) {
            heard.borrow_mut().take(time, &message);
            if let Some(record) = message.record() {
                host.stored(record);
            }
        }
    }
}

impl Heard {
    fn take(&mut self, time: Time, message: &ToHost) {
        match message {
            ToHost::Progress(Progress { network, .. }) => {
                let word = network.lack.map_or("nothing", |lack| lack.as_str());
                if self.lacks.last().map(|(_, last)| *last) != Some(word) {
                    self.lacks.push((time.now().as_millis() / 1_000, word));
                }
            }
            ToHost::Log(line) if line.text.starts_with("network") => {
                self.log.push(line.text.as_str().to_owned());
            }
            ToHost::Finding(finding) if finding.last => {
                let closed = finding.verdict.kind == Kind::Closed;
                self.closed += usize::from(closed);
                self.others += usize::from(!closed);
            }
            _ => {}
        }
    }
}

/// Every target comes out as it is, whatever the network lacked meanwhile.
fn all_closed(heard: &Heard) {
    assert_eq!((heard.closed, heard.others), (8, 0), "{heard:?}");
}

#[test]
fn without_a_cable_it_waits_and_goes_on() {
    let heard = scan(Troubles {
        cable: vec![window(Duration::ZERO, MINUTES(3))],
        is_given: true,
        ..Troubles::default()
    });
    all_closed(&heard);
    let words: Vec<_> = heard.lacks.iter().map(|(_, word)| *word).collect();
    assert_eq!(words, ["cable", "address", "nothing"], "{heard:?}");
    assert_eq!(heard.lacks[1].0, 180);
    assert_eq!(
        heard.log,
        [
            "network: lacks: cable",
            "network: lacks: address",
            "network: up"
        ]
    );
}

#[test]
fn without_anybody_who_gives_addresses_it_waits_and_goes_on() {
    let silent = window(Duration::ZERO, MINUTES(10));
    let heard = scan(Troubles {
        giving: vec![
            (silent, Trouble::DhcpSilent),
            (silent, Trouble::RouterSilent),
        ],
        is_given: true,
        ..Troubles::default()
    });
    all_closed(&heard);
    let words: Vec<_> = heard.lacks.iter().map(|(_, word)| *word).collect();
    assert_eq!(words, ["address", "nothing"], "{heard:?}");
    assert!(heard.lacks[1].0 >= 600, "{heard:?}");
    assert_eq!(heard.log, ["network: lacks: address", "network: up"]);
}

#[test]
fn with_the_cable_out_in_mid_scan_it_waits_and_goes_on() {
    for is_given in [true, false] {
        // Between two connections, of which there is one a minute.
        let heard = scan(Troubles {
            cable: vec![window(Duration::from_secs(90), MINUTES(30))],
            is_given,
            ..Troubles::default()
        });
        all_closed(&heard);
        assert!(heard.lacks.contains(&(90, "cable")), "{heard:?}");
        assert_eq!(heard.lacks.last().map(|(_, word)| *word), Some("nothing"));
        assert!(heard.log.contains(&"network: lacks: cable".to_owned()));
        assert_eq!(heard.log.last().map(String::as_str), Some("network: up"));
    }
}

#[test]
fn with_its_router_gone_it_waits_and_goes_on() {
    // So long that even the addresses are gone in the end, where they are given.
    for (is_given, words) in [
        (false, &["nothing", "router", "nothing"][..]),
        (true, &["nothing", "router", "address", "nothing"][..]),
    ] {
        let heard = scan(Troubles {
            router: vec![window(Duration::from_secs(90), MINUTES(30))],
            is_given,
            ..Troubles::default()
        });
        assert_eq!(heard.closed + heard.others, 8, "{heard:?}");
        // Before it noticed, it may have begun with one of each family.
        assert!(heard.others <= 2, "{heard:?}");
        let told: Vec<_> = heard.lacks.iter().map(|(_, word)| *word).collect();
        let told = told.strip_prefix(&["address"]).unwrap_or(&told);
        assert_eq!(told, words, "{heard:?}");
        assert!(heard.log.contains(&"network: lacks: router".to_owned()));
    }
}

#[test]
fn where_one_family_has_no_address_its_targets_are_told_after_a_minute() {
    let silent = window(Duration::ZERO, MINUTES(100));
    let heard = scan(Troubles {
        giving: vec![(silent, Trouble::DhcpSilent)],
        is_given: true,
        without_way: true,
        ..Troubles::default()
    });
    assert_eq!((heard.closed, heard.others), (4, 4), "{heard:?}");
    assert_eq!(heard.log.last().map(String::as_str), Some("network: up"));
}
