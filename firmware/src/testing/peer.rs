//! A peer that plays from a script.

use std::{collections::VecDeque, future::pending, net::SocketAddr};

use embassy_futures::select::{Either, select};
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
    heard: Vec<u8>,
    gathered: Vec<u8>,
    pause_over: Option<Instant>,
    octet_ms: Option<u64>,
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
            heard: Vec::new(),
            gathered: Vec::new(),
            pause_over: None,
            octet_ms: None,
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
                Some(Step::SlowlyHears(ms)) => self.octet_ms = Some(*ms),
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

    async fn read(&mut self, octets: &mut [u8]) -> Read {
        loop {
            match self.play() {
                Play::Speaks => {
                    let count = self.says.len().min(octets.len());
                    for (room, said) in octets.iter_mut().zip(self.says.drain(..count)) {
                        *room = said;
                    }
                    return match self.source {
                        Some(source) => Read::Datagram(count, source),
                        None => Read::Octets(count),
                    };
                }
                Play::Waits(at) => self.stage.sleep_until(at).await,
                Play::Ends(end) => return Read::Ended(end),
            }
        }
    }

    async fn write_all(&mut self, octets: &[u8], more: bool, by: Instant) -> Result<(), End> {
        if let Play::Ends(End::Reset) = self.play() {
            return Err(End::Reset);
        }
        let stage = self.stage;
        let taken = async {
            if self.deaf {
                pending::<()>().await;
            }
            if let Some(ms) = self.octet_ms {
                let span_ms = ms * octets.len() as u64;
                stage.sleep_until(stage.now() + Millis(span_ms)).await;
            }
        };
        if let Either::Second(()) = select(taken, stage.sleep_until(by)).await {
            return Err(End::WriteDeadline);
        }
        self.gathered.extend(octets);
        if !more {
            let text = String::from_utf8_lossy(&self.gathered);
            stage.log(format!("C: {}", text.trim_end().escape_debug()));
            self.heard.append(&mut self.gathered);
        }
        Ok(())
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
