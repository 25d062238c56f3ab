//! Everything that is not the device: router, paths and hosts, and when each is due.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use super::{
    delay::Delay,
    host::Host,
    link::RouterEnd,
    router::{Routed, Router},
};

/// What is at an address.
pub(crate) enum Place {
    /// A host that answers.
    Host(Box<Host>),
    /// Nothing, and the router says so.
    NoRoute,
}

pub(crate) struct Internet {
    link: RouterEnd,
    router: Router,
    places: BTreeMap<IpAddr, Place>,
    device: Vec<IpAddr>,
    latency: Duration,
    outward: Delay<(IpAddr, Vec<u8>)>,
    homeward: Delay<Vec<u8>>,
    due: BTreeSet<(Duration, IpAddr)>,
    due_of: BTreeMap<IpAddr, Duration>,
}

impl Internet {
    /// An internet whose hosts are `latency` away from the router, each way. An address without a
    /// place is silent. `device` are the device's own addresses: packets to others get lost.
    pub(crate) fn new(
        link: RouterEnd,
        router: Router,
        places: BTreeMap<IpAddr, Place>,
        device: Vec<IpAddr>,
        latency: Duration,
    ) -> Self {
        Self {
            link,
            router,
            places,
            device,
            latency,
            outward: Delay::default(),
            homeward: Delay::default(),
            due: BTreeSet::new(),
            due_of: BTreeMap::new(),
        }
    }

    /// Does everything that is due at `now`; says whether anything was.
    pub(crate) fn advance(&mut self, now: Duration) -> bool {
        let mut busy = false;
        while let Some(frame) = self.link.receive(now) {
            busy = true;
            match self.router.take(&frame) {
                Routed::Reply(frame) => self.link.send(now, frame),
                Routed::Forward {
                    destination,
                    packet,
                } => self.forward(now, destination, packet),
                Routed::Ignored => {}
            }
        }
        while let Some((destination, packet)) = self.outward.arrived(now) {
            busy = true;
            if let Some(Place::Host(host)) = self.places.get_mut(&destination) {
                host.receive(packet);
                self.serve(now, destination);
            }
        }
        let ready = self.due.iter().take_while(|(due, _)| *due <= now);
        for address in ready.map(|(_, address)| *address).collect::<Vec<_>>() {
            busy = true;
            self.serve(now, address);
        }
        while let Some(packet) = self.homeward.arrived(now) {
            busy = true;
            if let Some(frame) = self.router.deliver(&packet) {
                self.link.send(now, frame);
            }
        }
        busy | self.link.wake_device(now)
    }

    /// When something is due next.
    pub(crate) fn next(&self) -> Option<Duration> {
        [
            self.link.next(),
            self.outward.next(),
            self.homeward.next(),
            self.due.first().map(|(due, _)| *due),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn forward(&mut self, now: Duration, destination: IpAddr, packet: Vec<u8>) {
        match self.places.get(&destination) {
            Some(Place::Host(_)) => self.outward.send(now + self.latency, (destination, packet)),
            Some(Place::NoRoute) => {
                if let Some(answer) = self.router.unreachable(&packet) {
                    self.homeward.send(now + 2 * self.latency, answer);
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
        while let Some(packet) = host.transmit() {
            if destination(&packet).is_some_and(|to| self.device.contains(&to)) {
                self.homeward.send(now + self.latency, packet);
            }
        }
        let next = host.next(now);
        if let Some(before) = self.due_of.remove(&address) {
            self.due.remove(&(before, address));
        }
        if let Some(next) = next {
            self.due_of.insert(address, next);
            self.due.insert((next, address));
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
