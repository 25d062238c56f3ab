//! The host of a trial: it scans twice, and its link is cut meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque, btree_map::Entry},
    net::SocketAddr,
    time::Duration,
};

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use probe_core::{
    finding::RecordId,
    frame::{
        FRAME_OCTETS_MAX, ScanId, ToHost,
        message::{Ended, Phase, Progress},
    },
    host_link::{HostLink, Line},
    scope::{Scope, ScopeError},
    suspect::Suspect,
    time::{Instant, Millis},
    verdict::Kind,
};

use super::{Cut, Late, Scan, Trial};
use crate::{
    faults::Switch,
    host::{MAIL_PAUSE, gather, proving},
    lines::Lines,
    oracles::Judge,
    pipe::{PipeEnd, Plug},
    proof::{Judged, Reader},
    simulation::Time,
    world::Site,
};

/// How long the host waits before it asks again: until refusals of before count no more.
const PAUSE: Millis = Millis::from_mins(25 * 60);

/// Whether the host stores a record.
type Stores<'a> = &'a dyn Fn(RecordId) -> bool;

/// What the host works with.
pub(super) struct Host<'a> {
    pub(super) trial: &'a Trial,
    pub(super) scope: &'a Scope,
    pub(super) judge: Judge<'a>,
    pub(super) reader: &'a Reader<'a>,
    pub(super) stores: Stores<'a>,
}

impl Host<'_> {
    /// Scans while faults strike, and again what that left undecided, once they are over.
    pub(super) async fn scans(
        &self,
        plug: &Plug,
        time: Time,
        switch: &Switch,
    ) -> Result<(Scan, Option<Scan>, Late), ScopeError> {
        let trial = self.trial;
        let cuts = trial.cuts.iter().copied().collect();
        let mut desk = Desk::new(self, plug, time, cuts);
        let mut first = desk.scan(ScanId(1), &trial.list).await?;
        let undecided = undecided(trial, &first);
        if undecided.is_empty() && !trial.delivers() {
            return Ok((first, None, Late::default()));
        }
        let pause = if trial.delivers() { MAIL_PAUSE } else { PAUSE };
        time.sleep_until(time.now() + pause).await;
        switch.calm();
        let mut again = None;
        if !undecided.is_empty() {
            let mut desk = Desk::new(self, plug, time, VecDeque::new());
            again = Some(desk.scan(ScanId(2), &undecided).await?);
        }
        if !trial.delivers() {
            return Ok((first, again, Late::default()));
        }
        if again.is_some() {
            time.sleep_until(time.now() + MAIL_PAUSE).await;
        }
        let mut desk = Desk::new(self, plug, time, VecDeque::new());
        let late = desk.gather().await;
        let records = [Some(&first.records), again.as_ref().map(|it| &it.records)];
        let records = records.into_iter().flatten().chain([&late.records]);
        let arrivals: Vec<_> = records
            .flat_map(|records| records.values())
            .filter(|record| matches!(record.as_ref(), ToHost::Arrival(_)))
            .cloned()
            .collect();
        for scan in [Some(&mut first), again.as_mut()].into_iter().flatten() {
            let findings = scan.records.values();
            let findings = findings.filter(|record| !matches!(record.as_ref(), ToHost::Arrival(_)));
            let all = findings.chain(&arrivals).map(Box::as_ref);
            scan.in_the_end = self.reader.judged(all, self.judge);
        }
        Ok((first, again, late))
    }
}

/// What should have been decided, and was not.
fn undecided(trial: &Trial, scan: &Scan) -> Vec<Suspect> {
    let admitted: BTreeSet<_> = trial.admitted().collect();
    let is_undecided = |suspect: &&Suspect| {
        let target = SocketAddr::new(suspect.address, suspect.port);
        let expected = trial.expected(target);
        let found = scan.when_over.verdicts.get(&target);
        // A message that was cut leaves a suspicion, or of two the one that tells less.
        // And of a proxy, or of several lists, something that a lost packet left out.
        let is_of_mail = matches!(trial.site(target), Site::Peer(_));
        let may_be_more = |kind| {
            let is_proved = kind == Kind::Confirmed;
            kind == Kind::Inconclusive || ((trial.delivers() || !is_of_mail) && !is_proved)
        };
        admitted.contains(&target)
            && found.is_none_or(|found| may_be_more(found.kind) && *found != expected.when_over)
    };
    trial.list.iter().filter(is_undecided).cloned().collect()
}

/// What outlives a link: what the host has stored.
struct Desk<'a> {
    host: &'a Host<'a>,
    plug: &'a Plug,
    time: Time,
    cuts: VecDeque<Cut>,
    records: BTreeMap<RecordId, Box<ToHost>>,
    changed: u32,
    made: BTreeMap<u32, u32>,
    boot: u32,
    progress: Option<Progress>,
}

impl<'a> Desk<'a> {
    fn new(host: &'a Host<'a>, plug: &'a Plug, time: Time, cuts: VecDeque<Cut>) -> Self {
        Self {
            host,
            plug,
            time,
            cuts,
            records: BTreeMap::new(),
            changed: 0,
            made: BTreeMap::new(),
            boot: 0,
            progress: None,
        }
    }

    /// One scan, over as many links as it takes.
    async fn scan(&mut self, scan: ScanId, list: &[Suspect]) -> Result<Scan, ScopeError> {
        let scope = self.host.scope;
        let began = self.time.now();
        let mut host = Box::new(HostLink::new());
        host.start(began, scan, scope, proving(scope))?;
        let mut lines = Lines::new(list);
        loop {
            let link = self.plug.connect();
            host.connected(self.time.now(), self.time.utc());
            let cut = self.cuts.pop_front();
            let until = cut.map_or(Instant::NEVER, |cut| instant(cut.at));
            if let Some(ended) = self.speak(&mut host, link, &mut lines, until).await {
                let took = self.time.now().since(began);
                let records = std::mem::take(&mut self.records);
                let all = records.values().map(Box::as_ref);
                return Ok(Scan {
                    when_over: self.host.reader.judged(all, self.host.judge),
                    in_the_end: Judged::default(),
                    records,
                    changed: self.changed,
                    made: std::mem::take(&mut self.made),
                    ended,
                    took: Duration::from_millis(took.0),
                    progress: self.progress,
                });
            }
            if let Some(cut) = cut {
                let back = self.time.now() + millis(cut.lasts);
                self.time.sleep_until(back).await;
                if cut.host_restarts {
                    *host = HostLink::new();
                    host.start(self.time.now(), scan, scope, proving(scope))?;
                }
            }
        }
    }

    /// Takes what the device has kept since the last link.
    async fn gather(&mut self) -> Late {
        let mut link = self.plug.connect();
        for message in gather(&mut link, self.time).await {
            if let ToHost::Hello(hello) = &message {
                self.boot = hello.boot;
            }
            if let ToHost::Progress(progress) = &message {
                self.made.insert(self.boot, progress.outbox.made);
            }
            if let Some(record) = message
                .record()
                .filter(|record| (self.host.stores)(*record))
            {
                self.records.insert(record, Box::new(message));
            }
        }
        Late {
            records: std::mem::take(&mut self.records),
            made: std::mem::take(&mut self.made),
        }
    }

    /// Speaks over one link until the scan is over, or until the link is cut.
    async fn speak(
        &mut self,
        host: &mut HostLink,
        link: PipeEnd,
        lines: &mut Lines,
        until: Instant,
    ) -> Option<Ended> {
        let time = self.time;
        let (mut reader, mut writer) = link.split();
        let (mut frame, mut octets) = ([0; FRAME_OCTETS_MAX], [0; FRAME_OCTETS_MAX]);
        loop {
            let line = |index| lines.line(index).map(Line::from);
            while let Some(count) = host.link_transmit(time.now(), line, &mut frame) {
                let written = select(writer.write_all(&frame[..count]), time.sleep_until(until));
                if let Either::Second(()) = written.await {
                    return None;
                }
            }
            if let Some(ended) = host.ended() {
                return Some(ended);
            }
            if time.now() >= until {
                return None;
            }
            // Something may be due that has to wait for an answer first.
            let due = host.link_due(time.now()).max(time.now() + Millis(1));
            let heard = select(reader.read(&mut octets), time.sleep_until(due.min(until))).await;
            let Either::First(Ok(count)) = heard else {
                continue;
            };
            let mut rest = &octets[..count];
            while let Some(message) = host.received(time.now(), &mut rest) {
                lines.heard(&message);
                self.take(host, message);
            }
        }
    }

    fn take(&mut self, host: &mut HostLink, message: ToHost) {
        match &message {
            ToHost::Hello(hello) => self.boot = hello.boot,
            ToHost::Ended { records, .. } => {
                self.made.insert(self.boot, *records);
            }
            ToHost::Progress(progress) => {
                self.progress = Some(*progress);
                if matches!(progress.phase, Phase::Ended(_)) {
                    self.made.insert(self.boot, progress.outbox.made);
                }
            }
            _ => {}
        }
        let Some(record) = message.record() else {
            return;
        };
        match self.records.entry(record) {
            Entry::Vacant(place) if (self.host.stores)(record) => {
                place.insert(Box::new(message));
            }
            Entry::Vacant(_) => {}
            Entry::Occupied(place) => self.changed += u32::from(**place.get() != message),
        }
        host.stored(record);
    }
}

fn instant(moment: Duration) -> Instant {
    Instant::BOOT + millis(moment)
}

fn millis(span: Duration) -> Millis {
    Millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
}
