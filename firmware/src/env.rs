//! What the appliance needs from where it runs.
//!
//! Three places implement it: a board, the simulator (both over embassy-net, see
//! [`crate::net`]), and the tool's `direct` link over this computer's sockets. Only [`Env::now`]
//! tells time.

use core::{
    cell::Cell,
    net::{IpAddr, SocketAddr},
};

use probe_core::{
    dialogue::{Close, End, OpenFailure, TRANSMIT_OCTETS_MIN},
    frame::message::{GuardCounters, NetworkState},
    time::{Instant, Millis},
};

/// Clock, network and randomness.
pub trait Env {
    /// How connections are made here.
    type Network: Network;

    /// The moment that it is.
    fn now(&self) -> Instant;

    /// Sleeps until `at`; returns at once when it has passed.
    async fn sleep_until(&self, at: Instant);

    /// Says that whoever waits for something else than a moment looks up by then all the same. Nothing
    /// is made of it where nobody asks whether a task still can.
    fn promise(&self, _by: Instant) {}

    /// Returns when a task that waits for nothing but its bell is to look up all the same: never,
    /// where nobody asks whether it still can.
    async fn rest(&self) {
        core::future::pending().await
    }

    /// The network.
    fn network(&self) -> &Self::Network;

    /// Fills `octets` from this place's generator.
    fn random(&self, octets: &mut [u8]);

    /// What the guard around this network has counted since boot.
    fn guard_counters(&self) -> GuardCounters;

    /// How the network is, and what of it is in use.
    fn network_state(&self) -> NetworkState;

    /// Whether a connection to `remote` waits for something that the network lacks just now. Where the
    /// answer changes to no, every worker's bell is rung.
    fn awaits_network(&self, _remote: IpAddr) -> bool {
        self.network_state().lack.is_some()
    }
}

/// TCP connections towards the scope and from whoever calls the sink, and datagrams to the scope's
/// resolver.
pub trait Network {
    /// One connection. Dropping it ends the connection without a word; close it instead.
    type Stream<'a>: Stream
    where
        Self: 'a;

    /// Connects, with buffers that belong to the caller. Fails no later than `by`. Safe to drop
    /// while waiting. It may begin before it is polled.
    fn connect<'a>(
        &'a self,
        remote: SocketAddr,
        by: Instant,
        buffers: &'a mut Buffers,
    ) -> impl Future<Output = Result<Self::Stream<'a>, OpenFailure>> + use<'a, Self>;

    /// Makes a socket at `local_port` for datagrams to and from `remote`: each write is one, and each
    /// [`Read::Datagram`] too. A network may have a single one to give, and then says
    /// [`OpenFailure::NoSlot`]. Whoever draws the port makes the answers hard to forge.
    fn datagrams(
        &self,
        remote: SocketAddr,
        local_port: u16,
    ) -> Result<Self::Stream<'_>, OpenFailure>;

    /// Listens on `port` until somebody has connected, with buffers that belong to the caller. Safe to
    /// drop while waiting: nobody listens any more then. Several may listen on one port. Whoever drops it
    /// while `is_called` cuts off a caller in the middle of its handshake. It may begin before it is
    /// polled.
    fn accept<'a>(
        &'a self,
        port: u16,
        buffers: &'a mut CallBuffers,
        is_called: &'a Cell<bool>,
    ) -> impl Future<Output = Result<Self::Stream<'a>, OpenFailure>> + use<'a, Self>;
}

/// What a connection's shell has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// So many octets were put into the buffer. Zero, where what there was is lost.
    Octets(usize),
    /// A datagram of so many octets was; one that is longer than the buffer is lost.
    Datagram(usize, SocketAddr),
}

/// An open connection. What is read and written moves at once; what may take time is apart, so that
/// a shell keeps no octets while it waits.
pub trait Stream {
    /// Our end.
    fn local(&self) -> SocketAddr;

    /// The peer's end.
    fn remote(&self) -> SocketAddr;

    /// Waits for the first octet, or for the end of the connection. Safe to drop while waiting.
    fn readable(&mut self) -> impl Future<Output = Result<(), End>>;

    /// Puts what is there into `octets`, from the first that was not [taken](Self::take). A datagram is
    /// taken with that. `octets` is never empty.
    fn read(&mut self, octets: &mut [u8]) -> Read;

    /// Takes the first `count` octets of those that were read: they are not read again.
    fn take(&mut self, count: usize);

    /// How many octets [`Stream::write`] takes for certain.
    fn room(&self) -> usize;

    /// Hands octets to the network, as many as it takes now: how many. A datagram is taken whole or not
    /// at all. With `more`, another write follows at once: octets are gathered, so that a group leaves
    /// in as few segments as it fits. When the peer has ended the connection, reading still gives what
    /// it had said before, and then the same end.
    fn write(&mut self, octets: &[u8], more: bool) -> Result<usize, End>;

    /// Waits until a write may take more, or fails. Safe to drop while waiting.
    fn writable(&mut self) -> impl Future<Output = ()>;

    /// Closes; after [`Close::Fin`] waits for what was written to leave, no longer than
    /// [`LINGER_MAX`].
    fn close(self, how: Close) -> impl Future<Output = ()>;
}

/// How long closing in order may take before it becomes a reset.
pub const LINGER_MAX: Millis = Millis::from_secs(2);

/// How many octets a connection may hold unread.
pub const RECEIVE_OCTETS: usize = 1_024;
/// How many octets a connection may hold unsent: what the longest packet carries. A longer group of
/// commands waits for its acknowledgement.
pub const SEND_OCTETS: usize = 1_220;
/// How many octets a connection may hold unsent that somebody has opened to us: what a dialogue says at
/// once, so that nobody's silence keeps another one from being answered.
pub const REPLY_OCTETS: usize = TRANSMIT_OCTETS_MIN;

/// One connection's buffers, static on a board.
pub struct Buffers<const SEND: usize = SEND_OCTETS> {
    /// Received, not yet read.
    pub receive: [u8; RECEIVE_OCTETS],
    /// Written, not yet acknowledged.
    pub send: [u8; SEND],
}

/// The same for a connection that somebody opens to us.
pub type CallBuffers = Buffers<REPLY_OCTETS>;

impl<const SEND: usize> Buffers<SEND> {
    /// Empty buffers.
    pub const fn new() -> Self {
        Self {
            receive: [0; RECEIVE_OCTETS],
            send: [0; SEND],
        }
    }
}

impl<const SEND: usize> Default for Buffers<SEND> {
    fn default() -> Self {
        Self::new()
    }
}
