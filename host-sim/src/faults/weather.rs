//! The plan for each frame of one direction of a wire.

use std::time::Duration;

use super::{QUEUE_MAX, Share, Switch, Tally, Window, Wire, damage::damage};
use crate::random::Random;

/// What travels on a wire.
pub(crate) trait Carried: Clone {
    /// Octets of the link's header before the IP packet.
    const LINK_HEADER_OCTETS: usize;

    /// All octets.
    fn octets(&mut self) -> &mut Vec<u8>;
}

/// An Ethernet frame.
impl Carried for Vec<u8> {
    const LINK_HEADER_OCTETS: usize = 14;

    fn octets(&mut self) -> &mut Vec<u8> {
        self
    }
}

/// One direction of one wire.
pub(crate) struct Weather {
    wire: Wire,
    random: Random,
    switch: Switch,
    tally: Tally,
    bad: bool,
    /// When the last frame has left a wire of limited rate.
    busy_until: Duration,
    /// When the last frame arrives that keeps its place.
    arrives_last: Duration,
}

/// A frame's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Arrival {
    due: Duration,
    /// Which bit is turned over, modulo those that there are.
    damage: Option<u64>,
}

impl Weather {
    /// The weather of a wire, unless nothing ever goes wrong on it.
    pub(crate) fn new(wire: &Wire, seed: u64, switch: &Switch, tally: &Tally) -> Option<Self> {
        (!wire.is_clean()).then(|| Self {
            wire: wire.clone(),
            random: Random::new(seed),
            switch: switch.clone(),
            tally: tally.clone(),
            bad: false,
            busy_until: Duration::ZERO,
            arrives_last: Duration::ZERO,
        })
    }

    /// Whether the cable is out.
    pub(crate) fn is_out(&self, now: Duration) -> bool {
        !self.switch.is_calm() && self.wire.out.iter().any(|window| window.holds(now))
    }

    /// When the cable is pulled or put back next.
    pub(crate) fn turns(&self, now: Duration) -> Option<Duration> {
        let moments = self.wire.out.iter().flat_map(|of| [of.from, of.until]);
        let next = moments.filter(|moment| *moment > now).min();
        next.filter(|_| !self.switch.is_calm())
    }

    /// What arrives of a thing that is sent at `now`, and when: nothing, one, or two of it.
    pub(crate) fn carry<T: Carried>(
        &mut self,
        now: Duration,
        latency: Duration,
        mut thing: T,
    ) -> impl Iterator<Item = (Duration, T)> {
        let plan = self.plan(now, latency, thing.octets().len());
        let corruption = self.wire.corruption;
        let tally = &self.tally;
        plan.into_iter().flatten().filter_map(move |arrival| {
            let mut copy = thing.clone();
            let arrives = arrival
                .damage
                .is_none_or(|bit| damage(corruption, copy.octets(), T::LINK_HEADER_OCTETS, bit));
            if !arrives {
                tally.count(|dropped| dropped.damaged += 1);
            }
            arrives.then_some((arrival.due, copy))
        })
    }

    fn plan(&mut self, now: Duration, latency: Duration, octets: usize) -> [Option<Arrival>; 2] {
        if self.switch.is_calm() {
            return [
                Some(Arrival {
                    due: now + latency,
                    damage: None,
                }),
                None,
            ];
        }
        let passes = self
            .wire
            .frame_octets_max
            .is_none_or(|most| octets <= usize::try_from(most).unwrap_or(usize::MAX));
        if self.is_out(now) {
            self.tally.count(|dropped| dropped.cable_out += 1);
            return [None, None];
        }
        if self.is_lost() {
            self.tally.count(|dropped| dropped.lost += 1);
            return [None, None];
        }
        if !passes {
            self.tally.count(|dropped| dropped.too_long += 1);
            return [None, None];
        }
        let Some(left) = self.leaves(now, octets) else {
            self.tally.count(|dropped| dropped.queue_full += 1);
            return [None, None];
        };
        let due = left + latency + self.up_to(self.wire.jitter);
        let once = self.arrival(due);
        let twice = self.happens(self.wire.duplicate).then(|| self.arrival(due));
        [Some(once), twice]
    }

    /// Decides the state of a wire that loses in bursts, then whether this frame is lost.
    fn is_lost(&mut self) -> bool {
        let Some(burst) = self.wire.burst else {
            return self.happens(self.wire.loss);
        };
        let turns = if self.bad { burst.ends } else { burst.begins };
        self.bad ^= self.happens(turns);
        self.happens(if self.bad { burst.loss } else { self.wire.loss })
    }

    /// When a frame has left a wire of limited rate; `None` when its queue is too long.
    fn leaves(&mut self, now: Duration, octets: usize) -> Option<Duration> {
        let Some(rate) = self.wire.octets_per_second else {
            return Some(now);
        };
        let begins = self.busy_until.max(now);
        if begins - now > QUEUE_MAX {
            return None;
        }
        let micros = (octets as u64).saturating_mul(1_000_000) / u64::from(rate.max(1));
        self.busy_until = begins + Duration::from_micros(micros);
        Some(self.busy_until)
    }

    fn arrival(&mut self, due: Duration) -> Arrival {
        let due = if self.happens(self.wire.reorder) {
            due + self.wire.overtaken_by
        } else {
            self.arrives_last = self.arrives_last.max(due);
            self.arrives_last
        };
        let damage = self.happens(self.wire.corrupt).then(|| self.random.bits());
        Arrival { due, damage }
    }

    /// Draws nothing for what never happens, so that one fault more leaves the others as they were
    /// where it does not strike.
    fn happens(&mut self, share: Share) -> bool {
        share > Share(0) && self.random.bits() % 1_000_000 < u64::from(share.0)
    }

    fn up_to(&mut self, most: Duration) -> Duration {
        let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        if micros == 0 {
            return Duration::ZERO;
        }
        Duration::from_micros(self.random.bits() % micros.saturating_add(1))
    }
}

/// Whether a moment lies within one of the windows, while faults are on.
pub(crate) fn within(windows: &[Window], switch: &Switch, now: Duration) -> bool {
    !switch.is_calm() && windows.iter().any(|window| window.holds(now))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Burst, Corruption, Dropped},
        *,
    };

    const LATENCY: Duration = Duration::from_millis(10);

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Sends `count` frames of 100 octets, one each millisecond; gives what arrives of each.
    fn send(wire: &Wire, seed: u64, count: u8) -> Vec<Vec<(Duration, Vec<u8>)>> {
        let mut weather = Weather::new(wire, seed, &Switch::default(), &Tally::default()).unwrap();
        (0..count)
            .map(|number| {
                let sent = at(u64::from(number));
                weather.carry(sent, LATENCY, vec![number; 100]).collect()
            })
            .collect()
    }

    fn arrived(frames: &[Vec<(Duration, Vec<u8>)>]) -> usize {
        frames.iter().map(Vec::len).sum()
    }

    #[test]
    fn a_clean_wire_has_no_weather() {
        assert!(Weather::new(&Wire::default(), 1, &Switch::default(), &Tally::default()).is_none());
    }

    #[test]
    fn the_seed_decides() {
        let wire = Wire {
            loss: Share::percent(20),
            jitter: at(9),
            ..Wire::default()
        };
        assert_eq!(send(&wire, 1, 100), send(&wire, 1, 100));
        assert_ne!(send(&wire, 1, 100), send(&wire, 2, 100));
    }

    #[test]
    fn loss_takes_its_share() {
        let wire = Wire {
            loss: Share::percent(20),
            ..Wire::default()
        };
        let left = arrived(&send(&wire, 1, 250));
        assert!((180..220).contains(&left), "{left} of 250");
        let all = Wire {
            loss: Share::ALWAYS,
            ..Wire::default()
        };
        assert_eq!(arrived(&send(&all, 1, 250)), 0);
    }

    #[test]
    fn bursts_take_neighbours() {
        let wire = Wire {
            burst: Some(Burst {
                begins: Share::percent(2),
                ends: Share::percent(20),
                loss: Share::ALWAYS,
            }),
            ..Wire::default()
        };
        let frames = send(&wire, 3, 250);
        let lost: Vec<_> = frames.iter().map(Vec::is_empty).collect();
        let alone = lost
            .windows(3)
            .filter(|three| three == &[false, true, false])
            .count();
        let all = lost.iter().filter(|lost| **lost).count();
        assert!(all >= 10, "{all} were lost");
        assert!(alone * 4 < all, "{alone} of {all} stand alone");
    }

    #[test]
    fn jitter_delays_and_keeps_the_order() {
        let wire = Wire {
            jitter: at(30),
            ..Wire::default()
        };
        let frames = send(&wire, 1, 200);
        let due: Vec<_> = frames.iter().map(|frame| frame[0].0).collect();
        assert!(due.is_sorted());
        for (sent, due) in due.iter().enumerate() {
            let sent = at(sent as u64);
            assert!(*due >= sent + LATENCY, "{due:?}");
            assert!(*due <= at(199) + LATENCY + at(30), "{due:?}");
        }
        let late = |(sent, due): &(usize, &Duration)| **due > at(*sent as u64) + LATENCY;
        assert!(due.iter().enumerate().filter(late).count() > 150);
    }

    #[test]
    fn a_frame_that_is_overtaken_comes_later() {
        let wire = Wire {
            reorder: Share::percent(10),
            overtaken_by: at(5),
            ..Wire::default()
        };
        let frames = send(&wire, 1, 200);
        let due: Vec<_> = frames.iter().map(|frame| frame[0].0).collect();
        let overtaken = due.windows(2).filter(|pair| pair[0] > pair[1]).count();
        assert!((8..40).contains(&overtaken), "{overtaken}");
        assert_eq!(arrived(&frames), 200);
    }

    #[test]
    fn duplicates_are_alike() {
        let wire = Wire {
            duplicate: Share::percent(10),
            ..Wire::default()
        };
        let frames = send(&wire, 1, 250);
        let twice: Vec<_> = frames.iter().filter(|frame| frame.len() == 2).collect();
        assert!((10..45).contains(&twice.len()), "{}", twice.len());
        assert!(twice.iter().all(|frame| frame[0] == frame[1]));
    }

    #[test]
    fn a_check_sequence_loses_every_damaged_frame() {
        let wire = Wire {
            corrupt: Share::ALWAYS,
            ..Wire::default()
        };
        assert_eq!(wire.corruption, Corruption::Checked);
        assert_eq!(arrived(&send(&wire, 1, 250)), 0);
    }

    #[test]
    fn a_rate_makes_frames_wait_and_loses_those_that_wait_too_long() {
        // A frame of 100 octets takes 10 ms, and one comes each millisecond.
        let wire = Wire {
            octets_per_second: Some(10_000),
            ..Wire::default()
        };
        let frames = send(&wire, 1, 100);
        let due: Vec<_> = frames.iter().flatten().map(|(due, _)| *due).collect();
        assert_eq!(due[..3], [at(20), at(30), at(40)]);
        assert!(due.len() < 70, "{} passed a full queue", due.len());
    }

    #[test]
    fn what_is_too_long_does_not_pass() {
        for (most, count) in [(99, 0), (100, 5)] {
            let wire = Wire {
                frame_octets_max: Some(most),
                ..Wire::default()
            };
            assert_eq!(arrived(&send(&wire, 1, 5)), count, "{most}");
        }
    }

    #[test]
    fn what_does_not_arrive_is_counted_by_why() {
        let count = |wire: Wire| {
            let tally = Tally::default();
            let mut weather = Weather::new(&wire, 1, &Switch::default(), &tally).unwrap();
            for ms in 0..90 {
                let _ = weather.carry(at(ms), LATENCY, vec![0; 100]).count();
            }
            let Dropped {
                lost,
                too_long,
                queue_full,
                damaged,
                cable_out,
            } = tally.dropped();
            [lost, too_long, queue_full, damaged, cable_out]
        };
        let wire = Wire::default;
        let out = vec![Window {
            from: at(3),
            until: at(5),
        }];
        #[rustfmt::skip]
        let table = [
            (Wire { loss: Share::ALWAYS, ..wire() }, [90, 0, 0, 0, 0]),
            (Wire { frame_octets_max: Some(99), ..wire() }, [0, 90, 0, 0, 0]),
            (Wire { octets_per_second: Some(10_000), ..wire() }, [0, 0, 31, 0, 0]),
            (Wire { corrupt: Share::ALWAYS, ..wire() }, [0, 0, 0, 90, 0]),
            (Wire { out, ..wire() }, [0, 0, 0, 0, 2]),
        ];
        for (wire, expected) in table {
            assert_eq!(count(wire.clone()), expected, "{wire:?}");
        }
    }

    #[test]
    fn a_cable_that_is_out_carries_nothing() {
        let wire = Wire {
            out: vec![Window {
                from: at(3),
                until: at(5),
            }],
            ..Wire::default()
        };
        let lost: Vec<_> = send(&wire, 1, 8).iter().map(Vec::is_empty).collect();
        assert_eq!(lost, [false, false, false, true, true, false, false, false]);
    }

    #[test]
    fn calm_ends_everything() {
        let switch = Switch::default();
        let wire = Wire {
            loss: Share::ALWAYS,
            ..Wire::default()
        };
        let mut weather = Weather::new(&wire, 1, &switch, &Tally::default()).unwrap();
        assert_eq!(weather.carry(at(0), LATENCY, vec![0; 60]).count(), 0);
        switch.calm();
        let arrived: Vec<_> = weather.carry(at(1), LATENCY, vec![0; 60]).collect();
        assert_eq!(arrived, [(at(11), vec![0; 60])]);
    }
}
