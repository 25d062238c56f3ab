//! What a letter speaks of: relays, proxies, or both.

use probe_core::proxy::Protocol;

/// What an endpoint was probed for, or is listed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Probed {
    /// A mail server that may relay for anyone.
    Relay,
    /// A proxy that may forward for anyone.
    Proxy {
        /// How it is spoken to.
        protocol: ProxyProtocol,
    },
}

/// The protocols that proxies are asked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProxyProtocol {
    /// HTTP CONNECT (RFC 9110, 9.3.6): a tunnel to any address.
    HttpConnect,
    /// HTTP GET or POST of another server's page (RFC 9112, 3.2.2).
    HttpForward,
    /// SOCKS4: an IPv4 address.
    Socks4,
    /// SOCKS4a: a name.
    Socks4a,
    /// SOCKS5 (RFC 1928).
    Socks5,
    /// A text gateway such as WinGate: an address and a port on a line.
    Gateway,
}

impl ProxyProtocol {
    /// Every protocol.
    pub const ALL: [Self; 6] = [
        Self::HttpConnect,
        Self::HttpForward,
        Self::Socks4,
        Self::Socks4a,
        Self::Socks5,
        Self::Gateway,
    ];

    /// The word in machine parts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HttpConnect => "http-connect",
            Self::HttpForward => "http-forward",
            Self::Socks4 => "socks4",
            Self::Socks4a => "socks4a",
            Self::Socks5 => "socks5",
            Self::Gateway => "gateway",
        }
    }

    /// The name that operators know, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HttpConnect => "HTTP CONNECT",
            Self::HttpForward => "HTTP GET/POST",
            Self::Socks4 => "SOCKS4",
            Self::Socks4a => "SOCKS4a",
            Self::Socks5 => "SOCKS5",
            Self::Gateway => "Telnet/WinGate",
        }
    }
}

impl From<Protocol> for ProxyProtocol {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Connect | Protocol::ConnectSplit | Protocol::Inside => Self::HttpConnect,
            Protocol::Get | Protocol::Post => Self::HttpForward,
            Protocol::Socks4 => Self::Socks4,
            Protocol::Socks4a => Self::Socks4a,
            Protocol::Socks5 | Protocol::Socks5Ipv6 | Protocol::Socks5Name => Self::Socks5,
            Protocol::Gateway => Self::Gateway,
        }
    }
}

impl Probed {
    /// The word in machine parts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relay => "smtp",
            Self::Proxy { protocol } => protocol.as_str(),
        }
    }
}

/// What a whole letter is about; it settles the terms and the explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// Mail relays only.
    Relay,
    /// Proxies only.
    Proxy,
    /// Relays and proxies.
    Both,
}

impl SubjectKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Relay, Self::Proxy, Self::Both];

    /// The kind of a letter that reports these; `None` for a letter that reports nothing.
    pub fn of(probed: impl IntoIterator<Item = Probed>) -> Option<Self> {
        let mut kind = None;
        for one in probed {
            let own = match one {
                Probed::Relay => Self::Relay,
                Probed::Proxy { .. } => Self::Proxy,
            };
            kind = match kind {
                None => Some(own),
                Some(known) if known == own => Some(own),
                Some(_) => return Some(Self::Both),
            };
        }
        kind
    }

    /// The word in a profile.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Proxy => "proxy",
            Self::Both => "both",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kind_or_both() {
        let proxy = |protocol| Probed::Proxy { protocol };
        let socks = proxy(ProxyProtocol::Socks5);
        let http = proxy(ProxyProtocol::HttpConnect);
        for (probed, expected) in [
            (&[][..], None),
            (&[Probed::Relay], Some(SubjectKind::Relay)),
            (&[socks, http], Some(SubjectKind::Proxy)),
            (&[Probed::Relay, socks], Some(SubjectKind::Both)),
            (&[http, Probed::Relay, http], Some(SubjectKind::Both)),
        ] {
            assert_eq!(SubjectKind::of(probed.iter().copied()), expected);
        }
    }
}
