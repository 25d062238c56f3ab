//! Things on their way: what was sent comes out in the order of arrival.

use std::{collections::BTreeMap, time::Duration};

/// Holds what travels until it arrives. Things that arrive at one moment come out in the order
/// in which they were sent.
pub(crate) struct Delay<T> {
    travelling: BTreeMap<(Duration, u64), T>,
    sent: u64,
}

impl<T> Default for Delay<T> {
    fn default() -> Self {
        Self {
            travelling: BTreeMap::new(),
            sent: 0,
        }
    }
}

impl<T> Delay<T> {
    /// Sends `thing`, to arrive at `due`. The one place through which everything on a wire goes:
    /// whoever wants to lose, repeat or reorder does it here, by choosing `due`.
    pub(crate) fn send(&mut self, due: Duration, thing: T) {
        self.travelling.insert((due, self.sent), thing);
        self.sent += 1;
    }

    /// When the next thing arrives.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.travelling.first_key_value().map(|((due, _), _)| *due)
    }

    /// Takes the next thing that has arrived by `now`.
    pub(crate) fn arrived(&mut self, now: Duration) -> Option<T> {
        if self.next()? <= now {
            self.travelling.pop_first().map(|(_, thing)| thing)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrival_decides_and_then_the_order_of_sending() {
        let at = Duration::from_millis;
        let mut delay = Delay::default();
        for (due, name) in [(5, "b"), (7, "d"), (5, "c"), (2, "a")] {
            delay.send(at(due), name);
        }
        assert_eq!(delay.arrived(at(1)), None);
        assert_eq!(delay.next(), Some(at(2)));
        let mut order = Vec::new();
        while let Some(name) = delay.arrived(at(6)) {
            order.push(name);
        }
        assert_eq!(order, ["a", "b", "c"]);
        assert_eq!(delay.next(), Some(at(7)));
    }
}
