//! The host's end of the link: sans-IO, like everything here.
//!
//! The host says what it wants (a scope, a scan, a list) and what it has stored; this type sends
//! what the device does not have yet, and again when the device shows that it was lost.

use crate::{
    finding::RecordId,
    frame::{
        ScanId, ToHost,
        message::{DeviceHello, Ended, LinkCounters, Progress, ScopeAnswer},
    },
    scope::{Scope, ScopeError},
    suspect::Suspect,
    time::{Instant, Utc},
};

/// The host's end of one link.
#[derive(Debug, Default)]
pub struct HostLink {
    device: Option<DeviceHello>,
}

impl HostLink {
    /// A link on which nothing was said yet.
    pub const fn new() -> Self {
        Self { device: None }
    }

    /// A connection to the device is there, or is there again: greets it. `utc` becomes the
    /// anchor of its clock.
    pub fn connected(&mut self, now: Instant, utc: Utc) {
        let _ = (now, utc);
    }

    /// Wants `scan` to run under `scope`. The list is asked for in
    /// [`HostLink::link_transmit`].
    pub fn start(&mut self, now: Instant, scan: ScanId, scope: &Scope) -> Result<(), ScopeError> {
        let _ = (now, scan);
        scope.check()
    }

    /// Wants the scan to end.
    pub fn stop(&mut self, now: Instant) {
        let _ = now;
    }

    /// Takes octets in until a message is whole, and moves `octets` behind what it took. Call it
    /// until it gives `None`. Records come in order and without gaps; one that comes again after
    /// it was given out is not given out again, but acknowledged again.
    pub fn received(&mut self, now: Instant, octets: &mut &[u8]) -> Option<ToHost> {
        let _ = (now, octets);
        None
    }

    /// The host has stored every record through `record`: acknowledges them.
    pub fn stored(&mut self, record: RecordId) {
        let _ = record;
    }

    /// Writes the next frame for the device into `out`, which is at least
    /// [`crate::frame::FRAME_OCTETS_MAX`] long. `list` gives the line of an index, from 0; the
    /// first `None` is the end of the list.
    pub fn link_transmit(
        &mut self,
        now: Instant,
        list: impl Fn(u32) -> Option<Suspect>,
        out: &mut [u8],
    ) -> Option<usize> {
        let _ = (now, list, out);
        None
    }

    /// When to call [`HostLink::link_transmit`] again though nothing was received.
    pub fn link_due(&self, now: Instant) -> Instant {
        let _ = now;
        Instant::NEVER
    }

    /// Who the device is, once it has said so. Another boot than before: it has forgotten its
    /// scan, and is given the list again from 0.
    pub const fn device(&self) -> Option<&DeviceHello> {
        self.device.as_ref()
    }

    /// The newest progress.
    pub const fn progress(&self) -> Option<&Progress> {
        None
    }

    /// What the device said to the scope.
    pub const fn scope_answer(&self) -> Option<ScopeAnswer> {
        None
    }

    /// Why this scan is over, once every record of it has been stored.
    pub const fn ended(&self) -> Option<Ended> {
        None
    }

    /// What this end has seen of the link.
    pub fn counters(&self) -> LinkCounters {
        LinkCounters::default()
    }
}
