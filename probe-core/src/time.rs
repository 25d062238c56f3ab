//! Time as the core sees it: always an argument, never read from a clock.

use core::{
    fmt,
    ops::{Add, Sub},
};

use serde::{Deserialize, Serialize};

/// A moment on this device: milliseconds since this boot.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Instant(u64);

impl Instant {
    /// The moment of boot.
    pub const BOOT: Self = Self(0);
    /// Later than every moment that a device reaches.
    pub const NEVER: Self = Self(u64::MAX);

    /// The moment `ms` milliseconds after boot.
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since boot.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
    // As for [`Instant::add`].
    #[cfg_attr(target_os = "none", inline(never))]
    pub const fn since(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Millis> for Instant {
    type Output = Self;

    // At many places: a call is smaller than two words that saturate.
    #[cfg_attr(target_os = "none", inline(never))]
    fn add(self, span: Millis) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

/// A moment as large tables keep it, in five octets: exact for 34 years from boot. Whatever is later is
/// [`Instant::NEVER`], so that a device which should run for so long asks nobody more often for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp([u8; 5]);

impl Stamp {
    /// Stands for [`Instant::NEVER`].
    const NEVER: u64 = (1 << 40) - 1;

    /// The moment.
    // At many places: a call is smaller.
    #[cfg_attr(target_os = "none", inline(never))]
    pub(crate) const fn instant(self) -> Instant {
        let [a, b, c, d, e] = self.0;
        match u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]) {
            Self::NEVER => Instant::NEVER,
            ms => Instant(ms),
        }
    }
}

impl From<Instant> for Stamp {
    #[cfg_attr(target_os = "none", inline(never))]
    fn from(at: Instant) -> Self {
        let [a, b, c, d, e, ..] = at.0.min(Self::NEVER).to_le_bytes();
        Self([a, b, c, d, e])
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.instant().fmt(f)
    }
}

/// A span of time in milliseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Millis(pub u64);

impl Millis {
    /// A span of `seconds`.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// A span of `minutes`.
    pub const fn from_mins(minutes: u64) -> Self {
        Self::from_secs(minutes.saturating_mul(60))
    }
}

impl Add for Millis {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Millis {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Coordinated universal time in whole seconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Utc(pub u64);

/// What ties this boot's clock to UTC. The host gives one after each boot; nothing is probed
/// before it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The moment on this device.
    pub at: Instant,
    /// The same moment as the host's clock has it.
    pub utc: Utc,
}

impl Anchor {
    /// What UTC is at `now`.
    pub const fn utc(&self, now: Instant) -> Utc {
        let (anchor_ms, now_ms) = (self.at.as_millis(), now.as_millis());
        if now_ms >= anchor_ms {
            Utc(self.utc.0.saturating_add((now_ms - anchor_ms) / 1_000))
        } else {
            Utc(self
                .utc
                .0
                .saturating_sub((anchor_ms - now_ms).div_ceil(1_000)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_exact_for_34_years_and_never_early() {
        const LAST: u64 = (1 << 40) - 2;
        const { assert!(LAST / (365 * 24 * 3_600_000) >= 34) };
        for ms in [0, 1, 255, 256, 1 << 32, (1 << 32) + 7, LAST] {
            let at = Instant::from_millis(ms);
            assert_eq!(Stamp::from(at).instant(), at);
        }
        for ms in [LAST + 1, LAST + 2, 1 << 41, u64::MAX] {
            let stamp = Stamp::from(Instant::from_millis(ms));
            assert_eq!(stamp.instant(), Instant::NEVER);
        }
    }

    #[test]
    fn an_anchor_dates_moments_before_and_after_it() {
        let anchor = Anchor {
            at: Instant::from_millis(10_000),
            utc: Utc(1_000),
        };
        for (now_ms, utc_s) in [
            (10_000, 1_000),
            (10_999, 1_000),
            (11_000, 1_001),
            (9_999, 999),
            (9_000, 999),
            (0, 990),
        ] {
            assert_eq!(
                anchor.utc(Instant::from_millis(now_ms)),
                Utc(utc_s),
                "{now_ms} ms"
            );
        }
    }

    #[test]
    fn spans_saturate_instead_of_wrapping() {
        assert_eq!(Instant::NEVER + Millis(1), Instant::NEVER);
        assert_eq!(Instant::BOOT.since(Instant::NEVER), Millis(0));
        assert_eq!(Millis(1) - Millis(2), Millis(0));
    }
}
