//! The dialogue against servers as they are.

use super::{
    PARKED_FOR, Parked, RelayDialogue, Setup,
    dialogue::DIALOGUE_OCTETS_MAX,
    peer::{Answer, Network, Peer, Session, Talk, identity, setup, talk, talk_over},
};
use crate::{
    evidence::{EVIDENCE_OCTETS_MAX, Evidence, Notes},
    scope::Depth,
    time::Millis,
};

const POSTFIX: &str = "220 mail.example.org ESMTP Postfix (Debian/GNU)";
const POSTFIX_OFFERS: &[&str] = &[
    "PIPELINING",
    "SIZE 10240000",
    "ENHANCEDSTATUSCODES",
    "8BITMIME",
];

/// Postfix as Debian ships it: relays for nobody, and says so with a temporary code.
fn closed_postfix() -> Peer<'static> {
    Peer::new(POSTFIX, POSTFIX_OFFERS, |session: &Session| {
        let to = &session.to;
        let answer = match session.line.split(' ').next()? {
            "MAIL" if session.from.ends_with("@>") => {
                "501 5.1.7 Bad sender address syntax".to_string()
            }
            "RCPT" if session.from.ends_with("@>") => {
                "503 5.5.1 Error: need MAIL command".to_string()
            }
            "RCPT" if to == "<postmaster>" => return None,
            "RCPT" if to.matches('@').count() == 1 && to.ends_with("@example.org>") => {
                format!(
                    "550 5.1.1 {to}: Recipient address rejected: User unknown in local recipient table"
                )
            }
            "RCPT" => format!("454 4.7.1 {to}: Relay access denied"),
            _ => return None,
        };
        Some(Answer::Say(answer))
    })
}

#[test]
fn sizes() {
    assert!(
        size_of::<RelayDialogue<'_>>() <= DIALOGUE_OCTETS_MAX,
        "{}",
        size_of::<RelayDialogue<'_>>()
    );
    assert!(
        size_of::<Evidence>() <= EVIDENCE_OCTETS_MAX,
        "{}",
        size_of::<Evidence>()
    );
}

#[test]
fn closed_postfix_standard() {
    let talk = talk(Depth::Standard, &mut closed_postfix());
    assert_eq!(
        talk.words(),
        "closed: relay-denied",
        "{}\n{:?}",
        talk.script(),
        talk.evidence
    );
    println!("{}", talk.script());
}

#[test]
fn closed_postfix_full() {
    let talk = talk(Depth::Full, &mut closed_postfix());
    println!("{}", talk.script());
    assert_eq!(talk.words(), "closed: relay-denied");
    assert_eq!(talk.connections, 5);
    println!("{:?} {}", talk.ended, talk.turns);
}
