//! The checks against a simulated resolver, asked by the core's own lookups.

use std::net::SocketAddr;

use host_sim::dns::{Fault, Record as Known, Resolver, Zone};
use probe_core::{
    dialogue::{Dialogue as _, Input, Output, TRANSMIT_OCTETS_MIN, Transport},
    dns::{DNS_PORT, Lookup, Question, RecordType, WireName},
    name::Name,
    path_check::Path,
    time::Instant,
};

use super::*;

/// A resolver that answers, and a sink that is as told.
pub(super) struct Fake {
    pub(super) resolver: Resolver,
    path: Path,
    /// What was called.
    called: Vec<SocketAddr>,
}

impl Fake {
    pub(super) fn new(zone: Zone) -> Self {
        Self {
            resolver: Resolver::new(zone),
            path: Path::Open { visited: true },
            called: Vec::new(),
        }
    }
}

impl Ask for Fake {
    async fn ask(&mut self, name: &str, kind: RecordType) -> Answer {
        let question = Question {
            name: WireName::new(name).unwrap(),
            kind,
        };
        let at = SocketAddr::new([198, 51, 100, 53].into(), DNS_PORT);
        let mut room = vec![0; 4_096];
        let mut lookup = Lookup::<4_096>::keeping(at, question, [7; 16], &mut room);
        let mut now = Instant::BOOT;
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let mut heard = Vec::new();
        let mut transport = Transport::Udp;
        let mut opens = false;
        let mut begun = false;
        loop {
            let generation = lookup.generation();
            let opened = Input::Opened {
                local: at,
                remote: at,
            };
            let input = match (begun, std::mem::take(&mut opens), heard.is_empty()) {
                (false, ..) => Input::Start,
                (_, true, _) => opened,
                (_, _, false) => Input::Received {
                    octets: &heard,
                    source: (transport == Transport::Udp).then_some(at),
                },
                _ => Input::Timeout,
            };
            begun = true;
            let mut said = Vec::new();
            let mut turn = lookup.turn(now, generation, input);
            let until = loop {
                match turn.next(&mut lent) {
                    Output::Open { transport: by, .. } => {
                        transport = by;
                        opens = true;
                    }
                    Output::Transmit { octets, .. } => said = lent[..octets].to_vec(),
                    Output::Wait { until, .. } => break until,
                    Output::Done => return Answer::of(lookup.report().unwrap()),
                    _ => {}
                }
            };
            heard = match (said.is_empty(), transport) {
                (true, _) => Vec::new(),
                (_, Transport::Udp) => {
                    let answer = self.resolver.datagram(&said);
                    answer.map(|(_, octets)| octets).unwrap_or_default()
                }
                _ => {
                    let (_, message) = self.resolver.message(&said[2..]).unwrap();
                    let length = u16::try_from(message.len()).unwrap().to_be_bytes();
                    [&length[..], &message].concat()
                }
            };
            if heard.is_empty() && !opens {
                now = until;
            }
        }
    }

    async fn visit(&mut self, sink: SocketAddr) -> Result<Visit, String> {
        self.called.push(sink);
        Ok(Visit {
            path: self.path,
            greeting: "220 hello".to_owned(),
        })
    }
}

pub(super) fn run<F: Future>(future: F) -> F::Output {
    embassy_futures::block_on(future)
}

fn identity(sink_address: Option<&str>) -> Identity {
    let name = |text| Name::new(text).unwrap();
    Identity {
        helo: name("probe.cert.example"),
        sender_domain: name("cert.example"),
        sink_domain: name("sink.cert.example"),
        sink_address: sink_address.map(|text| text.parse().unwrap()),
        resolver: None,
    }
}

/// Everything in order, without what begins with `without`.
fn zone(without: &str) -> Zone {
    let text = |text: &str| Known::Txt(vec![text.to_owned()]);
    let records = [
        (
            "helo-a",
            "probe.cert.example",
            Known::A([192, 0, 2, 10].into()),
        ),
        (
            "reverse",
            "10.2.0.192.in-addr.arpa",
            Known::Ptr("Probe.cert.example".to_owned()),
        ),
        (
            "mx",
            "sink.cert.example",
            Known::Mx(10, "mx.cert.example".to_owned()),
        ),
        ("mx-a", "mx.cert.example", Known::A([192, 0, 2, 25].into())),
        ("other-text", "cert.example", text("v=spf10 no record")),
        ("spf", "cert.example", text("v=spf1 ip4:192.0.2.10 -all")),
    ];
    let kept = records
        .into_iter()
        .filter(|(label, ..)| without.is_empty() || !label.starts_with(without));
    kept.fold(Zone::new(), |zone, (_, name, record)| {
        zone.with(name, record)
    })
}

fn named(addresses: &[&str]) -> Sources {
    let addresses = addresses.iter().map(|text| text.parse().unwrap());
    Sources::Named(addresses.collect())
}

/// The outcomes of the four, and all that is said.
fn checked(fake: &mut Fake, identity: &Identity, sources: Sources) -> (Vec<Outcome>, Vec<Check>) {
    let site = Site {
        identity,
        is_the_sink: false,
        sources,
    };
    let checks = run(check(&site, fake));
    let outcomes = checks.iter().map(|it| it.outcome).collect();
    (outcomes, checks)
}

use Outcome::{Failed, NotMade, NotNeeded, Passed};

#[test]
fn everything_in_order() {
    for sink_address in [Some("192.0.2.25"), None] {
        let mut fake = Fake::new(zone(""));
        let identity = identity(sink_address);
        let (outcomes, checks) = checked(&mut fake, &identity, named(&["192.0.2.10"]));
        assert_eq!(outcomes, [Passed; 4], "{checks:#?}");
        assert_eq!(fake.called, ["192.0.2.25:25".parse().unwrap()]);
        assert_eq!(worst(&checks), Passed);
        let said: Vec<&str> = checks.iter().map(|it| it.came.as_str()).collect();
        assert_eq!(
            said,
            [
                "probe.cert.example is 192.0.2.10; 192.0.2.10 is called probe.cert.example",
                "sink.cert.example has the MX mx.cert.example, which is 192.0.2.25",
                "pass for 192.0.2.10, by `ip4:192.0.2.10` of cert.example",
                "our sink greets, and took our token: 220 hello",
            ]
        );
    }
}

#[test]
fn what_is_missing_fails_and_the_record_to_add_is_named() {
    for (without, expected, next) in [
        (
            "helo-a",
            [Failed, Passed, Passed, Passed],
            "add the record `probe.cert.example. A 192.0.2.10`",
        ),
        (
            "reverse",
            [Failed, Passed, Passed, Passed],
            "`10.2.0.192.in-addr.arpa. PTR probe.cert.example.`",
        ),
        (
            "mx",
            [Passed, Failed, Passed, Passed],
            "add the record `sink.cert.example. MX 10` with the name of a host with the address 192.0.2.25",
        ),
        (
            "mx-a",
            [Passed, Failed, Passed, Passed],
            "add the record `mx.cert.example. A 192.0.2.25`",
        ),
        (
            "spf",
            [Passed, Passed, Failed, Passed],
            "add the record `cert.example. TXT \"v=spf1 ip4:192.0.2.10 -all\"`",
        ),
    ] {
        let mut fake = Fake::new(zone(without));
        let identity = identity(Some("192.0.2.25"));
        let (outcomes, checks) = checked(&mut fake, &identity, named(&["192.0.2.10"]));
        assert_eq!(outcomes, expected, "without {without}: {checks:#?}");
        let failed = checks.iter().find(|it| it.outcome == Failed).unwrap();
        let said = failed.next.as_deref().unwrap();
        assert!(said.contains(next), "without {without}: {said}");
    }
}

#[test]
fn names_that_lead_elsewhere_fail() {
    let wrong = |name: &str, record: Known| zone("").with(name, record);
    let text = |text: &str| Known::Txt(vec![text.to_owned()]);
    for (place, zone, came) in [
        (
            1,
            zone("mx").with("sink.cert.example", Known::Mx(0, String::new())),
            "takes no mail (null MX)",
        ),
        // A backup may lead elsewhere, one that is tried first may not.
        (
            1,
            wrong(
                "sink.cert.example",
                Known::Mx(5, "elsewhere.example".into()),
            )
            .with("elsewhere.example", Known::A([198, 51, 100, 9].into())),
            "has the MX elsewhere.example, which is 198.51.100.9, not 192.0.2.25",
        ),
        (
            2,
            wrong("cert.example", text("v=spf1 -all")),
            "more than one record that begins with v=spf1",
        ),
        (
            2,
            zone("spf").with("cert.example", text("v=spf1 ip4:192.0.2.11 ~all")),
            "softfail for 192.0.2.10: `~all` of cert.example",
        ),
    ] {
        let mut fake = Fake::new(zone);
        let identity = identity(Some("192.0.2.25"));
        let (outcomes, checks) = checked(&mut fake, &identity, named(&["192.0.2.10"]));
        let mut expected = [Passed; 4];
        expected[place] = Failed;
        assert_eq!(outcomes, expected, "{checks:#?}");
        let said = &checks[place].came;
        assert!(said.contains(came), "{said}");
    }
    // Another of our addresses is nowhere known.
    let mut fake = Fake::new(zone(""));
    let identity = identity(None);
    let sources = named(&["192.0.2.10", "2001:db8::10"]);
    let (outcomes, checks) = checked(&mut fake, &identity, sources);
    assert_eq!(outcomes, [Failed, Passed, Failed, Passed], "{checks:#?}");
    let next = checks[0].next.as_deref().unwrap();
    assert!(
        next.contains("`probe.cert.example. AAAA 2001:db8::10`"),
        "{next}"
    );
    assert!(
        next.contains(".ip6.arpa. PTR probe.cert.example.`"),
        "{next}"
    );
}

#[test]
fn what_nobody_answers_is_not_made_and_not_guessed() {
    for fault in [Fault::Silent, Fault::Fails, Fault::Refuses, Fault::Loops] {
        let mut fake = Fake::new(zone(""));
        fake.resolver.fault = fault;
        let identity = identity(None);
        let (outcomes, checks) = checked(&mut fake, &identity, named(&["192.0.2.10"]));
        assert_eq!(outcomes, [NotMade; 4], "{fault:?}: {checks:#?}");
        assert_eq!(fake.called, [], "nobody knows where the sink is");
    }
    let mut fake = Fake::new(zone(""));
    let identity = identity(Some("192.0.2.25"));
    let sources = Sources::Unknown("nobody knows our address");
    let (outcomes, checks) = checked(&mut fake, &identity, sources);
    assert_eq!(outcomes, [NotMade, Passed, NotMade, Passed]);
    assert_eq!(worst(&checks), NotMade);
    let next = checks[0].next.as_deref().unwrap();
    assert!(next.contains("`addresses = [\"…\"]`"), "{next}");
    // Over TCP the same.
    let mut fake = Fake::new(zone(""));
    fake.resolver.fault = Fault::Truncates;
    let (outcomes, checks) = checked(&mut fake, &identity, named(&["192.0.2.10"]));
    assert_eq!(outcomes, [Passed; 4], "{checks:#?}");
}

#[test]
fn a_sink_that_cannot_be_reached_fails() {
    for (path, outcome, next) in [
        (Path::Open { visited: false }, Passed, ""),
        (Path::Foreign, Failed, "hands mail to a server of its own"),
        (
            Path::NoAnswer,
            Failed,
            "Behind a closed port 25, open relays look closed",
        ),
        (Path::Refused, Failed, "postern sink --listen 192.0.2.25:25"),
        (Path::Unreachable, Failed, "lets no mail out"),
        (Path::TurnedAway(554), Failed, "lets no mail out"),
        (Path::NotSmtp, Failed, "lets no mail out"),
        (Path::Silent, Failed, "lets no mail out"),
        (Path::NotAsked, NotMade, "try again"),
    ] {
        let mut fake = Fake::new(zone(""));
        fake.path = path;
        let identity = identity(None);
        let (outcomes, checks) = checked(&mut fake, &identity, named(&["192.0.2.10"]));
        assert_eq!(outcomes[3], outcome, "{path:?}");
        let said = checks[3].next.as_deref().unwrap_or_default();
        assert!(said.contains(next), "{path:?}: {said}");
    }
}

#[test]
fn a_sink_that_probes_is_where_it_probes_from() {
    let mut fake = Fake::new(zone(""));
    let identity = identity(None);
    let site = |sources| Site {
        identity: &identity,
        is_the_sink: true,
        sources,
    };
    let checks = run(check(&site(named(&["192.0.2.25"])), &mut fake));
    assert_eq!((checks[1].outcome, checks[3].outcome), (Passed, NotNeeded));
    let checks = run(check(&site(named(&["192.0.2.10"])), &mut fake));
    assert_eq!(checks[1].outcome, Failed);
    let came = &checks[1].came;
    assert!(
        came.ends_with("which is 192.0.2.25, not 192.0.2.10"),
        "{came}"
    );
    assert_eq!(fake.called, [], "whoever probes does not call itself");
}
