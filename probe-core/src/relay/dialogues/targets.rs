//! Targets that are reached in another way: through TLS, by IPv6, with names that are too long.

use super::{
    DEPTHS, outcome_of,
    servers::{SERVERS, closed_550, say},
};
use crate::{
    evidence::Notes,
    name::Name,
    relay::{
        Outcome, Recipient, Sender, Setup,
        peer::{Network, Peer, setup, talk_over, tester},
    },
    scope::Depth,
    target::Target,
};

/// Wants TLS before MAIL; behind it, relays for anyone or for nobody.
fn wants_tls_and(relays: bool, offers: &'static [&'static str]) -> Peer<'static> {
    Peer::new(
        "220 mail.example.org ESMTP",
        offers,
        move |session| match session.line.split(' ').next()? {
            "STARTTLS" => say("220 2.0.0 Ready to start TLS"),
            "MAIL" if !session.is_secured => say("530 5.7.0 Must issue a STARTTLS command first"),
            "RCPT" if !session.is_secured => say("503 5.5.1 need MAIL"),
            "RCPT" if !relays && session.to != "<postmaster>" => say("550 5.7.1 Relaying denied"),
            _ => None,
        },
    )
}

#[test]
fn behind_tls_the_battery_goes_on() {
    let tester = tester();
    let network = Network {
        tls: true,
        ..Network::default()
    };
    for offers in [&["PIPELINING", "STARTTLS"][..], &["STARTTLS"]] {
        for depth in DEPTHS {
            for (relays, expected) in [
                (true, "suspected: accepts-anything"),
                (false, "closed: relay-denied"),
            ] {
                // The refusals of the first connection only say that TLS is wanted.
                let setup = Setup {
                    refusals_max: 60,
                    ..setup(&tester, depth)
                };
                let talk = talk_over(network, setup, &mut wants_tls_and(relays, offers));
                let place = format!("{offers:?}, {}\n{}", depth.as_str(), talk.script());
                assert!(talk.evidence.notes().contains(Notes::SECURED), "{place}");
                let behind = talk
                    .script
                    .iter()
                    .skip_while(|line| *line != "S: 220 2.0.0 Ready to start TLS")
                    .nth(1);
                assert_eq!(
                    behind.map(String::as_str),
                    Some("C: EHLO probe.example.net"),
                    "{place}"
                );
                assert_eq!(talk.words(), expected, "{place}");
            }
        }
    }
}

#[test]
fn by_ipv6_the_verdicts_are_the_same_and_literals_have_their_tag() {
    let tester = tester();
    let address = "2001:db8::25".parse().unwrap();
    for (name, build, expected) in SERVERS {
        for (depth, expected) in DEPTHS.into_iter().zip(expected) {
            let setup = Setup {
                target: Target::admitted(address, 25),
                ..setup(&tester, depth)
            };
            let talk = talk_over(Network::default(), setup, &mut build());
            assert_eq!(talk.words(), *expected, "{name}\n{}", talk.script());
        }
    }
    let setup = Setup {
        target: Target::admitted(address, 25),
        ..setup(&tester, Depth::Full)
    };
    let talk = talk_over(Network::default(), setup, &mut closed_550());
    for line in [
        "C: EHLO [IPv6:2001:db8::25]",
        "C: MAIL FROM:<s@[IPv6:2001:db8::25]>",
        "C: RCPT TO:<r%sink.example@[IPv6:2001:db8::25]>",
        "C: RCPT TO:<@[IPv6:2001:db8::25]:r@sink.example>",
    ] {
        assert!(
            talk.script.iter().any(|said| said == line),
            "{line}\n{}",
            talk.script()
        );
    }
}

#[test]
fn what_would_be_too_long_is_told_and_not_sent() {
    let mut tester = tester();
    tester.identity.sink_domain = Name::new(&format!("{}.example", "s".repeat(50))).unwrap();
    let talk = talk_over(
        Network::default(),
        setup(&tester, Depth::Full),
        &mut closed_550(),
    );
    for recipient in [Recipient::T3, Recipient::T7, Recipient::T21, Recipient::T23] {
        assert_eq!(
            outcome_of(&talk, Sender::F1, recipient),
            Outcome::TooLong,
            "{recipient:?}"
        );
    }
    for recipient in [Recipient::T1, Recipient::T12] {
        assert_eq!(
            outcome_of(&talk, Sender::F1, recipient),
            Outcome::RelayDenied,
            "{recipient:?}"
        );
    }
    assert!(!talk.script.iter().any(|line| line.contains("<r%")));
    assert_eq!(talk.words(), "closed: relay-denied");
}
