//! What may leave the device, as the third check has it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use probe_core::scope::{Network, Scope};

/// What the wire may carry away from the device, beside the link's own protocols.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Addresses and prefix lengths that may be sent to.
    pub networks: Vec<(IpAddr, u8)>,
    /// Those that may not, whatever `networks` says.
    pub exclusions: Vec<(IpAddr, u8)>,
    /// TCP ports.
    pub ports: Vec<u16>,
    /// Whether block lists may be asked about an address.
    pub lists: bool,
    /// The DHCP server that may be asked, by everybody's address and by its own.
    pub dhcp_server: Option<Ipv4Addr>,
    /// Who may be asked about names, over TCP and UDP.
    pub resolver: Option<IpAddr>,
    /// Who is answered at the device's link port, and that port.
    pub link_port: Option<(IpAddr, u16)>,
    /// Ports of the device's own on which it answers whoever has called, and calls nobody.
    pub sink_ports: Vec<u16>,
    /// The sink elsewhere, to which the device tries the way.
    pub outside_sink: Option<SocketAddr>,
}

impl Allowed {
    /// What `scope` allows.
    pub fn by(scope: &Scope) -> Self {
        let networks = |networks: &[Network]| {
            let pairs = networks
                .iter()
                .map(|network| (network.address, network.prefix));
            pairs.collect()
        };
        Self {
            networks: networks(&scope.networks),
            exclusions: networks(&scope.exclusions),
            ports: scope
                .ports
                .iter()
                .copied()
                .chain(scope.proxy.ports.iter().map(|of| of.port))
                .collect(),
            lists: !scope.dnsbl.zones.is_empty(),
            dhcp_server: None,
            resolver: scope.identity.resolver,
            link_port: None,
            sink_ports: scope.sink_ports.to_vec(),
            outside_sink: scope
                .identity
                .sink_address
                .filter(|_| scope.sink_ports.is_empty())
                .map(|address| SocketAddr::new(address, 25)),
        }
    }

    /// Whether a DHCP client may send to `remote`.
    pub fn allows_dhcp(&self, remote: IpAddr) -> bool {
        self.dhcp_server
            .is_some_and(|server| remote == Ipv4Addr::BROADCAST || remote == server)
    }

    /// Whether a TCP segment may go from the device's port to `remote`.
    pub fn allows_segment(&self, local_port: u16, remote: SocketAddr) -> bool {
        self.allows(remote)
            || self.link_port == Some((remote.ip(), local_port))
            || self.outside_sink == Some(remote)
    }

    /// Whether `target` may be probed. One with port 0 is an address that block lists are asked about: no
    /// frame goes to it.
    pub fn admits(&self, target: SocketAddr) -> bool {
        let is_asked_about = target.port() == 0 && self.lists;
        let has_port = is_asked_about || self.ports.contains(&target.port());
        has_port && self.holds(target.ip())
    }

    /// Whether a probe may go to `remote`.
    pub fn allows(&self, remote: SocketAddr) -> bool {
        let probe = self.holds(remote.ip()) && self.ports.contains(&remote.port());
        probe || self.allows_datagram(remote)
    }

    /// Whether the device may ask on its link for `address`, of which nothing was heard.
    pub(super) fn allows_neighbour(&self, address: IpAddr) -> bool {
        self.holds(address)
            || self.resolver == Some(address)
            || self.outside_sink.is_some_and(|sink| sink.ip() == address)
            || self.dhcp_server.map(IpAddr::V4) == Some(address)
            || self.link_port.is_some_and(|(host, _)| host == address)
    }

    fn holds(&self, address: IpAddr) -> bool {
        let holds = |networks: &[(IpAddr, u8)]| {
            networks
                .iter()
                .any(|&(network, prefix)| prefix_holds(network, prefix, address))
        };
        holds(&self.networks) && !holds(&self.exclusions)
    }

    /// Whether a datagram may go to `remote`; port 0 is for ICMP answers.
    pub fn allows_datagram(&self, remote: SocketAddr) -> bool {
        self.resolver == Some(remote.ip()) && matches!(remote.port(), 0 | 53)
    }
}

/// Whether the network `network/prefix` holds `address`. Families never hold each other.
fn prefix_holds(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    fn top_bits(value: u128, width: u32, prefix: u8) -> u128 {
        value
            .checked_shr(width.saturating_sub(u32::from(prefix)))
            .unwrap_or(0)
    }
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let bits = |v4: std::net::Ipv4Addr| u128::from(u32::from(v4));
            top_bits(bits(network), 32, prefix) == top_bits(bits(address), 32, prefix)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            top_bits(network.into(), 128, prefix) == top_bits(address.into(), 128, prefix)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_wire_may_carry() {
        let allowed = Allowed {
            lists: false,
            networks: vec![
                ("192.0.2.0".parse().unwrap(), 24),
                ("2001:db8::".parse().unwrap(), 32),
            ],
            exclusions: vec![("192.0.2.128".parse().unwrap(), 25)],
            ports: vec![25],
            dhcp_server: None,
            resolver: Some("203.0.113.53".parse().unwrap()),
            link_port: Some(("203.0.113.80".parse().unwrap(), 7_323)),
            sink_ports: Vec::new(),
            outside_sink: Some("203.0.113.25:25".parse().unwrap()),
        };
        for (remote, expected) in [
            ("203.0.113.53:53", true),
            ("203.0.113.53:25", false),
            ("192.0.2.1:25", true),
            ("192.0.2.1:26", false),
            ("192.0.2.129:25", false),
            ("192.0.3.1:25", false),
            ("[2001:db8:1::1]:25", true),
            ("[2001:db9::1]:25", false),
            ("[::ffff:192.0.2.1]:25", false),
        ] {
            assert_eq!(
                allowed.allows(remote.parse().unwrap()),
                expected,
                "{remote}"
            );
        }
        for (local_port, remote, expected) in [
            (7_323, "203.0.113.80:40000", true),
            (7_324, "203.0.113.80:40000", false),
            (7_323, "203.0.113.81:40000", false),
            (50_000, "192.0.2.1:25", true),
            (50_000, "203.0.113.25:25", true),
            (50_000, "203.0.113.25:587", false),
        ] {
            let is_allowed = allowed.allows_segment(local_port, remote.parse().unwrap());
            assert_eq!(is_allowed, expected, "{local_port} to {remote}");
        }
    }

    #[test]
    fn a_prefix_of_nothing_holds_its_family() {
        let any = "0.0.0.0".parse().unwrap();
        assert!(prefix_holds(any, 0, "203.0.113.9".parse().unwrap()));
        assert!(!prefix_holds(any, 0, "2001:db8::1".parse().unwrap()));
    }
}
