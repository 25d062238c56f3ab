//! A network: an address and the length of its prefix.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// An address and the length of its prefix in bits; host bits are zero in a canonical one.
///
/// A network that came over the link may be any two numbers: [`Network::is_canonical`] tells, and
/// one that is not holds no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Network {
    /// The network's first address.
    pub address: IpAddr,
    /// 0 to 32, or 0 to 128.
    pub prefix: u8,
}

/// Why an address and a prefix are no [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkError {
    /// The prefix is longer than the address.
    Prefix,
    /// Bits behind the prefix are set; the network that was probably meant.
    HostBits(Network),
}

impl Network {
    /// A canonical network.
    pub fn new(address: IpAddr, prefix: u8) -> Result<Self, NetworkError> {
        let covering = Self::covering(address, prefix).ok_or(NetworkError::Prefix)?;
        if covering.address == address {
            Ok(covering)
        } else {
            Err(NetworkError::HostBits(covering))
        }
    }

    /// The network of `prefix` bits that holds `address`; `None` when the prefix is too long.
    pub fn covering(address: IpAddr, prefix: u8) -> Option<Self> {
        if prefix > bits_max(address) {
            return None;
        }
        let address = match address {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask_v4(prefix))),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask_v6(prefix))),
        };
        Some(Self { address, prefix })
    }

    /// The network of one address.
    pub const fn single(address: IpAddr) -> Self {
        Self {
            address,
            prefix: bits_max(address),
        }
    }

    /// Whether the prefix fits the address and no host bit is set.
    pub fn is_canonical(&self) -> bool {
        Self::covering(self.address, self.prefix) == Some(*self)
    }

    /// Whether `address` lies in this network. The families never mix: an IPv4-mapped address
    /// lies in no IPv4 network.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.is_canonical() && Self::covering(address, self.prefix).is_some_and(|of| of == *self)
    }

    /// Whether all of `other` lies in this network.
    pub fn holds(&self, other: &Self) -> bool {
        other.is_canonical() && self.prefix <= other.prefix && self.contains(other.address)
    }
}

/// The bits of an address of this family.
const fn bits_max(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn mask_v4(prefix: u8) -> u32 {
    u32::MAX
        .checked_shl(32u32.saturating_sub(u32::from(prefix)))
        .unwrap_or(0)
}

fn mask_v6(prefix: u8) -> u128 {
    u128::MAX
        .checked_shl(128u32.saturating_sub(u32::from(prefix)))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        let (address, prefix) = text.split_once('/').unwrap();
        Network::new(address.parse().unwrap(), prefix.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_network_contains_what_its_prefix_says() {
        for (text, address, contains) in [
            ("192.0.2.0/24", "192.0.2.0", true),
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.0/24", "::ffff:192.0.2.1", false),
            ("192.0.2.128/25", "192.0.2.127", false),
            ("192.0.2.7/32", "192.0.2.7", true),
            ("192.0.2.7/32", "192.0.2.6", false),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "::", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "192.0.2.1", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("2001:db8::1/128", "2001:db8::1", true),
            ("2001:db8::1/128", "2001:db8::2", false),
        ] {
            assert_eq!(
                network(text).contains(address.parse().unwrap()),
                contains,
                "{address} in {text}"
            );
        }
    }

    #[test]
    fn a_network_holds_narrower_ones_of_its_family() {
        for (wide, narrow, holds) in [
            ("127.0.0.0/8", "127.0.0.0/8", true),
            ("127.0.0.0/8", "127.1.0.0/16", true),
            ("127.0.0.0/16", "127.0.0.0/8", false),
            ("127.0.0.0/8", "0.0.0.0/0", false),
            ("::/0", "127.0.0.0/8", false),
        ] {
            assert_eq!(
                network(wide).holds(&network(narrow)),
                holds,
                "{narrow} in {wide}"
            );
        }
    }

    #[test]
    fn host_bits_and_long_prefixes_are_told() {
        assert_eq!(
            Network::new("192.0.2.1".parse().unwrap(), 24),
            Err(NetworkError::HostBits(network("192.0.2.0/24")))
        );
        assert_eq!(
            Network::new("192.0.2.0".parse().unwrap(), 33),
            Err(NetworkError::Prefix)
        );
        assert_eq!(
            Network::new("2001:db8::".parse().unwrap(), 129),
            Err(NetworkError::Prefix)
        );
    }

    #[test]
    fn a_network_that_is_not_canonical_contains_nothing() {
        for (address, prefix) in [("192.0.2.1", 24), ("192.0.2.1", 33), ("2001:db8::1", 64)] {
            let address = address.parse().unwrap();
            assert!(
                !Network { address, prefix }.contains(address),
                "{address}/{prefix}"
            );
        }
    }
}
