//! Connections: opening, ending, and what comes after one.

use super::{
    BARREN_CONNECTIONS_MAX, Course, DIALOGUE_CONNECTIONS_MAX, Mail, NO_SLOT_MAX, NO_SLOT_PAUSE,
    Packed, Stage, Tls, Todo,
};
use crate::{
    dialogue::{Close, Generation, OpenFailure},
    evidence::{Ending, Finish, Notes},
    relay::{
        outcome::Outcome,
        pair_set::PairSet,
        pairs::PairId,
        parked::PARKED_FOR,
        plan::{Borne, Planned, Verb},
    },
    scope::Depth,
    time::{Instant, Millis},
};

impl Course<'_> {
    pub(super) fn connect(&mut self) {
        let is_first = self.connections == 0 || !self.was_greeted;
        let hello = match self.message_pair() {
            Some(pair) => pair.pair().hello,
            None => self.plan.next_hello(is_first),
        };
        self.borne = Borne::nothing(hello);
        self.connections = self.connections.saturating_add(1);
        self.generation = Generation(self.generation.0.saturating_add(1));
        self.has_progress = false;
        self.unmatched = PairSet::EMPTY;
        self.group.commands.clear();
        self.written = 0;
        self.answered = 0;
        self.refused = 0;
        self.quit_was_answered = false;
        if self.tls == Tls::Up {
            self.tls = Tls::Due;
        }
        self.mail = Mail::None;
        self.stage = Stage::Opening;
        self.deadline = Instant::NEVER;
        self.put(Todo::Opening(hello));
        self.put(Todo::Open);
    }

    pub(super) fn open_failed(&mut self, now: Instant, failure: OpenFailure) {
        self.put(Todo::OpenFailed(failure));
        match failure {
            OpenFailure::OutOfScope => self.finish(Finish::Stopped),
            OpenFailure::NoSlot => {
                self.no_slot = self.no_slot.saturating_add(1);
                self.connections = self.connections.saturating_sub(1);
                self.note(Notes::NO_SLOT);
                if self.no_slot < NO_SLOT_MAX {
                    self.stage = Stage::Pausing;
                    self.deadline = now + NO_SLOT_PAUSE;
                } else if self.is_delivering() {
                    self.message_was_cut();
                    self.ends_delivering();
                } else {
                    self.finish(Finish::Stopped);
                }
            }
            OpenFailure::Refused | OpenFailure::NoAnswer | OpenFailure::Unreachable
                if self.is_delivering() =>
            {
                self.message_connection_failed();
            }
            OpenFailure::Refused | OpenFailure::NoAnswer | OpenFailure::Unreachable => {
                self.barren = self.barren.saturating_add(1);
                if self.was_greeted {
                    self.what_next(false);
                } else {
                    self.finish(Finish::CutOff);
                }
            }
        }
    }

    /// The connection is over. `close` is what we do about it.
    pub(super) fn ended(&mut self, now: Instant, ending: Ending, close: Option<Close>) {
        if let Some(step) = self.awaited() {
            self.put(Todo::Unfinished(step));
        }
        self.connected = self.connected_for(now);
        if ending == Ending::Silent {
            self.note(Notes::SILENT);
        }
        // The server's own close comes behind its last reply. Any other end may swallow replies.
        if !matches!(ending, Ending::InOrder | Ending::Announced | Ending::Fin) {
            self.count_unseen_refusals(ending);
        }
        if ending != Ending::InOrder && !self.is_delivering() {
            self.was_interrupted(ending);
        }
        if let Some(close) = close {
            self.put(Todo::Close(close));
        }
        self.put(Todo::Closed(ending));
        if self.is_delivering() {
            return self.message_connection_ended();
        }
        if self.has_progress {
            self.barren = 0;
        } else {
            self.barren = self.barren.saturating_add(1);
        }
        match (ending, self.was_greeted) {
            (Ending::TimeOver, _) => self.finish(Finish::TimeOver),
            (Ending::NotSmtp, false) => self.finish(Finish::CutOff),
            _ => self.what_next(ending == Ending::InOrder),
        }
    }

    /// What an unfinished connection leaves behind: nothing that may belong to another command.
    fn was_interrupted(&mut self, ending: Ending) {
        if self.stage != Stage::Group {
            return;
        }
        let only_quit_is_missing = self
            .group
            .get(self.answered)
            .is_none_or(|next| next.verb == Verb::Quit);
        let only_the_farewell_is_missing =
            only_quit_is_missing && self.group.len() > 0 && self.written == self.group.len();
        let mut doubtful = PairSet::EMPTY;
        let mut believed = PairSet::EMPTY;
        for pair in self.unmatched.iter() {
            let outcome = self.plan.outcome(pair);
            if outcome.is_accepted() && self.is_believed(pair, ending, only_the_farewell_is_missing)
            {
                believed.insert(pair);
            } else if outcome.is_accepted()
                || (self.borne.pipelines && outcome != Outcome::RelayDenied)
            {
                doubtful.insert(pair);
                self.plan.set(pair, Outcome::NotReached);
            }
        }
        self.unmatched = PairSet::EMPTY;
        if !doubtful.is_empty() {
            self.put(Todo::Outcome(Packed(doubtful), Outcome::NotReached));
        }
        if !believed.is_empty() {
            self.put(Todo::Matched);
        }
        if !only_quit_is_missing {
            self.cut_off_the_awaited_pair();
        }
        if !self.borne.pipelines && (!only_quit_is_missing || !doubtful.is_empty()) {
            self.plan.was_interrupted(&self.borne);
        }
        let mut notes = Notes::INTERRUPTED;
        if self.borne.pipelines && !self.lock_step {
            self.lock_step = true;
            notes |= Notes::LOCK_STEP;
        }
        if ending == Ending::OutOfStep {
            notes |= Notes::OUT_OF_STEP;
        }
        self.note(notes);
    }

    /// Whether what was accepted on a connection that did not end with 221 counts. One by one each
    /// reply has its command, unless the server is a reply behind: then more would have come at
    /// QUIT. Where the connection ended before QUIT, the pair is accepted twice before it counts.
    fn is_believed(
        &mut self,
        pair: PairId,
        ending: Ending,
        only_the_farewell_is_missing: bool,
    ) -> bool {
        if self.borne.pipelines || matches!(ending, Ending::OutOfStep | Ending::Announced) {
            return false;
        }
        let was_doubted = self.doubted.contains(pair);
        self.doubted.insert(pair);
        was_doubted || (only_the_farewell_is_missing && ending != Ending::NotSmtp)
    }

    /// Counts what the server may have refused besides what we have seen. One by one that is what was
    /// not answered. In groups, and where replies are known not to match, it is everything on this
    /// connection: a reply too many makes a command seem answered whose refusal was lost.
    fn count_unseen_refusals(&mut self, ending: Ending) {
        if self.stage != Stage::Group {
            return;
        }
        let unanswered = self.group.unanswered(self.answered, self.written);
        let believed = self.believed_of_this_group();
        let replies_may_not_match = self.borne.pipelines || ending == Ending::OutOfStep;
        self.plan.count_unseen_refusals(if replies_may_not_match {
            believed.max(unanswered).saturating_add(self.borne.believed)
        } else {
            unanswered
        });
    }

    /// How many commands of this group could be refused and were not, as far as their replies say.
    pub(super) fn believed_of_this_group(&self) -> u8 {
        let sent = self.group.refusals_max(self.written);
        sent.saturating_sub(self.refused)
    }

    /// In lock-step it is known which pair the connection ended at: it gets one more chance.
    fn cut_off_the_awaited_pair(&mut self) {
        if self.borne.pipelines || self.written == self.answered {
            return;
        }
        let Some(Planned { verb, pair }) = self.group.get(self.answered) else {
            return;
        };
        if !matches!(verb, Verb::Mail | Verb::Rcpt)
            || self.plan.outcome(pair) != Outcome::NotReached
        {
            return;
        }
        if self.cut_once.contains(pair) {
            self.plan.set(pair, Outcome::CutOff);
            self.put(Todo::Outcome(Packed(PairSet::of(pair)), Outcome::CutOff));
        }
        self.cut_once.insert(pair);
    }

    /// No connection is open: another one, a pause, or the end.
    fn what_next(&mut self, in_order: bool) {
        let wants_more = self.wants_tls() || !self.plan.twins_pending().is_empty();
        let is_done = self.plan.pending().is_empty();
        let has_no_room =
            !self.wants_tls() && (self.plan.refusals_left() == 0 || self.nothing_fits);
        if self.plan.is_settled() {
            self.finish(Finish::Settled);
        } else if is_done && !wants_more {
            self.finish_or_park(Finish::Tested);
        } else if has_no_room || (in_order && self.is_one_connection_enough() && !wants_more) {
            let is_cut =
                has_no_room && self.plan.has_unseen_refusals() && !self.plan.nothing_left_matters();
            self.finish_or_park(if is_cut {
                Finish::CutOff
            } else {
                Finish::Limited
            });
        } else if self.barren >= BARREN_CONNECTIONS_MAX
            || (self.turned_away && self.barren > 1)
            || self.connections >= DIALOGUE_CONNECTIONS_MAX
        {
            self.finish_or_park(Finish::CutOff);
        } else {
            if self.barren == 1 && !self.plan.outcome(PairId::DECIDING).is_answered() {
                self.note(Notes::FIRST_DROPPED);
            }
            self.connect();
        }
    }

    fn is_one_connection_enough(&self) -> bool {
        self.plan.depth() != Depth::Full && self.plan.decided()
    }

    pub(super) fn finish_or_park(&mut self, finish: Finish) {
        let retry_matters = !self.plan.sink_was_accepted()
            && (self.plan.waits_for_a_retry() || (finish == Finish::CutOff && self.turned_away));
        match PARKED_FOR.get(usize::from(self.attempts)) {
            Some(span) if retry_matters && self.may_park_for(*span) => {
                self.attempts = self.attempts.saturating_add(1);
                self.park_for(*span);
            }
            _ => self.finish(finish),
        }
    }

    pub(super) fn park_for(&mut self, span: Millis) {
        self.put(Todo::Finished(Finish::Parked));
        self.stage = Stage::Parked;
        self.pause = span;
        self.deadline = Instant::NEVER;
    }

    pub(super) fn may_park_for(&self, span: Millis) -> bool {
        let so_far = PARKED_FOR
            .iter()
            .take(usize::from(self.attempts))
            .fold(Millis(0), |sum, span| sum + *span);
        let hours = u64::from(self.parked_hours_max);
        so_far + span <= Millis::from_mins(hours.saturating_mul(60))
    }

    pub(super) fn finish(&mut self, finish: Finish) {
        if matches!(finish, Finish::CutOff | Finish::TimeOver | Finish::Stopped) {
            let lost = self.plan.pending().and(self.sent);
            if !lost.is_empty() {
                for pair in lost.iter() {
                    self.plan.set(pair, Outcome::CutOff);
                }
                self.put(Todo::Outcome(Packed(lost), Outcome::CutOff));
            }
        }
        if finish != Finish::Stopped && self.begins_delivering(finish) {
            return;
        }
        self.put(Todo::Finished(finish));
        self.stage = Stage::Over;
        self.deadline = Instant::NEVER;
    }
}
