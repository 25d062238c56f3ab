//! A world: who is where, how far away, and the seed of everything that is random.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use firmware::guard::HostDoor;
use probe_core::{
    scope::{Depth, Scope},
    time::Utc,
    verdict::{Kind, Reason, Verdict},
};

use crate::{
    dns::Resolver,
    elsewhere::Elsewhere,
    faults::Faults,
    lists::{self, Says},
    net::giver::Gives,
    peers::{Delivered, Fate, Peer, Rule},
    proxies::Proxy,
};

/// Everything that a simulation starts from. The same world and the same host body give the same
/// frames. What may be probed is no part of it: that is the scope's.
#[derive(Clone)]
pub struct World {
    /// Decides every random choice of the device and of the peers.
    pub seed: u64,
    /// What the device calls itself.
    pub device_id: [u8; 8],
    /// Which start of the device this is; findings are numbered within one.
    pub boot: u32,
    /// The date at which virtual time begins.
    pub began: Utc,
    /// The device's place.
    pub device: DeviceNet,
    /// How the network gives the device its addresses. Without it the device has those of
    /// [`World::device`].
    pub gives: Option<Gives>,
    /// Who may call the device over the network, and at which of its ports.
    pub link_port: Option<HostDoor>,
    /// The port on which the device is the sink, where it is. Servers send mail to it then.
    pub sink: Option<u16>,
    /// The sink, where it is not the device: servers send it the mail of the family that it has. Without either they
    /// send none.
    pub sink_elsewhere: Option<Elsewhere>,
    /// A name that leads to the device, for proxies that are asked for one.
    pub sink_name: Option<String>,
    /// How long a packet takes from the router to a peer, or back.
    pub latency: Duration,
    /// What goes wrong on the way.
    pub faults: Faults,
    /// What is at each address and port. An address that does not appear is silent, a port that
    /// does not appear on an address with a peer is closed. An address is a host as soon as one of
    /// its ports is.
    pub sites: BTreeMap<SocketAddr, Site>,
    /// Who answers questions about names, at port 53. An address is a host as soon as it has a
    /// resolver.
    pub resolvers: BTreeMap<IpAddr, Resolver>,
}

/// What is at an address and port.
#[derive(Clone)]
pub enum Site {
    /// A server. Its address must be unicast.
    Peer(Peer),
    /// A proxy, or what is taken for one. Its address must be unicast.
    Proxy(&'static Proxy),
    /// An address that block lists are asked about, as a target with port 0: what each of them says, in
    /// the scope's order. Nothing stands there on its account.
    Asked(Vec<Says>),
    /// A host on which this port is closed: it answers with a reset.
    ClosedPort,
    /// No host; the router answers with ICMP "host unreachable".
    NoRoute,
    /// No host, and no answer. For worlds that list their dead addresses.
    Silent,
}

impl Site {
    /// What is there, in a word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Peer(peer) => peer.personality.name,
            Self::Proxy(proxy) => proxy.name,
            Self::Asked(_) => "block lists",
            Self::ClosedPort => "closed port",
            Self::NoRoute => "no route",
            Self::Silent => "silence",
        }
    }

    /// What becomes of mail in each form. Of what nobody answers nobody can tell.
    pub fn truth(&self) -> &'static [Rule] {
        match self {
            Self::Peer(peer) => peer.personality.truth,
            Self::Proxy(_) | Self::Asked(_) | Self::ClosedPort | Self::NoRoute | Self::Silent => {
                NOBODY_KNOWS
            }
        }
    }

    /// What delivery makes of it at `depth`.
    pub fn delivered(&self, depth: Depth) -> Delivered {
        match self {
            Self::Peer(peer) => peer.personality.delivered(depth),
            Self::Proxy(_) | Self::Asked(_) | Self::ClosedPort | Self::NoRoute | Self::Silent => {
                Delivered::Same
            }
        }
    }

    /// What an honest tester concludes at `depth`, with delivery off.
    pub fn expected(&self, depth: Depth) -> Verdict {
        let reason = match self {
            Self::Peer(peer) => return peer.personality.expected(depth),
            Self::Proxy(proxy) => return proxy.expected(depth),
            Self::Asked(says) => return lists::together(says),
            Self::ClosedPort => Reason::Refused,
            Self::NoRoute | Self::Silent => Reason::NoAnswer,
        };
        Verdict {
            kind: Kind::Inconclusive,
            reason,
        }
    }
}

const NOBODY_KNOWS: &[Rule] = &[Rule::all(Fate::NotToBeJudged)];

/// The device's addresses on its link, and the router's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceNet {
    /// The device's hardware address.
    pub hardware: [u8; 6],
    /// Its IPv4 address, in a /24.
    pub ipv4: Ipv4Addr,
    /// The one that it has after [`Faults::address_change`], in the same /24.
    pub ipv4_changed: Ipv4Addr,
    /// Its IPv6 address, in a /64.
    pub ipv6: Ipv6Addr,
    /// The router's IPv4 address, in the same /24.
    pub gateway_v4: Ipv4Addr,
    /// The router's IPv6 address, in the same /64.
    pub gateway_v6: Ipv6Addr,
}

impl DeviceNet {
    /// Whether `address` is on the device's own link.
    pub(crate) fn is_on_link(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => address.octets()[..3] == self.ipv4.octets()[..3],
            IpAddr::V6(address) => address.octets()[..8] == self.ipv6.octets()[..8],
        }
    }
}

impl Default for DeviceNet {
    /// Addresses that no documentation network holds, so that no target is ever on the link.
    fn default() -> Self {
        Self {
            hardware: [0x02, 0, 0x5e, 0, 0, 0x02],
            ipv4: Ipv4Addr::new(10, 20, 30, 2),
            ipv4_changed: Ipv4Addr::new(10, 20, 30, 3),
            ipv6: Ipv6Addr::new(0xfd00, 0, 0, 0x20, 0, 0, 0, 2),
            gateway_v4: Ipv4Addr::new(10, 20, 30, 1),
            gateway_v6: Ipv6Addr::new(0xfd00, 0, 0, 0x20, 0, 0, 0, 1),
        }
    }
}

/// When virtual time begins unless a world says otherwise: 2026-10-01T08:00:00Z, a Thursday.
pub const BEGAN: Utc = Utc(1_790_841_600);

impl World {
    /// A world with nothing in it, 10 ms from everywhere.
    pub fn empty(seed: u64) -> Self {
        Self {
            seed,
            device_id: *b"sim-0001",
            boot: 1,
            began: BEGAN,
            device: DeviceNet::default(),
            gives: None,
            link_port: None,
            sink: None,
            sink_elsewhere: Elsewhere::of(&crate::demo::scope(Depth::Quick)),
            sink_name: None,
            latency: Duration::from_millis(10),
            faults: Faults::default(),
            sites: BTreeMap::new(),
            resolvers: BTreeMap::new(),
        }
    }

    /// The demonstration's world; see [`crate::demo`].
    pub fn demo() -> Self {
        crate::demo::world(crate::demo::SEED)
    }

    /// The world, with `peer` at `at`.
    pub fn with_peer(mut self, at: SocketAddr, peer: Peer) -> Self {
        self.sites.insert(at, Site::Peer(peer));
        self
    }

    /// The world, with `resolver` at `address`.
    pub fn with_resolver(mut self, address: IpAddr, resolver: Resolver) -> Self {
        self.resolvers.insert(address, resolver);
        self
    }

    /// The world, whose servers send mail to where its `scope` has the sink: to the device, or elsewhere.
    pub fn with_sink_of(mut self, scope: &Scope) -> Self {
        self.sink = scope.sink_ports.first().copied();
        self.sink_elsewhere = Elsewhere::of(scope);
        self
    }

    /// The world, in which the name of the sink that `scope` gives proxies leads to the device.
    pub fn with_sink_name_of(mut self, scope: &Scope) -> Self {
        let name = scope.proxy.sink.name.as_ref();
        self.sink_name = name.map(|name| name.as_str().to_owned());
        self
    }

    /// The world, with `faults`.
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// The world, with `site` at `at`.
    pub fn with(mut self, at: SocketAddr, site: Site) -> Self {
        self.sites.insert(at, site);
        self
    }

    /// A number for whoever needs randomness, independent of every other `purpose`'s.
    pub(crate) fn seed_of(&self, purpose: &[u8]) -> u64 {
        crate::random::hash(self.seed, purpose)
    }

    /// A number for the host at `address`.
    pub(crate) fn seed_of_host(&self, address: IpAddr) -> u64 {
        match address {
            IpAddr::V4(v4) => self.seed_of(&v4.octets()),
            IpAddr::V6(v6) => self.seed_of(&v6.octets()),
        }
    }
}
