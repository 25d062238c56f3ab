//! Links that carry octets to an appliance outside this program: a serial port, a Unix socket, TCP.

#[cfg(unix)]
mod serial;

use std::time::Duration;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, tcp},
};
#[cfg(unix)]
use {
    serial::Port,
    std::rc::Rc,
    tokio::net::{UnixStream, unix},
};

use super::{Link, LinkError};

/// How long a connection over TCP may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Opens `link` and runs `errand` over it.
pub(super) fn over<T>(
    link: &Link,
    errand: impl AsyncFnOnce(Reader, Writer) -> T,
) -> Result<T, LinkError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| LinkError::Unusable(format!("no runtime: {error}")))?;
    runtime.block_on(async {
        let (reader, writer) = open(link).await?;
        Ok(errand(reader, writer).await)
    })
}

async fn open(link: &Link) -> Result<(Reader, Writer), LinkError> {
    match link {
        #[cfg(unix)]
        Link::Unix(path) => {
            let stream = UnixStream::connect(path)
                .await
                .map_err(LinkError::NotThere)?;
            let (reader, writer) = stream.into_split();
            Ok((Reader::Unix(reader), Writer::Unix(writer)))
        }
        #[cfg(unix)]
        Link::Serial(path) => {
            let port = Rc::new(Port::open(path)?);
            Ok((Reader::Serial(Rc::clone(&port)), Writer::Serial(port)))
        }
        Link::Tcp(host, port) => {
            let connecting = TcpStream::connect((host.as_str(), *port));
            let stream = tokio::time::timeout(CONNECT_WITHIN, connecting)
                .await
                .unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
                .map_err(LinkError::NotThere)?;
            // Acknowledgements are small, and waited for.
            let _ = stream.set_nodelay(true);
            let (reader, writer) = stream.into_split();
            Ok((Reader::Tcp(reader), Writer::Tcp(writer)))
        }
        Link::Sim | Link::Scenario(_) | Link::Direct => Err(LinkError::Unusable(
            "there is no appliance outside this program at its other end".to_owned(),
        )),
    }
}

/// Why a link failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct CarrierError(std::io::Error);

impl embedded_io_async::Error for CarrierError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

/// What the appliance says.
pub(super) enum Reader {
    #[cfg(unix)]
    Unix(unix::OwnedReadHalf),
    #[cfg(unix)]
    Serial(Rc<Port>),
    Tcp(tcp::OwnedReadHalf),
}

/// What it is told.
pub(super) enum Writer {
    #[cfg(unix)]
    Unix(unix::OwnedWriteHalf),
    #[cfg(unix)]
    Serial(Rc<Port>),
    Tcp(tcp::OwnedWriteHalf),
}

impl ErrorType for Reader {
    type Error = CarrierError;
}

impl Read for Reader {
    async fn read(&mut self, octets: &mut [u8]) -> Result<usize, CarrierError> {
        match self {
            #[cfg(unix)]
            Self::Unix(half) => half.read(octets).await,
            #[cfg(unix)]
            Self::Serial(port) => port.read(octets).await,
            Self::Tcp(half) => half.read(octets).await,
        }
        .map_err(CarrierError)
    }
}

impl ErrorType for Writer {
    type Error = CarrierError;
}

impl Write for Writer {
    async fn write(&mut self, octets: &[u8]) -> Result<usize, CarrierError> {
        match self {
            #[cfg(unix)]
            Self::Unix(half) => half.write(octets).await,
            #[cfg(unix)]
            Self::Serial(port) => port.write(octets).await,
            Self::Tcp(half) => half.write(octets).await,
        }
        .map_err(CarrierError)
    }

    async fn flush(&mut self) -> Result<(), CarrierError> {
        match self {
            #[cfg(unix)]
            Self::Unix(half) => half.flush().await,
            // What was written is the port's, which sends it in its own time.
            #[cfg(unix)]
            Self::Serial(_) => Ok(()),
            Self::Tcp(half) => half.flush().await,
        }
        .map_err(CarrierError)
    }
}
