//! What to send next: bounded by the server's budget, the scope's refusals and the depth.
//!
//! The plan picks pairs in the order of the table, as many as the connection bears when every one
//! of them is refused, and lays them out as transactions: valid syntax first, what a strict parser
//! counts as an error last, recipients grouped under their sender.

use super::{
    budget::Budget,
    forms::{Hello, Recipient, Sender},
    outcome::{Outcome, Outcomes},
    pair_set::PairSet,
    pairs::{Pair, PairId, Setting},
};
use crate::{scope::Depth, smtp::Server};

/// Refusals after which a quick or standard battery stops.
pub const REFUSALS_MAX_UNLESS_FULL: u8 = 9;
/// How many commands one group has at most.
pub(super) const GROUP_COMMANDS_MAX: usize = 48;

/// A command of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) verb: Verb,
    /// The pair of MAIL and RCPT; any other command has the deciding one.
    pub(super) pair: PairId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Mail,
    Rcpt,
    Rset,
    Quit,
}

/// Commands that are sent in one go, or one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) commands: heapless::Vec<Planned, GROUP_COMMANDS_MAX, u8>,
    /// Every RCPT is its pair's twin.
    pub(super) twins: bool,
}

impl Group {
    fn push(&mut self, verb: Verb, pair: PairId) {
        // The plan counted the commands before.
        let _ = self.commands.push(Planned { verb, pair });
    }

    /// Nothing but QUIT.
    pub(super) fn quit(&mut self) {
        self.commands.clear();
        self.twins = false;
        self.push(Verb::Quit, PairId::DECIDING);
    }

    pub(super) fn get(&self, place: u8) -> Option<Planned> {
        self.commands.get(usize::from(place)).copied()
    }

    pub(super) fn len(&self) -> u8 {
        self.commands.len() as u8
    }
}

/// What a connection has borne so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Borne {
    pub(super) hello: Hello,
    pub(super) refusals: u8,
    pub(super) counted: u8,
    pub(super) resets: u8,
    pub(super) pairs: u8,
    /// A MAIL was sent: the next one needs a RSET before it.
    pub(super) has_mail: bool,
    /// T1 under F1 was sent.
    pub(super) has_t1: bool,
    /// Commands go out in groups.
    pub(super) pipelines: bool,
}

impl Borne {
    pub(super) const fn nothing(hello: Hello) -> Self {
        Self {
            hello,
            refusals: 0,
            counted: 0,
            resets: 0,
            pairs: 0,
            has_mail: false,
            has_t1: false,
            pipelines: false,
        }
    }
}

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
    refusals: u8,
    refusals_max: u8,
    /// How many pairs one connection gets, learned from a server that hangs up.
    pairs_max: u8,
}

impl Plan {
    pub(super) fn new(depth: Depth, refusals_max: u8, outcomes: Outcomes) -> Self {
        let refusals_max = match depth {
            Depth::Quick | Depth::Standard => refusals_max.min(REFUSALS_MAX_UNLESS_FULL),
            Depth::Full => refusals_max,
        };
        Self {
            depth,
            budget: Budget::of(None),
            outcomes,
            own_name_only: PairSet::EMPTY,
            twins_sent: PairSet::EMPTY,
            refusals: 0,
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

    pub(super) const fn refusals(&self) -> u8 {
        self.refusals
    }

    pub(super) const fn refusals_left(&self) -> u8 {
        self.refusals_max.saturating_sub(self.refusals)
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
            pair.pair().least != Depth::Quick && !(is_stand_in_needed && is_stand_in(pair))
        })
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

    /// Lays the next group out; it has no command where this connection bears no more of what is
    /// left. A group ends in QUIT where nothing could follow it on this connection.
    pub(super) fn lay_out(&self, borne: &Borne, group: &mut Group) {
        group.commands.clear();
        let mut chosen = self.choose(self.pending(), borne, false);
        group.twins = chosen.is_empty();
        if group.twins {
            chosen = self.choose(self.twins_pending(), borne, true);
        }
        if chosen.is_empty() {
            return;
        }
        self.write_transactions(chosen, borne, group);
        if !group.twins && self.nothing_can_follow(chosen) {
            group.push(Verb::Quit, PairId::DECIDING);
        }
    }

    /// At full depth another connection comes anyway; otherwise what was accepted of this group
    /// may leave room for the rest.
    fn nothing_can_follow(&self, chosen: PairSet) -> bool {
        self.depth == Depth::Full || self.pending().without(chosen).is_empty()
    }

    fn choose(&self, wanted: PairSet, borne: &Borne, twins: bool) -> PairSet {
        let mut room = Room::new(self, borne);
        let mut chosen = PairSet::EMPTY;
        let (of_this_name, of_any) = (
            wanted.iter().filter(|pair| pair.pair().hello != Hello::Own),
            wanted.iter().filter(|pair| pair.pair().hello == Hello::Own),
        );
        for pair in of_this_name.chain(of_any) {
            if self.goes_with(pair, chosen, borne, twins) && room.take(self, pair, chosen) {
                chosen.insert(pair);
            }
        }
        chosen
    }

    fn goes_with(&self, id: PairId, chosen: PairSet, borne: &Borne, twins: bool) -> bool {
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
            Setting::AfterReset => borne.has_t1 || chosen.iter().any(is_plain_t1),
        };
        name_fits && setting_fits
    }

    fn write_transactions(&self, chosen: PairSet, borne: &Borne, group: &mut Group) {
        let mut left = chosen;
        let mut has_mail = borne.has_mail;
        for counted in [false, true] {
            while let Some(lead) = lead_of(left, counted) {
                if has_mail {
                    group.push(Verb::Rset, lead);
                }
                has_mail = true;
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

    fn recipients_max(&self, lead: PairId) -> u8 {
        match lead.pair().sender {
            Sender::F2 => 1,
            _ => self.budget.recipients_max,
        }
    }
}

/// What a connection still bears.
struct Room {
    refusals: u8,
    counted: u8,
    resets: u8,
    pairs: u8,
    commands: u8,
    has_mail: bool,
    pipelines: bool,
}

impl Room {
    fn new(plan: &Plan, borne: &Borne) -> Self {
        let budget = &plan.budget;
        Self {
            refusals: budget
                .refusals_max
                .saturating_sub(borne.refusals)
                .min(plan.refusals_left()),
            counted: budget.counted_max.saturating_sub(borne.counted),
            resets: budget.resets_max.saturating_sub(borne.resets),
            pairs: plan.pairs_max.saturating_sub(borne.pairs),
            // The last place is QUIT's.
            commands: GROUP_COMMANDS_MAX.saturating_sub(1) as u8,
            has_mail: borne.has_mail,
            pipelines: borne.pipelines,
        }
    }

    /// Makes room for a pair beside those that are chosen; whether there was enough.
    fn take(&mut self, plan: &Plan, id: PairId, chosen: PairSet) -> bool {
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
        let mut refusals = u8::from(!is_free);
        if needs_postmaster && !budget.postmaster_is_free && !chosen.contains(PairId::POSTMASTER) {
            refusals = refusals.saturating_add(1);
        }
        if is_new_sender && self.pipelines && budget.refused_senders.contains(&pair.sender) {
            refusals = refusals.saturating_add(1);
        }
        let counted = u8::from(pair.syntax().is_counted());
        let resets = u8::from(is_new_mail && self.has_mail);
        let commands = 1_u8
            .saturating_add(u8::from(is_new_mail))
            .saturating_add(resets)
            .saturating_add(u8::from(needs_postmaster));
        let fits = self.refusals >= refusals
            && self.counted >= counted
            && self.resets >= resets
            && self.pairs > 0
            && self.commands >= commands;
        if fits {
            self.refusals = self.refusals.saturating_sub(refusals);
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

fn is_plain_t1(id: PairId) -> bool {
    let Pair {
        sender,
        recipient,
        setting,
        ..
    } = *id.pair();
    sender == Sender::F1 && recipient == Recipient::T1 && setting == Setting::Plain
}

fn is_counted(pair: PairId) -> bool {
    pair.pair().syntax().is_counted()
}

/// Whether both can be recipients under one MAIL.
fn goes_into_the_transaction_of(id: PairId, other: PairId) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(group: &Group) -> Vec<String> {
        group
            .commands
            .iter()
            .map(|command| {
                let pair = command.pair.pair();
                match command.verb {
                    Verb::Mail => pair.sender.info().id.to_string(),
                    Verb::Rcpt => pair.recipient.info().id.to_string(),
                    Verb::Rset => "RSET".to_string(),
                    Verb::Quit => "QUIT".to_string(),
                }
            })
            .collect()
    }

    /// A plan for a target whose name is known and that has no listed domains.
    fn plan(depth: Depth, server: Option<Server>) -> Plan {
        let mut plan = Plan::new(depth, 60, Outcomes::default());
        plan.recognise(server);
        for pair in PairId::all() {
            if matches!(pair.pair().slot, super::super::pairs::Slot::Listed(_)) {
                plan.set(pair, Outcome::NotFormable);
            }
        }
        plan
    }

    /// Runs a battery against a server that refuses everything but the postmaster; the groups.
    fn run(plan: &mut Plan) -> Vec<(Hello, Vec<String>)> {
        let mut groups = Vec::new();
        while !plan.pending().is_empty() {
            let hello = plan.next_hello(groups.is_empty());
            let borne = Borne {
                pipelines: true,
                ..Borne::nothing(hello)
            };
            let mut group = Group::default();
            plan.lay_out(&borne, &mut group);
            if group.commands.is_empty() {
                break;
            }
            for command in &group.commands {
                if command.verb == Verb::Rcpt {
                    if command.pair == PairId::POSTMASTER {
                        plan.set(command.pair, Outcome::Accepted);
                    } else {
                        plan.set(command.pair, Outcome::RelayDenied);
                        plan.count_refusal();
                    }
                }
            }
            groups.push((hello, ids(&group)));
        }
        groups
    }

    #[test]
    fn a_standard_battery_on_postfix_is_one_group_of_nine_refusals() {
        let mut plan = plan(Depth::Standard, Some(Server::Postfix));
        let groups = run(&mut plan);
        let [(Hello::Own, commands)] = groups.as_slice() else {
            panic!("{groups:?}");
        };
        assert_eq!(
            commands.join(" "),
            "F1 T1 C3 C2 T3 T6 T12 C1 RSET F2 T1 RSET F3 T1 RSET F3 T1"
        );
        assert_eq!(plan.refusals(), 9);
    }

    #[test]
    fn a_full_battery_on_postfix_is_five_connections_of_nine_refusals() {
        let mut plan = plan(Depth::Full, Some(Server::Postfix));
        let groups = run(&mut plan);
        assert_eq!(
            groups.iter().map(|(hello, _)| *hello).collect::<Vec<_>>(),
            Hello::ALL
        );
        assert!(plan.pending().is_empty());
        for (_, commands) in &groups {
            assert_eq!(commands.last().map(String::as_str), Some("QUIT"));
            let refusals = commands
                .iter()
                .filter(|id| id.starts_with('T') || matches!(id.as_str(), "C2" | "C3" | "F10"));
            assert!(refusals.count() <= 9, "{commands:?}");
        }
    }

    #[test]
    fn every_budget_is_kept_and_every_pair_is_sent_once() {
        for server in [
            None,
            Some(Server::Postfix),
            Some(Server::Exim),
            Some(Server::OpenSmtpd),
            Some(Server::Sendmail),
            Some(Server::Courier),
            Some(Server::Haraka),
            Some(Server::Exchange),
            Some(Server::Qmail),
        ] {
            let mut plan = plan(Depth::Full, server);
            let budget = plan.budget;
            let groups = run(&mut plan);
            assert!(plan.pending().is_empty(), "{server:?}: {groups:?}");
            let mut mails = 0;
            for (_, commands) in &groups {
                let count = |id: &str| commands.iter().filter(|other| *other == id).count();
                assert!(count("RSET") <= usize::from(budget.resets_max));
                assert!(count("QUIT") == 1);
                mails += count("RSET") + 1;
                for transaction in commands.split(|id| id == "RSET") {
                    let recipients = transaction.iter().filter(|id| !id.starts_with('F')).count();
                    assert!(
                        recipients <= usize::from(budget.recipients_max) + 2,
                        "{server:?}: {transaction:?}"
                    );
                }
            }
            assert!(mails > 10);
        }
    }

    #[test]
    fn what_a_strict_parser_counts_goes_last_and_at_most_three_times_on_exim() {
        let mut plan = plan(Depth::Full, Some(Server::Exim));
        for (_, commands) in run(&mut plan) {
            let is_counted = |id: &str| {
                [
                    "T4", "T9", "T11", "T13", "T16", "T17", "T18", "T22", "T25", "T2", "T10", "F4",
                    "F10", "F11",
                ]
                .contains(&id)
            };
            let first = commands.iter().position(|id| is_counted(id));
            let Some(first) = first else { continue };
            let last = &commands[first..];
            assert!(last.iter().filter(|id| is_counted(id)).count() <= 3);
            assert!(
                last.iter().all(|id| is_counted(id)
                    || ["F1", "T1", "T20", "RSET", "QUIT"].contains(&id.as_str())),
                "{commands:?}"
            );
        }
    }

    #[test]
    fn f4_stands_in_where_no_name_is_known() {
        let mut plan = Plan::new(Depth::Quick, 10, Outcomes::default());
        plan.recognise(None);
        let stand_in = t1_under(Sender::F4).next().unwrap();
        assert!(!plan.is_planned(stand_in));
        for pair in PairId::all() {
            if pair.pair().slot != super::super::pairs::Slot::Nameless {
                plan.set(pair, Outcome::NotFormable);
            }
        }
        assert!(plan.is_planned(stand_in));
        let groups = run(&mut plan);
        assert_eq!(
            groups[0].1.join(" "),
            "F1 T1 C3 C1 RSET F2 T1 RSET F4 T1 QUIT"
        );
    }

    #[test]
    fn what_was_refused_with_a_name_of_f12_goes_again_under_our_own() {
        let mut plan = plan(Depth::Full, Some(Server::Postfix));
        let pair = PairId::all()
            .find(|pair| pair.pair().recipient == Recipient::T8)
            .unwrap();
        plan.send_under_own_name(pair);
        for hello in Hello::ALL {
            let mut group = Group::default();
            plan.lay_out(&Borne::nothing(hello), &mut group);
            let has_it = group.commands.iter().any(|command| command.pair == pair);
            assert!(!has_it || hello == Hello::Own);
        }
    }
}
