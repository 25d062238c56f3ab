//! Servers that do not end in order: what they accepted counts where each reply has its command.

use super::{
    DEPTHS,
    servers::{PIPELINING, PLAIN, is_rcpt},
};
use crate::relay::peer::{Answer, Network, Peer, Session, setup, talk, talk_over, tester};

/// What a server does at QUIT.
type AtQuit = fn() -> Answer;

const OFFERS: [(&str, &[&str]); 2] = [("in groups", PIPELINING), ("one by one", PLAIN)];

const FAREWELLS: &[(&str, AtQuit)] = &[
    ("says 221", || Answer::SayAndClose("221 bye".to_string())),
    ("closes", || Answer::Drop),
    ("resets", || Answer::Reset),
    ("is silent", || Answer::Nothing),
    ("says 250 and closes", || {
        Answer::SayAndClose("250 bye".to_string())
    }),
    ("says 250 and stays", || Answer::Say("250 bye".to_string())),
    ("does not know QUIT and closes", || {
        Answer::SayAndClose("502 5.5.1 Command not implemented".to_string())
    }),
    ("does not know QUIT and stays", || {
        Answer::Say("500 5.5.2 Error: bad syntax".to_string())
    }),
    ("says 421", || {
        Answer::SayAndClose("421 I was leaving anyway".to_string())
    }),
];

/// Relays for anyone, as long as the domain exists.
fn open(session: &Session) -> Option<Answer> {
    (is_rcpt(session) && session.to.contains(".invalid")).then(|| "550 5.1.2 no domain".into())
}

fn closed(session: &Session) -> Option<Answer> {
    (is_rcpt(session) && session.to != "<postmaster>").then(|| "550 5.7.1 Relaying denied".into())
}

#[test]
fn a_missing_farewell_changes_no_verdict() {
    for (mode, offers) in OFFERS {
        for (farewell, at_quit) in FAREWELLS {
            for depth in DEPTHS {
                for (answers, expected) in [
                    (
                        open as fn(&Session) -> Option<Answer>,
                        "suspected: recipient-accepted",
                    ),
                    (closed, "closed: relay-denied"),
                ] {
                    let mut server = Peer::new("220 mail.example.org ESMTP", offers, |session| {
                        if session.line == "QUIT" {
                            Some(at_quit())
                        } else {
                            answers(session)
                        }
                    });
                    let talk = talk(depth, &mut server);
                    assert_eq!(
                        talk.words(),
                        expected,
                        "{farewell}, {mode}, {}\n{}",
                        depth.as_str(),
                        talk.script()
                    );
                }
            }
        }
    }
}

#[test]
fn who_drops_us_after_an_acceptance_is_believed_the_second_time() {
    for (mode, offers) in OFFERS {
        for drop in [Answer::Drop, Answer::Reset, Answer::Nothing] {
            let mut accepted = 0;
            let mut server = Peer::new("220 mail.example.org ESMTP", offers, |session| {
                if !is_rcpt(session) {
                    return (accepted == session.connection).then(|| drop.clone());
                }
                if accepted == session.connection {
                    return Some(drop.clone());
                }
                accepted = session.connection;
                None
            });
            let talk = talk(DEPTHS[0], &mut server);
            assert_eq!(
                talk.words(),
                "suspected: accepts-anything",
                "{drop:?}, {mode}\n{}",
                talk.script()
            );
        }
    }
}

/// Says one reply too many at the first RCPT, and every later one when the next command comes.
fn is_a_reply_behind() -> impl FnMut(&Session) -> Option<Answer> {
    let mut owed = None;
    move |session| {
        let due = match session.line.split(' ').next()? {
            "" => {
                owed = None;
                return None;
            }
            "EHLO" => return None,
            "MAIL" if owed.is_none() => return None,
            "RCPT" if session.to != "<postmaster>" => "550 5.7.1 Relaying denied",
            _ => "250 ok",
        };
        let said = owed.replace(due).unwrap_or("250 really");
        Some(if session.line == "QUIT" {
            Answer::SayAndClose(format!("{said}\n221 bye"))
        } else {
            Answer::Say(said.to_string())
        })
    }
}

#[test]
fn a_server_that_is_a_reply_behind_accuses_nobody() {
    let tester = tester();
    for (mode, offers) in OFFERS {
        for piece in [1, usize::MAX] {
            for depth in DEPTHS {
                let network = Network {
                    piece,
                    ..Network::default()
                };
                let mut server =
                    Peer::new("220 mail.example.org ESMTP", offers, is_a_reply_behind());
                let talk = talk_over(network, setup(&tester, depth), &mut server);
                assert!(
                    talk.words().starts_with("inconclusive"),
                    "{mode}, {}: {}\n{}",
                    depth.as_str(),
                    talk.words(),
                    talk.script()
                );
            }
        }
    }
}
