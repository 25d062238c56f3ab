//! A guard's scouting, frame by frame.

use core::cell::RefCell;

use super::*;
use crate::guard::Spacing;

const KEY: Key = (1, 2);
const SINCE: Instant = Instant::from_millis(5_000);
const OWN: [u8; 6] = [2, 0, 0, 0, 0, 1];
const ROUTER: [u8; 6] = [2, 0, 0, 0, 0, 9];

/// Waits for an answer of one target, and notes what it is told.
#[derive(Default)]
struct Waiting {
    target: Option<SocketAddr>,
    heard: RefCell<std::vec::Vec<Heard>>,
    ways: RefCell<std::vec::Vec<(bool, Instant)>>,
}

impl Warden for Waiting {
    fn now(&self) -> Instant {
        SINCE
    }
    fn permits(&self, _remote: SocketAddr) -> bool {
        true
    }
    fn permits_address(&self, _address: IpAddr) -> bool {
        true
    }
    fn violated(&self, remote: SocketAddr) {
        panic!("{remote} is permitted");
    }
    fn spacing(&self) -> Option<Spacing> {
        Some(Spacing::NONE)
    }
    fn now_us(&self) -> u64 {
        0
    }
    fn wake_at(&self, _at_us: u64, _waker: &Waker) {}
    fn scout_key(&self) -> Option<Key> {
        Some(KEY)
    }
    fn scouted_since(&self, remote: SocketAddr) -> Option<Instant> {
        (self.target == Some(remote)).then_some(SINCE)
    }
    fn scout_heard(&self, _remote: SocketAddr, heard: Heard) {
        self.heard.borrow_mut().push(heard);
    }
    fn scouts_until(&self, is_ipv4: bool, until: Instant) {
        self.ways.borrow_mut().push((is_ipv4, until));
    }
}

fn networks() -> OwnNetworks {
    OwnNetworks {
        v4: Some((Ipv4Addr::new(10, 0, 0, 2), 24)),
        v6: Some(("fd00::2".parse().unwrap(), 64)),
    }
}

/// A segment from `remote` to the port that we scout from.
fn segment(remote: SocketAddr, to: SocketAddr, acknowledged: u32, flags: u8) -> packet::Frame {
    packet::segment_for_test(ROUTER, OWN, remote, to, acknowledged, flags)
}

fn ways_learned(warden: &Waiting, from: &str, to: &str) -> Ways {
    let mut ways = Ways::new();
    let [from, to] = [from, to].map(|text| text.parse().unwrap());
    let frame = packet::syn(OWN, ROUTER, from, to, 7).unwrap();
    ways.learn(&frame, networks(), warden);
    ways
}

#[test]
fn only_the_answer_to_our_syn_counts() {
    for (remote, own) in [
        ("192.0.2.7:25", "10.0.0.2:1024"),
        ("[2001:db8::7]:25", "[fd00::2]:1024"),
    ] {
        let (remote, own): (SocketAddr, SocketAddr) =
            (remote.parse().unwrap(), own.parse().unwrap());
        let right = sequence(KEY, remote, SINCE).wrapping_add(1);
        let other_port = SocketAddr::new(own.ip(), 1_025);
        let other_remote = SocketAddr::new(remote.ip(), 26);
        for (from, to, acknowledged, flags, heard) in [
            (
                remote,
                own,
                right,
                packet::SYN | packet::ACK,
                Some(Heard::Answer),
            ),
            (
                remote,
                own,
                right,
                packet::RST | packet::ACK,
                Some(Heard::Refusal),
            ),
            (remote, own, right, packet::RST, None),
            (remote, own, right, packet::ACK, None),
            (remote, own, right, packet::SYN, None),
            (
                remote,
                own,
                right.wrapping_add(1),
                packet::SYN | packet::ACK,
                None,
            ),
            (
                remote,
                own,
                right.wrapping_sub(1),
                packet::RST | packet::ACK,
                None,
            ),
            (remote, other_port, right, packet::SYN | packet::ACK, None),
            (other_remote, own, right, packet::SYN | packet::ACK, None),
        ] {
            let warden = Waiting {
                target: Some(remote),
                ..Waiting::default()
            };
            hear(&segment(from, to, acknowledged, flags), &warden);
            assert_eq!(
                warden.heard.take(),
                heard.into_iter().collect::<std::vec::Vec<_>>(),
                "{from} to {to}, {acknowledged}, {flags:#x}"
            );
        }
    }
}

#[test]
fn the_way_is_learned_from_what_the_stack_sends_through_the_router() {
    for (from, to, learned) in [
        ("10.0.0.2:50000", "192.0.2.7:25", true),
        ("10.0.0.2:50000", "10.0.0.7:25", false),
        ("10.0.0.3:50000", "192.0.2.7:25", false),
        ("[fd00::2]:50000", "[2001:db8::7]:25", true),
        ("[fd00::2]:50000", "[fd00::7]:25", false),
    ] {
        let warden = Waiting::default();
        let target: SocketAddr = to.parse().unwrap();
        let mut ways = ways_learned(&warden, from, to);
        let told = learned.then_some((target.is_ipv4(), SINCE + WAY_KNOWN_FOR));
        assert_eq!(
            warden.ways.take(),
            told.into_iter().collect::<std::vec::Vec<_>>()
        );
        let frame = ways.syn(OWN, target, networks(), (KEY, SINCE));
        assert_eq!(frame.is_some(), learned, "{from} to {to}");
        let Some(frame) = frame else { continue };
        let syn = packet::read(&frame).unwrap();
        assert_eq!(packet::destination_hardware(&frame), Some(ROUTER));
        assert_eq!((syn.destination, syn.flags), (target, packet::SYN));
        assert_eq!(syn.source.port(), SCOUT_PORT);
        assert_eq!(syn.sequence, sequence(KEY, target, SINCE));
    }
}

#[test]
fn a_target_on_our_link_is_nobody_to_scout() {
    let mut ways = ways_learned(&Waiting::default(), "10.0.0.2:50000", "192.0.2.7:25");
    let near = "10.0.0.9:25".parse().unwrap();
    assert_eq!(ways.syn(OWN, near, networks(), (KEY, SINCE)), None);
}

#[test]
fn another_address_or_a_cable_that_is_out_ends_the_way() {
    let moved = OwnNetworks {
        v4: Some((Ipv4Addr::new(10, 0, 0, 3), 24)),
        ..networks()
    };
    let target = "192.0.2.7:25".parse().unwrap();
    for (now, is_known) in [
        (networks(), true),
        (moved, false),
        (OwnNetworks::default(), false),
    ] {
        let warden = Waiting::default();
        let mut ways = ways_learned(&warden, "10.0.0.2:50000", "192.0.2.7:25");
        ways.check(now, &warden);
        let told = warden.ways.take();
        assert_eq!(told.len(), if is_known { 1 } else { 2 });
        assert!(is_known || told[1] == (true, Instant::BOOT));
        let frame = ways.syn(OWN, target, networks(), (KEY, SINCE));
        assert_eq!(frame.is_some(), is_known);
    }
}

#[test]
fn sequence_numbers_differ_by_key_target_port_and_moment() {
    let one: SocketAddr = "192.0.2.7:25".parse().unwrap();
    let base = sequence(KEY, one, SINCE);
    assert_eq!(base, sequence(KEY, one, SINCE));
    for (key, target, since) in [
        ((1, 3), one, SINCE),
        (KEY, "192.0.2.8:25".parse().unwrap(), SINCE),
        (KEY, "192.0.2.7:26".parse().unwrap(), SINCE),
        (KEY, one, SINCE + Millis(1)),
    ] {
        assert_ne!(base, sequence(key, target, since));
    }
}
