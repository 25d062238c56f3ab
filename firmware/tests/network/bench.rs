//! A device with its guard and its network stack, and a peer on the same link, in virtual time.

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use embassy_futures::select::{Either, select};
use embassy_net::{
    Config, ConfigV6, Ipv4Cidr, Ipv6Cidr, StackResources, StaticConfigV4, StaticConfigV6,
};
use firmware::{
    env::{Env, Read, Stream},
    guard::{Counters, Doors, Guard, Spacing, Warden, Watch},
    net::{DatagramMemory, Random, StackEnv},
};
use probe_core::{dialogue::End, time::Instant};
use smoltcp::{
    iface::{self, Interface, SocketSet},
    socket::{tcp, udp},
    wire::{EthernetAddress, IpCidr},
};

use crate::{
    clock,
    wire::{DeviceEnd, PEER, PeerEnd, Wire},
};

pub(crate) const PEER_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 25);
pub(crate) const PEER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x25);

pub(crate) const DEVICE_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const DEVICE_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

pub(crate) type TestEnv<'a> = StackEnv<'a, Seed>;

/// Waits for what comes, and takes it.
pub(crate) async fn read(stream: &mut impl Stream, octets: &mut [u8]) -> Result<Read, End> {
    stream.readable().await?;
    let read = stream.read(octets);
    if let Read::Octets(count) = read {
        stream.take(count);
    }
    Ok(read)
}

/// Waits until all of `octets` is taken.
pub(crate) async fn write_all(
    env: &TestEnv<'_>,
    stream: &mut impl Stream,
    mut octets: &[u8],
    more: bool,
    by: Instant,
) -> Result<(), End> {
    loop {
        octets = &octets[stream.write(octets, more)?..];
        if octets.is_empty() {
            return Ok(());
        }
        if let Either::Second(()) = select(stream.writable(), env.sleep_until(by)).await {
            return Err(End::WriteDeadline);
        }
    }
}

pub(crate) struct Seed;

impl Random for Seed {
    fn fill(&self, octets: &mut [u8]) {
        octets.fill(0x5a);
    }
}

/// Everything but port 9 is in the scope.
struct Anything;

impl Warden for Anything {
    fn now(&self) -> Instant {
        firmware::net::now()
    }

    fn permits(&self, remote: SocketAddr) -> bool {
        !matches!(remote.port(), 9 | CALLER_PORT)
    }

    fn is_sink_port(&self, port: u16) -> bool {
        port == SINK_PORT
    }

    fn permits_address(&self, _address: IpAddr) -> bool {
        true
    }

    fn resolver(&self) -> Option<IpAddr> {
        Some(PEER_V4.into())
    }

    fn violated(&self, _remote: SocketAddr) {}

    fn spacing(&self) -> Option<Spacing> {
        Some(Spacing::NONE)
    }

    fn now_us(&self) -> u64 {
        clock::now_us()
    }

    fn wake_at(&self, at_us: u64, waker: &Waker) {
        firmware::net::wake_at_us(at_us, waker);
    }
}

/// What the peer does with the socket that listens on port 25, each time it may do something.
pub(crate) type Behaviour<'a> = &'a mut dyn FnMut(&mut tcp::Socket<'static>);

/// The port on which the device is the sink.
pub(crate) const SINK_PORT: u16 = 2_525;
/// A port of the peer's that nothing but the sink answers.
pub(crate) const CALLER_PORT: u16 = 40_000;

/// What the peer does with the socket with which it calls, each time it may do something.
pub(crate) type Calling<'a> = &'a mut dyn FnMut(&mut Interface, &mut tcp::Socket<'static>);

/// Which addresses the device has.
#[derive(Clone, Copy)]
pub(crate) enum Addresses {
    V4,
    Both,
}

/// What was on the wire.
pub(crate) struct Report {
    pub(crate) sent: Vec<Vec<u8>>,
    pub(crate) guard: Counters,
}

impl Report {
    /// Flags and payload of every TCP segment that the device sent over IPv4.
    pub(crate) fn segments(&self) -> Vec<(u8, Vec<u8>)> {
        let tcp = self
            .sent
            .iter()
            .filter(|frame| frame[12..14] == [8, 0] && frame[23] == 6);
        tcp.map(|frame| {
            let total = usize::from(u16::from_be_bytes([frame[16], frame[17]]));
            let header = usize::from(frame[34 + 12] >> 4) * 4;
            (frame[34 + 13], frame[34 + header..14 + total].to_vec())
        })
        .collect()
    }
}

/// Runs `test` on a device with so many sockets, against a peer on the same link.
pub(crate) fn run<T>(
    addresses: Addresses,
    sockets: u8,
    behaviour: Behaviour<'_>,
    test: impl AsyncFnOnce(&TestEnv<'_>) -> T,
) -> (T, Report) {
    let doors = Doors::default();
    run_both((addresses, sockets, doors), behaviour, &mut |_, _| {}, test)
}

/// The same with these doors, against a peer that calls.
#[cfg(not(feature = "relay-only"))]
pub(crate) fn run_called<T>(
    addresses: Addresses,
    sockets: u8,
    doors: Doors,
    calling: Calling<'_>,
    test: impl AsyncFnOnce(&TestEnv<'_>) -> T,
) -> (T, Report) {
    run_both((addresses, sockets, doors), &mut |_| {}, calling, test)
}

fn run_both<T>(
    (addresses, sockets, doors): (Addresses, u8, Doors),
    behaviour: Behaviour<'_>,
    calling: Calling<'_>,
    test: impl AsyncFnOnce(&TestEnv<'_>) -> T,
) -> (T, Report) {
    let wire = Wire::default();
    let watch = Watch::new(doors);
    let guard = Guard::new(DeviceEnd(&wire), &watch, Anything, ());
    let mut resources = StackResources::<4>::new();
    let seed = firmware::net::seed(&Seed);
    let (stack, mut runner) = embassy_net::new(guard, config(addresses), &mut resources, seed);
    let mut datagrams = DatagramMemory::new();
    let env = StackEnv::new(stack, sockets, &mut datagrams, &watch, Seed);
    let mut peer = Peer::new(&wire);

    let mut stack = Task::new();
    let mut runner = pin!(runner.run());
    let mut application = Task::new();
    let mut test = pin!(test(&env));
    let value = loop {
        let _ = stack.poll(runner.as_mut());
        if let Some(Poll::Ready(value)) = application.poll(test.as_mut()) {
            break value;
        }
        peer.poll(behaviour, calling);
        if !stack.is_woken() && !application.is_woken() && !wire.peer_has_frames() {
            let next_us = clock::next_us().min(peer.next_us());
            assert_ne!(next_us, u64::MAX, "somebody waits for what never comes");
            clock::advance_to(next_us);
        }
    };
    let report = Report {
        sent: wire.sent.borrow().clone(),
        guard: watch.counters(),
    };
    (value, report)
}

fn config(addresses: Addresses) -> Config {
    let mut config = Config::ipv4_static(StaticConfigV4 {
        address: Ipv4Cidr::new(DEVICE_V4, 24),
        gateway: None,
        dns_servers: Default::default(),
    });
    if let Addresses::Both = addresses {
        config.ipv6 = ConfigV6::Static(StaticConfigV6 {
            address: Ipv6Cidr::new(DEVICE_V6, 64),
            gateway: None,
            dns_servers: Default::default(),
        });
    }
    config
}

struct Peer<'a> {
    wire: PeerEnd<'a>,
    interface: Interface,
    sockets: SocketSet<'static>,
    socket: iface::SocketHandle,
    /// At port 53: sends back what comes.
    echo: iface::SocketHandle,
    caller: iface::SocketHandle,
}

impl<'a> Peer<'a> {
    fn new(wire: &'a Wire) -> Self {
        let mut wire = PeerEnd(wire);
        let hardware = EthernetAddress(PEER).into();
        let mut interface = Interface::new(iface::Config::new(hardware), &mut wire, Self::now());
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(PEER_V4.into(), 24)).unwrap();
            addresses.push(IpCidr::new(PEER_V6.into(), 64)).unwrap();
        });
        let new_socket = || {
            tcp::Socket::new(
                tcp::SocketBuffer::new(vec![0; 2_048]),
                tcp::SocketBuffer::new(vec![0; 2_048]),
            )
        };
        let mut socket = new_socket();
        socket.listen(25).unwrap();
        let datagrams =
            || udp::PacketBuffer::new(vec![udp::PacketMetadata::EMPTY; 4], vec![0; 4_096]);
        let mut echo = udp::Socket::new(datagrams(), datagrams());
        echo.bind(53).unwrap();
        let mut sockets = SocketSet::new(Vec::new());
        let socket = sockets.add(socket);
        let echo = sockets.add(echo);
        let caller = sockets.add(new_socket());
        Self {
            wire,
            interface,
            sockets,
            socket,
            echo,
            caller,
        }
    }

    fn now() -> smoltcp::time::Instant {
        let now_us = i64::try_from(clock::now_us()).unwrap();
        smoltcp::time::Instant::from_micros(now_us)
    }

    fn poll(&mut self, behaviour: Behaviour<'_>, calling: Calling<'_>) {
        self.interface
            .poll(Self::now(), &mut self.wire, &mut self.sockets);
        behaviour(self.sockets.get_mut(self.socket));
        let echo = self.sockets.get_mut::<udp::Socket<'_>>(self.echo);
        while let Ok((octets, from)) = echo.recv() {
            let octets = octets.to_vec();
            echo.send_slice(&octets, from).unwrap();
        }
        calling(&mut self.interface, self.sockets.get_mut(self.caller));
        self.interface
            .poll(Self::now(), &mut self.wire, &mut self.sockets);
    }

    fn next_us(&mut self) -> u64 {
        let next = self.interface.poll_at(Self::now(), &self.sockets);
        next.map_or(u64::MAX, |at| u64::try_from(at.total_micros()).unwrap())
    }
}

/// A future's own waker: with one for all, stack and application would wake each other for ever.
struct Task(Arc<Flag>);

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Task {
    fn new() -> Self {
        Self(Arc::new(Flag(AtomicBool::new(true))))
    }

    fn is_woken(&self) -> bool {
        self.0.0.load(Ordering::Relaxed)
    }

    fn poll<F: Future>(&mut self, future: Pin<&mut F>) -> Option<Poll<F::Output>> {
        let woken = self.0.0.swap(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(&self.0));
        woken.then(|| future.poll(&mut Context::from_waker(&waker)))
    }
}
