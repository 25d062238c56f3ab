//! IPv4, RFC 791: no options, no fragments, no tunnels.

use core::net::{IpAddr, Ipv4Addr};

use smoltcp::wire::{EthernetFrame, IpProtocol, Ipv4Packet};

use super::{Pass, Rules, Stop, check_padding, transport};
use crate::guard::{PACKET_OCTETS_MAX, Warden};

pub(super) fn inspect<W: Warden>(
    ethernet: &EthernetFrame<&[u8]>,
    rules: &Rules<'_, W>,
) -> Result<Pass, Stop> {
    let payload = ethernet.payload();
    let packet = Ipv4Packet::new_checked(payload).map_err(|_| Stop::Malformed)?;
    if packet.version() != 4 {
        return Err(Stop::Malformed);
    }
    let packet_octets = usize::from(packet.total_len());
    check_padding(payload.len(), packet_octets)?;
    if packet_octets > PACKET_OCTETS_MAX {
        return Err(Stop::TooLong);
    }
    if packet.more_frags() || packet.frag_offset() != 0 {
        return Err(Stop::Fragment);
    }
    let remote = packet.dst_addr();
    if packet.next_header() == IpProtocol::Igmp {
        return igmp(&packet);
    }
    if packet.header_len() != HEADER_OCTETS {
        return Err(Stop::Diverting);
    }
    match packet.next_header() {
        IpProtocol::Tcp => {
            transport::unicast(ethernet)?;
            transport::tcp(IpAddr::V4(remote), packet.payload(), rules)
        }
        IpProtocol::Udp => {
            let udp = transport::udp_ports(packet.payload())?;
            if udp == DHCP_PORTS && rules.doors.dhcp && dhcp_reaches(remote, rules) {
                return Ok(Pass::Link);
            }
            transport::unicast(ethernet)?;
            transport::udp(IpAddr::V4(remote), udp, rules)
        }
        IpProtocol::Icmp => {
            transport::unicast(ethernet)?;
            icmp(IpAddr::V4(remote), packet.payload(), rules)
        }
        protocol => Err(transport::other(protocol)),
    }
}

/// RFC 1112, 2236, 3376: to a group, never farther than this link. The only option that goes
/// with it is router alert (RFC 2113).
fn igmp(packet: &Ipv4Packet<&[u8]>) -> Result<Pass, Stop> {
    if !packet.dst_addr().is_multicast() {
        return Err(Stop::Noise);
    }
    if packet.hop_limit() != 1 || packet.payload().len() < 8 {
        return Err(Stop::Malformed);
    }
    match packet.header_len() {
        HEADER_OCTETS => Ok(Pass::Link),
        24 if packet
            .as_ref()
            .get(usize::from(HEADER_OCTETS)..)
            .is_some_and(|options| options.starts_with(&ROUTER_ALERT)) =>
        {
            Ok(Pass::Link)
        }
        _ => Err(Stop::Diverting),
    }
}

/// RFC 2131: to everybody on the link, or to the server that gave the address.
fn dhcp_reaches<W>(remote: Ipv4Addr, rules: &Rules<'_, W>) -> bool {
    remote.is_broadcast() || rules.doors.dhcp_server == Some(remote)
}

/// RFC 792: answers only. An echo request would be a probe of a kind that the device has not.
fn icmp<W: Warden>(remote: IpAddr, message: &[u8], rules: &Rules<'_, W>) -> Result<Pass, Stop> {
    if message.len() < 8 {
        return Err(Stop::Malformed);
    }
    match message.first() {
        Some(0 | 3 | 11 | 12) => transport::answer(remote, rules),
        _ => Err(Stop::Unknown),
    }
}

const HEADER_OCTETS: u8 = 20;
const ROUTER_ALERT: [u8; 4] = [148, 4, 0, 0];
/// Source and destination port of a DHCP client.
const DHCP_PORTS: (u16, u16) = (68, 67);
