//! The environment: this computer's clock, generator and sockets.

use std::{cell::RefCell, future::pending, net::IpAddr, time::Duration};

use firmware::env::Env;
use probe_core::{
    frame::message::{GuardCounters, NetworkState},
    prober::Prober,
    time::Instant,
};
use socket2::{Domain, Socket, Type};

use super::{DirectError, Fence, Sources, network::DirectNetwork};

/// An environment on this computer. Its clock starts when it is made, which counts as boot. It
/// works inside a tokio runtime with time and network.
pub struct DirectEnv<'a> {
    clock: Clock,
    network: DirectNetwork<'a>,
}

impl<'a> DirectEnv<'a> {
    /// An environment whose sockets ask `prober`'s scope. Fails where a source is not an address
    /// of this computer.
    pub fn new(prober: &'a RefCell<Prober>, sources: Sources) -> Result<Self, DirectError> {
        let v4 = sources.v4.map(IpAddr::V4);
        let v6 = sources.v6.map(IpAddr::V6);
        for address in [v4, v6].into_iter().flatten() {
            check_source(address).map_err(|error| DirectError::Source { address, error })?;
        }
        let clock = Clock(std::time::Instant::now());
        Ok(Self {
            clock,
            network: DirectNetwork::new(clock, Fence::new(prober, sources)),
        })
    }

    /// Listens on these ports, for the sink that the scope will say they are. Fails where one is taken,
    /// or not to be had by this user.
    pub fn listen(&mut self, ports: &[u16]) -> Result<(), DirectError> {
        for port in ports.iter().copied() {
            let listens = self.network.listen(port);
            listens.map_err(|error| DirectError::Listen { port, error })?;
        }
        Ok(())
    }
}

fn check_source(address: IpAddr) -> std::io::Result<()> {
    let socket = Socket::new(Domain::for_address((address, 0).into()), Type::STREAM, None)?;
    socket.bind(&std::net::SocketAddr::new(address, 0).into())
}

impl<'a> Env for DirectEnv<'a> {
    type Network = DirectNetwork<'a>;

    fn now(&self) -> Instant {
        self.clock.now()
    }

    async fn sleep_until(&self, at: Instant) {
        self.clock.sleep_until(at).await;
    }

    fn network(&self) -> &Self::Network {
        &self.network
    }

    fn random(&self, octets: &mut [u8]) {
        getrandom::fill(octets).expect("the system's generator works from early boot on");
    }

    fn guard_counters(&self) -> GuardCounters {
        self.network.fence().counters()
    }

    /// What this computer's network lacks is told by each connection.
    fn network_state(&self) -> NetworkState {
        NetworkState {
            ipv4: true,
            ipv6: true,
            ..NetworkState::default()
        }
    }
}

/// Milliseconds since a moment that counts as boot.
#[derive(Clone, Copy)]
pub(super) struct Clock(pub(super) std::time::Instant);

impl Clock {
    pub(super) fn now(self) -> Instant {
        let ms = self.0.elapsed().as_millis();
        Instant::from_millis(u64::try_from(ms).unwrap_or(u64::MAX))
    }

    /// Sleeps for ever where `at` is later than this computer's clock can tell.
    pub(super) async fn sleep_until(self, at: Instant) {
        if at <= self.now() {
            return;
        }
        match self.0.checked_add(Duration::from_millis(at.as_millis())) {
            Some(at) => tokio::time::sleep_until(at.into()).await,
            None => pending().await,
        }
    }

    /// Runs `future` until it is ready or `by` has come: `None` then.
    pub(super) async fn until<F: Future>(self, by: Instant, future: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            output = future => Some(output),
            () = self.sleep_until(by) => None,
        }
    }
}
