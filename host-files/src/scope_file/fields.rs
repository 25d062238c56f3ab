//! Where the fields of a scope stand in its file, for whatever the core finds wrong with them.

use probe_core::scope::{Field, PREFIX_V4_MIN, PREFIX_V6_MIN, SINK_DOMAIN_OCTETS_MAX, ScopeError};

use super::read::NETWORK;
use crate::table::{Reader, Section};

/// Where the core's fields stand in the file.
pub(super) struct Sections<'s, 't> {
    pub(super) top: &'s Section<'t>,
    pub(super) authority: &'s Section<'t>,
    pub(super) identity: &'s Section<'t>,
    pub(super) rates: &'s Section<'t>,
    pub(super) proxy: &'s Section<'t>,
}

impl<'t> Sections<'_, 't> {
    /// Tells what the core found wrong.
    pub(super) fn tell(&self, reader: &mut Reader<'t>, error: ScopeError) {
        match error {
            ScopeError::Missing(field) => {
                let (section, name, expected) = self.field(field);
                reader.wrong(section, name, "is empty", &expected);
            }
            ScopeError::Malformed(Field::Proxy) if !self.names_a_sink() => reader.wrong_next(
                self.proxy,
                "sink_address",
                "is missing, and so is `identity.sink_address`",
                "the address of our own sink, that proxies shall connect to",
                Some(
                    "write `sink_address = \"192.0.2.25\"` below `[proxy]`, with your sink's own address, or \
                     `sink_address_ipv6`"
                        .to_owned(),
                ),
            ),
            ScopeError::Limit(field) | ScopeError::Malformed(field) => {
                let (section, name, expected) = self.field(field);
                reader.wrong(section, name, "cannot be used", &expected);
            }
            ScopeError::NotCanonical(field, index) => {
                let (section, name, _) = self.field(field);
                let found = format_args!("has bits behind the prefix of entry {}", nth(index));
                reader.wrong(section, name, found, NETWORK);
            }
            ScopeError::TooWide(index) => {
                let expected =
                    format!("a prefix of at least /{PREFIX_V4_MIN}, or /{PREFIX_V6_MIN} for IPv6");
                let found = format_args!("is too wide at entry {}", nth(index));
                reader.wrong(self.top, "networks", found, &expected);
            }
            ScopeError::NeverAdmits(index) => reader.wrong(
                self.top,
                "networks",
                format_args!("has no host's address at entry {}", nth(index)),
                "a network of hosts: not multicast, not reserved, not one that embeds IPv4 addresses (6to4, NAT64, Teredo)",
            ),
        }
    }

    /// Whether an address stands anywhere that proxies could be asked for.
    fn names_a_sink(&self) -> bool {
        let of_proxies = ["sink_address", "sink_address_ipv6"];
        of_proxies.iter().any(|field| self.proxy.has(field)) || self.identity.has("sink_address")
    }

    fn field(&self, field: Field) -> (&Section<'t>, &'static str, String) {
        let ours = || "a domain name with at least two labels".to_owned();
        let host = || "a host's address".to_owned();
        let limit = || "a value under the ceiling".to_owned();
        match field {
            Field::AuthorityReference => (
                self.authority,
                "reference",
                "the document that allows it".to_owned(),
            ),
            Field::Contact => (
                self.top,
                "contact",
                "a mailbox such as \"noc@cert.example\", in another domain than the sink's"
                    .to_owned(),
            ),
            Field::AbusePage => (
                self.top,
                "abuse_page",
                "a page that says who probes and how to stop it".to_owned(),
            ),
            Field::Helo => (self.identity, "helo", ours()),
            Field::SenderDomain => (self.identity, "sender_domain", ours()),
            Field::SinkDomain => (
                self.identity,
                "sink_domain",
                format!(
                    "a domain name with at least two labels and at most {SINK_DOMAIN_OCTETS_MAX} octets"
                ),
            ),
            Field::SinkAddress => (self.identity, "sink_address", host()),
            Field::Resolver => (self.identity, "resolver", host()),
            Field::Networks => (self.top, "networks", "at least one network".to_owned()),
            Field::Exclusions => (self.top, "exclusions", NETWORK.to_owned()),
            Field::Ports => (self.top, "ports", "at least one port".to_owned()),
            Field::TargetRefusals => (self.rates, "target_refusals_max", limit()),
            Field::TargetConnections => (self.rates, "target_connections_max", limit()),
            Field::NetworkConnections => (self.rates, "network_connections_max", limit()),
            Field::NetworkSpacing => (self.rates, "network_spacing_ms", limit()),
            Field::ConnectionsPerSecond => (self.rates, "connections_per_second_max", limit()),
            Field::ParkedHours => (self.rates, "parked_hours_max", limit()),
            Field::Expires => (self.top, "expires", "a date after `issued`".to_owned()),
            Field::PoweredMinutes => (
                self.top,
                "powered_minutes_max",
                "a number of minutes, 1 or more".to_owned(),
            ),
            Field::SinkPorts => (
                self.top,
                "sink_ports",
                "two different ports at most".to_owned(),
            ),
            Field::Delivery => (
                self.top,
                "delivery_also",
                "`delivery = \"on\"` as well".to_owned(),
            ),
            Field::ProxyPorts => (
                self.proxy,
                "ports",
                "ports from 1 to 65535 that are not in `ports`".to_owned(),
            ),
            Field::Proxy => (
                self.proxy,
                "sink_address",
                "a host's address of our own sink, that proxies shall connect to".to_owned(),
            ),
            Field::Dnsbl => (self.top, "dnsbl", "each list once".to_owned()),
        }
    }
}

/// People count from one.
fn nth(index: u8) -> u16 {
    u16::from(index) + 1
}
