//! What the tests have in common. Each of them uses a part of it.

use std::{collections::BTreeMap, env, fs, net::SocketAddr, path::Path};

use host_sim::{
    host::{Collected, collect},
    observer::Allowed,
    simulation::{Report, Simulation},
    world::World,
};
use probe_core::{finding::Finding, scope::Scope, suspect::Suspect};

/// The seeds of a test: so many, or as many as `POSTERN_SEEDS` says for a long run.
pub(crate) fn seeds(ordinary: u64) -> std::ops::Range<u64> {
    let asked = env::var("POSTERN_SEEDS").ok();
    0..asked.map_or(ordinary, |seeds| seeds.parse().unwrap())
}

/// Scans `list` in `world`, with the wire held against `scope`.
pub(crate) fn scan(world: World, scope: &Scope, list: &[Suspect]) -> (Collected, Report) {
    let simulation = Simulation::new(world).watched(Allowed::by(scope));
    let (collected, report) = simulation
        .run(async |link, time| collect(link, time, scope, list).await)
        .unwrap_or_else(|failure| panic!("{failure}"));
    (collected.unwrap(), report)
}

/// The last finding on each target.
pub(crate) fn last_findings(collected: &Collected) -> BTreeMap<SocketAddr, &Finding> {
    let last = collected.findings.iter().filter(|finding| finding.last);
    last.map(|finding| (finding.target, finding)).collect()
}

/// Holds `text` against a golden file, line by line; `UPDATE_GOLDEN=1` writes it anew.
pub(crate) fn holds_the_golden_file(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).unwrap();
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let gone = golden
        .lines()
        .filter(|line| !text.lines().any(|other| other == *line));
    let new = text
        .lines()
        .filter(|line| !golden.lines().any(|other| other == *line));
    let different: Vec<_> = gone
        .map(|line| format!("- {line}"))
        .chain(new.map(|line| format!("+ {line}")))
        .collect();
    assert!(
        golden == text,
        "{name} differs; if that is meant, run UPDATE_GOLDEN=1 cargo test -p host-sim\n{}",
        different.join("\n")
    );
}
