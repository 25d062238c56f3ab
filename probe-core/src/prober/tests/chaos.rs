//! Conservation: whatever the wire does and whoever restarts, records made are records stored.

use std::collections::BTreeMap;

use super::*;
use crate::testing::{Random, seeds};

#[test]
fn records_survive_cuts_noise_and_restarts_of_either_end() {
    let mut seen = Seen::default();
    for seed in seeds(80) {
        let mut chaos = Chaos::new(seed);
        chaos.run();
        seen.cuts += chaos.seen.cuts;
        seen.garbled += chaos.seen.garbled;
        seen.host_restarts += chaos.seen.host_restarts;
        seen.device_restarts += chaos.seen.device_restarts;
        seen.repeated += chaos.seen.repeated;
    }
    for (what, count) in [
        ("cuts", seen.cuts),
        ("garbled octets", seen.garbled),
        ("restarts of the host", seen.host_restarts),
        ("restarts of the device", seen.device_restarts),
        ("records that came again", seen.repeated),
    ] {
        assert!(count > 20, "{what}: only {count}");
    }
}

#[derive(Debug, Default)]
struct Seen {
    cuts: u32,
    garbled: u32,
    host_restarts: u32,
    device_restarts: u32,
    repeated: u32,
}

/// A site with workers, a store, and bad luck.
struct Chaos {
    seed: u64,
    random: Random,
    site: Site,
    lines: Vec<Suspect>,
    jobs: Vec<(Job, u64)>,
    /// By boot and number, as a store would keep them.
    store: BTreeMap<RecordId, ToHost>,
    /// Heard and not stored yet.
    to_store: Vec<ToHost>,
    /// What the device made in each boot that is over, and how much of it was acknowledged.
    boots: BTreeMap<u32, (u32, u32)>,
    bad_luck: bool,
    seen: Seen,
}

impl Chaos {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let lines: Vec<Suspect> = (0..120 + random.below(100))
            .map(|line| {
                let kind = random.below(20);
                suspect(&match kind {
                    0 => format!("10.9.0.{line}"),
                    1 => format!("2002:a00:{line:x}::1"),
                    _ => format!("10.0.{}.{}", line % 40, 1 + line),
                })
            })
            .collect();
        Self {
            seed,
            random,
            site: Site::scanning(lines.clone()),
            lines,
            jobs: Vec::new(),
            store: BTreeMap::new(),
            to_store: Vec::new(),
            boots: BTreeMap::new(),
            bad_luck: true,
            seen: Seen::default(),
        }
    }

    fn run(&mut self) {
        let mut steps = 0;
        while self.site.host.ended().is_none() {
            self.step();
            steps += 1;
            self.bad_luck = steps < 3_000;
            assert!(steps < 100_000, "seed {}: the scan does not end", self.seed);
        }
        assert_eq!(
            self.site.host.ended(),
            Some(Ended::ListDone),
            "seed {}",
            self.seed
        );
        self.end_boot();
        self.check_numbers();
        self.check_lines();
    }

    fn step(&mut self) {
        let pause_ms = [1, 10, 100, 1_600][self.random.below(4) as usize];
        self.site.now_ms += pause_ms;
        self.work();
        self.site.write();
        self.carry();
        self.keep();
        if !self.bad_luck {
            return;
        }
        match self.random.below(400) {
            0..=3 => self.cut(),
            4 => self.restart_host(),
            5 => self.restart_device(),
            _ => {}
        }
    }

    /// Workers take jobs, and give back those whose time has come.
    fn work(&mut self) {
        let now = self.site.now();
        if self.jobs.len() < 8
            && let Next::Job(job) = self.site.prober.next(now)
        {
            let until_ms = self.site.now_ms + self.random.below(2_000);
            assert!(scope().permits(job.target.endpoint()));
            self.jobs.push((job, until_ms));
        }
        let mut jobs = std::mem::take(&mut self.jobs);
        jobs.retain(|(job, until_ms)| {
            if self.site.now_ms < *until_ms {
                return true;
            }
            let parks = job.revision < 3 && self.random.once_in(4);
            let given_back = if parks {
                let until_ms = self.site.now_ms + self.random.below(20_000);
                self.site.park(job, until_ms)
            } else {
                self.site.finish(job)
            };
            given_back.is_err()
        });
        self.jobs = jobs;
    }

    /// Some octets arrive, some of them garbled.
    fn carry(&mut self) {
        if self.bad_luck && self.random.once_in(60) {
            let wire = if self.random.once_in(2) {
                &mut self.site.to_device
            } else {
                &mut self.site.to_host
            };
            let length = wire.len() as u64;
            if length > 0 {
                wire[self.random.below(length) as usize] ^= 1 << self.random.below(8);
                self.seen.garbled += 1;
            }
        }
        let there = 1 + self.random.below(3_000) as usize;
        let back = 1 + self.random.below(3_000) as usize;
        self.site.deliver_to_device(there);
        self.site.deliver_to_host(back);
        self.to_store.append(&mut self.site.heard);
    }

    /// The host stores what it heard, and acknowledges it.
    fn keep(&mut self) {
        let unstored = std::mem::take(&mut self.to_store);
        for (place, message) in unstored.iter().enumerate() {
            // Now and then it is busy and stores the rest later.
            if self.random.once_in(10) {
                self.to_store = unstored[place..].to_vec();
                return;
            }
            let Some(id) = message.record() else {
                continue;
            };
            if let Some(kept) = self.store.insert(id, message.clone()) {
                assert_eq!(&kept, message, "seed {}: {id:?} has changed", self.seed);
                self.seen.repeated += 1;
            }
            self.site.host.stored(id);
        }
    }

    /// The wire is cut at an octet of chance and mended at once.
    fn cut(&mut self) {
        let there = self.random.below(1 + self.site.to_device.len() as u64) as usize;
        let back = self.random.below(1 + self.site.to_host.len() as u64) as usize;
        self.site.deliver_to_device(there);
        self.site.deliver_to_host(back);
        self.to_store.append(&mut self.site.heard);
        self.site.connect();
        self.seen.cuts += 1;
    }

    /// The host dies with all that it has not stored, and comes back with its store.
    fn restart_host(&mut self) {
        self.to_store.clear();
        self.site.host = HostLink::new();
        self.site.connect();
        let now = self.site.now();
        self.site.host.start(now, SCAN, &scope(), PROVING).unwrap();
        self.seen.host_restarts += 1;
    }

    /// The device loses its power, and with it all that was not acknowledged. The host notices by
    /// itself, or has been restarted as well.
    fn restart_device(&mut self) {
        self.end_boot();
        self.jobs.clear();
        let boot = self.site.prober.boot() + 1;
        self.site.prober = Prober::new(DEVICE, boot);
        self.to_store.clear();
        self.site.list = self.lines_not_told();
        if self.random.once_in(2) {
            self.restart_host();
        } else {
            self.site.connect();
        }
        self.seen.device_restarts += 1;
    }

    fn end_boot(&mut self) {
        let outbox = self.site.prober.outbox.state();
        assert_eq!(outbox.lost, 0);
        let boot = self.site.prober.boot();
        self.boots.insert(boot, (outbox.made, outbox.acknowledged));
    }

    fn lines_not_told(&self) -> Vec<Suspect> {
        let told = self.told();
        let is_told = |line: &Suspect| told.contains_key(&(line.address.to_string(), line.port));
        self.lines
            .iter()
            .filter(|line| !is_told(line))
            .cloned()
            .collect()
    }

    /// How often the store says that a line is over.
    fn told(&self) -> BTreeMap<(String, u16), u32> {
        let mut told = BTreeMap::new();
        for record in self.store.values() {
            let over = match record {
                ToHost::Finding(finding) if finding.last => finding.target,
                ToHost::Refused(refused) => refused.suspect,
                ToHost::Over(over) => over.target,
                ToHost::Lost(lost) if lost.last => lost.target,
                _ => continue,
            };
            *told
                .entry((over.ip().to_string(), over.port()))
                .or_default() += 1;
        }
        told
    }

    /// Made = stored, in every boot that the device has lived through; of a boot that was cut
    /// short the host has at least what it acknowledged, without gaps.
    fn check_numbers(&self) {
        for (boot, (made, acknowledged)) in &self.boots {
            let numbers: Vec<u32> = self
                .store
                .keys()
                .filter(|id| id.boot == *boot)
                .map(|id| id.number)
                .collect();
            let stored = numbers.len() as u32;
            assert_eq!(
                numbers,
                (1..=stored).collect::<Vec<_>>(),
                "seed {}",
                self.seed
            );
            assert!(
                (*acknowledged..=*made).contains(&stored),
                "seed {}",
                self.seed
            );
            if *boot == self.site.prober.boot() {
                assert_eq!(stored, *made, "seed {}", self.seed);
            }
        }
    }

    /// Every line is told once, and jobs come in their revisions.
    fn check_lines(&self) {
        let told = self.told();
        for line in &self.lines {
            let times = told.get(&(line.address.to_string(), line.port));
            assert_eq!(times, Some(&1), "seed {}: {line:?}", self.seed);
        }
        let mut revisions: BTreeMap<JobSerial, Vec<u8>> = BTreeMap::new();
        for record in self.store.values() {
            if let ToHost::Finding(finding) = record {
                revisions
                    .entry(finding.job)
                    .or_default()
                    .push(finding.revision);
            }
        }
        for (job, of) in revisions {
            let expected: Vec<u8> = (0..of.len() as u8).collect();
            assert_eq!(of, expected, "seed {}: {job:?}", self.seed);
        }
    }
}
