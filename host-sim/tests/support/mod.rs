//! What the tests of whole scans have in common.

use std::{collections::BTreeMap, net::SocketAddr};

use host_sim::{
    host::{Collected, collect},
    observer::Allowed,
    simulation::{Report, Simulation},
    world::World,
};
use probe_core::{finding::Finding, scope::Scope, suspect::Suspect};

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
