//! How much the device may chatter on its own link.

use probe_core::time::Instant;

/// Frames of the link's own protocols that may leave at once.
pub const LINK_FRAMES_BURST_MAX: u32 = 32;
/// Frames of the link's own protocols that may leave in a second, in the long run.
pub const LINK_FRAMES_PER_SECOND_MAX: u32 = 32;

/// A frame's price, so that a rate for each second can be paid in by the millisecond.
const PRICE: u64 = 1_000;

/// A bucket that fills with time and is emptied by frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    filled: u64,
    at: Instant,
}

impl Bucket {
    pub(super) const FULL: Self = Self {
        filled: LINK_FRAMES_BURST_MAX as u64 * PRICE,
        at: Instant::BOOT,
    };

    /// Pays for one frame, or says that there is not enough left.
    pub(super) fn pay(&mut self, now: Instant) -> bool {
        let earned = now
            .since(self.at)
            .0
            .saturating_mul(u64::from(LINK_FRAMES_PER_SECOND_MAX));
        self.filled = self.filled.saturating_add(earned).min(Self::FULL.filled);
        self.at = self.at.max(now);
        match self.filled.checked_sub(PRICE) {
            Some(left) => {
                self.filled = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_the_rate() {
        let mut bucket = Bucket::FULL;
        let mut paid = |at_ms| bucket.pay(Instant::from_millis(at_ms));
        for _ in 0..LINK_FRAMES_BURST_MAX {
            assert!(paid(5));
        }
        assert!(!paid(5));
        assert!(!paid(36), "31 ms earn less than a frame");
        assert!(paid(37), "32 ms earn 1.024 frames");
        assert!(!paid(37));
        assert!(!paid(20), "a clock that goes back earns nothing");
        for _ in 0..LINK_FRAMES_PER_SECOND_MAX {
            assert!(paid(1_100));
        }
        assert!(!paid(1_100));
    }
}
