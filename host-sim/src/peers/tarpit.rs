//! A tarpit: it answers every command, a long time later.

use std::time::Duration;

use probe_core::verdict::{Kind, Reason};

use super::{Fate, Forms, Peer, Personality, Rule, local::Local, verdict};
use crate::smtp::{self, Context, Path, Policy, Reply};

/// How long every reply takes. Within the patience of a client for one reply, but no battery ends
/// within the time that a target gets.
const PAUSE: Duration = Duration::from_secs(25);

pub(super) static TARPIT: Personality = Personality {
    name: "tarpit",
    about: "takes its time for every reply",
    truth: &[Rule::new(Forms::Any, Forms::Any, Fate::NotToBeJudged)],
    expected: [verdict(Kind::Inconclusive, Reason::Tarpit); 3],
    serve: |peer| {
        let peer = peer.clone();
        smtp::server(move || Slow::new(&peer))
    },
};

struct Slow {
    local: Local,
}

impl Slow {
    fn new(peer: &Peer) -> Self {
        Self {
            local: Local::of(peer),
        }
    }
}

impl Policy for Slow {
    fn greeting(&mut self) -> Reply {
        Reply::new(220, format!("{} ESMTP", self.local.host()))
    }

    fn ehlo(&mut self, _context: &Context) -> Reply {
        Reply::new(250, self.local.host())
    }

    fn mail(&mut self, _sender: &Path, _context: &Context) -> Reply {
        Reply::new(250, "2.1.0 Ok")
    }

    fn rcpt(&mut self, _recipient: &Path, _context: &Context) -> Reply {
        Reply::new(250, "2.1.5 Ok")
    }

    fn pause(&mut self, _reply: &Reply, _context: &Context) -> Duration {
        PAUSE
    }
}
