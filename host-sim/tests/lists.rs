//! The appliance asks every block list, about an address that is on it and about one that is not.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::net::{IpAddr, SocketAddr};

use host_sim::{
    demo,
    lists::{self, EVERY, List, Placed, together},
    world::World,
};
use probe_core::{scope::Depth, suspect::Suspect, verdict::Verdict};
use support::{holds_the_golden_file, last_findings, scan};

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];
const RESOLVER: &str = "198.18.0.53";

/// What comes out of asking `list` about each address, each on a device that has asked nobody before: a list
/// that does not answer us is left alone for an hour.
fn asked(list: &'static List, depth: Depth) -> Vec<(IpAddr, bool, Verdict)> {
    let addresses = [
        ("192.0.2.25", true),
        ("192.0.2.26", false),
        ("2001:db8::25", true),
        ("2001:db8::26", false),
    ];
    let found = |(address, is_on_it): (&str, bool)| {
        let address = address.parse().unwrap();
        (address, is_on_it, found(list, depth, address, is_on_it))
    };
    addresses.into_iter().map(found).collect()
}

fn found(list: &'static List, depth: Depth, address: IpAddr, is_on_it: bool) -> Verdict {
    let resolver: IpAddr = RESOLVER.parse().unwrap();
    let placed = [Placed::new(list).with(is_on_it.then_some(address))];
    let scope = lists::asking(demo::scope(depth), resolver, &placed);
    let world = World::empty(1).with_resolver(resolver, lists::resolver(&placed));
    let suspect = Suspect {
        address,
        port: 0,
        names: Default::default(),
    };
    let (collected, report) = scan(world, &scope, &[suspect]);
    assert_eq!(report.wire.strays, [], "{}", list.name);
    assert_eq!(report.guard.map(|guard| guard.violations), Some(0));
    last_findings(&collected)[&SocketAddr::new(address, 0)].verdict
}

#[test]
fn every_list_is_believed_as_far_as_it_can_be() {
    let mut wrong = Vec::new();
    let mut table = format!(
        "{:<20}{:<28}{:<28}{:<28}{}\n",
        "list", "IPv4 address on it", "not on it", "IPv6 address on it", "not on it"
    );
    for list in &EVERY {
        for depth in DEPTHS {
            let found = asked(list, depth);
            for (address, is_on_it, verdict) in &found {
                let expected = together(&[list.says(*address, *is_on_it)]);
                if *verdict != expected {
                    let (found, expected) = (word(*verdict), word(expected));
                    let (name, depth) = (list.name, depth.as_str());
                    wrong.push(format!(
                        "{name} at {depth}, {address}: {found}, not {expected}"
                    ));
                }
            }
            if depth == Depth::Standard {
                let words = found.iter().map(|(_, _, verdict)| word(*verdict));
                let row: String = words.map(|word| format!("{word:<28}")).collect();
                table += format!("{:<20}{row}", list.name).trim_end();
                table.push('\n');
            }
        }
    }
    holds_the_golden_file("lists.txt", &table);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn word(verdict: Verdict) -> String {
    format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str())
}
