//! Whole scans on a device whose power fails, at any operation of its flash.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use embassy_futures::{
    block_on,
    select::{Either, Either3, select, select3},
};
use embassy_sync::{blocking_mutex::raw::NoopRawMutex, pipe::Pipe};
use embedded_io_async::{Read, Write};
use probe_core::{
    dialogue::OpenFailure,
    finding::{DeviceId, RecordId},
    frame::{
        FRAME_OCTETS_MAX, ScanId, ToHost,
        about::{Addressing, LinkPort},
    },
    host_link::{HostLink, Line},
    prober::About,
    suspect::Suspect,
    time::Utc,
};

use super::*;
use crate::{
    appliance::{Appliance, Memory},
    link::Link,
    storage::fake::{Fake, PAGE_OCTETS, Tear},
    testing::{PROVING, Peer, Stage, scope},
};

const PAGE: u32 = PAGE_OCTETS as u32;
const MAP: Map = Map {
    settings: 0,
    outbox: 2 * PAGE,
    outbox_octets: 2 * PAGE,
};
const TARGETS: u8 = 48;
/// How often the host stores what it has heard.
const STORES_EVERY_MS: u64 = 700;

/// The host's side, which lives on.
#[derive(Default)]
struct Home {
    store: BTreeMap<RecordId, ToHost>,
    gone: u32,
    boots: BTreeSet<u32>,
}

impl Home {
    fn told(&self) -> BTreeSet<SocketAddr> {
        let mut told = BTreeSet::new();
        for record in self.store.values() {
            match record {
                ToHost::Finding(finding) if finding.last => {
                    told.insert(finding.target);
                }
                ToHost::Dead(range) => told.extend(range.targets()),
                _ => {}
            }
        }
        told
    }

    /// The targets that are not told yet. None is another one's neighbour: each has a record.
    fn list(&self) -> Vec<Suspect> {
        let told = self.told();
        (1..=TARGETS)
            .map(|host| SocketAddr::from(([192, 0, 2, 2 * host], 25)))
            .filter(|target| !told.contains(target))
            .map(|target| Suspect {
                address: target.ip(),
                port: target.port(),
                names: Default::default(),
            })
            .collect()
    }

    /// One session: ends with the scan.
    async fn visit(
        &mut self,
        stage: &Stage,
        mut reader: impl Read<Error: std::fmt::Debug>,
        mut writer: impl Write<Error: std::fmt::Debug>,
    ) {
        let suspects = self.list();
        let list = |index: u32| suspects.get(index as usize).cloned().map(Line::from);
        let scope = scope(&["192.0.2.0/24"], &[], &[25]);
        let mut host = HostLink::new();
        host.connected(stage.now(), Utc(1_000));
        host.start(stage.now(), ScanId(suspects.len() as u32), &scope, PROVING)
            .unwrap();
        let mut octets = [0; FRAME_OCTETS_MAX];
        let mut heard = Vec::new();
        let mut stores_at = stage.now();
        loop {
            let now = stage.now();
            if now >= stores_at {
                stores_at = now + Millis(STORES_EVERY_MS);
                for message in heard.drain(..) {
                    host.stored(self.store(message));
                }
            }
            while let Some(count) = host.link_transmit(now, list, &mut octets) {
                writer.write_all(&octets[..count]).await.unwrap();
            }
            if host.ended().is_some() {
                return;
            }
            let due = host.link_due(now).min(stores_at).max(now + Millis(1));
            let reading = select(reader.read(&mut octets), stage.sleep_until(due));
            let Either::First(count) = reading.await else {
                continue;
            };
            let mut rest = &octets[..count.unwrap()];
            while let Some(message) = host.received(stage.now(), &mut rest) {
                heard.extend(message.record().map(|_| message));
            }
        }
    }

    fn store(&mut self, record: ToHost) -> RecordId {
        let id = record.record().unwrap();
        if let ToHost::Gone(gone) = record {
            self.gone += gone.count();
        } else if let Some(before) = self.store.insert(id, record.clone()) {
            assert_eq!(before, record, "{id:?} twice, and not the same");
        }
        id
    }
}

/// One life of the device: until the scan is over (true), or its power fails.
fn live(chip: &Fake, home: &mut Home, told: &str) -> bool {
    let stage = Stage::new((0..TARGETS).map(|_| Peer::Fails(OpenFailure::Refused)));
    let mut keeper_memory = KeeperMemory::new();
    let Ok(mut keeper) = block_on(Keeper::start(chip.clone(), MAP, &mut keeper_memory)) else {
        assert!(chip.0.borrow().is_dead, "{told}: it does not start");
        return false;
    };
    assert!(
        home.boots.insert(keeper.boot()),
        "{told}: a boot's number again"
    );
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), keeper.boot()));
    keeper.restore(stage.now(), &prober);
    let mut memory = Box::new(Memory::<2>::new());
    let appliance = Appliance::<2>::new(&prober);
    let mut to_device = Pipe::<NoopRawMutex, 2_048>::new();
    let mut to_host = Pipe::<NoopRawMutex, 2_048>::new();
    let (device_reads, host_writes) = to_device.split();
    let (host_reads, device_writes) = to_host.split();
    let link = Link {
        reader: device_reads,
        writer: device_writes,
    };
    let power = async {
        while !chip.0.borrow().is_dead {
            stage.sleep_until(stage.now() + Millis(1)).await;
        }
    };
    let [first, second] = &mut memory.workers;
    let device = select3(
        appliance.link(&stage, link, &mut memory.link),
        select(
            appliance.work(&stage, 0, first),
            appliance.work(&stage, 1, second),
        ),
        appliance.keep(&stage, &mut keeper),
    );
    stage.run(async {
        let visit = home.visit(&stage, host_reads, host_writes);
        match select3(visit, power, device).await {
            Either3::First(()) => true,
            Either3::Second(()) => false,
            Either3::Third(_) => panic!("{told}: the device leaves"),
        }
    })
}

/// What is on the flash and waits for the host.
fn waiting(chip: &Fake) -> Vec<RecordId> {
    let mut scratch = [0; STORED_OCTETS_MAX];
    let mut storage = block_on(Storage::mount(chip.clone(), MAP, &mut scratch)).unwrap();
    let mut waiting = Vec::new();
    let mut after = storage.mark();
    while let Some(record) = storage.next_after(after, &mut scratch) {
        after = record.id;
        waiting.push(after);
    }
    waiting
}

#[test]
fn a_scan_survives_a_power_cut_at_any_operation_of_the_flash() {
    let chip = Fake::new(4);
    let mut home = Home::default();
    assert!(live(&chip, &mut home, "undisturbed"));
    assert_eq!(home.store.len(), usize::from(TARGETS));
    let operations = chip.0.borrow().operations;
    assert!(operations > 100, "{operations}");
    let (mut waited, mut again) = (0, 0);
    for at in 0..operations {
        let tear = Tear::ALL[at as usize % Tear::ALL.len()];
        let told = format!("the power fails at operation {at}: {tear:?}");
        let chip = Fake::new(4);
        let mut home = Home::default();
        chip.0.borrow_mut().fails_at = Some((at, tear));
        let mut over = live(&chip, &mut home, &told);
        assert!(chip.0.borrow().is_dead, "{told}: it did not");
        chip.power_on();
        let on_flash = waiting(&chip);
        while !over || chip.0.borrow().is_dead {
            over = live(&chip, &mut home, &told);
        }
        for id in &on_flash {
            assert!(home.store.contains_key(id), "{told}: {id:?} was on flash");
        }
        assert_eq!(home.told().len(), usize::from(TARGETS), "{told}");
        assert_eq!(home.gone, 0, "{told}");
        assert_eq!(chip.0.borrow().second_writes, 0, "{told}");
        waited += on_flash.len();
        again += home.store.len() - usize::from(TARGETS);
    }
    assert!(waited > 20, "only {waited} records waited on flash");
    // A target is probed again only when its finding was not stored when the scan went on.
    assert!(again <= waited, "{again} of {waited}");
}

#[test]
fn scope_minutes_and_provision_are_there_after_a_restart() {
    let chip = Fake::new(4);
    let mut home = Home::default();
    assert!(live(&chip, &mut home, ""));

    let mut memory = KeeperMemory::new();
    let mut keeper = block_on(Keeper::start(chip.clone(), MAP, &mut memory)).unwrap();
    assert_eq!((keeper.boot(), keeper.provision()), (2, None));
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 2));
    keeper.restore(Instant::BOOT, &prober);
    let scope = scope(&["192.0.2.0/24"], &[], &[25]);
    let digest = ScopeDigest::of(&scope);
    {
        let prober = prober.borrow();
        assert_eq!(prober.scope(), Some(&scope));
        // What comes back to the sink is known for ours, host or not.
        assert_eq!(prober.key(), Some(PROVING.key));
        assert_eq!(prober.scope_in_force(Instant::BOOT), Some((digest, 2)));
    }
    // Nobody has told this boot what time it is.
    let next = prober.borrow_mut().next(Instant::BOOT);
    assert!(matches!(next, probe_core::prober::Next::Idle));

    let provision = Provision {
        address: Addressing::Dhcp,
        link_port: Some(LinkPort {
            host: [192, 0, 2, 7].into(),
            port: 7_323,
        }),
    };
    {
        let mut prober = prober.borrow_mut();
        prober.introduce(About {
            keeps: true,
            has_link_port: true,
            ..About::default()
        });
        let mut host = HostLink::new();
        let mut frame = [0; FRAME_OCTETS_MAX];
        host.connected(Instant::BOOT, Utc(1_000));
        let greeting = host.link_transmit(Instant::BOOT, |_| None, &mut frame);
        prober.link_received(Instant::BOOT, &frame[..greeting.unwrap()]);
        let mut answer = [0; FRAME_OCTETS_MAX];
        let count = prober.link_transmit(Instant::BOOT, &mut answer).unwrap();
        while host
            .received(Instant::BOOT, &mut &answer[..count])
            .is_none()
        {}
        host.provision(Instant::BOOT, provision);
        let wish = host.link_transmit(Instant::BOOT, |_| None, &mut frame);
        prober.link_received(Instant::BOOT, &frame[..wish.unwrap()]);
        assert_eq!(prober.provision_to_keep(), Some(provision));
    }
    while block_on(keeper.turn(Instant::from_millis(90_000), &prober)) {}
    assert_eq!(prober.borrow().provision_to_keep(), None);
    drop(keeper);

    let keeper = block_on(Keeper::start(chip.clone(), MAP, &mut memory)).unwrap();
    assert_eq!((keeper.boot(), keeper.provision()), (3, Some(provision)));
    let mut keeper = keeper;
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 3));
    keeper.restore(Instant::BOOT, &prober);
    // A minute of the first boot, and two that began in the second: 90 s.
    let minutes = prober.borrow().scope_in_force(Instant::BOOT);
    assert_eq!(minutes, Some((digest, 4)));
    drop(keeper);

    // As it left the factory, but for its boots.
    let mut keeper = block_on(Keeper::start(chip, MAP, &mut memory)).unwrap();
    block_on(keeper.forget());
    assert_eq!((keeper.boot(), keeper.provision()), (4, None));
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 4));
    keeper.restore(Instant::BOOT, &prober);
    assert_eq!(prober.borrow().scope(), None);
    assert_eq!(prober.borrow().key(), None);
}

#[test]
fn a_flash_that_dies_is_told_and_the_scan_goes_on() {
    let chip = Fake::new(4);
    let stage = Stage::new([]);
    let mut memory = KeeperMemory::new();
    let mut keeper = block_on(Keeper::start(chip.clone(), MAP, &mut memory)).unwrap();
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 1));
    keeper.restore(stage.now(), &prober);
    assert!(prober.borrow_mut().restore_scope(
        Instant::BOOT,
        &scope(&["192.0.2.0/24"], &[], &[25]),
        0
    ));
    chip.0.borrow_mut().is_dead = true;
    while block_on(keeper.turn(Instant::BOOT, &prober)) {}
    assert!(keeper.is_broken);
    assert_eq!(keeper.state.map(|state| state.broken), Some(true));
}

#[test]
fn a_reset_to_factory_forgets_all_but_the_count_of_boots_and_what_waits() {
    let chip = Fake::new(4);
    let mut memory = KeeperMemory::new();
    let provision = Provision {
        address: Addressing::Dhcp,
        link_port: Some(LinkPort {
            host: [192, 0, 2, 7].into(),
            port: 7_323,
        }),
    };
    let record = Kept {
        id: RecordId { boot: 1, number: 1 },
        began_ms: 0,
        octets: &[7; 40],
    };
    let scope = scope(&["192.0.2.0/24"], &[], &[25]);
    {
        let mut keeper = block_on(Keeper::start(chip.clone(), MAP, &mut memory)).unwrap();
        let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 1));
        assert!(prober.borrow_mut().restore_scope(Instant::BOOT, &scope, 3));
        while block_on(keeper.turn(Instant::BOOT, &prober)) {}
        let mut octets = [0; SMALL_OCTETS_MAX];
        let count = encode(&provision, &mut octets);
        let octets = &octets[..count];
        let set = keeper
            .storage
            .set(Key::Provision, octets, &mut keeper.memory.room);
        block_on(set).unwrap();
        keeper.storage.keep(record).unwrap();
    }
    let mut keeper = block_on(Keeper::start(chip.clone(), MAP, &mut memory)).unwrap();
    assert_eq!((keeper.boot(), keeper.provision()), (2, Some(provision)));
    block_on(keeper.forget());
    assert_eq!(keeper.provision(), None);
    drop(keeper);

    let mut keeper = block_on(Keeper::start(chip.clone(), MAP, &mut memory)).unwrap();
    assert_eq!((keeper.boot(), keeper.provision()), (3, None));
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 3));
    keeper.restore(Instant::BOOT, &prober);
    assert_eq!(prober.borrow().scope(), None);
    assert_eq!(waiting(&chip), [record.id]);
}
