//! What came of each pair, and which reply decided it: an octet for each.

use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
    ser::SerializeSeq,
};

use crate::relay::{Outcome, PAIRS_MAX, PairId};

/// The outcome in the low four bits, the reply's place in the high ones. They travel as runs of
/// equal cells, two octets for each run; the pairs behind the last run were not reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells([u8; PAIRS_MAX]);

impl Default for Cells {
    fn default() -> Self {
        Self([0; PAIRS_MAX])
    }
}

impl Cells {
    pub(super) fn outcome(&self, pair: PairId) -> Outcome {
        Outcome::of_nibble(self.get(pair))
    }

    /// The place of the reply that decided a pair; 0 where none did.
    pub(super) fn reply(&self, pair: PairId) -> u8 {
        self.get(pair) >> 4
    }

    pub(super) fn set(&mut self, pair: PairId, outcome: Outcome, reply: u8) {
        if let Some(cell) = self.0.get_mut(pair.index()) {
            *cell = outcome.nibble() | (reply << 4);
        }
    }

    fn get(&self, pair: PairId) -> u8 {
        self.0.get(pair.index()).copied().unwrap_or_default()
    }

    /// Runs of equal cells, without the empty ones at the end.
    fn runs(&self) -> impl Iterator<Item = (u8, u8)> + '_ {
        let reached = self
            .0
            .iter()
            .rposition(|cell| *cell != 0)
            .map_or(0, |last| last.saturating_add(1));
        let mut rest = self.0.get(..reached).unwrap_or_default();
        core::iter::from_fn(move || {
            let (cell, _) = rest.split_first()?;
            let pairs = rest.iter().take_while(|other| *other == cell).count();
            rest = rest.get(pairs..).unwrap_or_default();
            Some((*cell, pairs as u8))
        })
    }
}

impl Serialize for Cells {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut sequence = out.serialize_seq(Some(self.runs().count()))?;
        for run in self.runs() {
            sequence.serialize_element(&run)?;
        }
        sequence.end()
    }
}

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Runs;

        impl<'de> Visitor<'de> for Runs {
            type Value = Cells;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("runs of outcomes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Cells, A::Error> {
                let mut cells = Cells::default();
                let mut places = cells.0.iter_mut();
                while let Some((cell, pairs)) = input.next_element::<(u8, u8)>()? {
                    for _ in 0..pairs {
                        *places
                            .next()
                            .ok_or_else(|| A::Error::custom("more outcomes than pairs"))? = cell;
                    }
                }
                Ok(cells)
            }
        }

        input.deserialize_seq(Runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn runs_come_back_as_they_went() {
        let mut random = Random::new(1);
        for length in 0..=PAIRS_MAX {
            let mut cells = Cells::default();
            let mut cell = 0;
            for place in cells.0.iter_mut().take(length) {
                if random.once_in(3) {
                    cell = random.below(256) as u8;
                }
                *place = cell;
            }
            let mut room = [0; 160];
            let octets = postcard::to_slice(&cells, &mut room).unwrap();
            assert_eq!(postcard::from_bytes::<Cells>(octets), Ok(cells));
        }
    }

    #[test]
    fn runs_that_lead_out_of_the_table_are_refused() {
        let octets = [2, 0x04, 60, 0x05, 5];
        assert!(postcard::from_bytes::<Cells>(&octets).is_err());
        let octets = [2, 0x04, 60, 0x05, 4];
        assert!(postcard::from_bytes::<Cells>(&octets).is_ok());
    }
}
