//! One connection, or one socket for datagrams.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    time::Duration,
};

use firmware::env::{LINGER_MAX, RECEIVE_OCTETS, Read, Stream};
use probe_core::dialogue::{Close, End};
use socket2::SockRef;
use tokio::net::TcpStream;

use super::{
    Fence,
    datagrams::{Datagrams, is_for_later},
    env::Clock,
};

/// A connection with a target or with whoever has called the sink, or datagrams to and from the resolver.
pub enum DirectStream<'a> {
    /// A connection.
    Line {
        /// The connection.
        line: Line<'a>,
        /// Our end.
        local: SocketAddr,
        /// The other one.
        remote: SocketAddr,
    },
    /// Datagrams.
    Datagrams {
        /// Their socket.
        datagrams: Datagrams<'a>,
        /// Our end.
        local: SocketAddr,
        /// The other one.
        remote: SocketAddr,
    },
}

impl Stream for DirectStream<'_> {
    fn local(&self) -> SocketAddr {
        match self {
            Self::Line { local, .. } | Self::Datagrams { local, .. } => *local,
        }
    }

    fn remote(&self) -> SocketAddr {
        match self {
            Self::Line { remote, .. } | Self::Datagrams { remote, .. } => *remote,
        }
    }

    async fn readable(&mut self) -> Result<(), End> {
        match self {
            Self::Line { line, .. } => line.readable().await,
            Self::Datagrams { datagrams, .. } => datagrams.readable().await,
        }
    }

    fn read(&mut self, octets: &mut [u8]) -> Read {
        match self {
            Self::Line { line, .. } => line.read(octets),
            Self::Datagrams { datagrams, .. } => datagrams.read(octets),
        }
    }

    fn take(&mut self, count: usize) {
        if let Self::Line { line, .. } = self {
            line.received.drain(..count);
        }
    }

    /// Only the system knows.
    fn room(&self) -> usize {
        0
    }

    fn write(&mut self, octets: &[u8], more: bool) -> Result<usize, End> {
        match self {
            Self::Line { line, .. } => line.write(octets, more),
            Self::Datagrams { datagrams, .. } => datagrams.send(octets),
        }
    }

    async fn writable(&mut self) {
        match self {
            // What is wrong shows when it is written.
            Self::Line { line, .. } => drop(line.stream.writable().await),
            Self::Datagrams { datagrams, .. } => datagrams.writable().await,
        }
    }

    async fn close(self, how: Close) {
        match self {
            Self::Line { line, .. } => line.close(how),
            Self::Datagrams { .. } => {}
        }
    }
}

/// A TCP connection.
pub struct Line<'a> {
    clock: Clock,
    fence: &'a Fence<'a>,
    stream: TcpStream,
    remote: SocketAddr,
    /// The port of the sink that the other end has called.
    called: Option<u16>,
    /// Received, and not taken.
    received: Vec<u8>,
    /// Written with more to follow.
    gathered: Vec<u8>,
    /// What is written was allowed, and only waits for the system.
    allowed: bool,
    /// The peer's reset was told to a write, and the system tells it once.
    reset: bool,
}

impl<'a> Line<'a> {
    pub(super) fn new(
        clock: Clock,
        fence: &'a Fence<'a>,
        stream: TcpStream,
        remote: SocketAddr,
        called: Option<u16>,
    ) -> Self {
        Self {
            clock,
            fence,
            stream,
            remote,
            called,
            received: Vec::new(),
            gathered: Vec::new(),
            allowed: false,
            reset: false,
        }
    }

    async fn readable(&mut self) -> Result<(), End> {
        let mut octets = [0; RECEIVE_OCTETS];
        while self.received.is_empty() {
            if self.stream.readable().await.is_err() {
                return Err(End::Reset);
            }
            match self.stream.try_read(&mut octets) {
                Ok(0) if self.reset => return Err(End::Reset),
                Ok(0) => return Err(End::Fin),
                Ok(count) => self.received.extend_from_slice(&octets[..count]),
                Err(error) if is_for_later(&error) => {}
                Err(_) => return Err(End::Reset),
            }
        }
        Ok(())
    }

    fn read(&mut self, octets: &mut [u8]) -> Read {
        let count = self.received.len().min(octets.len());
        octets[..count].copy_from_slice(&self.received[..count]);
        Read::Octets(count)
    }

    fn write(&mut self, octets: &[u8], more: bool) -> Result<usize, End> {
        if more {
            self.gathered.extend_from_slice(octets);
            return Ok(octets.len());
        }
        if !self.allowed {
            let checked = match self.called {
                Some(port) => self.fence.check_sink(port),
                None => self.fence.check_remote(self.clock.now(), self.remote),
            };
            // The prober has been told; nothing more leaves.
            checked.map_err(|_| End::Reset)?;
            self.allowed = true;
        }
        let group = [IoSlice::new(&self.gathered), IoSlice::new(octets)];
        match self.stream.try_write_vectored(&group) {
            Ok(count) => {
                let gathered = count.min(self.gathered.len());
                self.gathered.drain(..gathered);
                let count = count - gathered;
                self.allowed = count < octets.len();
                Ok(count)
            }
            Err(error) if is_for_later(&error) => Ok(0),
            Err(_) => {
                self.reset = true;
                Err(End::Reset)
            }
        }
    }

    fn close(self, how: Close) {
        match how {
            // The system sends what is left and says goodbye without us waiting. It must only
            // find nothing unread when the socket is dropped, or it resets instead.
            Close::Fin => {
                let socket = SockRef::from(&self.stream);
                if socket.shutdown(std::net::Shutdown::Write).is_ok() {
                    tokio::spawn(drain(self.stream));
                }
            }
            Close::Abort => {
                // Where the option cannot be set the peer has ended the connection already.
                let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
            }
        }
    }
}

/// Throws away what still comes until the peer has ended, no longer than [`LINGER_MAX`].
async fn drain(stream: TcpStream) {
    let ended = async {
        let mut unread = [0; 512];
        loop {
            if stream.readable().await.is_err() {
                return;
            }
            match stream.try_read(&mut unread) {
                Ok(1..) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(0) | Err(_) => return,
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_millis(LINGER_MAX.0), ended).await;
}
