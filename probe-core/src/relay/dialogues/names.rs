//! Forms that depend on the target's names, and on what goes before them.

use super::{
    outcome_of,
    servers::{
        PLAIN, POSTFIX, POSTFIX_OFFERS, closed_550, closed_postfix, has_many_local_users, is_rcpt,
        refuses_its_own_name, say,
    },
};
use crate::{
    evidence::{Finish, Notes},
    name::Name,
    relay::{
        Hello, Outcome, PairId, Recipient, Sender, Setting, Setup,
        peer::{Answer, Network, Peer, setup, talk, talk_over, tester},
    },
    scope::Depth,
};

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

/// Relays plain recipients for whoever uses this name in EHLO.
fn trusts_the_name(trusted: &'static str) -> Peer<'static> {
    Peer::new(POSTFIX, POSTFIX_OFFERS, move |session| {
        let is_plain = session.to.starts_with("<r") && session.to.ends_with("@sink.example>");
        let relays = session.hello == trusted && is_plain && !session.to.contains(['%', '!']);
        (is_rcpt(session) && !relays && session.to != "<postmaster>")
            .then(|| "554 5.7.1 Relay access denied".into())
    })
}

#[test]
fn what_a_trusted_name_opens_is_told_of_that_name_alone() {
    for (name, hello) in [
        ("mail.example.org", Hello::Theirs),
        ("nonexistent.probe.example.net", Hello::Unknown),
        ("[192.0.2.1]", Hello::Literal),
        ("localhost", Hello::Localhost),
    ] {
        let talk = talk(Depth::Full, &mut trusts_the_name(name));
        assert_eq!(talk.words(), "suspected: recipient-accepted", "{name}");
        for id in PairId::all() {
            let outcome = talk.evidence.outcome(id);
            assert_eq!(
                outcome.is_accepted(),
                id.pair().hello == hello || id == PairId::POSTMASTER,
                "{name}: {:?} {}\n{}",
                id.pair(),
                outcome.as_str(),
                talk.script()
            );
            assert_ne!(outcome, Outcome::NotReached, "{name}: {:?}", id.pair());
        }
        assert_eq!(talk.evidence.finish(), Finish::Tested);
        // It refused nobody for the name.
        assert!(!talk.evidence.notes().contains(Notes::NAME_REFUSED));
    }
}

#[test]
fn t1_stands_before_a_reset_on_every_connection_where_it_is_tested_behind_one() {
    // Cut off between both, so that the second one goes on another connection.
    let mut server = Peer::new("220 mail.example.org ESMTP", PLAIN, |session| match session
        .line
        .split(' ')
        .next()?
    {
        "RCPT" if session.to == "<postmaster>" => None,
        "RCPT" if session.connection == 1 && session.refusals >= 3 => Some(Answer::Drop),
        "RCPT" => say("554 5.7.1 Relay access denied"),
        _ => None,
    });
    let talk = talk(Depth::Full, &mut server);
    let after_reset = PairId::all()
        .find(|pair| pair.pair().setting == Setting::AfterReset)
        .unwrap();
    assert_eq!(talk.evidence.outcome(after_reset), Outcome::RelayDenied);
    let connections = talk.script();
    let with_both = connections.split("[connected]").filter(|commands| {
        let own = "C: EHLO probe.example.net";
        let t1 =
            "C: MAIL FROM:<s@probe.example.net>\nS: 250 2.0.0 Ok\nC: RCPT TO:<r@sink.example>\n";
        commands.contains(own) && commands.matches(t1).count() == 2
    });
    assert!(with_both.count() >= 1, "{connections}");
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
    let tester = tester();
    let names = ["one.example", "two.example"].map(|name| Name::new(name).unwrap());
    let setup = Setup {
        names: &names,
        ..setup(&tester, Depth::Quick)
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
fn what_the_address_is_called_stands_behind_the_domains_of_the_list() {
    let tester = tester();
    let one = [Name::new("one.example").unwrap()];
    let reverse = Name::new("reverse.example").unwrap();
    let senders = |names: &[Name], greets: bool| {
        let setup = Setup {
            names,
            reverse: Some(&reverse),
            ..setup(&tester, Depth::Full)
        };
        let mut server = Peer::new("220 ESMTP", &[], move |session| {
            match session.line.split(' ').next()? {
                "EHLO" if greets => say("250 mail.example.org"),
                "EHLO" => say("250 hello"),
                "RCPT" => say("550 5.7.1 Relaying denied"),
                _ => None,
            }
        });
        let talk = talk_over(Network::default(), setup, &mut server);
        let mut sent: Vec<String> = talk
            .script
            .iter()
            .filter_map(|line| line.strip_prefix("C: MAIL FROM:<"))
            .filter(|from| from.ends_with("example>") || from.ends_with("example.org>"))
            .map(str::to_owned)
            .collect();
        sent.sort();
        sent.dedup();
        sent
    };
    // F3 with every name; F7 with the likeliest domain, and with the second one.
    assert_eq!(
        senders(&[], true),
        [
            "postmaster@example.org>",
            "s@example.org>",
            "s@mail.example.org>",
            "s@reverse.example>"
        ]
    );
    assert_eq!(
        senders(&one, true),
        [
            "postmaster@one.example>",
            "postmaster@reverse.example>",
            "s@example.org>",
            "s@mail.example.org>",
            "s@one.example>",
            "s@reverse.example>"
        ]
    );
    // It is all that there is.
    assert_eq!(
        senders(&[], false),
        ["postmaster@reverse.example>", "s@reverse.example>"]
    );
}

#[test]
fn twins_are_sent_only_after_their_form_was_accepted() {
    let closed = talk(Depth::Full, &mut closed_postfix());
    let controls = ["C: RCPT TO:<t@nonce.invalid>", "C: RCPT TO:<t@example.org>"];
    let is_twin =
        |line: &&String| line.starts_with("C: RCPT TO:<t") && !controls.contains(&line.as_str());
    assert_eq!(closed.script.iter().find(is_twin), None);
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

#[test]
fn the_percent_hack_runs_with_the_host_name_and_each_listed_domain() {
    let tester = tester();
    let names = ["one.example", "two.example"].map(|name| Name::new(name).unwrap());
    for (listed, expected) in [
        (
            &names[..],
            vec!["mail.example.org", "one.example", "two.example"],
        ),
        (&names[..1], vec!["mail.example.org", "one.example"]),
        (&names[..0], vec!["mail.example.org"]),
    ] {
        let setup = Setup {
            names: listed,
            ..setup(&tester, Depth::Full)
        };
        let talk = talk_over(Network::default(), setup, &mut closed_postfix());
        let hosts: Vec<&str> = talk
            .script
            .iter()
            .filter_map(|line| line.strip_prefix("C: RCPT TO:<r%sink.example@"))
            .filter_map(|rest| rest.strip_suffix('>'))
            .filter(|host| !host.starts_with('[') && *host != "localhost" && !host.is_empty())
            .collect();
        assert_eq!(hosts, expected, "{}", talk.script());
    }
}
