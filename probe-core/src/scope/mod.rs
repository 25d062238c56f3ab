//! The scope: what may be probed, by whose authority, how hard, and until when.

use core::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{name::Name, suspect::Suspect, target::Target, time::Utc};

mod address;
mod check;
mod network;
mod rates;

pub use check::{Field, NETWORK_SPACING_MS_MAX, PREFIX_V4_MIN, PREFIX_V6_MIN, ScopeError};
pub use network::{Network, NetworkError};
pub use rates::Rates;

/// A bounded text of the scope.
pub type Text = heapless::String<96, u8>;

/// How many networks a scope may name.
pub const NETWORKS_MAX: usize = 32;
/// How many exclusions a scope may name.
pub const EXCLUSIONS_MAX: usize = 64;
/// How many ports a scope may name.
pub const PORTS_MAX: usize = 16;

/// What may be probed. Nothing outside it is, here or in the guard around the network driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// By what right.
    pub authority: Authority,
    /// A mailbox that is read, for whoever is probed.
    pub contact: Text,
    /// A page that says who probes and how to stop it.
    pub abuse_page: Text,
    /// Who we say that we are.
    pub identity: Identity,
    /// What may be probed.
    pub networks: heapless::Vec<Network, NETWORKS_MAX, u8>,
    /// What may not, whatever the networks say.
    pub exclusions: heapless::Vec<Network, EXCLUSIONS_MAX, u8>,
    /// The TCP ports that may be probed.
    pub ports: heapless::Vec<u16, PORTS_MAX, u8>,
    /// How much is asked of a target.
    pub depth: Depth,
    /// How fast, how many.
    pub rates: Rates,
    /// When it was issued.
    pub issued: Utc,
    /// From when on it allows nothing.
    pub expires: Utc,
    /// Powered minutes since activation after which it allows nothing, anchor or not.
    pub powered_minutes_max: u32,
    /// The checks of our own identity were waived; every verdict says so.
    pub lab: bool,
}

/// The right by which a scope probes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// Consent or mandate.
    pub kind: AuthorityKind,
    /// The document: a contract, a ticket, a paragraph.
    pub reference: Text,
}

/// The two rights there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorityKind {
    /// The owner of the networks agreed.
    Consent,
    /// A law or a regulator's order allows it.
    Mandate,
}

/// Who we say that we are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The name in EHLO.
    pub helo: Name,
    /// The domain of our own sender addresses.
    pub sender_domain: Name,
    /// The domain of our receiving sink, at most [`SINK_DOMAIN_OCTETS_MAX`] octets.
    pub sink_domain: Name,
    /// The address of our receiving sink, for recipients as address literals (T25).
    pub sink_address: Option<IpAddr>,
    /// The resolver that the device may ask.
    pub resolver: Option<IpAddr>,
}

/// So short that the longest form fits RFC 5321's 64 octets for a local part.
pub const SINK_DOMAIN_OCTETS_MAX: usize = 22;

/// How much is asked of a target.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Depth {
    /// C1 to C3, and T1 under F1 to F3.
    Quick,
    /// Quick, then T3, T6, T12 and T22; stops at nine refusals; one connection.
    #[default]
    Standard,
    /// Every form.
    Full,
}

impl Depth {
    /// The word in scope files, tables and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Full => "full",
        }
    }
}

/// Why a suspect is not probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// No network of the scope holds the address.
    OutsideNetworks,
    /// An exclusion holds it.
    Excluded,
    /// The scope does not name the port.
    Port,
    /// The address embeds an IPv4 address (6to4, NAT64, Teredo, compatible): name that one.
    EmbedsIpv4,
    /// Multicast, broadcast, unspecified or otherwise no host's address.
    NotUnicast,
    /// The scope's time is over.
    Expired,
    /// The scope is not in force yet.
    NotYetIssued,
    /// This boot has no anchor of time.
    NoAnchor,
    /// There is no scope.
    NoScope,
    /// This scan has had the same target already.
    Duplicate,
    /// The target has given all the refusals that it may be made to give in 24 hours.
    RefusalsSpent,
    /// The scan ended before its turn came.
    ScanEnded,
}

impl Refusal {
    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OutsideNetworks => "outside-networks",
            Self::Excluded => "excluded",
            Self::Port => "port",
            Self::EmbedsIpv4 => "embeds-ipv4",
            Self::NotUnicast => "not-unicast",
            Self::Expired => "expired",
            Self::NotYetIssued => "not-yet-issued",
            Self::NoAnchor => "no-anchor",
            Self::NoScope => "no-scope",
            Self::Duplicate => "duplicate",
            Self::RefusalsSpent => "refusals-spent",
            Self::ScanEnded => "scan-ended",
        }
    }
}

impl Scope {
    /// The only way from a suspect to a target.
    pub fn admit(&self, suspect: &Suspect, now: Utc) -> Result<Target, Refusal> {
        if now < self.issued {
            return Err(Refusal::NotYetIssued);
        }
        if now >= self.expires {
            return Err(Refusal::Expired);
        }
        let address = address::canonical(suspect.address);
        self.check_endpoint(address, suspect.port)?;
        Ok(Target::admitted(address, suspect.port))
    }

    /// Whether a frame may leave towards `endpoint`, for the guard that looks at every one. The
    /// address counts as it stands on the wire: a mapped one is not the IPv4 address there. Time
    /// is the prober's business.
    pub fn permits(&self, endpoint: SocketAddr) -> bool {
        self.check_endpoint(endpoint.ip(), endpoint.port()).is_ok()
    }

    fn check_endpoint(&self, address: IpAddr, port: u16) -> Result<(), Refusal> {
        address::form(address)?;
        if self.exclusions.iter().any(|of| of.contains(address)) {
            return Err(Refusal::Excluded);
        }
        let loopback = address::is_loopback(address);
        let inside = self
            .networks
            .iter()
            .any(|of| of.contains(address) && (!loopback || address::is_loopback_network(of)));
        if !inside {
            return Err(Refusal::OutsideNetworks);
        }
        if !self.ports.contains(&port) {
            return Err(Refusal::Port);
        }
        Ok(())
    }
}
