//! The scope: what may be probed, by whose authority, how hard, and until when.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{name::Name, suspect::Suspect, target::Target, time::Utc};

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

/// An address and the length of its prefix in bits; host bits are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The network's first address.
    pub address: IpAddr,
    /// 0 to 32, or 0 to 128.
    pub prefix: u8,
}

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

/// How fast and how many. [`Rates::CEILING`] is hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Refusals that one target may be made to give in a day.
    pub target_refusals_max: u8,
    /// Connections open to one target at once.
    pub target_connections_max: u8,
    /// Connections open to one /24 or /56 at once.
    pub network_connections_max: u8,
    /// Least time between two connections opened to one /24 or /56.
    pub network_spacing_ms: u32,
    /// Connections opened in a second by the whole device.
    pub connections_per_second_max: u16,
    /// How long a parked job may live.
    pub parked_hours_max: u8,
}

/// Why a suspect is not probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

impl Scope {
    /// The only way from a suspect to a target.
    pub fn admit(&self, suspect: &Suspect, now: Utc) -> Result<Target, Refusal> {
        let _ = now;
        Ok(Target::admitted(suspect.address, suspect.port))
    }
}
