//! A trial drawn from a seed.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use probe_core::{
    name::Name,
    scope::{Depth, Rates},
    suspect::Suspect,
};

use super::{Cut, Trial};
use crate::{
    demo,
    faults::{Burst, Corruption, Faults, Share, Window, Wire},
    peers::Personality,
    random::Random,
    world::{Site, World},
};

/// Which faults a drawn trial has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Drawn too.
    Random,
    /// These.
    These(Box<Faults>),
}

const PORT: u16 = 25;
const DOMAIN: &str = "draw.example";

/// The trial of `seed`.
pub fn draw(seed: u64, faults: &Draw) -> Trial {
    let mut dice = Dice(Random::new(crate::random::hash(seed, b"trial")));
    let depth = *dice.one_of(&[Depth::Quick, Depth::Standard, Depth::Full]);
    let mut scope = demo::scope(depth);
    scope.rates = rates(&mut dice, depth);
    let mut world = World::empty(seed);
    world.latency = Duration::from_millis(1 + dice.below(80));
    let mut list = Vec::new();
    for number in 0..4 + dice.below(9) {
        let at = SocketAddr::new(address(&mut dice, number), PORT);
        world = world.with(at, site(&mut dice, number));
        list.push(suspect(at));
    }
    for _ in 0..dice.below(3) {
        // Somebody stands there, and would answer.
        let at = outside(&mut dice);
        if !world.sites.contains_key(&at) {
            world = world.with(at, server("open", 99));
            list.push(suspect(at));
        }
    }
    let cuts = cuts(&mut dice);
    let drawn = random_faults(&mut dice);
    world.faults = match faults {
        Draw::Random => drawn,
        Draw::These(faults) => (**faults).clone(),
    };
    Trial {
        seed,
        world,
        scope,
        list,
        cuts,
    }
}

fn rates(dice: &mut Dice, depth: Depth) -> Rates {
    Rates {
        network_connections_max: *dice.one_of(&[1, 2, 4, 8]),
        network_spacing_ms: *dice.one_of(&[0, 20, 100, 250, 1_000]),
        connections_per_second_max: *dice.one_of(&[2, 10, 100, 500]),
        ..Rates::default_for(depth)
    }
}

/// In a few networks, so that they have neighbours.
fn address(dice: &mut Dice, number: u64) -> IpAddr {
    let low = u8::try_from(number).unwrap_or(u8::MAX) + 10;
    match dice.below(5) {
        0 => Ipv4Addr::new(198, 51, 100, low).into(),
        1 | 2 => Ipv4Addr::new(192, 0, 2, low).into(),
        network => Ipv6Addr::new(
            0x2001,
            0xdb8,
            0,
            0x100 * u16::from(network == 3),
            0,
            0,
            0,
            u16::from(low),
        )
        .into(),
    }
}

/// Where the scope does not hold: another network, an exclusion, another port.
fn outside(dice: &mut Dice) -> SocketAddr {
    let low = 20 + dice.byte_below(200);
    match dice.below(3) {
        0 => (Ipv4Addr::new(192, 0, 3, low), PORT).into(),
        1 => (Ipv4Addr::new(198, 51, 100, 200), PORT).into(),
        _ => (Ipv4Addr::new(203, 0, 113, low), 587).into(),
    }
}

fn site(dice: &mut Dice, number: u64) -> Site {
    match dice.below(16) {
        0 => Site::ClosedPort,
        1 => Site::NoRoute,
        2 => Site::Silent,
        _ => {
            let every: Vec<_> = Personality::every().collect();
            server(dice.one_of(&every).name, number)
        }
    }
}

fn server(name: &str, number: u64) -> Site {
    let personality = Personality::named(name).expect("the personality is one of all");
    Site::Peer(personality.at(&format!("mx{number}.{DOMAIN}"), &[DOMAIN]))
}

fn suspect(at: SocketAddr) -> Suspect {
    let domain = Name::new(DOMAIN).expect("a name");
    Suspect {
        address: at.ip(),
        port: at.port(),
        names: [domain].into_iter().collect(),
    }
}

fn cuts(dice: &mut Dice) -> Vec<Cut> {
    let mut cuts: Vec<_> = (0..dice.below(4))
        .map(|_| Cut {
            at: Duration::from_millis(dice.below(60_000)),
            lasts: Duration::from_millis(dice.below(20_000)),
            host_restarts: dice.once_in(2),
        })
        .collect();
    cuts.sort_by_key(|cut| cut.at);
    cuts
}

fn random_faults(dice: &mut Dice) -> Faults {
    let mut faults = Faults {
        path: wire(dice),
        ..Faults::default()
    };
    if dice.once_in(3) {
        faults.link.loss = Share::percent(dice.percent_below(4));
        faults.link.corrupt = Share::percent(dice.percent_below(3));
        faults.link.duplicate = Share::percent(dice.percent_below(3));
    }
    if dice.once_in(5) {
        faults.link.out.push(dice.window());
    }
    if dice.once_in(5) {
        faults.router_down.push(dice.window());
    }
    if dice.once_in(8) {
        faults.address_change = Some(Duration::from_millis(dice.below(30_000)));
    }
    if dice.once_in(5) {
        for _ in 0..=dice.below(2) {
            faults.power_out.push(dice.outage());
        }
    }
    faults
}

fn wire(dice: &mut Dice) -> Wire {
    let mut wire = Wire::default();
    if dice.once_in(2) {
        wire.loss = Share::percent(dice.percent_below(15));
    }
    if dice.once_in(4) {
        wire.burst = Some(Burst {
            begins: Share::percent(1 + dice.percent_below(3)),
            ends: Share::percent(10 + dice.percent_below(40)),
            loss: Share::percent(40 + dice.percent_below(60)),
        });
    }
    if dice.once_in(2) {
        wire.jitter = Duration::from_millis(dice.below(100));
    }
    if dice.once_in(3) {
        wire.duplicate = Share::percent(dice.percent_below(10));
    }
    if dice.once_in(3) {
        wire.reorder = Share::percent(dice.percent_below(15));
        wire.overtaken_by = Duration::from_millis(1 + dice.below(120));
    }
    if dice.once_in(3) {
        wire.corrupt = Share::percent(dice.percent_below(10));
        if dice.once_in(2) {
            wire.corruption = Corruption::SegmentOnly;
        }
    }
    if dice.once_in(6) {
        wire.octets_per_second = Some(*dice.one_of(&[4_000, 16_000, 64_000]));
    }
    if dice.once_in(10) {
        wire.frame_octets_max = Some(*dice.one_of(&[296, 576, 1_280]));
    }
    wire
}

pub(super) struct Dice(pub(super) Random);

impl Dice {
    /// From 0 to before `behind`, which is not 0.
    pub(super) fn below(&mut self, behind: u64) -> u64 {
        self.0.bits() % behind
    }

    fn percent_below(&mut self, behind: u32) -> u32 {
        u32::try_from(self.below(u64::from(behind))).unwrap_or(0)
    }

    fn byte_below(&mut self, behind: u8) -> u8 {
        u8::try_from(self.below(u64::from(behind))).unwrap_or(0)
    }

    pub(super) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(super) fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let index = self.below(things.len() as u64);
        &things[usize::try_from(index).unwrap_or(0)]
    }

    /// A device takes a second at least to start.
    fn outage(&mut self) -> Window {
        let from = Duration::from_millis(self.below(60_000));
        Window {
            from,
            until: from + Duration::from_millis(1_000 + self.below(20_000)),
        }
    }

    fn window(&mut self) -> Window {
        let from = Duration::from_millis(self.below(60_000));
        Window {
            from,
            until: from + Duration::from_millis(1 + self.below(20_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_is_a_trial() {
        let trial = |seed| draw(seed, &Draw::Random);
        assert_eq!(trial(1).list, trial(1).list);
        assert_eq!(trial(1).world.faults, trial(1).world.faults);
        let others = (2..20).map(trial);
        assert!(others.into_iter().any(|other| other.list != trial(1).list));
    }

    #[test]
    fn everything_that_can_stand_at_an_address_is_drawn() {
        let mut known: BTreeSet<_> = Personality::every()
            .map(|personality| personality.name)
            .collect();
        known.extend(["closed port", "no route", "silence"]);
        let drawn: BTreeSet<_> = (0..400)
            .map(|seed| draw(seed, &Draw::Random))
            .flat_map(|trial| {
                trial
                    .admitted()
                    .map(|at| trial.name(at))
                    .collect::<Vec<_>>()
            })
            .collect();
        let missing: Vec<_> = known.difference(&drawn).collect();
        assert!(missing.is_empty(), "never drawn: {missing:?}");
    }

    #[test]
    fn every_scope_can_be_used_and_every_fault_occurs() {
        let mut seen = [false; 11];
        for seed in 0..200 {
            let trial = draw(seed, &Draw::Random);
            trial.scope.check().unwrap();
            let Faults { link, path, .. } = &trial.world.faults;
            let here = [
                path.loss > Share(0),
                path.burst.is_some(),
                path.duplicate > Share(0),
                path.reorder > Share(0),
                path.corruption == Corruption::SegmentOnly,
                path.octets_per_second.is_some(),
                !link.out.is_empty(),
                !trial.world.faults.router_down.is_empty(),
                trial.world.faults.address_change.is_some(),
                path.frame_octets_max.is_some(),
                !trial.world.faults.power_out.is_empty(),
            ];
            for (seen, here) in seen.iter_mut().zip(here) {
                *seen |= here;
            }
        }
        assert_eq!(seen, [true; 11]);
    }
}
