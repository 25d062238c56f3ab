//! A server that relays for anybody, in every way of writing an address. Like real open servers
//! it looks at no recipient's domain: one that cannot exist is accepted too.

use probe_core::verdict::{Kind, Reason};

use super::{
    Delivered, Fate, Forms, Personality, Rule, Step,
    local::Local,
    postfix::{Postfix, Relaying},
    verdict,
};
use crate::smtp::{self, Context, Path, Reply};

pub(super) static OPEN: Personality = Personality {
    name: "open",
    about: "relays for anybody, and accepts domains that cannot exist",
    behaviour: "open",
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
        smtp::server(move || Postfix::new(&peer, Relays))
    },
};

struct Relays;

impl Relaying for Relays {
    fn foreign(&mut self, _recipient: &Path, _context: &Context, _local: &Local) -> Reply {
        Reply::new(250, "2.1.5 Ok")
    }
}
