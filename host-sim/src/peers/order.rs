//! Servers that watch the order in which a client speaks: early talkers, groups of commands, first
//! sessions. A client that waits its turn finds most of them closed.

use std::time::Duration;

use probe_core::verdict::{Kind, Reason, Verdict};

use super::{
    Fate, Personality, Rule, SAME,
    closed::{CLOSED, CLOSED_TRUTH, closed},
    house::{Manners, Visit, server},
    verdict,
};
use crate::smtp::Reply;

const CUT_OFF: [Verdict; 3] = [verdict(Kind::Inconclusive, Reason::CutOff); 3];

const NOBODY_KNOWS: &[Rule] = &[Rule::all(Fate::NotToBeJudged)];

pub(super) static FAMILY: [Personality; 10] = [
    closed(
        "early-talkers-refused",
        "greets after 5 s, and refuses everything to who has spoken before, like Sendmail",
        "early talkers get refusals for everything",
        |peer| {
            let manners = Manners {
                revise: |reply, visit| {
                    let refused = visit.context.early && reply.code != 221;
                    refused.then(|| Reply::new(550, "5.0.0 Command rejected"))
                },
                pause: |reply, _| greeting(reply, 5),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "synchronisation-enforced",
        "drops who speaks before its turn, like Exim",
        "early input is refused and dropped",
        |peer| {
            let manners = Manners {
                revise: |_, visit| {
                    let context = visit.context;
                    (context.early || context.pipelined)
                        .then(|| Reply::new(554, "SMTP synchronization error").and_close())
                },
                pause: |reply, _| greeting(reply, 2),
                ..Manners::LOCK_STEP
            };
            server(peer, manners)
        },
    ),
    closed(
        "no-pipelining",
        "offers no PIPELINING, and closes on a group of commands, like OpenSMTPD",
        "a group of commands that was not offered ends the connection",
        |peer| {
            let manners = Manners {
                calls_itself: "ESMTP OpenSMTPD",
                revise: |_, visit| group(visit),
                ..Manners::LOCK_STEP
            };
            server(peer, manners)
        },
    ),
    closed(
        "pipelining-hostile",
        "offers PIPELINING, and closes on a group of commands all the same",
        "a group of commands ends the connection, although offered",
        |peer| {
            let manners = Manners {
                revise: |_, visit| group(visit),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "teaser",
        "sends a first line, waits 6 s and greets, like postscreen",
        "a greeting of two lines, six seconds apart",
        |peer| Box::new(super::raw::Teaser::new(peer)),
    ),
    closed(
        "first-session-deferred",
        "defers every recipient of the first session, like postscreen's deep tests",
        "defers everything in the first session",
        |peer| {
            let manners = Manners {
                rcpt: |_, visit| {
                    (visit.connection == 1)
                        .then(|| Reply::new(450, "4.3.2 Service currently unavailable"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "first-session-dropped",
        "closes the first session without a word",
        "drops the first session",
        |peer| {
            let manners = Manners {
                greeting: |_, connection| (connection == 1).then(Reply::hang_up),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    Personality {
        name: "every-second-dropped",
        about: "closes every second session without a word",
        behaviour: "drops every second session",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                greeting: |_, connection| connection.is_multiple_of(2).then(Reply::hang_up),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "drops-at-greeting",
        about: "closes every connection before the greeting",
        behaviour: "drops every session at the greeting",
        truth: NOBODY_KNOWS,
        expected: CUT_OFF,
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                greeting: |_, _| Some(Reply::hang_up()),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "drops-at-ehlo",
        about: "closes the connection at EHLO",
        behaviour: "drops at EHLO",
        truth: NOBODY_KNOWS,
        expected: CUT_OFF,
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                hello: |_| Some(Reply::hang_up()),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
];

fn group(visit: &Visit<'_>) -> Option<Reply> {
    let text = "5.5.1 Invalid command: Pipelining not supported";
    visit
        .context
        .pipelined
        .then(|| Reply::new(500, text).and_close())
}

fn greeting(reply: &Reply, seconds: u64) -> Duration {
    Duration::from_secs(if reply.code == 220 { seconds } else { 0 })
}
