//! A warden with a real scope, and doors.

use std::{
    cell::{Cell, RefCell},
    net::{IpAddr, SocketAddr},
    task::Waker,
};

use probe_core::{scope::Scope, time::Instant};

use crate::{
    guard::{Doors, HostDoor, Spacing, Warden},
    testing::scope,
};

/// The ports on which the device is the sink.
pub(crate) const SINK_PORTS: [u16; 2] = [25, 2_525];
/// Where the sink is in some tests.
pub(crate) const SINK_ELSEWHERE: &str = "203.0.113.25:25";
/// Somebody in the scope who objects.
pub(crate) const OBJECTOR: [u8; 4] = [192, 0, 2, 77];

/// Permits what its scope permits, and remembers violations.
pub(crate) struct ScopeWarden {
    scope: Scope,
    pub(crate) violations: RefCell<Vec<SocketAddr>>,
    /// [`SINK_PORTS`] are the sink's.
    pub(crate) is_sink: Cell<bool>,
    pub(crate) spacing: Cell<Option<Spacing>>,
    pub(crate) now_us: Cell<u64>,
    pub(crate) wake_at_us: Cell<Option<u64>>,
    /// The way to [`SINK_ELSEWHERE`] is being tried.
    pub(crate) tries_way: Cell<bool>,
}

impl ScopeWarden {
    pub(crate) fn new(networks: &[&str], exclusions: &[&str], ports: &[u16]) -> Self {
        let mut scope = scope(networks, exclusions, ports);
        scope.identity.resolver = Some("203.0.113.53".parse().unwrap());
        Self {
            scope,
            violations: RefCell::default(),
            is_sink: Cell::new(true),
            spacing: Cell::new(Some(Spacing::NONE)),
            now_us: Cell::new(0),
            wake_at_us: Cell::new(None),
            tries_way: Cell::new(false),
        }
    }

    /// What every test of this folder permits.
    pub(crate) fn usual() -> Self {
        let networks = ["192.0.2.0/24", "2001:db8:25::/48"];
        Self::new(&networks, &["192.0.2.99/32"], &[25, 587])
    }
}

impl Warden for ScopeWarden {
    fn now(&self) -> Instant {
        Instant::from_millis(self.now_us.get() / 1_000)
    }

    fn permits(&self, remote: SocketAddr) -> bool {
        self.scope.permits(remote)
    }

    fn permits_address(&self, address: IpAddr) -> bool {
        self.scope.permits(SocketAddr::new(address, 25))
    }

    fn resolver(&self) -> Option<IpAddr> {
        self.scope.identity.resolver
    }

    fn sink_elsewhere(&self, begins: bool) -> Option<SocketAddr> {
        let sink = SINK_ELSEWHERE.parse().ok();
        sink.filter(|_| !begins || self.tries_way.get())
    }

    fn violated(&self, remote: SocketAddr) {
        self.violations.borrow_mut().push(remote);
    }

    fn is_sink_port(&self, port: u16) -> bool {
        self.is_sink.get() && SINK_PORTS.contains(&port)
    }

    fn is_objected(&self, address: IpAddr) -> bool {
        address == IpAddr::from(OBJECTOR)
    }

    fn spacing(&self) -> Option<Spacing> {
        self.spacing.get()
    }

    fn now_us(&self) -> u64 {
        self.now_us.get()
    }

    fn wake_at(&self, at_us: u64, _waker: &Waker) {
        self.wake_at_us.set(Some(at_us));
    }
}

pub(crate) fn doors() -> Doors {
    Doors {
        slaac: true,
        gateway_v4: Some("198.51.100.1".parse().unwrap()),
        gateway_v6: Some("2001:db8:1::1".parse().unwrap()),
        host: Some(HostDoor {
            address: "203.0.113.80".parse().unwrap(),
            local_port: 7_025,
        }),
        dhcp: true,
        dhcp_server: Some("198.51.100.2".parse().unwrap()),
    }
}
