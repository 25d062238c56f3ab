//! What the guard counts and what it was told, shared by reference.

use core::cell::Cell;

use probe_core::{frame::message::GuardCounters, time::Instant};

use super::{
    Doors,
    inspect::{Pass, Stop},
    limit::Bucket,
};
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
    /// Stopped: too many of the link's own protocols, or of connections that wait to begin.
    pub limited: u32,
    /// Stopped: probes outside the scope. Each stops the scan.
    pub violations: u32,
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
                limited: 0,
                violations: 0,
            }),
            bucket: Cell::new(Bucket::FULL),
            own_networks: Cell::new(OwnNetworks { v4: None, v6: None }),
        }
    }

    /// The doors.
    pub fn doors(&self) -> Doors {
        self.doors.get()
    }

    /// Opens other doors, as when DHCP has found a router.
    pub fn set_doors(&self, doors: Doors) {
        self.doors.set(doors);
    }

    /// Our own addresses, as far as they are known.
    pub fn own_networks(&self) -> OwnNetworks {
        self.own_networks.get()
    }

    /// What the stack's addresses are now. The guard learns the way to a router only from frames
    /// that have them.
    pub fn set_own_networks(&self, networks: OwnNetworks) {
        self.own_networks.set(networks);
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
