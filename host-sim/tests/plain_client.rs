//! A plain TCP client on the device's stack: the wire, the router and the hosts, without the
//! appliance.

use std::{net::SocketAddr, time::Duration};

use embassy_net::{IpEndpoint, Stack, tcp::TcpSocket};
use host_sim::{
    clock,
    observer::Allowed,
    peers::Personality,
    simulation::{Failure, Report, Simulation},
    world::{Site, World},
};

const V4: &str = "192.0.2.10:25";
const V6: &str = "[2001:db8:1::10]:25";

fn endpoint(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn open_world(seed: u64) -> World {
    let peer = || {
        Personality::named("open")
            .unwrap()
            .at("mail.example.org", &["example.org"])
    };
    World::empty(seed)
        .with_peer(endpoint(V4), peer())
        .with_peer(endpoint(V6), peer())
}

/// Sends `commands` one after the other and gives everything that came back.
async fn talk(stack: Stack<'_>, remote: SocketAddr, commands: &[&str]) -> Result<String, String> {
    let (mut receive, mut send) = ([0; 1_024], [0; 1_536]);
    let mut socket = TcpSocket::new(stack, &mut receive, &mut send);
    socket.set_timeout(Some(embassy_time::Duration::from_secs(30)));
    socket
        .connect(IpEndpoint::from(remote))
        .await
        .map_err(|error| format!("{error:?}"))?;
    let mut heard = String::new();
    let mut octets = [0; 1_024];
    for command in commands {
        let count = socket
            .read(&mut octets)
            .await
            .map_err(|error| format!("{error:?}"))?;
        heard.push_str(std::str::from_utf8(&octets[..count]).unwrap());
        socket
            .write(command.as_bytes())
            .await
            .map_err(|error| format!("{error:?}"))?;
    }
    while let Ok(count @ 1..) = socket.read(&mut octets).await {
        heard.push_str(std::str::from_utf8(&octets[..count]).unwrap());
    }
    socket.close();
    socket.flush().await.map_err(|error| format!("{error:?}"))?;
    Ok(heard)
}

const SESSION: [&str; 2] = [
    "EHLO probe.example.net\r\n",
    "MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.net>\r\nQUIT\r\n",
];

#[test]
fn a_session_over_each_family() {
    for remote in [V4, V6] {
        let (heard, report) = Simulation::new(open_world(1))
            .run_application(async |stack| talk(stack, endpoint(remote), &SESSION).await)
            .unwrap();
        let heard = heard.unwrap();
        assert!(
            heard.starts_with("220 mail.example.org ESMTP Postfix\r\n"),
            "{heard}"
        );
        assert!(
            heard.ends_with("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n221 2.0.0 Bye\r\n"),
            "{heard}"
        );
        // Neighbour, handshake, greeting and two turns: four round trips of 20 ms and the link.
        assert!(report.elapsed < Duration::from_millis(150), "{report:?}");
        assert_eq!(report.wire.connections.len(), 1);
        assert_eq!(report.wire.open_max, 1);
    }
}

#[test]
fn what_is_not_there() {
    let world = open_world(1)
        .with(endpoint("192.0.2.20:25"), Site::ClosedPort)
        .with(endpoint("192.0.2.30:25"), Site::NoRoute);
    // Whether it was answered at once, and how many frames beside the router's ARP or neighbour
    // advertisement came back.
    let cases = [
        ("192.0.2.20:25", true, 1),
        ("192.0.2.10:26", true, 1),
        ("192.0.2.30:25", false, 5),
        ("192.0.2.40:25", false, 0),
        ("[2001:db8:9::1]:25", false, 0),
    ];
    for (remote, at_once, answers) in cases {
        let (outcome, report) = Simulation::new(world.clone())
            .run_application(async |stack| talk(stack, endpoint(remote), &[]).await)
            .unwrap();
        assert!(outcome.is_err(), "{remote}: {outcome:?}");
        assert_eq!(report.elapsed < Duration::from_secs(1), at_once, "{remote}");
        assert_eq!(report.wire.frames_in, 1 + answers, "{remote}");
    }
}

#[test]
fn a_seed_decides_every_frame() {
    let run = |seed| -> Report {
        let simulation = Simulation::new(open_world(seed));
        let (_, report) = simulation
            .run_application(async |stack| {
                for remote in [V4, V6, V4] {
                    talk(stack, endpoint(remote), &SESSION).await.unwrap();
                }
            })
            .unwrap();
        report
    };
    let (one, again, other) = (run(1), run(1), run(2));
    assert_eq!(one, again);
    assert_ne!(one.wire.pcap_sha256, other.wire.pcap_sha256);
    assert_eq!(one.wire.frames_out, other.wire.frames_out);
}

#[test]
fn the_third_check_sees_what_leaves_the_scope() {
    let allowed = Allowed {
        outside_sink: None,
        lists: false,
        networks: vec![("192.0.2.0".parse().unwrap(), 24)],
        exclusions: vec![],
        ports: vec![25],
        dhcp_server: None,
        resolver: None,
        link_port: None,
        sink_ports: vec![],
    };
    for (remote, strays) in [(V4, false), (V6, true)] {
        let (_, report) = Simulation::new(open_world(1))
            .watched(allowed.clone())
            .run_application(async |stack| talk(stack, endpoint(remote), &SESSION).await)
            .unwrap();
        assert_eq!(
            report.wire.strays_total > 0,
            strays,
            "{remote}: {:?}",
            report.wire.strays
        );
    }
}

#[test]
fn a_simulation_that_is_stuck_says_so_with_its_seed() {
    let simulate = || Simulation::new(World::empty(7));
    let failure = simulate()
        .run_application(async |_| std::future::pending::<()>().await)
        .unwrap_err();
    assert!(
        matches!(failure, Failure::Deadlock { seed: 7, .. }),
        "{failure}"
    );

    let failure = simulate()
        .run_application(async |_| {
            std::future::poll_fn(|context| {
                context.waker().wake_by_ref();
                std::task::Poll::<()>::Pending
            })
            .await;
        })
        .unwrap_err();
    assert!(
        matches!(failure, Failure::Livelock { seed: 7, .. }),
        "{failure}"
    );

    let failure = simulate()
        .lasting(Duration::from_secs(60))
        .run_application(async |_| embassy_time::Timer::after_secs(61).await)
        .unwrap_err();
    assert!(
        matches!(failure, Failure::TooLong { seed: 7, .. }),
        "{failure}"
    );
    assert!(
        clock::now() < Duration::from_secs(60),
        "the thread has its own time back"
    );
}
