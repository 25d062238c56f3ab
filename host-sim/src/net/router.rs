//! The router on the device's link.
//!
//! It answers ARP and neighbour solicitations for its own addresses, takes IP packets off the
//! link, and puts packets for the device back on. It learns the device's hardware address from
//! the frames that it sees, and it answers "no route" where the world says so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        EthernetRepr, Icmpv4DstUnreachable, Icmpv4Packet, Icmpv4Repr, Icmpv6DstUnreachable,
        Icmpv6Packet, Icmpv6Repr, IpProtocol, IpRepr, Ipv4Packet, Ipv4Repr, Ipv6Packet, Ipv6Repr,
        NdiscNeighborFlags, NdiscRepr, RawHardwareAddress,
    },
};

/// The router's hardware address, locally administered.
const HARDWARE: EthernetAddress = EthernetAddress([0x02, 0, 0x5e, 0, 0, 0x01]);
/// Hop limit of the router's own packets; neighbour discovery demands 255 (RFC 4861, 7.1).
const HOP_LIMIT: u8 = 255;
/// An ICMPv4 error quotes the header and eight octets (RFC 792); options are never sent here.
const QUOTE_V4_OCTETS: usize = 8;
/// An ICMPv6 error quotes what fits; this is enough to find the connection (RFC 4443, 2.4 (c)).
const QUOTE_V6_OCTETS: usize = 64;

/// What becomes of a frame from the device.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Routed {
    /// Send this frame back.
    Reply(Vec<u8>),
    /// Carry this IP packet to its destination.
    Forward {
        /// Where it goes.
        destination: IpAddr,
        /// The packet, without the link's header.
        packet: Vec<u8>,
    },
    /// Nothing: multicast of the link, or no frame that a router understands.
    Ignored,
}

/// What to do with a frame.
enum Step {
    Reply(Vec<u8>),
    /// Forward so many octets behind the link's header. Padding of short frames is the link's, not
    /// the packet's.
    Forward {
        destination: IpAddr,
        packet_octets: usize,
    },
}

pub(crate) struct Router {
    ipv4: Ipv4Addr,
    ipv6: Ipv6Addr,
    device: Option<EthernetAddress>,
}

impl Router {
    /// A router with these addresses on the device's link.
    pub(crate) fn new(ipv4: Ipv4Addr, ipv6: Ipv6Addr) -> Self {
        Self {
            ipv4,
            ipv6,
            device: None,
        }
    }

    /// Takes a frame from the device.
    pub(crate) fn take(&mut self, octets: Vec<u8>) -> Routed {
        let Ok(frame) = EthernetFrame::new_checked(octets.as_slice()) else {
            return Routed::Ignored;
        };
        self.device = Some(frame.src_addr());
        let step = match frame.ethertype() {
            EthernetProtocol::Arp => self.arp(frame.payload()),
            EthernetProtocol::Ipv4 if frame.dst_addr() == HARDWARE => ipv4(frame.payload()),
            EthernetProtocol::Ipv6 => self.ipv6(&frame),
            _ => None,
        };
        match step {
            Some(Step::Reply(frame)) => Routed::Reply(frame),
            Some(Step::Forward {
                destination,
                packet_octets,
            }) => {
                let mut packet = octets;
                packet.drain(..EthernetFrame::<&[u8]>::header_len());
                packet.truncate(packet_octets);
                Routed::Forward {
                    destination,
                    packet,
                }
            }
            None => Routed::Ignored,
        }
    }

    /// Puts a packet for the device into a frame. `None` until the device has spoken.
    pub(crate) fn deliver(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let ethertype = match packet.first()? >> 4 {
            4 => EthernetProtocol::Ipv4,
            _ => EthernetProtocol::Ipv6,
        };
        Some(frame(self.device?, ethertype, packet.len(), |payload| {
            payload.copy_from_slice(packet);
        }))
    }

    /// The ICMP packet that says "there is no such host" to whoever sent `packet`.
    pub(crate) fn unreachable(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let checksums = ChecksumCapabilities::default();
        if let Ok(about) = Ipv4Packet::new_checked(packet) {
            let header = Ipv4Repr::parse(&about, &ChecksumCapabilities::ignored()).ok()?;
            let payload = about.payload();
            let icmp = Icmpv4Repr::DstUnreachable {
                reason: Icmpv4DstUnreachable::HostUnreachable,
                header,
                data: payload.get(..QUOTE_V4_OCTETS).unwrap_or(payload),
            };
            let ip = IpRepr::new(
                self.ipv4.into(),
                header.src_addr.into(),
                IpProtocol::Icmp,
                icmp.buffer_len(),
                HOP_LIMIT,
            );
            return Some(ip_packet(&ip, |payload| {
                icmp.emit(&mut Icmpv4Packet::new_unchecked(payload), &checksums);
            }));
        }
        let about = Ipv6Packet::new_checked(packet).ok()?;
        let header = Ipv6Repr::parse(&about).ok()?;
        let payload = about.payload();
        let icmp = Icmpv6Repr::DstUnreachable {
            reason: Icmpv6DstUnreachable::AddrUnreachable,
            header,
            data: payload.get(..QUOTE_V6_OCTETS).unwrap_or(payload),
        };
        Some(icmpv6(self.ipv6, header.src_addr, &icmp))
    }

    fn arp(&self, packet: &[u8]) -> Option<Step> {
        let request = ArpRepr::parse(&ArpPacket::new_checked(packet).ok()?).ok()?;
        let ArpRepr::EthernetIpv4 {
            operation: ArpOperation::Request,
            source_hardware_addr,
            source_protocol_addr,
            target_protocol_addr,
            ..
        } = request
        else {
            return None;
        };
        if target_protocol_addr != self.ipv4 {
            return None;
        }
        let reply = ArpRepr::EthernetIpv4 {
            operation: ArpOperation::Reply,
            source_hardware_addr: HARDWARE,
            source_protocol_addr: self.ipv4,
            target_hardware_addr: source_hardware_addr,
            target_protocol_addr: source_protocol_addr,
        };
        Some(Step::Reply(frame(
            source_hardware_addr,
            EthernetProtocol::Arp,
            reply.buffer_len(),
            |payload| reply.emit(&mut ArpPacket::new_unchecked(payload)),
        )))
    }

    fn ipv6(&self, frame: &EthernetFrame<&[u8]>) -> Option<Step> {
        let packet = Ipv6Packet::new_checked(frame.payload()).ok()?;
        let header = Ipv6Repr::parse(&packet).ok()?;
        if header.next_header == IpProtocol::Icmpv6
            && let Some(reply) = self.neighbour(&header, packet.payload())
        {
            return self.deliver(&reply).map(Step::Reply);
        }
        let destination = header.dst_addr;
        let ours = frame.dst_addr() == HARDWARE && !destination.is_unicast_link_local();
        ours.then_some(Step::Forward {
            destination: destination.into(),
            packet_octets: frame.payload().len(),
        })
    }

    /// The advertisement that answers a solicitation for the router's address (RFC 4861, 7.2.4).
    fn neighbour(&self, header: &Ipv6Repr, payload: &[u8]) -> Option<Vec<u8>> {
        let solicitation = Icmpv6Repr::parse(
            &header.src_addr,
            &header.dst_addr,
            &Icmpv6Packet::new_checked(payload).ok()?,
            &ChecksumCapabilities::default(),
        )
        .ok()?;
        let Icmpv6Repr::Ndisc(NdiscRepr::NeighborSolicit { target_addr, .. }) = solicitation else {
            return None;
        };
        (target_addr == self.ipv6).then(|| {
            let advertisement = Icmpv6Repr::Ndisc(NdiscRepr::NeighborAdvert {
                flags: NdiscNeighborFlags::ROUTER
                    | NdiscNeighborFlags::SOLICITED
                    | NdiscNeighborFlags::OVERRIDE,
                target_addr,
                lladdr: Some(RawHardwareAddress::from(HARDWARE)),
            });
            icmpv6(self.ipv6, header.src_addr, &advertisement)
        })
    }
}

fn ipv4(payload: &[u8]) -> Option<Step> {
    let packet = Ipv4Packet::new_checked(payload).ok()?;
    let packet_octets = usize::from(packet.total_len());
    (packet_octets <= payload.len()).then(|| Step::Forward {
        destination: packet.dst_addr().into(),
        packet_octets,
    })
}

fn icmpv6(source: Ipv6Addr, destination: Ipv6Addr, icmp: &Icmpv6Repr<'_>) -> Vec<u8> {
    let ip = IpRepr::new(
        source.into(),
        destination.into(),
        IpProtocol::Icmpv6,
        icmp.buffer_len(),
        HOP_LIMIT,
    );
    ip_packet(&ip, |payload| {
        icmp.emit(
            &source,
            &destination,
            &mut Icmpv6Packet::new_unchecked(payload),
            &ChecksumCapabilities::default(),
        );
    })
}

fn ip_packet(ip: &IpRepr, fill: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut packet = vec![0; ip.buffer_len()];
    ip.emit(&mut packet, &ChecksumCapabilities::default());
    fill(packet.split_at_mut(ip.header_len()).1);
    packet
}

fn frame(
    destination: EthernetAddress,
    ethertype: EthernetProtocol,
    payload_octets: usize,
    fill: impl FnOnce(&mut [u8]),
) -> Vec<u8> {
    let mut octets = vec![0; EthernetFrame::<&[u8]>::buffer_len(payload_octets)];
    let mut frame = EthernetFrame::new_unchecked(octets.as_mut_slice());
    EthernetRepr {
        src_addr: HARDWARE,
        dst_addr: destination,
        ethertype,
    }
    .emit(&mut frame);
    fill(frame.payload_mut());
    octets
}
