//! Block lists against a resolver that says anything at any time.

use std::net::{IpAddr, SocketAddr};

use probe_core::{
    dialogue::{Dialogue, End, Input, OpenFailure, Output, TRANSMIT_OCTETS_MIN, Transport},
    dns::Message,
    dnsbl::{DnsblDialogue, Healths, Setup, Zone},
    evidence::{DnsblEvidence, EVIDENCE_OCTETS_MAX, Finish, Standing},
    frame::{decode_message, encode_message},
    name::Name,
    suspect::Suspect,
    time::{Instant, Millis, Utc},
    verdict::{Kind, judge_dnsbl},
};

/// The codes of every zone that are an occasion.
const OCCASIONS: [u8; 2] = [8, 9];
/// How many connections one zone takes: four lookups of three datagrams and a stream.
const CONNECTIONS_MAX: usize = 4 * 4;

/// The first octet chooses the address (bit 0: IPv6), how many zones there are (bits 1 and 2), whether
/// the first lists IPv6 (bit 3) and whether lookups are spaced (bit 4). Then pieces of news, each
/// behind one octet. Its two highest bits choose: 0, flags, counts and records behind the query's
/// own header and question, as many octets as the others say; 1, so many octets as they come; 2, the
/// time is over; 3, an answer of so many addresses of four octets: none is no such name, 0x20 more is
/// a datagram that was cut, 0x10 more a failure; 0xff ends the connection.
pub(crate) fn check(octets: &[u8]) {
    let Some((choice, news)) = octets.split_first() else {
        return;
    };
    let zones: Vec<Zone> = (0..=choice >> 1 & 3)
        .map(|index| Zone {
            name: Name::new(&format!("l{index}.example")).expect("a name"),
            ipv6: index > 0 || choice & 8 == 0,
            occasion: OCCASIONS.into_iter().collect(),
            errors: [255].into_iter().collect(),
            txt: index != 1,
        })
        .collect();
    let v6 = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 7_u16];
    let mut scope = crate::scope::scope();
    let address = if choice & 1 == 1 {
        IpAddr::from(v6)
    } else {
        IpAddr::from([192, 0, 2, 7])
    };
    let suspect = Suspect {
        address,
        port: 0,
        names: heapless::Vec::new(),
    };
    scope.dnsbl.zones = zones.iter().cloned().collect();
    let resolver = SocketAddr::from(([192, 0, 2, 53], 53));
    let setup = Setup {
        target: scope.admit(&suspect, Utc(5_000)).expect("admitted"),
        resolver,
        zones: &zones,
        spacing: Millis(u64::from(choice & 16)),
        hours: 1,
        healths: Healths::new(),
        seed: [7; 16],
    };
    let mut message = [0; 512];
    let mut peer = Peer {
        dialogue: DnsblDialogue::new(setup, &mut message),
        evidence: DnsblEvidence::default(),
        now: Instant::BOOT,
        query: Vec::new(),
        transport: Transport::Udp,
        opened: 0,
        questions: Vec::new(),
        said: Vec::new(),
    };
    peer.play(news, resolver);
    peer.must_hold(zones.len());
}

enum State {
    Opening,
    Waiting(Instant),
    Pausing(Instant),
    Over,
}

struct Peer<'a> {
    dialogue: DnsblDialogue<'a>,
    evidence: DnsblEvidence,
    now: Instant,
    /// The last query.
    query: Vec<u8>,
    transport: Transport,
    opened: usize,
    /// Every name that was asked about.
    questions: Vec<String>,
    /// Everything that the resolver said.
    said: Vec<u8>,
}

impl Peer<'_> {
    fn play(&mut self, news: &[u8], resolver: SocketAddr) {
        let mut state = self.turn(Input::Start);
        let mut rest = news;
        loop {
            state = match state {
                State::Over => return,
                State::Pausing(until) => {
                    self.now = until;
                    self.turn(Input::Timeout)
                }
                // Left alone, it comes to an end.
                State::Opening if rest.is_empty() => {
                    self.turn(Input::OpenFailed(OpenFailure::NoAnswer))
                }
                State::Waiting(until) if rest.is_empty() => {
                    self.now = until;
                    self.turn(Input::Timeout)
                }
                State::Opening | State::Waiting(_) => {
                    let how = rest[0];
                    rest = &rest[1..];
                    self.hear(&state, how, &mut rest, resolver)
                }
            };
        }
    }

    fn hear(&mut self, state: &State, how: u8, rest: &mut &[u8], resolver: SocketAddr) -> State {
        let State::Waiting(until) = *state else {
            return self.turn(match how {
                0 => Input::OpenFailed(OpenFailure::NoSlot),
                1 => Input::OpenFailed(OpenFailure::Refused),
                2 => Input::OpenFailed(OpenFailure::Unreachable),
                3 => Input::OpenFailed(OpenFailure::OutOfScope),
                _ => Input::Opened {
                    local: resolver,
                    remote: resolver,
                },
            });
        };
        let mut take = |octets: u8| {
            let (taken, behind) = rest.split_at(usize::from(octets).min(rest.len()));
            *rest = behind;
            taken
        };
        let mut octets = match (how, how >> 6) {
            (0xff, _) => return self.turn(Input::Ended(End::Reset)),
            (_, 2) => {
                self.now = until;
                return self.turn(Input::Timeout);
            }
            (_, 0) => {
                let said = take(how & 0x3f);
                let (head, body) = said.split_at(said.len().min(8));
                let mut fields = [0x80, 0, 0, 0, 0, 0, 0, 0];
                fields[..head.len()].copy_from_slice(head);
                self.answer(fields, body)
            }
            (_, 1) => take(how & 0x3f).to_vec(),
            (_, _) => {
                let addresses = take((how & 0x0f) * 4);
                let (addresses, _) = addresses.as_chunks::<4>();
                let code = match addresses.len() {
                    _ if how & 0x10 != 0 => 2,
                    0 => 3,
                    _ => 0,
                };
                let flags = if how & 0x20 != 0 { 0x82 } else { 0x80 };
                let records = addresses.iter().flat_map(|address| {
                    [b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04", address.as_slice()].concat()
                });
                let count = addresses.len() as u8;
                let records: Vec<u8> = records.collect();
                self.answer([flags, code, 0, count, 0, 0, 0, 0], &records)
            }
        };
        self.said.extend(&octets);
        let datagram = self.transport == Transport::Udp;
        if !datagram && how >> 6 != 1 {
            octets.splice(0..0, (octets.len() as u16).to_be_bytes());
        }
        self.turn(Input::Received {
            octets: &octets,
            source: datagram.then_some(resolver),
        })
    }

    /// Flags and counts of answers, authorities and additional records, then the question, then the
    /// records.
    fn answer(&self, fields: [u8; 8], records: &[u8]) -> Vec<u8> {
        let name = self.query[12..].iter().position(|octet| *octet == 0);
        let end = 12 + name.expect("a name") + 5;
        let mut octets = self.query[..end].to_vec();
        octets[2..4].copy_from_slice(&fields[..2]);
        octets[6..12].copy_from_slice(&fields[2..]);
        octets.extend(records);
        octets
    }

    fn turn(&mut self, input: Input<'_>) -> State {
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let generation = self.dialogue.generation();
        let mut turn = self.dialogue.turn(self.now, generation, input);
        let mut opens = false;
        for _ in 0..64 {
            match turn.next(&mut lent) {
                Output::Open { transport, by, .. } => {
                    assert!(by > self.now);
                    self.transport = transport;
                    self.opened += 1;
                    opens = true;
                }
                Output::Transmit { octets, .. } => {
                    let length = match self.transport {
                        Transport::Tcp => 2,
                        _ => 0,
                    };
                    self.query = lent[length..octets].to_vec();
                    let query = Message::new(&self.query).expect("a header");
                    let (name, kind, _) = query.questions().next().expect("one").expect("whole");
                    let name = format!("{name:?} {}", kind.0).to_ascii_lowercase();
                    if self.questions.last() != Some(&name) {
                        self.questions.push(name);
                    }
                }
                Output::Observed(observation) => {
                    // Before the end nothing is closed.
                    assert_ne!(judge_dnsbl(&self.evidence).kind, Kind::Closed);
                    self.evidence.record(&observation);
                }
                Output::Close(_) => {}
                Output::Wait { .. } if opens => return State::Opening,
                Output::Wait { until, why } => {
                    assert!(until > self.now);
                    return match why {
                        probe_core::dialogue::Why::Pause => State::Pausing(until),
                        _ => State::Waiting(until),
                    };
                }
                Output::Done => return State::Over,
                other => panic!("{other:?}"),
            }
        }
        panic!("a turn does not end");
    }

    fn must_hold(&self, zones: usize) {
        assert!(self.opened <= zones * CONNECTIONS_MAX, "{}", self.opened);
        assert_eq!(self.evidence.zones().len(), zones);
        assert!(matches!(
            self.evidence.finish(),
            Finish::Tested | Finish::Stopped
        ));
        for (index, zone) in self.evidence.zones().iter().enumerate() {
            let asked: Vec<&str> = self
                .questions
                .iter()
                .filter_map(|name| name.split_once(&format!("l{index}.example.")))
                .map(|(address, _)| address)
                .collect();
            // Whoever is believed has passed its check, and has said so.
            match &zone.standing {
                Standing::NotAsked => {
                    assert!(asked.is_empty() || self.evidence.finish() == Finish::Stopped);
                }
                Standing::NoIpv6 => assert!(asked.is_empty()),
                Standing::Unknown(_) => {}
                Standing::NotListed => assert_eq!(asked.len(), 3),
                Standing::Listed { codes, .. } => {
                    assert!(asked.len() == 3 || asked.len() == 4);
                    assert!(!codes.all().is_empty());
                    for code in codes.all() {
                        assert!(self.has_said(code.octets()));
                        assert_eq!(code.octets()[0], 127);
                    }
                    for code in codes.occasions() {
                        let [127, 0, 0, code] = code.octets() else {
                            panic!("{code}");
                        };
                        assert!(OCCASIONS.contains(&code));
                    }
                }
            }
            if let Some(first) = asked.first() {
                assert!(first.starts_with("2.0.0."), "{first}");
            }
        }
        let octets = octets_of(&self.evidence);
        assert!(octets.len() <= EVIDENCE_OCTETS_MAX);
        assert_eq!(decode_message(&octets).as_ref(), Some(&self.evidence));
        let shortened = self.evidence.with_transcript_within(10);
        assert!(shortened.transcript_octets() <= 10);
        assert_eq!(judge_dnsbl(&shortened), judge_dnsbl(&self.evidence));
    }

    fn has_said(&self, code: [u8; 4]) -> bool {
        self.said.windows(4).any(|octets| octets == code)
    }
}

fn octets_of(evidence: &DnsblEvidence) -> Vec<u8> {
    let mut octets = Vec::new();
    encode_message(evidence, &mut |octet| {
        octets.push(octet);
        true
    })
    .expect("room");
    octets
}
