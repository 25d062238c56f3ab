//! What to send next: bounded by the server's budget, the scope's refusals and the depth.
//!
//! The plan picks pairs in the order of the table, as many as the connection bears when every one
//! of them is refused, and lays them out as transactions: valid syntax first, what a strict parser
//! counts as an error last, recipients grouped under their sender.

mod group;
mod layout;
mod room;

pub(super) use self::group::{Borne, Group, Planned, Verb};

use super::{
    budget::Budget,
    forms::{Hello, Recipient, Sender},
    outcome::{Outcome, Outcomes},
    pair_set::PairSet,
    pairs::{PairId, Setting},
};
use crate::{scope::Depth, smtp::Server};

/// Refusals after which a quick or standard battery stops.
pub const REFUSALS_MAX_UNLESS_FULL: u8 = 9;
/// Refusals that the first group leaves to the scope. A connection that is reset within a group may
/// have given all of the group's; what it seemed to accept can then still be asked one by one.
const FIRST_GROUP_RESERVE: u8 = 2;

/// The plan of a job.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    depth: Depth,
    budget: Budget,
    outcomes: Outcomes,
    /// Refused under a name of F12 for reasons that may lie in the name.
    own_name_only: PairSet,
    /// Their twins were sent.
    twins_sent: PairSet,
    /// T1 under F1 was refused in words that are, or may be, a denial of relaying.
    may_deny_relaying: bool,
    refusals: u8,
    /// Replies that only put us off.
    deferrals: u8,
    /// Those of both that only said that TLS is wanted first.
    refusals_before_tls: u8,
    /// Refusals that may have been given, and did not reach us.
    unseen: u8,
    /// The scope's, for refusals and, apart from them, for deferrals.
    refusals_max: u8,
    /// How many pairs one connection gets, learned from a server that hangs up.
    pairs_max: u8,
}

impl Plan {
    pub(super) fn new(depth: Depth, refusals_max: u8, outcomes: Outcomes) -> Self {
        Self {
            depth,
            budget: Budget::of(None),
            outcomes,
            own_name_only: PairSet::EMPTY,
            twins_sent: PairSet::EMPTY,
            may_deny_relaying: outcomes.get(PairId::DECIDING) == Outcome::RelayDenied,
            refusals: 0,
            deferrals: 0,
            refusals_before_tls: 0,
            unseen: 0,
            refusals_max,
            pairs_max: u8::MAX,
        }
    }

    /// Takes over a server's budget. A server that is not known gets the least of all, but one
    /// connection has to do for a quick or standard battery.
    pub(super) fn recognise(&mut self, server: Option<Server>) {
        self.budget = Budget::of(server);
        if server.is_none() && self.depth != Depth::Full {
            self.budget.refusals_max = REFUSALS_MAX_UNLESS_FULL;
        }
    }

    /// The server ended a connection that had borne this, one command at a time: the next one gets
    /// half, so that it can end in order.
    pub(super) fn was_interrupted(&mut self, borne: &Borne) {
        if borne.pairs > 0 {
            self.pairs_max = self.pairs_max.min((borne.pairs / 2).max(1));
        }
    }

    /// A connection bore all that it was given: the next one gets twice as much.
    pub(super) fn was_borne(&mut self) {
        self.pairs_max = self.pairs_max.saturating_mul(2);
    }

    /// The server takes only so many recipients under one MAIL, or RSETs on one connection.
    pub(super) fn met_a_limit_of_recipients(&mut self, taken: u8) {
        self.budget.recipients_max = self.budget.recipients_max.min(taken.max(1));
    }

    pub(super) fn met_a_limit_of_resets(&mut self, taken: u8) {
        self.budget.resets_max = self.budget.resets_max.min(taken);
    }

    pub(super) fn outcome(&self, pair: PairId) -> Outcome {
        self.outcomes.get(pair)
    }

    pub(super) const fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    pub(super) fn set(&mut self, pair: PairId, outcome: Outcome) {
        self.outcomes.set(pair, outcome);
    }

    pub(super) fn send_under_own_name(&mut self, pair: PairId) {
        self.own_name_only.insert(pair);
    }

    pub(super) fn twin_was_sent(&mut self, pair: PairId) {
        self.twins_sent.insert(pair);
    }

    pub(super) const fn count_refusal(&mut self) {
        self.refusals = self.refusals.saturating_add(1);
    }

    pub(super) const fn count_deferral(&mut self) {
        self.deferrals = self.deferrals.saturating_add(1);
    }

    /// Notes in what words T1 under F1 was refused.
    pub(super) const fn t1_was_refused(&mut self, may_deny_relaying: bool) {
        self.may_deny_relaying = may_deny_relaying;
    }

    /// Whether a pair goes out only when T1 has its answer, which decides whether C2 needs one of the
    /// refusals: C2, and what standard asks beyond quick.
    pub(super) fn waits_for_t1(&self, pair: PairId) -> bool {
        self.depth == Depth::Standard
            && (pair.pair().least == Depth::Standard || pair == PairId::NO_SUCH_USER)
            && self.outcome(PairId::DECIDING) == Outcome::NotReached
    }

    /// Whether a pair is to be sent only where nothing else needs its room: at standard depth, C2
    /// where it can change nothing. What a random user gets is held only against a refusal of T1
    /// that may be about us.
    pub(super) fn can_wait(&self, pair: PairId) -> bool {
        let may_be_about_us =
            !self.may_deny_relaying && self.outcome(PairId::DECIDING) == Outcome::RecipientRefused;
        pair == PairId::NO_SUCH_USER && self.depth == Depth::Standard && !may_be_about_us
    }

    /// TLS is up: a short battery begins anew, within what the scope allows.
    pub(super) const fn begins_behind_tls(&mut self) {
        self.refusals_before_tls = self.refusals;
    }

    pub(super) const fn count_unseen_refusals(&mut self, refusals: u8) {
        self.unseen = self.unseen.saturating_add(refusals);
    }

    /// Whether the target may have given refusals that did not reach us.
    pub(super) const fn has_unseen_refusals(&self) -> bool {
        self.unseen > 0
    }

    /// How many refusals the target has given, at most.
    pub(super) const fn refusals(&self) -> u8 {
        self.refusals.saturating_add(self.unseen)
    }

    /// How many refusals the target may still be made to give, whatever it does. It may put us off
    /// as often, which is counted apart and anew after each pause: who defers has not refused, and
    /// would leave nothing for its real answer.
    pub(super) fn refusals_allowed(&self) -> u8 {
        let deferrals = self.refusals_max.saturating_sub(self.deferrals);
        self.refusals_max
            .saturating_sub(self.refusals())
            .min(deferrals)
    }

    /// How many refusals the next group may get at worst.
    pub(super) fn refusals_allowed_to_a_group(&self, pipelined: bool) -> u8 {
        let is_first = self.refusals() == 0 && self.deferrals == 0;
        let reserve = if is_first && pipelined {
            FIRST_GROUP_RESERVE
        } else {
            0
        };
        self.refusals_allowed().saturating_sub(reserve)
    }

    /// How many refusals the battery may still expect.
    pub(super) fn refusals_left(&self) -> u8 {
        let planned = match self.depth {
            Depth::Quick | Depth::Standard => {
                let spent = self.refusals.saturating_sub(self.refusals_before_tls);
                REFUSALS_MAX_UNLESS_FULL.saturating_sub(spent.max(self.deferrals))
            }
            Depth::Full => u8::MAX,
        };
        planned.min(self.refusals_allowed())
    }

    pub(super) const fn depth(&self) -> Depth {
        self.depth
    }

    /// Whether a pair belongs to this battery. T1 under F4 stands in for F3 where no name is known.
    pub(super) fn is_planned(&self, pair: PairId) -> bool {
        pair.pair().least <= self.depth || (is_stand_in(pair) && self.no_name_is_known())
    }

    fn no_name_is_known(&self) -> bool {
        t1_under(Sender::F3)
            .all(|pair| matches!(self.outcome(pair), Outcome::NotFormable | Outcome::TooLong))
    }

    /// What is still to be sent, on whatever connection.
    pub(super) fn pending(&self) -> PairSet {
        PairId::all()
            .filter(|pair| self.is_planned(*pair) && self.outcome(*pair) == Outcome::NotReached)
            .collect()
    }

    /// Accepted in a shape that a local user may have, so that the twin is still to be sent.
    pub(super) fn twins_pending(&self) -> PairSet {
        PairId::all()
            .filter(|pair| {
                pair.pair().recipient.has_twin() && self.outcome(*pair) == Outcome::Accepted
            })
            .collect::<PairSet>()
            .without(self.twins_sent)
    }

    /// Whether the pairs that decide have their answers, and the controls theirs.
    pub(super) fn decided(&self) -> bool {
        let is_stand_in_needed = self.no_name_is_known();
        self.pending().iter().all(|pair| {
            let is_deciding = pair.pair().least == Depth::Quick && !self.can_wait(pair);
            !(is_deciding || is_stand_in_needed && is_stand_in(pair))
        })
    }

    /// Whether only C1 and C2 are left, and T1 was denied in words that speak of relaying: the verdict
    /// is the same whatever they get.
    pub(super) fn nothing_left_matters(&self) -> bool {
        self.outcome(PairId::DECIDING) == Outcome::RelayDenied
            && self
                .pending()
                .iter()
                .all(|pair| matches!(pair, PairId::POSTMASTER | PairId::NO_SUCH_USER))
    }

    /// Whether something that may be suspected was accepted, and the control C3 has an answer: what
    /// is left can change nothing.
    pub(super) fn is_settled(&self) -> bool {
        self.depth != Depth::Full
            && self.outcome(PairId::NO_SUCH_DOMAIN) != Outcome::NotReached
            && self.sink_was_accepted()
    }

    pub(super) fn sink_was_accepted(&self) -> bool {
        PairId::all().any(|pair| pair.pair().is_plainly_sink() && self.outcome(pair).is_accepted())
    }

    /// Whether the same envelopes may get another answer later, and it would matter.
    pub(super) fn waits_for_a_retry(&self) -> bool {
        PairId::all().any(|id| {
            let (pair, outcome) = (id.pair(), self.outcome(id));
            pair.is_plainly_sink()
                && (outcome == Outcome::Greylisted
                    || (outcome == Outcome::Deferred && pair.least == Depth::Quick))
        })
    }

    /// Forgets every deferral: its pair is to be sent again.
    pub(super) fn retry_deferred(&mut self) {
        for pair in PairId::all() {
            if self.outcome(pair).is_deferred() {
                self.set(pair, Outcome::NotReached);
            }
        }
    }

    /// The name under which the next connection introduces itself.
    pub(super) fn next_hello(&self, is_first: bool) -> Hello {
        if is_first || !self.decided() {
            return Hello::Own;
        }
        self.pending()
            .iter()
            .map(|pair| pair.pair().hello)
            .find(|hello| *hello != Hello::Own)
            .unwrap_or(Hello::Own)
    }
}

/// T1 under a sender form and our own name, with each name that the form can have.
pub fn t1_under(sender: Sender) -> impl Iterator<Item = PairId> {
    PairId::all().filter(move |id| {
        let pair = id.pair();
        pair.sender == sender
            && pair.recipient == Recipient::T1
            && pair.hello == Hello::Own
            && pair.setting == Setting::Plain
    })
}

/// T1 under F4.
fn is_stand_in(pair: PairId) -> bool {
    pair.pair().sender == Sender::F4
}

#[cfg(test)]
mod tests;
