//! Asking without a socket whether anybody is there.
//!
//! The guard stands between the stack and the driver. For targets that the prober hands it
//! ([`Warden::scout`]) it sends SYNs of its own and looks for their answers among what comes in.
//! It remembers nothing of them: the sequence number is a keyed hash of the target and of the moment
//! when it was first asked, so that an answer proves by its acknowledgement that it is one.
//!
//! ```text
//! SYN, at most three times ─▶ SYN-ACK ─▶ the stack, which knows no such socket, answers RST;
//!                                        the target goes to a worker
//!                          ─▶ RST     ─▶ refused          ─▶ nothing: no answer
//! ```
//!
//! A SYN needs the router's hardware address and our own address. Both are taken from the frames
//! that the stack itself sends to targets behind the router; what they say is believed for
//! [`WAY_KNOWN_FOR`], then a worker has to find the way again. Targets on our own link are left to the
//! workers.

mod packet;

#[expect(
    deprecated,
    reason = "it is SipHash-2-4, which is what is wanted, and not a promise of any HashMap"
)]
use core::hash::SipHasher;
use core::{
    cell::{Cell, RefCell},
    hash::Hasher,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    task::Waker,
};

use embassy_sync::waitqueue::WakerRegistration;
use heapless::Vec;
use probe_core::{
    prober::Heard,
    time::{Instant, Millis},
};

use crate::{
    env::Env,
    guard::{SYN_OCTETS_MAX, Warden},
};

/// The port that every SYN of the guard comes from. embassy-net gives its sockets ports from 1,025
/// on.
pub const SCOUT_PORT: u16 = 1_024;
/// For how long a way that the stack has used is believed to be there. smoltcp asks for its
/// neighbours once a minute.
pub const WAY_KNOWN_FOR: Millis = Millis::from_secs(30);

/// How much longer a way is known for the prober to hear of it.
const WAY_NEWS_AFTER: Millis = Millis::from_secs(1);

/// What makes answers provable; drawn once in each boot.
pub type Key = (u64, u64);

/// Our own addresses and what is on our link with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnNetworks {
    /// Our IPv4 address and its prefix.
    pub v4: Option<(Ipv4Addr, u8)>,
    /// Our IPv6 address and its prefix.
    pub v6: Option<(Ipv6Addr, u8)>,
}

impl OwnNetworks {
    fn own(&self, is_ipv4: bool) -> Option<IpAddr> {
        if is_ipv4 {
            self.v4.map(|(own, _)| IpAddr::V4(own))
        } else {
            self.v6.map(|(own, _)| IpAddr::V6(own))
        }
    }

    /// Whether `address` is another than ours of our own networks.
    pub(crate) fn is_near(&self, address: IpAddr) -> bool {
        let own = self.own(address.is_ipv4());
        own.is_some_and(|own| own != address) && !self.is_behind_router(address)
    }

    /// Whether `address` is behind the router, as far as is known.
    fn is_behind_router(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.is_some_and(|(own, prefix)| {
                let differing = own.to_bits() ^ address.to_bits();
                differing.leading_zeros() < u32::from(prefix)
            }),
            IpAddr::V6(address) => self.v6.is_some_and(|(own, prefix)| {
                let differing = own.to_bits() ^ address.to_bits();
                differing.leading_zeros() < u32::from(prefix)
            }),
        }
    }
}

/// What an appliance's tasks share with its guard for scouting.
pub struct Post {
    key: Cell<Option<Key>>,
    waker: RefCell<WakerRegistration>,
}

impl Post {
    /// Without a key nobody scouts.
    pub(crate) const fn new() -> Self {
        Self {
            key: Cell::new(None),
            waker: RefCell::new(WakerRegistration::new()),
        }
    }

    /// Draws the key, if there is none yet.
    pub(crate) fn draw_key(&self, env: &impl Env) {
        if self.key.get().is_none() {
            let mut octets = [[0; 8]; 2];
            octets.iter_mut().for_each(|octets| env.random(octets));
            let [one, other] = octets.map(u64::from_le_bytes);
            self.key.set(Some((one, other)));
        }
    }

    pub(crate) fn key(&self) -> Option<Key> {
        self.key.get()
    }

    /// Something has changed: the guard has to look for targets again.
    pub(crate) fn ring(&self) {
        self.waker.borrow_mut().wake();
    }

    pub(crate) fn register(&self, waker: &Waker) {
        self.waker.borrow_mut().register(waker);
    }
}

/// The ways that are known.
pub(crate) struct Ways {
    v4: Option<Way>,
    v6: Option<Way>,
}

#[derive(Clone, Copy)]
struct Way {
    own: IpAddr,
    router: [u8; 6],
    until: Instant,
}

impl Ways {
    pub(crate) const fn new() -> Self {
        Self { v4: None, v6: None }
    }

    fn of(&mut self, is_ipv4: bool) -> &mut Option<Way> {
        if is_ipv4 { &mut self.v4 } else { &mut self.v6 }
    }

    /// Learns from a frame of the stack that leaves towards the scope.
    pub(crate) fn learn(&mut self, frame: &[u8], networks: OwnNetworks, warden: &impl Warden) {
        let Some((segment, _)) = packet::parse(frame) else {
            return;
        };
        let Some(router) = packet::destination_hardware(frame) else {
            return;
        };
        let (own, remote) = (segment.source.ip(), segment.destination.ip());
        let is_ipv4 = remote.is_ipv4();
        if networks.own(is_ipv4) != Some(own) || !networks.is_behind_router(remote) {
            return;
        }
        let until = warden.now() + WAY_KNOWN_FOR;
        let way = self.of(is_ipv4);
        let is_news = way.is_none_or(|way| {
            (way.own, way.router) != (own, router) || way.until + WAY_NEWS_AFTER <= until
        });
        if is_news {
            *way = Some(Way { own, router, until });
            warden.scouts_until(is_ipv4, until);
        }
    }

    /// Forgets a way from an address that is not ours any more.
    pub(crate) fn check(&mut self, networks: OwnNetworks, warden: &impl Warden) {
        for is_ipv4 in [true, false] {
            let way = self.of(is_ipv4);
            if way.is_some_and(|way| networks.own(is_ipv4) != Some(way.own)) {
                *way = None;
                warden.scouts_until(is_ipv4, Instant::BOOT);
            }
        }
    }

    /// Forgets every way: the cable is out.
    pub(crate) fn forget(&mut self, warden: &impl Warden) {
        self.check(OwnNetworks::default(), warden);
    }

    /// Forgets the way of one family: its router is silent.
    pub(crate) fn forget_family(&mut self, is_ipv4: bool, warden: &impl Warden) {
        if self.of(is_ipv4).take().is_some() {
            warden.scouts_until(is_ipv4, Instant::BOOT);
        }
    }

    /// The frame that asks `target`, if there is a way.
    pub(crate) fn syn(
        &mut self,
        own_hardware: [u8; 6],
        target: SocketAddr,
        networks: OwnNetworks,
        (key, since): (Key, Instant),
    ) -> Option<Vec<u8, SYN_OCTETS_MAX, u8>> {
        if !networks.is_behind_router(target.ip()) {
            return None;
        }
        let way = (*self.of(target.is_ipv4()))?;
        let source = SocketAddr::new(way.own, SCOUT_PORT);
        let sequence = sequence(key, target, since);
        packet::syn(own_hardware, way.router, source, target, sequence)
    }
}

/// Looks at a frame that came in. The stack gets it too, and resets what it does not know.
pub(crate) fn hear(frame: &[u8], warden: &impl Warden) {
    let Some(segment) = packet::read(frame) else {
        return;
    };
    if segment.destination.port() != SCOUT_PORT || segment.flags & packet::ACK == 0 {
        return;
    }
    let remote = segment.source;
    let (Some(key), Some(since)) = (warden.scout_key(), warden.scouted_since(remote)) else {
        return;
    };
    if segment.acknowledged != sequence(key, remote, since).wrapping_add(1) {
        return;
    }
    if segment.flags & packet::RST != 0 {
        warden.scout_heard(remote, Heard::Refusal);
    } else if segment.flags & packet::SYN != 0 {
        warden.scout_heard(remote, Heard::Answer);
    }
}

/// The sequence number of every SYN to `target`, which was first asked at `since`.
fn sequence((one, other): Key, target: SocketAddr, since: Instant) -> u32 {
    #[expect(deprecated, reason = "see above")]
    let mut hasher = SipHasher::new_with_keys(one, other);
    match target.ip() {
        IpAddr::V4(address) => hasher.write(&address.octets()),
        IpAddr::V6(address) => hasher.write(&address.octets()),
    }
    hasher.write(&target.port().to_be_bytes());
    hasher.write(&since.as_millis().to_be_bytes());
    let [a, b, c, d, ..] = hasher.finish().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests;
