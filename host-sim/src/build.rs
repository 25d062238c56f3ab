//! Builds what a world describes.

use std::{collections::BTreeMap, net::IpAddr};

use embassy_net::{Config, Ipv4Cidr, Ipv6Cidr, StaticConfigV4, StaticConfigV6};

use crate::{
    net::{
        host::Host,
        internet::{Internet, Place},
        link::{DeviceEnd, link},
        router::Router,
    },
    observer::Observer,
    world::{Site, World},
};

/// Everything around the device, and the device's end of its link.
pub(crate) fn internet(world: &World, observer: &Observer) -> (DeviceEnd, Internet) {
    let (device_end, router_end) = link(world.device.hardware, observer.clone());
    let router = Router::new(world.device.gateway_v4, world.device.gateway_v6);
    let mut places = BTreeMap::new();
    for (at, site) in &world.sites {
        let address = at.ip();
        let host = || Place::Host(Box::new(Host::new(address, world.seed_of_host(address))));
        match site {
            Site::Silent => {}
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
                if let Place::Host(host) = place {
                    host.serve(at.port(), peer.server());
                }
            }
        }
    }
    let own = vec![IpAddr::V4(world.device.ipv4), IpAddr::V6(world.device.ipv6)];
    let internet = Internet::new(router_end, router, places, own, world.latency);
    (device_end, internet)
}

/// The device's addresses and routers, as its network stack wants them.
pub(crate) fn config(world: &World) -> Config {
    let device = world.device;
    let mut config = Config::ipv4_static(StaticConfigV4 {
        address: Ipv4Cidr::new(device.ipv4, 24),
        gateway: Some(device.gateway_v4),
        dns_servers: Default::default(),
    });
    config.ipv6 = embassy_net::ConfigV6::Static(StaticConfigV6 {
        address: Ipv6Cidr::new(device.ipv6, 64),
        gateway: Some(device.gateway_v6),
        dns_servers: Default::default(),
    });
    config
}
