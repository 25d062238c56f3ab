//! The text of the replies that matter, in an arena.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    relay::PairId,
    smtp::{Reply, Step},
};

/// How much text is kept, in octets, with four for each line; see
/// [`super::Notes::TRANSCRIPT_FULL`].
pub const TRANSCRIPT_OCTETS_MAX: usize = 1_408;
/// How much of a line is kept, in octets.
pub const LINE_OCTETS_MAX: usize = 112;

/// A line's octets are preceded by step and flags, pair, connection, and length.
const HEAD_OCTETS: usize = 4;
const NO_PAIR: u8 = 0xff;
const TWIN: u8 = 1 << 4;
const CUT: u8 = 1 << 5;
const FIRST: u8 = 1 << 6;
const LAST: u8 = 1 << 7;

const STEPS: [Step; 10] = [
    Step::Greeting,
    Step::Ehlo,
    Step::Helo,
    Step::Mail,
    Step::Rcpt,
    Step::Rset,
    Step::Quit,
    Step::StartTls,
    Step::Data,
    Step::Dot,
];

/// What a line answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) connection: u8,
    pub(super) step: Step,
    pub(super) pair: Option<PairId>,
    pub(super) twin: bool,
}

/// A line of the arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) place: Place,
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    pub(super) is_cut: bool,
    pub(super) text: &'a [u8],
}

/// Lines, one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Transcript(heapless::Vec<u8, TRANSCRIPT_OCTETS_MAX, u16>);

impl Transcript {
    /// Keeps a reply's first and last line; whether there was room for both.
    pub(super) fn keep(&mut self, place: Place, reply: &Reply<'_>) -> bool {
        if reply.lines <= 1 {
            return self.push(place, FIRST | LAST, reply.last);
        }
        self.push(place, FIRST, reply.first) && self.push(place, LAST, reply.last)
    }

    fn push(&mut self, place: Place, flags: u8, text: &[u8]) -> bool {
        let kept = text.get(..LINE_OCTETS_MAX).unwrap_or(text);
        let needed = kept.len().saturating_add(HEAD_OCTETS);
        if self.0.capacity().saturating_sub(self.0.len()) < needed {
            return false;
        }
        let step = STEPS
            .iter()
            .position(|step| *step == place.step)
            .unwrap_or_default() as u8;
        let twin = if place.twin { TWIN } else { 0 };
        let cut = if kept.len() < text.len() { CUT } else { 0 };
        let pair = place.pair.map_or(NO_PAIR, |pair| pair.index() as u8);
        let head = [
            step | flags | twin | cut,
            pair,
            place.connection,
            kept.len() as u8,
        ];
        self.0.extend_from_slice(&head).is_ok() && self.0.extend_from_slice(kept).is_ok()
    }

    /// Puts another transcript's lines behind these, whose connections go before; whether there was
    /// room for all.
    pub(super) fn append(&mut self, later: &Self, connections_before: u8) -> bool {
        later.entries().all(|entry| {
            let connection = entry.place.connection.saturating_add(connections_before);
            let place = Place {
                connection,
                ..entry.place
            };
            self.push_entry(place, &entry)
        })
    }

    fn push_entry(&mut self, place: Place, entry: &Entry<'_>) -> bool {
        let mut flags = if entry.is_first { FIRST } else { 0 };
        flags |= if entry.is_last { LAST } else { 0 };
        flags |= if entry.is_cut { CUT } else { 0 };
        self.push(place, flags, entry.text)
    }

    /// How many octets the lines take.
    pub(super) fn octets(&self) -> usize {
        self.0.len()
    }

    /// As many of the lines as fit `octets_max`, those that `come_first` before all others.
    pub(super) fn shortened(
        &self,
        octets_max: usize,
        come_first: impl Fn(&Entry<'_>) -> bool,
    ) -> Self {
        let needed = |entry: &Entry<'_>| entry.text.len().saturating_add(HEAD_OCTETS);
        let first = self
            .entries()
            .filter(&come_first)
            .map(|entry| needed(&entry));
        let mut first_left = first.fold(0usize, usize::saturating_add).min(octets_max);
        let mut others_left = octets_max.saturating_sub(first_left);
        let mut kept = Self::default();
        for entry in self.entries() {
            let left = if come_first(&entry) {
                &mut first_left
            } else {
                &mut others_left
            };
            if let Some(rest) = left.checked_sub(needed(&entry)) {
                *left = rest;
                kept.push_entry(entry.place, &entry);
            }
        }
        kept
    }

    /// The lines, in the order in which they came.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut rest: &[u8] = &self.0;
        core::iter::from_fn(move || {
            let (head, behind) = rest.split_first_chunk::<HEAD_OCTETS>()?;
            let [flags, pair, connection, octets] = *head;
            let (text, behind) = behind.split_at_checked(usize::from(octets))?;
            rest = behind;
            Some(Entry {
                place: Place {
                    connection,
                    step: *STEPS.get(usize::from(flags & 0x0f))?,
                    pair: PairId::new(usize::from(pair)),
                    twin: flags & TWIN != 0,
                },
                is_first: flags & FIRST != 0,
                is_last: flags & LAST != 0,
                is_cut: flags & CUT != 0,
                text,
            })
        })
    }
}

impl Serialize for Transcript {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Transcript {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let octets = <&[u8]>::deserialize(input)?;
        heapless::Vec::from_slice(octets)
            .map(Self)
            .map_err(|_| serde::de::Error::custom("a longer transcript than there is room for"))
    }
}
