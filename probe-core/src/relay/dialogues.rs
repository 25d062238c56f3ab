//! The dialogue against servers as they are.

use super::{
    PARKED_FOR, PairId, Recipient, RelayDialogue, Sender,
    dialogue::DIALOGUE_OCTETS_MAX,
    peer::{Answer, Network, Peer, Session, Talk, identity, setup, talk, talk_over},
};
use crate::{
    dialogue::OpenFailure,
    evidence::{EVIDENCE_OCTETS_MAX, Evidence, Finish, Notes},
    name::Name,
    relay::{Hello, Outcome, Setup},
    scope::Depth,
    time::{Instant, Millis},
    verdict::{Kind, judge},
};

const POSTFIX: &str = "220 mail.example.org ESMTP Postfix (Debian/GNU)";
const POSTFIX_OFFERS: &[&str] = &[
    "PIPELINING",
    "SIZE 10240000",
    "ENHANCEDSTATUSCODES",
    "8BITMIME",
];
const PIPELINING: &[&str] = &["PIPELINING"];
const PLAIN: &[&str] = &["8BITMIME"];

fn say(text: impl Into<String>) -> Option<Answer> {
    Some(Answer::Say(text.into()))
}

fn is_rcpt(session: &Session) -> bool {
    session.line.starts_with("RCPT ")
}

/// Postfix as Debian ships it: relays for nobody, and says so with a temporary code.
fn closed_postfix() -> Peer<'static> {
    Peer::new(POSTFIX, POSTFIX_OFFERS, |session| {
        let to = &session.to;
        match session.line.split(' ').next()? {
            "MAIL" if session.from.ends_with("@>") => say("501 5.1.7 Bad sender address syntax"),
            "RCPT" if session.from.ends_with("@>") => say("503 5.5.1 Error: need MAIL command"),
            "RCPT" if to == "<postmaster>" => None,
            "RCPT" if to.matches('@').count() == 1 && to.ends_with("@example.org>") => {
                say(format!(
                    "550 5.1.1 {to}: Recipient address rejected: User unknown in local recipient table"
                ))
            }
            "RCPT" => say(format!("454 4.7.1 {to}: Relay access denied")),
            _ => None,
        }
    })
}

/// A server that refuses for good, with little ado.
fn closed_550() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        (is_rcpt(session) && session.to != "<postmaster>").then(|| "550 relay not permitted".into())
    })
}

/// What Exim 4.96 with its default ACL answers: the table of docs/relay-battery.md. It drops at
/// the fourth error of syntax.
fn closed_exim() -> Peer<'static> {
    let mut errors = 0;
    Peer::new(
        "220 mail.example.org ESMTP Exim 4.96 Sat, 21 Nov 2026 02:00:00 +0000",
        &["SIZE 52428800", "8BITMIME", "PIPELINING", "PRDR", "HELP"],
        move |session| {
            if session.line.is_empty() {
                errors = 0;
            }
            let path = match session.line.split(' ').next()? {
                "MAIL" => &session.from,
                "RCPT" => &session.to,
                _ => return None,
            };
            let inner = path.trim_matches(['<', '>']);
            let is_literal = inner.contains('[');
            let is_broken = inner.ends_with(['@', '.'])
                || (inner.matches('@').count() > 1
                    && !inner.starts_with('@')
                    && !inner.contains('"'));
            if is_literal || is_broken {
                errors += 1;
                let text = format!("501 {path}: malformed address");
                return Some(if errors > 3 {
                    Answer::SayAndClose(format!("{text}\n421 mail.example.org: too many errors"))
                } else {
                    Answer::Say(text)
                });
            }
            if session.line.starts_with("MAIL") {
                return None;
            }
            let is_unqualified = !inner.contains('@') || inner.ends_with('"');
            if inner == "postmaster" {
                None
            } else if is_unqualified {
                say(format!(
                    "501 {path}: recipient address must contain a domain"
                ))
            } else if inner.starts_with('@') || inner.ends_with("@sink.example") {
                say("550 relay not permitted")
            } else if inner.contains(['%', '!', '"']) {
                say("550 restricted characters in address")
            } else if inner.ends_with("@example.org") {
                say("550 Unrouteable address")
            } else {
                say("550 relay not permitted")
            }
        },
    )
}

/// OpenSMTPD: one command at a time, and the same words for an unknown user and a denied relay.
fn closed_opensmtpd() -> Peer<'static> {
    Peer::new(
        "220 mail.example.org ESMTP OpenSMTPD",
        &[
            "8BITMIME",
            "ENHANCEDSTATUSCODES",
            "SIZE 36700160",
            "DSN",
            "HELP",
        ],
        |session| {
            let is_broken = session.to.contains("@>") || !session.to.starts_with('<');
            match session.line.split(' ').next()? {
                "RCPT" if session.to == "<postmaster>" => None,
                "RCPT" if is_broken => say("553 5.1.3 Recipient address syntax error"),
                "RCPT" => say(format!("550 Invalid recipient: {}", session.to)),
                _ => None,
            }
        },
    )
}

/// Relays for anyone, as long as the recipient has a domain at all.
fn open() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        (is_rcpt(session) && session.to.contains(".invalid"))
            .then(|| "550 5.1.2 no such domain".into())
    })
}

/// Accepts everything, as an open Postfix does and a honeypot.
fn accepts_anything() -> Peer<'static> {
    Peer::new(POSTFIX, POSTFIX_OFFERS, |_| None)
}

/// Relays for whoever claims to be one of its own.
fn trusts_forged_local_senders() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        let is_local = session.from.ends_with("@mail.example.org>");
        (is_rcpt(session) && session.to != "<postmaster>" && !is_local)
            .then(|| "550 5.7.1 Relaying denied".into())
    })
}

/// Defers every new envelope for five minutes, then relays it.
fn greylists_then_open() -> Peer<'static> {
    let mut seen = std::collections::HashMap::new();
    Peer::new("220 mail.example.org ESMTP", PIPELINING, move |session| {
        if !is_rcpt(session) {
            return None;
        }
        let envelope = (
            session.hello.clone(),
            session.from.clone(),
            session.to.clone(),
        );
        let first_ms = *seen.entry(envelope).or_insert(session.now_ms);
        (session.now_ms < first_ms + 300_000)
            .then(|| "450 4.2.0 Recipient address rejected: Greylisted, try again".into())
    })
}

/// Answers every command after twenty seconds.
fn tarpit() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PLAIN, |session| {
        let text = match session.line.split([' ', ':']).next()? {
            "" => return None,
            "EHLO" => "250 mail.example.org",
            "RCPT" => "550 5.7.1 Relaying denied",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        Some(Answer::Late(20_000, text.to_string()))
    })
}

fn drops_after_mail() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        session.line.starts_with("MAIL").then_some(Answer::Drop)
    })
}

fn speaks_ssh() -> Peer<'static> {
    Peer::new("SSH-2.0-OpenSSH_9.2p1 Debian-2", PLAIN, |_| None)
}

fn speaks_helo_only() -> Peer<'static> {
    Peer::new(
        "220 mail.example.org SMTP",
        PLAIN,
        |session| match session.line.split(' ').next()? {
            "EHLO" => say("502 Command not implemented"),
            "RCPT" if session.to != "<postmaster>" => say("571 we do not relay"),
            _ => None,
        },
    )
}

fn takes_no_mail() -> Peer<'static> {
    let mut peer = Peer::new("", PLAIN, |_| None);
    peer.greeting = Answer::SayAndClose("521 mail.example.org does not accept mail".to_string());
    peer
}

/// Says goodbye at the fifth refusal.
fn hangs_up_after_four() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        let refuses = is_rcpt(session) && session.to != "<postmaster>";
        match refuses {
            true if session.refusals >= 4 => Some(Answer::SayAndClose(
                "421 4.7.0 mail.example.org Error: too many errors".to_string(),
            )),
            true => say("550 5.1.0 Address rejected."),
            false => None,
        }
    })
}

/// Offers PIPELINING, and takes one command for each packet, as some things between do.
fn enforces_synchronisation() -> Peer<'static> {
    let mut last_ms = None;
    Peer::new("220 mail.example.org ESMTP", PIPELINING, move |session| {
        let same_packet = last_ms == Some((session.connection, session.now_ms));
        last_ms = Some((session.connection, session.now_ms));
        if same_packet && !session.line.is_empty() {
            Some(Answer::SayAndClose(
                "554 SMTP synchronization error".to_string(),
            ))
        } else if is_rcpt(session) && session.to != "<postmaster>" {
            say("550 5.7.1 Relaying denied")
        } else {
            None
        }
    })
}

/// Replies twice to MAIL: every later reply stands one command too far behind.
fn stutters() -> Peer<'static> {
    Peer::new(
        "220 mail.example.org ESMTP",
        PIPELINING,
        |session| match session.line.split(' ').next()? {
            "MAIL" => say("250 ok\n250 really"),
            "RCPT" => say("550 5.7.1 Relaying denied"),
            _ => None,
        },
    )
}

fn mixes_codes() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        (is_rcpt(session) && session.to != "<postmaster>")
            .then(|| "250-let me see\n550-no\n550 5.7.1 we do not relay".into())
    })
}

fn greets_at_length() -> Peer<'static> {
    let mut peer = closed_550();
    let line = format!("220-{}\n", "no unsolicited mail ".repeat(20));
    peer.greeting = Answer::Say(format!(
        "{}220 mail.example.org ESMTP",
        line.repeat(85_000 / line.len() + 1)
    ));
    peer
}

/// Ends lines in LF alone and swears in Latin-1.
fn writes_odd_octets() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PLAIN, |session| {
        (is_rcpt(session) && session.to != "<postmaster>")
            .then(|| Answer::Octets(b"550 relaying refus\xe9\n".to_vec()))
    })
}

/// Refuses the client, whatever it asks for, but for the postmaster's own sake not at once.
fn blocks_us() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        is_rcpt(session).then(|| "554 5.7.0 Policy rejection".into())
    })
}

fn wants_a_login() -> Peer<'static> {
    Peer::new(
        "220 mail.example.org ESMTP",
        PIPELINING,
        |session| match session.line.split(' ').next()? {
            "MAIL" => say("530 5.7.0 Authentication required"),
            "RCPT" => say("503 5.5.1 need MAIL"),
            _ => None,
        },
    )
}

fn wants_tls() -> Peer<'static> {
    Peer::new(
        "220 mail.example.org ESMTP",
        &["PIPELINING", "STARTTLS"],
        |session| match session.line.split(' ').next()? {
            "MAIL" => say("530 5.7.0 Must issue a STARTTLS command first"),
            "RCPT" => say("503 5.5.1 need MAIL"),
            "STARTTLS" => say("220 2.0.0 Ready to start TLS"),
            _ => None,
        },
    )
}

/// Takes `u%d` and its like for users of its own.
fn has_many_local_users() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        let is_local = session.to.contains(['%', '"', '!'])
            || session.to == "<postmaster>"
            || session.to.ends_with("@example.org>");
        (is_rcpt(session) && !is_local).then(|| "550 5.7.1 Relaying denied".into())
    })
}

/// Does not like our sender, and says nothing about relaying.
fn refuses_our_sender() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        let is_ours = session.from.contains("probe.example.net");
        match session.line.split(' ').next()? {
            "MAIL" if is_ours => say("550 5.1.8 Sender address rejected: Domain not found"),
            "RCPT" if is_ours => say("503 5.5.1 need MAIL"),
            "RCPT" => say("550 5.7.1 Relaying denied"),
            _ => None,
        }
    })
}

/// Refuses whoever claims to be itself, at RCPT as Postfix does it.
fn refuses_its_own_name() -> Peer<'static> {
    Peer::new(POSTFIX, POSTFIX_OFFERS, |session| {
        if !is_rcpt(session) || session.to == "<postmaster>" {
            None
        } else if session.hello == "mail.example.org" {
            say("550 5.7.1 <mail.example.org>: Helo command rejected: You are not me")
        } else {
            say(format!("454 4.7.1 {}: Relay access denied", session.to))
        }
    })
}

/// The first session ends before anything, as with postscreen's deep tests.
fn drops_the_first_session() -> Peer<'static> {
    let mut closed = closed_postfix();
    Peer {
        greeting: Answer::Late(
            6_000,
            "220-mail.example.org ESMTP Postfix\n220 mail.example.org ESMTP Postfix".to_string(),
        ),
        offers: POSTFIX_OFFERS,
        answer: Box::new(move |session| {
            if session.connection == 1 && is_rcpt(session) {
                return Some(Answer::SayAndClose(
                    "450 4.3.2 Service currently unavailable".to_string(),
                ));
            }
            (closed.answer)(session)
        }),
    }
}

type Build = fn() -> Peer<'static>;

/// Each server with its verdict at quick, standard and full depth.
const SERVERS: &[(&str, Build, [&str; 3])] = &[
    (
        "closed postfix",
        closed_postfix,
        ["closed: relay-denied"; 3],
    ),
    ("closed 550", closed_550, ["closed: relay-denied"; 3]),
    ("closed exim", closed_exim, ["closed: relay-denied"; 3]),
    (
        "closed opensmtpd",
        closed_opensmtpd,
        ["closed: recipient-refused"; 3],
    ),
    ("open", open, ["suspected: recipient-accepted"; 3]),
    (
        "accepts anything",
        accepts_anything,
        ["suspected: accepts-anything"; 3],
    ),
    (
        "forged local",
        trusts_forged_local_senders,
        ["suspected: recipient-accepted"; 3],
    ),
    (
        "tarpit",
        tarpit,
        [
            "closed: relay-denied",
            "closed: relay-denied",
            "inconclusive: tarpit",
        ],
    ),
    (
        "drops after mail",
        drops_after_mail,
        ["inconclusive: cut-off"; 3],
    ),
    ("ssh", speaks_ssh, ["inconclusive: not-smtp"; 3]),
    ("helo only", speaks_helo_only, ["closed: relay-denied"; 3]),
    ("521", takes_no_mail, ["inconclusive: no-mail-here"; 3]),
    (
        "421 after four",
        hangs_up_after_four,
        [
            "inconclusive: limit-reached",
            "inconclusive: limit-reached",
            "closed: recipient-refused",
        ],
    ),
    (
        "synchronisation",
        enforces_synchronisation,
        ["closed: relay-denied"; 3],
    ),
    ("stutters", stutters, ["inconclusive: cut-off"; 3]),
    ("mixed codes", mixes_codes, ["closed: relay-denied"; 3]),
    (
        "85 KB greeting",
        greets_at_length,
        ["closed: relay-denied"; 3],
    ),
    ("odd octets", writes_odd_octets, ["closed: relay-denied"; 3]),
    ("blocks us", blocks_us, ["inconclusive: blocked"; 3]),
    ("login", wants_a_login, ["inconclusive: auth-required"; 3]),
    ("tls", wants_tls, ["inconclusive: tls-required"; 3]),
    (
        "local users",
        has_many_local_users,
        [
            "closed: relay-denied",
            "inconclusive: local-or-relay",
            "inconclusive: local-or-relay",
        ],
    ),
    (
        "our sender",
        refuses_our_sender,
        ["inconclusive: sender-refused"; 3],
    ),
    (
        "its own name",
        refuses_its_own_name,
        ["closed: relay-denied"; 3],
    ),
    (
        "first session",
        drops_the_first_session,
        ["closed: relay-denied"; 3],
    ),
];

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

#[test]
fn every_server_gets_its_verdict_at_every_depth() {
    let mut wrong = Vec::new();
    for (name, build, expected) in SERVERS {
        for (depth, expected) in DEPTHS.into_iter().zip(expected) {
            let talk = talk(depth, &mut build());
            if talk.words() != *expected {
                wrong.push(format!(
                    "{name}, {}: {} instead of {expected}\n{}\n{:?}\n",
                    depth.as_str(),
                    talk.words(),
                    talk.script(),
                    talk.evidence
                        .pairs()
                        .map(|line| (line.pair, line.outcome))
                        .collect::<Vec<_>>()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sizes() {
    let dialogue = size_of::<RelayDialogue<'_>>();
    assert!(dialogue <= DIALOGUE_OCTETS_MAX, "{dialogue}");
    let evidence = size_of::<Evidence>();
    assert!(evidence <= EVIDENCE_OCTETS_MAX, "{evidence}");
}

/// From proof down to nothing, and closed apart: what a verdict may become when evidence is lost.
fn may_weaken_to(whole: Kind, cut: Kind) -> bool {
    match whole {
        Kind::Confirmed | Kind::Accepted | Kind::Suspected => {
            matches!(cut, Kind::Suspected | Kind::Inconclusive)
        }
        Kind::Closed => matches!(cut, Kind::Closed | Kind::Inconclusive),
        Kind::Inconclusive => cut == Kind::Inconclusive,
    }
}

#[test]
fn a_cut_at_any_octet_never_makes_a_verdict_firmer() {
    let identity = identity();
    for (name, build, _) in SERVERS {
        let is_looked_at_closely = ["closed postfix", "open", "stutters"].contains(name);
        for depth in [Depth::Standard, Depth::Full] {
            let whole = talk(depth, &mut build());
            let step = match depth {
                _ if whole.octets > 20_000 => 9_973,
                Depth::Full => 499,
                _ if is_looked_at_closely => 1,
                _ => 17,
            };
            for octets_max in (0..whole.octets).step_by(step) {
                let network = Network {
                    octets_max,
                    ..Network::default()
                };
                let cut = talk_over(network, setup(&identity, depth), &mut build());
                assert!(
                    may_weaken_to(whole.verdict().kind, cut.verdict().kind),
                    "{name}, {}, cut after {octets_max}: {} became {}\n{}",
                    depth.as_str(),
                    whole.words(),
                    cut.words(),
                    cut.script()
                );
            }
        }
    }
}

#[test]
fn evidence_that_stops_at_any_observation_never_makes_a_verdict_firmer() {
    for (name, build, _) in SERVERS {
        let whole = talk(Depth::Full, &mut build());
        for (place, kind) in whole.kinds.iter().enumerate() {
            assert!(
                may_weaken_to(whole.verdict().kind, *kind),
                "{name}: {kind:?} after {place} observations"
            );
        }
    }
}

#[test]
fn pieces_of_any_length_lead_to_the_same_verdict() {
    let identity = identity();
    for (name, build, expected) in SERVERS {
        let piece = if *name == "85 KB greeting" { 100 } else { 1 };
        let network = Network {
            piece,
            ..Network::default()
        };
        for (depth, expected) in DEPTHS.into_iter().zip(expected) {
            let talk = talk_over(network, setup(&identity, depth), &mut build());
            assert_eq!(talk.words(), *expected, "{name}\n{}", talk.script());
        }
    }
}

#[test]
fn the_smallest_buffer_carries_the_same_commands() {
    let identity = identity();
    for (name, build, _) in SERVERS {
        // These do not wait for what they have not got yet.
        if ["synchronisation", "first session"].contains(name) {
            continue;
        }
        let network = Network {
            transmit: 512,
            ..Network::default()
        };
        let small = talk_over(network, setup(&identity, Depth::Full), &mut build());
        assert_eq!(
            small.script(),
            talk(Depth::Full, &mut build()).script(),
            "{name}"
        );
    }
}

#[test]
fn refusals_stay_within_what_the_scope_allows() {
    let identity = identity();
    for (name, build, _) in SERVERS {
        for refusals_max in [1, 2, 3, 5, 8] {
            for depth in DEPTHS {
                let setup = Setup {
                    refusals_max,
                    ..setup(&identity, depth)
                };
                let talk = talk_over(Network::default(), setup, &mut build());
                // A sender that is refused takes its recipients with it: one group may cost more
                // than it was planned for, once.
                let surplus = if ["login", "tls", "our sender"].contains(name) {
                    9
                } else {
                    1
                };
                assert!(
                    talk.refusals <= refusals_max + surplus,
                    "{name}, {}: {} of {refusals_max}\n{}",
                    depth.as_str(),
                    talk.refusals,
                    talk.script()
                );
            }
        }
    }
}

fn outcome_of(talk: &Talk, sender: Sender, recipient: Recipient) -> Outcome {
    let pair = PairId::all()
        .find(|pair| pair.pair().sender == sender && pair.pair().recipient == recipient)
        .unwrap();
    talk.evidence.outcome(pair)
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
C: RCPT TO:<r@nonce.invalid>
S: 454 4.7.1 <r@nonce.invalid>: Relay access denied
C: RCPT TO:<r@example.org>
S: 550 5.1.1 <r@example.org>: Recipient address rejected: User unknown in local recipient table
C: RCPT TO:<r%sink.example@mail.example.org>
S: 454 4.7.1 <r%sink.example@mail.example.org>: Relay access denied
C: RCPT TO:<\"r@sink.example\">
S: 454 4.7.1 <\"r@sink.example\">: Relay access denied
C: RCPT TO:<@mail.example.org:r@sink.example>
S: 454 4.7.1 <@mail.example.org:r@sink.example>: Relay access denied
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
C: QUIT
S: 221 2.0.0 Bye
[closed]"
    );
    assert_eq!(talk.refusals, 9);
    assert_eq!(talk.evidence.finish(), Finish::Limited);
    assert_eq!(
        outcome_of(&talk, Sender::F1, Recipient::T22),
        Outcome::NotReached
    );
}

#[test]
fn a_full_battery_against_postfix_is_five_connections_of_two_turns() {
    let talk = talk(Depth::Full, &mut closed_postfix());
    assert_eq!(talk.connections, 5);
    let identity = identity();
    let names = [Name::new("example.org").unwrap()];
    let listed = Setup {
        names: &names,
        ..setup(&identity, Depth::Full)
    };
    let listed = talk_over(Network::default(), listed, &mut closed_postfix());
    assert_eq!((listed.connections, listed.turns), (5, 15));
    // Three waits for each connection: the handshake, EHLO, the group.
    assert_eq!(talk.turns, 15);
    assert_eq!(talk.refusals, 45);
    assert_eq!(talk.ended.as_millis(), 1_000);
    assert_eq!(talk.evidence.finish(), Finish::Tested);
}

#[test]
fn a_closed_target_costs_at_most_256_octets() {
    const OTHER_FIELDS_OCTETS: usize = 60;
    for (name, build) in [
        ("postfix", closed_postfix as Build),
        ("550", closed_550),
        ("exim", closed_exim),
        ("opensmtpd", closed_opensmtpd),
    ] {
        for depth in DEPTHS {
            let talk = talk(depth, &mut build());
            let mut room = [0; 2_048];
            let short = talk.evidence.with_transcript_within(80);
            let octets = postcard::to_slice(&short, &mut room).unwrap();
            assert!(
                octets.len() + OTHER_FIELDS_OCTETS <= 256,
                "{name}, {}: {}",
                depth.as_str(),
                octets.len()
            );
            let back: Evidence = postcard::from_bytes(octets).unwrap();
            assert_eq!(judge(&back), talk.verdict());
        }
    }
}

#[test]
fn evidence_comes_back_from_a_finding_as_it_went() {
    for (name, build, _) in SERVERS {
        let talk = talk(Depth::Full, &mut build());
        let mut room = [0; 4_096];
        let octets = postcard::to_slice(&talk.evidence, &mut room).unwrap();
        let back: Evidence = postcard::from_bytes(octets).unwrap();
        assert_eq!(judge(&back), talk.verdict(), "{name}");
        let pairs = |evidence: &Evidence| evidence.pairs().collect::<Vec<_>>();
        assert_eq!(pairs(&back), pairs(&talk.evidence), "{name}");
    }
}

#[test]
fn greylisting_is_waited_for_with_the_same_envelopes() {
    let identity = identity();
    let mut server = greylists_then_open();
    let first = talk_over(
        Network::default(),
        setup(&identity, Depth::Standard),
        &mut server,
    );
    assert_eq!(first.words(), "inconclusive: greylisted");
    let (until, parked) = first.parked.unwrap();
    assert!(until.since(first.ended) >= PARKED_FOR[0] - Millis(1_000));
    assert_eq!(parked.attempts(), 1);
    assert_eq!(parked.next(), Some(PairId::DECIDING));

    let again = Setup {
        resume: Some(parked),
        hours: 999,
        refusals_max: 1,
        ..setup(&identity, Depth::Standard)
    };
    let network = Network {
        began: until,
        ..Network::default()
    };
    let second = talk_over(network, again, &mut server);
    assert_eq!(
        second.words(),
        "suspected: accepts-anything",
        "{}",
        second.script()
    );
    assert!(second.parked.is_none());

    let mut whole = first.evidence.clone();
    whole.merge(&second.evidence);
    assert_eq!(judge(&whole), second.verdict());
    assert_eq!(
        whole.connections().count(),
        first.evidence.connections().count() + second.evidence.connections().count()
    );
}

#[test]
fn who_greylists_for_ever_is_asked_four_times_and_then_given_up() {
    let identity = identity();
    let mut server = Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        is_rcpt(session).then(|| "451 4.7.1 Greylisting in action".into())
    });
    let mut resume = None;
    let mut pauses = Vec::new();
    let mut began = Instant::BOOT;
    loop {
        let setup = Setup {
            resume,
            ..setup(&identity, Depth::Quick)
        };
        let network = Network {
            began,
            ..Network::default()
        };
        let talk = talk_over(network, setup, &mut server);
        assert_eq!(talk.words(), "inconclusive: greylisted");
        match talk.parked {
            Some((until, parked)) => {
                pauses.push(until.since(talk.ended).0 / 1_000);
                resume = Some(parked);
                began = until;
            }
            None => break,
        }
    }
    assert_eq!(pauses, [310, 900, 3_600]);
}

#[test]
fn parked_time_is_bounded_by_the_scope() {
    let identity = identity();
    for (hours, parks) in [(0, false), (1, true)] {
        let setup = Setup {
            parked_hours_max: hours,
            ..setup(&identity, Depth::Quick)
        };
        let talk = talk_over(Network::default(), setup, &mut greylists_then_open());
        assert_eq!(talk.parked.is_some(), parks);
    }
}

#[test]
fn transport_failures_are_evidence() {
    use OpenFailure::{NoAnswer, NoSlot, OutOfScope, Refused, Unreachable};
    const NONE: Option<OpenFailure> = None;
    let identity = identity();
    for (opens, words) in [
        (&[Some(NoAnswer)][..], "inconclusive: no-answer"),
        (&[Some(Unreachable)], "inconclusive: no-answer"),
        (&[Some(Refused)], "inconclusive: refused"),
        (&[Some(OutOfScope)], "inconclusive: limit-reached"),
        (&[Some(NoSlot), Some(NoSlot)], "closed: relay-denied"),
        (&[Some(NoSlot); 5], "inconclusive: limit-reached"),
        (&[NONE, Some(NoAnswer)], "closed: relay-denied"),
        (
            &[NONE, Some(Refused), Some(Refused), Some(Refused)],
            "inconclusive: cut-off",
        ),
    ] {
        let network = Network {
            opens,
            ..Network::default()
        };
        let talk = talk_over(
            network,
            setup(&identity, Depth::Full),
            &mut closed_postfix(),
        );
        assert_eq!(talk.words(), words, "{opens:?}\n{}", talk.script());
    }
}

#[test]
fn a_server_that_never_greets_is_waited_for_thirty_seconds() {
    let mut server = Peer::new("", PLAIN, |_| Some(Answer::Nothing));
    let talk = talk(Depth::Full, &mut server);
    assert_eq!(talk.words(), "inconclusive: tarpit");
    assert!(
        talk.ended <= Instant::from_millis(100_000),
        "{:?}",
        talk.ended
    );
}

#[test]
fn ten_minutes_of_connection_are_enough() {
    let talk = talk(Depth::Full, &mut tarpit());
    assert_eq!(talk.evidence.finish(), Finish::TimeOver);
    assert!(
        talk.ended <= Instant::from_millis(601_000),
        "{:?}",
        talk.ended
    );
    assert!(talk.evidence.slowest() >= Millis(20_000));
}

#[test]
fn what_a_strange_name_gets_refused_goes_again_under_our_own() {
    let talk = talk(Depth::Full, &mut refuses_its_own_name());
    let name = PairId::all()
        .find(|pair| pair.pair().hello == Hello::Theirs)
        .unwrap();
    assert_eq!(talk.evidence.outcome(name), Outcome::Blocked);
    let blocked = PairId::all().filter(|pair| talk.evidence.outcome(*pair) == Outcome::Blocked);
    assert_eq!(blocked.count(), 1, "{}", talk.script());
    assert!(talk.evidence.notes().contains(Notes::NAME_REFUSED));
}

#[test]
fn replies_that_do_not_match_their_commands_accuse_nobody() {
    let talk = talk(Depth::Full, &mut stutters());
    assert!(talk.evidence.notes().contains(Notes::OUT_OF_STEP));
    assert!(
        PairId::all().all(|pair| !talk.evidence.outcome(pair).is_accepted()),
        "{}",
        talk.script()
    );
}

#[test]
fn without_any_name_f3_is_not_formable_and_f4_stands_in() {
    let mut server = Peer::new("220 ESMTP", &[], |session| {
        match session.line.split(' ').next()? {
            "EHLO" => say("250 hello"),
            "RCPT" => say("550 5.7.1 Relaying denied"),
            _ => None,
        }
    });
    let talk = talk(Depth::Quick, &mut server);
    assert_eq!(talk.words(), "closed: relay-denied");
    assert_eq!(
        outcome_of(&talk, Sender::F3, Recipient::T1),
        Outcome::NotFormable
    );
    assert_eq!(
        outcome_of(&talk, Sender::F4, Recipient::T1),
        Outcome::RelayDenied
    );
}

#[test]
fn listed_domains_are_tested_each() {
    let identity = identity();
    let names = ["one.example", "two.example"].map(|name| Name::new(name).unwrap());
    let setup = Setup {
        names: &names,
        ..setup(&identity, Depth::Quick)
    };
    let talk = talk_over(Network::default(), setup, &mut closed_550());
    for sender in [
        "<s@mail.example.org>",
        "<s@example.org>",
        "<s@one.example>",
        "<s@two.example>",
    ] {
        assert!(
            talk.script.contains(&format!("C: MAIL FROM:{sender}")),
            "{sender}\n{}",
            talk.script()
        );
    }
}

#[test]
fn twins_are_sent_only_after_their_form_was_accepted() {
    let closed = talk(Depth::Full, &mut closed_postfix());
    assert!(!closed.script.iter().any(|line| line.contains("<t")));
    let local = talk(Depth::Full, &mut has_many_local_users());
    assert_eq!(
        outcome_of(&local, Sender::F1, Recipient::T3),
        Outcome::AcceptedTwinAccepted
    );
    assert_eq!(
        outcome_of(&local, Sender::F1, Recipient::T12),
        Outcome::RelayDenied
    );
}

#[test]
fn t24_follows_the_postmaster_in_the_same_transaction() {
    let talk = talk(Depth::Full, &mut closed_550());
    let postmasters: Vec<usize> = talk
        .script
        .iter()
        .enumerate()
        .filter(|(_, line)| *line == "C: RCPT TO:<postmaster>")
        .map(|(place, _)| place)
        .collect();
    let after = talk.script[postmasters.last().unwrap() + 1..]
        .iter()
        .find(|line| line.starts_with("C: "));
    assert_eq!(
        after.map(String::as_str),
        Some("C: RCPT TO:<r@sink.example>")
    );
}
