//! What a shell with storage that lasts does for the prober: it saves records as they come, lends
//! them again, and gives back after a restart what was in force before.

use super::{InForce, Prober};
use crate::{
    finding::RecordId,
    frame::{ScopeDigest, encode_message},
    outbox::OUTBOX_OCTETS,
    scope::Scope,
    time::Instant,
    token::Key,
};

/// A record that is to be saved, whose octets were copied out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsaved {
    /// Its name.
    pub id: RecordId,
    /// When this boot began, in milliseconds since 1970.
    pub began_ms: u64,
    /// How many octets it has.
    pub octets: usize,
}

impl Prober {
    /// Copies the octets of the next record that is neither saved nor acknowledged into `room`,
    /// which has
    /// [`crate::frame::RECORD_OCTETS_MAX`]. Call [`Prober::record_saved`] when it is saved.
    pub fn unsaved(&self, room: &mut [u8]) -> Option<Unsaved> {
        let (number, octets) = self.outbox.unsaved()?;
        let room = room.get_mut(..octets)?;
        for (kept, octet) in room.iter_mut().zip(self.outbox.unsaved_octets()) {
            *kept = octet;
        }
        // Nothing is recorded before there is an anchor.
        let anchor = self.anchor?;
        let utc_ms = anchor.utc.0.saturating_mul(1_000);
        Some(Unsaved {
            id: RecordId {
                boot: self.boot,
                number,
            },
            began_ms: utc_ms.saturating_sub(anchor.at.as_millis()),
            octets,
        })
    }

    /// The record with this number is saved. It may leave the ring now, and comes back by
    /// [`Prober::lend`].
    pub fn record_saved(&mut self, number: u32) {
        // A list goes on when the ring has room; with room for one record only it would crawl.
        let room = if self.has_room_for_a_record() {
            0
        } else {
            OUTBOX_OCTETS / 2
        };
        self.outbox.saved(number, room);
    }

    /// Every record through this one is acknowledged: storage needs none of them any more.
    pub fn acknowledged(&self) -> RecordId {
        let number = self.outbox.first_number().saturating_sub(1);
        if self.backlog.is_earlier() || number == 0 {
            return self.backlog.acknowledged();
        }
        RecordId {
            boot: self.boot,
            number,
        }
    }

    /// Storage has records of earlier boots; every one through `acknowledged` is acknowledged.
    /// They are sent before those of this boot. Call it once, before the link speaks.
    pub fn resume(&mut self, acknowledged: RecordId, has_more: bool) {
        self.backlog.begin(acknowledged);
        if !has_more {
            self.backlog.end(acknowledged);
        }
    }

    /// The first record of storage behind this one is to be lent, by [`Prober::lend`] or
    /// [`Prober::lend_nothing`].
    pub fn wanted(&self) -> Option<RecordId> {
        if !self.link.is_greeted() {
            return None;
        }
        self.backlog.wanted(self.outbox.absent())
    }

    /// The first record behind `behind`, made in a boot that began `began_ms` milliseconds after
    /// 1970.
    pub fn lend(&mut self, behind: RecordId, id: RecordId, began_ms: u64, octets: &[u8]) {
        self.backlog.lend(behind, id, began_ms, octets);
    }

    /// Storage has nothing behind `behind`.
    pub fn lend_nothing(&mut self, behind: RecordId) {
        self.backlog.end(behind);
    }

    /// Puts a scope in force again that was before a restart, when it had been powered for so many
    /// minutes. Still nothing is probed before this boot has its anchor, and no network before its
    /// spacing is over: the boot before may have asked it at its last moment. False when it may not
    /// be used.
    pub fn restore_scope(&mut self, now: Instant, scope: &Scope, powered_minutes: u32) -> bool {
        if scope.check().is_err() {
            return false;
        }
        self.schedule.set_rates(scope.rates);
        self.schedule.resume(now);
        self.scope = Some(InForce {
            scope: scope.clone(),
            digest: ScopeDigest::of(scope),
            since: now,
            powered_before: powered_minutes,
        });
        true
    }

    /// What tokens are made with, to be kept with the scope: they come back for days.
    pub fn key(&self) -> Option<Key> {
        self.key.map(|(key, _)| key)
    }

    /// Puts a key in use again that was before a restart, until a host gives one.
    pub fn restore_key(&mut self, key: Key) {
        self.key = Some((key, key.digest()));
    }

    /// The scope in force, and for how many minutes it was powered; a minute that has begun
    /// counts. Both are to be kept.
    pub fn scope_in_force(&self, now: Instant) -> Option<(ScopeDigest, u32)> {
        let in_force = self.scope.as_ref()?;
        let begun = (in_force.powered_ms(now) / 60_000).saturating_add(1);
        let minutes = u32::try_from(begun).unwrap_or(u32::MAX);
        Some((in_force.digest, minutes))
    }

    /// Copies the octets of the scope in force into `room`, as [`crate::frame::decode_message`]
    /// reads them.
    pub fn copy_scope(&self, room: &mut [u8]) -> Option<usize> {
        let in_force = self.scope.as_ref()?;
        let mut free = room.iter_mut();
        encode_message(&in_force.scope, &mut |octet| match free.next() {
            Some(place) => {
                *place = octet;
                true
            }
            None => false,
        })
    }
}
