//! How fast, how many: what a scope may set, what it gets by default, and what no scope passes.

use serde::{Deserialize, Serialize};

use super::Depth;

/// How fast and how many. [`Rates::CEILING`] is hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Refusals that one target may be made to give in 24 hours.
    pub target_refusals_max: u8,
    /// Connections open to one target at once.
    pub target_connections_max: u8,
    /// Connections open to one /24 or /56 at once.
    pub network_connections_max: u8,
    /// Least time between two connections opened to one /24 or /56, in milliseconds.
    pub network_spacing_ms: u32,
    /// Connections opened in a second by the whole device.
    pub connections_per_second_max: u16,
    /// How long a parked job may live, in hours since it was first parked.
    pub parked_hours_max: u8,
}

impl Rates {
    /// What a scope gets that sets nothing, at the depths quick and standard.
    pub const DEFAULT: Self = Self {
        target_refusals_max: 10,
        target_connections_max: 1,
        network_connections_max: 4,
        network_spacing_ms: 100,
        connections_per_second_max: 100,
        parked_hours_max: 24,
    };

    /// What no scope passes: the most of each limit, and the least `network_spacing_ms`.
    pub const CEILING: Self = Self {
        target_refusals_max: 60,
        target_connections_max: 2,
        network_connections_max: 16,
        network_spacing_ms: 0,
        connections_per_second_max: 1_000,
        parked_hours_max: 72,
    };

    /// What a scope gets that sets nothing but its depth.
    pub const fn default_for(depth: Depth) -> Self {
        match depth {
            Depth::Quick | Depth::Standard => Self::DEFAULT,
            Depth::Full => Self {
                target_refusals_max: 60,
                ..Self::DEFAULT
            },
        }
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self::DEFAULT
    }
}
