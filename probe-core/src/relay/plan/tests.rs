//! Plans for servers that refuse everything but the postmaster.

use super::*;
use crate::{relay::pairs::Slot, smtp::Server};

fn ids(group: &Group) -> Vec<String> {
    group
        .commands
        .iter()
        .map(|command| {
            let pair = command.pair.pair();
            match command.verb {
                Verb::Mail => pair.sender.info().id.to_string(),
                Verb::Rcpt => pair.recipient.info().id.to_string(),
                Verb::Data => "DATA".to_string(),
                Verb::Dot => "DOT".to_string(),
                Verb::Rset => "RSET".to_string(),
                Verb::Quit => "QUIT".to_string(),
            }
        })
        .collect()
}

/// A plan for a target whose name is known and that has no listed domains.
fn plan(depth: Depth, server: Option<Server>) -> Plan {
    let mut plan = Plan::new(depth, 60, Outcomes::default());
    plan.recognise(server);
    for pair in PairId::all() {
        if matches!(pair.pair().slot, Slot::Listed(_)) {
            plan.set(pair, Outcome::NotFormable);
        }
    }
    plan
}

/// Runs a battery against a server that refuses everything but the postmaster; the groups.
fn run(plan: &mut Plan) -> Vec<(Hello, Vec<String>)> {
    let mut groups = Vec::new();
    while !plan.pending().is_empty() {
        let hello = plan.next_hello(groups.is_empty());
        let borne = Borne {
            pipelines: true,
            ..Borne::nothing(hello)
        };
        let mut group = Group::default();
        plan.lay_out(&borne, &mut group);
        if group.commands.is_empty() {
            break;
        }
        for command in &group.commands {
            if command.verb == Verb::Rcpt {
                if command.pair == PairId::POSTMASTER {
                    plan.set(command.pair, Outcome::Accepted);
                } else {
                    plan.set(command.pair, Outcome::RelayDenied);
                    plan.count_refusal();
                }
            }
        }
        groups.push((hello, ids(&group)));
    }
    groups
}

#[test]
fn a_standard_battery_on_postfix_is_two_groups_of_nine_refusals() {
    let mut plan = plan(Depth::Standard, Some(Server::Postfix));
    let groups = run(&mut plan);
    let [(Hello::Own, quick), (Hello::Own, more)] = groups.as_slice() else {
        panic!("{groups:?}");
    };
    assert_eq!(
        quick.join(" "),
        "F1 T1 C3 C1 RSET F2 T1 RSET F3 T1 RSET F3 T1"
    );
    assert_eq!(more.join(" "), "F1 T3 T6 T12 RSET F1 T22");
    assert_eq!(plan.refusals(), 9);
}

#[test]
fn a_full_battery_on_postfix_is_five_connections_of_nine_refusals() {
    let mut plan = plan(Depth::Full, Some(Server::Postfix));
    let groups = run(&mut plan);
    assert_eq!(
        groups.iter().map(|(hello, _)| *hello).collect::<Vec<_>>(),
        Hello::ALL
    );
    assert!(plan.pending().is_empty());
    for (_, commands) in &groups {
        assert_eq!(commands.last().map(String::as_str), Some("QUIT"));
        let refusals = commands
            .iter()
            .filter(|id| id.starts_with('T') || matches!(id.as_str(), "C2" | "C3" | "F10"));
        assert!(refusals.count() <= 9, "{commands:?}");
    }
}

#[test]
fn every_budget_is_kept_and_every_pair_is_sent_once() {
    for server in [
        None,
        Some(Server::Postfix),
        Some(Server::Exim),
        Some(Server::OpenSmtpd),
        Some(Server::Sendmail),
        Some(Server::Courier),
        Some(Server::Haraka),
        Some(Server::Exchange),
        Some(Server::Qmail),
    ] {
        let mut plan = plan(Depth::Full, server);
        let budget = plan.budget;
        let groups = run(&mut plan);
        assert!(plan.pending().is_empty(), "{server:?}: {groups:?}");
        let mut mails = 0;
        for (_, commands) in &groups {
            let count = |id: &str| commands.iter().filter(|other| *other == id).count();
            assert!(count("RSET") <= usize::from(budget.resets_max));
            assert!(count("QUIT") == 1);
            mails += count("RSET") + 1;
            for transaction in commands.split(|id| id == "RSET") {
                let recipients = transaction.iter().filter(|id| !id.starts_with('F')).count();
                assert!(
                    recipients <= usize::from(budget.recipients_max) + 2,
                    "{server:?}: {transaction:?}"
                );
            }
        }
        assert!(mails > 10);
    }
}

#[test]
fn what_a_strict_parser_counts_goes_last_and_at_most_three_times_on_exim() {
    let mut plan = plan(Depth::Full, Some(Server::Exim));
    for (_, commands) in run(&mut plan) {
        let is_counted = |id: &str| {
            [
                "T4", "T9", "T11", "T13", "T16", "T17", "T18", "T22", "T25", "T2", "T10", "F4",
                "F10", "F11",
            ]
            .contains(&id)
        };
        let first = commands.iter().position(|id| is_counted(id));
        let Some(first) = first else { continue };
        let last = &commands[first..];
        assert!(last.iter().filter(|id| is_counted(id)).count() <= 3);
        assert!(
            last.iter()
                .all(|id| is_counted(id)
                    || ["F1", "T1", "T20", "RSET", "QUIT"].contains(&id.as_str())),
            "{commands:?}"
        );
    }
}

#[test]
fn f4_stands_in_where_no_name_is_known() {
    let mut plan = Plan::new(Depth::Quick, 10, Outcomes::default());
    plan.recognise(None);
    let stand_in = t1_under(Sender::F4).next().unwrap();
    assert!(!plan.is_planned(stand_in));
    for pair in PairId::all() {
        if pair.pair().slot != Slot::Nameless {
            plan.set(pair, Outcome::NotFormable);
        }
    }
    assert!(plan.is_planned(stand_in));
    let groups = run(&mut plan);
    assert_eq!(
        groups[0].1.join(" "),
        "F1 T1 C3 C1 RSET F2 T1 RSET F4 T1 QUIT"
    );
}

#[test]
fn what_was_refused_with_a_name_of_f12_goes_again_under_our_own() {
    let mut plan = plan(Depth::Full, Some(Server::Postfix));
    let pair = PairId::all()
        .find(|pair| pair.pair().recipient == Recipient::T8)
        .unwrap();
    plan.send_under_own_name(pair);
    for hello in Hello::ALL {
        let mut group = Group::default();
        plan.lay_out(&Borne::nothing(hello), &mut group);
        let has_it = group.commands.iter().any(|command| command.pair == pair);
        assert!(!has_it || hello == Hello::Own);
    }
}
