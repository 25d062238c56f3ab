//! A device and its host.

use super::*;

/// A device and its host, with nothing between them unless a test puts it there.
pub(super) struct Site {
    pub(super) now_ms: u64,
    pub(super) prober: Prober,
    pub(super) host: HostLink,
    pub(super) list: Vec<Suspect>,
    pub(super) to_device: VecDeque<u8>,
    pub(super) to_host: VecDeque<u8>,
    pub(super) heard: Vec<ToHost>,
}

impl Site {
    pub(super) fn new(list: Vec<Suspect>) -> Self {
        Self {
            now_ms: 0,
            prober: Prober::new(DEVICE, 1),
            host: HostLink::new(),
            list,
            to_device: VecDeque::new(),
            to_host: VecDeque::new(),
            heard: Vec::new(),
        }
    }

    /// A site whose host wants the list scanned, and has been heard.
    pub(super) fn scanning(list: Vec<Suspect>) -> Self {
        let mut site = Self::new(list);
        site.connect();
        site.host.start(at(0), SCAN, &scope(), PROVING).unwrap();
        site.talk();
        site
    }

    pub(super) fn connect(&mut self) {
        self.to_device.clear();
        self.to_host.clear();
        let utc = Utc(UTC_S + self.now_ms / 1_000);
        self.host.connected(at(self.now_ms), utc);
    }

    pub(super) fn now(&self) -> Instant {
        at(self.now_ms)
    }

    /// Both ends say all they have to say.
    pub(super) fn write(&mut self) {
        let (now, mut frame) = (at(self.now_ms), [0; FRAME_OCTETS_MAX]);
        let list = |index: u32| self.list.get(index as usize).cloned().map(Line::from);
        while let Some(octets) = self.host.link_transmit(now, list, &mut frame) {
            self.to_device.extend(&frame[..octets]);
        }
        let due = self.host.link_due(now);
        assert!(due > now, "nothing to say, and due at {due:?}");
        while let Some(octets) = self.prober.link_transmit(now, &mut frame) {
            self.to_host.extend(&frame[..octets]);
        }
    }

    /// The device hears so many octets of what was written.
    pub(super) fn deliver_to_device(&mut self, octets: usize) {
        let octets = octets.min(self.to_device.len());
        let piece: Vec<u8> = self.to_device.drain(..octets).collect();
        self.prober.link_received(at(self.now_ms), &piece);
    }

    /// The host hears so many octets of what was written.
    pub(super) fn deliver_to_host(&mut self, octets: usize) {
        let octets = octets.min(self.to_host.len());
        let piece: Vec<u8> = self.to_host.drain(..octets).collect();
        let mut rest = piece.as_slice();
        while let Some(message) = self.host.received(at(self.now_ms), &mut rest) {
            self.heard.push(message);
        }
    }

    /// Writes and delivers until neither end has anything to say.
    pub(super) fn talk(&mut self) {
        loop {
            self.write();
            if self.to_device.is_empty() && self.to_host.is_empty() {
                break;
            }
            self.deliver_to_device(usize::MAX);
            self.deliver_to_host(usize::MAX);
        }
    }

    /// As [`Site::talk`], and the host stores what it hears at once.
    pub(super) fn talk_and_store(&mut self) {
        self.talk();
        while let Some(record) = self.heard.iter().rev().find_map(ToHost::record) {
            self.host.stored(record);
            let stored = self.prober.outbox.state();
            self.talk();
            if self.prober.outbox.state() == stored {
                break;
            }
        }
    }

    pub(super) fn job(&mut self) -> Job {
        match self.prober.next(self.now()) {
            Next::Job(job) => job,
            other => panic!("no job but {other:?}"),
        }
    }

    pub(super) fn finish(&mut self, job: &Job) -> Result<(), OutboxFull> {
        self.prober
            .finish(self.now(), job, &Evidence::new(Probe::Relay))
    }

    pub(super) fn park(&mut self, job: &Job, until_ms: u64) -> Result<(), OutboxFull> {
        let evidence = Evidence::new(Probe::Relay);
        let parked = Parked::for_test(job.target, job.serial);
        self.prober
            .park(self.now(), job, at(until_ms), parked, &evidence)
    }

    pub(super) fn refusals(&self) -> Vec<(u32, Refusal)> {
        let refused = |message: &ToHost| match message {
            ToHost::Refused(refused) => Some((refused.index, refused.why)),
            _ => None,
        };
        self.heard.iter().filter_map(refused).collect()
    }
}
