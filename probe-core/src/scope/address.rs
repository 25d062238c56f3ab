//! What an address is, before anyone asks whose.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Network, Refusal};

/// IPv4 addresses that are no host's: "this network", multicast, class E with the broadcast.
const NOT_UNICAST_V4: [Network; 3] = [
    v4([0, 0, 0, 0], 8),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// IPv6 addresses that are no host's: unspecified and multicast; and link-local ones, which need
/// an interface that no list names.
const NOT_UNICAST_V6: [Network; 3] = [
    v6([0, 0, 0, 0, 0, 0, 0, 0], 128),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10),
];

/// IPv6 addresses that stand for an IPv4 address, which a translator may reach behind the scope's
/// back: compatible (RFC 4291, 2.5.5.1), mapped (2.5.5.2), translated (RFC 2765), NAT64
/// (RFC 6052, RFC 8215), Teredo (RFC 4380), 6to4 (RFC 3056).
const EMBEDS_IPV4: [Network; 7] = [
    v6([0, 0, 0, 0, 0, 0, 0, 0], 96),
    MAPPED,
    v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96),
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
    v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
];

const MAPPED: Network = v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96);
const LOOPBACK_V4: Network = v4([127, 0, 0, 0], 8);
const LOOPBACK_V6: Network = v6([0, 0, 0, 0, 0, 0, 0, 1], 128);

/// The address under which an address is judged and probed: an IPv4-mapped IPv6 address *is* the
/// IPv4 address; every other one is itself.
pub(crate) const fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Whether `address` may be some host's, looking at nothing but its form.
pub(super) fn form(address: IpAddr) -> Result<(), Refusal> {
    let not_unicast = match address {
        IpAddr::V4(_) => &NOT_UNICAST_V4,
        IpAddr::V6(_) => &NOT_UNICAST_V6,
    };
    if not_unicast.iter().any(|network| network.contains(address)) {
        return Err(Refusal::NotUnicast);
    }
    if is_loopback(address) {
        return Ok(());
    }
    if EMBEDS_IPV4.iter().any(|network| network.contains(address)) {
        return Err(Refusal::EmbedsIpv4);
    }
    Ok(())
}

/// Whether `address` is this device itself.
pub(crate) fn is_loopback(address: IpAddr) -> bool {
    LOOPBACK_V4.contains(address) || LOOPBACK_V6.contains(address)
}

/// Whether all of `network` is loopback: only such a network admits a loopback address.
pub(super) fn is_loopback_network(network: &Network) -> bool {
    LOOPBACK_V4.holds(network) || LOOPBACK_V6.holds(network)
}

/// Whether `network` holds nothing but IPv4-mapped addresses, none of which is ever looked for.
pub(super) fn is_mapped_network(network: &Network) -> bool {
    MAPPED.holds(network)
}

/// Whether `address` can be a host of ours.
pub(crate) fn is_host(address: IpAddr) -> bool {
    form(address).is_ok()
}

/// Whether no address of `network` is ever admitted.
pub(super) fn never_admits(network: &Network) -> bool {
    !is_loopback_network(network)
        && NOT_UNICAST_V4
            .iter()
            .chain(&NOT_UNICAST_V6)
            .chain(&EMBEDS_IPV4)
            .any(|never| never.holds(network))
}

const fn v4(octets: [u8; 4], prefix: u8) -> Network {
    let [a, b, c, d] = octets;
    Network {
        address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
        prefix,
    }
}

const fn v6(segments: [u16; 8], prefix: u8) -> Network {
    let [a, b, c, d, e, f, g, h] = segments;
    Network {
        address: IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)),
        prefix,
    }
}
