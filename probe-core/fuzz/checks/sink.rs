//! The sink against a client that says anything at any time.

use std::net::SocketAddr;

use probe_core::{
    arrival::What,
    dialogue::{Answer, Close, Dialogue, End, Input, Output, Question, TRANSMIT_OCTETS_MIN},
    frame::{ToHost, decode_message, encode_message},
    name::Name,
    sink::{Found, SESSION_MAX, Setup, Sink, token_of},
    time::{Instant, Millis, Utc},
    token::{Key, Nonce},
};

/// The first octet: whether clients of HTTP may call, whether what arrives is recorded, and whether
/// tokens of jobs are known, are right. Then pieces of what a client says, each behind one octet: its
/// length, or news where it is 255 or 254.
pub(crate) fn check(octets: &[u8]) {
    let Some((how, mut rest)) = octets.split_first() else {
        return;
    };
    let mut client = Client {
        sink: Sink::new(Setup {
            domain: Name::new("sink.example.net").expect("a name"),
            sender_domain: Name::new("cert.example.net").expect("a name"),
            address: None,
            nonce: Nonce::issue(&Key::new([7; 16]), Utc(1_000), [0; 3]),
            speaks_http: how & 1 != 0,
        }),
        records: how & 2 != 0,
        is_right: [None, Some(true), Some(false)][usize::from(how >> 2) % 3],
        began: Instant::from_millis(1),
        now: Instant::from_millis(1),
        until: Instant::BOOT,
        accepted: false,
        unrecorded: false,
        is_over: false,
    };
    client.turn(Input::Accepted {
        local: SocketAddr::from(([198, 51, 100, 7], 25)),
        remote: SocketAddr::from(([203, 0, 113, 5], 40_000)),
    });
    while let Some((length, behind)) = rest.split_first() {
        rest = behind;
        match length {
            255 => {
                client.now = client.until;
                client.turn(Input::Timeout);
            }
            254 => client.turn(Input::Ended(End::Reset)),
            _ => {
                let (piece, behind) = rest.split_at(usize::from(*length).min(rest.len()));
                rest = behind;
                client.now = client.now + Millis(1);
                client.turn(Input::Received {
                    octets: piece,
                    source: None,
                });
            }
        }
    }
}

struct Client {
    sink: Sink,
    records: bool,
    is_right: Option<bool>,
    began: Instant,
    now: Instant,
    until: Instant,
    /// A recipient with a token was accepted, or may have been.
    accepted: bool,
    /// Something of this turn could not be recorded, and no reply has come since.
    unrecorded: bool,
    is_over: bool,
}

impl Client {
    fn turn(&mut self, input: Input<'_>) {
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let generation = self.sink.generation();
        let mut turn = self.sink.turn(self.now, generation, input);
        // A line of each octet, its question and its reply, and what is told at the end.
        for _ in 0..1_024 {
            match turn.next(&mut lent) {
                Output::Transmit { octets, .. } => {
                    assert!(!self.is_over);
                    let said = std::str::from_utf8(&lent[..octets]).expect("text");
                    assert!(said.ends_with("\r\n") || said.starts_with("HTTP/1.1 200 "));
                    assert!(!self.unrecorded || !said.contains("Recorded"));
                    assert!(!said.contains("Recorded") || self.accepted);
                    self.unrecorded = false;
                }
                Output::Ask(Question::Recipient(recipient)) => {
                    let answer = match token_of(recipient, |_| self.is_right) {
                        Found::Token(token) => Answer::Token(token),
                        Found::Forged | Found::Nothing => Answer::No,
                    };
                    self.accepted |= answer != Answer::No;
                    turn.answer(&answer);
                }
                Output::Ask(Question::Record(arrival)) => {
                    assert_eq!(arrival.at, self.now);
                    match arrival.what {
                        What::Message | What::Callout => {
                            assert!(self.accepted && arrival.envelope.is_some());
                        }
                        What::Visit => assert!(arrival.envelope.is_some()),
                        What::Objection => {
                            assert!(arrival.envelope.is_none());
                            self.accepted = true;
                        }
                    }
                    let record = ToHost::Arrival(arrival.clone());
                    let mut octets = Vec::new();
                    encode_message(&record, &mut |octet| {
                        octets.push(octet);
                        true
                    });
                    assert_eq!(decode_message::<ToHost>(&octets), Some(record));
                    if self.records {
                        turn.answer(&Answer::Yes);
                    } else {
                        self.unrecorded = true;
                    }
                }
                Output::Close(Close::Fin | Close::Abort) => self.is_over = true,
                Output::Wait { until, .. } => {
                    assert!(!self.is_over && until > self.now);
                    assert!(until <= self.began + SESSION_MAX);
                    self.until = until;
                    return;
                }
                Output::Done => {
                    self.is_over = true;
                    return;
                }
                other => panic!("a sink does not {other:?}"),
            }
        }
        panic!("a turn does not end");
    }
}
