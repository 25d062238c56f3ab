//! Room on a connection: what its server, the scope and the group still bear.

use super::{
    Plan,
    group::{Borne, GROUP_COMMANDS_MAX},
    layout::goes_into_the_transaction_of,
};
use crate::relay::{
    forms::Recipient,
    pair_set::PairSet,
    pairs::{PairId, Setting},
};

/// What a connection still bears.
pub(super) struct Room {
    /// Refusals that are to be expected: of every recipient, and of senders that such a server is
    /// known to refuse.
    refusals: u8,
    /// Refusals that the scope allows, whatever the server does.
    allowed: u8,
    /// They were too few for a pair.
    is_short: bool,
    counted: u8,
    resets: u8,
    pairs: u8,
    commands: u8,
    has_mail: bool,
    has_t1: bool,
    pipelined: bool,
}

impl Room {
    pub(super) fn new(plan: &Plan, borne: &Borne, pipelined: bool) -> Self {
        let budget = &plan.budget;
        Self {
            refusals: budget
                .refusals_max
                .saturating_sub(borne.refusals)
                .min(plan.refusals_left()),
            allowed: plan.refusals_allowed_to_a_group(pipelined),
            is_short: false,
            counted: budget.counted_max.saturating_sub(borne.counted),
            resets: budget.resets_max.saturating_sub(borne.resets),
            pairs: plan.pairs_max.saturating_sub(borne.pairs),
            // The last place is QUIT's.
            commands: GROUP_COMMANDS_MAX.saturating_sub(1) as u8,
            has_mail: borne.has_mail,
            has_t1: borne.has_t1,
            pipelined,
        }
    }

    /// Whether a pair found no room because the scope allows too few refusals to this group. When it
    /// is answered there may be room again.
    pub(super) const fn is_short_of_refusals(&self) -> bool {
        self.is_short
    }

    /// Makes room for a pair beside those that are chosen; whether there was enough.
    pub(super) fn take(&mut self, plan: &Plan, id: PairId, chosen: PairSet) -> bool {
        let pair = id.pair();
        let budget = &plan.budget;
        let beside = chosen
            .iter()
            .filter(|other| goes_into_the_transaction_of(*other, id))
            .count() as u8;
        let room_of_mail = plan.recipients_max(id);
        let is_new_mail = pair.setting == Setting::AfterReset
            || beside == 0
            || (beside >= room_of_mail && is_multiple(beside, room_of_mail));
        let is_new_sender = is_new_mail && beside == 0;

        let is_free = pair.recipient == Recipient::C1
            && (budget.postmaster_is_free || plan.outcome(id).is_accepted());
        let needs_postmaster = pair.setting == Setting::AfterPostmaster;
        // T1 again, in a transaction of its own.
        let needs_t1 = pair.setting == Setting::AfterReset
            && !self.has_t1
            && !chosen.contains(PairId::DECIDING);
        let mail = u8::from(self.pipelined).saturating_add(1);
        let allowed = 1_u8
            .saturating_add(u8::from(is_new_mail && self.pipelined))
            .saturating_add(if needs_t1 { mail } else { 0 })
            .saturating_add(u8::from(
                needs_postmaster && !chosen.contains(PairId::POSTMASTER),
            ));
        let mut refusals = u8::from(!is_free).saturating_add(u8::from(needs_t1));
        if needs_postmaster && !budget.postmaster_is_free && !chosen.contains(PairId::POSTMASTER) {
            refusals = refusals.saturating_add(1);
        }
        if is_new_sender && self.pipelined && budget.refused_senders.contains(&pair.sender) {
            refusals = refusals.saturating_add(1);
        }
        let counted = u8::from(pair.syntax().is_counted());
        let resets = u8::from(is_new_mail && self.has_mail).saturating_add(u8::from(needs_t1));
        let commands = 1_u8
            .saturating_add(u8::from(is_new_mail))
            .saturating_add(resets)
            .saturating_add(u8::from(needs_postmaster))
            .saturating_add(if needs_t1 { 2 } else { 0 });
        let fits = self.refusals >= refusals
            && self.allowed >= allowed
            && self.counted >= counted
            && self.resets >= resets
            && self.pairs > 0
            && self.commands >= commands;
        self.is_short |= self.allowed < allowed;
        if fits {
            self.refusals = self.refusals.saturating_sub(refusals);
            self.allowed = self.allowed.saturating_sub(allowed);
            self.counted = self.counted.saturating_sub(counted);
            self.resets = self.resets.saturating_sub(resets);
            self.commands = self.commands.saturating_sub(commands);
            self.pairs = self.pairs.saturating_sub(1);
            self.has_mail = true;
        }
        fits
    }
}

fn is_multiple(number: u8, of: u8) -> bool {
    number.checked_rem(of) == Some(0)
}
