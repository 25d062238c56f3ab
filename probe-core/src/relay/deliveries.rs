//! Which pairs a test message is sent under: as few as settle the question, and none without its
//! permission.

use super::{
    forms::{Hello, Recipient, Sender},
    outcome::{Outcome, Outcomes},
    pair_set::PairSet,
    pairs::{Pair, PairId, Setting},
};
use crate::{
    evidence::{DELIVERIES_MAX, Fate},
    scope,
    time::Millis,
};

/// How long a message that was accepted after the dot is given to come back: the first wait, and a
/// second one. What comes later is proof as well, and the host's business.
pub const RETURN_WAITS: [Millis; 2] = [Millis::from_secs(15), Millis::from_secs(30)];

/// Whether a message may be sent under a pair at all. Under the target's own names it is another
/// permission, because a bounce goes to its users; behind a second recipient yet another, because its
/// postmaster gets the message. Controls and twins have no message. Whether a name is the target's is
/// another question: [`super::Envelope::is_vouched_for`].
pub fn may_deliver(pair: PairId, permitted: scope::Delivery) -> bool {
    let pair = pair.pair();
    let under_their_name = pair.sender.facts().is_theirs || pair.hello != Hello::Own;
    let to_theirs_as_well =
        pair.setting == Setting::AfterPostmaster || pair.recipient == Recipient::T24;
    permitted.allowed
        && pair.can_reach_sink()
        && (permitted.forged_senders || !under_their_name)
        && (permitted.second_recipients || !to_theirs_as_well)
}

/// The pair for the next message, if there is one among those whose names are vouched for.
pub(super) fn choose(
    outcomes: &Outcomes,
    permitted: scope::Delivery,
    messages: Messages,
    is_vouched_for: impl Fn(PairId) -> bool,
) -> Option<PairId> {
    // Names alone make no other kind: what one of them shows, another one rarely changes.
    let is_of_a_tried_kind = |id: PairId| {
        let Pair {
            hello,
            sender,
            recipient,
            ..
        } = *id.pair();
        messages.iter().any(|(tried, _)| {
            let tried = tried.pair();
            (tried.hello, tried.sender, tried.recipient) == (hello, sender, recipient)
        })
    };
    PairId::all()
        .filter(|pair| outcomes.get(*pair).is_accepted() && may_deliver(*pair, permitted))
        .filter(|pair| is_vouched_for(*pair) && !messages.has(*pair))
        .min_by_key(|pair| (is_of_a_tried_kind(*pair), rank(*pair, outcomes.get(*pair))))
}

/// What shows most goes first: recipients that are plainly at our sink, T1 of our own before all;
/// then forms that may be local users, those first whose twin was refused.
fn rank(id: PairId, outcome: Outcome) -> u8 {
    let pair = id.pair();
    let is_ours = pair.hello == Hello::Own && !pair.sender.facts().is_theirs;
    let is_plain_t1 = pair.recipient == Recipient::T1 && pair.setting == Setting::Plain;
    match (pair.is_plainly_sink(), outcome) {
        (true, _) if !is_ours || pair.setting == Setting::AfterPostmaster => 3,
        (true, _) if is_plain_t1 && pair.sender == Sender::F1 => 0,
        (true, _) if is_plain_t1 => 1,
        (true, _) => 2,
        (false, Outcome::AcceptedTwinRefused) => 4,
        (false, Outcome::AcceptedTwinAccepted) => 6,
        (false, _) => 5,
    }
}

/// The messages of a job: under which pairs, and what became of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Messages([Option<(PairId, Fate)>; DELIVERIES_MAX]);

/// Stands for no message, where the fate of one would be.
const NO_MESSAGE: u32 = 7;

impl Messages {
    /// How many bits of [`Messages::pack`] count: three of fate and six of pair for each.
    pub(super) const BITS: u32 = 9 * DELIVERIES_MAX as u32;

    pub(super) fn is_empty(&self) -> bool {
        self.last().is_none()
    }

    pub(super) fn is_full(&self) -> bool {
        self.iter().count() == DELIVERIES_MAX
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PairId, Fate)> + '_ {
        self.0.iter().flatten().copied()
    }

    pub(super) fn has(&self, pair: PairId) -> bool {
        self.iter().any(|(tried, _)| tried == pair)
    }

    pub(super) fn last(&self) -> Option<(PairId, Fate)> {
        self.iter().last()
    }

    /// One more, of which nothing is known yet.
    pub(super) fn push(&mut self, pair: PairId) {
        if let Some(free) = self.0.iter_mut().find(|place| place.is_none()) {
            *free = Some((pair, Fate::CutOff));
        }
    }

    /// What became of the last one.
    pub(super) fn decide(&mut self, fate: Fate) {
        if let Some((_, last)) = self.0.iter_mut().flatten().last() {
            *last = fate;
        }
    }

    /// Whether enough has come back: two messages, or one of those before the last. One alone may be
    /// what somebody sent on by hand, so that another one follows.
    pub(super) fn are_enough(&self, returned: PairSet) -> bool {
        let is_the_last = |pair| self.last().is_some_and(|(last, _)| last == pair);
        returned.len() > 1 || returned.iter().any(|pair| !is_the_last(pair))
    }

    pub(super) fn pack(self) -> u32 {
        self.0.iter().fold(0, |packed, message| {
            let bits = message.map_or(NO_MESSAGE, |(pair, fate)| {
                ((pair.index() as u32 & 63) << 3) | u32::from(fate.number())
            });
            (packed << 9) | bits
        })
    }

    pub(super) fn unpack(packed: u32) -> Self {
        let mut messages = Self::default();
        let mut rest = packed;
        for place in messages.0.iter_mut().rev() {
            let pair = PairId::new((rest >> 3) as usize & 63);
            *place = pair.zip(Fate::of_number(rest as u8 & 7));
            rest >>= 9;
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Delivery;

    const ALL: Delivery = Delivery {
        allowed: true,
        forged_senders: true,
        second_recipients: true,
    };
    const OURS: Delivery = Delivery {
        allowed: true,
        forged_senders: false,
        second_recipients: false,
    };

    fn id(pair: PairId) -> String {
        let pair = pair.pair();
        let hello = if pair.hello == Hello::Own { "" } else { "F12 " };
        let (sender, recipient) = (pair.sender.info().id, pair.recipient.info().id);
        format!("{hello}{sender}/{recipient}")
    }

    fn permitted(permissions: Delivery) -> Vec<String> {
        PairId::all()
            .filter(|pair| may_deliver(*pair, permissions))
            .map(id)
            .collect()
    }

    #[test]
    fn every_pair_needs_its_permission() {
        let theirs = ["F3", "F4", "F5", "F6", "F7", "F12"];
        let controls = ["C1", "C2", "C3"];
        for pair in PairId::all() {
            let text = id(pair);
            let forms: Vec<_> = text.split([' ', '/']).collect();
            let has = |ids: &[&str]| forms.iter().any(|form| ids.contains(form));
            for bits in 0..8_u8 {
                let permissions = Delivery {
                    allowed: bits & 1 != 0,
                    forged_senders: bits & 2 != 0,
                    second_recipients: bits & 4 != 0,
                };
                let expected = permissions.allowed
                    && !has(&controls)
                    && (permissions.forged_senders || !has(&theirs))
                    && (permissions.second_recipients || !has(&["T24"]));
                assert_eq!(
                    may_deliver(pair, permissions),
                    expected,
                    "{text}: {permissions:?}"
                );
            }
        }
        assert!(permitted(Delivery::default()).is_empty());
        assert_eq!(permitted(ALL).len(), PairId::all().count() - 3);
        let only_with_more = permitted(ALL).len() - permitted(OURS).len();
        // F3 four times, F4, F5, F6, F7 twice, F12 four times, and T24.
        assert_eq!(only_with_more, 4 + 1 + 1 + 1 + 2 + 4 + 1);
    }

    fn in_turn(outcomes: &Outcomes, permissions: Delivery) -> Vec<String> {
        let mut messages = Messages::default();
        let mut chosen = Vec::new();
        while let Some(pair) = choose(outcomes, permissions, messages, |_| true) {
            chosen.push(id(pair));
            if messages.is_full() {
                break;
            }
            messages.push(pair);
        }
        chosen
    }

    #[test]
    fn what_shows_most_goes_first() {
        let mut outcomes = Outcomes::default();
        assert!(in_turn(&outcomes, ALL).is_empty());
        let accept = |outcomes: &mut Outcomes, wanted: &str, outcome| {
            let pair = PairId::all().find(|pair| id(*pair) == wanted).unwrap();
            outcomes.set(pair, outcome);
        };
        for control in ["F1/C1", "F1/C2", "F1/C3"] {
            accept(&mut outcomes, control, Outcome::Accepted);
        }
        assert!(in_turn(&outcomes, ALL).is_empty());
        accept(&mut outcomes, "F1/T3", Outcome::AcceptedTwinAccepted);
        accept(&mut outcomes, "F1/T6", Outcome::AcceptedTwinRefused);
        accept(&mut outcomes, "F1/T8", Outcome::Accepted);
        let ambiguous = ["F1/T6", "F1/T8", "F1/T3"];
        assert_eq!(in_turn(&outcomes, OURS), ambiguous);
        accept(&mut outcomes, "F3/T1", Outcome::Accepted);
        accept(&mut outcomes, "F12 F1/T1", Outcome::Accepted);
        assert_eq!(in_turn(&outcomes, OURS), ambiguous);
        assert_eq!(
            in_turn(&outcomes, ALL)[..3],
            ["F3/T1", "F12 F1/T1", "F1/T6"]
        );
        for (form, expected) in [
            ("F1/T22", ["F1/T22", "F1/T6", "F1/T8"]),
            ("F9/T1", ["F9/T1", "F1/T22", "F1/T6"]),
            ("F2/T1", ["F2/T1", "F9/T1", "F1/T22"]),
            ("F1/T1", ["F1/T1", "F2/T1", "F9/T1"]),
        ] {
            accept(&mut outcomes, form, Outcome::Accepted);
            assert_eq!(in_turn(&outcomes, OURS)[..3], expected);
        }
    }

    #[test]
    fn another_kind_goes_before_another_name() {
        let mut outcomes = Outcomes::default();
        for pair in PairId::all() {
            if pair.pair().recipient == Recipient::T3 || pair.pair().recipient == Recipient::T6 {
                outcomes.set(pair, Outcome::Accepted);
            }
        }
        assert_eq!(
            in_turn(&outcomes, OURS),
            ["F1/T3", "F1/T6", "F1/T3", "F1/T3"]
        );
    }

    #[test]
    fn one_message_that_comes_back_wants_another_one_and_two_are_enough() {
        let [one, two, three] = [PairId::DECIDING, PairId::EMPTY_SENDER, PairId::POSTMASTER];
        let both = PairSet::of(one).or(PairSet::of(two));
        let mut messages = Messages::default();
        messages.push(one);
        assert!(!messages.are_enough(PairSet::EMPTY));
        assert!(!messages.are_enough(PairSet::of(one)));
        messages.push(two);
        assert!(!messages.are_enough(PairSet::EMPTY));
        assert!(messages.are_enough(PairSet::of(one)));
        assert!(!messages.are_enough(PairSet::of(two)));
        assert!(messages.are_enough(both));
        messages.push(three);
        assert!(messages.are_enough(both) && messages.is_full());
        messages.push(three);
        assert_eq!(messages.iter().count(), DELIVERIES_MAX);
    }
}
