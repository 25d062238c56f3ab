//! Whether a scope may be used at all.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{AuthorityKind, Network, Rates, SINK_DOMAIN_OCTETS_MAX, Scope, address};
use crate::name::Name;

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
    /// `networks[index]` or `exclusions[index]` has host bits or a prefix over its length.
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
    /// `ports`: at least one, none of them 0.
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
            if !network.is_canonical() {
                return Err(ScopeError::NotCanonical(Field::Exclusions, index));
            }
        }
        if self.ports.is_empty() {
            return Err(ScopeError::Missing(Field::Ports));
        }
        if self.ports.contains(&0) {
            return Err(ScopeError::Malformed(Field::Ports));
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
