//! Which server stands where on this computer.

use std::{
    collections::BTreeSet,
    fmt,
    net::{IpAddr, SocketAddr},
};

use crate::{
    peers::Peer,
    world::{Site, World},
};

/// A server and its place.
#[derive(Clone, Debug)]
pub struct Stand {
    /// Where it listens. Port 0 lets the system choose.
    pub at: SocketAddr,
    /// The server.
    pub peer: Peer,
}

/// How a world's servers are laid out over this computer's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// On one address: the first at this port, each further one at the next. From port 0 on the
    /// system chooses each.
    Ports(SocketAddr),
    /// On one port: the first at this address, each further one at the next.
    Addresses(SocketAddr),
    /// At the world's own addresses and ports, which this computer must have: in a network
    /// namespace.
    World,
}

/// The ports or addresses end before the servers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// The first place.
    pub first: SocketAddr,
    /// How many servers want one.
    pub servers: usize,
}

impl fmt::Display for TooMany {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, servers } = self;
        write!(
            out,
            "there is no room for {servers} servers from {first} on: begin lower"
        )
    }
}

impl std::error::Error for TooMany {}

/// Lays out the servers of `world` that `wanted` picks. A server that a world has at several
/// addresses gets one place, unless the world's own addresses are used.
///
/// # Errors
/// When ports or addresses end before the servers do.
pub fn stands(
    world: &World,
    spread: Spread,
    wanted: impl Fn(&Peer) -> bool,
) -> Result<Vec<Stand>, TooMany> {
    let mut met = BTreeSet::new();
    let peers: Vec<(SocketAddr, &Peer)> = world
        .sites
        .iter()
        .filter_map(|(at, site)| match site {
            Site::Peer(peer) => Some((*at, peer)),
            _ => None,
        })
        .filter(|(_, peer)| wanted(peer))
        .filter(|(_, peer)| {
            spread == Spread::World || met.insert((peer.personality.name, peer.host.as_str()))
        })
        .collect();
    let servers = peers.len();
    let place = |(index, (own, peer)): (usize, (SocketAddr, &Peer))| {
        let (at, first) = match spread {
            Spread::Ports(first) => (nth_port(first, index), first),
            Spread::Addresses(first) => (nth_address(first, index), first),
            Spread::World => (Some(own), own),
        };
        let at = at.ok_or(TooMany { first, servers })?;
        Ok(Stand {
            at,
            peer: peer.clone(),
        })
    };
    peers.into_iter().enumerate().map(place).collect()
}

fn nth_port(first: SocketAddr, index: usize) -> Option<SocketAddr> {
    let port = match first.port() {
        0 => 0,
        port => port.checked_add(u16::try_from(index).ok()?)?,
    };
    Some(SocketAddr::new(first.ip(), port))
}

fn nth_address(first: SocketAddr, index: usize) -> Option<SocketAddr> {
    let index = u32::try_from(index).ok()?;
    let address: IpAddr = match first.ip() {
        IpAddr::V4(v4) => IpAddr::V4(v4.to_bits().checked_add(index)?.into()),
        IpAddr::V6(v6) => IpAddr::V6(v6.to_bits().checked_add(index.into())?.into()),
    };
    Some(SocketAddr::new(address, first.port()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parade, peers::Personality};

    fn places(spread: Spread) -> Result<Vec<String>, TooMany> {
        let stands = stands(&parade::world(1), spread, |_| true)?;
        Ok(stands.iter().map(|stand| stand.at.to_string()).collect())
    }

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_personality_has_one_place() {
        let count = Personality::every().count();
        for (spread, second) in [
            (Spread::Ports(at("127.0.0.1:2500")), "127.0.0.1:2501"),
            (Spread::Ports(at("[::1]:0")), "[::1]:0"),
            (Spread::Addresses(at("127.0.1.255:25")), "127.0.2.0:25"),
        ] {
            let places = places(spread).unwrap();
            assert_eq!((places.len(), places[1].as_str()), (count, second));
        }
    }

    #[test]
    fn the_worlds_own_addresses_are_all_there() {
        let own = parade::targets().into_iter().map(|(at, _)| at.to_string());
        let places = places(Spread::World).unwrap();
        assert_eq!(
            places.into_iter().collect::<BTreeSet<_>>(),
            own.collect::<BTreeSet<_>>()
        );
    }

    #[test]
    fn ports_and_addresses_end() {
        let first = at("127.0.0.1:65534");
        let servers = Personality::every().count();
        assert_eq!(
            places(Spread::Ports(first)),
            Err(TooMany { first, servers })
        );
        let first = at("255.255.255.254:25");
        assert_eq!(
            places(Spread::Addresses(first)),
            Err(TooMany { first, servers })
        );
    }
}
