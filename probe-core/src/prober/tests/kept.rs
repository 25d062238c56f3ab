//! A device with storage that lasts: what was recorded reaches the host, over restarts and bad
//! wires, once.

use std::collections::BTreeMap;

use super::*;
use crate::{
    finding::Gone,
    frame::{RECORD_OCTETS_MAX, decode_message, message::Earlier},
    testing::{Random, seeds},
    time::Anchor,
};

/// A device, its storage, and a host that keeps what it is told.
struct Kept {
    site: Site,
    /// What is on the device's flash.
    disk: BTreeMap<RecordId, (u64, Vec<u8>)>,
    mark: RecordId,
    store: BTreeMap<RecordId, ToHost>,
    /// Records that the host was given and had already.
    twice: u32,
    gone: Vec<Gone>,
    earlier: Vec<Earlier>,
    /// Every record that was ever on the flash.
    made: BTreeMap<RecordId, Vec<u8>>,
}

impl Kept {
    fn new(list: Vec<Suspect>) -> Self {
        Self {
            site: Site::new(list),
            disk: BTreeMap::new(),
            mark: RecordId::default(),
            store: BTreeMap::new(),
            twice: 0,
            gone: Vec::new(),
            earlier: Vec::new(),
            made: BTreeMap::new(),
        }
    }

    fn scan(&mut self, scan: u32) {
        self.site.connect();
        let now = self.site.now();
        self.site
            .host
            .start(now, ScanId(scan), &scope(), PROVING)
            .unwrap();
    }

    /// What the shell does with its flash: true when it had anything to do.
    fn tend(&mut self) -> bool {
        let mut room = [0; RECORD_OCTETS_MAX];
        let prober = &mut self.site.prober;
        let mut busy = false;
        while let Some(unsaved) = prober.unsaved(&mut room) {
            let octets = room[..unsaved.octets].to_vec();
            let record = decode_message::<ToHost>(&octets).unwrap();
            assert_eq!(record.record(), Some(unsaved.id));
            self.made.insert(unsaved.id, octets.clone());
            self.disk.insert(unsaved.id, (unsaved.began_ms, octets));
            prober.record_saved(unsaved.id.number);
            busy = true;
        }
        let acknowledged = prober.acknowledged();
        assert!(acknowledged >= self.mark, "a mark does not go back");
        self.mark = acknowledged;
        self.disk.retain(|id, _| *id > acknowledged);
        while let Some(behind) = prober.wanted() {
            match self.disk.iter().find(|(id, _)| **id > behind) {
                Some((id, (began_ms, octets))) => prober.lend(behind, *id, *began_ms, octets),
                None => prober.lend_nothing(behind),
            }
            busy = true;
        }
        busy
    }

    /// The power fails, and comes back.
    fn restart(&mut self) {
        let boot = self.site.prober.boot() + 1;
        self.site.prober = Prober::new(DEVICE, boot);
        self.site.prober.resume(self.mark, !self.disk.is_empty());
        self.site.to_device.clear();
        self.site.to_host.clear();
    }

    /// The host stores what it has heard.
    fn store(&mut self) {
        for message in std::mem::take(&mut self.site.heard) {
            match &message {
                ToHost::Earlier(earlier) => self.earlier.push(*earlier),
                ToHost::Gone(gone) => self.gone.push(*gone),
                _ => {}
            }
            let Some(id) = message.record() else { continue };
            if !matches!(message, ToHost::Gone(_)) {
                let again = message.clone();
                if let Some(before) = self.store.insert(id, message) {
                    assert_eq!(before, again, "{id:?} twice, and not the same");
                    self.twice += 1;
                }
            }
            self.site.host.stored(id);
        }
    }

    /// Until nothing moves any more.
    fn settle(&mut self) {
        for _ in 0..100_000 {
            self.site.talk();
            self.store();
            self.site.write();
            if !self.tend() && self.site.to_device.is_empty() && self.site.to_host.is_empty() {
                return;
            }
        }
        panic!("it never settles");
    }

    fn numbers(&self, boot: u32) -> Vec<u32> {
        let of_boot = self.store.keys().filter(|id| id.boot == boot);
        of_boot.map(|id| id.number).collect()
    }
}

/// Lines that are refused one by one: a record each.
fn refused(count: u32) -> Vec<Suspect> {
    (0..count)
        .map(|line| suspect(&format!("10.9.{}.{}", line / 250, line % 250 + 1)))
        .collect()
}

#[test]
fn more_than_the_ring_holds_waits_on_flash_and_comes_in_order() {
    let mut kept = Kept::new(refused(1_500));
    kept.scan(9);
    // The host hears, and stores nothing.
    for _ in 0..400 {
        kept.site.talk();
        kept.tend();
        kept.site.now_ms += 1_000;
    }
    let state = kept.site.prober.outbox.state();
    assert_eq!((state.made, state.acknowledged, state.lost), (1_500, 0, 0));
    assert!(kept.site.prober.outbox.first_in_ring() > 300);
    assert_eq!(kept.disk.len(), 1_500);
    // Another host comes.
    kept.site.host = HostLink::new();
    kept.site.heard.clear();
    kept.scan(9);
    kept.settle();
    assert_eq!(kept.numbers(1), (1..=1_500).collect::<Vec<_>>());
    assert_eq!(kept.site.host.ended(), Some(Ended::ListDone));
    assert!(kept.disk.is_empty() && kept.gone.is_empty() && kept.earlier.is_empty());
    assert_eq!(kept.twice, 0);
}

#[test]
fn what_was_recorded_before_a_restart_comes_first() {
    let mut kept = Kept::new(refused(3));
    kept.site.now_ms = 2_500;
    kept.scan(9);
    kept.site.talk();
    kept.tend();
    assert_eq!(kept.disk.len(), 3);
    kept.restart();
    kept.site.host = HostLink::new();
    kept.site.heard.clear();
    kept.site.list = refused(2);
    kept.site.now_ms = 400;
    kept.scan(10);
    kept.settle();
    assert_eq!(
        (kept.numbers(1), kept.numbers(2)),
        (vec![1, 2, 3], vec![1, 2])
    );
    assert_eq!(kept.twice, 0);
    // The first boot began at 10,002 s less 2,500 ms, by the host's clock.
    let anchor = Anchor {
        at: at(500),
        utc: Utc(UTC_S),
    };
    let [earlier] = kept.earlier.as_slice() else {
        panic!("told once: {:?}", kept.earlier);
    };
    assert_eq!(
        (earlier.boot, earlier.first, earlier.anchor),
        (1, 1, anchor)
    );
    assert_eq!(kept.mark, RecordId { boot: 2, number: 2 });
}

#[test]
fn what_cannot_be_read_any_more_is_told() {
    let mut kept = Kept::new(refused(6));
    kept.scan(9);
    kept.site.talk();
    kept.tend();
    kept.restart();
    for number in [1, 4, 5] {
        kept.disk.remove(&RecordId { boot: 1, number });
    }
    kept.site.host = HostLink::new();
    kept.site.heard.clear();
    kept.site.list.clear();
    kept.scan(10);
    kept.settle();
    assert_eq!(kept.numbers(1), [2, 3, 6]);
    let gone = |first, last| Gone {
        boot: 1,
        first,
        last,
    };
    assert_eq!(kept.gone, [gone(1, 1), gone(4, 5)]);
    assert_eq!(kept.gone.iter().map(Gone::count).sum::<u32>(), 3);
    assert_eq!(kept.site.prober.outbox.state().lost, 3);
}

#[test]
fn a_scope_is_restored_with_its_minutes_and_probes_nothing_by_itself() {
    let mut prober = Prober::new(DEVICE, 2);
    let mut scope = scope();
    scope.powered_minutes_max = 60;
    assert!(prober.restore_scope(at(0), &scope, 58));
    assert_eq!(
        prober.scope_in_force(at(0)),
        Some((ScopeDigest::of(&scope), 59))
    );
    assert!(matches!(prober.next(at(0)), Next::Idle));
    let mut room = [0; RECORD_OCTETS_MAX];
    let octets = prober.copy_scope(&mut room).unwrap();
    assert_eq!(
        decode_message::<Scope>(&room[..octets]),
        Some(scope.clone())
    );

    let mut site = Site::new(refused(0));
    site.list = vec![suspect("10.0.0.1"), suspect("10.0.0.2")];
    site.prober = prober;
    site.connect();
    site.host.start(at(0), SCAN, &scope, PROVING).unwrap();
    site.talk();
    // The same scope, sent anew, does not begin its minutes anew.
    assert_eq!(site.prober.scope_in_force(at(0)).unwrap().1, 59);
    // The boot before may have asked every network at its last moment.
    let spacing = u64::from(scope.rates.network_spacing_ms);
    assert!(matches!(site.prober.next(at(0)), Next::Wait(until) if until == at(spacing)));
    site.now_ms = spacing;
    let job = site.job();
    site.now_ms = 119_999;
    site.talk();
    assert_eq!(site.prober.phase(), Phase::Running);
    site.now_ms = 120_000;
    site.talk();
    assert_eq!(site.prober.ended(), Some(Ended::PoweredMinutes));
    site.finish(&job).unwrap();

    let mut broken = scope;
    broken.contact.clear();
    assert!(!Prober::new(DEVICE, 3).restore_scope(at(0), &broken, 0));
}

#[test]
fn bad_wires_and_restarts_lose_nothing_that_was_saved() {
    let mut earlier = 0;
    for seed in seeds(12) {
        let mut random = Random::new(seed);
        let mut kept = Kept::new(refused(400));
        let mut scan = 1;
        kept.scan(scan);
        for _ in 0..600 {
            match random.below(40) {
                0 => {
                    kept.tend();
                    kept.restart();
                    // The host notices by itself, or begins anew.
                    if random.once_in(2) {
                        kept.site.host = HostLink::new();
                        scan += 1;
                        kept.site.heard.clear();
                        kept.scan(scan);
                    } else {
                        kept.store();
                        kept.site.connect();
                    }
                }
                // Half a frame is lost, and with it what follows until the next.
                1..=6 => {
                    let octets = random.below(900) as usize;
                    let octets = octets.min(kept.site.to_host.len());
                    kept.site.to_host.drain(..octets);
                }
                7..=9 => {
                    let octets = random.below(200) as usize;
                    let octets = octets.min(kept.site.to_device.len());
                    kept.site.to_device.drain(..octets);
                }
                10..=14 => kept.store(),
                15..=20 => drop(kept.tend()),
                21 => kept.site.now_ms += 6_000,
                _ => {
                    kept.site.write();
                    kept.site.deliver_to_device(random.below(3_000) as usize);
                    kept.site.deliver_to_host(random.below(3_000) as usize);
                    kept.site.now_ms += random.below(300);
                }
            }
        }
        for _ in 0..20 {
            kept.settle();
            kept.site.now_ms += 6_000;
        }
        assert!(
            kept.disk.is_empty(),
            "seed {seed}: {} left",
            kept.disk.len()
        );
        assert!(kept.gone.is_empty(), "seed {seed}");
        for (id, octets) in &kept.made {
            let stored = kept.store.get(id);
            assert_eq!(
                stored,
                decode_message(octets).as_ref(),
                "seed {seed}: {id:?}"
            );
        }
        earlier += kept.earlier.len();
    }
    assert!(earlier > 10, "only {earlier} boots left records behind");
}
