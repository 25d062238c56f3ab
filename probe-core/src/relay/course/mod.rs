//! The course of a relay dialogue: which connection, which command, and what a reply leads to.
//!
//! Everything but the octets: [`super::RelayDialogue`] holds the parser and asks here what to do.

mod connection;
mod delivery;
mod group;
mod hello;
mod output;
mod replies;
mod tls;

pub(super) use self::{output::Act, replies::Told};

use self::delivery::Deliveries;

use super::{
    Setup,
    forms::Hello,
    outcome::Outcome,
    pair_set::PairSet,
    pairs::PairId,
    parked::{Memory, Parked},
    plan::{Borne, Group, Plan, Verb},
    writing::Envelope,
};
use crate::{
    dialogue::{Close, End, Generation, Input, OpenFailure, SecureFailure},
    evidence::{Ending, Fate, Finish, Notes},
    finding::JobSerial,
    name::Name,
    smtp::{Class, Enhanced, Extensions, Step},
    target::Target,
    tester::Tester,
    time::{Instant, Millis},
};

/// How long a connection may take to open.
pub const OPEN_MS_MAX: Millis = Millis::from_secs(10);
/// How long a greeting may take.
pub const GREETING_MS_MAX: Millis = Millis::from_secs(30);
/// How long a reply may take.
pub const REPLY_MS_MAX: Millis = Millis::from_secs(30);
/// How long DATA may take to be answered (RFC 5321, 4.5.3.2.4).
pub const DATA_MS_MAX: Millis = Millis::from_mins(2);
/// How long the dot may take (RFC 5321, 4.5.3.2.6), and each piece of the message before it. Both
/// end where a target's time ends, so that the connection gets what is left of that.
pub const DOT_MS_MAX: Millis = Millis::from_mins(10);
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
    Outcome(Packed, Outcome),
    Matched,
    /// What came of the message in this place before the dialogue paused.
    DeliveredBefore(PairId, Fate),
    DeliveryCut(PairId),
    Returned,
    SecureFailed(SecureFailure),
    Noted(Notes),
    Closed(Ending),
    Finished(Finish),
}

/// A set of pairs that is not aligned: a dialogue has a dozen of these.
#[derive(Clone, Copy, Debug)]
#[repr(Rust, packed)]
struct Packed(PairSet);

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
    /// Refused for now: what its recipients get says no more than that.
    Deferred,
    /// The server announced a limit: what is left of the group decides nothing.
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    Untried,
    /// On this connection.
    Up,
    /// It was up on an earlier connection, and is to come up on this one as well.
    Due,
    Failed,
}

/// What distinguishes one refusal from another.
type Refusal = (u16, Option<Enhanced>, Class);

#[derive(Debug)]
pub(super) struct Course<'a> {
    target: Target,
    names: &'a [Name],
    reverse: Option<&'a Name>,
    tester: &'a Tester,
    serial: JobSerial,
    parked_hours_max: u8,
    hours: u16,
    attempts: u8,
    deliveries: Deliveries,
    host: Option<Name>,
    plan: Plan,
    stage: Stage,
    generation: Generation,
    todo: heapless::Deque<Todo, TODO_MAX>,

    group: Group,
    written: u8,
    answered: u8,
    /// Of this group so far.
    refused: u8,
    /// In other words than 221.
    quit_was_answered: bool,
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
    /// Accepted one by one on a connection that ended before QUIT; the next time it counts.
    doubted: PairSet,
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
    /// For how long it parks.
    pause: Millis,
    deadline: Instant,
    opened: Instant,
    connected: Millis,
}

impl<'a> Course<'a> {
    pub(super) fn new(setup: Setup<'a>) -> Self {
        let outcomes = setup.resume.map(|parked| *parked.outcomes());
        let memory = setup.resume.map(|parked| parked.memory());
        let memory = memory.unwrap_or_default();
        let plan = Plan::new(
            setup.depth,
            setup.refusals_max,
            outcomes.unwrap_or_default(),
        );
        Self {
            target: setup.target,
            names: setup.names,
            reverse: setup.reverse,
            tester: setup.tester,
            serial: setup.serial,
            parked_hours_max: setup.parked_hours_max,
            hours: setup.resume.map_or(setup.hours, |parked| parked.hours()),
            attempts: memory.attempts,
            deliveries: Deliveries::new(&setup, &memory),
            host: None,
            plan,
            stage: Stage::NotBegun,
            generation: Generation::default(),
            todo: heapless::Deque::new(),
            group: Group::default(),
            written: 0,
            answered: 0,
            refused: 0,
            quit_was_answered: false,
            borne: Borne::nothing(Hello::Own),
            mail: Mail::None,
            recipients: 0,
            postmaster_was_accepted: false,
            unmatched: PairSet::EMPTY,
            sent: PairSet::EMPTY,
            cut_once: PairSet::EMPTY,
            doubted: PairSet::EMPTY,
            refusal: None,
            extensions: Extensions::empty(),
            tls: if memory.behind_tls {
                Tls::Due
            } else {
                Tls::Untried
            },
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
            pause: Millis(0),
            deadline: Instant::NEVER,
            opened: Instant::BOOT,
            connected: Millis(0),
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
        let next = if self.is_delivering() {
            self.chosen()
        } else {
            let mut ahead = self.plan.clone();
            ahead.retry_deferred();
            ahead.pending().iter().next()
        };
        let memory = Memory {
            next,
            attempts: self.attempts,
            battery: self.deliveries.battery,
            behind_tls: matches!(self.tls, Tls::Up | Tls::Due),
            messages: self.deliveries.messages,
        };
        let outcomes = *self.plan.outcomes();
        Some(Parked::new(
            self.target,
            outcomes,
            self.serial,
            self.hours,
            memory,
        ))
    }

    fn envelope(&self) -> Envelope<'_> {
        Envelope {
            target: self.target.endpoint(),
            identity: &self.tester.identity,
            signer: Some(&self.tester.signer),
            names: self.names,
            reverse: self.reverse,
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
                if self.is_delivering() {
                    self.goes_on_delivering();
                } else {
                    self.connect();
                }
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
                self.asks(now, self.reply_ms_max());
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

    /// How long the reply to the next command may take.
    fn reply_ms_max(&self) -> Millis {
        match self.group.get(self.answered) {
            Some(next) if self.stage == Stage::Group => match next.verb {
                Verb::Data => DATA_MS_MAX,
                Verb::Dot => DOT_MS_MAX,
                Verb::Mail | Verb::Rcpt | Verb::Rset | Verb::Quit => REPLY_MS_MAX,
            },
            _ => REPLY_MS_MAX,
        }
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
