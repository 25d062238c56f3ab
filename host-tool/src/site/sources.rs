//! The addresses that others see us come from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::scope_file::ScopeFile;

/// Which addresses, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sources {
    /// The scope names them.
    Named(Vec<IpAddr>),
    /// This computer's own.
    Own(Vec<IpAddr>),
    /// Nobody knows, for this reason.
    Unknown(&'static str),
}

impl Sources {
    /// The addresses; none where nobody knows.
    pub fn addresses(&self) -> &[IpAddr] {
        match self {
            Self::Named(addresses) | Self::Own(addresses) => addresses,
            Self::Unknown(_) => &[],
        }
    }
}

/// The addresses from which what `file` allows is probed: those that it names; or else this computer's,
/// if it is the one that probes.
pub fn sources(file: &ScopeFile, probes_from_here: bool) -> Sources {
    if !file.addresses.is_empty() {
        return Sources::Named(file.addresses.clone());
    }
    if !probes_from_here {
        return Sources::Unknown(
            "the scope does not name the address that the appliance probes from",
        );
    }
    let mut own = Vec::new();
    for network in &file.scope.networks {
        if let Some(address) = source_for(network.address)
            && !own.contains(&address)
        {
            own.push(address);
        }
    }
    if own.is_empty() {
        Sources::Unknown("this computer has no way to the scope's networks")
    } else if own.iter().all(|address| is_public(*address)) {
        Sources::Own(own)
    } else {
        Sources::Unknown("this computer's address is a private one: others see another")
    }
}

/// The address that this computer would send to `remote` from. Nothing is sent to find out.
fn source_for(remote: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = match remote {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(SocketAddr::new(remote, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Whether others see this address as it is: no translation stands before one that is.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            // RFC 6598: between a provider and its customers.
            let is_shared = a == 100 && b & 0xc0 == 64;
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || is_shared)
        }
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_others_see() {
        for (address, public) in [
            ("192.0.2.10", true),
            ("10.0.0.5", false),
            ("172.31.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("169.254.1.1", false),
            ("100.63.0.1", true),
            ("100.64.0.1", false),
            ("100.127.255.255", false),
            ("100.128.0.1", true),
            ("127.0.0.1", false),
            ("2001:db8::1", true),
            ("fd00::1", false),
            ("fe80::1", false),
            ("::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}
