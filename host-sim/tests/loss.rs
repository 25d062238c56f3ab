//! What loss costs: how many servers that can be decided end undecided, by the share of packets
//! that every path loses in each direction. Every personality, over both families, in one world at
//! standard depth; `cargo xtask soak` and `host-sim loss` have many worlds and every depth.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::fmt::Write;

use host_sim::{
    faults::{Corruption, Faults, Share, Wire},
    loss::{LOSS_PERCENT_MAX, LOSSES_PERCENT, measure, total},
    trial::{Draw, draw},
};
use probe_core::{scope::Depth, verdict::Kind};
use support::holds_the_golden_file;

#[test]
fn loss_leaves_few_undecided() {
    let mut table = String::from("loss  decidable  undecided  share\n");
    for percent in LOSSES_PERCENT {
        let (tallies, violations) = measure(1, Depth::Standard, Share::percent(percent))
            .unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(violations, [], "at {percent} % loss");
        let all = total(&tallies);
        let (decidable, undecided) = (all.decidable, all.undecided);
        let share = 100.0 * f64::from(undecided) / f64::from(decidable);
        writeln!(
            table,
            "{percent:>3}%  {decidable:>9}  {undecided:>9}  {share:.2}%"
        )
        .unwrap();
        for (name, tally) in tallies.iter().filter(|(_, tally)| tally.undecided > 0) {
            writeln!(
                table,
                "      {name}: {} of {}",
                tally.undecided, tally.decidable
            )
            .unwrap();
        }
        assert!(
            percent > LOSS_PERCENT_MAX || all.is_good(),
            "at {percent} % loss {undecided} of {decidable} are undecided"
        );
    }
    holds_the_golden_file("loss.txt", &table);
}

/// The bit may be anywhere: behind a check sequence, or where TCP alone looks.
#[test]
fn corruption_changes_no_verdict() {
    for corruption in [Corruption::Checked, Corruption::SegmentOnly] {
        let wire = |percent| Wire {
            corrupt: Share::percent(percent),
            corruption,
            ..Wire::default()
        };
        // Together under what may be lost without leaving somebody undecided.
        let faults = Draw::These(Box::new(Faults {
            path: wire(3),
            link: wire(1),
            ..Faults::default()
        }));
        let (mut compared, mut dropped, mut frames, mut disturbed) = (0, 0, 0, 0);
        for seed in 0..12 {
            let (damaged, clean) = (
                draw(seed, &faults),
                draw(seed, &Draw::These(Box::default())),
            );
            let [damaged, clean] = [damaged, clean].map(|trial| {
                let outcome = trial.run(None).unwrap_or_else(|why| panic!("{why}"));
                assert_eq!(trial.violations(&outcome), []);
                outcome
            });
            let wire = &damaged.report.wire;
            dropped += damaged.report.dropped.damaged;
            frames += wire.frames_out + wire.frames_in;
            disturbed += u32::from(wire.pcap_sha256 != clean.report.wire.pcap_sha256);
            let (found, expected) = (
                &damaged.first.when_over.verdicts,
                &clean.first.when_over.verdicts,
            );
            for (target, expected) in expected {
                let name = draw(seed, &faults).name(*target);
                let found = found[target];
                if expected.kind != Kind::Inconclusive {
                    assert_eq!(found, *expected, "seed {seed}, {corruption:?}: {name}");
                    compared += 1;
                }
            }
        }
        // A segment that only TCP refuses has arrived, and shows in what is said again.
        assert!(disturbed >= 11, "{disturbed} of 12 seeds were disturbed");
        let least = match corruption {
            Corruption::Checked => frames / 100,
            Corruption::SegmentOnly => 0,
        };
        assert!(
            dropped >= least,
            "{dropped} of {frames} frames were damaged"
        );
        assert!(compared >= 40, "{compared} verdicts compared");
    }
}
