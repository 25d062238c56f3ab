//! Something on a port, our sink behind it, and a shell that drives a dialogue against both in
//! virtual time.

use std::{collections::VecDeque, net::SocketAddr};

use crate::{
    dialogue::{Answer as SinkAnswer, Close, Dialogue, End, Input, OpenFailure, Output, Question},
    evidence::{Evidence, Observation, ProxyEvidence},
    finding::{DeviceId, JobSerial, Probe},
    name::Name,
    proxy::{AttemptId, Outcome, Protocols, ProxyDialogue, Seen, Setup, Why},
    scope::{Depth, SinkEnds, fixture},
    sink::{self, Sink},
    target::Target,
    tester::Tester,
    time::{Instant, Millis, Utc},
    token::{Key, Nonce},
    verdict::{Kind, Verdict, judge},
};

pub(super) const KEY: Key = Key::new([7; 16]);
/// What UTC is when a job begins.
pub(super) const SINCE: Utc = Utc(1_796_049_982);
/// Where proxies' connections come out.
pub(super) const EGRESS: [u8; 4] = [203, 0, 113, 9];
/// Our own address.
pub(super) const OWN: [u8; 4] = [192, 0, 2, 200];

/// What a peer does about what it has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Says these octets.
    Say(Vec<u8>),
    /// The same, and closes.
    SayAndClose(Vec<u8>),
    /// Says these octets for ever.
    Endless(Vec<u8>),
    /// Says the first ones, connects to the sink's port in this place, says the others there.
    ToSink(Vec<u8>, usize, Vec<u8>),
    /// Closes without a word.
    Drop,
    /// Resets the connection.
    Reset,
    /// Says nothing.
    Nothing,
}

pub(super) fn say(text: &str) -> Answer {
    Answer::Say(text.into())
}

pub(super) fn page(text: &str) -> Answer {
    Answer::SayAndClose(text.into())
}

/// What a peer knows when it answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// Counts the connections from 1.
    pub(super) connection: u32,
    /// What was said on this connection so far.
    pub(super) octets: Vec<u8>,
    /// Seconds since the job began.
    pub(super) now_s: u64,
}

impl Said {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.octets).into_owned()
    }
}

pub(super) type Peer = Box<dyn FnMut(&Said) -> Answer>;

/// How the network between both behaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Network {
    /// At most so many octets arrive at once.
    pub(super) piece: usize,
    /// After so many octets from the peer everything is cut, for good.
    pub(super) octets_max: usize,
    /// What each attempt to connect leads to, from the first; `None` and what follows connect.
    pub(super) opens: &'static [Option<OpenFailure>],
    /// Our octets are taken.
    pub(super) takes: bool,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            piece: usize::MAX,
            octets_max: usize::MAX,
            opens: &[],
            takes: true,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) protocols: Protocols,
    pub(super) depth: Depth,
    pub(super) sink: SinkEnds,
    pub(super) key: Option<Key>,
    /// Where visits come from.
    pub(super) egress: [u8; 4],
    pub(super) network: Network,
}

impl Job {
    pub(super) fn new(protocols: Protocols) -> Self {
        Self {
            protocols,
            depth: Depth::Standard,
            sink: SinkEnds {
                ipv4: Some([198, 51, 100, 25].into()),
                ipv6: Some("2001:db8::25".parse().unwrap()),
                name: Some(Name::new("sink.example.net").unwrap()),
                ports: [25, 8025].into_iter().collect(),
            },
            key: Some(KEY),
            egress: EGRESS,
            network: Network::default(),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) evidence: ProxyEvidence,
    /// What we said, a connection each.
    pub(super) said: Vec<Vec<u8>>,
    pub(super) ended: Instant,
    pub(super) connections: u32,
    /// Octets that arrived from the peer.
    pub(super) octets: usize,
    /// What the evidence said after each observation.
    pub(super) kinds: Vec<Kind>,
}

impl Talk {
    pub(super) fn verdict(&self) -> Verdict {
        verdict(&self.evidence)
    }

    /// `closed: not-a-proxy` and so on.
    pub(super) fn words(&self) -> String {
        let Verdict { kind, reason } = self.verdict();
        format!("{}: {}", kind.as_str(), reason.as_str())
    }

    /// `http-connect/1 denied 403, control …`.
    pub(super) fn attempts(&self) -> String {
        let attempts = self.evidence.attempts().iter().map(|attempt| {
            let why = match attempt.outcome() {
                Outcome::Skipped(why) => Why::as_str(why).to_string(),
                _ => attempt.code().to_string(),
            };
            format!(
                "{} {} {why}",
                named(attempt.id()),
                attempt.outcome().as_str()
            )
        });
        attempts.collect::<Vec<_>>().join(", ")
    }
}

pub(super) fn named(id: AttemptId) -> String {
    match id.protocol() {
        Some(protocol) => format!("{}/{}", protocol.as_str(), id.place() + 1),
        None => "control".into(),
    }
}

pub(super) fn verdict(evidence: &ProxyEvidence) -> Verdict {
    judge(&Evidence::Proxy(evidence.clone()))
}

pub(super) fn tester() -> Tester {
    Tester::new(&fixture::scope(&[]), &KEY, DeviceId([1; 8]))
}

enum News {
    Opened,
    Failed(OpenFailure),
    Octets(Vec<u8>),
    Sent,
    Ended(End),
}

struct World<'a> {
    job: &'a Job,
    peer: &'a mut Peer,
    tester: &'a Tester,
    now: Instant,
    coming: VecDeque<News>,
    said: Said,
    all_said: Vec<Vec<u8>>,
    endless: Option<Vec<u8>>,
    /// Our sink behind the proxy, and until when it waits.
    sink: Option<(Sink, Instant)>,
    evidence: Evidence,
    octets: usize,
}

/// How long anything takes from one end to the other.
const WAY: Millis = Millis(25);

pub(super) fn talk(job: &Job, peer: &mut Peer) -> Talk {
    let tester = tester();
    let target = Target::admitted([192, 0, 2, 1].into(), 1080);
    let mut dialogue = ProxyDialogue::new(Setup {
        target,
        tester: &tester,
        protocols: job.protocols,
        sink: &job.sink,
        depth: job.depth,
        serial: JobSerial(7),
        hours: 3,
        since: SINCE,
        key: job.key.as_ref(),
    });
    let mut world = World {
        job,
        peer,
        tester: &tester,
        now: Instant::BOOT,
        coming: VecDeque::new(),
        said: Said::default(),
        all_said: Vec::new(),
        endless: None,
        sink: None,
        evidence: Evidence::new(Probe::Proxy),
        octets: 0,
    };
    let mut kinds = Vec::new();
    let mut news = None;
    let mut has_begun = false;
    for _ in 0..100_000 {
        let end = |address: [u8; 4], port| SocketAddr::from((address, port));
        let input = match &news {
            None if !has_begun => Input::Start,
            None => Input::Timeout,
            Some(News::Opened) => Input::Opened {
                local: end(OWN, 40_000),
                remote: target.endpoint(),
            },
            Some(News::Failed(failure)) => Input::OpenFailed(*failure),
            Some(News::Octets(octets)) => Input::Received {
                octets,
                source: None,
            },
            Some(News::Sent) => Input::Sent,
            Some(News::Ended(end)) => Input::Ended(*end),
        };
        has_begun = true;
        let mut lent = [0; 512];
        let generation = dialogue.generation();
        let mut turn = dialogue.turn(world.now, generation, input);
        let until = loop {
            match turn.next(&mut lent) {
                Output::Open { remote, by, .. } => {
                    assert_eq!(remote, target.endpoint());
                    assert!(by > world.now);
                    world.open();
                }
                Output::Transmit { octets, by, .. } => {
                    assert!(octets > 0 && by > world.now);
                    world.transmit(&lent[..octets]);
                }
                Output::Observed(observation) => {
                    if let Observation::Proxy(Seen::Attempt { id, .. }) = observation {
                        assert!(
                            world
                                .evidence
                                .proxy()
                                .unwrap()
                                .outcome(id)
                                .is_none_or(|known| known == Outcome::Running)
                        );
                    }
                    world.evidence.record(&observation);
                    kinds.push(judge(&world.evidence).kind);
                }
                Output::Close(close) => world.close(close),
                Output::Wait { until, .. } => break Some(until),
                Output::Done => break None,
                other => panic!("a proxy dialogue does not {other:?}"),
            }
        };
        let Some(until) = until else {
            let connections = world.said.connection;
            let mut said = world.all_said;
            said.push(world.said.octets);
            let Evidence::Proxy(evidence) = world.evidence else {
                panic!("it is a proxy's")
            };
            return Talk {
                evidence,
                said: said.split_off(1),
                ended: world.now,
                connections,
                octets: world.octets,
                kinds,
            };
        };
        assert!(until != Instant::NEVER, "nothing would ever end this wait");
        news = world.next(until);
    }
    panic!("no end");
}

impl World<'_> {
    fn open(&mut self) {
        let said = core::mem::take(&mut self.said);
        self.all_said.push(said.octets);
        self.said.connection = said.connection + 1;
        let place = said.connection as usize;
        let failure = self.job.network.opens.get(place).copied().flatten();
        let is_cut = self.octets >= self.job.network.octets_max;
        self.coming.push_back(match failure {
            Some(failure) => News::Failed(failure),
            None if is_cut => News::Failed(OpenFailure::NoAnswer),
            None => News::Opened,
        });
    }

    fn close(&mut self, _: Close) {
        self.coming.clear();
        self.endless = None;
        if self.sink.is_some() {
            self.tell_sink(Input::Ended(End::Fin));
        }
        self.sink = None;
        self.coming.clear();
    }

    fn transmit(&mut self, octets: &[u8]) {
        self.said.octets.extend_from_slice(octets);
        self.said.now_s = self.now.as_millis() / 1_000;
        if !self.job.network.takes {
            return;
        }
        self.coming.push_back(News::Sent);
        if self.sink.is_some() {
            let octets = octets.to_vec();
            let source = None;
            let octets = &octets;
            return self.tell_sink(Input::Received { octets, source });
        }
        match (self.peer)(&self.said) {
            Answer::Say(octets) => self.say(&octets),
            Answer::SayAndClose(octets) => {
                self.say(&octets);
                self.coming.push_back(News::Ended(End::Fin));
            }
            Answer::Endless(octets) => self.endless = Some(octets),
            Answer::ToSink(first, place, relayed) => {
                self.say(&first);
                self.reach_sink(place, &relayed);
            }
            Answer::Drop => self.coming.push_back(News::Ended(End::Fin)),
            Answer::Reset => self.coming.push_back(News::Ended(End::Reset)),
            Answer::Nothing => {}
        }
    }

    fn say(&mut self, octets: &[u8]) {
        let room = self.job.network.octets_max.saturating_sub(self.octets);
        let kept = &octets[..octets.len().min(room)];
        self.octets += kept.len();
        for piece in kept.chunks(self.job.network.piece) {
            self.coming.push_back(News::Octets(piece.to_vec()));
        }
        if kept.len() < octets.len() {
            self.coming.push_back(News::Ended(End::Reset));
        }
    }

    fn reach_sink(&mut self, place: usize, relayed: &[u8]) {
        let name = |text| Name::new(text).unwrap();
        let now_s = self.now.as_millis() / 1_000;
        self.sink = Some((
            Sink::new(sink::Setup {
                domain: name("sink.example.net"),
                sender_domain: name("cert.example.net"),
                address: None,
                nonce: Nonce::issue(
                    &KEY,
                    Utc(SINCE.0 + now_s),
                    [1, 2, self.said.connection as u8],
                ),
                speaks_http: place == 1,
            }),
            Instant::NEVER,
        ));
        self.tell_sink(Input::Accepted {
            local: ([198, 51, 100, 25], self.job.sink.ports[place]).into(),
            remote: (self.job.egress, 50_000).into(),
        });
        if !relayed.is_empty() {
            self.tell_sink(Input::Received {
                octets: relayed,
                source: None,
            });
        }
    }

    fn tell_sink(&mut self, input: Input<'_>) {
        let Some((mut sink, _)) = self.sink.take() else {
            return;
        };
        let mut lent = [0; 512];
        let mut heard = Vec::new();
        let generation = sink.generation();
        let mut turn = sink.turn(self.now, generation, input);
        let until = loop {
            match turn.next(&mut lent) {
                Output::Transmit { octets, .. } => heard.extend_from_slice(&lent[..octets]),
                Output::Ask(Question::Record(arrival)) => {
                    let target = Target::admitted([192, 0, 2, 1].into(), 1080);
                    let target = Some(target.endpoint());
                    let sense = arrival.sense(&self.tester.signer, target, 3);
                    self.evidence.arrived(sense, arrival.remote.ip());
                    turn.answer(&SinkAnswer::Yes);
                }
                Output::Wait { until, .. } => break Some(until),
                Output::Close(_) => {}
                Output::Done => break None,
                other => panic!("a sink does not {other:?}"),
            }
        };
        self.say(&heard);
        match until {
            Some(until) => self.sink = Some((sink, until)),
            None => self.coming.push_back(News::Ended(End::Fin)),
        }
    }

    /// What happens next, or `until` comes.
    fn next(&mut self, until: Instant) -> Option<News> {
        if self.coming.is_empty()
            && let Some(octets) = self.endless.clone()
        {
            self.say(&octets);
        }
        let sink_until = match &self.sink {
            Some((_, until)) => *until,
            None => Instant::NEVER,
        };
        if self.coming.is_empty() && sink_until < until {
            self.now = sink_until;
            self.tell_sink(Input::Timeout);
        }
        match self.coming.pop_front() {
            Some(news) if self.now + WAY < until => {
                if !matches!(news, News::Sent) {
                    self.now = self.now + WAY;
                }
                Some(news)
            }
            Some(news) => {
                self.coming.push_front(news);
                self.now = until;
                None
            }
            None => {
                self.now = until;
                None
            }
        }
    }
}
