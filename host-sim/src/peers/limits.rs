//! Closed servers that bear only so much on one connection. Whoever respects what a connection
//! bears, or comes again, finds that they are closed.

use std::time::Duration;

use probe_core::verdict::{Kind, Reason};

use super::{
    Personality, SAME,
    closed::{CLOSED, CLOSED_TRUTH, closed},
    house::{Manners, Visit, server},
    verdict,
};
use crate::smtp::Reply;

pub(super) static FAMILY: [Personality; 10] = [
    closed(
        "error-sleeps",
        "says nothing of itself, and answers after 5 s from the tenth error on",
        "sleeps after errors, and bears them",
        |peer| {
            let manners = Manners {
                pause: |_, context| Duration::from_secs(if context.errors >= 10 { 5 } else { 0 }),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    Personality {
        name: "ends-after-6",
        about: "says 421 to the sixth error",
        behaviour: "421 after six errors",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            server(
                peer,
                Manners {
                    revise: |reply, visit| errors(reply, visit, 6),
                    ..Manners::CLOSED
                },
            )
        },
    },
    closed(
        "ends-after-4",
        "says 421 to the fourth error",
        "421 after four errors",
        |peer| {
            server(
                peer,
                Manners {
                    revise: |reply, visit| errors(reply, visit, 4),
                    ..Manners::CLOSED
                },
            )
        },
    ),
    Personality {
        name: "under-stress",
        about: "says 421 to the first error, like Postfix under stress",
        behaviour: "421 instead of the first refusal",
        truth: CLOSED_TRUTH,
        expected: [verdict(Kind::Inconclusive, Reason::CutOff); 3],
        delivered: SAME,
        serve: |peer| {
            server(
                peer,
                Manners {
                    revise: |reply, visit| errors(reply, visit, 1),
                    ..Manners::CLOSED
                },
            )
        },
    },
    closed(
        "bad-commands",
        "bears 25 bad commands, like Sendmail",
        "421 after twenty-five errors",
        |peer| {
            let manners = Manners {
                calls_itself: "ESMTP Sendmail 8.17.1/8.17.1; ready",
                revise: |reply, visit| errors(reply, visit, 26),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "reset-limit",
        "drops at the twelfth RSET, like Exim",
        "drops after eleven RSETs",
        |peer| {
            let manners = Manners {
                revise: |_, visit| {
                    (visit.context.resets >= 12).then(|| over("Too many nonmail commands"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "few-resets",
        "drops at the third RSET",
        "drops after two RSETs",
        |peer| {
            let manners = Manners {
                revise: |_, visit| {
                    (visit.context.resets >= 3).then(|| over("Too many nonmail commands"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "bad-recipients",
        "drops when more than ten recipients of a message are under half accepted, like Exim",
        "drops after ten recipients with under half accepted",
        |peer| {
            let manners = Manners {
                calls_itself: "ESMTP Exim 4.96 ready",
                revise: |reply, visit| {
                    let accepted = visit.context.recipients.len();
                    let refused = usize::try_from(visit.context.refused).unwrap_or(usize::MAX);
                    (reply.is_refusal() && accepted + refused > 10 && accepted < refused)
                        .then(|| over("Too many bad recipients"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "four-recipients",
        "defers the fifth and each later recipient of a message with 452",
        "452 after four recipients of a message",
        |peer| {
            let manners = Manners {
                revise: |reply, visit| {
                    let context = visit.context;
                    let asked = context.recipients.len()
                        + usize::try_from(context.refused).unwrap_or(usize::MAX);
                    (is_about_a_recipient(reply) && asked > 4)
                        .then(|| Reply::new(452, "4.5.3 Too many recipients"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "one-recipient",
        "takes one recipient for each message, and defers the others with 452",
        "452 after one recipient of a message",
        |peer| {
            let manners = Manners {
                revise: |reply, visit| {
                    let context = visit.context;
                    let asked = context.recipients.len()
                        + usize::try_from(context.refused).unwrap_or(usize::MAX);
                    (is_about_a_recipient(reply) && asked > 1)
                        .then(|| Reply::new(452, "4.5.3 Too many recipients"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
];

/// 421 from the error of that number on.
fn errors(reply: &Reply, visit: &Visit<'_>, number: u32) -> Option<Reply> {
    (reply.is_refusal() && visit.context.errors >= number)
        .then(|| Reply::new(421, "4.7.0 Too many errors").and_close())
}

fn over(text: &str) -> Reply {
    Reply::new(554, text).and_close()
}

/// Whether the reply, in a transaction that is open, can only be to RCPT.
fn is_about_a_recipient(reply: &Reply) -> bool {
    let said = reply.lines.first().map(String::as_str).unwrap_or_default();
    ["2.1.5", "5.1.1", "5.1.3", "5.7.1"]
        .iter()
        .any(|code| said.starts_with(code))
}
