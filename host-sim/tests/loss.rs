//! What loss costs: how many targets that can be decided end undecided, by the share of packets
//! that every path loses in each direction.
//!
//! `UPDATE_GOLDEN=1 cargo test -p host-sim --test loss` writes the table anew.

use std::{env, fmt::Write, fs, path::Path};

use host_sim::{
    faults::{Faults, Share, Wire},
    trial::{Draw, draw},
};
use probe_core::verdict::{Kind, judge};

const LOSSES_PERCENT: [u32; 6] = [0, 1, 2, 5, 10, 20];
const SEEDS: u64 = 24;

/// Of targets that can be decided: how many there were, and how many were not.
#[derive(Default)]
struct Row {
    decidable: u32,
    undecided: u32,
}

fn row(loss: Share) -> Row {
    let faults = Draw::These(Box::new(Faults {
        path: Wire {
            loss,
            ..Wire::default()
        },
        ..Faults::default()
    }));
    let mut row = Row::default();
    for seed in 0..SEEDS {
        let trial = draw(seed, &faults);
        let outcome = trial.run(None).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(trial.violations(&outcome), []);
        let verdicts = outcome.first.verdicts(&judge);
        for target in trial.admitted() {
            if trial.expected(target).kind == Kind::Inconclusive {
                continue;
            }
            row.decidable += 1;
            let found = verdicts.get(&target);
            let is_undecided = found.is_none_or(|found| found.kind == Kind::Inconclusive);
            row.undecided += u32::from(is_undecided);
        }
    }
    row
}

#[test]
fn loss_leaves_few_undecided() {
    let mut table = String::from("loss  targets  undecided\n");
    for percent in LOSSES_PERCENT {
        let row = row(Share::percent(percent));
        let (decidable, undecided) = (row.decidable, row.undecided);
        writeln!(table, "{percent:>3}%  {decidable:>7}  {undecided:>9}").unwrap();
        if percent <= 5 {
            assert!(
                undecided * 100 <= decidable,
                "at {percent} % loss {undecided} of {decidable} are undecided"
            );
        }
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/loss.txt");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &table).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap();
    let changes: Vec<_> = expected
        .lines()
        .zip(table.lines())
        .filter(|(expected, found)| expected != found)
        .map(|(expected, found)| format!("- {expected}\n+ {found}"))
        .collect();
    assert!(
        expected == table,
        "{} is not what loss costs now:\n{}",
        golden.display(),
        changes.join("\n")
    );
}
