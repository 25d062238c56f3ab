//! What routers say of themselves (RFC 4861), and the IPv6 address that follows from it (RFC 4862).
//!
//! The stack's own part in this installs no router while there is one for IPv4, and looks at an
//! advertisement only when the next frame comes. So the guard hears the advertisements and asks for
//! them, and the stack is told what it has.

use core::net::Ipv6Addr;

use embassy_net_driver::Driver;
use probe_core::time::{Instant, Millis};
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr, Icmpv6Packet, Icmpv6Repr,
        IpProtocol, Ipv6Packet, Ipv6Repr, NdiscRepr, RawHardwareAddress,
    },
};

use super::{Guard, Tap, Warden, Watch, inspect, routers::Question as Frame};

/// How often routers are asked at first (RFC 4861, 10), and later on (RFC 7559).
pub(super) const ROUTERS_ASKED_EVERY: [Millis; 2] = [Millis::from_secs(4), Millis::from_secs(60)];
/// How often they are asked at the first of these.
pub(super) const ROUTERS_ASKED_MAX: u8 = 3;

const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
const ADVERTISEMENT_OCTETS_MIN: usize = 16;
const PREFIX_INFORMATION: u8 = 3;
const AUTONOMOUS: u8 = 0x40;

/// One router and one prefix, for as long as they hold. While they do no other takes their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Advertised {
    router: Option<(Ipv6Addr, Instant)>,
    prefix: Option<(Ipv6Addr, Instant)>,
}

impl Advertised {
    pub(super) const NOTHING: Self = Self {
        router: None,
        prefix: None,
    };

    /// What still holds.
    fn at(self, now: Instant) -> Self {
        let holds = |of: &(Ipv6Addr, Instant)| of.1 > now;
        Self {
            router: self.router.filter(holds),
            prefix: self.prefix.filter(holds),
        }
    }

    /// Our address, and the router, if there is a prefix.
    pub(crate) fn address(
        self,
        now: Instant,
        own: [u8; 6],
    ) -> Option<(Ipv6Addr, Option<Ipv6Addr>)> {
        let Self { router, prefix } = self.at(now);
        let (prefix, _) = prefix?;
        Some((interface(prefix, own), router.map(|(router, _)| router)))
    }

    /// When the first of them is over.
    pub(crate) fn until(self, now: Instant) -> Instant {
        let Self { router, prefix } = self.at(now);
        let until = |of: Option<(Ipv6Addr, Instant)>| of.map_or(Instant::NEVER, |(_, until)| until);
        until(router).min(until(prefix))
    }

    /// The same after an advertisement by `from`, whose ICMPv6 message is whole.
    fn heard(self, now: Instant, from: Ipv6Addr, message: &[u8]) -> Self {
        let mut known = self.at(now);
        let seconds = |octets: Option<&[u8]>| {
            let octets = octets.unwrap_or_default().iter();
            octets.fold(0, |sum, octet| sum << 8 | u64::from(*octet))
        };
        let until = |lifetime_s: u64| now + Millis(lifetime_s.saturating_mul(1_000));
        if known.router.is_none_or(|(router, _)| router == from) {
            let lifetime_s = seconds(message.get(6..8));
            known.router = (lifetime_s > 0).then(|| (from, until(lifetime_s)));
        }
        let mut options = message.get(ADVERTISEMENT_OCTETS_MIN..).unwrap_or_default();
        while let Some(length) = options.get(1).map(|eights| usize::from(*eights) * 8)
            && let Some((option, rest)) = options.split_at_checked(length)
            && length > 0
        {
            options = rest;
            if option.first() == Some(&PREFIX_INFORMATION) {
                let lifetime_s = seconds(option.get(4..8));
                known.prefix_heard(option, until(lifetime_s), lifetime_s > 0);
            }
        }
        known
    }

    fn prefix_heard(&mut self, option: &[u8], until: Instant, holds: bool) {
        let prefix = option
            .get(16..32)
            .and_then(|octets| <[u8; 16]>::try_from(octets).ok());
        let (Some(prefix), Some(&[length, flags])) =
            (prefix, option.get(2..4).and_then(|of| of.as_array::<2>()))
        else {
            return;
        };
        let prefix = Ipv6Addr::from(prefix);
        if length != 64 || flags & AUTONOMOUS == 0 || !is_routable(prefix) {
            return;
        }
        let prefix = interface(prefix, [0; 6]);
        if self.prefix.is_none_or(|(known, _)| known == prefix) {
            self.prefix = holds.then_some((prefix, until));
        }
    }
}

/// Whether hosts may have addresses of this network.
fn is_routable(prefix: Ipv6Addr) -> bool {
    !prefix.is_unicast_link_local()
        && !prefix.is_multicast()
        && !prefix.is_loopback()
        && !prefix.is_unspecified()
}

/// The address with this hardware address in a /64 (RFC 4291, appendix A). All zeroes stand for none:
/// the network itself.
fn interface(prefix: Ipv6Addr, own: [u8; 6]) -> Ipv6Addr {
    let high = prefix.to_bits() & !u128::from(u64::MAX);
    if own == [0; 6] {
        return Ipv6Addr::from_bits(high);
    }
    let [a, b, c, d, e, f] = own;
    let low = u64::from_be_bytes([a ^ 2, b, c, 0xff, 0xfe, d, e, f]);
    Ipv6Addr::from_bits(high | u128::from(low))
}

/// Takes note of a frame that came in, if it is a router's advertisement.
pub(super) fn hear(frame: &[u8], watch: &Watch, warden: &impl Warden) {
    let Some((from, message)) = advertisement(frame).filter(|_| watch.doors().slaac) else {
        return;
    };
    let (now, known) = (warden.now(), watch.advertised());
    let news = known.heard(now, from, message);
    watch.set_advertised(news);
    warden.network_changed();
}

/// Who sends the router advertisement that `frame` is, and its ICMPv6 message (RFC 4861, 6.1.2).
fn advertisement(frame: &[u8]) -> Option<(Ipv6Addr, &[u8])> {
    // Looked at first: every frame comes here.
    if frame.get(12..14) != Some(&[0x86, 0xdd]) || frame.get(54) != Some(&134) {
        return None;
    }
    let ip = Ipv6Packet::new_checked(frame.get(14..)?).ok()?;
    let (from, to) = (ip.src_addr(), ip.dst_addr());
    let is_near = ip.hop_limit() == 255 && from.is_unicast_link_local();
    let is_ours = to == ALL_NODES || to.is_unicast_link_local();
    let message = ip.payload();
    let icmp = Icmpv6Packet::new_checked(message).ok()?;
    let is_whole = message.len() >= ADVERTISEMENT_OCTETS_MIN && icmp.verify_checksum(&from, &to);
    let is_plain = ip.next_header() == IpProtocol::Icmpv6 && icmp.msg_code() == 0;
    (is_near && is_ours && is_whole && is_plain).then_some((from, message))
}

/// When routers are asked next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Solicitations {
    asked: u8,
    at_us: u64,
}

impl<D: Driver, W: Warden, T: Tap> Guard<'_, D, W, T> {
    /// Asks for routers while none has said anything.
    pub(super) fn solicit(&mut self, cx: &mut core::task::Context) {
        let (now, now_us) = (self.warden.now(), self.warden.now_us());
        let wanted = self.watch.doors().slaac && self.link_is_up;
        if !wanted || self.watch.advertised().at(now).router.is_some() {
            self.solicitations = Solicitations::default();
            return;
        }
        let Solicitations { asked, at_us } = self.solicitations;
        if at_us <= now_us {
            let Some(token) = self.driver.transmit(cx) else {
                return;
            };
            let Some(frame) = solicitation(self.own) else {
                return;
            };
            let [soon, later] = ROUTERS_ASKED_EVERY;
            let pause = if asked < ROUTERS_ASKED_MAX {
                soon
            } else {
                later
            };
            self.solicitations = Solicitations {
                asked: asked.saturating_add(1),
                at_us: now_us.saturating_add(pause.0.saturating_mul(1_000)),
            };
            let inspected = inspect(&frame, self.own, &self.watch.doors(), &self.warden);
            if self.watch.admit(now, inspected).is_ok() {
                self.tap.frame(now, super::Direction::Sent, &frame);
                embassy_net_driver::TxToken::consume(token, frame.len(), |room| {
                    room.copy_from_slice(&frame);
                });
            }
        }
        self.warden.wake_at(self.solicitations.at_us, cx.waker());
    }
}

/// The frame that asks routers to advertise themselves (RFC 4861, 4.1).
fn solicitation(own: [u8; 6]) -> Option<Frame> {
    let asked = NdiscRepr::RouterSolicit {
        lladdr: Some(RawHardwareAddress::from(EthernetAddress(own))),
    };
    discovery(own, ALL_ROUTERS, asked)
}

/// The frame that asks for `router`'s hardware address (RFC 4861, 4.3).
pub(super) fn neighbour_solicitation(own: [u8; 6], router: Ipv6Addr) -> Option<Frame> {
    let asked = NdiscRepr::NeighborSolicit {
        target_addr: router,
        lladdr: Some(RawHardwareAddress::from(EthernetAddress(own))),
    };
    let [.., a, b, c] = router.octets();
    let low = u16::from_be_bytes([b, c]);
    let group = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | u16::from(a), low);
    discovery(own, group, asked)
}

/// To a group, from our address on the link.
fn discovery(own: [u8; 6], group: Ipv6Addr, asked: NdiscRepr<'_>) -> Option<Frame> {
    let icmp = Icmpv6Repr::Ndisc(asked);
    let mut octets = Frame::new();
    octets.resize(14 + 40 + icmp.buffer_len(), 0).ok()?;
    let link_local = interface(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), own);
    let [.., c, d, e, f] = group.octets();
    let mut frame = EthernetFrame::new_unchecked(octets.as_mut_slice());
    EthernetRepr {
        src_addr: EthernetAddress(own),
        dst_addr: EthernetAddress([0x33, 0x33, c, d, e, f]),
        ethertype: EthernetProtocol::Ipv6,
    }
    .emit(&mut frame);
    let mut packet = Ipv6Packet::new_unchecked(frame.payload_mut());
    Ipv6Repr {
        src_addr: link_local,
        dst_addr: group,
        next_header: IpProtocol::Icmpv6,
        payload_len: icmp.buffer_len(),
        hop_limit: 255,
    }
    .emit(&mut packet);
    icmp.emit(
        &link_local,
        &group,
        &mut Icmpv6Packet::new_unchecked(packet.payload_mut()),
        &ChecksumCapabilities::default(),
    );
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [u8; 6] = [0x02, 0, 0x5e, 0, 0, 0x02];
    const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    const OTHER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 2);

    fn at(second: u64) -> Instant {
        Instant::from_millis(second * 1_000)
    }

    fn prefix(text: &str, lifetime_s: u32) -> Vec<u8> {
        let address: Ipv6Addr = text.parse().unwrap();
        let mut option = vec![PREFIX_INFORMATION, 4, 64, 0xc0];
        option.extend(lifetime_s.to_be_bytes());
        option.extend([0; 8]);
        option.extend(address.octets());
        option
    }

    fn message(lifetime_s: u16, options: &[Vec<u8>]) -> Vec<u8> {
        let mut message = vec![134, 0, 0, 0, 64, 0];
        message.extend(lifetime_s.to_be_bytes());
        message.extend([0; 8]);
        message.extend(options.concat());
        message
    }

    fn shown(known: Advertised, second: u64) -> String {
        match known.address(at(second), OWN) {
            None => "nothing".to_owned(),
            Some((address, None)) => format!("{address} without a router"),
            Some((address, Some(router))) => format!("{address} via {router}"),
        }
    }

    #[test]
    fn one_router_and_one_prefix_hold_until_they_are_over_or_withdrawn() {
        let mut known = Advertised::NOTHING;
        let mut steps = Vec::new();
        for (second, from, lifetime_s, options) in [
            (0, ROUTER, 60, vec![prefix("2001:db8:0:1::", 100)]),
            (1, OTHER, 60, vec![prefix("2001:db8:0:2::", 100)]),
            (2, ROUTER, 0, vec![]),
            (3, OTHER, 20, vec![]),
            (
                4,
                ROUTER,
                60,
                vec![prefix("2001:db8:0:1::", 0), prefix("2001:db8:0:2::", 50)],
            ),
            (
                30,
                ROUTER,
                60,
                vec![prefix("fe80::", 50), prefix("ff02::", 50)],
            ),
        ] {
            known = known.heard(at(second), from, &message(lifetime_s, &options));
            steps.push(shown(known, second));
        }
        assert_eq!(
            steps,
            [
                "2001:db8:0:1:0:5eff:fe00:2 via fe80::1",
                "2001:db8:0:1:0:5eff:fe00:2 via fe80::1",
                "2001:db8:0:1:0:5eff:fe00:2 without a router",
                "2001:db8:0:1:0:5eff:fe00:2 via fe80::2",
                "2001:db8:0:2:0:5eff:fe00:2 via fe80::2",
                "2001:db8:0:2:0:5eff:fe00:2 via fe80::1",
            ]
        );
        assert_eq!(known.until(at(31)), at(54), "the prefix of second 4");
        assert_eq!(shown(known, 54), "nothing");
    }

    #[test]
    fn no_octet_of_a_message_is_too_few_or_too_many() {
        let whole = message(60, &[prefix("2001:db8::", 100), vec![1, 0], vec![3, 9]]);
        for octets in 0..=whole.len() {
            let _ = Advertised::NOTHING.heard(at(0), ROUTER, &whole[..octets]);
        }
        let known = Advertised::NOTHING.heard(at(0), ROUTER, &whole);
        assert_eq!(shown(known, 1), "2001:db8::5eff:fe00:2 via fe80::1");
    }

    #[test]
    fn only_a_routers_own_message_counts() {
        let mut icmp = message(60, &[prefix("2001:db8::", 100)]);
        let frame = |source: Ipv6Addr, hop_limit: u8, icmp: &[u8]| {
            let mut octets = vec![0; 54];
            octets[12..14].copy_from_slice(&[0x86, 0xdd]);
            octets.extend(icmp);
            let mut packet = Ipv6Packet::new_unchecked(&mut octets[14..]);
            Ipv6Repr {
                src_addr: source,
                dst_addr: ALL_NODES,
                next_header: IpProtocol::Icmpv6,
                payload_len: icmp.len(),
                hop_limit,
            }
            .emit(&mut packet);
            let mut icmp = Icmpv6Packet::new_unchecked(packet.payload_mut());
            icmp.fill_checksum(&source, &ALL_NODES);
            octets
        };
        let good = frame(ROUTER, 255, &icmp);
        assert_eq!(advertisement(&good).map(|(from, _)| from), Some(ROUTER));
        let far = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
        assert_eq!(advertisement(&frame(far, 255, &icmp)), None);
        assert_eq!(advertisement(&frame(ROUTER, 64, &icmp)), None);
        for octets in 0..good.len() {
            assert_eq!(advertisement(&good[..octets]), None, "{octets} octets");
        }
        let mut damaged = good.clone();
        damaged[60] ^= 1;
        assert_eq!(advertisement(&damaged), None);
        icmp[0] = 136;
        assert_eq!(advertisement(&frame(ROUTER, 255, &icmp)), None);
    }
}
