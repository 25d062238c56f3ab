//! The proxy dialogue against a peer that says anything at any time.

use std::net::{IpAddr, SocketAddr};

use probe_core::{
    arrival::Sense,
    dialogue::{Dialogue, End, Input, Output, TRANSMIT_OCTETS_MIN},
    evidence::{ATTEMPTS_MAX, EVIDENCE_OCTETS_MAX, Finish, ProxyEvidence},
    finding::{DeviceId, JobSerial},
    frame::{decode_message, encode_message},
    name::Name,
    proxy::{AttemptId, JOB_MS_MAX, NO_SLOT_MAX, Protocols, ProxyDialogue, Setup},
    scope::{Depth, SinkEnds},
    suspect::Suspect,
    tester::Tester,
    time::{Instant, Millis, Utc},
    token::{Key, Nonce},
    verdict::{Kind, judge_proxy},
};

use crate::opened::opened;

const KEY: Key = Key::new([7; 16]);
const SINCE: Utc = Utc(5_000);
/// Where visits come from.
const EGRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

/// The first two octets choose: eleven bits for the protocols, the lowest first; then full depth, no key,
/// a sink without IPv4, without a second port, without a name. Then pieces of news, each behind one
/// octet. Its two highest bits choose: 0, so many octets of what the peer says; 1, something that it
/// knows to say, or a visit; 2, the time is over; 3, the end of the connection. While a connection is
/// opened, it is what [`opened`] makes of it.
pub(crate) fn check(octets: &[u8]) {
    let [low, high, news @ ..] = octets else {
        return;
    };
    let protocols = Protocols::from_bits_truncate(u16::from_le_bytes([*low, *high]));
    let without = |bit: u8| high & bit != 0;
    let sink = SinkEnds {
        ipv4: (!without(0x20)).then(|| [198, 51, 100, 25].into()),
        ipv6: Some([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x25_u16].into()),
        name: (!without(0x80)).then(|| Name::new("sink.example.net").expect("a name")),
        ports: [25, 8025]
            .into_iter()
            .take(if without(0x40) { 1 } else { 2 })
            .collect(),
    };
    let scope = crate::scope::scope();
    let tester = Tester::new(&scope, &KEY, DeviceId([1; 8]));
    let suspect = Suspect {
        address: [192, 0, 2, 1].into(),
        port: 25,
        names: heapless::Vec::new(),
    };
    let target = scope.admit(&suspect, SINCE).expect("admitted");
    let mut dialogue = ProxyDialogue::new(Setup {
        target,
        tester: &tester,
        protocols,
        sink: &sink,
        depth: if without(8) {
            Depth::Full
        } else {
            Depth::Standard
        },
        serial: JobSerial(7),
        hours: 1,
        since: SINCE,
        key: (!without(0x10)).then_some(&KEY),
    });
    let mut peer = Peer {
        evidence: ProxyEvidence::default(),
        now: Instant::BOOT,
        connections: 0,
        said_nonce: false,
        visited: false,
    };
    let mut state = peer.turn(&mut dialogue, Input::Start);
    let mut rest = news;
    loop {
        let end = SocketAddr::from(([192, 0, 2, 200], 40_000));
        if state == State::Sending {
            state = peer.turn(&mut dialogue, Input::Sent);
            continue;
        }
        let Some((kind, behind)) = rest.split_first() else {
            break;
        };
        rest = behind;
        state = match state {
            State::Over => break,
            State::Sending => continue,
            State::Opening => peer.turn(&mut dialogue, opened(*kind, end, target.endpoint())),
            State::Waiting(until) => match kind >> 6 {
                0 => {
                    let (said, behind) = rest.split_at(usize::from(*kind).min(rest.len()));
                    rest = behind;
                    peer.says(&mut dialogue, said)
                }
                1 if kind & 0x3f >= 0x20 => {
                    peer.visit(*kind);
                    state
                }
                1 => {
                    let said = peer.knows(*kind);
                    peer.says(&mut dialogue, &said)
                }
                2 => {
                    peer.now = until;
                    peer.turn(&mut dialogue, Input::Timeout)
                }
                _ if kind & 1 == 0 => peer.turn(&mut dialogue, Input::Ended(End::Fin)),
                _ => peer.turn(&mut dialogue, Input::Ended(End::Reset)),
            },
        };
    }
    peer.holds();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Opening,
    Sending,
    Waiting(Instant),
    Over,
}

struct Peer {
    evidence: ProxyEvidence,
    now: Instant,
    connections: usize,
    /// It has said a nonce that our sink would have issued.
    said_nonce: bool,
    visited: bool,
}

impl Peer {
    /// What a proxy, and who plays one, knows to say.
    fn knows(&mut self, kind: u8) -> Vec<u8> {
        let now_s = SINCE.0 + self.now.as_millis() / 1_000;
        let nonce = |key: &Key, at| {
            Nonce::issue(key, Utc(at), [1, 2, 3])
                .text()
                .as_bytes()
                .to_vec()
        };
        match kind & 0x1f {
            0 => {
                self.said_nonce = true;
                nonce(&KEY, now_s)
            }
            1 => nonce(&KEY, now_s - 4_000),
            2 => nonce(&Key::new([8; 16]), now_s),
            3 => b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
            4 => b"HTTP/1.1 403 Forbidden\r\n\r\n".to_vec(),
            5 => vec![5, 0],
            6 => vec![5, 0, 0, 1, 0, 0, 0, 0, 0, 0],
            7 => vec![0, 0x5a, 0, 0, 0, 0, 0, 0],
            8 => b"220 sink.example.net ESMTP ".to_vec(),
            9 => b"\r\n250 sink.example.net\r\n".to_vec(),
            _ => vec![b'x'; 1_460],
        }
    }

    /// A token comes out of somewhere: it may be any.
    fn visit(&mut self, kind: u8) {
        let attempt = self.evidence.attempts().get(usize::from(kind & 0x1f));
        let octet = attempt.map_or(kind, |attempt| attempt.id().octet());
        self.visited |= AttemptId::of_octet(octet).is_some();
        self.evidence.arrived(Sense::Visited(octet), EGRESS);
    }

    fn says(&mut self, dialogue: &mut ProxyDialogue<'_>, octets: &[u8]) -> State {
        self.now = self.now + Millis(100);
        let source = None;
        self.turn(dialogue, Input::Received { octets, source })
    }

    fn turn(&mut self, dialogue: &mut ProxyDialogue<'_>, input: Input<'_>) -> State {
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let generation = dialogue.generation();
        let mut turn = dialogue.turn(self.now, generation, input);
        let mut state = None;
        // What was seen, what is skipped, and what is done about it.
        for _ in 0..32 {
            match turn.next(&mut lent) {
                Output::Open { by, .. } => {
                    assert!(by > self.now);
                    self.connections += 1;
                    state = Some(State::Opening);
                }
                Output::Transmit { octets, by, .. } => {
                    assert!(octets > 0 && by > self.now);
                    state = Some(State::Sending);
                }
                Output::Observed(observation) => self.evidence.record(&observation),
                Output::Close(_) => state = None,
                Output::Wait { until, .. } => {
                    assert!(until > self.now);
                    assert!(until <= Instant::BOOT + JOB_MS_MAX + Millis(1_000));
                    return state.unwrap_or(State::Waiting(until));
                }
                Output::Done => {
                    assert!(self.evidence.finish() != Finish::Running);
                    return State::Over;
                }
                other => panic!("a proxy dialogue does not {other:?}"),
            }
        }
        panic!("a turn does not end");
    }

    /// What must be true of the evidence, whatever came.
    fn holds(&self) {
        let verdict = judge_proxy(&self.evidence);
        assert!(verdict.kind != Kind::Accepted || self.said_nonce);
        assert!(verdict.kind != Kind::Confirmed || (self.said_nonce && self.visited));
        assert!(self.connections <= ATTEMPTS_MAX + usize::from(NO_SLOT_MAX));
        assert!(size_of_val(&self.evidence) <= EVIDENCE_OCTETS_MAX);
        let short = self.evidence.with_transcript_within(64);
        assert!(short.transcript_octets() <= 64);
        assert_eq!(judge_proxy(&short), verdict);
        let mut twice = self.evidence.clone();
        twice.merge(&self.evidence);
        assert_eq!(twice, self.evidence);
        let mut octets = Vec::new();
        encode_message(&self.evidence, &mut |octet| {
            octets.push(octet);
            true
        });
        let read = decode_message::<ProxyEvidence>(&octets);
        assert_eq!(read.as_ref(), Some(&self.evidence));
    }
}
