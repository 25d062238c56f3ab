//! Things on their way: what was sent comes out in the order of arrival.

use std::{collections::BTreeMap, time::Duration};

use crate::faults::{Carried, Weather};

/// Holds what travels until it arrives. Things that arrive at one moment come out in the order
/// in which they were sent.
pub(crate) struct Delay<T> {
    travelling: BTreeMap<(Duration, u64), T>,
    sent: u64,
    weather: Option<Weather>,
}

impl<T: Carried> Delay<T> {
    /// One direction of a wire, with its weather; without one nothing goes wrong.
    pub(crate) fn new(weather: Option<Weather>) -> Self {
        Self {
            travelling: BTreeMap::new(),
            sent: 0,
            weather,
        }
    }

    /// Sends `thing`, to arrive `latency` later unless the weather has other plans. The one place
    /// through which everything on a wire goes.
    pub(crate) fn send(&mut self, now: Duration, latency: Duration, thing: T) {
        let Some(weather) = &mut self.weather else {
            self.travelling.insert((now + latency, self.sent), thing);
            self.sent += 1;
            return;
        };
        for (due, thing) in weather.carry(now, latency, thing) {
            self.travelling.insert((due, self.sent), thing);
            self.sent += 1;
        }
    }

    /// Whether the cable is out.
    pub(crate) fn is_out(&self, now: Duration) -> bool {
        self.weather
            .as_ref()
            .is_some_and(|weather| weather.is_out(now))
    }

    /// When the cable is pulled or put back next.
    pub(crate) fn turns(&self, now: Duration) -> Option<Duration> {
        self.weather.as_ref().and_then(|weather| weather.turns(now))
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
        let mut delay = Delay::new(None);
        for (latency, name) in [(5, "b"), (7, "d"), (5, "c"), (2, "a")] {
            delay.send(at(0), at(latency), name.as_bytes().to_vec());
        }
        assert_eq!(delay.arrived(at(1)), None);
        assert_eq!(delay.next(), Some(at(2)));
        let mut order = Vec::new();
        while let Some(name) = delay.arrived(at(6)) {
            order.push(name);
        }
        assert_eq!(order, [b"a", b"b", b"c"]);
        assert_eq!(delay.next(), Some(at(7)));
    }
}
