//! A lookup against a resolver that says anything at any time.

use std::net::SocketAddr;

use probe_core::{
    dialogue::{Dialogue, End, Input, OpenFailure, Output, TRANSMIT_OCTETS_MIN, Transport},
    dns::{
        Lookup, Message, Outcome, Question, RecordType, WireName,
        lookup::{ANSWER_MS_MAX, STREAM_MS_MAX},
    },
    time::{Instant, Millis},
};

/// The first octet chooses the record type and how much room a stream has. Then pieces of news,
/// each behind one octet: its two highest bits choose the kind, the others are the length of what
/// the resolver says. What it says in a datagram is put behind the query's own header and question
/// where the kind is 0, so that it is read.
pub(crate) fn check(octets: &[u8]) {
    let Some((first, news)) = octets.split_first() else {
        return;
    };
    let kinds = [1, 28, 12, 15, 16, 5, 6, 99];
    let kind = RecordType(kinds[usize::from(first & 7)]);
    let mut room = vec![0; usize::from(first >> 3) * 16];
    let question = Question {
        name: WireName::new("a.example").expect("a name"),
        kind,
    };
    let resolver = SocketAddr::from(([192, 0, 2, 53], 53));
    let mut peer = Peer {
        lookup: Lookup::new(resolver, question, [0x5a; 16], &mut room),
        now: Instant::BOOT,
        asked: Vec::new(),
        transport: Transport::Udp,
        opened: 0,
    };
    let mut state = peer.turn(Input::Start);
    let mut rest = news;
    while let Some((how, behind)) = rest.split_first() {
        rest = behind;
        state = match state {
            State::Over => break,
            State::Opening => peer.turn(match how {
                0 => Input::OpenFailed(OpenFailure::NoSlot),
                1 => Input::OpenFailed(OpenFailure::Refused),
                2 => Input::OpenFailed(OpenFailure::Unreachable),
                _ => Input::Opened {
                    local: resolver,
                    remote: resolver,
                },
            }),
            State::Waiting(until) => {
                let (said, behind) = rest.split_at(usize::from(how & 0x3f).min(rest.len()));
                let datagram = peer.transport == Transport::Udp;
                match how >> 6 {
                    0 | 1 => {
                        rest = behind;
                        let said = if how >> 6 == 0 && datagram {
                            peer.answer(said)
                        } else {
                            said.to_vec()
                        };
                        peer.turn(Input::Received {
                            octets: &said,
                            source: datagram.then_some(resolver),
                        })
                    }
                    2 => {
                        peer.now = until;
                        peer.turn(Input::Timeout)
                    }
                    _ => peer.turn(Input::Ended(End::Reset)),
                }
            }
        };
    }
    // Left alone, it comes to an end.
    while let State::Opening | State::Waiting(_) = state {
        let until = match state {
            State::Waiting(until) => until,
            _ => peer.now + Millis::from_secs(60),
        };
        peer.now = peer.now.max(until);
        state = peer.turn(Input::Timeout);
    }
    let spans = ANSWER_MS_MAX
        .iter()
        .fold(Millis(0), |sum, span| sum + *span);
    assert!(peer.opened <= ANSWER_MS_MAX.len() + 1);
    assert!(spans > STREAM_MS_MAX);
    let report = peer.lookup.report().expect("it is over");
    let answers = report.answers.iter().count();
    assert!(report.outcome == Outcome::Answers || answers == 0);
    assert!(report.outcome != Outcome::Answers || answers > 0 || report.answers.is_cut());
}

enum State {
    Opening,
    Waiting(Instant),
    Over,
}

struct Peer<'a> {
    lookup: Lookup<'a>,
    now: Instant,
    asked: Vec<u8>,
    transport: Transport,
    opened: usize,
}

impl Peer<'_> {
    fn turn(&mut self, input: Input<'_>) -> State {
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let generation = self.lookup.generation();
        let mut opens = false;
        let mut turn = self.lookup.turn(self.now, generation, input);
        for _ in 0..8 {
            match turn.next(&mut lent) {
                Output::Open { transport, by, .. } => {
                    assert!(by > self.now);
                    self.transport = transport;
                    self.opened += 1;
                    opens = true;
                }
                Output::Transmit { octets, .. } => {
                    let length = if self.transport == Transport::Tcp {
                        2
                    } else {
                        0
                    };
                    self.asked = lent[length..octets].to_vec();
                    let query = Message::new(&self.asked).expect("a header");
                    assert!(!query.is_response());
                    assert!(query.records().all(|record| record.is_ok()));
                }
                Output::Close(_) => {}
                Output::Wait { .. } if opens => return State::Opening,
                Output::Wait { until, .. } => return State::Waiting(until),
                Output::Done => return State::Over,
                other => panic!("{other:?}"),
            }
        }
        panic!("a turn does not end");
    }

    /// Flags and counts from the first eight octets of `said`, then the question, then the rest. Where
    /// nothing was asked there is nothing to answer.
    fn answer(&self, said: &[u8]) -> Vec<u8> {
        if self.asked.is_empty() {
            return said.to_vec();
        }
        let (head, body) = said.split_at(said.len().min(8));
        let mut octets = self.asked[..12 + 11 + 4].to_vec();
        octets[2..10].fill(0);
        octets[2] = 0x80;
        octets[5] = 1;
        octets[10..12].fill(0);
        for (place, octet) in [2, 3, 6, 7, 8, 9, 10, 11].into_iter().zip(head) {
            octets[place] |= octet;
        }
        octets.extend(body);
        octets
    }
}
