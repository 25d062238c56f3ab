//! Servers that are open to exactly one form, for each form of docs/relay-battery.md that can carry
//! mail to our sink. They are Postfix in their manners and limits, and closed to everything else.
//!
//! A recipient form is honoured whatever domain is in it, so its twin is accepted too. A sender or
//! a name is trusted with plain recipients only. A form that may be a local user must not be more
//! than inconclusive, although the truth is that it relays.

use probe_core::verdict::{Kind, Reason, Verdict};

use super::{
    Delivered, Fate, Forms, Peer, Personality, Rule, SAME, Step,
    closed::{BROKEN_SENDER, CLOSED},
    house::{Manners, Visit, server},
    local::is_user,
    verdict,
};
use crate::{
    server::Server,
    smtp::{Path, Reply},
};

const SUSPECTED: Verdict = verdict(Kind::Suspected, Reason::RecipientAccepted);
const LOCAL: Verdict = verdict(Kind::Inconclusive, Reason::LocalOrRelay);

/// The verdicts with delivery off, and what delivery makes of them.
type Verdicts = ([Verdict; 3], [Delivered; 3]);

/// A message comes back wherever the form is sent: from the depth at which it is.
const FROM_QUICK: Verdicts = ([SUSPECTED; 3], [Delivered::Confirmed; 3]);
const FROM_STANDARD: Verdicts = ([CLOSED, SUSPECTED, SUSPECTED], RETURNED_FROM_STANDARD);
const FROM_FULL: Verdicts = ([CLOSED, CLOSED, SUSPECTED], RETURNED_FROM_FULL);
const LOCAL_FROM_STANDARD: Verdicts = ([CLOSED, LOCAL, LOCAL], RETURNED_FROM_STANDARD);
const LOCAL_FROM_FULL: Verdicts = ([CLOSED, CLOSED, LOCAL], RETURNED_FROM_FULL);
/// Sent under the target's names, or to its postmaster as well: without a permission of its own no
/// message goes out.
const UNSENT_FROM_QUICK: Verdicts = ([SUSPECTED; 3], SAME);
const UNSENT_FROM_FULL: Verdicts = ([CLOSED, CLOSED, SUSPECTED], SAME);

const RETURNED_FROM_STANDARD: [Delivered; 3] =
    [Delivered::Same, Delivered::Confirmed, Delivered::Confirmed];
const RETURNED_FROM_FULL: [Delivered; 3] = [Delivered::Same, Delivered::Same, Delivered::Confirmed];

const DENIED: Rule = Rule::all(Fate::Refused(Step::Rcpt));
/// T1, and what is T1 behind something else.
const PLAIN: Forms = Forms::Of(&["T1", "T24", "T1-after-reset"]);

const fn relayed(forms: &'static [&'static str]) -> Rule {
    Rule::to(forms, Fate::Relayed)
}

const fn relayed_from(form: &'static [&'static str]) -> Rule {
    Rule::new(Forms::Of(form), PLAIN, Fate::Relayed)
}

const fn relayed_under(hello: &'static [&'static str]) -> Rule {
    Rule::new(Forms::Any, PLAIN, Fate::Relayed).under(hello)
}

const fn open_to(
    name: &'static str,
    about: &'static str,
    truth: &'static [Rule],
    (expected, delivered): Verdicts,
    serve: fn(&Peer) -> Box<dyn Server>,
) -> Personality {
    Personality {
        name,
        about,
        behaviour: name,
        truth,
        expected,
        delivered,
        serve,
    }
}

pub(super) static FAMILY: [Personality; 41] = [
    open_to(
        "open-to-t1",
        "open to T1: wide open to plain recipients whose domain exists",
        &[
            BROKEN_SENDER,
            relayed(&["T1", "T24", "T1-after-reset"]),
            DENIED,
        ],
        FROM_QUICK,
        |peer| {
            postfix(peer, |to, visit| {
                is_plain(to) && is_foreign(visit, to) && exists(to)
            })
        },
    ),
    open_to(
        "open-to-t2",
        "open to T2: a recipient without brackets passes",
        &[BROKEN_SENDER, relayed(&["T2"]), DENIED],
        FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                !to.bracketed && to.route.is_empty() && is_foreign(visit, to)
            })
        },
    ),
    open_to(
        "open-to-t3",
        "open to T3: the percent hack at its own name",
        &[BROKEN_SENDER, relayed(&["T3"]), DENIED],
        LOCAL_FROM_STANDARD,
        |peer| {
            postfix(peer, |to, visit| {
                has_percent(to, 1) && !to.is_quoted() && is_own(visit, to)
            })
        },
    ),
    open_to(
        "open-to-t4",
        "open to T4: the percent hack at its address literal",
        &[BROKEN_SENDER, relayed(&["T4"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| postfix(peer, |to, _visit| has_percent(to, 1) && is_at_literal(to)),
    ),
    open_to(
        "open-to-t5",
        "open to T5: the percent hack without a domain",
        &[BROKEN_SENDER, relayed(&["T5"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| {
            postfix(peer, |to, _visit| {
                has_percent(to, 1) && !to.is_quoted() && to.domain.is_none()
            })
        },
    ),
    open_to(
        "open-to-t6",
        "open to T6: a quoted address without a domain",
        &[BROKEN_SENDER, relayed(&["T6"]), DENIED],
        LOCAL_FROM_STANDARD,
        |peer| {
            postfix(peer, |to, _visit| {
                has(to, '@') && to.is_quoted() && to.domain.is_none()
            })
        },
    ),
    open_to(
        "open-to-t7",
        "open to T7: the percent hack in quotes without a domain",
        &[BROKEN_SENDER, relayed(&["T7"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| {
            postfix(peer, |to, _visit| {
                has_percent(to, 1) && to.is_quoted() && to.domain.is_none()
            })
        },
    ),
    open_to(
        "open-to-t8",
        "open to T8: a quoted address at its own name",
        &[BROKEN_SENDER, relayed(&["T8"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                has(to, '@') && to.is_quoted() && is_own(visit, to)
            })
        },
    ),
    open_to(
        "open-to-t9",
        "open to T9: a quoted address at its address literal",
        &[BROKEN_SENDER, relayed(&["T9"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| {
            postfix(peer, |to, _visit| {
                has(to, '@') && to.is_quoted() && is_at_literal(to)
            })
        },
    ),
    open_to(
        "open-to-t10",
        "open to T10: two at signs, the last before its own name",
        &[BROKEN_SENDER, relayed(&["T10"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                has(to, '@') && !to.is_quoted() && is_own(visit, to)
            })
        },
    ),
    open_to(
        "open-to-t11",
        "open to T11: two at signs, the last before its address literal",
        &[BROKEN_SENDER, relayed(&["T11"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| {
            postfix(peer, |to, _visit| {
                has(to, '@') && !to.is_quoted() && is_at_literal(to)
            })
        },
    ),
    open_to(
        "open-to-t12",
        "open to T12: a source route by name",
        &[BROKEN_SENDER, relayed(&["T12"]), DENIED],
        FROM_STANDARD,
        |peer| {
            postfix(peer, |to, _visit| {
                to.route.len() == 1 && !to.route[0].starts_with('[')
            })
        },
    ),
    open_to(
        "open-to-t13",
        "open to T13: a source route by address literal",
        &[BROKEN_SENDER, relayed(&["T13"]), DENIED],
        FROM_FULL,
        |peer| {
            postfix(peer, |to, _visit| {
                to.route.len() == 1 && to.route[0].starts_with('[')
            })
        },
    ),
    open_to(
        "open-to-t14",
        "open to T14: a bang path without a domain",
        &[BROKEN_SENDER, relayed(&["T14"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| postfix(peer, |to, _visit| has(to, '!') && to.domain.is_none()),
    ),
    open_to(
        "open-to-t15",
        "open to T15: a bang path at its own name",
        &[BROKEN_SENDER, relayed(&["T15"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| postfix(peer, |to, visit| has(to, '!') && is_own(visit, to)),
    ),
    open_to(
        "open-to-t16",
        "open to T16: a bang path at its address literal",
        &[BROKEN_SENDER, relayed(&["T16"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| postfix(peer, |to, _visit| has(to, '!') && is_at_literal(to)),
    ),
    open_to(
        "open-to-t17",
        "open to T17: the percent hack before an empty domain",
        &[BROKEN_SENDER, relayed(&["T17"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| {
            postfix(peer, |to, _visit| {
                has_percent(to, 1) && has_empty_domain(to)
            })
        },
    ),
    open_to(
        "open-to-t18",
        "open to T18: two at signs, nothing behind the last",
        &[BROKEN_SENDER, relayed(&["T18"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| postfix(peer, |to, _visit| has(to, '@') && has_empty_domain(to)),
    ),
    open_to(
        "open-to-t19",
        "open to T19: a source route of two hops",
        &[BROKEN_SENDER, relayed(&["T19"]), DENIED],
        FROM_FULL,
        |peer| postfix(peer, |to, _visit| to.route.len() == 2),
    ),
    open_to(
        "open-to-t20",
        "open to T20: the percent hack at localhost and at its loopback address",
        &[BROKEN_SENDER, relayed(&["T20"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| postfix(peer, |to, _visit| has_percent(to, 1) && is_at_loopback(to)),
    ),
    open_to(
        "open-to-t21",
        "open to T21: the percent hack, twice",
        &[BROKEN_SENDER, relayed(&["T21"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| postfix(peer, |to, visit| has_percent(to, 2) && is_own(visit, to)),
    ),
    open_to(
        "open-to-t22",
        "open to T22: a dot behind the domain defeats the match",
        &[BROKEN_SENDER, relayed(&["T22"]), DENIED],
        FROM_STANDARD,
        |peer| {
            postfix(peer, |to, _visit| {
                to.domain.as_deref().is_some_and(|name| name.ends_with('.'))
            })
        },
    ),
    open_to(
        "open-to-t23",
        "open to T23: the percent hack in quotes at its own name",
        &[BROKEN_SENDER, relayed(&["T23"]), DENIED],
        LOCAL_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                has_percent(to, 1) && to.is_quoted() && is_own(visit, to)
            })
        },
    ),
    open_to(
        "open-to-t24",
        "open to T24: only the first recipient of a message is looked at",
        &[BROKEN_SENDER, relayed(&["T24"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_plain(to) && is_foreign(visit, to) && !visit.context.recipients.is_empty()
            })
        },
    ),
    open_to(
        "open-to-t25",
        "open to T25: any address literal but its own name's",
        &[BROKEN_SENDER, relayed(&["T25"]), DENIED],
        FROM_FULL,
        |peer| postfix(peer, |to, _visit| is_plain(to) && to.is_literal()),
    ),
    open_to(
        "open-to-f1",
        "open to F1: a sender whose domain exists",
        &[BROKEN_SENDER, relayed_from(&["F1"]), DENIED],
        FROM_QUICK,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to)
                    && from(visit, |from| {
                        from.bracketed && is_foreign(visit, from) && exists(from)
                    })
            })
        },
    ),
    open_to(
        "open-to-f2",
        "open to F2: the empty sender",
        &[BROKEN_SENDER, relayed_from(&["F2"]), DENIED],
        FROM_QUICK,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to) && from(visit, |from| from.is_null())
            })
        },
    ),
    open_to(
        "open-to-f3",
        "open to F3: a sender at one of its own domains",
        &[BROKEN_SENDER, relayed_from(&["F3"]), DENIED],
        UNSENT_FROM_QUICK,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to)
                    && from(visit, |from| {
                        from.bracketed && is_own(visit, from) && !is_user(&from.local)
                    })
            })
        },
    ),
    open_to(
        "open-to-f4",
        "open to F4: a sender at an address literal",
        &[BROKEN_SENDER, relayed_from(&["F4"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to) && from(visit, |from| from.is_literal())
            })
        },
    ),
    open_to(
        "open-to-f5",
        "open to F5: a sender at localhost",
        &[BROKEN_SENDER, relayed_from(&["F5"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to) && from(visit, is_at_loopback)
            })
        },
    ),
    open_to(
        "open-to-f6",
        "open to F6: a sender without a domain",
        &[BROKEN_SENDER, relayed_from(&["F6"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to)
                    && from(visit, |from| {
                        from.domain.is_none() && !from.is_null() && !has(from, '!')
                    })
            })
        },
    ),
    open_to(
        "open-to-f7",
        "open to F7: its own postmaster as sender",
        &[BROKEN_SENDER, relayed_from(&["F7"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to)
                    && from(visit, |from| from.domain.is_some() && is_user(&from.local))
            })
        },
    ),
    open_to(
        "open-to-f8",
        "open to F8: a bang path as sender",
        &[BROKEN_SENDER, relayed_from(&["F8"]), DENIED],
        FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to)
                    && from(visit, |from| from.domain.is_none() && has(from, '!'))
            })
        },
    ),
    open_to(
        "open-to-f9",
        "open to F9: a sender whose domain does not exist",
        &[BROKEN_SENDER, relayed_from(&["F9"]), DENIED],
        FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to)
                    && from(visit, |from| {
                        from.bracketed && is_foreign(visit, from) && !exists(from)
                    })
            })
        },
    ),
    open_to(
        "open-to-f10",
        "open to F10: a sender with an empty domain",
        &[relayed_from(&["F10"]), DENIED],
        FROM_FULL,
        |peer| {
            lax_postfix(peer, |to, visit| {
                is_sink_like(visit, to) && from(visit, has_empty_domain)
            })
        },
    ),
    open_to(
        "open-to-f11",
        "open to F11: a sender without brackets",
        &[BROKEN_SENDER, relayed_from(&["F11"]), DENIED],
        FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to) && from(visit, |from| !from.bracketed)
            })
        },
    ),
    open_to(
        "open-to-f12-theirs",
        "open to F12: its own name in EHLO",
        &[BROKEN_SENDER, relayed_under(&["theirs"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to)
                    && hello(visit, |name| visit.local.is(name) && name != "localhost")
            })
        },
    ),
    open_to(
        "open-to-f12-unknown",
        "open to F12: a name in EHLO that does not exist",
        &[BROKEN_SENDER, relayed_under(&["unknown"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to) && hello(visit, |name| name.starts_with(NOT_THERE))
            })
        },
    ),
    open_to(
        "open-to-f12-literal",
        "open to F12: an address literal in EHLO",
        &[BROKEN_SENDER, relayed_under(&["literal"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to) && hello(visit, |name| name.starts_with('['))
            })
        },
    ),
    open_to(
        "open-to-f12-localhost",
        "open to F12: localhost in EHLO",
        &[BROKEN_SENDER, relayed_under(&["localhost"]), DENIED],
        UNSENT_FROM_FULL,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to) && hello(visit, |name| name == "localhost")
            })
        },
    ),
    open_to(
        "open-after-reset",
        "open from the first RSET of a connection on",
        &[BROKEN_SENDER, relayed(&["T1-after-reset"]), DENIED],
        FROM_QUICK,
        |peer| {
            postfix(peer, |to, visit| {
                is_sink_like(visit, to) && visit.context.resets > 0
            })
        },
    ),
];

type Relays = fn(&Path, &Visit<'_>) -> bool;

fn postfix(peer: &Peer, relays: Relays) -> Box<dyn Server> {
    let manners = Manners {
        relays,
        ..Manners::POSTFIX
    };
    server(peer, manners)
}

/// The same, and no sender is refused for its syntax.
fn lax_postfix(peer: &Peer, relays: Relays) -> Box<dyn Server> {
    let manners = Manners {
        relays,
        mail: |_, _| Some(Reply::new(250, "2.1.0 Ok")),
        ..Manners::POSTFIX
    };
    server(peer, manners)
}

fn from(visit: &Visit<'_>, trusted: impl FnOnce(&Path) -> bool) -> bool {
    visit.context.sender.as_ref().is_some_and(trusted)
}

fn hello(visit: &Visit<'_>, trusted: impl FnOnce(&str) -> bool) -> bool {
    visit.context.helo.as_deref().is_some_and(trusted)
}

/// T1, at a domain that exists.
fn is_sink_like(visit: &Visit<'_>, path: &Path) -> bool {
    is_plain(path) && is_foreign(visit, path) && exists(path)
}

fn is_plain(path: &Path) -> bool {
    path.bracketed && path.route.is_empty() && !path.local.contains(['@', '%', '!', '"'])
}

/// Whether the domain is another server's, and written as names are.
fn is_foreign(visit: &Visit<'_>, path: &Path) -> bool {
    path.domain.as_deref().is_some_and(|name| {
        !name.is_empty() && !name.ends_with('.') && !name.starts_with('[') && !visit.local.is(name)
    })
}

/// Whether the domain is this server's, and not `localhost`.
fn is_own(visit: &Visit<'_>, path: &Path) -> bool {
    path.domain
        .as_deref()
        .is_some_and(|name| visit.local.is(name) && name != "localhost")
}

/// What the domain name system knows here: everything but these two.
fn exists(path: &Path) -> bool {
    path.domain
        .as_deref()
        .is_some_and(|name| !name.ends_with(".invalid") && !name.starts_with(NOT_THERE))
}

/// How a name begins that nobody has registered.
const NOT_THERE: &str = "nonexistent.";
const LOOPBACK: &str = "[127.0.0.1]";

fn is_at_loopback(path: &Path) -> bool {
    let domain = path.domain.as_deref();
    domain.is_some_and(|name| name == "localhost" || name == LOOPBACK)
}

fn is_at_literal(path: &Path) -> bool {
    path.is_literal() && !is_at_loopback(path)
}

fn has_empty_domain(path: &Path) -> bool {
    path.domain.as_deref() == Some("")
}

/// Whether the local part holds `sign`.
fn has(path: &Path, sign: char) -> bool {
    path.local.contains(sign)
}

/// Whether the local part holds so many percent signs.
fn has_percent(path: &Path, count: usize) -> bool {
    path.local.matches('%').count() == count
}
