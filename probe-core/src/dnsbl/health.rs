//! What is known of the zones themselves: whether they can be believed (RFC 5782, 5).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{
    answer::{Asked, Unknown},
    zone::ZONES_MAX,
};
use crate::time::{Instant, Millis};

/// For how long it is believed that a zone is in order, or that it is not.
pub const HEALTH_KEPT: Millis = Millis::from_mins(60);
/// After how long a zone is asked again whose check failed for a reason that may pass: no answer,
/// a resolver in trouble.
pub const HEALTH_RETRIED_AFTER: Millis = Millis::from_mins(1);

/// What is known of each zone, for IPv4 and IPv6 apart, and since when. Whoever holds it copies it
/// into each dialogue and [renews](Self::renew) it with what comes out. It belongs to one scope and
/// one resolver: under another, begin with an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Healths {
    zones: [[Option<Health>; 2]; ZONES_MAX],
    asked: Option<Instant>,
}

/// A zone's health for one family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Health {
    since_s: u32,
    found: Result<(), Unknown>,
}

impl Healths {
    /// Nothing is known.
    pub const fn new() -> Self {
        Self {
            zones: [[None; 2]; ZONES_MAX],
            asked: None,
        }
    }

    /// What is known at `now` of the zone in this place of the scope, for addresses like `address`:
    /// that it can be believed, or why not. `None`: nothing, or nothing that still counts.
    pub fn get(&self, now: Instant, place: usize, address: IpAddr) -> Option<Result<(), Unknown>> {
        let [v4, v6] = self.zones.get(place)?;
        let health = (*if address.is_ipv4() { v4 } else { v6 })?;
        let is_lasting = health
            .found
            .map_or_else(|no| no.why.is_lasting(), |()| true);
        let kept = if is_lasting {
            HEALTH_KEPT
        } else {
            HEALTH_RETRIED_AFTER
        };
        let since = Instant::from_millis(u64::from(health.since_s).saturating_mul(1_000));
        (now.since(since) < kept).then_some(health.found)
    }

    pub(super) fn set(
        &mut self,
        now: Instant,
        place: usize,
        address: IpAddr,
        found: Result<(), Unknown>,
    ) {
        if let Some([v4, v6]) = self.zones.get_mut(place) {
            let since_s = u32::try_from(now.as_millis() / 1_000).unwrap_or(u32::MAX);
            *if address.is_ipv4() { v4 } else { v6 } = Some(Health { since_s, found });
        }
    }

    /// When a zone was asked last, about whatever.
    pub(super) const fn asked(&self) -> Option<Instant> {
        self.asked
    }

    pub(super) const fn note_asked(&mut self, now: Instant) {
        self.asked = Some(now);
    }

    /// Takes over what `other` knows that is newer.
    pub fn renew(&mut self, other: &Self) {
        self.asked = self.asked.max(other.asked);
        let theirs = other.zones.as_flattened();
        for (ours, theirs) in self.zones.as_flattened_mut().iter_mut().zip(theirs) {
            let since = |health: &Option<Health>| health.map(|health| health.since_s);
            if since(theirs) > since(ours) {
                *ours = *theirs;
            }
        }
    }
}

impl Default for Healths {
    fn default() -> Self {
        Self::new()
    }
}

/// Which address is asked about.
pub(super) const fn asked_about(asked: Asked, address: IpAddr) -> IpAddr {
    let host = match asked {
        Asked::MustBeListed => 2,
        Asked::MustNotBeListed => 1,
        Asked::Address | Asked::Text => return address,
    };
    match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::new(127, 0, 0, host)),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0x7f00, host as u16)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dnsbl::Why;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn seconds(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1_000)
    }

    fn bad(why: Why) -> Result<(), Unknown> {
        Err(Unknown {
            asked: Asked::MustBeListed,
            why,
            answer: None,
        })
    }

    #[test]
    fn how_long_what_is_found_counts() {
        let v4 = address("192.0.2.1");
        for (found, seconds_kept) in [
            (Ok(()), 3_600),
            (bad(Why::TestNotListed), 3_600),
            (bad(Why::ListsEverything), 3_600),
            (bad(Why::Rewritten), 3_600),
            (bad(Why::ErrorCode), 3_600),
            (bad(Why::TooLong), 60),
            (bad(Why::NoData), 60),
            (bad(Why::ServerFailure), 60),
            (bad(Why::Refused), 60),
            (bad(Why::Referral), 60),
            (bad(Why::Malformed), 60),
            (bad(Why::NoAnswer), 60),
            (bad(Why::CouldNotAsk), 60),
        ] {
            let mut healths = Healths::new();
            healths.set(seconds(100), 2, v4, found);
            let at = |after: u64| healths.get(seconds(100 + after), 2, v4);
            assert_eq!(at(0), Some(found));
            assert_eq!(at(seconds_kept - 1), Some(found), "{found:?}");
            assert_eq!(at(seconds_kept), None, "{found:?}");
        }
    }

    #[test]
    fn each_zone_and_family_has_its_own() {
        let (v4, v6) = (address("192.0.2.1"), address("2001:db8::1"));
        let mut healths = Healths::new();
        healths.set(seconds(1), 0, v4, Ok(()));
        healths.set(seconds(1), 0, v6, bad(Why::TestNotListed));
        let found = |place, address| healths.get(seconds(2), place, address);
        assert_eq!(found(0, v4), Some(Ok(())));
        assert_eq!(found(0, v6), Some(bad(Why::TestNotListed)));
        assert_eq!(found(1, v4), None);
        // No scope has as many zones.
        healths.set(seconds(1), ZONES_MAX, v4, Ok(()));
        assert_eq!(healths.get(seconds(1), ZONES_MAX, v4), None);
    }

    #[test]
    fn the_newer_counts() {
        let (v4, v6) = (address("192.0.2.1"), address("2001:db8::1"));
        let (mut one, mut other) = (Healths::new(), Healths::new());
        one.set(seconds(10), 0, v4, Ok(()));
        one.set(seconds(20), 1, v4, Ok(()));
        one.note_asked(seconds(20));
        other.set(seconds(15), 0, v4, bad(Why::Rewritten));
        other.set(seconds(15), 1, v4, bad(Why::Rewritten));
        other.set(seconds(15), 1, v6, Ok(()));
        other.note_asked(seconds(15));
        one.renew(&other);
        let found = |place, address| one.get(seconds(21), place, address);
        assert_eq!(found(0, v4), Some(bad(Why::Rewritten)));
        assert_eq!(found(1, v4), Some(Ok(())));
        assert_eq!(found(1, v6), Some(Ok(())));
        assert_eq!(one.asked(), Some(seconds(20)));
    }

    #[test]
    fn test_addresses() {
        for (target, listed, not_listed) in [
            ("192.0.2.1", "127.0.0.2", "127.0.0.1"),
            ("2001:db8::1", "::ffff:7f00:2", "::ffff:7f00:1"),
        ] {
            let of = |asked| asked_about(asked, address(target));
            assert_eq!(of(Asked::MustBeListed), address(listed));
            assert_eq!(of(Asked::MustNotBeListed), address(not_listed));
            assert_eq!(of(Asked::Address), address(target));
            assert_eq!(of(Asked::Text), address(target));
        }
    }
}
