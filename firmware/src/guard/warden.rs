//! The prober as the guard's warden.

use core::{
    cell::RefCell,
    net::{IpAddr, SocketAddr},
};

use probe_core::{
    prober::{Prober, Stop},
    time::Instant,
};

use super::Warden;
use crate::net;

/// Asks the prober's scope, and stops the prober's scan. The prober must not be borrowed while
/// the network's runner is polled; nothing in this crate holds it over an await.
#[derive(Clone, Copy)]
pub struct ProberWarden<'a>(pub &'a RefCell<Prober>);

impl Warden for ProberWarden<'_> {
    fn now(&self) -> Instant {
        net::now()
    }

    fn permits(&self, remote: SocketAddr) -> bool {
        let prober = self.0.borrow();
        prober.scope().is_some_and(|scope| scope.permits(remote))
    }

    fn permits_address(&self, address: IpAddr) -> bool {
        let prober = self.0.borrow();
        prober.scope().is_some_and(|scope| {
            let port = scope.ports.first();
            port.is_some_and(|port| scope.permits(SocketAddr::new(address, *port)))
        })
    }

    fn violated(&self, _remote: SocketAddr) {
        self.0.borrow_mut().stop(self.now(), Stop::GuardViolation);
    }
}
