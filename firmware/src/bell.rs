//! Waking whoever waits for something to change.
//!
//! Every task has a bell of its own, because a waker belongs to one task. A ring that comes while
//! nobody waits is kept, so none is lost between looking and waiting.

use embassy_sync::{blocking_mutex::raw::NoopRawMutex, signal::Signal};

/// One task's bell.
pub struct Bell(Signal<NoopRawMutex, ()>);

impl Bell {
    /// A bell that has not rung.
    pub const fn new() -> Self {
        Self(Signal::new())
    }

    /// Rings.
    pub fn ring(&self) {
        self.0.signal(());
    }

    /// Waits for the next ring, or takes the one that was kept. Safe to drop while waiting.
    pub fn wait(&self) -> impl Future<Output = ()> {
        self.0.wait()
    }
}

/// The bells of the tasks that speak with a host.
pub(crate) struct LinkBells {
    /// Over the serial link.
    pub(crate) serial: Bell,
    /// Over the network.
    pub(crate) visit: Bell,
}

impl LinkBells {
    pub(crate) const fn new() -> Self {
        Self {
            serial: Bell::new(),
            visit: Bell::new(),
        }
    }

    /// Rings both: who is spoken with may have changed.
    pub(crate) fn ring(&self) {
        self.serial.ring();
        self.visit.ring();
    }
}

impl Default for Bell {
    fn default() -> Self {
        Self::new()
    }
}
