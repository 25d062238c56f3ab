//! Servers whose answer at RCPT is not their last: they defer, or change their mind at DATA or after
//! the dot, or have no intention to pass anything on.

use std::time::Duration;

use probe_core::verdict::{Kind, Reason, Verdict};

use super::{
    Delivered, Fate, Personality, Rule, SAME, Step,
    closed::{BROKEN_SENDER, CLOSED},
    house::{Manners, Visit, denial, server},
    verdict,
};
use crate::smtp::{Path, Reply};

/// Without delivery, 2xx at RCPT is all that there is to see.
pub(super) const TAKES_ALL: [Verdict; 3] = [verdict(Kind::Suspected, Reason::AcceptsAnything); 3];
pub(super) const SUSPECTED: [Verdict; 3] = [verdict(Kind::Suspected, Reason::RecipientAccepted); 3];
pub(super) const CONFIRMED: [Delivered; 3] = [Delivered::Confirmed; 3];
/// 250 after the dot, and nobody ever hears of it again.
const TAKEN: [Delivered; 3] = [Delivered::Accepted; 3];
const REFUSED_LATER: [Delivered; 3] = [Delivered::RefusedAtData; 3];
pub(super) const LOCAL: Verdict = verdict(Kind::Inconclusive, Reason::LocalOrRelay);

pub(super) const DENIED: Rule = Rule::all(Fate::Refused(Step::Rcpt));

/// Forms whose final domain is the server's own, or that have none.
pub(super) const MAY_BE_LOCAL: &[&str] = &[
    "T3", "T5", "T6", "T7", "T8", "T10", "T14", "T15", "T20", "T21", "T23",
];

pub(super) static FAMILY: [Personality; 12] = [
    Personality {
        name: "open-after-60s",
        about: "greylists for 60 s, then relays for anybody",
        behaviour: "defers for a minute, then relays",
        truth: &[BROKEN_SENDER, Rule::to(FOREIGN, Fate::Relayed), DENIED],
        expected: SUSPECTED,
        delivered: CONFIRMED,
        serve: |peer| {
            let manners = Manners {
                relays: |to, visit| {
                    is_foreign(to, visit) && exists(to) && visit.known_for(to) >= MINUTE
                },
                rcpt: |to, visit| {
                    is_foreign(to, visit)
                        .then(|| greylisted(to))
                        .filter(|_| exists(to))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "closed-greylisting",
        about: "greylists its own recipients for 300 s, and denies relaying at once, like Postfix",
        behaviour: "defers its own recipients, denies relaying at once",
        truth: &[BROKEN_SENDER, DENIED],
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |to, visit| {
                    let young = visit.known_for(to) < FIVE_MINUTES;
                    (young && is_own(to, visit)).then(|| greylisted(to))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "greylisting-before-denial",
        about: "greylists every recipient for 300 s before it denies relaying",
        behaviour: "defers every recipient for five minutes, then denies relaying",
        truth: &[BROKEN_SENDER, DENIED],
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |to, visit| (visit.known_for(to) < FIVE_MINUTES).then(|| greylisted(to)),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "greylisting-for-ever",
        about: "defers every recipient, however often it is asked",
        behaviour: "defers for ever",
        truth: &[BROKEN_SENDER, DENIED],
        expected: [verdict(Kind::Inconclusive, Reason::Greylisted); 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |to, _| Some(greylisted(to)),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "discards",
        about: "takes everything, and throws it away",
        behaviour: "accepts everything, and discards it",
        truth: &[Rule::all(Fate::Discarded)],
        expected: TAKES_ALL,
        delivered: TAKEN,
        serve: |peer| server(peer, TAKES_EVERYTHING),
    },
    Personality {
        name: "refuses-at-data",
        about: "takes every recipient, and denies relaying at DATA",
        behaviour: "accepts every recipient, and refuses at DATA",
        truth: &[Rule::all(Fate::Refused(Step::Data))],
        expected: TAKES_ALL,
        delivered: REFUSED_LATER,
        serve: |peer| {
            let manners = Manners {
                data: || Some(Reply::new(554, "5.7.1 Relay access denied")),
                ..TAKES_EVERYTHING
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "refuses-after-dot",
        about: "takes every recipient, and refuses the message after the dot",
        behaviour: "accepts every recipient, and refuses after the dot",
        truth: &[Rule::all(Fate::Refused(Step::Dot))],
        expected: TAKES_ALL,
        delivered: REFUSED_LATER,
        serve: |peer| {
            let manners = Manners {
                message: || Some(Reply::new(550, "5.7.1 Message refused")),
                ..TAKES_EVERYTHING
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "defers-after-dot",
        about: "takes every recipient, and defers the message after the dot",
        behaviour: "accepts every recipient, and defers after the dot",
        truth: &[Rule::all(Fate::Refused(Step::Dot))],
        expected: TAKES_ALL,
        delivered: [Delivered::Deferred; 3],
        serve: |peer| {
            let manners = Manners {
                message: || {
                    Some(Reply::new(
                        451,
                        "4.3.0 Content is being looked at, try again",
                    ))
                },
                ..TAKES_EVERYTHING
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "accepts-anything",
        about: "a honeypot: takes everything for a mailbox of its own",
        behaviour: "accepts everything, and keeps it",
        truth: &[Rule::all(Fate::Kept)],
        expected: TAKES_ALL,
        delivered: TAKEN,
        serve: |peer| server(peer, TAKES_EVERYTHING),
    },
    Personality {
        name: "catch-all",
        about: "takes every local part at its own domains, and nothing else",
        behaviour: "every local part is a user, other domains are denied",
        truth: &[BROKEN_SENDER, Rule::to(MAY_BE_LOCAL, Fate::Kept), DENIED],
        expected: [CLOSED, LOCAL, LOCAL],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |to, visit| is_own(to, visit).then(|| Reply::new(250, "2.1.5 Ok")),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "kept-for-resolvable",
        about: "takes mail for every domain that exists, and keeps it",
        behaviour: "accepts every domain that exists, and keeps the mail",
        truth: &[BROKEN_SENDER, Rule::to(FOREIGN, Fate::Kept), DENIED],
        expected: SUSPECTED,
        delivered: TAKEN,
        serve: |peer| {
            let manners = Manners {
                rcpt: |to, visit| {
                    (is_foreign(to, visit) && exists(to)).then(|| Reply::new(250, "2.1.5 Ok"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "denies-later",
        about: "takes the first recipient of a message whoever it is, and denies all others",
        behaviour: "accepts the first recipient of each message, denies the others",
        truth: &[
            BROKEN_SENDER,
            Rule::to(&["T24"], Fate::Refused(Step::Rcpt)),
            Rule::all(Fate::Relayed),
        ],
        expected: SUSPECTED,
        delivered: CONFIRMED,
        serve: |peer| {
            let manners = Manners {
                relays: |_, visit| {
                    visit.context.recipients.is_empty() && visit.context.refused == 0
                },
                rcpt: |to, _| Some(denial(to)),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
];

const MINUTE: Duration = Duration::from_secs(60);
const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// Forms that lead elsewhere as a strict server reads them, at a domain that exists.
pub(super) const FOREIGN: &[&str] = &["T1", "T2", "T12", "T13", "T19", "T24", "T1-after-reset"];

pub(super) const TAKES_EVERYTHING: Manners = Manners {
    mail: |_, _| Some(Reply::new(250, "2.1.0 Ok")),
    rcpt: |_, _| Some(Reply::new(250, "2.1.5 Ok")),
    ..Manners::CLOSED
};

fn greylisted(recipient: &Path) -> Reply {
    let mailbox = recipient.mailbox();
    Reply::new(
        450,
        format!("4.2.0 <{mailbox}>: Recipient address rejected: Greylisted"),
    )
}

pub(super) fn is_foreign(path: &Path, visit: &Visit<'_>) -> bool {
    path.domain.as_deref().is_some_and(|name| {
        !name.is_empty() && !name.ends_with('.') && !name.starts_with('[') && !visit.local.is(name)
    })
}

pub(super) fn is_own(path: &Path, visit: &Visit<'_>) -> bool {
    visit.local.holds(path) || path.domain.as_deref() == Some("[127.0.0.1]")
}

pub(super) fn exists(path: &Path) -> bool {
    let name = path.domain.as_deref().unwrap_or_default();
    !name.ends_with(".invalid")
}
