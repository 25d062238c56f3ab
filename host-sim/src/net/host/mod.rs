//! A host behind the router: one address, a TCP of its own, and servers on its ports.

mod connection;
mod packets;
mod questions;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use smoltcp::{
    iface::{Config, Interface, SocketSet},
    socket::{
        tcp::{Socket, SocketBuffer, State},
        udp,
    },
    time::Instant,
    wire::{HardwareAddress, IpAddress, IpCidr},
};

pub(crate) use self::packets::connection_request;

use self::{
    connection::Connection,
    packets::Packets,
    questions::{DNS_PORT, Questions},
};
use super::caller::{Calls, Requests};
use crate::{
    dns::Resolver,
    server::{Call, Conversation, Server, Turn},
};

/// Octets of a connection's receive buffer, and of its send buffer.
const BUFFER_OCTETS: usize = 4_096;
/// How many connections a host holds; it resets the next one.
pub(crate) const CONNECTIONS_MAX: usize = 64;

/// How long a host keeps a connection whose other end says nothing at all, in seconds: whoever has lost
/// its address never says that it is gone.
const SILENCE_SECONDS_MAX: u64 = 3_600;
/// How long a server waits for whoever it has called, in seconds.
const CALL_SECONDS_MAX: u64 = 60;

/// The first port that a host's servers open connections from; they come round behind the last one.
const ERRANDS_FROM: u16 = 57_344;

pub(crate) struct Host {
    address: IpAddr,
    interface: Interface,
    packets: Packets,
    sockets: SocketSet<'static>,
    servers: BTreeMap<u16, Box<dyn Server>>,
    connections: Vec<Connection>,
    questions: Option<Questions>,
    calls: Calls,
    /// Connections that its servers want to open.
    errands: Vec<Call>,
    /// Those of them that other hosts open.
    elsewhere: Vec<Call>,
    /// The port that the next one is opened from.
    next_port: u16,
    /// Whether a connection is waited for at TIME-WAIT. Where the wires neither lose, repeat nor
    /// reorder there is nothing to wait for.
    pub(crate) lingers: bool,
}

impl Host {
    /// A host without servers: every port is closed.
    pub(crate) fn new(address: IpAddr, seed: u64) -> Self {
        let mut packets = Packets::default();
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = seed;
        let mut interface = Interface::new(config, &mut packets, Instant::ZERO);
        let prefix = if address.is_ipv4() { 32 } else { 128 };
        interface.update_ip_addrs(|addresses| {
            addresses
                .push(IpCidr::new(address.into(), prefix))
                .expect("an interface has room for one address");
        });
        // Everything leaves the host the same way; the gateway's address is never looked up.
        let routes = interface.routes_mut();
        match address {
            IpAddr::V4(v4) => routes.add_default_ipv4_route(v4),
            IpAddr::V6(v6) => routes.add_default_ipv6_route(v6),
        }
        .expect("an interface has room for one route");
        Self {
            address,
            interface,
            packets,
            sockets: SocketSet::new(Vec::new()),
            servers: BTreeMap::new(),
            connections: Vec::new(),
            questions: None,
            calls: Calls::default(),
            errands: Vec::new(),
            elsewhere: Vec::new(),
            next_port: ERRANDS_FROM,
            lingers: false,
        }
    }

    /// Opens `port`.
    pub(crate) fn serve(&mut self, port: u16, server: Box<dyn Server>) {
        self.servers.insert(port, server);
    }

    /// Answers questions about names, at port 53.
    pub(crate) fn resolve(&mut self, resolver: Resolver) {
        self.serve(DNS_PORT, Box::new(resolver.clone()));
        let questions = Questions::new(self.address, resolver, &mut self.sockets);
        self.questions = Some(questions);
    }

    /// Makes calls to the device, too.
    pub(crate) fn call(&mut self, requests: Requests) {
        self.calls = Calls::of(requests);
    }

    /// Whether a caller wants something.
    pub(crate) fn is_stirred(&self) -> bool {
        self.calls.is_stirred(&self.sockets)
    }

    /// Takes a packet off the path.
    pub(crate) fn receive(&mut self, packet: Vec<u8>) {
        if let Some((from, port)) = connection_request(&packet) {
            self.expect(from, port);
        }
        self.packets.incoming.push_back(packet);
    }

    /// Does everything that is due at `now`.
    pub(crate) fn advance(&mut self, now: Duration) {
        let from = self.address.into();
        self.calls
            .begin(from, &mut self.interface, &mut self.sockets);
        loop {
            for connection in &mut self.connections {
                for call in connection.calls.drain(..) {
                    place(call, self.address, &mut self.errands, &mut self.elsewhere);
                }
            }
            while let Some(due) = self.errands.iter().position(|call| call.at <= now) {
                let call = self.errands.swap_remove(due);
                self.run_errand(now, call);
            }
            let changed = self
                .interface
                .poll(instant(now), &mut self.packets, &mut self.sockets);
            let mut busy = changed != smoltcp::iface::PollResult::None;
            for connection in &mut self.connections {
                let socket = self.sockets.get_mut::<Socket<'_>>(connection.handle);
                busy |= connection.advance(now, socket);
            }
            if let Some(questions) = &mut self.questions {
                let socket = self.sockets.get_mut::<udp::Socket<'_>>(questions.handle);
                busy |= questions.advance(now, socket);
            }
            busy |= self.calls.advance(&mut self.sockets);
            if !busy {
                break;
            }
        }
        self.forget_ended(now);
    }

    /// Opens a connection for a server at another host.
    pub(crate) fn run_for_another(&mut self, call: Call) {
        self.errands.push(Call { from: None, ..call });
    }

    /// The connections that other hosts are to open.
    pub(crate) fn elsewhere(&mut self) -> Vec<Call> {
        std::mem::take(&mut self.elsewhere)
    }

    /// The next packet that leaves the host.
    pub(crate) fn transmit(&mut self) -> Option<Vec<u8>> {
        self.packets.outgoing.pop_front()
    }

    /// When [`Host::advance`] is due next.
    pub(crate) fn next(&mut self, now: Duration) -> Option<Duration> {
        let stack = self
            .interface
            .poll_at(instant(now), &self.sockets)
            .map(|at| Duration::from_micros(at.total_micros().unsigned_abs()).max(now));
        let servers = self
            .connections
            .iter()
            .filter_map(|connection| connection.timer);
        let answers = self.questions.iter().flat_map(Questions::due);
        let calls = self.errands.iter().map(|call| call.at.max(now));
        let others = servers.chain(answers).chain(calls);
        stack.into_iter().chain(others).min()
    }

    /// Makes the socket that a connection request will find listening. smoltcp has no backlog and
    /// walks every socket for every packet, so sockets exist only while somebody is connected.
    fn expect(&mut self, from: SocketAddr, port: u16) {
        let known = self
            .connections
            .iter()
            .any(|connection| connection.port == port && connection.caller == from);
        if known || self.connections.len() == CONNECTIONS_MAX {
            return;
        }
        let Some(server) = self.servers.get_mut(&port) else {
            return;
        };
        let buffer = || SocketBuffer::new(vec![0; BUFFER_OCTETS]);
        let mut socket = Socket::new(buffer(), buffer());
        socket.set_nagle_enabled(false);
        socket.set_timeout(Some(smoltcp::time::Duration::from_secs(
            SILENCE_SECONDS_MAX,
        )));
        socket
            .listen((IpAddress::from(self.address), port))
            .expect("a new socket listens on a port that is not zero");
        let handle = self.sockets.add(socket);
        self.connections
            .push(Connection::new(port, from, handle, server.answer(from)));
    }

    /// Opens a connection, where there is room for one more.
    fn run_errand(&mut self, now: Duration, call: Call) {
        if self.connections.len() == CONNECTIONS_MAX {
            return self.end(now, call.conversation);
        }
        let port = self.next_port;
        self.next_port = port.checked_add(1).unwrap_or(ERRANDS_FROM);
        let buffer = || SocketBuffer::new(vec![0; BUFFER_OCTETS]);
        let mut socket = Socket::new(buffer(), buffer());
        socket.set_nagle_enabled(false);
        socket.set_timeout(Some(smoltcp::time::Duration::from_secs(CALL_SECONDS_MAX)));
        let to = (IpAddress::from(call.to.ip()), call.to.port());
        let local = (IpAddress::from(self.address), port);
        if socket.connect(self.interface.context(), to, local).is_err() {
            // To nowhere, or to another family.
            return self.end(now, call.conversation);
        }
        let handle = self.sockets.add(socket);
        self.connections
            .push(Connection::new(port, call.to, handle, call.conversation));
    }

    /// A connection that could not be opened.
    fn end(&mut self, now: Duration, mut conversation: Box<dyn Conversation>) {
        let mut turn = Turn::new(now, None);
        conversation.on_end(&mut turn);
        for call in turn.calls {
            place(call, self.address, &mut self.errands, &mut self.elsewhere);
        }
    }

    /// Forgets connections that are over. A socket that listens behind its packet is one of a request that
    /// was taken back (a late copy, which the caller resets): it would answer the next caller in
    /// the place of that one's own.
    fn forget_ended(&mut self, now: Duration) {
        self.calls.forget_ended(&mut self.sockets);
        let (sockets, lingers) = (&mut self.sockets, self.lingers);
        let (address, errands, elsewhere) = (self.address, &mut self.errands, &mut self.elsewhere);
        self.connections.retain_mut(|connection| {
            let state = sockets.get::<Socket<'_>>(connection.handle).state();
            let over = matches!(state, State::Closed | State::Listen)
                || (state == State::TimeWait && !lingers);
            if over {
                sockets.remove(connection.handle);
                let mut turn = Turn::new(now, None);
                connection.conversation.on_end(&mut turn);
                for call in connection.calls.drain(..).chain(turn.calls) {
                    place(call, address, errands, elsewhere);
                }
            }
            !over
        });
    }
}

/// Puts a call to those of the host at `address`, or to those of others.
fn place(call: Call, address: IpAddr, own: &mut Vec<Call>, elsewhere: &mut Vec<Call>) {
    match call.from {
        Some(from) if from != address => elsewhere.push(call),
        _ => own.push(call),
    }
}

fn instant(moment: Duration) -> Instant {
    Instant::from_micros(i64::try_from(moment.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use smoltcp::{
        phy::ChecksumCapabilities,
        wire::{
            IpProtocol, IpRepr, Ipv4Repr, TcpControl, TcpPacket, TcpRepr, TcpSeqNumber,
            TcpTimestampRepr,
        },
    };

    use super::*;
    use crate::peers::Personality;

    const HOST: [u8; 4] = [192, 0, 2, 10];
    const CALLER: [u8; 4] = [198, 51, 100, 7];

    fn segment(caller_port: u16, control: TcpControl, sequence: i32) -> Vec<u8> {
        let tcp = TcpRepr {
            src_port: caller_port,
            dst_port: 25,
            control,
            seq_number: TcpSeqNumber(sequence),
            ack_number: None,
            window_len: 1_024,
            window_scale: None,
            max_seg_size: None,
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None::<TcpTimestampRepr>,
            payload: &[],
        };
        let ip = Ipv4Repr {
            src_addr: CALLER.into(),
            dst_addr: HOST.into(),
            next_header: IpProtocol::Tcp,
            payload_len: tcp.buffer_len(),
            hop_limit: 64,
        };
        let checksums = ChecksumCapabilities::default();
        let mut packet = vec![0; ip.buffer_len() + tcp.buffer_len()];
        IpRepr::Ipv4(ip).emit(&mut packet[..], &checksums);
        tcp.emit(
            &mut TcpPacket::new_unchecked(&mut packet[ip.buffer_len()..]),
            &IpAddress::from(IpAddr::from(CALLER)),
            &IpAddress::from(IpAddr::from(HOST)),
            &checksums,
        );
        packet
    }

    /// A copy of a SYN comes after its connection has ended, and the caller resets the answer: it
    /// must not answer the next caller.
    #[test]
    fn a_request_that_is_taken_back_leaves_nobody_listening() {
        let mut host = Host::new(IpAddr::from(HOST), 1);
        let closed = Personality::named("closed-550").expect("a personality");
        host.serve(25, closed.at("mx.example.org", &[]).server());
        host.receive(segment(30_000, TcpControl::Syn, 1));
        host.advance(Duration::ZERO);
        assert!(host.transmit().is_some());
        assert_eq!(host.connections.len(), 1);

        host.receive(segment(30_000, TcpControl::Rst, 2));
        host.advance(Duration::from_millis(1));
        assert_eq!(host.connections.len(), 0);
    }

    /// Says one thing as soon as somebody has answered.
    struct Says(&'static [u8]);

    impl Conversation for Says {
        fn on_open(&mut self, turn: &mut Turn) {
            turn.send(self.0);
        }

        fn on_octets(&mut self, _octets: &[u8], _turn: &mut Turn) {}

        fn on_timer(&mut self, _turn: &mut Turn) {}
    }

    /// Calls somebody a second after it was called.
    struct RunsErrands;

    impl Server for RunsErrands {
        fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
            Box::new(CallsBack(SocketAddr::new(caller.ip(), 25)))
        }
    }

    struct CallsBack(SocketAddr);

    impl Conversation for CallsBack {
        fn on_open(&mut self, turn: &mut Turn) {
            let call = Call {
                at: turn.now() + Duration::from_secs(1),
                from: None,
                to: self.0,
                conversation: Box::new(Says(b"HELO a\r\n")),
            };
            turn.call(call);
            turn.close();
        }

        fn on_octets(&mut self, _octets: &[u8], _turn: &mut Turn) {}

        fn on_timer(&mut self, _turn: &mut Turn) {}
    }

    #[test]
    fn a_server_calls_when_it_said_that_it_would() {
        let mut ours = Host::new(IpAddr::from(CALLER), 2);
        let closed = Personality::named("closed-550").expect("a personality");
        ours.serve(25, closed.at("sink.example.net", &[]).server());
        let mut theirs = Host::new(IpAddr::from(HOST), 1);
        theirs.serve(25, Box::new(RunsErrands));
        let hello = Box::new(Says(b"EHLO b\r\n"));
        ours.errands.push(Call {
            at: Duration::ZERO,
            from: None,
            to: (HOST, 25).into(),
            conversation: hello,
        });
        let mut called = Vec::new();
        for ms in 0..1_100 {
            let now = Duration::from_millis(ms);
            ours.advance(now);
            while let Some(packet) = ours.transmit() {
                theirs.receive(packet);
            }
            theirs.advance(now);
            while let Some(packet) = theirs.transmit() {
                if let Some((_, port)) = connection_request(&packet) {
                    called.push((ms, port));
                }
                ours.receive(packet);
            }
        }
        assert_eq!(called.len(), 1, "{called:?}");
        let (ms, port) = called[0];
        assert!((1_000..1_010).contains(&ms) && port == 25, "{called:?}");
    }
}
