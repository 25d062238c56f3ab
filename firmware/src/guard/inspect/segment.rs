//! The TCP segment of a frame that was let pass.

use core::net::{IpAddr, SocketAddr};

#[cfg(feature = "ipv6")]
use smoltcp::wire::Ipv6Packet;
use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};

/// Where a segment goes, and whether it asks for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::guard) struct Segment {
    /// Towards whom.
    pub(in crate::guard) remote: SocketAddr,
    /// From which port.
    pub(in crate::guard) local_port: u16,
    /// Its sequence number.
    pub(in crate::guard) sequence: u32,
    /// Whether it asks for a connection.
    pub(in crate::guard) begins: bool,
}

impl Segment {
    /// Reads the segment of a frame that [`super::inspect`] lets pass, where it carries one.
    pub(in crate::guard) fn read(frame: &[u8]) -> Option<Self> {
        let ethernet = EthernetFrame::new_checked(frame).ok()?;
        match ethernet.ethertype() {
            EthernetProtocol::Ipv4 => {
                let packet = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
                let tcp = packet.next_header() == IpProtocol::Tcp;
                tcp.then(|| Self::of(IpAddr::V4(packet.dst_addr()), packet.payload()))?
            }
            #[cfg(not(feature = "ipv6"))]
            EthernetProtocol::Ipv6 => None,
            #[cfg(feature = "ipv6")]
            EthernetProtocol::Ipv6 => {
                let packet = Ipv6Packet::new_checked(ethernet.payload()).ok()?;
                let tcp = packet.next_header() == IpProtocol::Tcp;
                tcp.then(|| Self::of(IpAddr::V6(packet.dst_addr()), packet.payload()))?
            }
            EthernetProtocol::Arp | EthernetProtocol::Unknown(_) => None,
        }
    }

    fn of(remote: IpAddr, segment: &[u8]) -> Option<Self> {
        let tcp = TcpPacket::new_checked(segment).ok()?;
        Some(Self {
            remote: SocketAddr::new(remote, tcp.dst_port()),
            local_port: tcp.src_port(),
            sequence: u32::from_be_bytes(tcp.seq_number().0.to_be_bytes()),
            begins: tcp.syn() && !tcp.ack(),
        })
    }
}
