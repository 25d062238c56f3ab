//! What a closed target costs.

use super::*;
use crate::{
    dns,
    dnsbl::{
        self,
        fixture::{report, zone},
    },
    evidence::{DnsblEvidence, Ending, Finish, Observation, ProxyEvidence, RelayEvidence},
    finding::{CLOSED_FINDING_OCTETS_MAX, Finding},
    frame::{ToHost, decode_message},
    proxy::{self, AttemptId, FIRST_OCTETS_MAX, PLACES, PROTOCOLS},
    relay::{Hello, Outcome, Outcomes, PairId, PairSet, Syntax},
    scope::{Depth, fixture},
    smtp::{Reply, ReplyParser, Step},
    time::{Millis, Utc},
    verdict::{Kind, judge},
};

/// What a job costs that has tried every protocol with both ports at full depth.
const CLOSED_PROXY_OCTETS_MAX: usize = 320;
/// What eight lists with the longest names cost.
const CLOSED_LISTS_OCTETS_MAX: usize = 640;

/// What a closed server says at each step.
struct Server {
    name: &'static str,
    greeting: &'static str,
    ehlo: &'static str,
    refusal: fn(PairId) -> (&'static str, Outcome),
    refusals_of_a_connection: usize,
}

const SERVERS: [Server; 2] = [
    Server {
        name: "postfix",
        greeting: "220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n",
        ehlo: "250-mail.example.org\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n\
               250-ETRN\r\n250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n\
               250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n",
        refusal: |_| {
            let reply = "454 4.7.1 <raaaaaaaabaaaaaa@sink.example.net>: Relay access denied\r\n";
            (reply, Outcome::RelayDenied)
        },
        refusals_of_a_connection: 9,
    },
    Server {
        name: "exim",
        greeting: "220 mail.example.org ESMTP Exim 4.96 Sat, 21 Nov 2026 01:00:00 +0000\r\n",
        ehlo: "250-mail.example.org Hello probe.cert.example.org [192.0.2.1]\r\n\
               250-SIZE 52428800\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-PIPECONNECT\r\n\
               250-CHUNKING\r\n250-STARTTLS\r\n250-PRDR\r\n250 HELP\r\n",
        refusal: |pair| match pair.pair().syntax() {
            Syntax::Broken => (
                "501 <raaaaaaaabaaaaaa@>: malformed address: > may not follow <r\r\n",
                Outcome::RecipientRefused,
            ),
            _ if pair.index() % 3 == 2 => (
                "550 restricted characters in address\r\n",
                Outcome::RecipientRefused,
            ),
            _ => ("550 relay not permitted\r\n", Outcome::RelayDenied),
        },
        refusals_of_a_connection: 9,
    },
];

#[test]
fn a_closed_target_is_cheap_at_every_depth() {
    for server in &SERVERS {
        for depth in [Depth::Quick, Depth::Standard, Depth::Full] {
            let evidence = closed(server, depth);
            let (octets, finding) = recorded(depth, &evidence.clone().into());
            let told = finding.evidence.relay().unwrap();
            let place = format!("{} {}", server.name, depth.as_str());
            assert!(
                octets <= CLOSED_FINDING_OCTETS_MAX,
                "{place}: {octets} octets"
            );
            assert_eq!(finding.verdict.kind, Kind::Closed, "{place}");
            assert_eq!(judge(&finding.evidence), finding.verdict, "{place}");
            for pair in PairId::all() {
                assert_eq!(told.outcome(pair), evidence.outcome(pair), "{place}");
                assert_eq!(told.reply(pair), evidence.reply(pair), "{place}");
            }
            let (deciding, _) = (server.refusal)(PairId::DECIDING);
            let mut lines = told.lines();
            assert!(
                lines.any(|line| line.text == deciding.trim_end().as_bytes()),
                "{place}: the reply that decides is not there"
            );
        }
    }
}

#[test]
fn what_has_nothing_to_shorten_may_cost_more_when_closed() {
    let address = "2001:db8:1234:5678:9abc:def0:1234:5678".parse().unwrap();
    for (depth, octets_max) in [
        (Depth::Standard, CLOSED_FINDING_OCTETS_MAX),
        (Depth::Full, CLOSED_PROXY_OCTETS_MAX),
    ] {
        let mut proxies = ProxyEvidence::default();
        let mut seen = |seen| proxies.record(&Observation::Proxy(seen));
        seen(proxy::Seen::Began { depth, hours: 500 });
        let places = if depth == Depth::Full { PLACES } else { 1 };
        let asked =
            PROTOCOLS.map(|protocol| (0..places).map(move |at| AttemptId::new(protocol, at)));
        for id in asked.into_iter().flatten().chain([AttemptId::CONTROL]) {
            seen(proxy::Seen::Attempt {
                id,
                outcome: proxy::Outcome::NoProxy,
                code: 405,
                after: Millis(20_000),
                local: Some(address),
                said_hello: false,
                has_content: false,
                behind: None,
                is_endless: false,
                first: &[b'x'; FIRST_OCTETS_MAX],
            });
        }
        seen(proxy::Seen::Finished(Finish::Tested));
        let (octets, finding) = recorded(depth, &Evidence::Proxy(proxies.clone()));
        assert_eq!(finding.verdict.kind, Kind::Closed);
        assert!(octets <= octets_max, "{}: {octets} octets", depth.as_str());
        let told = finding.evidence.proxy().unwrap();
        assert_eq!(told.attempts(), proxies.attempts());
    }
    let label = "x".repeat(60);
    let zones: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h"]
        .map(|first| zone(&format!("{first}{label}.de")))
        .into();
    let mut lists = DnsblEvidence::default();
    let mut seen = |seen| lists.record(&Observation::Dnsbl(seen));
    seen(dnsbl::Seen::Began {
        zones: &zones,
        hours: 500,
    });
    let report = report(dns::Outcome::NoSuchName, "");
    for (place, zone) in (0..).zip(&zones) {
        seen(dnsbl::Seen::Answered {
            place,
            zone,
            report: &report,
        });
    }
    seen(dnsbl::Seen::Finished(Finish::Tested));
    let (octets, finding) = recorded(Depth::Standard, &Evidence::Dnsbl(lists));
    assert_eq!(finding.verdict.kind, Kind::Closed);
    assert!(octets <= CLOSED_LISTS_OCTETS_MAX, "lists: {octets} octets");
}

/// What the host gets for `evidence`, and in how many octets; all numbers are long ones.
fn recorded(depth: Depth, evidence: &Evidence) -> (usize, Finding) {
    let mut prober = Prober::new(DeviceId::default(), 40_000);
    let mut scope = fixture::scope(&["2001:db8::/32"]);
    scope.depth = depth;
    let now = Instant::from_millis(3_000_000_000);
    prober.anchor = Some(Anchor {
        at: now,
        utc: Utc(10_000),
    });
    let digest = ScopeDigest::of(&scope);
    prober.heard_scope(now, &scope, digest);
    (prober.scan, prober.phase) = (Some(ScanId(1)), Phase::Running);
    let suspect = Suspect {
        address: "2001:db8:1234:5678:9abc:def0:1234:5678".parse().unwrap(),
        port: 25,
        names: heapless::Vec::new(),
    };
    assert!(prober.take_suspect(now, 0, &suspect, 0));
    let Next::Job(job) = prober.next(now) else {
        panic!("no job");
    };
    prober.finish(now, &job, evidence).unwrap();
    let octets: Vec<u8> = prober.outbox.sending_octets(0).collect();
    match decode_message(&octets) {
        Some(ToHost::Finding(finding)) => (octets.len(), finding),
        other => panic!("no finding but {other:?}"),
    }
}

fn closed(server: &Server, depth: Depth) -> RelayEvidence {
    let mut evidence = RelayEvidence::default();
    evidence.record(&Observation::Began {
        depth,
        hours: 500,
        outcomes: Outcomes::default(),
    });
    let mut parser = ReplyParser::new();
    let mut refusals = server.refusals_of_a_connection;
    for pair in PairId::all().filter(|pair| pair.pair().least <= depth) {
        if refusals == server.refusals_of_a_connection {
            evidence.record(&Observation::Opening(Hello::Own));
            for (step, text) in [(Step::Greeting, server.greeting), (Step::Ehlo, server.ehlo)] {
                say(&mut parser, step, text, |reply, after| {
                    evidence.record(&Observation::Reply { step, reply, after });
                });
            }
            refusals = 0;
        }
        let (text, outcome) = (server.refusal)(pair);
        let step = Step::Rcpt;
        say(&mut parser, step, text, |reply, after| {
            evidence.record(&Observation::Answer {
                pairs: PairSet::of(pair),
                twin: false,
                step,
                outcome,
                reply,
                after,
            });
        });
        refusals += 1;
        if refusals == server.refusals_of_a_connection {
            evidence.record(&Observation::Matched);
            evidence.record(&Observation::Closed(Ending::InOrder));
        }
    }
    evidence.record(&Observation::Finished(Finish::Tested));
    evidence
}

fn say(parser: &mut ReplyParser, step: Step, text: &str, mut heard: impl FnMut(Reply<'_>, Millis)) {
    let mut octets = text.as_bytes();
    let reply = parser.push(step, &mut octets).unwrap();
    heard(reply, Millis(50));
}
