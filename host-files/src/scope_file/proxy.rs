//! The table `[proxy]`: which ports are asked in which protocols, and where proxies shall connect to.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use probe_core::{
    name::Name,
    proxy::{PROTOCOLS, Protocol, Protocols},
    scope::{PROXY_PORTS_MAX, ProxyPort, ProxyScope, SINK_PORTS_MAX, SinkEnds},
};
use toml::de::DeValue;

use crate::table::{Reader, Section, number, text, yes};

/// The fields of the table.
pub(super) const FIELDS: [&str; 6] = [
    "ports",
    "internal_host",
    "sink_address",
    "sink_address_ipv6",
    "sink_name",
    "sink_ports",
];

/// Where our sink usually listens: for mail, and for mail and HTTP.
const SINK_PORTS_USUAL: [u16; SINK_PORTS_MAX] = [25, 8025];

/// The ports on which proxies usually listen, and for what.
const USUAL: [(&[u16], Protocols); 4] = [
    (
        &[80, 81, 3128, 6588, 8000, 8080, 8081, 8090],
        Protocols::CONNECT.union(Protocols::CONNECT_SPLIT),
    ),
    (&[80, 3128, 8080], Protocols::GET.union(Protocols::POST)),
    (
        &[1075, 1080, 10_808],
        Protocols::SOCKS4
            .union(Protocols::SOCKS4A)
            .union(Protocols::SOCKS5)
            .union(Protocols::SOCKS5_IPV6)
            .union(Protocols::SOCKS5_NAME),
    ),
    (&[23], Protocols::GATEWAY),
];

/// Reads the table. What it does not say about the sink is as elsewhere in the file: `address` and
/// `ports`.
pub(super) fn read<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
    address: Option<IpAddr>,
    ports: &[u16],
) -> Option<ProxyScope> {
    let asked = asked(reader, section);
    let inside = reader
        .optional(section, "internal_host", "true or false", yes)
        .unwrap_or(false);
    let ipv4 = reader.optional(
        section,
        "sink_address",
        "an IPv4 address such as \"192.0.2.25\"",
        |value| text(value)?.parse::<Ipv4Addr>().ok(),
    );
    let ipv6 = reader.optional(
        section,
        "sink_address_ipv6",
        "an IPv6 address such as \"2001:db8::25\"",
        |value| text(value)?.parse::<Ipv6Addr>().ok(),
    );
    let name = reader.optional(
        section,
        "sink_name",
        "a name that leads to the sink's address",
        |value| Name::new(&text(value)?).ok(),
    );
    let usual = if ports.is_empty() {
        &SINK_PORTS_USUAL
    } else {
        ports
    };
    let sink_ports = super::read::ports(reader, section, "sink_ports", usual);

    let mut listed = heapless::Vec::new();
    for (port, protocols) in asked? {
        if listed.push(ProxyPort { port, protocols }).is_err() {
            let expected = format!("at most {PROXY_PORTS_MAX} different ports");
            reader.wrong(section, "ports", "has more", &expected);
            return None;
        }
    }
    let (of_file_v4, of_file_v6) = match address {
        Some(IpAddr::V4(v4)) => (Some(v4), None),
        Some(IpAddr::V6(v6)) => (None, Some(v6)),
        None => (None, None),
    };
    Some(ProxyScope {
        ports: listed,
        inside,
        sink: SinkEnds {
            ipv4: ipv4.or(of_file_v4),
            ipv6: ipv6.or(of_file_v6),
            name,
            ports: sink_ports?,
        },
    })
}

/// What each port is asked, in the order of the ports.
fn asked<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<BTreeMap<u16, Protocols>> {
    let mut asked = BTreeMap::new();
    let mut ask = |port: u16, protocols: Protocols| {
        *asked.entry(port).or_insert(Protocols::empty()) |= protocols;
    };
    if !section.has("ports") {
        for (ports, protocols) in USUAL {
            ports.iter().for_each(|port| ask(*port, protocols));
        }
        return Some(asked);
    }
    let words = PROTOCOLS.map(Protocol::as_str);
    let table = reader.section(section, "ports", &words);
    for protocol in PROTOCOLS {
        if table.has(protocol.as_str()) {
            let ports = reader.list(&table, protocol.as_str(), "a port from 1 to 65535", port)?;
            ports.iter().for_each(|port| ask(*port, protocol.alone()));
        }
    }
    Some(asked)
}

fn port(value: &DeValue<'_>) -> Result<u16, String> {
    number(value)
        .and_then(|port| u16::try_from(port).ok())
        .filter(|port| *port > 0)
        .ok_or_else(|| "no port".to_owned())
}

#[cfg(test)]
mod tests;
