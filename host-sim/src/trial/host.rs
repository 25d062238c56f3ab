//! The host of a trial: it scans twice, and its link is cut meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    time::Duration,
};

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use probe_core::{
    frame::{
        FRAME_OCTETS_MAX, ScanId, ToHost,
        message::{Ended, Phase, Progress},
    },
    host_link::HostLink,
    scope::{Scope, ScopeError},
    suspect::Suspect,
    time::{Instant, Millis},
    verdict::Kind,
};

use super::{Cut, Scan, Trial};
use crate::{
    faults::Switch,
    oracles::Judge,
    pipe::{PipeEnd, Plug},
    simulation::Time,
};

/// How long the host waits before it asks again: until refusals of before count no more.
const PAUSE: Millis = Millis::from_mins(25 * 60);

/// Scans while faults strike, and again what that left undecided, once they are over.
pub(super) async fn scans(
    trial: &Trial,
    scope: &Scope,
    judge: Judge<'_>,
    plug: &Plug,
    time: Time,
    switch: &Switch,
) -> Result<(Scan, Option<Scan>), ScopeError> {
    let cuts = trial.cuts.iter().copied().collect();
    let mut desk = Desk::new(plug, time, scope, cuts);
    let first = desk.scan(ScanId(1), &trial.list).await?;
    let undecided = undecided(trial, &first, judge);
    if undecided.is_empty() {
        return Ok((first, None));
    }
    time.sleep_until(time.now() + PAUSE).await;
    switch.calm();
    let mut desk = Desk::new(plug, time, scope, VecDeque::new());
    let again = desk.scan(ScanId(2), &undecided).await?;
    Ok((first, Some(again)))
}

/// What should have been decided, and was not.
fn undecided(trial: &Trial, scan: &Scan, judge: Judge<'_>) -> Vec<Suspect> {
    let verdicts = scan.verdicts(judge);
    let admitted: BTreeSet<_> = trial.admitted().collect();
    let is_undecided = |suspect: &&Suspect| {
        let target = SocketAddr::new(suspect.address, suspect.port);
        let found = verdicts.get(&target);
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
    cuts: VecDeque<Cut>,
    records: BTreeMap<u32, ToHost>,
    changed: u32,
    made: u32,
    progress: Option<Progress>,
}

impl<'a> Desk<'a> {
    fn new(plug: &'a Plug, time: Time, scope: &'a Scope, cuts: VecDeque<Cut>) -> Self {
        Self {
            plug,
            time,
            scope,
            cuts,
            records: BTreeMap::new(),
            changed: 0,
            made: 0,
            progress: None,
        }
    }

    /// One scan, over as many links as it takes.
    async fn scan(&mut self, scan: ScanId, list: &[Suspect]) -> Result<Scan, ScopeError> {
        let began = self.time.now();
        let mut host = Box::new(HostLink::new());
        host.start(began, scan, self.scope)?;
        loop {
            let link = self.plug.connect();
            host.connected(self.time.now(), self.time.utc());
            let cut = self.cuts.pop_front();
            let until = cut.map_or(Instant::NEVER, |cut| instant(cut.at));
            if let Some(ended) = self.speak(&mut host, link, list, until).await {
                let took = self.time.now().since(began);
                return Ok(Scan {
                    records: std::mem::take(&mut self.records),
                    changed: self.changed,
                    made: self.made,
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
                    host.start(self.time.now(), scan, self.scope)?;
                }
            }
        }
    }

    /// Speaks over one link until the scan is over, or until the link is cut.
    async fn speak(
        &mut self,
        host: &mut HostLink,
        link: PipeEnd,
        list: &[Suspect],
        until: Instant,
    ) -> Option<Ended> {
        let time = self.time;
        let (mut reader, mut writer) = link.split();
        let line = |index: u32| list.get(usize::try_from(index).ok()?).cloned();
        let (mut frame, mut octets) = ([0; FRAME_OCTETS_MAX], [0; FRAME_OCTETS_MAX]);
        loop {
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
                self.take(host, message);
            }
        }
    }

    fn take(&mut self, host: &mut HostLink, message: ToHost) {
        match &message {
            ToHost::Ended { records, .. } => self.made = *records,
            ToHost::Progress(progress) => {
                self.progress = Some(*progress);
                if matches!(progress.phase, Phase::Ended(_)) {
                    self.made = progress.outbox.made;
                }
            }
            _ => {}
        }
        let Some(record) = message.record() else {
            return;
        };
        let before = self.records.insert(record.number, message);
        if before.is_some_and(|before| Some(&before) != self.records.get(&record.number)) {
            self.changed += 1;
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
