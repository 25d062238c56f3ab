//! Questions about names, over UDP.

use std::{net::IpAddr, time::Duration};

use smoltcp::{
    iface::{SocketHandle, SocketSet},
    socket::udp,
    wire::IpAddress,
};

use crate::dns::Resolver;

/// Where a resolver answers.
pub(super) const DNS_PORT: u16 = 53;

/// A resolver's datagrams.
pub(super) struct Questions {
    pub(super) handle: SocketHandle,
    resolver: Resolver,
    /// When each leaves, and where to.
    answers: Vec<(Duration, udp::UdpMetadata, Vec<u8>)>,
}

impl Questions {
    /// Those that come to the host at `address`.
    pub(super) fn new(
        address: IpAddr,
        resolver: Resolver,
        sockets: &mut SocketSet<'static>,
    ) -> Self {
        let buffer =
            || udp::PacketBuffer::new(vec![udp::PacketMetadata::EMPTY; 16], vec![0; 8_192]);
        let mut socket = udp::Socket::new(buffer(), buffer());
        socket
            .bind((IpAddress::from(address), DNS_PORT))
            .expect("a new socket binds to a port that is not zero");
        Self {
            handle: sockets.add(socket),
            resolver,
            answers: Vec::new(),
        }
    }

    /// When answers leave.
    pub(super) fn due(&self) -> impl Iterator<Item = Duration> {
        self.answers.iter().map(|(due, ..)| *due)
    }

    /// Takes in what has come and sends what is due; says whether there was anything.
    pub(super) fn advance(&mut self, now: Duration, socket: &mut udp::Socket<'static>) -> bool {
        let mut busy = false;
        while let Ok((query, from)) = socket.recv() {
            busy = true;
            if let Some((delay, answer)) = self.resolver.datagram(query) {
                self.answers.push((now + delay, from, answer));
            }
        }
        self.answers.retain(|(due, to, answer)| {
            let leaves = *due <= now && socket.send_slice(answer, *to).is_ok();
            busy |= leaves;
            !leaves
        });
        busy
    }
}
