//! Slots, connections and packets stay within bounds.

use firmware::appliance::WORKERS;

use super::ends_are_seen;
use crate::trial::{Outcome, Trial};

/// How many connections one target may see in one scan of one boot.
pub const CONNECTIONS_TO_A_TARGET_MAX: usize = 64;
/// How many frames leave for each target in one scan of one boot, on average. A tarpit that drips an octet a
/// second for ten minutes has each of them acknowledged.
pub const FRAMES_TO_A_TARGET_MAX: u64 = 4_000;
/// How often a device asks on average whether its routers are still there, whatever else it does.
const ROUTERS_ASKED_EVERY_SECONDS: u64 = 5;

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let wire = &outcome.report.wire;
    if wire.open_max > WORKERS && ends_are_seen(&trial.world.faults) {
        let open = wire.open_max;
        wrong.push(format!("{open} connections at once for {WORKERS} workers"));
    }
    // Who was being probed when the power went is probed from the beginning again.
    let scans = 1 + usize::from(outcome.retest.is_some()) + outcome.report.cut_short.len();
    for (target, count) in wire.connections_by_target() {
        if count > scans * CONNECTIONS_TO_A_TARGET_MAX {
            wrong.push(format!("{count} connections to {target}"));
        }
    }
    let frames = wire.frames_out;
    let for_targets = (scans * trial.list.len()) as u64 * FRAMES_TO_A_TARGET_MAX;
    let for_routers = outcome.report.elapsed.as_secs() / ROUTERS_ASKED_EVERY_SECONDS;
    if frames > for_targets + for_routers {
        let lines = trial.list.len();
        wrong.push(format!("{frames} frames for {lines} lines"));
    }
    for scan in [Some(&outcome.first), outcome.retest.as_ref()]
        .into_iter()
        .flatten()
    {
        let Some(progress) = &scan.progress else {
            continue;
        };
        let targets = progress.targets;
        let sum = u32::from(targets.queued)
            + u32::from(targets.running)
            + u32::from(targets.parked)
            + targets.done
            + targets.refused;
        if sum != targets.taken {
            wrong.push(format!(
                "the lines taken are not the sum of the others: {targets:?}"
            ));
        }
    }
    wrong
}
