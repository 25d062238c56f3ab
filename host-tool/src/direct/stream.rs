//! One connection, or one socket for datagrams.

use std::{io, net::SocketAddr, time::Duration};

use firmware::env::{LINGER_MAX, Read, Stream};
use probe_core::{
    dialogue::{Close, End},
    time::Instant,
};
use socket2::SockRef;
use tokio::net::TcpStream;

use super::{Fence, datagrams::Datagrams, env::Clock};

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

    async fn read(&mut self, octets: &mut [u8]) -> Read {
        match self {
            Self::Line { line, .. } => line.read(octets).await,
            Self::Datagrams { datagrams, .. } => datagrams.read(octets).await,
        }
    }

    async fn write_all(&mut self, octets: &[u8], more: bool, by: Instant) -> Result<(), End> {
        match self {
            Self::Line { line, .. } => line.write_all(octets, more, by).await,
            Self::Datagrams { datagrams, .. } => datagrams.send(octets, by).await,
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
    /// Written with more to follow.
    gathered: Vec<u8>,
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
            gathered: Vec::new(),
            reset: false,
        }
    }

    async fn read(&mut self, octets: &mut [u8]) -> Read {
        loop {
            if self.stream.readable().await.is_err() {
                return Read::Ended(End::Reset);
            }
            match self.stream.try_read(octets) {
                Ok(0) if self.reset => return Read::Ended(End::Reset),
                Ok(0) => return Read::Ended(End::Fin),
                Ok(count) => return Read::Octets(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Read::Ended(End::Reset),
            }
        }
    }

    async fn write_all(&mut self, octets: &[u8], more: bool, by: Instant) -> Result<(), End> {
        self.gathered.extend_from_slice(octets);
        if more {
            return Ok(());
        }
        let gathered = std::mem::take(&mut self.gathered);
        let checked = match self.called {
            Some(port) => self.fence.check_sink(port),
            None => self.fence.check_remote(self.clock.now(), self.remote),
        };
        if checked.is_err() {
            // The prober has been told; nothing more leaves.
            return Err(End::Reset);
        }
        match self.clock.until(by, write(&self.stream, &gathered)).await {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) => {
                self.reset = true;
                Err(End::Reset)
            }
            None => Err(End::WriteDeadline),
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

async fn write(stream: &TcpStream, mut octets: &[u8]) -> io::Result<()> {
    while !octets.is_empty() {
        stream.writable().await?;
        match stream.try_write(octets) {
            Ok(count) => octets = &octets[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
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
