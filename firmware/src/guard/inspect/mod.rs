//! What a frame is, and whether it may leave. Pure: no counters, no clock but the warden's.
//!
//! Everything is stopped that is not plainly permitted: an unknown protocol, an option or an
//! extension header that could divert a packet, and an octet that no header accounts for.

mod ipv4;
#[cfg(feature = "ipv6")]
mod ipv6;
mod segment;
mod transport;

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use smoltcp::wire::{
    ArpHardware, ArpOperation, ArpPacket, EthernetAddress, EthernetFrame, EthernetProtocol,
};

use super::{Doors, Warden};

#[cfg(all(feature = "ipv6", not(feature = "relay-only")))]
pub(super) use ipv6::solicited_node;
pub(super) use segment::Segment;
#[cfg(not(feature = "relay-only"))]
pub(super) use transport::is_one_machine;

/// Why a frame may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It goes to an endpoint, or as ICMP to an address, that the scope permits.
    Scope,
    /// It goes to the scope's resolver, or through one of the [`Doors`].
    Door,
    /// It is one of the link's own protocols; a limit applies.
    Link,
}

/// Why a frame may not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Not to be read, or with octets that no header accounts for.
    Malformed,
    /// A protocol that the device does not speak.
    Unknown,
    /// A fragment: its ports are not to be seen.
    Fragment,
    /// Options or extension headers that may divert or hide a packet.
    Diverting,
    /// A tunnel: the packet inside goes elsewhere.
    Tunnel,
    /// Over [`super::PACKET_OCTETS_MAX`].
    TooLong,
    /// Not from our own hardware address.
    ForeignSource,
    /// Asks on the link for a machine that the device has no business with.
    Neighbour,
    /// The stack's noise towards strangers, or a connection that nobody wants any more.
    Noise,
    /// Would turn away a caller of the sink, because nobody listens just now.
    NobodyListens,
    /// Too many of the link's own protocols, or of connections that wait to begin.
    Limited,
    /// A probe outside the scope.
    Violation(SocketAddr),
}

/// What every part of the inspection needs to know.
struct Rules<'a, W> {
    own: EthernetAddress,
    doors: &'a Doors,
    warden: &'a W,
}

/// Says whether `frame` may leave a device whose hardware address is `own`.
pub fn inspect<W: Warden>(
    frame: &[u8],
    own: [u8; 6],
    doors: &Doors,
    warden: &W,
) -> Result<Pass, Stop> {
    let rules = Rules {
        own: EthernetAddress(own),
        doors,
        warden,
    };
    let ethernet = EthernetFrame::new_checked(frame).map_err(|_| Stop::Malformed)?;
    if ethernet.src_addr() != rules.own || !rules.own.is_unicast() {
        return Err(Stop::ForeignSource);
    }
    match ethernet.ethertype() {
        EthernetProtocol::Arp => arp(&ethernet, &rules),
        EthernetProtocol::Ipv4 => ipv4::inspect(&ethernet, &rules),
        #[cfg(feature = "ipv6")]
        EthernetProtocol::Ipv6 => ipv6::inspect(&ethernet, &rules),
        #[cfg(not(feature = "ipv6"))]
        EthernetProtocol::Ipv6 => Err(Stop::Unknown),
        EthernetProtocol::Unknown(_) => Err(Stop::Unknown),
    }
}

/// RFC 826, and RFC 5227 for probes of our own address.
fn arp<W: Warden>(ethernet: &EthernetFrame<&[u8]>, rules: &Rules<'_, W>) -> Result<Pass, Stop> {
    let payload = ethernet.payload();
    let arp = ArpPacket::new_checked(payload).map_err(|_| Stop::Malformed)?;
    if arp.hardware_type() != ArpHardware::Ethernet
        || arp.protocol_type() != EthernetProtocol::Ipv4
        || arp.hardware_len() != 6
        || arp.protocol_len() != 4
    {
        return Err(Stop::Malformed);
    }
    check_padding(payload.len(), ARP_OCTETS)?;
    if arp.source_hardware_addr() != rules.own.as_bytes() {
        return Err(Stop::ForeignSource);
    }
    let address = |octets: &[u8]| {
        <[u8; 4]>::try_from(octets)
            .map(Ipv4Addr::from)
            .map_err(|_| Stop::Malformed)
    };
    let source = address(arp.source_protocol_addr())?;
    let target = address(arp.target_protocol_addr())?;
    match arp.operation() {
        ArpOperation::Reply if !ethernet.dst_addr().is_multicast() => Ok(Pass::Link),
        ArpOperation::Request if source.is_unspecified() || source == target => Ok(Pass::Link),
        ArpOperation::Request if rules.neighbour(IpAddr::V4(target)) => Ok(Pass::Link),
        ArpOperation::Reply | ArpOperation::Request => Err(Stop::Neighbour),
        ArpOperation::Unknown(_) => Err(Stop::Unknown),
    }
}

impl<W: Warden> Rules<'_, W> {
    /// Whether the device has business with `address` on its own link.
    fn neighbour(&self, address: IpAddr) -> bool {
        self.doors.knows(address)
            || self.is_resolver(address)
            || self.warden.sink_elsewhere(false).map(|sink| sink.ip()) == Some(address)
            || self.warden.permits_address(address)
    }

    /// Whether `address` is the scope's resolver; only port 53 of it is a door.
    fn is_resolver(&self, address: IpAddr) -> bool {
        self.warden.resolver() == Some(address)
    }
}

/// What an ARP packet for IPv4 over Ethernet takes.
const ARP_OCTETS: usize = 28;

/// The payload of the smallest Ethernet frame. A driver may fill up to it, and nothing beyond.
const PAYLOAD_OCTETS_MIN: usize = 46;

/// Refuses octets behind the `used` ones, unless they only fill the smallest frame.
fn check_padding(available: usize, used: usize) -> Result<(), Stop> {
    if available == used || available == PAYLOAD_OCTETS_MIN && used < PAYLOAD_OCTETS_MIN {
        Ok(())
    } else {
        Err(Stop::Malformed)
    }
}

#[cfg(test)]
pub(super) mod tests;
