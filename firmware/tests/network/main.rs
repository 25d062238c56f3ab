//! The appliance's network over embassy-net, behind its guard, against a TCP of its own in
//! virtual time.

mod bench;
mod clock;
#[cfg(not(feature = "relay-only"))]
mod link_port;
mod wire;

use std::{cell::Cell, net::SocketAddr};

use bench::{
    Addresses, CALLER_PORT, DEVICE_V4, PEER_V4, PEER_V6, SINK_PORT, TestEnv, read, run, run_called,
    write_all,
};
use firmware::env::{Buffers, Env, LINGER_MAX, Network, Read, Stream};
use firmware::guard::Doors;
use firmware::net::StackStream;
use probe_core::{
    dialogue::{Close, End, OpenFailure},
    time::{Instant, Millis},
};
use smoltcp::{iface::Interface, socket::tcp};

const FIN: u8 = 1;
const RST: u8 = 4;
const SYN_ACK: u8 = 18;

fn peer(port: u16) -> SocketAddr {
    SocketAddr::from((PEER_V4, port))
}

fn nothing(_socket: &mut tcp::Socket<'static>) {}

async fn failure(env: &TestEnv<'_>, remote: SocketAddr) -> (Option<OpenFailure>, Instant) {
    let mut buffers = Buffers::new();
    let by = env.now() + Millis::from_secs(10);
    let connecting = env.network().connect(remote, by, &mut buffers);
    let failure = connecting.await.err();
    (failure, env.now())
}

#[test]
fn why_a_connection_does_not_open() {
    let at = Instant::from_millis;
    for (remote, expected, at_most) in [
        ("192.0.2.25:26", Some(OpenFailure::Refused), at(100)),
        ("192.0.2.26:25", Some(OpenFailure::NoAnswer), at(10_000)),
        ("198.51.100.1:25", Some(OpenFailure::Unreachable), at(0)),
        ("[2001:db8::25]:25", Some(OpenFailure::Unreachable), at(0)),
        ("192.0.2.25:9", Some(OpenFailure::NoAnswer), at(10_000)),
        ("192.0.2.25:25", None, at(100)),
    ] {
        let remote = remote.parse().unwrap();
        let thread = std::thread::spawn(move || {
            run(Addresses::V4, 1, &mut nothing, async |env| {
                failure(env, remote).await
            })
        });
        let ((failed, when), report) = thread.join().unwrap();
        assert_eq!(failed, expected, "{remote}");
        assert!(when <= at_most, "{remote} at {when:?}");
        assert_eq!(report.guard.violations > 0, remote.port() == 9, "{remote}");
    }
}

#[test]
fn sockets_are_counted_and_given_back() {
    run(Addresses::V4, 1, &mut nothing, async |env| {
        let mut buffers = Buffers::new();
        let by = env.now() + Millis::from_secs(10);
        let first = env.network().connect(peer(25), by, &mut buffers).await;
        let (second, _) = failure(env, peer(26)).await;
        assert_eq!(second, Some(OpenFailure::NoSlot));
        first.ok().unwrap().close(Close::Abort).await;
        let (third, _) = failure(env, peer(26)).await;
        assert_eq!(third, Some(OpenFailure::Refused));
    });
}

/// Runs `test` with an open connection.
fn connected<T>(
    mut behaviour: impl FnMut(&mut tcp::Socket<'static>),
    test: impl AsyncFnOnce(&TestEnv<'_>, StackStream<'_, '_>) -> T,
) -> (T, bench::Report) {
    run(Addresses::V4, 1, &mut behaviour, async |env| {
        let mut buffers = Buffers::new();
        let by = env.now() + Millis::from_secs(10);
        let connecting = env.network().connect(peer(25), by, &mut buffers);
        let stream = connecting.await.unwrap();
        test(env, stream).await
    })
}

#[test]
fn a_group_leaves_in_one_segment_and_closing_in_order_resets_nothing() {
    let mut heard = Vec::new();
    let server = |socket: &mut tcp::Socket<'static>| {
        let mut octets = [0; 256];
        if let Ok(count @ 1..) = socket.recv_slice(&mut octets) {
            heard.extend_from_slice(&octets[..count]);
            socket.send_slice(b"221 bye\r\n").unwrap();
            socket.close();
        }
    };
    let (elapsed, report) = connected(server, async |env, mut stream| {
        let by = env.now() + Millis::from_secs(30);
        for (line, more) in [("EHLO a\r\n", true), ("QUIT\r\n", false)] {
            assert_eq!(
                write_all(env, &mut stream, line.as_bytes(), more, by).await,
                Ok(())
            );
        }
        let mut octets = [0; 256];
        assert_eq!(read(&mut stream, &mut octets).await, Ok(Read::Octets(9)));
        assert_eq!(read(&mut stream, &mut octets).await, Err(End::Fin));
        let closing = env.now();
        stream.close(Close::Fin).await;
        env.now().since(closing)
    });
    assert_eq!(heard, b"EHLO a\r\nQUIT\r\n");
    assert!(elapsed < Millis(100), "closing took {elapsed:?}");
    let segments = report.segments();
    let payloads = segments.iter().map(|(_, payload)| payload.as_slice());
    let payloads: Vec<_> = payloads.filter(|payload| !payload.is_empty()).collect();
    assert_eq!(payloads, [b"EHLO a\r\nQUIT\r\n"]);
    assert!(segments.iter().any(|(flags, _)| flags & FIN != 0));
    assert!(segments.iter().all(|(flags, _)| flags & RST == 0));
}

#[test]
fn we_may_close_first_and_what_still_comes_is_thrown_away() {
    let server = |socket: &mut tcp::Socket<'static>| {
        if socket.state() == tcp::State::CloseWait {
            let _ = socket.send_slice(b"421 late\r\n");
            socket.close();
        }
    };
    let ((), report) = connected(server, async |_, stream| stream.close(Close::Fin).await);
    let segments = report.segments();
    assert!(segments.iter().any(|(flags, _)| flags & FIN != 0));
    assert!(segments.iter().all(|(flags, _)| flags & RST == 0));
}

#[test]
fn a_peer_that_never_closes_is_reset_in_the_end() {
    let (elapsed, report) = connected(nothing, async |env, stream| {
        let closing = env.now();
        stream.close(Close::Fin).await;
        env.now().since(closing)
    });
    assert_eq!(elapsed, LINGER_MAX);
    let (last, _) = report.segments().pop().unwrap();
    assert_eq!(last & RST, RST);
}

#[test]
fn aborting_resets_at_once() {
    let (elapsed, report) = connected(nothing, async |env, stream| {
        let closing = env.now();
        stream.close(Close::Abort).await;
        env.now().since(closing)
    });
    assert_eq!(elapsed, Millis(0));
    let (last, _) = report.segments().pop().unwrap();
    assert_eq!(last & RST, RST);
}

#[test]
fn a_reset_is_told_after_what_came_before_it() {
    let mut said = false;
    let server = |socket: &mut tcp::Socket<'static>| {
        if socket.may_send() && !said {
            said = socket.send_slice(b"554 no\r\n").is_ok();
        } else if said && socket.send_queue() == 0 {
            socket.abort();
        }
    };
    connected(server, async |env, mut stream| {
        env.sleep_until(env.now() + Millis::from_secs(1)).await;
        let by = env.now() + Millis::from_secs(1);
        assert_eq!(
            write_all(env, &mut stream, b"QUIT\r\n", false, by).await,
            Err(End::Reset)
        );
        let mut octets = [0; 256];
        assert_eq!(read(&mut stream, &mut octets).await, Ok(Read::Octets(8)));
        assert_eq!(read(&mut stream, &mut octets).await, Err(End::Reset));
    });
}

#[test]
fn what_was_read_is_there_until_it_is_taken() {
    let mut said = 0_u16;
    let mut heard = Vec::new();
    // A byte of its own for every place in the receive buffer, and twice around it.
    let server = |socket: &mut tcp::Socket<'static>| {
        while said < 2_500 && socket.can_send() && socket.send_slice(&[(said % 251) as u8]) == Ok(1)
        {
            said += 1;
        }
        if said == 2_500 {
            socket.close();
        }
    };
    connected(server, async |_, mut stream| {
        let mut octets = [0; 300];
        while read_some(&mut stream, &mut octets, &mut heard).await {}
    });
    let expected: Vec<u8> = (0..2_500_u16).map(|place| (place % 251) as u8).collect();
    assert_eq!(heard, expected);
}

/// Reads a piece in three looks, of which the second takes a part. Whether there was one.
async fn read_some(
    stream: &mut StackStream<'_, '_>,
    octets: &mut [u8],
    heard: &mut Vec<u8>,
) -> bool {
    if stream.readable().await.is_err() {
        return false;
    }
    let Read::Octets(count) = stream.read(octets) else {
        panic!("it is a stream");
    };
    let first = octets[..count].to_vec();
    let part = count / 3;
    heard.extend_from_slice(&first[..part]);
    stream.take(part);
    let rest = &mut octets[..count - part];
    assert_eq!(stream.read(rest), Read::Octets(count - part));
    assert_eq!(rest, &first[part..]);
    heard.extend_from_slice(rest);
    stream.take(count - part);
    true
}

#[test]
fn a_peer_that_takes_nothing_meets_the_deadline() {
    connected(nothing, async |env, mut stream| {
        let by = env.now() + Millis::from_secs(30);
        // Two receive windows and one send buffer are full long before.
        let octets = [b'x'; 8_192];
        let written = write_all(env, &mut stream, &octets, false, by).await;
        assert_eq!(written, Err(End::WriteDeadline));
        assert_eq!(env.now(), by);
    });
}

#[test]
fn over_ipv6_no_packet_is_longer_than_every_path_carries() {
    let mut heard = 0;
    let mut server = |socket: &mut tcp::Socket<'static>| {
        let mut octets = [0; 2_048];
        if let Ok(count) = socket.recv_slice(&mut octets) {
            heard += count;
        }
    };
    let ((), report) = run(Addresses::Both, 1, &mut server, async |env| {
        let mut buffers = Buffers::new();
        let by = env.now() + Millis::from_secs(10);
        let remote = SocketAddr::from((PEER_V6, 25));
        let connecting = env.network().connect(remote, by, &mut buffers);
        let mut stream = connecting.await.unwrap();
        assert_eq!(
            write_all(env, &mut stream, &[b'x'; 5_000], false, by).await,
            Ok(())
        );
        stream.close(Close::Fin).await;
    });
    assert_eq!(heard, 5_000);
    let longest = report.sent.iter().map(Vec::len).max().unwrap();
    assert_eq!(longest, 14 + 1_280, "segments are as full as they may be");
    assert_eq!(report.guard.too_long, 0);
}

/// Says a word to the echo and gives what comes back.
async fn echoed(env: &TestEnv<'_>, word: &[u8], local_port: u16) -> Vec<u8> {
    let by = env.now() + Millis::from_secs(1);
    let mut socket = env.network().datagrams(peer(53), local_port).ok().unwrap();
    assert_eq!(socket.local().port(), local_port);
    assert_eq!(write_all(env, &mut socket, word, false, by).await, Ok(()));
    let mut octets = [0; 1_300];
    let Ok(Read::Datagram(count, from)) = read(&mut socket, &mut octets).await else {
        panic!("a datagram");
    };
    assert_eq!(from, peer(53));
    let second = env.network().datagrams(peer(53), 40_000).err();
    assert_eq!(second, Some(OpenFailure::NoSlot), "there is one socket");
    socket.close(Close::Fin).await;
    octets[..count].to_vec()
}

#[test]
fn datagrams_to_the_resolver_and_back() {
    let ((), report) = run(Addresses::V4, 0, &mut nothing, async |env| {
        assert_eq!(echoed(env, b"one", 1_024).await, b"one");
        assert_eq!(echoed(env, &[7; 282], 65_535).await, [7; 282]);
    });
    let datagrams: Vec<_> = report
        .sent
        .iter()
        .filter(|frame| frame[12..14] == [8, 0] && frame[23] == 17)
        .map(|frame| u16::from_be_bytes([frame[34], frame[35]]))
        .collect();
    assert_eq!(datagrams, [1_024, 65_535]);
    assert_eq!(report.guard.violations, 0);
}

#[test]
fn datagrams_elsewhere_are_stopped() {
    let ((), report) = run(Addresses::V4, 0, &mut nothing, async |env| {
        for remote in ["198.51.100.1:53", "[2001:db8::25]:53"] {
            let failure = env.network().datagrams(remote.parse().unwrap(), 1_024);
            assert_eq!(failure.err(), Some(OpenFailure::Unreachable));
        }
        let mut socket = env.network().datagrams(peer(54), 1_024).ok().unwrap();
        let by = env.now() + Millis::from_secs(1);
        assert_eq!(write_all(env, &mut socket, b"one", false, by).await, Ok(()));
        env.sleep_until(by).await;
    });
    assert_eq!(report.guard.violations, 1);
}

/// Nobody listens when the first SYN comes: it is not turned away, and asks again.
#[test]
fn whoever_calls_the_sink_too_early_is_received_a_little_later() {
    let mut heard = Vec::new();
    let mut has_called = false;
    let mut calling = |interface: &mut Interface, socket: &mut tcp::Socket<'static>| {
        if !core::mem::replace(&mut has_called, true) {
            let called = socket.connect(interface.context(), (DEVICE_V4, SINK_PORT), CALLER_PORT);
            called.unwrap();
        }
        while socket.can_recv() {
            let octets = socket.recv(|octets| (octets.len(), octets.to_vec()));
            heard.extend(octets.unwrap());
        }
    };
    let doors = Doors::default();
    let (remote, report) = run_called(Addresses::V4, 1, doors, &mut calling, async |env| {
        env.sleep_until(Instant::from_millis(500)).await;
        let (mut buffers, is_called) = (Buffers::new(), Cell::default());
        let accepted = env
            .network()
            .accept(SINK_PORT, &mut buffers, &is_called)
            .await;
        let mut stream = accepted.ok().unwrap();
        let remote = stream.remote();
        assert_eq!(stream.local().port(), SINK_PORT);
        let by = env.now() + Millis::from_secs(1);
        let written = write_all(env, &mut stream, b"220 sink\r\n", false, by).await;
        assert_eq!(written, Ok(()));
        env.sleep_until(by).await;
        stream.close(Close::Abort).await;
        remote
    });
    assert_eq!(remote, peer(CALLER_PORT));
    assert_eq!(heard, b"220 sink\r\n");
    assert_eq!(
        (report.guard.nobody_listened, report.guard.violations),
        (1, 0)
    );
    let flags: Vec<u8> = report.segments().iter().map(|(flags, _)| *flags).collect();
    assert_eq!(flags.first(), Some(&SYN_ACK), "{flags:?}");
    assert_eq!(flags.iter().filter(|flags| *flags & RST != 0).count(), 1);
}
