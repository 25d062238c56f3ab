//! What the third check says of frames that ask for somebody on the link.

use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        EthernetRepr, Icmpv6Packet, Icmpv6Repr, IpProtocol, IpRepr, NdiscRepr, TcpControl,
        TcpPacket, TcpRepr, TcpSeqNumber,
    },
};

use super::*;

const DEVICE: EthernetAddress = EthernetAddress([0x02, 0, 0x5e, 0, 0, 0x02]);
const OTHER: EthernetAddress = EthernetAddress([0x02, 0, 0x5e, 0, 0, 0x09]);
const OWN_V4: &str = "10.20.30.2";
const OWN_V6: &str = "fd00:0:0:20::2";
const SINK_PORT: u16 = 25;

fn frame(
    source: EthernetAddress,
    ethertype: EthernetProtocol,
    octets: usize,
    fill: impl FnOnce(&mut [u8]),
) -> Vec<u8> {
    let mut frame = vec![0; EthernetFrame::<&[u8]>::buffer_len(octets)];
    let mut ethernet = EthernetFrame::new_unchecked(frame.as_mut_slice());
    EthernetRepr {
        src_addr: source,
        dst_addr: if source == DEVICE { OTHER } else { DEVICE },
        ethertype,
    }
    .emit(&mut ethernet);
    fill(ethernet.payload_mut());
    frame
}

fn packet(source: EthernetAddress, ip: &IpRepr, fill: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let ethertype = match ip {
        IpRepr::Ipv4(_) => EthernetProtocol::Ipv4,
        IpRepr::Ipv6(_) => EthernetProtocol::Ipv6,
    };
    frame(source, ethertype, ip.buffer_len(), |octets| {
        ip.emit(&mut *octets, &ChecksumCapabilities::default());
        fill(&mut octets[ip.header_len()..]);
    })
}

/// The device asks for `target`, from its own address or from none.
fn asks(from: &str, target: &str) -> Vec<u8> {
    let (from, target): (IpAddr, IpAddr) = (from.parse().unwrap(), target.parse().unwrap());
    match (from, target) {
        (IpAddr::V4(from), IpAddr::V4(target)) => {
            let arp = ArpRepr::EthernetIpv4 {
                operation: ArpOperation::Request,
                source_hardware_addr: DEVICE,
                source_protocol_addr: from,
                target_hardware_addr: EthernetAddress([0; 6]),
                target_protocol_addr: target,
            };
            frame(DEVICE, EthernetProtocol::Arp, arp.buffer_len(), |octets| {
                arp.emit(&mut ArpPacket::new_unchecked(octets));
            })
        }
        (IpAddr::V6(from), IpAddr::V6(target)) => {
            let icmp = Icmpv6Repr::Ndisc(NdiscRepr::NeighborSolicit {
                target_addr: target,
                lladdr: Some(DEVICE.into()),
            });
            let ip = IpRepr::new(
                from.into(),
                target.into(),
                IpProtocol::Icmpv6,
                icmp.buffer_len(),
                255,
            );
            packet(DEVICE, &ip, |octets| {
                let mut packet = Icmpv6Packet::new_unchecked(octets);
                icmp.emit(
                    &from,
                    &target,
                    &mut packet,
                    &ChecksumCapabilities::default(),
                );
            })
        }
        _ => panic!("{from} and {target} are of two families"),
    }
}

/// `from` calls a port of the device.
fn calls(from: &str, to: &str, port: u16) -> Vec<u8> {
    let (from, to): (IpAddr, IpAddr) = (from.parse().unwrap(), to.parse().unwrap());
    let tcp = TcpRepr {
        src_port: 40_000,
        dst_port: port,
        control: TcpControl::Syn,
        seq_number: TcpSeqNumber(7),
        ack_number: None,
        window_len: 1_024,
        window_scale: None,
        max_seg_size: None,
        sack_permitted: false,
        sack_ranges: [None; 3],
        timestamp: None,
        payload: b"",
    };
    let ip = IpRepr::new(
        from.into(),
        to.into(),
        IpProtocol::Tcp,
        tcp.buffer_len(),
        64,
    );
    packet(OTHER, &ip, |octets| {
        tcp.emit(
            &mut TcpPacket::new_unchecked(octets),
            &from.into(),
            &to.into(),
            &ChecksumCapabilities::default(),
        );
    })
}

#[test]
fn the_device_asks_for_whom_it_has_business_with() {
    let allowed = || Allowed {
        networks: vec![
            ("10.20.30.64".parse().unwrap(), 26),
            ("fd00:0:0:20:64::".parse().unwrap(), 80),
        ],
        exclusions: vec![("10.20.30.65".parse().unwrap(), 32)],
        ports: vec![25],
        resolver: Some("10.20.30.53".parse().unwrap()),
        link_port: Some(("10.20.30.80".parse().unwrap(), 7_323)),
        sink_ports: vec![SINK_PORT],
        ..Allowed::default()
    };
    let strays_at = |at, heard: Option<Vec<u8>>, said: &[u8]| {
        let observer = Observer::new(Some(allowed()), DeviceNet::default(), None);
        if let Some(heard) = heard {
            observer.reaches_device(Duration::ZERO, &heard);
        }
        observer.leaves_device(at, said);
        observer.finish().unwrap().strays
    };
    let strays = |heard, said: &[u8]| strays_at(Duration::ZERO, heard, said);
    for (name, target, is_allowed) in [
        ("the router", "10.20.30.1", true),
        ("a target", "10.20.30.64", true),
        ("an exclusion", "10.20.30.65", false),
        ("the resolver", "10.20.30.53", true),
        ("the host", "10.20.30.80", true),
        ("a stranger", "10.20.30.9", false),
        ("our own address", OWN_V4, true),
        ("the router", "fd00:0:0:20::1", true),
        ("a target", "fd00:0:0:20:64::1", true),
        ("a stranger", "fd00:0:0:20::9", false),
        ("a stranger on the link alone", "fe80::9", false),
    ] {
        let own = if target.contains(':') { OWN_V6 } else { OWN_V4 };
        let found = strays(None, &asks(own, target));
        assert_eq!(found.is_empty(), is_allowed, "{name}, {target}: {found:?}");
    }
    assert_eq!(strays(None, &asks("::", OWN_V6)), [], "whether it is taken");
    for (caller, neighbour, far, own) in [
        ("10.20.30.9", "10.20.30.10", "192.0.2.9", OWN_V4),
        ("fd00:0:0:20::9", "fd00:0:0:20::a", "2001:db8:9::9", OWN_V6),
    ] {
        let call = |port| Some(calls(caller, own, port));
        for (name, heard, target, is_allowed) in [
            ("a caller of the sink", call(SINK_PORT), caller, true),
            (
                "a caller of another port",
                call(SINK_PORT + 1),
                caller,
                false,
            ),
            ("a caller's neighbour", call(SINK_PORT), neighbour, false),
            (
                "a caller behind the router",
                Some(calls(far, own, SINK_PORT)),
                far,
                false,
            ),
        ] {
            let found = strays(heard, &asks(own, target));
            assert_eq!(found.is_empty(), is_allowed, "{name}, {target}: {found:?}");
        }
        for (seconds, is_allowed) in [(599, true), (600, false)] {
            let at = Duration::from_secs(seconds);
            let found = strays_at(at, call(SINK_PORT), &asks(own, caller));
            assert_eq!(found.is_empty(), is_allowed, "{caller}, {at:?}: {found:?}");
        }
    }
}
