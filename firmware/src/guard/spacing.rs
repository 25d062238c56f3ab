//! Connections begin on the wire no closer than the scope says.
//!
//! The schedule spaces the permissions that it gives, but the stack may keep a SYN: until a
//! neighbour has said its hardware address, or until the driver has room again. SYNs that waited
//! together would leave together. So the guard keeps those that come too early and lets them go
//! one by one.

use core::net::SocketAddr;

use heapless::{Deque, Vec};
use probe_core::{schedule::NETWORKS_WATCHED_MAX, scope::Rates, target::RateNetwork};

use super::inspect::{Segment, Stop};
use crate::{appliance::WORKERS, scout::SCOUT_PORT};

/// How many SYNs can be kept: one for each worker.
pub const SYNS_HELD_MAX: usize = WORKERS;
/// The longest frame with a SYN that can be kept, in octets: every option that the stack sends
/// fits.
pub const SYN_OCTETS_MAX: usize = 96;
/// How long a SYN is kept, in milliseconds. The stack sends it again while it still wants the
/// connection.
pub const SYN_HELD_MS_MAX: u64 = 2_000;

/// How many connections that have begun are remembered, so that a SYN that is sent again passes.
const BEGUN_MAX: usize = 2 * WORKERS;

/// How far apart connections begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spacing {
    /// In one /24 or /56, in microseconds.
    pub network_us: u64,
    /// Of the whole device, in microseconds.
    pub device_us: u64,
}

impl Spacing {
    /// At once.
    pub const NONE: Self = Self {
        network_us: 0,
        device_us: 0,
    };

    /// What a scope's rates say.
    pub const fn of(rates: &Rates) -> Self {
        let each_second = match rates.connections_per_second_max {
            0 => 1,
            each_second => each_second as u64,
        };
        Self {
            network_us: rates.network_spacing_ms as u64 * 1_000,
            device_us: 1_000_000u64.div_ceil(each_second),
        }
    }
}

/// Connections that have begun, and those that must wait.
pub(super) struct Beginnings {
    held: Vec<Held, SYNS_HELD_MAX, u8>,
    /// By local port and initial sequence number, the newest last.
    begun: Deque<(u16, u32), BEGUN_MAX>,
    networks: Vec<(RateNetwork, u64), NETWORKS_WATCHED_MAX>,
    last_us: Option<u64>,
}

/// A SYN that came too early.
struct Held {
    segment: Segment,
    since_us: u64,
    frame: Vec<u8, SYN_OCTETS_MAX, u8>,
}

/// What becomes of a segment towards the scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// It leaves.
    Leaves,
    /// It is kept, or was kept before. [`Beginnings::due`] says until when.
    Kept,
    /// It does not leave.
    Stopped(Stop),
}

impl Beginnings {
    pub(super) const fn new() -> Self {
        Self {
            held: Vec::new(),
            begun: Deque::new(),
            networks: Vec::new(),
            last_us: None,
        }
    }

    /// What becomes of `segment`, which `frame` carries. Without a `spacing` no connection may
    /// begin at all.
    pub(super) fn course(
        &mut self,
        now_us: u64,
        segment: Segment,
        frame: &[u8],
        spacing: Option<Spacing>,
    ) -> Course {
        let held = self.held.iter().position(|held| {
            (held.segment.local_port, held.segment.remote) == (segment.local_port, segment.remote)
        });
        if let Some(index) = held {
            if segment.begins {
                return Course::Kept;
            }
            // The stack has given up before the peer heard of it.
            self.held.remove(index);
            return Course::Stopped(Stop::Noise);
        }
        let key = (segment.local_port, segment.sequence);
        if !segment.begins || self.begun.iter().any(|begun| *begun == key) {
            return Course::Leaves;
        }
        let Some(spacing) = spacing else {
            return Course::Stopped(Stop::Noise);
        };
        if self.held.is_empty() && self.ready_us(segment.remote, spacing) <= now_us {
            self.left(now_us, segment, spacing);
            return Course::Leaves;
        }
        let Ok(frame) = Vec::from_slice(frame) else {
            return Course::Stopped(Stop::Limited);
        };
        let held = Held {
            segment,
            since_us: now_us,
            frame,
        };
        if self.held.push(held).is_err() {
            return Course::Stopped(Stop::Limited);
        }
        Course::Kept
    }

    /// Whether no SYN is kept.
    pub(super) fn is_idle(&self) -> bool {
        self.held.is_empty()
    }

    /// How many SYNs are kept.
    pub(super) fn held(&self) -> u8 {
        u8::try_from(self.held.len()).unwrap_or(u8::MAX)
    }

    /// When the next one that is kept may leave.
    pub(super) fn due(&self, spacing: Option<Spacing>) -> Option<u64> {
        let spacing = spacing?;
        let ready = |held: &Held| self.ready_us(held.segment.remote, spacing);
        self.held.iter().map(ready).min()
    }

    /// Takes the next one that may leave now; among several the one that came first.
    pub(super) fn take(
        &mut self,
        now_us: u64,
        spacing: Spacing,
    ) -> Option<Vec<u8, SYN_OCTETS_MAX, u8>> {
        let index = self
            .held
            .iter()
            .position(|held| self.ready_us(held.segment.remote, spacing) <= now_us)?;
        let held = self.held.remove(index);
        self.left(now_us, held.segment, spacing);
        Some(held.frame)
    }

    /// Forgets one that must not leave any more: it has waited too long, its target is not
    /// permitted any more, or no scan runs. False when there is none.
    pub(super) fn forget(
        &mut self,
        now_us: u64,
        spacing: Option<Spacing>,
        permits: impl Fn(SocketAddr) -> bool,
    ) -> bool {
        let index = self.held.iter().position(|held| {
            let waited_us = now_us.saturating_sub(held.since_us);
            spacing.is_none()
                || waited_us > SYN_HELD_MS_MAX * 1_000
                || !permits(held.segment.remote)
        });
        index.map(|index| self.held.remove(index)).is_some()
    }

    fn ready_us(&self, remote: SocketAddr, spacing: Spacing) -> u64 {
        let after = |last: Option<u64>, spacing_us: u64| {
            last.map_or(0, |last| last.saturating_add(spacing_us))
        };
        let network = RateNetwork::of(remote.ip());
        let of_network = self
            .networks
            .iter()
            .find(|(of, _)| *of == network)
            .map(|(_, left_us)| *left_us);
        // Where every place is taken, one more network waits until one of them may be forgotten.
        let of_network = match of_network {
            None if self.networks.is_full() => {
                self.networks.iter().map(|(_, left_us)| *left_us).min()
            }
            known => known,
        };
        after(self.last_us, spacing.device_us).max(after(of_network, spacing.network_us))
    }

    fn left(&mut self, now_us: u64, segment: Segment, spacing: Spacing) {
        let network = RateNetwork::of(segment.remote.ip());
        self.networks.retain(|(of, left_us)| {
            *of != network && left_us.saturating_add(spacing.network_us) > now_us
        });
        // There is room: the moment was one at which a place had become free.
        let _ = self.networks.push((network, now_us));
        self.last_us = Some(now_us);
        if segment.local_port == SCOUT_PORT {
            // The guard itself knows which of these it sends again.
            return;
        }
        if self.begun.is_full() {
            self.begun.pop_front();
        }
        let _ = self.begun.push_back((segment.local_port, segment.sequence));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Spacing = Spacing {
        network_us: 100_000,
        device_us: 10_000,
    };

    fn syn(port: u16, remote: &str) -> Segment {
        Segment {
            remote: format!("{remote}:25").parse().unwrap(),
            local_port: port,
            sequence: u32::from(port) * 7,
            begins: true,
        }
    }

    /// Port and moment, in milliseconds, of each SYN that leaves of those that came.
    fn leave(came: &[(u64, u16, &str)]) -> Vec<(u16, u64), 8> {
        let mut beginnings = Beginnings::new();
        let mut left = Vec::new();
        let mut came = came.iter().peekable();
        for now_us in (0..3_000_000).step_by(1_000) {
            while let Some(frame) = beginnings.take(now_us, SPACING) {
                let port = u16::from_be_bytes([frame[0], frame[1]]);
                left.push((port, now_us / 1_000)).unwrap();
            }
            while let Some((_, port, remote)) = came.next_if(|(at, ..)| at * 1_000 == now_us) {
                let frame = port.to_be_bytes();
                let course = beginnings.course(now_us, syn(*port, remote), &frame, Some(SPACING));
                if course == Course::Leaves {
                    left.push((*port, now_us / 1_000)).unwrap();
                }
            }
        }
        left
    }

    #[test]
    fn those_that_waited_together_leave_apart() {
        for (came, expected) in [
            (
                &[
                    (5, 1, "192.0.2.1"),
                    (15, 2, "198.51.100.1"),
                    (105, 3, "192.0.2.2"),
                ][..],
                &[(1, 5), (2, 15), (3, 105)][..],
            ),
            (
                &[
                    (5, 1, "192.0.2.1"),
                    (5, 2, "192.0.2.2"),
                    (5, 3, "198.51.100.1"),
                ],
                &[(1, 5), (3, 15), (2, 105)],
            ),
            (
                &[
                    (5, 1, "2001:db8::1"),
                    (5, 2, "2001:db8:0:ff::2"),
                    (6, 3, "2001:db8:1::1"),
                ],
                &[(1, 5), (3, 15), (2, 105)],
            ),
        ] {
            let came: std::vec::Vec<_> = came
                .iter()
                .map(|(at, port, remote)| match remote.contains(':') {
                    true => (*at, *port, format!("[{remote}]")),
                    false => (*at, *port, (*remote).to_owned()),
                })
                .collect();
            let came: std::vec::Vec<_> = came
                .iter()
                .map(|(at, port, remote)| (*at, *port, remote.as_str()))
                .collect();
            assert_eq!(leave(&came), expected, "{came:?}");
        }
    }

    #[test]
    fn a_syn_that_is_sent_again_passes_and_one_that_is_kept_is_kept_once() {
        let mut beginnings = Beginnings::new();
        let mut course = |at_us, segment| beginnings.course(at_us, segment, b"", Some(SPACING));
        let (first, second) = (syn(1, "192.0.2.1"), syn(2, "192.0.2.2"));
        assert_eq!(course(0, first), Course::Leaves);
        assert_eq!(course(1, first), Course::Leaves);
        assert_eq!(course(1, second), Course::Kept);
        assert_eq!(course(2, second), Course::Kept);
        assert!(beginnings.take(100_000, SPACING).is_some());
        assert_eq!(beginnings.take(900_000, SPACING), None);
    }

    #[test]
    fn what_nobody_wants_any_more_is_forgotten() {
        let kept = || {
            let mut beginnings = Beginnings::new();
            for segment in [syn(1, "192.0.2.1"), syn(2, "192.0.2.2")] {
                beginnings.course(0, segment, b"", Some(SPACING));
            }
            beginnings
        };
        let reset = Segment {
            begins: false,
            ..syn(2, "192.0.2.2")
        };
        let mut beginnings = kept();
        let course = beginnings.course(5, reset, b"", Some(SPACING));
        assert_eq!(course, Course::Stopped(Stop::Noise));
        assert_eq!(beginnings.due(Some(SPACING)), None);

        let late_us = SYN_HELD_MS_MAX * 1_000 + 1;
        for (now_us, spacing, permits, forgotten) in [
            (5, Some(SPACING), true, false),
            (late_us, Some(SPACING), true, true),
            (5, None, true, true),
            (5, Some(SPACING), false, true),
        ] {
            let mut beginnings = kept();
            assert_eq!(beginnings.forget(now_us, spacing, |_| permits), forgotten);
        }
    }

    #[test]
    fn without_a_scan_no_connection_begins() {
        let mut beginnings = Beginnings::new();
        let course = beginnings.course(0, syn(1, "192.0.2.1"), b"", None);
        assert_eq!(course, Course::Stopped(Stop::Noise));
    }

    #[test]
    fn there_is_room_for_every_worker_and_one_more_is_limited() {
        let mut beginnings = Beginnings::new();
        let mut course = |port| {
            beginnings.course(
                0,
                syn(port, "192.0.2.1"),
                &[0; SYN_OCTETS_MAX],
                Some(SPACING),
            )
        };
        assert_eq!(course(0), Course::Leaves);
        for port in 1..=u16::try_from(SYNS_HELD_MAX).unwrap() {
            assert_eq!(course(port), Course::Kept);
        }
        assert_eq!(course(99), Course::Stopped(Stop::Limited));
    }
}
