//! What has come to our sinks of a job that runs.

use crate::{
    proxy::AttemptId,
    relay::{PairId, PairSet},
};

/// The pairs of a relay job under which a message has come back, or the attempts of a proxy job whose
/// visit has come. A job is of one probe, so one word holds either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Came(u64);

impl Came {
    /// What a relay job knows that was parked.
    pub(super) fn of_pairs(pairs: PairSet) -> Self {
        let mut came = Self::default();
        for pair in pairs.iter() {
            came.message(pair);
        }
        came
    }

    /// The pairs of a relay job.
    pub(super) fn pairs(self) -> PairSet {
        let all = PairId::all();
        all.filter(|pair| self.0 & bit(pair.index()) != 0).collect()
    }

    /// A message has come back; whether it is the first one under this pair.
    pub(super) fn message(&mut self, pair: PairId) -> bool {
        self.insert(bit(pair.index()))
    }

    /// A visit has come; whether it is the first one of this attempt.
    pub(super) fn visit(&mut self, attempt: AttemptId) -> bool {
        self.insert(bit(usize::from(attempt.octet())))
    }

    const fn insert(&mut self, bit: u64) -> bool {
        let is_news = self.0 & bit == 0;
        self.0 |= bit;
        is_news
    }
}

/// Pairs and attempts have numbers below 64.
const fn bit(number: usize) -> u64 {
    1 << (number & 63)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::{PLACES, PROTOCOLS};

    #[test]
    fn each_pair_and_each_attempt_is_news_once() {
        let mut came = Came::default();
        for pair in PairId::all() {
            assert!(came.message(pair) && !came.message(pair), "{pair:?}");
        }
        assert_eq!(came.pairs(), PairId::all().collect());
        assert_eq!(Came::of_pairs(came.pairs()), came);

        let mut came = Came::default();
        let places = |protocol| (0..PLACES).map(move |place| AttemptId::new(protocol, place));
        let attempts = PROTOCOLS.into_iter().flat_map(places);
        for attempt in attempts.chain([AttemptId::CONTROL]) {
            assert!(came.visit(attempt) && !came.visit(attempt), "{attempt:?}");
        }
    }
}
