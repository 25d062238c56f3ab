//! The network's one socket for datagrams.

use core::{
    cell::{RefCell, RefMut},
    net::SocketAddr,
    pin::pin,
    task::{Context, Poll},
};

use embassy_futures::poll_once;
use embassy_net::{
    IpEndpoint, Stack,
    udp::{self, PacketMetadata, UdpSocket},
};
use probe_core::{
    dialogue::{End, OpenFailure},
    dns::{QUERY_OCTETS_MAX, UDP_OCTETS_MAX},
};

use super::{NOWHERE, address};
use crate::env::Read;

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

/// The socket for datagrams, and where they go.
pub(super) struct Datagrams<'d> {
    socket: UdpSocket<'d>,
    remote: Option<IpEndpoint>,
    local: SocketAddr,
}

impl<'d> Datagrams<'d> {
    pub(super) fn new(stack: Stack<'d>, memory: &'d mut DatagramMemory) -> Self {
        let DatagramMemory {
            received,
            receive,
            sent,
            send,
        } = memory;
        while received.push(PacketMetadata::EMPTY).is_ok() {}
        while sent.push(PacketMetadata::EMPTY).is_ok() {}
        Self {
            socket: UdpSocket::new(stack, received, receive, sent, send),
            remote: None,
            local: NOWHERE,
        }
    }
}

/// The socket, at a port until it is given back.
pub(super) struct Asking<'a, 'd>(RefMut<'a, Datagrams<'d>>);

impl<'a, 'd> Asking<'a, 'd> {
    /// Takes the socket, unless somebody else has it.
    pub(super) fn begin(
        datagrams: &'a RefCell<Datagrams<'d>>,
        local: SocketAddr,
        remote: IpEndpoint,
    ) -> Result<Self, OpenFailure> {
        let datagrams = datagrams.try_borrow_mut();
        let mut asking = Self(datagrams.map_err(|_| OpenFailure::NoSlot)?);
        (asking.0.local, asking.0.remote) = (local, Some(remote));
        let bound = asking.0.socket.bind(local.port());
        bound.map_err(|error| match error {
            udp::BindError::InvalidState => OpenFailure::NoSlot,
            udp::BindError::NoRoute => OpenFailure::Unreachable,
        })?;
        Ok(asking)
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.0.local
    }

    pub(super) fn remote(&self) -> Option<IpEndpoint> {
        self.0.remote
    }

    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        pin!(self.0.socket.wait_recv_ready()).poll(cx)
    }

    pub(super) fn read(&mut self, octets: &mut [u8]) -> Read {
        match poll_once(self.0.socket.recv_from(octets)) {
            Poll::Ready(Ok((count, from))) => Read::Datagram(count, address(Some(from.endpoint))),
            Poll::Ready(Err(_)) | Poll::Pending => Read::Octets(0),
        }
    }

    /// Sends one datagram. There is room for one that waits for its neighbour, and for no second.
    pub(super) fn send(&self, octets: &[u8]) -> Result<(), End> {
        let Datagrams { socket, remote, .. } = &*self.0;
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
