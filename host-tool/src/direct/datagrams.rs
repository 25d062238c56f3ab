//! Datagrams to and from the scope's resolver.

use std::{io, net::SocketAddr};

use firmware::env::Read;
use probe_core::{dialogue::End, dns::UDP_OCTETS_MAX};
use tokio::net::UdpSocket;

use super::{Fence, env::Clock};

/// A socket that is connected with the resolver.
pub struct Datagrams<'a> {
    clock: Clock,
    fence: &'a Fence<'a>,
    socket: UdpSocket,
    remote: SocketAddr,
    /// The datagram that came last, until it is read.
    received: Option<(Vec<u8>, SocketAddr)>,
    /// What is sent was allowed, and only waits for the system.
    allowed: bool,
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
            received: None,
            allowed: false,
        }
    }

    /// Waits for a datagram. One that came before the socket was connected may be from anywhere.
    pub(super) async fn readable(&mut self) -> Result<(), End> {
        let mut octets = [0; UDP_OCTETS_MAX as usize];
        while self.received.is_none() {
            self.socket.readable().await.map_err(|_| End::Reset)?;
            match self.socket.try_recv_from(&mut octets) {
                Ok((count, source)) => self.received = Some((octets[..count].to_vec(), source)),
                Err(error) if is_for_later(&error) => {}
                // Nobody listens there.
                Err(_) => return Err(End::Reset),
            }
        }
        Ok(())
    }

    pub(super) fn read(&mut self, octets: &mut [u8]) -> Read {
        let received = self.received.take();
        let received = received.filter(|(received, _)| received.len() <= octets.len());
        received.map_or(Read::Octets(0), |(received, source)| {
            octets[..received.len()].copy_from_slice(&received);
            Read::Datagram(received.len(), source)
        })
    }

    pub(super) fn send(&mut self, octets: &[u8]) -> Result<usize, End> {
        if !self.allowed {
            self.fence
                .check_datagrams(self.clock.now(), self.remote)
                .map_err(|_| End::Reset)?;
            self.allowed = true;
        }
        match self.socket.try_send(octets) {
            Ok(_) => {
                self.allowed = false;
                Ok(octets.len())
            }
            Err(error) if is_for_later(&error) => Ok(0),
            Err(_) => Err(End::Reset),
        }
    }

    /// Waits until a datagram may be sent.
    pub(super) async fn writable(&self) {
        // What is wrong shows when it is sent.
        let _ = self.socket.writable().await;
    }
}

/// Whether the system only had nothing to do at this moment.
pub(super) fn is_for_later(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
