//! Records that are in the shell's storage and not in the ring: those of earlier boots, and those
//! of this one that had to leave.
//!
//! The shell lends them one at a time, in the order in which they were made. Earlier boots come
//! first and one after the other: the records of a boot are sent only when every one before it is
//! acknowledged, so that what is acknowledged is always one mark.

use heapless::Vec;

use crate::{
    finding::RecordId,
    frame::RECORD_OCTETS_MAX,
    time::{Anchor, Instant, Utc},
};

/// What of the shell's storage is to be sent, and how far that is.
#[derive(Debug)]
pub struct Backlog {
    /// This boot.
    own: u32,
    /// Records of earlier boots may wait.
    earlier: bool,
    /// Of those: the last that is acknowledged, and the last that was sent.
    acknowledged: RecordId,
    after: RecordId,
    /// The boot whose records the host has been told to expect.
    told: Option<u32>,
    lent: Option<Lent>,
    octets: Vec<u8, RECORD_OCTETS_MAX>,
}

/// What storage has behind a record.
#[derive(Clone, Copy, Debug)]
struct Lent {
    behind: RecordId,
    found: Option<Found>,
}

#[derive(Clone, Copy, Debug)]
struct Found {
    id: RecordId,
    began_ms: u64,
}

/// What comes next on the link, as far as records go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The ring's.
    Ring,
    /// Nothing until the shell has lent a record, or the host has acknowledged some.
    Wait,
    /// To say that records of an earlier boot follow.
    Earlier {
        /// Which boot.
        boot: u32,
        /// The first of them.
        first: u32,
        /// What ties that boot's clock to UTC.
        anchor: Anchor,
    },
    /// To say that records are lost.
    Gone {
        /// Of which boot.
        boot: u32,
        /// The first of them.
        first: u32,
        /// The last of them.
        last: u32,
    },
    /// The record that is lent.
    Record(RecordId),
}

impl Backlog {
    /// Nothing in storage. `own` is this boot.
    #[inline(never)]
    pub const fn new(own: u32) -> Self {
        const NONE: RecordId = RecordId { boot: 0, number: 0 };
        Self {
            own,
            earlier: false,
            acknowledged: NONE,
            after: NONE,
            told: None,
            lent: None,
            octets: Vec::new(),
        }
    }

    /// Storage has records of earlier boots; every one through `acknowledged` is acknowledged.
    pub fn begin(&mut self, acknowledged: RecordId) {
        self.earlier = true;
        self.acknowledged = acknowledged;
        self.restart();
    }

    /// Whether records of earlier boots may wait.
    pub const fn is_earlier(&self) -> bool {
        self.earlier
    }

    /// Of earlier boots: every record through this one is acknowledged.
    pub const fn acknowledged(&self) -> RecordId {
        self.acknowledged
    }

    /// Sends again from the first that is not acknowledged.
    pub fn restart(&mut self) {
        self.after = self.acknowledged;
        self.told = None;
        self.lent = None;
    }

    /// The shell is to lend the first record behind this one. `absent` is
    /// [`super::Outbox::absent`].
    pub fn wanted(&self, absent: Option<u32>) -> Option<RecordId> {
        let behind = self.behind(absent)?;
        (self.lent(behind).is_none()).then_some(behind)
    }

    /// What is sent next is the first record behind this one.
    fn behind(&self, absent: Option<u32>) -> Option<RecordId> {
        if self.earlier {
            return Some(self.after);
        }
        absent.map(|number| RecordId {
            boot: self.own,
            number: number.saturating_sub(1),
        })
    }

    fn lent(&self, behind: RecordId) -> Option<Lent> {
        self.lent.filter(|lent| lent.behind == behind)
    }

    /// The first record behind `behind`, made in a boot that began `began_ms` milliseconds after
    /// 1970.
    pub fn lend(&mut self, behind: RecordId, id: RecordId, began_ms: u64, octets: &[u8]) {
        self.octets.clear();
        let fits = self.octets.extend_from_slice(octets).is_ok();
        // Of this boot's own, the ring knows more.
        let is_wanted = fits && !(self.earlier && id.boot >= self.own);
        let found = is_wanted.then_some(Found { id, began_ms });
        self.lent = Some(Lent { behind, found });
        self.settle();
    }

    /// Storage has nothing behind `behind`.
    pub fn end(&mut self, behind: RecordId) {
        let found = None;
        self.lent = Some(Lent { behind, found });
        self.settle();
    }

    /// What comes next. `absent` and `first_in_ring` are the ring's.
    pub fn turn(&self, absent: Option<u32>, first_in_ring: u32) -> Turn {
        if self.earlier {
            return self.turn_of_earlier();
        }
        let (Some(expected), Some(behind)) = (absent, self.behind(absent)) else {
            return Turn::Ring;
        };
        let Some(lent) = self.lent(behind) else {
            return Turn::Wait;
        };
        let found = match lent.found {
            Some(found) if found.id.boot == self.own => found.id.number.min(first_in_ring),
            Some(_) | None => first_in_ring,
        };
        if found > expected {
            Turn::Gone {
                boot: self.own,
                first: expected,
                last: found.saturating_sub(1),
            }
        } else {
            Turn::Record(RecordId {
                boot: self.own,
                number: expected,
            })
        }
    }

    fn turn_of_earlier(&self) -> Turn {
        let lent = self.lent(self.after).and_then(|lent| lent.found);
        let Some(Found { id, began_ms }) = lent else {
            return Turn::Wait;
        };
        let same_boot = id.boot == self.after.boot;
        if !same_boot && self.acknowledged < self.after {
            return Turn::Wait;
        }
        let expected = if same_boot {
            self.after.number.saturating_add(1)
        } else {
            1
        };
        if self.told != Some(id.boot) {
            Turn::Earlier {
                boot: id.boot,
                first: expected,
                anchor: anchor_of(began_ms),
            }
        } else if id.number > expected {
            Turn::Gone {
                boot: id.boot,
                first: expected,
                last: id.number.saturating_sub(1),
            }
        } else {
            Turn::Record(id)
        }
    }

    /// [`Turn::Earlier`] has been said.
    pub fn said_earlier(&mut self, boot: u32) {
        self.told = Some(boot);
    }

    /// [`Turn::Gone`] has been said, or [`Turn::Record`] was sent, through `last`.
    pub fn sent_through(&mut self, last: RecordId) {
        if self.earlier {
            self.after = last;
        }
        self.lent = self
            .lent
            .filter(|lent| lent.found.is_some_and(|found| found.id > last));
        if let Some(lent) = &mut self.lent {
            lent.behind = last;
        }
    }

    /// The octets of the record that is lent.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The host has stored every record of an earlier `boot` through `through`.
    pub fn acknowledge(&mut self, boot: u32, through: u32) {
        let id = RecordId {
            boot,
            number: through,
        };
        if self.earlier && boot < self.own && id <= self.after {
            self.acknowledged = self.acknowledged.max(id);
        }
        self.settle();
    }

    /// The host has missed a record of an earlier `boot`.
    pub fn send_again(&mut self, boot: u32, from: u32) {
        let before = RecordId {
            boot,
            number: from.saturating_sub(1),
        };
        if self.earlier && before < self.after {
            self.after = before.max(self.acknowledged);
            self.lent = None;
        }
    }

    /// Earlier boots are done when storage has no more of them and all are acknowledged.
    fn settle(&mut self) {
        let ended = self
            .lent(self.after)
            .is_some_and(|lent| lent.found.is_none());
        if self.earlier && ended && self.acknowledged >= self.after {
            self.earlier = false;
            self.lent = None;
        }
    }
}

/// The anchor of a boot that began then: on a full second, as UTC is told.
fn anchor_of(began_ms: u64) -> Anchor {
    let utc = began_ms.div_ceil(1_000);
    Anchor {
        at: Instant::from_millis(utc.saturating_mul(1_000).saturating_sub(began_ms)),
        utc: Utc(utc),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn id(boot: u32, number: u32) -> RecordId {
        RecordId { boot, number }
    }

    /// Lends what is wanted from `storage`, as a shell does.
    fn lend(backlog: &mut Backlog, absent: Option<u32>, storage: &[RecordId]) {
        if let Some(after) = backlog.wanted(absent) {
            match storage.iter().find(|id| **id > after) {
                Some(found) => backlog.lend(after, *found, 5_500, &[found.number as u8]),
                None => backlog.end(after),
            }
        }
    }

    #[test]
    fn boots_come_one_after_the_other_and_gaps_are_told() {
        let storage = [id(2, 4), id(2, 6), id(3, 1), id(5, 1)];
        let mut backlog = Backlog::new(5);
        backlog.begin(id(2, 3));
        let mut said = Vec::<Turn, 16>::new();
        for _ in 0..20 {
            lend(&mut backlog, None, &storage);
            let turn = backlog.turn(None, 1);
            match turn {
                Turn::Ring | Turn::Wait => {}
                _ => said.push(turn).unwrap(),
            }
            match turn {
                Turn::Earlier { boot, .. } => backlog.said_earlier(boot),
                Turn::Gone { boot, last, .. } => backlog.sent_through(id(boot, last)),
                Turn::Record(id) => {
                    assert_eq!(backlog.octets(), [id.number as u8]);
                    backlog.sent_through(id);
                }
                // The third boot's records wait for this.
                Turn::Wait if backlog.acknowledged() < id(2, 6) => backlog.acknowledge(2, 6),
                Turn::Wait => backlog.acknowledge(3, 1),
                Turn::Ring => break,
            }
        }
        let anchor = Anchor {
            at: Instant::from_millis(500),
            utc: Utc(6),
        };
        assert_eq!(
            said.as_slice(),
            [
                Turn::Earlier {
                    boot: 2,
                    first: 4,
                    anchor
                },
                Turn::Record(id(2, 4)),
                Turn::Gone {
                    boot: 2,
                    first: 5,
                    last: 5
                },
                Turn::Record(id(2, 6)),
                Turn::Earlier {
                    boot: 3,
                    first: 1,
                    anchor
                },
                Turn::Record(id(3, 1)),
            ]
        );
        assert!(!backlog.is_earlier());
    }

    #[test]
    fn nothing_that_was_not_sent_is_acknowledged() {
        let storage = [id(2, 1), id(2, 2)];
        let mut backlog = Backlog::new(3);
        backlog.begin(id(0, 0));
        lend(&mut backlog, None, &storage);
        backlog.acknowledge(2, 2);
        assert_eq!(backlog.acknowledged(), id(0, 0));
        backlog.said_earlier(2);
        backlog.sent_through(id(2, 1));
        lend(&mut backlog, None, &storage);
        backlog.sent_through(id(2, 2));
        lend(&mut backlog, None, &storage);
        assert_eq!(backlog.turn(None, 1), Turn::Wait);
        backlog.send_again(2, 2);
        lend(&mut backlog, None, &storage);
        assert_eq!(backlog.turn(None, 1), Turn::Record(id(2, 2)));
        backlog.sent_through(id(2, 2));
        lend(&mut backlog, None, &storage);
        backlog.acknowledge(2, 2);
        assert_eq!(backlog.turn(None, 1), Turn::Ring);
    }

    #[test]
    fn what_left_the_ring_comes_from_storage() {
        let storage = [id(5, 2), id(5, 4)];
        let mut backlog = Backlog::new(5);
        assert_eq!(backlog.turn(Some(2), 7), Turn::Wait);
        lend(&mut backlog, Some(2), &storage);
        assert_eq!(backlog.turn(Some(2), 7), Turn::Record(id(5, 2)));
        backlog.sent_through(id(5, 2));
        lend(&mut backlog, Some(3), &storage);
        let gone = |first, last| Turn::Gone {
            boot: 5,
            first,
            last,
        };
        assert_eq!(backlog.turn(Some(3), 7), gone(3, 3));
        backlog.sent_through(id(5, 3));
        assert_eq!(backlog.turn(Some(4), 7), Turn::Record(id(5, 4)));
        backlog.sent_through(id(5, 4));
        lend(&mut backlog, Some(5), &storage);
        assert_eq!(backlog.turn(Some(5), 7), gone(5, 6));
        backlog.sent_through(id(5, 6));
        assert_eq!(backlog.turn(None, 7), Turn::Ring);
    }
}
