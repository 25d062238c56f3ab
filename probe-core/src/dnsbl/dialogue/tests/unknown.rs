//! Lists, and resolvers, that cannot be believed: nobody is listed by them.

use super::*;

const V4: &str = "198.51.100.7";

/// What a list says of its test addresses, where that is not as it must be.
#[test]
fn a_list_that_fails_its_check_is_not_asked_about_the_target() {
    let no_answer = "silence
        C: 2.0.0.127.a.example A
        S: silence
        C: 2.0.0.127.a.example A
        S: silence";
    let says = |listed: &str, not_listed: Option<&str>, unknown: &str| {
        let asked_too = not_listed.map_or(String::new(), |answer| {
            format!("C: 1.0.0.127.a.example A\nS: {answer}\n")
        });
        Play::of(V4, &["a.example"]).plays(&format!(
            "C: 2.0.0.127.a.example A
            S: {listed}
            {asked_too}Z: a.example unknown {unknown}
            V: inconclusive lists-unknown"
        ));
    };
    for (listed, not_listed, unknown) in [
        // Dead, and emptied.
        ("NXDOMAIN", None, "must-be-listed test-not-listed"),
        // Wildcarded: it answers for the whole Internet.
        (
            "127.0.0.2",
            Some("127.0.0.2"),
            "must-not-be-listed lists-everything 127.0.0.2",
        ),
        (
            "alias 127.0.0.2",
            Some("alias 127.0.0.2"),
            "must-not-be-listed lists-everything 127.0.0.2",
        ),
        // A rewriting resolver, or a domain that was sold.
        ("192.0.2.80", None, "must-be-listed rewritten 192.0.2.80"),
        (
            "127.0.0.2",
            Some("192.0.2.80"),
            "must-not-be-listed rewritten 192.0.2.80",
        ),
        // It does not answer us.
        (
            "127.255.255.254",
            None,
            "must-be-listed error-code 127.255.255.254",
        ),
        ("127.0.0.255", None, "must-be-listed error-code 127.0.0.255"),
        (
            "127.0.0.1",
            Some("127.0.0.1"),
            "must-not-be-listed error-code 127.0.0.1",
        ),
        (
            "127.0.0.2",
            Some("127.255.255.255"),
            "must-not-be-listed error-code 127.255.255.255",
        ),
        // Nothing that can be understood.
        ("NODATA", None, "must-be-listed no-data"),
        ("127.0.0.2", Some("NODATA"), "must-not-be-listed no-data"),
        ("SERVFAIL", None, "must-be-listed server-failure"),
        (
            "127.0.0.2",
            Some("SERVFAIL"),
            "must-not-be-listed server-failure",
        ),
        ("REFUSED", None, "must-be-listed refused"),
        (no_answer, None, "must-be-listed no-answer"),
    ] {
        says(listed, not_listed, unknown);
    }
}

/// What a list in order may say of the target all the same.
#[test]
fn an_answer_about_the_target_that_is_none() {
    for (answer, unknown) in [
        ("127.255.255.255", "error-code 127.255.255.255"),
        ("127.0.0.1", "error-code 127.0.0.1"),
        ("127.0.0.9 127.255.255.254", "error-code 127.255.255.254"),
        ("192.0.2.80", "rewritten 192.0.2.80"),
        ("127.0.0.9 192.0.2.80", "rewritten 192.0.2.80"),
        ("NODATA", "no-data"),
        ("SERVFAIL", "server-failure"),
        ("REFUSED", "refused"),
    ] {
        Play::of(V4, &["a.example"]).plays(&format!(
            "C: 2.0.0.127.a.example A
            S: 127.0.0.2
            C: 1.0.0.127.a.example A
            S: NXDOMAIN
            C: 7.100.51.198.a.example A
            S: {answer}
            Z: a.example unknown address {unknown}
            V: inconclusive lists-unknown"
        ));
    }
}

#[test]
fn a_list_that_says_enough_is_left_alone_for_an_hour() {
    let play = Play::of(V4, &["a.example"]);
    let first = play.plays(
        "
        C: 2.0.0.127.a.example A
        S: 127.0.0.2
        C: 1.0.0.127.a.example A
        S: NXDOMAIN
        C: 7.100.51.198.a.example A
        S: 127.255.255.255
        Z: a.example unknown address error-code 127.255.255.255
        V: inconclusive lists-unknown
        ",
    );
    play.later(&first, Millis::from_mins(59)).plays(
        "
        Z: a.example unknown address error-code 127.255.255.255
        V: inconclusive lists-unknown
        ",
    );
}

#[test]
fn a_check_that_failed_for_a_while_is_made_again_by_a_later_job() {
    let play = Play::of(V4, &["a.example"]);
    let first = play.plays(
        "
        C: 2.0.0.127.a.example A
        S: SERVFAIL
        Z: a.example unknown must-be-listed server-failure
        V: inconclusive lists-unknown
        ",
    );
    // At once it would be the same.
    let play = play.later(&first, Millis::from_secs(30));
    let second = play.plays(
        "
        Z: a.example unknown must-be-listed server-failure
        V: inconclusive lists-unknown
        ",
    );
    play.later(&second, Millis::from_secs(30)).plays(
        "
        C: 2.0.0.127.a.example A
        S: 127.0.0.2
        C: 1.0.0.127.a.example A
        S: NXDOMAIN
        C: 7.100.51.198.a.example A
        S: NXDOMAIN
        Z: a.example not-listed
        V: closed not-listed
        ",
    );
}

#[test]
fn an_answer_that_was_cut_and_does_not_come_over_tcp_either() {
    let refused = Play::of(V4, &["a.example"]).plays(
        "
        C: 2.0.0.127.a.example A
        S: TC
        X: refused
        Z: a.example unknown must-be-listed no-answer
        V: inconclusive lists-unknown
        ",
    );
    assert_eq!(refused.ids.len(), 1);
    // Longer than there is room for: one of the records that were not seen may be an error.
    let many: Vec<_> = (0..40).map(|host| format!("127.0.2.{host}")).collect();
    Play::of(V4, &["a.example"]).plays(&format!(
        "C: 2.0.0.127.a.example A
        S: TC
        C: tcp 2.0.0.127.a.example A
        S: {}
        Z: a.example unknown must-be-listed too-long
        V: inconclusive lists-unknown",
        many.join(" ")
    ));
}

#[test]
fn when_this_device_cannot_ask() {
    Play::of(V4, &["a.example", "b.example"]).plays(
        "
        X: no-slot
        P: 1000
        X: no-slot
        P: 1000
        X: no-slot
        X: unreachable
        Z: a.example unknown must-be-listed could-not-ask
        Z: b.example unknown must-be-listed could-not-ask
        V: inconclusive lists-unknown
        ",
    );
    // The guard ends the scan.
    Play::of(V4, &["a.example", "b.example"]).plays(
        "
        X: out-of-scope
        Z: a.example not-asked
        Z: b.example not-asked
        V: inconclusive limit-reached
        ",
    );
}

#[test]
fn without_a_list() {
    Play::of(V4, &[]).plays("V: inconclusive lists-unknown");
}

#[test]
fn what_comes_late_counts_for_nothing() {
    let zone = fixture::zone("a.example");
    let mut message = [0; MESSAGE_OCTETS];
    let setup = Setup {
        target: Target::admitted(V4.parse().unwrap(), 0),
        resolver: RESOLVER.parse().unwrap(),
        zones: core::slice::from_ref(&zone),
        spacing: Millis(0),
        hours: 3,
        healths: Healths::new(),
        seed: [7; 16],
    };
    let mut on = On::new(
        DnsblDialogue::new(setup, &mut message),
        Instant::BOOT,
        "C: 2.0.0.127.a.example A\nC: 1.0.0.127.a.example A",
    );
    on.turn(Input::Start);
    on.opens();
    let (first, query) = (on.dialogue.generation(), on.query.clone());
    let source = Some(RESOLVER.parse().unwrap());
    let (yes, no) = (
        answer_to(&query, "127.0.0.2"),
        answer_to(&query, "NXDOMAIN"),
    );
    on.turn(Input::Received {
        octets: &yes,
        source,
    });
    on.opens();
    let second = on.dialogue.generation();
    assert_ne!(first, second);
    // The first question's answer again, by its own socket and by the next one's.
    for (generation, octets) in [(first, &yes), (first, &no), (second, &yes), (second, &no)] {
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let late = Input::Received { octets, source };
        let mut turn = on.dialogue.turn(Instant::BOOT, generation, late);
        assert!(matches!(turn.next(&mut lent), Output::Wait { .. }));
    }
}
