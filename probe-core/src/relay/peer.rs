//! A mail server for tests, and a shell that drives a dialogue against it in virtual time.
//!
//! This is also the manual for shells: [`talk`] shows the whole of the contract of
//! [`crate::dialogue`] in one loop.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::{PairSet, Parked, RelayDialogue, Setup};
use crate::{
    dialogue::{Close, Dialogue, End, Input, OpenFailure, Output, SecureFailure, TlsVersion},
    evidence::RelayEvidence,
    finding::{DeviceId, JobSerial},
    name::Name,
    scope::{Depth, Identity, fixture},
    target::Target,
    tester::Tester,
    time::{Instant, Millis, Utc},
    token::{Key, TOKEN_CHARACTERS},
    verdict::{Kind, Verdict, judge_relay},
};

/// What a server does about a line, or about a new connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Says this; lines are separated by `\n`, and each gets its CRLF.
    Say(String),
    /// Says this, then closes.
    SayAndClose(String),
    /// Says these octets as they are.
    Octets(Vec<u8>),
    /// Says this after so many milliseconds.
    Late(u64, String),
    /// Says these octets in the network's pieces, each so many milliseconds after the other.
    Dribble(u64, Vec<u8>),
    /// Says this, and it gets lost.
    Lost(String),
    /// Closes without a word.
    Drop,
    /// Resets the connection.
    Reset,
    /// Says nothing.
    Nothing,
}

impl From<&str> for Answer {
    fn from(text: &str) -> Self {
        Self::Say(text.to_string())
    }
}

/// What a server knows when it answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// Counts the connections from 1.
    pub(crate) connection: u32,
    /// Milliseconds since the test began.
    pub(crate) now_ms: u64,
    /// The line, without its end; empty for a new connection.
    pub(crate) line: String,
    /// The name in the last EHLO or HELO.
    pub(crate) hello: String,
    /// What stood behind MAIL FROM: in the last MAIL, whatever the answer.
    pub(crate) from: String,
    /// What stands behind RCPT TO:, at RCPT.
    pub(crate) to: String,
    /// The message's lines, at its dot, whose line is `.`; as they were sent.
    pub(crate) message: Vec<String>,
    /// TLS is up.
    pub(crate) is_secured: bool,
    /// Refusals on this connection so far.
    pub(crate) refusals: u32,
    /// Recipients accepted in this transaction so far.
    pub(crate) accepted: u32,
}

impl Session {
    fn verb(&self) -> &str {
        self.line.split([' ', ':']).next().unwrap_or_default()
    }
}

/// A server: what it says at greeting and EHLO, and a function for everything it does otherwise.
/// `None` from the function means what an open server would say.
pub(crate) struct Peer<'a> {
    pub(crate) greeting: Answer,
    pub(crate) offers: &'a [&'a str],
    pub(crate) answer: Box<Answers<'a>>,
}

type Answers<'a> = dyn FnMut(&Session) -> Option<Answer> + 'a;

impl<'a> Peer<'a> {
    pub(crate) fn new(
        greeting: &str,
        offers: &'a [&'a str],
        answer: impl FnMut(&Session) -> Option<Answer> + 'a,
    ) -> Self {
        Self {
            greeting: greeting.into(),
            offers,
            answer: Box::new(answer),
        }
    }

    fn answer(&mut self, session: &Session) -> Answer {
        if let Some(answer) = (self.answer)(session) {
            return answer;
        }
        match session.verb() {
            "" => self.greeting.clone(),
            "EHLO" if !self.offers.is_empty() => {
                let lines: Vec<String> = std::iter::once("mail.example.org")
                    .chain(self.offers.iter().copied())
                    .enumerate()
                    .map(|(place, line)| {
                        let more = if place < self.offers.len() { '-' } else { ' ' };
                        format!("250{more}{line}")
                    })
                    .collect();
                Answer::Say(lines.join("\n"))
            }
            "EHLO" | "HELO" => "250 mail.example.org".into(),
            "MAIL" | "RSET" => "250 2.0.0 Ok".into(),
            "RCPT" => "250 2.1.5 Ok".into(),
            "DATA" => "354 End data with <CR><LF>.<CR><LF>".into(),
            "." => "250 2.0.0 Ok: queued".into(),
            "QUIT" => Answer::SayAndClose("221 2.0.0 Bye".to_string()),
            _ => "502 5.5.2 Error: command not recognized".into(),
        }
    }
}

/// How the network between both behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    /// When the dialogue begins.
    pub(crate) began: Instant,
    /// The time of a round trip.
    pub(crate) round_trip: Millis,
    /// At most so many octets arrive at once.
    pub(crate) piece: usize,
    /// After so many octets from the server everything is cut, for good.
    pub(crate) octets_max: usize,
    /// How many octets the shell lends for transmitting.
    pub(crate) transmit: usize,
    /// What each attempt to connect leads to, from the first; `None` and what follows the last
    /// one connect.
    pub(crate) opens: &'static [Option<OpenFailure>],
    /// The shell has TLS.
    pub(crate) tls: bool,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            began: Instant::BOOT,
            round_trip: Millis(50),
            piece: usize::MAX,
            octets_max: usize::MAX,
            transmit: 1_536,
            opens: &[],
            tls: false,
        }
    }
}

/// What came of a dialogue.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) evidence: RelayEvidence,
    /// What went over the wire: `C: ` and `S: ` lines, and what happened to connections in
    /// brackets. Marks are shortened to their letter, nonces to `nonce`.
    pub(crate) script: Vec<String>,
    /// Until when, and what is left, where the dialogue parked.
    pub(crate) parked: Option<(Instant, Parked)>,
    /// When it ended.
    pub(crate) ended: Instant,
    /// How often a connection waited for the server, all together.
    pub(crate) turns: u32,
    pub(crate) connections: u32,
    pub(crate) refusals: u8,
    /// Messages that the server has got whole, whatever it said then.
    pub(crate) messages: Vec<String>,
    /// Refusals of MAIL and RCPT that the server gave, whether or not they arrived.
    pub(crate) refusals_given: u32,
    /// The same of replies that only put us off.
    pub(crate) deferrals_given: u32,
    /// Octets that arrived from the server.
    pub(crate) octets: usize,
    /// What the evidence said after each observation, where nothing is cut.
    pub(crate) kinds: Vec<Kind>,
}

impl Talk {
    pub(crate) fn verdict(&self) -> Verdict {
        judge_relay(&self.evidence)
    }

    pub(crate) fn script(&self) -> String {
        self.script.join("\n")
    }

    /// `closed: relay-denied` and so on.
    pub(crate) fn words(&self) -> String {
        let Verdict { kind, reason } = self.verdict();
        format!("{}: {}", kind.as_str(), reason.as_str())
    }
}

/// Who we are in tests.
pub(crate) fn tester() -> Tester {
    let name = |text| Name::new(text).unwrap();
    let mut scope = fixture::scope(&[]);
    scope.identity = Identity {
        helo: name("probe.example.net"),
        sender_domain: name("probe.example.net"),
        sink_domain: name("sink.example"),
        sink_address: Some("198.51.100.25".parse().unwrap()),
        resolver: None,
    };
    Tester::new(&scope, &Key::new([7; 16]), DeviceId([1; 8]))
}

/// A job of a depth on a target that is 192.0.2.1.
pub(crate) fn setup(tester: &Tester, depth: Depth) -> Setup<'_> {
    Setup {
        target: Target::admitted("192.0.2.1".parse().unwrap(), 25),
        names: &[],
        reverse: None,
        tester,
        depth,
        serial: JobSerial(7),
        hours: 3,
        refusals_max: if depth == Depth::Full { 60 } else { 10 },
        parked_hours_max: 24,
        deliver: false,
        date: Utc(1_796_049_982),
        returned: PairSet::EMPTY,
        resume: None,
    }
}

/// Runs a dialogue of this depth against a server on a perfect network.
pub(crate) fn talk(depth: Depth, peer: &mut Peer<'_>) -> Talk {
    let tester = tester();
    talk_over(Network::default(), setup(&tester, depth), peer)
}

/// What is on its way to us.
enum News {
    Opened,
    Failed(OpenFailure),
    Octets(Vec<u8>),
    Secure,
    Ended(End),
}

/// Runs a dialogue to its end. The loop is what every shell does; the rest is the server.
pub(crate) fn talk_over(network: Network, setup: Setup<'_>, peer: &mut Peer<'_>) -> Talk {
    let mut dialogue = RelayDialogue::new(setup);
    let mut wire = Wire::new(network, peer);
    let mut evidence = RelayEvidence::default();
    let mut transmit = vec![0; network.transmit];
    let mut now = network.began;
    let mut news: Option<News> = None;
    let mut kinds = Vec::new();
    let mut has_begun = false;
    for _ in 0..TURNS_MAX {
        let generation = dialogue.generation();
        let address = |port| SocketAddr::from(([192, 0, 2, 1], port));
        let input = match &news {
            None if !has_begun => Input::Start,
            None => Input::Timeout,
            Some(News::Opened) => Input::Opened {
                local: address(40_000),
                remote: address(25),
            },
            Some(News::Failed(failure)) => Input::OpenFailed(*failure),
            Some(News::Octets(octets)) => Input::Received {
                octets,
                source: None,
            },
            Some(News::Secure) if network.tls => {
                wire.session.is_secured = true;
                Input::Secured {
                    version: TlsVersion::Tls13,
                    certificate_digest: [0; 32],
                    names: b"mail.example.org",
                }
            }
            Some(News::Secure) => Input::SecureFailed(SecureFailure::NotAvailable),
            Some(News::Ended(end)) => Input::Ended(*end),
        };
        has_begun = true;
        let mut outcome = None;
        let mut turn = dialogue.turn(now, generation, input);
        let until = loop {
            match turn.next(&mut transmit) {
                Output::Open { .. } => wire.open(now),
                Output::Secure { .. } => wire.send(now, Millis(0), News::Secure),
                Output::Transmit { octets, .. } => wire.transmit(now, &transmit[..octets]),
                Output::Observed(observation) => {
                    evidence.record(&observation);
                    if network.octets_max == usize::MAX {
                        kinds.push(judge_relay(&evidence).kind);
                    }
                }
                Output::Close(close) => wire.close(close),
                Output::Ask(_) => panic!("it does not listen"),
                Output::Wait { until, .. } => break until,
                Output::Park { until } => {
                    outcome = Some(Some(until));
                    break until;
                }
                Output::Done => {
                    outcome = Some(None);
                    break now;
                }
            }
        };
        if let Some(parked_until) = outcome {
            return Talk {
                evidence,
                parked: parked_until.zip(dialogue.parked()),
                ended: now,
                turns: wire.turns,
                connections: wire.session.connection,
                refusals: dialogue.refusals(),
                messages: wire.messages,
                refusals_given: wire.refusals_given,
                deferrals_given: wire.deferrals_given,
                octets: wire.octets,
                kinds,
                script: wire.script,
            };
        }
        assert!(until != Instant::NEVER, "nothing would ever end this wait");
        (now, news) = wire.next(now, until);
    }
    panic!(
        "no end after {TURNS_MAX} turns:\n{}",
        wire.script.join("\n")
    );
}

/// More turns than any test needs.
const TURNS_MAX: usize = 200_000;

struct Wire<'a, 'p> {
    network: Network,
    peer: &'a mut Peer<'p>,
    session: Session,
    is_open: bool,
    attempts: usize,
    /// What arrives, and when.
    coming: VecDeque<(Instant, News)>,
    unfinished_line: Vec<u8>,
    /// What comes is a message.
    takes_message: bool,
    messages: Vec<String>,
    script: Vec<String>,
    turns: u32,
    refusals_given: u32,
    deferrals_given: u32,
    octets: usize,
}

impl<'a, 'p> Wire<'a, 'p> {
    fn new(network: Network, peer: &'a mut Peer<'p>) -> Self {
        Self {
            network,
            peer,
            session: Session::default(),
            is_open: false,
            attempts: 0,
            coming: VecDeque::new(),
            unfinished_line: Vec::new(),
            takes_message: false,
            messages: Vec::new(),
            script: Vec::new(),
            turns: 0,
            refusals_given: 0,
            deferrals_given: 0,
            octets: 0,
        }
    }

    /// The next thing that arrives, or `until`.
    fn next(&mut self, now: Instant, until: Instant) -> (Instant, Option<News>) {
        match self.coming.front() {
            Some((at, _)) if *at <= until => {
                let (at, news) = self.coming.pop_front().unwrap();
                if let News::Octets(octets) = &news {
                    self.octets += octets.len();
                }
                (at.max(now), Some(news))
            }
            _ => (until.max(now), None),
        }
    }

    fn send(&mut self, now: Instant, after: Millis, news: News) {
        let at = now + self.network.round_trip + after;
        let at = self.coming.back().map_or(at, |(last, _)| at.max(*last));
        self.coming.push_back((at, news));
    }

    fn is_cut(&self) -> bool {
        let on_the_way: usize = self
            .coming
            .iter()
            .map(|(_, news)| match news {
                News::Octets(octets) => octets.len(),
                _ => 0,
            })
            .sum();
        self.octets + on_the_way >= self.network.octets_max
    }

    fn open(&mut self, now: Instant) {
        self.coming.clear();
        let attempt = self.attempts;
        self.attempts += 1;
        let failure = self.network.opens.get(attempt).copied().flatten();
        let failure = failure.or_else(|| self.is_cut().then_some(OpenFailure::Refused));
        if let Some(failure) = failure {
            self.script.push(format!("[{failure:?}]"));
            return self.send(now, Millis(0), News::Failed(failure));
        }
        self.session = Session {
            connection: self.session.connection + 1,
            now_ms: now.as_millis(),
            ..Session::default()
        };
        self.is_open = true;
        self.takes_message = false;
        self.unfinished_line.clear();
        self.script.push("[connected]".to_string());
        self.turns += 1;
        self.send(now, Millis(0), News::Opened);
        let opened = now + self.network.round_trip;
        self.answer(opened);
    }

    fn transmit(&mut self, now: Instant, octets: &[u8]) {
        if !self.is_open {
            return;
        }
        self.turns += 1;
        self.unfinished_line.extend_from_slice(octets);
        while let Some(end) = self
            .unfinished_line
            .iter()
            .position(|octet| *octet == b'\n')
        {
            let line: Vec<u8> = self.unfinished_line.drain(..=end).collect();
            let line = String::from_utf8(line).expect("commands are ASCII");
            let line = line.strip_suffix("\r\n").expect("commands end in CRLF");
            assert!(line.len() <= 510, "{line}");
            if self.takes_message && line != "." {
                self.session.message.push(line.to_string());
                continue;
            }
            if self.takes_message {
                self.takes_message = false;
                self.messages.push(self.session.message.join("\n"));
            }
            self.script.push(format!("C: {}", shorten(line)));
            if !self.is_open {
                continue;
            }
            self.session.line = line.to_string();
            self.session.now_ms = now.as_millis();
            match line.split_once(' ').unwrap_or((line, "")) {
                ("EHLO" | "HELO", name) => self.session.hello = name.to_string(),
                ("MAIL", path) => self.session.from = behind_colon(path),
                ("RCPT", path) => self.session.to = behind_colon(path),
                _ => {}
            }
            self.answer(now);
        }
    }

    fn answer(&mut self, now: Instant) {
        let answer = self.peer.answer(&self.session);
        let (mut after, mut between, mut is_lost) = (0, 0, false);
        let (octets, end): (Vec<u8>, _) = match answer {
            Answer::Say(text) => (lines(&text), None),
            Answer::SayAndClose(text) => (lines(&text), Some(End::Fin)),
            Answer::Octets(octets) => (octets, None),
            Answer::Late(ms, text) => {
                after = ms;
                (lines(&text), None)
            }
            Answer::Dribble(ms, octets) => {
                between = ms;
                (octets, None)
            }
            Answer::Lost(text) => {
                is_lost = true;
                (lines(&text), None)
            }
            Answer::Drop => (Vec::new(), Some(End::Fin)),
            Answer::Reset => (Vec::new(), Some(End::Reset)),
            Answer::Nothing => (Vec::new(), None),
        };
        if self.session.verb() == "DATA" && octets.starts_with(b"354") {
            self.takes_message = true;
            self.session.message.clear();
        }
        match (self.session.verb(), octets.first()) {
            ("RCPT" | "MAIL" | "DATA" | ".", Some(b'4' | b'5')) => {
                self.session.refusals += 1;
                let text = String::from_utf8_lossy(&octets);
                if text.starts_with('4') && !text.contains("denied") {
                    self.deferrals_given += 1;
                } else {
                    self.refusals_given += 1;
                }
            }
            ("RCPT", Some(b'2')) => self.session.accepted += 1,
            ("MAIL" | "RSET", Some(b'2')) => self.session.accepted = 0,
            _ => {}
        }
        let octets = if is_lost { Vec::new() } else { octets };
        for line in String::from_utf8_lossy(&octets).lines() {
            let shown: String = line.chars().take(120).collect();
            self.script.push(format!("S: {}", shorten(&shown)));
        }
        // What a late answer holds up comes later still.
        let before = self.coming.back().map_or(now, |(at, _)| {
            Instant::from_millis(at.as_millis().saturating_sub(self.network.round_trip.0))
        });
        let from = before.max(now);
        for piece in octets.chunks(self.network.piece.min(octets.len()).max(1)) {
            if self.is_cut() {
                break;
            }
            let room = self.network.octets_max - self.octets_coming();
            let piece = &piece[..piece.len().min(room)];
            self.send(from, Millis(after), News::Octets(piece.to_vec()));
            after += between;
        }
        if let Some(end) = end.or_else(|| self.is_cut().then_some(End::Fin)) {
            self.script.push(match end {
                End::Reset => "[reset]".to_string(),
                End::Fin | End::WriteDeadline => "[closed]".to_string(),
            });
            self.is_open = false;
            self.send(from, Millis(after), News::Ended(end));
        }
        self.join_what_arrives_together();
    }

    fn octets_coming(&self) -> usize {
        self.octets
            + self
                .coming
                .iter()
                .map(|(_, news)| match news {
                    News::Octets(octets) => octets.len(),
                    _ => 0,
                })
                .sum::<usize>()
    }

    /// TCP delivers what has arrived as one piece of stream.
    fn join_what_arrives_together(&mut self) {
        if self.network.piece != usize::MAX {
            return;
        }
        let mut joined: VecDeque<(Instant, News)> = VecDeque::new();
        for (at, news) in self.coming.drain(..) {
            match (joined.back_mut(), news) {
                (Some((last, News::Octets(octets))), News::Octets(more)) if *last == at => {
                    octets.extend(more);
                }
                (_, news) => joined.push_back((at, news)),
            }
        }
        self.coming = joined;
    }

    fn close(&mut self, close: Close) {
        if self.is_open {
            self.script.push(format!("[we close: {close:?}]"));
        }
        self.is_open = false;
        self.coming.clear();
    }
}

fn behind_colon(path: &str) -> String {
    path.split_once(':')
        .map_or_else(String::new, |(_, path)| path.to_string())
}

fn lines(text: &str) -> Vec<u8> {
    text.split('\n')
        .flat_map(|line| format!("{line}\r\n").into_bytes())
        .collect()
}

/// Shortens tokens to their role's letter and nonces to `nonce`, so that a script can be read.
pub(crate) fn shorten(line: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for letter in line.chars().chain(std::iter::once('\n')) {
        if letter.is_ascii_lowercase() || ('2'..='7').contains(&letter) {
            word.push(letter);
            continue;
        }
        let is_token = word.len() == TOKEN_CHARACTERS && word.starts_with(['s', 'r', 't', 'm']);
        let is_nonce = word.len() == 9 && word.starts_with('n') && letter == '.';
        match (is_token, is_nonce) {
            (true, _) => out.push_str(&word[..1]),
            (_, true) => out.push_str("nonce"),
            _ => out.push_str(&word),
        }
        word.clear();
        out.push(letter);
    }
    out.pop();
    out
}
