//! What a reply leads to, whatever it answers.

use super::{Course, REPLY_MS_MAX, Stage};
use crate::{
    evidence::Fate,
    relay::{outcome::Outcome, pair_set::PairSet, pairs::PairId},
    smtp::{Reply, Step},
    time::{Instant, Millis},
};

/// What a reply is, for whoever observes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::relay) enum Told {
    /// It decides no pair.
    Nothing,
    /// It decides these.
    Answer {
        pairs: PairSet,
        twin: bool,
        outcome: Outcome,
    },
    /// It decides what becomes of the message under this pair.
    Delivered { pair: PairId, fate: Fate },
}

impl Course<'_> {
    /// What the next reply answers; `None` where none is due.
    pub(in crate::relay) fn awaited(&self) -> Option<Step> {
        match self.stage {
            Stage::Greeting => Some(Step::Greeting),
            Stage::Hello {
                extended,
                written: true,
            } => Some(if extended { Step::Ehlo } else { Step::Helo }),
            Stage::StartTls { written: true } => Some(Step::StartTls),
            Stage::Group if self.answered < self.written => {
                Some(self.group.get(self.answered)?.verb.step())
            }
            _ => None,
        }
    }

    /// How long the reply that came at `now` took.
    pub(in crate::relay) fn took(&self, now: Instant) -> Millis {
        now.since(self.asked)
    }

    /// Takes a reply to [`Course::awaited`] in. `more`: octets have come that no command asked
    /// for yet.
    pub(in crate::relay) fn reply(&mut self, now: Instant, reply: &Reply<'_>, more: bool) -> Told {
        self.asks(now, REPLY_MS_MAX);
        match self.stage {
            Stage::Greeting => self.greeted(now, reply, more),
            Stage::Hello { extended, .. } => self.hello_answered(now, extended, reply, more),
            Stage::StartTls { .. } => {
                self.start_tls_answered(now, reply, more);
                Told::Nothing
            }
            Stage::Group => self.group_answered(now, reply, more),
            _ => Told::Nothing,
        }
    }
}
