//! Who gives the device its addresses: a DHCP server, and the router by its advertisements.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use smoltcp::wire::{
    DhcpMessageType, DhcpPacket, DhcpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
    Icmpv6Repr, IpProtocol, IpRepr, Ipv4Packet, Ipv4Repr, NdiscPrefixInfoFlags,
    NdiscPrefixInformation, NdiscRepr, NdiscRouterFlags, RawHardwareAddress, UdpPacket, UdpRepr,
};

use super::router::{HARDWARE, HOP_LIMIT, LINK_LOCAL, frame, icmpv6, ip_packet};
use crate::faults::Window;

/// How a network gives addresses, and what goes wrong with that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gives {
    /// The DHCP server's address: the router's, or one beside it on the link.
    pub server: Ipv4Addr,
    /// For how long it gives an address.
    pub lease: Duration,
    /// How often the router advertises itself without being asked.
    pub advertised_every: Duration,
    /// For how long the router and its prefix hold after each advertisement.
    pub advertised_for: Duration,
    /// What goes wrong, and when.
    pub troubles: Vec<(Window, Trouble)>,
}

/// What can go wrong with the giving of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The DHCP server does not answer; one beside the router is not there at all.
    DhcpSilent,
    /// It refuses to prolong a lease (NAK), and gives the same address to who asks anew.
    DhcpRefuses,
    /// From its first moment on it has another address for the device, and refuses the old one.
    DhcpMoves,
    /// The same, but it prolongs the old lease with the other address.
    DhcpSwaps,
    /// The router neither advertises itself nor answers solicitations.
    RouterSilent,
    /// The router advertises that it is none any more.
    RouterWithdrawn,
    /// From its first moment on there is another IPv6 prefix, and the old one is withdrawn.
    PrefixChanges,
}

impl Trouble {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::DhcpSilent,
        Self::DhcpRefuses,
        Self::DhcpMoves,
        Self::DhcpSwaps,
        Self::RouterSilent,
        Self::RouterWithdrawn,
        Self::PrefixChanges,
    ];
}

/// What was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Addresses that were given to a device that had none.
    pub leases: u32,
    /// Leases that were prolonged.
    pub renewals: u32,
    /// Leases that were refused.
    pub refusals: u32,
    /// Router advertisements.
    pub advertisements: u32,
}

/// The first address that DHCP gives, in the network of `server`; each move gives the next.
const POOL_FROM: u8 = 100;
const CLIENT_PORT: u16 = 68;
const SERVER_PORT: u16 = 67;
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
const ALL_NODES_HARDWARE: EthernetAddress = EthernetAddress([0x33, 0x33, 0, 0, 0, 1]);

/// The network's part in it.
pub(crate) struct Giver {
    gives: Gives,
    router: Ipv4Addr,
    prefix: Ipv6Addr,
    advertised_next: Duration,
    /// How often the prefix had changed when it was advertised last.
    changes_told: usize,
    pub(super) given: Given,
}

impl Giver {
    /// A giver for the network of a router with these addresses.
    pub(super) fn new(gives: Gives, router: Ipv4Addr, router_v6: Ipv6Addr) -> Self {
        let [a, b, c, d, ..] = router_v6.segments();
        Self {
            advertised_next: gives.advertised_every,
            gives,
            router,
            prefix: Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0),
            changes_told: 0,
            given: Given::default(),
        }
    }

    /// Whether the DHCP server is there, and has this address.
    pub(super) fn is_at(&self, now: Duration, address: Ipv4Addr) -> bool {
        address == self.gives.server && !self.is(Trouble::DhcpSilent, now)
    }

    /// When it speaks without being asked.
    pub(super) fn next(&self) -> Duration {
        self.advertised_next
    }

    /// What it says at `now` without being asked.
    pub(super) fn advertise_if_due(&mut self, now: Duration) -> Vec<Vec<u8>> {
        if now < self.advertised_next {
            return Vec::new();
        }
        self.advertised_next = now + self.gives.advertised_every;
        self.advertisements(now)
    }

    /// The router's advertisements (RFC 4861, 4.2): the old prefix is withdrawn before another is
    /// given.
    pub(super) fn advertisements(&mut self, now: Duration) -> Vec<Vec<u8>> {
        if self.is(Trouble::RouterSilent, now) {
            return Vec::new();
        }
        let lifetime = if self.is(Trouble::RouterWithdrawn, now) {
            Duration::ZERO
        } else {
            self.gives.advertised_for
        };
        let changes = self.begun(&[Trouble::PrefixChanges], now);
        let mut frames = Vec::new();
        if changes != self.changes_told {
            let old = self.prefix_after(self.changes_told);
            frames.push(advertisement(lifetime, old, Duration::ZERO));
            self.changes_told = changes;
        }
        let prefix = self.prefix_after(changes);
        frames.push(advertisement(lifetime, prefix, self.gives.advertised_for));
        self.given.advertisements += 1;
        frames
    }

    /// The answer to a frame of a DHCP client (RFC 2131), if it is one.
    pub(super) fn dhcp(
        &mut self,
        now: Duration,
        ethernet: &EthernetFrame<&[u8]>,
    ) -> Option<Vec<u8>> {
        let ip = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
        let to_us = ip.dst_addr().is_broadcast() || ip.dst_addr() == self.gives.server;
        if ip.next_header() != IpProtocol::Udp || !to_us {
            return None;
        }
        let udp = UdpPacket::new_checked(ip.payload()).ok()?;
        if (udp.src_port(), udp.dst_port()) != (CLIENT_PORT, SERVER_PORT)
            || self.is(Trouble::DhcpSilent, now)
        {
            return None;
        }
        let packet = DhcpPacket::new_checked(udp.payload()).ok()?;
        let asked = DhcpRepr::parse(&packet).ok()?;
        let address = self.lease_at(now);
        let prolongs = !asked.client_ip.is_unspecified();
        let wanted = asked.requested_ip.unwrap_or(asked.client_ip);
        let answer = match asked.message_type {
            DhcpMessageType::Discover => DhcpMessageType::Offer,
            DhcpMessageType::Request if prolongs && self.is(Trouble::DhcpRefuses, now) => {
                DhcpMessageType::Nak
            }
            DhcpMessageType::Request if wanted == address || prolongs && self.swaps(now) => {
                DhcpMessageType::Ack
            }
            DhcpMessageType::Request => DhcpMessageType::Nak,
            _ => return None,
        };
        match answer {
            DhcpMessageType::Ack if prolongs => self.given.renewals += 1,
            DhcpMessageType::Ack => self.given.leases += 1,
            DhcpMessageType::Nak => self.given.refusals += 1,
            _ => {}
        }
        Some(self.answer(&asked, answer, address))
    }

    fn answer(&self, asked: &DhcpRepr<'_>, answer: DhcpMessageType, address: Ipv4Addr) -> Vec<u8> {
        let gives = answer != DhcpMessageType::Nak;
        let lease = u32::try_from(self.gives.lease.as_secs()).unwrap_or(u32::MAX);
        let dhcp = DhcpRepr {
            message_type: answer,
            transaction_id: asked.transaction_id,
            secs: 0,
            client_hardware_address: asked.client_hardware_address,
            client_ip: Ipv4Addr::UNSPECIFIED,
            your_ip: if gives {
                address
            } else {
                Ipv4Addr::UNSPECIFIED
            },
            server_ip: Ipv4Addr::UNSPECIFIED,
            router: gives.then_some(self.router),
            subnet_mask: gives.then_some(Ipv4Addr::new(255, 255, 255, 0)),
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            broadcast: false,
            requested_ip: None,
            client_identifier: None,
            server_identifier: Some(self.gives.server),
            parameter_request_list: None,
            dns_servers: None,
            max_size: None,
            lease_duration: gives.then_some(lease),
            renew_duration: None,
            rebind_duration: None,
            additional_options: &[],
        };
        let udp = UdpRepr {
            src_port: SERVER_PORT,
            dst_port: CLIENT_PORT,
        };
        let (source, destination) = (self.gives.server, Ipv4Addr::BROADCAST);
        let ip = IpRepr::Ipv4(Ipv4Repr {
            src_addr: source,
            dst_addr: destination,
            next_header: IpProtocol::Udp,
            payload_len: udp.header_len() + dhcp.buffer_len(),
            hop_limit: HOP_LIMIT,
        });
        let packet = ip_packet(&ip, |payload| {
            udp.emit(
                &mut UdpPacket::new_unchecked(payload),
                &source.into(),
                &destination.into(),
                dhcp.buffer_len(),
                |payload| {
                    dhcp.emit(&mut DhcpPacket::new_unchecked(payload))
                        .expect("the packet is as long as what it holds");
                },
                &smoltcp::phy::ChecksumCapabilities::default(),
            );
        });
        frame(
            asked.client_hardware_address,
            EthernetProtocol::Ipv4,
            packet.len(),
            |payload| payload.copy_from_slice(&packet),
        )
    }

    /// The address that the server has for the device.
    fn lease_at(&self, now: Duration) -> Ipv4Addr {
        let moves = self.begun(&[Trouble::DhcpMoves, Trouble::DhcpSwaps], now);
        let [a, b, c, _] = self.gives.server.octets();
        let host = u8::try_from(moves % 100).unwrap_or(0);
        Ipv4Addr::new(a, b, c, POOL_FROM + host)
    }

    /// Whether the last move is one that the server makes without a refusal.
    fn swaps(&self, now: Duration) -> bool {
        let begun = self.gives.troubles.iter().filter(|(window, trouble)| {
            matches!(trouble, Trouble::DhcpMoves | Trouble::DhcpSwaps) && window.from <= now
        });
        let last = begun.max_by_key(|(window, _)| window.from);
        last.is_some_and(|(_, trouble)| *trouble == Trouble::DhcpSwaps)
    }

    fn prefix_after(&self, changes: usize) -> Ipv6Addr {
        let mut segments = self.prefix.segments();
        let change = u16::try_from(changes % 1_000).unwrap_or(0);
        segments[3] = segments[3].wrapping_add(change);
        segments.into()
    }

    fn is(&self, trouble: Trouble, now: Duration) -> bool {
        let mut troubles = self.gives.troubles.iter();
        troubles.any(|(window, of)| *of == trouble && window.holds(now))
    }

    /// How many of these troubles have begun.
    fn begun(&self, which: &[Trouble], now: Duration) -> usize {
        let troubles = self.gives.troubles.iter();
        troubles
            .filter(|(window, of)| which.contains(of) && window.from <= now)
            .count()
    }
}

fn advertisement(lifetime: Duration, prefix: Ipv6Addr, prefix_for: Duration) -> Vec<u8> {
    let seconds = |time: Duration| smoltcp::time::Duration::from_secs(time.as_secs());
    let icmp = Icmpv6Repr::Ndisc(NdiscRepr::RouterAdvert {
        hop_limit: 64,
        flags: NdiscRouterFlags::empty(),
        router_lifetime: seconds(lifetime),
        reachable_time: seconds(Duration::ZERO),
        retrans_time: seconds(Duration::ZERO),
        lladdr: Some(RawHardwareAddress::from(HARDWARE)),
        mtu: None,
        prefix_info: Some(NdiscPrefixInformation {
            prefix_len: 64,
            flags: NdiscPrefixInfoFlags::ON_LINK | NdiscPrefixInfoFlags::ADDRCONF,
            valid_lifetime: seconds(prefix_for),
            preferred_lifetime: seconds(prefix_for),
            prefix,
        }),
    });
    let packet = icmpv6(LINK_LOCAL, ALL_NODES, &icmp);
    frame(
        ALL_NODES_HARDWARE,
        EthernetProtocol::Ipv6,
        packet.len(),
        |payload| payload.copy_from_slice(&packet),
    )
}
