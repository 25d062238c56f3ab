//! The first octets of each answer, in an arena.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::proxy::AttemptId;

/// How many octets of answers are kept, with two for each.
pub const TEXT_OCTETS_MAX: usize = 1_152;

/// Answers, one behind the other, each behind its attempt and its length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts(heapless::Vec<u8, TEXT_OCTETS_MAX, u16>);

/// What stands before an answer.
const HEAD_OCTETS: usize = 2;

impl Texts {
    /// Keeps an answer; whether there was room for it.
    pub(super) fn push(&mut self, id: AttemptId, text: &[u8]) -> bool {
        let needed = text.len().saturating_add(HEAD_OCTETS);
        let has_room = self.0.capacity().saturating_sub(self.0.len()) >= needed;
        let Ok(octets) = u8::try_from(text.len()) else {
            return false;
        };
        has_room
            && self.0.extend_from_slice(&[id.octet(), octets]).is_ok()
            && self.0.extend_from_slice(text).is_ok()
    }

    /// How many octets they take.
    pub(super) fn octets(&self) -> usize {
        self.0.len()
    }

    /// As many of them as fit, in their order.
    pub(super) fn within(&self, octets_max: usize) -> Self {
        let mut kept = Self::default();
        for (id, text) in self.entries() {
            let octets = kept.octets().saturating_add(text.len());
            if octets.saturating_add(HEAD_OCTETS) <= octets_max {
                kept.push(id, text);
            }
        }
        kept
    }

    /// The answer to an attempt.
    pub(super) fn of(&self, id: AttemptId) -> Option<&[u8]> {
        let mut entries = self.entries();
        entries.find(|(kept, _)| *kept == id).map(|(_, text)| text)
    }

    /// The answers, in the order in which they came.
    pub(super) fn entries(&self) -> impl Iterator<Item = (AttemptId, &[u8])> {
        let mut rest: &[u8] = &self.0;
        core::iter::from_fn(move || {
            let ([id, octets], behind) = rest.split_first_chunk::<HEAD_OCTETS>()?;
            let (text, behind) = behind.split_at_checked(usize::from(*octets))?;
            rest = behind;
            Some((AttemptId::of_octet(*id)?, text))
        })
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let octets = <&[u8]>::deserialize(input)?;
        heapless::Vec::from_slice(octets)
            .map(Self)
            .map_err(|_| serde::de::Error::custom("longer answers than there is room for"))
    }
}
