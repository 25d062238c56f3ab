//! Everything that is not the device: router, paths and hosts, and when each is due.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use super::{
    delay::Delay,
    giver::{Given, Giver},
    host::Host,
    link::RouterEnd,
    router::{Routed, Router},
};
use crate::{
    faults::{Carried, Switch, Weather, Window, within},
    proxies::Stirred,
};

/// What is at an address.
pub(crate) enum Place {
    /// A host that answers.
    Host(Box<Host>),
    /// Nothing, and the router says so.
    NoRoute,
}

/// An IP packet and the host that it goes to or comes from.
#[derive(Clone)]
struct Packet {
    host: IpAddr,
    octets: Vec<u8>,
}

impl Carried for Packet {
    const LINK_HEADER_OCTETS: usize = 0;

    fn octets(&mut self) -> &mut Vec<u8> {
        &mut self.octets
    }
}

/// What the paths and the router do wrong.
#[derive(Default)]
pub(crate) struct Trouble {
    /// The weather from the router to the hosts, and back.
    pub(crate) weather: [Option<Weather>; 2],
    /// When the router is down.
    pub(crate) router_down: Vec<Window>,
    /// Ends it.
    pub(crate) switch: Switch,
}

pub(crate) struct Internet {
    link: RouterEnd,
    router: Router,
    places: BTreeMap<IpAddr, Place>,
    device: Option<Vec<IpAddr>>,
    latency: Duration,
    router_down: Vec<Window>,
    switch: Switch,
    outward: Delay<Packet>,
    homeward: Delay<Packet>,
    due: BTreeSet<(Duration, IpAddr)>,
    due_of: BTreeMap<IpAddr, Duration>,
    callers: Vec<IpAddr>,
    stirred: Stirred,
}

impl Internet {
    /// An internet whose hosts are `latency` away from the router, each way. An address without a
    /// place is silent. `device` are the device's own addresses: other packets are between hosts. Without them
    /// the router hands it whatever comes. `callers` are the hosts that call it, `stirred` those of which another
    /// one wants something.
    #[expect(clippy::too_many_arguments, reason = "built at one place")]
    pub(crate) fn new(
        link: RouterEnd,
        router: Router,
        places: BTreeMap<IpAddr, Place>,
        device: Option<Vec<IpAddr>>,
        callers: Vec<IpAddr>,
        stirred: Stirred,
        latency: Duration,
        trouble: Trouble,
    ) -> Self {
        let [outward, homeward] = trouble.weather;
        Self {
            link,
            router,
            places,
            device,
            latency,
            router_down: trouble.router_down,
            switch: trouble.switch,
            outward: Delay::new(outward),
            homeward: Delay::new(homeward),
            due: BTreeSet::new(),
            due_of: BTreeMap::new(),
            callers,
            stirred,
        }
    }

    /// Does everything that is due at `now`; says whether anything was.
    pub(crate) fn advance(&mut self, now: Duration) -> bool {
        let mut busy = false;
        let router_down = within(&self.router_down, &self.switch, now);
        while let Some(frame) = self.link.receive(now) {
            busy = true;
            if router_down {
                continue;
            }
            match self.router.take(now, frame) {
                Routed::Reply(frames) => {
                    for frame in frames {
                        self.link.send(now, frame);
                    }
                }
                Routed::Forward {
                    destination,
                    packet,
                } => self.forward(now, destination, packet),
                Routed::Ignored => {}
            }
        }
        if let Some(giver) = &mut self.router.giver {
            for frame in giver.advertise_if_due(now) {
                busy = true;
                if !router_down {
                    self.link.send(now, frame);
                }
            }
        }
        while let Some(packet) = self.outward.arrived(now) {
            busy = true;
            if let Some(Place::Host(host)) = self.places.get_mut(&packet.host) {
                host.receive(packet.octets);
                self.serve(now, packet.host);
            }
        }
        let ready = self.due.iter().take_while(|(due, _)| *due <= now);
        for address in ready.map(|(_, address)| *address).collect::<Vec<_>>() {
            busy = true;
            self.serve(now, address);
        }
        for index in 0..self.callers.len() {
            let address = self.callers[index];
            let stirred = match self.places.get(&address) {
                Some(Place::Host(host)) => host.is_stirred(),
                Some(Place::NoRoute) | None => false,
            };
            if stirred {
                busy = true;
                self.serve(now, address);
            }
        }
        loop {
            let Some(address) = self.stirred.borrow_mut().pop_first() else {
                break;
            };
            busy = true;
            self.serve(now, address);
        }
        while let Some(packet) = self.homeward.arrived(now) {
            busy = true;
            if !router_down && let Some(frame) = self.router.deliver(&packet.octets) {
                self.link.send(now, frame);
            }
        }
        busy | self.link.wake_device(now)
    }

    /// What the network has given the device.
    pub(crate) fn given(&self) -> Given {
        let giver = self.router.giver.as_ref();
        giver.map_or_else(Given::default, |giver| giver.given)
    }

    /// When something is due next.
    pub(crate) fn next(&self) -> Option<Duration> {
        [
            self.link.next(),
            self.router.giver.as_ref().map(Giver::next),
            self.outward.next(),
            self.homeward.next(),
            self.due.first().map(|(due, _)| *due),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn forward(&mut self, now: Duration, host: IpAddr, octets: Vec<u8>) {
        match self.places.get(&host) {
            Some(Place::Host(_)) => {
                self.outward
                    .send(now, self.latency, Packet { host, octets });
            }
            Some(Place::NoRoute) => {
                if let Some(octets) = self.router.unreachable(&octets) {
                    self.homeward
                        .send(now, 2 * self.latency, Packet { host, octets });
                }
            }
            None => {}
        }
    }

    fn serve(&mut self, now: Duration, address: IpAddr) {
        let Some(Place::Host(host)) = self.places.get_mut(&address) else {
            return;
        };
        host.advance(now);
        let elsewhere = host.elsewhere();
        let mut between = Vec::new();
        while let Some(octets) = host.transmit() {
            let Some(to) = destination(&octets) else {
                continue;
            };
            if self.device.as_ref().is_none_or(|own| own.contains(&to)) {
                let packet = Packet {
                    host: address,
                    octets,
                };
                self.homeward.send(now, self.latency, packet);
            } else {
                between.push(Packet { host: to, octets });
            }
        }
        let next = host.next(now);
        // Nothing between two hosts passes the device's router.
        for packet in between {
            if let Some(Place::Host(_)) = self.places.get(&packet.host) {
                self.outward.send(now, 2 * self.latency, packet);
            }
        }
        if let Some(before) = self.due_of.remove(&address) {
            self.due.remove(&(before, address));
        }
        if let Some(next) = next {
            self.due_of.insert(address, next);
            self.due.insert((next, address));
        }
        for call in elsewhere {
            let other = call.from.filter(|other| *other != address);
            let Some((other, Place::Host(host))) =
                other.and_then(|other| Some((other, self.places.get_mut(&other)?)))
            else {
                continue;
            };
            host.run_for_another(call);
            self.serve(now, other);
        }
    }
}

fn destination(packet: &[u8]) -> Option<IpAddr> {
    use smoltcp::wire::{Ipv4Packet, Ipv6Packet};
    match packet.first()? >> 4 {
        4 => Some(Ipv4Packet::new_checked(packet).ok()?.dst_addr().into()),
        _ => Some(Ipv6Packet::new_checked(packet).ok()?.dst_addr().into()),
    }
}
