//! Whoever objects is left alone at once, before a host or a person has read it.

use core::net::IpAddr;

use super::Prober;
use crate::scope::Refusal;

/// How many addresses that are excluded by objections a device keeps until it is started again, beside
/// the exclusions of its scope. With one more, nobody is probed any more: a person has to look.
pub const OBJECTIONS_MAX: usize = 12;

/// Addresses that are not probed because somebody objects.
#[derive(Debug)]
pub(super) struct Objections {
    addresses: heapless::Vec<IpAddr, OBJECTIONS_MAX, u8>,
    /// There were more.
    too_many: bool,
    /// What waits at these addresses has not been told yet.
    untold: bool,
}

impl Objections {
    pub(super) const fn new() -> Self {
        Self {
            addresses: heapless::Vec::new(),
            too_many: false,
            untold: false,
        }
    }

    /// Whether `address` is left alone: all are when there are too many.
    pub(super) fn exclude(&self, address: IpAddr) -> bool {
        self.too_many || self.addresses.contains(&address)
    }

    pub(super) const fn are_too_many(&self) -> bool {
        self.too_many
    }

    /// Leaves `address` alone from here on; false where it was already.
    pub(super) fn add(&mut self, address: IpAddr) -> bool {
        if self.exclude(address) {
            return false;
        }
        self.too_many = self.addresses.push(address).is_err();
        self.untold = true;
        true
    }
}

impl Prober {
    /// Whether connections to `address` may not begin, because somebody there objects.
    pub fn is_objected(&self, address: IpAddr) -> bool {
        self.objections.exclude(address)
    }

    /// Ends what waits and is parked at the addresses of objectors, as much as there is room for.
    /// What runs there is given back by its worker.
    pub(super) fn give_up_objectors(&mut self) {
        if !self.objections.untold {
            return;
        }
        let mut place = 0_usize;
        while let Some(address) = self.objections.addresses.get(place).copied() {
            if self.give_up(Some(address), Refusal::Excluded).is_err() {
                return;
            }
            place = place.saturating_add(1);
        }
        self.objections.untold = false;
    }
}
