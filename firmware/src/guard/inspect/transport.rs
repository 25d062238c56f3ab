//! TCP and UDP, the same over both families.

use core::net::{IpAddr, SocketAddr};

use probe_core::dns::DNS_PORT;
use smoltcp::wire::{EthernetFrame, IpProtocol, TcpPacket, UdpPacket};

use super::{Pass, Rules, Stop};
use crate::guard::Warden;

/// A packet for one machine goes to one machine's hardware address.
pub(super) fn unicast(ethernet: &EthernetFrame<&[u8]>) -> Result<(), Stop> {
    if ethernet.dst_addr().is_unicast() {
        Ok(())
    } else {
        Err(Stop::Malformed)
    }
}

/// A segment may go to the scope, through the doors, to the sink elsewhere, and from the sink's ports to whoever has
/// connected there. Towards a stranger, a SYN that asks or a segment with data is a probe; everything
/// else is the stack answering.
pub(super) fn tcp<W: Warden>(
    remote: IpAddr,
    segment: &[u8],
    rules: &Rules<'_, W>,
) -> Result<Pass, Stop> {
    let segment = TcpPacket::new_checked(segment).map_err(|_| Stop::Malformed)?;
    let endpoint = SocketAddr::new(remote, segment.dst_port());
    if tcp_door(endpoint, segment.src_port(), rules) {
        return Ok(Pass::Door);
    }
    let asks = segment.syn() && !segment.ack();
    if rules.warden.sink_elsewhere(asks) == Some(endpoint) {
        return Ok(Pass::Door);
    }
    if rules.warden.permits(endpoint) {
        return if asks && rules.warden.is_objected(remote) {
            // It was asked for before somebody objected.
            Err(Stop::Noise)
        } else {
            Ok(Pass::Scope)
        };
    }
    if !asks && rules.warden.is_sink_port(segment.src_port()) {
        return sink(remote, &segment);
    }
    if rules.warden.sink_elsewhere(false) == Some(endpoint) {
        // It was asked for before the check was over.
        return Err(Stop::Noise);
    }
    if asks || !segment.payload().is_empty() && !segment.rst() {
        Err(Stop::Violation(endpoint))
    } else {
        Err(Stop::Noise)
    }
}

/// Answers whoever has called a port of the sink.
fn sink(remote: IpAddr, segment: &TcpPacket<&[u8]>) -> Result<Pass, Stop> {
    // RFC 9293, 3.5.2: what answers a SYN for which nobody listens acknowledges it and has no number
    // of its own. Without it the peer asks again in a second, when somebody may listen.
    let nobody_listens = segment.rst() && segment.ack() && segment.seq_number().0 == 0;
    if nobody_listens {
        Err(Stop::NobodyListens)
    } else if is_one_machine(remote) {
        Ok(Pass::Door)
    } else {
        Err(Stop::Noise)
    }
}

/// Whether `address` can be that of a single machine, whatever the network is.
pub(in crate::guard) fn is_one_machine(address: IpAddr) -> bool {
    let nobody = address.is_unspecified() || address.is_multicast() || address.is_loopback();
    let everybody = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    !nobody && !everybody
}

fn tcp_door<W: Warden>(remote: SocketAddr, local_port: u16, rules: &Rules<'_, W>) -> bool {
    let resolver = rules.is_resolver(remote.ip()) && remote.port() == DNS_PORT;
    let host = rules
        .doors
        .host
        .is_some_and(|host| host.address == remote.ip() && host.local_port == local_port);
    resolver || host
}

/// Source and destination port of a datagram that fills its packet.
pub(super) fn udp_ports(datagram: &[u8]) -> Result<(u16, u16), Stop> {
    let udp = UdpPacket::new_checked(datagram).map_err(|_| Stop::Malformed)?;
    if usize::from(udp.len()) != datagram.len() {
        return Err(Stop::Malformed);
    }
    Ok((udp.src_port(), udp.dst_port()))
}

/// A datagram may go to the resolver; the stack makes none of its own accord, so any other is a
/// probe.
pub(super) fn udp<W: Warden>(
    remote: IpAddr,
    (_, port): (u16, u16),
    rules: &Rules<'_, W>,
) -> Result<Pass, Stop> {
    if rules.is_resolver(remote) && port == DNS_PORT {
        Ok(Pass::Door)
    } else {
        Err(Stop::Violation(SocketAddr::new(remote, port)))
    }
}

/// An ICMP answer may go where a probe may, and to the machines behind the doors.
pub(super) fn answer<W: Warden>(remote: IpAddr, rules: &Rules<'_, W>) -> Result<Pass, Stop> {
    if rules.neighbour(remote) {
        Ok(Pass::Link)
    } else {
        Err(Stop::Noise)
    }
}

/// Why a protocol of no other concern is stopped.
pub(super) fn other(protocol: IpProtocol) -> Stop {
    match u8::from(protocol) {
        // IP in IP, IPv6 in IP, GRE, minimal encapsulation, EtherIP, IPComp, L2TP.
        4 | 41 | 47 | 55 | 97 | 108 | 115 => Stop::Tunnel,
        // Hop-by-hop, routing, fragment, ESP, AH, no next header, destination options.
        0 | 43 | 44 | 50 | 51 | 59 | 60 => Stop::Diverting,
        _ => Stop::Unknown,
    }
}
