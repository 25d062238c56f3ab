//! Greeting and EHLO: who answers, and what can be asked of it.

use super::{Course, Packed, Stage, Todo, Told};
use crate::{
    dialogue::Close,
    evidence::{Ending, Finish, Notes},
    relay::{
        forms::Hello, meaning::outcome_of_hello, outcome::Outcome, pair_set::PairSet,
        pairs::PairId, writing::Unwritten,
    },
    smtp::{Class, Extensions, Reply},
    time::Instant,
};

impl Course<'_> {
    pub(super) fn greeted(&mut self, now: Instant, reply: &Reply<'_>, more: bool) -> Told {
        if reply.class == Class::Accepted {
            if more {
                self.ended(now, Ending::OutOfStep, Some(Close::Abort));
                return Told::Nothing;
            }
            self.was_greeted = true;
            self.turned_away = false;
            // What was learned of its limits on a connection before stays.
            if !self.is_named {
                self.plan.recognise(reply.server);
            }
            self.stage = Stage::Hello {
                extended: true,
                written: false,
            };
            if self.host.is_none() {
                self.host = reply.host();
            }
            if self.is_delivering() && !self.can_say_hello() {
                self.message_cannot_be_written(now);
            }
        } else if matches!(
            reply.class,
            Class::NotSmtp | Class::Endless | Class::Unexpected
        ) {
            self.ended(now, Ending::NotSmtp, Some(Close::Abort));
        } else if let Some(message) = self.message_pair() {
            return self.turned_away_with(now, message, reply);
        } else if reply.code < 500 {
            self.turned_away = true;
            self.ended(now, Ending::Announced, Some(Close::Fin));
        } else if self.was_greeted {
            self.ended(now, Ending::Announced, Some(Close::Fin));
        } else {
            self.put(Todo::Close(Close::Fin));
            self.put(Todo::Closed(Ending::Announced));
            self.finish(Finish::Settled);
        }
        Told::Nothing
    }

    pub(super) fn hello_answered(
        &mut self,
        now: Instant,
        extended: bool,
        reply: &Reply<'_>,
        more: bool,
    ) -> Told {
        let again = |extended| Stage::Hello {
            extended,
            written: false,
        };
        if reply.class == Class::Accepted {
            if more {
                self.ended(now, Ending::OutOfStep, Some(Close::Abort));
                return Told::Nothing;
            }
            self.says_hello(now, reply);
            return Told::Nothing;
        }
        if reply.class.loses_the_stream() {
            self.ended(now, Ending::NotSmtp, Some(Close::Abort));
            return Told::Nothing;
        }
        let hello = self.borne.hello;
        let speaks_helo_only = extended
            && reply.code >= 500
            && matches!(
                reply.class,
                Class::Syntax | Class::HeloRefused | Class::BadSequence
            );
        if let Some(message) = self.message_pair()
            && !(speaks_helo_only && hello == Hello::Own && !reply.closes())
        {
            return self.turned_away_with(now, message, reply);
        }
        if hello != Hello::Own {
            let pairs: PairSet = self
                .plan
                .pending()
                .iter()
                .filter(|pair| pair.pair().hello == hello)
                .collect();
            for pair in pairs.iter() {
                self.plan.set(pair, Outcome::Blocked);
            }
            self.has_progress = true;
            self.note(Notes::NAME_REFUSED);
            self.borne.hello = Hello::Own;
            if reply.closes() {
                self.ended(now, Ending::Announced, Some(Close::Fin));
            } else {
                self.stage = again(true);
            }
            return Told::Answer {
                pairs,
                twin: false,
                outcome: Outcome::Blocked,
            };
        }
        if reply.closes() {
            self.turned_away = reply.code < 500;
            self.ended(now, Ending::Announced, Some(Close::Fin));
            return Told::Nothing;
        }
        if speaks_helo_only {
            self.note(Notes::HELO_ONLY);
            self.stage = again(false);
            return Told::Nothing;
        }
        let outcome = outcome_of_hello(reply);
        self.plan.set(PairId::DECIDING, outcome);
        self.put(Todo::Close(Close::Fin));
        self.put(Todo::Closed(Ending::InOrder));
        self.finish_or_park(Finish::Settled);
        Told::Answer {
            pairs: PairSet::of(PairId::DECIDING),
            twin: false,
            outcome,
        }
    }

    fn says_hello(&mut self, now: Instant, reply: &Reply<'_>) {
        self.extensions = reply.extensions;
        if reply.server.is_some() && !self.is_named {
            self.plan.recognise(reply.server);
        }
        if self.host.is_none() {
            self.host = reply.host();
        }
        if !self.is_named && !self.is_delivering() {
            self.is_named = true;
            self.sort_out_what_cannot_be_written();
        }
        self.borne.pipelines = self.extensions.contains(Extensions::PIPELINING)
            && !self.lock_step
            && !self.is_delivering();
        if self.borne.pipelines {
            self.note(Notes::PIPELINED);
        }
        self.proceed(now);
    }

    fn sort_out_what_cannot_be_written(&mut self) {
        let mut too_long = PairSet::EMPTY;
        let mut not_formable = PairSet::EMPTY;
        for pair in PairId::all() {
            let is_asked_for = pair.pair().least <= self.plan.depth();
            if !is_asked_for || self.plan.outcome(pair) != Outcome::NotReached {
                continue;
            }
            let outcome = match self.envelope().check(pair) {
                Ok(()) => continue,
                Err(Unwritten::TooLong) => Outcome::TooLong,
                Err(Unwritten::NotFormable) => Outcome::NotFormable,
            };
            self.plan.set(pair, outcome);
            match outcome {
                Outcome::TooLong => too_long.insert(pair),
                _ => not_formable.insert(pair),
            }
        }
        for (pairs, outcome) in [
            (too_long, Outcome::TooLong),
            (not_formable, Outcome::NotFormable),
        ] {
            if !pairs.is_empty() {
                self.put(Todo::Outcome(Packed(pairs), outcome));
            }
        }
    }
}
