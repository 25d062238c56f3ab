//! `--link unix:PATH`: an appliance whose serial port is a Unix socket, such as one in QEMU.

use std::path::Path;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use super::LinkError;
use crate::{
    session::{self, Outcome, Scan, Watch},
    store::Store,
};

pub(super) fn scan(
    path: &Path,
    scan: &Scan<'_>,
    store: &mut dyn Store,
    watch: &mut dyn Watch,
) -> Result<Outcome, LinkError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| LinkError::Unusable(format!("no runtime: {error}")))?;
    runtime.block_on(async {
        let stream = UnixStream::connect(path)
            .await
            .map_err(LinkError::NotThere)?;
        let (reader, writer) = stream.into_split();
        session::run(Reader(reader), Writer(writer), scan, store, watch)
            .await
            .map_err(LinkError::Session)
    })
}

/// Why the socket failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct SocketError(std::io::Error);

impl embedded_io_async::Error for SocketError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

/// What the appliance says.
struct Reader(OwnedReadHalf);

/// What it is told.
struct Writer(OwnedWriteHalf);

impl ErrorType for Reader {
    type Error = SocketError;
}

impl Read for Reader {
    async fn read(&mut self, octets: &mut [u8]) -> Result<usize, SocketError> {
        self.0.read(octets).await.map_err(SocketError)
    }
}

impl ErrorType for Writer {
    type Error = SocketError;
}

impl Write for Writer {
    async fn write(&mut self, octets: &[u8]) -> Result<usize, SocketError> {
        self.0.write(octets).await.map_err(SocketError)
    }

    async fn flush(&mut self) -> Result<(), SocketError> {
        self.0.flush().await.map_err(SocketError)
    }
}
