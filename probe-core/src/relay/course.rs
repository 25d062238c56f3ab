//! The course of a relay dialogue: which connection, which command, and what a reply leads to.
//!
//! Everything but the octets: [`super::RelayDialogue`] holds the parser and asks here what to do.

use super::{
    Setup,
    forms::Hello,
    meaning::{outcome_of, outcome_of_hello},
    outcome::Outcome,
    pair_set::PairSet,
    pairs::{PairId, Setting},
    parked::{PARKED_FOR, Parked},
    plan::{Borne, Group, Plan, Planned, Verb},
    writing::{Envelope, Unwritten},
};
use crate::{
    dialogue::{Close, End, Generation, Input, OpenFailure, Output, SecureFailure, Transport, Why},
    evidence::{Ending, Finish, Notes, Observation},
    finding::JobSerial,
    name::Name,
    scope::{Depth, Identity},
    smtp::{Class, Command, Enhanced, Extensions, PathText, Reply, Step},
    target::Target,
    time::{Instant, Millis},
};

/// How long a connection may take to open.
pub const OPEN_MS_MAX: Millis = Millis::from_secs(10);
/// How long a greeting may take.
pub const GREETING_MS_MAX: Millis = Millis::from_secs(30);
/// How long a reply may take.
pub const REPLY_MS_MAX: Millis = Millis::from_secs(30);
/// How long a target may be kept connected, all connections of a dialogue together.
pub const CONNECTED_MS_MAX: Millis = Millis::from_mins(10);
/// How many connections a dialogue opens.
pub const DIALOGUE_CONNECTIONS_MAX: u8 = 24;
/// After how many connections in a row that brought nothing a dialogue gives up.
pub const BARREN_CONNECTIONS_MAX: u8 = 3;
/// How often a dialogue asks for a socket when this device has none.
pub const NO_SLOT_MAX: u8 = 5;
/// How long it waits before it asks again.
pub const NO_SLOT_PAUSE: Millis = Millis::from_secs(1);

/// What is to be put out before anything else happens.
#[derive(Clone, Copy, Debug)]
enum Todo {
    Open,
    Close(Close),
    Secure,
    Began,
    /// What has come of a reply that does not end.
    Unfinished(Step),
    Opening(Hello),
    OpenFailed(OpenFailure),
    Outcome(PairSet, Outcome),
    Matched,
    SecureFailed(SecureFailure),
    Noted(Notes),
    Closed(Ending),
    Finished(Finish),
}

/// How many of them can stand in line; the longest line is an interrupted connection that is
/// followed by the next one.
const TODO_MAX: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NotBegun,
    Pausing,
    Opening,
    Greeting,
    Hello { extended: bool, written: bool },
    Group,
    StartTls { written: bool },
    Securing,
    Parked,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mail {
    None,
    Accepted,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    Untried,
    Up,
    Failed,
}

/// What a reply is, for whoever observes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It decides no pair.
    Nothing,
    /// It decides these.
    Answer {
        pairs: PairSet,
        twin: bool,
        outcome: Outcome,
    },
}

/// What distinguishes one refusal from another.
type Refusal = (u16, Option<Enhanced>, Class);

#[derive(Debug)]
pub(super) struct Course<'a> {
    target: Target,
    names: &'a [Name],
    identity: &'a Identity,
    serial: JobSerial,
    parked_hours_max: u8,
    hours: u16,
    attempts: u8,
    host: Option<Name>,
    plan: Plan,
    stage: Stage,
    generation: Generation,
    todo: heapless::Deque<Todo, TODO_MAX>,

    group: Group,
    written: u8,
    answered: u8,
    borne: Borne,
    mail: Mail,
    recipients: u8,
    postmaster_was_accepted: bool,

    /// Answered on this connection, and its replies are not yet known to match its commands.
    unmatched: PairSet,
    /// Sent on some connection.
    sent: PairSet,
    /// Cut off once; the next time is the last.
    cut_once: PairSet,
    /// What T1 under F1 and our own name got.
    refusal: Option<Refusal>,

    extensions: Extensions,
    tls: Tls,
    lock_step: bool,
    was_greeted: bool,
    is_named: bool,
    /// Something was learned on this connection.
    has_progress: bool,
    /// The last connection was turned away for now: a greeting of 4xx, or 421 before anything.
    turned_away: bool,
    /// Nothing of what is left fits a connection.
    nothing_fits: bool,
    connections: u8,
    barren: u8,
    no_slot: u8,

    asked: Instant,
    deadline: Instant,
    opened: Instant,
    connected: Millis,
    last_reply_was_at: Instant,
}

impl<'a> Course<'a> {
    pub(super) fn new(setup: Setup<'a>) -> Self {
        let outcomes = setup.resume.map(|parked| *parked.outcomes());
        let plan = Plan::new(
            setup.depth,
            setup.refusals_max,
            outcomes.unwrap_or_default(),
        );
        Self {
            target: setup.target,
            names: setup.names,
            identity: setup.identity,
            serial: setup.serial,
            parked_hours_max: setup.parked_hours_max,
            hours: setup.resume.map_or(setup.hours, |parked| parked.hours()),
            attempts: setup.resume.map_or(0, |parked| parked.attempts()),
            host: None,
            plan,
            stage: Stage::NotBegun,
            generation: Generation::default(),
            todo: heapless::Deque::new(),
            group: Group::default(),
            written: 0,
            answered: 0,
            borne: Borne::nothing(Hello::Own),
            mail: Mail::None,
            recipients: 0,
            postmaster_was_accepted: false,
            unmatched: PairSet::EMPTY,
            sent: PairSet::EMPTY,
            cut_once: PairSet::EMPTY,
            refusal: None,
            extensions: Extensions::empty(),
            tls: Tls::Untried,
            lock_step: false,
            was_greeted: false,
            is_named: false,
            has_progress: false,
            turned_away: false,
            nothing_fits: false,
            connections: 0,
            barren: 0,
            no_slot: 0,
            asked: Instant::BOOT,
            deadline: Instant::NEVER,
            opened: Instant::BOOT,
            connected: Millis(0),
            last_reply_was_at: Instant::BOOT,
        }
    }

    pub(super) const fn generation(&self) -> Generation {
        self.generation
    }

    pub(super) const fn refusals(&self) -> u8 {
        self.plan.refusals()
    }

    pub(super) fn parked(&self) -> Option<Parked> {
        if self.stage != Stage::Parked {
            return None;
        }
        let [_, _, _, serial @ ..] = self.serial.0.to_be_bytes();
        let mut ahead = self.plan.clone();
        ahead.retry_deferred();
        Some(Parked {
            target: self.target,
            outcomes: *self.plan.outcomes(),
            serial,
            next: ahead
                .pending()
                .iter()
                .next()
                .map_or(u8::MAX, |pair| pair.index() as u8),
            hours: self.hours,
            attempts: self.attempts,
        })
    }

    fn envelope(&self) -> Envelope<'_> {
        Envelope {
            target: self.target.endpoint(),
            identity: self.identity,
            names: self.names,
            host: self.host.as_ref(),
            serial: self.serial,
            hours: self.hours,
        }
    }
}

/// News from the shell.
impl Course<'_> {
    /// Takes the news in; whether the parser begins a new stream.
    pub(super) fn input(
        &mut self,
        now: Instant,
        generation: Generation,
        input: &Input<'_>,
    ) -> bool {
        if *input == Input::Start {
            if self.stage == Stage::NotBegun {
                self.put(Todo::Began);
                self.connect();
            }
            return false;
        }
        if generation != self.generation {
            return false;
        }
        match (*input, self.stage) {
            (Input::Opened { .. }, Stage::Opening) => {
                self.stage = Stage::Greeting;
                self.opened = now;
                self.asks(now, GREETING_MS_MAX);
                return true;
            }
            (Input::OpenFailed(failure), Stage::Opening) => self.open_failed(now, failure),
            (Input::Secured { .. }, Stage::Securing) => {
                self.secured();
                return true;
            }
            (Input::SecureFailed(why), Stage::Securing) => self.secure_failed(now, why),
            (Input::Sent, Stage::Hello { .. } | Stage::Group | Stage::StartTls { .. }) => {
                self.asks(now, REPLY_MS_MAX);
            }
            (Input::Ended(end), _) if self.is_connected() => {
                let ending = match end {
                    End::Fin => Ending::Fin,
                    End::Reset => Ending::Reset,
                    End::WriteDeadline => Ending::WriteDeadline,
                };
                self.ended(now, ending, None);
            }
            _ => self.look_at_the_clock(now),
        }
        false
    }

    fn look_at_the_clock(&mut self, now: Instant) {
        if now < self.deadline {
            return;
        }
        match self.stage {
            Stage::Pausing => self.connect(),
            Stage::Opening => {
                self.put(Todo::Close(Close::Abort));
                self.open_failed(now, OpenFailure::NoAnswer);
            }
            _ if self.is_connected() => {
                let ending = if self.connected_for(now) >= CONNECTED_MS_MAX {
                    Ending::TimeOver
                } else {
                    Ending::Silent
                };
                self.ended(now, ending, Some(Close::Abort));
            }
            _ => {}
        }
    }

    const fn is_connected(&self) -> bool {
        matches!(
            self.stage,
            Stage::Greeting
                | Stage::Hello { .. }
                | Stage::Group
                | Stage::StartTls { .. }
                | Stage::Securing
        )
    }

    fn connected_for(&self, now: Instant) -> Millis {
        self.connected + now.since(self.opened)
    }

    /// An answer is due within `span`, and within what is left of the target's time.
    fn asks(&mut self, now: Instant, span: Millis) {
        self.asked = now;
        let left = CONNECTED_MS_MAX - self.connected_for(now);
        self.deadline = (now + span).min(now + left);
    }

    fn put(&mut self, todo: Todo) {
        // TODO_MAX is the longest line that the course can make; the tests drive all of them.
        let _ = self.todo.push_back(todo);
    }

    fn note(&mut self, notes: Notes) {
        self.put(Todo::Noted(notes));
    }
}

/// Connections.
impl Course<'_> {
    fn connect(&mut self) {
        let is_first = self.connections == 0 || !self.was_greeted;
        let hello = self.plan.next_hello(is_first);
        self.borne = Borne::nothing(hello);
        self.connections = self.connections.saturating_add(1);
        self.generation = Generation(self.generation.0.saturating_add(1));
        self.has_progress = false;
        self.unmatched = PairSet::EMPTY;
        self.group.commands.clear();
        self.written = 0;
        self.answered = 0;
        self.mail = Mail::None;
        self.stage = Stage::Opening;
        self.deadline = Instant::NEVER;
        self.put(Todo::Opening(hello));
        self.put(Todo::Open);
    }

    fn open_failed(&mut self, now: Instant, failure: OpenFailure) {
        self.put(Todo::OpenFailed(failure));
        match failure {
            OpenFailure::OutOfScope => self.finish(Finish::Stopped),
            OpenFailure::NoSlot => {
                self.no_slot = self.no_slot.saturating_add(1);
                self.connections = self.connections.saturating_sub(1);
                self.note(Notes::NO_SLOT);
                if self.no_slot < NO_SLOT_MAX {
                    self.stage = Stage::Pausing;
                    self.deadline = now + NO_SLOT_PAUSE;
                } else {
                    self.finish(Finish::Stopped);
                }
            }
            OpenFailure::Refused | OpenFailure::NoAnswer | OpenFailure::Unreachable => {
                self.barren = self.barren.saturating_add(1);
                if self.was_greeted {
                    self.what_next(false);
                } else {
                    self.finish(Finish::CutOff);
                }
            }
        }
    }

    /// The connection is over. `close` is what we do about it.
    fn ended(&mut self, now: Instant, ending: Ending, close: Option<Close>) {
        if let Some(step) = self.awaited() {
            self.put(Todo::Unfinished(step));
        }
        self.connected = self.connected_for(now);
        if ending == Ending::Silent {
            self.note(Notes::SILENT);
        }
        if ending != Ending::InOrder {
            self.was_interrupted(ending);
        }
        if let Some(close) = close {
            self.put(Todo::Close(close));
        }
        self.put(Todo::Closed(ending));
        if self.has_progress {
            self.barren = 0;
        } else {
            self.barren = self.barren.saturating_add(1);
        }
        match (ending, self.was_greeted) {
            (Ending::TimeOver, _) => self.finish(Finish::TimeOver),
            (Ending::NotSmtp, false) => self.finish(Finish::CutOff),
            _ => self.what_next(ending == Ending::InOrder),
        }
    }

    /// What an unfinished connection leaves behind: nothing that may belong to another command.
    fn was_interrupted(&mut self, ending: Ending) {
        if self.stage != Stage::Group {
            return;
        }
        let only_quit_is_missing = self
            .group
            .get(self.answered)
            .is_none_or(|next| next.verb == Verb::Quit);
        let mut doubtful = PairSet::EMPTY;
        for pair in self.unmatched.iter() {
            let outcome = self.plan.outcome(pair);
            if outcome.is_accepted() || (self.borne.pipelines && outcome != Outcome::RelayDenied) {
                doubtful.insert(pair);
                self.plan.set(pair, Outcome::NotReached);
            }
        }
        self.unmatched = PairSet::EMPTY;
        if !doubtful.is_empty() {
            self.put(Todo::Outcome(doubtful, Outcome::NotReached));
        }
        if !only_quit_is_missing {
            self.cut_off_the_awaited_pair();
        }
        if !self.borne.pipelines && (!only_quit_is_missing || !doubtful.is_empty()) {
            self.plan.was_interrupted(&self.borne);
        }
        let mut notes = Notes::INTERRUPTED;
        if self.borne.pipelines && !self.lock_step {
            self.lock_step = true;
            notes |= Notes::LOCK_STEP;
        }
        if ending == Ending::OutOfStep {
            notes |= Notes::OUT_OF_STEP;
        }
        self.note(notes);
    }

    /// In lock-step it is known which pair the connection ended at: it gets one more chance.
    fn cut_off_the_awaited_pair(&mut self) {
        if self.borne.pipelines || self.written == self.answered {
            return;
        }
        let Some(Planned { verb, pair }) = self.group.get(self.answered) else {
            return;
        };
        if !matches!(verb, Verb::Mail | Verb::Rcpt)
            || self.plan.outcome(pair) != Outcome::NotReached
        {
            return;
        }
        if self.cut_once.contains(pair) {
            self.plan.set(pair, Outcome::CutOff);
            self.put(Todo::Outcome(PairSet::of(pair), Outcome::CutOff));
        }
        self.cut_once.insert(pair);
    }

    /// No connection is open: another one, a pause, or the end.
    fn what_next(&mut self, in_order: bool) {
        let wants_more = self.wants_tls() || !self.plan.twins_pending().is_empty();
        let is_done = self.plan.pending().is_empty();
        let has_no_room =
            !self.wants_tls() && (self.plan.refusals_left() == 0 || self.nothing_fits);
        if self.plan.is_settled() {
            self.finish(Finish::Settled);
        } else if is_done && !wants_more {
            self.finish_or_park(Finish::Tested);
        } else if has_no_room || (in_order && self.is_one_connection_enough() && !wants_more) {
            self.finish_or_park(Finish::Limited);
        } else if self.barren >= BARREN_CONNECTIONS_MAX
            || (self.turned_away && self.barren > 1)
            || self.connections >= DIALOGUE_CONNECTIONS_MAX
        {
            self.finish_or_park(Finish::CutOff);
        } else {
            if self.barren == 1 && !self.plan.outcome(PairId::DECIDING).is_answered() {
                self.note(Notes::FIRST_DROPPED);
            }
            self.connect();
        }
    }

    fn is_one_connection_enough(&self) -> bool {
        self.plan.depth() != Depth::Full && self.plan.decided()
    }

    fn finish_or_park(&mut self, finish: Finish) {
        let retry_matters = !self.plan.sink_was_accepted()
            && (self.plan.waits_for_a_retry() || (finish == Finish::CutOff && self.turned_away));
        match PARKED_FOR.get(usize::from(self.attempts)) {
            Some(span) if retry_matters && self.may_park_for(*span) => {
                self.attempts = self.attempts.saturating_add(1);
                self.put(Todo::Finished(Finish::Parked));
                self.stage = Stage::Parked;
                self.deadline = self.last_reply_was_at + *span;
            }
            _ => self.finish(finish),
        }
    }

    fn may_park_for(&self, span: Millis) -> bool {
        let so_far = PARKED_FOR
            .iter()
            .take(usize::from(self.attempts))
            .fold(Millis(0), |sum, span| sum + *span);
        let hours = u64::from(self.parked_hours_max);
        so_far + span <= Millis::from_mins(hours.saturating_mul(60))
    }

    fn finish(&mut self, finish: Finish) {
        if matches!(finish, Finish::CutOff | Finish::TimeOver | Finish::Stopped) {
            let lost = self.plan.pending().and(self.sent);
            if !lost.is_empty() {
                for pair in lost.iter() {
                    self.plan.set(pair, Outcome::CutOff);
                }
                self.put(Todo::Outcome(lost, Outcome::CutOff));
            }
        }
        self.put(Todo::Finished(finish));
        self.stage = Stage::Over;
        self.deadline = Instant::NEVER;
    }
}

/// Replies.
impl Course<'_> {
    /// What the next reply answers; `None` where none is due.
    pub(super) fn awaited(&self) -> Option<Step> {
        match self.stage {
            Stage::Greeting => Some(Step::Greeting),
            Stage::Hello {
                extended,
                written: true,
            } => Some(if extended { Step::Ehlo } else { Step::Helo }),
            Stage::StartTls { written: true } => Some(Step::StartTls),
            Stage::Group if self.answered < self.written => {
                let verb = self.group.get(self.answered)?.verb;
                Some(match verb {
                    Verb::Mail => Step::Mail,
                    Verb::Rcpt => Step::Rcpt,
                    Verb::Rset => Step::Rset,
                    Verb::Quit => Step::Quit,
                })
            }
            _ => None,
        }
    }

    /// How long the reply that came at `now` took.
    pub(super) fn took(&self, now: Instant) -> Millis {
        now.since(self.asked)
    }

    /// Takes a reply to [`Course::awaited`] in. `more`: octets have come that no command asked
    /// for yet.
    pub(super) fn reply(&mut self, now: Instant, reply: &Reply<'_>, more: bool) -> Told {
        self.last_reply_was_at = now;
        self.asks(now, REPLY_MS_MAX);
        match self.stage {
            Stage::Greeting => {
                self.greeted(now, reply, more);
                Told::Nothing
            }
            Stage::Hello { extended, .. } => self.hello_answered(now, extended, reply, more),
            Stage::StartTls { .. } => {
                self.start_tls_answered(now, reply, more);
                Told::Nothing
            }
            Stage::Group => self.group_answered(now, reply, more),
            _ => Told::Nothing,
        }
    }

    fn greeted(&mut self, now: Instant, reply: &Reply<'_>, more: bool) {
        if reply.class == Class::Accepted {
            if more {
                return self.ended(now, Ending::OutOfStep, Some(Close::Abort));
            }
            self.was_greeted = true;
            self.turned_away = false;
            self.plan.recognise(reply.server);
            self.stage = Stage::Hello {
                extended: true,
                written: false,
            };
            if self.host.is_none() {
                self.host = reply.host();
            }
        } else if matches!(
            reply.class,
            Class::NotSmtp | Class::Endless | Class::Unexpected
        ) {
            self.ended(now, Ending::NotSmtp, Some(Close::Abort));
        } else if reply.code < 500 {
            self.turned_away = true;
            self.ended(now, Ending::Announced, Some(Close::Fin));
        } else if self.was_greeted {
            self.ended(now, Ending::Announced, Some(Close::Fin));
        } else {
            self.put(Todo::Close(Close::Fin));
            self.put(Todo::Closed(Ending::Announced));
            self.finish(Finish::Settled);
        }
    }

    fn hello_answered(
        &mut self,
        now: Instant,
        extended: bool,
        reply: &Reply<'_>,
        more: bool,
    ) -> Told {
        let again = |extended| Stage::Hello {
            extended,
            written: false,
        };
        if reply.class == Class::Accepted {
            if more {
                self.ended(now, Ending::OutOfStep, Some(Close::Abort));
                return Told::Nothing;
            }
            self.says_hello(now, reply);
            return Told::Nothing;
        }
        if reply.class.loses_the_stream() {
            self.ended(now, Ending::NotSmtp, Some(Close::Abort));
            return Told::Nothing;
        }
        let hello = self.borne.hello;
        if hello != Hello::Own {
            let pairs: PairSet = self
                .plan
                .pending()
                .iter()
                .filter(|pair| pair.pair().hello == hello)
                .collect();
            for pair in pairs.iter() {
                self.plan.set(pair, Outcome::Blocked);
            }
            self.has_progress = true;
            self.note(Notes::NAME_REFUSED);
            self.borne.hello = Hello::Own;
            if reply.closes() {
                self.ended(now, Ending::Announced, Some(Close::Fin));
            } else {
                self.stage = again(true);
            }
            return Told::Answer {
                pairs,
                twin: false,
                outcome: Outcome::Blocked,
            };
        }
        if reply.closes() {
            self.turned_away = reply.code < 500;
            self.ended(now, Ending::Announced, Some(Close::Fin));
            return Told::Nothing;
        }
        if extended
            && reply.code >= 500
            && matches!(
                reply.class,
                Class::Syntax | Class::HeloRefused | Class::BadSequence
            )
        {
            self.note(Notes::HELO_ONLY);
            self.stage = again(false);
            return Told::Nothing;
        }
        let outcome = outcome_of_hello(reply);
        self.plan.set(PairId::DECIDING, outcome);
        self.put(Todo::Close(Close::Fin));
        self.put(Todo::Closed(Ending::InOrder));
        self.finish_or_park(Finish::Settled);
        Told::Answer {
            pairs: PairSet::of(PairId::DECIDING),
            twin: false,
            outcome,
        }
    }

    fn says_hello(&mut self, now: Instant, reply: &Reply<'_>) {
        self.extensions = reply.extensions;
        if reply.server.is_some() {
            self.plan.recognise(reply.server);
        }
        if self.host.is_none() {
            self.host = reply.host();
        }
        if !self.is_named {
            self.is_named = true;
            self.sort_out_what_cannot_be_written();
        }
        self.borne.pipelines = self.extensions.contains(Extensions::PIPELINING) && !self.lock_step;
        if self.borne.pipelines {
            self.note(Notes::PIPELINED);
        }
        self.proceed(now);
    }

    fn sort_out_what_cannot_be_written(&mut self) {
        let mut too_long = PairSet::EMPTY;
        let mut not_formable = PairSet::EMPTY;
        for pair in PairId::all() {
            if self.plan.outcome(pair) != Outcome::NotReached {
                continue;
            }
            let outcome = match self.envelope().check(pair) {
                Ok(()) => continue,
                Err(Unwritten::TooLong) => Outcome::TooLong,
                Err(Unwritten::NotFormable) => Outcome::NotFormable,
            };
            self.plan.set(pair, outcome);
            if pair.pair().least <= self.plan.depth() {
                match outcome {
                    Outcome::TooLong => too_long.insert(pair),
                    _ => not_formable.insert(pair),
                }
            }
        }
        for (pairs, outcome) in [
            (too_long, Outcome::TooLong),
            (not_formable, Outcome::NotFormable),
        ] {
            if !pairs.is_empty() {
                self.put(Todo::Outcome(pairs, outcome));
            }
        }
    }

    /// The connection is ready for the next group, or has borne enough.
    fn proceed(&mut self, now: Instant) {
        if self.wants_tls() && self.extensions.contains(Extensions::STARTTLS) {
            self.stage = Stage::StartTls { written: false };
            return;
        }
        let is_fresh = !self.borne.has_mail;
        if self.plan.is_settled() {
            self.group.commands.clear();
        } else {
            self.plan.lay_out(&self.borne, &mut self.group);
            self.nothing_fits = is_fresh && self.group.commands.is_empty();
        }
        if self.group.commands.is_empty() {
            self.group.quit();
        }
        self.written = 0;
        self.answered = 0;
        self.stage = Stage::Group;
        self.asks(now, REPLY_MS_MAX);
    }

    fn group_answered(&mut self, now: Instant, reply: &Reply<'_>, more: bool) -> Told {
        let Some(Planned { verb, pair }) = self.group.get(self.answered) else {
            return Told::Nothing;
        };
        if reply.class.loses_the_stream() {
            self.ended(now, Ending::NotSmtp, Some(Close::Abort));
            return Told::Nothing;
        }
        let told = match verb {
            Verb::Mail => self.mail_answered(now, reply),
            Verb::Rcpt => self.rcpt_answered(now, pair, reply),
            Verb::Rset => {
                self.rset_answered(now, reply);
                Told::Nothing
            }
            Verb::Quit => {
                self.quit_answered(now, reply, more);
                return Told::Nothing;
            }
        };
        if self.stage != Stage::Group {
            return told;
        }
        self.answered = self.answered.saturating_add(1);
        if reply.closes() {
            self.limit_was_met(now, reply);
        } else if more && self.answered == self.written {
            self.ended(now, Ending::OutOfStep, Some(Close::Abort));
        } else {
            self.skip_what_has_no_mail();
            if self.answered >= self.group.len() {
                self.proceed(now);
            }
        }
        told
    }

    /// In lock-step nothing is sent under a MAIL that was refused, nor a RSET after it.
    fn skip_what_has_no_mail(&mut self) {
        if self.borne.pipelines || self.mail != Mail::Refused {
            return;
        }
        while let Some(next) = self.group.get(self.answered) {
            if matches!(next.verb, Verb::Mail | Verb::Quit) {
                break;
            }
            self.answered = self.answered.saturating_add(1);
        }
        self.written = self.answered;
        self.borne.has_mail = false;
    }

    fn mail_answered(&mut self, now: Instant, reply: &Reply<'_>) -> Told {
        self.recipients = 0;
        self.postmaster_was_accepted = false;
        self.borne.has_mail = true;
        if reply.class == Class::Accepted {
            self.mail = Mail::Accepted;
            return Told::Nothing;
        }
        self.mail = Mail::Refused;
        self.count_refusal();
        let Some(outcome) = outcome_of(Step::Mail, reply) else {
            if !reply.closes() {
                self.limit_was_met(now, reply);
            }
            return Told::Nothing;
        };
        let pairs = self.recipients_of_this_mail();
        if self.group.twins {
            for pair in pairs.iter() {
                self.plan.twin_was_sent(pair);
            }
            return Told::Nothing;
        }
        self.decide(pairs, outcome, reply)
    }

    /// The pairs under the MAIL that was just answered and that have no outcome.
    fn recipients_of_this_mail(&self) -> PairSet {
        let next = usize::from(self.answered).saturating_add(1);
        self.group
            .commands
            .iter()
            .skip(next)
            .take_while(|planned| planned.verb == Verb::Rcpt)
            .map(|planned| planned.pair)
            .filter(|pair| self.group.twins || self.plan.outcome(*pair) == Outcome::NotReached)
            .collect()
    }

    fn rcpt_answered(&mut self, now: Instant, pair: PairId, reply: &Reply<'_>) -> Told {
        let is_accepted = reply.class == Class::Accepted;
        if !is_accepted {
            self.count_refusal();
        }
        if self.mail != Mail::Accepted {
            if is_accepted {
                self.ended(now, Ending::OutOfStep, Some(Close::Abort));
            }
            return Told::Nothing;
        }
        let Some(outcome) = outcome_of(Step::Rcpt, reply) else {
            if reply.class == Class::TooMany && !reply.closes() {
                return self.too_many_recipients(pair, reply);
            }
            return Told::Nothing;
        };
        self.recipients = self.recipients.saturating_add(1);
        self.borne.pairs = self.borne.pairs.saturating_add(1);
        if self.group.twins {
            return self.twin_answered(pair, is_accepted);
        }
        if pair.pair().syntax().is_counted() && !is_accepted {
            self.borne.counted = self.borne.counted.saturating_add(1);
        }
        self.borne.has_t1 |= pair == PairId::DECIDING || pair.pair().hello != Hello::Own;
        if pair == PairId::POSTMASTER {
            self.postmaster_was_accepted = is_accepted;
        }
        let is_alone =
            pair.pair().setting == Setting::AfterPostmaster && !self.postmaster_was_accepted;
        let outcome = if is_alone {
            Outcome::NotFormable
        } else {
            outcome
        };
        self.decide(PairSet::of(pair), outcome, reply)
    }

    /// A server takes only so many recipients under one MAIL: the rest goes under another one.
    fn too_many_recipients(&mut self, pair: PairId, reply: &Reply<'_>) -> Told {
        self.note(Notes::SERVER_LIMIT);
        if self.recipients == 0 {
            return self.decide(PairSet::of(pair), Outcome::Unclear, reply);
        }
        self.plan.met_a_limit_of_recipients(self.recipients);
        Told::Nothing
    }

    fn twin_answered(&mut self, pair: PairId, is_accepted: bool) -> Told {
        self.plan.twin_was_sent(pair);
        let outcome = if is_accepted {
            Outcome::AcceptedTwinAccepted
        } else {
            Outcome::AcceptedTwinRefused
        };
        self.plan.set(pair, outcome);
        self.unmatched.insert(pair);
        self.has_progress = true;
        Told::Answer {
            pairs: PairSet::of(pair),
            twin: true,
            outcome,
        }
    }

    /// Notes what came of pairs, unless the name in EHLO may be to blame.
    fn decide(&mut self, pairs: PairSet, outcome: Outcome, reply: &Reply<'_>) -> Told {
        let refusal = (reply.code, reply.enhanced, reply.class);
        if pairs.contains(PairId::DECIDING) {
            self.refusal = Some(refusal);
        }
        let name_is_innocent = self.borne.hello == Hello::Own
            || outcome.is_accepted()
            || outcome == Outcome::RelayDenied
            || matches!(
                reply.class,
                Class::UserOrRelay | Class::UserUnknown | Class::Syntax
            )
            || self.refusal == Some(refusal);
        let mut decided = PairSet::EMPTY;
        for pair in pairs.iter() {
            if name_is_innocent || pair.pair().hello != Hello::Own {
                self.plan.set(pair, outcome);
                decided.insert(pair);
            } else {
                self.plan.send_under_own_name(pair);
            }
        }
        if decided.len() < pairs.len() {
            self.note(Notes::NAME_REFUSED);
        }
        if decided.is_empty() {
            return Told::Nothing;
        }
        for pair in decided.iter() {
            self.unmatched.insert(pair);
        }
        self.has_progress = true;
        Told::Answer {
            pairs: decided,
            twin: false,
            outcome,
        }
    }

    fn rset_answered(&mut self, now: Instant, reply: &Reply<'_>) {
        self.mail = Mail::None;
        if reply.class == Class::Accepted {
            self.borne.resets = self.borne.resets.saturating_add(1);
            self.borne.has_mail = false;
        } else if !reply.closes() {
            self.plan.met_a_limit_of_resets(self.borne.resets);
            self.limit_was_met(now, reply);
        }
    }

    /// Only the 221 at the end proves that every reply belonged to its command.
    fn quit_answered(&mut self, now: Instant, reply: &Reply<'_>, more: bool) {
        if reply.code == 221 && !more {
            if !self.unmatched.is_empty() {
                self.put(Todo::Matched);
                self.unmatched = PairSet::EMPTY;
            }
            self.ended_in_order(now);
        } else {
            self.ended(now, Ending::OutOfStep, Some(Close::Abort));
        }
    }

    fn ended_in_order(&mut self, now: Instant) {
        self.plan.was_borne();
        self.stage = Stage::Over;
        self.ended(now, Ending::InOrder, Some(Close::Fin));
    }

    /// The server announced that it has had enough.
    fn limit_was_met(&mut self, now: Instant, reply: &Reply<'_>) {
        self.note(Notes::SERVER_LIMIT);
        self.turned_away = reply.code < 500 && !self.has_progress;
        self.ended(now, Ending::Announced, Some(Close::Fin));
    }

    fn count_refusal(&mut self) {
        self.plan.count_refusal();
        self.borne.refusals = self.borne.refusals.saturating_add(1);
    }
}

/// TLS.
impl Course<'_> {
    fn wants_tls(&self) -> bool {
        self.tls == Tls::Untried
            && self.plan.outcome(PairId::DECIDING) == Outcome::TlsRequired
            && self.extensions.contains(Extensions::STARTTLS)
    }

    fn start_tls_answered(&mut self, now: Instant, reply: &Reply<'_>, more: bool) {
        if reply.code == 220 && !more {
            self.stage = Stage::Securing;
            self.put(Todo::Secure);
        } else {
            self.tls = Tls::Failed;
            self.put(Todo::SecureFailed(SecureFailure::Handshake));
            self.ended(now, Ending::InOrder, Some(Close::Fin));
        }
    }

    fn secured(&mut self) {
        self.tls = Tls::Up;
        self.note(Notes::SECURED);
        for pair in PairId::all() {
            if self.plan.outcome(pair) == Outcome::TlsRequired {
                self.plan.set(pair, Outcome::NotReached);
            }
        }
        self.borne = Borne::nothing(self.borne.hello);
        self.stage = Stage::Hello {
            extended: true,
            written: false,
        };
    }

    fn secure_failed(&mut self, now: Instant, why: SecureFailure) {
        self.tls = Tls::Failed;
        self.put(Todo::SecureFailed(why));
        self.ended(now, Ending::InOrder, Some(Close::Abort));
    }
}

/// What goes out.
impl Course<'_> {
    /// The next thing to do that needs no reply's text.
    pub(super) fn act(&mut self, now: Instant, transmit: &mut [u8]) -> Option<Act> {
        if let Some(todo) = self.todo.pop_front() {
            return Some(self.perform(now, todo));
        }
        let octets = match self.stage {
            Stage::Hello {
                extended,
                written: false,
            } => {
                self.stage = Stage::Hello {
                    extended,
                    written: true,
                };
                self.envelope()
                    .hello(self.borne.hello, extended, transmit)
                    .unwrap_or_default()
            }
            Stage::StartTls { written: false } => {
                self.stage = Stage::StartTls { written: true };
                write_octets(b"STARTTLS\r\n", transmit)
            }
            Stage::Group => self.write_commands(transmit),
            _ => 0,
        };
        if octets == 0 {
            return None;
        }
        self.asks(now, REPLY_MS_MAX);
        let more = self.stage == Stage::Group && self.may_write();
        Some(Act::Put(Output::Transmit {
            octets,
            more,
            by: self.deadline,
        }))
    }

    fn perform(&mut self, now: Instant, todo: Todo) -> Act {
        let observed = |observation| Act::Put(Output::Observed(observation));
        match todo {
            Todo::Open => {
                self.deadline = now + OPEN_MS_MAX;
                Act::Put(Output::Open {
                    transport: Transport::Tcp,
                    remote: self.target.endpoint(),
                    by: self.deadline,
                })
            }
            Todo::Close(close) => Act::Put(Output::Close(close)),
            Todo::Secure => {
                self.asks(now, REPLY_MS_MAX);
                Act::Put(Output::Secure {
                    server_name: None,
                    by: self.deadline,
                })
            }
            Todo::Unfinished(step) => Act::Unfinished(step),
            Todo::Began => {
                let outcomes = *self.plan.outcomes();
                self.plan.retry_deferred();
                observed(Observation::Began {
                    depth: self.plan.depth(),
                    hours: self.hours,
                    outcomes,
                })
            }
            Todo::Opening(hello) => observed(Observation::Opening(hello)),
            Todo::OpenFailed(failure) => observed(Observation::OpenFailed(failure)),
            Todo::Outcome(pairs, outcome) => observed(Observation::Outcome { pairs, outcome }),
            Todo::Matched => observed(Observation::Matched),
            Todo::SecureFailed(why) => observed(Observation::SecureFailed(why)),
            Todo::Noted(notes) => observed(Observation::Noted(notes)),
            Todo::Closed(ending) => observed(Observation::Closed(ending)),
            Todo::Finished(finish) => observed(Observation::Finished(finish)),
        }
    }

    /// Whether a command may go out now.
    fn may_write(&self) -> bool {
        self.written < self.group.len() && (self.borne.pipelines || self.written == self.answered)
    }

    /// Writes as many commands as may go out and fit; how many octets they have.
    fn write_commands(&mut self, transmit: &mut [u8]) -> usize {
        let mut octets = 0_usize;
        while self.may_write() {
            let Some(planned) = self.group.get(self.written) else {
                break;
            };
            let room = transmit.get_mut(octets..).unwrap_or_default();
            let Some(more) = self.write_command(planned, room) else {
                break;
            };
            octets = octets.saturating_add(more);
            self.written = self.written.saturating_add(1);
            if planned.verb == Verb::Rcpt {
                self.sent.insert(planned.pair);
            }
        }
        octets
    }

    fn write_command(&self, planned: Planned, room: &mut [u8]) -> Option<usize> {
        let mut path = PathText::new();
        let envelope = self.envelope();
        let command = match planned.verb {
            Verb::Mail => {
                envelope.mail(planned.pair, &mut path).ok()?;
                Command::Mail(&path)
            }
            Verb::Rcpt => {
                let twin = self.group.twins;
                envelope.rcpt(planned.pair, twin, &mut path).ok()?;
                Command::Rcpt(&path)
            }
            Verb::Rset => Command::Rset,
            Verb::Quit => Command::Quit,
        };
        command.write(room).ok()
    }

    /// What there is to wait for.
    pub(super) fn wait(&self) -> Output<'static> {
        let why = match self.stage {
            Stage::Over | Stage::NotBegun => return Output::Done,
            Stage::Parked => {
                return Output::Park {
                    until: self.deadline,
                };
            }
            Stage::Pausing => Why::Pause,
            Stage::Opening => Why::Open,
            Stage::Greeting => Why::Greeting,
            Stage::Securing => Why::Secure,
            Stage::Hello { .. } | Stage::Group | Stage::StartTls { .. } => Why::Reply,
        };
        Output::Wait {
            until: self.deadline,
            why,
        }
    }
}

/// What [`Course::act`] found to do.
pub(super) enum Act {
    /// This.
    Put(Output<'static>),
    /// Observe what has come of a reply that does not end, if anything.
    Unfinished(Step),
}

fn write_octets(octets: &[u8], out: &mut [u8]) -> usize {
    match out.get_mut(..octets.len()) {
        Some(places) => {
            places.copy_from_slice(octets);
            octets.len()
        }
        None => 0,
    }
}
