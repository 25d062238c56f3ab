//! The scope: what may be probed, by whose authority, how hard, and until when.

use core::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{
    finding::Probe, name::Name, path_check::SINK_PORT, suspect::Suspect, target::Target, time::Utc,
};

mod address;
mod check;
mod dnsbl;
#[cfg(test)]
pub(crate) mod fixture;
mod network;
mod proxy;
mod rates;

pub(crate) use address::{is_host, is_loopback};
pub use check::{Field, NETWORK_SPACING_MS_MAX, PREFIX_V4_MIN, PREFIX_V6_MIN, ScopeError};
pub use dnsbl::DnsblScope;
pub use network::{Network, NetworkError};
pub use proxy::{PROXY_PORTS_MAX, ProxyPort, ProxyScope, SinkEnds};
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
    /// The TCP ports that get the relay battery.
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
    /// Whether test messages may be sent.
    pub delivery: Delivery,
    /// The ports on which this device is our sink; none where the sink is elsewhere.
    pub sink_ports: heapless::Vec<u16, SINK_PORTS_MAX, u8>,
    /// The TCP ports that get the proxy probes.
    pub proxy: ProxyScope,
    /// The block lists that may be asked about an address.
    pub dnsbl: DnsblScope,
}

/// The port of a suspect that is looked up in block lists: nothing is sent to it.
pub const DNSBL_PORT: u16 = 0;

/// Which test messages may be sent: none goes without saying.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Under senders of our own, to recipients at our own sink.
    pub allowed: bool,
    /// Under the target's names as well (F3 to F7, F12): a bounce goes to its users.
    pub forged_senders: bool,
    /// Behind a recipient of the target's as well (T24): its postmaster gets the message.
    pub second_recipients: bool,
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

/// How many ports a sink has at most: one for mail, and one more.
pub const SINK_PORTS_MAX: usize = 2;

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

    /// Where our sink is, if this device is not it and the scope says where: what the path check may
    /// connect to, and nothing else may.
    pub fn outside_sink(&self) -> Option<SocketAddr> {
        let address = self.identity.sink_address?;
        self.sink_ports
            .is_empty()
            .then_some(SocketAddr::new(address, SINK_PORT))
    }

    /// Which probe a target at this port gets. A scope names no port twice.
    pub fn probe_of(&self, port: u16) -> Probe {
        if port == DNSBL_PORT {
            Probe::Dnsbl
        } else if self.ports.contains(&port) {
            Probe::Relay
        } else {
            Probe::Proxy
        }
    }

    /// Whether a frame may leave towards `endpoint`, for the guard that looks at every one. The
    /// address counts as it stands on the wire: a mapped one is not the IPv4 address there. Time
    /// is the prober's business.
    pub fn permits(&self, endpoint: SocketAddr) -> bool {
        endpoint.port() != DNSBL_PORT && self.check_endpoint(endpoint.ip(), endpoint.port()).is_ok()
    }

    /// Whether the address is one of those that may be probed, at whatever port.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.check_address(address).is_ok()
    }

    fn check_endpoint(&self, address: IpAddr, port: u16) -> Result<(), Refusal> {
        self.check_address(address)?;
        let may_be_asked = match port {
            DNSBL_PORT => !self.dnsbl.zones.is_empty(),
            _ => self.ports.contains(&port) || !self.proxy.protocols(port).is_empty(),
        };
        if may_be_asked {
            Ok(())
        } else {
            Err(Refusal::Port)
        }
    }

    fn check_address(&self, address: IpAddr) -> Result<(), Refusal> {
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
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(not(feature = "small"))]
    use crate::proxy::Protocols;

    fn suspect(address: &str, port: u16) -> Suspect {
        Suspect {
            address: address.parse().unwrap(),
            port,
            names: heapless::Vec::new(),
        }
    }

    #[test]
    fn what_a_scope_admits() {
        let mut scope = fixture::scope(&["192.0.2.0/24", "203.0.113.0/24", "2001:db8::/32"]);
        for exclusion in ["192.0.2.64/26", "2001:db8:0:66::/64", "203.0.113.0/24"] {
            scope.exclusions.push(fixture::network(exclusion)).unwrap();
        }
        for (address, port, expected) in [
            ("192.0.2.1", 25, Ok("192.0.2.1")),
            ("192.0.2.1", 587, Ok("192.0.2.1")),
            ("192.0.2.1", 26, Err(Refusal::Port)),
            ("192.0.2.1", 0, Err(Refusal::Port)),
            ("192.0.3.1", 25, Err(Refusal::OutsideNetworks)),
            ("198.51.100.1", 25, Err(Refusal::OutsideNetworks)),
            // Exclusions win, even over the whole of a network.
            ("192.0.2.64", 25, Err(Refusal::Excluded)),
            ("192.0.2.127", 25, Err(Refusal::Excluded)),
            ("192.0.2.128", 25, Ok("192.0.2.128")),
            ("203.0.113.5", 25, Err(Refusal::Excluded)),
            ("2001:db8::25", 25, Ok("2001:db8::25")),
            ("2001:db8:0:66::1", 25, Err(Refusal::Excluded)),
            ("2001:db9::25", 25, Err(Refusal::OutsideNetworks)),
            // A mapped address is the IPv4 address, for the exclusions too.
            ("::ffff:192.0.2.1", 25, Ok("192.0.2.1")),
            ("::ffff:192.0.2.64", 25, Err(Refusal::Excluded)),
            ("::ffff:192.0.3.1", 25, Err(Refusal::OutsideNetworks)),
            // Addresses that embed one are refused, whatever they embed.
            ("::192.0.2.1", 25, Err(Refusal::EmbedsIpv4)),
            ("::ffff:0:192.0.2.1", 25, Err(Refusal::EmbedsIpv4)),
            ("2002:c000:201::1", 25, Err(Refusal::EmbedsIpv4)),
            ("64:ff9b::192.0.2.1", 25, Err(Refusal::EmbedsIpv4)),
            ("64:ff9b:1:2:3::192.0.2.1", 25, Err(Refusal::EmbedsIpv4)),
            (
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                25,
                Err(Refusal::EmbedsIpv4),
            ),
            // Nobody's addresses.
            ("0.0.0.0", 25, Err(Refusal::NotUnicast)),
            ("0.1.2.3", 25, Err(Refusal::NotUnicast)),
            ("224.0.0.1", 25, Err(Refusal::NotUnicast)),
            ("240.0.0.1", 25, Err(Refusal::NotUnicast)),
            ("255.255.255.255", 25, Err(Refusal::NotUnicast)),
            ("::ffff:255.255.255.255", 25, Err(Refusal::NotUnicast)),
            ("::", 25, Err(Refusal::NotUnicast)),
            ("ff02::1", 25, Err(Refusal::NotUnicast)),
            ("fe80::1", 25, Err(Refusal::NotUnicast)),
            ("127.0.0.1", 25, Err(Refusal::OutsideNetworks)),
            ("::1", 25, Err(Refusal::OutsideNetworks)),
        ] {
            let admitted = scope.admit(&suspect(address, port), Utc(5_000));
            assert_eq!(
                admitted.map(|target| target.endpoint()),
                expected.map(|address| SocketAddr::new(address.parse().unwrap(), port)),
                "{address} port {port}"
            );
        }
    }

    #[test]
    fn the_widest_networks_admit_no_embedded_and_no_reserved_address() {
        let mut scope = fixture::scope(&[]);
        scope.networks = ["0.0.0.0", "::"]
            .iter()
            .map(|address| Network {
                address: address.parse().unwrap(),
                prefix: 0,
            })
            .collect();
        for (address, refusal) in [
            ("::192.0.2.1", Refusal::EmbedsIpv4),
            ("2002:c000:201::1", Refusal::EmbedsIpv4),
            ("64:ff9b::192.0.2.1", Refusal::EmbedsIpv4),
            ("224.0.0.1", Refusal::NotUnicast),
            ("ff02::1", Refusal::NotUnicast),
            // Loopback needs a network that lies in the loopback range itself.
            ("127.0.0.1", Refusal::OutsideNetworks),
            ("::1", Refusal::OutsideNetworks),
            ("::ffff:127.0.0.1", Refusal::OutsideNetworks),
        ] {
            assert_eq!(
                scope.admit(&suspect(address, 25), Utc(5_000)),
                Err(refusal),
                "{address}"
            );
        }
        for loopback in ["127.0.0.0/8", "::1/128"] {
            scope.networks.push(fixture::network(loopback)).unwrap();
        }
        for address in ["127.0.0.1", "127.4.5.6", "::1", "::ffff:127.0.0.1"] {
            assert!(
                scope.admit(&suspect(address, 25), Utc(5_000)).is_ok(),
                "{address}"
            );
        }
    }

    #[test]
    #[cfg(not(feature = "small"))]
    fn the_scope_says_which_probe_a_port_gets() {
        let mut scope = fixture::scope(&["192.0.2.0/24"]);
        scope
            .exclusions
            .push(fixture::network("192.0.2.9/32"))
            .unwrap();
        let port = |port, protocols| ProxyPort { port, protocols };
        scope.proxy.ports = [port(1080, Protocols::SOCKS5), port(23, Protocols::INSIDE)]
            .into_iter()
            .collect();
        for (address, port, expected) in [
            ("192.0.2.1", 25, Ok(Probe::Relay)),
            ("192.0.2.1", 1080, Ok(Probe::Proxy)),
            ("192.0.2.9", 1080, Err(Refusal::Excluded)),
            ("192.0.3.1", 1080, Err(Refusal::OutsideNetworks)),
            // The inside of a proxy's host is a permission of its own.
            ("192.0.2.1", 23, Err(Refusal::Port)),
            ("192.0.2.1", 80, Err(Refusal::Port)),
            // Without a block list nothing can be asked about an address.
            ("192.0.2.1", 0, Err(Refusal::Port)),
        ] {
            let admitted = scope.admit(&suspect(address, port), Utc(5_000));
            let probe = admitted.map(|target| scope.probe_of(target.port()));
            assert_eq!(probe, expected, "{address} port {port}");
            let endpoint = SocketAddr::new(address.parse().unwrap(), port);
            assert_eq!(scope.permits(endpoint), expected.is_ok(), "{endpoint}");
        }
        scope
            .dnsbl
            .zones
            .push(fixture::zone("dnsbl.example"))
            .unwrap();
        let listed = scope.admit(&suspect("192.0.2.1", 0), Utc(5_000)).unwrap();
        assert_eq!(scope.probe_of(listed.port()), Probe::Dnsbl);
        assert!(!scope.permits(listed.endpoint()), "nothing is sent to it");
        let excluded = scope.admit(&suspect("192.0.2.9", 0), Utc(5_000));
        assert_eq!(excluded, Err(Refusal::Excluded));
    }

    #[test]
    fn a_scope_is_in_force_from_issue_until_just_before_expiry() {
        let scope = fixture::scope(&["192.0.2.0/24"]);
        for (now_s, expected) in [
            (0, Err(Refusal::NotYetIssued)),
            (999, Err(Refusal::NotYetIssued)),
            (1_000, Ok(())),
            (1_999_999, Ok(())),
            (2_000_000, Err(Refusal::Expired)),
            (u64::MAX, Err(Refusal::Expired)),
        ] {
            let admitted = scope.admit(&suspect("192.0.2.1", 25), Utc(now_s));
            assert_eq!(admitted.map(|_| ()), expected, "at {now_s} s");
        }
    }

    #[test]
    fn the_guard_takes_an_address_as_it_stands_on_the_wire() {
        let mut scope = fixture::scope(&["192.0.2.0/24", "2001:db8::/32"]);
        scope
            .exclusions
            .push(fixture::network("192.0.2.9/32"))
            .unwrap();
        for (endpoint, permitted) in [
            ("192.0.2.1:25", true),
            ("192.0.2.1:53", false),
            ("192.0.2.9:25", false),
            ("192.0.3.1:25", false),
            ("[2001:db8::1]:587", true),
            ("[::ffff:192.0.2.1]:25", false),
            ("[2002:c000:201::1]:25", false),
        ] {
            assert_eq!(
                scope.permits(endpoint.parse().unwrap()),
                permitted,
                "{endpoint}"
            );
        }
    }

    #[test]
    fn whatever_is_admitted_is_permitted_and_lies_inside() {
        let mut random = crate::testing::Random::new(7);
        let mut admitted = 0;
        for _ in 0..200 {
            let mut scope = fixture::scope(&[]);
            let random_network = |random: &mut crate::testing::Random, prefix_min: u64| {
                let address = random_address(random);
                let bits = if address.is_ipv4() { 32 } else { 128 };
                let prefix = prefix_min + random.below(bits - prefix_min + 1);
                Network::covering(address, prefix as u8).unwrap()
            };
            for _ in 0..1 + random.below(4) {
                scope.networks.push(random_network(&mut random, 0)).unwrap();
            }
            for _ in 0..random.below(4) {
                scope
                    .exclusions
                    .push(random_network(&mut random, 2))
                    .unwrap();
            }
            for _ in 0..200 {
                let suspect = Suspect {
                    address: random_address(&mut random),
                    port: [25, 587, 465][random.below(3) as usize],
                    names: heapless::Vec::new(),
                };
                let Ok(target) = scope.admit(&suspect, Utc(5_000)) else {
                    continue;
                };
                let holds = |of: &Network| match (of.address, target.address()) {
                    (IpAddr::V4(first), IpAddr::V4(address)) => {
                        let size = 1u64 << (32 - of.prefix);
                        let (first, address) =
                            (u64::from(first.to_bits()), u64::from(address.to_bits()));
                        (first..first + size).contains(&address)
                    }
                    (IpAddr::V6(first), IpAddr::V6(address)) => {
                        let span = u128::MAX.checked_shr(u32::from(of.prefix)).unwrap_or(0);
                        (first.to_bits()..=first.to_bits() + span).contains(&address.to_bits())
                    }
                    _ => false,
                };
                admitted += 1;
                assert!(scope.permits(target.endpoint()), "{target:?}");
                assert!(
                    scope.networks.iter().any(holds),
                    "{target:?} in {:?}",
                    scope.networks
                );
                assert!(!scope.exclusions.iter().any(holds), "{target:?}");
            }
        }
        assert!(admitted > 1_000, "{admitted}");
    }

    fn random_address(random: &mut crate::testing::Random) -> IpAddr {
        let bits = u128::from(random.next()) << 64 | u128::from(random.next());
        match random.below(4) {
            0 => IpAddr::V6((bits & 0xffff_ffff | 0xffff_0000_0000).into()),
            1 => IpAddr::V6((bits >> 3 | 1 << 125).into()),
            _ => IpAddr::V4((bits as u32).into()),
        }
    }
}
