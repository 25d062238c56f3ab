//! Servers that differ in what they do with a message after they have taken it: when they pass it on,
//! from where, and what they make of it; whom they ask before; and those that give it back.

use std::time::Duration;

use probe_core::verdict::{Kind, Reason, Verdict};

use super::{
    Delivered, Fate, Peer, Personality, Rule, SAME, Step,
    closed::{BROKEN_SENDER, CLOSED, CLOSED_TRUTH},
    house::{Manners, Verifies, server, server_passing},
    later::{
        CONFIRMED, DENIED, FOREIGN, LOCAL, MAY_BE_LOCAL, SUSPECTED, TAKES_ALL, TAKES_EVERYTHING,
        exists, is_foreign, is_own,
    },
    verdict,
};
use crate::{
    post::{Letter, Passing},
    server::Server,
    smtp::{Path, Reply},
};

const HOUR: Duration = Duration::from_secs(3_600);

/// Open to plain recipients whose domain exists.
const OPEN: &[Rule] = &[BROKEN_SENDER, Rule::to(FOREIGN, Fate::Relayed), DENIED];
/// The same at RCPT, and then a bounce. Nothing can be given back to the empty sender, and to one
/// whose domain does not exist: it is gone.
const RETURNED: &[Rule] = &[
    BROKEN_SENDER,
    Rule::new(
        super::Forms::Of(&["F2", "F6", "F9"]),
        super::Forms::Of(FOREIGN),
        Fate::Discarded,
    ),
    Rule::to(FOREIGN, Fate::Bounced),
    DENIED,
];
const BLOCKED: [Verdict; 3] = [verdict(Kind::Inconclusive, Reason::Blocked); 3];

/// Forms that name the server by its address: a server that takes itself for meant finds a local part.
const AT_LITERALS: &[&str] = &["T4", "T9", "T11", "T16"];

const fn open(
    name: &'static str,
    about: &'static str,
    delivered: [Delivered; 3],
    serve: fn(&Peer) -> Box<dyn Server>,
) -> Personality {
    Personality {
        name,
        about,
        behaviour: name,
        truth: OPEN,
        expected: SUSPECTED,
        delivered,
        serve,
    }
}

const fn returning(
    name: &'static str,
    about: &'static str,
    delivered: Delivered,
    serve: fn(&Peer) -> Box<dyn Server>,
) -> Personality {
    Personality {
        truth: RETURNED,
        ..open(name, about, [delivered; 3], serve)
    }
}

pub(super) static FAMILY: [Personality; 17] = [
    returning(
        "bounces",
        "takes mail for every domain that exists, and returns it at once",
        Delivered::Bounced,
        |peer| relaying(peer, Passing::PROMPT),
    ),
    returning(
        "bounces-later",
        "takes mail for every domain that exists, and returns it after ten minutes",
        Delivered::BouncedLate,
        |peer| relaying(peer, after(Duration::from_secs(600))),
    ),
    returning(
        "bounces-old-style",
        "the same at once, under a name of its own instead of the empty sender",
        Delivered::Bounced,
        |peer| {
            relaying(
                peer,
                Passing {
                    signs_bounces: true,
                    ..Passing::PROMPT
                },
            )
        },
    ),
    Personality {
        name: "callout-closed",
        about: "asks whether the sender exists, and then denies relaying",
        behaviour: "verifies senders, denies relaying",
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            server(
                peer,
                Manners {
                    verifies: Verifies::Senders,
                    ..Manners::CLOSED
                },
            )
        },
    },
    open(
        "callout-open",
        "asks whether the recipient exists, and then relays for anybody",
        CONFIRMED,
        |peer| {
            server(
                peer,
                Manners {
                    verifies: Verifies::Recipients,
                    ..RELAYS
                },
            )
        },
    ),
    open(
        "callout-open-senders",
        "asks whether the sender exists, and then relays for anybody",
        CONFIRMED,
        |peer| {
            server(
                peer,
                Manners {
                    verifies: Verifies::Senders,
                    ..RELAYS
                },
            )
        },
    ),
    Personality {
        name: "forwards-one-probe",
        about: "a honeypot: takes everything, passes the first message on, and keeps the others",
        behaviour: "accepts everything, relays one message only",
        truth: &[Rule::all(Fate::Relayed)],
        expected: TAKES_ALL,
        delivered: CONFIRMED,
        serve: |peer| {
            let passing = Passing {
                at_most: 1,
                ..Passing::PROMPT
            };
            server_passing(peer, TAKES_EVERYTHING, passing)
        },
    },
    Personality {
        name: "forges-a-return",
        about: "takes everything, keeps it, and writes to the recipient with a token of its own making",
        behaviour: "accepts everything, forges a returned message",
        truth: &[Rule::all(Fate::Kept)],
        expected: TAKES_ALL,
        delivered: [Delivered::Accepted; 3],
        serve: |peer| {
            let passing = Passing {
                forges: true,
                ..Passing::PROMPT
            };
            server_passing(peer, TAKES_EVERYTHING, passing)
        },
    },
    open(
        "multi-hop",
        "relays for anybody through another host",
        CONFIRMED,
        |peer| {
            relaying(
                peer,
                Passing {
                    from_another_host: true,
                    ..Passing::PROMPT
                },
            )
        },
    ),
    open(
        "late-by-an-hour",
        "relays for anybody, an hour later",
        [Delivered::ConfirmedLate; 3],
        |peer| relaying(peer, after(HOUR)),
    ),
    open(
        "late-by-two-days",
        "relays for anybody, two days later",
        [Delivered::ConfirmedLate; 3],
        |peer| relaying(peer, after(48 * HOUR)),
    ),
    open(
        "strips-header",
        "relays for anybody, and writes a header of its own",
        CONFIRMED,
        |peer| {
            relaying(
                peer,
                rewriting(|letter| {
                    let (_, body) = letter.parts();
                    letter.message = format!("Subject: (forwarded)\r\n\r\n{body}");
                }),
            )
        },
    ),
    open(
        "strips-body",
        "relays for anybody the header alone",
        CONFIRMED,
        |peer| {
            relaying(
                peer,
                rewriting(|letter| {
                    let (header, _) = letter.parts();
                    letter.message = format!("{header}\r\n\r\nRemoved by policy.\r\n");
                }),
            )
        },
    ),
    open(
        "rewrites-srs",
        "relays for anybody under a sender of its own (SRS), to recipients with a tag (prvs)",
        CONFIRMED,
        |peer| {
            relaying(
                peer,
                rewriting(|letter| {
                    let from = letter.from.replace('@', "=");
                    letter.from = format!("SRS0=HaSh=TT={from}@forwarder.example");
                    letter.to = format!("prvs=0123abcdef={}", letter.to);
                }),
            )
        },
    ),
    open(
        "rewrites-verp",
        "relays for anybody, to recipients in capitals behind a prefix and before an extension",
        CONFIRMED,
        |peer| relaying(peer, rewriting(verp)),
    ),
    Personality {
        name: "catch-all-ambiguous",
        about: "takes every form that may be a local user, its address literal too",
        behaviour: "every form that may be local is a user",
        truth: &[
            BROKEN_SENDER,
            Rule::to(MAY_BE_LOCAL, Fate::Kept),
            Rule::to(AT_LITERALS, Fate::Kept),
            DENIED,
        ],
        expected: [CLOSED, LOCAL, LOCAL],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |to, visit| {
                    let is_own_literal = to.is_literal() && to.local.contains(['@', '%', '!']);
                    (is_own_literal || is_own(to, visit)).then(|| Reply::new(250, "2.1.5 Ok"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "postmaster-exempt",
        about: "refuses our address whoever is asked for, but for its postmaster",
        behaviour: "blocks the client, takes mail for postmaster",
        truth: &[BROKEN_SENDER, Rule::all(Fate::Refused(Step::Rcpt))],
        expected: BLOCKED,
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |to, _| (!is_postmaster(to)).then(listed),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
];

const RELAYS: Manners = Manners {
    relays: |to, visit| is_foreign(to, visit) && exists(to),
    ..Manners::CLOSED
};

fn relaying(peer: &Peer, passing: Passing) -> Box<dyn Server> {
    server_passing(peer, RELAYS, passing)
}

const fn after(after: Duration) -> Passing {
    Passing {
        after,
        ..Passing::PROMPT
    }
}

const fn rewriting(rewrites: fn(&mut Letter)) -> Passing {
    Passing {
        rewrites,
        ..Passing::PROMPT
    }
}

fn verp(letter: &mut Letter) {
    if let Some((local, domain)) = letter.to.rsplit_once('@') {
        let local = local.to_ascii_uppercase();
        letter.to = format!("list-return-7-{local}+again@{domain}");
    }
}

fn is_postmaster(path: &Path) -> bool {
    path.local.eq_ignore_ascii_case("postmaster")
}

fn listed() -> Reply {
    Reply::new(
        554,
        "5.7.1 Service unavailable; client host blocked using dnsbl.example",
    )
}
