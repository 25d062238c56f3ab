//! Who lives where in the lab. Addresses are from the ranges for documentation (RFC 5737, RFC 3849).

use std::{
    fmt::Write as _,
    net::{Ipv4Addr, Ipv6Addr},
};

use super::{
    proxies::{self, PROXIES},
    servers::{SECOND_HOP, SERVERS},
};
use crate::place;

/// Where the names are served.
pub(crate) const RESOLVER: Ipv4Addr = server_ipv4(53);
/// Answers on this network and lies outside every scope that the lab writes.
pub(crate) const OUT_OF_SCOPE: Ipv4Addr = server_ipv4(99);
/// The second hop of the servers that have one. It lies outside every scope as well.
pub(super) const HUB: Ipv4Addr = server_ipv4(100);

/// A namespace of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// The mail servers and the resolver.
    Servers,
    /// A scanner next door.
    Near,
    /// A scanner fifty milliseconds away and back.
    Far,
}

impl Namespace {
    pub(crate) const ALL: [Self; 3] = [Self::Servers, Self::Near, Self::Far];

    /// The kernel's name for it. Every checkout has names of its own, so that two labs can be up at once.
    pub(crate) fn name(self) -> String {
        let checkout = fingerprint(place::workspace().as_os_str().as_encoded_bytes());
        let role = match self {
            Self::Servers => "servers",
            Self::Near => "near",
            Self::Far => "far",
        };
        format!("postern-lab-{checkout:04x}-{role}")
    }
}

/// A scanner's namespace and its link to the servers.
pub(crate) struct Scanner {
    pub(crate) namespace: Namespace,
    /// Name of the interface at both ends.
    pub(crate) interface: &'static str,
    /// What it says in HELO; its addresses resolve to this name and back.
    pub(crate) host_name: &'static str,
    /// Domain of its senders. Mail to it comes to the scanner.
    pub(crate) sender_domain: &'static str,
    /// Final domain of its recipient forms; its mail exchanger is the scanner.
    pub(crate) sink_domain: &'static str,
    /// Its sink's address, too.
    pub(crate) ipv4: Ipv4Addr,
    pub(crate) ipv6: Ipv6Addr,
    /// The servers' end of the link.
    pub(crate) gateway_ipv4: Ipv4Addr,
    pub(crate) gateway_ipv6: Ipv6Addr,
    /// How long the link holds a frame, each way.
    pub(crate) delay_one_way_ms: u64,
}

/// The scanner without delay.
pub(crate) const NEAR: Scanner = Scanner {
    namespace: Namespace::Near,
    interface: "near",
    host_name: "near.probe.example",
    sender_domain: "probe.example",
    sink_domain: "sink.example",
    ipv4: Ipv4Addr::new(198, 51, 100, 2),
    ipv6: Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0, 0, 0, 0, 2),
    gateway_ipv4: Ipv4Addr::new(198, 51, 100, 1),
    gateway_ipv6: Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0, 0, 0, 0, 1),
    delay_one_way_ms: 0,
};

/// The scanner fifty milliseconds away and back.
pub(crate) const FAR: Scanner = Scanner {
    namespace: Namespace::Far,
    interface: "far",
    host_name: "far.probe.example",
    sender_domain: "far-probe.example",
    sink_domain: "far-sink.example",
    ipv4: Ipv4Addr::new(203, 0, 113, 2),
    ipv6: Ipv6Addr::new(0x2001, 0xdb8, 0x113, 0, 0, 0, 0, 2),
    gateway_ipv4: Ipv4Addr::new(203, 0, 113, 1),
    gateway_ipv6: Ipv6Addr::new(0x2001, 0xdb8, 0x113, 0, 0, 0, 0, 1),
    delay_one_way_ms: 25,
};

/// The emulated board, whose wire ends among the servers. It is there for as long as a board is. Its names are as long
/// as those of [`FAR`], beside which it scans: what is too long for one form is so for both.
pub(crate) const BOARD: Scanner = Scanner {
    namespace: Namespace::Servers,
    interface: "board",
    host_name: "own.probe.example",
    sender_domain: "own-probe.example",
    sink_domain: "own-sink.example",
    ipv4: Ipv4Addr::new(192, 0, 2, 130),
    // What a board makes of its Ethernet address (RFC 4291, appendix A).
    ipv6: Ipv6Addr::new(0x2001, 0xdb8, 0x192, 0, 0, 0xff, 0xfe00, 3),
    gateway_ipv4: Ipv4Addr::new(192, 0, 2, 129),
    gateway_ipv6: Ipv6Addr::new(0x2001, 0xdb8, 0x192, 0, 0, 0, 0, 1),
    delay_one_way_ms: 0,
};
/// Who calls the board over IPv6 without having named a source. Of the router's own address on the link a board knows
/// no neighbour that it could answer to, unless it happens to have been asked by it.
pub(super) const NAMELESS: Ipv6Addr = server_ipv6(1);
/// The address of the board's router on their link.
pub(crate) const BOARD_ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
/// The board's Ethernet address, and the length of its IPv4 network's prefix.
pub(crate) const BOARD_ETHERNET_ADDRESS: [u8; 6] = [0x02, 0, 0, 0, 0, 3];
pub(crate) const BOARD_PREFIX: u8 = 25;

/// Every scanner that has a link.
pub(crate) const SCANNERS: [&Scanner; 2] = [&NEAR, &FAR];

/// Ethernet address of the servers' end of a link, and of the scanner's.
pub(crate) const ETHERNET_ADDRESSES: [&str; 2] = ["02:00:00:00:00:01", "02:00:00:00:00:02"];

/// Every address that the servers' namespace answers for.
pub(crate) fn server_addresses() -> Vec<String> {
    let mut addresses = Vec::new();
    for server in SERVERS.iter().chain([&SECOND_HOP]) {
        addresses.push(format!("{}/32", server.ipv4()));
        addresses.push(format!("{}/128", server.ipv6()));
    }
    for proxy in &PROXIES {
        addresses.push(format!("{}/32", proxy.ipv4()));
        addresses.push(format!("{}/128", proxy.ipv6()));
    }
    for address in [RESOLVER, OUT_OF_SCOPE] {
        addresses.push(format!("{address}/32"));
    }
    addresses.push(format!("{NAMELESS}/128"));
    addresses
}

/// The resolver's configuration: names, reverse names, mail exchangers and a block list, and nothing
/// upstream.
pub(crate) fn resolver_configuration() -> String {
    let mut text = format!(
        "listen-address={RESOLVER}\nbind-interfaces\nno-resolv\nno-hosts\naddress=/#/\nuser=root\n\
         pid-file=\ncache-size=0\n"
    );
    for scanner in SCANNERS.into_iter().chain([&BOARD]) {
        let Scanner {
            host_name,
            sender_domain,
            sink_domain,
            ipv4,
            ipv6,
            ..
        } = scanner;
        // Over IPv4 only, so that one address delivers, however the server was reached.
        writeln!(
            text,
            "host-record={host_name},{ipv4},{ipv6}\naddress=/mx.{sink_domain}/{ipv4}\n\
             mx-host={sink_domain},mx.{sink_domain},10\nmx-host={sender_domain},mx.{sink_domain},10\n\
             txt-record={sender_domain},\"v=spf1 ip4:{ipv4} ip6:{ipv6} -all\""
        )
        .expect("strings take everything");
    }
    for server in SERVERS.iter().chain([&SECOND_HOP]) {
        let (host, domain) = (server.host_name(), server.domain());
        writeln!(
            text,
            "host-record={host},{},{}\nmx-host={domain},{host},10",
            server.ipv4(),
            server.ipv6()
        )
        .expect("strings take everything");
    }
    text.push_str(&proxies::resolver_lines());
    text
}

/// What tells the board who it is: its IPv4 address by DHCP, its IPv6 network by a router's announcements.
pub(crate) fn board_configuration() -> String {
    let Scanner {
        interface,
        ipv4,
        gateway_ipv6,
        ..
    } = BOARD;
    let mac = BOARD_ETHERNET_ADDRESS.map(|octet| format!("{octet:02x}"));
    let mask = Ipv4Addr::from(u32::MAX << (32 - u32::from(BOARD_PREFIX)));
    let [a, b, c, d, ..] = gateway_ipv6.segments();
    let network = Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0);
    format!(
        "port=0\ninterface={interface}\nbind-interfaces\nuser=root\npid-file=\n\
         dhcp-leasefile=/run/leases\nno-ping\ndhcp-authoritative\n\
         dhcp-range={ipv4},{ipv4},{mask}\ndhcp-host={},{ipv4}\n\
         enable-ra\ndhcp-range={network},ra-only\n",
        mac.join(":")
    )
}

/// FNV-1a, folded: the same for a path in every build.
fn fingerprint(octets: &[u8]) -> u16 {
    let hash = octets.iter().fold(0x811c_9dc5_u32, |hash, &octet| {
        (hash ^ u32::from(octet)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 16)) as u16
}

pub(super) const fn server_ipv4(host: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, host)
}

pub(super) const fn server_ipv6(host: u8) -> Ipv6Addr {
    // Written as in the IPv4 address: host 10 is ::10, host 100 is ::100.
    let host = host as u16;
    let digits = host / 100 * 256 + host / 10 % 10 * 16 + host % 10;
    Ipv6Addr::new(0x2001, 0xdb8, 0x25, 0, 0, 0, 0, digits)
}
