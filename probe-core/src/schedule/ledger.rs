//! Which targets had their turn, and how many refusals each of them gave.

use core::net::IpAddr;

use crate::{
    frame::ScanId,
    target::Target,
    time::{Instant, Millis, Stamp},
};

/// How many targets are remembered. When one more comes, the one that was left alone the longest
/// is forgotten, which [`crate::frame::message::LimitCounters::ledger`] counts; a host therefore
/// sends no target twice.
pub const LEDGER_TARGETS_MAX: usize = if cfg!(feature = "small") { 128 } else { 256 };

/// For how long refusals count: 24 hours without anything new.
pub const REFUSALS_COUNT_FOR: Millis = Millis::from_mins(24 * 60);

/// The targets that had their turn: found by their hash, forgotten by their age. Every job asks
/// here several times, so that neither may cost a walk over all of them.
#[derive(Debug)]
pub(super) struct Ledger {
    /// Filled from the first place on; a target that is forgotten leaves its place to its
    /// successor at once.
    places: [Option<Entry>; LEDGER_TARGETS_MAX],
    /// For each hash the first place of those that have it.
    heads: [Link; LEDGER_TARGETS_MAX],
    taken: u16,
    oldest: Link,
    newest: Link,
}

#[derive(Debug)]
struct Entry {
    target: Target,
    scan: ScanId,
    refusals: u8,
    /// Those that the host told of, from other boots and other devices.
    told: u8,
    touched: Stamp,
    /// The next place of those that have the same hash.
    next: Link,
    /// Its neighbours by age.
    older: Link,
    newer: Link,
}

/// A place, or [`NOWHERE`].
type Link = u16;

const NOWHERE: Link = Link::MAX;

const _: () = assert!(LEDGER_TARGETS_MAX < NOWHERE as usize);

impl Ledger {
    #[inline(never)]
    pub(super) const fn new() -> Self {
        Self {
            places: [const { None }; LEDGER_TARGETS_MAX],
            heads: [NOWHERE; LEDGER_TARGETS_MAX],
            taken: 0,
            oldest: NOWHERE,
            newest: NOWHERE,
        }
    }

    /// Whether `target` had its turn in `scan`.
    pub(super) fn knows(&self, target: Target, scan: ScanId) -> bool {
        self.entry(target).is_some_and(|of| of.scan == scan)
    }

    /// How many refusals of `target` count.
    pub(super) fn refusals(&self, now: Instant, target: Target) -> u8 {
        self.refusals_with(now, target, 0)
    }

    /// The same, where the host tells of so many that others have counted.
    pub(super) fn refusals_with(&self, now: Instant, target: Target, told: u8) -> u8 {
        let (own, known) = self.counted(now, target);
        own.saturating_add(known.max(told))
    }

    /// What this boot has counted and what it was told, as far as it still counts.
    fn counted(&self, now: Instant, target: Target) -> (u8, u8) {
        self.entry(target)
            .filter(|of| now < of.touched.instant() + REFUSALS_COUNT_FOR)
            .map_or((0, 0), |of| (of.refusals, of.told))
    }

    /// When the refusals of `target` stop to count, if nothing new comes.
    pub(super) fn renewed(&self, target: Target) -> Option<Instant> {
        self.entry(target)
            .map(|of| of.touched.instant() + REFUSALS_COUNT_FOR)
    }

    /// `target` has its turn in `scan`, and gave `told` refusals that others have counted. True when another one that is not `pinned` had to be
    /// forgotten for it. Whoever is pinned is not left alone, and grows no older.
    pub(super) fn touch(
        &mut self,
        now: Instant,
        target: Target,
        scan: ScanId,
        told: u8,
        pinned: impl Fn(Target) -> bool,
    ) -> bool {
        let (refusals, known) = self.counted(now, target);
        if let Some(place) = self.place_of(target) {
            if let Some(of) = self.at_mut(place) {
                of.scan = scan;
                of.refusals = refusals;
                of.told = known.max(told);
                of.touched = now.into();
            }
            self.becomes_newest(place);
            return false;
        }
        let (place, forgets) = match self.untaken() {
            Some(place) => (Some(place), false),
            None => (self.forget_the_oldest(pinned), true),
        };
        if let Some(place) = place {
            self.remember(place, now, target, scan, told);
        }
        forgets
    }

    /// `target` gave so many more refusals.
    pub(super) fn spend(&mut self, now: Instant, target: Target, refusals: u8) {
        let Some(place) = self.place_of(target) else {
            return;
        };
        if let Some(of) = self.at_mut(place) {
            of.refusals = of.refusals.saturating_add(refusals);
            of.touched = now.into();
        }
        self.becomes_newest(place);
    }
}

/// Places.
impl Ledger {
    fn at(&self, place: Link) -> Option<&Entry> {
        self.places.get(usize::from(place))?.as_ref()
    }

    fn at_mut(&mut self, place: Link) -> Option<&mut Entry> {
        self.places.get_mut(usize::from(place))?.as_mut()
    }

    fn entry(&self, target: Target) -> Option<&Entry> {
        self.at(self.place_of(target)?)
    }

    fn place_of(&self, target: Target) -> Option<Link> {
        let mut place = self.heads.get(bucket(target)).copied()?;
        // No chain is longer than everything.
        for _ in 0..LEDGER_TARGETS_MAX {
            let of = self.at(place)?;
            if of.target == target {
                return Some(place);
            }
            place = of.next;
        }
        None
    }

    /// A place that nobody had yet.
    fn untaken(&mut self) -> Option<Link> {
        let place = self.taken;
        (usize::from(place) < LEDGER_TARGETS_MAX).then(|| {
            self.taken = place.saturating_add(1);
            place
        })
    }

    fn remember(&mut self, place: Link, now: Instant, target: Target, scan: ScanId, told: u8) {
        let entry = Entry {
            target,
            scan,
            refusals: 0,
            told,
            touched: now.into(),
            next: NOWHERE,
            older: NOWHERE,
            newer: NOWHERE,
        };
        let (Some(room), Some(head)) = (
            self.places.get_mut(usize::from(place)),
            self.heads.get_mut(bucket(target)),
        ) else {
            return;
        };
        *room = Some(Entry {
            next: *head,
            ..entry
        });
        *head = place;
        self.joins_as_newest(place);
    }

    /// Empties the place of the oldest that is not pinned.
    fn forget_the_oldest(&mut self, pinned: impl Fn(Target) -> bool) -> Option<Link> {
        for _ in 0..LEDGER_TARGETS_MAX {
            let place = self.oldest;
            let target = self.at(place)?.target;
            if pinned(target) {
                self.becomes_newest(place);
                continue;
            }
            self.leaves_its_age(place);
            self.leaves_its_chain(place, target);
            if let Some(room) = self.places.get_mut(usize::from(place)) {
                *room = None;
            }
            return Some(place);
        }
        None
    }

    fn leaves_its_chain(&mut self, place: Link, target: Target) {
        let after = self.at(place).map_or(NOWHERE, |of| of.next);
        let Some(head) = self.heads.get_mut(bucket(target)) else {
            return;
        };
        if *head == place {
            *head = after;
            return;
        }
        let mut before = *head;
        for _ in 0..LEDGER_TARGETS_MAX {
            let Some(of) = self.at_mut(before) else {
                return;
            };
            if of.next == place {
                of.next = after;
                return;
            }
            before = of.next;
        }
    }
}

/// Age.
impl Ledger {
    fn becomes_newest(&mut self, place: Link) {
        if self.newest != place {
            self.leaves_its_age(place);
            self.joins_as_newest(place);
        }
    }

    fn leaves_its_age(&mut self, place: Link) {
        let Some((older, newer)) = self.at(place).map(|of| (of.older, of.newer)) else {
            return;
        };
        match self.at_mut(older) {
            Some(of) => of.newer = newer,
            None => self.oldest = newer,
        }
        match self.at_mut(newer) {
            Some(of) => of.older = older,
            None => self.newest = older,
        }
    }

    fn joins_as_newest(&mut self, place: Link) {
        let older = self.newest;
        if let Some(of) = self.at_mut(place) {
            of.older = older;
            of.newer = NOWHERE;
        }
        match self.at_mut(older) {
            Some(of) => of.newer = place,
            None => self.oldest = place,
        }
        self.newest = place;
    }
}

/// The place among [`Ledger::heads`] of a target's hash: FNV-1a. The list comes from our own host, which
/// gains nothing from targets of one hash, and loses speed only.
fn bucket(target: Target) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    let mut mix = |octets: &[u8]| {
        for octet in octets {
            hash = (hash ^ u32::from(*octet)).wrapping_mul(0x0100_0193);
        }
    };
    match target.address() {
        IpAddr::V4(v4) => mix(&v4.octets()),
        IpAddr::V6(v6) => mix(&v6.octets()),
    }
    mix(&target.port().to_be_bytes());
    ((hash >> 16) ^ hash) as usize & (LEDGER_TARGETS_MAX - 1)
}

const _: () = assert!(LEDGER_TARGETS_MAX.is_power_of_two());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    /// The same, as plainly as can be: a list, the newest last.
    #[derive(Default)]
    struct Model(Vec<(Target, u32, u8, Instant, u8)>);

    impl Model {
        fn of(&self, target: Target) -> Option<&(Target, u32, u8, Instant, u8)> {
            self.0.iter().find(|of| of.0 == target)
        }

        fn counted(&self, now: Instant, target: Target) -> (u8, u8) {
            self.of(target)
                .filter(|of| now < of.3 + REFUSALS_COUNT_FOR)
                .map_or((0, 0), |of| (of.2, of.4))
        }

        fn touch(
            &mut self,
            now: Instant,
            target: Target,
            scan: u32,
            told: u8,
            pinned: impl Fn(Target) -> bool,
        ) -> bool {
            let (refusals, known) = self.counted(now, target);
            if let Some(place) = self.0.iter().position(|of| of.0 == target) {
                self.0.remove(place);
                self.0.push((target, scan, refusals, now, known.max(told)));
                return false;
            }
            let is_full = self.0.len() == LEDGER_TARGETS_MAX;
            if is_full {
                let pinned_ones = self.0.iter().take_while(|of| pinned(of.0)).count();
                self.0.rotate_left(pinned_ones);
                self.0.remove(0);
            }
            self.0.push((target, scan, 0, now, told));
            is_full
        }

        fn spend(&mut self, now: Instant, target: Target, refusals: u8) {
            if let Some(place) = self.0.iter().position(|of| of.0 == target) {
                let mut of = self.0.remove(place);
                of.2 = of.2.saturating_add(refusals);
                of.3 = now;
                self.0.push(of);
            }
        }
    }

    fn target(number: u64) -> Target {
        let low = number as u8;
        let address = match number % 3 {
            0 => IpAddr::from([192, 0, 2, low]),
            1 => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(low)]),
            _ => IpAddr::from([198, 51, 100, low]),
        };
        Target::admitted(address, 25 + (number >> 8) as u16)
    }

    #[test]
    fn it_remembers_and_forgets_what_a_plain_list_does() {
        let mut random = Random::new(1);
        let mut ledger = Ledger::new();
        let mut model = Model::default();
        let mut now = Instant::BOOT;
        let mut forgotten = 0;
        for round in 0..20_000 {
            now = now + Millis(random.below(4) * 200_000);
            let targets = if round < 2_000 { 100 } else { 700 };
            let here = target(random.below(targets));
            let scan = 1 + random.below(2) as u32;
            let pinned = |other: Target| other.port() == 25 && other.address().is_ipv6();
            if random.once_in(3) {
                let refusals = random.below(12) as u8;
                ledger.spend(now, here, refusals);
                model.spend(now, here, refusals);
            } else {
                let told = random.below(12) as u8;
                let forgets = ledger.touch(now, here, ScanId(scan), told, pinned);
                assert_eq!(
                    forgets,
                    model.touch(now, here, scan, told, pinned),
                    "{round}"
                );
                forgotten += u32::from(forgets);
            }
            for number in 0..if round % 50 == 0 { 700 } else { 3 } {
                let any = target(number);
                let of = model.of(any);
                let (own, told) = model.counted(now, any);
                let refusals = own.saturating_add(told);
                assert_eq!(ledger.knows(any, ScanId(1)), of.is_some_and(|of| of.1 == 1));
                assert_eq!(ledger.refusals(now, any), refusals, "{round}");
                let with = own.saturating_add(told.max(7));
                assert_eq!(ledger.refusals_with(now, any, 7), with, "{round}");
                let renewed = of.map(|of| of.3 + REFUSALS_COUNT_FOR);
                assert_eq!(ledger.renewed(any), renewed);
            }
        }
        assert!(forgotten > 1_000, "{forgotten}");
    }

    #[test]
    fn where_everyone_is_pinned_nobody_is_forgotten() {
        let mut ledger = Ledger::new();
        for number in 0..LEDGER_TARGETS_MAX as u64 {
            assert!(!ledger.touch(Instant::BOOT, target(number), ScanId(1), 0, |_| true));
        }
        let late = target(600);
        assert!(ledger.touch(Instant::BOOT, late, ScanId(1), 0, |_| true));
        assert!(!ledger.knows(late, ScanId(1)));
        assert!(
            (0..LEDGER_TARGETS_MAX as u64).all(|number| ledger.knows(target(number), ScanId(1)))
        );
    }

    #[test]
    fn neighbours_are_spread_over_the_chains() {
        let mut lengths = [0_u32; LEDGER_TARGETS_MAX];
        for low in 0..=255 {
            let address = IpAddr::from([192, 0, 2, low]);
            lengths[bucket(Target::admitted(address, 25))] += 1;
        }
        let longest = lengths.into_iter().max().unwrap();
        assert!(longest <= 8, "{longest}");
    }
}
