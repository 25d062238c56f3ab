//! How hard each network is being asked.

use super::slots::Slots;
use crate::{
    scope::Rates,
    target::RateNetwork,
    time::{Instant, Millis, Stamp},
};

/// How many networks can be watched at once. One more waits until one of them needs no watching.
pub const NETWORKS_WATCHED_MAX: usize = if cfg!(feature = "small") { 64 } else { 128 };

/// The networks that have a job, or had a connection less than the spacing ago.
#[derive(Debug)]
pub(super) struct Networks {
    watched: Slots<Watched, NETWORKS_WATCHED_MAX>,
    /// When whichever network may have been asked last by an earlier boot.
    asked_before: Option<Instant>,
}

#[derive(Debug)]
struct Watched {
    network: RateNetwork,
    jobs: u8,
    connections: u8,
    /// When its last job was handed out: the next one waits, so that no worker has to.
    handed: Stamp,
    /// It has had a connection, and when the last one was opened.
    has_opened: bool,
    last_opened: Stamp,
}

/// Whether a network takes something more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// Now.
    Now,
    /// Then.
    At(Instant),
    /// When something of it has ended.
    Later,
    /// Too many networks are watched; then at the earliest.
    TooManyNetworks(Instant),
}

impl Networks {
    pub(super) const fn new() -> Self {
        Self {
            watched: Slots::new(),
            asked_before: None,
        }
    }

    /// Until `now` an earlier boot may have asked any network; which ones is not known any more.
    pub(super) fn were_asked(&mut self, now: Instant) {
        self.asked_before = Some(now);
    }

    /// Whether `network` takes one more job.
    pub(super) fn room_for_job(&self, now: Instant, network: RateNetwork, rates: &Rates) -> Room {
        let spacing = spacing(rates);
        match self.watched.find(|of| of.network == network) {
            Some(of) if of.jobs >= rates.network_connections_max => Room::Later,
            Some(of) => at(now, of.quiet_until(spacing)),
            None if self.strangers_from(spacing) > now => Room::At(self.strangers_from(spacing)),
            None if self.watched.free() > 0 => Room::Now,
            None => {
                let free_at = self
                    .watched
                    .iter()
                    .filter(|of| of.jobs == 0)
                    .map(|of| of.quiet_until(spacing))
                    .min();
                match free_at {
                    Some(at) if at <= now => Room::Now,
                    Some(at) => Room::TooManyNetworks(at),
                    None => Room::TooManyNetworks(Instant::NEVER),
                }
            }
        }
    }

    /// A job of `network` is handed out; false when it cannot be watched.
    #[must_use]
    pub(super) fn job_handed(&mut self, now: Instant, network: RateNetwork, rates: &Rates) -> bool {
        if let Some(of) = self.watched.find_mut(|of| of.network == network) {
            of.jobs = of.jobs.saturating_add(1);
            of.handed = now.into();
            return true;
        }
        if self.watched.free() == 0 {
            let spacing = spacing(rates);
            self.watched
                .retain(|of| of.jobs > 0 || of.quiet_until(spacing) > now);
        }
        self.watched
            .insert(Watched {
                network,
                jobs: 1,
                connections: 0,
                handed: now.into(),
                has_opened: false,
                last_opened: Instant::BOOT.into(),
            })
            .is_ok()
    }

    /// Whether `network` takes a try of a shell that scouts: it needs room as a connection does,
    /// and holds none, since no connection comes of it.
    pub(super) fn room_for_scout(&self, now: Instant, network: RateNetwork, rates: &Rates) -> Room {
        match self.watched.find(|of| of.network == network) {
            Some(of) if of.connections >= rates.network_connections_max => Room::Later,
            Some(of) => at(now, of.quiet_until(spacing(rates))),
            None => self.room_for_job(now, network, rates),
        }
    }

    /// A target of `network` is asked; false when it cannot be watched.
    #[must_use]
    pub(super) fn scouted(&mut self, now: Instant, network: RateNetwork, rates: &Rates) -> bool {
        if !self.job_handed(now, network, rates) {
            return false;
        }
        self.connection_opened(now, network);
        self.connection_closed(network);
        self.job_returned(network);
        true
    }

    /// Whether a job of `network` may open a connection.
    pub(super) fn room_for_connection(
        &self,
        now: Instant,
        network: RateNetwork,
        rates: &Rates,
    ) -> Room {
        match self.watched.find(|of| of.network == network) {
            Some(of) if of.connections >= rates.network_connections_max => Room::Later,
            Some(of) if of.has_opened => at(now, of.last_opened.instant() + spacing(rates)),
            Some(_) => Room::Now,
            None => Room::Later,
        }
    }

    /// From when on a network that is not watched may be asked.
    /// How many connections are open, in all networks.
    pub(super) fn connections(&self) -> u16 {
        let open = self.watched.iter().map(|of| u16::from(of.connections));
        open.fold(0, u16::saturating_add)
    }

    fn strangers_from(&self, spacing: Millis) -> Instant {
        self.asked_before
            .map_or(Instant::BOOT, |asked| asked + spacing)
    }

    pub(super) fn connection_opened(&mut self, now: Instant, network: RateNetwork) {
        if let Some(of) = self.watched.find_mut(|of| of.network == network) {
            of.connections = of.connections.saturating_add(1);
            of.has_opened = true;
            of.last_opened = now.into();
        }
    }

    pub(super) fn connection_closed(&mut self, network: RateNetwork) {
        if let Some(of) = self.watched.find_mut(|of| of.network == network) {
            of.connections = of.connections.saturating_sub(1);
        }
    }

    pub(super) fn job_returned(&mut self, network: RateNetwork) {
        if let Some(of) = self.watched.find_mut(|of| of.network == network) {
            of.jobs = of.jobs.saturating_sub(1);
        }
    }
}

impl Watched {
    /// From when on its spacing holds nothing back.
    fn quiet_until(&self, spacing: Millis) -> Instant {
        self.last_opened.instant().max(self.handed.instant()) + spacing
    }
}

fn spacing(rates: &Rates) -> Millis {
    Millis(u64::from(rates.network_spacing_ms))
}

fn at(now: Instant, moment: Instant) -> Room {
    if moment <= now {
        Room::Now
    } else {
        Room::At(moment)
    }
}
