//! Whoever calls the sink from our own link.
//!
//! The stack has to know a neighbour's hardware address before it can answer. It learns it from whoever asks for
//! us; but a caller that knows us from before, or that the stack has forgotten, does not ask again. So
//! the stack may ask for exactly those that have come with a SYN to a port of the sink, and tell
//! our own link where we are.

use core::net::IpAddr;

use probe_core::{
    sink::SESSION_MAX,
    time::{Instant, Millis},
};

use super::{Pass, Stop, Warden, Watch, callers};

/// How many callers on our own link may be asked for. One more takes the place of whoever
/// called longest ago; [`super::Counters::callers_forgotten`] counts that.
pub const CALLERS_MAX: usize = 8;
/// For how long a caller may be asked for after its last SYN: no session with it lasts longer.
pub const CALLER_KNOWN_FOR: Millis = SESSION_MAX;
/// How far apart questions for callers leave, whomever they are for. The stack has a second between its questions;
/// whatever comes sooner is [`Stop::Limited`].
pub const CALLERS_ASKED_EVERY: Millis = Millis(500);

/// Takes note of a frame that came in, if it calls the sink from our own link.
pub(super) fn hear(frame: &[u8], watch: &Watch, warden: &impl Warden) {
    if let Some(called) = callers::called(frame)
        && warden.is_sink_port(called.local_port)
        && watch.own_networks().is_near(called.address)
    {
        watch.called(warden.now(), called.address);
    }
}

/// What becomes of a frame that [`super::inspect`] stops as [`Stop::Neighbour`]: it may leave if it asks for
/// a caller, or answers a neighbour that has asked for us.
pub(super) fn answers(frame: &[u8], watch: &Watch, now: Instant) -> Result<Pass, Stop> {
    let networks = watch.own_networks();
    match Says::read(frame) {
        Some(Says::WhereIs(address)) => watch.asks_for_caller(now, address),
        #[cfg(feature = "ipv6")]
        Some(Says::HereIs { own, to })
            if networks.v6.map(|(own, _)| own) == Some(own) && networks.is_near(IpAddr::V6(to)) =>
        {
            Ok(Pass::Link)
        }
        _ => Err(Stop::Neighbour),
    }
}

/// Those on our own link that have called, and when the last of them was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Callers {
    known: [Option<(IpAddr, Instant)>; CALLERS_MAX],
    asked: Option<Instant>,
}

impl Callers {
    pub(super) const NOBODY: Self = Self {
        known: [None; CALLERS_MAX],
        asked: None,
    };

    /// `address` has called; says whether another one had to be forgotten for it that could still be asked for.
    pub(super) fn called(&mut self, now: Instant, address: IpAddr) -> bool {
        let is_known =
            |place: &Option<(IpAddr, Instant)>| place.is_some_and(|(known, _)| known == address);
        let place = match self.known.iter().position(is_known) {
            Some(place) => self.known.get_mut(place),
            // No place at all is the oldest.
            None => self
                .known
                .iter_mut()
                .min_by_key(|place| place.map(|(_, called)| called)),
        };
        let before = place.and_then(|place| place.replace((address, now)));
        before.is_some_and(|(before, called)| before != address && is_fresh(now, called))
    }

    /// The stack asks for `address`.
    pub(super) fn asked(&mut self, now: Instant, address: IpAddr) -> Result<Pass, Stop> {
        let mut known = self.known.iter().flatten();
        if !known.any(|(known, called)| *known == address && is_fresh(now, *called)) {
            return Err(Stop::Neighbour);
        }
        let is_soon = |asked: Instant| now.since(asked) < CALLERS_ASKED_EVERY;
        if self.asked.is_some_and(is_soon) {
            return Err(Stop::Limited);
        }
        self.asked = Some(now);
        Ok(Pass::Link)
    }
}

fn is_fresh(now: Instant, called: Instant) -> bool {
    now.since(called) < CALLER_KNOWN_FOR
}

/// What a frame says on the link, whose form [`super::inspect`] has found in order.
enum Says {
    /// ARP, or a neighbour solicitation that reaches none but its target.
    WhereIs(IpAddr),
    /// A neighbour advertisement of `own`.
    #[cfg(feature = "ipv6")]
    HereIs {
        own: core::net::Ipv6Addr,
        to: core::net::Ipv6Addr,
    },
}

impl Says {
    fn read(frame: &[u8]) -> Option<Self> {
        match frame.get(12..14)? {
            [0x08, 0x06] => {
                let is_request = frame.get(20..22) == Some(&[0, 1]);
                let target = frame.get(38..42)?.as_array::<4>()?;
                is_request.then(|| Self::WhereIs(IpAddr::from(*target)))
            }
            #[cfg(feature = "ipv6")]
            [0x86, 0xdd] => Self::discovery(frame),
            _ => None,
        }
    }

    /// RFC 4861, 4.3 and 4.4.
    #[cfg(feature = "ipv6")]
    fn discovery(frame: &[u8]) -> Option<Self> {
        use core::net::Ipv6Addr;
        let address = |octets: &[u8]| octets.as_array::<16>().copied().map(Ipv6Addr::from);
        let to = address(frame.get(38..54)?)?;
        let target = address(frame.get(62..78)?)?;
        let reaches_only_it = to == target || to == super::inspect::solicited_node(target);
        match (frame.get(20)?, frame.get(54)?) {
            (58, 135) if reaches_only_it => Some(Self::WhereIs(IpAddr::V6(target))),
            (58, 136) => Some(Self::HereIs { own: target, to }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        guard::inspect::tests::{frames::*, scope::*},
        scout::OwnNetworks,
    };

    const CALLER_V4: &str = "198.51.100.9";
    const CALLER: &str = "2001:db8:1::9";

    fn watch() -> Watch {
        let watch = Watch::new(doors());
        watch.set_own_networks(OwnNetworks {
            v4: Some((OWN_V4, 24)),
            v6: Some((OWN_V6.parse().unwrap(), 64)),
        });
        watch
    }

    fn call_v4(from: &str, port: u16, flags: u8) -> Vec<u8> {
        let from: std::net::Ipv4Addr = from.parse().unwrap();
        let mut packet = v4_packet("198.51.100.7", 6, 64, &[], &tcp(40_000, port, flags, b""));
        packet[12..16].copy_from_slice(&from.octets());
        ethernet(OWN, 0x0800, &packet)
    }

    fn call(from: &str, port: u16, flags: u8) -> Vec<u8> {
        let packet = v6_packet(from, OWN_V6, 6, 64, &tcp(40_000, port, flags, b""));
        ethernet(OWN, 0x86dd, &packet)
    }

    fn solicitation(to: &str, target: &str) -> Vec<u8> {
        v6_link(OWN_V6, to, 58, 255, &neighbour(135, target))
    }

    fn at(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1_000)
    }

    #[test]
    fn a_caller_of_the_sink_on_our_own_link_is_asked_for_and_nobody_else() {
        let group = "ff02::1:ff00:9";
        let asks = || solicitation(group, CALLER);
        let who_has = |target| arp(BROADCAST, 1, "198.51.100.7", target);
        let stranger = Err(Stop::Neighbour);
        for (name, heard, said, expected) in [
            ("a caller", call(CALLER, 25, SYN), asks(), Ok(Pass::Link)),
            (
                "at the other port",
                call(CALLER, SINK_PORTS[1], SYN),
                asks(),
                Ok(Pass::Link),
            ),
            (
                "by its own address",
                call(CALLER, 25, SYN),
                solicitation(CALLER, CALLER),
                Ok(Pass::Link),
            ),
            (
                "under its address on the link",
                call("fe80::9", 25, SYN),
                solicitation(group, "fe80::9"),
                Ok(Pass::Link),
            ),
            (
                "over IPv4",
                call_v4(CALLER_V4, 25, SYN),
                who_has(CALLER_V4),
                Ok(Pass::Link),
            ),
            ("at another port", call(CALLER, 26, SYN), asks(), stranger),
            (
                "with no SYN of its own",
                call(CALLER, 25, SYN | ACK),
                asks(),
                stranger,
            ),
            ("with data only", call(CALLER, 25, ACK), asks(), stranger),
            (
                "its neighbour",
                call(CALLER, 25, SYN),
                solicitation("ff02::1:ff00:a", "2001:db8:1::a"),
                stranger,
            ),
            (
                "in another's group",
                call(CALLER, 25, SYN),
                solicitation("ff02::1:ff00:a", CALLER),
                stranger,
            ),
            (
                "behind the router",
                call("2001:db8:2::9", 25, SYN),
                solicitation(group, "2001:db8:2::9"),
                stranger,
            ),
            (
                "behind the router, over IPv4",
                call_v4("203.0.113.9", 25, SYN),
                who_has("203.0.113.9"),
                stranger,
            ),
            (
                "the neighbour of a caller over IPv4",
                call_v4(CALLER_V4, 25, SYN),
                who_has("198.51.100.10"),
                stranger,
            ),
        ] {
            let (watch, warden) = (watch(), ScopeWarden::usual());
            assert_eq!(answers(&said, &watch, at(0)), stranger, "{name}, before");
            hear(&heard, &watch, &warden);
            assert_eq!(answers(&said, &watch, at(1)), expected, "{name}");
        }
    }

    #[test]
    fn whoever_asks_for_us_on_our_own_link_is_told() {
        let says = |to, own| v6_link(OWN_V6, to, 58, 255, &neighbour(136, own));
        for (name, said, expected) in [
            ("a neighbour", says(CALLER, OWN_V6), Ok(Pass::Link)),
            (
                "of another",
                says(CALLER, "2001:db8:1::8"),
                Err(Stop::Neighbour),
            ),
            (
                "elsewhere",
                says("2001:db8:2::9", OWN_V6),
                Err(Stop::Neighbour),
            ),
        ] {
            assert_eq!(answers(&said, &watch(), at(0)), expected, "{name}");
        }
    }

    #[test]
    fn a_caller_is_known_for_a_while_and_asked_for_now_and_then() {
        let mut callers = Callers::NOBODY;
        let (one, other) = (CALLER.parse().unwrap(), CALLER_V4.parse().unwrap());
        assert!(!callers.called(at(0), one));
        assert!(!callers.called(at(0), other));
        let after = |ms| Instant::from_millis(ms);
        let soon = after(CALLERS_ASKED_EVERY.0 - 1);
        assert_eq!(callers.asked(at(0), one), Ok(Pass::Link));
        assert_eq!(callers.asked(soon, other), Err(Stop::Limited));
        assert_eq!(
            callers.asked(after(CALLERS_ASKED_EVERY.0), other),
            Ok(Pass::Link)
        );
        let (last, over) = (CALLER_KNOWN_FOR.0 - 1, CALLER_KNOWN_FOR.0);
        assert_eq!(callers.asked(after(last), one), Ok(Pass::Link));
        assert_eq!(callers.asked(after(over), one), Err(Stop::Neighbour));
        // It calls again.
        assert!(!callers.called(after(over), one));
        assert_eq!(callers.asked(after(2 * over - 1), one), Ok(Pass::Link));
    }

    #[test]
    fn one_caller_too_many_takes_the_place_of_the_first() {
        let (watch, warden) = (watch(), ScopeWarden::usual());
        let caller = |index: usize| format!("2001:db8:1::1:{index}");
        for index in 0..=CALLERS_MAX {
            assert_eq!(watch.counters().callers_forgotten, 0);
            warden.now_us.set(index as u64 * 1_000_000);
            hear(&call(&caller(index), 25, SYN), &watch, &warden);
        }
        assert_eq!(watch.counters().callers_forgotten, 1);
        for index in 0..=CALLERS_MAX {
            let asked =
                watch.asks_for_caller(at(60 + index as u64), caller(index).parse().unwrap());
            let expected = if index == 0 {
                Err(Stop::Neighbour)
            } else {
                Ok(Pass::Link)
            };
            assert_eq!(asked, expected, "{index}");
        }
        // Behind another cable nobody has called.
        watch.forget_callers();
        let asked = watch.asks_for_caller(at(90), caller(1).parse().unwrap());
        assert_eq!(asked, Err(Stop::Neighbour));
    }
}
