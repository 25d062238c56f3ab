//! Connections that are asked for from outside: the configured host may ask at our link port, and
//! anybody at the ports of our sink.
//!
//! The stack never sees another one. Its answer would not leave either, but the one socket that
//! listens would wait for a stranger.

use core::net::IpAddr;

#[cfg(feature = "ipv6")]
use smoltcp::wire::Ipv6Packet;
use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};

use super::{Doors, HostDoor, Warden};

/// Whether a received `frame` asks for a connection, or hides where it could, and comes from
/// nobody who may call.
pub(super) fn is_stranger<W: Warden>(frame: &[u8], doors: &Doors, warden: &W) -> bool {
    let may_not = |call: Call| {
        let door = HostDoor {
            address: call.from,
            local_port: call.port,
        };
        doors.host != Some(door) && !warden.is_sink_port(call.port)
    };
    call(frame).is_some_and(may_not) || hides(frame)
}

/// A connection that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    /// The one that is called.
    pub(super) port: u16,
}

/// What a received `frame` asks for, if it asks for a connection.
pub(super) fn call(frame: &[u8]) -> Option<Call> {
    let ethernet = EthernetFrame::new_checked(frame).ok()?;
    let payload = ethernet.payload();
    match ethernet.ethertype() {
        EthernetProtocol::Ipv4 => {
            let packet = Ipv4Packet::new_checked(payload).ok()?;
            let tcp = packet.next_header() == IpProtocol::Tcp;
            let ends = (packet.src_addr().into(), packet.dst_addr().into());
            tcp.then(|| asks(ends, packet.payload()))?
        }
        #[cfg(feature = "ipv6")]
        EthernetProtocol::Ipv6 => {
            let packet = Ipv6Packet::new_checked(payload).ok()?;
            let tcp = packet.next_header() == IpProtocol::Tcp;
            let ends = (packet.src_addr().into(), packet.dst_addr().into());
            tcp.then(|| asks(ends, packet.payload()))?
        }
        #[cfg(not(feature = "ipv6"))]
        EthernetProtocol::Ipv6 => None,
        EthernetProtocol::Arp | EthernetProtocol::Unknown(_) => None,
    }
}

fn asks((from, to): (IpAddr, IpAddr), segment: &[u8]) -> Option<Call> {
    let segment = TcpPacket::new_checked(segment).ok()?;
    let asks = segment.syn() && !segment.ack();
    asks.then(|| Call {
        from,
        to,
        port: segment.dst_port(),
    })
}

/// The stack reads on behind hop-by-hop options, which are for MLD alone.
#[cfg(feature = "ipv6")]
fn hides(frame: &[u8]) -> bool {
    EthernetFrame::new_checked(frame).is_ok_and(|ethernet| {
        ethernet.ethertype() == EthernetProtocol::Ipv6
            && Ipv6Packet::new_checked(ethernet.payload()).is_ok_and(|packet| {
                packet.next_header() == IpProtocol::HopByHop
                    && packet.payload().first() != Some(&ICMPV6)
            })
    })
}

#[cfg(not(feature = "ipv6"))]
fn hides(_frame: &[u8]) -> bool {
    false
}

#[cfg(feature = "ipv6")]
const ICMPV6: u8 = 58;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::inspect::tests::{
        frames::*,
        scope::{SINK_PORTS, ScopeWarden, doors},
    };

    /// The configured host, of the test's doors.
    const HOST: &str = "203.0.113.80";
    const PORT: u16 = 7_025;

    fn from_v4(from: &str, options: &[u8], protocol: u8, payload: &[u8]) -> Vec<u8> {
        let mut packet = v4_packet("198.51.100.7", protocol, 64, options, payload);
        let from: std::net::Ipv4Addr = from.parse().unwrap();
        packet[12..16].copy_from_slice(&from.octets());
        ethernet(OWN, 0x0800, &packet)
    }

    fn from_v6(next_header: u8, payload: &[u8]) -> Vec<u8> {
        let packet = v6_packet("2001:db8:80::1", OWN_V6, next_header, 64, payload);
        ethernet(OWN, 0x86dd, &packet)
    }

    #[test]
    fn only_the_host_may_ask_for_a_connection_and_only_at_the_link_port() {
        let syn = tcp(40_000, PORT, SYN, b"");
        let rows = [
            ("the host", from_v4(HOST, &[], 6, &syn), false),
            (
                "the host, at another port",
                from_v4(HOST, &[], 6, &tcp(40_000, 26, SYN, b"")),
                true,
            ),
            ("a stranger", from_v4("203.0.113.81", &[], 6, &syn), true),
            (
                "a stranger behind options",
                from_v4("203.0.113.81", &[1; 4], 6, &syn),
                true,
            ),
            (
                "a target",
                from_v4("192.0.2.25", &[], 6, &tcp(25, 50_000, SYN, b"")),
                true,
            ),
            (
                "a target's answer",
                from_v4("192.0.2.25", &[], 6, &tcp(25, 50_000, SYN | ACK, b"")),
                false,
            ),
            (
                "data of a connection",
                from_v4("192.0.2.25", &[], 6, &tcp(25, 50_000, ACK, b"220 ")),
                false,
            ),
            (
                "a SYN with an end",
                from_v4("203.0.113.81", &[], 6, &tcp(40_000, PORT, SYN | FIN, b"")),
                true,
            ),
            ("UDP", from_v4("203.0.113.81", &[], 17, &syn), false),
            ("no whole segment", from_v4(HOST, &[], 6, &syn[..19]), false),
            ("no frame", vec![0; 9], false),
            ("a neighbour", arp(OWN, 1, "198.51.100.1", HOST), false),
            (
                "a stranger, at a port of the sink",
                from_v4(
                    "203.0.113.81",
                    &[],
                    6,
                    &tcp(40_000, SINK_PORTS[1], SYN, b""),
                ),
                false,
            ),
        ];
        for (name, frame, expected) in rows {
            assert_eq!(
                is_stranger(&frame, &doors(), &ScopeWarden::usual()),
                expected,
                "{name}"
            );
        }
        // Without a configured host nobody may.
        let frame = from_v4(HOST, &[], 6, &syn);
        assert!(is_stranger(
            &frame,
            &Doors::default(),
            &ScopeWarden::usual()
        ));
    }

    #[cfg(feature = "ipv6")]
    #[test]
    fn nobody_hides_behind_an_extension_header() {
        let syn = tcp(40_000, PORT, SYN, b"");
        let behind = |next: u8| [&[next, 0, 5, 2, 0, 0, 1, 0], &syn[..]].concat();
        let open = Doors {
            host: Some(HostDoor {
                address: "2001:db8:80::1".parse().unwrap(),
                local_port: PORT,
            }),
            ..doors()
        };
        for (name, frame, stranger, stranger_when_open) in [
            ("a SYN", from_v6(6, &syn), true, false),
            ("behind hop-by-hop", from_v6(0, &behind(6)), true, true),
            ("behind two of them", from_v6(0, &behind(0)), true, true),
            ("nothing behind it", from_v6(0, b""), true, true),
            ("MLD", from_v6(0, &behind(58)), false, false),
            ("ICMPv6", from_v6(58, &syn), false, false),
        ] {
            assert_eq!(
                is_stranger(&frame, &doors(), &ScopeWarden::usual()),
                stranger,
                "{name}"
            );
            assert_eq!(
                is_stranger(&frame, &open, &ScopeWarden::usual()),
                stranger_when_open,
                "{name}"
            );
        }
    }
}
