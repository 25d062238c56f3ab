//! Personalities: simulated servers, each with its truth.
//!
//! A personality declares by hand what it is. Its *truth* says what becomes of mail in each form;
//! its *expected verdicts* say what an honest tester concludes from the outside. Neither is ever
//! computed with probe-core: they are what its conclusions are held against.

mod closed_454;
mod closed_550;
mod commands;
mod drops_after_mail;
mod forged_local;
mod greylisting;
mod house;
mod later;
mod limits;
mod local;
mod not_smtp;
mod one_form;
mod open;
mod order;
mod postfix;
mod raw;
mod refuses_us;
mod resolve;
mod slow;
mod tarpit;
mod truth;

use probe_core::{
    scope::Depth,
    verdict::{Kind, Reason, Verdict},
};

pub use truth::{Fate, Forms, Rule, Step, fate, fate_under};

use crate::{script, server::Server};

/// A kind of server.
#[derive(Debug)]
pub struct Personality {
    /// The word in tables.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// What it does, in one word: two personalities with the same behaviour differ only in codes and
    /// texts, and count as one. Scripts are not counted.
    pub behaviour: &'static str,
    /// What becomes of mail in each form: the first rule that matches decides.
    pub truth: &'static [Rule],
    /// The verdicts at quick, standard and full depth, with delivery off.
    pub expected: [Verdict; 3],
    pub(crate) serve: fn(&Peer) -> Box<dyn Server>,
}

impl Personality {
    /// The personalities that are written in code.
    pub const ALL: [&'static Self; COUNT] = gather();

    /// Those of [`Self::ALL`], and those that are scripts.
    pub fn every() -> impl Iterator<Item = &'static Self> {
        Self::ALL
            .into_iter()
            .chain(script::library().iter().copied())
    }

    /// The personality of that name; recordings have names too.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::every().find(|personality| personality.name == name)
    }

    /// What an honest tester concludes at `depth`, with delivery off.
    pub const fn expected(&self, depth: Depth) -> Verdict {
        let [quick, standard, full] = self.expected;
        match depth {
            Depth::Quick => quick,
            Depth::Standard => standard,
            Depth::Full => full,
        }
    }

    /// The same from a tester who has been there before, or whose first session a fault has ended:
    /// who defers the first session has nothing left to defer.
    pub fn expected_later(&self, depth: Depth) -> Verdict {
        match self.name {
            "first-session-deferred" => self.expected(Depth::Full),
            _ => self.expected(depth),
        }
    }

    /// This personality as the host `host`, which also takes mail for `domains`.
    pub fn at(&'static self, host: &str, domains: &[&str]) -> Peer {
        Peer {
            personality: self,
            host: host.to_owned(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
        }
    }
}

/// Personalities that have a file of their own.
const SINGLE: [&Personality; 8] = [
    &closed_550::CLOSED_550,
    &closed_454::CLOSED_454,
    &open::OPEN,
    &forged_local::FORGED_LOCAL,
    &greylisting::GREYLISTING,
    &tarpit::TARPIT,
    &drops_after_mail::DROPS_AFTER_MAIL,
    &not_smtp::NOT_SMTP,
];

/// Personalities that share a file with their like.
const FAMILIES: &[&[Personality]] = &[
    &one_form::FAMILY,
    &refuses_us::FAMILY,
    &later::FAMILY,
    &slow::FAMILY,
    &limits::FAMILY,
    &commands::FAMILY,
    &order::FAMILY,
    &raw::FAMILY,
];

const COUNT: usize = {
    let mut count = SINGLE.len();
    let mut family = 0;
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

const fn gather() -> [&'static Personality; COUNT] {
    let mut all = [SINGLE[0]; COUNT];
    let mut count = 0;
    while count < SINGLE.len() {
        all[count] = SINGLE[count];
        count += 1;
    }
    let mut family = 0;
    while family < FAMILIES.len() {
        let mut member = 0;
        while member < FAMILIES[family].len() {
            all[count] = &FAMILIES[family][member];
            count += 1;
            member += 1;
        }
        family += 1;
    }
    all
}

/// A server with a name.
#[derive(Clone, Debug)]
pub struct Peer {
    /// What it is.
    pub personality: &'static Personality,
    /// The host name that it greets with.
    pub host: String,
    /// The domains that it takes mail for, beside its host name.
    pub domains: Vec<String>,
}

impl Peer {
    /// A server for a connection's other end.
    pub fn server(&self) -> Box<dyn Server> {
        (self.personality.serve)(self)
    }
}

const fn verdict(kind: Kind, reason: Reason) -> Verdict {
    Verdict { kind, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for personality in Personality::every() {
            let found = Personality::named(personality.name).unwrap();
            assert!(std::ptr::eq(found, personality), "{}", personality.name);
        }
        assert!(Personality::named("honest").is_none());
    }
}
