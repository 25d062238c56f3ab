//! A sink that is not the device: our own, at a place of its own in the world. Mail for it comes there, and
//! the device tries the way to it before it asks anybody.
//!
//! It is probe-core's own sink. What came to it is in [`crate::post::Ledger::came`], as a host brings it home
//! from `postern sink`.

use std::{net::IpAddr, net::SocketAddr, time::Duration};

use probe_core::{
    arrival::Arrival,
    dialogue::{Answer, Close, Dialogue as _, End, Input, Output, Question, TRANSMIT_OCTETS_MIN},
    finding::RecordId,
    name::Name,
    path_check::SINK_PORT,
    scope::Scope,
    sink::{Found, Setup, Sink, token_of},
    time::{Instant, Utc},
    token::{Key, Nonce},
};

use crate::{
    host::PROVING,
    post::Log,
    server::{Conversation, Server, Turn},
};

/// Where it is, and what it knows.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// Its address; it listens on port 25.
    pub address: IpAddr,
    /// What its nonces are made with: the key of the scan, where it is ours.
    pub key: Key,
    domain: Name,
    sender_domain: Name,
}

impl Elsewhere {
    /// The sink that `scope` has elsewhere, if it has.
    pub fn of(scope: &Scope) -> Option<Self> {
        Some(Self {
            address: scope.outside_sink()?.ip(),
            key: PROVING.key,
            domain: scope.identity.sink_domain.clone(),
            sender_domain: scope.identity.sender_domain.clone(),
        })
    }

    /// Where it listens.
    pub(crate) fn endpoint(&self) -> SocketAddr {
        SocketAddr::new(self.address, SINK_PORT)
    }

    pub(crate) fn server(&self, began: Utc, log: Log) -> Box<dyn Server> {
        Box::new(Standing {
            place: self.clone(),
            began,
            log,
            calls: 0,
        })
    }
}

struct Standing {
    place: Elsewhere,
    began: Utc,
    log: Log,
    calls: u32,
}

impl Server for Standing {
    fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
        self.calls += 1;
        let [_, random @ ..] = self.calls.to_be_bytes();
        Box::new(Call {
            place: self.place.clone(),
            began: self.began,
            log: self.log.clone(),
            random,
            caller,
            sink: None,
        })
    }
}

struct Call {
    place: Elsewhere,
    began: Utc,
    log: Log,
    random: [u8; 3],
    caller: SocketAddr,
    sink: Option<Sink>,
}

impl Call {
    /// Gives the sink one input, and does what it says until it waits.
    fn turn(&mut self, input: Input<'_>, turn: &mut Turn) {
        let Some(sink) = &mut self.sink else {
            return;
        };
        let now = Instant::from_millis(u64::try_from(turn.now().as_millis()).unwrap_or(u64::MAX));
        let mut transmit = [0; TRANSMIT_OCTETS_MIN];
        let generation = sink.generation();
        let mut heard = sink.turn(now, generation, input);
        loop {
            match heard.next(&mut transmit) {
                Output::Transmit { octets, .. } => turn.send(&transmit[..octets]),
                Output::Ask(question) => {
                    let answer = answer(&question, now, &self.log);
                    heard.answer(&answer);
                }
                Output::Wait { until, .. } => {
                    turn.wake_at(Duration::from_millis(until.as_millis()));
                    return;
                }
                Output::Close(Close::Fin) => turn.close(),
                Output::Close(Close::Abort) => turn.reset(),
                Output::Done => return,
                output => unreachable!("a sink listens, and does not {output:?}"),
            }
        }
    }
}

/// Nobody here knows a job: every token counts, and the host verifies it.
fn answer(question: &Question<'_>, now: Instant, log: &Log) -> Answer {
    match question {
        Question::Recipient(recipient) => match token_of(recipient, |_| None) {
            Found::Token(token) => Answer::Token(token),
            Found::Forged | Found::Nothing => Answer::No,
        },
        Question::Record(arrival) => {
            let came = &mut log.borrow_mut().came;
            let number = u32::try_from(came.len() + 1).unwrap_or(u32::MAX);
            came.push(Arrival {
                id: RecordId { boot: 1, number },
                at: now,
                ..(*arrival).clone()
            });
            Answer::Yes
        }
    }
}

impl Conversation for Call {
    fn on_open(&mut self, turn: &mut Turn) {
        let utc = Utc(self.began.0 + turn.now().as_secs());
        self.sink = Some(Sink::new(Setup {
            domain: self.place.domain.clone(),
            sender_domain: self.place.sender_domain.clone(),
            address: Some(self.place.address),
            nonce: Nonce::issue(&self.place.key, utc, self.random),
            speaks_http: false,
        }));
        let accepted = Input::Accepted {
            local: self.place.endpoint(),
            remote: self.caller,
        };
        self.turn(accepted, turn);
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        let source = None;
        self.turn(Input::Received { octets, source }, turn);
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        self.turn(Input::Timeout, turn);
    }

    fn on_end(&mut self, turn: &mut Turn) {
        self.turn(Input::Ended(End::Fin), turn);
    }
}
