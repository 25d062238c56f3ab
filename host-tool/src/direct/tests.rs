//! On the loopback interface, against sockets of this process.

use std::{
    cell::{Cell, RefCell},
    io::{ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    time::Duration,
};

use firmware::env::{Buffers, Env, Network, Read, Stream};
use probe_core::{
    dialogue::{Close, End, OpenFailure},
    finding::DeviceId,
    frame::{FRAME_OCTETS_MAX, ScanId, message::Ended},
    host_link::{HostLink, Line},
    name::Name,
    prober::Prober,
    scope::{self, Authority, AuthorityKind, Depth, Identity, Rates, Scope},
    time::{Instant, Millis, Utc},
};

use super::*;

const NOW: Instant = Instant::BOOT;

/// A scope that holds 127.0.0.1 and ::1 with these ports, and nothing else.
fn loopback(ports: &[u16]) -> Scope {
    let name = |text| Name::new(text).unwrap();
    let network =
        |address: &str, prefix| scope::Network::new(address.parse().unwrap(), prefix).unwrap();
    Scope {
        authority: Authority {
            kind: AuthorityKind::Consent,
            reference: "test".try_into().unwrap(),
        },
        contact: "probe@example.org".try_into().unwrap(),
        abuse_page: "https://example.org/probe".try_into().unwrap(),
        identity: Identity {
            helo: name("probe.example.org"),
            sender_domain: name("example.org"),
            sink_domain: name("sink.example.org"),
            sink_address: None,
            resolver: None,
        },
        networks: [network("127.0.0.1", 32), network("::1", 128)]
            .into_iter()
            .collect(),
        exclusions: Default::default(),
        ports: ports.iter().copied().collect(),
        depth: Depth::Standard,
        rates: Rates::DEFAULT,
        issued: Utc(0),
        expires: Utc(u64::MAX),
        powered_minutes_max: u32::MAX,
        lab: true,
        delivery: Default::default(),
        sink_ports: Default::default(),
        proxy: Default::default(),
        dnsbl: Default::default(),
    }
}

/// A prober that runs a scan under `scope`, told so over its link.
fn running(scope: &Scope) -> RefCell<Prober> {
    let mut prober = Prober::new(DeviceId::default(), 1);
    let mut host = HostLink::new();
    host.connected(NOW, Utc(1_000));
    host.start(NOW, ScanId(1), scope, host_sim::host::PROVING)
        .unwrap();
    let mut frame = [0; FRAME_OCTETS_MAX];
    loop {
        let mut spoken = false;
        let unfinished = |_| {
            Some(Line::from(probe_core::suspect::Suspect {
                address: Ipv4Addr::LOCALHOST.into(),
                port: 9,
                names: Default::default(),
            }))
        };
        while let Some(count) = host.link_transmit(NOW, unfinished, &mut frame) {
            prober.link_received(NOW, &frame[..count]);
            spoken = true;
        }
        while let Some(count) = prober.link_transmit(NOW, &mut frame) {
            let mut octets = &frame[..count];
            while host.received(NOW, &mut octets).is_some() {}
            spoken = true;
        }
        if !spoken {
            break;
        }
    }
    assert!(
        prober.scope().is_some(),
        "the scope was not taken: {:?}",
        host.scope_answer()
    );
    RefCell::new(prober)
}

fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

fn listen(address: &str) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((address, 0)).unwrap();
    let endpoint = listener.local_addr().unwrap();
    (listener, endpoint)
}

fn soon(env: &DirectEnv<'_>) -> Instant {
    env.now() + Millis::from_secs(10)
}

/// Waits for what comes, and takes it.
async fn read(stream: &mut DirectStream<'_>, octets: &mut [u8]) -> Result<Read, End> {
    stream.readable().await?;
    let read = stream.read(octets);
    if let Read::Octets(count) = read {
        stream.take(count);
    }
    Ok(read)
}

/// Waits until all of `octets` is taken.
async fn write_all(
    env: &DirectEnv<'_>,
    stream: &mut DirectStream<'_>,
    mut octets: &[u8],
    more: bool,
    by: Instant,
) -> Result<(), End> {
    loop {
        octets = &octets[stream.write(octets, more)?..];
        if octets.is_empty() {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = stream.writable() => {}
            () = env.sleep_until(by) => return Err(End::WriteDeadline),
        }
    }
}

/// A connection of ours to a listener in the scope, and the listener's end of it.
async fn connected(test: impl AsyncFnOnce(&DirectEnv<'_>, DirectStream<'_>, std::net::TcpStream)) {
    let (listener, endpoint) = listen("127.0.0.1");
    let prober = running(&loopback(&[endpoint.port()]));
    let env = DirectEnv::new(&prober, Sources::default()).unwrap();
    let mut buffers = Buffers::new();
    let connecting = env.network().connect(endpoint, soon(&env), &mut buffers);
    let stream = connecting.await.unwrap();
    let (peer, _) = listener.accept().unwrap();
    assert_eq!(peer.peer_addr().unwrap(), stream.local());
    test(&env, stream, peer).await;
}

#[test]
fn octets_both_ways_and_a_group_in_one_write() {
    run(connected(async |env, mut stream, mut peer| {
        peer.write_all(b"220 a\r\n").unwrap();
        let mut octets = [0; 256];
        assert_eq!(read(&mut stream, &mut octets).await, Ok(Read::Octets(7)));
        assert_eq!(octets[..7], *b"220 a\r\n");

        let by = soon(env);
        assert_eq!(
            write_all(env, &mut stream, b"EHLO a\r\n", true, by).await,
            Ok(())
        );
        assert_eq!(
            write_all(env, &mut stream, b"QUIT\r\n", false, by).await,
            Ok(())
        );
        let count = peer.read(&mut octets).unwrap();
        assert_eq!(octets[..count], *b"EHLO a\r\nQUIT\r\n");

        drop(peer);
        assert_eq!(read(&mut stream, &mut octets).await, Err(End::Fin));
        let counters = env.guard_counters();
        assert_eq!((counters.allowed, counters.violations), (2, 0));
    }));
}

#[test]
fn a_reset_is_told_after_what_came_before_it() {
    run(connected(async |_, mut stream, mut peer| {
        peer.write_all(b"554 no\r\n").unwrap();
        let mut octets = [0; 256];
        assert_eq!(read(&mut stream, &mut octets).await, Ok(Read::Octets(8)));
        reset(peer);
        assert_eq!(read(&mut stream, &mut octets).await, Err(End::Reset));
    }));
}

#[test]
fn a_write_into_a_reset_is_told_as_one() {
    run(connected(async |env, mut stream, peer| {
        reset(peer);
        let by = soon(env);
        assert_eq!(
            write_all(env, &mut stream, b"QUIT\r\n", false, by).await,
            Err(End::Reset)
        );
        let mut octets = [0; 256];
        assert_eq!(read(&mut stream, &mut octets).await, Err(End::Reset));
    }));
}

#[test]
fn a_peer_that_takes_nothing_meets_the_deadline() {
    run(connected(async |env, mut stream, peer| {
        let more_than_any_buffer = vec![b'x'; 32 << 20];
        let by = env.now() + Millis(20);
        let written = write_all(env, &mut stream, &more_than_any_buffer, false, by).await;
        assert_eq!(written, Err(End::WriteDeadline));
        drop(peer);
    }));
}

#[test]
fn closing_in_order_delivers_what_was_written_and_never_resets() {
    run(connected(async |env, mut stream, mut peer| {
        // Octets that nobody reads would make the system reset the connection.
        peer.write_all(b"221 bye\r\n").unwrap();
        let by = soon(env);
        assert_eq!(
            write_all(env, &mut stream, b"QUIT\r\n", false, by).await,
            Ok(())
        );
        stream.close(Close::Fin).await;
        let reading = tokio::task::spawn_blocking(move || {
            let mut heard = Vec::new();
            peer.read_to_end(&mut heard).map(|_| heard)
        });
        assert_eq!(reading.await.unwrap().unwrap(), b"QUIT\r\n");
    }));
}

#[test]
fn aborting_resets() {
    run(connected(async |_, stream, mut peer| {
        stream.close(Close::Abort).await;
        let error = peer.read(&mut [0; 16]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }));
}

#[test]
fn a_closed_port_refuses() {
    let (listener, endpoint) = listen("127.0.0.1");
    drop(listener);
    let prober = running(&loopback(&[endpoint.port()]));
    let env = DirectEnv::new(&prober, Sources::default()).unwrap();
    let mut buffers = Buffers::new();
    let failure = run(async {
        let by = soon(&env);
        env.network()
            .connect(endpoint, by, &mut buffers)
            .await
            .err()
    });
    assert_eq!(failure, Some(OpenFailure::Refused));
}

#[cfg(target_os = "linux")]
#[test]
fn a_silent_port_does_not_answer() {
    // A queue of one that is full: Linux drops further SYNs.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket
        .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .unwrap();
    socket.listen(0).unwrap();
    let endpoint = socket.local_addr().unwrap().as_socket().unwrap();
    let _waiting = std::net::TcpStream::connect(endpoint).unwrap();
    let prober = running(&loopback(&[endpoint.port()]));
    let env = DirectEnv::new(&prober, Sources::default()).unwrap();
    let mut buffers = Buffers::new();
    let failure = run(async {
        let by = env.now() + Millis(30);
        env.network()
            .connect(endpoint, by, &mut buffers)
            .await
            .err()
    });
    assert_eq!(failure, Some(OpenFailure::NoAnswer));
}

#[test]
fn nothing_is_opened_outside_the_scope() {
    let (listener, inside) = listen("127.0.0.1");
    let (stranger, outside) = listen("127.0.0.2");
    for listener in [&listener, &stranger] {
        listener.set_nonblocking(true).unwrap();
    }
    let other_port = SocketAddr::new(inside.ip(), inside.port() ^ 1);
    let mapped = SocketAddr::new("::ffff:127.0.0.1".parse().unwrap(), inside.port());
    for remote in [outside, other_port, mapped] {
        let prober = running(&loopback(&[inside.port()]));
        let env = DirectEnv::new(&prober, Sources::default()).unwrap();
        let mut buffers = Buffers::new();
        let failure = run(async {
            let by = soon(&env);
            env.network().connect(remote, by, &mut buffers).await.err()
        });
        assert_eq!(failure, Some(OpenFailure::OutOfScope), "{remote}");
        let counters = env.guard_counters();
        assert_eq!((counters.allowed, counters.violations), (0, 1), "{remote}");
        assert_eq!(prober.borrow().ended(), Some(Ended::GuardViolation));
    }
    for listener in [listener, stranger] {
        let called = listener.accept().map(|_| ()).unwrap_err();
        assert_eq!(called.kind(), ErrorKind::WouldBlock, "somebody was called");
    }
}

#[test]
fn datagrams_go_to_the_resolver_and_nowhere_else() {
    // Nobody answers there: only what may be sent is looked at.
    let resolver = SocketAddr::from(([127, 9, 9, 53], 53));
    let mut scope = loopback(&[25]);
    scope.identity.resolver = Some(resolver.ip());
    for (remote, opens) in [
        (resolver, true),
        (SocketAddr::new(resolver.ip(), 54), false),
        (SocketAddr::from(([127, 0, 0, 1], 25)), false),
        (SocketAddr::from(([127, 0, 0, 1], 53)), false),
    ] {
        let prober = running(&scope);
        let env = DirectEnv::new(&prober, Sources::default()).unwrap();
        run(async {
            let by = soon(&env);
            match env.network().datagrams(remote, 40_000 + remote.port()) {
                Ok(mut socket) => {
                    assert_eq!(socket.local().port(), 40_053);
                    assert_eq!(
                        write_all(&env, &mut socket, b"what?", false, by).await,
                        Ok(())
                    );
                }
                Err(failure) => assert_eq!(failure, OpenFailure::OutOfScope, "{remote}"),
            }
        });
        let counters = env.guard_counters();
        let expected = if opens { (2, 0) } else { (0, 1) };
        assert_eq!(
            (counters.allowed, counters.violations),
            expected,
            "{remote}"
        );
        let ended = (!opens).then_some(Ended::GuardViolation);
        assert_eq!(prober.borrow().ended(), ended, "{remote}");
    }
    // A stream to it is no probe either; a stream to another port of it is.
    let prober = running(&scope);
    let fence = Fence::new(&prober, Sources::default());
    assert!(fence.check_remote(NOW, resolver).is_ok());
    let other_port = SocketAddr::new(resolver.ip(), 25);
    assert!(fence.check_remote(NOW, other_port).is_err());
}

#[test]
fn a_sink_elsewhere_may_be_called_and_its_other_ports_may_not() {
    let sink = SocketAddr::from(([127, 9, 9, 25], 25));
    let mut scope = loopback(&[9]);
    let allowed = |scope: &Scope, remote: SocketAddr| {
        let prober = running(scope);
        let fence = Fence::new(&prober, Sources::default());
        fence.check_remote(NOW, remote).is_ok()
    };
    assert!(!allowed(&scope, sink), "the scope does not say where it is");
    scope.identity.sink_address = Some(sink.ip());
    assert!(allowed(&scope, sink));
    assert!(!allowed(&scope, SocketAddr::new(sink.ip(), 26)));
    assert!(!allowed(&scope, SocketAddr::from(([127, 9, 9, 26], 25))));
    // Whoever probes is the sink, and has nobody to call.
    scope.sink_ports.push(25).unwrap();
    assert!(!allowed(&scope, sink));
}

#[test]
fn without_a_scope_nothing_is_opened() {
    let (_listener, endpoint) = listen("127.0.0.1");
    let prober = RefCell::new(Prober::new(DeviceId::default(), 1));
    let env = DirectEnv::new(&prober, Sources::default()).unwrap();
    let mut buffers = Buffers::new();
    let failure = run(async {
        let by = soon(&env);
        env.network()
            .connect(endpoint, by, &mut buffers)
            .await
            .err()
    });
    assert_eq!(failure, Some(OpenFailure::OutOfScope));
}

#[test]
fn a_source_that_was_asked_for() {
    let (listener, endpoint) = listen("127.0.0.1");
    let prober = running(&loopback(&[endpoint.port()]));
    let sources = Sources {
        v4: Some(Ipv4Addr::new(127, 0, 0, 3)),
        v6: None,
    };
    let env = DirectEnv::new(&prober, sources).unwrap();
    let mut buffers = Buffers::new();
    run(async {
        let by = soon(&env);
        let stream = env
            .network()
            .connect(endpoint, by, &mut buffers)
            .await
            .unwrap();
        let (_, from) = listener.accept().unwrap();
        assert_eq!(from, stream.local());
        assert_eq!(from.ip(), Ipv4Addr::new(127, 0, 0, 3));
    });
    assert_eq!(env.guard_counters().allowed, 2, "one bind and one connect");
    let fence = env.network().fence();
    for (local, ours) in [
        ("127.0.0.3:0", true),
        ("127.0.0.3:25", false),
        ("127.0.0.4:0", false),
        ("[::1]:0", false),
    ] {
        let bound = fence.check_bind(NOW, local.parse().unwrap());
        assert_eq!(bound.is_ok(), ours, "{local}");
    }
}

#[test]
fn a_source_that_is_not_ours() {
    let prober = RefCell::new(Prober::new(DeviceId::default(), 1));
    let sources = Sources {
        v4: Some(Ipv4Addr::new(192, 0, 2, 1)),
        v6: None,
    };
    let error = DirectEnv::new(&prober, sources).err().unwrap().to_string();
    assert!(error.starts_with("cannot send from 192.0.2.1: "), "{error}");
    assert!(error.contains("`ip address` lists them"), "{error}");
}

#[test]
fn the_clock_and_the_generator() {
    let prober = RefCell::new(Prober::new(DeviceId::default(), 1));
    let env = DirectEnv::new(&prober, Sources::default()).unwrap();
    run(async {
        let at = env.now() + Millis(3);
        env.sleep_until(at).await;
        assert!(env.now() >= at);
        env.sleep_until(Instant::BOOT).await;
        let never = env.sleep_until(Instant::NEVER);
        let waited = tokio::time::timeout(Duration::from_millis(5), never).await;
        assert!(waited.is_err());
    });
    let (mut one, mut other) = ([0; 16], [0; 16]);
    env.random(&mut one);
    env.random(&mut other);
    assert_ne!(one, other);
}

fn reset(peer: std::net::TcpStream) {
    let linger = Some(Duration::ZERO);
    socket2::SockRef::from(&peer).set_linger(linger).unwrap();
}

/// A port that nobody has, and that no connection of this computer begins from.
fn free_port() -> u16 {
    let mut ports = 20_000..30_000;
    ports
        .find(|port| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok())
        .unwrap()
}

#[test]
fn whoever_calls_the_sink_is_answered_and_nobody_else() {
    let port = free_port();
    let mut scope = loopback(&[9]);
    scope.sink_ports.push(port).unwrap();
    let prober = running(&scope);
    let mut env = DirectEnv::new(&prober, Sources::default()).unwrap();
    env.listen(&[port]).unwrap();
    let taken = env.listen(&[port]).err().unwrap().to_string();
    let begins = format!("cannot listen on port {port} as the sink: ");
    assert!(taken.starts_with(&begins), "{taken}");
    let (mut buffers, is_called) = (Buffers::new(), Cell::default());
    run(async {
        let mut caller = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let accepted = env.network().accept(port, &mut buffers, &is_called).await;
        let mut stream = accepted.unwrap();
        assert_eq!(stream.remote(), caller.local_addr().unwrap());
        assert_eq!(stream.local(), caller.peer_addr().unwrap());
        let by = soon(&env);
        assert_eq!(
            write_all(&env, &mut stream, b"220 a\r\n", false, by).await,
            Ok(())
        );
        let mut octets = [0; 7];
        caller.read_exact(&mut octets).unwrap();
        assert_eq!(octets, *b"220 a\r\n");
        stream.close(Close::Fin).await;
        // A port that the scope does not name.
        let fence = env.network().fence();
        assert!(fence.check_sink(port).is_ok());
        assert!(fence.check_sink(port + 1).is_err());
    });
    assert_eq!(env.guard_counters().violations, 0);
    assert_eq!(prober.borrow().ended(), None);
}
