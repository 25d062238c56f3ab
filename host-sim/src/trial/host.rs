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

use super::{Cut, Scan, Trial, verdicts};
use crate::{
    faults::Switch,
    host::PROVING,
    lines::Lines,
    oracles::Judge,
    pipe::{PipeEnd, Plug},
    simulation::Time,
};

/// How long the host waits before it asks again: until refusals of before count no more.
const PAUSE: Millis = Millis::from_mins(25 * 60);

/// Whether the host stores a record.
type Stores<'a> = &'a dyn Fn(RecordId) -> bool;

/// Scans while faults strike, and again what that left undecided, once they are over.
pub(super) async fn scans(
    trial: &Trial,
    scope: &Scope,
    judge: Judge<'_>,
    stores: Stores<'_>,
    plug: &Plug,
    time: Time,
    switch: &Switch,
) -> Result<(Scan, Option<Scan>), ScopeError> {
    let cuts = trial.cuts.iter().copied().collect();
    let mut desk = Desk::new(plug, time, scope, stores, cuts);
    let first = desk.scan(ScanId(1), &trial.list, judge).await?;
    let undecided = undecided(trial, &first);
    if undecided.is_empty() {
        return Ok((first, None));
    }
    time.sleep_until(time.now() + PAUSE).await;
    switch.calm();
    let mut desk = Desk::new(plug, time, scope, stores, VecDeque::new());
    let again = desk.scan(ScanId(2), &undecided, judge).await?;
    Ok((first, Some(again)))
}

/// What should have been decided, and was not.
fn undecided(trial: &Trial, scan: &Scan) -> Vec<Suspect> {
    let admitted: BTreeSet<_> = trial.admitted().collect();
    let is_undecided = |suspect: &&Suspect| {
        let target = SocketAddr::new(suspect.address, suspect.port);
        let found = scan.verdicts.get(&target);
        admitted.contains(&target)
            && found.is_none_or(|found| {
                found.kind == Kind::Inconclusive && *found != trial.expected(target)
            })
    };
    trial.list.iter().filter(is_undecided).cloned().collect()
}

/// What outlives a link: what the host has stored.
struct Desk<'a> {
    plug: &'a Plug,
    time: Time,
    scope: &'a Scope,
    stores: Stores<'a>,
    cuts: VecDeque<Cut>,
    records: BTreeMap<RecordId, Box<ToHost>>,
    changed: u32,
    made: BTreeMap<u32, u32>,
    boot: u32,
    progress: Option<Progress>,
}

impl<'a> Desk<'a> {
    fn new(
        plug: &'a Plug,
        time: Time,
        scope: &'a Scope,
        stores: Stores<'a>,
        cuts: VecDeque<Cut>,
    ) -> Self {
        Self {
            plug,
            time,
            scope,
            stores,
            cuts,
            records: BTreeMap::new(),
            changed: 0,
            made: BTreeMap::new(),
            boot: 0,
            progress: None,
        }
    }

    /// One scan, over as many links as it takes.
    async fn scan(
        &mut self,
        scan: ScanId,
        list: &[Suspect],
        judge: Judge<'_>,
    ) -> Result<Scan, ScopeError> {
        let began = self.time.now();
        let mut host = Box::new(HostLink::new());
        host.start(began, scan, self.scope, PROVING)?;
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
                    verdicts: verdicts(all, judge),
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
                    host.start(self.time.now(), scan, self.scope, PROVING)?;
                }
            }
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
            Entry::Vacant(place) if (self.stores)(record) => {
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
