//! Scripts. What the dialogue asks, and what a resolver says:
//!
//! ```text
//! C: 2.0.0.127.a.example A        a question over UDP; `tcp` before it over TCP
//! S: 127.0.0.2                    records; NXDOMAIN, NODATA, SERVFAIL, REFUSED; `silence`
//! S: TC                           an answer that did not fit
//! S: alias 127.0.0.9              behind a CNAME
//! S: "why" "and |why"             TXT records, the second of two strings
//! X: no-slot                      the connection does not open
//! P: 80                           a pause, in milliseconds
//! Z: a.example not-listed         what the evidence says in the end, each zone
//! V: closed not-listed            and the verdict
//! ```
//!
//! Each answer takes 20 ms.

mod healthy;
mod spacing;
mod unknown;

use std::fmt::Write as _;

use super::*;
use crate::{
    dialogue::{TRANSMIT_OCTETS_MIN, Transport},
    dns::{Message, UDP_OCTETS_MAX},
    dnsbl::fixture,
    evidence::{DnsblEvidence, Explanation, Standing},
    verdict::{Kind, Verdict, judge_dnsbl},
};

const ANSWER_TAKES: Millis = Millis(20);
/// Room for what comes over TCP.
const MESSAGE_OCTETS: usize = 512;

/// Who asks what, and what came before.
struct Play {
    target: &'static str,
    zones: Vec<Zone>,
    spacing: Millis,
    healths: Healths,
    now: Instant,
}

/// What is left behind.
struct Played {
    evidence: DnsblEvidence,
    healths: Healths,
    now: Instant,
    ids: Vec<u16>,
}

impl Play {
    fn of(target: &'static str, zones: &[&str]) -> Self {
        Self {
            target,
            zones: zones.iter().map(|name| fixture::zone(name)).collect(),
            spacing: Millis(0),
            healths: Healths::new(),
            now: Instant::from_millis(5_000),
        }
    }

    /// The same later, with what is known by now.
    fn later(self, played: &Played, after: Millis) -> Self {
        Self {
            healths: played.healths,
            now: played.now + after,
            ..self
        }
    }

    /// Plays the script, which must be all that happens.
    #[track_caller]
    fn plays(&self, script: &str) -> Played {
        let mut message = [0; MESSAGE_OCTETS];
        let setup = Setup {
            target: Target::admitted(self.target.parse().unwrap(), 0),
            resolver: RESOLVER.parse().unwrap(),
            zones: &self.zones,
            spacing: self.spacing,
            hours: 3,
            healths: self.healths,
            seed: [7; 16],
        };
        let dialogue = DnsblDialogue::new(setup, &mut message);
        let mut stage = On::new(dialogue, self.now, script);
        stage.run();
        let verdict = judge_dnsbl(&stage.evidence);
        for zone in stage.evidence.zones() {
            let line = format!("Z: {} {}", zone.zone.as_str(), said(&zone.standing));
            stage.said.push(line);
        }
        let (kind, reason) = (verdict.kind.as_str(), verdict.reason.as_str());
        stage.said.push(format!("V: {kind} {reason}"));
        assert_eq!(stage.said, stage.script);
        // Whoever stops it earlier is told nothing that the whole does not say.
        for earlier in stage.verdicts {
            assert_ne!(earlier.kind, Kind::Closed, "before the end");
            assert!(earlier.kind != Kind::Suspected || verdict == earlier);
        }
        Played {
            evidence: stage.evidence,
            healths: *stage.dialogue.healths(),
            now: stage.now,
            ids: stage.ids,
        }
    }
}

const RESOLVER: &str = "192.0.2.53:53";

/// How a standing reads.
fn said(standing: &Standing) -> String {
    let mut line = String::from(standing.as_str());
    match standing {
        Standing::NotAsked | Standing::NoIpv6 | Standing::NotListed => {}
        Standing::Unknown(unknown) => {
            write!(line, " {} {}", unknown.asked.as_str(), unknown.why.as_str()).unwrap();
            if let Some(answer) = unknown.answer {
                write!(line, " {answer}").unwrap();
            }
        }
        Standing::Listed { codes, explanation } => {
            for code in codes.all() {
                let mark = if codes.occasions().any(|of| of == *code) {
                    "!"
                } else {
                    ""
                };
                write!(line, " {code}{mark}").unwrap();
            }
            if codes.more() {
                line.push_str(" …");
            }
            match explanation {
                Explanation::NotAsked => {}
                Explanation::None => line.push_str(" no-text"),
                Explanation::Missed => line.push_str(" text-missed"),
                Explanation::Text { text, is_cut } => {
                    let cut = if *is_cut { "…" } else { "" };
                    write!(line, " {text:?}{cut}").unwrap();
                }
            }
        }
    }
    line
}

/// A script that runs.
struct On<'a> {
    dialogue: DnsblDialogue<'a>,
    now: Instant,
    script: Vec<&'a str>,
    /// What happened, in the words of the script.
    said: Vec<String>,
    transport: Transport,
    /// The last query.
    query: Vec<u8>,
    evidence: DnsblEvidence,
    /// After each observation but the last.
    verdicts: Vec<Verdict>,
    ids: Vec<u16>,
}

impl<'a> On<'a> {
    fn new(dialogue: DnsblDialogue<'a>, now: Instant, script: &'a str) -> Self {
        Self {
            dialogue,
            now,
            script: script
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect(),
            said: Vec::new(),
            transport: Transport::Udp,
            query: Vec::new(),
            evidence: DnsblEvidence::default(),
            verdicts: Vec::new(),
            ids: Vec::new(),
        }
    }

    fn run(&mut self) {
        let mut state = self.turn(Input::Start);
        while let Some((until, why)) = state {
            state = match why {
                super::Why::Open => self.opens(),
                super::Why::Pause => {
                    self.say(format!("P: {}", until.since(self.now).0));
                    self.now = until;
                    self.turn(Input::Timeout)
                }
                _ => self.hears(until),
            };
        }
    }

    /// What the script says next.
    fn next(&self) -> &str {
        let next = self.script.get(self.said.len());
        next.unwrap_or_else(|| panic!("the script ends after {:#?}", self.said))
    }

    fn say(&mut self, line: String) {
        assert_eq!(line, self.next(), "after {:#?}", self.said);
        self.said.push(line);
    }

    fn opens(&mut self) -> Option<(Instant, super::Why)> {
        let Some(failure) = self.next().strip_prefix("X: ") else {
            let (local, remote) = ("192.0.2.1:40000", RESOLVER);
            let (local, remote) = (local.parse().unwrap(), remote.parse().unwrap());
            return self.turn(Input::Opened { local, remote });
        };
        let failure = match failure {
            "no-slot" => OpenFailure::NoSlot,
            "refused" => OpenFailure::Refused,
            "unreachable" => OpenFailure::Unreachable,
            "out-of-scope" => OpenFailure::OutOfScope,
            other => panic!("{other}"),
        };
        self.said.push(self.next().into());
        self.turn(Input::OpenFailed(failure))
    }

    fn hears(&mut self, until: Instant) -> Option<(Instant, super::Why)> {
        let line = self.next().to_owned();
        self.said.push(line.clone());
        let answer = line.strip_prefix("S: ").expect("an answer");
        if answer == "silence" {
            self.now = until;
            return self.turn(Input::Timeout);
        }
        self.now = self.now + ANSWER_TAKES;
        let mut octets = answer_to(&self.query, answer);
        if self.transport == Transport::Udp {
            assert!(octets.len() <= usize::from(UDP_OCTETS_MAX));
            let source = Some(RESOLVER.parse().unwrap());
            return self.turn(Input::Received {
                octets: &octets,
                source,
            });
        }
        let length = (octets.len() as u16).to_be_bytes();
        octets.splice(0..0, length);
        let (one, other) = octets.split_at(octets.len() / 2);
        let source = None;
        self.turn(Input::Received {
            octets: one,
            source,
        });
        self.turn(Input::Received {
            octets: other,
            source,
        })
    }

    fn turn(&mut self, input: Input<'_>) -> Option<(Instant, super::Why)> {
        let generation = self.dialogue.generation();
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let mut lines = Vec::new();
        let mut turn = self.dialogue.turn(self.now, generation, input);
        let state = loop {
            match turn.next(&mut lent) {
                Output::Open {
                    transport, remote, ..
                } => {
                    assert_eq!(remote, RESOLVER.parse().unwrap());
                    self.transport = transport;
                }
                Output::Transmit { octets, .. } => {
                    let is_tcp = self.transport == Transport::Tcp;
                    self.query = lent[if is_tcp { 2 } else { 0 }..octets].to_vec();
                    let query = Message::new(&self.query).unwrap();
                    let (name, kind, _) = query.questions().next().unwrap().unwrap();
                    self.ids.push(query.id);
                    let name = format!("{name:?}").to_ascii_lowercase();
                    let kind = match kind {
                        RecordType::A => "A",
                        RecordType::TXT => "TXT",
                        other => panic!("{other:?}"),
                    };
                    let by = if is_tcp { "tcp " } else { "" };
                    lines.push(format!("C: {by}{} {kind}", name.trim_end_matches('.')));
                }
                Output::Observed(observation) => {
                    self.verdicts.push(judge_dnsbl(&self.evidence));
                    self.evidence.record(&observation);
                }
                Output::Close(_) => {}
                Output::Wait { until, why } => break Some((until, why)),
                Output::Done => break None,
                other => panic!("{other:?}"),
            }
        };
        for line in lines {
            self.say(line);
        }
        state
    }
}

/// What a resolver says to `query`, from the words of a script.
fn answer_to(query: &[u8], words: &str) -> Vec<u8> {
    let end = query[12..].iter().position(|octet| *octet == 0).unwrap() + 12 + 5;
    let mut octets = query[..end].to_vec();
    let (words, alias) = match words.strip_prefix("alias ") {
        Some(rest) => (rest, true),
        None => (words, false),
    };
    let (flags, records): (u16, Vec<(RecordType, Vec<u8>)>) = match words {
        "NXDOMAIN" => (0x8183, vec![]),
        "NODATA" => (0x8180, vec![]),
        "SERVFAIL" => (0x8182, vec![]),
        "REFUSED" => (0x8185, vec![]),
        "NOTIMP" => (0x8184, vec![]),
        "TC" => (0x8380, vec![]),
        _ if words.starts_with('"') => (0x8180, texts(words)),
        _ => {
            let address = |word: &str| word.parse::<core::net::Ipv4Addr>().unwrap();
            let record = |word| (RecordType::A, address(word).octets().to_vec());
            (0x8180, words.split_whitespace().map(record).collect())
        }
    };
    let count = records.len() as u16 + u16::from(alias);
    octets[2..4].copy_from_slice(&flags.to_be_bytes());
    octets[6..8].copy_from_slice(&count.to_be_bytes());
    octets[8..12].fill(0);
    let mut owner: &[u8] = b"\xc0\x0c";
    let target = b"\x05other\x07example\0";
    if alias {
        octets.extend(record(owner, RecordType::CNAME, target));
        owner = target;
    }
    for (kind, data) in &records {
        octets.extend(record(owner, *kind, data));
    }
    octets
}

/// The data of TXT records: `"one"`, and `"of two |strings"`.
fn texts(words: &str) -> Vec<(RecordType, Vec<u8>)> {
    let records = words.split("\" \"").map(|text| text.trim_matches('"'));
    records
        .map(|text| {
            let strings = text.split('|').flat_map(|string| {
                let octets = string.as_bytes();
                [&[octets.len() as u8], octets].concat()
            });
            (RecordType::TXT, strings.collect())
        })
        .collect()
}

fn record(owner: &[u8], kind: RecordType, data: &[u8]) -> Vec<u8> {
    let fields = [kind.0, 1, 0, 300, data.len() as u16].map(u16::to_be_bytes);
    [owner, fields.as_flattened(), data].concat()
}
