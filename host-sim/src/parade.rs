//! Every personality, at one IPv4 and one IPv6 address each: the world in which each one has to
//! reach its truth.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use probe_core::{name::Name, scope::Scope, suspect::Suspect};

use crate::{
    peers::{Peer, Personality},
    proxies::Proxy,
    world::{Site, World},
};

/// The domain of every server in the parade.
const DOMAIN: &str = "parade.example";

/// How many targets a group has, both families of each personality.
const GROUP_TARGETS: usize = 60;

/// Who stands where. The scope of [`crate::demo::scope`] holds all of them.
pub fn targets() -> Vec<(SocketAddr, &'static Personality)> {
    let families = |(number, personality): (u8, &'static Personality)| {
        // Round the networks, so that the spacing within one holds up the others less.
        let (network, host) = (number % 3, 25 + number / 3);
        let v4 = match network {
            0 => Ipv4Addr::new(192, 0, 2, host),
            1 => Ipv4Addr::new(198, 51, 100, host),
            _ => Ipv4Addr::new(203, 0, 113, host),
        };
        let v6 = Ipv6Addr::new(0x2001, 0xdb8, u16::from(number), 0, 0, 0, 0, 0x25);
        [
            (SocketAddr::from((v4, 25)), personality),
            (SocketAddr::from((v6, 25)), personality),
        ]
    };
    (0..).zip(Personality::every()).flat_map(families).collect()
}

/// The world.
pub fn world(seed: u64) -> World {
    targets()
        .into_iter()
        .fold(World::empty(seed), |world, (at, personality)| {
            world.with_peer(at, peer(personality))
        })
}

/// The targets in groups, each for a world of its own, with the list of suspects in it. A device parks no
/// more jobs than these at once, and every server that takes a message is parked before it.
pub fn groups(seed: u64) -> Vec<(World, Vec<Suspect>)> {
    let suspects = suspects();
    let group = |(targets, suspects): (&[(SocketAddr, &'static Personality)], &[Suspect])| {
        let place = |world: World, (at, personality): &(SocketAddr, &'static Personality)| {
            world.with_peer(*at, peer(personality))
        };
        let world = targets.iter().fold(World::empty(seed), place);
        (world, suspects.to_vec())
    };
    targets()
        .chunks(GROUP_TARGETS)
        .zip(suspects.chunks(GROUP_TARGETS))
        .map(group)
        .collect()
}

/// The list of suspects, with the domain that each is known to serve.
pub fn suspects() -> Vec<Suspect> {
    let domain = Name::new(DOMAIN).expect("a name");
    targets()
        .into_iter()
        .map(|(at, _)| Suspect {
            address: at.ip(),
            port: at.port(),
            names: [domain.clone()].into_iter().collect(),
        })
        .collect()
}

/// Every proxy, at one address of each family.
pub fn proxies() -> Vec<(SocketAddr, &'static Proxy)> {
    let families = |(number, proxy): (u8, &'static Proxy)| {
        let network = if number % 2 == 0 {
            [192, 0, 2]
        } else {
            [198, 51, 100]
        };
        let [a, b, c] = network;
        let v4 = Ipv4Addr::new(a, b, c, 25 + number / 2);
        let v6 = Ipv6Addr::new(0x2001, 0xdb8, u16::from(number), 0, 0, 0, 0, 0x80);
        [
            (SocketAddr::from((v4, proxy.port)), proxy),
            (SocketAddr::from((v6, proxy.port)), proxy),
        ]
    };
    (0..).zip(Proxy::every()).flat_map(families).collect()
}

/// The world in which every proxy stands, for a scope that asks them.
pub fn proxy_world(seed: u64, scope: &Scope) -> World {
    let world = World::empty(seed).with_sink_name_of(scope);
    proxies().into_iter().fold(world, |world, (at, proxy)| {
        world.with(at, Site::Proxy(proxy))
    })
}

/// The list of them.
pub fn proxy_suspects() -> Vec<Suspect> {
    let suspect = |(at, _): (SocketAddr, _)| Suspect {
        address: at.ip(),
        port: at.port(),
        names: Default::default(),
    };
    proxies().into_iter().map(suspect).collect()
}

fn peer(personality: &'static Personality) -> Peer {
    personality.at(&format!("{}.{DOMAIN}", personality.name), &[DOMAIN])
}
