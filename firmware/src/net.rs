//! [`Env`] over embassy-net: boards and the simulator.

#[cfg(not(feature = "relay-only"))]
mod link_port;

use core::{
    cell::{Cell, RefCell, RefMut},
    future::poll_fn,
    net::{IpAddr, SocketAddr},
    pin::pin,
    task::{Context, Poll, Waker},
};

use embassy_futures::{
    poll_once,
    select::{Either, select},
};
use embassy_net::{
    IpEndpoint, Ipv4Cidr, Stack, StaticConfigV4, tcp,
    udp::{self, PacketMetadata, UdpSocket},
};
use probe_core::{
    dialogue::{Close, End, OpenFailure},
    dns::{QUERY_OCTETS_MAX, UDP_OCTETS_MAX},
    frame::{
        about::Addressing,
        message::{GuardCounters, Lack, NetworkState},
    },
    time::{Instant, Millis},
};

use crate::{
    env::{Buffers, CallBuffers, Env, LINGER_MAX, Network, Read, Stream},
    guard::Watch,
    scout::OwnNetworks,
};

#[cfg(not(feature = "relay-only"))]
pub use link_port::LinkPortMemory;

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

/// The configuration for [`embassy_net::new`]: IPv4 as `addressing` says. What IPv6 addresses the
/// network's routers give is heard by the guard, and told to the stack by
/// [`crate::appliance::Appliance::follow`].
pub fn config(addressing: Addressing) -> embassy_net::Config {
    match addressing {
        Addressing::Dhcp => embassy_net::Config::dhcpv4(Default::default()),
        Addressing::Static {
            address,
            prefix,
            gateway,
        } => embassy_net::Config::ipv4_static(StaticConfigV4 {
            address: Ipv4Cidr::new(address, prefix),
            gateway,
            dns_servers: Default::default(),
        }),
    }
}

/// For how long a target waits for an address or a router of its family while the other family has
/// both. A network may have only one of them, for ever.
pub const FAMILY_AWAITED_FOR: Millis = Millis::from_secs(60);

/// An environment over embassy-net and embassy-time.
pub struct StackEnv<'d, R> {
    network: StackNetwork<'d>,
    watch: &'d Watch,
    random: R,
    /// Since when IPv4, and IPv6, have been the only one that is missing.
    missing: [Cell<Option<Instant>>; 2],
}

impl<'d, R: Random> StackEnv<'d, R> {
    /// An environment whose network has `sockets` sockets for TCP to give, one for each worker, and
    /// one for datagrams, behind the guard that reports to `watch`. The stack's resources must hold
    /// at least as many beside its own and the link port's: embassy-net panics on one socket too
    /// many.
    pub fn new(
        stack: Stack<'d>,
        sockets: u8,
        datagrams: &'d mut DatagramMemory,
        watch: &'d Watch,
        random: R,
    ) -> Self {
        let DatagramMemory {
            received,
            receive,
            sent,
            send,
        } = datagrams;
        while received.push(PacketMetadata::EMPTY).is_ok() {}
        while sent.push(PacketMetadata::EMPTY).is_ok() {}
        Self {
            network: StackNetwork {
                stack,
                sockets,
                watch,
                datagrams: RefCell::new(Datagrams {
                    socket: UdpSocket::new(stack, received, receive, sent, send),
                    remote: None,
                }),
            },
            watch,
            random,
            missing: [const { Cell::new(None) }; 2],
        }
    }
}

impl<'d, R: Random> Env for StackEnv<'d, R> {
    type Network = StackNetwork<'d>;

    fn now(&self) -> Instant {
        now()
    }

    fn sleep_until(&self, at: Instant) -> impl Future<Output = ()> {
        sleep_until(at)
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

    fn network_state(&self) -> NetworkState {
        let network = self.network();
        let [v4, v6] = network.families();
        let ipv4 = v4 && !self.watch.router_is_silent(0);
        let ipv6 = v6 && !self.watch.router_is_silent(1);
        let lack = if !network.stack.is_link_up() {
            Some(Lack::Cable)
        } else if !v4 && !v6 {
            Some(Lack::Address)
        } else if !ipv4 && !ipv6 {
            Some(Lack::Router)
        } else {
            None
        };
        for (has, missing) in [ipv4, ipv6].into_iter().zip(&self.missing) {
            let since = missing.get().unwrap_or(now());
            missing.set((lack.is_none() && !has).then_some(since));
        }
        NetworkState {
            lack,
            ipv4,
            ipv6,
            sockets: self.watch.sockets(),
            held: self.watch.held(),
            connections: 0,
        }
    }

    fn awaits_network(&self, remote: IpAddr) -> bool {
        let state = self.network_state();
        let [v4, v6] = &self.missing;
        let missing = if remote.is_ipv4() { v4 } else { v6 };
        let waits = |since: Instant| now() < since + FAMILY_AWAITED_FOR;
        state.lack.is_some() || missing.get().is_some_and(waits)
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

/// What the network's one socket for datagrams holds; static on a board.
///
/// What the stack keeps for each datagram begins with a value; as no more than room for it all of this is
/// zeroes, and costs a board no flash.
pub struct DatagramMemory {
    received: heapless::Vec<PacketMetadata, DATAGRAMS_MAX>,
    receive: [u8; UDP_OCTETS_MAX as usize],
    sent: heapless::Vec<PacketMetadata, 1>,
    send: [u8; QUERY_OCTETS_MAX],
}

/// How many datagrams may wait to be read. More are lost, as are those for which the others have
/// left no room.
const DATAGRAMS_MAX: usize = 2;

impl DatagramMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            received: heapless::Vec::new(),
            receive: [0; _],
            sent: heapless::Vec::new(),
            send: [0; _],
        }
    }
}

impl Default for DatagramMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// embassy-net's TCP, with a count of the sockets that are left, and its UDP.
pub struct StackNetwork<'d> {
    stack: Stack<'d>,
    /// How many sockets there are to give; the guard's watch has how many are in use.
    sockets: u8,
    watch: &'d Watch,
    /// Borrowed by whoever asks the resolver.
    datagrams: RefCell<Datagrams<'d>>,
}

/// The socket for datagrams, and where they go.
struct Datagrams<'d> {
    socket: UdpSocket<'d>,
    remote: Option<IpEndpoint>,
}

impl<'d> Network for StackNetwork<'d> {
    type Stream<'a>
        = StackStream<'a, 'd>
    where
        Self: 'a;

    async fn connect<'a>(
        &'a self,
        remote: SocketAddr,
        by: Instant,
        buffers: &'a mut Buffers,
    ) -> Result<StackStream<'a, 'd>, OpenFailure> {
        if !self.has_route(remote.ip()) {
            return Err(OpenFailure::Unreachable);
        }
        let slot = Slot::take(self.watch, self.sockets).ok_or(OpenFailure::NoSlot)?;
        let own = self.own_address(remote.ip());
        let mut socket = tcp::TcpSocket::new(self.stack, &mut buffers.receive, &mut buffers.send);
        socket.set_nagle_enabled(false);
        let connected = at_deadline(by, socket.connect(endpoint(remote)?)).await;
        let failure = match connected {
            Either::First(Ok(())) => match stream(socket, slot) {
                Some(stream) => return Ok(stream),
                None => OpenFailure::Refused,
            },
            // A reset from the peer leaves no remote endpoint behind; one that is still there
            // means that this device gave up, for want of a link or an address. So does another
            // address than the one that the connection was asked for from.
            Either::First(Err(tcp::ConnectError::ConnectionReset))
                if socket.remote_endpoint().is_none() && self.own_address(remote.ip()) == own =>
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

    fn datagrams(
        &self,
        remote: SocketAddr,
        local_port: u16,
    ) -> Result<StackStream<'_, 'd>, OpenFailure> {
        let own = self.own_address(remote.ip());
        let own = own.filter(|_| self.has_route(remote.ip()));
        let own = own.ok_or(OpenFailure::Unreachable)?;
        let datagrams = self.datagrams.try_borrow_mut();
        let mut datagrams = Asking(datagrams.map_err(|_| OpenFailure::NoSlot)?);
        datagrams.0.remote = Some(endpoint(remote)?);
        let socket = &mut datagrams.0.socket;
        socket.bind(local_port).map_err(|error| match error {
            udp::BindError::InvalidState => OpenFailure::NoSlot,
            udp::BindError::NoRoute => OpenFailure::Unreachable,
        })?;
        Ok(StackStream {
            local: SocketAddr::new(own, local_port),
            line: Line::Udp(datagrams),
        })
    }

    async fn accept<'a>(
        &'a self,
        port: u16,
        buffers: &'a mut CallBuffers,
        is_called: &Cell<bool>,
    ) -> Result<StackStream<'a, 'd>, OpenFailure> {
        let slot = Slot::take(self.watch, self.sockets).ok_or(OpenFailure::NoSlot)?;
        let mut socket = tcp::TcpSocket::new(self.stack, &mut buffers.receive, &mut buffers.send);
        socket.set_nagle_enabled(false);
        // It listens as soon as this is polled; what becomes of it shows in its state.
        if let Poll::Ready(Err(_)) = poll_once(socket.accept(port)) {
            return Err(OpenFailure::NoSlot);
        }
        accepted(&socket, is_called).await;
        // It may have gone as it came.
        stream(socket, slot).ok_or(OpenFailure::Refused)
    }
}

/// Waits until a socket that listens has been called and the connection is open, or is over already.
/// `is_called` is whether a caller is in the middle of its handshake.
async fn accepted(socket: &tcp::TcpSocket<'_>, is_called: &Cell<bool>) {
    let mut open = pin!(socket.wait_write_ready());
    poll_fn(|cx| {
        let is_open = open.as_mut().poll(cx).is_ready();
        let state = socket.state();
        is_called.set(state == tcp::State::SynReceived);
        if is_open || state == tcp::State::Closed {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// A connection of a socket, while it has both its ends.
fn stream<'a, 'd>(socket: tcp::TcpSocket<'a>, slot: Slot<'a>) -> Option<StackStream<'a, 'd>> {
    let local = socket.local_endpoint()?;
    socket.remote_endpoint()?;
    Some(StackStream {
        local: SocketAddr::from((local.addr, local.port)),
        line: Line::Tcp {
            socket,
            _slot: Some(slot),
        },
    })
}

impl StackNetwork<'_> {
    /// This device's address of the family of `remote`.
    fn own_address(&self, remote: IpAddr) -> Option<IpAddr> {
        let own = self.own_networks();
        match remote {
            IpAddr::V4(_) => own.v4.map(|(address, _)| IpAddr::V4(address)),
            IpAddr::V6(_) => own.v6.map(|(address, _)| IpAddr::V6(address)),
        }
    }

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

    /// Whether there is an address for IPv4, and an address and a router for IPv6: its routers give
    /// addresses, and may withdraw themselves without them.
    fn families(&self) -> [bool; 2] {
        #[cfg(feature = "ipv6")]
        let ipv6 = self.stack.config_v6();
        #[cfg(feature = "ipv6")]
        let ipv6 = ipv6.is_some_and(|config| config.gateway.is_some());
        #[cfg(not(feature = "ipv6"))]
        let ipv6 = false;
        [self.stack.config_v4().is_some(), ipv6]
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
struct Slot<'a>(&'a Watch);

impl<'a> Slot<'a> {
    fn take(watch: &'a Watch, sockets: u8) -> Option<Self> {
        let used = watch.sockets();
        (used < sockets).then(|| {
            watch.set_sockets(used.saturating_add(1));
            Self(watch)
        })
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.set_sockets(self.0.sockets().saturating_sub(1));
    }
}

/// The network's socket for datagrams, at a port until it is given back.
struct Asking<'a, 'd>(RefMut<'a, Datagrams<'d>>);

impl Asking<'_, '_> {
    /// Sends one datagram. There is room for one that waits for its neighbour, and for no second.
    fn send(&self, octets: &[u8]) -> Result<(), End> {
        let Datagrams { socket, remote } = &*self.0;
        let remote = remote.ok_or(End::Reset)?;
        match poll_once(socket.send_to(octets, remote)) {
            Poll::Ready(sent) => sent.map_err(|_| End::Reset),
            Poll::Pending => Err(End::WriteDeadline),
        }
    }
}

impl Drop for Asking<'_, '_> {
    fn drop(&mut self) {
        self.0.socket.close();
    }
}

/// A connection, or datagrams to and from one endpoint.
pub struct StackStream<'a, 'd> {
    local: SocketAddr,
    line: Line<'a, 'd>,
}

enum Line<'a, 'd> {
    /// The socket is declared before its slot, so that it is gone when the slot is given back.
    Tcp {
        socket: tcp::TcpSocket<'a>,
        /// Of a connection to a target.
        _slot: Option<Slot<'a>>,
    },
    Udp(Asking<'a, 'd>),
}

impl Stream for StackStream<'_, '_> {
    fn local(&self) -> SocketAddr {
        self.local
    }

    fn remote(&self) -> SocketAddr {
        let remote = match &self.line {
            Line::Tcp { socket, .. } => socket.remote_endpoint(),
            Line::Udp(datagrams) => datagrams.0.remote,
        };
        // Nowhere when it is over.
        let nowhere = SocketAddr::from(([0; 4], 0));
        remote.map_or(nowhere, |remote| {
            SocketAddr::from((remote.addr, remote.port))
        })
    }

    // Reading, writing and closing keep no more than they are polled with: every worker pays for what waits in
    // them, and the stack's own futures remember nothing, so they may be made anew with each poll.
    fn read(&mut self, octets: &mut [u8]) -> impl Future<Output = Read> {
        poll_fn(move |cx| match &mut self.line {
            Line::Tcp { socket, .. } => pin!(socket.read(octets)).poll(cx).map(|read| match read {
                Ok(0) => Read::Ended(End::Fin),
                Ok(count) => Read::Octets(count),
                Err(tcp::Error::ConnectionReset) => Read::Ended(End::Reset),
            }),
            Line::Udp(asking) => loop {
                match asking.0.socket.poll_recv_from(octets, cx) {
                    Poll::Ready(Ok((count, from))) => {
                        let IpEndpoint { addr, port } = from.endpoint;
                        let from = SocketAddr::from((addr, port));
                        return Poll::Ready(Read::Datagram(count, from));
                    }
                    Poll::Ready(Err(_)) => {}
                    Poll::Pending => return Poll::Pending,
                }
            },
        })
    }

    // What is written before the stack's runner is polled again leaves in one segment, so `more`
    // needs nothing here.
    fn write_all(
        &mut self,
        octets: &[u8],
        _more: bool,
        by: Instant,
    ) -> impl Future<Output = Result<(), End>> {
        let mut rest = octets;
        poll_fn(move |cx| {
            let socket = match &mut self.line {
                Line::Tcp { socket, .. } => socket,
                Line::Udp(asking) => return Poll::Ready(asking.send(rest)),
            };
            while !rest.is_empty() {
                match pin!(socket.write(rest)).poll(cx) {
                    Poll::Ready(Ok(count)) => rest = rest.get(count..).unwrap_or_default(),
                    Poll::Ready(Err(tcp::Error::ConnectionReset)) => {
                        return Poll::Ready(Err(End::Reset));
                    }
                    Poll::Pending => return poll_sleep(by, cx).map(|()| Err(End::WriteDeadline)),
                }
            }
            Poll::Ready(Ok(()))
        })
    }

    fn close(mut self, how: Close) -> impl Future<Output = ()> {
        let mut lingers = how == Close::Fin;
        let by = now() + if lingers { LINGER_MAX } else { RESET_MAX };
        if let Line::Tcp { socket, .. } = &mut self.line {
            if lingers {
                socket.close();
            } else {
                socket.abort();
            }
        }
        let mut by = by;
        poll_fn(move |cx| {
            let Line::Tcp { socket, .. } = &mut self.line else {
                return Poll::Ready(());
            };
            if lingers {
                if drain(socket, cx).is_ready() {
                    return Poll::Ready(());
                }
                if poll_sleep(by, cx).is_pending() {
                    return Poll::Pending;
                }
                socket.abort();
                (lingers, by) = (false, now() + RESET_MAX);
            }
            // The reset leaves at once unless the driver has no room for it.
            if pin!(socket.flush()).poll(cx).is_ready() {
                return Poll::Ready(());
            }
            poll_sleep(by, cx)
        })
    }
}

/// Throws away what still comes until the peer has closed too, then waits until our end is
/// acknowledged: dropping the socket earlier would answer the peer's end with a reset.
fn drain(socket: &mut tcp::TcpSocket<'_>, cx: &mut Context<'_>) -> Poll<()> {
    let mut unread = [0; 64];
    loop {
        let read = pin!(socket.read(&mut unread)).poll(cx);
        match read {
            Poll::Ready(Ok(1..)) => {}
            Poll::Ready(_) => return pin!(socket.flush()).poll(cx).map(drop),
            Poll::Pending => return Poll::Pending,
        }
    }
}

/// How long a reset may wait for room in the driver, and for the router's hardware address:
/// smoltcp forgets that after a minute and asks for one neighbour a second, so a reset that does
/// not wait for it is lost, and the peer keeps a connection that is over.
const RESET_MAX: Millis = Millis(2_500);

/// Runs `future` until it is ready or `by` has come: `Second` then. Not an async function, which
/// would keep a second copy of `future`.
fn at_deadline<F: Future>(by: Instant, future: F) -> impl Future<Output = Either<F::Output, ()>> {
    select(future, sleep_until(by))
}

fn sleep_until(at: Instant) -> impl Future<Output = ()> {
    poll_fn(move |cx| poll_sleep(at, cx))
}

fn poll_sleep(at: Instant, cx: &mut Context<'_>) -> Poll<()> {
    if at <= now() {
        return Poll::Ready(());
    }
    let at = embassy_time::Instant::from_millis(at.as_millis().min(MILLIS_MAX));
    embassy_time_driver::schedule_wake(at.as_ticks(), cx.waker());
    Poll::Pending
}
