//! What closed servers have in common, whatever else is the matter with them.

use probe_core::verdict::{Kind, Reason, Verdict};

use super::{Fate, Peer, Personality, Rule, SAME, Step, verdict};
use crate::server::Server;

/// What an honest tester concludes of one that denies to relay.
pub(super) const CLOSED: Verdict = verdict(Kind::Closed, Reason::RelayDenied);

/// A sender that is no address is refused as a sender.
pub(super) const BROKEN_SENDER: Rule = Rule::from(&["F10"], Fate::Refused(Step::Mail));

/// Every other form is refused at its recipient.
pub(super) const CLOSED_TRUTH: &[Rule] = &[BROKEN_SENDER, Rule::all(Fate::Refused(Step::Rcpt))];

/// A personality that is found closed at every depth.
pub(super) const fn closed(
    name: &'static str,
    about: &'static str,
    behaviour: &'static str,
    serve: fn(&Peer) -> Box<dyn Server>,
) -> Personality {
    Personality {
        name,
        about,
        behaviour,
        truth: CLOSED_TRUTH,
        expected: [CLOSED; 3],
        delivered: SAME,
        serve,
    }
}
