//! Whom the stack may ask for, in a table and by an oracle that reads frames on its own.

use super::*;
use crate::guard::inspect::tests::{frames::*, oracle::Random, scope::*};

const CALLER_V4: &str = "198.51.100.9";
const CALLER: &str = "2001:db8:1::9";
/// The group of solicited nodes that the caller is in.
const GROUP: &str = "ff02::1:ff00:9";
const STRANGER: Result<Pass, Stop> = Err(Stop::Neighbour);

fn networks() -> OwnNetworks {
    OwnNetworks {
        v4: Some((OWN_V4, 24)),
        v6: Some((OWN_V6.parse().unwrap(), 64)),
    }
}

fn watch() -> Watch {
    let watch = Watch::new(doors());
    watch.set_own_networks(networks());
    watch
}

fn call_v4(from: &str, to: &str, port: u16, flags: u8) -> Vec<u8> {
    let from: std::net::Ipv4Addr = from.parse().unwrap();
    let mut packet = v4_packet(to, 6, 64, &[], &tcp(40_000, port, flags, b""));
    packet[12..16].copy_from_slice(&from.octets());
    ethernet(OWN, 0x0800, &packet)
}

fn call_v6(from: &str, to: &str, port: u16, flags: u8) -> Vec<u8> {
    let packet = v6_packet(from, to, 6, 64, &tcp(40_000, port, flags, b""));
    ethernet(OWN, 0x86dd, &packet)
}

fn call(from: &str) -> Vec<u8> {
    match from.parse().unwrap() {
        IpAddr::V4(_) => call_v4(from, "198.51.100.7", 25, SYN),
        IpAddr::V6(_) => call_v6(from, OWN_V6, 25, SYN),
    }
}

fn who_has(target: &str) -> Vec<u8> {
    arp(BROADCAST, 1, "198.51.100.7", target)
}

fn solicitation(to: &str, target: &str) -> Vec<u8> {
    v6_link(OWN_V6, to, 58, 255, &neighbour(135, target))
}

/// The device's question for whoever has this address.
fn asks(target: &str) -> Vec<u8> {
    match target.parse().unwrap() {
        IpAddr::V4(_) => who_has(target),
        IpAddr::V6(target) => {
            let [.., a, b, c] = target.octets();
            let group = format!("ff02::1:ff{a:02x}:{b:02x}{c:02x}");
            solicitation(&group, &target.to_string())
        }
    }
}

/// What becomes of a frame, by the inspection first and then by whom is known.
fn decided(frame: &[u8], watch: &Watch, warden: &ScopeWarden) -> Result<Pass, Stop> {
    match inspect(frame, OWN, &watch.doors(), warden) {
        Err(Stop::Neighbour) => answers(frame, watch, warden),
        decided => decided,
    }
}

fn at(warden: &ScopeWarden, ms: u64) {
    warden.now_us.set(ms * 1_000);
}

#[test]
fn a_caller_of_the_sink_on_our_own_link_is_asked_for_and_nobody_else() {
    let to_router = |mut frame: Vec<u8>| {
        frame[..6].copy_from_slice(&ROUTER);
        frame
    };
    let longer = |mut frame: Vec<u8>| {
        frame[18..20].copy_from_slice(&40_u16.to_be_bytes());
        frame.extend([14, 1, 0, 0, 0, 0, 0, 0]);
        frame
    };
    let asked = Ok(Pass::Link);
    for (name, heard, said, expected) in [
        ("a caller", call(CALLER), asks(CALLER), asked),
        (
            "at the other port",
            call_v6(CALLER, OWN_V6, SINK_PORTS[1], SYN),
            asks(CALLER),
            asked,
        ),
        (
            "by its own address",
            call(CALLER),
            solicitation(CALLER, CALLER),
            asked,
        ),
        ("over IPv4", call(CALLER_V4), asks(CALLER_V4), asked),
        (
            "at another port",
            call_v6(CALLER, OWN_V6, 26, SYN),
            asks(CALLER),
            STRANGER,
        ),
        (
            "with no SYN of its own",
            call_v6(CALLER, OWN_V6, 25, SYN | ACK),
            asks(CALLER),
            STRANGER,
        ),
        (
            "with data only",
            call_v6(CALLER, OWN_V6, 25, ACK),
            asks(CALLER),
            STRANGER,
        ),
        (
            "a caller of somebody else",
            call_v6(CALLER, "2001:db8:1::8", 25, SYN),
            asks(CALLER),
            STRANGER,
        ),
        (
            "a caller of somebody else, over IPv4",
            call_v4(CALLER_V4, "198.51.100.8", 25, SYN),
            asks(CALLER_V4),
            STRANGER,
        ),
        (
            "on the way to another machine",
            to_router(call(CALLER)),
            asks(CALLER),
            STRANGER,
        ),
        (
            "its neighbour",
            call(CALLER),
            asks("2001:db8:1::a"),
            STRANGER,
        ),
        (
            "its neighbour, over IPv4",
            call(CALLER_V4),
            asks("198.51.100.10"),
            STRANGER,
        ),
        (
            "in another's group",
            call(CALLER),
            solicitation("ff02::1:ff00:a", CALLER),
            STRANGER,
        ),
        (
            "in everybody's group",
            call(CALLER),
            solicitation("ff02::1", CALLER),
            STRANGER,
        ),
        (
            "from another's address",
            call(CALLER),
            v6_link("2001:db8:1::8", GROUP, 58, 255, &neighbour(135, CALLER)),
            STRANGER,
        ),
        (
            "from another's address, over IPv4",
            call(CALLER_V4),
            arp(BROADCAST, 1, "198.51.100.8", CALLER_V4),
            STRANGER,
        ),
        (
            "with more than the question",
            call(CALLER),
            longer(asks(CALLER)),
            STRANGER,
        ),
        (
            "behind the router",
            call("2001:db8:2::9"),
            asks("2001:db8:2::9"),
            STRANGER,
        ),
        (
            "behind the router, over IPv4",
            call("203.0.113.9"),
            asks("203.0.113.9"),
            STRANGER,
        ),
        // The stack sends to these through the router.
        (
            "under its address on the link alone",
            call("fe80::9"),
            asks("fe80::9"),
            STRANGER,
        ),
        (
            "everybody",
            call("198.51.100.255"),
            asks("198.51.100.255"),
            STRANGER,
        ),
        (
            "the network itself",
            call("198.51.100.0"),
            asks("198.51.100.0"),
            STRANGER,
        ),
    ] {
        let (watch, warden) = (watch(), ScopeWarden::usual());
        assert_eq!(decided(&said, &watch, &warden), STRANGER, "{name}, before");
        hear(&heard, OWN, &watch, &warden);
        assert_eq!(decided(&said, &watch, &warden), expected, "{name}");
    }
}

#[test]
fn whoever_asks_for_us_on_our_own_link_is_told() {
    let says = |from, to, own| v6_link(from, to, 58, 255, &neighbour(136, own));
    for (name, said, expected) in [
        ("a neighbour", says(OWN_V6, CALLER, OWN_V6), Ok(Pass::Link)),
        (
            "of another",
            says(OWN_V6, CALLER, "2001:db8:1::8"),
            STRANGER,
        ),
        (
            "as another",
            says("2001:db8:1::8", CALLER, OWN_V6),
            STRANGER,
        ),
        ("elsewhere", says(OWN_V6, "2001:db8:2::9", OWN_V6), STRANGER),
        ("a group", says(OWN_V6, GROUP, OWN_V6), STRANGER),
    ] {
        let (watch, warden) = (watch(), ScopeWarden::usual());
        assert_eq!(decided(&said, &watch, &warden), expected, "{name}");
    }
}

#[test]
fn a_caller_is_known_for_a_while_and_asked_for_now_and_then() {
    let (watch, warden) = (watch(), ScopeWarden::usual());
    let asked = |ms, target| {
        at(&warden, ms);
        decided(&asks(target), &watch, &warden)
    };
    hear(&call(CALLER), OWN, &watch, &warden);
    hear(&call(CALLER_V4), OWN, &watch, &warden);
    assert_eq!(asked(0, CALLER), Ok(Pass::Link));
    let again = CALLERS_ASKED_EVERY.0;
    assert_eq!(asked(again - 1, CALLER_V4), Err(Stop::Limited));
    assert_eq!(asked(again, CALLER_V4), Ok(Pass::Link));
    let over = CALLER_KNOWN_FOR.0;
    assert_eq!(asked(over - 1, CALLER), Ok(Pass::Link));
    assert_eq!(asked(over, CALLER), STRANGER);
    // It calls again, which forgets nobody.
    hear(&call(CALLER), OWN, &watch, &warden);
    assert_eq!(asked(2 * over - 1, CALLER), Ok(Pass::Link));
    assert_eq!(watch.counters().callers_forgotten, 0);
}

#[test]
fn a_caller_is_forgotten_with_the_sink_and_with_the_network() {
    let (watch, warden) = (watch(), ScopeWarden::usual());
    let mut ms = 0;
    let mut said = |frame: &[u8]| {
        ms += CALLERS_ASKED_EVERY.0;
        at(&warden, ms);
        decided(frame, &watch, &warden)
    };
    hear(&call(CALLER), OWN, &watch, &warden);
    hear(&call(CALLER_V4), OWN, &watch, &warden);
    assert_eq!(said(&asks(CALLER)), Ok(Pass::Link));
    assert_eq!(said(&asks(CALLER_V4)), Ok(Pass::Link));
    warden.is_sink.set(false);
    assert_eq!(said(&asks(CALLER)), STRANGER, "of what is no sink any more");
    assert_eq!(
        said(&asks(CALLER_V4)),
        STRANGER,
        "of what is no sink any more"
    );
    warden.is_sink.set(true);
    watch.set_own_networks(OwnNetworks {
        v4: Some(("203.0.113.7".parse().unwrap(), 24)),
        v6: None,
    });
    let moved = arp(BROADCAST, 1, "203.0.113.7", CALLER_V4);
    assert_eq!(said(&moved), STRANGER, "in another network");
    assert_eq!(said(&asks(CALLER)), STRANGER, "without an address");
    watch.set_own_networks(networks());
    assert_eq!(said(&asks(CALLER)), Ok(Pass::Link));
    watch.forget_callers();
    assert_eq!(said(&asks(CALLER)), STRANGER, "behind another cable");
}

#[test]
fn one_caller_too_many_takes_the_place_of_the_first() {
    let (watch, warden) = (watch(), ScopeWarden::usual());
    let caller = |index: usize| format!("2001:db8:1::1:{index}");
    for index in 0..=CALLERS_MAX {
        assert_eq!(watch.counters().callers_forgotten, 0);
        at(&warden, index as u64 * 1_000);
        hear(&call(&caller(index)), OWN, &watch, &warden);
    }
    assert_eq!(watch.counters().callers_forgotten, 1);
    // Those that are elsewhere take nobody's place.
    for index in 0..=CALLERS_MAX {
        hear(
            &call(&format!("2001:db8:2::1:{index}")),
            OWN,
            &watch,
            &warden,
        );
    }
    assert_eq!(watch.counters().callers_forgotten, 1);
    for index in 0..=CALLERS_MAX {
        at(&warden, 60_000 + index as u64 * 1_000);
        let expected = if index == 0 { STRANGER } else { Ok(Pass::Link) };
        let found = decided(&asks(&caller(index)), &watch, &warden);
        assert_eq!(found, expected, "{index}");
    }
}

/// For very many frames that are almost right, after a call from either family.
#[test]
fn nothing_leaves_for_a_call_but_the_question_for_its_caller() {
    let mut passed = [0; 3];
    let mut stopped = 0;
    for seed in 0..20 {
        let (watch, warden) = (watch(), ScopeWarden::usual());
        hear(&call(CALLER), OWN, &watch, &warden);
        hear(&call(CALLER_V4), OWN, &watch, &warden);
        let mut random = Random(seed);
        for turn in 0..5_000 {
            at(&warden, turn * 100);
            let frame = almost_right(&mut random);
            if inspect(&frame, OWN, &watch.doors(), &warden) != STRANGER {
                continue;
            }
            match answers(&frame, &watch, &warden) {
                Ok(pass) => {
                    let which = may_leave(&frame);
                    let which = which.unwrap_or_else(|| panic!("seed {seed}: {frame:02x?}"));
                    assert_eq!(pass, Pass::Link);
                    passed[which] += 1;
                }
                Err(_) => stopped += 1,
            }
        }
    }
    assert!(passed.iter().all(|passed| *passed > 500), "{passed:?}");
    assert!(stopped > 10_000, "hardly anything was stopped: {stopped}");
}

/// A question for a caller or our answer, most of them then spoilt in one or a few places.
fn almost_right(random: &mut Random) -> Vec<u8> {
    let mut frame = match random.below(4) {
        0 => asks(CALLER_V4),
        1 => asks(CALLER),
        2 => solicitation(CALLER, CALLER),
        _ => v6_link(OWN_V6, CALLER, 58, 255, &neighbour(136, OWN_V6)),
    };
    for _ in 0..random.below(3) {
        // The addresses are what most of it is about.
        let place = 12 + random.below(frame.len() - 12);
        frame[place] ^= 1 << random.below(8);
    }
    if random.below(8) == 0 {
        frame.extend(vec![0; random.below(40)]);
    }
    frame
}

/// Which of the three a frame is: ARP for the caller (RFC 826), its solicitation, or our advertisement (RFC 4861).
fn may_leave(frame: &[u8]) -> Option<usize> {
    const CALLER: [u8; 16] = [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
    const DEVICE: [u8; 16] = [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
    let mut group = [0; 16];
    group[..2].copy_from_slice(&[0xff, 2]);
    group[11..].copy_from_slice(&[1, 0xff, 0, 0, 9]);
    let from_us = frame[6..12] == OWN;
    if frame[12..14] == [8, 6] {
        let form = frame[14..22] == [0, 1, 8, 0, 6, 4, 0, 1] && frame[22..28] == OWN;
        let from = frame[28..32] == [198, 51, 100, 7];
        let whole = frame.len() == 42 || frame.len() == 60;
        let asks = form && from && whole && frame[38..42] == [198, 51, 100, 9];
        return (from_us && asks).then_some(0);
    }
    let (from, to, target) = (&frame[22..38], &frame[38..54], &frame[62..78]);
    let form = frame[12..14] == [0x86, 0xdd] && frame[14] >> 4 == 6;
    // Next header and hop limit; no more than one option.
    let form = form && frame[20..22] == [58, 255] && frame.len() <= 86;
    if !from_us || !form || from != DEVICE {
        return None;
    }
    match frame[54] {
        135 => (target == CALLER && (to == CALLER || to == group)).then_some(1),
        // To anybody on our own link.
        136 => (target == DEVICE && to[..8] == DEVICE[..8] && to != DEVICE).then_some(2),
        _ => None,
    }
}
