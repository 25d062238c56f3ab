//! What the guard counts and what it was told, shared by reference.

use core::{
    cell::Cell,
    net::{IpAddr, Ipv4Addr},
};

use probe_core::{frame::message::GuardCounters, time::Instant};

#[cfg(feature = "ipv6")]
use super::advertised::Advertised;
#[cfg(not(feature = "relay-only"))]
use super::near::Callers;
use super::{
    Doors,
    inspect::{Pass, Stop},
    limit::Bucket,
    routers::ROUTER_QUESTIONS_MAX,
};
#[cfg(not(feature = "relay-only"))]
use crate::log;
use crate::scout::OwnNetworks;

/// How many frames the guard has seen, by what became of them. Each counter stops at its
/// largest value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Came in.
    pub received: u32,
    /// Of them dropped: asked for a connection, from nobody who may call.
    pub strangers: u32,
    /// Left: towards the scope, or one of the doors.
    pub sent: u32,
    /// Left: the link's own protocols.
    pub sent_link: u32,
    /// Kept for a moment, because a connection would have begun too soon after another one. Each
    /// is counted once more when it leaves.
    pub kept: u32,
    /// Stopped: not to be read.
    pub malformed: u32,
    /// Stopped: a protocol that the device does not speak.
    pub unknown: u32,
    /// Stopped: a fragment.
    pub fragments: u32,
    /// Stopped: headers that may divert or hide a packet.
    pub diverting: u32,
    /// Stopped: a tunnel.
    pub tunnels: u32,
    /// Stopped: over [`super::PACKET_OCTETS_MAX`].
    pub too_long: u32,
    /// Stopped: not from our own hardware address.
    pub foreign_source: u32,
    /// Stopped: asks on the link for a machine that the device has no business with.
    pub neighbours: u32,
    /// Stopped: the stack's noise towards strangers, such as resets and ICMP, and connections that
    /// nobody wants any more.
    pub noise: u32,
    /// Stopped: would have turned away callers of the sink, because nobody listened.
    pub nobody_listened: u32,
    /// Stopped: too many of the link's own protocols, or of connections that wait to begin.
    pub limited: u32,
    /// Stopped: probes outside the scope. Each stops the scan.
    pub violations: u32,
    /// Callers of the sink that were forgotten for others, because there were more than
    /// `CALLERS_MAX` on our own link. No frames.
    pub callers_forgotten: u32,
}

impl Counters {
    /// What the host is told of them.
    pub fn summary(&self) -> GuardCounters {
        let dropped = [
            self.malformed,
            self.unknown,
            self.fragments,
            self.diverting,
            self.tunnels,
            self.too_long,
            self.foreign_source,
            self.neighbours,
            self.noise,
            self.nobody_listened,
            self.limited,
        ];
        GuardCounters {
            allowed: u64::from(self.sent) + u64::from(self.sent_link),
            dropped: dropped.into_iter().map(u64::from).sum(),
            violations: self.violations,
            strangers: self.strangers,
        }
    }
}

/// The guard's counters and doors. It outlives the guard, which the stack's runner owns.
#[derive(Debug)]
pub struct Watch {
    doors: Cell<Doors>,
    counters: Cell<Counters>,
    bucket: Cell<Bucket>,
    own_networks: Cell<OwnNetworks>,
    held: Cell<u8>,
    /// Sockets of connections.
    sockets: Cell<u8>,
    /// Questions for the routers of IPv4 and IPv6 since each has said something.
    unanswered: [Cell<u8>; 2],
    dhcp_server: Cell<Option<Ipv4Addr>>,
    #[cfg(not(feature = "relay-only"))]
    callers: Cell<Callers>,
    #[cfg(feature = "ipv6")]
    advertised: Cell<Advertised>,
}

impl Watch {
    /// A watch at the given doors.
    pub const fn new(doors: Doors) -> Self {
        Self {
            doors: Cell::new(doors),
            counters: Cell::new(Counters {
                received: 0,
                strangers: 0,
                sent: 0,
                sent_link: 0,
                kept: 0,
                malformed: 0,
                unknown: 0,
                fragments: 0,
                diverting: 0,
                tunnels: 0,
                too_long: 0,
                foreign_source: 0,
                neighbours: 0,
                noise: 0,
                nobody_listened: 0,
                limited: 0,
                violations: 0,
                callers_forgotten: 0,
            }),
            bucket: Cell::new(Bucket::FULL),
            own_networks: Cell::new(OwnNetworks { v4: None, v6: None }),
            held: Cell::new(0),
            sockets: Cell::new(0),
            unanswered: [const { Cell::new(0) }; 2],
            dhcp_server: Cell::new(None),
            #[cfg(not(feature = "relay-only"))]
            callers: Cell::new(Callers::NOBODY),
            #[cfg(feature = "ipv6")]
            advertised: Cell::new(Advertised::NOTHING),
        }
    }

    /// The doors.
    // At many places, and large.
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn doors(&self) -> Doors {
        self.doors.get()
    }

    /// Opens other doors, as when DHCP has found a router. Of another router nobody knows yet whether
    /// it answers.
    pub fn set_doors(&self, doors: Doors) {
        let before = self.doors.replace(doors);
        let [v4, v6] = &self.unanswered;
        if before.gateway_v4 != doors.gateway_v4 {
            v4.set(0);
        }
        if before.gateway_v6 != doors.gateway_v6 {
            v6.set(0);
        }
    }

    /// The DHCP server that has given the address, if it is on our link: the only one that has to be a
    /// door.
    pub(crate) fn dhcp_server(&self) -> Option<Ipv4Addr> {
        let networks = self.own_networks.get();
        let is_near = |server: &Ipv4Addr| networks.is_near(IpAddr::V4(*server));
        self.dhcp_server.get().filter(is_near)
    }

    pub(super) fn set_dhcp_server(&self, server: Ipv4Addr) {
        self.dhcp_server.set(Some(server));
    }

    /// Somebody on our own link has called a port of the sink.
    #[cfg(not(feature = "relay-only"))]
    pub(super) fn called(&self, now: Instant, address: IpAddr, port: u16) {
        let mut callers = self.callers.get();
        if callers.called(now, address, port) {
            self.count(|counters| &mut counters.callers_forgotten);
            log::caller_forgotten();
        }
        self.callers.set(callers);
    }

    /// Which port of the sink whoever has this address has called of late.
    #[cfg(not(feature = "relay-only"))]
    pub(super) fn caller(&self, now: Instant, address: IpAddr) -> Option<u16> {
        self.callers.get().port(now, address)
    }

    /// The stack asks for a caller; says whether it is soon for that.
    #[cfg(not(feature = "relay-only"))]
    pub(super) fn asks_for_caller(&self, now: Instant) -> Result<Pass, Stop> {
        let mut callers = self.callers.get();
        let decided = callers.asked(now);
        self.callers.set(callers);
        decided
    }

    /// Behind the next cable they are others.
    #[cfg(not(feature = "relay-only"))]
    pub(super) fn forget_callers(&self) {
        self.callers.set(Callers::NOBODY);
    }

    /// What routers have said.
    #[cfg(feature = "ipv6")]
    pub(crate) fn advertised(&self) -> Advertised {
        self.advertised.get()
    }

    #[cfg(feature = "ipv6")]
    pub(super) fn set_advertised(&self, advertised: Advertised) {
        self.advertised.set(advertised);
    }

    /// Questions for the router of IPv4 (0) or IPv6 (1) since it has said something.
    pub(super) fn router_unanswered(&self, index: usize) -> u8 {
        self.unanswered.get(index).map_or(0, Cell::get)
    }

    /// Whether that router does not answer.
    pub(crate) fn router_is_silent(&self, index: usize) -> bool {
        self.router_unanswered(index) >= ROUTER_QUESTIONS_MAX
    }

    /// The router was asked; says whether it is silent since.
    pub(super) fn router_asked(&self, index: usize) -> bool {
        let Some(count) = self.unanswered.get(index) else {
            return false;
        };
        count.set(count.get().saturating_add(1));
        count.get() == ROUTER_QUESTIONS_MAX
    }

    /// The router has said something; says whether it was silent.
    pub(super) fn router_answered(&self, index: usize) -> bool {
        let unanswered = self.unanswered.get(index);
        unanswered.is_some_and(|count| count.replace(0) >= ROUTER_QUESTIONS_MAX)
    }

    /// The link is down: nobody was asked.
    pub(super) fn forget_questions(&self) {
        self.unanswered.iter().for_each(|count| count.set(0));
    }

    /// Our own addresses, as far as they are known.
    // As for [`Watch::doors`].
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn own_networks(&self) -> OwnNetworks {
        self.own_networks.get()
    }

    /// What the stack's addresses are now. The guard learns the way to a router only from frames
    /// that have them.
    pub fn set_own_networks(&self, networks: OwnNetworks) {
        let before = self.own_networks.replace(networks);
        // Of what was asked from another address no answer is waited for.
        let [v4, v6] = &self.unanswered;
        if before.v4 != networks.v4 {
            v4.set(0);
        }
        if before.v6 != networks.v6 {
            v6.set(0);
        }
    }

    /// How many sockets of the stack belong to connections that are open or wanted.
    pub fn sockets(&self) -> u8 {
        self.sockets.get()
    }

    pub(crate) fn set_sockets(&self, sockets: u8) {
        self.sockets.set(sockets);
    }

    /// How many connection requests the guard keeps until they may leave; at most
    /// [`super::SYNS_HELD_MAX`].
    pub fn held(&self) -> u8 {
        self.held.get()
    }

    pub(super) fn holds(&self, held: u8) {
        self.held.set(held);
    }

    /// The counters.
    pub fn counters(&self) -> Counters {
        self.counters.get()
    }

    pub(super) fn received(&self) {
        self.count(|counters| &mut counters.received);
    }

    pub(super) fn stranger(&self) {
        self.count(|counters| &mut counters.strangers);
    }

    pub(super) fn kept(&self) {
        self.count(|counters| &mut counters.kept);
    }

    /// Counts what became of an inspected frame, within the limit of the link's own protocols.
    pub(super) fn admit(&self, now: Instant, inspected: Result<Pass, Stop>) -> Result<(), Stop> {
        let decided = match inspected {
            Ok(Pass::Link) => {
                let mut bucket = self.bucket.get();
                let paid = bucket.pay(now);
                self.bucket.set(bucket);
                if paid {
                    Ok(Pass::Link)
                } else {
                    Err(Stop::Limited)
                }
            }
            other => other,
        };
        self.count(|counters| match decided {
            Ok(Pass::Scope | Pass::Door) => &mut counters.sent,
            Ok(Pass::Link) => &mut counters.sent_link,
            Err(Stop::Malformed) => &mut counters.malformed,
            Err(Stop::Unknown) => &mut counters.unknown,
            Err(Stop::Fragment) => &mut counters.fragments,
            Err(Stop::Diverting) => &mut counters.diverting,
            Err(Stop::Tunnel) => &mut counters.tunnels,
            Err(Stop::TooLong) => &mut counters.too_long,
            Err(Stop::ForeignSource) => &mut counters.foreign_source,
            Err(Stop::Neighbour) => &mut counters.neighbours,
            Err(Stop::Noise) => &mut counters.noise,
            Err(Stop::NobodyListens) => &mut counters.nobody_listened,
            Err(Stop::Limited) => &mut counters.limited,
            Err(Stop::Violation(_)) => &mut counters.violations,
        });
        decided.map(|_| ())
    }

    fn count(&self, which: impl FnOnce(&mut Counters) -> &mut u32) {
        let mut counters = self.counters.get();
        let counter = which(&mut counters);
        *counter = counter.saturating_add(1);
        self.counters.set(counters);
    }
}
