//! The router on the device's link.
//!
//! It answers ARP and neighbour solicitations for its own addresses, and for the hosts that are on the
//! link beside it. It takes IP packets off the link, and puts packets for the device back on. It learns
//! the device's hardware address from the frames that it sees, and it answers "no route" where the world
//! says so. Where the world says so it also gives the device its addresses.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        EthernetRepr, Icmpv4DstUnreachable, Icmpv4Packet, Icmpv4Repr, Icmpv6DstUnreachable,
        Icmpv6Packet, Icmpv6Repr, IpProtocol, IpRepr, Ipv4Packet, Ipv4Repr, Ipv6Packet, Ipv6Repr,
        NdiscNeighborFlags, NdiscRepr, RawHardwareAddress,
    },
};

use super::giver::{Giver, Gives};

/// The router's hardware address, locally administered.
pub(super) const HARDWARE: EthernetAddress = EthernetAddress([0x02, 0, 0x5e, 0, 0, 0x01]);
/// Hop limit of the router's own packets; neighbour discovery demands 255 (RFC 4861, 7.1).
pub(super) const HOP_LIMIT: u8 = 255;
/// The router's own address on the link (RFC 4291, 2.5.6), under which it advertises itself.
pub(crate) const LINK_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0x5eff, 0xfe00, 1);
/// An ICMPv4 error quotes the header and eight octets (RFC 792); options are never sent here.
const QUOTE_V4_OCTETS: usize = 8;
/// An ICMPv6 error quotes what fits; this is enough to find the connection (RFC 4443, 2.4 (c)).
const QUOTE_V6_OCTETS: usize = 64;

/// What becomes of a frame from the device.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Routed {
    /// Send these frames back.
    Reply(Vec<Vec<u8>>),
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
    Reply(Vec<Vec<u8>>),
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
    /// Hosts on the device's own link. Their frames too come from the router's hardware address.
    pub(crate) neighbours: Vec<IpAddr>,
    /// Gives the device its addresses, where it has none of its own.
    pub(crate) giver: Option<Giver>,
}

impl Router {
    /// A router with these addresses on the device's link.
    pub(crate) fn new(ipv4: Ipv4Addr, ipv6: Ipv6Addr) -> Self {
        Self {
            ipv4,
            ipv6,
            device: None,
            neighbours: Vec::new(),
            giver: None,
        }
    }

    /// The same router, which gives addresses too.
    pub(crate) fn giving(mut self, gives: Gives) -> Self {
        self.giver = Some(Giver::new(gives, self.ipv4, self.ipv6));
        self
    }

    /// Takes a frame from the device.
    pub(crate) fn take(&mut self, now: Duration, octets: Vec<u8>) -> Routed {
        let Ok(frame) = EthernetFrame::new_checked(octets.as_slice()) else {
            return Routed::Ignored;
        };
        self.device = Some(frame.src_addr());
        let step = match frame.ethertype() {
            EthernetProtocol::Arp => self.arp(now, frame.payload()),
            EthernetProtocol::Ipv4 => {
                let given = self
                    .giver
                    .as_mut()
                    .and_then(|giver| giver.dhcp(now, &frame));
                match given {
                    Some(frame) => Some(Step::Reply(vec![frame])),
                    None if frame.dst_addr() == HARDWARE => ipv4(frame.payload()),
                    None => None,
                }
            }
            EthernetProtocol::Ipv6 => self.ipv6(now, &frame),
            _ => None,
        };
        match step {
            Some(Step::Reply(frames)) => Routed::Reply(frames),
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

    /// For the router itself, and for a DHCP server or hosts beside it.
    fn arp(&self, now: Duration, packet: &[u8]) -> Option<Step> {
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
        let giver = self.giver.as_ref();
        let is_server = giver.is_some_and(|giver| giver.is_at(now, target_protocol_addr));
        let is_neighbour = self.neighbours.contains(&target_protocol_addr.into());
        if target_protocol_addr != self.ipv4 && !is_server && !is_neighbour {
            return None;
        }
        let reply = ArpRepr::EthernetIpv4 {
            operation: ArpOperation::Reply,
            source_hardware_addr: HARDWARE,
            source_protocol_addr: target_protocol_addr,
            target_hardware_addr: source_hardware_addr,
            target_protocol_addr: source_protocol_addr,
        };
        Some(Step::Reply(vec![frame(
            source_hardware_addr,
            EthernetProtocol::Arp,
            reply.buffer_len(),
            |payload| reply.emit(&mut ArpPacket::new_unchecked(payload)),
        )]))
    }

    fn ipv6(&mut self, now: Duration, frame: &EthernetFrame<&[u8]>) -> Option<Step> {
        let packet = Ipv6Packet::new_checked(frame.payload()).ok()?;
        let header = Ipv6Repr::parse(&packet).ok()?;
        if header.next_header == IpProtocol::Icmpv6
            && let Some(asked) = discovery(&header, packet.payload())
        {
            return self.discovered(now, &header, &asked);
        }
        let destination = header.dst_addr;
        let ours = frame.dst_addr() == HARDWARE && !destination.is_unicast_link_local();
        ours.then_some(Step::Forward {
            destination: destination.into(),
            packet_octets: frame.payload().len(),
        })
    }

    /// The advertisement that answers a solicitation for one of the router's addresses (RFC 4861,
    /// 7.2.4), and those that answer one for routers (6.2.6).
    fn discovered(&mut self, now: Duration, header: &Ipv6Repr, asked: &Asked) -> Option<Step> {
        match *asked {
            Asked::Neighbour(target)
                if target == self.ipv6
                    || target == LINK_LOCAL
                    || self.neighbours.contains(&target.into()) =>
            {
                let advertisement = Icmpv6Repr::Ndisc(NdiscRepr::NeighborAdvert {
                    flags: NdiscNeighborFlags::ROUTER
                        | NdiscNeighborFlags::SOLICITED
                        | NdiscNeighborFlags::OVERRIDE,
                    target_addr: target,
                    lladdr: Some(RawHardwareAddress::from(HARDWARE)),
                });
                let reply = icmpv6(target, header.src_addr, &advertisement);
                self.deliver(&reply).map(|frame| Step::Reply(vec![frame]))
            }
            Asked::Neighbour(_) => None,
            Asked::Routers => {
                let giver = self.giver.as_mut()?;
                Some(Step::Reply(giver.advertisements(now)))
            }
        }
    }
}

/// What neighbour discovery asks a router.
enum Asked {
    Neighbour(Ipv6Addr),
    Routers,
}

fn discovery(header: &Ipv6Repr, payload: &[u8]) -> Option<Asked> {
    let icmp = Icmpv6Repr::parse(
        &header.src_addr,
        &header.dst_addr,
        &Icmpv6Packet::new_checked(payload).ok()?,
        &ChecksumCapabilities::default(),
    );
    match icmp.ok()? {
        Icmpv6Repr::Ndisc(NdiscRepr::NeighborSolicit { target_addr, .. }) => {
            Some(Asked::Neighbour(target_addr))
        }
        Icmpv6Repr::Ndisc(NdiscRepr::RouterSolicit { .. }) => Some(Asked::Routers),
        _ => None,
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

pub(super) fn icmpv6(source: Ipv6Addr, destination: Ipv6Addr, icmp: &Icmpv6Repr<'_>) -> Vec<u8> {
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

pub(super) fn ip_packet(ip: &IpRepr, fill: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut packet = vec![0; ip.buffer_len()];
    ip.emit(&mut packet, &ChecksumCapabilities::default());
    fill(packet.split_at_mut(ip.header_len()).1);
    packet
}

pub(super) fn frame(
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
