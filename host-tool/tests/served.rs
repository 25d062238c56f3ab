//! The simulator's personalities on real sockets, scanned over `--link direct`: what the virtual
//! internet says of a server must be what real TCP says of it.

#![cfg(target_os = "linux")]

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::{SocketAddr, TcpListener},
    thread,
    time::Duration,
};

use bench::Bench;
use host_sim::{
    demo,
    host::collect,
    parade,
    peers::Peer,
    serve::{Serving, Spread, Stand, stands},
    simulation::Simulation,
    world::World,
};
use probe_core::{name::Name, scope::Depth, suspect::Suspect};

/// A job that takes longer in virtual time is not repeated in real time.
const JOB_MAX: Duration = Duration::from_secs(10);
/// Where the first server stands; the next ones follow, all on one port. Linux has the whole of
/// 127.0.0.0/8 on its loopback interface.
const FIRST: [u8; 4] = [127, 25, 0, 1];

#[test]
fn real_sockets_and_the_simulator_lead_to_the_same_verdicts() {
    let (mut simulated, mut quick) = (BTreeMap::new(), Vec::new());
    for stand in all_stands() {
        let (verdict, took) = simulate(&stand.peer);
        if took <= JOB_MAX {
            simulated.insert(stand.peer.personality.name, verdict);
            quick.push(stand);
        }
    }
    assert!(quick.len() >= 5, "{} jobs are quick", quick.len());
    let direct = scan_for_real(quick);
    assert_eq!(table(&direct), table(&simulated));
}

/// One server of each personality. The addresses are free of others' listeners on that port as
/// soon as the first is.
fn all_stands() -> Vec<Stand> {
    let free = TcpListener::bind(SocketAddr::from((FIRST, 0))).unwrap();
    let first = free.local_addr().unwrap();
    stands(&parade::world(1), Spread::Addresses(first), |_| true).unwrap()
}

/// The verdict on `peer` in virtual time, and how long the scan took.
fn simulate(peer: &Peer) -> (String, Duration) {
    let at = SocketAddr::from(([192, 0, 2, 25], 25));
    let world = World::empty(1).with_peer(at, peer.clone());
    let scope = demo::scope(Depth::Standard);
    let names = peer.domains.iter().map(|domain| Name::new(domain).unwrap());
    let list = [Suspect {
        address: at.ip(),
        port: at.port(),
        names: names.collect(),
    }];
    let (collected, report) = Simulation::new(world)
        .run(async |link, time| collect(link, time, &scope, &list).await)
        .unwrap();
    let findings = collected.unwrap().findings;
    let verdict = findings
        .iter()
        .find(|finding| finding.last)
        .unwrap()
        .verdict;
    let (kind, reason) = (verdict.kind.as_str(), verdict.reason.as_str());
    (format!("{kind}: {reason}"), report.elapsed)
}

/// The verdicts of `postern scan --link direct` on servers that really listen.
fn scan_for_real(stands: Vec<Stand>) -> BTreeMap<&'static str, String> {
    let serving = Serving::bind(stands).unwrap();
    let places: BTreeMap<SocketAddr, Peer> = serving
        .stands()
        .iter()
        .map(|stand| (stand.at, stand.peer.clone()))
        .collect();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = thread::spawn(move || serving.until(stopped).unwrap().1);

    let bench = Bench::new("served");
    let port = places.keys().next().unwrap().port();
    bench.write("scope.toml", &scope(port));
    let mut list = "address,port,domains\n".to_owned();
    for (at, peer) in &places {
        let domains = peer.domains.join(" ");
        writeln!(list, "{},{},{domains}", at.ip(), at.port()).unwrap();
    }
    bench.write("list.csv", &list);
    let ran = bench.run(&[
        "scan",
        "--link",
        "direct",
        "--scope",
        "scope.toml",
        "--targets",
        "list.csv",
        "--store",
        "findings.db",
        "--json",
    ]);
    stop.send(()).unwrap();
    let served = server.join().unwrap();
    let not_checked =
        "postern: not checked: helo, sink-mx, sender-spf, sink-path: the scope names no resolver\n";
    assert_eq!((ran.status, ran.err.as_str()), (0, not_checked));
    assert!(served.connections >= places.len() as u64, "{served:?}");
    assert_eq!(served.turned_away, 0);

    let found = ran.out.lines().map(|line| {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let word = |key: &str| finding[key].as_str().unwrap().to_owned();
        let at = SocketAddr::new(word("address").parse().unwrap(), port);
        let verdict = format!("{}: {}", word("verdict"), word("reason"));
        (places[&at].personality.name, verdict)
    });
    found.collect()
}

fn table(verdicts: &BTreeMap<&str, String>) -> String {
    verdicts
        .iter()
        .map(|(personality, verdict)| format!("{personality:<24} {verdict}\n"))
        .collect()
}

fn scope(port: u16) -> String {
    format!(
        r#"contact = "noc@cert.example"
abuse_page = "https://cert.example/probes"
issued = 2026-01-01
expires = 2100-01-01
networks = ["127.25.0.0/24"]
ports = [{port}]
depth = "standard"
[authority]
kind = "consent"
reference = "our own computer"
[identity]
helo = "probe.cert.example"
sender_domain = "probe.cert.example"
sink_domain = "sink.cert.example"
sink_address = "192.0.2.250"
[rates]
network_connections_max = 16
network_spacing_ms = 0
"#
    )
}
