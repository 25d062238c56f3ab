//! Plays a script against a dialogue.
//!
//! ```text
//! # A comment.
//! depth quick                  quick, standard or full
//! name example.org             a domain that the list knows; up to two
//! deliver                      test messages may be sent under senders of our own
//! refusals 60                  how many the target may be made to give
//! verdict closed relay-denied
//! outcome F1/T1 relay-denied   of the first pair of these forms
//!
//! * opened                     the connection is there; or refused, no-answer, unreachable
//! S: 220 mail.example.org      the server says a line
//! C: EHLO probe.example.net    the client says a line
//! * ends fin                   the server ends the connection; or reset
//! * closes fin                 the client does; or abort
//! * silence                    nothing happens until the client's deadline
//! * secures                    the client starts TLS, which this shell does not have
//! * message                    the client says a message and the dot, whatever is in it
//! * parks                      the dialogue gives up its slot
//! * returned F1/T1             while it is parked, the message of this pair comes back
//! * resumes                    it goes on
//! * done                       it is over
//! ```

#[path = "../../fuzz/checks/scope.rs"]
mod scope;

use std::{collections::VecDeque, fs, net::SocketAddr, path::Path};

use probe_core::{
    dialogue::{Close, Dialogue, End, Generation, Input, OpenFailure, Output, SecureFailure},
    evidence::RelayEvidence,
    finding::{DeviceId, JobSerial},
    name::Name,
    relay::{PAIRS, PairId, PairSet, RelayDialogue, Setup},
    scope::Depth,
    suspect::Suspect,
    target::Target,
    tester::Tester,
    time::{Instant, Millis, Utc},
    token::Key,
    verdict::judge_relay,
};

/// What the tokens of the scripts are made with.
const KEY: Key = Key::new(*b"sixteen octets!!");
const DEVICE: DeviceId = DeviceId([1, 2, 3, 4, 5, 6, 7, 8]);

/// A dialogue as it should go.
pub(crate) struct Script {
    pub(crate) name: String,
    depth: Depth,
    names: Vec<Name>,
    deliver: bool,
    refusals_max: u8,
    verdict: String,
    outcomes: Vec<(String, String)>,
    events: Vec<(usize, Event)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Server(String),
    Client(String),
    Happens(String),
}

/// Where the server's octets are cut.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// They come as they are written.
    Nowhere,
    /// Before this octet of all that the server says.
    At(usize),
    /// Before every octet.
    Everywhere,
}

/// How it went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Played {
    evidence: RelayEvidence,
    refusals: u8,
}

impl Script {
    pub(crate) fn read(path: &Path) -> Self {
        let name = path.file_name().expect("a file").to_string_lossy();
        let text = fs::read_to_string(path).expect("a readable script");
        let mut script = Self {
            name: name.clone().into_owned(),
            depth: Depth::Quick,
            names: Vec::new(),
            deliver: false,
            refusals_max: 60,
            verdict: String::new(),
            outcomes: Vec::new(),
            events: Vec::new(),
        };
        for (number, line) in (1..).zip(text.lines()) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let mut event = |event| script.events.push((number, event));
            match word {
                "S:" => event(Event::Server(rest.into())),
                "C:" => event(Event::Client(rest.into())),
                "*" => event(Event::Happens(rest.into())),
                "depth" => script.depth = depth(rest),
                "deliver" => script.deliver = true,
                "name" => script.names.push(Name::new(rest).expect("a name")),
                "refusals" => script.refusals_max = rest.parse().expect("a number"),
                "verdict" => script.verdict = rest.into(),
                "outcome" => {
                    let (pair, outcome) = rest.split_once(' ').expect("pair and outcome");
                    script.outcomes.push((pair.into(), outcome.into()));
                }
                _ => panic!("{name}:{number}: what is {word:?}?"),
            }
        }
        script
    }

    /// Whether it is worth a run for each of its octets.
    pub(crate) fn is_short(&self) -> bool {
        self.server_octets() <= 600
    }

    /// How many octets the server says.
    pub(crate) fn server_octets(&self) -> usize {
        self.events
            .iter()
            .map(|(_, event)| match event {
                Event::Server(line) => line.len() + 2,
                Event::Client(_) | Event::Happens(_) => 0,
            })
            .sum()
    }

    /// What the script says of the end.
    pub(crate) fn check(&self, played: &Played) {
        let verdict = judge_relay(&played.evidence);
        assert_eq!(
            format!("{} {}", verdict.kind.as_str(), verdict.reason.as_str()),
            self.verdict,
            "{}: verdict",
            self.name
        );
        for (pair, outcome) in &self.outcomes {
            let id = pair_of(pair);
            assert_eq!(
                played.evidence.outcome(id).as_str(),
                outcome,
                "{}: {pair}",
                self.name
            );
        }
    }

    pub(crate) fn play(&self, cut: Cut) -> Played {
        let mut scope = scope::scope();
        scope.delivery.allowed = self.deliver;
        let tester = Tester::new(&scope, &KEY, DEVICE);
        let suspect = Suspect {
            address: [192, 0, 2, 1].into(),
            port: 25,
            names: heapless::Vec::new(),
        };
        let target = scope.admit(&suspect, Utc(5_000)).expect("admitted");
        let setup = Setup {
            target,
            names: &self.names,
            reverse: None,
            tester: &tester,
            depth: self.depth,
            serial: JobSerial(7),
            hours: 1,
            refusals_max: self.refusals_max,
            parked_hours_max: 24,
            deliver: self.deliver,
            date: Utc(5_000),
            returned: PairSet::EMPTY,
            resume: None,
        };
        Stage {
            script: self,
            events: self.events.iter().collect(),
            target,
            setup,
            whole: None,
            dialogue: RelayDialogue::new(setup),
            evidence: RelayEvidence::default(),
            now: Instant::BOOT,
            generation: Generation(0),
            said: Vec::new(),
            cut,
            server_octets: 0,
        }
        .play()
    }
}

/// One performance.
struct Stage<'a> {
    script: &'a Script,
    events: VecDeque<&'a (usize, Event)>,
    target: Target,
    setup: Setup<'a>,
    /// The evidence of all turns before this one.
    whole: Option<RelayEvidence>,
    dialogue: RelayDialogue<'a>,
    evidence: RelayEvidence,
    now: Instant,
    generation: Generation,
    /// What the client said and the script has not had yet.
    said: Vec<u8>,
    cut: Cut,
    /// How many octets the server has said.
    server_octets: usize,
}

/// Where a turn ended.
enum Rest {
    Waiting(Instant),
    Opening,
    Securing,
    Sending,
    Over,
}

impl Stage<'_> {
    fn play(mut self) -> Played {
        let mut rest = self.turn(Input::Start);
        loop {
            rest = match rest {
                Rest::Over => match self.resume() {
                    Some(rest) => rest,
                    None => break,
                },
                Rest::Sending => self.turn(Input::Sent),
                Rest::Opening => self.open(),
                Rest::Securing => self.turn(Input::SecureFailed(SecureFailure::NotAvailable)),
                Rest::Waiting(until) => self.news(until),
            };
        }
        self.client_lines();
        if let Some((number, event)) = self.events.front() {
            panic!("{}:{number}: never came to {event:?}", self.script.name);
        }
        Played {
            refusals: self.dialogue.refusals(),
            evidence: self.gather(),
        }
    }

    /// The evidence of all turns.
    fn gather(&mut self) -> RelayEvidence {
        let now = std::mem::take(&mut self.evidence);
        match self.whole.take() {
            Some(mut whole) => {
                whole.merge(&now);
                whole
            }
            None => now,
        }
    }

    /// Goes on after a pause, where the script has it so.
    fn resume(&mut self) -> Option<Rest> {
        let parked = self.dialogue.parked()?;
        while let Some((_, Event::Happens(word))) = self.events.front() {
            self.events.pop_front();
            match word.split_once(' ') {
                Some(("returned", pair)) => self.setup.returned.insert(pair_of(pair)),
                None if word == "resumes" => {
                    self.setup.resume = Some(parked);
                    self.dialogue = RelayDialogue::new(self.setup);
                    self.whole = Some(self.gather());
                    return Some(self.turn(Input::Start));
                }
                _ => self.wrong(&format!("the dialogue is parked, not {word:?}")),
            }
        }
        None
    }

    fn open(&mut self) -> Rest {
        self.generation = self.dialogue.generation();
        let end = SocketAddr::from(([192, 0, 2, 200], 40_000));
        let word = self.happens().to_owned();
        self.turn(match word.as_str() {
            "opened" => Input::Opened {
                local: end,
                remote: self.target.endpoint(),
            },
            "refused" => Input::OpenFailed(OpenFailure::Refused),
            "no-answer" => Input::OpenFailed(OpenFailure::NoAnswer),
            "unreachable" => Input::OpenFailed(OpenFailure::Unreachable),
            other => self.wrong(&format!("the client opens a connection, not {other:?}")),
        })
    }

    /// What the script has next for a client that waits.
    fn news(&mut self, until: Instant) -> Rest {
        self.client_lines();
        let Some((_, event)) = self.events.front() else {
            self.wrong("the client waits")
        };
        match event {
            Event::Client(_) => self.wrong("the client is silent"),
            Event::Server(_) => self.hear(),
            Event::Happens(word) => {
                let word = word.clone();
                self.events.pop_front();
                match word.as_str() {
                    "ends fin" => self.turn(Input::Ended(End::Fin)),
                    "ends reset" => self.turn(Input::Ended(End::Reset)),
                    "silence" => {
                        self.now = until;
                        self.turn(Input::Timeout)
                    }
                    other => self.wrong(&format!("the client waits, {other:?} does not happen")),
                }
            }
        }
    }

    /// Everything that the server says now, in the pieces of the cut.
    fn hear(&mut self) -> Rest {
        let mut octets = Vec::new();
        while let Some((_, Event::Server(line))) = self.events.front() {
            octets.extend_from_slice(line.as_bytes());
            octets.extend_from_slice(b"\r\n");
            self.events.pop_front();
        }
        self.now = self.now + Millis(10);
        let before = self.server_octets;
        self.server_octets += octets.len();
        let mut pieces: Vec<&[u8]> = match self.cut {
            Cut::Nowhere => vec![&octets],
            Cut::Everywhere => octets.chunks(1).collect(),
            Cut::At(at) => match octets.split_at_checked(at.wrapping_sub(before)) {
                Some((head, tail)) => vec![head, tail],
                None => vec![&octets],
            },
        };
        pieces.retain(|piece| !piece.is_empty());
        let mut rest = Rest::Over;
        for piece in pieces {
            rest = self.turn(Input::Received {
                octets: piece,
                source: None,
            });
            while matches!(rest, Rest::Sending) {
                rest = self.turn(Input::Sent);
            }
            if matches!(rest, Rest::Over) {
                break;
            }
        }
        rest
    }

    /// One input, drained; what came of it is held against the script.
    fn turn(&mut self, input: Input<'_>) -> Rest {
        let mut lent = [0; 600];
        let mut did = Vec::new();
        let mut turn = self.dialogue.turn(self.now, self.generation, input);
        loop {
            match turn.next(&mut lent) {
                Output::Observed(observation) => self.evidence.record(&observation),
                Output::Transmit { octets, .. } => did.push(Did::Says(lent[..octets].to_vec())),
                Output::Open { .. } => did.push(Did::Opens),
                Output::Close(Close::Fin) => did.push(Did::Happens("closes fin")),
                Output::Close(Close::Abort) => did.push(Did::Happens("closes abort")),
                Output::Secure { .. } => did.push(Did::Happens("secures")),
                Output::Ask(_) => self.wrong("the client does not listen"),
                Output::Wait { until, .. } => {
                    did.push(Did::Waits(until));
                    break;
                }
                Output::Park { .. } => {
                    did.push(Did::Ends("parks"));
                    break;
                }
                Output::Done => {
                    did.push(Did::Ends("done"));
                    break;
                }
            }
        }
        let mut opens = false;
        let mut secures = false;
        let mut says = false;
        for did in did {
            match did {
                Did::Says(octets) => {
                    self.said.extend_from_slice(&octets);
                    says = true;
                }
                Did::Opens => opens = true,
                Did::Happens(word) => {
                    self.expect(word);
                    secures |= word == "secures";
                }
                Did::Ends(word) => {
                    self.expect(word);
                    return Rest::Over;
                }
                Did::Waits(_) if opens => return Rest::Opening,
                Did::Waits(_) if secures => return Rest::Securing,
                Did::Waits(_) if says => return Rest::Sending,
                Did::Waits(until) => return Rest::Waiting(until),
            }
        }
        unreachable!("a turn ends with waiting, parking or being done")
    }

    /// The client does something that the script must have next.
    fn expect(&mut self, word: &str) {
        self.client_lines();
        let happens = self.happens();
        if happens != word {
            self.wrong(&format!("the client does {word:?}, not {happens:?}"));
        }
    }

    /// The script's next event, which nobody says.
    fn happens(&mut self) -> String {
        self.client_lines();
        match self.events.pop_front() {
            Some((_, Event::Happens(word))) => word.clone(),
            other => self.wrong(&format!(
                "the client does something; the script has {other:?}"
            )),
        }
    }

    /// Holds what the client has said against the script's next lines.
    fn client_lines(&mut self) {
        let said = std::mem::take(&mut self.said);
        let said = String::from_utf8(said).expect("commands are text");
        for line in said.split_terminator("\r\n") {
            if let Some((_, Event::Happens(word))) = self.events.front()
                && word == "message"
            {
                if line == "." {
                    self.events.pop_front();
                }
                continue;
            }
            match self.events.pop_front() {
                Some((_, Event::Client(expected))) if expected == line => {}
                other => self.wrong(&format!(
                    "the client says {line:?}; the script has {other:?}"
                )),
            }
        }
    }

    fn wrong(&self, what: &str) -> ! {
        let number = self.events.front().map_or(0, |(number, _)| *number);
        panic!("{}, before line {number}: {what}", self.script.name)
    }
}

/// What a dialogue did in a turn.
enum Did {
    Says(Vec<u8>),
    Opens,
    Happens(&'static str),
    Ends(&'static str),
    Waits(Instant),
}

/// The first pair of these forms.
fn pair_of(forms: &str) -> PairId {
    PairId::all()
        .zip(PAIRS)
        .find(|(_, known)| {
            forms == format!("{}/{}", known.sender.info().id, known.recipient.info().id)
        })
        .map(|(id, _)| id)
        .expect("a pair")
}

fn depth(word: &str) -> Depth {
    [Depth::Quick, Depth::Standard, Depth::Full]
        .into_iter()
        .find(|depth| depth.as_str() == word)
        .expect("a depth")
}
