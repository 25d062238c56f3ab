//! What a message is sent in, and what it is not sent in.

use super::*;

#[test]
fn nothing_is_sent_without_permission() {
    // The server takes everything under the target's names, and nothing else.
    let trusts_its_names = |session: &Session| {
        let is_theirs = session.from.contains("example.org>") || session.hello == "localhost";
        (is_rcpt(session) && !is_theirs && !session.to.contains("postmaster"))
            .then(|| Answer::from("554 5.7.1 Relay access denied"))
    };
    let names = [name("example.org")];
    for bits in 0..8_u8 {
        let mut tester = tester();
        tester.delivery = scope::Delivery {
            allowed: bits & 1 != 0,
            forged_senders: bits & 2 != 0,
            second_recipients: bits & 4 != 0,
        };
        let mut server = Peer::new(
            "220 mail.example.org ESMTP Postfix",
            PIPELINING,
            trusts_its_names,
        );
        let job = deliver_with(
            Setup {
                names: &names,
                ..setup(&tester, Depth::Full)
            },
            &mut server,
            nothing,
        );
        let may = tester.delivery.allowed && tester.delivery.forged_senders;
        assert_eq!(
            !job.messages.is_empty(),
            may,
            "{:?}\n{}",
            tester.delivery,
            job.script
        );
        assert_eq!(job.script.contains("C: DATA"), may);
        for (form, _) in job.deliveries() {
            assert!(
                ["F3/T1", "F7/T1", "F12 F1/T1"].contains(&form.as_str()),
                "{form}"
            );
        }
    }
    let tester = tester();
    let talk = talk_over(
        Network::default(),
        Setup {
            deliver: true,
            ..setup(&tester, Depth::Full)
        },
        &mut open(PIPELINING),
    );
    assert!(talk.parked.is_none(), "the scope does not allow it");
    let tester = allowed();
    let talk = talk_over(
        Network::default(),
        setup(&tester, Depth::Full),
        &mut open(PIPELINING),
    );
    assert!(talk.parked.is_none(), "the scan does not want it");
}

/// The server takes T1 under any of its names, says this one in its greeting, and another one from the
/// second connection on.
fn greets_as(first: &'static str, later: &'static str) -> Peer<'static> {
    counted(PLAIN, move |connection, session| {
        let greeting = if connection == 1 { first } else { later };
        if session.line.is_empty() {
            return Some(format!("220 {greeting} ESMTP").as_str().into());
        }
        let is_ours = session.from.contains("probe.example.net");
        let is_theirs = !is_ours && session.from.contains('.') && !session.from.contains('[');
        let is_t1 = session.to.ends_with("@sink.example>") && !session.to.contains(':');
        (is_rcpt(session) && !(is_theirs && is_t1)).then(|| "554 5.7.1 Relay access denied".into())
    })
}

#[test]
fn under_a_name_that_only_the_target_claims_no_message_goes_out() {
    let list = |names: &[&str]| names.iter().map(|it| name(it)).collect::<Vec<_>>();
    let reverse = name("victim.example");
    type Case<'a> = (&'a [&'a str], Option<&'a Name>, &'static str, &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        // Whoever greets so need not be so.
        (&[], None, "mail.victim.example", &[]),
        (&[], Some(&reverse), "mail.victim.example", &[]),
        (&[], Some(&reverse), "localhost", &[]),
        (
            &["example.org"],
            None,
            "mail.victim.example",
            &["<s@example.org>", "<postmaster@example.org>"],
        ),
        (
            &["example.org"],
            Some(&reverse),
            "badexample.org",
            &["<s@example.org>", "<postmaster@example.org>"],
        ),
        // The list vouches for a domain and what lies below it, by whichever slot the name comes.
        (
            &["example.org"],
            None,
            "mail.example.org",
            &[
                "<s@mail.example.org>",
                "<postmaster@example.org>",
                "<s@example.org>",
            ],
        ),
        // Not for what lies above it.
        (
            &["mail.example.org"],
            None,
            "mail.example.org",
            &["<s@mail.example.org>", "<postmaster@mail.example.org>"],
        ),
        (
            &["example.org", "example.net"],
            None,
            "mail.victim.example",
            &[
                "<s@example.org>",
                "<postmaster@example.org>",
                "<s@example.net>",
            ],
        ),
    ];
    for (names, reverse, greeting, expected) in cases {
        let mut tester = allowed();
        tester.delivery.forged_senders = true;
        let names = list(names);
        let mut server = greets_as(greeting, greeting);
        let job = deliver_with(
            Setup {
                names: &names,
                reverse: *reverse,
                ..setup(&tester, Depth::Full)
            },
            &mut server,
            nothing,
        );
        let told = format!("{names:?} {reverse:?} {greeting}\n{}", job.script);
        // RCPT tells all the same what the server would do.
        let asked = format!("C: MAIL FROM:<s@{greeting}>\n");
        assert!(
            *greeting == "localhost" || job.script.contains(&asked),
            "{told}"
        );
        assert_eq!(senders(&job), *expected, "{told}");
    }
}

#[test]
fn in_ehlo_as_well_a_message_has_no_name_that_only_the_target_claims() {
    for (listed, greeting, expected) in [
        (&[][..], "mail.victim.example", 0),
        (&[name("example.org")], "mail.victim.example", 0),
        (&[name("victim.example")], "mail.victim.example", 1),
        (&[name("mail.victim.example")], "mail.victim.example", 1),
    ] {
        let mut tester = allowed();
        tester.delivery.forged_senders = true;
        let mut server = counted(PLAIN, move |_, session| {
            if session.line.is_empty() {
                return Some(format!("220 {greeting} ESMTP").as_str().into());
            }
            let is_t1 = session.to.ends_with("@sink.example>") && !session.to.contains(':');
            (is_rcpt(session) && !(session.hello == greeting && is_t1))
                .then(|| "554 5.7.1 Relay access denied".into())
        });
        let setup = Setup {
            names: listed,
            ..setup(&tester, Depth::Full)
        };
        let job = deliver_with(setup, &mut server, nothing);
        assert_eq!(job.messages.len(), expected, "{listed:?}\n{}", job.script);
        let is_suspected = job.words().starts_with("suspected");
        assert_eq!(is_suspected, expected == 0, "{}", job.script);
    }
}

#[test]
fn a_name_that_the_target_changes_before_the_message_is_looked_at_again() {
    let names = [name("mail.example.org")];
    let mut tester = allowed();
    tester.delivery.forged_senders = true;
    for (later, expected) in [
        (
            "mail.example.org",
            &["<s@mail.example.org>", "<postmaster@mail.example.org>"][..],
        ),
        ("mail.victim.example", &["<postmaster@mail.example.org>"]),
    ] {
        let mut server = greets_as("mail.example.org", later);
        let job = deliver_with(
            Setup {
                names: &names,
                ..setup(&tester, Depth::Full)
            },
            &mut server,
            nothing,
        );
        assert_eq!(senders(&job), expected, "{later}\n{}", job.script);
    }
}

#[test]
fn a_job_that_goes_on_without_permission_ends_as_its_battery_did() {
    let tester = allowed();
    let setup = Setup {
        deliver: true,
        ..setup(&tester, Depth::Quick)
    };
    let first = talk_over(Network::default(), setup, &mut open(PIPELINING));
    let (began, parked) = first.parked.unwrap();
    let again = Setup {
        deliver: false,
        resume: Some(parked),
        ..setup
    };
    let network = Network {
        began,
        ..Network::default()
    };
    let talk = talk_over(network, again, &mut open(PIPELINING));
    assert_eq!((talk.connections, talk.ended), (0, began));
    assert_eq!(talk.words(), "suspected: accepts-anything");
    assert_eq!(talk.evidence.finish(), Finish::Settled);
}

#[test]
fn what_opens_behind_a_reset_gets_its_message_behind_one() {
    let sent = [
        "EHLO probe.example.net",
        "MAIL FROM:<>",
        "RCPT TO:<r@sink.example>",
        "RSET",
        "MAIL FROM:<>",
        "RCPT TO:<r@sink.example>",
        "DATA",
        ".",
        "QUIT",
    ];
    let own = |line: &'static str| line.replace("<>", "<s@probe.example.net>");
    for (depth, only_ours, expected) in [
        // T1 under another sender stood behind a RSET in the battery.
        (Depth::Quick, false, sent.map(str::to_string)),
        // T1 behind a RSET is a pair of its own.
        (Depth::Full, true, sent.map(own)),
    ] {
        let tester = allowed();
        let resets = Cell::new(false);
        let mut server = counted(PLAIN, |_, session| {
            resets.set((resets.get() || session.line == "RSET") && !session.line.is_empty());
            let is_ours = session.from.ends_with("@probe.example.net>");
            let is_open = resets.get() && (is_ours || !only_ours);
            let is_t1 = session.to.ends_with("@sink.example>") && !session.to.contains(':');
            (is_rcpt(session) && !(is_open && is_t1))
                .then(|| "554 5.7.1 Relay access denied".into())
        });
        let job = deliver(&tester, depth, Network::default(), &mut server, all_taken);
        assert_eq!(job.words(), "confirmed: message-returned", "{}", job.script);
        assert!(
            delivering(&job).ends_with(&expected.each_ref().map(String::as_str)),
            "{}",
            job.script
        );
    }
}

#[test]
fn a_second_recipient_goes_behind_the_postmaster_if_that_is_permitted() {
    for permitted in [true, false] {
        let mut tester = allowed();
        tester.delivery.second_recipients = permitted;
        let mut server = counted(PLAIN, |_, session| {
            let is_open = session.to.contains("postmaster") || session.accepted > 0;
            let is_t1 = session.to.ends_with("@sink.example>") && !session.to.contains(':');
            let is_taken = session.to.contains("postmaster") || (is_open && is_t1);
            (is_rcpt(session) && !is_taken).then(|| "554 5.7.1 Relay access denied".into())
        });
        let job = deliver(
            &tester,
            Depth::Full,
            Network::default(),
            &mut server,
            all_taken,
        );
        if !permitted {
            assert_eq!(job.words(), "suspected: recipient-accepted");
            assert!(job.messages.is_empty());
            continue;
        }
        assert_eq!(job.words(), "confirmed: message-returned", "{}", job.script);
        let expected = [
            "EHLO probe.example.net",
            "MAIL FROM:<s@probe.example.net>",
            "RCPT TO:<postmaster>",
            "RCPT TO:<r@sink.example>",
            "DATA",
            ".",
            "QUIT",
        ];
        assert_eq!(delivering(&job), expected, "{}", job.script);
    }
}

#[test]
fn who_wants_tls_gets_its_message_behind_tls() {
    let tester = allowed();
    let mut server = Peer::new(
        "220 mail.example.org",
        &["PIPELINING", "STARTTLS"],
        |session| match session.line.split([' ', ':']).next() {
            Some("STARTTLS") => Some("220 Go ahead".into()),
            Some("MAIL") if !session.is_secured => {
                Some("530 5.7.0 Must issue a STARTTLS command first".into())
            }
            _ => None,
        },
    );
    let network = Network {
        tls: true,
        ..Network::default()
    };
    let job = deliver(&tester, Depth::Quick, network, &mut server, all_taken);
    assert_eq!(job.words(), "confirmed: message-returned", "{}", job.script);
    assert_eq!(
        delivering(&job)[..3],
        [
            "EHLO probe.example.net",
            "STARTTLS",
            "EHLO probe.example.net"
        ]
    );
}
