//! Servers that refuse the client, its name, its sender or its lack of a login, and so tell nothing
//! about relaying.

use probe_core::verdict::{Kind, Reason, Verdict};

use super::{
    Fate, Personality, Rule, SAME, Step,
    closed::{BROKEN_SENDER, CLOSED},
    house::{Manners, denial, server},
    verdict,
};
use crate::smtp::{Path, Reply};

const fn inconclusive(reason: Reason) -> [Verdict; 3] {
    [verdict(Kind::Inconclusive, reason); 3]
}

const AT_MAIL: &[Rule] = &[Rule::all(Fate::Refused(Step::Mail))];
const AT_RCPT: &[Rule] = &[BROKEN_SENDER, Rule::all(Fate::Refused(Step::Rcpt))];
const BEFORE_MAIL: &[Rule] = &[Rule::all(Fate::NotToBeJudged)];

pub(super) static FAMILY: [Personality; 14] = [
    Personality {
        name: "auth-at-mail",
        about: "wants a login before MAIL",
        behaviour: "a login is wanted at MAIL",
        truth: AT_MAIL,
        expected: inconclusive(Reason::AuthRequired),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                offers: &["PIPELINING", "AUTH PLAIN LOGIN"],
                mail: |_, _| Some(Reply::new(530, "5.7.0 Authentication required")),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "auth-at-rcpt",
        about: "wants a login before it passes mail on, and takes its own users' mail without",
        behaviour: "a login is wanted at RCPT for other domains",
        truth: AT_RCPT,
        expected: inconclusive(Reason::AuthRequired),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                offers: &["PIPELINING", "AUTH PLAIN LOGIN"],
                rcpt: |recipient, visit| {
                    let foreign = recipient.is_literal() || !visit.local.holds(recipient);
                    foreign.then(|| Reply::new(550, "5.7.1 Authentication required"))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "starttls-required",
        about: "wants TLS before MAIL, and offers it",
        behaviour: "TLS is wanted at MAIL, and offered",
        truth: AT_MAIL,
        // Nothing is wrong with its TLS; the tester has none.
        expected: inconclusive(Reason::TlsRequired),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                offers: &["PIPELINING", "STARTTLS"],
                start_tls: || Some(Reply::new(220, "2.0.0 Ready to start TLS")),
                mail: |_, _| Some(Reply::new(530, "5.7.0 Must issue a STARTTLS command first")),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "starttls-broken",
        about: "wants TLS before MAIL, offers it, and has none when it is asked for it",
        behaviour: "TLS is wanted at MAIL, offered, and not there",
        truth: AT_MAIL,
        expected: inconclusive(Reason::TlsVersion),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                offers: &["PIPELINING", "STARTTLS"],
                start_tls: || {
                    Some(Reply::new(
                        454,
                        "4.7.0 TLS not available due to local problem",
                    ))
                },
                mail: |_, _| Some(Reply::new(530, "5.7.0 Must issue a STARTTLS command first")),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "tls-not-offered",
        about: "wants TLS before MAIL, and does not offer it",
        behaviour: "TLS is wanted at MAIL, and not offered",
        truth: AT_MAIL,
        expected: inconclusive(Reason::TlsRequired),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                mail: |_, _| Some(Reply::new(530, "5.7.0 Must issue a STARTTLS command first")),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "blocked-at-greeting",
        about: "greets the client with 554, because of its address",
        behaviour: "refuses the client at the greeting",
        truth: BEFORE_MAIL,
        expected: inconclusive(Reason::Blocked),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                greeting: |local, _| {
                    let text = format!("5.7.1 {} Your IP address is blocked", local.host());
                    Some(Reply::new(554, text).and_close())
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "blocked-at-mail",
        about: "refuses every MAIL, because of the client's address",
        behaviour: "refuses the client at MAIL",
        truth: AT_MAIL,
        expected: inconclusive(Reason::Blocked),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                mail: |_, visit| Some(blocked(visit.context.caller.ip())),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "blocked-at-rcpt",
        about: "refuses every recipient, because of the client's address",
        behaviour: "refuses the client at RCPT",
        truth: AT_RCPT,
        expected: inconclusive(Reason::Blocked),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |_, visit| Some(blocked(visit.context.caller.ip())),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "blocked-in-silence",
        about: "refuses every recipient in the same words, and does not say why",
        behaviour: "refuses every recipient alike, without a reason",
        truth: AT_RCPT,
        expected: inconclusive(Reason::Blocked),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |_, _| Some(Reply::new(550, "5.7.1 Service refused")),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "helo-refused",
        about: "does not like the client's name, and says so at EHLO",
        behaviour: "refuses every name at EHLO and HELO",
        truth: BEFORE_MAIL,
        expected: inconclusive(Reason::Blocked),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                hello: |_| {
                    Some(Reply::new(
                        550,
                        "5.7.1 Helo name does not match your address",
                    ))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "strict-helo",
        about: "refuses names that are its own, not qualified or not registered, at RCPT",
        behaviour: "refuses some names at RCPT, and is closed",
        truth: AT_RCPT,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |_, visit| {
                    let name = visit.context.helo.as_deref().unwrap_or_default();
                    let bad = visit.local.is(name)
                        || name.starts_with('[')
                        || name.starts_with("nonexistent.")
                        || !name.contains('.');
                    bad.then(|| {
                        let text = format!("5.7.1 <{name}>: Helo command rejected: Host not found");
                        Reply::new(550, text)
                    })
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "sender-verified",
        about: "verifies senders at RCPT, and finds none of ours",
        behaviour: "refuses every foreign sender at RCPT",
        truth: AT_RCPT,
        expected: inconclusive(Reason::SenderRefused),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                rcpt: |recipient, visit| {
                    let sender = visit.context.sender.as_ref()?;
                    if sender.is_null() {
                        return Some(denial(recipient)).filter(|_| !visit.local.holds(recipient));
                    }
                    Some(unverified(sender))
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "sender-refused",
        about: "takes no sender but the empty one, and says so at MAIL",
        behaviour: "refuses every foreign sender at MAIL",
        truth: &[
            Rule::from(&["F2"], Fate::Refused(Step::Rcpt)),
            Rule::all(Fate::Refused(Step::Mail)),
        ],
        expected: inconclusive(Reason::SenderRefused),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                mail: |sender, _| (!sender.is_null()).then(|| unverified(sender)),
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
    Personality {
        name: "busy",
        about: "answers every connection with 421",
        behaviour: "defers the client at the greeting",
        truth: BEFORE_MAIL,
        expected: inconclusive(Reason::Greylisted),
        delivered: SAME,
        serve: |peer| {
            let manners = Manners {
                greeting: |local, _| {
                    let text = format!("4.3.2 {} is busy, try again later", local.host());
                    Some(Reply::new(421, text).and_close())
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    },
];

fn blocked(client: std::net::IpAddr) -> Reply {
    let text = format!("5.7.1 Client host [{client}] blocked using dnsbl.example");
    Reply::new(554, text)
}

fn unverified(sender: &Path) -> Reply {
    let mailbox = sender.mailbox();
    Reply::new(
        550,
        format!("5.1.7 <{mailbox}>: Sender address rejected: unverified"),
    )
}
