//! Every personality with delivery on: messages go out, and what really relays brings them back.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{collections::BTreeMap, net::SocketAddr};

use host_sim::{
    demo,
    host::{MAIL_PAUSE, collect_late},
    observer::Allowed,
    parade,
    peers::Personality,
    post::{Done, Ledger, Reached},
    proof::Reader,
    simulation::Simulation,
};
use probe_core::{
    arrival::Arrival,
    scope::{Depth, Scope},
    verdict::{Kind, Verdict},
};
use support::holds_the_golden_file;

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

/// What the groups of the parade have come to at one depth.
#[derive(Default)]
struct Parade {
    when_over: BTreeMap<SocketAddr, Verdict>,
    later: BTreeMap<SocketAddr, Verdict>,
    mail: Ledger,
}

fn run(seed: u64, scope: &Scope) -> Parade {
    let mut all = Parade::default();
    for (world, list) in parade::groups(seed) {
        let world = world.with_sink_of(scope);
        let reader = Reader::new(&world, scope, &Arrival::sense);
        let (collected, report) = Simulation::new(world.clone())
            .watched(Allowed::by(scope))
            .run_plugged(
                |wire| wire,
                async |plug, time| collect_late(&plug, time, scope, &list, MAIL_PAUSE).await,
            )
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(report.wire.strays, []);
        let collected = collected.unwrap();
        let (findings, arrivals) = (&collected.findings, &collected.arrivals);
        all.when_over
            .extend(reader.judge_when_over(findings, arrivals));
        all.later.extend(reader.judge(findings, arrivals));
        // Places in a group's ledger mean nothing in all of them.
        all.mail.runs.extend(report.mail.runs);
    }
    all
}

fn words(verdict: Option<&Verdict>) -> String {
    verdict.map_or("no finding".to_owned(), |verdict| {
        format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str())
    })
}

#[test]
fn every_personality_reaches_its_truth_with_delivery_on() {
    let mut wrong = Vec::new();
    let mut table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for depth in DEPTHS {
        let scope = demo::delivering(demo::scope(depth));
        let parade = run(1, &scope);
        for (target, personality) in parade::targets() {
            let off = personality.expected(depth);
            let delivered = personality.delivered(depth);
            let when_over = parade.when_over.get(&target);
            let late = parade.later.get(&target);
            let told = format!("{} at {}, {target}", personality.name, depth.as_str());
            for (found, expected) in [
                (when_over, delivered.when_over(off)),
                (late, delivered.in_the_end(off)),
            ] {
                if found != Some(&expected) {
                    let (found, expected) = (words(found), words(Some(&expected)));
                    wrong.push(format!("{told}: {found}, not {expected}"));
                }
            }
            if late.is_some_and(|verdict| verdict.kind == Kind::Confirmed) {
                let mut relayed = parade.mail.ended(target, Done::Relayed);
                assert!(relayed.next().is_some(), "{told}");
            }
            if target.is_ipv4() {
                let when_over = words(when_over);
                let late = words(late);
                let word = if when_over == late {
                    when_over
                } else {
                    format!("{when_over}, later {late}")
                };
                table.entry(personality.name).or_default().push(word);
            }
        }
        let runs = parade.mail.runs.iter();
        let given_up: Vec<_> = runs.filter(|run| run.reached == Reached::Refused).collect();
        assert!(given_up.is_empty(), "{given_up:#?}");
    }
    let rows = Personality::every().map(|personality| {
        let [quick, standard, full] = table[personality.name].as_slice() else {
            panic!("{}: one verdict at each depth", personality.name);
        };
        let name = personality.name;
        if quick == standard && quick == full {
            return format!("{name:<26}{quick}\n");
        }
        format!("{name:<26}{quick:<32}{standard:<32}{full}\n")
    });
    let head = format!(
        "{:<26}found with delivery on: at every depth, or at quick, standard, full\n",
        "personality"
    );
    let table: String = std::iter::once(head).chain(rows).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    holds_the_golden_file("delivered.txt", &table);
}
