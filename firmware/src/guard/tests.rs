//! The guard around a driver that keeps what it is given.

use std::{cell::RefCell, task::Waker};

use embassy_net_driver::{RxToken as _, TxToken as _};

use super::inspect::tests::{frames::*, scope::*};
use super::*;

#[derive(Default)]
struct Cable {
    sent: Vec<Vec<u8>>,
    received: Vec<Vec<u8>>,
    is_out: bool,
}

impl Driver for Cable {
    type RxToken<'a> = Incoming;
    type TxToken<'a> = Outgoing<'a>;

    fn receive(&mut self, _cx: &mut Context) -> Option<(Incoming, Outgoing<'_>)> {
        let frame = self.received.pop()?;
        Some((Incoming(frame), Outgoing(&mut self.sent)))
    }

    fn transmit(&mut self, _cx: &mut Context) -> Option<Outgoing<'_>> {
        Some(Outgoing(&mut self.sent))
    }

    fn link_state(&mut self, _cx: &mut Context) -> LinkState {
        if self.is_out {
            LinkState::Down
        } else {
            LinkState::Up
        }
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = 1_514;
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(OWN)
    }
}

struct Incoming(Vec<u8>);

impl embassy_net_driver::RxToken for Incoming {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, f: F) -> R {
        f(&mut self.0)
    }
}

struct Outgoing<'a>(&'a mut Vec<Vec<u8>>);

impl embassy_net_driver::TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut frame = vec![0; len];
        let result = f(&mut frame);
        self.0.push(frame);
        result
    }
}

#[derive(Default)]
struct Seen(RefCell<Vec<(Direction, Vec<u8>)>>);

impl Tap for Seen {
    fn frame(&self, _at: Instant, direction: Direction, frame: &[u8]) {
        self.0.borrow_mut().push((direction, frame.to_vec()));
    }
}

fn send(guard: &mut impl Driver, frame: &[u8]) {
    let mut cx = Context::from_waker(Waker::noop());
    let token = guard.transmit(&mut cx).unwrap();
    token.consume(frame.len(), |room| room.copy_from_slice(frame));
}

#[test]
fn only_what_may_leave_reaches_the_driver() {
    let watch = Watch::new(doors());
    let (warden, seen) = (ScopeWarden::usual(), Seen::default());
    let probe = v4("192.0.2.25", 6, &tcp(50_000, 25, SYN, b""));
    let outside = v4("203.0.113.9", 6, &tcp(50_000, 25, SYN, b""));
    let noise = v4("203.0.113.9", 6, &tcp(50_000, 25, RST, b""));
    let mut cable = Cable::default();
    cable.received.push(noise.clone());
    let mut guard = Guard::new(&mut cable, &watch, &warden, &seen);

    for frame in [&probe, &outside, &noise] {
        send(&mut guard, frame);
    }
    let mut cx = Context::from_waker(Waker::noop());
    let (rx, answer) = guard.receive(&mut cx).unwrap();
    rx.consume(|frame| assert_eq!(*frame, noise));
    answer.consume(outside.len(), |room| room.copy_from_slice(&outside));

    assert_eq!(cable.sent, std::slice::from_ref(&probe));
    let remote = "203.0.113.9:25".parse().unwrap();
    assert_eq!(*warden.violations.borrow(), [remote; 2]);
    let counted = Counters {
        received: 1,
        sent: 1,
        noise: 1,
        violations: 2,
        ..Counters::default()
    };
    assert_eq!(watch.counters(), counted);
    let summary = counted.summary();
    assert_eq!(
        (summary.allowed, summary.dropped, summary.violations),
        (1, 1, 2)
    );
    assert_eq!(
        *seen.0.borrow(),
        [
            (Direction::Sent, probe),
            (Direction::Stopped, outside.clone()),
            (Direction::Stopped, noise.clone()),
            (Direction::Received, noise),
            (Direction::Stopped, outside),
        ]
    );
}

#[test]
fn a_stranger_who_calls_is_not_heard() {
    let watch = Watch::new(doors());
    let warden = ScopeWarden::usual();
    // It looks like one of ours, which come from 198.51.100.7.
    let call = v4("198.51.100.7", 6, &tcp(40_000, 7_025, SYN, b""));
    let mut cable = Cable::default();
    cable.received.push(call.clone());
    cable.received.push(call.clone());
    let mut guard = Guard::new(&mut cable, &watch, &warden, ());
    let mut hear = || {
        let mut cx = Context::from_waker(Waker::noop());
        let (rx, _) = guard.receive(&mut cx).unwrap();
        rx.consume(|frame| frame.to_vec())
    };
    assert_eq!(hear(), b"");
    assert_eq!(watch.counters().summary().strangers, 1);
    // The same, when it is the one that may call.
    watch.set_doors(Doors {
        host: Some(HostDoor {
            address: "198.51.100.7".parse().unwrap(),
            local_port: 7_025,
        }),
        ..doors()
    });
    assert_eq!(hear(), call);
    let counters = watch.counters();
    assert_eq!((counters.strangers, counters.received), (1, 2));
}

#[cfg(feature = "ipv6")]
#[test]
fn a_neighbour_that_calls_the_sink_is_asked_for_until_the_cable_is_out() {
    let watch = Watch::new(doors());
    watch.set_own_networks(crate::scout::OwnNetworks {
        v4: None,
        v6: Some((OWN_V6.parse().unwrap(), 64)),
    });
    let warden = ScopeWarden::usual();
    let packet = v6_packet("2001:db8:1::9", OWN_V6, 6, 64, &tcp(40_000, 25, SYN, b""));
    let call = ethernet(OWN, 0x86dd, &packet);
    let question = neighbour(135, "2001:db8:1::9");
    let question = v6_link(OWN_V6, "ff02::1:ff00:9", 58, 255, &question);
    let mut cable = Cable::default();
    cable.received.push(call.clone());
    let mut guard = Guard::new(&mut cable, &watch, &warden, ());
    let mut cx = Context::from_waker(Waker::noop());
    send(&mut guard, &question);
    assert_eq!(watch.counters().neighbours, 1, "nobody has called");
    let (rx, answer) = guard.receive(&mut cx).unwrap();
    rx.consume(|frame| assert_eq!(*frame, call));
    answer.consume(question.len(), |room| room.copy_from_slice(&question));
    send(&mut guard, &question);
    let counted = Counters {
        received: 1,
        sent_link: 1,
        neighbours: 1,
        limited: 1,
        ..Counters::default()
    };
    assert_eq!(watch.counters(), counted);
    guard.driver.is_out = true;
    guard.link_state(&mut cx);
    warden.now_us.set(5_000_000);
    send(&mut guard, &question);
    assert_eq!(watch.counters().neighbours, 2, "behind another cable");
    assert_eq!(cable.sent, [question]);
}

#[test]
fn the_links_own_protocols_have_a_limit_and_probes_have_none() {
    let watch = Watch::new(doors());
    let warden = ScopeWarden::usual();
    let mut cable = Cable::default();
    let mut guard = Guard::new(&mut cable, &watch, &warden, ());
    let asks = arp(BROADCAST, 1, "198.51.100.7", "198.51.100.1");
    let probes = v4("192.0.2.25", 6, &tcp(50_000, 25, SYN, b""));
    for _ in 0..LINK_FRAMES_BURST_MAX + 5 {
        send(&mut guard, &asks);
        send(&mut guard, &probes);
    }
    let counters = watch.counters();
    assert_eq!(counters.sent_link, LINK_FRAMES_BURST_MAX);
    assert_eq!(counters.limited, 5);
    assert_eq!(counters.sent, LINK_FRAMES_BURST_MAX + 5);
}

#[test]
fn connections_that_the_stack_has_kept_together_begin_apart() {
    let watch = Watch::new(doors());
    let warden = ScopeWarden::usual();
    warden.spacing.set(Some(Spacing {
        network_us: 100_000,
        device_us: 10_000,
    }));
    let syn = |port, remote: &str| v4(remote, 6, &tcp(port, 25, SYN, b""));
    let (first, second) = (syn(50_000, "192.0.2.25"), syn(50_001, "192.0.2.26"));
    let mut cable = Cable::default();
    let mut guard = Guard::new(&mut cable, &watch, &warden, ());
    for frame in [&first, &second] {
        send(&mut guard, frame);
    }
    let mut left = |at_us| {
        warden.now_us.set(at_us);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(guard.receive(&mut cx).is_none());
        watch.counters().sent
    };
    assert_eq!(warden.wake_at_us.get(), Some(100_000));
    assert_eq!([left(5), left(99_999), left(100_000)], [1, 1, 2]);
    let counted = Counters {
        sent: 2,
        kept: 1,
        ..Counters::default()
    };
    assert_eq!(watch.counters(), counted);
    assert_eq!(cable.sent, [first, second]);
}

#[test]
fn a_door_that_opens_lets_its_traffic_pass() {
    let watch = Watch::new(Doors::default());
    let warden = ScopeWarden::usual();
    let mut cable = Cable::default();
    let mut guard = Guard::new(&mut cable, &watch, &warden, ());
    let asks = arp(BROADCAST, 1, "198.51.100.7", "198.51.100.1");
    send(&mut guard, &asks);
    assert_eq!(watch.counters().neighbours, 1);
    watch.set_doors(doors());
    send(&mut guard, &asks);
    assert_eq!(watch.counters().sent_link, 1);
    assert_eq!(cable.sent, [asks]);
}

#[test]
fn a_router_that_does_not_answer_is_silent_until_it_does() {
    let watch = Watch::new(Doors {
        gateway_v4: Some("198.51.100.1".parse().unwrap()),
        ..Doors::default()
    });
    watch.set_own_networks(crate::scout::OwnNetworks {
        v4: Some(("198.51.100.7".parse().unwrap(), 24)),
        v6: None,
    });
    let warden = ScopeWarden::usual();
    let mut guard = Guard::new(Cable::default(), &watch, &warden, ());
    let mut cx = Context::from_waker(Waker::noop());
    guard.link_state(&mut cx);
    // At which seconds it was asked, and whether it was silent behind.
    let mut look = |guard: &mut Guard<'_, Cable, _, ()>, seconds: core::ops::Range<u64>| {
        let mut asked = Vec::new();
        for second in seconds {
            warden.now_us.set(second * 1_000_000);
            assert!(guard.receive(&mut cx).is_none());
            let questions = core::mem::take(&mut guard.driver.sent);
            for question in questions {
                assert_eq!(question, arp(BROADCAST, 1, "198.51.100.7", "198.51.100.1"));
                asked.push((second, watch.router_is_silent(0)));
            }
        }
        asked
    };
    assert_eq!(look(&mut guard, 0..10), [], "nobody wants to connect");
    watch.set_sockets(1);
    assert_eq!(
        look(&mut guard, 10..24),
        [
            (10, false),
            (11, false),
            (12, false),
            (13, true),
            (18, true),
            (23, true)
        ]
    );
    watch.set_sockets(0);
    assert_eq!(
        look(&mut guard, 24..30),
        [(28, true)],
        "it is waited for all the same"
    );

    let mut answer = arp(OWN, 2, "198.51.100.1", "198.51.100.7");
    answer[..6].copy_from_slice(&OWN);
    guard.driver.received.push(answer);
    let mut cx = Context::from_waker(Waker::noop());
    let (rx, _) = guard.receive(&mut cx).unwrap();
    rx.consume(|_| ());
    assert!(!watch.router_is_silent(0));
    assert_eq!(look(&mut guard, 30..60), []);
    watch.set_sockets(1);
    assert_eq!(look(&mut guard, 60..61), [(60, false)]);
}

#[test]
fn the_stack_is_told_of_packets_that_every_path_carries() {
    let watch = Watch::new(doors());
    let guard = Guard::new(Cable::default(), &watch, ScopeWarden::usual(), ());
    assert_eq!(guard.capabilities().max_transmission_unit, 1_294);
}
