//! A dialogue that recites: it expects its inputs in order and answers each as it was told.

use std::{collections::VecDeque, net::SocketAddr};

use probe_core::{
    dialogue::{Close, Dialogue, Generation, Input, Output, Transport, Why},
    evidence::Observation,
    time::{Instant, Millis},
};

/// What it does. Spans are seconds from the turn's moment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Move {
    Open(Transport, u64),
    Secure(u64),
    Says(&'static str, u64),
    SaysMore(&'static str, u64),
    /// Looks at this of what has come, and at nothing behind it.
    LooksAt(&'static str),
    Observes,
    Waits(u64),
    Closes(Close),
    Parks(u64),
    Done,
}

/// A dialogue that fails its test as soon as it hears something unexpected.
pub(crate) struct Recital {
    expected: VecDeque<(&'static str, Vec<Move>)>,
    moves: VecDeque<Move>,
    generation: Generation,
    remote: SocketAddr,
}

impl Recital {
    pub(crate) fn new(
        expected: impl IntoIterator<Item = (&'static str, Vec<Move>)>,
        remote: &str,
    ) -> Self {
        Self {
            expected: expected.into_iter().collect(),
            moves: VecDeque::new(),
            generation: Generation::default(),
            remote: remote.parse().unwrap(),
        }
    }

    pub(crate) fn assert_over(&self) {
        assert!(self.expected.is_empty(), "left: {:?}", self.expected);
    }

    /// Whether it still looks at something in this turn.
    fn looks(&self) -> bool {
        let looks = |of: &Move| matches!(of, Move::LooksAt(_));
        self.moves.iter().any(looks)
    }
}

impl Dialogue for Recital {
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>) {
        assert_eq!(generation, self.generation, "{input:?} is stale");
        assert!(self.moves.is_empty(), "{:?} were not drained", self.moves);
        let heard = name(input);
        let (expected, moves) = self
            .expected
            .pop_front()
            .unwrap_or_else(|| panic!("{heard:?} at {now:?} was not expected"));
        assert_eq!(heard, expected, "at {now:?}");
        self.moves = moves.into();
    }

    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a> {
        // Without a word about it, it has looked at everything.
        if !self.looks() {
            *received = &[];
        }
        let mut says = |text: &str, more, seconds| {
            transmit[..text.len()].copy_from_slice(text.as_bytes());
            Output::Transmit {
                octets: text.len(),
                more,
                by: now + Millis::from_secs(seconds),
            }
        };
        match self.moves.pop_front().expect("a turn ends in a wait") {
            Move::Open(transport, seconds) => {
                self.generation.0 += 1;
                Output::Open {
                    transport,
                    remote: self.remote,
                    by: now + Millis::from_secs(seconds),
                }
            }
            Move::Secure(seconds) => Output::Secure {
                server_name: None,
                by: now + Millis::from_secs(seconds),
            },
            Move::Says(text, seconds) => says(text, false, seconds),
            Move::SaysMore(text, seconds) => says(text, true, seconds),
            Move::LooksAt(text) => {
                let rest = received.strip_prefix(text.as_bytes());
                *received = rest.unwrap_or_else(|| panic!("{text:?} is not there: {received:?}"));
                self.output(now, received, transmit)
            }
            Move::Observes => Output::Observed(Observation::Matched),
            Move::Waits(seconds) => Output::Wait {
                until: now + Millis::from_secs(seconds),
                why: Why::Reply,
            },
            Move::Closes(how) => Output::Close(how),
            Move::Parks(seconds) => Output::Park {
                until: now + Millis::from_secs(seconds),
            },
            Move::Done => Output::Done,
        }
    }

    fn generation(&self) -> Generation {
        self.generation
    }
}

fn name(input: &Input<'_>) -> String {
    match input {
        Input::Start => "start".into(),
        Input::Accepted { .. } => "accepted".into(),
        Input::Opened { .. } => "opened".into(),
        Input::OpenFailed(failure) => format!("open failed: {failure:?}"),
        Input::Secured { .. } => "secured".into(),
        Input::SecureFailed(failure) => format!("secure failed: {failure:?}"),
        Input::Received { octets, source } => {
            let from = source.map(|source| format!(" from {source}"));
            let said = String::from_utf8_lossy(octets);
            format!("S: {said}{}", from.unwrap_or_default())
        }
        Input::Sent => "sent".into(),
        Input::Ended(end) => format!("ended: {end:?}"),
        Input::Timeout => "timeout".into(),
    }
}
