//! Servers as they are, and what each should get.

use crate::relay::peer::{Answer, Peer, Session};

pub(super) const POSTFIX: &str = "220 mail.example.org ESMTP Postfix (Debian/GNU)";
pub(super) const POSTFIX_OFFERS: &[&str] = &[
    "PIPELINING",
    "SIZE 10240000",
    "ENHANCEDSTATUSCODES",
    "8BITMIME",
];
pub(super) const PIPELINING: &[&str] = &["PIPELINING"];
pub(super) const PLAIN: &[&str] = &["8BITMIME"];

pub(super) fn say(text: impl Into<String>) -> Option<Answer> {
    Some(Answer::Say(text.into()))
}

pub(super) fn is_rcpt(session: &Session) -> bool {
    session.line.starts_with("RCPT ")
}

/// Postfix as Debian ships it: relays for nobody, and says so with a temporary code.
pub(super) fn closed_postfix() -> Peer<'static> {
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
pub(super) fn closed_550() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        (is_rcpt(session) && session.to != "<postmaster>").then(|| "550 relay not permitted".into())
    })
}

/// What Exim 4.96 with its default ACL answers: the table of docs/relay-battery.md. It drops at
/// the fourth error of syntax.
pub(super) fn closed_exim() -> Peer<'static> {
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
pub(super) fn closed_opensmtpd() -> Peer<'static> {
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
pub(super) fn open() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        (is_rcpt(session) && session.to.contains(".invalid"))
            .then(|| "550 5.1.2 no such domain".into())
    })
}

/// Accepts everything, as an open Postfix does and a honeypot.
pub(super) fn accepts_anything() -> Peer<'static> {
    Peer::new(POSTFIX, POSTFIX_OFFERS, |_| None)
}

/// Relays for whoever claims to be one of its own.
pub(super) fn trusts_forged_local_senders() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        let is_local = session.from.ends_with("@mail.example.org>");
        (is_rcpt(session) && session.to != "<postmaster>" && !is_local)
            .then(|| "550 5.7.1 Relaying denied".into())
    })
}

/// Defers every new envelope for five minutes, then relays it.
pub(super) fn greylists_then_open() -> Peer<'static> {
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
pub(super) fn tarpit() -> Peer<'static> {
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

pub(super) fn drops_after_mail() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        session.line.starts_with("MAIL").then_some(Answer::Drop)
    })
}

pub(super) fn speaks_ssh() -> Peer<'static> {
    Peer::new("SSH-2.0-OpenSSH_9.2p1 Debian-2", PLAIN, |_| None)
}

pub(super) fn speaks_helo_only() -> Peer<'static> {
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

pub(super) fn takes_no_mail() -> Peer<'static> {
    let mut peer = Peer::new("", PLAIN, |_| None);
    peer.greeting = Answer::SayAndClose("521 mail.example.org does not accept mail".to_string());
    peer
}

/// Says goodbye at the fifth refusal.
pub(super) fn hangs_up_after_four() -> Peer<'static> {
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
pub(super) fn enforces_synchronisation() -> Peer<'static> {
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
pub(super) fn stutters() -> Peer<'static> {
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

pub(super) fn mixes_codes() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        (is_rcpt(session) && session.to != "<postmaster>")
            .then(|| "250-let me see\n550-no\n550 5.7.1 we do not relay".into())
    })
}

pub(super) fn greets_at_length() -> Peer<'static> {
    let mut peer = closed_550();
    let line = format!("220-{}\n", "no unsolicited mail ".repeat(20));
    peer.greeting = Answer::Say(format!(
        "{}220 mail.example.org ESMTP",
        line.repeat(85_000 / line.len() + 1)
    ));
    peer
}

/// Ends lines in LF alone and swears in Latin-1.
pub(super) fn writes_odd_octets() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PLAIN, |session| {
        (is_rcpt(session) && session.to != "<postmaster>")
            .then(|| Answer::Octets(b"550 relaying refus\xe9\n".to_vec()))
    })
}

/// Refuses the client, whatever it asks for, but for the postmaster's own sake not at once.
pub(super) fn blocks_us() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        is_rcpt(session).then(|| "554 5.7.0 Policy rejection".into())
    })
}

pub(super) fn wants_a_login() -> Peer<'static> {
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

pub(super) fn wants_tls() -> Peer<'static> {
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
pub(super) fn has_many_local_users() -> Peer<'static> {
    Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        let is_local = session.to.contains(['%', '"', '!'])
            || session.to == "<postmaster>"
            || session.to.ends_with("@example.org>");
        (is_rcpt(session) && !is_local).then(|| "550 5.7.1 Relaying denied".into())
    })
}

/// Does not like our sender, and says nothing about relaying.
pub(super) fn refuses_our_sender() -> Peer<'static> {
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
pub(super) fn refuses_its_own_name() -> Peer<'static> {
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
pub(super) fn drops_the_first_session() -> Peer<'static> {
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

/// Defers every new envelope for five minutes, a foreign one too, and then denies relaying.
pub(super) fn greylists_then_closed() -> Peer<'static> {
    let mut seen = std::collections::HashMap::new();
    Peer::new("220 mail.example.org ESMTP", PIPELINING, move |session| {
        if !is_rcpt(session) {
            return None;
        }
        let envelope = (session.from.clone(), session.to.clone());
        let first_ms = *seen.entry(envelope).or_insert(session.now_ms);
        if session.now_ms < first_ms + 300_000 {
            say("450 4.2.0 Recipient address rejected: Greylisted, try again")
        } else if session.to == "<postmaster>" {
            None
        } else {
            say("554 5.7.1 Relay access denied")
        }
    })
}

/// Puts everything off in the first session, as postscreen's deep tests do, and is a closed Postfix
/// from the second one on.
pub(super) fn puts_the_first_session_off() -> Peer<'static> {
    let mut closed = closed_postfix();
    let mut first_ms = None;
    Peer::new(POSTFIX, POSTFIX_OFFERS, move |session| {
        let is_first =
            *first_ms.get_or_insert(session.now_ms) == session.now_ms || session.now_ms < 60_000;
        if is_first && is_rcpt(session) {
            return say("450 4.3.2 Service currently unavailable");
        }
        (closed.answer)(session)
    })
}

/// Takes one recipient for each message, and puts the others off.
pub(super) fn takes_one_recipient() -> Peer<'static> {
    let mut asked = 0;
    Peer::new("220 mail.example.org ESMTP", PIPELINING, move |session| {
        if !is_rcpt(session) {
            asked = 0;
            return None;
        }
        asked += 1;
        if asked > 1 {
            say("452 4.5.3 Too many recipients")
        } else {
            (session.to != "<postmaster>").then(|| "554 5.7.1 Relay access denied".into())
        }
    })
}

/// Closes the connection at its third RSET.
pub(super) fn bears_two_resets() -> Peer<'static> {
    let mut resets = 0;
    Peer::new("220 mail.example.org ESMTP", PIPELINING, move |session| {
        match session.line.split(' ').next()? {
            "" => resets = 0,
            "RSET" => resets += 1,
            "RCPT" if session.to != "<postmaster>" => return say("554 5.7.1 Relay access denied"),
            _ => {}
        }
        (resets > 2).then(|| Answer::SayAndClose("554 Too many nonmail commands".to_string()))
    })
}

pub(super) type Build = fn() -> Peer<'static>;

/// Each server with its verdict at quick, standard and full depth.
pub(super) const SERVERS: &[(&str, Build, [&str; 3])] = &[
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
        "one recipient",
        takes_one_recipient,
        ["closed: relay-denied"; 3],
    ),
    ("two resets", bears_two_resets, ["closed: relay-denied"; 3]),
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
