//! Datagrams to and from the scope's resolver.

use std::{io, net::SocketAddr};

use firmware::env::Read;
use probe_core::{dialogue::End, time::Instant};
use tokio::net::UdpSocket;

use super::{Fence, env::Clock};

/// A socket that is connected with the resolver.
pub struct Datagrams<'a> {
    clock: Clock,
    fence: &'a Fence<'a>,
    socket: UdpSocket,
    remote: SocketAddr,
}

impl<'a> Datagrams<'a> {
    pub(super) fn new(
        clock: Clock,
        fence: &'a Fence<'a>,
        socket: UdpSocket,
        remote: SocketAddr,
    ) -> Self {
        Self {
            clock,
            fence,
            socket,
            remote,
        }
    }

    /// The next datagram. One that came before the socket was connected may be from anywhere.
    pub(super) async fn read(&self, octets: &mut [u8]) -> Read {
        loop {
            match self.socket.recv_from(octets).await {
                Ok((count, source)) => return Read::Datagram(count, source),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Nobody listens there.
                Err(_) => return Read::Ended(End::Reset),
            }
        }
    }

    pub(super) async fn send(&self, octets: &[u8], by: Instant) -> Result<(), End> {
        self.fence
            .check_datagrams(self.clock.now(), self.remote)
            .map_err(|_| End::Reset)?;
        let sent = self.clock.until(by, self.socket.send(octets)).await;
        match sent {
            Some(Ok(_)) => Ok(()),
            Some(Err(_)) => Err(End::Reset),
            None => Err(End::WriteDeadline),
        }
    }
}
