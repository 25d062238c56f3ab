//! Storage against the rules of a real flash, with the power cut at every operation.

use std::collections::BTreeMap;

use embassy_futures::block_on;
use probe_core::finding::RecordId;

use super::{
    Failure, Kept, Key, Map, NO_RECORD, SMALL_OCTETS_MAX, STORED_OCTETS_MAX, Storage, WORD_OCTETS,
    fake::{ERASE_MS, Fake, PAGE_OCTETS, Tear},
};

const PAGE: u32 = PAGE_OCTETS as u32;
const MAP: Map = Map {
    settings: 0,
    outbox: 2 * PAGE,
    outbox_octets: 3 * PAGE,
};
const PAGES: usize = 5;

/// A device with its storage, and what it has been promised.
struct Device {
    chip: Fake,
    storage: Option<Storage<Fake>>,
    boot: u32,
    made: u32,
    /// Records that storage has taken, and their octets.
    kept: BTreeMap<RecordId, Vec<u8>>,
    /// The record that was being taken when the power failed.
    doubtful: Option<(RecordId, Vec<u8>)>,
    acknowledged: RecordId,
    settings: BTreeMap<usize, Vec<u8>>,
    doubtful_setting: Option<(usize, Vec<u8>)>,
    lost_to_fullness: u32,
}

const fn id(boot: u32, number: u32) -> RecordId {
    RecordId { boot, number }
}

/// Octets that differ from record to record, some of them like a header's.
fn octets_of(id: RecordId, length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| {
            (at as u8 ^ id.number as u8)
                .wrapping_mul(31)
                .wrapping_add(id.boot as u8)
        })
        .collect()
}

impl Device {
    fn new() -> Self {
        Self {
            chip: Fake::new(PAGES),
            storage: None,
            boot: 0,
            made: 0,
            kept: BTreeMap::new(),
            doubtful: None,
            acknowledged: NO_RECORD,
            settings: BTreeMap::new(),
            doubtful_setting: None,
            lost_to_fullness: 0,
        }
    }

    /// Starts, holds what is there against what was promised, and goes on with a new boot.
    fn start(&mut self, told: &str) -> Result<(), Failure> {
        let mut scratch = [0; STORED_OCTETS_MAX];
        let mut storage = block_on(Storage::mount(self.chip.clone(), MAP, &mut scratch))?;
        self.check_settings(&mut storage, told);
        self.check_records(&mut storage, told);
        self.boot += 1;
        self.made = 0;
        self.storage = Some(storage);
        self.erase_ahead()?;
        let boot = self.boot.to_le_bytes().to_vec();
        self.set(Key::Boot, boot)
    }

    fn check_settings(&mut self, storage: &mut Storage<Fake>, told: &str) {
        let mut room = [0; STORED_OCTETS_MAX];
        for key in Key::ALL {
            let found = storage.setting(key, &mut room).map(<[u8]>::to_vec);
            let promised = self.settings.get(&(key as usize)).cloned();
            let doubtful = self
                .doubtful_setting
                .clone()
                .filter(|(of, _)| *of == key as usize)
                .map(|(_, octets)| octets);
            assert!(
                found == promised || doubtful.is_some() && found == doubtful,
                "{told}: {key:?} is {found:?}, promised {promised:?}"
            );
            if let Some(found) = found {
                self.settings.insert(key as usize, found);
            }
        }
        self.doubtful_setting = None;
    }

    /// Nothing that was kept is lost, nothing is there twice, and no number is missing.
    fn check_records(&mut self, storage: &mut Storage<Fake>, told: &str) {
        assert!(
            storage.mark() <= self.acknowledged,
            "{told}: a mark of nothing"
        );
        let mut room = [0; STORED_OCTETS_MAX];
        let mut after = storage.mark();
        let mut found = BTreeMap::new();
        while let Some(record) = storage.next_after(after, &mut room) {
            let expected = if record.id.boot == after.boot {
                after.number + 1
            } else {
                assert!(record.id.boot > after.boot, "{told}: out of order");
                1
            };
            assert_eq!(record.id.number, expected, "{told}: a number is missing");
            assert_eq!(record.began_ms, u64::from(record.id.boot) * 1_000, "{told}");
            after = record.id;
            found.insert(record.id, record.octets.to_vec());
        }
        if let Some((id, octets)) = self.doubtful.take()
            && found.contains_key(&id)
        {
            self.kept.insert(id, octets);
        }
        for (id, octets) in &self.kept {
            if *id > self.acknowledged {
                assert_eq!(found.get(id), Some(octets), "{told}: {id:?} is lost");
            }
        }
        for (id, octets) in &found {
            assert_eq!(
                self.kept.get(id),
                Some(octets),
                "{told}: {id:?} was never kept"
            );
        }
        let waiting = found.keys().any(|id| *id > self.acknowledged);
        assert!(storage.has_unacknowledged() || !waiting, "{told}");
    }

    fn erase_ahead(&mut self) -> Result<(), Failure> {
        let storage = self.storage.as_mut().unwrap();
        while storage.has_page_to_erase() {
            block_on(storage.erase_ahead())?;
        }
        Ok(())
    }

    fn set(&mut self, key: Key, octets: Vec<u8>) -> Result<(), Failure> {
        let mut scratch = [0; STORED_OCTETS_MAX];
        // As much as the longest of the others needs.
        let scratch = match key {
            Key::Scope => &mut scratch[..SMALL_OCTETS_MAX],
            Key::Boot | Key::Provision | Key::Powered | Key::TokenKey => &mut scratch[..],
        };
        let storage = self.storage.as_mut().unwrap();
        let done = block_on(storage.set(key, &octets, scratch));
        match done {
            Ok(()) => drop(self.settings.insert(key as usize, octets)),
            Err(_) => self.doubtful_setting = Some((key as usize, octets)),
        }
        done
    }

    fn keep(&mut self, length: usize) -> Result<(), Failure> {
        let id = id(self.boot, self.made + 1);
        let octets = octets_of(id, length);
        let record = Kept {
            id,
            began_ms: u64::from(self.boot) * 1_000,
            octets: &octets,
        };
        match self.storage.as_mut().unwrap().keep(record) {
            Ok(()) => {
                self.made += 1;
                self.kept.insert(id, octets);
                Ok(())
            }
            Err(Failure::Full) if !self.chip.0.borrow().is_dead => {
                self.lost_to_fullness += 1;
                Ok(())
            }
            Err(failure) => {
                self.doubtful = Some((id, octets));
                Err(failure)
            }
        }
    }

    fn acknowledge(&mut self, through: RecordId) {
        self.acknowledged = self.acknowledged.max(through);
        self.storage.as_mut().unwrap().acknowledge(through);
    }

    /// What the device does in its `step`th turn.
    fn step(&mut self, step: u32) -> Result<(), Failure> {
        match step % 23 {
            3 => self.set(Key::Powered, step.to_le_bytes().to_vec()),
            2 | 7 | 15 => self.set(Key::Scope, octets_of(id(9, step), 300 + step as usize)),
            5 | 11 | 17 => {
                let behind = u32::from(step.is_multiple_of(2)) * 3;
                self.acknowledge(id(self.boot, self.made.saturating_sub(behind)));
                Ok(())
            }
            // The host had it before it could be kept.
            13 => {
                self.made += 1;
                self.acknowledge(id(self.boot, self.made));
                Ok(())
            }
            8 | 19 => {
                let storage = self.storage.as_mut().unwrap();
                if storage.has_mark_to_write() {
                    storage.write_mark()?;
                }
                Ok(())
            }
            20 => self.erase_ahead(),
            22 if step.is_multiple_of(46) => self.start(&format!("step {step}")),
            _ => self.keep(40 + (step as usize * 97) % 400),
        }
    }
}

/// Runs `steps` turns; the power fails at operation `fails_at`, and comes back.
fn run(steps: u32, fails_at: Option<(u64, Tear)>) -> Device {
    let told = format!("the power fails at {fails_at:?}");
    let mut device = Device::new();
    device.chip.0.borrow_mut().fails_at = fails_at;
    let mut started = device.start(&told).is_ok();
    for step in 1..=steps {
        if started && device.step(step).is_ok() {
            continue;
        }
        assert!(
            device.chip.0.borrow().is_dead,
            "{told}: step {step} fails by itself"
        );
        device.storage = None;
        device.chip.power_on();
        started = device.start(&format!("{told}, step {step}")).is_ok();
        assert!(started, "{told}: it does not start any more");
    }
    if device.start(&told).is_err() {
        device.chip.power_on();
        device.start(&told).unwrap();
    }
    let last = device.kept.keys().next_back().copied().unwrap_or(NO_RECORD);
    device.acknowledge(last);
    let chip = device.chip.0.borrow();
    assert_eq!(chip.second_writes, 0, "{told}: a word was written twice");
    drop(chip);
    device
}

#[test]
fn the_power_may_fail_at_any_operation() {
    // Every operation, each with one kind of damage; in a long run with all of them.
    const STEPS: u32 = 230;
    let whole = run(STEPS, None);
    let operations = whole.chip.0.borrow().operations;
    let erases = whole.chip.0.borrow().erases.clone();
    assert!(erases.iter().all(|erases| *erases >= 2), "{erases:?}");
    let kept = whole.kept.len();
    assert!(kept > 60 && whole.lost_to_fullness == 0, "{kept}");
    let all = std::env::var_os("POSTERN_SEEDS").is_some();
    for at in 0..operations {
        let every = if all { 1 } else { Tear::ALL.len() };
        for tear in (at as usize..at as usize + Tear::ALL.len()).step_by(every) {
            run(STEPS, Some((at, Tear::ALL[tear % Tear::ALL.len()])));
        }
    }
}

#[test]
fn a_full_outbox_says_so_and_goes_on_when_it_was_emptied() {
    let mut device = Device::new();
    device.start("").unwrap();
    while device.lost_to_fullness == 0 {
        device.keep(1_000).unwrap();
    }
    let kept = device.made;
    // Three pages without their first words and what a mark needs.
    assert_eq!(kept, 3 * ((PAGE - 64 - 256) / 1_056));
    let storage = device.storage.as_ref().unwrap();
    assert!(!storage.has_page_to_erase(), "everything is wanted");
    assert!(storage.wear().outbox_free_octets < 2_000);

    device.acknowledge(id(1, kept / 3));
    let storage = device.storage.as_mut().unwrap();
    assert!(storage.has_page_to_erase());
    block_on(storage.erase_ahead()).unwrap();
    device.keep(1_000).unwrap();
    assert_eq!((device.made, device.lost_to_fullness), (kept + 1, 1));
    device.start("after a restart").unwrap();
}

#[test]
fn erases_are_counted_and_survive() {
    let mut device = Device::new();
    device.start("").unwrap();
    for _ in 0..60 {
        device.keep(1_000).unwrap();
        device.acknowledge(id(device.boot, device.made));
        device.erase_ahead().unwrap();
    }
    let wear = device.storage.as_ref().unwrap().wear();
    device.start("").unwrap();
    let after = device.storage.as_ref().unwrap().wear();
    let chip = device.chip.0.borrow();
    let erases: u32 = chip.erases.iter().sum();
    assert_eq!((wear.pages, after.pages), (5, 5));
    assert_eq!((wear.erases, after.erases), (erases, erases));
    assert_eq!(Some(&after.erases_max), chip.erases.iter().max());
    // The second page of the settings was never needed.
    assert_eq!(chip.erases.iter().filter(|erases| **erases == 0).count(), 1);
    assert_eq!(chip.erasing_ms, u64::from(erases) * ERASE_MS);
}

#[test]
fn a_record_that_rots_is_passed_over_and_counted() {
    let mut device = Device::new();
    device.start("").unwrap();
    for _ in 0..3 {
        device.keep(100).unwrap();
    }
    // The first word of the second record's octets: behind two words of the page, the first record
    // (32 and 128 octets) and a header.
    device
        .chip
        .rot(MAP.outbox as usize + 2 * WORD_OCTETS + 160 + WORD_OCTETS);
    let storage = device.storage.as_mut().unwrap();
    let mut room = [0; STORED_OCTETS_MAX];
    let mut told = Vec::new();
    let mut after = NO_RECORD;
    while let Some(record) = storage.next_after(after, &mut room) {
        after = record.id;
        told.push(record.id);
    }
    assert_eq!(told, [id(1, 1), id(1, 3)]);
    assert_eq!(storage.wear().spoiled, 1);
}

#[test]
fn a_setting_that_rots_is_what_it_was_before() {
    let mut device = Device::new();
    device.start("").unwrap();
    for minutes in 1..=3u32 {
        device
            .set(Key::Powered, minutes.to_le_bytes().to_vec())
            .unwrap();
    }
    // Behind two words of the page (the second page is used first), the boot's and two minutes'.
    let third = 2 * WORD_OCTETS + 3 * 2 * WORD_OCTETS + WORD_OCTETS;
    let used = device.chip.0.borrow().erases[..2]
        .iter()
        .position(|erases| *erases > 0);
    device.chip.rot(used.unwrap() * PAGE_OCTETS + third);
    let mut scratch = [0; STORED_OCTETS_MAX];
    let mut storage = block_on(Storage::mount(device.chip.clone(), MAP, &mut scratch)).unwrap();
    let found = storage
        .setting(Key::Powered, &mut scratch)
        .map(<[u8]>::to_vec);
    assert_eq!(found, Some(2u32.to_le_bytes().to_vec()));
}

#[test]
fn a_map_that_does_not_fit_is_refused() {
    let mut scratch = [0; STORED_OCTETS_MAX];
    let map = Map {
        outbox_octets: PAGE,
        ..MAP
    };
    let refused = block_on(Storage::mount(Fake::new(PAGES), map, &mut scratch));
    assert_eq!(refused.unwrap_err(), Failure::Map);
}
