//! The ways to ask a proxy for a connection.

use bitflags::bitflags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One way to ask for a connection to our sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Protocol {
    /// HTTP's CONNECT (RFC 9110, 9.3.6).
    Connect,
    /// The same, with the last line end in a segment of its own: some routers need it.
    ConnectSplit,
    /// HTTP's GET of an address (RFC 9112, 3.2.2).
    Get,
    /// HTTP's POST to an address.
    Post,
    /// SOCKS 4.
    Socks4,
    /// SOCKS 4a: by name.
    Socks4a,
    /// SOCKS 5 to an IPv4 address (RFC 1928).
    Socks5,
    /// SOCKS 5 to an IPv6 address.
    Socks5Ipv6,
    /// SOCKS 5 to a name.
    Socks5Name,
    /// A gateway that takes `host:port` as its first line.
    Gateway,
    /// CONNECT to the mail port of the proxy's own host: a permission of its own.
    Inside,
}

/// Protocols that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Lines of HTTP.
    Http,
    /// Octets of SOCKS.
    Socks,
    /// A line of text.
    Gateway,
}

/// Every protocol, in the order of their numbers.
pub const PROTOCOLS: [Protocol; 11] = [
    Protocol::Connect,
    Protocol::ConnectSplit,
    Protocol::Get,
    Protocol::Post,
    Protocol::Socks4,
    Protocol::Socks4a,
    Protocol::Socks5,
    Protocol::Socks5Ipv6,
    Protocol::Socks5Name,
    Protocol::Gateway,
    Protocol::Inside,
];

impl Protocol {
    /// The word in scope files, `--json` and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "http-connect",
            Self::ConnectSplit => "http-connect-split",
            Self::Get => "http-get",
            Self::Post => "http-post",
            Self::Socks4 => "socks4",
            Self::Socks4a => "socks4a",
            Self::Socks5 => "socks5",
            Self::Socks5Ipv6 => "socks5-ipv6",
            Self::Socks5Name => "socks5-name",
            Self::Gateway => "gateway",
            Self::Inside => "inside",
        }
    }

    /// What is sent, in words for a transcript.
    pub const fn sent(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT to our sink",
            Self::ConnectSplit => "CONNECT to our sink, its last CRLF in a segment of its own",
            Self::Get => "GET of a page of our sink",
            Self::Post => "POST of the word \"quit\" to our sink",
            Self::Socks4 => "SOCKS4 CONNECT to our sink's address",
            Self::Socks4a => "SOCKS4a CONNECT to our sink's name",
            Self::Socks5 => "SOCKS5 without a login, CONNECT to our sink's IPv4 address",
            Self::Socks5Ipv6 => "SOCKS5 without a login, CONNECT to our sink's IPv6 address",
            Self::Socks5Name => "SOCKS5 without a login, CONNECT to our sink's name",
            Self::Gateway => "our sink's address and port as a line",
            Self::Inside => "CONNECT to port 25 of the proxy's own host",
        }
    }

    /// What it is a form of: whoever speaks one may not speak another.
    pub const fn family(self) -> Family {
        match self {
            Self::Connect | Self::ConnectSplit | Self::Get | Self::Post | Self::Inside => {
                Family::Http
            }
            Self::Socks4 | Self::Socks4a | Self::Socks5 | Self::Socks5Ipv6 | Self::Socks5Name => {
                Family::Socks
            }
            Self::Gateway => Family::Gateway,
        }
    }

    /// Those that begin with the same octets, or nearly so: whoever does not know one knows none of them.
    pub(super) const fn alike(self) -> Protocols {
        match self {
            Self::Connect | Self::ConnectSplit | Self::Get | Self::Post | Self::Inside => {
                Protocols::HTTP
            }
            Self::Socks4 | Self::Socks4a => Protocols::ANY_SOCKS4,
            Self::Socks5 | Self::Socks5Ipv6 | Self::Socks5Name => Protocols::ANY_SOCKS5,
            Self::Gateway => Protocols::GATEWAY,
        }
    }

    /// The set of this one alone.
    pub const fn alone(self) -> Protocols {
        Protocols::from_bits_truncate(1 << self as u16)
    }
}

bitflags! {
    /// A set of protocols.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Protocols: u16 {
        /// [`Protocol::Connect`].
        const CONNECT = 1;
        /// [`Protocol::ConnectSplit`].
        const CONNECT_SPLIT = 1 << 1;
        /// [`Protocol::Get`].
        const GET = 1 << 2;
        /// [`Protocol::Post`].
        const POST = 1 << 3;
        /// [`Protocol::Socks4`].
        const SOCKS4 = 1 << 4;
        /// [`Protocol::Socks4a`].
        const SOCKS4A = 1 << 5;
        /// [`Protocol::Socks5`].
        const SOCKS5 = 1 << 6;
        /// [`Protocol::Socks5Ipv6`].
        const SOCKS5_IPV6 = 1 << 7;
        /// [`Protocol::Socks5Name`].
        const SOCKS5_NAME = 1 << 8;
        /// [`Protocol::Gateway`].
        const GATEWAY = 1 << 9;
        /// [`Protocol::Inside`].
        const INSIDE = 1 << 10;
    }
}

impl Protocols {
    /// What is asked in HTTP.
    pub const HTTP: Self = Self::TUNNELS.union(Self::GET).union(Self::POST);
    /// What is asked by CONNECT.
    pub const TUNNELS: Self = Self::CONNECT.union(Self::CONNECT_SPLIT).union(Self::INSIDE);
    /// Both forms of SOCKS4.
    pub const ANY_SOCKS4: Self = Self::SOCKS4.union(Self::SOCKS4A);
    /// Every form of SOCKS5.
    pub const ANY_SOCKS5: Self = Self::SOCKS5
        .union(Self::SOCKS5_IPV6)
        .union(Self::SOCKS5_NAME);
    /// What is asked in SOCKS.
    pub const SOCKS: Self = Self::ANY_SOCKS4.union(Self::ANY_SOCKS5);

    /// Whether `protocol` is one of them.
    pub const fn has(self, protocol: Protocol) -> bool {
        self.contains(protocol.alone())
    }

    /// Those that are in the set, in the order of their numbers.
    pub fn each(self) -> impl Iterator<Item = Protocol> {
        PROTOCOLS.into_iter().filter(move |of| self.has(*of))
    }
}

impl Serialize for Protocols {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u16(self.bits())
    }
}

impl<'de> Deserialize<'de> for Protocols {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        u16::deserialize(input).map(Self::from_bits_truncate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sets_agree() {
        for (number, protocol) in PROTOCOLS.into_iter().enumerate() {
            assert_eq!(protocol as usize, number);
            assert_eq!(protocol.alone().bits(), 1 << number);
            assert!(Protocols::all().has(protocol) && !Protocols::empty().has(protocol));
            assert_eq!(protocol.alone().each().collect::<Vec<_>>(), [protocol]);
        }
        assert_eq!(Protocols::all().each().count(), PROTOCOLS.len());
    }
}
