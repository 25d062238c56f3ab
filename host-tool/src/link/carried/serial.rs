//! A serial port: 115,200 baud, eight bits, no parity, one stop bit, no flow control, every octet as
//! it is.

use std::{io, os::fd::OwnedFd, path::Path};

use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
    termios::{self, ControlModes, OptionalActions, QueueSelector},
};
use tokio::io::unix::AsyncFd;

use crate::link::LinkError;

/// The rate of every board's link.
const BAUD: u32 = 115_200;

/// An open port.
pub(in crate::link) struct Port(AsyncFd<OwnedFd>);

impl Port {
    /// Opens it, and forgets what was received before.
    pub(super) fn open(path: &Path) -> Result<Self, LinkError> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let port = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|error| LinkError::NotThere(error.into()))?;
        set_up(&port).map_err(|error| match error {
            Errno::NOTTY => LinkError::Unusable("it is no serial port".to_owned()),
            error => LinkError::Unusable(format!("the serial port cannot be set up: {error}")),
        })?;
        // SAFETY: the descriptor is owned, always gives the same number, and is closed behind its
        // registration.
        unsafe { AsyncFd::register(port) }
            .map(Self)
            .map_err(|error| LinkError::Unusable(format!("no runtime: {error}")))
    }

    pub(super) async fn read(&self, octets: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.0.readable().await?;
            let read = ready.try_io(|port| Ok(rustix::io::read(port.get_ref(), &mut *octets)?));
            if let Ok(read) = read {
                return read;
            }
        }
    }

    pub(super) async fn write(&self, octets: &[u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.0.writable().await?;
            let written = ready.try_io(|port| Ok(rustix::io::write(port.get_ref(), octets)?));
            if let Ok(written) = written {
                return written;
            }
        }
    }
}

fn set_up(port: &OwnedFd) -> Result<(), Errno> {
    let mut modes = termios::tcgetattr(port)?;
    modes.make_raw();
    modes.set_speed(BAUD)?;
    modes
        .control_modes
        .remove(ControlModes::CRTSCTS | ControlModes::CSTOPB);
    // The port's modem lines say nothing: an ST-Link has none.
    modes
        .control_modes
        .insert(ControlModes::CLOCAL | ControlModes::CREAD);
    termios::tcsetattr(port, OptionalActions::Now, &modes)?;
    termios::tcflush(port, QueueSelector::IFlush)
}
