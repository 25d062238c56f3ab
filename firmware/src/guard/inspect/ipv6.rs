//! IPv6, RFC 8200: no extension header but the router alert of MLD.

use core::net::{IpAddr, Ipv6Addr};

use smoltcp::wire::{EthernetFrame, IpProtocol, Ipv6Packet};

use super::{Pass, Rules, Stop, check_padding, transport};
use crate::guard::{PACKET_OCTETS_MAX, Warden};

pub(super) fn inspect<W: Warden>(
    ethernet: &EthernetFrame<&[u8]>,
    rules: &Rules<'_, W>,
) -> Result<Pass, Stop> {
    let payload = ethernet.payload();
    let packet = Ipv6Packet::new_checked(payload).map_err(|_| Stop::Malformed)?;
    if packet.version() != 6 {
        return Err(Stop::Malformed);
    }
    check_padding(payload.len(), packet.total_len())?;
    if packet.total_len() > PACKET_OCTETS_MAX {
        return Err(Stop::TooLong);
    }
    let remote = IpAddr::V6(packet.dst_addr());
    match packet.next_header() {
        IpProtocol::HopByHop => mld(&packet),
        IpProtocol::Tcp => {
            transport::unicast(ethernet)?;
            transport::tcp(remote, packet.payload(), rules)
        }
        IpProtocol::Udp => {
            transport::unicast(ethernet)?;
            let udp = transport::udp_ports(packet.payload())?;
            transport::udp(remote, udp, rules)
        }
        IpProtocol::Icmpv6 => icmp(ethernet, &packet, rules),
        IpProtocol::Ipv6Frag => Err(Stop::Fragment),
        protocol => Err(transport::other(protocol)),
    }
}

/// RFC 2710 and 3810: reports to link-local groups behind a router alert (RFC 2711).
fn mld(packet: &Ipv6Packet<&[u8]>) -> Result<Pass, Stop> {
    let payload = packet.payload();
    let Some((header, message)) = payload.split_at_checked(8) else {
        return Err(Stop::Malformed);
    };
    if header != MLD_HOP_BY_HOP {
        return Err(Stop::Diverting);
    }
    if packet.hop_limit() != 1 || message.len() < 8 {
        return Err(Stop::Malformed);
    }
    if !packet.dst_addr().is_multicast() {
        return Err(Stop::Noise);
    }
    match message.first() {
        // Report, done, and report of version 2.
        Some(131 | 132 | 143) => Ok(Pass::Link),
        _ => Err(Stop::Unknown),
    }
}

/// RFC 4443 answers, and RFC 4861 on the link.
fn icmp<W: Warden>(
    ethernet: &EthernetFrame<&[u8]>,
    packet: &Ipv6Packet<&[u8]>,
    rules: &Rules<'_, W>,
) -> Result<Pass, Stop> {
    let message = packet.payload();
    let remote = packet.dst_addr();
    if message.len() < 8 {
        return Err(Stop::Malformed);
    }
    match message.first() {
        Some(1..=4 | 129) => {
            transport::unicast(ethernet)?;
            transport::answer(IpAddr::V6(remote), rules)
        }
        Some(133..=137) if packet.hop_limit() != 255 => Err(Stop::Malformed),
        Some(133) if remote == ALL_ROUTERS => Ok(Pass::Link),
        Some(135) => solicitation(packet, rules),
        Some(136) => advertisement(packet, rules),
        Some(133) => Err(Stop::Neighbour),
        _ => Err(Stop::Unknown),
    }
}

/// Asks for a neighbour that the device has business with, or whether an address is taken
/// (RFC 4862, 5.4).
fn solicitation<W: Warden>(packet: &Ipv6Packet<&[u8]>, rules: &Rules<'_, W>) -> Result<Pass, Stop> {
    let target = neighbour_target(packet)?;
    let remote = packet.dst_addr();
    let asks_for_itself = packet.src_addr().is_unspecified() && remote == solicited_node(target);
    let reaches_only_it = remote == target || remote == solicited_node(target);
    if asks_for_itself || reaches_only_it && rules.neighbour(IpAddr::V6(target)) {
        Ok(Pass::Link)
    } else {
        Err(Stop::Neighbour)
    }
}

/// Answers on the link: to everybody there, or to whoever asked from there.
fn advertisement<W: Warden>(
    packet: &Ipv6Packet<&[u8]>,
    rules: &Rules<'_, W>,
) -> Result<Pass, Stop> {
    neighbour_target(packet)?;
    let remote = packet.dst_addr();
    let on_link = remote == ALL_NODES
        || remote.is_unicast_link_local()
        || rules.neighbour(IpAddr::V6(remote));
    if on_link {
        Ok(Pass::Link)
    } else {
        Err(Stop::Neighbour)
    }
}

/// The target that neighbour solicitations and advertisements name.
fn neighbour_target(packet: &Ipv6Packet<&[u8]>) -> Result<Ipv6Addr, Stop> {
    packet
        .payload()
        .get(8..24)
        .and_then(|octets| <[u8; 16]>::try_from(octets).ok())
        .map(Ipv6Addr::from)
        .filter(|target| !target.is_multicast())
        .ok_or(Stop::Malformed)
}

/// RFC 4291, 2.7.1.
pub(in crate::guard) fn solicited_node(address: Ipv6Addr) -> Ipv6Addr {
    let [.., a, b, c] = address.octets();
    let low = u16::from_be_bytes([b, c]);
    Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | u16::from(a), low)
}

const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
/// ICMPv6 follows; no more octets; router alert for MLD; two octets of padding.
const MLD_HOP_BY_HOP: [u8; 8] = [58, 0, 5, 2, 0, 0, 1, 0];
