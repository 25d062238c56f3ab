//! Whoever calls the sink from our own link.
//!
//! The stack has to know a neighbour's hardware address before it can answer. It learns it from whoever asks for
//! us; but a caller that knows us from before, or that the stack has forgotten, does not ask again. So
//! the stack may ask for exactly those that have come with a SYN to a port of the sink, and tell
//! our own link where we are.
//!
//! Nothing else may go to them for it: what the sink says to its callers [`super::inspect`] lets pass, wherever they are.

use core::net::IpAddr;

use probe_core::{
    sink::SESSION_MAX,
    time::{Instant, Millis},
};

use super::{
    Pass, Stop, Warden, Watch,
    callers::{self, Call},
    inspect,
};
use crate::scout::OwnNetworks;

/// How many callers on our own link may be asked for. One more takes the place of whoever
/// called longest ago; [`super::Counters::callers_forgotten`] counts that.
pub const CALLERS_MAX: usize = 8;
/// For how long a caller may be asked for after its last SYN: no session with it lasts longer.
pub const CALLER_KNOWN_FOR: Millis = SESSION_MAX;
/// How far apart questions for callers leave, whomever they are for. The stack has a second between its questions;
/// whatever comes sooner is [`Stop::Limited`].
pub const CALLERS_ASKED_EVERY: Millis = Millis(500);

/// The longest frame that asks or tells, in octets: RFC 4861, 4.3 and 4.4, with our hardware address as the only option.
const SAYING_OCTETS_MAX: usize = 86;

/// Takes note of a frame that came in for `hardware`, which is ours, if it calls the sink from our own link.
pub(super) fn hear(frame: &[u8], hardware: [u8; 6], watch: &Watch, warden: &impl Warden) {
    let networks = watch.own_networks();
    if frame.get(..6) == Some(&hardware)
        && let Some(Call { from, to, port }) = callers::call(frame)
        && warden.is_sink_port(port)
        && is_own(networks, to)
        && is_neighbour(networks, from)
    {
        watch.called(warden.now(), from, port);
    }
}

/// What becomes of a frame that [`super::inspect`] stops as [`Stop::Neighbour`]: it may leave if it asks for
/// a caller of what is the sink's port still, or answers a neighbour that has asked for us.
pub(super) fn answers(frame: &[u8], watch: &Watch, warden: &impl Warden) -> Result<Pass, Stop> {
    let (networks, now) = (watch.own_networks(), warden.now());
    match Says::read(frame) {
        Some(Says::WhereIs { target, asker })
            if is_own(networks, asker)
                && is_neighbour(networks, target)
                && watch
                    .caller(now, target)
                    .is_some_and(|port| warden.is_sink_port(port)) =>
        {
            watch.asks_for_caller(now)
        }
        #[cfg(feature = "ipv6")]
        Some(Says::HereIs { own, speaker, to })
            if is_own(networks, own) && own == speaker && is_neighbour(networks, to) =>
        {
            Ok(Pass::Link)
        }
        _ => Err(Stop::Neighbour),
    }
}

fn is_own(networks: OwnNetworks, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => networks.v4.is_some_and(|(own, _)| own == address),
        IpAddr::V6(address) => networks.v6.is_some_and(|(own, _)| own == address),
    }
}

/// Whether `address` is that of a single other machine on our own link, as far as is known.
fn is_neighbour(networks: OwnNetworks, address: IpAddr) -> bool {
    networks.is_near(address)
        && inspect::is_one_machine(address)
        && !is_everybody(networks, address)
}

/// Whether `address` means everybody in our own network of IPv4, or the network itself (RFC 1122, 3.2.1.3).
fn is_everybody(networks: OwnNetworks, address: IpAddr) -> bool {
    let (IpAddr::V4(address), Some((_, prefix @ 0..=30))) = (address, networks.v4) else {
        return false;
    };
    let host = u32::MAX >> prefix;
    [0, host].contains(&(address.to_bits() & host))
}

/// Those on our own link that have called, and when the last of them was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Callers {
    known: [Option<Caller>; CALLERS_MAX],
    asked: Option<Instant>,
}

/// Somebody, the port of the sink that they called last, and when.
#[derive(Clone, Copy, Debug)]
struct Caller {
    address: IpAddr,
    port: u16,
    called: Instant,
}

impl Callers {
    pub(super) const NOBODY: Self = Self {
        known: [None; CALLERS_MAX],
        asked: None,
    };

    /// `address` has called `port`; says whether another one had to be forgotten for it that could still be asked for.
    pub(super) fn called(&mut self, now: Instant, address: IpAddr, port: u16) -> bool {
        let is_it = |place: &Option<Caller>| place.is_some_and(|known| known.address == address);
        let place = match self.known.iter().position(is_it) {
            Some(place) => self.known.get_mut(place),
            // No place at all is the oldest.
            None => self
                .known
                .iter_mut()
                .min_by_key(|place| place.map(|known| known.called)),
        };
        let caller = Caller {
            address,
            port,
            called: now,
        };
        let before = place.and_then(|place| place.replace(caller));
        before.is_some_and(|before| before.address != address && before.is_fresh(now))
    }

    /// The port that `address` has called, if it may still be asked for.
    pub(super) fn port(&self, now: Instant, address: IpAddr) -> Option<u16> {
        let mut known = self.known.iter().flatten();
        let caller = known.find(|known| known.address == address)?;
        caller.is_fresh(now).then_some(caller.port)
    }

    /// The stack asks for one of them.
    pub(super) fn asked(&mut self, now: Instant) -> Result<Pass, Stop> {
        let is_soon = |asked: Instant| now.since(asked) < CALLERS_ASKED_EVERY;
        if self.asked.is_some_and(is_soon) {
            return Err(Stop::Limited);
        }
        self.asked = Some(now);
        Ok(Pass::Link)
    }
}

impl Caller {
    fn is_fresh(&self, now: Instant) -> bool {
        now.since(self.called) < CALLER_KNOWN_FOR
    }
}

/// What a frame says on the link, whose form [`super::inspect`] has found in order.
enum Says {
    /// ARP, or a neighbour solicitation that reaches none but its target.
    WhereIs { target: IpAddr, asker: IpAddr },
    /// A neighbour advertisement of `own`.
    #[cfg(feature = "ipv6")]
    HereIs {
        own: IpAddr,
        speaker: IpAddr,
        to: IpAddr,
    },
}

impl Says {
    fn read(frame: &[u8]) -> Option<Self> {
        if frame.len() > SAYING_OCTETS_MAX {
            return None;
        }
        match frame.get(12..14)? {
            [0x08, 0x06] => {
                let address = |octets: &[u8]| octets.as_array::<4>().copied().map(IpAddr::from);
                let asker = address(frame.get(28..32)?)?;
                let target = address(frame.get(38..42)?)?;
                let is_request = frame.get(20..22) == Some(&[0, 1]);
                is_request.then_some(Self::WhereIs { target, asker })
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
        let from = address(frame.get(22..38)?)?;
        let to = address(frame.get(38..54)?)?;
        let target = address(frame.get(62..78)?)?;
        let reaches_only_it = to == target || to == inspect::solicited_node(target);
        match (frame.get(20)?, frame.get(54)?) {
            (58, 135) if reaches_only_it => Some(Self::WhereIs {
                target: target.into(),
                asker: from.into(),
            }),
            (58, 136) => Some(Self::HereIs {
                own: target.into(),
                speaker: from.into(),
                to: to.into(),
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
