//! Frames, octet by octet, written without the code that reads them.

use std::net::{Ipv4Addr, Ipv6Addr};

pub(crate) const OWN: [u8; 6] = [0x02, 0, 0, 0, 0, 1];
pub(crate) const ROUTER: [u8; 6] = [0x02, 0, 0, 0, 0, 2];
pub(crate) const BROADCAST: [u8; 6] = [0xff; 6];
pub(crate) const OWN_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);
pub(crate) const OWN_V6: &str = "2001:db8:1::7";

pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 2;
pub(crate) const RST: u8 = 4;
pub(crate) const ACK: u8 = 16;

pub(crate) fn ethernet(to: [u8; 6], ethertype: u16, payload: &[u8]) -> Vec<u8> {
    [&to[..], &OWN, &ethertype.to_be_bytes(), payload].concat()
}

/// To the router, which is where everything but the link's own protocols goes.
pub(crate) fn v4(to: &str, protocol: u8, payload: &[u8]) -> Vec<u8> {
    ethernet(ROUTER, 0x0800, &v4_packet(to, protocol, 64, &[], payload))
}

pub(crate) fn v4_packet(
    to: &str,
    protocol: u8,
    hop_limit: u8,
    options: &[u8],
    payload: &[u8],
) -> Vec<u8> {
    let to: Ipv4Addr = to.parse().unwrap();
    let header_octets = 20 + options.len();
    let length = u16::try_from(header_octets + payload.len()).unwrap();
    let words = u8::try_from(header_octets / 4).unwrap();
    let mut packet = vec![0x40 | words, 0];
    packet.extend(length.to_be_bytes());
    packet.extend([0, 1, 0x40, 0, hop_limit, protocol, 0, 0]);
    packet.extend(OWN_V4.octets());
    packet.extend(to.octets());
    packet.extend(options);
    packet.extend(payload);
    packet
}

pub(crate) fn v6(to: &str, next_header: u8, payload: &[u8]) -> Vec<u8> {
    let packet = v6_packet(OWN_V6, to, next_header, 64, payload);
    ethernet(ROUTER, 0x86dd, &packet)
}

pub(crate) fn v6_packet(
    from: &str,
    to: &str,
    next_header: u8,
    hop_limit: u8,
    payload: &[u8],
) -> Vec<u8> {
    let [from, to] = [from, to].map(|text| text.parse::<Ipv6Addr>().unwrap());
    let length = u16::try_from(payload.len()).unwrap();
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend(length.to_be_bytes());
    packet.extend([next_header, hop_limit]);
    packet.extend(from.octets());
    packet.extend(to.octets());
    packet.extend(payload);
    packet
}

/// On the link, to a group's hardware address where `to` is a group.
pub(crate) fn v6_link(from: &str, to: &str, next_header: u8, hop: u8, payload: &[u8]) -> Vec<u8> {
    let address: Ipv6Addr = to.parse().unwrap();
    let [.., a, b, c, d] = address.octets();
    let hardware = match address.is_multicast() {
        true => [0x33, 0x33, a, b, c, d],
        false => ROUTER,
    };
    let packet = v6_packet(from, to, next_header, hop, payload);
    ethernet(hardware, 0x86dd, &packet)
}

pub(crate) fn tcp(from_port: u16, to_port: u16, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut segment = Vec::new();
    segment.extend(from_port.to_be_bytes());
    segment.extend(to_port.to_be_bytes());
    segment.extend([0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 4, 0, 0, 0, 0, 0]);
    segment.extend(payload);
    segment
}

pub(crate) fn udp(from_port: u16, to_port: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + payload.len()).unwrap();
    let mut datagram = Vec::new();
    datagram.extend(from_port.to_be_bytes());
    datagram.extend(to_port.to_be_bytes());
    datagram.extend(length.to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    datagram
}

/// An ICMP message of a type, with 24 octets behind its checksum.
pub(crate) fn icmp(kind: u8) -> Vec<u8> {
    let mut message = vec![kind, 0, 0, 0];
    message.extend([0; 24]);
    message
}

/// A neighbour solicitation or advertisement for `target`.
pub(crate) fn neighbour(kind: u8, target: &str) -> Vec<u8> {
    let target: Ipv6Addr = target.parse().unwrap();
    let mut message = vec![kind, 0, 0, 0, 0, 0, 0, 0];
    message.extend(target.octets());
    message.extend([1, 1]);
    message.extend(OWN);
    message
}

/// A report of multicast groups behind its router alert.
pub(crate) fn mld(kind: u8) -> Vec<u8> {
    let mut message = vec![58, 0, 5, 2, 0, 0, 1, 0];
    message.extend(icmp(kind));
    message
}

pub(crate) fn arp(to: [u8; 6], operation: u8, from: &str, target: &str) -> Vec<u8> {
    let [from, target] = [from, target].map(|text| text.parse::<Ipv4Addr>().unwrap());
    let mut packet = vec![0, 1, 8, 0, 6, 4, 0, operation];
    packet.extend(OWN);
    packet.extend(from.octets());
    packet.extend([0; 6]);
    packet.extend(target.octets());
    ethernet(to, 0x0806, &packet)
}
