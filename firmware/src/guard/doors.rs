//! What may be spoken to beside the scope.

use core::net::{IpAddr, Ipv4Addr};

/// The few machines beside the scope and its resolver that the device has business with. They are
/// configured, never learned from what somebody sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doors {
    /// The IPv4 router on our link.
    pub gateway_v4: Option<Ipv4Addr>,
    /// The IPv6 router on our link.
    pub gateway_v6: Option<core::net::Ipv6Addr>,
    /// The host that may call our link port.
    pub host: Option<HostDoor>,
    /// Whether routers give the device its IPv6 address.
    pub slaac: bool,
    /// Whether the device asks for its address by DHCP.
    pub dhcp: bool,
    /// The DHCP server, once it is known, for renewals.
    pub dhcp_server: Option<Ipv4Addr>,
}

/// The host that collects the findings over the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostDoor {
    /// Its address.
    pub address: IpAddr,
    /// Our port that answers it.
    pub local_port: u16,
}

impl Doors {
    /// Whether `address` is one of the machines: its neighbour entry may be asked for.
    pub fn knows(&self, address: IpAddr) -> bool {
        self.gateway_v4.map(IpAddr::V4) == Some(address)
            || self.gateway_v6.map(IpAddr::V6) == Some(address)
            || self.host.is_some_and(|host| host.address == address)
            || self.dhcp_server.map(IpAddr::V4) == Some(address)
    }
}
