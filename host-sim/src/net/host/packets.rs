//! The packets of a host, and what a connection request looks like among them.

use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
};

use smoltcp::{
    phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken},
    time::Instant,
    wire::{IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket},
};

/// The largest IP packet, in octets.
const PACKET_OCTETS_MAX: usize = 1_500;

/// The host's network card: packets in, packets out.
#[derive(Default)]
pub(super) struct Packets {
    pub(super) incoming: VecDeque<Vec<u8>>,
    pub(super) outgoing: VecDeque<Vec<u8>>,
}

impl Device for Packets {
    type RxToken<'a> = Incoming;
    type TxToken<'a> = Outgoing<'a>;

    fn receive(&mut self, _now: Instant) -> Option<(Incoming, Outgoing<'_>)> {
        let packet = self.incoming.pop_front()?;
        Some((Incoming(packet), Outgoing(&mut self.outgoing)))
    }

    fn transmit(&mut self, _now: Instant) -> Option<Outgoing<'_>> {
        Some(Outgoing(&mut self.outgoing))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = PACKET_OCTETS_MAX;
        capabilities
    }
}

pub(super) struct Incoming(Vec<u8>);

impl RxToken for Incoming {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

pub(super) struct Outgoing<'a>(&'a mut VecDeque<Vec<u8>>);

impl TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, octets: usize, write: F) -> R {
        let mut packet = vec![0; octets];
        let result = write(&mut packet);
        self.0.push_back(packet);
        result
    }
}

/// Who asks for a connection to which port, if `packet` is a first SYN.
pub(crate) fn connection_request(packet: &[u8]) -> Option<(SocketAddr, u16)> {
    let (source, destination, payload): (IpAddr, IpAddr, &[u8]) = match packet.first()? >> 4 {
        4 => {
            let ip = Ipv4Packet::new_checked(packet).ok()?;
            (ip.next_header() == IpProtocol::Tcp).then_some(())?;
            (
                ip.src_addr().into(),
                ip.dst_addr().into(),
                packet.get(usize::from(ip.header_len())..)?,
            )
        }
        _ => {
            let ip = Ipv6Packet::new_checked(packet).ok()?;
            (ip.next_header() == IpProtocol::Tcp).then_some(())?;
            (
                ip.src_addr().into(),
                ip.dst_addr().into(),
                packet.get(ip.header_len()..)?,
            )
        }
    };
    let tcp = TcpPacket::new_checked(payload).ok()?;
    let first = tcp.syn() && !tcp.ack() && tcp.dst_port() != 0;
    (first && tcp.verify_checksum(&source.into(), &destination.into()))
        .then(|| (SocketAddr::new(source, tcp.src_port()), tcp.dst_port()))
}
