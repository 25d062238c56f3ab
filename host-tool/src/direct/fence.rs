//! The second check of the scope, in front of the system's socket calls.

use std::{
    cell::{Cell, RefCell},
    net::{IpAddr, SocketAddr},
};

use probe_core::{
    dns::DNS_PORT,
    frame::message::GuardCounters,
    prober::{Prober, Stop},
    time::Instant,
};

use super::Sources;

/// Asks the prober's scope before every socket call, and counts the answers.
pub struct Fence<'a> {
    prober: &'a RefCell<Prober>,
    sources: Sources,
    allowed: Cell<u64>,
    refused: Cell<u32>,
}

/// The call leads outside the scope and must not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfScope;

impl<'a> Fence<'a> {
    /// A fence around the prober's scope.
    pub fn new(prober: &'a RefCell<Prober>, sources: Sources) -> Self {
        Self {
            prober,
            sources,
            allowed: Cell::new(0),
            refused: Cell::new(0),
        }
    }

    /// Whether a connection may be opened to `remote`, or octets sent there: a target, the scope's
    /// resolver, or a sink elsewhere.
    pub fn check_remote(&self, now: Instant, remote: SocketAddr) -> Result<(), OutOfScope> {
        let permitted = {
            let prober = self.prober.borrow();
            prober
                .scope()
                .is_some_and(|scope| scope.permits(remote) || scope.outside_sink() == Some(remote))
        };
        self.count(now, permitted || self.is_resolver(remote))
    }

    /// Whether datagrams may go to `remote`: only to the scope's resolver.
    pub fn check_datagrams(&self, now: Instant, remote: SocketAddr) -> Result<(), OutOfScope> {
        self.count(now, self.is_resolver(remote))
    }

    fn is_resolver(&self, remote: SocketAddr) -> bool {
        let prober = self.prober.borrow();
        let resolver = prober.scope().and_then(|scope| scope.identity.resolver);
        resolver == Some(remote.ip()) && remote.port() == DNS_PORT
    }

    /// Whether whoever has called `port` of the sink may be answered, or be listened to.
    pub fn check_sink(&self, port: u16) -> Result<(), OutOfScope> {
        // A port that is the sink's no more is closed, and nobody's fault.
        if !self.prober.borrow().sink_ports().contains(&port) {
            return Err(OutOfScope);
        }
        self.allowed.set(self.allowed.get() + 1);
        Ok(())
    }

    /// Whether somebody at `remote` objects: no connection begins there any more.
    pub fn is_objected(&self, remote: SocketAddr) -> bool {
        self.prober.borrow().is_objected(remote.ip())
    }

    /// Whether a socket may be bound to `local`: only to a source that was asked for, and never
    /// to a port that somebody could call.
    pub fn check_bind(&self, now: Instant, local: SocketAddr) -> Result<(), OutOfScope> {
        let ours = match local.ip() {
            IpAddr::V4(address) => self.sources.v4 == Some(address),
            IpAddr::V6(address) => self.sources.v6 == Some(address),
        };
        self.count(now, ours && local.port() == 0)
    }

    /// The source for a connection to `remote`, where one was asked for.
    pub fn source(&self, remote: IpAddr) -> Option<IpAddr> {
        match remote {
            IpAddr::V4(_) => self.sources.v4.map(IpAddr::V4),
            IpAddr::V6(_) => self.sources.v6.map(IpAddr::V6),
        }
    }

    /// What was let through and what was not. There is no noise to drop: the system's own stack
    /// answers for itself.
    pub fn counters(&self) -> GuardCounters {
        GuardCounters {
            allowed: self.allowed.get(),
            dropped: 0,
            violations: self.refused.get(),
            strangers: 0,
        }
    }

    fn count(&self, now: Instant, permitted: bool) -> Result<(), OutOfScope> {
        if permitted {
            self.allowed.set(self.allowed.get() + 1);
            return Ok(());
        }
        self.refused.set(self.refused.get().saturating_add(1));
        self.prober.borrow_mut().stop(now, Stop::GuardViolation);
        Err(OutOfScope)
    }
}
