//! What the observer reads of a frame.

use std::net::{IpAddr, SocketAddr};

use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
    Icmpv6Message, Icmpv6Packet, IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket, TcpSeqNumber,
    UdpPacket,
};

use super::Allowed;

/// What matters of a TCP segment.
pub(super) struct Segment {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) sequence: TcpSeqNumber,
    pub(super) syn: bool,
    pub(super) ack: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
}

impl Segment {
    /// A segment that whoever gets it takes for sound.
    pub(super) fn read(frame: &EthernetFrame<&[u8]>) -> Option<Self> {
        let (source, destination, protocol, payload) = addressed(frame)?;
        (protocol == IpProtocol::Tcp).then_some(())?;
        let tcp = TcpPacket::new_checked(payload).ok()?;
        tcp.verify_checksum(&source.into(), &destination.into())
            .then_some(())?;
        Some(Self {
            source: SocketAddr::new(source, tcp.src_port()),
            destination: SocketAddr::new(destination, tcp.dst_port()),
            sequence: tcp.seq_number(),
            syn: tcp.syn(),
            ack: tcp.ack(),
            fin: tcp.fin(),
            rst: tcp.rst(),
        })
    }
}

/// Where a UDP datagram goes, or as port 0 an ICMP answer to one.
pub(super) fn datagram(frame: &EthernetFrame<&[u8]>) -> Option<SocketAddr> {
    let (_, destination, protocol, payload) = addressed(frame)?;
    match protocol {
        IpProtocol::Udp => {
            let udp = UdpPacket::new_checked(payload).ok()?;
            Some(SocketAddr::new(destination, udp.dst_port()))
        }
        IpProtocol::Icmp => Some(SocketAddr::new(destination, 0)),
        IpProtocol::Icmpv6 => {
            let icmp = Icmpv6Packet::new_checked(payload).ok()?;
            (icmp.msg_type() == Icmpv6Message::DstUnreachable)
                .then(|| SocketAddr::new(destination, 0))
        }
        _ => None,
    }
}

/// Whom a frame asks for on the link (RFC 826; RFC 4861, 4.3). Whoever asks whether an address of its own is
/// taken asks for nobody.
pub(super) fn asked_for(frame: &EthernetFrame<&[u8]>) -> Option<IpAddr> {
    if frame.ethertype() == EthernetProtocol::Arp {
        let packet = ArpPacket::new_checked(frame.payload()).ok()?;
        let ArpRepr::EthernetIpv4 {
            operation: ArpOperation::Request,
            source_protocol_addr: source,
            target_protocol_addr: target,
            ..
        } = ArpRepr::parse(&packet).ok()?
        else {
            return None;
        };
        return (!source.is_unspecified() && source != target).then_some(target.into());
    }
    let (source, _, protocol, payload) = addressed(frame)?;
    if protocol != IpProtocol::Icmpv6 || source.is_unspecified() {
        return None;
    }
    let icmp = Icmpv6Packet::new_checked(payload).ok()?;
    let asks = icmp.msg_type() == Icmpv6Message::NeighborSolicit && payload.len() >= 24;
    asks.then(|| icmp.target_addr().into())
}

fn addressed<'a>(
    frame: &EthernetFrame<&'a [u8]>,
) -> Option<(IpAddr, IpAddr, IpProtocol, &'a [u8])> {
    match frame.ethertype() {
        EthernetProtocol::Ipv4 => {
            let ip = Ipv4Packet::new_checked(frame.payload()).ok()?;
            Some((
                ip.src_addr().into(),
                ip.dst_addr().into(),
                ip.next_header(),
                ip.payload(),
            ))
        }
        EthernetProtocol::Ipv6 => {
            let ip = Ipv6Packet::new_checked(frame.payload()).ok()?;
            Some((
                ip.src_addr().into(),
                ip.dst_addr().into(),
                ip.next_header(),
                ip.payload(),
            ))
        }
        _ => None,
    }
}

/// Beside TCP and its resolver, a device in the simulator has business with its link only: ARP, neighbour
/// discovery, multicast reports, and DHCP where its network gives addresses.
pub(super) fn link_protocol(frame: &EthernetFrame<&[u8]>, allowed: &Allowed) -> Result<(), String> {
    match frame.ethertype() {
        EthernetProtocol::Arp => ArpPacket::new_checked(frame.payload())
            .and_then(|packet| ArpRepr::parse(&packet))
            .map(|_| ())
            .map_err(|_| "ARP that is not to be read".into()),
        EthernetProtocol::Ipv6 => {
            let (_, destination, protocol, payload) =
                addressed(frame).ok_or("IPv6 that is not to be read")?;
            let neighbour = protocol == IpProtocol::Icmpv6
                && Icmpv6Packet::new_checked(payload).is_ok_and(|icmp| {
                    matches!(
                        icmp.msg_type(),
                        Icmpv6Message::NeighborSolicit
                            | Icmpv6Message::NeighborAdvert
                            | Icmpv6Message::RouterSolicit
                    )
                });
            // Multicast listener reports travel behind a hop-by-hop header (RFC 3810, 5).
            let report = protocol == IpProtocol::HopByHop
                && frame.dst_addr() != EthernetAddress::BROADCAST
                && destination.is_multicast();
            if neighbour || report {
                Ok(())
            } else {
                Err(format!("{protocol} to {destination}"))
            }
        }
        _ => match addressed(frame) {
            Some((_, destination, IpProtocol::Udp, payload))
                if UdpPacket::new_checked(payload)
                    .is_ok_and(|udp| (udp.src_port(), udp.dst_port()) == (68, 67))
                    && allowed.allows_dhcp(destination) =>
            {
                Ok(())
            }
            Some((_, destination, protocol, _)) => Err(format!("{protocol} to {destination}")),
            None => Err(format!("a frame of type {}", frame.ethertype())),
        },
    }
}
