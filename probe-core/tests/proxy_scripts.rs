//! The proxy dialogue as a conversation: every script of `tests/proxy`, whole and cut at every octet.
//!
//! ```text
//! # A comment.
//! protocols http-connect socks5    what is asked
//! depth full                       standard without it
//!
//! * opened                 a connection is asked for, and is there; or refused, no-answer
//! C: QUIT                  the dialogue says a line
//! c: \x05\x01\x00          it says these octets
//! S: HTTP/1.0 200 OK       the other end says a line
//! s: \x05\x00              it says these octets
//! * silence                nothing happens until the dialogue's deadline
//! * ends fin               the other end closes; or reset
//! * closes fin             the dialogue does; or abort
//! * done                   it is over
//! * visit http-connect/1 203.0.113.9   its token came to our sink from there
//! = attempt http-connect/1 returned 200
//! = skipped socks5 speaks-http
//! = verdict confirmed connection-returned
//! ```
//!
//! `{http-connect/1}` is the token of that attempt, `{control}` that of the control. `{nonce}` is one
//! that our sink issues now; `{old}` is a minute old, `{strange}` is of another key.

#[path = "../fuzz/checks/scope.rs"]
mod scope;

use std::{collections::VecDeque, fs, net::SocketAddr, path::Path};

use probe_core::{
    arrival::Sense,
    dialogue::{Close, Dialogue, End, Input, OpenFailure, Output},
    evidence::{Evidence, ProxyEvidence},
    finding::{DeviceId, JobSerial, Probe},
    name::Name,
    proxy::{AttemptId, Outcome, PROTOCOLS, Protocols, ProxyDialogue, Setup},
    scope::{Depth, SinkEnds},
    suspect::Suspect,
    tester::Tester,
    time::{Instant, Millis, Utc},
    token::{Key, Nonce, Role, Token},
    verdict::judge,
};

const KEY: Key = Key::new(*b"sixteen octets!!");
const DEVICE: DeviceId = DeviceId([1, 2, 3, 4, 5, 6, 7, 8]);
const SERIAL: JobSerial = JobSerial(7);
const HOURS: u16 = 1;
const NOW: Utc = Utc(5_000);

fn target() -> SocketAddr {
    ([192, 0, 2, 1], 25).into()
}

fn attempt(name: &str) -> AttemptId {
    let (word, place) = name.split_once('/').expect("a protocol and a place");
    let protocol = PROTOCOLS.into_iter().find(|of| of.as_str() == word);
    let place: usize = place.parse().expect("a place");
    AttemptId::new(protocol.expect("a protocol"), place - 1)
}

fn name(id: AttemptId) -> String {
    match id.protocol() {
        Some(protocol) => format!("{}/{}", protocol.as_str(), id.place() + 1),
        None => "control".into(),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Client(String),
    Server(String),
    Happens(String),
    Check(String),
}

struct Script {
    name: String,
    protocols: Protocols,
    depth: Depth,
    events: Vec<(usize, Event)>,
}

impl Script {
    fn read(path: &Path) -> Self {
        let mut script = Self {
            name: path
                .file_name()
                .expect("a file")
                .to_string_lossy()
                .into_owned(),
            protocols: Protocols::empty(),
            depth: Depth::Standard,
            events: Vec::new(),
        };
        let text = fs::read_to_string(path).expect("a script");
        for (number, line) in (1..).zip(text.lines()) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let event = match word {
                "" | "#" => continue,
                "depth" => {
                    assert_eq!(rest, "full");
                    script.depth = Depth::Full;
                    continue;
                }
                "protocols" => {
                    script.protocols = rest
                        .split(' ')
                        .map(|word| attempt(&format!("{word}/1")).protocol().unwrap().alone())
                        .collect();
                    continue;
                }
                "C:" => Event::Client(format!("{rest}\\r\\n")),
                "c:" => Event::Client(rest.into()),
                "S:" => Event::Server(format!("{rest}\\r\\n")),
                "s:" => Event::Server(rest.into()),
                "*" => Event::Happens(rest.into()),
                "=" => Event::Check(rest.into()),
                _ => panic!("{}:{number}: what is {word:?}?", script.name),
            };
            // What one end says in a row it says at once.
            match (script.events.last_mut(), event) {
                (Some((_, Event::Client(said))), Event::Client(more))
                | (Some((_, Event::Server(said))), Event::Server(more)) => *said += &more,
                (_, event) => script.events.push((number, event)),
            }
        }
        script
    }
}

/// Octets from their escaped text.
fn unescaped(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        octets.push(match (first, behind) {
            (b'\\', [b'x', high, low, ..]) => {
                rest = &behind[3..];
                let digits = [*high, *low];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).expect("two digits")
            }
            (b'\\', [letter, ..]) => {
                rest = &behind[1..];
                match letter {
                    b'r' => b'\r',
                    b'n' => b'\n',
                    _ => *letter,
                }
            }
            _ => *first,
        });
    }
    octets
}

#[derive(Clone, Copy, Debug)]
enum Cut {
    Nowhere,
    At(usize),
    Everywhere,
}

struct Stage<'a> {
    script: &'a Script,
    dialogue: ProxyDialogue<'a>,
    tester: &'a Tester,
    evidence: Evidence,
    now: Instant,
    deadline: Instant,
    /// What the dialogue did and the script has not had yet.
    did: VecDeque<String>,
    is_open: bool,
    cut: Cut,
    heard: usize,
    line: usize,
}

fn play(script: &Script, cut: Cut) -> (ProxyEvidence, usize) {
    let scope = scope::scope();
    let tester = Tester::new(&scope, &KEY, DEVICE);
    let sink = SinkEnds {
        ipv4: Some([198, 51, 100, 25].into()),
        ipv6: Some("2001:db8::25".parse().unwrap()),
        name: Some(Name::new("sink.example.net").unwrap()),
        ports: [25, 8025].into_iter().collect(),
    };
    let suspect = Suspect {
        address: target().ip(),
        port: target().port(),
        names: heapless::Vec::new(),
    };
    let mut stage = Stage {
        script,
        dialogue: ProxyDialogue::new(Setup {
            target: scope.admit(&suspect, NOW).expect("admitted"),
            tester: &tester,
            protocols: script.protocols,
            sink: &sink,
            depth: script.depth,
            serial: SERIAL,
            hours: HOURS,
            since: NOW,
            key: Some(&KEY),
        }),
        tester: &tester,
        evidence: Evidence::new(Probe::Proxy),
        now: Instant::BOOT,
        deadline: Instant::NEVER,
        did: VecDeque::new(),
        is_open: false,
        cut,
        heard: 0,
        line: 0,
    };
    stage.turn(Input::Start);
    for (number, event) in &script.events {
        stage.line = *number;
        match event {
            Event::Client(said) => stage.expect(&format!("C: {said}")),
            Event::Server(said) => stage.hear(said),
            Event::Happens(word) => stage.happens(word),
            Event::Check(what) => stage.check(what),
        }
    }
    assert_eq!(stage.did, [""; 0], "{}: more was done", script.name);
    let Evidence::Proxy(evidence) = stage.evidence else {
        panic!("it is a proxy's")
    };
    (evidence, stage.heard)
}

impl Stage<'_> {
    fn wrong(&self, what: &str) -> ! {
        panic!(
            "{}:{} cut {:?}: {what}",
            self.script.name, self.line, self.cut
        )
    }

    fn expect(&mut self, expected: &str) {
        match self.did.pop_front() {
            Some(did) if did == expected => {}
            did => self.wrong(&format!("{did:?} instead of {expected:?}")),
        }
    }

    fn happens(&mut self, word: &str) {
        let end = |address: [u8; 4], port| SocketAddr::from((address, port));
        match word.split_once(' ').unwrap_or((word, "")) {
            ("opened", "") => {
                self.expect("opens");
                self.is_open = true;
                self.turn(Input::Opened {
                    local: end([192, 0, 2, 200], 40_000),
                    remote: target(),
                });
            }
            ("refused", "") => {
                self.expect("opens");
                self.turn(Input::OpenFailed(OpenFailure::Refused));
            }
            ("no-answer", "") => {
                self.expect("opens");
                self.turn(Input::OpenFailed(OpenFailure::NoAnswer));
            }
            ("silence", "") => {
                assert!(self.did.is_empty(), "{:?} first", self.did);
                self.now = self.deadline;
                self.turn(Input::Timeout);
            }
            ("ends", how) => {
                self.is_open = false;
                self.turn(Input::Ended(match how {
                    "fin" => End::Fin,
                    "reset" => End::Reset,
                    _ => self.wrong("fin or reset"),
                }));
            }
            ("visit", what) => {
                let (of, from) = what.split_once(' ').expect("an attempt and an address");
                let sense = Sense::Visited(attempt(of).octet());
                self.evidence
                    .arrived(sense, from.parse().expect("an address"));
            }
            _ => self.expect(word),
        }
    }

    fn check(&self, what: &str) {
        let evidence = self.evidence.proxy().expect("a proxy's");
        let told = match what.split_once(' ').expect("a word and more") {
            ("verdict", _) => {
                let verdict = judge(&self.evidence);
                format!(
                    "verdict {} {}",
                    verdict.kind.as_str(),
                    verdict.reason.as_str()
                )
            }
            ("attempt", rest) => {
                let (of, _) = rest.split_once(' ').expect("an attempt");
                let found = evidence.attempts().iter().find(|at| name(at.id()) == of);
                let found = found.unwrap_or_else(|| self.wrong("no such attempt"));
                format!("attempt {of} {} {}", found.outcome().as_str(), found.code())
            }
            ("skipped", rest) => {
                let (of, _) = rest.split_once(' ').expect("a protocol");
                match evidence.outcome(attempt(&format!("{of}/1"))) {
                    Some(Outcome::Skipped(why)) => format!("skipped {of} {}", why.as_str()),
                    other => self.wrong(&format!("{of} was {other:?}")),
                }
            }
            _ => self.wrong("what is to be checked?"),
        };
        if told != what {
            self.wrong(&format!("{told} instead of {what}"));
        }
    }

    fn hear(&mut self, said: &str) {
        let nonce = |key: &Key, back_s| {
            let now_s = NOW.0 + self.now.as_millis() / 1_000;
            Nonce::issue(key, Utc(now_s - back_s), *b"abc").text()
        };
        let said = said
            .replace("{nonce}", &nonce(&KEY, 0))
            .replace("{old}", &nonce(&KEY, 60))
            .replace("{strange}", &nonce(&Key::new([9; 16]), 0));
        let octets = unescaped(&said);
        let pieces: Vec<&[u8]> = match self.cut {
            Cut::Nowhere => vec![&octets],
            Cut::Everywhere => octets.chunks(1).collect(),
            Cut::At(at) => match octets.split_at_checked(at.wrapping_sub(self.heard)) {
                Some((head, tail)) => vec![head, tail],
                None => vec![&octets],
            },
        };
        self.heard += octets.len();
        self.now = self.now + Millis(10);
        for octets in pieces {
            if self.is_open && !octets.is_empty() {
                let source = None;
                self.turn(Input::Received { octets, source });
            }
        }
    }

    fn turn(&mut self, input: Input<'_>) {
        let mut lent = [0; 512];
        let generation = self.dialogue.generation();
        let mut sent = 0;
        let mut turn = self.dialogue.turn(self.now, generation, input);
        loop {
            match turn.next(&mut lent) {
                Output::Open { .. } => self.did.push_back("opens".into()),
                Output::Transmit { octets, .. } => {
                    let said = readable(&lent[..octets], self.tester);
                    self.did.push_back(format!("C: {said}"));
                    sent += 1;
                }
                Output::Observed(observation) => self.evidence.record(&observation),
                Output::Close(how) => {
                    self.is_open = false;
                    sent = 0;
                    self.did.push_back(match how {
                        Close::Fin => "closes fin".into(),
                        Close::Abort => "closes abort".into(),
                    });
                }
                Output::Wait { until, .. } => {
                    self.deadline = until;
                    break;
                }
                Output::Done => {
                    self.did.push_back("done".into());
                    break;
                }
                other => panic!("a proxy dialogue does not {other:?}"),
            }
        }
        for _ in 0..sent {
            self.turn(Input::Sent);
        }
    }
}

/// Octets as a script has them: escaped, tokens by the attempt that they name.
fn readable(octets: &[u8], tester: &Tester) -> String {
    let mut text = octets.escape_ascii().to_string();
    for token in Token::all_in(octets) {
        if tester.signer.verify(&token, target()) {
            let id = AttemptId::of_octet(token.pair()).expect("an attempt");
            assert_eq!(token.serial(), SERIAL);
            let is_control = id == AttemptId::CONTROL;
            assert_eq!(
                token.role,
                if is_control { Role::Twin } else { Role::Proxy }
            );
            text = text.replace(token.text().as_str(), &format!("{{{}}}", name(id)));
        }
    }
    text
}

#[test]
fn every_script_plays_however_it_is_cut() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proxy");
    let mut played = 0;
    for entry in fs::read_dir(folder).expect("scripts") {
        let script = Script::read(&entry.expect("an entry").path());
        let (whole, octets) = play(&script, Cut::Nowhere);
        for cut in (0..octets).map(Cut::At).chain([Cut::Everywhere]) {
            assert_eq!(play(&script, cut).0, whole, "{} at {cut:?}", script.name);
        }
        played += 1;
    }
    assert!(played >= 12, "{played} scripts");
}
