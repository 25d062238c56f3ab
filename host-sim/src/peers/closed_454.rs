//! A closed server like Postfix as it comes: it denies relaying with a *temporary* code, takes
//! pipelined groups, slows down after ten errors and hangs up at the twentieth.

use probe_core::verdict::{Kind, Reason};

use super::{
    Fate, Forms, Personality, Rule, SAME, Step,
    local::Local,
    postfix::{Postfix, Relaying},
    verdict,
};
use crate::smtp::{self, Context, Path, Reply};

pub(super) static CLOSED_454: Personality = Personality {
    name: "closed-454",
    about: "closed, like Postfix: 454 4.7.1 Relay access denied",
    behaviour: "closed-454",
    truth: &[
        Rule::new(Forms::Of(&["F10"]), Forms::Any, Fate::Refused(Step::Mail)),
        Rule::new(Forms::Any, Forms::Any, Fate::Refused(Step::Rcpt)),
    ],
    expected: [verdict(Kind::Closed, Reason::RelayDenied); 3],
    delivered: SAME,
    serve: |peer| {
        let peer = peer.clone();
        smtp::server(move || Postfix::new(&peer, Denies))
    },
};

struct Denies;

impl Relaying for Denies {
    fn foreign(&mut self, recipient: &Path, _context: &Context, _local: &Local) -> Reply {
        let mailbox = recipient.mailbox();
        Reply::new(454, format!("4.7.1 <{mailbox}>: Relay access denied"))
    }
}
