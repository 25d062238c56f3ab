//! Opening connections.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use firmware::env::{Buffers, Network};
use probe_core::{dialogue::OpenFailure, time::Instant};
use tokio::net::{TcpSocket, UdpSocket};

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
}

impl<'a> DirectNetwork<'a> {
    pub(super) fn new(clock: Clock, fence: Fence<'a>) -> Self {
        Self { clock, fence }
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
        let line = Line::new(self.clock, &self.fence, stream, remote);
        Ok(DirectStream::Line { line, local })
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
        Ok(DirectStream::Datagrams { datagrams, local })
    }
}

/// Without flow label and zone, which say nothing about who is meant here.
fn canonical(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) => SocketAddrV6::new(*v6.ip(), v6.port(), 0, 0).into(),
        SocketAddr::V4(_) => address,
    }
}
