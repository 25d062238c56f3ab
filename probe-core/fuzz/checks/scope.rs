//! A scope over 192.0.2.0/24 and 2001:db8::/32.

use probe_core::{
    name::Name,
    scope::{
        Authority, AuthorityKind, Delivery, Depth, DnsblScope, Identity, Network, ProxyScope,
        Rates, Scope,
    },
    time::Utc,
};

const NET_V6: [u16; 8] = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0];

pub(crate) fn scope() -> Scope {
    let text = |text: &str| text.try_into().expect("a short text");
    let name = |text: &str| Name::new(text).expect("a name");
    Scope {
        authority: Authority {
            kind: AuthorityKind::Consent,
            reference: text("contract 17"),
        },
        contact: text("tests@cert.example.net"),
        abuse_page: text("https://cert.example.net/tests"),
        identity: Identity {
            helo: name("probe.cert.example.net"),
            sender_domain: name("cert.example.net"),
            sink_domain: name("sink.example.net"),
            sink_address: Some([198, 51, 100, 9].into()),
            resolver: None,
        },
        networks: [([192, 0, 2, 0].into(), 24), (NET_V6.into(), 32)]
            .into_iter()
            .map(|(address, prefix)| Network::new(address, prefix).expect("a network"))
            .collect(),
        exclusions: heapless::Vec::new(),
        ports: [25].into_iter().collect(),
        depth: Depth::Standard,
        rates: Rates::DEFAULT,
        issued: Utc(1_000),
        expires: Utc(2_000_000),
        powered_minutes_max: 60_000,
        lab: false,
        delivery: Delivery::default(),
        sink_ports: heapless::Vec::new(),
        proxy: ProxyScope::default(),
        dnsbl: DnsblScope::default(),
    }
}
