//! A server, or something before it, that hangs up on MAIL.

use probe_core::verdict::{Kind, Reason};

use super::{Fate, Forms, Peer, Personality, Rule, SAME, local::Local, verdict};
use crate::smtp::{self, Context, Path, Policy, Reply};

pub(super) static DROPS_AFTER_MAIL: Personality = Personality {
    name: "drops-after-mail",
    about: "closes the connection at MAIL, without a word",
    behaviour: "drops-after-mail",
    truth: &[Rule::new(Forms::Any, Forms::Any, Fate::NotToBeJudged)],
    expected: [verdict(Kind::Inconclusive, Reason::CutOff); 3],
    delivered: SAME,
    serve: |peer| {
        let peer = peer.clone();
        smtp::server(move || Drops::new(&peer))
    },
};

struct Drops {
    local: Local,
}

impl Drops {
    fn new(peer: &Peer) -> Self {
        Self {
            local: Local::of(peer),
        }
    }
}

impl Policy for Drops {
    fn greeting(&mut self) -> Reply {
        Reply::new(220, format!("{} ESMTP", self.local.host()))
    }

    fn ehlo(&mut self, _context: &Context) -> Reply {
        Reply::lines(250, [self.local.host(), "PIPELINING", "8BITMIME"])
    }

    fn mail(&mut self, _sender: &Path, _context: &Context) -> Reply {
        Reply::hang_up()
    }

    fn rcpt(&mut self, _recipient: &Path, _context: &Context) -> Reply {
        Reply::hang_up()
    }
}
