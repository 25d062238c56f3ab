//! What a battery costs its target, and what the scope allows.

use super::{
    DEPTHS, outcome_of,
    servers::{
        Build, PIPELINING, PLAIN, POSTFIX, POSTFIX_OFFERS, SERVERS, closed_postfix, is_rcpt, say,
    },
};
use crate::{
    evidence::Finish,
    name::Name,
    relay::{
        Outcome, PairId, Recipient, Sender, Setup,
        peer::{Answer, Network, Peer, Session, setup, talk, talk_over, tester},
    },
    scope::Depth,
};

/// Servers that refuse more than any budget expects.
const STRICT: &[(&str, Build)] = &[
    ("refuses all", || refuses(|_| true)),
    ("refuses senders", || refuses(|session| !is_rcpt(session))),
    ("refuses recipients", || refuses(is_rcpt)),
    ("refuses every other sender", || {
        let mut mails = 0;
        refuses(move |session| {
            mails += u32::from(!is_rcpt(session));
            mails % 2 == 0
        })
    }),
    ("refuses all one by one", || Peer {
        offers: PLAIN,
        ..refuses(|_| true)
    }),
    ("refuses all, a reply behind", || {
        Peer::new(POSTFIX, PIPELINING, |session| match verb(session) {
            "EHLO" => say("250-mail.example.org\n250-PIPELINING\n250 HELP\n250 again"),
            "MAIL" => say("250 ok\n550 no"),
            "RCPT" => say("550 no"),
            _ => None,
        })
    }),
    ("refuses all, says yes as often, and resets", || {
        Peer::new(POSTFIX, PIPELINING, |session| match verb(session) {
            "MAIL" => say("250 ok\n250 ok\n250 ok\n550 no"),
            "RCPT" if session.from.starts_with("<s@mail") => Some(Answer::Reset),
            "RCPT" => say("550 no"),
            _ => None,
        })
    }),
    ("says yes too often, and its refusals are lost", || {
        let mut commands = 0;
        Peer::new(POSTFIX, PIPELINING, move |session| {
            commands = if session.line.is_empty() {
                0
            } else {
                commands + 1
            };
            match verb(session) {
                "RCPT" if session.connection > 1 => say("550 no"),
                _ if session.connection > 1 => None,
                "MAIL" if commands == 2 => say("250 ok\n250 ok\n250 ok\n250 ok"),
                "MAIL" | "RCPT" => Some(Answer::Lost("550 no".to_string())),
                "RSET" => Some(Answer::Nothing),
                "QUIT" => Some(Answer::Reset),
                _ => None,
            }
        })
    }),
    ("refuses all but does not say so", || {
        Peer::new(POSTFIX, PIPELINING, |session| match verb(session) {
            "MAIL" | "RCPT" => Some(Answer::Late(600_000, "550 no".to_string())),
            _ => None,
        })
    }),
];

/// Calls itself a Postfix, which gets the largest groups.
fn refuses(mut refuses: impl FnMut(&Session) -> bool + 'static) -> Peer<'static> {
    let mut has_mail = false;
    Peer::new(POSTFIX, POSTFIX_OFFERS, move |session| {
        if verb(session) == "MAIL" {
            has_mail = !refuses(session);
            return (!has_mail).then(|| "550 5.7.1 not you".into());
        }
        if verb(session) == "RCPT" && !has_mail {
            return say("503 5.5.1 need MAIL command");
        }
        (is_rcpt(session) && refuses(session)).then(|| "550 5.7.1 not here".into())
    })
}

fn verb(session: &Session) -> &str {
    session.line.split([' ', ':']).next().unwrap_or_default()
}

#[test]
fn no_server_gives_more_refusals_than_the_scope_allows() {
    let tester = tester();
    let names = ["one.example", "two.example"].map(|name| Name::new(name).unwrap());
    let servers = SERVERS.iter().map(|(name, build, _)| (*name, *build));
    for (name, build) in servers.chain(STRICT.iter().copied()) {
        for refusals_max in (1..=14).chain([29, 60]) {
            for depth in DEPTHS {
                let setup = Setup {
                    refusals_max,
                    names: &names,
                    ..setup(&tester, depth)
                };
                let talk = talk_over(Network::default(), setup, &mut build());
                let allowed = u32::from(refusals_max);
                assert!(
                    talk.refusals <= refusals_max
                        && talk.refusals_given <= allowed
                        && talk.deferrals_given <= allowed,
                    "{name}, {}: {} ({} given, {} put off) of {refusals_max}\n{}",
                    depth.as_str(),
                    talk.refusals,
                    talk.refusals_given,
                    talk.deferrals_given,
                    talk.script()
                );
            }
        }
    }
}

#[test]
fn what_the_scope_allows_is_used() {
    let tester = tester();
    for refusals_max in 1..=9 {
        let setup = Setup {
            refusals_max,
            ..setup(&tester, Depth::Standard)
        };
        let talk = talk_over(Network::default(), setup, &mut closed_postfix());
        assert_eq!(talk.refusals, refusals_max, "{}", talk.script());
    }
}

#[test]
fn a_standard_battery_against_postfix() {
    let talk = talk(Depth::Standard, &mut closed_postfix());
    assert_eq!(
        talk.script(),
        "\
[connected]
S: 220 mail.example.org ESMTP Postfix (Debian/GNU)
C: EHLO probe.example.net
S: 250-mail.example.org
S: 250-PIPELINING
S: 250-SIZE 10240000
S: 250-ENHANCEDSTATUSCODES
S: 250 8BITMIME
C: MAIL FROM:<s@probe.example.net>
S: 250 2.0.0 Ok
C: RCPT TO:<r@sink.example>
S: 454 4.7.1 <r@sink.example>: Relay access denied
C: RCPT TO:<t@nonce.invalid>
S: 454 4.7.1 <t@nonce.invalid>: Relay access denied
C: RCPT TO:<postmaster>
S: 250 2.1.5 Ok
C: RSET
S: 250 2.0.0 Ok
C: MAIL FROM:<>
S: 250 2.0.0 Ok
C: RCPT TO:<r@sink.example>
S: 454 4.7.1 <r@sink.example>: Relay access denied
C: RSET
S: 250 2.0.0 Ok
C: MAIL FROM:<s@mail.example.org>
S: 250 2.0.0 Ok
C: RCPT TO:<r@sink.example>
S: 454 4.7.1 <r@sink.example>: Relay access denied
C: RSET
S: 250 2.0.0 Ok
C: MAIL FROM:<s@example.org>
S: 250 2.0.0 Ok
C: RCPT TO:<r@sink.example>
S: 454 4.7.1 <r@sink.example>: Relay access denied
C: RSET
S: 250 2.0.0 Ok
C: MAIL FROM:<s@probe.example.net>
S: 250 2.0.0 Ok
C: RCPT TO:<@mail.example.org:r@sink.example>
S: 454 4.7.1 <@mail.example.org:r@sink.example>: Relay access denied
C: RSET
S: 250 2.0.0 Ok
C: MAIL FROM:<s@probe.example.net>
S: 250 2.0.0 Ok
C: RCPT TO:<r@sink.example.>
S: 454 4.7.1 <r@sink.example.>: Relay access denied
C: RSET
S: 250 2.0.0 Ok
C: MAIL FROM:<s@probe.example.net>
S: 250 2.0.0 Ok
C: RCPT TO:<r%sink.example@mail.example.org>
S: 454 4.7.1 <r%sink.example@mail.example.org>: Relay access denied
C: RCPT TO:<\"r@sink.example\">
S: 454 4.7.1 <\"r@sink.example\">: Relay access denied
C: QUIT
S: 221 2.0.0 Bye
[closed]"
    );
    assert_eq!(talk.refusals, 9);
    // The handshake, EHLO, three groups that ten refusals cover, QUIT.
    assert_eq!((talk.connections, talk.turns), (1, 6));
    assert_eq!(talk.evidence.finish(), Finish::Limited);
    for form in [Recipient::T12, Recipient::T22, Recipient::T3, Recipient::T6] {
        assert_eq!(outcome_of(&talk, Sender::F1, form), Outcome::RelayDenied);
    }
    // It can change nothing where T1 is denied in words that speak of relaying.
    let random_user = PairId::NO_SUCH_USER;
    assert_eq!(talk.evidence.outcome(random_user), Outcome::NotReached);
}

#[test]
fn where_names_take_refusals_standard_still_tests_what_can_be_suspected() {
    let tester = tester();
    let names = ["one.example", "two.example"].map(|name| Name::new(name).unwrap());
    for (listed, not_reached) in [
        (1, &[Recipient::T6][..]),
        (2, &[Recipient::T3, Recipient::T6]),
    ] {
        let setup = Setup {
            names: &names[..listed],
            ..setup(&tester, Depth::Standard)
        };
        let talk = talk_over(Network::default(), setup, &mut closed_postfix());
        assert_eq!(talk.words(), "closed: relay-denied");
        assert_eq!(talk.refusals, 9);
        for form in [Recipient::T12, Recipient::T22, Recipient::T3, Recipient::T6] {
            let expected = if not_reached.contains(&form) {
                Outcome::NotReached
            } else {
                Outcome::RelayDenied
            };
            let outcome = outcome_of(&talk, Sender::F1, form);
            assert_eq!(
                outcome,
                expected,
                "{form:?}, {listed} listed\n{}",
                talk.script()
            );
        }
    }
}

#[test]
fn a_random_user_is_asked_for_where_the_refusal_of_t1_may_be_about_us() {
    let mut server = Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        (is_rcpt(session) && session.to != "<postmaster>").then(|| "550 5.7.0 No".into())
    });
    let talk = talk(Depth::Standard, &mut server);
    let random_user = talk.evidence.outcome(PairId::NO_SUCH_USER);
    assert_eq!(random_user, Outcome::RecipientRefused, "{}", talk.script());
}

#[test]
fn a_full_battery_against_postfix_is_five_connections_of_two_turns() {
    let talk = talk(Depth::Full, &mut closed_postfix());
    assert_eq!(talk.connections, 5);
    let tester = tester();
    let names = [Name::new("example.org").unwrap()];
    let listed = Setup {
        names: &names,
        ..setup(&tester, Depth::Full)
    };
    let listed = talk_over(Network::default(), listed, &mut closed_postfix());
    // One form more than nine refusals for each of five connections have room for.
    assert_eq!((listed.connections, listed.turns), (6, 18));
    // Three waits for each connection: the handshake, EHLO, the group.
    assert_eq!(talk.turns, 15);
    assert_eq!(talk.refusals, 45);
    assert_eq!(talk.ended.as_millis(), 1_000);
    assert_eq!(talk.evidence.finish(), Finish::Tested);
}
