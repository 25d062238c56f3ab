//! Echo replies (RFC 792, RFC 4443 4.2) of the router and of the hosts behind it: what whoever
//! brings up a board asks first.
//!
//! Simulated hosts have no ICMP of their own, because the appliance never asks for an echo.

use std::{collections::BTreeSet, net::IpAddr};

use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, Icmpv4Message, Icmpv4Packet, Icmpv6Message, Icmpv6Packet,
    IpProtocol, Ipv4Packet, Ipv6Packet,
};

use crate::world::{Site, World};

/// Whoever answers an echo request.
pub(super) struct Echo {
    there: BTreeSet<IpAddr>,
}

impl Echo {
    /// The router and the hosts of `world`.
    pub(super) fn of(world: &World) -> Self {
        let hosts = world
            .sites
            .iter()
            .filter(|(_, site)| matches!(site, Site::Peer(_) | Site::Proxy(_) | Site::ClosedPort))
            .map(|(at, _)| at.ip());
        let router = [
            IpAddr::V4(world.device.gateway_v4),
            IpAddr::V6(world.device.gateway_v6),
        ];
        Self {
            there: hosts.chain(router).collect(),
        }
    }

    /// The frame that answers `frame`, if it asks somebody who is there for an echo.
    pub(super) fn answer(&self, frame: &[u8]) -> Option<Vec<u8>> {
        let mut octets = frame.to_vec();
        let mut frame = EthernetFrame::new_checked(octets.as_mut_slice()).ok()?;
        let (caller, asked) = (frame.src_addr(), frame.dst_addr());
        if !asked.is_unicast() {
            return None;
        }
        match frame.ethertype() {
            EthernetProtocol::Ipv4 => self.turn_v4(frame.payload_mut())?,
            EthernetProtocol::Ipv6 => self.turn_v6(frame.payload_mut())?,
            _ => return None,
        }
        frame.set_src_addr(asked);
        frame.set_dst_addr(caller);
        Some(octets)
    }

    fn turn_v4(&self, packet: &mut [u8]) -> Option<()> {
        let mut ip = Ipv4Packet::new_checked(packet).ok()?;
        let (caller, asked) = (ip.src_addr(), ip.dst_addr());
        let whole = !ip.more_frags() && ip.frag_offset() == 0;
        if !whole || ip.next_header() != IpProtocol::Icmp || !self.there.contains(&asked.into()) {
            return None;
        }
        let mut icmp = Icmpv4Packet::new_checked(ip.payload_mut()).ok()?;
        if icmp.msg_type() != Icmpv4Message::EchoRequest || !icmp.verify_checksum() {
            return None;
        }
        icmp.set_msg_type(Icmpv4Message::EchoReply);
        icmp.fill_checksum();
        ip.set_src_addr(asked);
        ip.set_dst_addr(caller);
        ip.fill_checksum();
        Some(())
    }

    fn turn_v6(&self, packet: &mut [u8]) -> Option<()> {
        let mut ip = Ipv6Packet::new_checked(packet).ok()?;
        let (caller, asked) = (ip.src_addr(), ip.dst_addr());
        if ip.next_header() != IpProtocol::Icmpv6 || !self.there.contains(&asked.into()) {
            return None;
        }
        let mut icmp = Icmpv6Packet::new_checked(ip.payload_mut()).ok()?;
        if icmp.msg_type() != Icmpv6Message::EchoRequest || !icmp.verify_checksum(&caller, &asked) {
            return None;
        }
        icmp.set_msg_type(Icmpv6Message::EchoReply);
        icmp.fill_checksum(&asked, &caller);
        ip.set_src_addr(asked);
        ip.set_dst_addr(caller);
        Some(())
    }
}
