//! Opening connections.

use std::{
    cell::{Cell, OnceCell},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6},
};

use firmware::env::{Buffers, CallBuffers, Network};
use probe_core::{dialogue::OpenFailure, time::Instant};
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpSocket, UdpSocket};

use super::{
    Fence,
    datagrams::Datagrams,
    env::Clock,
    failure,
    stream::{DirectStream, Line},
};

/// This computer's TCP and UDP, behind a fence.
pub struct DirectNetwork<'a> {
    clock: Clock,
    fence: Fence<'a>,
    ears: Vec<Ear>,
}

impl<'a> DirectNetwork<'a> {
    pub(super) fn new(clock: Clock, fence: Fence<'a>) -> Self {
        Self {
            clock,
            fence,
            ears: Vec::new(),
        }
    }

    pub(super) fn listen(&mut self, port: u16) -> io::Result<()> {
        self.ears.push(Ear::new(port)?);
        Ok(())
    }

    /// The fence, for its counters.
    pub fn fence(&self) -> &Fence<'a> {
        &self.fence
    }
}

impl<'n> Network for DirectNetwork<'n> {
    type Stream<'a>
        = DirectStream<'a>
    where
        Self: 'a;

    async fn connect<'a>(
        &'a self,
        remote: SocketAddr,
        by: Instant,
        _buffers: &'a mut Buffers,
    ) -> Result<DirectStream<'a>, OpenFailure> {
        let socket = match remote {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        };
        let socket = socket.map_err(|error| failure::of_connecting(&error))?;
        if let Some(source) = self.fence.source(remote.ip()) {
            let local = SocketAddr::new(source, 0);
            self.fence
                .check_bind(self.clock.now(), local)
                .map_err(|_| OpenFailure::OutOfScope)?;
            socket
                .bind(local)
                .map_err(|error| failure::of_connecting(&error))?;
        }
        if self.fence.is_objected(remote) {
            return Err(OpenFailure::Unreachable);
        }
        self.fence
            .check_remote(self.clock.now(), remote)
            .map_err(|_| OpenFailure::OutOfScope)?;
        let connected = self.clock.until(by, socket.connect(remote)).await;
        let stream = connected
            .ok_or(OpenFailure::NoAnswer)?
            .map_err(|error| failure::of_connecting(&error))?;
        let local = stream
            .local_addr()
            .map_err(|error| failure::of_connecting(&error))?;
        if canonical(local) == canonical(remote) {
            // Towards a free local port, TCP may connect a socket with itself.
            return Err(OpenFailure::Refused);
        }
        // A group is one write; Nagle could only hold its last segment back.
        stream
            .set_nodelay(true)
            .map_err(|error| failure::of_connecting(&error))?;
        let line = Line::new(self.clock, &self.fence, stream, remote, None);
        Ok(DirectStream::Line {
            line,
            local,
            remote,
        })
    }

    fn datagrams(
        &self,
        remote: SocketAddr,
        local_port: u16,
    ) -> Result<DirectStream<'_>, OpenFailure> {
        self.fence
            .check_datagrams(self.clock.now(), remote)
            .map_err(|_| OpenFailure::OutOfScope)?;
        let any = match remote {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let source = self.fence.source(remote.ip()).unwrap_or(any);
        let open = || {
            let socket = std::net::UdpSocket::bind((source, local_port))?;
            // From here on the system drops what others send.
            socket.connect(remote)?;
            socket.set_nonblocking(true)?;
            let local = socket.local_addr()?;
            Ok((UdpSocket::from_std(socket)?, local))
        };
        let (socket, local) = open().map_err(|error| failure::of_connecting(&error))?;
        let datagrams = Datagrams::new(self.clock, &self.fence, socket, remote);
        Ok(DirectStream::Datagrams {
            datagrams,
            local,
            remote,
        })
    }

    async fn accept<'a>(
        &'a self,
        port: u16,
        _buffers: &'a mut CallBuffers,
        _is_called: &'a Cell<bool>,
    ) -> Result<DirectStream<'a>, OpenFailure> {
        let ear = self.ears.iter().find(|ear| ear.port == port);
        let ear = ear.ok_or(OpenFailure::NoSlot)?;
        let accepted = ear
            .listener()
            .map_err(|error| failure::of_connecting(&error))?;
        let (stream, remote) = accepted
            .accept()
            .await
            .map_err(|error| failure::of_connecting(&error))?;
        self.fence
            .check_sink(port)
            .map_err(|_| OpenFailure::OutOfScope)?;
        let local = stream
            .local_addr()
            .and_then(|local| stream.set_nodelay(true).map(|()| local))
            .map_err(|error| failure::of_connecting(&error))?;
        let remote = plain(remote);
        let line = Line::new(self.clock, &self.fence, stream, remote, Some(port));
        Ok(DirectStream::Line {
            line,
            local: plain(local),
            remote,
        })
    }
}

/// A port that somebody may call.
struct Ear {
    port: u16,
    socket: std::net::TcpListener,
    /// The same inside the runtime, from the first call on.
    listener: OnceCell<TcpListener>,
}

impl Ear {
    fn new(port: u16) -> io::Result<Self> {
        Ok(Self {
            port,
            socket: bind(port)?,
            listener: OnceCell::new(),
        })
    }

    fn listener(&self) -> io::Result<&TcpListener> {
        if let Some(listener) = self.listener.get() {
            return Ok(listener);
        }
        let listener = TcpListener::from_std(self.socket.try_clone()?)?;
        Ok(self.listener.get_or_init(|| listener))
    }
}

/// On every address of this computer, of both families where it has both.
fn bind(port: u16) -> io::Result<std::net::TcpListener> {
    let both = socket(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)));
    match both {
        Err(error) if is_without_ipv6(&error) => {
            socket(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
        }
        bound => bound,
    }
}

fn is_without_ipv6(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::AddrNotAvailable
    ) || error.raw_os_error() == Some(EAFNOSUPPORT)
}

#[cfg(target_os = "linux")]
const EAFNOSUPPORT: i32 = 97;
#[cfg(not(target_os = "linux"))]
const EAFNOSUPPORT: i32 = 47;

/// How many callers wait until they are received.
const BACKLOG: i32 = 16;

fn socket(local: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(local), Type::STREAM, None)?;
    if local.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&local.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// An IPv4 address of a socket for both families as what it is.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Without flow label and zone, which say nothing about who is meant here.
fn canonical(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) => SocketAddrV6::new(*v6.ip(), v6.port(), 0, 0).into(),
        SocketAddr::V4(_) => address,
    }
}
