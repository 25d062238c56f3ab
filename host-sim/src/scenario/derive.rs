//! The scope of a scenario that names none: the simulator's own identity, and the networks around
//! the targets.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
};

use probe_core::{
    proxy::Protocols,
    scope::{DNSBL_PORT, Depth, NETWORKS_MAX, Network, PORTS_MAX, Scope},
    time::Utc,
};

use crate::{demo, world::DeviceNet};

/// The network around an IPv4 target.
const PREFIX_V4: u8 = 24;
/// The network around an IPv6 target.
const PREFIX_V6: u8 = 48;
/// How long the scope holds, in seconds: ten years.
const HOLDS_SECONDS: u64 = 10 * 365 * 24 * 3_600;

/// What a derived scope cannot hold all of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    /// `networks` or `ports`.
    pub(super) field: &'static str,
    /// How many there are.
    pub(super) count: usize,
    /// How many may be.
    pub(super) most: usize,
}

/// A scope in force from `began` that holds `targets`, and what it has no room for. At the ports of
/// `proxies` they are asked as such, in these protocols. An address that no scope may hold is left out.
pub(super) fn scope(
    targets: impl Iterator<Item = SocketAddr>,
    proxies: &BTreeMap<u16, Protocols>,
    depth: Depth,
    began: Utc,
) -> (Scope, Vec<TooMany>) {
    let mut scope = demo::scope(depth);
    scope.issued = began;
    scope.expires = Utc(began.0.saturating_add(HOLDS_SECONDS));
    scope.exclusions.clear();

    let (mut networks, mut ports) = (BTreeSet::new(), BTreeSet::new());
    for target in targets {
        if let Some(network) = around(&scope, target.ip()) {
            networks.insert((network.address, network.prefix));
            let of_relays = target.port() != DNSBL_PORT && !proxies.contains_key(&target.port());
            ports.extend(of_relays.then_some(target.port()));
        }
    }
    if !proxies.is_empty() {
        let asked = proxies.iter().map(|(port, protocols)| (*port, *protocols));
        scope = demo::asking_proxies_at(scope, asked);
        scope.identity.sink_address = Some(DeviceNet::default().ipv4.into());
    }
    let mut too_many = Vec::new();
    if networks.len() > NETWORKS_MAX {
        let (field, count, most) = ("networks", networks.len(), NETWORKS_MAX);
        too_many.push(TooMany { field, count, most });
    }
    if ports.len() > PORTS_MAX {
        let (field, count, most) = ("ports", ports.len(), PORTS_MAX);
        too_many.push(TooMany { field, count, most });
    }
    if !networks.is_empty() {
        let networks = networks.into_iter().take(NETWORKS_MAX);
        scope.networks = networks
            .map(|(address, prefix)| Network { address, prefix })
            .collect();
        scope.ports = ports.into_iter().take(PORTS_MAX).collect();
    }
    (scope, too_many)
}

/// The network around `address`, if a scope may hold it.
fn around(base: &Scope, address: IpAddr) -> Option<Network> {
    let prefix = if address.is_ipv4() {
        PREFIX_V4
    } else {
        PREFIX_V6
    };
    let network = Network::covering(address, prefix)?;
    let alone = Scope {
        networks: [network].into_iter().collect(),
        ..base.clone()
    };
    alone.check().is_ok().then_some(network)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::BEGAN;

    fn derived(targets: &[&str]) -> (Scope, Vec<TooMany>) {
        let targets = targets.iter().map(|target| target.parse().unwrap());
        scope(targets, &BTreeMap::new(), Depth::Quick, BEGAN)
    }

    #[test]
    fn the_networks_around_the_targets() {
        let (scope, too_many) = derived(&[
            "192.0.2.10:25",
            "192.0.2.11:587",
            "[2001:db8:7::25]:25",
            "[2002:c000:20a::1]:25",
            "224.0.0.1:25",
        ]);
        scope.check().unwrap();
        assert_eq!(too_many, []);
        let networks: Vec<String> = scope
            .networks
            .iter()
            .map(|network| format!("{}/{}", network.address, network.prefix))
            .collect();
        assert_eq!(networks, ["192.0.2.0/24", "2001:db8:7::/48"]);
        assert_eq!(scope.ports, [25, 587]);
    }

    #[test]
    fn ports_are_of_relays_or_of_proxies() {
        let targets = [
            "192.0.2.10:25",
            "192.0.2.10:1080",
            "192.0.2.11:1080",
            "192.0.2.11:0",
        ];
        let proxies = BTreeMap::from([(1080, Protocols::SOCKS)]);
        let (scope, too_many) = scope(
            targets.iter().map(|target| target.parse().unwrap()),
            &proxies,
            Depth::Quick,
            BEGAN,
        );
        scope.check().unwrap();
        assert_eq!(too_many, []);
        assert_eq!(scope.ports, [25]);
        assert_eq!(scope.proxy.protocols(1080), Protocols::SOCKS);
        assert_eq!(scope.proxy.ports.len(), 1);
        assert_eq!(scope.outside_sink(), None, "the appliance is the sink");
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let targets: Vec<String> = (0..40)
            .map(|number| format!("192.0.{number}.1:25"))
            .collect();
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        let (_, too_many) = derived(&targets);
        let networks = TooMany {
            field: "networks",
            count: 40,
            most: NETWORKS_MAX,
        };
        assert_eq!(too_many, [networks]);
    }
}
