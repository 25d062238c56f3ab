//! The same servers in real time: on this computer's sockets, or behind a wire that an emulator or
//! another program holds the other end of.
//!
//! A personality is octets in, octets out and deadlines ([`crate::server`]). In a simulation its
//! deadlines are virtual; here they pass as on any computer, so a server that is slow is slow.

mod connection;
mod sockets;
mod stand;
pub mod wire;

use std::io;

pub use self::{
    connection::{CLOSING_MAX, IDLE_MAX, UNSENT_OCTETS_MAX},
    sockets::{CONNECTIONS_MAX, CONNECTIONS_OF_ONE_MAX, NotBound, Served, Serving},
    stand::{Spread, Stand, TooMany, stands},
};

/// Runs `work` on this thread, as everything here wants it: servers do not travel between
/// threads.
fn block_on<T>(work: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(tokio::task::LocalSet::new().block_on(&runtime, work))
}

/// Waits until somebody asks the program to stop: control-C, or SIGTERM where there is one.
///
/// # Errors
/// When the system does not let signals be waited for.
pub async fn asked_to_stop() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            done = tokio::signal::ctrl_c() => done,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
