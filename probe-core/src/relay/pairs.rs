//! The one table of pairs: which sender form goes with which recipient form, under which EHLO name
//! and with which of the target's names.
//!
//! A pair's place in [`PAIRS`] is its identity: findings and parked jobs hold outcomes by place, so
//! a place means the same for ever: a host reads findings that are years old. A transaction has its
//! recipients in this order; which pairs go first is another matter.

use super::forms::{Hello, Recipient, Sender, Syntax};
use crate::scope::Depth;

/// How many pairs a battery may have.
pub const PAIRS_MAX: usize = 64;

/// One of [`PAIRS`], by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairId(u8);

/// Which of the target's names a pair is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// None.
    Nameless,
    /// The host name that greeting or EHLO gave.
    Host,
    /// The host name without its first label.
    Parent,
    /// The first or second domain that the list knows; behind those, what the address is called.
    Listed(u8),
    /// What the server calls itself: the host name, or else the first listed domain.
    Server,
    /// The likeliest domain that it hosts: the first one of the list, or else the parent, or else the
    /// host name, or else what the address is called.
    Domain,
}

/// What goes before a pair on its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// Nothing that matters.
    Plain,
    /// The same pair in an earlier transaction, which a RSET ended.
    AfterReset,
    /// `<postmaster>`, accepted in the same transaction.
    AfterPostmaster,
}

/// A sender form with a recipient form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name in EHLO.
    pub hello: Hello,
    /// The sender form.
    pub sender: Sender,
    /// The recipient form, or a control.
    pub recipient: Recipient,
    /// The name that it is written with.
    pub slot: Slot,
    /// What goes before it.
    pub setting: Setting,
    /// The least depth at which it is sent.
    pub least: Depth,
}

const fn pair(sender: Sender, recipient: Recipient, slot: Slot, least: Depth) -> Pair {
    Pair {
        hello: Hello::Own,
        sender,
        recipient,
        slot,
        setting: Setting::Plain,
        least,
    }
}

const fn hello(hello: Hello) -> Pair {
    Pair {
        hello,
        ..pair(Sender::F1, Recipient::T1, Slot::Nameless, Depth::Full)
    }
}

const fn set(setting: Setting, pair: Pair) -> Pair {
    Pair { setting, ..pair }
}

/// The battery.
pub const PAIRS: &[Pair] = {
    use Depth::{Full, Quick, Standard};
    use Recipient as T;
    use Sender as F;
    use Slot::{Domain, Host, Listed, Nameless, Parent, Server};
    &[
        // What decides, and the controls. The postmaster comes last in its transaction: an accepted
        // recipient must not go before one that is tested alone.
        pair(F::F1, T::T1, Nameless, Quick),
        pair(F::F1, T::C3, Nameless, Quick),
        pair(F::F1, T::C2, Domain, Quick),
        pair(F::F1, T::C1, Nameless, Quick),
        pair(F::F2, T::T1, Nameless, Quick),
        pair(F::F3, T::T1, Host, Quick),
        pair(F::F3, T::T1, Parent, Quick),
        pair(F::F3, T::T1, Listed(0), Quick),
        pair(F::F3, T::T1, Listed(1), Quick),
        // What opens most often.
        pair(F::F1, T::T3, Server, Standard),
        pair(F::F1, T::T6, Nameless, Standard),
        pair(F::F1, T::T12, Server, Standard),
        pair(F::F1, T::T22, Nameless, Standard),
        // F12: each begins a connection.
        hello(Hello::Theirs),
        hello(Hello::Unknown),
        hello(Hello::Literal),
        hello(Hello::Localhost),
        // What depends on what goes before.
        set(Setting::AfterReset, pair(F::F1, T::T1, Nameless, Full)),
        set(
            Setting::AfterPostmaster,
            pair(F::F1, T::T24, Nameless, Full),
        ),
        // Valid syntax.
        pair(F::F1, T::T8, Server, Full),
        pair(F::F1, T::T15, Domain, Full),
        pair(F::F1, T::T19, Domain, Full),
        pair(F::F1, T::T20Name, Nameless, Full),
        pair(F::F1, T::T21, Domain, Full),
        pair(F::F1, T::T23, Domain, Full),
        // The first listed domain is what `Domain` stands for already, but not `Server`.
        pair(F::F1, T::T21, Listed(1), Full),
        pair(F::F1, T::T3, Listed(0), Full),
        pair(F::F1, T::T3, Listed(1), Full),
        pair(F::F1, T::T19, Listed(1), Full),
        pair(F::F5, T::T1, Nameless, Full),
        pair(F::F7, T::T1, Domain, Full),
        pair(F::F7, T::T1, Listed(1), Full),
        pair(F::F9, T::T1, Nameless, Full),
        // Without a domain.
        pair(F::F1, T::T5, Nameless, Full),
        pair(F::F1, T::T7, Nameless, Full),
        pair(F::F1, T::T14, Nameless, Full),
        pair(F::F6, T::T1, Nameless, Full),
        pair(F::F8, T::T1, Nameless, Full),
        // With an address literal.
        pair(F::F1, T::T4, Nameless, Full),
        pair(F::F1, T::T9, Nameless, Full),
        pair(F::F1, T::T13, Nameless, Full),
        pair(F::F1, T::T16, Nameless, Full),
        pair(F::F1, T::T20Literal, Nameless, Full),
        pair(F::F1, T::T25, Nameless, Full),
        pair(F::F4, T::T1, Nameless, Full),
        // Broken syntax.
        pair(F::F1, T::T2, Nameless, Full),
        pair(F::F1, T::T10, Server, Full),
        pair(F::F1, T::T11, Nameless, Full),
        pair(F::F1, T::T17, Nameless, Full),
        pair(F::F1, T::T18, Nameless, Full),
        pair(F::F10, T::T1, Nameless, Full),
        pair(F::F11, T::T1, Nameless, Full),
    ]
};

/// The pairs in the order in which they are chosen for a connection.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated while compiling: a place out of range does not build"
)]
static TURNS: [PairId; PAIRS.len()] = {
    let mut turns = [PairId::DECIDING; PAIRS.len()];
    let mut taken = 0;
    let mut rank = 0;
    while rank <= RANK_MAX {
        let mut place = 0;
        while place < PAIRS.len() {
            if PAIRS[place].rank() == rank {
                turns[taken] = PairId(place as u8);
                taken += 1;
            }
            place += 1;
        }
        rank += 1;
    }
    assert!(taken == PAIRS.len());
    turns
};

const RANK_MAX: u8 = 4;

impl Pair {
    /// What decides goes first. T1 behind a RSET follows, because T1 goes before it on the same
    /// connection. Of what opens most often those go first whose acceptance can be suspected: where
    /// refusals run out, those are missed that could only be inconclusive.
    const fn rank(&self) -> u8 {
        match (self.least, self.setting) {
            (Depth::Quick, _) => 0,
            (_, Setting::AfterReset) => 1,
            (Depth::Standard, _) if self.recipient.info().is_plainly_sink => 2,
            (Depth::Standard, _) => 3,
            (Depth::Full, _) => RANK_MAX,
        }
    }
}

impl PairId {
    /// Every pair, in the order in which they are chosen.
    pub(super) fn in_turn() -> impl Iterator<Item = Self> + Clone {
        TURNS.iter().copied()
    }

    /// The pair that decides most: T1 under F1 and our own name.
    pub const DECIDING: Self = Self(0);
    /// C3.
    pub const NO_SUCH_DOMAIN: Self = Self(1);
    /// C2.
    pub const NO_SUCH_USER: Self = Self(2);
    /// C1.
    pub const POSTMASTER: Self = Self(3);
    /// T1 under F2.
    pub const EMPTY_SENDER: Self = Self(4);

    /// The pair at a place of [`PAIRS`].
    pub fn new(index: usize) -> Option<Self> {
        (index < PAIRS.len())
            .then(|| u8::try_from(index).ok().map(Self))
            .flatten()
    }

    /// Every pair, in the order of [`PAIRS`].
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        (0..PAIRS.len()).filter_map(Self::new)
    }

    /// Its place in [`PAIRS`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The pair itself.
    pub fn pair(self) -> &'static Pair {
        PAIRS.get(self.index()).unwrap_or(&FIRST)
    }
}

/// Stands where a [`PairId`] could only be wrong if it had not come from [`PairId::new`].
static FIRST: Pair = pair(Sender::F1, Recipient::T1, Slot::Nameless, Depth::Quick);

impl Pair {
    /// Mail of this pair can arrive at our sink.
    pub fn can_reach_sink(&self) -> bool {
        self.recipient.facts().can_reach_sink
    }

    /// A bounce of it can arrive at our sink, so that silence is evidence.
    pub fn bounce_can_reach_us(&self) -> bool {
        self.sender.facts().bounce_reaches_us
    }

    /// Its acceptance may be suspected.
    pub fn is_plainly_sink(&self) -> bool {
        self.recipient.facts().is_plainly_sink
    }

    /// The worse of both forms.
    pub fn syntax(&self) -> Syntax {
        self.sender
            .facts()
            .syntax
            .max(self.recipient.facts().syntax)
    }

    /// Whether both share a MAIL command: the same sender form with the same name in it.
    pub fn shares_mail_with(&self, other: &Self) -> bool {
        self.sender == other.sender && (!self.sender.facts().needs_name || self.slot == other.slot)
    }

    /// Whether only a name distinguishes the two.
    pub fn differs_only_in_name(&self, other: &Self) -> bool {
        Self {
            slot: other.slot,
            least: other.least,
            ..*self
        } == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(depth: Depth) -> Vec<String> {
        PAIRS
            .iter()
            .filter(|pair| pair.least <= depth)
            .map(|pair| format!("{}/{}", pair.sender.info().id, pair.recipient.info().id))
            .collect()
    }

    #[test]
    fn quick_is_the_controls_and_t1_under_f1_to_f3() {
        assert_eq!(
            ids(Depth::Quick),
            [
                "F1/T1", "F1/C3", "F1/C2", "F1/C1", "F2/T1", "F3/T1", "F3/T1", "F3/T1", "F3/T1"
            ]
        );
    }

    #[test]
    fn standard_adds_the_four_that_open_most_often() {
        let standard = ids(Depth::Standard);
        let (quick, rest) = standard.split_at(9);
        assert_eq!(quick, ids(Depth::Quick));
        assert_eq!(rest, ["F1/T3", "F1/T6", "F1/T12", "F1/T22"]);
    }

    #[test]
    fn each_pair_has_its_turn_once_and_what_can_be_suspected_comes_early() {
        let turns: Vec<_> = PairId::in_turn().collect();
        assert_eq!(
            PairId::all().filter(|pair| turns.contains(pair)).count(),
            turns.len()
        );
        let standard: Vec<_> = turns
            .iter()
            .filter(|pair| pair.pair().least == Depth::Standard)
            .map(|pair| pair.pair().recipient.info().id)
            .collect();
        assert_eq!(standard, ["T12", "T22", "T3", "T6"]);
        assert!(turns.iter().map(|pair| pair.pair().rank()).is_sorted());
    }

    #[test]
    fn full_tests_every_form_there_is() {
        for form in Sender::ALL {
            assert!(
                PAIRS.iter().any(|pair| pair.sender == form
                    && pair.recipient == Recipient::T1
                    && pair.hello == Hello::Own),
                "{}",
                form.info().id
            );
        }
        for form in Recipient::ALL {
            assert!(
                PAIRS.iter().any(|pair| pair.recipient == form
                    && pair.sender == Sender::F1
                    && pair.hello == Hello::Own),
                "{}",
                form.info().id
            );
        }
        for name in Hello::ALL {
            assert!(
                PAIRS.iter().any(|pair| pair.hello == name
                    && pair.sender == Sender::F1
                    && pair.recipient == Recipient::T1),
                "{name:?}"
            );
        }
        assert!(
            PAIRS
                .iter()
                .any(|pair| pair.recipient == Recipient::T1 && pair.setting == Setting::AfterReset)
        );
    }

    #[test]
    fn the_table_fits_and_holds_nothing_twice() {
        assert!(PAIRS.len() <= PAIRS_MAX);
        for (place, pair) in PAIRS.iter().enumerate() {
            assert_eq!(PAIRS.iter().position(|other| other == pair), Some(place));
        }
    }

    #[test]
    fn a_pair_has_a_slot_just_when_one_of_its_forms_needs_a_name() {
        for pair in PAIRS {
            assert_eq!(
                pair.slot != Slot::Nameless,
                pair.sender.info().needs_name || pair.recipient.info().needs_name,
                "{pair:?}"
            );
        }
    }

    #[test]
    fn the_empty_sender_has_one_recipient_for_each_transaction() {
        let under_f2 = PAIRS.iter().filter(|pair| pair.sender == Sender::F2);
        assert_eq!(under_f2.count(), 1);
    }

    #[test]
    fn the_named_places_are_what_they_say() {
        for (id, sender, recipient) in [
            (PairId::DECIDING, Sender::F1, Recipient::T1),
            (PairId::NO_SUCH_DOMAIN, Sender::F1, Recipient::C3),
            (PairId::NO_SUCH_USER, Sender::F1, Recipient::C2),
            (PairId::POSTMASTER, Sender::F1, Recipient::C1),
            (PairId::EMPTY_SENDER, Sender::F2, Recipient::T1),
        ] {
            assert_eq!((id.pair().sender, id.pair().recipient), (sender, recipient));
        }
    }

    #[test]
    fn valid_syntax_stands_before_broken_syntax() {
        let all: Vec<_> = PAIRS
            .iter()
            .filter(|pair| pair.least == Depth::Full)
            .map(Pair::syntax)
            .collect();
        assert!(all.is_sorted());
    }
}
