//! The host's end of the link: sans-IO, like everything here.
//!
//! The host says what it wants (a scope, a scan, a list) and what it has stored. This type sends
//! what the device does not have yet, and sends it again when the device's own messages show that
//! it was lost. Nothing is queued: what is to be sent follows from what is wanted and what the
//! device said last.

mod repeat;

use crate::{
    finding::RecordId,
    frame::{
        Decoder, FORMAT, HOST_SPEAKS_EVERY_MS, PAYLOAD_OCTETS_MAX, Part, RECORD_OCTETS_MAX, ScanId,
        ScopeDigest, ToDevice, ToHost,
        about::Provision,
        decode_message, encode_message,
        message::{
            DeviceHello, Earlier, Ended, LinkCounters, Phase, Progress, Proving, ScopeAnswer,
        },
        write_first_frame, write_frame,
    },
    scope::{Scope, ScopeError},
    suspect::Suspect,
    time::{Anchor, Instant, Millis, Utc},
};

use repeat::{Asks, List, Records, Timer};

/// For how long the host waits for the device to show that it has heard, in milliseconds.
pub const ASK_AGAIN_AFTER_MS: u64 = 1_500;

/// A line of the list, with what the host knows of its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub suspect: Suspect,
    /// Refusals of the last 24 hours that the device does not know; see [`ToDevice::Suspect`].
    pub refusals: u8,
}

impl From<Suspect> for Line {
    fn from(suspect: Suspect) -> Self {
        Self {
            suspect,
            refusals: 0,
        }
    }
}

/// The host's end of one link.
#[derive(Debug)]
pub struct HostLink {
    decoder: Decoder,
    sequence: u16,
    /// The message that is being sent, and how many of its octets have been.
    message: heapless::Vec<u8, RECORD_OCTETS_MAX>,
    message_sent: usize,
    /// UTC as it was when the link was connected.
    connected: Option<Anchor>,
    greet: Timer,
    /// When to show that a host is there.
    presence: Timer,
    /// The device has answered the last Hello.
    answered: bool,
    /// Nothing was said on this connection.
    silent: bool,
    device: Option<DeviceHello>,
    wanted: Option<Wanted>,
    scope: Timer,
    start: Timer,
    stop: Timer,
    progress: Option<Progress>,
    scope_answer: Option<ScopeAnswer>,
    list: List,
    records: Records,
    /// Those of an earlier boot that the device still has.
    earlier: Option<(u32, Records)>,
    asks: Asks,
    ended: Option<(Ended, u32)>,
}

/// The scan that the host wants.
#[derive(Debug)]
struct Wanted {
    scan: ScanId,
    scope: Scope,
    digest: ScopeDigest,
    proving: Proving,
}

impl HostLink {
    /// A link on which nothing was said yet.
    pub const fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            sequence: 0,
            message: heapless::Vec::new(),
            message_sent: 0,
            connected: None,
            greet: Timer::NEVER,
            presence: Timer::NEVER,
            answered: false,
            silent: true,
            device: None,
            wanted: None,
            scope: Timer::NEVER,
            start: Timer::NEVER,
            stop: Timer::NEVER,
            progress: None,
            scope_answer: None,
            list: List::new(),
            records: Records::from(1),
            earlier: None,
            asks: Asks {
                info: Timer::NEVER,
                provision: None,
                log: None,
            },
            ended: None,
        }
    }

    /// A connection to the device is there, or is there again: greets it. `utc` becomes the
    /// anchor of its clock.
    pub fn connected(&mut self, now: Instant, utc: Utc) {
        self.decoder.reset();
        self.message.clear();
        self.message_sent = 0;
        self.connected = Some(Anchor { at: now, utc });
        self.greet = Timer(now);
        self.silent = true;
    }

    /// Wants `scan` to run under `scope`. The list is asked for in
    /// [`HostLink::link_transmit`]. The same number promises the same list: a device that runs
    /// this scan goes on at the line where it is, and one that has run it does not run it again.
    pub fn start(
        &mut self,
        now: Instant,
        scan: ScanId,
        scope: &Scope,
        proving: Proving,
    ) -> Result<(), ScopeError> {
        scope.check()?;
        self.wanted = Some(Wanted {
            scan,
            scope: scope.clone(),
            digest: ScopeDigest::of(scope),
            proving,
        });
        self.stop = Timer::NEVER;
        self.begin(now);
        Ok(())
    }

    /// Wants no scan until [`HostLink::start`]: a device that has started anew gets its list when the
    /// host knows what is left of it.
    pub fn hold(&mut self) {
        self.wanted = None;
        self.scope = Timer::NEVER;
        self.start = Timer::NEVER;
        self.stop = Timer::NEVER;
        self.list = List::new();
    }

    /// Wants the scan to end.
    pub fn stop(&mut self, now: Instant) {
        if self.wanted.is_some() {
            self.stop = Timer(now);
        }
    }

    /// Wants to know who the device is and how it fares.
    pub fn ask_info(&mut self, now: Instant) {
        self.asks.info = Timer(now);
    }

    /// Wants the device set up so.
    pub fn provision(&mut self, now: Instant, provision: Provision) {
        self.asks.provision = Some((provision, Timer(now)));
    }

    /// Wants the lines of the log from `from` on, again and again.
    pub fn ask_log(&mut self, now: Instant, from: u32) {
        self.asks.log = Some((from, Timer(now)));
    }

    /// Takes octets in until a message is whole, and moves `octets` behind what it took. Call it
    /// until it gives `None`. Records come in order and without gaps; one that the device sends
    /// again is given out once.
    pub fn received(&mut self, now: Instant, octets: &mut &[u8]) -> Option<ToHost> {
        while let Some((octet, rest)) = octets.split_first() {
            *octets = rest;
            let Some(message) = self.decoder.push(*octet) else {
                continue;
            };
            let Some(message) = decode_message::<ToHost>(message) else {
                self.decoder.count_undecodable();
                continue;
            };
            if self.heard(now, &message) {
                return Some(message);
            }
        }
        None
    }

    /// The host has stored every record through `record`: acknowledges them.
    pub fn stored(&mut self, record: RecordId) {
        if let Some(records) = self.records_of(record.boot)
            && record.number < records.next
        {
            records.stored = records.stored.max(record.number);
            records.acknowledge = true;
        }
    }

    /// Writes the next frame for the device into `out`, which is at least
    /// [`crate::frame::FRAME_OCTETS_MAX`] long. `list` gives the line of an index, from 0; the
    /// first `None` is the end of the list. `None`: nothing before [`HostLink::link_due`] unless
    /// something is received, stored or wanted.
    pub fn link_transmit(
        &mut self,
        now: Instant,
        list: impl Fn(u32) -> Option<Line>,
        out: &mut [u8],
    ) -> Option<usize> {
        if self.message.is_empty() {
            let message = self.say(now, list)?;
            self.presence = Timer(now + Millis(HOST_SPEAKS_EVERY_MS));
            let kept = &mut self.message;
            encode_message(&message, &mut |octet| kept.push(octet).is_ok())?;
        }
        let from = self.message_sent;
        let behind = from.saturating_add(PAYLOAD_OCTETS_MAX);
        let last = behind >= self.message.len();
        let part = Part {
            first: from == 0,
            last,
            sequence: self.sequence,
        };
        let payload = self.message.iter().copied().skip(from);
        let payload = payload.take(PAYLOAD_OCTETS_MAX);
        // Whoever spoke before may have ended within a frame.
        let sent = if self.silent {
            write_first_frame(out, part, payload)?
        } else {
            write_frame(out, part, payload)?
        };
        self.silent = false;
        self.sequence = self.sequence.wrapping_add(1);
        self.message_sent = behind;
        if last {
            self.message.clear();
            self.message_sent = 0;
        }
        Some(sent)
    }

    /// When to call [`HostLink::link_transmit`] again; `now` or earlier when there is something
    /// to say at once. After `link_transmit` has given `None` it is later than `now`.
    pub fn link_due(&self, now: Instant) -> Instant {
        if self.connected.is_none() {
            return Instant::NEVER;
        }
        if !self.message.is_empty() {
            return now;
        }
        if self.device.is_none() {
            return self.greet.0;
        }
        let earlier = self.earlier.as_ref().map(|(_, records)| records);
        if self.records.acknowledge || earlier.is_some_and(|of| of.acknowledge) {
            return now;
        }
        let timer_if = |is_set: bool, timer| if is_set { timer } else { Timer::NEVER };
        let rewind = timer_if(self.list.cursor > self.list.next, self.list.rewind);
        let resend = timer_if(self.records.missing, self.records.resend);
        let resend_earlier = earlier.map_or(Timer::NEVER, |of| timer_if(of.missing, of.resend));
        let Asks {
            info,
            provision,
            log,
        } = &self.asks;
        let provision = provision.map_or(Timer::NEVER, |(_, timer)| timer);
        let log = log.map_or(Timer::NEVER, |(_, timer)| timer);
        [
            self.greet,
            self.presence,
            self.scope,
            self.start,
            self.stop,
            rewind,
            resend,
            resend_earlier,
            *info,
            provision,
            log,
        ]
        .into_iter()
        .map(|timer| timer.0)
        .min()
        .unwrap_or(Instant::NEVER)
    }

    /// Who the device is, once it has said so. Another boot than before: it has forgotten its
    /// scan, and asks for the list again from 0. So a host that keeps a list leaves out, from
    /// then on, what it has last findings of.
    pub const fn device(&self) -> Option<&DeviceHello> {
        self.device.as_ref()
    }

    /// The newest progress.
    pub const fn progress(&self) -> Option<&Progress> {
        self.progress.as_ref()
    }

    /// What the device said to the scope that is wanted.
    pub const fn scope_answer(&self) -> Option<ScopeAnswer> {
        self.scope_answer
    }

    /// Why the scan that is wanted is over, once every record of it has been stored.
    pub fn ended(&self) -> Option<Ended> {
        self.ended
            .filter(|(_, records)| self.records.stored >= *records)
            .map(|(why, _)| why)
    }

    /// Whether the device has shown that it heard the last acknowledgement.
    pub fn acknowledged(&self) -> bool {
        self.progress
            .is_some_and(|of| of.outbox.acknowledged >= self.records.stored)
    }

    /// The format of the last frame that was not of [`FORMAT`].
    pub const fn foreign_format(&self) -> Option<u8> {
        self.decoder.foreign_format()
    }

    /// What this end has seen of the link.
    pub const fn counters(&self) -> LinkCounters {
        self.decoder.counters()
    }

    /// Begins with the scan that is wanted, on a device that knows nothing of it yet.
    fn begin(&mut self, now: Instant) {
        self.list = List::new();
        self.progress = None;
        self.scope_answer = None;
        self.ended = None;
        if self.wanted.is_some() {
            self.scope = Timer(now);
            self.start = Timer(now);
        }
    }

    /// Takes a message in; true when it is to be given out.
    fn heard(&mut self, now: Instant, message: &ToHost) -> bool {
        self.answered |= matches!(message, ToHost::Hello(_));
        if self.answered {
            self.greet = Timer::again(now);
        }
        match message {
            ToHost::Hello(hello) => self.heard_hello(now, hello),
            ToHost::ScopeAnswer { digest, answer } => {
                if self.wants_scope(*digest) {
                    self.scope_answer = Some(*answer);
                    if matches!(answer, ScopeAnswer::Refused(_)) {
                        self.start = Timer::NEVER;
                    }
                    if !matches!(answer, ScopeAnswer::ScanRunning) {
                        self.scope = Timer::NEVER;
                    }
                }
            }
            ToHost::Want(want) => {
                if self.wants_scan(want.scan) {
                    self.list.wanted(now, want);
                }
                return false;
            }
            ToHost::Progress(progress) => self.heard_progress(now, progress),
            ToHost::Ended { scan, why, records } => {
                if self.wants_scan(*scan) {
                    self.ended = Some((*why, *records));
                }
            }
            ToHost::Finding(_)
            | ToHost::Refused(_)
            | ToHost::Over(_)
            | ToHost::Lost(_)
            | ToHost::Dead(_)
            | ToHost::Arrival(_) => {
                return message
                    .record()
                    .is_some_and(|id| self.heard_records(now, id.boot, id.number, id.number));
            }
            ToHost::Gone(gone) => return self.heard_records(now, gone.boot, gone.first, gone.last),
            ToHost::Earlier(earlier) => self.heard_earlier(earlier),
            ToHost::Info(_) => self.asks.info = Timer::NEVER,
            ToHost::Provisioned(_) => self.asks.provision = None,
            ToHost::Log(line) => return self.heard_line(now, line.number),
            ToHost::Denied(_) => {}
        }
        true
    }

    /// A line of the log: given out once, and never one before it.
    fn heard_line(&mut self, now: Instant, number: u32) -> bool {
        match &mut self.asks.log {
            Some((next, timer)) if number >= *next => {
                *next = number.saturating_add(1);
                *timer = Timer::again(now);
                true
            }
            Some(_) | None => false,
        }
    }

    fn heard_earlier(&mut self, earlier: &Earlier) {
        match &mut self.earlier {
            Some((boot, records)) if *boot == earlier.boot => {
                records.next = records.next.max(earlier.first);
            }
            other => *other = Some((earlier.boot, Records::from(earlier.first))),
        }
    }

    /// How far the records of a boot have come, where the device has said that it has any.
    fn records_of(&mut self, boot: u32) -> Option<&mut Records> {
        if self.device.is_some_and(|of| of.boot == boot) {
            return Some(&mut self.records);
        }
        match &mut self.earlier {
            Some((earlier, records)) if *earlier == boot => Some(records),
            Some(_) | None => None,
        }
    }

    fn heard_hello(&mut self, now: Instant, hello: &DeviceHello) {
        let known = self
            .device
            .is_some_and(|of| of.device == hello.device && of.boot == hello.boot);
        self.device = Some(*hello);
        if known {
            self.records.begin_at(hello.first);
            if self.wanted.is_some() {
                self.scope.arm(now);
                self.start.arm(now);
            }
        } else {
            self.records = Records::from(hello.first);
            self.earlier = None;
            self.begin(now);
        }
    }

    fn heard_progress(&mut self, now: Instant, progress: &Progress) {
        self.progress = Some(*progress);
        self.records.acknowledge |= !self.acknowledged();
        let Some(wanted) = &self.wanted else {
            return;
        };
        if matches!(self.scope_answer, Some(ScopeAnswer::Refused(_))) {
            return;
        }
        let mine = progress.scan == Some(wanted.scan);
        if mine || progress.scope == Some(wanted.digest) {
            self.scope = Timer::NEVER;
        } else {
            self.scope.arm(now);
        }
        if mine {
            self.start = Timer::NEVER;
        } else {
            self.start.arm(now);
        }
        if mine && progress.phase != Phase::Running {
            self.stop = Timer::NEVER;
        }
        if let (true, Phase::Ended(why)) = (mine, progress.phase) {
            self.ended = Some((why, progress.outbox.made));
        }
    }

    /// Records of a boot, from `first` to `last`; true when they are the next ones.
    fn heard_records(&mut self, now: Instant, boot: u32, first: u32, last: u32) -> bool {
        let answered = self.answered;
        let Some(records) = self.records_of(boot) else {
            // The device has restarted, and its answer to the last Hello was lost.
            if answered {
                self.answered = false;
                self.greet = Timer(now);
            }
            return false;
        };
        if last < records.next {
            records.acknowledge = true;
            return false;
        }
        if first > records.next {
            records.missing = true;
            return false;
        }
        records.next = last.saturating_add(1);
        records.missing = false;
        true
    }

    /// What to say next, if anything.
    fn say(&mut self, now: Instant, list: impl Fn(u32) -> Option<Line>) -> Option<ToDevice> {
        let anchor = self.connected?;
        if self.greet.is_due(now) {
            self.greet = Timer::again(now);
            self.answered = false;
            return Some(ToDevice::Hello {
                format: FORMAT,
                utc: anchor.utc(now),
            });
        }
        let boot = self.device?.boot;
        self.say_what_is_wanted(now)
            .or_else(|| self.asks.say(now))
            .or_else(|| {
                let (boot, records) = self.earlier.as_mut()?;
                records.say(now, *boot)
            })
            .or_else(|| self.records.say(now, boot))
            .or_else(|| {
                let scan = self.wanted.as_ref()?.scan;
                self.list.say(now, scan, list)
            })
            .or_else(|| {
                let through = self.records.stored;
                let is_due = self.presence.is_due(now);
                is_due.then_some(ToDevice::Ack { boot, through })
            })
    }

    fn say_what_is_wanted(&mut self, now: Instant) -> Option<ToDevice> {
        let wanted = self.wanted.as_ref()?;
        if self.stop.is_due(now) {
            self.stop = Timer::again(now);
            return Some(ToDevice::Stop { scan: wanted.scan });
        }
        if self.scope.is_due(now) {
            self.scope = Timer::again(now);
            return Some(ToDevice::Scope(wanted.scope.clone()));
        }
        if self.start.is_due(now) {
            self.start = Timer::again(now);
            return Some(ToDevice::Start {
                scan: wanted.scan,
                scope: wanted.digest,
                proving: wanted.proving,
            });
        }
        None
    }

    fn wants_scan(&self, scan: ScanId) -> bool {
        self.wanted.as_ref().is_some_and(|of| of.scan == scan)
    }

    fn wants_scope(&self, digest: ScopeDigest) -> bool {
        self.wanted.as_ref().is_some_and(|of| of.digest == digest)
    }
}

impl Default for HostLink {
    fn default() -> Self {
        Self::new()
    }
}
