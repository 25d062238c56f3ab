//! The prober as the guard's warden.

use core::{
    cell::RefCell,
    net::{IpAddr, SocketAddr},
    task::Waker,
};

use probe_core::{
    frame::message::Phase,
    prober::{Heard, Prober, Scouting, Stop},
    time::Instant,
};

use super::{Spacing, Warden};
use crate::{
    bell::{Bell, LinkBells},
    net, scout,
};

/// Asks the prober's scope, and stops the prober's scan. The prober must not be borrowed while
/// the network's runner is polled; nothing in this crate holds it over an await.
/// [`crate::appliance::Appliance::warden`] makes one.
#[derive(Clone, Copy)]
pub struct ProberWarden<'a> {
    pub(crate) prober: &'a RefCell<Prober>,
    /// Whoever works on the scan, or tells of it: told at once when it is stopped.
    pub(crate) workers: &'a [Bell],
    pub(crate) link: &'a LinkBells,
    pub(crate) post: &'a scout::Post,
    pub(crate) follower: &'a Bell,
}

impl ProberWarden<'_> {
    /// Stops the scan and wakes everybody, whatever they wait for.
    pub(crate) fn stop(&self, now: Instant) {
        self.prober.borrow_mut().stop(now, Stop::GuardViolation);
        self.workers.iter().for_each(Bell::ring);
        self.link.ring();
    }
}

impl Warden for ProberWarden<'_> {
    fn now(&self) -> Instant {
        net::now()
    }

    fn permits(&self, remote: SocketAddr) -> bool {
        let prober = self.prober.borrow();
        prober.scope().is_some_and(|scope| scope.permits(remote))
    }

    fn permits_address(&self, address: IpAddr) -> bool {
        let prober = self.prober.borrow();
        prober.scope().is_some_and(|scope| scope.holds(address))
    }

    fn resolver(&self) -> Option<IpAddr> {
        self.prober.borrow().scope()?.identity.resolver
    }

    fn sink_elsewhere(&self, begins: bool) -> Option<SocketAddr> {
        self.prober.borrow().sink_elsewhere(begins)
    }

    fn violated(&self, _remote: SocketAddr) {
        self.stop(net::now());
    }

    #[cfg(not(feature = "relay-only"))]
    fn is_sink_port(&self, port: u16) -> bool {
        self.prober.borrow().sink_ports().contains(&port)
    }

    #[cfg(not(feature = "relay-only"))]
    fn nobody_listened(&self) {
        self.prober.borrow_mut().sink_dropped();
    }

    #[cfg(not(feature = "relay-only"))]
    fn is_objected(&self, address: IpAddr) -> bool {
        self.prober.borrow().is_objected(address)
    }

    fn spacing(&self) -> Option<Spacing> {
        let prober = self.prober.borrow();
        let running = prober.phase() == Phase::Running;
        let scope = prober.scope().filter(|_| running)?;
        Some(Spacing::of(&scope.rates))
    }

    fn now_us(&self) -> u64 {
        net::now_us()
    }

    fn wake_at(&self, at_us: u64, waker: &Waker) {
        net::wake_at_us(at_us, waker);
    }

    fn network_changed(&self) {
        self.follower.ring();
    }

    fn scout_key(&self) -> Option<scout::Key> {
        self.post.key()
    }

    fn scout(&self, waker: &Waker) -> Scouting {
        self.post.register(waker);
        let (now, mut prober) = (net::now(), self.prober.borrow_mut());
        let told = (prober.ended(), prober.records_made());
        let scouting = prober.scout(now);
        let takes_one = matches!(scouting, Scouting::Try { again: false, .. });
        if takes_one || told != (prober.ended(), prober.records_made()) {
            self.link.ring();
        }
        scouting
    }

    fn scouts_until(&self, is_ipv4: bool, until: Instant) {
        self.prober.borrow_mut().scouts_until(is_ipv4, until);
        self.post.ring();
    }

    fn scouted_since(&self, remote: SocketAddr) -> Option<Instant> {
        self.prober.borrow().scouted_since(remote)
    }

    fn scout_heard(&self, remote: SocketAddr, heard: Heard) {
        self.prober
            .borrow_mut()
            .scout_heard(net::now(), remote, heard);
        self.workers.iter().for_each(Bell::ring);
        self.link.ring();
    }
}
