//! A scope that passes its own check.

use probe_core::{
    frame::message::Proving,
    name::Name,
    scope::{Authority, AuthorityKind, Depth, Identity, Network, Rates, Scope},
    time::Utc,
    token::Key,
};

/// A scan that sends no messages, and whose tokens have a key for tests.
pub(crate) const PROVING: Proving = Proving {
    key: Key::new([7; 16]),
    deliver: false,
};

/// A scope over networks such as `192.0.2.0/24`.
pub(crate) fn scope(networks: &[&str], exclusions: &[&str], ports: &[u16]) -> Scope {
    let name = |text| Name::new(text).unwrap();
    Scope {
        authority: Authority {
            kind: AuthorityKind::Consent,
            reference: "test".try_into().unwrap(),
        },
        contact: "probe@example.org".try_into().unwrap(),
        abuse_page: "https://example.org/probe".try_into().unwrap(),
        identity: Identity {
            helo: name("probe.example.org"),
            sender_domain: name("example.org"),
            sink_domain: name("sink.example.org"),
            sink_address: None,
            resolver: None,
        },
        networks: networks.iter().map(|text| network(text)).collect(),
        exclusions: exclusions.iter().map(|text| network(text)).collect(),
        ports: ports.iter().copied().collect(),
        depth: Depth::Standard,
        rates: Rates::DEFAULT,
        issued: Utc(0),
        expires: Utc(u64::MAX),
        powered_minutes_max: u32::MAX,
        lab: false,
        delivery: Default::default(),
        sink_ports: Default::default(),
        proxy: Default::default(),
        dnsbl: Default::default(),
    }
}

fn network(text: &str) -> Network {
    let (address, prefix) = text.split_once('/').unwrap();
    Network::new(address.parse().unwrap(), prefix.parse().unwrap()).unwrap()
}
