//! What a server does with a message, and what follows.

use super::*;

#[test]
fn what_a_server_says_at_data_and_after_the_dot_is_told_apart() {
    let say = |text: &'static str| move |_: &Session| Some(Answer::from(text));
    type Row = (&'static str, &'static str, Fate, &'static str);
    let table: &[Row] = &[
        (
            "DATA",
            "554 5.7.1 Relay access denied",
            Fate::RefusedAtData,
            "closed: refused-at-data",
        ),
        (
            "DATA",
            "451 4.3.0 Try again",
            Fate::Deferred,
            "inconclusive: greylisted",
        ),
        (
            "DATA",
            "450 4.2.0 Greylisted",
            Fate::Deferred,
            "inconclusive: greylisted",
        ),
        (
            "DATA",
            "250 2.0.0 Ok",
            Fate::CutOff,
            "suspected: accepts-anything",
        ),
        (
            "DATA",
            "421 4.3.2 Bye",
            Fate::Deferred,
            "inconclusive: greylisted",
        ),
        (
            ".",
            "550 5.7.1 Message refused",
            Fate::RefusedAfterDot,
            "closed: refused-at-data",
        ),
        (
            ".",
            "554 5.7.1 Spam",
            Fate::RefusedAfterDot,
            "closed: refused-at-data",
        ),
        (
            ".",
            "451 4.3.0 Try again",
            Fate::Deferred,
            "inconclusive: greylisted",
        ),
        (
            ".",
            "452 4.3.1 Disk full",
            Fate::Deferred,
            "inconclusive: greylisted",
        ),
        (
            ".",
            "221 2.0.0 Bye",
            Fate::CutOff,
            "suspected: accepts-anything",
        ),
        (
            ".",
            "354 Go on",
            Fate::CutOff,
            "suspected: accepts-anything",
        ),
        (
            ".",
            "250 2.0.0 Ok",
            Fate::Accepted,
            "accepted: nothing-returned",
        ),
    ];
    for (step, reply, fate, expected) in table {
        for offers in [PIPELINING, PLAIN] {
            let tester = allowed();
            let mut server = takes_all(offers, step, say(reply));
            let job = deliver(
                &tester,
                Depth::Quick,
                Network::default(),
                &mut server,
                nothing,
            );
            let told = format!("{step} {reply}\n{}", job.script);
            assert_eq!(job.words(), *expected, "{told}");
            let expected = ["F1/T1", "F2/T1"].map(|pair| (pair.to_string(), *fate));
            assert_eq!(job.deliveries(), expected, "{told}");
            let is_refused = fate.is_refused();
            assert_eq!(
                job.refusals,
                if is_refused { 2 } else { 0 } + cut(*fate),
                "{told}"
            );
            assert!(*step == "." || job.messages.is_empty(), "{told}");
        }
    }
    /// What may have been refused unseen: each message twice.
    fn cut(fate: Fate) -> u8 {
        if fate == Fate::CutOff { 4 } else { 0 }
    }
}

#[test]
fn what_is_put_off_goes_out_again_in_the_same_envelope() {
    let tester = allowed();
    let mut server = takes_all(PIPELINING, ".", |session| {
        (session.now_ms < 1_000_000).then(|| "451 4.7.1 Greylisted".into())
    });
    let job = deliver(
        &tester,
        Depth::Quick,
        Network::default(),
        &mut server,
        all_taken,
    );
    assert_eq!(job.words(), "confirmed: message-returned");
    assert_eq!(job.pauses, [0, 310, 900, 15, 15]);
    assert_eq!(job.messages.len(), 4);
    assert_eq!(job.messages[0], job.messages[1]);
    assert_eq!(job.messages[0], job.messages[2]);
    let envelopes: Vec<_> = job
        .script
        .lines()
        .filter(|line| line.starts_with("C: MAIL FROM:<s") || line.starts_with("C: RCPT TO:<r"))
        .collect();
    assert!(envelopes.len() > 6);
}

#[test]
fn who_puts_off_for_ever_is_asked_four_times_and_once_about_the_other() {
    let tester = allowed();
    let mut server = takes_all(PIPELINING, "DATA", |_| Some("451 Later".into()));
    let job = deliver(
        &tester,
        Depth::Quick,
        Network::default(),
        &mut server,
        nothing,
    );
    let spans = PARKED_FOR.map(|span| span.0 / 1_000);
    assert_eq!(job.pauses, [&[0], &spans[..]].concat());
    let expected = ["F1/T1", "F2/T1"].map(|pair| (pair.to_string(), Fate::Deferred));
    assert_eq!(job.deliveries(), expected);
    assert_eq!(job.script.matches("C: DATA").count(), 5);
}

#[test]
fn an_envelope_that_is_not_taken_any_more_gets_no_message() {
    for (reply, fate) in [
        ("554 5.7.1 Relay access denied", Fate::EnvelopeRefused),
        ("550 5.1.1 No such user", Fate::EnvelopeRefused),
        ("450 4.2.0 Greylisted", Fate::Deferred),
    ] {
        for verb in ["", "EHLO", "MAIL", "RCPT"] {
            let tester = allowed();
            let mut server = counted(PIPELINING, |connection, session| {
                let is_hello = verb == "EHLO" && is_verb(session, "HELO");
                (connection > 1 && (is_hello || is_verb(session, verb))).then(|| reply.into())
            });
            let job = deliver(
                &tester,
                Depth::Quick,
                Network::default(),
                &mut server,
                nothing,
            );
            assert!(
                job.deliveries().iter().all(|(_, of)| *of == fate),
                "{verb} {reply}"
            );
            assert_eq!(job.deliveries().len(), 2, "{verb} {reply}\n{}", job.script);
            assert!(!job.script.contains("C: DATA"));
            assert_eq!(
                job.words(),
                if fate == Fate::Deferred {
                    "inconclusive: greylisted"
                } else {
                    "suspected: accepts-anything"
                }
            );
        }
    }
}

#[test]
fn a_connection_that_ends_is_made_once_more_and_then_nobody_knows() {
    for verb in ["", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        for end in [Answer::Drop, Answer::Reset, Answer::Nothing] {
            let tester = allowed();
            let mut server = counted(PIPELINING, |connection, session| {
                (connection > 1 && is_verb(session, verb)).then(|| end.clone())
            });
            let job = deliver(
                &tester,
                Depth::Quick,
                Network::default(),
                &mut server,
                nothing,
            );
            let told = format!("{verb} {end:?}\n{}", job.script);
            assert_eq!(job.words(), "suspected: accepts-anything", "{told}");
            // The first dot takes all the time that a target gets.
            let takes_all_the_time = verb == "." && end == Answer::Nothing;
            let messages = if takes_all_the_time { 1 } else { 2 };
            assert_eq!(job.deliveries().len(), messages, "{told}");
            assert!(
                job.deliveries()
                    .iter()
                    .all(|(_, fate)| *fate == Fate::CutOff)
            );
            let connections = if takes_all_the_time { 2 } else { 5 };
            assert_eq!(job.connections, connections, "{told}");
        }
    }
    // One that comes back the second time is as good as one that never went.
    let tester = allowed();
    let mut server = counted(PIPELINING, |connection, session| {
        (connection == 2 && session.line == ".").then_some(Answer::Reset)
    });
    let job = deliver(
        &tester,
        Depth::Quick,
        Network::default(),
        &mut server,
        all_taken,
    );
    assert_eq!(job.words(), "confirmed: message-returned");
    assert_eq!(job.connections, 4);
}

#[test]
fn cut_anywhere_a_delivery_accuses_nobody() {
    let tester = allowed();
    let setup = Setup {
        deliver: true,
        ..setup(&tester, Depth::Quick)
    };
    let first = talk_over(Network::default(), setup, &mut open(PIPELINING));
    let again = Setup {
        resume: Some(first.parked.unwrap().1),
        ..setup
    };
    let whole = talk_over(Network::default(), again, &mut open(PIPELINING));
    assert!(whole.parked.is_some());
    for octets_max in 0..whole.octets {
        let network = Network {
            octets_max,
            ..Network::default()
        };
        let talk = talk_over(network, again, &mut open(PIPELINING));
        let fates = talk.evidence.proof().deliveries();
        let has_accepted = fates.iter().any(|of| of.fate == Fate::Accepted);
        assert_eq!(
            talk.parked.is_some(),
            has_accepted,
            "{octets_max}\n{}",
            talk.script()
        );
        assert!(
            ["accepted: nothing-returned", "suspected: accepts-anything"]
                .contains(&talk.words().as_str())
        );
        assert_eq!(has_accepted, talk.words().starts_with("accepted"));
    }
    for piece in [1, 2, 7] {
        let network = Network {
            piece,
            ..Network::default()
        };
        let talk = talk_over(network, again, &mut open(PIPELINING));
        assert_eq!(talk.evidence, whole.evidence);
        assert_eq!(talk.messages, whole.messages);
    }
}

#[test]
fn who_does_not_answer_any_more_gets_no_other_message() {
    let tester = allowed();
    let network = Network {
        opens: &[
            None,
            Some(OpenFailure::Refused),
            Some(OpenFailure::NoAnswer),
        ],
        ..Network::default()
    };
    let mut server = takes_all(PIPELINING, "DATA", |_| Some("554 No".into()));
    let job = deliver(&tester, Depth::Quick, network, &mut server, nothing);
    let fates: Vec<_> = job.deliveries().into_iter().map(|(_, fate)| fate).collect();
    assert_eq!(fates, [Fate::RefusedAtData, Fate::CutOff], "{}", job.script);
    assert_eq!(job.words(), "suspected: accepts-anything");
}

#[test]
fn refusals_are_held_against_the_scope() {
    let tester = allowed();
    let mut server = takes_all(PIPELINING, "DATA", |_| Some("554 No".into()));
    for refusals_max in 1..6 {
        let setup = Setup {
            deliver: true,
            refusals_max,
            ..setup(&tester, Depth::Full)
        };
        let first = talk_over(Network::default(), setup, &mut server);
        let Some((_, parked)) = first.parked else {
            continue;
        };
        let again = Setup {
            resume: Some(parked),
            refusals_max: 1,
            ..setup
        };
        let talk = talk_over(Network::default(), again, &mut server);
        assert_eq!(talk.refusals, 1);
        assert_eq!(talk.evidence.proof().deliveries().len(), 1);
    }
}
