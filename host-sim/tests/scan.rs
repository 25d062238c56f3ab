//! The appliance in the simulator, from the list to the last finding.

use host_sim::{
    demo,
    host::{Collected, collect},
    observer::Allowed,
    simulation::{Report, Simulation},
    world::World,
};
use probe_core::scope::{Depth, Scope};
use probe_core::suspect::Suspect;

fn scan(world: World, scope: &Scope, list: &[Suspect]) -> (Collected, Report) {
    let simulation = Simulation::new(world).watched(Allowed::by(scope));
    let (collected, report) = simulation
        .run(async |link, time| collect(link, time, scope, list).await)
        .unwrap_or_else(|failure| panic!("{failure}"));
    (collected.unwrap(), report)
}

#[test]
fn the_demonstration_ends_and_every_line_of_its_list_has_an_answer() {
    let scope = demo::scope(Depth::Standard);
    let list = demo::suspects();
    let (collected, report) = scan(World::demo(), &scope, &list);
    let last = collected.findings.iter().filter(|finding| finding.last);
    assert_eq!(last.count() + collected.refused.len(), list.len());
    assert_eq!(collected.refused.len(), 3);
    assert_eq!(report.wire.strays, []);
}
