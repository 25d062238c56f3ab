//! A resolver's octets by hand, and what the core's lookup makes of each fault.

use super::*;
use probe_core::{
    dialogue::{Dialogue, Input, Output, TRANSMIT_OCTETS_MIN, Transport},
    dns::{Data, Lookup, Outcome, Question, RecordType, WireName, lookup::ANSWER_MS_MAX},
    time::{Instant, Millis},
};

fn zone() -> Zone {
    let text = || Record::Txt(vec!["a".repeat(100); 2]);
    (0..7)
        .fold(Zone::new(), |zone, _| zone.with("text.example", text()))
        .with("mail.example", Record::A([192, 0, 2, 25].into()))
        .with(
            "mail.example",
            Record::Aaaa("2001:db8::25".parse().unwrap()),
        )
        .with("example", Record::Mx(10, "mail.example".into()))
        .with("www.example", Record::Cname("mail.example".into()))
        .with_reverse([192, 0, 2, 25].into(), "mail.example")
        .with_list("bl.example")
        .with_listing(
            "bl.example",
            [192, 0, 2, 25].into(),
            [127, 0, 0, 5].into(),
            Some("open relay"),
        )
}

#[test]
fn an_answer_octet_for_octet() {
    let resolver = Resolver::new(Zone::new().with("a.b", Record::A([192, 0, 2, 1].into())));
    let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01A\x01b\0\0\x01\0\x01";
    let answer = b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0\x01A\x01b\0\0\x01\0\x01\
        \x01A\x01b\0\0\x01\0\x01\0\0\x01\x2c\0\x04\xc0\0\x02\x01";
    assert_eq!(
        resolver.datagram(query),
        Some((Duration::ZERO, answer.to_vec()))
    );
}

/// Drives a lookup against `resolver`, in virtual time.
fn asked(resolver: &Resolver, name: &str, kind: RecordType) -> (Outcome, String) {
    let endpoint: SocketAddr = "198.51.100.53:53".parse().unwrap();
    let question = Question {
        name: WireName::new(name).unwrap(),
        kind,
    };
    let mut room = [0; 512];
    let mut lookup = Lookup::new(endpoint, question, [0x5a; 16], &mut room);
    let mut now = Instant::BOOT;
    let mut said: Option<(Transport, Vec<u8>)> = None;
    let mut transport = Transport::Udp;
    let mut opens = false;
    loop {
        let generation = lookup.generation();
        let input = match &said {
            _ if now == Instant::BOOT => Input::Start,
            _ if opens => Input::Opened {
                local: endpoint,
                remote: endpoint,
            },
            Some((Transport::Udp, octets)) => Input::Received {
                octets,
                source: Some(endpoint),
            },
            Some((_, octets)) => Input::Received {
                octets,
                source: None,
            },
            None => Input::Timeout,
        };
        now = now + Millis(1);
        let heard = said.clone();
        opens = false;
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let mut query = None;
        let mut turn = lookup.turn(now, generation, input);
        let until = loop {
            match turn.next(&mut lent) {
                Output::Open {
                    transport: asked, ..
                } => {
                    transport = asked;
                    opens = true;
                }
                Output::Transmit { octets, .. } => query = Some(lent[..octets].to_vec()),
                Output::Wait { until, .. } => break Some(until),
                Output::Done => break None,
                _ => {}
            }
        };
        drop(heard);
        let Some(until) = until else {
            break;
        };
        said = query.and_then(|query| {
            let (delay, octets) = match transport {
                Transport::Udp => resolver.datagram(&query)?,
                _ => {
                    let (delay, message) = resolver.message(&query[2..])?;
                    let length = (message.len() as u16).to_be_bytes();
                    (delay, [&length[..], &message].concat())
                }
            };
            let delay = Millis(delay.as_millis() as u64);
            (now + delay < until).then_some((transport, octets))
        });
        if said.is_none() && !opens {
            now = until;
        }
    }
    let report = lookup.report().unwrap();
    let answers: Vec<_> = report
        .answers
        .iter()
        .map(|data| match data {
            Data::Txt(strings) => {
                let strings: Vec<_> = strings.iter().map(String::from_utf8_lossy).collect();
                strings.concat()
            }
            data => format!("{data:?}"),
        })
        .collect();
    (report.outcome, answers.join(" "))
}

#[test]
fn what_the_zone_says() {
    let resolver = Resolver::new(zone());
    let long = "a".repeat(200);
    // Of the second record as much as there is room for.
    let text = format!("{long} {}", "a".repeat(320 - 204 - 2 - 2));
    for (name, kind, outcome, answers) in [
        (
            "mail.example",
            RecordType::A,
            Outcome::Answers,
            "A(192.0.2.25)",
        ),
        (
            "MAIL.example",
            RecordType::AAAA,
            Outcome::Answers,
            "Aaaa(2001:db8::25)",
        ),
        (
            "example",
            RecordType::MX,
            Outcome::Answers,
            "Mx { preference: 10, exchange: mail.example. }",
        ),
        (
            "www.example",
            RecordType::A,
            Outcome::Answers,
            "A(192.0.2.25)",
        ),
        (
            "25.2.0.192.in-addr.arpa",
            RecordType::PTR,
            Outcome::Answers,
            "Ptr(mail.example.)",
        ),
        (
            "25.2.0.192.bl.example",
            RecordType::A,
            Outcome::Answers,
            "A(127.0.0.5)",
        ),
        (
            "25.2.0.192.bl.example",
            RecordType::TXT,
            Outcome::Answers,
            "open relay",
        ),
        (
            "2.0.0.127.bl.example",
            RecordType::A,
            Outcome::Answers,
            "A(127.0.0.2)",
        ),
        (
            "1.0.0.127.bl.example",
            RecordType::A,
            Outcome::NoSuchName,
            "",
        ),
        ("0.0.127.bl.example", RecordType::A, Outcome::NoData, ""),
        ("mail.example", RecordType::MX, Outcome::NoData, ""),
        // Over TCP.
        (
            "text.example",
            RecordType::TXT,
            Outcome::Answers,
            text.as_str(),
        ),
    ] {
        assert_eq!(
            asked(&resolver, name, kind),
            (outcome, answers.to_owned()),
            "{name}"
        );
    }
}

#[test]
fn what_becomes_of_a_lookup_under_each_fault() {
    let found = (Outcome::Answers, "A(192.0.2.25)");
    let silence = (Outcome::NoAnswer, "");
    let too_slow = ANSWER_MS_MAX.iter().map(|span| span.0).max().unwrap();
    for (fault, (outcome, answers)) in [
        (Fault::None, found),
        (Fault::Silent, silence),
        (Fault::Truncates, found),
        (Fault::LyingIds, silence),
        (Fault::WrongQuestion, silence),
        (Fault::LowersCase, found),
        (
            Fault::Loops,
            (Outcome::Malformed(probe_core::dns::Malformed::Pointer), ""),
        ),
        (Fault::NoName, (Outcome::NoSuchName, "")),
        (Fault::Wildcard, (Outcome::Answers, "A(127.0.0.2)")),
        (Fault::Rewrites, found),
        (Fault::Refuses, (Outcome::Refused, "")),
        (
            Fault::Fails,
            (
                Outcome::Failed(probe_core::dns::ResponseCode::ServerFailure),
                "",
            ),
        ),
        (Fault::Slow(Duration::from_millis(3_000)), found),
        (Fault::Slow(Duration::from_millis(too_slow + 1)), silence),
    ] {
        let resolver = Resolver::new(zone()).with(fault);
        let said = asked(&resolver, "mail.example", RecordType::A);
        assert_eq!(said, (outcome, answers.to_owned()), "{fault:?}");
    }
    let portal = Resolver::new(zone()).with(Fault::Rewrites);
    let said = asked(&portal, "nobody.example", RecordType::A);
    assert_eq!(said, (Outcome::Answers, "A(203.0.113.99)".to_owned()));
}
