//! The host of a day: it comes, scans, asks and goes.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use probe_core::{
    arrival::Arrival,
    finding::RecordId,
    frame::{FRAME_OCTETS_MAX, ScanId, ToHost, message::Progress},
    host_link::{HostLink, Line},
    scope::ScopeError,
    suspect::Suspect,
    time::{Instant, Millis},
};

use super::{Day, InUse, Kind, Shown, judge};
use crate::{host::PROVING, lines::Lines, pipe::Plug, proof::Reader, simulation::Time};

/// The minute of an hour at which a scan begins, and the one at which the device is asked.
const SCAN_MINUTE: u64 = 5;
const QUIET_MINUTE: u64 = 56;
/// How long the host stays to ask: progress comes every second.
const VISIT: Millis = Millis::from_secs(5);

/// Of a host that only asks.
const NO_SCAN: ScanId = ScanId(0);

/// Scans for a whole day.
pub(super) async fn lives(
    day: &Day,
    stores: &dyn Fn(RecordId) -> bool,
    plug: &Plug,
    time: Time,
) -> Result<Shown, ScopeError> {
    let mut host = Host {
        day,
        stores,
        plug,
        time,
        shown: Shown::default(),
        lacked: None,
        sockets_most: 0,
    };
    let last = u64::from(day.hours.saturating_sub(1));
    let mut lines = day.list.as_slice();
    host.until(0, SCAN_MINUTE - 2).await;
    host.visit().await;
    let mut hour = 0;
    while hour <= last {
        host.until(hour, SCAN_MINUTE).await;
        let [first, again] = &day.slow;
        let list = if hour == 0 {
            first.as_slice()
        } else if hour == last {
            again
        } else {
            let hours_left = usize::try_from(last - hour).unwrap_or(1);
            let (now, later) = lines.split_at(lines.len().div_ceil(hours_left));
            lines = later;
            now
        };
        host.sockets_most = 0;
        if !list.is_empty() {
            host.scan(list).await?;
        }
        let [in_first, in_last] = &mut host.shown.sockets_most;
        if hour == 0 {
            *in_first = host.sockets_most;
        } else if hour == last {
            *in_last = host.sockets_most;
        }
        let now = host.now();
        let quiet = |hour: u64| Duration::from_secs((hour * 60 + QUIET_MINUTE) * 60);
        hour = now.as_secs() / 3_600;
        hour += u64::from(now > quiet(hour));
        host.until(hour, QUIET_MINUTE).await;
        host.visit().await;
        hour += 1;
    }
    if hour != last + 1 {
        host.wrong("liveness: a scan took so long that the last hour had none".to_owned());
    }
    if !lines.is_empty() {
        host.wrong(format!(
            "liveness: there was no time for {} lines",
            lines.len()
        ));
    }
    Ok(host.shown)
}

struct Host<'a> {
    day: &'a Day,
    stores: &'a dyn Fn(RecordId) -> bool,
    plug: &'a Plug,
    time: Time,
    shown: Shown,
    lacked: Option<&'static str>,
    sockets_most: u8,
}

/// What a host keeps of a scan over all its links.
struct Scan<'a> {
    id: ScanId,
    link: Box<HostLink>,
    lines: Lines,
    records: BTreeMap<RecordId, Box<ToHost>>,
    list: &'a [Suspect],
    /// The device has said that the scan is over.
    told: bool,
    /// A record was not stored.
    withheld: bool,
}

impl Host<'_> {
    fn now(&self) -> Duration {
        Duration::from_millis(self.time.now().as_millis())
    }

    fn wrong(&mut self, what: String) {
        self.shown.wrong.push(what);
    }

    async fn until(&self, hour: u64, minute: u64) {
        self.time.sleep_until(moment(hour * 60 + minute)).await;
    }

    /// Asks what is in use.
    async fn visit(&mut self) {
        let mut scan = Scan::new(NO_SCAN, &[]);
        let until = self.time.now() + VISIT;
        self.speak(&mut scan, until).await;
        match scan.link.progress() {
            Some(progress) => {
                let rest = (self.now(), InUse::of(progress));
                self.shown.rest.push(rest);
            }
            None => self.wrong(format!(
                "liveness: at {:?} the device says nothing",
                self.now()
            )),
        }
    }

    /// Scans to the end, over as many links as it takes.
    async fn scan(&mut self, list: &[Suspect]) -> Result<(), ScopeError> {
        self.shown.scans += 1;
        let mut scan = Scan::new(ScanId(self.shown.scans), list);
        scan.link
            .start(self.time.now(), scan.id, &self.day.scope, PROVING)?;
        loop {
            let now = self.now();
            let cut = self.day.cuts.iter().find(|cut| cut.until > now);
            let cut =
                cut.map(|cut| [cut.from, cut.until].map(|at| Instant::from_millis(millis(at))));
            let [from, until] = cut.unwrap_or([Instant::NEVER; 2]);
            if self.speak(&mut scan, from).await {
                break;
            }
            self.time.sleep_until(until).await;
            self.shown.came_back += 1;
        }
        self.look(&scan);
        Ok(())
    }

    /// Speaks over one link until the scan is over: true then; or until it is cut.
    async fn speak(&mut self, scan: &mut Scan<'_>, until: Instant) -> bool {
        let time = self.time;
        if time.now() >= until {
            return false;
        }
        let (mut reader, mut writer) = self.plug.connect().split();
        scan.link.connected(time.now(), time.utc());
        let (mut frame, mut octets) = ([0; FRAME_OCTETS_MAX], [0; FRAME_OCTETS_MAX]);
        loop {
            let Scan { link, lines, .. } = &mut *scan;
            let line = |index| lines.line(index).map(Line::from);
            while let Some(count) = link.link_transmit(time.now(), line, &mut frame) {
                let written = select(writer.write_all(&frame[..count]), time.sleep_until(until));
                if let Either::Second(()) = written.await {
                    return false;
                }
            }
            if scan.is_over() {
                return true;
            }
            if time.now() >= until {
                return false;
            }
            let due = scan.link.link_due(time.now()).max(time.now() + Millis(1));
            let heard = select(reader.read(&mut octets), time.sleep_until(due.min(until))).await;
            let Either::First(Ok(count)) = heard else {
                continue;
            };
            let mut rest = &octets[..count];
            while let Some(message) = scan.link.received(time.now(), &mut rest) {
                self.take(scan, message);
            }
        }
    }

    fn take(&mut self, scan: &mut Scan<'_>, message: ToHost) {
        scan.lines.heard(&message);
        match &message {
            ToHost::Progress(progress) => self.look_at(progress),
            ToHost::Ended { scan: over, .. } => scan.told |= *over == scan.id,
            _ => {}
        }
        let Some(record) = message.record() else {
            return;
        };
        if (self.stores)(record) {
            scan.link.stored(record);
        } else {
            scan.withheld = true;
        }
        scan.records.insert(record, Box::new(message));
    }

    fn look_at(&mut self, progress: &Progress) {
        let network = progress.network;
        self.sockets_most = self.sockets_most.max(network.sockets);
        let lack = network.lack.map(|lack| lack.as_str());
        if self.lacked != lack {
            self.lacked = lack;
            if let Some(lack) = lack {
                *self.shown.lacks.entry(lack).or_default() += 1;
            }
        }
    }

    /// Every line has a verdict, and it is the expected one or inconclusive.
    fn look(&mut self, scan: &Scan<'_>) {
        let reader = Reader::new(&self.day.world, &self.day.scope, &Arrival::sense);
        let found = reader
            .judged(scan.records.values().map(Box::as_ref), &judge)
            .verdicts;
        for suspect in scan.list {
            let at = SocketAddr::new(suspect.address, suspect.port);
            let Some(site) = self.day.world.sites.get(&at) else {
                continue;
            };
            let expected = site.expected(self.day.scope.depth);
            match found.get(&at) {
                Some(verdict) if *verdict == expected => self.shown.decided += 1,
                Some(verdict) if verdict.kind == Kind::Inconclusive => self.shown.undecided += 1,
                Some(verdict) if verdict.kind == expected.kind => self.shown.decided += 1,
                Some(verdict) => self.wrong(format!(
                    "safety: {} at {at} is {}, not {}",
                    site.name(),
                    verdict.kind.as_str(),
                    expected.kind.as_str()
                )),
                None => self.wrong(format!("conservation: {at} has no verdict")),
            }
        }
    }
}

impl<'a> Scan<'a> {
    fn new(id: ScanId, list: &'a [Suspect]) -> Self {
        Self {
            id,
            link: Box::new(HostLink::new()),
            lines: Lines::new(list),
            records: BTreeMap::new(),
            list,
            told: false,
            withheld: false,
        }
    }

    fn is_over(&self) -> bool {
        let all_heard = self.link.ended().is_some() && self.link.acknowledged();
        !self.list.is_empty() && (all_heard || self.told && self.withheld)
    }
}

fn moment(minute: u64) -> Instant {
    Instant::from_millis(minute * 60_000)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
