//! The test vectors of docs/wire-format.md, read from there: what the document says is what the
//! code does.

use std::{collections::BTreeMap, path::Path};

use serde::{Serialize, de::DeserializeOwned};

use super::{Decoder, ScanId, ScopeDigest, ToDevice, ToHost, about, decode_message, message};
use crate::{
    arrival::{Arrival, Marks, Sense, What},
    dead::{DeadBy, DeadRange},
    dnsbl,
    evidence::{Ending, Evidence, Fate, Finish, Notes, Observation, ProxyNotes},
    finding::{DeviceId, Finding, Gone, JobSerial, Lost, Over, Probe, RecordId, Refused},
    name::Name,
    path_check,
    proxy::{self, AttemptId, Protocol, Protocols, Seen},
    relay::{Hello, Outcome, Outcomes, PairId, PairSet},
    scope::{Depth, Field, Refusal, ScopeError, fixture},
    smtp::{Class, Extensions, Quirks, ReplyParser, Server, Step},
    suspect::Suspect,
    testing::{PROVING, frames_of, octets_of},
    time::{Anchor, Instant, Millis, Utc},
    token::{Role, Signer},
    verdict::{Kind, Reason, Verdict},
};

const SCAN: ScanId = ScanId(9);

/// The vectors stay as they are when the rules change.
const RULES_OF_THE_VECTORS: u16 = 2;

#[test]
fn the_document_has_every_message_as_it_is() {
    let document = Document::read();
    let mut names = Vec::new();
    for (name, message) in to_device() {
        document.check(name, &message);
        names.push(name);
    }
    for (name, message) in to_host() {
        document.check(name, &message);
        names.push(name);
    }
    let unknown: Vec<&String> = document
        .messages
        .keys()
        .chain(document.frames.keys())
        .filter(|name| !names.contains(&name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "vectors of nothing: {unknown:?}");
}

#[test]
fn the_scope_digest_is_as_documented() {
    let ToDevice::Scope(scope) = &to_device()[1].1 else {
        panic!("not the scope");
    };
    let digest = ScopeDigest::of(scope);
    let documented = format!("digest of this scope is `{:08x}`", digest.0);
    assert!(
        Document::text().contains(&documented),
        "missing: {documented}"
    );
}

#[test]
fn the_document_has_every_number_as_it_is() {
    let text = Document::text();
    let sections: [(&str, Vec<String>); 32] = [
        ("Refusal", words(|of: Refusal| of.as_str().to_string())),
        ("Ended", words(|of: message::Ended| of.as_str().to_string())),
        ("Kind", words(|of: Kind| of.as_str().to_string())),
        ("Reason", words(|of: Reason| of.as_str().to_string())),
        ("Depth", words(|of: Depth| of.as_str().to_string())),
        ("Probe", words(|of: Probe| of.as_str().to_string())),
        ("Field", words(|of: Field| format!("{of:?}"))),
        ("Finish", words(|of: Finish| of.as_str().to_string())),
        ("Outcome", words(|of: Outcome| of.as_str().to_string())),
        ("Fate", words(|of: Fate| of.as_str().to_string())),
        ("What", words(|of: What| of.as_str().to_string())),
        ("Role", words(|of: Role| format!("{of:?}"))),
        ("Marks", bits::<Marks>()),
        ("Class", words(|of: Class| of.as_str().to_string())),
        ("Ending", words(|of: Ending| of.as_str().to_string())),
        ("Server", words(|of: Server| of.as_str().to_string())),
        (
            "Hello name",
            Hello::ALL.iter().map(|of| format!("{of:?}")).collect(),
        ),
        ("Reset", words(|of: about::Reset| of.as_str().to_string())),
        (
            "ProvisionError",
            words(|of: about::ProvisionError| format!("{of:?}")),
        ),
        ("Level", words(|of: about::Level| of.as_str().to_string())),
        ("Lack", words(|of: message::Lack| of.as_str().to_string())),
        ("Path", paths()),
        (
            "Denial",
            words(|of: message::Denial| of.as_str().to_string()),
        ),
        ("Extensions", bits::<Extensions>()),
        ("Quirks", bits::<Quirks>()),
        ("Notes", bits::<Notes>()),
        ("Protocols", bits::<Protocols>()),
        ("Proxy outcome", proxy_outcomes()),
        (
            "Skipped because",
            words(|of: proxy::Why| of.as_str().to_string()),
        ),
        ("Proxy notes", bits::<ProxyNotes>()),
        ("Asked", words(|of: dnsbl::Asked| of.as_str().to_string())),
        ("Why", words(|of: dnsbl::Why| of.as_str().to_string())),
    ];
    for (section, words) in sections {
        let heading = format!("### {section}\n");
        let (_, rest) = text.split_once(&heading).expect(section);
        let documented: Vec<(usize, &str)> = rest
            .lines()
            .take_while(|line| !line.starts_with('#'))
            .filter_map(|line| line.strip_prefix("| ")?.split_once(" | `"))
            .filter_map(|(number, word)| Some((number.parse().ok()?, word.split_once('`')?.0)))
            .collect();
        let expected: Vec<(usize, &str)> = words
            .iter()
            .map(String::as_str)
            .enumerate()
            .filter(|(_, word)| !word.is_empty())
            .collect();
        assert_eq!(documented, expected, "{section}");
    }
}

/// The names of a set's bits, in the order of their places; one without a name is empty.
fn bits<T: bitflags::Flags<Bits: Into<u16>>>() -> Vec<String> {
    let place = |flag: &bitflags::Flag<T>| flag.value().bits().into().ilog2();
    let last = T::FLAGS.iter().map(place).max();
    (0..=last.unwrap())
        .map(|place| {
            let mut flags = T::FLAGS.iter();
            let flag = flags.find(|flag| flag.value().bits().into() == 1 << place);
            flag.map_or(String::new(), |flag| flag.name().to_string())
        })
        .collect()
}

/// Some of them have more behind their number.
fn paths() -> Vec<String> {
    let path = |number: u8| {
        decode_message::<path_check::Path>(&[number]).or_else(|| decode_message(&[number, 0]))
    };
    let paths = (0..128).map_while(path);
    paths.map(|path| path.as_str().to_string()).collect()
}

/// The last of them has more behind its number.
fn proxy_outcomes() -> Vec<String> {
    let skipped = proxy::Outcome::Skipped(proxy::Why::Silent);
    let mut outcomes = words(|of: proxy::Outcome| of.as_str().to_string());
    outcomes.push(skipped.as_str().to_string());
    outcomes
}

/// The words of an enum's variants, in the order of their numbers.
fn words<T: DeserializeOwned>(word: impl Fn(T) -> String) -> Vec<String> {
    (0..128)
        .map_while(|number: u8| decode_message::<T>(&[number]))
        .map(word)
        .collect()
}

/// Vectors by name: the octets of messages, and of frames.
struct Document {
    messages: BTreeMap<String, Vec<u8>>,
    frames: BTreeMap<String, Vec<u8>>,
}

impl Document {
    fn text() -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/wire-format.md");
        std::fs::read_to_string(path).unwrap()
    }

    /// Reads the fenced blocks "message NAME" and "frame NAME": octets in hexadecimal, and
    /// comments behind `#`.
    fn read() -> Self {
        let mut document = Self {
            messages: BTreeMap::new(),
            frames: BTreeMap::new(),
        };
        let text = Self::text();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some((kind, name)) = line
                .strip_prefix("```")
                .and_then(|rest| rest.split_once(' '))
            else {
                continue;
            };
            let octets = lines
                .by_ref()
                .take_while(|line| !line.starts_with("```"))
                .filter_map(|line| line.split('#').next())
                .flat_map(str::split_whitespace)
                .map(|octet| u8::from_str_radix(octet, 16).unwrap())
                .collect();
            let vectors = match kind {
                "message" => &mut document.messages,
                "frame" => &mut document.frames,
                _ => panic!("a block of kind {kind:?}"),
            };
            assert!(
                vectors.insert(name.to_string(), octets).is_none(),
                "{name} twice"
            );
        }
        document
    }

    fn check<T>(&self, name: &str, message: &T)
    where
        T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let octets = octets_of(message);
        let documented = self.messages.get(name);
        assert_eq!(
            documented.map(|of| hex(of)),
            Some(hex(&octets)),
            "message {name}"
        );
        assert_eq!(decode_message(&octets).as_ref(), Some(message), "{name}");
        let frames = frames_of(0, message).concat();
        if let Some(documented) = self.frames.get(name) {
            assert_eq!(hex(documented), hex(&frames), "frame {name}");
        }
        let mut decoder = Decoder::new();
        let heard = frames
            .iter()
            .find_map(|octet| decoder.push(*octet).map(<[u8]>::to_vec));
        assert_eq!(heard, Some(octets), "{name}");
    }
}

fn hex(octets: &[u8]) -> String {
    let octets: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    octets.join(" ")
}

fn to_device() -> [(&'static str, ToDevice); 11] {
    let mut scope = fixture::scope(&["192.0.2.0/24", "2001:db8::/32"]);
    scope
        .exclusions
        .push(fixture::network("192.0.2.128/25"))
        .unwrap();
    scope.identity.resolver = "192.0.2.53".parse().ok();
    let digest = ScopeDigest::of(&scope);
    let suspect = Suspect {
        address: "192.0.2.7".parse().unwrap(),
        port: 25,
        names: [Name::new("example.org").unwrap()].into_iter().collect(),
    };
    [
        (
            "to-device/hello",
            ToDevice::Hello {
                format: 3,
                utc: Utc(1_795_000_000),
            },
        ),
        ("to-device/scope", ToDevice::Scope(scope)),
        (
            "to-device/start",
            ToDevice::Start {
                scan: SCAN,
                scope: digest,
                proving: PROVING,
            },
        ),
        (
            "to-device/suspect",
            ToDevice::Suspect {
                scan: SCAN,
                index: 300,
                suspect,
                refusals: 2,
            },
        ),
        (
            "to-device/no-more",
            ToDevice::NoMore {
                scan: SCAN,
                count: 301,
            },
        ),
        ("to-device/stop", ToDevice::Stop { scan: SCAN }),
        (
            "to-device/ack",
            ToDevice::Ack {
                boot: 3,
                through: 128,
            },
        ),
        ("to-device/resend", ToDevice::Resend { boot: 3, from: 129 }),
        ("to-device/ask-info", ToDevice::AskInfo),
        ("to-device/provision", ToDevice::Provision(provision())),
        ("to-device/ask-log", ToDevice::AskLog { from: 4 }),
    ]
}

fn to_host() -> [(&'static str, ToHost); 21] {
    let digest = ScopeDigest(0x0403_0201);
    let id = RecordId {
        boot: 3,
        number: 129,
    };
    let job = JobSerial(0x3_000001);
    let target = "192.0.2.7:25".parse().unwrap();
    let verdict = Verdict {
        kind: Kind::Closed,
        reason: Reason::RelayDenied,
    };
    [
        (
            "to-host/hello",
            ToHost::Hello(message::DeviceHello {
                format: 3,
                rules: RULES_OF_THE_VECTORS,
                device: DeviceId(*b"postern1"),
                boot: 3,
                now: Instant::from_millis(5_000),
                first: 129,
            }),
        ),
        (
            "to-host/scope-taken",
            ToHost::ScopeAnswer {
                digest,
                answer: message::ScopeAnswer::Taken,
            },
        ),
        (
            "to-host/scope-refused",
            ToHost::ScopeAnswer {
                digest,
                answer: message::ScopeAnswer::Refused(ScopeError::Missing(Field::Contact)),
            },
        ),
        (
            "to-host/want",
            ToHost::Want(message::Want {
                scan: SCAN,
                next: 300,
                suspects: 64,
            }),
        ),
        ("to-host/progress", ToHost::Progress(progress(digest))),
        (
            "to-host/ended",
            ToHost::Ended {
                scan: SCAN,
                why: message::Ended::ListDone,
                records: 129,
            },
        ),
        (
            "to-host/finding",
            ToHost::Finding(Finding {
                boot: id.boot,
                number: id.number,
                job,
                revision: 0,
                last: true,
                target,
                probe: Probe::Relay,
                depth: Depth::Quick,
                lab: false,
                path_checked: false,
                began: Instant::from_millis(6_000),
                ended: Instant::from_millis(6_700),
                rules: RULES_OF_THE_VECTORS,
                verdict,
                evidence: evidence(),
                refusals: 9,
            }),
        ),
        (
            "to-host/finding-of-a-proxy",
            ToHost::Finding(Finding {
                boot: id.boot,
                number: id.number,
                job,
                revision: 0,
                last: true,
                target: "192.0.2.7:3128".parse().unwrap(),
                probe: Probe::Proxy,
                depth: Depth::Standard,
                lab: false,
                path_checked: false,
                began: Instant::from_millis(6_000),
                ended: Instant::from_millis(6_700),
                rules: RULES_OF_THE_VECTORS,
                verdict: Verdict {
                    kind: Kind::Confirmed,
                    reason: Reason::ConnectionReturned,
                },
                evidence: proxy_evidence(),
                refusals: 0,
            }),
        ),
        (
            "to-host/finding-of-lists",
            ToHost::Finding(Finding {
                boot: id.boot,
                number: id.number,
                job,
                revision: 0,
                last: true,
                target: "192.0.2.7:0".parse().unwrap(),
                probe: Probe::Dnsbl,
                depth: Depth::Quick,
                lab: false,
                path_checked: false,
                began: Instant::from_millis(6_000),
                ended: Instant::from_millis(6_700),
                rules: RULES_OF_THE_VECTORS,
                verdict: Verdict {
                    kind: Kind::Suspected,
                    reason: Reason::Listed,
                },
                evidence: Evidence::Dnsbl(dnsbl::fixture::evidence()),
                refusals: 0,
            }),
        ),
        (
            "to-host/refused",
            ToHost::Refused(Refused {
                id,
                index: 300,
                suspect: "[2002:c000:201::1]:25".parse().unwrap(),
                why: Refusal::EmbedsIpv4,
            }),
        ),
        (
            "to-host/over",
            ToHost::Over(Over {
                id,
                job,
                revisions: 1,
                target,
                why: Refusal::ScanEnded,
            }),
        ),
        (
            "to-host/lost",
            ToHost::Lost(Lost {
                id,
                job,
                target,
                last: true,
                verdict,
            }),
        ),
        (
            "to-host/earlier",
            ToHost::Earlier(message::Earlier {
                boot: 2,
                first: 40,
                anchor: Anchor {
                    at: Instant::from_millis(500),
                    utc: Utc(1_795_000_000),
                },
            }),
        ),
        (
            "to-host/gone",
            ToHost::Gone(Gone {
                boot: 2,
                first: 41,
                last: 43,
            }),
        ),
        ("to-host/info", ToHost::Info(info(digest))),
        ("to-host/arrival", ToHost::Arrival(arrival(id))),
        (
            "to-host/provisioned",
            ToHost::Provisioned(about::ProvisionAnswer::Kept),
        ),
        (
            "to-host/not-provisioned",
            ToHost::Provisioned(about::ProvisionAnswer::Refused(
                about::ProvisionError::Gateway,
            )),
        ),
        (
            "to-host/log",
            ToHost::Log(about::LogLine {
                number: 4,
                at: Instant::from_millis(1_200),
                level: about::Level::Info,
                text: about::beginning_of("network up"),
            }),
        ),
        (
            "to-host/dead",
            ToHost::Dead(DeadRange {
                id,
                job,
                first: target,
                count: 200,
                by: DeadBy::NoAnswer,
                probe: Probe::Relay,
                depth: Depth::Standard,
                lab: false,
                path_checked: false,
                hours: 500,
                began: Instant::from_millis(6_000),
                ended: Instant::from_millis(36_700),
                rules: RULES_OF_THE_VECTORS,
            }),
        ),
        ("to-host/denied", ToHost::Denied(message::Denial::Scope)),
    ]
}

fn info(digest: ScopeDigest) -> about::Info {
    about::Info {
        version: about::beginning_of("0.1.0"),
        board: about::beginning_of("nucleo-h743zi2"),
        device: DeviceId(*b"postern1"),
        boot: 3,
        now: Instant::from_millis(7_000),
        reset: about::Reset::Watchdog,
        panic: Some(about::Panic {
            file: about::end_of("src/link.rs"),
            line: 120,
            message: about::beginning_of("late"),
        }),
        flash: Some(about::FlashState {
            pages: 4,
            erases: 9,
            erases_max: 4,
            free_octets: 130_000,
            spoiled: 0,
            broken: false,
        }),
        provision: Some(provision()),
        scope: Some((digest, 58)),
        earlier: true,
    }
}

fn provision() -> about::Provision {
    about::Provision {
        address: about::Addressing::Static {
            address: [192, 0, 2, 10].into(),
            prefix: 24,
            gateway: Some([192, 0, 2, 1].into()),
        },
        link_port: Some(about::LinkPort {
            host: [192, 0, 2, 7].into(),
            port: 7_323,
        }),
    }
}

/// A relayed message as the sink tells it; its tokens are made with [`PROVING`]'s key.
fn arrival(id: RecordId) -> Arrival {
    let signer = Signer::new(&PROVING.key, DeviceId([1, 2, 3, 4, 5, 6, 7, 8]));
    let target = "192.0.2.7:25".parse().unwrap();
    let token = |role| Some(signer.sign(role, JobSerial(7), 0, 12, target));
    let envelope = token(Role::Recipient);
    let recipient = format!("{}@sink.example", envelope.unwrap().text());
    Arrival {
        id,
        at: Instant::from_millis(9_000),
        what: What::Message,
        remote: "192.0.2.9:40000".parse().unwrap(),
        port: 25,
        helo: "out.example.org".try_into().unwrap(),
        reverse_path: heapless::String::new(),
        recipient: recipient.as_str().try_into().unwrap(),
        envelope,
        content: token(Role::Message),
        octets: 900,
        marks: Marks::CHAIN_CUT,
        chain: "from probe.example by mx.example.org".try_into().unwrap(),
    }
}

fn progress(digest: ScopeDigest) -> message::Progress {
    message::Progress {
        now: Instant::from_millis(7_000),
        phase: message::Phase::Running,
        scope: Some(digest),
        scan: Some(SCAN),
        targets: message::Targets {
            taken: 300,
            queued: 40,
            running: 16,
            parked: 3,
            done: 240,
            refused: 1,
        },
        outbox: message::OutboxState {
            made: 129,
            acknowledged: 128,
            octets: 180,
            lost: 0,
        },
        guard: message::GuardCounters {
            allowed: 20_000,
            dropped: 2,
            violations: 0,
            strangers: 6,
        },
        link: message::LinkCounters {
            frames: 305,
            messages: 303,
            broken: 1,
            ..message::LinkCounters::default()
        },
        visits: message::VisitCounters {
            calls: 5,
            busy: 1,
            denied: 2,
            unreadable: 0,
        },
        limits: message::LimitCounters {
            outbox: 1,
            ..message::LimitCounters::default()
        },
        sink: message::SinkCounters {
            sessions: 4,
            messages: 2,
            refused: 1,
            ..message::SinkCounters::default()
        },
        network: message::NetworkState {
            lack: Some(message::Lack::Address),
            ipv4: false,
            ipv6: false,
            sockets: 2,
            held: 0,
            connections: 3,
        },
        path: Some(path_check::Path::TurnedAway(554)),
    }
}

/// What a closed server has told that refuses its first pairs with the same words.
fn evidence() -> Evidence {
    let mut evidence = Evidence::new(Probe::Relay);
    let mut parser = ReplyParser::new();
    let after = Millis(50);
    evidence.record(&Observation::Began {
        depth: Depth::Quick,
        hours: 500,
        outcomes: Outcomes::default(),
    });
    evidence.record(&Observation::Opening(Hello::Own));
    let mut octets: &[u8] = b"250-mail.example.org\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
    if let Some(reply) = parser.push(Step::Ehlo, &mut octets) {
        let step = Step::Ehlo;
        evidence.record(&Observation::Reply { step, reply, after });
    }
    for pair in PairId::all().take(9) {
        let mut octets: &[u8] = b"454 4.7.1 <r@sink.example.net>: Relay access denied\r\n";
        let reply = parser.push(Step::Rcpt, &mut octets).unwrap();
        evidence.record(&Observation::Answer {
            pairs: PairSet::of(pair),
            twin: false,
            step: Step::Rcpt,
            outcome: Outcome::RelayDenied,
            reply,
            after,
        });
    }
    evidence.record(&Observation::Matched);
    evidence.record(&Observation::Closed(Ending::InOrder));
    evidence.record(&Observation::Finished(Finish::Tested));
    evidence
}

/// What a proxy has told that forwards pages and nothing else.
fn proxy_evidence() -> Evidence {
    let mut evidence = Evidence::new(Probe::Proxy);
    let denied = Seen::Attempt {
        id: AttemptId::new(Protocol::Connect, 0),
        outcome: proxy::Outcome::Denied,
        code: 403,
        after: Millis(120),
        local: Some([192, 0, 2, 200].into()),
        said_hello: false,
        has_content: false,
        behind: None,
        is_endless: false,
        first: b"HTTP/1.0 403 No\r\n",
    };
    let granted = Seen::Attempt {
        id: AttemptId::new(Protocol::Connect, 1),
        outcome: proxy::Outcome::Granted,
        code: 200,
        after: Millis(300),
        local: Some([192, 0, 2, 200].into()),
        said_hello: false,
        has_content: true,
        behind: Some(proxy::Behind::Page),
        is_endless: false,
        first: b"",
    };
    let returned = Seen::Attempt {
        id: AttemptId::new(Protocol::Get, 1),
        outcome: proxy::Outcome::Returned,
        code: 200,
        after: Millis(200),
        local: Some([192, 0, 2, 200].into()),
        said_hello: false,
        has_content: true,
        behind: None,
        is_endless: false,
        first: b"HTTP/1.0 200 OK\r\n",
    };
    for seen in [
        Seen::Began {
            depth: Depth::Standard,
            hours: 500,
        },
        denied,
        granted,
        Seen::Skipped {
            protocol: Protocol::ConnectSplit,
            why: proxy::Why::SameAnswer,
        },
        returned,
        Seen::Finished(Finish::Settled),
    ] {
        evidence.record(&Observation::Proxy(seen));
    }
    let visit = Sense::Visited(AttemptId::new(Protocol::Get, 1).octet());
    evidence.arrived(visit, [203, 0, 113, 9].into());
    evidence
}
