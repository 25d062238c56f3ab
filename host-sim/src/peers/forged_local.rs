//! A server that relays for whoever claims to be one of its own users.

use probe_core::verdict::{Kind, Reason};

use super::{
    Fate, Forms, Personality, Rule, SAME, Step,
    local::Local,
    postfix::{Postfix, Relaying},
    resolve::{Destination, resolve},
    verdict,
};
use crate::smtp::{self, Context, Path, Reply};

pub(super) static FORGED_LOCAL: Personality = Personality {
    name: "forged-local",
    about: "relays only for senders that look local",
    behaviour: "forged-local",
    truth: &[
        Rule::new(Forms::Of(&["F10"]), Forms::Any, Fate::Refused(Step::Mail)),
        Rule::new(
            Forms::Any,
            Forms::Of(&["T17", "T18"]),
            Fate::Refused(Step::Rcpt),
        ),
        Rule::new(
            Forms::Of(&["F3", "F5", "F6", "F7"]),
            Forms::Any,
            Fate::Relayed,
        ),
        Rule::new(Forms::Any, Forms::Any, Fate::Refused(Step::Rcpt)),
    ],
    expected: [verdict(Kind::Suspected, Reason::RecipientAccepted); 3],
    delivered: SAME,
    serve: |peer| {
        let peer = peer.clone();
        smtp::server(move || Postfix::new(&peer, TrustsItsOwn))
    },
};

struct TrustsItsOwn;

impl Relaying for TrustsItsOwn {
    fn foreign(&mut self, recipient: &Path, context: &Context, local: &Local) -> Reply {
        let trusted = context.sender.as_ref().is_some_and(|sender| {
            !sender.is_null() && matches!(resolve(sender, local), Destination::Local(_))
        });
        if trusted {
            return Reply::new(250, "2.1.5 Ok");
        }
        let mailbox = recipient.mailbox();
        Reply::new(554, format!("5.7.1 <{mailbox}>: Relay access denied"))
    }
}
