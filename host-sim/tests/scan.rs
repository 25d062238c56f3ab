//! The appliance in the simulator, from the list to the last finding.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};

use firmware::appliance::WORKERS;
use host_sim::{
    demo, parade,
    peers::{Fate, Personality, Step, fate, fate_under},
    world::{Site, World},
};
use probe_core::{
    finding::Finding,
    relay::{Hello, PairId},
    scope::Depth,
    suspect::Suspect,
    verdict::{Kind, Reason, TARPIT_REPLY, Verdict},
};
use support::{holds_the_golden_file, last_findings, scan};

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

#[test]
fn every_personality_reaches_its_truth_at_every_depth_over_both_families() {
    let mut wrong = Vec::new();
    let mut table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for depth in DEPTHS {
        let scope = demo::scope(depth);
        let (collected, report) = scan(parade::world(1), &scope, &parade::suspects());
        assert_eq!(report.wire.strays, []);
        let findings = last_findings(&collected);
        for (target, personality) in parade::targets() {
            let found = findings.get(&target).map(|finding| finding.verdict);
            let expected = personality.expected(depth);
            if target.is_ipv4() {
                let words = found.map_or("no finding".to_owned(), |found| {
                    format!("{}: {}", found.kind.as_str(), found.reason.as_str())
                });
                table.entry(personality.name).or_default().push(words);
            }
            if found != Some(expected) {
                let (name, depth) = (personality.name, depth.as_str());
                wrong.push(format!(
                    "{name} at {depth}, {target}: {found:?}, not {expected:?}"
                ));
            }
        }
    }
    let rows = Personality::every().map(|personality| {
        let [quick, standard, full] = table[personality.name].as_slice() else {
            panic!("{}: one verdict at each depth", personality.name);
        };
        let name = personality.name;
        let delivered = DEPTHS.map(|depth| personality.delivered(depth).as_str());
        let delivered = match delivered {
            ["same", "same", "same"] => "",
            [quick, standard, full] if quick == standard && quick == full => quick,
            [quick, standard, full] => &format!("{quick}, {standard}, {full}"),
        };
        let row = format!("{name:<26}{quick:<32}{standard:<32}{full:<32}{delivered}");
        row.trim_end().to_owned() + "\n"
    });
    let heads = ["found at quick", "at standard", "at full"];
    let [quick, standard, full] = heads;
    let head = format!(
        "{:<26}{quick:<32}{standard:<32}{full:<32}declared with delivery on, where it differs\n",
        "personality"
    );
    let table: String = std::iter::once(head).chain(rows).collect();
    holds_the_golden_file("verdicts.txt", &table);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The fewest behaviours that a simulator of mail servers has to have.
const BEHAVIOURS_MIN: usize = 55;

#[test]
fn personalities_are_counted_by_behaviour() {
    let behaviours: BTreeSet<_> = Personality::ALL
        .iter()
        .map(|personality| personality.behaviour)
        .collect();
    assert!(behaviours.len() >= BEHAVIOURS_MIN, "{}", behaviours.len());
}

#[test]
fn no_outcome_contradicts_a_truth() {
    for depth in DEPTHS {
        let scope = demo::scope(depth);
        let (collected, _) = scan(parade::world(1), &scope, &parade::suspects());
        let peers: BTreeMap<_, _> = parade::targets().into_iter().collect();
        let mut compared = 0;
        for finding in &collected.findings {
            compared += contradicts_nothing(finding, peers[&finding.target]);
        }
        assert!(
            compared >= 40,
            "{compared} outcomes compared at {}",
            depth.as_str()
        );
    }
}

/// Holds each outcome of a finding against the personality's truth; says how many were decided.
fn contradicts_nothing(finding: &Finding, personality: &Personality) -> usize {
    let mut decided = 0;
    for id in PairId::all() {
        let pair = id.pair();
        let (sender, recipient) = (pair.sender.info().id, pair.recipient.info().id);
        if recipient.starts_with('C') || depends_on_order(personality) {
            continue;
        }
        let hello = match pair.hello {
            Hello::Own => "own",
            Hello::Theirs => "theirs",
            Hello::Unknown => "unknown",
            Hello::Literal => "literal",
            Hello::Localhost => "localhost",
        };
        let fate = fate_under(personality.truth, hello, sender, recipient);
        let outcome = finding.evidence.relay().unwrap().outcome(id);
        let name = personality.name;
        let told = format!("{name}: {hello} {sender} {recipient}: {}", outcome.as_str());
        if matches!(fate, Fate::Refused(Step::Mail | Step::Rcpt)) {
            assert!(!outcome.is_accepted(), "{told}");
        } else if fate == Fate::Relayed {
            assert!(!outcome.is_refused() || outcome.is_deferred(), "{told}");
        }
        decided += usize::from(outcome.is_accepted() || outcome.is_refused());
    }
    decided
}

/// Whether what comes of a pair depends on what went before on its connection.
fn depends_on_order(personality: &Personality) -> bool {
    let of = |recipient| fate(personality.truth, "F1", recipient);
    of("T1") != of("T1-after-reset") || (of("T1") == Fate::Relayed && of("T24") != Fate::Relayed)
}

#[test]
fn nobody_is_accused_who_accepts_nothing() {
    for seed in 1..=3 {
        let scope = demo::scope(Depth::Full);
        let (collected, _) = scan(parade::world(seed), &scope, &parade::suspects());
        let peers: BTreeMap<_, _> = parade::targets().into_iter().collect();
        for finding in &collected.findings {
            let personality = peers[&finding.target];
            // Without delivery, who takes a recipient and refuses later looks the same.
            let accepts = personality.truth.iter().any(|rule| {
                !matches!(
                    rule.fate,
                    Fate::Refused(Step::Mail | Step::Rcpt) | Fate::NotToBeJudged
                )
            });
            let kind = finding.verdict.kind;
            assert!(
                !matches!(kind, Kind::Confirmed | Kind::Accepted),
                "without DATA nothing can be {}",
                kind.as_str()
            );
            if !accepts {
                assert_ne!(kind, Kind::Suspected, "seed {seed}: {}", personality.name);
            }
        }
    }
}

#[test]
fn a_seed_decides_every_frame() {
    let scope = demo::scope(Depth::Full);
    let run = |seed| {
        let (collected, report) = scan(parade::world(seed), &scope, &parade::suspects());
        (collected.findings, report)
    };
    let (one, again, other) = (run(1), run(1), run(2));
    assert_eq!(one.1, again.1);
    assert_eq!(one.0, again.0);
    assert_ne!(one.1.wire.pcap_sha256, other.1.wire.pcap_sha256);
}

#[test]
fn dead_addresses_are_told_apart_as_far_as_they_can_be() {
    let scope = demo::scope(Depth::Standard);
    let cases = [
        ("192.0.2.77:25", Site::ClosedPort, Reason::Refused),
        ("[2001:db8:7::77]:25", Site::ClosedPort, Reason::Refused),
        ("192.0.2.78:25", Site::NoRoute, Reason::NoAnswer),
        ("[2001:db8:7::78]:25", Site::NoRoute, Reason::NoAnswer),
        ("192.0.2.79:25", Site::Silent, Reason::NoAnswer),
        ("[2001:db8:7::79]:25", Site::Silent, Reason::NoAnswer),
    ];
    for (at, site, reason) in cases {
        let at: SocketAddr = at.parse().unwrap();
        let suspect = Suspect {
            address: at.ip(),
            port: at.port(),
            names: Default::default(),
        };
        let world = World::empty(1).with(at, site);
        let (collected, report) = scan(world, &scope, &[suspect]);
        let expected = Verdict {
            kind: Kind::Inconclusive,
            reason,
        };
        assert_eq!(last_findings(&collected)[&at].verdict, expected, "{at}");
        assert_eq!(report.wire.open_max, 0, "{at}");
    }
}

#[test]
fn long_replies_over_a_long_path_change_no_verdict() {
    let scope = demo::scope(Depth::Full);
    for name in ["endless-ehlo", "endless-line", "chatty-greeting"] {
        let personality = Personality::named(name).unwrap();
        let at: SocketAddr = "192.0.2.77:25".parse().unwrap();
        let suspect = Suspect {
            address: at.ip(),
            port: at.port(),
            names: Default::default(),
        };
        let mut world =
            World::empty(13).with_peer(at, personality.at("mx.long.example", &["long.example"]));
        world.latency = Duration::from_millis(80);
        let (collected, _) = scan(world, &scope, &[suspect]);
        let finding = &last_findings(&collected)[&at];
        assert_eq!(finding.verdict, personality.expected(Depth::Full), "{name}");
        let slowest = finding.evidence.relay().unwrap().slowest();
        assert!(
            slowest > TARPIT_REPLY,
            "{name}: the path is not long enough to matter: {slowest:?}"
        );
    }
}

#[test]
fn each_thread_has_a_world_of_its_own() {
    let run = || {
        let scope = demo::scope(Depth::Quick);
        scan(parade::world(1), &scope, &parade::suspects()).1
    };
    let alone = run();
    let threads: Vec<_> = (0..2).map(|_| std::thread::spawn(run)).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), alone);
    }
}

#[test]
fn the_demonstration_ends_and_every_line_of_its_list_has_an_answer() {
    let scope = demo::scope(Depth::Standard);
    let list = demo::suspects();
    let (collected, report) = scan(World::demo(), &scope, &list);
    assert_eq!(
        last_findings(&collected).len() + collected.refused.len(),
        list.len()
    );
    assert_eq!(collected.refused.len(), 3);
    assert_eq!(collected.others.len(), 0, "{:?}", collected.others);
    assert_eq!(report.wire.strays, []);
    assert!(report.wire.open_max <= WORKERS);
    let guard = report.guard.expect("the appliance ran");
    assert_eq!(guard.violations, 0);
}
