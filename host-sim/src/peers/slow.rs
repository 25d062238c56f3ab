//! Servers that take their time. Where a reply still comes within what a client has to bear, the
//! verdict is the one that a quick server would get.

use std::time::Duration;

use probe_core::verdict::{Kind, Reason, Verdict};

use super::{
    Personality, SAME,
    closed::{CLOSED, CLOSED_TRUTH},
    house::{Manners, server},
    verdict,
};
use crate::smtp::Reply;

const TARPIT: Verdict = verdict(Kind::Inconclusive, Reason::Tarpit);

pub(super) static FAMILY: [Personality; 5] = [
    Personality {
        name: "greets-after-11s",
        about: "greets after 11 s, like qpsmtpd",
        behaviour: "a greeting late, but in time",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                calls_itself: "ESMTP qpsmtpd ready",
                pause: |reply, _| greeting(reply, 11),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "greets-too-late",
        about: "greets after 90 s",
        behaviour: "a greeting too late",
        truth: CLOSED_TRUTH,
        expected: [TARPIT; 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                pause: |reply, _| greeting(reply, 90),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "slow-replies",
        about: "answers each command after 3 s",
        behaviour: "every reply late, but in time",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                pause: |_, _| Duration::from_secs(3),
                ..Manners::LOCK_STEP
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "very-slow-replies",
        about: "answers each command after 15 s: ten minutes are enough for standard, not for full",
        behaviour: "every reply so late that time runs out",
        truth: CLOSED_TRUTH,
        expected: [CLOSED, CLOSED, TARPIT],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                pause: |_, _| Duration::from_secs(15),
                ..Manners::LOCK_STEP
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "refusals-tarpitted",
        about: "waits 5 s before each refusal, like Exchange, and ends with the sixth",
        behaviour: "refusals late, and few of them",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                calls_itself: "Microsoft ESMTP MAIL Service ready",
                revise: |reply, visit| {
                    (reply.is_refusal() && visit.context.errors > 5).then(|| {
                        Reply::new(421, "4.7.0 Too many errors on this connection").and_close()
                    })
                },
                pause: |reply, _| {
                    if reply.is_refusal() {
                        Duration::from_secs(5)
                    } else {
                        Duration::ZERO
                    }
                },
                ..Manners::LOCK_STEP
            };
            server(peer, manners)
        },
    },
];

fn greeting(reply: &Reply, seconds: u64) -> Duration {
    Duration::from_secs(if reply.code == 220 { seconds } else { 0 })
}
