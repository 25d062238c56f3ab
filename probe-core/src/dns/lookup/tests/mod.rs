mod outcomes;
mod streams;

use std::fmt::Write as _;

use super::*;
use crate::{
    dialogue::{End, TRANSMIT_OCTETS_MIN},
    dns::Data,
};

const RESOLVER: &str = "192.0.2.53:53";

/// A lookup, and everything that it says: one line for each output.
struct Play {
    lookup: Lookup<'static>,
    now: Instant,
    log: String,
    asked: Vec<u8>,
}

impl Play {
    fn new(name: &str, kind: RecordType) -> Self {
        Self::with_room(name, kind, 512)
    }

    fn with_room(name: &str, kind: RecordType, room: usize) -> Self {
        let question = Question {
            name: WireName::new(name).unwrap(),
            kind,
        };
        let lots = *b"\x10\x01\x10\x02\x10\x03\x10\x04\xff\xff\xff\xff\xff\xff\xff\xff";
        let message = Box::leak(vec![0; room].into_boxed_slice());
        Self {
            lookup: Lookup::new(RESOLVER.parse().unwrap(), question, lots, message),
            now: Instant::BOOT,
            log: String::new(),
            asked: Vec::new(),
        }
    }

    /// A lookup that has sent its first datagram.
    fn asked(name: &str, kind: RecordType) -> Self {
        let mut play = Self::new(name, kind);
        play.turn(Input::Start);
        play.opened();
        play.log.clear();
        play
    }

    fn turn(&mut self, input: Input<'_>) {
        let generation = self.lookup.generation();
        self.stale(generation, input);
    }

    fn stale(&mut self, generation: Generation, input: Input<'_>) {
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let mut turn = self.lookup.turn(self.now, generation, input);
        loop {
            let line = match turn.next(&mut lent) {
                Output::Open {
                    transport,
                    remote,
                    by,
                } => {
                    assert_eq!(remote, RESOLVER.parse().unwrap());
                    format!("open {transport:?} by {}", by.as_millis())
                }
                Output::Transmit {
                    octets,
                    more: false,
                    by,
                } => {
                    self.asked = lent[..octets].to_vec();
                    format!("ask by {}", by.as_millis())
                }
                Output::Close(_) => "close".into(),
                Output::Wait { until, why } => {
                    writeln!(self.log, "wait {} {why:?}", until.as_millis()).unwrap();
                    break;
                }
                Output::Done => {
                    self.log.push_str("done\n");
                    break;
                }
                other => panic!("{other:?}"),
            };
            self.log.push_str(&line);
            self.log.push('\n');
        }
    }

    fn opened(&mut self) {
        self.turn(Input::Opened {
            local: "192.0.2.1:40000".parse().unwrap(),
            remote: RESOLVER.parse().unwrap(),
        });
        self.turn(Input::Sent);
    }

    fn pass(&mut self, ms: u64) {
        self.now = self.now + Millis(ms);
        self.turn(Input::Timeout);
    }

    fn hears(&mut self, octets: &[u8]) {
        self.hears_from(octets, RESOLVER);
    }

    fn hears_from(&mut self, octets: &[u8], source: &str) {
        let source = Some(source.parse().unwrap());
        self.turn(Input::Received { octets, source });
    }

    /// The answer to what was asked last, with these flags and counts behind the question.
    fn answer(&self, flags: u16, counts: [u16; 3], body: &[u8]) -> Vec<u8> {
        let streamed = self.lookup.report.streamed;
        let asked = if streamed {
            &self.asked[2..]
        } else {
            &self.asked[..]
        };
        let question_end = 12 + self.lookup.question.name.as_octets().len() + 4;
        let mut octets = asked[..question_end].to_vec();
        octets[2..4].copy_from_slice(&flags.to_be_bytes());
        octets[6..12].copy_from_slice(counts.map(u16::to_be_bytes).as_flattened());
        octets.extend(body);
        octets
    }

    fn log(&mut self, expected: &str) {
        let expected: Vec<_> = expected
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(self.log.lines().collect::<Vec<_>>(), expected);
        self.log.clear();
    }

    fn outcome(&self) -> Option<Outcome> {
        self.lookup.report().map(|report| report.outcome)
    }

    /// Every answer that is kept, in a line.
    fn answers(&self) -> String {
        let report = self.lookup.report().expect("done");
        let mut answers: Vec<String> = report
            .answers
            .iter()
            .map(|data| match data {
                Data::Txt(strings) => {
                    let strings = strings.iter().map(String::from_utf8_lossy);
                    format!("{:?}", strings.collect::<Vec<_>>())
                }
                data => format!("{data:?}"),
            })
            .collect();
        if report.answers.is_cut() {
            answers.push("…".into());
        }
        answers.join(" ")
    }
}

/// A record of class IN, with a time to live of 300 seconds.
fn record(owner: &[u8], kind: RecordType, data: &[u8]) -> Vec<u8> {
    let fields = [kind.0, 1, 0, 300, data.len() as u16].map(u16::to_be_bytes);
    [owner, fields.as_flattened(), data].concat()
}

/// The name of the question.
const ASKED: &[u8] = b"\xc0\x0c";
const A: [u8; 4] = [192, 0, 2, 7];

#[test]
fn a_question_and_its_answer() {
    let mut play = Play::new("Mail.example", RecordType::A);
    play.turn(Input::Start);
    play.log(
        "open Udp by 1000
              wait 1000 Open",
    );
    play.opened();
    play.log(
        "ask by 2000
              wait 2000 Reply
              wait 2000 Reply",
    );
    // Letters change their case, and the identifier is the second one that was drawn.
    assert_eq!(
        play.asked[..24],
        *b"\x10\x02\x01\0\0\x01\0\0\0\0\0\x01\x04mAIL\x07EXAMPL"
    );
    assert_eq!(play.outcome(), None);
    play.now = Instant::from_millis(40);
    play.hears(&play.answer(0x8180, [1, 0, 0], &record(ASKED, RecordType::A, &A)));
    play.log(
        "close
              done",
    );
    assert_eq!(play.answers(), "A(192.0.2.7)");
    let report = play.lookup.report().unwrap();
    let figures = (
        report.ttl_s,
        report.aliases,
        report.ignored,
        report.tries,
        report.streamed,
    );
    assert_eq!(figures, (300, 0, 0, 1, false));
}

#[test]
fn what_is_no_answer_is_ignored() {
    let mut play = Play::asked("a.example", RecordType::A);
    let answer = play.answer(0x8180, [1, 0, 0], &record(ASKED, RecordType::A, &A));
    let changed = |at: usize| {
        let mut changed = answer.clone();
        changed[at] ^= 0x20;
        changed
    };
    play.hears_from(&answer, "192.0.2.53:54");
    play.hears_from(&answer, "192.0.2.54:53");
    play.hears_from(&answer, "[2001:db8::53]:53");
    for octets in [
        &changed(0),
        // A query, not a response.
        &play.asked.clone(),
        // The case of one letter.
        &changed(15),
        // The type.
        &changed(12 + 11 + 1),
        &answer[..11].to_vec(),
        &Vec::new(),
    ] {
        play.hears(octets);
    }
    let source = None;
    play.turn(Input::Received {
        octets: &answer,
        source,
    });
    // News of another connection is no news.
    play.stale(
        Generation(0),
        Input::Received {
            octets: &answer,
            source: Some(RESOLVER.parse().unwrap()),
        },
    );
    assert_eq!(play.outcome(), None);
    play.hears(&answer);
    assert_eq!(play.answers(), "A(192.0.2.7)");
    assert_eq!(play.lookup.report().unwrap().ignored, 10);
}

#[test]
fn silence_is_asked_three_times_and_each_time_anew() {
    let mut play = Play::new("a.example", RecordType::A);
    play.turn(Input::Start);
    let mut asked = Vec::new();
    for span in [2_000, 4_000, 8_000] {
        play.opened();
        asked.push(play.asked[..23].to_vec());
        play.pass(span - 1);
        play.log.clear();
        play.pass(1);
    }
    play.log(
        "close
              done",
    );
    assert_eq!(play.outcome(), Some(Outcome::NoAnswer));
    assert_eq!(play.now.as_millis(), 14_000);
    assert_eq!(
        asked[0],
        b"\x10\x02\x01\0\0\x01\0\0\0\0\0\x01\x01A\x07EXAMPLE\0"[..23]
    );
    assert_eq!(asked[1][..2], [0x10, 0x03]);
    // The last time in the case in which the name was given.
    assert_eq!(
        asked[2],
        b"\x10\x04\x01\0\0\x01\0\0\0\0\0\x01\x01a\x07example\0"[..23]
    );
}

#[test]
fn a_late_answer_to_an_earlier_datagram_does_not_count() {
    let mut play = Play::asked("a.example", RecordType::A);
    let late = play.answer(0x8180, [1, 0, 0], &record(ASKED, RecordType::A, &A));
    play.pass(2_000);
    play.opened();
    play.hears(&late);
    assert_eq!((play.outcome(), play.lookup.report.ignored), (None, 1));
}

#[test]
fn this_device_may_be_unable_to_ask() {
    for failure in [OpenFailure::Unreachable, OpenFailure::OutOfScope] {
        let mut play = Play::new("a.example", RecordType::A);
        play.turn(Input::Start);
        play.turn(Input::OpenFailed(failure));
        assert_eq!(play.outcome(), Some(Outcome::NotAsked(failure)));
    }
    let mut play = Play::new("a.example", RecordType::A);
    play.turn(Input::Start);
    for moment in [1_000, 2_000] {
        play.log.clear();
        play.turn(Input::OpenFailed(OpenFailure::NoSlot));
        play.log(&format!("wait {moment} Pause"));
        play.pass(1_000);
        play.log(&format!("open Udp by {0}\nwait {0} Open", moment + 1_000));
    }
    play.turn(Input::OpenFailed(OpenFailure::NoSlot));
    play.log("done");
    assert_eq!(play.outcome(), Some(Outcome::NotAsked(OpenFailure::NoSlot)));
}

#[test]
fn a_port_where_nobody_listens_is_asked_again_in_due_time() {
    let mut play = Play::asked("a.example", RecordType::A);
    play.now = Instant::from_millis(10);
    play.turn(Input::Ended(End::Reset));
    play.log("wait 2000 Pause");
    play.pass(1_990);
    play.log(
        "open Udp by 3000
              wait 3000 Open",
    );
}

#[test]
fn a_server_that_does_not_know_extensions_is_asked_without() {
    for flags in [0x8181, 0x8184] {
        let mut play = Play::asked("a.example", RecordType::A);
        assert_eq!(play.asked[11], 1);
        play.hears(&play.answer(flags, [0, 0, 0], &[]));
        play.log(
            "close
                  open Udp by 1000
                  wait 1000 Open",
        );
        play.opened();
        assert_eq!((play.asked[11], play.asked.len()), (0, 27));
        play.hears(&play.answer(flags, [0, 0, 0], &[]));
        let code = ResponseCode::from_bits(flags & 15);
        assert_eq!(play.outcome(), Some(Outcome::Failed(code)));
    }
}

#[test]
fn before_and_after_nothing_is_said() {
    let mut play = Play::new("a.example", RecordType::A);
    play.turn(Input::Timeout);
    play.log("done");
    assert_eq!(play.outcome(), None);
    let mut play = Play::asked("a.example", RecordType::A);
    play.hears(&play.answer(0x8183, [0, 0, 0], &[]));
    play.log.clear();
    play.hears(b"more");
    play.turn(Input::Start);
    play.turn(Input::Ended(End::Fin));
    play.pass(100_000);
    play.log("done\ndone\ndone\ndone");
}
