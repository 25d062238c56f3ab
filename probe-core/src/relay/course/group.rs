//! Groups: MAIL, RCPT, RSET and QUIT, and what their replies decide.

use super::{Course, Mail, REPLY_MS_MAX, Stage, Todo, Told};
use crate::{
    dialogue::Close,
    evidence::{Ending, Notes},
    relay::{
        forms::Hello,
        meaning::{is_deferral, outcome_of},
        outcome::Outcome,
        pair_set::PairSet,
        pairs::{PairId, Setting},
        plan::{Planned, Verb},
    },
    smtp::{Class, Reply, Step},
    time::Instant,
};

impl Course<'_> {
    /// The connection is ready for the next group, or has borne enough.
    pub(super) fn proceed(&mut self, now: Instant) {
        if self.begins_tls() {
            self.stage = Stage::StartTls { written: false };
            return;
        }
        if self.is_delivering() {
            return self.sends_message(now);
        }
        let believed = self.believed_of_this_group();
        self.borne.believed = self.borne.believed.saturating_add(believed);
        let is_fresh = !self.borne.has_mail;
        if self.plan.is_settled() {
            self.group.commands.clear();
        } else {
            self.plan.lay_out(&self.borne, &mut self.group);
            self.nothing_fits = is_fresh && self.group.commands.is_empty();
        }
        if self.group.commands.is_empty() {
            self.group.quit();
        }
        self.begin_group(now);
    }

    pub(super) fn begin_group(&mut self, now: Instant) {
        self.written = 0;
        self.answered = 0;
        self.refused = 0;
        self.stage = Stage::Group;
        self.asks(now, REPLY_MS_MAX);
    }

    pub(super) fn group_answered(&mut self, now: Instant, reply: &Reply<'_>, more: bool) -> Told {
        let Some(Planned { verb, pair }) = self.group.get(self.answered) else {
            return Told::Nothing;
        };
        if reply.class.loses_the_stream() {
            self.ended(now, Ending::NotSmtp, Some(Close::Abort));
            return Told::Nothing;
        }
        if let Some(message) = self.message_pair()
            && verb != Verb::Quit
        {
            return self.message_answered(now, message, Planned { verb, pair }, reply, more);
        }
        if self.mail == Mail::Lost {
            return self.drained(now, verb, reply, more);
        }
        let told = match verb {
            Verb::Mail => self.mail_answered(now, reply),
            Verb::Rcpt => self.rcpt_answered(now, pair, reply),
            Verb::Rset => {
                self.rset_answered(now, reply);
                Told::Nothing
            }
            // Only a message has them.
            Verb::Data | Verb::Dot => Told::Nothing,
            Verb::Quit => {
                self.quit_answered(now, reply, more);
                return Told::Nothing;
            }
        };
        if self.stage != Stage::Group {
            return told;
        }
        self.answered = self.answered.saturating_add(1);
        if reply.closes() {
            self.limit_was_met(now, reply);
        } else if more && self.answered == self.written {
            self.ended(now, Ending::OutOfStep, Some(Close::Abort));
        } else {
            self.skip_what_has_no_mail();
            if self.answered >= self.group.len() {
                self.proceed(now);
            }
        }
        told
    }

    /// In lock-step nothing is sent under a MAIL that was refused, nor a RSET after it.
    fn skip_what_has_no_mail(&mut self) {
        if self.group.pipelined || !matches!(self.mail, Mail::Refused | Mail::Deferred) {
            return;
        }
        while let Some(next) = self.group.get(self.answered) {
            if matches!(next.verb, Verb::Mail | Verb::Quit) {
                break;
            }
            self.answered = self.answered.saturating_add(1);
        }
        self.written = self.answered;
        self.borne.has_mail = false;
    }

    fn mail_answered(&mut self, now: Instant, reply: &Reply<'_>) -> Told {
        self.recipients = 0;
        self.postmaster_was_accepted = false;
        self.borne.has_mail = true;
        if reply.class == Class::Accepted {
            self.mail = Mail::Accepted;
            return Told::Nothing;
        }
        self.mail = if is_deferral(reply) {
            Mail::Deferred
        } else {
            Mail::Refused
        };
        self.count_refusal(is_deferral(reply));
        let Some(outcome) = outcome_of(Step::Mail, reply) else {
            if !reply.closes() {
                self.limit_was_met(now, reply);
            }
            return Told::Nothing;
        };
        let pairs = self.recipients_of_this_mail();
        if self.group.twins {
            for pair in pairs.iter() {
                self.plan.twin_was_sent(pair);
            }
            return Told::Nothing;
        }
        self.decide(pairs, outcome, reply)
    }

    /// The pairs under the MAIL that was just answered and that have no outcome.
    fn recipients_of_this_mail(&self) -> PairSet {
        let next = usize::from(self.answered).saturating_add(1);
        self.group
            .commands
            .iter()
            .skip(next)
            .take_while(|planned| planned.verb == Verb::Rcpt)
            .map(|planned| planned.pair)
            .filter(|pair| self.group.twins || self.plan.outcome(*pair) == Outcome::NotReached)
            .collect()
    }

    fn rcpt_answered(&mut self, now: Instant, pair: PairId, reply: &Reply<'_>) -> Told {
        let is_accepted = reply.class == Class::Accepted;
        if !is_accepted {
            self.count_refusal(is_deferral(reply) || self.mail == Mail::Deferred);
        }
        if self.mail != Mail::Accepted {
            if is_accepted {
                self.ended(now, Ending::OutOfStep, Some(Close::Abort));
            }
            return Told::Nothing;
        }
        let Some(outcome) = outcome_of(Step::Rcpt, reply) else {
            if reply.class == Class::TooMany && !reply.closes() {
                return self.too_many_recipients(pair, reply);
            }
            return Told::Nothing;
        };
        self.recipients = self.recipients.saturating_add(1);
        self.borne.pairs = self.borne.pairs.saturating_add(1);
        if self.group.twins {
            return self.twin_answered(pair, is_accepted);
        }
        if pair.pair().syntax().is_counted() && !is_accepted {
            self.borne.counted = self.borne.counted.saturating_add(1);
        }
        self.borne.has_t1 |= pair == PairId::DECIDING;
        if pair == PairId::POSTMASTER {
            self.postmaster_was_accepted = is_accepted;
        }
        let is_alone =
            pair.pair().setting == Setting::AfterPostmaster && !self.postmaster_was_accepted;
        let outcome = if is_alone {
            Outcome::NotFormable
        } else {
            outcome
        };
        self.decide(PairSet::of(pair), outcome, reply)
    }

    /// A server takes only so many recipients under one MAIL: the rest goes under another one.
    fn too_many_recipients(&mut self, pair: PairId, reply: &Reply<'_>) -> Told {
        self.note(Notes::SERVER_LIMIT);
        if self.recipients == 0 {
            return self.decide(PairSet::of(pair), Outcome::Unclear, reply);
        }
        if self.recipients == 1 && pair.pair().setting == Setting::AfterPostmaster {
            return self.decide(PairSet::of(pair), Outcome::NotFormable, reply);
        }
        self.plan.met_a_limit_of_recipients(self.recipients);
        Told::Nothing
    }

    fn twin_answered(&mut self, pair: PairId, is_accepted: bool) -> Told {
        self.plan.twin_was_sent(pair);
        let outcome = if is_accepted {
            Outcome::AcceptedTwinAccepted
        } else {
            Outcome::AcceptedTwinRefused
        };
        self.plan.set(pair, outcome);
        self.unmatched.insert(pair);
        self.has_progress = true;
        Told::Answer {
            pairs: PairSet::of(pair),
            twin: true,
            outcome,
        }
    }

    /// Notes what came of pairs, unless the name in EHLO may be to blame.
    fn decide(&mut self, pairs: PairSet, outcome: Outcome, reply: &Reply<'_>) -> Told {
        let refusal = (reply.code, reply.enhanced, reply.class);
        if pairs.contains(PairId::DECIDING) {
            self.refusal = Some(refusal);
            let may_deny_relaying =
                outcome == Outcome::RelayDenied || reply.class == Class::UserOrRelay;
            self.plan.t1_was_refused(may_deny_relaying);
        }
        // What is accepted under a name of F12 may be due to that name, unless our own opens as
        // much.
        let is_open_anyway = self.plan.outcome(PairId::DECIDING).is_accepted();
        let name_is_innocent = self.borne.hello == Hello::Own
            || (outcome.is_accepted() && is_open_anyway)
            || outcome == Outcome::RelayDenied
            || matches!(
                reply.class,
                Class::UserOrRelay | Class::UserUnknown | Class::Syntax
            )
            || self.refusal == Some(refusal);
        let mut decided = PairSet::EMPTY;
        for pair in pairs.iter() {
            let known = self.plan.outcome(pair);
            if known.is_accepted() || (known.is_answered() && !outcome.is_accepted()) {
                // It was repeated only to stand before another one.
            } else if name_is_innocent || pair.pair().hello != Hello::Own {
                self.plan.set(pair, outcome);
                decided.insert(pair);
            } else {
                self.plan.send_under_own_name(pair);
            }
        }
        if decided.len() < pairs.len() && !name_is_innocent && !outcome.is_accepted() {
            self.note(Notes::NAME_REFUSED);
        }
        if decided.is_empty() {
            return Told::Nothing;
        }
        for pair in decided.iter() {
            self.unmatched.insert(pair);
        }
        self.has_progress = true;
        Told::Answer {
            pairs: decided,
            twin: false,
            outcome,
        }
    }

    fn rset_answered(&mut self, now: Instant, reply: &Reply<'_>) {
        self.mail = Mail::None;
        if reply.class == Class::Accepted {
            self.borne.resets = self.borne.resets.saturating_add(1);
            self.borne.has_mail = false;
        } else if !reply.closes() {
            self.plan.met_a_limit_of_resets(self.borne.resets);
            self.limit_was_met(now, reply);
        }
    }

    /// In a group only the 221 at the end proves that every reply belonged to its command.
    fn quit_answered(&mut self, now: Instant, reply: &Reply<'_>, more: bool) {
        if reply.code == 221 && !more && !self.quit_was_answered {
            if !self.unmatched.is_empty() {
                self.put(Todo::Matched);
                self.unmatched = PairSet::EMPTY;
            }
            self.ended_in_order(now);
        } else if self.may_say_goodbye_in_other_words(reply, more) {
            self.quit_was_answered = true;
        } else {
            self.ended(now, Ending::OutOfStep, Some(Close::Abort));
        }
    }

    /// Something else than 221 may be a farewell as well, if nothing follows it: a server that is a
    /// reply behind still owes the 221. One by one it may be another 2xx, 421, or that QUIT is not
    /// known, unless T1 got the same: then it is rather a refusal that comes late. It is worth the
    /// wait where something was accepted. In a group it may be anything, because nothing that was
    /// accepted counts before it was asked for one by one; the wait only shows that no refusal was
    /// lost.
    fn may_say_goodbye_in_other_words(&self, reply: &Reply<'_>, more: bool) -> bool {
        let something_was_accepted = self
            .unmatched
            .iter()
            .any(|pair| self.plan.outcome(pair).is_accepted());
        let quit_is_not_known = matches!(reply.code, 500 | 502)
            && self.refusal.is_none_or(|(code, ..)| code != reply.code);
        let is_a_farewell =
            reply.class == Class::Accepted || reply.code == 421 || quit_is_not_known;
        let is_worth_it = if self.borne.pipelines {
            !self.unmatched.is_empty()
        } else {
            is_a_farewell && something_was_accepted
        };
        is_worth_it && !more && !self.quit_was_answered
    }

    fn ended_in_order(&mut self, now: Instant) {
        self.plan.was_borne();
        self.stage = Stage::Over;
        self.ended(now, Ending::InOrder, Some(Close::Fin));
    }

    /// The server announced that it has had enough. Where more of a group is on its way, its replies
    /// are waited for: the target has given what refusals are among them.
    fn limit_was_met(&mut self, now: Instant, reply: &Reply<'_>) {
        self.note(Notes::SERVER_LIMIT);
        self.turned_away = reply.code < 500 && !self.has_progress;
        let is_last = self.answered.saturating_add(1) >= self.written;
        if is_last && !reply.closes() {
            self.plan
                .count_unseen_refusals(self.believed_of_this_group());
        }
        if is_last || reply.closes() {
            self.ended(now, Ending::Announced, Some(Close::Fin));
        } else {
            self.mail = Mail::Lost;
        }
    }

    /// Replies to what was on its way when the server announced its limit.
    fn drained(&mut self, now: Instant, verb: Verb, reply: &Reply<'_>, more: bool) -> Told {
        if matches!(verb, Verb::Mail | Verb::Rcpt) && reply.class != Class::Accepted {
            self.count_refusal(is_deferral(reply));
        }
        self.answered = self.answered.saturating_add(1);
        if reply.closes() || (self.answered == self.written && !more) {
            self.ended(now, Ending::Announced, Some(Close::Fin));
        } else if self.answered == self.written {
            self.ended(now, Ending::OutOfStep, Some(Close::Abort));
        }
        Told::Nothing
    }

    pub(super) fn count_refusal(&mut self, is_deferral: bool) {
        if is_deferral {
            self.plan.count_deferral();
        } else {
            self.plan.count_refusal();
        }
        self.refused = self.refused.saturating_add(1);
        self.borne.refusals = self.borne.refusals.saturating_add(1);
    }
}
