//! Probe sessions a second on one core: `cargo bench -p host-sim`.
//!
//! A session is one TCP connection: greeting, EHLO, one group of nine recipients, QUIT. The wire
//! is captured, summed and held against a scope as in every simulation.

use std::{
    cell::Cell,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use embassy_futures::join::join_array;
use embassy_net::{IpEndpoint, Stack, tcp::TcpSocket};
use host_sim::{observer::Allowed, peers::Personality, simulation::Simulation, world::World};

/// How many connections are open at once: one for each worker of the appliance.
const AT_ONCE: usize = 16;
/// How many sessions a run has.
const SESSIONS: u32 = 20_000;
/// How many servers take them in turn.
const PEERS: u8 = 200;
/// What the simulator has to reach.
const SESSIONS_PER_SECOND_MIN: f64 = 10_000.0;

fn main() {
    let mut best = 0.0_f64;
    for seed in 1..=3 {
        let began = Instant::now();
        let (refused, report) = Simulation::new(world(seed))
            .watched(Allowed {
                networks: vec![(Ipv4Addr::new(192, 0, 2, 0).into(), 24)],
                exclusions: vec![],
                ports: vec![25],
            })
            .run_application(async |stack| sessions(stack).await)
            .expect("the simulation ends");
        let took = began.elapsed().as_secs_f64();
        assert_eq!(
            refused,
            SESSIONS * 9,
            "every recipient is refused, each once"
        );
        assert_eq!(report.wire.strays_total, 0);
        let rate = f64::from(SESSIONS) / took;
        best = best.max(rate);
        println!(
            "seed {seed}: {SESSIONS} sessions in {took:.3} s: {rate:.0} sessions/s, {:.0} virtual seconds a second, {} frames, pcap {}",
            report.elapsed.as_secs_f64() / took,
            report.wire.frames_out + report.wire.frames_in,
            &report.wire.pcap_sha256[..16],
        );
    }
    println!("best {best:.0} sessions/s, at least {SESSIONS_PER_SECOND_MIN:.0} wanted");
}

fn world(seed: u64) -> World {
    let closed = Personality::named("closed-454").expect("there is one");
    let mut world = World::empty(seed);
    world.latency = Duration::from_millis(20);
    (0..PEERS).fold(world, |world, number| {
        world.with_peer(
            peer(u32::from(number)),
            closed.at("mail.example.org", &["example.org"]),
        )
    })
}

fn peer(number: u32) -> SocketAddr {
    let last = u8::try_from(number % u32::from(PEERS)).expect("below 256");
    SocketAddr::from((Ipv4Addr::new(192, 0, 2, last), 25))
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
