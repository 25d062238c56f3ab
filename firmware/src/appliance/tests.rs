//! Whole scans against scripted peers: a host's end of the link, a prober, workers.

use std::net::SocketAddr;

use embassy_futures::join::join;
use embassy_sync::{blocking_mutex::raw::NoopRawMutex, pipe::Pipe};
use probe_core::{
    dialogue::OpenFailure,
    finding::{DeviceId, Finding},
    frame::{
        FRAME_OCTETS_MAX, ScanId, ToHost,
        message::{Ended, Proving},
    },
    host_link::{HostLink, Line},
    name::Name,
    scope::Scope,
    suspect::Suspect,
    time::{Instant, Millis, Utc},
    verdict::{Kind, Reason},
};

use super::*;
use crate::testing::{PROVING, Peer, Stage, Step, scope};

/// What a host has at the end of a scan.
struct Story {
    findings: Vec<Finding>,
    ended: Ended,
    elapsed_ms: u64,
}

impl Story {
    /// Target, verdict and whether it is the last word, in the order of the targets.
    fn told(&self) -> Vec<(SocketAddr, Kind, Reason, bool)> {
        let tell = |of: &Finding| (of.target, of.verdict.kind, of.verdict.reason, of.last);
        let mut told: Vec<_> = self.findings.iter().map(tell).collect();
        told.sort_by_key(|(target, ..)| *target);
        told
    }
}

/// A host that runs one scan of `targets`, and asks for its end at `stop_ms`.
struct Host<'a, const N: usize> {
    targets: &'a [&'a str],
    peers: Vec<Peer>,
    stop_ms: Option<u64>,
    /// Stores nothing before.
    stores_ms: u64,
}

impl<const N: usize> Host<'_, N> {
    fn scans(self) -> (Story, Stage) {
        let stage = Stage::new(self.peers);
        let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 1));
        let mut memory = Box::new(Memory::<N>::new());
        let mut to_device = Pipe::<NoopRawMutex, 4_096>::new();
        let mut to_host = Pipe::<NoopRawMutex, 4_096>::new();
        let (device_reads, host_writes) = to_device.split();
        let (host_reads, device_writes) = to_host.split();
        let link = Link {
            reader: device_reads,
            writer: device_writes,
        };
        let patience = (self.stop_ms, self.stores_ms);
        let host = speak(&stage, self.targets, patience, host_reads, host_writes);
        let story = stage.run(async {
            match select(host, run(&stage, &prober, link, &mut memory)).await {
                Either::First(story) => story,
                Either::Second(end) => panic!("the appliance left: {end:?}"),
            }
        });
        (story, stage)
    }
}

async fn speak(
    stage: &Stage,
    targets: &[&str],
    patience: (Option<u64>, u64),
    mut reader: impl Read<Error: std::fmt::Debug>,
    mut writer: impl Write<Error: std::fmt::Debug>,
) -> Story {
    let scope = scope(&["192.0.2.0/24", "2001:db8::/32"], &[], &[25]);
    let scan = (ScanId(1), &scope);
    speak_of(stage, scan, targets, patience, &mut reader, &mut writer).await
}

async fn speak_of(
    stage: &Stage,
    (scan, scope): (ScanId, &Scope),
    targets: &[&str],
    (stop_ms, stores_ms): (Option<u64>, u64),
    reader: &mut impl Read<Error: std::fmt::Debug>,
    writer: &mut impl Write<Error: std::fmt::Debug>,
) -> Story {
    let suspects: Vec<Suspect> = targets.iter().map(|target| suspect(target)).collect();
    let list = |index: u32| {
        suspects
            .get(usize::try_from(index).unwrap())
            .cloned()
            .map(Line::from)
    };
    let mut host = HostLink::new();
    host.connected(stage.now(), Utc(1_000));
    let proving = Proving {
        deliver: scope.delivery.allowed,
        ..PROVING
    };
    host.start(stage.now(), scan, scope, proving).unwrap();
    let mut stop_at = stop_ms.map_or(Instant::NEVER, Instant::from_millis);
    let stores_at = Instant::from_millis(stores_ms);
    let mut unstored = None;
    let mut findings = Vec::new();
    let mut octets = [0; FRAME_OCTETS_MAX];
    loop {
        let now = stage.now();
        if now >= stop_at {
            stop_at = Instant::NEVER;
            host.stop(now);
        }
        if now >= stores_at
            && let Some(record) = unstored.take()
        {
            host.stored(record);
        }
        while let Some(count) = host.link_transmit(now, list, &mut octets) {
            writer.write_all(&octets[..count]).await.unwrap();
        }
        if let Some(ended) = host.ended() {
            return Story {
                findings,
                ended,
                elapsed_ms: now.as_millis(),
            };
        }
        let due = match unstored {
            Some(_) => stores_at,
            None => Instant::NEVER,
        };
        let due = host
            .link_due(now)
            .min(stop_at)
            .min(due)
            .max(now + Millis(1));
        let reading = select(reader.read(&mut octets), stage.sleep_until(due));
        let Either::First(count) = reading.await else {
            continue;
        };
        let mut rest = &octets[..count.unwrap()];
        while let Some(message) = host.received(stage.now(), &mut rest) {
            unstored = message.record().or(unstored);
            if let ToHost::Finding(finding) = message {
                findings.push(finding);
            }
        }
    }
}

fn suspect(target: &str) -> Suspect {
    let target: SocketAddr = target.parse().unwrap();
    Suspect {
        address: target.ip(),
        port: target.port(),
        names: Default::default(),
    }
}

#[test]
fn targets_that_do_not_answer_are_told_so() {
    let (story, stage) = Host::<1> {
        targets: &["192.0.2.1:25", "[2001:db8::1]:25"],
        peers: vec![
            Peer::Fails(OpenFailure::Refused),
            Peer::Fails(OpenFailure::NoAnswer),
        ],
        stop_ms: None,
        stores_ms: 0,
    }
    .scans();
    assert_eq!(story.ended, Ended::ListDone);
    assert_eq!(
        story.told(),
        [
            (
                "192.0.2.1:25".parse().unwrap(),
                Kind::Inconclusive,
                Reason::Refused,
                true
            ),
            (
                "[2001:db8::1]:25".parse().unwrap(),
                Kind::Inconclusive,
                Reason::NoAnswer,
                true
            ),
        ]
    );
    stage.assert_log(
        "
        0  connect 192.0.2.1:25
        10 connect [2001:db8::1]:25
        ",
    );
}

/// Refuses to relay, in the words of a closed Postfix, and offers no pipelining.
fn closed(line: &str) -> &'static str {
    match line.split(' ').next() {
        Some("EHLO") => "250-mail.example.net\r\n250 8BITMIME\r\n",
        Some("RCPT") if line.contains("postmaster>") => "250 2.1.5 Ok\r\n",
        Some("RCPT") => "454 4.7.1 Relay access denied\r\n",
        Some("QUIT") => "221 2.0.0 Bye\r\n",
        _ => "250 2.0.0 Ok\r\n",
    }
}

/// Asks everybody to come back later.
fn greylisting(line: &str) -> &'static str {
    match line.split(' ').next() {
        Some("RCPT") => "450 4.2.0 Greylisted, see you later\r\n",
        _ => closed(line),
    }
}

fn server(answer: fn(&str) -> &'static str) -> Peer {
    Peer::Plays(vec![
        Step::Pause(50),
        Step::Says("220 mail.example.net ESMTP\r\n"),
        Step::Serves(answer),
    ])
}

#[test]
fn a_closed_server_is_told_so() {
    let (story, _) = Host::<1> {
        targets: &["192.0.2.1:25"],
        peers: vec![server(closed)],
        stop_ms: None,
        stores_ms: 0,
    }
    .scans();
    let target = "192.0.2.1:25".parse().unwrap();
    let expected = (target, Kind::Closed, Reason::RelayDenied, true);
    assert_eq!(story.told(), [expected]);
}

#[test]
fn a_greylisted_job_gives_up_its_worker_and_comes_back() {
    let (story, _) = Host::<1> {
        targets: &["192.0.2.1:25", "192.0.2.2:25"],
        peers: vec![server(greylisting), server(closed), server(closed)],
        stop_ms: None,
        stores_ms: 0,
    }
    .scans();
    let (first, second) = (
        "192.0.2.1:25".parse().unwrap(),
        "192.0.2.2:25".parse().unwrap(),
    );
    let last = |of: &Finding| (of.target, of.revision, of.last);
    let told: Vec<_> = story.findings.iter().map(last).collect();
    assert_eq!(
        told,
        [(first, 0, false), (second, 0, true), (first, 1, true)]
    );
    assert!(story.elapsed_ms > 310_000, "{}", story.elapsed_ms);
    assert_eq!(story.findings[0].job, story.findings[2].job);
}

/// Takes everything, messages too.
fn open(line: &str) -> &'static str {
    match line.split([' ', ':']).next() {
        Some("EHLO") => "250 mail.example.net\r\n",
        Some("DATA") => "354 Go ahead\r\n",
        Some("QUIT") => "221 2.0.0 Bye\r\n",
        Some("MAIL" | "RCPT" | "RSET" | ".") => "250 2.0.0 Ok\r\n",
        _ => "",
    }
}

#[test]
fn no_message_goes_out_before_the_host_has_stored_what_it_belongs_to() {
    let stage = Stage::new([server(open), server(open), server(open)]);
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 1));
    let mut memory = Box::new(Memory::<1>::new());
    let mut to_device = Pipe::<NoopRawMutex, 4_096>::new();
    let mut to_host = Pipe::<NoopRawMutex, 4_096>::new();
    let (reader, mut host_writes) = to_device.split();
    let (mut host_reads, writer) = to_host.split();
    let mut scope = scope(&["192.0.2.0/24"], &[], &[25]);
    scope.delivery.allowed = true;
    let (targets, stores_ms) = (["192.0.2.1:25"], 20_000);
    let host = speak_of(
        &stage,
        (ScanId(1), &scope),
        &targets,
        (None, stores_ms),
        &mut host_reads,
        &mut host_writes,
    );
    let device = run(&stage, &prober, Link { reader, writer }, &mut memory);
    let story = stage.run(async {
        match select(host, device).await {
            Either::First(story) => story,
            Either::Second(end) => panic!("the appliance left: {end:?}"),
        }
    });
    let told: Vec<_> = story
        .findings
        .iter()
        .map(|of| (of.revision, of.last, of.verdict.reason))
        .collect();
    let (before, after) = (Reason::AcceptsAnything, Reason::NothingReturned);
    let pauses = [1, 2, 3, 4].map(|revision| (revision, false, after));
    assert_eq!(told[0], (0, false, before));
    assert_eq!(told[1..5], pauses);
    assert_eq!(told[5..], [(5, true, after)]);
    // It is stored after 20 s; then there is a message, 45 s for it to come back, and another one.
    let began: Vec<_> = story
        .findings
        .iter()
        .map(|of| of.began.as_millis())
        .collect();
    assert!(
        began[1] >= stores_ms && began[1] < stores_ms + 1_000,
        "{began:?}"
    );
    let waited: Vec<_> = began
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) / 1_000)
        .collect();
    assert_eq!(waited[1..], [15, 30, 15, 30]);
    let messages = story
        .findings
        .last()
        .unwrap()
        .evidence
        .relay()
        .unwrap()
        .proof()
        .deliveries()
        .len();
    assert_eq!((messages, stage.connections_open()), (2, 0));
}

#[test]
fn a_scan_that_is_stopped_gives_its_jobs_back_with_what_is_known() {
    let silent = || Peer::Plays(vec![Step::Says("220 mail.example.net\r\n")]);
    let (story, stage) = Host::<2> {
        targets: &["192.0.2.1:25", "192.0.2.2:25", "192.0.2.3:25"],
        peers: vec![silent(), silent()],
        stop_ms: Some(5_000),
        stores_ms: 0,
    }
    .scans();
    assert_eq!(story.ended, Ended::HostAsked);
    let targets: Vec<_> = story
        .told()
        .iter()
        .map(|(target, _, _, last)| (target.ip().to_string(), *last))
        .collect();
    assert_eq!(
        targets,
        [
            ("192.0.2.1".to_owned(), true),
            ("192.0.2.2".to_owned(), true)
        ]
    );
    assert!(story.elapsed_ms < 5_100, "{}", story.elapsed_ms);
    assert_eq!(stage.connections_open(), 0);
}

#[test]
fn a_violation_stops_every_worker_at_once() {
    let silent = || Peer::Plays(vec![Step::Says("220 mail.example.net\r\n")]);
    let stage = Stage::new([silent(), silent()]);
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 1));
    let appliance = Appliance::<2>::new(&prober);
    let mut memory = Box::new(Memory::<2>::new());
    let [first, second] = &mut memory.workers;
    let mut to_device = Pipe::<NoopRawMutex, 4_096>::new();
    let mut to_host = Pipe::<NoopRawMutex, 4_096>::new();
    let (reader, host_writes) = to_device.split();
    let (host_reads, writer) = to_host.split();
    let targets = ["192.0.2.1:25", "192.0.2.2:25"];
    let host = speak(&stage, &targets, (None, 0), host_reads, host_writes);
    // Long after the last word of a peer, and between two ticks of the link.
    let violated_ms = 5_500;
    let device = async {
        let violation = async {
            stage.sleep_until(Instant::from_millis(violated_ms)).await;
            appliance.warden().stop(stage.now());
            pending::<()>().await;
        };
        let workers = join(
            appliance.work(&stage, 0, first),
            appliance.work(&stage, 1, second),
        );
        let link = appliance.link(&stage, Link { reader, writer }, &mut memory.link);
        select(join(workers, violation), link).await;
    };
    let story = stage.run(async {
        match select(host, device).await {
            Either::First(story) => story,
            Either::Second(()) => panic!("the appliance left"),
        }
    });
    assert_eq!(story.ended, Ended::GuardViolation);
    assert_eq!(story.findings.len(), 2);
    assert_eq!(story.elapsed_ms, violated_ms);
    assert_eq!(stage.connections_open(), 0);
}

#[test]
fn the_next_scan_is_made_under_its_own_name() {
    fn first_time(line: &str) -> &'static str {
        assert!(!line.starts_with("EHLO") || line == "EHLO probe.example.org");
        closed(line)
    }
    fn second_time(line: &str) -> &'static str {
        assert!(!line.starts_with("EHLO") || line == "EHLO second.example.org");
        closed(line)
    }
    let stage = Stage::new([server(first_time), server(second_time)]);
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 1));
    let mut memory = Box::new(Memory::<2>::new());
    let mut to_device = Pipe::<NoopRawMutex, 4_096>::new();
    let mut to_host = Pipe::<NoopRawMutex, 4_096>::new();
    let (reader, mut host_writes) = to_device.split();
    let (mut host_reads, writer) = to_host.split();
    let first = scope(&["192.0.2.0/24"], &[], &[25]);
    let mut second = first.clone();
    second.identity.helo = Name::new("second.example.org").unwrap();
    let host = async {
        let mut ended = Vec::new();
        for (scan, scope, target) in [
            (ScanId(1), &first, "192.0.2.1:25"),
            (ScanId(2), &second, "192.0.2.2:25"),
        ] {
            let (reader, writer) = (&mut host_reads, &mut host_writes);
            let patience = (None, 0);
            let story = speak_of(&stage, (scan, scope), &[target], patience, reader, writer).await;
            ended.push((story.ended, story.findings.len()));
        }
        ended
    };
    let device = run(&stage, &prober, Link { reader, writer }, &mut memory);
    let ended = stage.run(async {
        match select(host, device).await {
            Either::First(ended) => ended,
            Either::Second(end) => panic!("the appliance left: {end:?}"),
        }
    });
    assert_eq!(ended, [(Ended::ListDone, 1); 2]);
}

#[test]
fn workers_wait_while_the_host_stores_nothing_and_nothing_is_lost() {
    let addresses: Vec<String> = (0..250).map(|last| format!("192.0.2.{last}:25")).collect();
    let targets: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let peers = || (0..250).map(|_| server(closed)).collect();
    let at_once = Host::<4> {
        targets: &targets,
        peers: peers(),
        stop_ms: None,
        stores_ms: 0,
    };
    let (at_once, _) = at_once.scans();
    let late = Host::<4> {
        targets: &targets,
        peers: peers(),
        stop_ms: None,
        stores_ms: 60_000,
    };
    let (late, _) = late.scans();
    assert_eq!(at_once.told().len(), 250);
    assert_eq!(at_once.told(), late.told());
    assert!(at_once.elapsed_ms < 60_000);
    let waited = late
        .findings
        .iter()
        .filter(|of| of.began.as_millis() >= 60_000);
    assert!(waited.count() > 50, "the outbox never filled");
}
