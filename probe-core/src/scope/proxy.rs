//! What a scope says about proxies.

use core::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::SINK_PORTS_MAX;
use crate::{name::Name, proxy::Protocols};

/// How many ports a scope may name for proxies.
pub const PROXY_PORTS_MAX: usize = 16;

/// Which ports are asked in which protocols, and where they shall connect to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyScope {
    /// The ports, and what each is asked.
    pub ports: heapless::Vec<ProxyPort, PROXY_PORTS_MAX, u8>,
    /// Whether a proxy may be asked for the mail port of its own host. It is the proxy's inside that
    /// is entered so.
    pub inside: bool,
    /// Where they shall connect to: our own sink, and nobody else.
    pub sink: SinkEnds,
}

/// Where our sink can be reached, from wherever a proxy stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SinkEnds {
    /// Its IPv4 address.
    pub ipv4: Option<Ipv4Addr>,
    /// Its IPv6 address.
    pub ipv6: Option<Ipv6Addr>,
    /// A name that leads to one of them, for protocols that take one.
    pub name: Option<Name>,
    /// Its ports: the first for mail, the second answers HTTP as well.
    pub ports: heapless::Vec<u16, SINK_PORTS_MAX, u8>,
}

/// A port of proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyPort {
    /// The TCP port.
    pub port: u16,
    /// What it is asked.
    pub protocols: Protocols,
}

impl ProxyScope {
    /// What a port is asked; nothing where it is none of a proxy.
    pub fn protocols(&self, port: u16) -> Protocols {
        let found = self.ports.iter().find(|of| of.port == port);
        let protocols = found.map_or(Protocols::empty(), |of| of.protocols);
        if self.inside {
            protocols
        } else {
            protocols.difference(Protocols::INSIDE)
        }
    }
}
