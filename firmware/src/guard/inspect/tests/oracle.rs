//! Nothing that the guard lets pass goes where it may not, for very many frames that are almost
//! right. The oracle shares no code with the guard: it reads octets at their places in the RFCs
//! and knows the test's scope by heart.

use super::{frames::*, scope::*};
use crate::guard::{Pass, Stop, inspect};

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    fn octet(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

#[test]
fn no_frame_outside_passes() {
    let warden = ScopeWarden::usual();
    let (mut passed, mut stopped) = ([0; 3], 0);
    for seed in 0..40 {
        let mut random = Random(seed);
        for _ in 0..5_000 {
            let frame = almost_right(&mut random);
            match inspect(&frame, OWN, &doors(), &warden) {
                Ok(pass) => {
                    assert!(may_leave(&frame), "seed {seed}: {pass:?} for {frame:02x?}");
                    passed[pass as usize] += 1;
                }
                Err(Stop::Limited) => panic!("limits are not the inspection's"),
                Err(_) => stopped += 1,
            }
        }
    }
    for (kind, passed) in [Pass::Scope, Pass::Door, Pass::Link].iter().zip(passed) {
        assert!(passed > 1_000, "{kind:?} was hardly tried: {passed}");
    }
    assert!(stopped > 10_000, "hardly anything was stopped: {stopped}");
}

/// A frame that may leave, most of them then spoilt in one or a few places.
fn almost_right(random: &mut Random) -> Vec<u8> {
    let data = vec![b'x'; random.below(50)];
    let mut frame = match random.below(16) {
        0 => v4("192.0.2.25", 6, &tcp(50_000, 25, SYN, b"")),
        1 => v4("192.0.2.25", 6, &tcp(50_000, 587, ACK, &data)),
        2 => v6("2001:db8:25::1", 6, &tcp(50_000, 25, SYN, &data)),
        3 => v4("203.0.113.53", 17, &udp(50_000, 53, &data)),
        4 => v4("203.0.113.80", 6, &tcp(7_025, 40_000, ACK, &data)),
        5 => arp(BROADCAST, 1, "198.51.100.7", "198.51.100.1"),
        6 => v6_link(
            "fe80::7",
            "ff02::1:ff00:1",
            58,
            255,
            &neighbour(135, "2001:db8:1::1"),
        ),
        7 => v6_link("fe80::7", "ff02::16", 0, 1, &mld(143)),
        8 => v4("192.0.2.25", 1, &icmp(3)),
        9 => v6_link("fe80::7", "fe80::1", 58, 255, &neighbour(136, "fe80::7")),
        10 => ethernet(
            BROADCAST,
            0x0800,
            &v4_packet("255.255.255.255", 17, 64, &[], &udp(68, 67, &data)),
        ),
        11 => v4("203.0.113.53", 6, &tcp(50_000, 53, ACK, &data)),
        12 => v4("203.0.113.9", 6, &tcp(25, 40_000, SYN | ACK, b"")),
        14 => v4("203.0.113.25", 6, &tcp(50_000, 25, ACK, &data)),
        13 => v6("2001:db8:77::1", 6, &tcp(2_525, 40_000, ACK, &data)),
        _ => (0..random.below(80)).map(|_| random.octet()).collect(),
    };
    if random.below(4) == 0 {
        return frame;
    }
    for _ in 0..=random.below(3) {
        let place = random.below(frame.len().max(1));
        match random.below(8) {
            0 => frame.truncate(place),
            1 => frame.push(random.octet()),
            2 if frame.len() < 60 => frame.resize(60, 0),
            3 => frame.insert(place.min(frame.len()), random.octet()),
            4..=5 if !frame.is_empty() => frame[place] ^= 1 << random.below(8),
            6 if !frame.is_empty() => frame[place] = random.octet(),
            // Where addresses, protocols and ports stand.
            _ if frame.len() > 54 => frame[12 + random.below(42)] ^= 1 << random.below(8),
            _ => {}
        }
    }
    frame
}

fn may_leave(frame: &[u8]) -> bool {
    if frame.len() < 34 || frame.len() > 14 + 1_280 || frame[6..12] != OWN {
        return false;
    }
    match (frame[12], frame[13]) {
        (0x08, 0x06) => arp_may_leave(frame),
        (0x08, 0x00) => v4_may_leave(frame),
        (0x86, 0xdd) => v6_may_leave(frame),
        _ => false,
    }
}

fn arp_may_leave(frame: &[u8]) -> bool {
    let whole = frame.len() == 42 || frame.len() == 60;
    let plain = frame[14..21] == [0, 1, 8, 0, 6, 4, 0] && frame[22..28] == OWN;
    let target = &frame[38..42];
    let probe = frame[28..32] == [0; 4] || &frame[28..32] == target;
    let known = matches!(
        target,
        [198, 51, 100, 1 | 2] | [203, 0, 113, 25 | 53 | 80] | [192, 0, 2, 0..=98 | 100..=255]
    );
    let request = frame[21] == 1 && (probe || known);
    let reply = frame[21] == 2 && frame[0] & 1 == 0;
    whole && plain && (request || reply)
}

fn v4_may_leave(frame: &[u8]) -> bool {
    let total = usize::from(frame[16]) << 8 | usize::from(frame[17]);
    let exact = frame.len() == 14 + total || frame.len() == 60 && total < 46;
    let whole = frame[20] & 0x3f == 0 && frame[21] == 0;
    if !exact || !whole {
        return false;
    }
    let to: [u8; 4] = frame[30..34].try_into().unwrap();
    let in_scope = matches!(to, [192, 0, 2, last] if last != 99);
    let known = matches!(to, [198, 51, 100, 1 | 2] | [203, 0, 113, 25 | 53 | 80]);
    if frame[23] == 2 {
        let router_alert = frame[14] == 0x46 && frame[34..38] == [148, 4, 0, 0];
        return (frame[14] == 0x45 || router_alert) && to[0] >> 4 == 14 && frame[22] == 1;
    }
    if frame[14] != 0x45 {
        return false;
    }
    let unicast = frame[0] & 1 == 0;
    match frame[23] {
        1 => unicast && matches!(frame[34], 0 | 3 | 11 | 12) && (in_scope || known),
        6 => unicast && tcp_may_leave(in_scope, &to, &frame[34..]),
        17 => {
            let ports = &frame[34..38];
            let dhcp = matches!(to, [255, 255, 255, 255] | [198, 51, 100, 2]);
            ports == [0, 68, 0, 67] && dhcp
                || unicast && to == [203, 0, 113, 53] && ports[2..] == [0, 53]
        }
        _ => false,
    }
}

fn v6_may_leave(frame: &[u8]) -> bool {
    let length = usize::from(frame[18]) << 8 | usize::from(frame[19]);
    let exact = frame.len() == 54 + length || frame.len() == 60 && 40 + length < 46;
    if !exact || frame[14] >> 4 != 6 {
        return false;
    }
    let to: [u8; 16] = frame[38..54].try_into().unwrap();
    let in_scope = to[..6] == [0x20, 1, 0x0d, 0xb8, 0, 0x25];
    let gateway = to == [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let link_local = to[0] == 0xfe && to[1] & 0xc0 == 0x80;
    let group = to[0] == 0xff;
    let unicast = frame[0] & 1 == 0;
    let message = &frame[54..];
    match (frame[20], frame[21]) {
        (6, _) => unicast && tcp_may_leave(in_scope, &to, message),
        (0, 1) => {
            group
                && message[..8] == [58, 0, 5, 2, 0, 0, 1, 0]
                && matches!(message[8], 131 | 132 | 143)
        }
        (58, hop) => match message[0] {
            1..=4 | 129 => unicast && (in_scope || gateway),
            133 => hop == 255 && to[..2] == [0xff, 2] && to[15] == 2,
            135 => hop == 255 && solicitation_may_leave(frame, &to, message),
            136 => hop == 255 && (link_local || in_scope || gateway || to[..2] == [0xff, 2]),
            _ => false,
        },
        _ => false,
    }
}

fn solicitation_may_leave(frame: &[u8], to: &[u8], message: &[u8]) -> bool {
    let target = &message[8..24];
    let solicited =
        to[..13] == [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff] && to[13..] == target[13..];
    let known = target[..6] == [0x20, 1, 0x0d, 0xb8, 0, 0x25]
        || target == [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let free = frame[22..38] == [0; 16] && solicited;
    free || known && (solicited || to == target)
}

fn tcp_may_leave(in_scope: bool, to: &[u8], segment: &[u8]) -> bool {
    if segment.len() < 20 {
        return false;
    }
    let to_port = u16::from_be_bytes([segment[2], segment[3]]);
    let from_port = u16::from_be_bytes([segment[0], segment[1]]);
    let begins = segment[13] & (2 | 16) == 2;
    let everybody = to.iter().all(|octet| *octet == 255) && to.len() == 4;
    let group = to.len() == 4 && to[0] >> 4 == 14 || to.len() == 16 && to[0] == 255;
    if to == [203, 0, 113, 25] && to_port == 25 && !begins {
        return true;
    }
    if to == [203, 0, 113, 53] && to_port == 53 || to == [203, 0, 113, 80] && from_port == 7_025 {
        return true;
    }
    let objects = begins && to == [192, 0, 2, 77];
    let answers = matches!(from_port, 25 | 2_525) && !begins && !everybody && !group;
    in_scope && matches!(to_port, 25 | 587) && !objects || answers
}
