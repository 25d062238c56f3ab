//! A device of another program at the wire of `host-sim serve --wire`, in real time: smoltcp as
//! embassy-net has it, with and without the appliance on top.

#![cfg(all(unix, feature = "serve"))]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{IpAddr, SocketAddr, UdpSocket},
    os::unix::net::UnixStream,
    path::Path,
    pin::pin,
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use embassy_futures::join::{join_array, join3};
use embassy_net::{Config, Ipv4Cidr, Ipv6Cidr, Stack, StackResources, StaticConfigV4};
use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use firmware::{
    appliance::{Appliance, Memory, WORKERS},
    guard::{Doors, Guard, Watch},
    link::Link,
    net::{DatagramMemory, StackEnv},
};
use host_sim::{
    demo,
    host::collect,
    net::link::FRAME_OCTETS_MAX,
    observer::Seen,
    parade,
    pipe::pipe,
    random::Random,
    serve::wire::{Plugged, Wire},
    simulation::Time,
    world::{DeviceNet, World},
};
use probe_core::{finding::DeviceId, prober::Prober, scope::Depth, time::Utc};
use tokio::sync::oneshot;

/// How long a device rests when it has nothing to do.
const REST: Duration = Duration::from_micros(200);

/// The router's hardware address.
const ROUTER: [u8; 6] = [0x02, 0, 0x5e, 0, 0, 0x01];

/// A world behind a wire, on a thread of its own.
struct Beyond {
    stop: oneshot::Sender<()>,
    carrier: thread::JoinHandle<Seen>,
}

impl Beyond {
    fn start(world: World, wire: Wire) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (tell, ready) = std::sync::mpsc::channel();
        let carrier = thread::spawn(move || {
            let plugged = Plugged::new(world, &wire).unwrap();
            tell.send(()).unwrap();
            plugged.until(stopped).unwrap().1
        });
        ready.recv().unwrap();
        Self { stop, carrier }
    }

    fn stop(self) -> Seen {
        self.stop.send(()).unwrap();
        self.carrier.join().unwrap()
    }
}

/// A world behind datagrams, and our end of them.
fn datagrams(world: World) -> (Beyond, UdpSocket) {
    let ours = UdpSocket::bind("127.0.0.1:0").unwrap();
    let theirs = UdpSocket::bind("127.0.0.1:0").unwrap();
    let local = theirs.local_addr().unwrap();
    drop(theirs);
    ours.connect(local).unwrap();
    let remote = ours.local_addr().unwrap();
    (
        Beyond::start(world, Wire::Datagrams { local, remote }),
        ours,
    )
}

/// A network card that is a socket.
struct Card(UdpSocket);

impl Driver for Card {
    type RxToken<'a> = Received;
    type TxToken<'a> = Transmit<'a>;

    fn receive(&mut self, _context: &mut Context<'_>) -> Option<(Received, Transmit<'_>)> {
        let mut frame = vec![0; FRAME_OCTETS_MAX];
        let count = self.0.recv(&mut frame).ok()?;
        frame.truncate(count);
        Some((Received(frame), Transmit(&self.0)))
    }

    fn transmit(&mut self, _context: &mut Context<'_>) -> Option<Transmit<'_>> {
        Some(Transmit(&self.0))
    }

    fn link_state(&mut self, _context: &mut Context<'_>) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = FRAME_OCTETS_MAX;
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(DeviceNet::default().hardware)
    }
}

struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, read: F) -> R {
        read(&mut self.0)
    }
}

struct Transmit<'a>(&'a UdpSocket);

impl TxToken for Transmit<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, octets: usize, write: F) -> R {
        let mut frame = vec![0; octets];
        let result = write(&mut frame);
        self.0.send(&frame).unwrap();
        result
    }
}

fn config() -> Config {
    let device = DeviceNet::default();
    let mut config = Config::ipv4_static(StaticConfigV4 {
        address: Ipv4Cidr::new(device.ipv4, 24),
        gateway: Some(device.gateway_v4),
        dns_servers: Default::default(),
    });
    config.ipv6 = embassy_net::ConfigV6::Static(embassy_net::StaticConfigV6 {
        address: Ipv6Cidr::new(device.ipv6, 64),
        gateway: Some(device.gateway_v6),
        dns_servers: Default::default(),
    });
    config
}

/// Polls `main` and `beside`, again and again, until `main` is done: nobody wakes anybody, because
/// a socket has no waker.
fn drive<T>(main: impl Future<Output = T>, beside: impl Future) -> T {
    let (mut main, mut beside) = (pin!(main), pin!(beside));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        let ended = beside.as_mut().poll(&mut context).is_ready();
        if let Poll::Ready(value) = main.as_mut().poll(&mut context) {
            return value;
        }
        assert!(!ended, "what runs beside has no end");
        thread::sleep(REST);
    }
}

async fn greeting(stack: Stack<'_>, remote: SocketAddr) -> String {
    let (mut receive, mut send) = ([0; 1_024], [0; 1_024]);
    let mut socket = embassy_net::tcp::TcpSocket::new(stack, &mut receive, &mut send);
    socket
        .connect(embassy_net::IpEndpoint::from(remote))
        .await
        .unwrap();
    let mut octets = [0; 512];
    let count = socket.read(&mut octets).await.unwrap();
    socket.abort();
    let _ = socket.flush().await;
    String::from_utf8(octets[..count].to_vec()).unwrap()
}

#[test]
fn a_device_finds_its_router_and_greets_a_server_over_each_family() {
    let open = host_sim::peers::Personality::named("open").unwrap();
    let places = ["192.0.2.10:25", "[2001:db8:1::10]:25"].map(|at| at.parse().unwrap());
    let world = places.iter().fold(World::empty(1), |world, at| {
        world.with_peer(*at, open.at("mail.example.org", &[]))
    });
    let (beyond, socket) = datagrams(world);
    socket.set_nonblocking(true).unwrap();
    let mut resources = StackResources::<4>::new();
    let (stack, mut runner) = embassy_net::new(Card(socket), config(), &mut resources, 7);
    let heard = drive(
        async {
            let [v4, v6] = places;
            [greeting(stack, v4).await, greeting(stack, v6).await]
        },
        async { runner.run().await },
    );
    assert_eq!(heard, ["220 mail.example.org ESMTP Postfix\r\n"; 2]);
    let seen = beyond.stop();
    let remotes: Vec<_> = seen.connections.iter().map(|one| one.remote).collect();
    assert_eq!(remotes, places);
}

/// A message to one recipient, in one go.
const MESSAGE: &[u8] = b"HELO probe.example\r\nMAIL FROM:<probe@probe.example>\r\n\
    RCPT TO:<somebody@sink.example>\r\nDATA\r\nSubject: hello\r\n\r\nhello\r\n.\r\n";

#[test]
fn whoever_is_at_the_wire_gets_what_a_server_relays() {
    let open = host_sim::peers::Personality::named("open").unwrap();
    let place: SocketAddr = "192.0.2.10:25".parse().unwrap();
    let mut world = World::empty(1).with_peer(place, open.at("mail.example.org", &[]));
    world.sink = Some(25);
    let (beyond, socket) = datagrams(world);
    socket.set_nonblocking(true).unwrap();
    let mut resources = StackResources::<4>::new();
    let (stack, mut runner) = embassy_net::new(Card(socket), config(), &mut resources, 7);
    let heard = drive(
        async {
            let (mut receive, mut send) = ([0; 1_024], [0; 1_024]);
            let mut socket = embassy_net::tcp::TcpSocket::new(stack, &mut receive, &mut send);
            let server = embassy_net::IpEndpoint::from(place);
            socket.connect(server).await.unwrap();
            assert_eq!(socket.write(MESSAGE).await.unwrap(), MESSAGE.len());
            let (mut receive, mut send) = ([0; 1_024], [0; 1_024]);
            let mut sink = embassy_net::tcp::TcpSocket::new(stack, &mut receive, &mut send);
            sink.accept(25).await.unwrap();
            let caller = sink.remote_endpoint().unwrap().addr;
            sink.write(b"220 sink.example\r\n").await.unwrap();
            let mut octets = [0; 512];
            let count = sink.read(&mut octets).await.unwrap();
            (
                caller,
                String::from_utf8_lossy(&octets[..count]).into_owned(),
            )
        },
        async { runner.run().await },
    );
    let said = "HELO mail.example.org\r\n".to_owned();
    assert_eq!(heard, (place.ip().into(), said));
    beyond.stop();
}

/// Personalities whose job is short in real time, too.
const QUICK: [&str; 5] = [
    "closed-454",
    "closed-550",
    "forged-local",
    "not-smtp",
    "open",
];

#[test]
fn the_appliance_reaches_the_same_verdicts_through_the_wire() {
    let scope = demo::scope(Depth::Quick);
    let quick: BTreeMap<_, _> = parade::targets()
        .into_iter()
        .filter(|(_, personality)| QUICK.contains(&personality.name))
        .collect();
    let mut list = parade::suspects();
    list.retain(|suspect| quick.contains_key(&SocketAddr::new(suspect.address, suspect.port)));
    assert_eq!(list.len(), 2 * QUICK.len(), "over both families");
    let (beyond, socket) = datagrams(parade::world(1));
    socket.set_nonblocking(true).unwrap();
    // On a wire it is the date that it really is, for the sink elsewhere as for the host.
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let began = Utc(since.as_secs());

    let device = DeviceNet::default();
    let prober = RefCell::new(Prober::new(DeviceId(*b"wire-001"), 1));
    let watch = Watch::new(Doors {
        gateway_v4: Some(device.gateway_v4),
        gateway_v6: Some(device.gateway_v6),
        ..Doors::default()
    });
    let appliance = Appliance::<WORKERS>::new(&prober);
    let guard = Guard::new(Card(socket), &watch, appliance.warden(), ());
    let mut resources = StackResources::<{ WORKERS + 4 }>::new();
    let (stack, mut runner) = embassy_net::new(guard, config(), &mut resources, 7);
    let sockets = u8::try_from(WORKERS).unwrap();
    let mut datagrams = DatagramMemory::new();
    let dice = Dice(RefCell::new(Random::new(7)));
    let env = StackEnv::new(stack, sockets, &mut datagrams, &watch, dice);
    let mut memory = Box::new(Memory::<WORKERS>::new());
    let (host_end, appliance_end) = pipe();
    let (reader, writer) = appliance_end.split();
    let link = Link { reader, writer };
    let mut index = 0..;
    let work = memory.workers.each_mut().map(|memory| {
        let index = index.next().expect("numbers do not end");
        appliance.work(&env, index, memory)
    });
    let collected = drive(
        collect(host_end, Time::since(began), &scope, &list),
        join3(
            appliance.link(&env, link, &mut memory.link),
            join_array(work),
            async { runner.run().await },
        ),
    )
    .unwrap();

    let last = collected.findings.iter().filter(|finding| finding.last);
    let found: BTreeMap<_, _> = last.map(|one| (one.target, one.verdict)).collect();
    let expected = quick
        .iter()
        .map(|(at, one)| (*at, one.expected(Depth::Quick)));
    assert_eq!(found, expected.collect());
    assert_eq!(watch.counters().violations, 0);
    assert!(beyond.stop().open_max <= WORKERS);
}

struct Dice(RefCell<Random>);

impl firmware::net::Random for Dice {
    fn fill(&self, octets: &mut [u8]) {
        self.0.borrow_mut().fill(octets);
    }
}

/// Who has 10.20.30.1? Tell 10.20.30.2 (RFC 826).
const WHO_HAS: [u8; 42] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0x5e, 0, 0, 0x02, 0x08, 0x06, // Ethernet
    0, 1, 0x08, 0, 6, 4, 0, 1, // ARP: a request for IPv4 over Ethernet
    0x02, 0, 0x5e, 0, 0, 0x02, 10, 20, 30, 2, // the sender
    0, 0, 0, 0, 0, 0, 10, 20, 30, 1, // the target
];

/// An echo request for `address`, as `ping` sends it.
fn ping(address: IpAddr) -> Vec<u8> {
    use smoltcp::{phy::ChecksumCapabilities, wire::*};
    let device = DeviceNet::default();
    let checksums = ChecksumCapabilities::default();
    let data = b"is anybody there?";
    let (v4, v6) = (
        Icmpv4Repr::EchoRequest {
            ident: 1,
            seq_no: 2,
            data,
        },
        Icmpv6Repr::EchoRequest {
            ident: 1,
            seq_no: 2,
            data,
        },
    );
    let (ip, ethertype) = match address {
        IpAddr::V4(to) => (
            IpRepr::new(
                device.ipv4.into(),
                to.into(),
                IpProtocol::Icmp,
                v4.buffer_len(),
                64,
            ),
            EthernetProtocol::Ipv4,
        ),
        IpAddr::V6(to) => (
            IpRepr::new(
                device.ipv6.into(),
                to.into(),
                IpProtocol::Icmpv6,
                v6.buffer_len(),
                64,
            ),
            EthernetProtocol::Ipv6,
        ),
    };
    let mut frame = vec![0; 14 + ip.buffer_len()];
    let mut ethernet = EthernetFrame::new_unchecked(&mut frame);
    ethernet.set_dst_addr(EthernetAddress(ROUTER));
    ethernet.set_src_addr(EthernetAddress(device.hardware));
    ethernet.set_ethertype(ethertype);
    ip.emit(ethernet.payload_mut(), &checksums);
    let icmp = &mut ethernet.payload_mut()[ip.header_len()..];
    match address {
        IpAddr::V4(_) => v4.emit(&mut Icmpv4Packet::new_unchecked(icmp), &checksums),
        IpAddr::V6(to) => v6.emit(
            &device.ipv6,
            &to,
            &mut Icmpv6Packet::new_unchecked(icmp),
            &checksums,
        ),
    }
    frame
}

#[test]
fn the_router_and_the_hosts_answer_an_echo_request() {
    use smoltcp::{phy::ChecksumCapabilities, wire::*};
    let (beyond, socket) = datagrams(parade::world(1));
    let device = DeviceNet::default();
    let asked = [
        device.gateway_v4.into(),
        "192.0.2.25".parse().unwrap(),
        device.gateway_v6.into(),
        "2001:db8:19::25".parse().unwrap(),
    ];
    for address in asked {
        // Nobody is there, so only the second request is answered.
        socket.send(&ping("192.0.2.250".parse().unwrap())).unwrap();
        socket.send(&ping(address)).unwrap();
        let mut octets = [0; FRAME_OCTETS_MAX];
        let count = socket.recv(&mut octets).unwrap();
        let frame = EthernetFrame::new_checked(&octets[..count]).unwrap();
        assert_eq!(frame.dst_addr(), EthernetAddress(device.hardware));
        let checksums = ChecksumCapabilities::default();
        let echoed = match address {
            IpAddr::V4(from) => {
                let ip = Ipv4Packet::new_checked(frame.payload()).unwrap();
                assert!(ip.verify_checksum());
                assert_eq!((ip.src_addr(), ip.dst_addr()), (from, device.ipv4));
                let icmp = Icmpv4Packet::new_checked(ip.payload()).unwrap();
                let reply = Icmpv4Repr::parse(&icmp, &checksums).unwrap();
                matches!(reply, Icmpv4Repr::EchoReply { ident: 1, seq_no: 2, data } if data == b"is anybody there?")
            }
            IpAddr::V6(from) => {
                let ip = Ipv6Packet::new_checked(frame.payload()).unwrap();
                assert_eq!((ip.src_addr(), ip.dst_addr()), (from, device.ipv6));
                let icmp = Icmpv6Packet::new_checked(ip.payload()).unwrap();
                let (from, to) = (ip.src_addr(), ip.dst_addr());
                let reply = Icmpv6Repr::parse(&from, &to, &icmp, &checksums).unwrap();
                matches!(reply, Icmpv6Repr::EchoReply { ident: 1, seq_no: 2, data } if data == b"is anybody there?")
            }
        };
        assert!(echoed, "{address}");
    }
    beyond.stop();
}

#[test]
fn a_stream_carries_frames_behind_their_length_for_one_caller_after_the_other() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wire-{}", std::process::id()));
    let beyond = Beyond::start(World::empty(1), Wire::Stream(path.clone()));
    // A caller who has lost count is dropped.
    let mut lost = UnixStream::connect(&path).unwrap();
    lost.write_all(&[0xff; 8]).unwrap();
    assert_eq!(lost.read(&mut [0; 8]).unwrap_or(0), 0);
    for _ in 0..2 {
        let mut caller = UnixStream::connect(&path).unwrap();
        let mut request = 42_u32.to_be_bytes().to_vec();
        request.extend(WHO_HAS);
        let (one, other) = request.split_at(20);
        for piece in [one, other] {
            caller.write_all(piece).unwrap();
        }
        let mut reply = [0; 46];
        caller.read_exact(&mut reply).unwrap();
        assert_eq!(reply[..4], 42_u32.to_be_bytes());
        assert_eq!(reply[20 + 4..22 + 4], [0, 2], "an ARP reply");
        assert_eq!(reply[22 + 4..28 + 4], ROUTER);
    }
    beyond.stop();
    assert!(!path.exists(), "the socket goes with the program");
}
