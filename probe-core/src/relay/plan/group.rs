//! Groups of commands, and what a connection has borne of them.

use crate::{
    relay::{
        forms::Hello,
        pairs::{PairId, Setting},
    },
    smtp::Step,
};

/// How many commands one group has at most.
pub(super) const GROUP_COMMANDS_MAX: usize = 48;

/// A command of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::relay) struct Planned {
    pub(in crate::relay) verb: Verb,
    /// The pair of MAIL and RCPT; any other command has the deciding one.
    pub(in crate::relay) pair: PairId,
}

impl Planned {
    fn is_mail(self) -> bool {
        self.verb == Verb::Mail
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::relay) enum Verb {
    Mail,
    Rcpt,
    Data,
    /// The message, with the dot behind it.
    Dot,
    Rset,
    Quit,
}

impl Verb {
    /// What its reply answers.
    pub(in crate::relay) const fn step(self) -> Step {
        match self {
            Self::Mail => Step::Mail,
            Self::Rcpt => Step::Rcpt,
            Self::Data => Step::Data,
            Self::Dot => Step::Dot,
            Self::Rset => Step::Rset,
            Self::Quit => Step::Quit,
        }
    }
}

/// Commands that are sent in one go, or one by one.
#[derive(Clone, Debug, Default)]
pub(in crate::relay) struct Group {
    pub(in crate::relay) commands: heapless::Vec<Planned, GROUP_COMMANDS_MAX, u8>,
    /// Every RCPT is its pair's twin.
    pub(in crate::relay) twins: bool,
    /// They go out in one go.
    pub(in crate::relay) pipelined: bool,
}

impl Group {
    // At many places: a call is smaller.
    #[cfg_attr(target_os = "none", inline(never))]
    pub(super) fn push(&mut self, verb: Verb, pair: PairId) {
        // The plan counted the commands before.
        let _ = self.commands.push(Planned { verb, pair });
    }

    /// Nothing but QUIT.
    pub(in crate::relay) fn quit(&mut self) {
        self.commands.clear();
        self.twins = false;
        self.push(Verb::Quit, PairId::DECIDING);
    }

    /// One message under a pair, one command at a time, with what its setting wants before it.
    pub(in crate::relay) fn deliver(&mut self, pair: PairId) {
        self.commands.clear();
        self.twins = false;
        self.pipelined = false;
        if pair.pair().setting == Setting::AfterReset {
            self.push(Verb::Mail, PairId::DECIDING);
            self.push(Verb::Rcpt, PairId::DECIDING);
            self.push(Verb::Rset, pair);
        }
        self.push_message(pair);
    }

    /// The same once more on a connection that has had a MAIL.
    pub(in crate::relay) fn deliver_behind_reset(&mut self, pair: PairId) {
        self.commands.clear();
        self.push(Verb::Rset, pair);
        self.push_message(pair);
    }

    fn push_message(&mut self, pair: PairId) {
        let setting = pair.pair().setting;
        self.push(Verb::Mail, pair);
        if setting == Setting::AfterPostmaster {
            self.push(Verb::Rcpt, PairId::POSTMASTER);
        }
        for verb in [Verb::Rcpt, Verb::Data, Verb::Dot] {
            self.push(verb, pair);
        }
    }

    /// How many refusals the first `commands` of it can get: one for each MAIL and each RCPT. One
    /// by one nothing follows a refused MAIL, so that a MAIL and its recipients get no more than
    /// the recipients alone.
    pub(in crate::relay) fn refusals_max(&self, commands: u8) -> u8 {
        self.commands
            .iter()
            .take(usize::from(commands))
            .filter(|planned| planned.verb == Verb::Rcpt || (planned.is_mail() && self.pipelined))
            .count() as u8
    }

    /// How many of the commands that were sent can still be refused.
    pub(in crate::relay) fn unanswered(&self, answered: u8, sent: u8) -> u8 {
        self.commands
            .iter()
            .take(usize::from(sent))
            .skip(usize::from(answered))
            .filter(|planned| !matches!(planned.verb, Verb::Rset | Verb::Quit))
            .count() as u8
    }

    /// Shortens it until it can get no more than so many refusals.
    pub(super) fn keep_within(&mut self, refusals_max: u8) {
        while self.refusals_max(self.len()) > refusals_max {
            self.commands.pop();
            // What went before the first recipient that is left out is of no use without it.
            while self
                .commands
                .last()
                .is_some_and(|last| last.verb != Verb::Rcpt)
            {
                self.commands.pop();
            }
        }
    }

    pub(in crate::relay) fn get(&self, place: u8) -> Option<Planned> {
        self.commands.get(usize::from(place)).copied()
    }

    pub(in crate::relay) fn len(&self) -> u8 {
        self.commands.len() as u8
    }
}

/// What a connection has borne so far.
#[derive(Clone, Copy, Debug)]
pub(in crate::relay) struct Borne {
    pub(in crate::relay) hello: Hello,
    /// Deferrals among them: a server counts both as errors.
    pub(in crate::relay) refusals: u8,
    /// MAIL and RCPT commands of earlier groups that were not refused as far as their replies said.
    pub(in crate::relay) believed: u8,
    pub(in crate::relay) counted: u8,
    pub(in crate::relay) resets: u8,
    pub(in crate::relay) pairs: u8,
    /// A MAIL was sent: the next one needs a RSET before it.
    pub(in crate::relay) has_mail: bool,
    /// T1 under F1 and our own name was sent.
    pub(in crate::relay) has_t1: bool,
    /// Commands go out in groups.
    pub(in crate::relay) pipelines: bool,
}

impl Borne {
    pub(in crate::relay) const fn nothing(hello: Hello) -> Self {
        Self {
            hello,
            refusals: 0,
            believed: 0,
            counted: 0,
            resets: 0,
            pairs: 0,
            has_mail: false,
            has_t1: false,
            pipelines: false,
        }
    }
}
