//! The demonstration's scope.

use std::fmt::Write;

use probe_core::{
    name::Name,
    proxy::Protocols,
    scope::{
        Authority, AuthorityKind, Depth, Identity, Network, ProxyPort, ProxyScope, Rates, Scope,
        SinkEnds, Text,
    },
    time::Utc,
};

use super::proxies::LIST_ZONE;
use crate::{lists::RESOLVER, world::DeviceNet};

const CONTACT: &str = "noc@cert.example";
const ABUSE_PAGE: &str = "https://cert.example/probes";
const REFERENCE: &str = "demonstration: a simulated internet";
const HELO: &str = "probe.cert.example";
const SENDER_DOMAIN: &str = "probe.cert.example";
const SINK_DOMAIN: &str = "sink.cert.example";
const SINK_ADDRESS: &str = "192.0.2.250";
const SINK_PORT: u16 = 25;
/// The second of them speaks HTTP too.
const SINK_PORTS: [u16; 2] = [SINK_PORT, 8025];
const NETWORKS: [(&str, u8); 4] = [
    ("192.0.2.0", 24),
    ("198.51.100.0", 24),
    ("203.0.113.0", 24),
    ("2001:db8::", 32),
];
const EXCLUSION: (&str, u8) = ("198.51.100.200", 32);
const ISSUED: (Utc, &str) = (Utc(1_767_225_600), "2026-01-01");
const EXPIRES: (Utc, &str) = (Utc(2_082_758_400), "2036-01-01");
const POWERED_MINUTES_MAX: u32 = 5_258_880;

/// The scope that allows to probe the documentation networks, at `depth`.
pub fn scope(depth: Depth) -> Scope {
    let network = |(address, prefix): (&str, u8)| Network {
        address: address.parse().expect("an address"),
        prefix,
    };
    Scope {
        authority: Authority {
            kind: AuthorityKind::Consent,
            reference: text(REFERENCE),
        },
        contact: text(CONTACT),
        abuse_page: text(ABUSE_PAGE),
        identity: Identity {
            helo: name(HELO),
            sender_domain: name(SENDER_DOMAIN),
            sink_domain: name(SINK_DOMAIN),
            sink_address: Some(SINK_ADDRESS.parse().expect("an address")),
            resolver: None,
        },
        networks: NETWORKS.into_iter().map(network).collect(),
        exclusions: [network(EXCLUSION)].into_iter().collect(),
        ports: [25].into_iter().collect(),
        depth,
        rates: Rates::default_for(depth),
        issued: ISSUED.0,
        expires: EXPIRES.0,
        powered_minutes_max: POWERED_MINUTES_MAX,
        lab: false,
        delivery: Default::default(),
        sink_ports: Default::default(),
        proxy: Default::default(),
        dnsbl: Default::default(),
    }
}

/// `scope`, which also allows test messages, with the sink of a simulated world's device. Bounces come to
/// it too: our senders are at its domain.
pub fn delivering(mut scope: Scope) -> Scope {
    scope.delivery.allowed = true;
    if scope.sink_ports.is_empty() {
        scope.sink_ports = [SINK_PORT].into_iter().collect();
    }
    scope.identity.sender_domain = scope.identity.sink_domain.clone();
    scope.identity.sink_address = Some(DeviceNet::default().ipv4.into());
    scope
}

/// Where proxies are asked, and for what.
const PROXY_PORTS: [(u16, Protocols); 6] = [
    (23, Protocols::GATEWAY),
    (80, HTTP),
    (1080, Protocols::SOCKS),
    (3128, HTTP),
    (8080, HTTP),
    (8888, HTTP.union(Protocols::SOCKS).union(Protocols::GATEWAY)),
];
const HTTP: Protocols = Protocols::CONNECT
    .union(Protocols::CONNECT_SPLIT)
    .union(Protocols::GET)
    .union(Protocols::POST);

/// What a proxy that usually stands at `port` is asked.
pub(crate) fn asked_at(port: u16) -> Protocols {
    let found = PROXY_PORTS.into_iter().find(|(of, _)| *of == port);
    found.map_or(Protocols::empty(), |(_, protocols)| protocols)
}

/// `scope`, which also allows to ask proxies for a connection to the sink of a simulated world's device.
pub fn asking_proxies(scope: Scope) -> Scope {
    asking_proxies_at(scope, PROXY_PORTS)
}

/// The same, at these ports in these protocols.
pub(crate) fn asking_proxies_at(
    mut scope: Scope,
    ports: impl IntoIterator<Item = (u16, Protocols)>,
) -> Scope {
    let device = DeviceNet::default();
    let ports = ports.into_iter();
    scope.sink_ports = SINK_PORTS.into_iter().collect();
    scope.proxy = ProxyScope {
        ports: ports
            .map(|(port, protocols)| ProxyPort { port, protocols })
            .collect(),
        inside: false,
        sink: SinkEnds {
            ipv4: Some(device.ipv4),
            ipv6: Some(device.ipv6),
            name: Some(name(SINK_DOMAIN)),
            ports: scope.sink_ports.clone(),
        },
    };
    scope
}

/// The scope of the demonstration as a file for `postern scan --scope`: the same, and test messages are
/// allowed, with the sink on the simulated appliance.
pub fn scope_toml(depth: Depth) -> String {
    toml(depth, "\"relay\"", &SINK_PORT.to_string(), "", "")
}

/// The same, which also allows to ask proxies for that sink, and the demonstration's block list.
pub fn scope_toml_of_every_probe(depth: Depth) -> String {
    let [first, second] = SINK_PORTS;
    let others = format!(
        r#"
# Proxies are asked for a connection to that sink and to nobody else, at the ports where they usually are.
[proxy]
sink_address_ipv6 = "{sink_address}"
sink_name = "{SINK_DOMAIN}"

# The block list that is asked about each address, and what its codes mean.
[[dnsbl]]
zone = "{LIST_ZONE}"
codes = {{ 2 = "open-relay", 8 = "open-proxy/socks", 9 = "open-proxy/http" }}
ipv6 = true
may_be_quoted = true
agreement = "{REFERENCE}"
"#,
        sink_address = DeviceNet::default().ipv6,
    );
    toml(
        depth,
        "\"relay\", \"proxy\", \"dnsbl\"",
        &format!("{first}, {second}"),
        &format!("resolver = \"{RESOLVER}\"\n"),
        &others,
    )
}

fn toml(depth: Depth, probes: &str, sink_ports: &str, resolver: &str, others: &str) -> String {
    let mut networks = String::new();
    for (address, prefix) in NETWORKS {
        writeln!(networks, "    \"{address}/{prefix}\",").expect("a string takes everything");
    }
    format!(
        r#"# The demonstration's scope: the networks that are kept for documentation, where no real
# host is.
contact = "{CONTACT}"
abuse_page = "{ABUSE_PAGE}"
issued = {issued}
expires = {expires}
networks = [
{networks}]
exclusions = ["{excluded}/{prefix}"]
ports = [25]
probes = [{probes}]
depth = "{depth}"

# Test messages may be sent, and the appliance itself is the sink that they come back to.
delivery = "on"
sink_ports = [{sink_ports}]

[authority]
kind = "consent"
reference = "{REFERENCE}"

[identity]
helo = "{HELO}"
sender_domain = "{SENDER_DOMAIN}"
sink_domain = "{SINK_DOMAIN}"
sink_address = "{sink_address}"
{resolver}{others}"#,
        sink_address = DeviceNet::default().ipv4,
        issued = ISSUED.1,
        expires = EXPIRES.1,
        excluded = EXCLUSION.0,
        prefix = EXCLUSION.1,
        depth = depth.as_str(),
    )
}

fn text(text: &str) -> Text {
    Text::try_from(text).expect("within a text's length")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}
