//! A peer that plays from a script.

use std::{collections::VecDeque, future::pending, net::SocketAddr};

use probe_core::{
    dialogue::{Close, End, OpenFailure},
    time::{Instant, Millis},
};

use super::env::Stage;
use crate::env::{Env, Read, Stream};

/// What a connection meets.
pub(crate) enum Peer {
    /// It does not open.
    Fails(OpenFailure),
    /// It opens, and the peer does this.
    Plays(Vec<Step>),
    /// It connects to us as soon as somebody listens, and does this.
    Calls(Vec<Step>),
}

/// One thing that a peer does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Does nothing for so many milliseconds.
    Pause(u64),
    /// Says this.
    Says(&'static str),
    /// Waits until it has heard this and nothing else.
    Hears(&'static str),
    /// Takes no octet from here on.
    Deaf,
    /// Takes one octet in so many milliseconds from here on.
    SlowlyHears(u64),
    /// Takes so many octets at once, and no more before so many milliseconds have passed, from here on.
    HearsPieces(usize, u64),
    /// Answers every line from here on, and ends the connection after QUIT.
    Serves(fn(&str) -> &'static str),
    /// Ends the connection.
    Ends(End),
}

/// Our end of a connection with a scripted peer.
pub(crate) struct Connection<'a> {
    stage: &'a Stage,
    steps: VecDeque<Step>,
    says: VecDeque<u8>,
    /// How much of it was read, and not taken.
    looked: usize,
    heard: Vec<u8>,
    gathered: Vec<u8>,
    pause_over: Option<Instant>,
    /// How many octets are taken at once, and how many milliseconds lie between.
    pieces: Option<(usize, u64)>,
    /// When the next ones are taken; at first, when somebody has waited for it.
    taken_at: Option<Instant>,
    deaf: bool,
    /// Whatever is said is a datagram from there.
    source: Option<SocketAddr>,
}

impl<'a> Connection<'a> {
    /// The same with datagrams.
    pub(super) fn datagrams_from(mut self, source: SocketAddr) -> Self {
        self.source = Some(source);
        self
    }

    pub(super) fn new(stage: &'a Stage, steps: Vec<Step>) -> Self {
        stage.connection_opened();
        Self {
            stage,
            steps: steps.into(),
            says: VecDeque::new(),
            looked: 0,
            heard: Vec::new(),
            gathered: Vec::new(),
            pause_over: None,
            pieces: None,
            taken_at: None,
            deaf: false,
            source: None,
        }
    }

    /// Plays as far as it goes now. The moment when it goes on, if only time is missing.
    fn play(&mut self) -> Play {
        while self.says.is_empty() {
            match self.steps.front() {
                None => return Play::Waits(Instant::NEVER),
                Some(Step::Pause(ms)) => {
                    let over = *self
                        .pause_over
                        .get_or_insert(self.stage.now() + Millis(*ms));
                    if self.stage.now() < over {
                        return Play::Waits(over);
                    }
                    self.pause_over = None;
                }
                Some(Step::Says(text)) => self.says.extend(text.bytes()),
                Some(Step::Hears(text)) => {
                    if self.heard.len() < text.len() {
                        return Play::Waits(Instant::NEVER);
                    }
                    assert_eq!(String::from_utf8_lossy(&self.heard), *text);
                    self.heard.clear();
                }
                Some(Step::Serves(answer)) => {
                    let answer = *answer;
                    let Some(end) = self.heard.iter().position(|octet| *octet == b'\n') else {
                        return Play::Waits(Instant::NEVER);
                    };
                    let line: Vec<u8> = self.heard.drain(..=end).collect();
                    let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                    self.says.extend(answer(&line).bytes());
                    if line == "QUIT" {
                        self.steps = [Step::Ends(End::Fin)].into();
                    }
                    continue;
                }
                Some(Step::Deaf) => self.deaf = true,
                Some(Step::SlowlyHears(ms)) => self.pieces = Some((1, *ms)),
                Some(Step::HearsPieces(octets, ms)) => {
                    self.pieces = Some((*octets, *ms));
                    self.taken_at = Some(self.stage.now());
                }
                Some(Step::Ends(end)) => return Play::Ends(*end),
            }
            self.steps.pop_front();
        }
        Play::Speaks
    }
}

enum Play {
    Speaks,
    Waits(Instant),
    Ends(End),
}

impl Stream for Connection<'_> {
    fn local(&self) -> SocketAddr {
        SocketAddr::from(([198, 51, 100, 1], 50_000))
    }

    fn remote(&self) -> SocketAddr {
        SocketAddr::from(([203, 0, 113, 5], 40_000))
    }

    async fn readable(&mut self) -> Result<(), End> {
        loop {
            match self.play() {
                Play::Speaks => return Ok(()),
                Play::Waits(at) => self.stage.sleep_until(at).await,
                Play::Ends(end) => return Err(end),
            }
        }
    }

    fn read(&mut self, octets: &mut [u8]) -> Read {
        let count = self.says.len().min(octets.len());
        for (room, said) in octets.iter_mut().zip(&self.says) {
            *room = *said;
        }
        self.looked = count;
        match self.source {
            Some(source) => {
                self.says.clear();
                self.looked = 0;
                Read::Datagram(count, source)
            }
            None => Read::Octets(count),
        }
    }

    fn take(&mut self, count: usize) {
        self.looked = 0;
        if self.source.is_none() {
            self.says.drain(..count);
        }
    }

    /// What it takes shows when it is written.
    fn room(&self) -> usize {
        0
    }

    fn write(&mut self, octets: &[u8], more: bool) -> Result<usize, End> {
        if self.looked == self.says.len() {
            // All that was said before is known.
            let known = std::mem::take(&mut self.says);
            let plays = self.play();
            self.says = known.into_iter().chain(self.says.drain(..)).collect();
            if let Play::Ends(End::Reset) = plays {
                return Err(End::Reset);
            }
        }
        if self.deaf {
            return Ok(0);
        }
        let mut taken = octets.len();
        if let Some((piece, ms)) = self.pieces {
            let (now, ms) = (self.stage.now(), Millis(ms));
            if now < *self.taken_at.get_or_insert(now + ms) {
                return Ok(0);
            }
            taken = taken.min(piece);
            self.taken_at = Some(now + ms);
        }
        self.gathered.extend(&octets[..taken]);
        if taken == octets.len() && !more {
            let text = String::from_utf8_lossy(&self.gathered);
            let line = format!("C: {}", text.trim_end().escape_debug());
            self.stage.log(line);
            self.heard.append(&mut self.gathered);
        }
        Ok(taken)
    }

    async fn writable(&mut self) {
        match self.taken_at {
            _ if self.deaf => pending().await,
            Some(at) => self.stage.sleep_until(at).await,
            None => {}
        }
    }

    async fn close(self, how: Close) {
        self.stage.log(format!("close {how:?}"));
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        self.stage.connection_closed();
    }
}
