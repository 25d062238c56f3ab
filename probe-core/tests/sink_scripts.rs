//! The sink as a conversation: every script of `tests/sink`, whole and cut at every octet.
//!
//! ```text
//! # A comment.
//! port 2525                what the client connects to; 25 without it
//! waits-for-http           clients of HTTP may call too
//! outbox full              nothing can be recorded
//!
//! S: 220 sink.example.net  the sink says a line
//! C: EHLO mail.example.org the client says a line
//! R: a\nb                  it says these octets
//! * arrives message relayed    something is recorded, or would be, and proves this
//! = helo mail.example.org  of what arrived: helo, from, to, octets, marks, a line of the chain
//! * silence                nothing happens until the sink's deadline
//! * ends fin               the client ends the connection; or reset
//! * closes fin             the sink does; or abort
//! * done                   it is over, and the client had ended it
//! ```
//!
//! In every line `{r}`, `{s}`, `{m}`, `{p}` and `{t}` are tokens of a job that is known, by their role;
//! `{forged}` is one of it whose code is wrong, `{unknown}` and `{unknown-m}` are of a job that nobody
//! here knows, `{other}` is of another known job.

use std::{collections::VecDeque, fs, net::SocketAddr, path::Path};

use probe_core::{
    arrival::{Arrival, Marks, Sense},
    dialogue::{Answer, Close, Dialogue, End, Generation, Input, Output, Question},
    finding::{DeviceId, JobSerial},
    name::Name,
    sink::{Found, Setup, Sink, token_of},
    time::{Instant, Millis, Utc},
    token::{Key, Nonce, Role, Signer, Token},
};

const KEY: Key = Key::new(*b"sixteen octets!!");
const DEVICE: DeviceId = DeviceId([1, 2, 3, 4, 5, 6, 7, 8]);
const HOURS: u16 = 12;
const KNOWN: JobSerial = JobSerial(7);
const OTHER: JobSerial = JobSerial(8);

fn target(job: JobSerial) -> Option<SocketAddr> {
    match job {
        KNOWN => Some(([192, 0, 2, 1], 25).into()),
        OTHER => Some(([192, 0, 2, 2], 25).into()),
        _ => None,
    }
}

fn signer() -> Signer {
    Signer::new(&KEY, DEVICE)
}

fn nonce() -> Nonce {
    Nonce::issue(&KEY, Utc(1_764_500_000), *b"abc")
}

/// What stands for `word` in a script.
fn stands_for(word: &str) -> String {
    let strange = Signer::new(&Key::new([9; 16]), DEVICE);
    let known = |role| signer().sign(role, KNOWN, 4, HOURS, target(KNOWN).unwrap());
    let unknown = |role| signer().sign(role, JobSerial(99), 4, HOURS, target(KNOWN).unwrap());
    let token = match word {
        "nonce" => return nonce().text().to_string(),
        "r" => known(Role::Recipient),
        "s" => known(Role::Sender),
        "m" => known(Role::Message),
        "p" => known(Role::Proxy),
        "t" => known(Role::Twin),
        "forged" => strange.sign(Role::Recipient, KNOWN, 4, HOURS, target(KNOWN).unwrap()),
        "unknown" => unknown(Role::Recipient),
        "unknown-m" => unknown(Role::Message),
        "other" => signer().sign(Role::Recipient, OTHER, 4, HOURS, target(OTHER).unwrap()),
        other => panic!("what is {other:?}?"),
    };
    token.text().to_string()
}

fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (word, behind) = behind.split_once('}').expect("a closing brace");
        out += before;
        out += &stands_for(word);
        rest = behind;
    }
    out + rest
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Client(Vec<u8>),
    Sink(String),
    Happens(String),
    Check(String),
}

struct Script {
    name: String,
    port: u16,
    waits_for_http: bool,
    outbox_full: bool,
    events: Vec<Event>,
}

impl Script {
    fn read(path: &Path) -> Self {
        let mut script = Self {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            port: 25,
            waits_for_http: false,
            outbox_full: false,
            events: Vec::new(),
        };
        for line in fs::read_to_string(path).expect("a script").lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let rest = filled(rest);
            match word {
                "" | "#" => {}
                "port" => script.port = rest.parse().expect("a port"),
                "waits-for-http" => script.waits_for_http = true,
                "outbox" => script.outbox_full = true,
                "C:" => script.client(format!("{rest}\r\n").into_bytes()),
                "R:" => {
                    let raw = rest.replace("\\r", "\r").replace("\\n", "\n");
                    script.client(raw.into_bytes());
                }
                "S:" => script.events.push(Event::Sink(rest)),
                "*" => script.events.push(Event::Happens(rest)),
                "=" => script.events.push(Event::Check(rest)),
                _ => panic!("{}: what is {word:?}?", script.name),
            }
        }
        script
    }

    /// What a client says in a row it says at once.
    fn client(&mut self, octets: Vec<u8>) {
        match self.events.last_mut() {
            Some(Event::Client(said)) => said.extend(octets),
            _ => self.events.push(Event::Client(octets)),
        }
    }

    fn client_octets(&self) -> usize {
        let octets = self.events.iter().map(|event| match event {
            Event::Client(said) => said.len(),
            _ => 0,
        });
        octets.sum()
    }
}

#[derive(Clone, Copy, Debug)]
enum Cut {
    Nowhere,
    At(usize),
    Everywhere,
}

struct Stage<'a> {
    script: &'a Script,
    events: VecDeque<&'a Event>,
    sink: Sink,
    now: Instant,
    deadline: Instant,
    said: VecDeque<String>,
    arrivals: VecDeque<Arrival>,
    /// The one that the script is at.
    last: Option<Arrival>,
    closed: bool,
    cut: Cut,
    spoken: usize,
}

impl Stage<'_> {
    fn play(script: &Script, cut: Cut) {
        let mut stage = Stage {
            script,
            events: script.events.iter().collect(),
            sink: Sink::new(Setup {
                domain: Name::new("sink.example.net").unwrap(),
                sender_domain: Name::new("cert.example.net").unwrap(),
                address: Some([198, 51, 100, 9].into()),
                nonce: nonce(),
                speaks_http: script.waits_for_http,
            }),
            now: Instant::from_millis(1_000),
            deadline: Instant::BOOT,
            said: VecDeque::new(),
            arrivals: VecDeque::new(),
            last: None,
            closed: false,
            cut,
            spoken: 0,
        };
        stage.turn(Input::Accepted {
            local: ([198, 51, 100, 7], script.port).into(),
            remote: ([203, 0, 113, 5], 40_000).into(),
        });
        while let Some(event) = stage.events.pop_front() {
            match event {
                Event::Client(octets) => stage.speak(octets),
                Event::Check(what) => stage.check(what),
                Event::Happens(word) if word == "silence" => {
                    stage.now = stage.deadline;
                    stage.turn(Input::Timeout);
                }
                Event::Happens(word) if word == "ends fin" => stage.turn(Input::Ended(End::Fin)),
                Event::Happens(word) if word == "ends reset" => {
                    stage.turn(Input::Ended(End::Reset));
                }
                Event::Sink(line) => stage.expect(&format!("S: {line}")),
                Event::Happens(word) => {
                    stage.expect(&format!("* {word}"));
                    if word.starts_with("arrives") {
                        stage.last = stage.arrivals.pop_front();
                    }
                }
            }
        }
        assert_eq!(stage.said, [""; 0], "{} at {cut:?}: more came", script.name);
    }

    fn speak(&mut self, octets: &[u8]) {
        let pieces: Vec<&[u8]> = match self.cut {
            Cut::Nowhere => vec![octets],
            Cut::Everywhere => octets.chunks(1).collect(),
            Cut::At(at) => match octets.split_at_checked(at.wrapping_sub(self.spoken)) {
                Some((head, tail)) => vec![head, tail],
                None => vec![octets],
            },
        };
        self.spoken += octets.len();
        for octets in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            self.now = self.now + Millis(1);
            let source = None;
            self.turn(Input::Received { octets, source });
        }
    }

    fn expect(&mut self, expected: &str) {
        let said = self.said.pop_front();
        assert_eq!(
            said.as_deref(),
            Some(expected),
            "{} at {:?}: then {:?}",
            self.script.name,
            self.cut,
            self.said
        );
    }

    fn check(&mut self, what: &str) {
        let arrival = self.last.as_ref().expect("something has arrived");
        let (field, expected) = what.split_once(' ').unwrap_or((what, ""));
        let is = match field {
            "helo" => arrival.helo.to_string(),
            "from" => arrival.reverse_path.to_string(),
            "to" => arrival.recipient.to_string(),
            "octets" => arrival.octets.to_string(),
            "content" => arrival
                .content
                .map_or("none".into(), |of| of.text().to_string()),
            "envelope" => arrival
                .envelope
                .map_or("none".into(), |of| of.text().to_string()),
            "chain" => arrival.chain.replace('\n', " | "),
            "marks" => {
                let names = arrival.marks.iter_names().map(|(name, _)| name);
                names.collect::<Vec<_>>().join(" ")
            }
            _ => panic!("what is {field:?}?"),
        };
        assert_eq!(
            is, expected,
            "{} at {:?}: {field}",
            self.script.name, self.cut
        );
    }

    fn turn(&mut self, input: Input<'_>) {
        let mut lent = [0; 512];
        let generation = match input {
            Input::Accepted { .. } => Generation(0),
            _ => Generation(1),
        };
        let mut turn = self.sink.turn(self.now, generation, input);
        for _ in 0..10_000 {
            match turn.next(&mut lent) {
                Output::Transmit { octets, by, .. } => {
                    assert!(by > self.now);
                    let text = std::str::from_utf8(&lent[..octets]).expect("text");
                    for line in text.split_terminator("\r\n") {
                        self.said.push_back(format!("S: {line}"));
                    }
                }
                Output::Ask(Question::Recipient(octets)) => {
                    let is_right =
                        |token: &Token| Some(signer().verify(token, target(token.serial())?));
                    let answer = match token_of(octets, is_right) {
                        Found::Token(token) => Answer::Token(token),
                        Found::Forged | Found::Nothing => Answer::No,
                    };
                    turn.answer(&answer);
                }
                Output::Ask(Question::Record(arrival)) => {
                    assert_eq!(arrival.at, self.now);
                    assert_eq!(arrival.port, self.script.port);
                    let job = arrival.envelope.map(|token| token.serial());
                    let sense = arrival.sense(&signer(), job.and_then(target), HOURS);
                    let word = match sense {
                        Sense::Relayed(_) => "relayed",
                        Sense::Bounced(_) => "bounced",
                        Sense::CalledOut(_) => "called-out",
                        Sense::Visited(_) => "visited",
                        Sense::Objected => "objected",
                        Sense::Nothing(why) => why.as_str(),
                    };
                    let what = arrival.what.as_str();
                    self.said.push_back(format!("* arrives {what} {word}"));
                    self.arrivals.push_back(arrival.clone());
                    // No answer is No.
                    if !self.script.outbox_full {
                        turn.answer(&Answer::Yes);
                    }
                }
                Output::Close(how) => {
                    self.closed = true;
                    self.said.push_back(match how {
                        Close::Fin => "* closes fin".into(),
                        Close::Abort => "* closes abort".into(),
                    });
                }
                Output::Wait { until, .. } => {
                    assert!(until > self.now);
                    self.deadline = until;
                    return;
                }
                Output::Done => {
                    if !self.closed {
                        self.said.push_back("* done".into());
                    }
                    return;
                }
                other => panic!("a sink does not {other:?}"),
            }
        }
        panic!("a turn does not end");
    }
}

#[test]
fn every_script_plays_however_it_is_cut() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sink");
    let mut played = 0;
    for entry in fs::read_dir(folder).expect("scripts") {
        let script = Script::read(&entry.expect("an entry").path());
        Stage::play(&script, Cut::Nowhere);
        Stage::play(&script, Cut::Everywhere);
        for at in 0..script.client_octets() {
            Stage::play(&script, Cut::At(at));
        }
        played += 1;
    }
    assert!(played >= 12, "{played} scripts");
}

#[test]
fn marks_have_names() {
    assert_eq!(Marks::all().iter_names().count(), 5);
}
