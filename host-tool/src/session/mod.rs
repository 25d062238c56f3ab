//! One scan over one link: scope and list out, records in, stored before they are acknowledged.
//!
//! The same session speaks with a simulated device, with this computer's own sockets, and with
//! whatever carries octets. Listening and telling are two loops, so that neither end of a link can
//! make the other wait for ever.

mod lines;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, net::IpAddr, pin::pin};

use embassy_futures::select::{Either, select};
use embassy_time::Timer;
use embedded_io_async::{Read, Write};
use jiff::Timestamp;
use probe_core::{
    finding::{DeviceId, RecordId},
    frame::{
        FORMAT, FRAME_OCTETS_MAX, ScanId, ToHost,
        about::Info,
        message::{
            Denial, DeviceHello, Earlier, Ended, GuardCounters, Progress, Proving, ScopeAnswer,
        },
    },
    host_link::HostLink,
    path_check::Path,
    scope::{Scope, ScopeError},
    suspect::Suspect,
    time::{Anchor, Instant, Millis, Utc},
};
use tokio::sync::Notify;

use crate::{
    scope_file::ScopeList,
    store::{Record, Store, StoreError, Under},
};
use lines::Lines;

/// How long a device may take to say who it is, in milliseconds.
pub const HELLO_WITHIN_MS: u64 = 10_000;
/// How long a device may be silent while a scan runs, in milliseconds. It says how it goes every
/// second.
pub const SILENT_WITHIN_MS: u64 = 30_000;
/// How long a scan may take to end after it was asked to, in milliseconds.
pub const STOP_WITHIN_MS: u64 = 15_000;
/// How long the host stays for the device to hear the last acknowledgement, in milliseconds. Without
/// it the device would tell the next host again what is stored here.
pub const FAREWELL_WITHIN_MS: u64 = 1_500;

/// For how long records are gathered before they are stored together, in milliseconds: a store
/// that reaches the disk for each would be the slowest part of a scan.
pub const GATHER_MS: u64 = 100;
/// How many records are gathered at most.
pub const GATHERED_RECORDS_MAX: usize = 64;

/// How often a device is asked whether more of its earlier boots is to come, in milliseconds.
const ASK_EARLIER_EVERY_MS: u64 = 500;

/// How many octets are taken from the link at once.
const PIECE_OCTETS: usize = 4_096;

/// What is to be scanned.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// The scan's number on its device.
    pub id: ScanId,
    /// What may be probed.
    pub scope: &'a Scope,
    /// Its block lists, as the host knows them.
    pub lists: &'a [ScopeList],
    /// The addresses that others see probes come from, where they are known.
    pub addresses: &'a [IpAddr],
    /// How it proves what it finds.
    pub proving: Proving,
    /// The list.
    pub list: &'a [Suspect],
    /// What the host's clock says now: the device's anchor.
    pub utc: Utc,
    /// When the scan was begun, by this computer's clock, in this session or in one before: what has had its
    /// end since then is not given to a device that has forgotten the scan.
    pub began: Utc,
    /// Another session has begun it, and this one goes on.
    pub resumes: bool,
    /// Refusals that were stored from then on, by this computer's clock, still count for the scope's limit of
    /// a day; `None` in a simulated world, which knows nothing of others.
    pub refusals_since: Option<Utc>,
}

/// Whoever watches a scan.
pub trait Watch {
    /// The device has said who it is.
    fn device(&mut self, device: &DeviceHello);

    /// The device says how it fares, and how its boot began: once behind each of its starts.
    fn info(&mut self, info: &Info);

    /// The device says how it goes.
    fn progress(&mut self, progress: &Progress);

    /// A record is stored.
    fn stored(&mut self, record: &Record);

    /// Whether the scan shall end now. Asked often.
    fn wants_stop(&self) -> bool;
}

/// How a scan went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which device.
    pub device: DeviceId,
    /// Which of its boots.
    pub boot: u32,
    /// Why the scan is over; `None` where the device did not say before [`STOP_WITHIN_MS`].
    pub ended: Option<Ended>,
    /// Records that were new to the store.
    pub stored: usize,
    /// Records that the device could not keep.
    pub lost: u32,
    /// What the guard around the network saw.
    pub guard: GuardCounters,
    /// What was found on the way to a sink elsewhere, where the device tried it.
    pub path: Option<Path>,
    /// Until when its sink was heard, by the host's clock.
    pub heard: Utc,
}

/// Why a scan could not be done, or not to its end.
#[derive(Debug, PartialEq, Eq)]
pub enum SessionError {
    /// Nobody said who they are.
    NoAnswer,
    /// The link was closed, or failed.
    LinkEnded(String),
    /// Nothing was heard for [`SILENT_WITHIN_MS`].
    Silent,
    /// The device speaks another format of frames.
    Format(u8),
    /// The device does not take the scope.
    ScopeRefused(ScopeError),
    /// The device is busy with a scan under another scope.
    Busy,
    /// The device does not do that for a host that calls over the network.
    Denied(Denial),
    /// The store failed. What it had not stored was not acknowledged.
    Store(StoreError),
}

/// Runs `scan` to its end.
pub async fn run<R: Read, W: Write>(
    reader: R,
    writer: W,
    scan: &Scan<'_>,
    store: &mut dyn Store,
    watch: &mut dyn Watch,
) -> Result<Outcome, SessionError> {
    let began = now();
    let mut host = HostLink::new();
    host.connected(began, scan.utc);
    scan.scope.check().map_err(SessionError::ScopeRefused)?;
    let state = RefCell::new(State {
        host,
        scan,
        lines: Lines::none_of(scan.list),
        unsettled: None,
        was_given: false,
        store,
        watch,
        began,
        greeted: None,
        gathered: Vec::new(),
        gathered_since: began,
        stored: 0,
        lost: 0,
        heard: began,
        stop_asked: None,
        over: None,
    });
    let news = Notify::new();
    let listening = pin!(listen(reader, &state, &news));
    let telling = pin!(tell(writer, &state, &news));
    let outcome = match select(listening, telling).await {
        Either::First(error) => Err(error),
        Either::Second(outcome) => outcome,
    };
    // Whatever ended it: what came is kept.
    if !matches!(outcome, Err(SessionError::Store(_))) {
        state.borrow_mut().keep()?;
    }
    outcome
}

/// The moment that it is, on the session's own clock: virtual in a simulation.
fn now() -> Instant {
    Instant::from_millis(embassy_time::Instant::now().as_millis())
}

struct State<'s, 'a> {
    host: HostLink,
    scan: &'s Scan<'a>,
    lines: Lines<'a>,
    /// What an earlier boot has left behind may hold ends and refusals: until it is here, no line is given.
    /// When the device was last asked whether there is more.
    unsettled: Option<Instant>,
    /// A boot was given lines of this scan in this session.
    was_given: bool,
    store: &'s mut dyn Store,
    watch: &'s mut dyn Watch,
    began: Instant,
    greeted: Option<DeviceHello>,
    /// Records that are not stored yet, so not acknowledged either.
    gathered: Vec<Record>,
    gathered_since: Instant,
    stored: usize,
    lost: u32,
    heard: Instant,
    stop_asked: Option<Instant>,
    /// When the scan was over and all of it stored.
    over: Option<Instant>,
}

async fn listen<R: Read>(
    mut reader: R,
    state: &RefCell<State<'_, '_>>,
    news: &Notify,
) -> SessionError {
    let mut piece = vec![0; PIECE_OCTETS];
    loop {
        let count = match reader.read(&mut piece).await {
            Ok(0) => return SessionError::LinkEnded("the device closed it".to_owned()),
            Ok(count) => count,
            Err(error) => return SessionError::LinkEnded(format!("{error:?}")),
        };
        let octets = piece.get(..count).unwrap_or_default();
        if let Err(error) = state.borrow_mut().received(now(), octets) {
            return error;
        }
        news.notify_one();
    }
}

async fn tell<W: Write>(
    mut writer: W,
    state: &RefCell<State<'_, '_>>,
    news: &Notify,
) -> Result<Outcome, SessionError> {
    let mut frame = vec![0; FRAME_OCTETS_MAX];
    let failed = |error: W::Error| SessionError::LinkEnded(format!("{error:?}"));
    loop {
        let now = now();
        state.borrow_mut().attend(now)?;
        let count = state.borrow_mut().next_frame(now, &mut frame);
        if let Some(count) = count {
            let octets = frame.get(..count).unwrap_or_default();
            writer.write_all(octets).await.map_err(failed)?;
            continue;
        }
        writer.flush().await.map_err(failed)?;
        // Everything is said, the last acknowledgement too.
        if let Some(outcome) = state.borrow().outcome(now) {
            return Ok(outcome);
        }
        let due = state.borrow().due(now);
        let due = embassy_time::Instant::from_millis(due.as_millis());
        select(news.notified(), Timer::at(due)).await;
    }
}

impl State<'_, '_> {
    /// Takes octets in.
    fn received(&mut self, now: Instant, mut octets: &[u8]) -> Result<(), SessionError> {
        while let Some(message) = self.host.received(now, &mut octets) {
            self.heard = now;
            match message {
                ToHost::Hello(hello) => self.greet(now, hello)?,
                ToHost::ScopeAnswer { answer, .. } => match answer {
                    ScopeAnswer::Taken => {}
                    ScopeAnswer::Refused(error) => return Err(SessionError::ScopeRefused(error)),
                    ScopeAnswer::ScanRunning => return Err(SessionError::Busy),
                },
                ToHost::Denied(denial) => return Err(SessionError::Denied(denial)),
                ToHost::Progress(progress) => self.watch.progress(&progress),
                ToHost::Want(_)
                | ToHost::Ended { .. }
                | ToHost::Provisioned(_)
                | ToHost::Log(_) => {}
                ToHost::Info(info) => {
                    self.watch.info(&info);
                    if self.unsettled.is_some() && !info.earlier {
                        self.begin_list(now)?;
                    }
                }
                ToHost::Earlier(earlier) => self.date(&earlier)?,
                ToHost::Gone(gone) => {
                    // What came before it is stored before it is acknowledged with it.
                    self.keep()?;
                    self.lost = self.lost.saturating_add(gone.count());
                    self.host.stored(RecordId {
                        boot: gone.boot,
                        number: gone.last,
                    });
                }
                ToHost::Finding(finding) => self.gather(now, Record::Finding(Box::new(finding))),
                ToHost::Refused(refused) => self.gather(now, Record::Refused(refused)),
                ToHost::Over(over) => self.gather(now, Record::Over(over)),
                ToHost::Lost(lost) => self.gather(now, Record::Lost(lost)),
                ToHost::Dead(range) => self.gather(now, Record::Dead(range)),
                ToHost::Arrival(arrival) => self.gather(now, Record::Arrival(Box::new(arrival))),
            }
        }
        if let (None, Some(format)) = (self.greeted, self.host.foreign_format()) {
            return Err(SessionError::Format(format));
        }
        if self.gathered.len() >= GATHERED_RECORDS_MAX {
            self.keep()?;
        }
        Ok(())
    }

    fn gather(&mut self, now: Instant, record: Record) {
        if self.gathered.is_empty() {
            self.gathered_since = now;
        }
        self.gathered.push(record);
    }

    fn greet(&mut self, now: Instant, hello: DeviceHello) -> Result<(), SessionError> {
        if hello.format != FORMAT {
            return Err(SessionError::Format(hello.format));
        }
        let anchor = Anchor {
            at: hello.now,
            utc: self.scan.utc,
        };
        self.store
            .anchor(hello.device, hello.boot, anchor)
            .map_err(SessionError::Store)?;
        let same = self
            .greeted
            .is_some_and(|known| (known.device, known.boot) == (hello.device, hello.boot));
        self.greeted = Some(hello);
        if !same {
            self.host.hold();
            self.store
                .begin_scan(
                    hello.device,
                    hello.boot,
                    Under {
                        scope: self.scan.scope,
                        lists: self.scan.lists,
                        addresses: self.scan.addresses,
                    },
                    &self.scan.proving,
                    self.scan.utc,
                )
                .map_err(SessionError::Store)?;
            self.watch.device(&hello);
            self.host.ask_info(now);
            let is_known = self.given_before(&hello)?.is_some();
            let counts = self.is_under_way() && !is_known || self.scan.refusals_since.is_some();
            if counts {
                self.unsettled = Some(now);
            } else {
                self.begin_list(now)?;
            }
        }
        Ok(())
    }

    /// Whether a boot was given lines of this scan.
    fn is_under_way(&self) -> bool {
        self.was_given || self.scan.resumes
    }

    /// Which lines a boot was not given when it was given the list, if it was.
    fn given_before(&self, device: &DeviceHello) -> Result<Option<Vec<u8>>, SessionError> {
        self.store
            .left_out(self.scan.id, device.device, device.boot)
            .map_err(SessionError::Store)
    }

    /// Gives the device the list: the same lines as before, or else those that have no end yet.
    fn begin_list(&mut self, now: Instant) -> Result<(), SessionError> {
        self.unsettled = None;
        // What has come tells of ends.
        self.keep()?;
        let Some(device) = self.greeted else {
            return Ok(());
        };
        let left_out = match self.given_before(&device)? {
            Some(left_out) => left_out,
            None => {
                let ended = if self.is_under_way() {
                    self.store.ended_since(self.scan.began)
                } else {
                    Ok(Vec::new())
                };
                let ended = ended.map_err(SessionError::Store)?;
                let ended = ended.into_iter().map(|(target, _)| target).collect();
                let left_out = self.lines.left_out(&ended);
                self.store
                    .leave_out(self.scan.id, device.device, device.boot, &left_out)
                    .map_err(SessionError::Store)?;
                left_out
            }
        };
        self.was_given = true;
        self.lines.give(&left_out);
        if let Some(since) = self.scan.refusals_since {
            let refusals = self.store.refusals_since(since, device.device, device.boot);
            self.lines.know(refusals.map_err(SessionError::Store)?);
        }
        self.host
            .start(now, self.scan.id, self.scan.scope, self.scan.proving)
            .map_err(SessionError::ScopeRefused)
    }

    /// Keeps what dates the records of an earlier boot: another host may have been there then.
    fn date(&mut self, earlier: &Earlier) -> Result<(), SessionError> {
        let Some(device) = self.greeted else {
            return Ok(());
        };
        self.store
            .anchor(device.device, earlier.boot, earlier.anchor)
            .map_err(SessionError::Store)
    }

    /// Stores what was gathered, and only then has it acknowledged.
    fn keep(&mut self) -> Result<(), SessionError> {
        let records = std::mem::take(&mut self.gathered);
        let (Some(device), false) = (self.greeted, records.is_empty()) else {
            return Ok(());
        };
        self.stored += self
            .store
            .append(device.device, &records, Timestamp::now())
            .map_err(SessionError::Store)?;
        for record in &records {
            self.host.stored(record.id());
            if matches!(record, Record::Lost(_)) {
                self.lost = self.lost.saturating_add(1);
            }
            self.watch.stored(record);
        }
        Ok(())
    }

    /// Looks after what time brings: a silent device, and a user who wants to stop.
    fn attend(&mut self, now: Instant) -> Result<(), SessionError> {
        let silent = now.since(self.heard).0;
        match self.greeted {
            None if silent >= HELLO_WITHIN_MS => return Err(SessionError::NoAnswer),
            Some(_) if silent >= SILENT_WITHIN_MS => return Err(SessionError::Silent),
            None | Some(_) => {}
        }
        if now.since(self.gathered_since).0 >= GATHER_MS {
            self.keep()?;
        }
        if let Some(asked) = self.unsettled
            && now.since(asked).0 >= ASK_EARLIER_EVERY_MS
        {
            self.unsettled = Some(now);
            self.host.ask_info(now);
        }
        if self.over.is_none() && self.host.ended().is_some() {
            self.over = Some(now);
        }
        if self.stop_asked.is_none() && self.watch.wants_stop() && self.is_running() {
            self.stop_asked = Some(now);
            self.host.stop(now);
        }
        Ok(())
    }

    /// Whether the device has begun the scan: it can only end what it has begun.
    fn is_running(&self) -> bool {
        self.host
            .progress()
            .is_some_and(|progress| progress.scan == Some(self.scan.id))
    }

    fn next_frame(&mut self, now: Instant, frame: &mut [u8]) -> Option<usize> {
        let lines = &self.lines;
        self.host
            .link_transmit(now, |index| lines.line(index), frame)
    }

    fn outcome(&self, now: Instant) -> Option<Outcome> {
        let device = self.greeted?;
        let given_up = self
            .stop_asked
            .is_some_and(|asked| now.since(asked).0 >= STOP_WITHIN_MS);
        let heard_out = self.over.is_some_and(|over| {
            self.host.acknowledged() || now.since(over).0 >= FAREWELL_WITHIN_MS
        });
        if !heard_out && !given_up {
            return None;
        }
        Some(Outcome {
            device: device.device,
            boot: device.boot,
            ended: self.host.ended(),
            stored: self.stored,
            lost: self.lost,
            guard: self
                .host
                .progress()
                .map(|progress| progress.guard)
                .unwrap_or_default(),
            path: self.host.progress().and_then(|progress| progress.path),
            heard: Utc(self
                .scan
                .utc
                .0
                .saturating_add(now.since(self.began).0 / 1_000)),
        })
    }

    /// When to look again though nothing was heard.
    fn due(&self, now: Instant) -> Instant {
        let patience = match self.greeted {
            None => HELLO_WITHIN_MS,
            Some(_) => SILENT_WITHIN_MS,
        };
        let mut due = self.host.link_due(now).min(self.heard + Millis(patience));
        if let Some(asked) = self.stop_asked {
            due = due.min(asked + Millis(STOP_WITHIN_MS));
        }
        if let Some(over) = self.over {
            due = due.min(over + Millis(FAREWELL_WITHIN_MS));
        }
        if let Some(asked) = self.unsettled {
            due = due.min(asked + Millis(ASK_EARLIER_EVERY_MS));
        }
        if !self.gathered.is_empty() {
            due = due.min(self.gathered_since + Millis(GATHER_MS));
        }
        // A moment that has passed would spin.
        due.max(now + Millis(1))
    }
}
