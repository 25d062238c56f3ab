//! [`Env`] over embassy-net: boards and the simulator.

use core::{
    cell::Cell,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use embassy_futures::select::{Either, select};
use embassy_net::{IpEndpoint, Stack, tcp};
use probe_core::{
    dialogue::{Close, End, OpenFailure},
    frame::message::GuardCounters,
    time::{Instant, Millis},
};

use crate::{
    env::{Buffers, Env, LINGER_MAX, Network, Read, Stream},
    guard::Watch,
    scout::OwnNetworks,
};

/// Where random octets come from: a generator of the chip, or the simulator's seed.
pub trait Random {
    /// Fills `octets`.
    fn fill(&self, octets: &mut [u8]);
}

/// The seed for [`embassy_net::new`]: it decides the first local port and every initial sequence
/// number.
pub fn seed(random: &impl Random) -> u64 {
    let mut octets = [0; 8];
    random.fill(&mut octets);
    u64::from_le_bytes(octets)
}

/// An environment over embassy-net and embassy-time.
pub struct StackEnv<'d, R> {
    network: StackNetwork<'d>,
    watch: &'d Watch,
    random: R,
}

impl<'d, R: Random> StackEnv<'d, R> {
    /// An environment whose network has `sockets` sockets to give, behind the guard that reports
    /// to `watch`. The stack's resources must hold at least as many beside its own: embassy-net
    /// panics on one socket too many.
    pub const fn new(stack: Stack<'d>, sockets: u8, watch: &'d Watch, random: R) -> Self {
        Self {
            network: StackNetwork {
                stack,
                free: Cell::new(sockets),
            },
            watch,
            random,
        }
    }
}

impl<'d, R: Random> Env for StackEnv<'d, R> {
    type Network = StackNetwork<'d>;

    fn now(&self) -> Instant {
        now()
    }

    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
        Sleep(at)
    }

    /// Also tells the guard which addresses the stack has: whoever connects asks for the network
    /// first, and whoever speaks with the host for the counters.
    fn network(&self) -> &Self::Network {
        self.watch.set_own_networks(self.network.own_networks());
        &self.network
    }

    fn random(&self, octets: &mut [u8]) {
        self.random.fill(octets);
    }

    fn guard_counters(&self) -> GuardCounters {
        self.watch.set_own_networks(self.network.own_networks());
        self.watch.counters().summary()
    }
}

/// The moment that it is, by embassy-time's clock, which starts at boot.
pub fn now() -> Instant {
    Instant::from_millis(embassy_time::Instant::now().as_millis())
}

/// The moment that it is by the same clock, in microseconds.
pub fn now_us() -> u64 {
    embassy_time::Instant::now().as_micros()
}

/// Wakes `waker` when [`now_us`] says `at_us`, or before.
pub fn wake_at_us(at_us: u64, waker: &Waker) {
    let at = embassy_time::Instant::from_micros(at_us);
    embassy_time_driver::schedule_wake(at.as_ticks(), waker);
}

/// The latest moment that embassy-time's ticks can express, in milliseconds.
const MILLIS_MAX: u64 = u64::MAX / embassy_time::TICK_HZ;

/// embassy-net's TCP, with a count of the sockets that are left.
pub struct StackNetwork<'d> {
    stack: Stack<'d>,
    free: Cell<u8>,
}

impl<'d> Network for StackNetwork<'d> {
    type Stream<'a>
        = StackStream<'a>
    where
        Self: 'a;

    async fn connect<'a>(
        &'a self,
        remote: SocketAddr,
        by: Instant,
        buffers: &'a mut Buffers,
    ) -> Result<StackStream<'a>, OpenFailure> {
        if !self.has_route(remote.ip()) {
            return Err(OpenFailure::Unreachable);
        }
        let slot = Slot::take(&self.free).ok_or(OpenFailure::NoSlot)?;
        let mut socket = tcp::TcpSocket::new(self.stack, &mut buffers.receive, &mut buffers.send);
        socket.set_nagle_enabled(false);
        let connected = at_deadline(by, socket.connect(endpoint(remote)?)).await;
        let failure = match connected {
            Either::First(Ok(())) => match socket.local_endpoint() {
                Some(local) => {
                    return Ok(StackStream {
                        socket,
                        local: SocketAddr::from((local.addr, local.port)),
                        _slot: slot,
                    });
                }
                None => OpenFailure::Refused,
            },
            // A reset from the peer leaves no remote endpoint behind; one that is still there
            // means that this device gave up, for want of a link or an address.
            Either::First(Err(tcp::ConnectError::ConnectionReset))
                if socket.remote_endpoint().is_none() =>
            {
                OpenFailure::Refused
            }
            Either::First(Err(tcp::ConnectError::ConnectionReset | tcp::ConnectError::NoRoute)) => {
                OpenFailure::Unreachable
            }
            Either::First(Err(tcp::ConnectError::InvalidState)) => OpenFailure::NoSlot,
            Either::First(Err(tcp::ConnectError::TimedOut)) | Either::Second(()) => {
                OpenFailure::NoAnswer
            }
        };
        Err(failure)
    }
}

impl StackNetwork<'_> {
    /// The stack's addresses.
    fn own_networks(&self) -> OwnNetworks {
        let v4 = self.stack.config_v4().map(|config| config.address);
        #[cfg(feature = "ipv6")]
        let v6 = self.stack.config_v6().map(|config| config.address);
        OwnNetworks {
            v4: v4.map(|own| (own.address(), own.prefix_len())),
            #[cfg(feature = "ipv6")]
            v6: v6.map(|own| (own.address(), own.prefix_len())),
            #[cfg(not(feature = "ipv6"))]
            v6: None,
        }
    }

    /// Whether this device has an address and a way for `remote`. Without an address of the
    /// family smoltcp would send from the loopback address, and without a way it would try in
    /// silence.
    fn has_route(&self, remote: IpAddr) -> bool {
        match remote {
            IpAddr::V4(remote) => self.stack.config_v4().is_some_and(|config| {
                config.gateway.is_some() || config.address.contains_addr(&remote)
            }),
            #[cfg(not(feature = "ipv6"))]
            IpAddr::V6(_) => false,
            #[cfg(feature = "ipv6")]
            IpAddr::V6(remote) => self.stack.config_v6().is_some_and(|config| {
                config.gateway.is_some() || config.address.contains_addr(&remote)
            }),
        }
    }
}

/// The same for the stack, if it speaks this family.
fn endpoint(remote: SocketAddr) -> Result<IpEndpoint, OpenFailure> {
    match remote {
        SocketAddr::V4(remote) => Ok(IpEndpoint::from(remote)),
        #[cfg(feature = "ipv6")]
        SocketAddr::V6(remote) => Ok(IpEndpoint::from(remote)),
        #[cfg(not(feature = "ipv6"))]
        SocketAddr::V6(_) => Err(OpenFailure::Unreachable),
    }
}

/// One socket of those that the network has to give; given back on drop.
struct Slot<'a>(&'a Cell<u8>);

impl<'a> Slot<'a> {
    fn take(free: &'a Cell<u8>) -> Option<Self> {
        free.set(free.get().checked_sub(1)?);
        Some(Self(free))
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_add(1));
    }
}

/// A connection. The socket is declared before its slot, so that it is gone when the slot is
/// given back.
pub struct StackStream<'a> {
    socket: tcp::TcpSocket<'a>,
    local: SocketAddr,
    _slot: Slot<'a>,
}

impl Stream for StackStream<'_> {
    fn local(&self) -> SocketAddr {
        self.local
    }

    async fn read(&mut self, octets: &mut [u8]) -> Read {
        match self.socket.read(octets).await {
            Ok(0) => Read::Ended(End::Fin),
            Ok(count) => Read::Octets(count),
            Err(tcp::Error::ConnectionReset) => Read::Ended(End::Reset),
        }
    }

    // What is written before the stack's runner is polled again leaves in one segment, so `more`
    // needs nothing here.
    async fn write_all(&mut self, octets: &[u8], _more: bool, by: Instant) -> Result<(), End> {
        let written = at_deadline(by, async {
            let mut rest = octets;
            while !rest.is_empty() {
                let count = self.socket.write(rest).await?;
                rest = rest.get(count..).unwrap_or_default();
            }
            Ok(())
        })
        .await;
        match written {
            Either::First(Ok(())) => Ok(()),
            Either::First(Err(tcp::Error::ConnectionReset)) => Err(End::Reset),
            Either::Second(()) => Err(End::WriteDeadline),
        }
    }

    // Not an async function, which would keep a second copy of the stream.
    fn close(self, how: Close) -> impl Future<Output = ()> {
        let mut stream = self;
        async move {
            if how == Close::Fin {
                stream.socket.close();
                let drained = at_deadline(now() + LINGER_MAX, stream.drain()).await;
                if let Either::First(()) = drained {
                    return;
                }
            }
            stream.socket.abort();
            // The reset leaves at once unless the driver has no room for it.
            let _ = at_deadline(now() + RESET_MAX, stream.socket.flush()).await;
        }
    }
}

impl StackStream<'_> {
    /// Throws away what still comes until the peer has closed too, then waits until our end is
    /// acknowledged: dropping the socket earlier would answer the peer's end with a reset.
    async fn drain(&mut self) {
        let throw_away = |octets: &mut [u8]| (octets.len(), ());
        while self.socket.read_with(throw_away).await.is_ok() {}
        let _ = self.socket.flush().await;
    }
}

/// How long a reset may wait for room in the driver, and for the router's hardware address:
/// smoltcp forgets that after a minute and asks for one neighbour a second, so a reset that does
/// not wait for it is lost, and the peer keeps a connection that is over.
const RESET_MAX: Millis = Millis(2_500);

/// Runs `future` until it is ready or `by` has come: `Second` then. Not an async function, which
/// would keep a second copy of `future`.
fn at_deadline<F: Future>(by: Instant, future: F) -> impl Future<Output = Either<F::Output, ()>> {
    select(future, Sleep(by))
}

/// Ready when the moment has come. Everything that waits holds one or two of these, so it is as small as
/// can be, and its code is there once.
struct Sleep(Instant);

impl Future for Sleep {
    type Output = ();

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 <= now() {
            return Poll::Ready(());
        }
        let at = embassy_time::Instant::from_millis(self.0.as_millis().min(MILLIS_MAX));
        embassy_time_driver::schedule_wake(at.as_ticks(), context.waker());
        Poll::Pending
    }
}
