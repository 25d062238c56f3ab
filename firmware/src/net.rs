//! [`Env`] over embassy-net: boards and the simulator.

#[cfg_attr(not(feature = "datagrams"), path = "net/no_datagrams.rs")]
mod datagrams;
#[cfg(not(feature = "relay-only"))]
mod link_port;

use core::{
    cell::{Cell, RefCell},
    future::poll_fn,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::pin,
    task::{Context, Poll, Waker},
};

use embassy_futures::poll_once;
use embassy_net::{IpEndpoint, Ipv4Cidr, Stack, StaticConfigV4, tcp};
use probe_core::{
    dialogue::{Close, End, OpenFailure},
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

pub use datagrams::DatagramMemory;
#[cfg(not(feature = "relay-only"))]
pub use link_port::LinkPortMemory;

use datagrams::{Asking, Datagrams};

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
        Self {
            network: StackNetwork {
                stack,
                sockets,
                watch,
                datagrams: RefCell::new(Datagrams::new(stack, datagrams)),
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

/// embassy-net's TCP, with a count of the sockets that are left, and its UDP.
pub struct StackNetwork<'d> {
    stack: Stack<'d>,
    /// How many sockets there are to give; the guard's watch has how many are in use.
    sockets: u8,
    watch: &'d Watch,
    /// Borrowed by whoever asks the resolver.
    datagrams: RefCell<Datagrams<'d>>,
}

impl<'d> Network for StackNetwork<'d> {
    type Stream<'a>
        = StackStream<'a, 'd>
    where
        Self: 'a;

    fn connect<'a>(
        &'a self,
        remote: SocketAddr,
        by: Instant,
        buffers: &'a mut Buffers,
    ) -> impl Future<Output = Result<StackStream<'a, 'd>, OpenFailure>> + use<'a, 'd> {
        let remote_ip = remote.ip();
        let own = self.own_address(remote_ip);
        let mut begun = self.begin(remote, buffers);
        poll_fn(move |cx| {
            let socket = match &mut begun {
                Ok((socket, _)) => socket,
                Err(failure) => return Poll::Ready(Err(*failure)),
            };
            let mut failure = OpenFailure::Refused;
            match socket.state() {
                tcp::State::SynSent | tcp::State::SynReceived => {
                    let is_open = pin!(socket.wait_write_ready()).poll(cx).is_ready();
                    if !is_open && poll_sleep(by, cx).is_pending() {
                        return Poll::Pending;
                    }
                    failure = OpenFailure::NoAnswer;
                }
                // A reset from the peer leaves no remote endpoint behind; one that is still there
                // means that this device gave up, for want of a link or an address. So does another
                // address than the one that the connection was asked for from.
                tcp::State::Closed | tcp::State::TimeWait => {
                    if socket.remote_endpoint().is_some() || self.own_address(remote_ip) != own {
                        failure = OpenFailure::Unreachable;
                    }
                }
                _ => {
                    let opened = core::mem::replace(&mut begun, Err(failure));
                    let opened = opened.ok().and_then(|(socket, slot)| stream(socket, slot));
                    return Poll::Ready(opened.ok_or(failure));
                }
            }
            begun = Err(failure);
            Poll::Ready(Err(failure))
        })
    }

    fn datagrams(
        &self,
        remote: SocketAddr,
        local_port: u16,
    ) -> Result<StackStream<'_, 'd>, OpenFailure> {
        let own = self.own_address(remote.ip());
        let own = own.filter(|_| self.has_route(remote.ip()));
        let own = own.ok_or(OpenFailure::Unreachable)?;
        let local = SocketAddr::new(own, local_port);
        let asking = Asking::begin(&self.datagrams, local, endpoint(remote)?)?;
        Ok(StackStream(Line::Udp(asking)))
    }

    /// Waits until a socket that listens has been called and the connection is open, or is over already.
    /// `is_called` is whether a caller is in the middle of its handshake.
    fn accept<'a>(
        &'a self,
        port: u16,
        buffers: &'a mut CallBuffers,
        is_called: &'a Cell<bool>,
    ) -> impl Future<Output = Result<StackStream<'a, 'd>, OpenFailure>> + use<'a, 'd> {
        let mut listens = self.socket(&mut buffers.receive, &mut buffers.send);
        if let Ok((socket, _)) = &mut listens
            // It listens as soon as this is polled; what becomes of it shows in its state.
            && let Poll::Ready(Err(_)) = poll_once(socket.accept(port))
        {
            listens = Err(OpenFailure::NoSlot);
        }
        poll_fn(move |cx| {
            if let Ok((socket, _)) = &listens {
                let is_open = pin!(socket.wait_write_ready()).poll(cx).is_ready();
                let state = socket.state();
                is_called.set(state == tcp::State::SynReceived);
                if !is_open && state != tcp::State::Closed {
                    return Poll::Pending;
                }
            }
            // It may have gone as it came.
            let called = core::mem::replace(&mut listens, Err(OpenFailure::Refused));
            let opened = |(socket, slot)| stream(socket, slot).ok_or(OpenFailure::Refused);
            Poll::Ready(called.and_then(opened))
        })
    }
}

/// A connection of a socket, while it has both its ends.
fn stream<'a, 'd>(socket: tcp::TcpSocket<'a>, slot: Slot<'a>) -> Option<StackStream<'a, 'd>> {
    socket.local_endpoint()?;
    socket.remote_endpoint()?;
    Some(StackStream(Line::Tcp {
        socket,
        _slot: Some(slot),
    }))
}

impl StackNetwork<'_> {
    /// A socket with these buffers, of those that there are to give.
    fn socket<'a>(
        &'a self,
        receive: &'a mut [u8],
        send: &'a mut [u8],
    ) -> Result<(tcp::TcpSocket<'a>, Slot<'a>), OpenFailure> {
        let slot = Slot::take(self.watch, self.sockets).ok_or(OpenFailure::NoSlot)?;
        let mut socket = tcp::TcpSocket::new(self.stack, receive, send);
        socket.set_nagle_enabled(false);
        Ok((socket, slot))
    }

    /// A socket that has begun to connect. What becomes of it shows in its state.
    fn begin<'a>(
        &'a self,
        remote: SocketAddr,
        buffers: &'a mut Buffers,
    ) -> Result<(tcp::TcpSocket<'a>, Slot<'a>), OpenFailure> {
        if !self.has_route(remote.ip()) {
            return Err(OpenFailure::Unreachable);
        }
        let (mut socket, slot) = self.socket(&mut buffers.receive, &mut buffers.send)?;
        match poll_once(socket.connect(endpoint(remote)?)) {
            Poll::Ready(Err(tcp::ConnectError::InvalidState)) => Err(OpenFailure::NoSlot),
            Poll::Ready(Err(_)) => Err(OpenFailure::Unreachable),
            Poll::Ready(Ok(())) | Poll::Pending => Ok((socket, slot)),
        }
    }

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

/// A connection, or datagrams to and from one endpoint.
pub struct StackStream<'a, 'd>(Line<'a, 'd>);

enum Line<'a, 'd> {
    /// The socket is declared before its slot, so that it is gone when the slot is given back.
    Tcp {
        socket: tcp::TcpSocket<'a>,
        /// Of a connection to a target.
        _slot: Option<Slot<'a>>,
    },
    Udp(Asking<'a, 'd>),
}

/// Where a connection leads that is over.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

impl Stream for StackStream<'_, '_> {
    fn local(&self) -> SocketAddr {
        match &self.0 {
            Line::Tcp { socket, .. } => address(socket.local_endpoint()),
            Line::Udp(asking) => asking.local(),
        }
    }

    fn remote(&self) -> SocketAddr {
        address(match &self.0 {
            Line::Tcp { socket, .. } => socket.remote_endpoint(),
            Line::Udp(asking) => asking.remote(),
        })
    }

    // Waiting and closing keep no more than they are polled with: every worker pays for what waits in them, and the
    // stack's own futures remember nothing, so they may be made anew with each poll.
    fn readable(&mut self) -> impl Future<Output = Result<(), End>> {
        poll_fn(|cx| match &mut self.0 {
            Line::Tcp { socket, .. } if socket.can_recv() => Poll::Ready(Ok(())),
            // There is nothing to read but how it ended.
            Line::Tcp { socket, .. } => {
                pin!(socket.read(&mut [0])).poll(cx).map(|read| match read {
                    Ok(0) => Err(End::Fin),
                    Ok(_) => Ok(()),
                    Err(tcp::Error::ConnectionReset) => Err(End::Reset),
                })
            }
            Line::Udp(asking) => asking.poll_readable(cx).map(Ok),
        })
    }

    fn read(&mut self, octets: &mut [u8]) -> Read {
        match &mut self.0 {
            Line::Tcp { socket, .. } => Read::Octets(look(socket, octets, 0)),
            Line::Udp(asking) => asking.read(octets),
        }
    }

    fn take(&mut self, count: usize) {
        if let Line::Tcp { socket, .. } = &mut self.0 {
            look(socket, &mut [], count);
        }
    }

    fn room(&self) -> usize {
        match &self.0 {
            Line::Tcp { socket, .. } => {
                let capacity = socket.send_capacity();
                capacity.saturating_sub(socket.send_queue())
            }
            Line::Udp(_) => usize::MAX,
        }
    }

    // What is written before the stack's runner is polled again leaves in one segment, so `more`
    // needs nothing here.
    fn write(&mut self, octets: &[u8], _more: bool) -> Result<usize, End> {
        match &mut self.0 {
            Line::Tcp { socket, .. } => match poll_once(socket.write(octets)) {
                Poll::Ready(Ok(count)) => Ok(count),
                Poll::Ready(Err(tcp::Error::ConnectionReset)) => Err(End::Reset),
                Poll::Pending => Ok(0),
            },
            Line::Udp(asking) => asking.send(octets).map(|()| octets.len()),
        }
    }

    fn writable(&mut self) -> impl Future<Output = ()> {
        poll_fn(|cx| match &mut self.0 {
            Line::Tcp { socket, .. } if socket.may_send() => {
                pin!(socket.wait_write_ready()).poll(cx)
            }
            _ => Poll::Ready(()),
        })
    }

    fn close(mut self, how: Close) -> impl Future<Output = ()> {
        let mut lingers = how == Close::Fin;
        let by = now() + if lingers { LINGER_MAX } else { RESET_MAX };
        if let Line::Tcp { socket, .. } = &mut self.0 {
            if lingers {
                socket.close();
            } else {
                socket.abort();
            }
        }
        let mut by = by;
        poll_fn(move |cx| {
            let Line::Tcp { socket, .. } = &mut self.0 else {
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

/// Copies what has been received into `octets`, as much as lies in one piece and fits: how many. Takes
/// `count` of them.
fn look(socket: &mut tcp::TcpSocket<'_>, octets: &mut [u8], count: usize) -> usize {
    let looked = poll_once(socket.read_with(|held| {
        let copied = octets.len().min(held.len());
        if let (Some(to), Some(from)) = (octets.get_mut(..copied), held.get(..copied)) {
            to.copy_from_slice(from);
        }
        (count.min(held.len()), copied)
    }));
    match looked {
        Poll::Ready(Ok(copied)) => copied,
        Poll::Ready(Err(_)) | Poll::Pending => 0,
    }
}

fn address(endpoint: Option<IpEndpoint>) -> SocketAddr {
    endpoint.map_or(NOWHERE, |IpEndpoint { addr, port }| {
        SocketAddr::from((addr, port))
    })
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
