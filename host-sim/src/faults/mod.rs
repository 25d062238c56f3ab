//! What goes wrong on a wire: everything follows from the seed.
//!
//! A [`Faults`] says how bad things are. From it each direction of each wire gets a `Weather`
//! of its own, which plans every frame: when it arrives, how often, and damaged or not. Neither
//! knows what a frame is or when it is sent; [`crate::net`] asks, in the one place through which
//! everything on a wire goes.

mod damage;
mod parse;
mod tally;
mod weather;

use std::{cell::Cell, rc::Rc, time::Duration};

pub use parse::FaultsError;
pub use tally::Dropped;
pub(crate) use tally::Tally;
pub(crate) use weather::{Carried, Weather, within};

/// How likely something is, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(pub u32);

impl Share {
    /// What always happens.
    pub const ALWAYS: Self = Self(1_000_000);

    /// So many in a hundred.
    pub const fn percent(percent: u32) -> Self {
        Self(percent * 10_000)
    }
}

/// What goes wrong in a world. The default is a world in which nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// On the device's own link, both ways.
    pub link: Wire,
    /// Between the router and the hosts, both ways.
    pub path: Wire,
    /// When the router neither takes nor gives anything.
    pub router_down: Vec<Window>,
    /// When the device gets another IPv4 address; connections from the old one are dead then.
    pub address_change: Option<Duration>,
    /// When the device has no power. It starts anew behind each, with a boot number of its own and
    /// with nothing of what it had in memory.
    pub power_out: Vec<Window>,
}

/// How bad a wire is, in each direction by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    /// The most that a frame takes longer than the wire's latency. Order is kept.
    pub jitter: Duration,
    /// Frames that are lost, each by itself.
    pub loss: Share,
    /// Frames that are lost in bursts.
    pub burst: Option<Burst>,
    /// Frames that arrive twice.
    pub duplicate: Share,
    /// Frames that are overtaken: they arrive later by [`Wire::overtaken_by`].
    pub reorder: Share,
    /// How much later.
    pub overtaken_by: Duration,
    /// Frames of which one bit is turned over.
    pub corrupt: Share,
    /// What becomes of those.
    pub corruption: Corruption,
    /// Octets a second; a frame waits until those before it have left, and one that would wait
    /// longer than [`QUEUE_MAX`] is lost.
    pub octets_per_second: Option<u32>,
    /// The longest frame that passes, in octets, in a wire that does not say what it drops.
    pub frame_octets_max: Option<u32>,
    /// When the cable is out.
    pub out: Vec<Window>,
}

/// The longest wait for a wire of limited rate.
pub const QUEUE_MAX: Duration = Duration::from_millis(500);

/// Loss in bursts, after Gilbert and Elliott: a wire is good or bad, and in each state frames are
/// lost by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// That a good wire is bad from the next frame on.
    pub begins: Share,
    /// That a bad wire is good from the next frame on.
    pub ends: Share,
    /// What a bad wire loses. What a good one does is [`Wire::loss`].
    pub loss: Share,
}

/// What becomes of a damaged frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Corruption {
    /// The wire carries a frame check sequence behind every frame, the damage may hit either, and
    /// the far end throws away what does not fit.
    #[default]
    Checked,
    /// The damage hits the TCP segment only, and arrives: TCP's checksum is what is left.
    SegmentOnly,
}

/// From a moment on, until before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: Duration,
    /// The moment behind the last.
    pub until: Duration,
}

impl Window {
    /// Whether `moment` lies within.
    pub fn holds(&self, moment: Duration) -> bool {
        self.from <= moment && moment < self.until
    }
}

impl Wire {
    /// Whether nothing ever goes wrong.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

impl Faults {
    /// Whether nothing ever goes wrong.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The times without power, in order; those that overlap are one.
    pub(crate) fn outages(&self) -> Vec<Window> {
        let mut windows = self.power_out.clone();
        windows.sort_by_key(|window| window.from);
        let mut outages: Vec<Window> = Vec::new();
        for window in windows {
            match outages.last_mut() {
                Some(last) if window.from <= last.until => {
                    last.until = last.until.max(window.until);
                }
                _ => outages.push(window),
            }
        }
        outages
    }
}

/// Ends all faults of a running simulation: the weather clears up.
#[derive(Clone, Debug, Default)]
pub struct Switch(Rc<Cell<bool>>);

impl Switch {
    /// From now on nothing goes wrong. An address that has changed stays changed.
    pub fn calm(&self) {
        self.0.set(true);
    }

    /// Whether it has been called.
    pub fn is_calm(&self) -> bool {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outages_that_overlap_are_one() {
        let window = |from, until| Window {
            from: Duration::from_secs(from),
            until: Duration::from_secs(until),
        };
        let faults = Faults {
            power_out: vec![window(9, 12), window(1, 3), window(2, 5), window(5, 6)],
            ..Faults::default()
        };
        assert_eq!(faults.outages(), [window(1, 6), window(9, 12)]);
    }
}
