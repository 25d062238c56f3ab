//! The dialogue with one target: attempt after attempt, a connection each.

use core::net::IpAddr;

use ufmt::uWrite;

use super::{
    AttemptId, Outcome, Protocol, Protocols, Seen, Setup,
    answer::{self, Answer, Stop},
    gateway, http,
    plan::{self, Next, Plan},
    socks,
    writing::{Written, all},
};
use crate::{
    dead::DeadBy,
    dialogue::{Close, Dialogue, End, Generation, Input, OpenFailure, Output, Transport, Why},
    evidence::{Finish, Observation},
    smtp::{TooLong, command::Line},
    time::{Instant, Millis, Utc},
    token::Role,
};

/// How long a connection may take to open.
pub const OPEN_MS_MAX: Millis = Millis::from_secs(10);
/// How long an answer to a request may take: a proxy connects in that time.
pub const GRANT_MS_MAX: Millis = Millis::from_secs(20);
/// How long our nonce may take behind a grant, or behind what is no answer.
pub const NONCE_MS_MAX: Millis = Millis::from_secs(10);
/// How long the sink's reply to our EHLO may take through a proxy.
pub const HELLO_MS_MAX: Millis = Millis::from_secs(10);
/// How long a job may take, all attempts together.
pub const JOB_MS_MAX: Millis = Millis::from_mins(3);
/// How long the last CRLF of [`Protocol::ConnectSplit`] waits, so that it gets a segment of its own.
pub const GAP_MS: Millis = Millis(200);
/// How often a dialogue asks for a socket when this device has none.
pub const NO_SLOT_MAX: u8 = 5;
/// How long it waits before it asks again.
pub const NO_SLOT_PAUSE: Millis = Millis::from_secs(1);

/// The most memory that a proxy dialogue takes, in octets.
pub const DIALOGUE_OCTETS_MAX: usize = 640;

// Checked wherever it is built: a microcontroller lays memory out differently from a computer.
const _: () = assert!(size_of::<ProxyDialogue<'static>>() <= DIALOGUE_OCTETS_MAX);

/// One job's dialogue: at most [`DIALOGUE_OCTETS_MAX`] octets of memory, without the buffer that is
/// lent for transmitting and without the evidence.
#[derive(Debug)]
pub struct ProxyDialogue<'a> {
    setup: Setup<'a>,
    plan: Plan,
    stage: Stage,
    generation: Generation,
    /// What is to be written.
    part: Option<Part>,
    close: Option<Close>,

    id: AttemptId,
    answer: Answer,
    /// [`Outcome::Running`] until it is known.
    outcome: Outcome,
    /// The first connection never came.
    dead: Option<DeadBy>,
    said_hello: bool,
    local: Option<IpAddr>,
    no_slot: u8,

    began: Instant,
    /// When the connection was asked for.
    asked: Instant,
    /// When the outcome was known.
    decided: Instant,
    deadline: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NotBegun,
    Begins,
    /// Between two attempts.
    Between,
    /// There was no socket.
    PutOff,
    Pausing,
    /// A connection is to be asked for.
    Opens,
    Opening,
    /// What comes before the last CRLF is being sent.
    Split,
    /// The last CRLF waits.
    Gap,
    Talking,
    /// Nothing more is to be said than goodbye.
    Leaving,
    /// The attempt is to be told.
    Ended,
    Over,
}

/// What is written at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Request,
    /// What of a request waited.
    Rest,
    /// SOCKS5's request, behind its hello.
    Address,
    Hello,
    Quit,
}

impl<'a> ProxyDialogue<'a> {
    /// A dialogue that has not begun.
    pub fn new(setup: Setup<'a>) -> Self {
        let id = AttemptId::CONTROL;
        Self {
            setup,
            plan: Plan::new(),
            stage: Stage::NotBegun,
            generation: Generation::default(),
            part: None,
            close: None,
            id,
            answer: Answer::new(id),
            outcome: Outcome::Running,
            dead: None,
            said_hello: false,
            local: None,
            no_slot: 0,
            began: Instant::BOOT,
            asked: Instant::BOOT,
            decided: Instant::BOOT,
            deadline: Instant::NEVER,
        }
    }

    const fn is_connected(&self) -> bool {
        matches!(
            self.stage,
            Stage::Split | Stage::Gap | Stage::Talking | Stage::Leaving
        )
    }

    fn open_failed(&mut self, now: Instant, failure: OpenFailure) {
        let outcome = match failure {
            OpenFailure::Refused => Outcome::Refused,
            OpenFailure::NoAnswer | OpenFailure::Unreachable => Outcome::NoAnswer,
            OpenFailure::OutOfScope => Outcome::OutOfScope,
            OpenFailure::NoSlot => {
                self.no_slot = self.no_slot.saturating_add(1);
                if self.no_slot < NO_SLOT_MAX {
                    self.stage = Stage::PutOff;
                    self.deadline = now + NO_SLOT_PAUSE;
                    return;
                }
                Outcome::NoSlot
            }
        };
        self.ends(now, outcome, None);
    }

    /// The moment has come that was waited for.
    fn late(&mut self, now: Instant) {
        match self.stage {
            Stage::Pausing => self.opens(self.id),
            Stage::Gap if !self.job_is_over(now) => {
                self.part = Some(Part::Rest);
                self.stage = Stage::Talking;
            }
            Stage::Opening => {
                let outcome = if self.job_is_over(now) {
                    Outcome::TimeOver
                } else {
                    Outcome::NoAnswer
                };
                self.ends(now, outcome, Some(Close::Abort));
            }
            Stage::Split | Stage::Gap | Stage::Talking | Stage::Leaving => {
                if !self.job_is_over(now) {
                    self.answer.was_waited_for();
                }
                let outcome = match self.answer.outcome(Stop::Late) {
                    Outcome::Silent | Outcome::CutOff if self.job_is_over(now) => Outcome::TimeOver,
                    outcome => outcome,
                };
                self.ends(now, outcome, Some(Close::Abort));
            }
            Stage::NotBegun
            | Stage::Begins
            | Stage::Between
            | Stage::PutOff
            | Stage::Opens
            | Stage::Ended
            | Stage::Over => {}
        }
    }

    /// The attempt is over. What was decided before stays.
    fn ends(&mut self, now: Instant, outcome: Outcome, close: Option<Close>) {
        self.decides(now, outcome);
        self.close = close;
        self.part = None;
        self.stage = Stage::Ended;
        self.deadline = Instant::NEVER;
        self.dead = match self.outcome {
            _ if self.plan.has_begun() => None,
            Outcome::Refused => Some(DeadBy::Refused),
            Outcome::NoAnswer => Some(DeadBy::NoAnswer),
            _ => None,
        };
        self.plan.heard(
            self.setup.depth,
            plan::News {
                id: self.id,
                outcome: self.outcome,
                speaks: self.answer.speaks(),
            },
        );
    }

    fn decides(&mut self, now: Instant, outcome: Outcome) {
        if self.outcome == Outcome::Running {
            self.outcome = outcome;
            self.decided = now;
        }
    }

    fn job_is_over(&self, now: Instant) -> bool {
        now.since(self.began) >= JOB_MS_MAX
    }

    /// Within `span`, and within the job's time.
    fn within(&self, now: Instant, span: Millis) -> Instant {
        (now + span).min(self.began + JOB_MS_MAX)
    }

    /// Takes octets in until something is to be done about them.
    fn listen(&mut self, now: Instant, received: &mut &[u8]) {
        let asked_s = self.asked.since(self.began).0 / 1_000;
        let since = Utc(self.setup.since.0.saturating_add(asked_s));
        while self.part.is_none() && self.is_connected() {
            let Some((octet, rest)) = received.split_first() else {
                return;
            };
            *received = rest;
            match self.answer.push(*octet, self.setup.key, since) {
                answer::News::Nothing => {}
                answer::News::Welcome => self.part = Some(Part::Address),
                answer::News::OnlyNonce if self.stage == Stage::Talking => {
                    self.deadline = self.within(now, NONCE_MS_MAX);
                }
                answer::News::OnlyNonce => {}
                answer::News::Tunnelled => {
                    self.decides(now, Outcome::Returned);
                    self.stage = Stage::Talking;
                    self.part = Some(Part::Hello);
                }
                answer::News::Reply => {
                    self.said_hello = self.outcome == Outcome::Returned;
                    self.decides(now, Outcome::Granted);
                    self.stage = Stage::Leaving;
                    self.part = Some(Part::Quit);
                }
                answer::News::Decided(outcome) => {
                    let close = if self.answer.is_endless() {
                        Close::Abort
                    } else {
                        Close::Fin
                    };
                    self.ends(now, outcome, Some(close));
                }
            }
        }
    }

    /// Writes a part; how many octets it has.
    fn write(&mut self, now: Instant, part: Part, transmit: &mut [u8]) -> usize {
        let mut line = Line::new(transmit);
        // A lent buffer has room for every part.
        let _ = self.write_to(part, &mut line);
        let span = match part {
            Part::Request | Part::Rest | Part::Address => GRANT_MS_MAX,
            Part::Hello | Part::Quit => HELLO_MS_MAX,
        };
        self.deadline = self.within(now, span);
        if part == Part::Request && self.id.protocol() == Some(Protocol::ConnectSplit) {
            self.stage = Stage::Split;
        }
        line.octets()
    }

    fn write_to(&self, part: Part, out: &mut Line<'_>) -> Written {
        let token = |role| self.setup.token(role, self.id);
        let asked = self
            .id
            .protocol()
            .map_or(Protocols::CONNECT, Protocol::alone);
        match part {
            Part::Hello => {
                let helo = self.setup.tester.identity.helo.as_str();
                return all(
                    out,
                    &["EHLO ", &token(Role::Proxy).text(), ".", helo, "\r\n"],
                );
            }
            Part::Quit => return out.write_str("QUIT\r\n"),
            Part::Rest => return out.write_str(http::LAST_CRLF),
            Part::Request if Protocols::ANY_SOCKS5.contains(asked) => {
                return out.write_octets(&socks::HELLO);
            }
            Part::Request | Part::Address => {}
        }
        let to = self.setup.destination(self.id);
        let to = to.ok_or(TooLong::Command)?;
        if Protocols::SOCKS.contains(asked) {
            socks::write(self.id, &to, out)
        } else if Protocols::HTTP.contains(asked) {
            http::write(self.id, &to, &token(Role::Proxy), out)
        } else {
            gateway::write(&to, out)
        }
    }

    fn attempt(&self) -> Seen<'_> {
        if let Some(by) = self.dead {
            return Seen::Dead(by);
        }
        Seen::Attempt {
            id: self.id,
            outcome: self.outcome,
            code: self.answer.code(),
            after: self.decided.since(self.asked),
            local: self.local,
            said_hello: self.said_hello,
            has_content: self.answer.has_content(),
            behind: self.answer.behind(),
            is_endless: self.answer.is_endless(),
            first: self.answer.first(),
        }
    }

    const fn waits(&self, why: Why) -> Output<'static> {
        Output::Wait {
            until: self.deadline,
            why,
        }
    }

    /// The attempt's connection is asked for next.
    fn opens(&mut self, id: AttemptId) {
        self.id = id;
        self.answer = Answer::new(id);
        self.outcome = Outcome::Running;
        self.said_hello = false;
        self.local = None;
        self.part = None;
        self.generation = Generation(self.generation.0.saturating_add(1));
        self.stage = Stage::Opens;
        self.deadline = Instant::NEVER;
    }
}

impl Dialogue for ProxyDialogue<'_> {
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>) {
        if *input == Input::Start {
            if self.stage == Stage::NotBegun {
                self.stage = Stage::Begins;
                self.began = now;
            }
            return;
        }
        if generation != self.generation {
            return;
        }
        match (*input, self.stage) {
            (Input::Opened { local, .. }, Stage::Opening) => {
                self.local = Some(local.ip().to_canonical());
                self.stage = Stage::Talking;
                self.part = Some(Part::Request);
                self.deadline = self.within(now, GRANT_MS_MAX);
            }
            (Input::OpenFailed(failure), Stage::Opening) => self.open_failed(now, failure),
            (Input::Sent, Stage::Split) => {
                self.stage = Stage::Gap;
                self.deadline = self.within(now, GAP_MS);
            }
            (Input::Sent, Stage::Leaving) => self.ends(now, self.outcome, Some(Close::Fin)),
            (Input::Ended(end), _) if self.is_connected() => {
                let outcome = self.answer.outcome(match end {
                    End::Fin => Stop::Fin,
                    End::Reset => Stop::Reset,
                    End::WriteDeadline => Stop::Late,
                });
                self.ends(now, outcome, None);
            }
            _ => {}
        }
        if now >= self.deadline {
            self.late(now);
        }
    }

    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a> {
        loop {
            if !self.is_connected() {
                // What comes behind a close answers nothing.
                *received = &[];
            }
            if let Some(close) = self.close.take() {
                return Output::Close(close);
            }
            let seen = match self.stage {
                Stage::NotBegun | Stage::Over => return Output::Done,
                Stage::Begins => {
                    self.stage = Stage::Between;
                    Seen::Began {
                        depth: self.setup.depth,
                        hours: self.setup.hours,
                    }
                }
                Stage::PutOff => {
                    self.stage = Stage::Pausing;
                    Seen::NoSlot
                }
                Stage::Between => match self.plan.next(&self.setup) {
                    Next::Try(id) if !self.job_is_over(now) => {
                        self.opens(id);
                        continue;
                    }
                    Next::Try(_) => {
                        self.stage = Stage::Over;
                        Seen::Finished(Finish::TimeOver)
                    }
                    Next::Skip(protocol, why) => Seen::Skipped { protocol, why },
                    Next::End(finish) => {
                        self.stage = Stage::Over;
                        Seen::Finished(finish)
                    }
                },
                Stage::Ended => {
                    self.stage = Stage::Between;
                    self.attempt()
                }
                Stage::Opens => {
                    self.stage = Stage::Opening;
                    self.asked = now;
                    self.deadline = self.within(now, OPEN_MS_MAX);
                    return Output::Open {
                        transport: Transport::Tcp,
                        remote: self.setup.target.endpoint(),
                        by: self.deadline,
                    };
                }
                Stage::Pausing => return self.waits(Why::Pause),
                Stage::Opening => return self.waits(Why::Open),
                Stage::Split | Stage::Gap | Stage::Talking | Stage::Leaving => {
                    if let Some(part) = self.part.take() {
                        return Output::Transmit {
                            octets: self.write(now, part, transmit),
                            more: false,
                            by: self.deadline,
                        };
                    }
                    self.listen(now, received);
                    if self.part.is_none() && self.is_connected() {
                        let is_gap = self.stage == Stage::Gap;
                        return self.waits(if is_gap { Why::Pause } else { Why::Reply });
                    }
                    continue;
                }
            };
            return Output::Observed(Observation::Proxy(seen));
        }
    }

    fn generation(&self) -> Generation {
        self.generation
    }
}
