//! The path check: can our sink be reached from here, and is whoever answers there ours?
//!
//! Many networks let no mail out, or hand it to a server of their own. Behind one of those every mail
//! server looks closed, or everybody's greeting is the same. Where the sink is elsewhere, this is found
//! out before anything is concluded: the sink greets with a [`Nonce`] that only our key makes, and what
//! is said in EHLO is a token that it records. Nothing is sent but EHLO and QUIT.

use core::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::{
    dialogue::{Close, Dialogue, End, Generation, Input, OpenFailure, Output, Transport, Why},
    name::Name,
    smtp::{Class, ReplyParser, Step},
    time::{Instant, Millis, Utc},
    token::{Key, NONCE_HOURS_MAX, Nonce, TokenText},
};

/// Where mail servers listen, and so an outside sink.
pub const SINK_PORT: u16 = 25;
/// How long the connection may take to open.
pub const OPEN_MS_MAX: Millis = Millis::from_secs(10);
/// How long the greeting may take, and each reply.
pub const REPLY_MS_MAX: Millis = Millis::from_secs(30);
/// How much of the greeting is kept, in octets.
pub const GREETING_OCTETS_KEPT: usize = 96;

/// What is checked.
#[derive(Clone, Debug)]
pub struct Setup<'a> {
    /// Where the sink is.
    pub sink: SocketAddr,
    /// Our name; stands in EHLO behind the token.
    pub helo: &'a Name,
    /// What the sink records.
    pub token: TokenText,
    /// What its nonces are made with.
    pub key: &'a Key,
    /// What UTC is. The sink's clock may differ by half of [`NONCE_HOURS_MAX`].
    pub utc: Utc,
}

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Path {
    /// Our sink is there.
    Open {
        /// It took EHLO, and so has recorded the token.
        visited: bool,
    },
    /// A mail server is there that is not our sink, or one with another key or a wrong clock.
    Foreign,
    /// Whoever is there turned us away, with this code.
    TurnedAway(u16),
    /// Somebody is there who does not speak SMTP.
    NotSmtp,
    /// Somebody is there and said nothing, or closed at once.
    Silent,
    /// Nobody answers: nothing listens there, or mail is not let out.
    NoAnswer,
    /// The port is closed, or something resets what goes there.
    Refused,
    /// There is no way.
    Unreachable,
    /// This device could not ask: it had no socket, or its guard let nothing out.
    NotAsked,
}

impl Path {
    /// The word in logs and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Foreign => "foreign",
            Self::TurnedAway(_) => "turned-away",
            Self::NotSmtp => "not-smtp",
            Self::Silent => "silent",
            Self::NoAnswer => "no-answer",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::NotAsked => "not-asked",
        }
    }

    /// Whether our sink is there.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NotBegun,
    Opening,
    Greeting,
    /// The greeting was ours.
    Hello,
    Over,
}

/// One check. Like a lookup it tells its outcome when it is done.
#[derive(Debug)]
pub struct PathCheck<'a> {
    setup: Setup<'a>,
    parser: ReplyParser,
    stage: Stage,
    open: bool,
    say: Option<Say>,
    close: Option<Close>,
    deadline: Instant,
    path: Path,
    greeting: heapless::Vec<u8, GREETING_OCTETS_KEPT, u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Say {
    Hello,
    Quit,
}

impl<'a> PathCheck<'a> {
    /// A check that has not begun.
    pub const fn new(setup: Setup<'a>) -> Self {
        Self {
            setup,
            parser: ReplyParser::new(),
            stage: Stage::NotBegun,
            open: false,
            say: None,
            close: None,
            deadline: Instant::NEVER,
            path: Path::Silent,
            greeting: heapless::Vec::new(),
        }
    }

    /// Where the sink is.
    pub const fn sink(&self) -> SocketAddr {
        self.setup.sink
    }

    /// What was found out, once it is done.
    pub fn path(&self) -> Option<Path> {
        (self.stage == Stage::Over).then_some(self.path)
    }

    /// The first line that was heard, as much as is kept of it. Any octets.
    pub fn greeting(&self) -> &[u8] {
        &self.greeting
    }

    fn finish(&mut self, path: Path, how: Close) {
        self.path = path;
        self.stage = Stage::Over;
        self.close = Some(how);
    }

    fn greeted(&mut self, code: u16, class: Class, first: &[u8]) {
        let kept = first.get(..GREETING_OCTETS_KEPT).unwrap_or(first);
        // It has room for that.
        let _ = self.greeting.extend_from_slice(kept);
        let tolerated = NONCE_HOURS_MAX.saturating_mul(3_600) / 2;
        let since = Utc(self.setup.utc.0.saturating_sub(tolerated));
        if class.loses_the_stream() || code == 0 {
            self.finish(Path::NotSmtp, Close::Abort);
        } else if code >= 400 {
            self.finish(Path::TurnedAway(code), Close::Fin);
        } else if Nonce::find(self.setup.key, first, since).is_some() {
            self.stage = Stage::Hello;
            self.say = Some(Say::Hello);
        } else {
            self.say = Some(Say::Quit);
            self.finish(Path::Foreign, Close::Fin);
        }
    }

    /// Writes what is to be said; how many octets it has. The buffer of a shell has room for it.
    fn write(&self, say: Say, transmit: &mut [u8]) -> usize {
        let parts: [&str; 5] = match say {
            Say::Hello => [
                "EHLO ",
                &self.setup.token,
                ".",
                self.setup.helo.as_str(),
                "\r\n",
            ],
            Say::Quit => ["QUIT\r\n", "", "", "", ""],
        };
        let octets = parts.iter().flat_map(|part| part.bytes());
        let mut written = 0_usize;
        for (place, octet) in transmit.iter_mut().zip(octets) {
            *place = octet;
            written = written.saturating_add(1);
        }
        written
    }
}

impl Dialogue for PathCheck<'_> {
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>) {
        if *input == Input::Start && self.stage == Stage::NotBegun {
            self.stage = Stage::Opening;
            self.open = true;
            self.deadline = now + OPEN_MS_MAX;
            return;
        }
        if generation != self.generation() {
            return;
        }
        match (*input, self.stage) {
            (Input::Opened { .. }, Stage::Opening) => {
                self.stage = Stage::Greeting;
                self.deadline = now + REPLY_MS_MAX;
            }
            (Input::OpenFailed(failure), Stage::Opening) => {
                self.path = match failure {
                    OpenFailure::Refused => Path::Refused,
                    OpenFailure::NoAnswer => Path::NoAnswer,
                    OpenFailure::Unreachable => Path::Unreachable,
                    OpenFailure::NoSlot | OpenFailure::OutOfScope => Path::NotAsked,
                };
                self.stage = Stage::Over;
            }
            (Input::Sent, Stage::Hello) => self.deadline = now + REPLY_MS_MAX,
            (Input::Ended(end), Stage::Greeting) => {
                let path = match end {
                    End::Reset => Path::Refused,
                    End::Fin | End::WriteDeadline => Path::Silent,
                };
                self.finish(path, Close::Abort);
            }
            (Input::Ended(_), Stage::Hello) => {
                self.finish(Path::Open { visited: false }, Close::Abort);
            }
            _ if now >= self.deadline => match self.stage {
                Stage::Opening => self.finish(Path::NoAnswer, Close::Abort),
                Stage::Greeting => self.finish(Path::Silent, Close::Abort),
                Stage::Hello => self.finish(Path::Open { visited: false }, Close::Abort),
                Stage::NotBegun | Stage::Over => {}
            },
            _ => {}
        }
    }

    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a> {
        if core::mem::take(&mut self.open) {
            return Output::Open {
                transport: Transport::Tcp,
                remote: self.setup.sink,
                by: self.deadline,
            };
        }
        let step = match self.stage {
            Stage::Greeting => Some(Step::Greeting),
            Stage::Hello if self.say.is_none() => Some(Step::Ehlo),
            _ => None,
        };
        if let Some(step) = step
            && let Some(reply) = self.parser.push(step, received)
        {
            let (code, class) = (reply.code, reply.class);
            if step == Step::Greeting {
                let mut first = [0; crate::smtp::FIRST_OCTETS_KEPT];
                let octets = reply.first.len();
                for (place, octet) in first.iter_mut().zip(reply.first) {
                    *place = *octet;
                }
                self.greeted(code, class, first.get(..octets).unwrap_or_default());
            } else {
                let visited = class == Class::Accepted;
                self.say = Some(Say::Quit);
                self.finish(Path::Open { visited }, Close::Fin);
            }
        }
        if self.stage == Stage::Over {
            *received = &[];
        }
        if let Some(say) = self.say.take() {
            return Output::Transmit {
                octets: self.write(say, transmit),
                more: false,
                by: now + REPLY_MS_MAX,
            };
        }
        if let Some(how) = self.close.take() {
            return Output::Close(how);
        }
        let why = match self.stage {
            Stage::NotBegun | Stage::Over => return Output::Done,
            Stage::Opening => Why::Open,
            Stage::Greeting => Why::Greeting,
            Stage::Hello => Why::Reply,
        };
        Output::Wait {
            until: self.deadline,
            why,
        }
    }

    fn generation(&self) -> Generation {
        // One connection, and none before it.
        Generation(u16::from(self.stage != Stage::NotBegun))
    }
}

#[cfg(test)]
mod tests;
