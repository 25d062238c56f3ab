//! What carries frames out of the program, as QEMU's network back ends have it.

use std::{
    fmt, io,
    net::{SocketAddr, UdpSocket},
    path::PathBuf,
    str::FromStr,
};

#[cfg(unix)]
use super::stream::Stream;
use crate::net::link::FRAME_OCTETS_MAX;

/// Where the other end of a wire is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A frame is a UDP datagram on the loopback interface: QEMU's `-netdev dgram`.
    Datagrams {
        /// Our address.
        local: SocketAddr,
        /// The other end's.
        remote: SocketAddr,
    },
    /// A frame follows its length, four octets big-endian, on a Unix socket at which we listen:
    /// QEMU's `-netdev stream`. One caller at a time.
    Stream(PathBuf),
}

/// A text that describes no wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoWire(String);

impl fmt::Display for NoWire {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}; expected dgram:LOCAL,REMOTE with loopback addresses and ports, \
             or unix:PATH",
            self.0
        )
    }
}

impl std::error::Error for NoWire {}

impl FromStr for Wire {
    type Err = NoWire;

    fn from_str(text: &str) -> Result<Self, NoWire> {
        if let Some(path) = text.strip_prefix("unix:").filter(|path| !path.is_empty()) {
            return Ok(Self::Stream(path.into()));
        }
        let addresses = text
            .strip_prefix("dgram:")
            .and_then(|it| it.split_once(','));
        let (local, remote) = addresses.ok_or_else(|| NoWire(format!("`{text}` is no wire")))?;
        let loopback = |text: &str| match text.parse::<SocketAddr>() {
            Ok(at) if at.ip().is_loopback() => Ok(at),
            Ok(_) => Err(NoWire(format!("{text} is not on the loopback interface"))),
            Err(_) => Err(NoWire(format!("`{text}` is no address with a port"))),
        };
        let (local, remote) = (loopback(local)?, loopback(remote)?);
        if local.is_ipv4() != remote.is_ipv4() {
            return Err(NoWire(format!("{local} cannot speak with {remote}")));
        }
        Ok(Self::Datagrams { local, remote })
    }
}

/// Our end, before anybody waits on it.
pub(super) enum Medium {
    Datagrams(UdpSocket),
    #[cfg(unix)]
    Stream(super::stream::Listener),
}

/// Our end, on the thread that carries.
pub(super) enum Outside {
    Datagrams(tokio::net::UdpSocket),
    #[cfg(unix)]
    Stream(Stream),
}

impl Medium {
    pub(super) fn open(wire: &Wire) -> io::Result<Self> {
        match wire {
            Wire::Datagrams { local, remote } => {
                let socket = UdpSocket::bind(local)?;
                socket.connect(remote)?;
                socket.set_nonblocking(true)?;
                Ok(Self::Datagrams(socket))
            }
            #[cfg(unix)]
            Wire::Stream(path) => super::stream::Listener::at(path).map(Self::Stream),
            #[cfg(not(unix))]
            Wire::Stream(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    pub(super) fn start(self) -> io::Result<Outside> {
        match self {
            Self::Datagrams(socket) => {
                tokio::net::UdpSocket::from_std(socket).map(Outside::Datagrams)
            }
            #[cfg(unix)]
            Self::Stream(listener) => Stream::new(listener).map(Outside::Stream),
        }
    }
}

impl Outside {
    /// The next frame. May be cancelled; nothing is lost by it.
    pub(super) async fn receive(&mut self) -> io::Result<Vec<u8>> {
        match self {
            Self::Datagrams(socket) => receive_datagram(socket).await,
            #[cfg(unix)]
            Self::Stream(stream) => stream.receive().await,
        }
    }

    /// Sends `frame`. On a wire a frame may be lost, and so it is when nobody is there.
    pub(super) async fn send(&mut self, frame: &[u8]) {
        match self {
            Self::Datagrams(socket) => {
                let _ = socket.send(frame).await;
            }
            #[cfg(unix)]
            Self::Stream(stream) => stream.send(frame).await,
        }
    }
}

async fn receive_datagram(socket: &tokio::net::UdpSocket) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; FRAME_OCTETS_MAX + 1];
    loop {
        match socket.recv(&mut frame).await {
            Ok(count) if count <= FRAME_OCTETS_MAX => {
                frame.truncate(count);
                return Ok(frame);
            }
            // Too long for Ethernet.
            Ok(_) => {}
            // The other end is not there yet, or no longer.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wire_is_read_from_its_text() {
        let read = |text: &str| text.parse::<Wire>().map_err(|error| error.0);
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert_eq!(
            read("dgram:127.0.0.1:4000,127.0.0.1:4001"),
            Ok(Wire::Datagrams {
                local: at("127.0.0.1:4000"),
                remote: at("127.0.0.1:4001"),
            })
        );
        assert_eq!(read("unix:/run/wire"), Ok(Wire::Stream("/run/wire".into())));
        for (text, why) in [
            ("unix:", "`unix:` is no wire"),
            ("dgram:127.0.0.1:1", "`dgram:127.0.0.1:1` is no wire"),
            (
                "dgram:localhost:1,127.0.0.1:2",
                "`localhost:1` is no address with a port",
            ),
            (
                "dgram:127.0.0.1:1,192.0.2.1:2",
                "192.0.2.1:2 is not on the loopback interface",
            ),
            (
                "dgram:127.0.0.1:1,[::1]:2",
                "127.0.0.1:1 cannot speak with [::1]:2",
            ),
        ] {
            assert_eq!(read(text), Err(why.to_owned()));
        }
    }
}
