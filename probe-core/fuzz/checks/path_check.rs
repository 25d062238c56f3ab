//! The path check against somebody who says anything at any time.

use std::net::SocketAddr;

use probe_core::{
    dialogue::{Dialogue, End, Input, Output, TRANSMIT_OCTETS_MIN},
    finding::{DeviceId, JobSerial},
    name::Name,
    path_check::{OPEN_MS_MAX, Path, PathCheck, REPLY_MS_MAX, Setup},
    time::{Instant, Millis, Utc},
    token::{Key, Nonce, Role, Signer},
};

use crate::opened::opened;

const KEY: Key = Key::new([7; 16]);
const NOW: Utc = Utc(1_796_049_982);
/// By how much a sink's clock may differ, in seconds.
const SKEW_S: u64 = 1_800;

/// Pieces of news, each behind one octet. Its two highest bits choose: 0, so many octets of what is said
/// there; 1, something that whoever is there knows to say; 2, the time is over; 3, the end of the connection.
/// While the connection is opened, it is what [`opened`] makes of it.
pub(crate) fn check(octets: &[u8]) {
    let sink = SocketAddr::from(([198, 51, 100, 25], 25));
    let helo = Name::new("probe.example.net").expect("a name");
    let token = Signer::new(&KEY, DeviceId([1; 8])).sign(Role::Proxy, JobSerial(0), 0, 3, sink);
    let mut dialogue = PathCheck::new(Setup {
        sink,
        helo: &helo,
        token: token.text(),
        key: &KEY,
        utc: NOW,
    });
    let hello = format!("EHLO {}.probe.example.net\r\n", token.text());
    let mut there = There {
        now: Instant::BOOT,
        is_ours: false,
        heard: String::new(),
    };
    let mut state = there.turn(&mut dialogue, Input::Start);
    let mut rest = octets;
    while state != State::Over {
        if state == State::Sending {
            state = there.turn(&mut dialogue, Input::Sent);
            continue;
        }
        let Some((kind, behind)) = rest.split_first() else {
            break;
        };
        rest = behind;
        let until = match state {
            State::Opening(until) | State::Waiting(until) => until,
            State::Sending | State::Over => unreachable!("looked at before"),
        };
        state = match kind >> 6 {
            2 => {
                there.now = until;
                there.turn(&mut dialogue, Input::Timeout)
            }
            _ if matches!(state, State::Opening(_)) => {
                there.turn(&mut dialogue, opened(*kind, sink, sink))
            }
            0 => {
                let (said, behind) = rest.split_at(usize::from(*kind).min(rest.len()));
                rest = behind;
                there.says(&mut dialogue, said)
            }
            1 => {
                let said = there.knows(*kind);
                there.says(&mut dialogue, &said)
            }
            _ if kind & 1 == 0 => there.turn(&mut dialogue, Input::Ended(End::Fin)),
            _ => there.turn(&mut dialogue, Input::Ended(End::Reset)),
        };
    }
    let over = state == State::Over;
    assert_eq!(dialogue.path().is_some(), over);
    let is_open = dialogue.path().is_some_and(Path::is_open);
    assert!(!is_open || there.is_ours);
    // No token for whoever is not our sink, and nothing but these words for anybody.
    let words = ["", "QUIT\r\n", &hello, &format!("{hello}QUIT\r\n")];
    let known = words.iter().position(|words| *words == there.heard);
    assert!(known.is_some_and(|words| words < 2 || there.is_ours));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Opening(Instant),
    Sending,
    Waiting(Instant),
    Over,
}

/// Whoever is at the sink's address.
struct There {
    now: Instant,
    /// It has said a nonce that our sink would have issued.
    is_ours: bool,
    heard: String,
}

impl There {
    fn knows(&mut self, kind: u8) -> Vec<u8> {
        let nonce = |key: &Key, at| {
            let nonce = Nonce::issue(key, Utc(at), [1, 2, 3]);
            format!("220 sink.example.net ESMTP {}\r\n", &*nonce.text()).into_bytes()
        };
        match kind & 7 {
            0 => {
                self.is_ours = true;
                nonce(&KEY, NOW.0)
            }
            1 => {
                self.is_ours = true;
                nonce(&KEY, NOW.0 + SKEW_S)
            }
            2 => nonce(&KEY, NOW.0 - 2 * SKEW_S),
            3 => nonce(&KEY, NOW.0 + 2 * SKEW_S),
            4 => nonce(&Key::new([8; 16]), NOW.0),
            5 => b"250-sink.example.net\r\n250 SIZE\r\n".to_vec(),
            6 => b"554 no\r\n".to_vec(),
            _ => b"220 mail.example.org ESMTP\r\n".to_vec(),
        }
    }

    fn says(&mut self, dialogue: &mut PathCheck<'_>, octets: &[u8]) -> State {
        self.now = self.now + Millis(100);
        let source = None;
        self.turn(dialogue, Input::Received { octets, source })
    }

    fn turn(&mut self, dialogue: &mut PathCheck<'_>, input: Input<'_>) -> State {
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let generation = dialogue.generation();
        let mut turn = dialogue.turn(self.now, generation, input);
        let mut sending = false;
        for _ in 0..8 {
            match turn.next(&mut lent) {
                Output::Open { by, .. } => return State::Opening(by),
                Output::Transmit { octets, by, .. } => {
                    assert!(by > self.now);
                    let said = std::str::from_utf8(&lent[..octets]).expect("text");
                    self.heard.push_str(said);
                    sending = true;
                }
                Output::Close(_) => sending = false,
                Output::Wait { until, .. } if sending => {
                    assert!(until > self.now);
                    return State::Sending;
                }
                Output::Wait { until, .. } => {
                    assert!(until > self.now);
                    let longest = OPEN_MS_MAX.max(REPLY_MS_MAX);
                    assert!(until.since(self.now) <= longest);
                    return State::Waiting(until);
                }
                Output::Done => return State::Over,
                other => panic!("a path check does not {other:?}"),
            }
        }
        panic!("a turn does not end");
    }
}
