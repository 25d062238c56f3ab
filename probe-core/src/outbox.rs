//! The outbox: records as octets, kept until the host has stored and acknowledged them.
//!
//! Records are encoded once, into a ring of octets, and sent from there, as often as it takes. Where
//! a shell has storage that lasts, it saves them as they come: what is saved may leave the ring
//! before it is acknowledged, and comes back through the [`backlog`] when it is to be sent.

pub mod backlog;

use serde::Serialize;

use crate::frame::{RECORD_OCTETS_MAX, encode_message, message::OutboxState};

/// The octets that the outbox has for records.
pub const OUTBOX_OCTETS: usize = if cfg!(feature = "small") { 8 } else { 16 } * 1_024;

/// Octets before each record in the ring: its length, least octet first.
const LENGTH_OCTETS: usize = 2;

/// Records of one boot, numbered from 1, oldest first.
#[derive(Debug)]
pub struct Outbox<const OCTETS: usize = OUTBOX_OCTETS> {
    ring: Ring<OCTETS>,
    /// The number of the oldest record that is not acknowledged, or of the next one.
    kept: u32,
    /// The number of the oldest record in the ring, or of the next one.
    first: u32,
    /// The number of the next record.
    next: u32,
    /// The number of the last record that storage has.
    saved: u32,
    /// The record to send next, and where it begins, counted from the oldest octet of the ring.
    sending: Place,
    /// Records that had to be lost.
    lost: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    number: u32,
    offset: usize,
}

/// Why a record was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// There is no room now.
    Full,
    /// It is over [`RECORD_OCTETS_MAX`] and never has room.
    TooLong,
}

impl<const OCTETS: usize> Outbox<OCTETS> {
    /// An empty outbox.
    #[inline(never)]
    pub const fn new() -> Self {
        Self {
            ring: Ring::new(),
            kept: 1,
            first: 1,
            next: 1,
            saved: 0,
            sending: Place {
                number: 1,
                offset: 0,
            },
            lost: 0,
        }
    }

    /// The number that the next record gets.
    pub const fn next_number(&self) -> u32 {
        self.next
    }

    /// The number of the oldest record that is not acknowledged, or of the next one.
    pub const fn first_number(&self) -> u32 {
        self.kept
    }

    /// The number of the oldest record in the ring, or of the next one: those before it are in
    /// storage only.
    pub const fn first_in_ring(&self) -> u32 {
        self.first
    }

    /// Whether a record of `octets` has room.
    pub const fn has_room(&self, octets: usize) -> bool {
        self.ring.free() >= octets.saturating_add(LENGTH_OCTETS)
    }

    /// Keeps a record, which carries [`Outbox::next_number`]. Taken whole or not at all.
    pub fn push<T: Serialize>(&mut self, record: &T) -> Result<(), NotTaken> {
        let before = self.ring.used;
        let mut octets = 0usize;
        let ring = &mut self.ring;
        let reserved = (0..LENGTH_OCTETS).all(|_| ring.push(0));
        let encoded = reserved
            .then(|| {
                encode_message(record, &mut |octet| {
                    octets = octets.saturating_add(1);
                    octets <= RECORD_OCTETS_MAX && ring.push(octet)
                })
            })
            .flatten();
        let length = encoded.and_then(|length| u16::try_from(length).ok());
        let Some(length) = length else {
            self.ring.used = before;
            return Err(if octets > RECORD_OCTETS_MAX {
                NotTaken::TooLong
            } else {
                NotTaken::Full
            });
        };
        for (place, octet) in (before..).zip(length.to_le_bytes()) {
            self.ring.set(place, octet);
        }
        self.next = self.next.saturating_add(1);
        Ok(())
    }

    /// Counts a record that had to be lost; the caller has told it by a record of its own.
    pub fn count_lost(&mut self) {
        self.count_many_lost(1);
    }

    /// Counts so many records that had to be lost.
    pub fn count_many_lost(&mut self, count: u32) {
        self.lost = self.lost.saturating_add(count);
    }

    /// The host has stored every record through `through`: their room is free.
    pub fn acknowledge(&mut self, through: u32) {
        let behind = through.saturating_add(1).min(self.next);
        self.kept = self.kept.max(behind);
        while self.first < self.kept {
            self.drop_first();
        }
        if self.sending.number < self.kept {
            self.send_again(0);
        }
    }

    /// The record to save next, and how many octets it has: one that is neither saved nor
    /// acknowledged.
    pub fn unsaved(&self) -> Option<(u32, usize)> {
        let place = self.unsaved_place()?;
        Some((place.number, self.record_length(place.offset)))
    }

    /// The octets of the record to save next.
    pub fn unsaved_octets(&self) -> impl Iterator<Item = u8> + '_ {
        let (start, length) = self.unsaved_place().map_or((0, 0), |place| {
            let start = place.offset.saturating_add(LENGTH_OCTETS);
            (start, self.record_length(place.offset))
        });
        self.ring.octets(start, length)
    }

    /// Storage has every record through `through`. Where the ring lacks room for `octets`, saved
    /// records leave it.
    pub fn saved(&mut self, through: u32, octets: usize) {
        self.saved = self.saved.max(through).min(self.next.saturating_sub(1));
        while !self.has_room(octets) && self.first <= self.saved && self.first < self.next {
            self.drop_first();
        }
    }

    /// Sends again from `from` on, or from the oldest that is not acknowledged.
    pub fn send_again(&mut self, from: u32) {
        let number = from.max(self.kept).min(self.next);
        self.sending = if number < self.first {
            Place { number, offset: 0 }
        } else {
            self.place(number)
        };
    }

    /// The number and the octets of the record to send next, where it is in the ring.
    pub fn sending(&self) -> Option<(u32, usize)> {
        (self.sending.number < self.next && self.sending.number >= self.first)
            .then(|| (self.sending.number, self.record_length(self.sending.offset)))
    }

    /// The number of the record to send next, where it is in storage only.
    pub fn absent(&self) -> Option<u32> {
        (self.sending.number < self.first).then_some(self.sending.number)
    }

    /// Octets of the record to send next, from its octet `from` on.
    pub fn sending_octets(&self, from: usize) -> impl Iterator<Item = u8> + '_ {
        let length = self.sending().map_or(0, |(_, length)| length);
        let start = self
            .sending
            .offset
            .saturating_add(LENGTH_OCTETS)
            .saturating_add(from);
        self.ring.octets(start, length.saturating_sub(from))
    }

    /// The record to send next has been sent.
    pub fn sent(&mut self) {
        if self.sending.number < self.first {
            self.sending.number = self.sending.number.saturating_add(1);
        } else if self.sending.number < self.next {
            self.sending = self.behind(self.sending);
        }
    }

    /// Every record through `number` has been sent, or told to be gone.
    pub fn sent_through(&mut self, number: u32) {
        while self.sending.number <= number && self.sending.number < self.next {
            self.sent();
        }
    }

    /// Whether every record has been sent at least once.
    pub const fn all_sent(&self) -> bool {
        self.sending.number >= self.next
    }

    /// Whether nothing waits for acknowledgement.
    pub const fn is_empty(&self) -> bool {
        self.kept >= self.next
    }

    /// For progress.
    pub fn state(&self) -> OutboxState {
        OutboxState {
            made: self.next.saturating_sub(1),
            acknowledged: self.kept.saturating_sub(1),
            octets: u32::try_from(self.ring.used).unwrap_or(u32::MAX),
            lost: self.lost,
        }
    }

    /// The oldest record leaves the ring.
    fn drop_first(&mut self) {
        let octets = self.record_length(0).saturating_add(LENGTH_OCTETS);
        self.ring.pop(octets);
        self.first = self.first.saturating_add(1);
        self.sending.offset = self.sending.offset.saturating_sub(octets);
    }

    fn unsaved_place(&self) -> Option<Place> {
        let number = self.saved.saturating_add(1).max(self.first);
        (number < self.next).then(|| self.place(number))
    }

    /// Where a record of the ring is, or the next one.
    fn place(&self, number: u32) -> Place {
        let mut place = Place {
            number: self.first,
            offset: 0,
        };
        while place.number < number && place.number < self.next {
            place = self.behind(place);
        }
        place
    }

    fn behind(&self, place: Place) -> Place {
        let octets = self
            .record_length(place.offset)
            .saturating_add(LENGTH_OCTETS);
        Place {
            number: place.number.saturating_add(1),
            offset: place.offset.saturating_add(octets),
        }
    }

    fn record_length(&self, offset: usize) -> usize {
        let mut length = [0; LENGTH_OCTETS];
        for (octet, kept) in length
            .iter_mut()
            .zip(self.ring.octets(offset, LENGTH_OCTETS))
        {
            *octet = kept;
        }
        usize::from(u16::from_le_bytes(length))
    }
}

impl<const OCTETS: usize> Default for Outbox<OCTETS> {
    fn default() -> Self {
        Self::new()
    }
}

/// Octets in a ring; places count from the oldest.
#[derive(Debug)]
struct Ring<const OCTETS: usize> {
    octets: [u8; OCTETS],
    start: usize,
    used: usize,
}

impl<const OCTETS: usize> Ring<OCTETS> {
    #[inline(never)]
    const fn new() -> Self {
        Self {
            octets: [0; OCTETS],
            start: 0,
            used: 0,
        }
    }

    const fn free(&self) -> usize {
        OCTETS.saturating_sub(self.used)
    }

    fn push(&mut self, octet: u8) -> bool {
        if self.free() == 0 {
            return false;
        }
        self.set(self.used, octet);
        self.used = self.used.saturating_add(1);
        true
    }

    fn set(&mut self, place: usize, octet: u8) {
        let index = self.index(place);
        if let Some(kept) = self.octets.get_mut(index) {
            *kept = octet;
        }
    }

    fn pop(&mut self, octets: usize) {
        let octets = octets.min(self.used);
        self.start = self.index(octets);
        self.used = self.used.saturating_sub(octets);
    }

    fn octets(&self, place: usize, octets: usize) -> impl Iterator<Item = u8> + '_ {
        let octets = octets.min(self.used.saturating_sub(place));
        self.octets
            .iter()
            .chain(&self.octets)
            .copied()
            .skip(self.index(place))
            .take(octets)
    }

    /// Where in the ring a place is. Places are never over `OCTETS`.
    const fn index(&self, place: usize) -> usize {
        let index = self.start.saturating_add(place);
        if index >= OCTETS {
            index.saturating_sub(OCTETS)
        } else {
            index
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::testing::Random;

    type Small = Outbox<100>;

    /// A record of `octets` octets on the wire, all the same but the length in front.
    fn record(octets: usize, content: u8) -> Vec<u8> {
        vec![content; octets - 1]
    }

    fn push<const OCTETS: usize>(
        outbox: &mut Outbox<OCTETS>,
        content: &[u8],
    ) -> Result<(), NotTaken> {
        outbox.push(&content)
    }

    fn sent<const OCTETS: usize>(outbox: &mut Outbox<OCTETS>) -> Option<(u32, Vec<u8>)> {
        let (number, length) = outbox.sending()?;
        let octets: Vec<u8> = outbox.sending_octets(0).collect();
        assert_eq!(octets.len(), length);
        let tail: Vec<u8> = outbox.sending_octets(1).collect();
        assert_eq!(tail, octets[1..]);
        outbox.sent();
        Some((number, octets[1..].to_vec()))
    }

    #[test]
    fn records_are_sent_in_order_and_again_until_acknowledged() {
        let mut outbox = Small::new();
        for content in 1..=4 {
            assert_eq!(push(&mut outbox, &record(10, content)), Ok(()));
        }
        for number in 1..=4 {
            let content = record(10, number as u8);
            assert_eq!(sent(&mut outbox), Some((number, content)));
        }
        assert!(outbox.all_sent());
        outbox.acknowledge(2);
        assert_eq!(outbox.first_number(), 3);
        assert_eq!(sent(&mut outbox), None);
        outbox.send_again(0);
        assert_eq!(sent(&mut outbox), Some((3, record(10, 3))));
        outbox.send_again(4);
        assert_eq!(sent(&mut outbox), Some((4, record(10, 4))));
        outbox.send_again(99);
        assert_eq!(sent(&mut outbox), None);
        outbox.acknowledge(99);
        assert!(outbox.is_empty());
        assert_eq!((outbox.first_number(), outbox.next_number()), (5, 5));
    }

    #[test]
    fn an_acknowledgement_may_come_before_a_record_is_sent() {
        let mut outbox = Small::new();
        for content in 1..=3 {
            push(&mut outbox, &record(10, content)).unwrap();
        }
        // Sent before a resynchronisation, stored by the host, and on its way again.
        outbox.acknowledge(2);
        assert_eq!(sent(&mut outbox), Some((3, record(10, 3))));
    }

    #[test]
    fn a_record_is_kept_whole_or_not_at_all() {
        let mut outbox = Small::new();
        push(&mut outbox, &record(40, 1)).unwrap();
        push(&mut outbox, &record(40, 2)).unwrap();
        let state = outbox.state();
        assert_eq!(state.octets, 84);
        assert!(outbox.has_room(14) && !outbox.has_room(15));
        assert_eq!(push(&mut outbox, &record(15, 3)), Err(NotTaken::Full));
        assert_eq!(outbox.state(), state);
        assert_eq!(push(&mut outbox, &record(14, 3)), Ok(()));
        assert_eq!(sent(&mut outbox), Some((1, record(40, 1))));
        assert_eq!(sent(&mut outbox), Some((2, record(40, 2))));
        assert_eq!(sent(&mut outbox), Some((3, record(14, 3))));
    }

    #[test]
    fn a_record_that_never_fits_is_told_apart() {
        let mut outbox = Outbox::<8_192>::new();
        let longest = vec![7u8; RECORD_OCTETS_MAX - 2];
        assert_eq!(push(&mut outbox, &longest), Ok(()));
        let too_long = vec![7u8; RECORD_OCTETS_MAX - 1];
        assert_eq!(push(&mut outbox, &too_long), Err(NotTaken::TooLong));
        assert_eq!(outbox.next_number(), 2);
        outbox.count_lost();
        assert_eq!(outbox.state().lost, 1);
    }

    #[test]
    fn what_is_saved_leaves_the_ring_only_for_room() {
        let mut outbox = Small::new();
        for content in 1..=3 {
            push(&mut outbox, &record(28, content)).unwrap();
        }
        assert!(!outbox.has_room(40));
        assert_eq!(outbox.unsaved(), Some((1, 28)));
        let octets: Vec<u8> = outbox.unsaved_octets().skip(1).collect();
        assert_eq!(octets, record(28, 1));
        assert_eq!(sent(&mut outbox), Some((1, record(28, 1))));
        outbox.saved(2, 0);
        assert_eq!(
            (outbox.first_in_ring(), outbox.unsaved()),
            (1, Some((3, 28)))
        );
        // Room for 40 needs two records to go; only what is saved goes.
        outbox.saved(2, 40);
        assert_eq!((outbox.first_in_ring(), outbox.first_number()), (3, 1));
        assert!(outbox.has_room(40));
        // The second was not sent yet: storage has it.
        assert_eq!((outbox.absent(), outbox.sending()), (Some(2), None));
        outbox.sent();
        assert_eq!(sent(&mut outbox), Some((3, record(28, 3))));
        assert!(outbox.all_sent() && !outbox.is_empty());
        outbox.send_again(0);
        assert_eq!(outbox.absent(), Some(1));
        outbox.acknowledge(1);
        assert_eq!(outbox.absent(), Some(2));
        outbox.acknowledge(2);
        assert_eq!((outbox.absent(), outbox.sending()), (None, Some((3, 28))));
        assert_eq!(outbox.state().acknowledged, 2);
        outbox.acknowledge(3);
        assert!(outbox.is_empty());
        assert_eq!(
            outbox.unsaved(),
            None,
            "the host has it: nothing is to be saved"
        );
    }

    #[test]
    fn the_ring_is_a_queue_of_records() {
        for seed in 0..50 {
            let mut random = Random::new(seed);
            let mut outbox = Small::new();
            let mut model: VecDeque<(u32, Vec<u8>)> = VecDeque::new();
            let (mut made, mut sending) = (0, 1);
            for _ in 0..2_000 {
                match random.below(5) {
                    0 | 1 => {
                        let octets = 1 + random.below(40) as usize;
                        let content = record(octets, random.next() as u8);
                        let used: usize = model.iter().map(|(_, of)| of.len() + 3).sum();
                        let fits = used + octets + 2 <= 100;
                        assert_eq!(push(&mut outbox, &content).is_ok(), fits, "seed {seed}");
                        if fits {
                            made += 1;
                            model.push_back((made, content));
                        }
                    }
                    2 => {
                        let expected = model.iter().find(|(number, _)| *number == sending);
                        assert_eq!(sent(&mut outbox).as_ref(), expected, "seed {seed}");
                        sending = (sending + 1).min(made + 1);
                    }
                    3 => {
                        let through = random.below(u64::from(made) + 2) as u32;
                        if random.once_in(2) {
                            outbox.acknowledge(through);
                            model.retain(|(number, _)| *number > through);
                        } else {
                            outbox.acknowledge(sending - 1);
                            model.retain(|(number, _)| *number >= sending);
                        }
                    }
                    _ => {
                        let from = random.below(u64::from(made) + 2) as u32;
                        outbox.send_again(from);
                        sending = from.min(made + 1);
                    }
                }
                let first = model.front().map_or(made + 1, |(number, _)| *number);
                sending = sending.max(first);
                assert_eq!(outbox.first_number(), first, "seed {seed}");
                assert_eq!(outbox.is_empty(), model.is_empty());
                assert_eq!(outbox.all_sent(), sending > made, "seed {seed}");
            }
            assert!(made > 100, "seed {seed}: only {made}");
        }
    }
}
