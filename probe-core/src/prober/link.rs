//! The device's end of the link.
//!
//! Nothing that is not a record is queued: what must be said is a flag, and its content is what is
//! true at the moment of sending. So a lost frame costs time and nothing else: the host sees from
//! the next [`Progress`](crate::frame::message::Progress) what the device does not have.

use super::{InForce, List, Prober, Way};
use crate::{
    evidence::Evidence,
    finding::{Gone, RecordId},
    frame::{
        Decoder, FORMAT, HOST_GONE_AFTER_MS, PAYLOAD_OCTETS_MAX, PROGRESS_EVERY_MS, Part, ScanId,
        ScopeDigest, ToDevice, ToHost, decode_message, encode_message,
        message::{
            DeviceHello, Earlier, Ended, LinkCounters, PLAIN_MESSAGE_OCTETS_MAX, Phase, Proving,
            ScopeAnswer, VisitCounters, Want,
        },
        write_first_frame, write_frame,
    },
    outbox::backlog::Turn,
    schedule::QUEUED_TARGETS_MAX,
    scope::Scope,
    time::{Anchor, Instant, Millis, Utc},
    verdict::RULES,
};

/// For how long records wait for their acknowledgement before they are sent again, in
/// milliseconds.
pub const RESEND_AFTER_MS: u64 = 5_000;

/// The least change of room for suspects that is worth a message.
const ROOM_WORTH_TELLING: u32 = (QUEUED_TARGETS_MAX / 2) as u32;

/// What the link has to say, to the host on the serial link or to a visitor in its place.
#[derive(Debug)]
pub(super) struct Link {
    decoder: Decoder,
    /// A host has said Hello on the serial link.
    greeted: bool,
    /// When it was heard last.
    heard_at: Instant,
    /// A visitor is spoken with.
    pub(super) visited: bool,
    pub(super) visits: VisitCounters,
    sequence: u16,
    /// The same, of the frames for visitors.
    visit_sequence: u16,
    hello: bool,
    /// A host of another format is to be told which one this device speaks.
    version: bool,
    scope_answer: Option<(ScopeDigest, ScopeAnswer)>,
    want: bool,
    /// Behind the last line that the host was told there is room for.
    want_told: u32,
    progress: bool,
    progress_due: Instant,
    ended: bool,
    /// The record that is being sent, and how many of its octets have been.
    pub(super) part: Option<(RecordId, usize)>,
    /// When to send records again.
    resend_at: Instant,
    /// The last record that was told to be gone.
    gone_through: RecordId,
}

impl Link {
    #[inline(never)]
    pub(super) const fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            greeted: false,
            heard_at: Instant::BOOT,
            visited: false,
            visits: VisitCounters {
                calls: 0,
                busy: 0,
                denied: 0,
                unreadable: 0,
            },
            sequence: 0,
            visit_sequence: 0,
            hello: false,
            version: false,
            scope_answer: None,
            want: false,
            want_told: 0,
            progress: false,
            progress_due: Instant::BOOT,
            ended: false,
            part: None,
            resend_at: Instant::NEVER,
            gone_through: RecordId { boot: 0, number: 0 },
        }
    }

    /// Whether there is anybody to speak with.
    pub(super) const fn is_greeted(&self) -> bool {
        self.greeted || self.visited
    }

    /// The number of the next frame.
    const fn sequence(&self, for_visitor: bool) -> u16 {
        if for_visitor {
            self.visit_sequence
        } else {
            self.sequence
        }
    }

    /// A frame was written.
    const fn count_frame(&mut self, for_visitor: bool) {
        let next = self.sequence(for_visitor).wrapping_add(1);
        if for_visitor {
            self.visit_sequence = next;
        } else {
            self.sequence = next;
        }
    }

    pub(super) const fn counters(&self) -> LinkCounters {
        self.decoder.counters()
    }

    pub(super) fn network_changed(&mut self) {
        self.progress = true;
    }

    pub(super) fn path_changed(&mut self) {
        self.progress = true;
    }

    pub(super) fn phase_changed(&mut self) {
        self.progress = true;
        self.ended = true;
    }
}

impl Prober {
    /// Takes in octets from the serial link, in pieces of any length.
    pub fn link_received(&mut self, now: Instant, octets: &[u8]) {
        let foreign = self.link.counters().foreign;
        for octet in octets {
            let heard = match self.link.decoder.push(*octet) {
                Some(message) => decode_message::<ToDevice>(message),
                None => continue,
            };
            match heard {
                Some(message) => self.heard(now, &message),
                None => self.link.decoder.count_undecodable(),
            }
        }
        let another = self.link.decoder.foreign_format().is_some();
        self.link.version |= another && self.link.counters().foreign != foreign;
    }

    /// Writes the next frame for the host on the serial link into `out`, which is at least
    /// [`crate::frame::FRAME_OCTETS_MAX`] long, and says how many octets it has. `None`: nothing
    /// before [`Prober::link_due`] unless something changes.
    pub fn link_transmit(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        if core::mem::take(&mut self.link.version) {
            return self.write_hello(now, out, false);
        }
        if !self.link.greeted || self.link.visited {
            return None;
        }
        self.speak(now, out)
    }

    /// Writes the next frame for whoever is spoken with.
    pub(super) fn speak(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        self.settle(now);
        self.mind_the_time(now);
        if self.link.part.is_some() {
            return self.transmit_part(now, out);
        }
        self.transmit_plain(now, out)
            .or_else(|| self.transmit_news(now, out))
            .or_else(|| self.transmit_part(now, out))
            .or_else(|| self.transmit_ended(out))
    }

    /// When to call [`Prober::link_transmit`] again; `now` or earlier when there is something to
    /// say at once.
    pub fn link_due(&self, now: Instant) -> Instant {
        let link = &self.link;
        if link.version {
            now
        } else if link.greeted && !link.visited {
            self.due_to_speak(now)
        } else {
            Instant::NEVER
        }
    }

    /// The same, for [`Prober::speak`].
    pub(super) fn due_to_speak(&self, now: Instant) -> Instant {
        let link = &self.link;
        let over = link.ended && matches!(self.phase, Phase::Ended(_));
        let something = link.hello
            || link.progress
            || link.scope_answer.is_some() && !link.visited
            || over && self.has_sent_all()
            || self.about.has_news();
        if something || self.has_record_to_send() || self.want().is_some() {
            now
        } else if self.outbox.is_empty() && !self.backlog.is_earlier() {
            self.link.progress_due
        } else {
            self.link.progress_due.min(self.link.resend_at)
        }
    }

    fn heard(&mut self, now: Instant, message: &ToDevice) {
        self.link.heard_at = now;
        if self.link.visited {
            self.speak_with(false);
        }
        match message {
            ToDevice::Hello { utc, .. } => self.heard_hello(now, *utc),
            ToDevice::Scope(scope) => {
                let digest = ScopeDigest::of(scope);
                let answer = self.heard_scope(now, scope, digest);
                self.link.scope_answer = Some((digest, answer));
            }
            ToDevice::Start {
                scan,
                scope,
                proving,
            } => self.heard_start(now, *scan, *scope, proving),
            ToDevice::Suspect {
                scan,
                index,
                suspect,
                refusals,
            } => {
                let is_next = self.runs(*scan) && !self.list.complete && *index == self.list.taken;
                if is_next {
                    self.take_suspect(now, *index, suspect, *refusals);
                }
            }
            ToDevice::NoMore { scan, count } => {
                if self.runs(*scan) && *count == self.list.taken {
                    self.list.complete = true;
                    self.settle(now);
                }
            }
            ToDevice::Stop { scan } => {
                if self.runs(*scan) {
                    self.end(now, Ended::HostAsked);
                }
            }
            ToDevice::Provision(provision) => self.about.heard_provision(provision),
            ToDevice::Ack { .. }
            | ToDevice::Resend { .. }
            | ToDevice::AskInfo
            | ToDevice::AskLog { .. } => self.heard_request(now, message),
        }
    }

    /// What a visitor may say as well.
    pub(super) fn heard_request(&mut self, now: Instant, message: &ToDevice) {
        match message {
            ToDevice::Ack { boot, through } => {
                if *boot != self.boot {
                    self.backlog.acknowledge(*boot, *through);
                    self.link.resend_at = now + Millis(RESEND_AFTER_MS);
                } else if !self.backlog.is_earlier() {
                    self.outbox.acknowledge(*through);
                    let through = self.outbox.first_number().saturating_sub(1);
                    self.schedule.acknowledged(through);
                    self.link.resend_at = now + Millis(RESEND_AFTER_MS);
                    // With the last one heard the host may go.
                    let over = matches!(self.phase, Phase::Ended(_));
                    self.link.progress |= over && self.outbox.is_empty();
                    self.settle(now);
                }
            }
            ToDevice::Resend { boot, from } => {
                if *boot == self.boot {
                    self.outbox.send_again(*from);
                } else {
                    self.backlog.send_again(*boot, *from);
                }
                self.link.part = None;
            }
            ToDevice::AskInfo => self.about.heard_ask_info(),
            ToDevice::AskLog { from } => self.about.heard_ask_log(*from),
            ToDevice::Hello { .. }
            | ToDevice::Scope(_)
            | ToDevice::Start { .. }
            | ToDevice::Suspect { .. }
            | ToDevice::NoMore { .. }
            | ToDevice::Stop { .. }
            | ToDevice::Provision(_) => {}
        }
    }

    /// Whether a host on the serial link has been heard not long ago.
    pub(super) fn host_is_there(&self, now: Instant) -> bool {
        self.link.greeted && now.since(self.link.heard_at).0 < HOST_GONE_AFTER_MS
    }

    fn heard_hello(&mut self, now: Instant, utc: Utc) {
        self.anchor = Some(Anchor { at: now, utc });
        self.link.greeted = true;
        self.begin_to_speak();
    }

    /// Speaks with the visitor, or with the host on the serial link, from here on.
    pub(super) fn speak_with(&mut self, visitor: bool) {
        if self.link.visited != visitor {
            self.link.visited = visitor;
            self.about.forget_asked();
        }
        self.begin_to_speak();
    }

    fn begin_to_speak(&mut self) {
        self.outbox.send_again(0);
        self.backlog.restart();
        let link = &mut self.link;
        link.part = None;
        link.hello = true;
        link.progress = true;
        link.want = true;
        link.ended = true;
    }

    pub(super) fn heard_scope(
        &mut self,
        now: Instant,
        scope: &Scope,
        digest: ScopeDigest,
    ) -> ScopeAnswer {
        if let Err(error) = scope.check() {
            return ScopeAnswer::Refused(error);
        }
        if self.scope.as_ref().is_some_and(|of| of.digest == digest) {
            return ScopeAnswer::Taken;
        }
        if matches!(self.phase, Phase::Running | Phase::Stopping(_)) {
            return ScopeAnswer::ScanRunning;
        }
        self.schedule.set_rates(scope.rates);
        #[cfg(not(feature = "small"))]
        {
            self.healths = crate::dnsbl::Healths::new();
        }
        self.scope = Some(InForce {
            scope: scope.clone(),
            digest,
            since: now,
            powered_before: 0,
        });
        ScopeAnswer::Taken
    }

    fn heard_start(&mut self, now: Instant, scan: ScanId, scope: ScopeDigest, proving: &Proving) {
        self.link.progress = true;
        match self.phase {
            Phase::Running if self.scan == Some(scan) => self.link.want = true,
            Phase::Running => self.end(now, Ended::Replaced),
            Phase::Stopping(_) => {}
            Phase::Ended(_) if self.scan == Some(scan) => self.link.ended = true,
            Phase::Idle | Phase::Ended(_) => self.begin(now, scan, scope, proving),
        }
    }

    /// Begins a scan, if this boot has an anchor and the scope that is meant is in force.
    fn begin(&mut self, now: Instant, scan: ScanId, scope: ScopeDigest, proving: &Proving) {
        let in_force = self.scope.as_ref().is_some_and(|of| of.digest == scope);
        if !in_force || self.anchor.is_none() {
            return;
        }
        self.scan = Some(scan);
        self.key = Some((proving.key, proving.key.digest()));
        self.deliver = proving.deliver;
        self.list = List::default();
        self.way = self
            .scope()
            .map_or(Way::NOT_CHECKED, |scope| Way::of(scope, now));
        self.schedule.set_many_lines(false);
        self.link.want = true;
        self.link.want_told = 0;
        self.set_phase(Phase::Running);
        self.settle(now);
    }

    fn runs(&self, scan: ScanId) -> bool {
        self.phase == Phase::Running && self.scan == Some(scan)
    }

    fn mind_the_time(&mut self, now: Instant) {
        if now >= self.link.progress_due {
            self.link.progress_due = now + Millis(PROGRESS_EVERY_MS);
            self.link.progress = true;
            self.link.want = true;
        }
        if !self.has_record_to_send() && now >= self.link.resend_at {
            self.outbox.send_again(0);
            self.backlog.restart();
            self.link.resend_at = now + Millis(RESEND_AFTER_MS);
        }
    }

    fn transmit_plain(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        if self.link.hello {
            let sent = self.write_hello(now, out, self.link.visited)?;
            self.link.hello = false;
            return Some(sent);
        }
        if let Some((digest, answer)) = self.link.scope_answer
            && !self.link.visited
        {
            let sent = self.write_plain(out, &ToHost::ScopeAnswer { digest, answer })?;
            self.link.scope_answer = None;
            return Some(sent);
        }
        if let Some(want) = self.want() {
            let sent = self.write_plain(out, &ToHost::Want(want))?;
            self.link.want = false;
            self.link.want_told = want.next.saturating_add(u32::from(want.suspects));
            return Some(sent);
        }
        if self.link.progress {
            let sent = self.write_plain(out, &ToHost::Progress(self.progress(now)))?;
            self.link.progress = false;
            return Some(sent);
        }
        None
    }

    /// What the host has asked about the device itself.
    fn transmit_news(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        if let Some(answer) = self.about.answer() {
            let sent = self.write_plain(out, &ToHost::Provisioned(answer))?;
            self.about.answered();
            return Some(sent);
        }
        if self.about.is_info_wanted() {
            let info = self.info(now);
            let sent = self.write_plain(out, &ToHost::Info(info))?;
            self.about.info_sent();
            return Some(sent);
        }
        let line = self.about.line()?.clone();
        let number = line.number;
        let sent = self.write_plain(out, &ToHost::Log(line))?;
        self.about.line_sent(number);
        Some(sent)
    }

    /// Whose turn it is to send a record.
    fn turn(&self) -> Turn {
        let outbox = &self.outbox;
        self.backlog.turn(outbox.absent(), outbox.first_in_ring())
    }

    fn has_record_to_send(&self) -> bool {
        match self.turn() {
            Turn::Ring => !self.outbox.all_sent(),
            Turn::Wait => false,
            Turn::Earlier { .. } | Turn::Gone { .. } | Turn::Record(_) => true,
        }
    }

    /// Whether every record of this boot has been sent.
    fn has_sent_all(&self) -> bool {
        self.turn() == Turn::Ring && self.outbox.all_sent()
    }

    fn transmit_part(&mut self, now: Instant, out: &mut [u8]) -> Option<usize> {
        match self.turn() {
            Turn::Wait => None,
            Turn::Ring => {
                let Some((number, length)) = self.outbox.sending() else {
                    self.link.part = None;
                    return None;
                };
                let id = RecordId {
                    boot: self.boot,
                    number,
                };
                let from = self.part_of(id);
                let octets = self.outbox.sending_octets(from);
                let part = self.next_part(from, length);
                let sent = write_frame(out, part, octets.take(PAYLOAD_OCTETS_MAX))?;
                if self.part_sent(now, id, from, part) {
                    self.outbox.sent();
                }
                Some(sent)
            }
            Turn::Record(id) => {
                let from = self.part_of(id);
                let octets = self.backlog.octets();
                let part = self.next_part(from, octets.len());
                let octets = octets.iter().copied().skip(from);
                let sent = write_frame(out, part, octets.take(PAYLOAD_OCTETS_MAX))?;
                if self.part_sent(now, id, from, part) {
                    self.told_through(id);
                }
                Some(sent)
            }
            Turn::Earlier {
                boot,
                first,
                anchor,
            } => {
                let earlier = Earlier {
                    boot,
                    first,
                    anchor,
                };
                let sent = self.write_plain(out, &ToHost::Earlier(earlier))?;
                self.backlog.said_earlier(boot);
                Some(sent)
            }
            Turn::Gone { boot, first, last } => {
                let gone = Gone { boot, first, last };
                let sent = self.write_plain(out, &ToHost::Gone(gone))?;
                // Said again, they are not lost again.
                let id = RecordId { boot, number: last };
                if id > self.link.gone_through {
                    self.link.gone_through = id;
                    self.outbox.count_many_lost(gone.count());
                }
                self.told_through(id);
                self.link.resend_at = now + Millis(RESEND_AFTER_MS);
                Some(sent)
            }
        }
    }

    /// Records of storage have been sent through this one, or told to be gone.
    fn told_through(&mut self, id: RecordId) {
        self.backlog.sent_through(id);
        if id.boot == self.boot {
            self.outbox.sent_through(id.number);
        }
    }

    /// How many octets of this record have been sent already.
    fn part_of(&self, id: RecordId) -> usize {
        match self.link.part {
            Some((of, from)) if of == id => from,
            _ => 0,
        }
    }

    fn next_part(&self, from: usize, length: usize) -> Part {
        Part {
            first: from == 0,
            last: from.saturating_add(PAYLOAD_OCTETS_MAX) >= length,
            sequence: self.link.sequence(self.link.visited),
        }
    }

    /// A part was written; true when it was the last one of its record.
    fn part_sent(&mut self, now: Instant, id: RecordId, from: usize, part: Part) -> bool {
        self.link.count_frame(self.link.visited);
        if part.last {
            self.link.part = None;
            self.link.resend_at = now + Millis(RESEND_AFTER_MS);
        } else {
            self.link.part = Some((id, from.saturating_add(PAYLOAD_OCTETS_MAX)));
        }
        part.last
    }

    /// Says that the scan is over, behind its last record.
    fn transmit_ended(&mut self, out: &mut [u8]) -> Option<usize> {
        let over = self.link.ended && self.has_sent_all();
        let (Phase::Ended(why), Some(scan), true) = (self.phase, self.scan, over) else {
            return None;
        };
        let records = self.outbox.state().made;
        let sent = self.write_plain(out, &ToHost::Ended { scan, why, records })?;
        self.link.ended = false;
        Some(sent)
    }

    /// What to ask of the host, when there is something to ask.
    fn want(&self) -> Option<Want> {
        let (Phase::Running, Some(scan), false, false) =
            (self.phase, self.scan, self.list.complete, self.link.visited)
        else {
            return None;
        };
        let room = if self.has_room_for_a_record() {
            u16::try_from(self.schedule.queue_room()).unwrap_or(u16::MAX)
        } else {
            0
        };
        let next = self.list.taken;
        let reach = next.saturating_add(u32::from(room));
        let told = self.link.want_told;
        let worth_it =
            reach >= told.saturating_add(ROOM_WORTH_TELLING) || (next >= told && room > 0);
        (self.link.want || worth_it).then_some(Want {
            scan,
            next,
            suspects: room,
        })
    }

    pub(super) fn write_hello(
        &mut self,
        now: Instant,
        out: &mut [u8],
        for_visitor: bool,
    ) -> Option<usize> {
        let hello = DeviceHello {
            format: FORMAT,
            rules: RULES,
            device: self.device,
            boot: self.boot,
            now,
            first: self.outbox.first_number(),
        };
        // The boot before, or a record that was cut off, may have ended within a frame.
        self.write(out, &ToHost::Hello(hello), true, for_visitor)
    }

    fn write_plain(&mut self, out: &mut [u8], message: &ToHost<&Evidence>) -> Option<usize> {
        self.write(out, message, false, self.link.visited)
    }

    /// Writes a message in a frame of its own.
    pub(super) fn write(
        &mut self,
        out: &mut [u8],
        message: &ToHost<&Evidence>,
        is_first: bool,
        for_visitor: bool,
    ) -> Option<usize> {
        let mut octets = heapless::Vec::<u8, PLAIN_MESSAGE_OCTETS_MAX>::new();
        encode_message(message, &mut |octet| octets.push(octet).is_ok())?;
        let part = Part {
            first: true,
            last: true,
            sequence: self.link.sequence(for_visitor),
        };
        let payload = octets.iter().copied();
        let sent = if is_first {
            write_first_frame(out, part, payload)?
        } else {
            write_frame(out, part, payload)?
        };
        self.link.count_frame(for_visitor);
        Some(sent)
    }
}
