//! The lamp: one light for what the device does.

use probe_core::{
    frame::message::{Ended, Phase},
    time::Instant,
};

/// What the lamp tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lamp {
    /// Nothing to do: a short flash every two seconds.
    Idle,
    /// No host has said what time it is, and nothing is probed before: two short flashes every
    /// two seconds.
    WaitingForAnchor,
    /// A scan runs: on and off for half a second each.
    Scanning,
    /// A scan was ended before its list was: on.
    Stopped,
    /// The device has a fault: on and off ten times a second.
    Fault,
}

/// How long one step of a pattern is, in milliseconds.
const STEP_MS: u64 = 100;
/// How many steps a pattern has before it begins again.
const STEPS: u64 = 20;

/// What the lamp tells in this phase. `anchored`: a host has given this boot its time. `fault`:
/// something is wrong that is not the scan's.
pub const fn lamp(phase: Phase, anchored: bool, fault: bool) -> Lamp {
    match phase {
        _ if fault => Lamp::Fault,
        Phase::Stopping(Ended::GuardViolation | Ended::SerialsSpent | Ended::Objections)
        | Phase::Ended(Ended::GuardViolation | Ended::SerialsSpent | Ended::Objections) => {
            Lamp::Fault
        }
        Phase::Running => Lamp::Scanning,
        Phase::Stopping(_) => Lamp::Stopped,
        Phase::Ended(
            Ended::HostAsked
            | Ended::Expired
            | Ended::PoweredMinutes
            | Ended::Button
            | Ended::NoPath,
        ) => Lamp::Stopped,
        Phase::Idle | Phase::Ended(Ended::ListDone | Ended::Replaced) => {
            if anchored {
                Lamp::Idle
            } else {
                Lamp::WaitingForAnchor
            }
        }
    }
}

impl Lamp {
    /// Whether the light is on at `now`.
    pub const fn is_on(self, now: Instant) -> bool {
        let step = now.as_millis() / STEP_MS % STEPS;
        match self {
            Self::Idle => step == 0,
            Self::WaitingForAnchor => step == 0 || step == 2,
            Self::Scanning => step % 10 < 5,
            Self::Stopped => true,
            Self::Fault => step.is_multiple_of(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_own_pattern() {
        let table = [
            (Lamp::Idle, "*..................."),
            (Lamp::WaitingForAnchor, "*.*................."),
            (Lamp::Scanning, "*****.....*****....."),
            (Lamp::Stopped, "********************"),
            (Lamp::Fault, "*.*.*.*.*.*.*.*.*.*."),
        ];
        for (lamp, pattern) in table {
            let shown: String = (0..STEPS)
                .map(|step| Instant::from_millis(7 * STEPS * STEP_MS + step * STEP_MS + 99))
                .map(|now| if lamp.is_on(now) { '*' } else { '.' })
                .collect();
            assert_eq!(shown, pattern, "{lamp:?}");
        }
    }

    #[test]
    fn the_lamp_tells_what_the_device_does() {
        let ended = Phase::Ended;
        let table = [
            (Phase::Idle, false, false, Lamp::WaitingForAnchor),
            (Phase::Idle, true, false, Lamp::Idle),
            (Phase::Idle, true, true, Lamp::Fault),
            (Phase::Running, true, false, Lamp::Scanning),
            (Phase::Running, true, true, Lamp::Fault),
            (
                Phase::Stopping(Ended::HostAsked),
                true,
                false,
                Lamp::Stopped,
            ),
            (
                Phase::Stopping(Ended::GuardViolation),
                true,
                false,
                Lamp::Fault,
            ),
            (ended(Ended::ListDone), true, false, Lamp::Idle),
            (ended(Ended::Replaced), true, false, Lamp::Idle),
            (ended(Ended::HostAsked), true, false, Lamp::Stopped),
            (ended(Ended::Button), true, false, Lamp::Stopped),
            (ended(Ended::NoPath), true, false, Lamp::Stopped),
            (ended(Ended::Expired), true, false, Lamp::Stopped),
            (ended(Ended::PoweredMinutes), true, false, Lamp::Stopped),
            (ended(Ended::GuardViolation), true, false, Lamp::Fault),
            (ended(Ended::SerialsSpent), true, false, Lamp::Fault),
            (ended(Ended::Objections), true, false, Lamp::Fault),
        ];
        for (phase, anchored, fault, told) in table {
            assert_eq!(
                lamp(phase, anchored, fault),
                told,
                "{phase:?} {anchored} {fault}"
            );
        }
    }
}
