//! The appliance before every proxy, and before what is none.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::collections::BTreeMap;

use host_sim::{demo, parade, proof::Reader, proxies::Proxy};
use probe_core::{
    arrival::Arrival,
    proxy::Outcome,
    scope::{Depth, Scope},
    verdict::{Kind, Verdict},
};
use support::{holds_the_golden_file, last_findings, scan};

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

fn scope(depth: Depth) -> Scope {
    demo::asking_proxies(demo::scope(depth))
}

#[test]
fn every_proxy_reaches_its_truth_at_every_depth_over_both_families() {
    let mut wrong = Vec::new();
    let mut table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for depth in DEPTHS {
        let scope = scope(depth);
        let world = parade::proxy_world(1, &scope);
        let reader = Reader::new(&world, &scope, &Arrival::sense);
        let (collected, report) = scan(world.clone(), &scope, &parade::proxy_suspects());
        assert_eq!(report.wire.strays, []);
        assert_eq!(report.guard.map(|guard| guard.violations), Some(0));
        let verdicts = reader.judge(&collected.findings, &collected.arrivals);
        for (target, proxy) in parade::proxies() {
            let found = verdicts.get(&target).copied();
            let words = found.map_or("no finding".to_owned(), word);
            if target.is_ipv4() {
                table.entry(proxy.name).or_default().push(words.clone());
            }
            if found != Some(proxy.expected(depth)) {
                let (name, depth) = (proxy.name, depth.as_str());
                wrong.push(format!("{name} at {depth}, {target}: {words}"));
            }
        }
    }
    let rows = Proxy::every().map(|proxy| {
        let [quick, standard, full] = table[proxy.name].as_slice() else {
            panic!("{}: one verdict at each depth", proxy.name);
        };
        let ways: Vec<_> = proxy
            .truth
            .iter()
            .map(|way| match way.places {
                [0, 1] => way.asked_in.to_owned(),
                places => format!("{} {places:?}", way.asked_in),
            })
            .collect();
        let found = if quick == standard && quick == full {
            quick.clone()
        } else {
            format!("{quick}, {standard}, {full}")
        };
        let row = format!("{:<26}{found:<36}{}", proxy.name, ways.join(", "));
        row.trim_end().to_owned() + "\n"
    });
    let head = format!(
        "{:<26}{:<36}connects strangers by\n",
        "proxy", "found at each depth"
    );
    let table: String = std::iter::once(head).chain(rows).collect();
    holds_the_golden_file("proxies.txt", &table);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn word(verdict: Verdict) -> String {
    format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str())
}

#[test]
fn no_attempt_contradicts_a_truth() {
    for depth in DEPTHS {
        let scope = scope(depth);
        let world = parade::proxy_world(2, &scope);
        let (collected, _) = scan(world, &scope, &parade::proxy_suspects());
        let findings = last_findings(&collected);
        let mut compared = 0;
        for (target, proxy) in parade::proxies() {
            // It connects when nobody waits any more.
            let is_late = proxy.is_open() && proxy.expected(depth).kind != Kind::Confirmed;
            for attempt in findings[&target].evidence.proxy().unwrap().attempts() {
                let Some(protocol) = attempt.id().protocol() else {
                    continue;
                };
                let connects = proxy.connects(protocol.as_str(), attempt.id().place());
                let returned = attempt.outcome() == Outcome::Returned;
                let was_tried = !matches!(attempt.outcome(), Outcome::Skipped(_));
                let told = format!("{} at {target}: {attempt:?}", proxy.name);
                assert!(connects || !returned, "{told}");
                assert!(!connects || returned || !was_tried || is_late, "{told}");
                compared += usize::from(was_tried);
            }
        }
        assert!(compared >= 300, "{compared} attempts at {}", depth.as_str());
    }
}
