//! An open server behind a greylisting policy: a sender and recipient that it has not met wait
//! five minutes, then mail is relayed. A closed server with the same policy would deny relaying
//! at once, so the deferral itself is a hint.

use std::{cell::RefCell, collections::BTreeMap, net::IpAddr, rc::Rc, time::Duration};

use probe_core::verdict::{Kind, Reason};

use super::{
    Delivered, Fate, Forms, Personality, Rule, Step,
    local::Local,
    postfix::{Postfix, Relaying},
    verdict,
};
use crate::smtp::{self, Context, Path, Reply};

/// How long a new triple waits (postgrey's default).
const DELAY: Duration = Duration::from_secs(300);

pub(super) static GREYLISTING: Personality = Personality {
    name: "greylisting",
    about: "greylists for 300 s, then relays for anybody",
    behaviour: "greylisting",
    truth: &[
        Rule::new(Forms::Of(&["F10"]), Forms::Any, Fate::Refused(Step::Mail)),
        Rule::new(
            Forms::Any,
            Forms::Of(&["T17", "T18"]),
            Fate::Refused(Step::Rcpt),
        ),
        Rule::new(Forms::Any, Forms::Any, Fate::Relayed),
    ],
    expected: [verdict(Kind::Suspected, Reason::AcceptsAnything); 3],
    delivered: [Delivered::Confirmed; 3],
    serve: |peer| {
        let peer = peer.clone();
        let met = Rc::default();
        smtp::server(move || {
            Postfix::new(
                &peer,
                Greylists {
                    met: Rc::clone(&met),
                },
            )
        })
    },
};

type Triple = (IpAddr, String, String);

/// One connection of a server that remembers, across connections, when it met whom.
struct Greylists {
    met: Rc<RefCell<BTreeMap<Triple, Duration>>>,
}

impl Relaying for Greylists {
    fn foreign(&mut self, recipient: &Path, context: &Context, _local: &Local) -> Reply {
        let sender = context
            .sender
            .as_ref()
            .map(Path::mailbox)
            .unwrap_or_default();
        let triple = (context.caller.ip(), sender, recipient.mailbox());
        let met = *self.met.borrow_mut().entry(triple).or_insert(context.now);
        if context.now.saturating_sub(met) >= DELAY {
            return Reply::new(250, "2.1.5 Ok");
        }
        let mailbox = recipient.mailbox();
        Reply::new(
            450,
            format!("4.2.0 <{mailbox}>: Recipient address rejected: Greylisted"),
        )
    }
}
