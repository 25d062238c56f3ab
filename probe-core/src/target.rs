//! A target: an address and port that the scope has admitted.

use core::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use serde::{Deserialize, Serialize, Serializer};

/// An admitted address and port. Only [`crate::scope::Scope::admit`] makes one, so whoever holds
/// it may probe it. The address is canonical: an IPv4-mapped IPv6 address has become IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Target {
    address: IpAddr,
    port: Port,
}

/// A port as it is on the wire: as a number, it would cost an octet more in every table of targets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Port([u8; 2]);

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        u16::from_be_bytes(self.0).fmt(f)
    }
}

impl Serialize for Port {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        u16::from_be_bytes(self.0).serialize(serializer)
    }
}

impl Target {
    pub(crate) const fn admitted(address: IpAddr, port: u16) -> Self {
        Self {
            address,
            port: Port(port.to_be_bytes()),
        }
    }

    /// The canonical address.
    pub const fn address(self) -> IpAddr {
        self.address
    }

    /// The TCP port.
    pub const fn port(self) -> u16 {
        u16::from_be_bytes(self.port.0)
    }

    /// Address and port together.
    // At many places: a call is smaller than building one of two kinds.
    #[cfg_attr(target_os = "none", inline(never))]
    pub const fn endpoint(self) -> SocketAddr {
        SocketAddr::new(self.address, self.port())
    }
}

/// A target's network for the purpose of rates: its /24, or its /56.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RateNetwork([u8; 8]);

impl RateNetwork {
    /// The network that `address` shares its rate with.
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                Self([0xff, a, b, c, 0, 0, 0, 4])
            }
            IpAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, ..] = v6.octets();
                Self([a, b, c, d, e, f, g, 6])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_one_rate() {
        let network = |text: &str| RateNetwork::of(text.parse().unwrap());
        assert_eq!(network("192.0.2.1"), network("192.0.2.254"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
        assert_eq!(network("2001:db8:0:100::1"), network("2001:db8:0:1ff::1"));
        assert_ne!(network("2001:db8:0:100::1"), network("2001:db8:0:200::1"));
    }
}
