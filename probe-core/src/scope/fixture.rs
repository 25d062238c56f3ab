//! A scope for tests.

use super::{
    Authority, AuthorityKind, Depth, DnsblScope, Identity, Network, ProxyScope, Rates, Scope,
};
use crate::{dnsbl::Zone, name::Name, time::Utc};

/// A scope over `networks`, in force from 1,000 s to 2,000,000 s.
pub(crate) fn scope(networks: &[&str]) -> Scope {
    let text = |text: &str| text.try_into().unwrap();
    Scope {
        authority: Authority {
            kind: AuthorityKind::Consent,
            reference: text("contract 17"),
        },
        contact: text("tests@cert.example.org"),
        abuse_page: text("https://cert.example.org/tests"),
        identity: Identity {
            helo: Name::new("probe.cert.example.org").unwrap(),
            sender_domain: Name::new("cert.example.org").unwrap(),
            sink_domain: Name::new("sink.example.net").unwrap(),
            sink_address: None,
            resolver: None,
        },
        networks: networks.iter().map(|text| network(text)).collect(),
        exclusions: heapless::Vec::new(),
        ports: [25, 587].into_iter().collect(),
        depth: Depth::Standard,
        rates: Rates::DEFAULT,
        issued: Utc(1_000),
        expires: Utc(2_000_000),
        powered_minutes_max: 60_000,
        lab: false,
        delivery: super::Delivery::default(),
        sink_ports: heapless::Vec::new(),
        proxy: ProxyScope::default(),
        dnsbl: DnsblScope::default(),
    }
}

/// A block list that has no codes of its own.
pub(crate) fn zone(name: &str) -> Zone {
    Zone {
        name: Name::new(name).unwrap(),
        ipv6: false,
        occasion: heapless::Vec::new(),
        errors: heapless::Vec::new(),
        txt: false,
    }
}

/// A network from its usual text.
pub(crate) fn network(text: &str) -> Network {
    let (address, prefix) = text.split_once('/').unwrap();
    Network::new(address.parse().unwrap(), prefix.parse().unwrap()).unwrap()
}
