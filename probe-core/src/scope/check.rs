//! Whether a scope may be used at all.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{AuthorityKind, Network, Rates, SINK_DOMAIN_OCTETS_MAX, Scope, address};
use crate::{dnsbl::Zone, name::Name};

/// The shortest prefix of an IPv4 network in a scope, in bits: nothing wider than a /8.
pub const PREFIX_V4_MIN: u8 = 8;
/// The shortest prefix of an IPv6 network in a scope, in bits: nothing wider than a /16.
pub const PREFIX_V6_MIN: u8 = 16;

/// What is wrong with a scope. The first thing that is found is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScopeError {
    /// The field must be there and is empty.
    Missing(Field),
    /// The field is over its ceiling, or under its floor.
    Limit(Field),
    /// The field does not say what it must: see the field's own page.
    Malformed(Field),
    /// `networks[index]` or `exclusions[index]` has host bits, or a prefix over its length; or it
    /// excludes IPv4-mapped IPv6 addresses, which are judged as the IPv4 addresses that they are.
    NotCanonical(Field, u8),
    /// `networks[index]` is wider than [`PREFIX_V4_MIN`] or [`PREFIX_V6_MIN`] allows.
    TooWide(u8),
    /// No address of `networks[index]` may ever be probed: multicast, reserved, or addresses that
    /// embed IPv4 ones.
    NeverAdmits(u8),
}

/// A field of [`Scope`], for [`ScopeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    /// `authority.reference`: not empty.
    AuthorityReference,
    /// `contact`: a mailbox with one `@`, in a domain that is not the sink's.
    Contact,
    /// `abuse_page`: not empty.
    AbusePage,
    /// `identity.helo`: a name of at least two labels, unless `lab`.
    Helo,
    /// `identity.sender_domain`: a name of at least two labels, unless `lab`.
    SenderDomain,
    /// `identity.sink_domain`: at most [`SINK_DOMAIN_OCTETS_MAX`] octets, and at least two labels
    /// unless `lab`.
    SinkDomain,
    /// `identity.sink_address`: a host's address.
    SinkAddress,
    /// `identity.resolver`: a host's address.
    Resolver,
    /// `networks`: at least one.
    Networks,
    /// `exclusions`.
    Exclusions,
    /// `ports`: none of them 0, and at least one unless something else is asked.
    Ports,
    /// `rates.target_refusals_max`: 1 to the ceiling.
    TargetRefusals,
    /// `rates.target_connections_max`: 1 to the ceiling.
    TargetConnections,
    /// `rates.network_connections_max`: 1 to the ceiling.
    NetworkConnections,
    /// `rates.network_spacing_ms`: at most a day.
    NetworkSpacing,
    /// `rates.connections_per_second_max`: 1 to the ceiling.
    ConnectionsPerSecond,
    /// `rates.parked_hours_max`: at most the ceiling; 0 parks nothing.
    ParkedHours,
    /// `expires`: after `issued`.
    Expires,
    /// `powered_minutes_max`: not 0.
    PoweredMinutes,
    /// `sink_ports`: none of them 0, and none twice.
    SinkPorts,
    /// `delivery`: the further permissions are worth nothing unless it is allowed at all.
    Delivery,
    /// `proxy.ports`: none of them 0, none twice or among `ports`, each with something to ask. A device
    /// of the relay battery alone takes none.
    ProxyPorts,
    /// `proxy`: somewhere to connect to, a sink's address and port.
    Proxy,
    /// `dnsbl`: none of the lists twice. A device of the relay battery alone takes none.
    Dnsbl,
}

/// The longest `network_spacing_ms`: a day, in milliseconds.
pub const NETWORK_SPACING_MS_MAX: u32 = 86_400_000;

impl Scope {
    /// Whether this scope may be used. The host asks before it sends a scope, the device before
    /// it takes one.
    pub fn check(&self) -> Result<(), ScopeError> {
        self.check_authority()?;
        self.check_identity()?;
        self.check_reach()?;
        self.check_rates()?;
        if self.expires <= self.issued {
            return Err(ScopeError::Malformed(Field::Expires));
        }
        not_zero(self.powered_minutes_max, Field::PoweredMinutes)
    }

    fn check_authority(&self) -> Result<(), ScopeError> {
        match self.authority.kind {
            AuthorityKind::Consent | AuthorityKind::Mandate => {
                present(&self.authority.reference, Field::AuthorityReference)?;
            }
        }
        present(&self.contact, Field::Contact)?;
        let domain = match self.contact.split_once('@') {
            Some((local, domain)) if !local.is_empty() => Name::new(domain),
            _ => return Err(ScopeError::Malformed(Field::Contact)),
        };
        match domain {
            Ok(domain) if !domain.is_under(&self.identity.sink_domain) => {}
            _ => return Err(ScopeError::Malformed(Field::Contact)),
        }
        present(&self.abuse_page, Field::AbusePage)
    }

    fn check_identity(&self) -> Result<(), ScopeError> {
        let identity = &self.identity;
        if identity.sink_domain.as_str().len() > SINK_DOMAIN_OCTETS_MAX {
            return Err(ScopeError::Limit(Field::SinkDomain));
        }
        for (name, field) in [
            (&identity.helo, Field::Helo),
            (&identity.sender_domain, Field::SenderDomain),
            (&identity.sink_domain, Field::SinkDomain),
        ] {
            if !self.lab && !name.as_str().contains('.') {
                return Err(ScopeError::Malformed(field));
            }
        }
        for (host, field) in [
            (identity.sink_address, Field::SinkAddress),
            (identity.resolver, Field::Resolver),
        ] {
            if host.is_some_and(|host| !address::is_host(host)) {
                return Err(ScopeError::Malformed(field));
            }
        }
        let ports = &self.sink_ports;
        if ports.contains(&0) || (ports.len() > 1 && ports.first() == ports.last()) {
            return Err(ScopeError::Malformed(Field::SinkPorts));
        }
        let delivery = &self.delivery;
        if !delivery.allowed && (delivery.forged_senders || delivery.second_recipients) {
            return Err(ScopeError::Malformed(Field::Delivery));
        }
        Ok(())
    }

    fn check_reach(&self) -> Result<(), ScopeError> {
        if self.networks.is_empty() {
            return Err(ScopeError::Missing(Field::Networks));
        }
        for (index, network) in (0u8..).zip(&self.networks) {
            check_network(index, network)?;
        }
        for (index, network) in (0u8..).zip(&self.exclusions) {
            if !network.is_canonical() || address::is_mapped_network(network) {
                return Err(ScopeError::NotCanonical(Field::Exclusions, index));
            }
        }
        let asks_else = !self.proxy.ports.is_empty() || !self.dnsbl.zones.is_empty();
        if self.ports.is_empty() && !asks_else {
            return Err(ScopeError::Missing(Field::Ports));
        }
        if self.ports.contains(&0) {
            return Err(ScopeError::Malformed(Field::Ports));
        }
        self.check_proxy()?;
        self.check_dnsbl()
    }

    fn check_proxy(&self) -> Result<(), ScopeError> {
        let ports = &self.proxy.ports;
        if cfg!(feature = "small") && !ports.is_empty() {
            return Err(ScopeError::Limit(Field::ProxyPorts));
        }
        for (index, of) in ports.iter().enumerate() {
            let is_twice = ports.iter().take(index).any(|other| other.port == of.port);
            if of.port == 0 || of.protocols.is_empty() || is_twice || self.ports.contains(&of.port)
            {
                return Err(ScopeError::Malformed(Field::ProxyPorts));
            }
        }
        let sink = &self.proxy.sink;
        let addresses = [sink.ipv4.map(IpAddr::V4), sink.ipv6.map(IpAddr::V6)];
        let mut addresses = addresses.into_iter().flatten().peekable();
        let ends_nowhere = addresses.peek().is_none()
            || !addresses.all(address::is_host)
            || sink.ports.is_empty()
            || sink.ports.contains(&0);
        if !ports.is_empty() && ends_nowhere {
            return Err(ScopeError::Malformed(Field::Proxy));
        }
        Ok(())
    }

    fn check_dnsbl(&self) -> Result<(), ScopeError> {
        let zones = &self.dnsbl.zones;
        if cfg!(feature = "small") && !zones.is_empty() {
            return Err(ScopeError::Limit(Field::Dnsbl));
        }
        let is_twice = |(index, zone): (usize, &Zone)| {
            let mut before = zones.iter().take(index);
            before.any(|other| other.name == zone.name)
        };
        if !zones.is_empty() && self.identity.resolver.is_none() {
            return Err(ScopeError::Missing(Field::Resolver));
        }
        if zones.iter().enumerate().any(is_twice) {
            return Err(ScopeError::Malformed(Field::Dnsbl));
        }
        Ok(())
    }

    fn check_rates(&self) -> Result<(), ScopeError> {
        let (rates, ceiling) = (&self.rates, &Rates::CEILING);
        for (value, most, field) in [
            (
                u32::from(rates.target_refusals_max),
                u32::from(ceiling.target_refusals_max),
                Field::TargetRefusals,
            ),
            (
                u32::from(rates.target_connections_max),
                u32::from(ceiling.target_connections_max),
                Field::TargetConnections,
            ),
            (
                u32::from(rates.network_connections_max),
                u32::from(ceiling.network_connections_max),
                Field::NetworkConnections,
            ),
            (
                u32::from(rates.connections_per_second_max),
                u32::from(ceiling.connections_per_second_max),
                Field::ConnectionsPerSecond,
            ),
        ] {
            not_zero(value, field)?;
            at_most(value, most, field)?;
        }
        at_most(
            u32::from(rates.parked_hours_max),
            u32::from(ceiling.parked_hours_max),
            Field::ParkedHours,
        )?;
        at_most(
            rates.network_spacing_ms,
            NETWORK_SPACING_MS_MAX,
            Field::NetworkSpacing,
        )
    }
}

fn check_network(index: u8, network: &Network) -> Result<(), ScopeError> {
    if !network.is_canonical() {
        return Err(ScopeError::NotCanonical(Field::Networks, index));
    }
    let prefix_min = match network.address {
        IpAddr::V4(_) => PREFIX_V4_MIN,
        IpAddr::V6(_) => PREFIX_V6_MIN,
    };
    if network.prefix < prefix_min {
        return Err(ScopeError::TooWide(index));
    }
    if address::never_admits(network) {
        return Err(ScopeError::NeverAdmits(index));
    }
    Ok(())
}

fn present(text: &str, field: Field) -> Result<(), ScopeError> {
    if text.trim().is_empty() {
        Err(ScopeError::Missing(field))
    } else {
        Ok(())
    }
}

fn not_zero(value: u32, field: Field) -> Result<(), ScopeError> {
    if value == 0 {
        Err(ScopeError::Limit(field))
    } else {
        Ok(())
    }
}

fn at_most(value: u32, most: u32, field: Field) -> Result<(), ScopeError> {
    if value > most {
        Err(ScopeError::Limit(field))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(not(feature = "small"))]
    use crate::scope::SinkEnds;
    use crate::{
        proxy::Protocols,
        scope::{ProxyPort, fixture},
        time::Utc,
    };

    #[test]
    fn what_a_scope_must_say() {
        let text = |text: &str| text.try_into().unwrap();
        let name = |text: &str| Name::new(text).unwrap();
        let raw = |address: &str, prefix| Network {
            address: address.parse().unwrap(),
            prefix,
        };
        type Change<'a> = &'a dyn Fn(&mut Scope);
        let table: &[(Change<'_>, ScopeError)] = &[
            (
                &|scope| scope.authority.reference.clear(),
                ScopeError::Missing(Field::AuthorityReference),
            ),
            (
                &|scope| scope.authority.reference = text("  "),
                ScopeError::Missing(Field::AuthorityReference),
            ),
            (
                &|scope| scope.contact.clear(),
                ScopeError::Missing(Field::Contact),
            ),
            (
                &|scope| scope.contact = text("cert.example.org"),
                ScopeError::Malformed(Field::Contact),
            ),
            (
                &|scope| scope.contact = text("a@b@cert.example.org"),
                ScopeError::Malformed(Field::Contact),
            ),
            (
                &|scope| scope.contact = text("tests@mx.sink.example.net"),
                ScopeError::Malformed(Field::Contact),
            ),
            (
                &|scope| scope.abuse_page.clear(),
                ScopeError::Missing(Field::AbusePage),
            ),
            (
                &|scope| scope.identity.helo = name("probe"),
                ScopeError::Malformed(Field::Helo),
            ),
            (
                &|scope| scope.identity.sender_domain = name("org"),
                ScopeError::Malformed(Field::SenderDomain),
            ),
            (
                &|scope| scope.identity.sink_domain = name("sink"),
                ScopeError::Malformed(Field::SinkDomain),
            ),
            (
                &|scope| scope.identity.sink_domain = name("twenty-three.octets.net"),
                ScopeError::Limit(Field::SinkDomain),
            ),
            (
                &|scope| scope.identity.sink_address = "224.0.0.1".parse().ok(),
                ScopeError::Malformed(Field::SinkAddress),
            ),
            (
                &|scope| scope.identity.resolver = "::".parse().ok(),
                ScopeError::Malformed(Field::Resolver),
            ),
            (
                &|scope| scope.networks.clear(),
                ScopeError::Missing(Field::Networks),
            ),
            (
                &|scope| scope.networks.push(raw("192.0.2.1", 24)).unwrap(),
                ScopeError::NotCanonical(Field::Networks, 1),
            ),
            (
                &|scope| scope.exclusions.push(raw("192.0.2.0", 33)).unwrap(),
                ScopeError::NotCanonical(Field::Exclusions, 0),
            ),
            (
                &|scope| scope.exclusions.push(raw("::ffff:192.0.2.0", 120)).unwrap(),
                ScopeError::NotCanonical(Field::Exclusions, 0),
            ),
            (
                &|scope| scope.networks.push(raw("32.0.0.0", 7)).unwrap(),
                ScopeError::TooWide(1),
            ),
            (
                &|scope| scope.networks.push(raw("2a00::", 15)).unwrap(),
                ScopeError::TooWide(1),
            ),
            (
                &|scope| scope.networks.push(raw("225.0.0.0", 8)).unwrap(),
                ScopeError::NeverAdmits(1),
            ),
            (
                &|scope| scope.networks.push(raw("2002:c000::", 32)).unwrap(),
                ScopeError::NeverAdmits(1),
            ),
            (
                &|scope| scope.networks.push(raw("::ffff:192.0.2.0", 120)).unwrap(),
                ScopeError::NeverAdmits(1),
            ),
            (
                &|scope| scope.ports.clear(),
                ScopeError::Missing(Field::Ports),
            ),
            (
                &|scope| scope.ports.push(0).unwrap(),
                ScopeError::Malformed(Field::Ports),
            ),
            (
                &|scope| scope.rates.target_refusals_max = 0,
                ScopeError::Limit(Field::TargetRefusals),
            ),
            (
                &|scope| scope.rates.target_refusals_max = 61,
                ScopeError::Limit(Field::TargetRefusals),
            ),
            (
                &|scope| scope.rates.target_connections_max = 3,
                ScopeError::Limit(Field::TargetConnections),
            ),
            (
                &|scope| scope.rates.network_connections_max = 17,
                ScopeError::Limit(Field::NetworkConnections),
            ),
            (
                &|scope| scope.rates.network_spacing_ms = 86_400_001,
                ScopeError::Limit(Field::NetworkSpacing),
            ),
            (
                &|scope| scope.rates.connections_per_second_max = 1_001,
                ScopeError::Limit(Field::ConnectionsPerSecond),
            ),
            (
                &|scope| scope.rates.parked_hours_max = 73,
                ScopeError::Limit(Field::ParkedHours),
            ),
            (
                &|scope| scope.expires = Utc(1_000),
                ScopeError::Malformed(Field::Expires),
            ),
            (
                &|scope| scope.powered_minutes_max = 0,
                ScopeError::Limit(Field::PoweredMinutes),
            ),
        ];
        for (change, error) in table {
            let mut scope = fixture::scope(&["192.0.2.0/24"]);
            assert_eq!(scope.check(), Ok(()));
            change(&mut scope);
            assert_eq!(scope.check(), Err(*error));
        }
    }

    #[test]
    #[cfg(not(feature = "small"))]
    fn what_a_scope_of_proxies_and_lists_must_say() {
        type Change<'a> = &'a dyn Fn(&mut Scope);
        let proxy = |scope: &mut Scope, port, protocols| {
            scope
                .proxy
                .ports
                .push(ProxyPort { port, protocols })
                .unwrap();
        };
        let table: &[(Change<'_>, Result<(), ScopeError>)] = &[
            (&|_| {}, Ok(())),
            (&|scope| scope.ports.clear(), Ok(())),
            (
                &|scope| proxy(scope, 25, Protocols::GATEWAY),
                Err(ScopeError::Malformed(Field::ProxyPorts)),
            ),
            (
                &|scope| proxy(scope, 1080, Protocols::GET),
                Err(ScopeError::Malformed(Field::ProxyPorts)),
            ),
            (
                &|scope| proxy(scope, 0, Protocols::GET),
                Err(ScopeError::Malformed(Field::ProxyPorts)),
            ),
            (
                &|scope| proxy(scope, 80, Protocols::empty()),
                Err(ScopeError::Malformed(Field::ProxyPorts)),
            ),
            (
                &|scope| scope.proxy.sink.ipv4 = None,
                Err(ScopeError::Malformed(Field::Proxy)),
            ),
            (
                &|scope| scope.proxy.sink.ipv6 = "ff02::1".parse().ok(),
                Err(ScopeError::Malformed(Field::Proxy)),
            ),
            (
                &|scope| scope.proxy.sink.ports.clear(),
                Err(ScopeError::Malformed(Field::Proxy)),
            ),
            (
                &|scope| scope.proxy.sink.ports[0] = 0,
                Err(ScopeError::Malformed(Field::Proxy)),
            ),
            (
                &|scope| scope.identity.resolver = None,
                Err(ScopeError::Missing(Field::Resolver)),
            ),
            (
                &|scope| {
                    scope
                        .dnsbl
                        .zones
                        .push(fixture::zone("DNSBL.example"))
                        .unwrap()
                },
                Err(ScopeError::Malformed(Field::Dnsbl)),
            ),
        ];
        for (index, (change, expected)) in table.iter().enumerate() {
            let mut scope = fixture::scope(&["192.0.2.0/24"]);
            scope.identity.resolver = "192.0.2.53".parse().ok();
            proxy(&mut scope, 1080, Protocols::SOCKS5);
            scope.proxy.sink = SinkEnds {
                ipv4: "198.51.100.25".parse().ok(),
                ipv6: None,
                name: None,
                ports: [25, 8025].into_iter().collect(),
            };
            scope
                .dnsbl
                .zones
                .push(fixture::zone("dnsbl.example"))
                .unwrap();
            change(&mut scope);
            assert_eq!(scope.check(), *expected, "{index}");
        }
    }

    #[test]
    #[cfg(feature = "small")]
    fn a_device_of_the_relay_battery_alone_takes_nothing_else() {
        let mut scope = fixture::scope(&["192.0.2.0/24"]);
        let port = ProxyPort {
            port: 1080,
            protocols: Protocols::SOCKS5,
        };
        scope.proxy.ports.push(port).unwrap();
        assert_eq!(scope.check(), Err(ScopeError::Limit(Field::ProxyPorts)));
        scope.proxy.ports.clear();
        scope
            .dnsbl
            .zones
            .push(fixture::zone("dnsbl.example"))
            .unwrap();
        assert_eq!(scope.check(), Err(ScopeError::Limit(Field::Dnsbl)));
    }

    #[test]
    fn a_lab_may_have_short_names_and_nothing_else() {
        let mut scope = fixture::scope(&["127.0.0.0/8"]);
        scope.lab = true;
        scope.identity.helo = Name::new("probe").unwrap();
        scope.identity.sender_domain = Name::new("lab").unwrap();
        scope.identity.sink_domain = Name::new("sink").unwrap();
        assert_eq!(scope.check(), Ok(()));
        scope.contact.clear();
        assert_eq!(scope.check(), Err(ScopeError::Missing(Field::Contact)));
    }

    #[test]
    fn defaults_are_under_the_ceiling() {
        for depth in [crate::scope::Depth::Quick, crate::scope::Depth::Full] {
            let mut scope = fixture::scope(&["192.0.2.0/24"]);
            scope.rates = Rates::default_for(depth);
            assert_eq!(scope.check(), Ok(()), "{depth:?}");
        }
        let mut scope = fixture::scope(&["192.0.2.0/24"]);
        scope.rates = Rates::CEILING;
        assert_eq!(scope.check(), Ok(()));
    }
}
