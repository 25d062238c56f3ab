//! What the host says until the device shows that it has heard.

use super::{ASK_AGAIN_AFTER_MS, Line};
use crate::{
    frame::{ScanId, ToDevice, about::Provision, message::Want},
    time::{Instant, Millis},
};

/// When to say something, for the first time or again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timer(pub(super) Instant);

impl Timer {
    pub(super) const NEVER: Self = Self(Instant::NEVER);

    pub(super) fn again(now: Instant) -> Self {
        Self(now + Millis(ASK_AGAIN_AFTER_MS))
    }

    pub(super) fn is_due(self, now: Instant) -> bool {
        now >= self.0
    }

    /// Set at once, unless it runs already.
    pub(super) fn arm(&mut self, now: Instant) {
        if *self == Self::NEVER {
            *self = Self(now);
        }
    }
}

/// How far the list has been sent.
#[derive(Debug)]
pub(super) struct List {
    /// The first line that the device wants.
    pub(super) next: u32,
    /// Behind the last line that it has room for.
    pub(super) reach: u32,
    /// The next line to send.
    pub(super) cursor: u32,
    /// When to go back to `next`, if it has not moved by then.
    pub(super) rewind: Timer,
    /// The device does not know yet that the list has ended.
    pub(super) open: bool,
}

impl List {
    pub(super) const fn new() -> Self {
        Self {
            next: 0,
            reach: 0,
            cursor: 0,
            rewind: Timer::NEVER,
            open: false,
        }
    }

    pub(super) fn wanted(&mut self, now: Instant, want: &Want) {
        if want.next > self.next {
            self.rewind = Timer::again(now);
        }
        self.next = want.next;
        self.reach = want.next.saturating_add(u32::from(want.suspects));
        self.cursor = self.cursor.max(want.next);
        self.open = true;
    }

    pub(super) fn say(
        &mut self,
        now: Instant,
        scan: ScanId,
        list: impl Fn(u32) -> Option<Line>,
    ) -> Option<ToDevice> {
        if self.cursor > self.next && self.rewind.is_due(now) {
            self.cursor = self.next;
        }
        if !self.open {
            return None;
        }
        match list(self.cursor) {
            Some(line) if self.cursor < self.reach => {
                let index = self.cursor;
                self.cursor = self.cursor.saturating_add(1);
                self.rewind = Timer::again(now);
                Some(ToDevice::Suspect {
                    scan,
                    index,
                    suspect: line.suspect,
                    refusals: line.refusals,
                })
            }
            Some(_) => None,
            None => {
                self.open = false;
                Some(ToDevice::NoMore {
                    scan,
                    count: self.cursor,
                })
            }
        }
    }
}

/// What the host wants to know of the device itself.
#[derive(Debug)]
pub(super) struct Asks {
    pub(super) info: Timer,
    pub(super) provision: Option<(Provision, Timer)>,
    /// The next line of the log that is wanted, where it is.
    pub(super) log: Option<(u32, Timer)>,
}

impl Asks {
    pub(super) fn say(&mut self, now: Instant) -> Option<ToDevice> {
        if self.info.is_due(now) {
            self.info = Timer::again(now);
            return Some(ToDevice::AskInfo);
        }
        if let Some((provision, timer)) = &mut self.provision
            && timer.is_due(now)
        {
            *timer = Timer::again(now);
            return Some(ToDevice::Provision(*provision));
        }
        if let Some((from, timer)) = &mut self.log
            && timer.is_due(now)
        {
            *timer = Timer::again(now);
            return Some(ToDevice::AskLog { from: *from });
        }
        None
    }
}

/// How far the records of this boot have come.
#[derive(Debug)]
pub(super) struct Records {
    /// The next one to give out.
    pub(super) next: u32,
    /// The last one that is stored.
    pub(super) stored: u32,
    /// That is to be said.
    pub(super) acknowledge: bool,
    /// One is missing.
    pub(super) missing: bool,
    /// Before then it is not asked for again.
    pub(super) resend: Timer,
}

impl Records {
    pub(super) const fn from(first: u32) -> Self {
        Self {
            next: first,
            stored: first.saturating_sub(1),
            acknowledge: false,
            missing: false,
            resend: Timer(Instant::BOOT),
        }
    }

    /// The device has none before `first` any more: they are stored here, or by another host that
    /// it has spoken with.
    pub(super) fn begin_at(&mut self, first: u32) {
        self.next = self.next.max(first);
        self.stored = self.stored.max(first.saturating_sub(1));
    }

    pub(super) fn say(&mut self, now: Instant, boot: u32) -> Option<ToDevice> {
        if self.missing && self.resend.is_due(now) {
            self.missing = false;
            self.resend = Timer::again(now);
            return Some(ToDevice::Resend {
                boot,
                from: self.next,
            });
        }
        if self.acknowledge {
            self.acknowledge = false;
            return Some(ToDevice::Ack {
                boot,
                through: self.stored,
            });
        }
        None
    }
}
