//! Which pairs go out next, and in what order.

use super::{
    Plan,
    group::{Borne, Group, Verb},
    room::Room,
};
use crate::{
    relay::{
        forms::{Hello, Recipient, Sender},
        pair_set::PairSet,
        pairs::{Pair, PairId, Setting},
    },
    scope::Depth,
};

impl Plan {
    /// Lays the next group out; it has no command where this connection bears no more of what is
    /// left. A group ends in QUIT where nothing could follow it on this connection.
    ///
    /// Whatever the server answers, a group gets no more refusals than the scope has left. In one
    /// go that takes the worst: every MAIL refused, and every RCPT after it as well. One by one the
    /// last refusals can still be spent on recipients.
    pub(in crate::relay) fn lay_out(&self, borne: &Borne, group: &mut Group) {
        self.lay_out_at_once(borne, borne.pipelines, group);
        if borne.pipelines && group.commands.is_empty() {
            self.lay_out_at_once(borne, false, group);
        }
    }

    fn lay_out_at_once(&self, borne: &Borne, pipelined: bool, group: &mut Group) {
        group.commands.clear();
        group.pipelined = pipelined;
        let mut chosen = self.choose(self.pending(), borne, pipelined, false);
        group.twins = chosen.is_empty();
        if group.twins {
            chosen = self.choose(self.twins_pending(), borne, pipelined, true);
        }
        self.write_transactions(chosen, borne, group);
        group.keep_within(self.refusals_allowed_to_a_group(pipelined));
        if !group.commands.is_empty() && !group.twins && self.nothing_can_follow(chosen) {
            group.push(Verb::Quit, PairId::DECIDING);
        }
    }

    /// At full depth another connection comes anyway; otherwise what was accepted of this group
    /// may leave room for the rest.
    fn nothing_can_follow(&self, chosen: PairSet) -> bool {
        self.depth == Depth::Full || self.pending().without(chosen).is_empty()
    }

    fn choose(&self, wanted: PairSet, borne: &Borne, pipelined: bool, twins: bool) -> PairSet {
        let mut room = Room::new(self, borne, pipelined);
        let mut chosen = PairSet::EMPTY;
        let rank = |pair: PairId| match pair.pair().hello {
            _ if self.can_wait(pair) => 2,
            Hello::Own => 1,
            _ => 0,
        };
        for pair in (0..=2).flat_map(|wanted_rank| {
            PairId::in_turn()
                .filter(move |pair| wanted.contains(*pair) && rank(*pair) == wanted_rank)
        }) {
            if self.waits_for_t1(pair) {
                continue;
            }
            // What could only be inconclusive takes no refusals from what can be suspected.
            let may_be_inconclusive =
                pair.pair().least == Depth::Standard && !pair.pair().is_plainly_sink();
            let gives_way = may_be_inconclusive || self.can_wait(pair);
            if gives_way && room.is_short_of_refusals() {
                continue;
            }
            if self.goes_with(pair, borne, twins) && room.take(self, pair, chosen) {
                chosen.insert(pair);
            }
        }
        chosen
    }

    fn goes_with(&self, id: PairId, borne: &Borne, twins: bool) -> bool {
        let pair = id.pair();
        if twins {
            return borne.hello == Hello::Own;
        }
        let name_fits = if pair.hello == Hello::Own {
            borne.hello == Hello::Own || !self.own_name_only.contains(id)
        } else {
            borne.hello == pair.hello
        };
        let setting_fits = match pair.setting {
            Setting::Plain | Setting::AfterPostmaster => true,
            // What a name of F12 is trusted with would say nothing about the RSET.
            Setting::AfterReset => borne.hello == Hello::Own,
        };
        name_fits && setting_fits
    }

    fn write_transactions(&self, chosen: PairSet, borne: &Borne, group: &mut Group) {
        let mut left = chosen;
        let mut has_mail = borne.has_mail;
        let mut has_t1 = borne.has_t1 || chosen.contains(PairId::DECIDING);
        for counted in [false, true] {
            while let Some(lead) = lead_of(left, counted) {
                if has_mail {
                    group.push(Verb::Rset, lead);
                }
                has_mail = true;
                if lead.pair().setting == Setting::AfterReset && !has_t1 {
                    has_t1 = true;
                    group.push(Verb::Mail, PairId::DECIDING);
                    group.push(Verb::Rcpt, PairId::DECIDING);
                    group.push(Verb::Rset, lead);
                }
                group.push(Verb::Mail, lead);
                let mut has_postmaster = false;
                for (taken, pair) in (0..).zip(members(left, lead, counted)) {
                    if taken >= self.recipients_max(lead) {
                        break;
                    }
                    let after_postmaster = pair.pair().setting == Setting::AfterPostmaster;
                    if after_postmaster && !has_postmaster {
                        group.push(Verb::Rcpt, PairId::POSTMASTER);
                    }
                    has_postmaster |= pair == PairId::POSTMASTER;
                    group.push(Verb::Rcpt, pair);
                    left.remove(pair);
                }
            }
        }
    }

    pub(super) fn recipients_max(&self, lead: PairId) -> u8 {
        match lead.pair().sender {
            Sender::F2 => 1,
            _ => self.budget.recipients_max,
        }
    }
}

fn is_counted(pair: PairId) -> bool {
    pair.pair().syntax().is_counted()
}

/// Whether both can be recipients under one MAIL.
pub(super) fn goes_into_the_transaction_of(id: PairId, other: PairId) -> bool {
    is_counted(id) == is_counted(other)
        && id.pair().setting != Setting::AfterReset
        && id.pair().shares_mail_with(other.pair())
}

/// The pair that begins the next transaction: one of F12 first, one that needs a RSET before it
/// last.
fn lead_of(left: PairSet, counted: bool) -> Option<PairId> {
    left.iter()
        .filter(|pair| is_counted(*pair) == counted)
        .min_by_key(|pair| {
            let Pair { hello, setting, .. } = *pair.pair();
            (setting == Setting::AfterReset, hello == Hello::Own)
        })
}

/// The recipients of a transaction, in the order in which they are sent. The postmaster, whom a
/// server may accept, comes behind what is tested alone.
fn members(left: PairSet, lead: PairId, counted: bool) -> impl Iterator<Item = PairId> {
    let rank = |id: PairId| match id.pair() {
        Pair { hello, .. } if *hello != Hello::Own => 0,
        Pair {
            setting: Setting::AfterPostmaster,
            ..
        } => 3,
        Pair {
            recipient: Recipient::C1,
            ..
        } => 2,
        _ => 1,
    };
    let is_member = move |id: &PairId| {
        is_counted(*id) == counted
            && id.pair().shares_mail_with(lead.pair())
            && (id.pair().setting != Setting::AfterReset || *id == lead)
    };
    (0..=3).flat_map(move |wanted| {
        left.iter()
            .filter(is_member)
            .filter(move |id| rank(*id) == wanted)
    })
}
