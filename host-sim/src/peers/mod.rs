//! Personalities: simulated servers, each with its truth.
//!
//! A personality declares by hand what it is. Its *truth* says what becomes of mail in each form;
//! its *expected verdicts* say what an honest tester concludes from the outside. Neither is ever
//! computed with probe-core: they are what its conclusions are held against.

mod closed;
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
mod passes_on;
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

pub use truth::{Delivered, Fate, Forms, Rule, Step, fate, fate_under};

use truth::SAME;

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
    /// What delivery makes of them at quick, standard and full depth.
    pub delivered: [Delivered; 3],
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

    /// What delivery makes of it at `depth`.
    pub const fn delivered(&self, depth: Depth) -> Delivered {
        let [quick, standard, full] = self.delivered;
        match depth {
            Depth::Quick => quick,
            Depth::Standard => standard,
            Depth::Full => full,
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
    &passes_on::FAMILY,
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

    /// Forms under which a message goes out without a permission of its own, in our own name.
    fn sent() -> impl Iterator<Item = (&'static str, &'static str)> {
        const SENDERS: [&str; 6] = ["F1", "F2", "F8", "F9", "F10", "F11"];
        const RECIPIENTS: [&str; 25] = [
            "T1",
            "T2",
            "T3",
            "T4",
            "T5",
            "T6",
            "T7",
            "T8",
            "T9",
            "T10",
            "T11",
            "T12",
            "T13",
            "T14",
            "T15",
            "T16",
            "T17",
            "T18",
            "T19",
            "T20",
            "T21",
            "T22",
            "T23",
            "T25",
            "T1-after-reset",
        ];
        SENDERS
            .into_iter()
            .flat_map(|sender| RECIPIENTS.map(|recipient| (sender, recipient)))
    }

    #[test]
    fn delivery_proves_what_the_truth_is_and_no_more() {
        let personalities = Personality::every().chain(script::recorded().iter().copied());
        for personality in personalities {
            let has = |is: fn(&Fate) -> bool| {
                sent().any(|(sender, recipient)| is(&fate(personality.truth, sender, recipient)))
            };
            let relays = has(|fate| *fate == Fate::Relayed);
            let takes = has(|fate| matches!(fate, Fate::Kept | Fate::Discarded));
            let returns = has(|fate| *fate == Fate::Bounced);
            let refuses_later = has(|fate| matches!(fate, Fate::Refused(Step::Data | Step::Dot)));
            for depth in [Depth::Quick, Depth::Standard, Depth::Full] {
                let off = personality.expected(depth);
                let on = personality.delivered(depth);
                let told = format!("{} at {}", personality.name, depth.as_str());
                let may_be_sent_to =
                    off.kind == Kind::Suspected || off.reason == Reason::LocalOrRelay;
                assert!(on == Delivered::Same || may_be_sent_to, "{told}");
                match on {
                    Delivered::Confirmed | Delivered::ConfirmedLate => {
                        assert!(relays, "{told}: nothing reaches the sink");
                    }
                    Delivered::Accepted => assert!(takes && !relays && !returns, "{told}"),
                    Delivered::Bounced | Delivered::BouncedLate => {
                        assert!(returns && !relays, "{told}");
                    }
                    Delivered::RefusedAtData | Delivered::Deferred => {
                        assert!(refuses_later && !relays && !takes, "{told}");
                    }
                    Delivered::Same => {}
                }
                // Nothing that the battery sends and that decides is left undeclared.
                if depth == Depth::Full && may_be_sent_to {
                    let confirmed = on.in_the_end(off).kind == Kind::Confirmed;
                    assert!(!relays || confirmed, "{told}");
                }
                let t1 = fate(personality.truth, "F1", "T1");
                if off.kind == Kind::Suspected {
                    let expected = match t1 {
                        Fate::Relayed => Some(Kind::Confirmed),
                        Fate::Kept | Fate::Discarded => Some(Kind::Accepted),
                        Fate::Bounced => Some(Kind::Inconclusive),
                        Fate::Refused(Step::Mail | Step::Rcpt | Step::Data | Step::Dot)
                        | Fate::NotToBeJudged => None,
                    };
                    if let Some(expected) = expected {
                        assert_eq!(on.in_the_end(off).kind, expected, "{told}");
                    }
                    if matches!(t1, Fate::Refused(Step::Data | Step::Dot)) {
                        assert_ne!(on, Delivered::Same, "{told}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_deeper_test_knows_no_less() {
        for personality in Personality::every() {
            for (less, more) in [
                (Depth::Quick, Depth::Standard),
                (Depth::Standard, Depth::Full),
            ] {
                let (before, after) = (personality.expected(less), personality.expected(more));
                // More forms may be accepted; and the time of a target ends what is slow.
                let may_change = after.kind == Kind::Suspected
                    || matches!(after.reason, Reason::LocalOrRelay | Reason::Tarpit);
                assert!(before == after || may_change, "{}", personality.name);
            }
        }
    }
}
