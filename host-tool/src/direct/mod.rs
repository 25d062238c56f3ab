//! The appliance on this computer's own sockets: no board, no root.
//!
//! The first check of the scope is the prober's, as everywhere. The second sits here, in the
//! socket layer: every connect, every bind and every write asks the scope again before it reaches
//! the system, and is counted. What it refuses stops the scan.

mod datagrams;
mod env;
mod failure;
mod fence;
mod network;
pub mod sink;
mod stream;

use std::{io, net::IpAddr};

pub use datagrams::Datagrams;
pub use env::DirectEnv;
pub use fence::Fence;
pub use network::DirectNetwork;
pub use stream::{DirectStream, Line};

/// The addresses that probes come from. Where one is missing, the system chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// For IPv4 targets.
    pub v4: Option<std::net::Ipv4Addr>,
    /// For IPv6 targets.
    pub v6: Option<std::net::Ipv6Addr>,
}

/// Why this computer's sockets cannot be used as asked.
#[derive(Debug, thiserror::Error)]
pub enum DirectError {
    /// A source address is not one of this computer's.
    #[error(
        "cannot send from {address}: {error}; give an address of this computer \
         (`ip address` lists them), or none"
    )]
    Source {
        /// The address.
        address: IpAddr,
        /// What the system says.
        error: io::Error,
    },
    /// A port of the sink cannot be listened on.
    #[error(
        "cannot listen on port {port} as the sink: {error}; end whoever listens there, run as a user \
         who may (ports below 1024 need root, or `setcap cap_net_bind_service`), or give the scope \
         other sink ports"
    )]
    Listen {
        /// The port.
        port: u16,
        /// What the system says.
        error: io::Error,
    },
    /// A capture was asked for.
    #[error(
        "--pcap does not work with --link direct: frames are made by this computer's own network \
         stack, and capturing them needs root; run `tcpdump -w FILE` beside the scan, or use \
         --link sim"
    )]
    Capture,
}

#[cfg(test)]
mod tests;
