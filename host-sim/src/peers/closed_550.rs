//! A closed server like Exim with its default ACL: it looks for odd characters first, then
//! verifies the sender, and only then denies relaying, so that not every 550 is about relaying.
//! Three commands of broken syntax are forgiven, the fourth ends the connection.

use probe_core::verdict::{Kind, Reason};

use super::{
    Fate, Forms, Peer, Personality, Rule, SAME, Step,
    local::{Local, is_user},
    verdict,
};
use crate::smtp::{self, Context, Path, Policy, Reply};

pub(super) static CLOSED_550: Personality = Personality {
    name: "closed-550",
    about: "closed, like Exim: 550 relay not permitted",
    behaviour: "closed-550",
    truth: &[
        Rule::new(
            Forms::Of(&["F4", "F6", "F8", "F10"]),
            Forms::Any,
            Fate::Refused(Step::Mail),
        ),
        Rule::new(Forms::Any, Forms::Any, Fate::Refused(Step::Rcpt)),
    ],
    expected: [verdict(Kind::Closed, Reason::RelayDenied); 3],
    delivered: SAME,
    serve: |peer| {
        let peer = peer.clone();
        smtp::server(move || Exim::new(&peer))
    },
};

/// smtp_max_synprot_errors: one more ends the connection.
const SYNTAX_ERRORS_MAX: u32 = 3;
/// smtp_accept_max_nonmail, and the greeting and the one RSET that are free.
const IDLE_COMMANDS_MAX: u32 = 12;
/// Replies of broken syntax that Exim does not count.
const NOT_COUNTED: &str = "address must contain a domain";

struct Exim {
    local: Local,
}

impl Exim {
    fn new(peer: &Peer) -> Self {
        Self {
            local: Local::of(peer),
        }
    }

    /// Why an address is not looked at any further.
    fn syntax(path: &Path, what: &str) -> Option<Reply> {
        let mailbox = path.mailbox();
        let problem = match path.domain.as_deref() {
            None => format!("{what} {NOT_COUNTED}"),
            Some(domain) if domain.starts_with('[') => "domain literals not allowed".into(),
            Some(domain) if domain.is_empty() || domain.ends_with('.') => {
                "malformed address".into()
            }
            Some(_) if !path.is_quoted() && path.local.contains('@') => "malformed address".into(),
            Some(_) => return None,
        };
        Some(Reply::new(501, format!("<{mailbox}>: {problem}")))
    }
}

impl Policy for Exim {
    fn greeting(&mut self) -> Reply {
        let host = self.local.host();
        Reply::new(220, format!("{host} ESMTP Exim 4.96 ready"))
    }

    fn ehlo(&mut self, context: &Context) -> Reply {
        let host = self.local.host();
        let caller = context.caller.ip();
        let name = context.helo.as_deref().unwrap_or_default();
        Reply::lines(
            250,
            [
                format!("{host} Hello {name} [{caller}]"),
                "SIZE 52428800".into(),
                "8BITMIME".into(),
                "PIPELINING".into(),
                "HELP".into(),
            ],
        )
    }

    fn mail(&mut self, sender: &Path, _context: &Context) -> Reply {
        if sender.is_null() {
            return Reply::new(250, "OK");
        }
        Self::syntax(sender, "sender").unwrap_or_else(|| Reply::new(250, "OK"))
    }

    fn rcpt(&mut self, recipient: &Path, context: &Context) -> Reply {
        let user = recipient.dequoted();
        if recipient.domain.is_none() && is_user(&user) {
            return Reply::new(250, "Accepted");
        }
        if let Some(reply) = Self::syntax(recipient, "recipient") {
            return reply;
        }
        if user.contains(['@', '%', '!', '/']) {
            return Reply::new(550, "restricted characters in address");
        }
        let local = self.local.holds(recipient);
        if local && is_user(&user) {
            return Reply::new(250, "Accepted");
        }
        let sender = context.sender.as_ref();
        if let Some(sender) = sender.filter(|sender| self.is_made_up(sender)) {
            let mailbox = sender.mailbox();
            return Reply::lines(
                550,
                [
                    format!("Verification failed for <{mailbox}>"),
                    "Unrouteable address".into(),
                    "Sender verify failed".into(),
                ],
            );
        }
        Reply::new(
            550,
            if local {
                "Unrouteable address"
            } else {
                "relay not permitted"
            },
        )
    }

    fn is_syntax_error(&self, reply: &Reply) -> bool {
        // A 503 to what a client sent behind a MAIL that was refused is not counted either.
        let counted = |line: &String| !line.contains(NOT_COUNTED);
        (500..=502).contains(&reply.code) && reply.lines.iter().all(counted)
    }

    fn revise(&mut self, reply: Reply, context: &Context) -> Reply {
        if context.syntax_errors > SYNTAX_ERRORS_MAX && self.is_syntax_error(&reply) {
            return Reply::new(554, "Too many syntax or protocol errors").and_close();
        }
        if context.idle_commands > IDLE_COMMANDS_MAX {
            return Reply::new(554, "Too many nonmail commands").and_close();
        }
        reply
    }
}

impl Exim {
    /// Whether the sender claims to be a user of this server who does not exist.
    fn is_made_up(&self, sender: &Path) -> bool {
        !sender.is_null() && self.local.holds(sender) && !is_user(&sender.local)
    }
}
