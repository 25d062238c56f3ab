//! A day drawn from a seed.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use probe_core::{name::Name, scope::Depth, suspect::Suspect};

use super::Day;
use crate::{
    demo,
    faults::{Faults, Share, Window},
    net::giver::{Gives, Trouble},
    parade,
    peers::Personality,
    random::Random,
    world::{Site, World},
};

/// How long a day is.
pub const HOURS: u32 = 24;
/// The shortest that has an hour with trouble.
pub const HOURS_MIN: u32 = 3;

/// The minutes of an hour in which there may be trouble.
const TROUBLE_MINUTES: (u64, u64) = (4, 42);
/// More than there are workers, and each in a network of its own.
const SLOW_SERVERS: u16 = 24;
const SLOW: &str = "tarpit";
const SLOW_DOMAIN: &str = "slow.example";

/// The day of `seed`.
pub fn draw(seed: u64, hours: u32) -> Day {
    let mut dice = Dice(Random::new(crate::random::hash(seed, b"day")));
    let mut world = parade::world(seed);
    let mut slow = [Vec::new(), Vec::new()];
    for (number, list) in (1..).zip(&mut slow) {
        for host in 0..SLOW_SERVERS {
            let network = 0x1000 * number + host;
            let address = Ipv6Addr::new(0x2001, 0xdb8, network, 0, 0, 0, 0, 0x25);
            let at = SocketAddr::from((address, 25));
            world = world.with(at, server());
            list.push(Suspect {
                address: at.ip(),
                port: at.port(),
                names: [Name::new(SLOW_DOMAIN).expect("a name")]
                    .into_iter()
                    .collect(),
            });
        }
    }
    let mut scope = demo::scope(Depth::Quick);
    scope.rates.parked_hours_max = 1;
    let (faults, troubles, cuts) = trouble(&mut dice, hours);
    world.faults = faults;
    world.gives = Some(gives(&mut dice, &world, troubles));
    Day {
        seed,
        hours,
        world,
        scope,
        list: parade::suspects(),
        slow,
        cuts,
    }
}

fn server() -> Site {
    let personality = Personality::named(SLOW).expect("the personality is one of all");
    Site::Peer(personality.at(&format!("mx.{SLOW_DOMAIN}"), &[SLOW_DOMAIN]))
}

fn gives(dice: &mut Dice, world: &World, troubles: Vec<(Window, Trouble)>) -> Gives {
    let router = world.device.gateway_v4;
    let other = Ipv4Addr::new(10, 20, 30, 9);
    Gives {
        server: if dice.once_in(2) { router } else { other },
        lease: minutes(10),
        advertised_every: minutes(2),
        advertised_for: minutes(6),
        troubles,
    }
}

/// In each hour but the first and the last: the cable is pulled, mostly the router goes down, the
/// network gives no addresses or others, and the host goes away.
fn trouble(dice: &mut Dice, hours: u32) -> (Faults, Vec<(Window, Trouble)>, Vec<Window>) {
    let mut faults = Faults::default();
    faults.path.loss = Share::percent(1);
    faults.path.jitter = Duration::from_millis(20);
    let (mut troubles, mut cuts) = (Vec::new(), Vec::new());
    for hour in 1..u64::from(hours.saturating_sub(1)) {
        for _ in 0..=dice.below(2) {
            faults.link.out.push(dice.window(hour, 240));
        }
        for _ in 0..dice.below(3) {
            faults.router_down.push(dice.window(hour, 480));
        }
        for _ in 0..=dice.below(2) {
            let trouble = Trouble::ALL[usize::try_from(dice.below(7)).unwrap_or(0)];
            troubles.push((dice.window(hour, 900), trouble));
        }
        for _ in 0..dice.below(3) {
            cuts.push(dice.window(hour, 300));
        }
    }
    cuts.sort_by_key(|window| window.from);
    cuts.dedup_by(|later, before| later.from <= before.until);
    (faults, troubles, cuts)
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

struct Dice(Random);

impl Dice {
    /// From 0 to before `behind`, which is not 0.
    fn below(&mut self, behind: u64) -> u64 {
        self.0.bits() % behind
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// A window of at most so many seconds in the troubled part of an hour.
    fn window(&mut self, hour: u64, seconds_max: u64) -> Window {
        let (first, last) = TROUBLE_MINUTES;
        let begins =
            minutes(hour * 60 + first) + Duration::from_millis(self.below((last - first) * 60_000));
        let lasts = Duration::from_millis(1_000 + self.below(seconds_max * 1_000));
        Window {
            from: begins,
            until: (begins + lasts).min(minutes(hour * 60 + last)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_day_has_every_trouble_and_none_at_its_quiet_points() {
        let day = draw(1, HOURS);
        let gives = day.world.gives.as_ref().unwrap();
        let kinds: BTreeSet<_> = gives.troubles.iter().map(|(_, trouble)| trouble).collect();
        assert_eq!(kinds.len(), Trouble::ALL.len(), "{kinds:?}");
        let faults = &day.world.faults;
        let windows: Vec<_> = gives
            .troubles
            .iter()
            .map(|(window, _)| window)
            .chain(&faults.link.out)
            .chain(&faults.router_down)
            .chain(&day.cuts)
            .collect();
        assert!(windows.len() > 80, "{}", windows.len());
        for window in windows {
            let minute = |at: Duration| at.as_secs() / 60 % 60;
            assert!(
                minute(window.from) >= 4 && minute(window.until) <= 42,
                "{window:?}"
            );
            let hour = window.from.as_secs() / 3_600;
            assert!((1..23).contains(&hour), "{window:?}");
        }
        assert_ne!(gives.troubles, draw(2, HOURS).world.gives.unwrap().troubles);
    }
}
