//! Probe sessions a second on one core: `cargo bench -p host-sim`.
//!
//! A session is one TCP connection: greeting, EHLO, one group of nine recipients, QUIT. The wire
//! is captured, summed and held against a scope as in every simulation; what the appliance does and
//! finds is held against every oracle of the trials, within the time that is measured.
//!
//! Rates depend on the machine, so beside them stands what the appliance reaches of what a plain
//! client reaches on the same stack. That ratio is held against [`BASELINE`].

use std::{
    cell::Cell,
    net::{Ipv6Addr, SocketAddr},
    process::ExitCode,
    sync::LazyLock,
    time::{Duration, Instant},
};

use embassy_futures::join::join_array;
use embassy_net::{IpEndpoint, Stack, tcp::TcpSocket};
use host_sim::{
    demo,
    observer::Allowed,
    peers::Personality,
    simulation::{Report, Simulation},
    trial::Trial,
    world::World,
};
use probe_core::{
    name::Name,
    scope::{Depth, Rates, Scope},
    suspect::Suspect,
};

/// How many connections are open at once: one for each worker of the appliance.
const AT_ONCE: usize = 16;
/// How many sessions a run of the plain client has.
const SESSIONS: u32 = 20_000;
/// How many servers take them in turn, and how many targets the appliance has.
const TARGETS: u32 = 4_000;
/// What the simulator has to reach.
const SESSIONS_PER_SECOND_MIN: f64 = 10_000.0;

/// What the appliance reached of the plain client's sessions a second when this was written down.
const BASELINE: f64 = 0.198;
/// How much of [`BASELINE`] has to be reached.
const BASELINE_MIN: f64 = 0.8;

fn main() -> ExitCode {
    // cargo passes `--bench`; whoever wants one of the two names it.
    let named = |name| std::env::args().any(|argument| argument == name);
    let mut rates = [None, None];
    if !named("appliance") {
        println!("plain client on the device's stack");
        rates[0] = Some(best((1..=3).map(plain)));
    }
    if !named("plain") {
        println!("the appliance: prober, workers, dialogue, guard, link, every oracle");
        let rate = best((1..=3).map(appliance));
        println!("  {SESSIONS_PER_SECOND_MIN:.0} sessions/s are wanted");
        rates[1] = Some(rate);
    }
    let [Some(plain), Some(appliance)] = rates else {
        return ExitCode::SUCCESS;
    };
    let ratio = appliance / plain;
    println!("the appliance reaches {ratio:.3} of the plain client; written down is {BASELINE:.3}");
    if ratio < BASELINE * BASELINE_MIN {
        println!(
            "that is under {BASELINE_MIN} of it: find out what became slow (docs/simulator.md, \
             where the time goes), or write the new ratio into host-sim/benches/sessions.rs"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn best(rates: impl Iterator<Item = f64>) -> f64 {
    let best = rates.fold(0.0, f64::max);
    println!("  best {best:.0} sessions/s");
    best
}

/// Sessions of a plain client; gives sessions a second.
fn plain(seed: u64) -> f64 {
    let began = time_on_core();
    let (refused, report) = Simulation::new(world(seed))
        .watched(Allowed::by(&scope()))
        .run_application(async |stack| sessions(stack).await)
        .expect("the simulation ends");
    assert_eq!(
        refused,
        SESSIONS * 9,
        "every recipient is refused, each once"
    );
    assert_eq!(report.wire.strays_total, 0);
    rate(began, &report)
}

/// Standard batteries of the appliance, one session each, held against every oracle; gives sessions
/// a second.
fn appliance(seed: u64) -> f64 {
    let trial = Trial {
        seed,
        world: world(seed),
        scope: scope(),
        list: (0..TARGETS).map(suspect).collect(),
        cuts: Vec::new(),
    };
    let began = time_on_core();
    let outcome = trial.run(None).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(trial.violations(&outcome), [], "every oracle is content");
    let rate = rate(began, &outcome.report);
    assert!(outcome.retest.is_none(), "every target is decided at once");
    rate
}

fn rate(began: Duration, report: &Report) -> f64 {
    let took = (time_on_core() - began).as_secs_f64();
    let wire = &report.wire;
    let sessions = u32::try_from(wire.connections.len()).expect("fewer than four thousand million");
    let rate = f64::from(sessions) / took;
    println!(
        "  seed {}: {sessions} sessions in {took:.3} s on a core: {rate:.0}/s, {:.0} virtual seconds a second, {} frames, pcap {}",
        report.seed,
        report.elapsed.as_secs_f64() / took,
        wire.frames_out + wire.frames_in,
        &wire.pcap_sha256[..16],
    );
    rate
}

/// How long this thread has been on a core, where the system says so; else how long it has run.
/// What other programs take of a busy machine does not count.
fn time_on_core() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

/// The demonstration's scope, as fast as a scope may be.
fn scope() -> Scope {
    let mut scope = demo::scope(Depth::Standard);
    scope.rates = Rates {
        network_spacing_ms: Rates::CEILING.network_spacing_ms,
        network_connections_max: Rates::CEILING.network_connections_max,
        connections_per_second_max: Rates::CEILING.connections_per_second_max,
        ..scope.rates
    };
    scope
}

fn world(seed: u64) -> World {
    let closed = Personality::named("closed-454").expect("there is one");
    let mut world = World::empty(seed);
    world.latency = Duration::from_millis(20);
    (0..TARGETS).fold(world, |world, number| {
        world.with_peer(
            peer(number),
            closed.at("mail.example.org", &["example.org"]),
        )
    })
}

/// Targets in turn, sixty-four in each /56.
fn peer(number: u32) -> SocketAddr {
    let number = u16::try_from(number % TARGETS).expect("no more targets than that");
    let address = Ipv6Addr::new(0x2001, 0xdb8, number / 64, 0, 0, 0, 0, 1 + number % 64);
    SocketAddr::from((address, 25))
}

fn suspect(number: u32) -> Suspect {
    Suspect {
        address: peer(number).ip(),
        port: 25,
        names: [Name::new("example.org").expect("a name")]
            .into_iter()
            .collect(),
    }
}

/// Runs all sessions and counts the recipients that were refused.
async fn sessions(stack: Stack<'_>) -> u32 {
    let next = Cell::new(0);
    let worker = || async {
        let (mut receive, mut send) = ([0; 1_024], [0; 1_536]);
        let mut refused = 0;
        loop {
            let number = next.get();
            if number == SESSIONS {
                return refused;
            }
            next.set(number + 1);
            refused += session(stack, peer(number), &mut receive, &mut send).await;
        }
    };
    let workers: [_; AT_ONCE] = std::array::from_fn(|_| worker());
    join_array(workers).await.into_iter().sum()
}

async fn session(stack: Stack<'_>, peer: SocketAddr, receive: &mut [u8], send: &mut [u8]) -> u32 {
    const GROUP: &str = "MAIL FROM:<s@probe.example>\r\n\
        RCPT TO:<u1@sink.example>\r\nRCPT TO:<u2@sink.example>\r\nRCPT TO:<u3@sink.example>\r\n\
        RCPT TO:<u4@sink.example>\r\nRCPT TO:<u5@sink.example>\r\nRCPT TO:<u6@sink.example>\r\n\
        RCPT TO:<u7@sink.example>\r\nRCPT TO:<u8@sink.example>\r\nRCPT TO:<u9@sink.example>\r\n\
        QUIT\r\n";
    let mut socket = TcpSocket::new(stack, receive, send);
    socket.set_nagle_enabled(false);
    socket
        .connect(IpEndpoint::from(peer))
        .await
        .expect("the peer listens");
    let mut octets = [0; 1_024];
    for command in ["EHLO probe.example\r\n", GROUP] {
        socket.read(&mut octets).await.expect("the peer speaks");
        let mut rest = command.as_bytes();
        while !rest.is_empty() {
            let count = socket.write(rest).await.expect("the peer listens");
            rest = &rest[count..];
        }
    }
    let mut refused = 0;
    let mut line_start = true;
    while let Ok(count @ 1..) = socket.read(&mut octets).await {
        for octet in &octets[..count] {
            refused += u32::from(line_start && *octet == b'4');
            line_start = *octet == b'\n';
        }
    }
    socket.close();
    socket.flush().await.expect("the peer has closed in order");
    refused
}
