//! What a battery costs its target, and what the scope allows.

use super::{
    DEPTHS, outcome_of,
    servers::{SERVERS, closed_postfix},
};
use crate::{
    evidence::Finish,
    name::Name,
    relay::{
        Outcome, Recipient, Sender, Setup,
        peer::{Network, identity, setup, talk, talk_over},
    },
    scope::Depth,
};

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
