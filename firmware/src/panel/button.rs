//! The button: pressed, it stops all probing; held from the start, it resets to factory.

use probe_core::time::{Instant, Millis};

/// For how long a contact must say the same before it is believed: it bounces when it closes and
/// when it opens.
pub const STEADY: Millis = Millis(30);

/// For how long the button is held from the start for a reset to factory.
pub const FACTORY_PRESS: Millis = Millis::from_secs(5);

/// What somebody meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Stop all probing.
    Stop,
    /// Forget everything that was provisioned.
    Factory,
}

/// A button, looked at every few milliseconds.
#[derive(Debug)]
pub struct Button {
    /// What the contact said last, and since when.
    contact: bool,
    since: Instant,
    /// What is believed.
    down: bool,
    /// The press that is believed began with the start, then, and has not been answered.
    from_start: Option<Instant>,
}

impl Button {
    /// A button at the start, when its contact says `down`.
    pub const fn new(now: Instant, down: bool) -> Self {
        Self {
            contact: down,
            since: now,
            down,
            from_start: if down { Some(now) } else { None },
        }
    }

    /// Whether it is being held since the start.
    pub const fn held_from_start(&self) -> bool {
        self.from_start.is_some()
    }

    /// Looks at the contact. A press stops at once, not when it ends: whoever presses the button
    /// wants an end.
    pub fn look(&mut self, now: Instant, down: bool) -> Option<Press> {
        if down != self.contact {
            self.contact = down;
            self.since = now;
        }
        let steady = now.since(self.since) >= STEADY;
        if steady && self.contact != self.down {
            self.down = self.contact;
            if self.down {
                return Some(Press::Stop);
            }
            self.from_start = None;
        }
        let held_since = self.from_start?;
        if self.contact && now.since(held_since) >= FACTORY_PRESS {
            self.from_start = None;
            return Some(Press::Factory);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks every ten milliseconds at a contact that changes at the given moments, and says what
    /// was pressed when.
    fn story(down_at_start: bool, changes: &[u64], until: u64) -> Vec<(u64, Press)> {
        let mut button = Button::new(Instant::BOOT, down_at_start);
        let mut heard = Vec::new();
        for ms in (0..=until).step_by(10) {
            let turns = changes.iter().filter(|at| **at <= ms).count();
            let down = down_at_start ^ (turns % 2 == 1);
            if let Some(press) = button.look(Instant::from_millis(ms), down) {
                heard.push((ms, press));
            }
        }
        heard
    }

    #[test]
    fn presses_are_understood() {
        use Press::{Factory, Stop};
        type Row = (&'static str, bool, &'static [u64], &'static [(u64, Press)]);
        let table: [Row; 9] = [
            ("nobody", false, &[], &[]),
            ("a press", false, &[1_000, 1_200], &[(1_030, Stop)]),
            (
                "a bouncing press",
                false,
                &[1_000, 1_010, 1_020, 1_300],
                &[(1_050, Stop)],
            ),
            ("a spark", false, &[1_000, 1_020], &[]),
            (
                "two presses",
                false,
                &[500, 700, 900, 1_100],
                &[(530, Stop), (930, Stop)],
            ),
            (
                "a long press later is one stop",
                false,
                &[100, 9_000],
                &[(130, Stop)],
            ),
            ("held from the start", true, &[], &[(5_000, Factory)]),
            ("let go too early", true, &[4_900], &[]),
            (
                "let go too early, pressed again and held",
                true,
                &[2_000, 2_500],
                &[(2_530, Stop)],
            ),
        ];
        for (what, down_at_start, changes, heard) in table {
            assert_eq!(story(down_at_start, changes, 12_000), heard, "{what}");
        }
    }

    #[test]
    fn a_reset_to_factory_is_asked_for_once_and_a_bounce_does_not_begin_it_anew() {
        let bounce = [3_000, 3_010];
        assert_eq!(story(true, &bounce, 60_000), [(5_000, Press::Factory)]);
    }
}
