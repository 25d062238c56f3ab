//! Builds what a world describes.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use embassy_net::{Config, Ipv4Cidr, Ipv6Cidr, StaticConfigV4, StaticConfigV6};

use probe_core::frame::about::Addressing;

use crate::{
    faults::{Faults, Switch, Tally, Weather, Wire},
    net::{
        caller::Caller,
        host::Host,
        internet::{Internet, Place, Trouble},
        link::{DeviceEnd, link},
        router::Router,
    },
    observer::Observer,
    post::{self, Log, Outgoing},
    proxies::{self, Stirred},
    world::{DeviceNet, Site, World},
};

/// Everything around the device, and the device's end of its link.
pub(crate) fn internet(
    world: &World,
    observer: &Observer,
    switch: &Switch,
    tally: &Tally,
    callers: &[(IpAddr, Caller)],
    log: &Log,
) -> (DeviceEnd, Internet) {
    let Faults {
        link: near,
        path: far,
        ..
    } = &world.faults;
    let weather = |wire: &Wire, way: &[u8]| Weather::new(wire, world.seed_of(way), switch, tally);
    let (device_end, router_end) = link(
        world.device.hardware,
        [weather(near, b"link out"), weather(near, b"link in")],
        observer.clone(),
    );
    let mut router = Router::new(world.device.gateway_v4, world.device.gateway_v6);
    if let Some(gives) = &world.gives {
        router = router.giving(gives.clone());
    }
    let mut places = BTreeMap::new();
    let host_at = |address| {
        let mut host = Host::new(address, world.seed_of_host(address));
        host.lingers = !far.is_clean() || !near.is_clean();
        Place::Host(Box::new(host))
    };
    for (at, site) in &world.sites {
        let address = at.ip();
        let host = || host_at(address);
        match site {
            Site::Silent | Site::Proxy(_) | Site::Asked(_) => {}
            Site::NoRoute => {
                places.entry(address).or_insert(Place::NoRoute);
            }
            Site::ClosedPort => {
                places.entry(address).or_insert_with(host);
            }
            Site::Peer(peer) => {
                let place = places.entry(address).or_insert_with(host);
                if matches!(place, Place::NoRoute) {
                    *place = host();
                }
                let server = match sinks(world, address) {
                    None => peer.server(),
                    Some(sinks) => {
                        let outgoing = Outgoing {
                            sinks,
                            began: world.began,
                            log: log.clone(),
                        };
                        post::server(peer, *at, outgoing)
                    }
                };
                let delivers_elsewhere = server.passing().from_another_host;
                if let Place::Host(host) = place {
                    host.serve(at.port(), server);
                }
                if delivers_elsewhere {
                    let other = post::other_host(address);
                    places.entry(other).or_insert_with(|| host_at(other));
                }
            }
        }
    }
    let stirred = Stirred::default();
    for (at, site) in &world.sites {
        let Site::Proxy(proxy) = site else {
            continue;
        };
        let address = at.ip();
        let stand = proxies::Stand {
            at: *at,
            device: DeviceAddresses::of(world),
            sink_name: world.sink_name.clone(),
            log: log.clone(),
            stirred: stirred.clone(),
        };
        let mut own = vec![address, proxies::other_family(address)];
        own.extend(
            proxy
                .comes_out_elsewhere()
                .then(|| post::other_host(address)),
        );
        for own in &own {
            let place = places.entry(*own).or_insert_with(|| host_at(*own));
            if matches!(place, Place::NoRoute) {
                *place = host_at(*own);
            }
        }
        if let Some(Place::Host(host)) = places.get_mut(&address) {
            host.serve(at.port(), proxy.server(stand));
        }
    }
    if let Some(sink) = &world.sink_elsewhere {
        let place = places
            .entry(sink.address)
            .or_insert_with(|| host_at(sink.address));
        if let Place::Host(host) = place {
            host.serve(
                sink.endpoint().port(),
                sink.server(world.began, log.clone()),
            );
        }
    }
    for (address, resolver) in &world.resolvers {
        let place = places.entry(*address).or_insert_with(|| host_at(*address));
        if let Place::Host(host) = place {
            host.resolve(resolver.clone());
        }
    }
    for (address, caller) in callers {
        let place = places.entry(*address).or_insert_with(|| host_at(*address));
        if let Place::Host(host) = place {
            host.call(caller.requests());
        }
    }
    let is_near = |address: &&IpAddr| world.device.is_on_link(**address);
    router.neighbours = places.keys().filter(is_near).copied().collect();
    let mut own = vec![IpAddr::V4(world.device.ipv4), IpAddr::V6(world.device.ipv6)];
    if world.faults.address_change.is_some() {
        own.push(world.device.ipv4_changed.into());
    }
    let trouble = Trouble {
        weather: [weather(far, b"path out"), weather(far, b"path in")],
        router_down: world.faults.router_down.clone(),
        switch: switch.clone(),
    };
    let own = world.gives.is_none().then_some(own);
    let internet = Internet::new(
        router_end,
        router,
        places,
        own,
        callers.iter().map(|(address, _)| *address).collect(),
        stirred,
        world.latency,
        trouble,
    );
    (device_end, internet)
}

/// Where the device can be reached by whoever was told its addresses.
#[derive(Clone, Copy)]
pub(crate) struct DeviceAddresses {
    device: DeviceNet,
    changes_at: Option<Duration>,
}

impl DeviceAddresses {
    fn of(world: &World) -> Self {
        Self {
            device: world.device,
            changes_at: world.faults.address_change,
        }
    }

    /// The IPv4 address that everybody knows.
    pub(crate) fn ipv4(&self) -> Ipv4Addr {
        self.device.ipv4
    }

    /// Where `to` leads at `now`: what is known of the device keeps leading to it.
    pub(crate) fn current(&self, to: SocketAddr, now: Duration) -> SocketAddr {
        let has_changed = self.changes_at.is_some_and(|at| at <= now);
        if has_changed && to.ip() == self.device.ipv4 {
            SocketAddr::new(self.device.ipv4_changed.into(), to.port())
        } else {
            to
        }
    }
}

/// Where a server at `address` sends mail for our sink, where it has one.
fn sinks(world: &World, address: IpAddr) -> Option<Vec<SocketAddr>> {
    let Some(port) = world.sink else {
        let sink = world.sink_elsewhere.as_ref()?;
        let is_reached = sink.address.is_ipv6() == address.is_ipv6();
        return is_reached.then(|| vec![sink.endpoint()]);
    };
    let device = &world.device;
    let mut sinks = Vec::new();
    if address.is_ipv6() {
        sinks.push(SocketAddr::new(device.ipv6.into(), port));
    } else {
        sinks.push(SocketAddr::new(device.ipv4.into(), port));
        // Whoever looks it up anew finds the new one.
        let changes = world.faults.address_change.is_some();
        sinks.extend(changes.then(|| SocketAddr::new(device.ipv4_changed.into(), port)));
    }
    Some(sinks)
}

/// The device's addresses and routers, as its network stack wants them.
pub(crate) fn config(world: &World) -> Config {
    if world.gives.is_some() {
        return firmware::net::config(Addressing::Dhcp);
    }
    let device = world.device;
    let mut config = Config::ipv4_static(config_v4(world, device.ipv4));
    config.ipv6 = embassy_net::ConfigV6::Static(StaticConfigV6 {
        address: Ipv6Cidr::new(device.ipv6, 64),
        gateway: Some(device.gateway_v6),
        dns_servers: Default::default(),
    });
    config
}

/// The device's IPv4 address and router.
pub(crate) fn config_v4(world: &World, address: Ipv4Addr) -> StaticConfigV4 {
    StaticConfigV4 {
        address: Ipv4Cidr::new(address, 24),
        gateway: Some(world.device.gateway_v4),
        dns_servers: Default::default(),
    }
}
