//! Frames on a Unix socket, each behind its length: one caller at a time, and the next one when
//! that one has gone.

use std::{
    fs, io,
    os::unix::{
        fs::FileTypeExt as _,
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use crate::net::link::FRAME_OCTETS_MAX;

/// Octets of a length.
const LENGTH_OCTETS: usize = 4;
/// A caller that takes no frame for so long is dropped.
const SEND_MAX: Duration = Duration::from_secs(5);

/// A socket in the file system, which goes when we go.
pub(super) struct Listener {
    socket: UnixListener,
    file: File,
}

struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        // Whoever removed it before did the same.
        let _ = fs::remove_file(&self.0);
    }
}

impl Listener {
    /// Listens at `path`. A socket that nobody listens at any more is replaced.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
        if is_socket && UnixStream::connect(path).is_err() {
            fs::remove_file(path)?;
        }
        let socket = UnixListener::bind(path)?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket,
            file: File(path.to_owned()),
        })
    }
}

/// The wire over such a socket.
pub(super) struct Stream {
    listener: tokio::net::UnixListener,
    caller: Option<tokio::net::UnixStream>,
    /// What has arrived and is no whole frame yet.
    unread: Vec<u8>,
    _file: File,
}

impl Stream {
    pub(super) fn new(listener: Listener) -> io::Result<Self> {
        Ok(Self {
            listener: tokio::net::UnixListener::from_std(listener.socket)?,
            caller: None,
            unread: Vec::new(),
            _file: listener.file,
        })
    }

    /// The next frame. May be cancelled; nothing is lost by it.
    pub(super) async fn receive(&mut self) -> io::Result<Vec<u8>> {
        loop {
            match self.whole_frame() {
                Ok(Some(frame)) => return Ok(frame),
                Ok(None) => {}
                Err(TooLong) => self.hang_up(),
            }
            let Some(caller) = &mut self.caller else {
                self.caller = Some(self.listener.accept().await?.0);
                continue;
            };
            if let Ok(0) | Err(_) = caller.read_buf(&mut self.unread).await {
                self.hang_up();
            }
        }
    }

    /// Sends `frame` to the caller, if there is one.
    pub(super) async fn send(&mut self, frame: &[u8]) {
        let Some(caller) = &mut self.caller else {
            return;
        };
        let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        let octets = [&length.to_be_bytes(), frame].concat();
        if !matches!(
            timeout(SEND_MAX, caller.write_all(&octets)).await,
            Ok(Ok(()))
        ) {
            self.hang_up();
        }
    }

    fn whole_frame(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let Some(length) = self.unread.first_chunk::<LENGTH_OCTETS>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*length) as usize;
        if length > FRAME_OCTETS_MAX {
            return Err(TooLong);
        }
        let end = LENGTH_OCTETS + length;
        if self.unread.len() < end {
            return Ok(None);
        }
        let frame = self.unread.drain(..end).skip(LENGTH_OCTETS).collect();
        Ok(Some(frame))
    }

    /// Ends the connection; the next caller begins with a whole frame.
    fn hang_up(&mut self) {
        self.caller = None;
        self.unread.clear();
    }
}

/// No Ethernet frame is so long: the caller speaks another protocol, or has lost count.
struct TooLong;
