//! The schedule against a model of it that is too slow and too greedy for a device, and obvious.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    scope::NETWORK_SPACING_MS_MAX,
    testing::{Random, seeds},
};

#[test]
fn the_schedule_does_what_its_model_does() {
    let mut seen = Seen::default();
    for seed in seeds(100) {
        let mut world = World::new(seed);
        world.run();
        seen.add(&world.seen);
    }
    // Each rule was at work, or the model has proved nothing.
    for (what, count) in [
        ("turns", seen.turns),
        ("returns from parking", seen.returns),
        ("openings", seen.openings),
        ("openings held back", seen.held_back),
        ("waits", seen.waits),
        ("budgets spent", seen.spent),
    ] {
        assert!(count > 1_000, "{what}: only {count}");
    }
}

/// What happened, so that a run that tested nothing is noticed.
#[derive(Debug, Default)]
struct Seen {
    turns: u32,
    returns: u32,
    openings: u32,
    held_back: u32,
    waits: u32,
    spent: u32,
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.turns += other.turns;
        self.returns += other.returns;
        self.openings += other.openings;
        self.held_back += other.held_back;
        self.waits += other.waits;
        self.spent += other.spent;
    }
}

/// A schedule with workers that do at random what workers do, and the model beside it.
struct World {
    seed: u64,
    random: Random,
    rates: Rates,
    now_ms: u64,
    schedule: Schedule,
    model: Model,
    running: Vec<(JobSerial, u8)>,
    queued_in_all: u32,
    seen: Seen,
}

/// Every wait and every event, kept for ever.
#[derive(Default)]
struct Model {
    queued: Vec<(u32, Target)>,
    parked: BTreeMap<JobSerial, (Target, u64, u8, u64)>,
    running: BTreeMap<JobSerial, (Target, u8, Option<u64>)>,
    serials: BTreeSet<JobSerial>,
    targets_begun: BTreeSet<Target>,
    handed_ms: Option<u64>,
    /// When each network had its last job or connection.
    asked: BTreeMap<RateNetwork, u64>,
    opened: Vec<(u64, Target)>,
    opened_last: BTreeMap<RateNetwork, u64>,
    refusals: Vec<(u64, Target)>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let rates = Rates {
            target_refusals_max: 1 + random.below(12) as u8,
            target_connections_max: 1 + random.below(2) as u8,
            network_connections_max: 1 + random.below(4) as u8,
            network_spacing_ms: [0, 1, 50, 100, 2_000, 60_000][random.below(6) as usize],
            connections_per_second_max: [1, 3, 50, 999, 1_000][random.below(5) as usize],
            parked_hours_max: [0, 1, 24, 72][random.below(4) as usize],
        };
        assert!(rates.network_spacing_ms <= NETWORK_SPACING_MS_MAX);
        let mut schedule = Schedule::new(seed as u32);
        schedule.set_rates(rates);
        Self {
            seed,
            random,
            rates,
            now_ms: 0,
            schedule,
            model: Model::default(),
            running: Vec::new(),
            queued_in_all: 0,
            seen: Seen::default(),
        }
    }

    /// Random events, then no new targets until everything has had its turn.
    fn run(&mut self) {
        for _ in 0..600 {
            self.step(true);
        }
        let mut steps = 0;
        while !self.schedule.is_empty() {
            self.step(false);
            steps += 1;
            assert!(steps < 200_000, "seed {}: targets left for ever", self.seed);
        }
        let model = &self.model;
        assert!(model.queued.is_empty() && model.parked.is_empty() && model.running.is_empty());
        assert_eq!(
            model.targets_begun.len(),
            model.serials.len(),
            "seed {}",
            self.seed
        );
        assert_eq!(
            model.serials.len(),
            self.queued_in_all as usize,
            "seed {}",
            self.seed
        );
        self.check_windows();
    }

    fn step(&mut self, arrivals: bool) {
        match self.random.below(10) {
            0..=2 if arrivals => self.arrive(),
            0..=5 => self.next(),
            6..=7 => self.open(),
            _ => self.give_back(),
        }
        if self.random.once_in(3) {
            let pauses = [1, 7, 40, 500, 5_000, 70_000, 3_600_000];
            self.now_ms += pauses[self.random.below(pauses.len() as u64) as usize];
        }
    }

    fn arrive(&mut self) {
        let number = self.random.below(400);
        let address = if number.is_multiple_of(2) {
            format!("10.0.{}.{}", number % 11, 1 + number / 11)
        } else {
            format!("2001:db8:0:{:x}00::{:x}", number % 7, 1 + number / 7)
        };
        let target = target(&address);
        let index = self.queued_in_all;
        let full = self.model.queued.len() == QUEUED_TARGETS_MAX;
        let known = self.model.targets_begun.contains(&target)
            || self.model.queued.iter().any(|(_, of)| *of == target);
        let expected = if known {
            Queueing::Refused(Refusal::Duplicate)
        } else if full {
            Queueing::Full
        } else {
            Queueing::Queued
        };
        let queueing = queue(&mut self.schedule, at(self.now_ms), index, target);
        assert_eq!(queueing, expected, "seed {}: {target:?}", self.seed);
        if queueing == Queueing::Queued {
            self.model.queued.push((index, target));
            self.queued_in_all += 1;
        }
    }

    fn next(&mut self) {
        let expected = self.whose_turn();
        match (self.schedule.next(at(self.now_ms), SCAN), expected) {
            (Whose::Turn(turn), Ok(expected)) => {
                assert_eq!(
                    turn.target, expected,
                    "seed {} at {}",
                    self.seed, self.now_ms
                );
                self.begin(turn);
            }
            (Whose::Wait(until), Err(Some(expected_ms))) => {
                assert_eq!(
                    until,
                    at(expected_ms),
                    "seed {} at {}",
                    self.seed,
                    self.now_ms
                );
                self.seen.waits += 1;
                // Workers sleep until then, as nothing else happens in this world meanwhile.
                if self.random.once_in(2) {
                    self.now_ms = expected_ms;
                }
            }
            (Whose::Nobody, Err(None)) => {}
            (got, expected) => panic!(
                "seed {} at {}: {got:?}, not {expected:?}",
                self.seed, self.now_ms
            ),
        }
    }

    /// The model's own answer to whose turn it is: a target, or the moment to look again.
    fn whose_turn(&self) -> Result<Target, Option<u64>> {
        let mut waiting: Vec<(u64, Target)> = Vec::new();
        for (target, due_ms, ..) in self.model.parked.values() {
            waiting.push((*due_ms, *target));
        }
        // A stable sort: jobs that are due together keep the order of their serials.
        waiting.sort_by_key(|(due_ms, _)| *due_ms);
        waiting.extend(self.model.queued.iter().map(|(_, target)| (0, *target)));
        let device_ms = self
            .model
            .handed_ms
            .map_or(0, |ms| ms + self.device_spacing_ms());
        let mut earliest = None;
        for (due_ms, target) in waiting {
            let network = RateNetwork::of(target.address());
            let jobs = self.jobs_of(network);
            let quiet_ms = self.quiet_ms(network);
            if due_ms <= self.now_ms && jobs >= usize::from(self.rates.network_connections_max) {
                continue;
            }
            let ready_ms = if due_ms > self.now_ms {
                due_ms
            } else {
                quiet_ms
            };
            if ready_ms > self.now_ms {
                earliest = Some(earliest.map_or(ready_ms, |of: u64| of.min(ready_ms)));
                continue;
            }
            if device_ms > self.now_ms {
                return Err(Some(device_ms));
            }
            if self.running.len() == RUNNING_JOBS_MAX {
                return Err(None);
            }
            return Ok(target);
        }
        Err(earliest.map(|ms| ms.max(device_ms)))
    }

    fn begin(&mut self, turn: Turn) {
        let model = &mut self.model;
        let (target, now_ms) = (turn.target, self.now_ms);
        let since =
            if let Some((of, due_ms, revision, since_ms)) = model.parked.remove(&turn.serial) {
                assert_eq!((of, revision), (target, turn.revision));
                assert_eq!(
                    turn.parked,
                    Some(Parked::for_test(turn.target, turn.serial))
                );
                assert!(due_ms <= now_ms);
                self.seen.returns += 1;
                Some(since_ms)
            } else {
                model.queued.retain(|(_, of)| *of != target);
                assert!(model.targets_begun.insert(target), "{target:?} begun twice");
                assert!(
                    model.serials.insert(turn.serial),
                    "{:?} used twice",
                    turn.serial
                );
                assert_eq!((turn.revision, turn.parked), (0, None));
                None
            };
        assert!(turn.refusals_max > 0);
        model.handed_ms = Some(now_ms);
        model
            .asked
            .insert(RateNetwork::of(target.address()), now_ms);
        model.running.insert(turn.serial, (target, 0, since));
        self.running.push((turn.serial, turn.revision));
        self.seen.turns += 1;
    }

    fn open(&mut self) {
        let Some((serial, _)) = self.any_running() else {
            return;
        };
        let opening = self.schedule.may_open(at(self.now_ms), serial);
        let (target, connections, _) = self.model.running[&serial];
        match opening {
            Opening::Now => {
                self.check_opening(target, connections);
                let network = RateNetwork::of(target.address());
                self.model.opened.push((self.now_ms, target));
                self.model.opened_last.insert(network, self.now_ms);
                self.model.asked.insert(network, self.now_ms);
                self.model.running.get_mut(&serial).unwrap().1 += 1;
                self.seen.openings += 1;
            }
            Opening::At(until) => {
                assert!(until > at(self.now_ms));
                self.seen.held_back += 1;
            }
            Opening::No(why) => {
                assert_eq!(why, Refusal::RefusalsSpent);
                self.seen.spent += 1;
            }
        }
        if self.random.once_in(3) && self.model.running[&serial].1 > 0 {
            self.schedule.connection_closed(serial);
            self.model.running.get_mut(&serial).unwrap().1 -= 1;
        }
        if opening == Opening::Now {
            let left = self.refusals_left(target);
            let refusals = self.random.below(4).min(left);
            for _ in 0..refusals {
                self.model.refusals.push((self.now_ms, target));
            }
            self.schedule.spent(at(self.now_ms), serial, refusals as u8);
        }
    }

    /// What must be true for a connection to be opened.
    fn check_opening(&self, target: Target, connections: u8) {
        let network = RateNetwork::of(target.address());
        let place = format!("seed {} at {} {target:?}", self.seed, self.now_ms);
        assert!(connections < self.rates.target_connections_max, "{place}");
        let open: u8 = self
            .model
            .running
            .values()
            .filter(|(of, ..)| RateNetwork::of(of.address()) == network)
            .map(|(_, connections, _)| connections)
            .sum();
        assert!(open < self.rates.network_connections_max, "{place}");
        let last_ms = self.model.opened_last.get(&network);
        let spacing_ms = u64::from(self.rates.network_spacing_ms);
        assert!(
            last_ms.is_none_or(|ms| ms + spacing_ms <= self.now_ms),
            "{place}"
        );
        assert!(self.refusals_left(target) > 0, "{place}");
    }

    fn give_back(&mut self) {
        let Some((serial, revision)) = self.any_running() else {
            return;
        };
        self.running.retain(|(of, _)| *of != serial);
        let now = at(self.now_ms);
        let (target, _, since) = self.model.running.remove(&serial).unwrap();
        let until_ms = self.now_ms + [1, 310_000, 3_600_000][self.random.below(3) as usize];
        if self.random.once_in(2)
            && let Some(due) = self.schedule.may_park(now, serial, at(until_ms))
        {
            let since_ms = since.unwrap_or(self.now_ms);
            let last_ms = since_ms + u64::from(self.rates.parked_hours_max) * 3_600_000;
            assert!(
                due >= at(until_ms) && due <= at(last_ms),
                "seed {}",
                self.seed
            );
            self.schedule.park(
                now,
                serial,
                due,
                revision + 1,
                &Names::new(),
                Parked::for_test(target, serial),
                None,
            );
            self.model
                .parked
                .insert(serial, (target, due.as_millis(), revision + 1, since_ms));
        } else {
            self.schedule.finish(serial);
        }
    }

    /// Connections of any second, and refusals of any day.
    fn check_windows(&self) {
        let opened = &self.model.opened;
        let each_second = usize::from(self.rates.connections_per_second_max);
        for window in opened.windows(each_second + 1) {
            let (first_ms, last_ms) = (window[0].0, window[each_second].0);
            assert!(
                last_ms - first_ms >= 1_000,
                "seed {}: {window:?}",
                self.seed
            );
        }
        let mut refusals: BTreeMap<Target, Vec<u64>> = BTreeMap::new();
        for (ms, target) in &self.model.refusals {
            refusals.entry(*target).or_default().push(*ms);
        }
        let most = usize::from(self.rates.target_refusals_max);
        for times in refusals.values() {
            for window in times.windows(most + 1) {
                assert!(window[most] - window[0] >= DAY_MS, "seed {}", self.seed);
            }
        }
    }

    fn any_running(&mut self) -> Option<(JobSerial, u8)> {
        let count = self.running.len() as u64;
        (count > 0).then(|| self.running[self.random.below(count) as usize])
    }

    fn jobs_of(&self, network: RateNetwork) -> usize {
        self.model
            .running
            .values()
            .filter(|(of, ..)| RateNetwork::of(of.address()) == network)
            .count()
    }

    /// When the spacing after a network's last job and its last connection is over.
    fn quiet_ms(&self, network: RateNetwork) -> u64 {
        let last_ms = self.model.asked.get(&network);
        last_ms.map_or(0, |ms| ms + u64::from(self.rates.network_spacing_ms))
    }

    /// Refusals that the target may give now, by the strictest reading: none counts less than
    /// a day after it was given.
    fn refusals_left(&self, target: Target) -> u64 {
        let given = self
            .model
            .refusals
            .iter()
            .filter(|(ms, of)| *of == target && ms + DAY_MS > self.now_ms)
            .count() as u64;
        u64::from(self.rates.target_refusals_max).saturating_sub(given)
    }

    fn device_spacing_ms(&self) -> u64 {
        1_000u64.div_ceil(u64::from(self.rates.connections_per_second_max))
    }
}
