//! From the lines of a list to targets: each line is a target for each probe that it is for.

use std::{collections::BTreeSet, net::SocketAddr};

use probe_core::{
    finding::Probe,
    scope::{DNSBL_PORT, Scope},
};

use crate::{
    lists::{Entry, PORT_DEFAULT},
    problem::{Gathered, Place, Problem},
    scope_file::ScopeFile,
    words,
};

/// The probes that a scan runs: those of `--probes`, or else the scope's. One that the scope does not
/// allow is told.
pub(super) fn probes(
    asked: &[String],
    file: &ScopeFile,
    place: &Place,
    gathered: &mut Gathered,
) -> Vec<Probe> {
    if asked.is_empty() {
        return file.probes.clone();
    }
    let mut probes = Vec::new();
    for word in asked {
        // What is no probe was told when the arguments were read.
        let Some(probe) = words::probe(word) else {
            continue;
        };
        if !file.probes.contains(&probe) {
            let allowed: Vec<&str> = file.probes.iter().map(|it| it.as_str()).collect();
            gathered.push(
                Problem::new(
                    Place::named(format!("--probes {word}")),
                    format!("{place} does not allow it"),
                    format!("what the scope's `probes` names: {}", allowed.join(", ")),
                )
                .next("whoever gave the authority must have agreed to a probe before you allow it"),
            );
        } else if !probes.contains(&probe) {
            probes.push(probe);
        }
    }
    probes
}

/// The words of `--probes` that are no probe.
pub(super) fn unknown(asked: &[String], gathered: &mut Gathered) {
    for word in asked.iter().filter(|word| words::probe(word).is_none()) {
        let known: Vec<&str> = words::all::<Probe>().map(Probe::as_str).collect();
        gathered.push(Problem::new(
            Place::named(format!("--probes {word}")),
            "this is no probe",
            format!("one of: {}", known.join(", ")),
        ));
    }
}

/// Every target of these lines, each once, in the order of the lines. A line that names a port of
/// proxies is for that port alone; every other line is for its own port, as a relay, and for every port of
/// proxies. Of `proxies`, which databases list as open proxies at these ports, no relay is expected. Lists
/// are asked once about an address.
pub(super) fn targets(
    entries: &[Entry],
    proxies: &BTreeSet<SocketAddr>,
    probes: &[Probe],
    scope: &Scope,
) -> Vec<Entry> {
    let mut known = BTreeSet::new();
    let mut targets = Vec::new();
    for entry in entries {
        let is_proxy_port = scope.proxy.ports.iter().any(|of| of.port == entry.port);
        let is_listed = proxies.contains(&entry.endpoint());
        // What names no port has that of relays.
        let is_this_port = is_proxy_port || is_listed && entry.port != PORT_DEFAULT;
        let mut ports = Vec::new();
        for probe in probes {
            match probe {
                Probe::Relay if is_proxy_port || is_listed => {}
                Probe::Relay => ports.push(entry.port),
                Probe::Proxy if is_this_port => ports.push(entry.port),
                Probe::Proxy => ports.extend(scope.proxy.ports.iter().map(|of| of.port)),
                Probe::Dnsbl => ports.push(DNSBL_PORT),
            }
        }
        for port in ports {
            let target = Entry {
                port,
                ..entry.clone()
            };
            if known.insert(target.endpoint()) {
                targets.push(target);
            }
        }
    }
    targets
}

/// Those of a scenario's own targets that these probes are for. A scenario says itself what each address is
/// asked; what the scope does not allow at all is left for the appliance to refuse, for all to see.
pub(super) fn own(targets: &[Entry], file: &ScopeFile, probes: &[Probe]) -> Vec<Entry> {
    let is_left_out = |target: &&Entry| {
        let probe = probe_at(&file.scope, target.port);
        file.probes.contains(&probe) && !probes.contains(&probe)
    };
    let kept = targets.iter().filter(|target| !is_left_out(target));
    kept.cloned().collect()
}

/// Which probe a target of this port is for, whether the scope admits it or not.
fn probe_at(scope: &Scope, port: u16) -> Probe {
    if port == DNSBL_PORT {
        Probe::Dnsbl
    } else if scope.proxy.ports.iter().any(|of| of.port == port) {
        Probe::Proxy
    } else {
        Probe::Relay
    }
}

#[cfg(test)]
mod tests {
    use probe_core::{
        proxy::{Protocol, Protocols},
        scope::{Depth, ProxyPort},
    };

    use super::*;
    use crate::{lists, scope_file::narrowed};

    fn scope() -> Scope {
        let mut scope = host_sim::demo::scope(Depth::Standard);
        scope.ports = [25, 587].into_iter().collect();
        scope.proxy.ports = [
            (1080, Protocol::Socks5.alone()),
            (3128, Protocols::CONNECT | Protocols::GET),
        ]
        .into_iter()
        .map(|(port, protocols)| ProxyPort { port, protocols })
        .collect();
        scope
    }

    fn entry(text: &str) -> Entry {
        let mut suspects = lists::gather(&[text.to_owned()], &[]).unwrap();
        suspects.entries.remove(0)
    }

    /// The ports that become of one line.
    fn ports(line: &str, is_listed: bool, probes: &[Probe]) -> Vec<u16> {
        let entry = entry(line);
        let proxies = is_listed.then(|| entry.endpoint()).into_iter().collect();
        let scope = narrowed(scope(), probes);
        let targets = targets(&[entry], &proxies, probes, &scope);
        targets.iter().map(|target| target.port).collect()
    }

    #[test]
    fn a_line_is_a_target_for_each_probe_that_it_is_for() {
        use Probe::{Dnsbl, Proxy, Relay};
        for (line, probes, expected) in [
            ("192.0.2.1", &[Relay][..], &[25][..]),
            ("192.0.2.1", &[Proxy], &[1080, 3128]),
            ("192.0.2.1", &[Dnsbl], &[0]),
            ("192.0.2.1", &[Relay, Proxy, Dnsbl], &[25, 1080, 3128, 0]),
            ("192.0.2.1", &[Dnsbl, Relay], &[0, 25]),
            ("192.0.2.1:587", &[Relay, Proxy], &[587, 1080, 3128]),
            // A port of proxies is for proxies, and for that one alone.
            ("192.0.2.1:1080", &[Relay, Proxy, Dnsbl], &[1080, 0]),
            // The device refuses it, for all to see.
            ("192.0.2.1:1080", &[Relay], &[1080]),
            ("[2001:db8::1]:3128", &[Proxy], &[3128]),
            ("192.0.2.1:26", &[Relay], &[26]),
            ("192.0.2.1:26", &[Proxy], &[1080, 3128]),
        ] {
            assert_eq!(ports(line, false, probes), expected, "{line} {probes:?}");
        }
    }

    #[test]
    fn what_is_listed_as_a_proxy_is_asked_as_one_where_it_is_listed() {
        use Probe::{Dnsbl, Proxy, Relay};
        for (line, probes, expected) in [
            ("192.0.2.1:1080", &[Relay, Proxy][..], &[1080][..]),
            // The scope does not name the port: the device says so.
            ("192.0.2.1:4145", &[Relay, Proxy], &[4145]),
            ("192.0.2.1:4145", &[Relay, Dnsbl], &[0]),
            // The database does not say at which port.
            ("192.0.2.1", &[Relay, Proxy], &[1080, 3128]),
            ("192.0.2.1", &[Proxy], &[1080, 3128]),
            ("192.0.2.1", &[Relay], &[]),
        ] {
            assert_eq!(ports(line, true, probes), expected, "{line} {probes:?}");
        }
    }

    #[test]
    fn an_address_of_two_lines_is_asked_about_once() {
        let lines = ["192.0.2.1", "[::ffff:192.0.2.1]:587", "192.0.2.1:1080"];
        let entries: Vec<Entry> = lines.iter().map(|line| entry(line)).collect();
        let probes = [Probe::Relay, Probe::Proxy, Probe::Dnsbl];
        let targets = targets(&entries, &BTreeSet::new(), &probes, &scope());
        let found: Vec<u16> = targets.iter().map(|target| target.port).collect();
        assert_eq!(found, [25, 1080, 3128, 0, 587]);
    }

    #[test]
    fn a_scenario_says_itself_what_an_address_is_asked() {
        use Probe::{Dnsbl, Proxy, Relay};
        let at = |port| Entry {
            port,
            ..entry("192.0.2.1")
        };
        let all = [25, 1080, 0, 26].map(at);
        let file = |allowed: &[Probe]| ScopeFile {
            scope: narrowed(scope(), allowed),
            probes: allowed.to_vec(),
            addresses: Vec::new(),
            lists: Vec::new(),
        };
        let every = [Relay, Proxy, Dnsbl];
        for (allowed, probes, expected) in [
            (&every[..], &every[..], &[25, 1080, 0, 26][..]),
            (&every, &[Relay], &[25, 26]),
            (&every, &[Proxy, Dnsbl], &[1080, 0]),
            // The device refuses what the scope says nothing of.
            (&[Relay], &[Relay], &[25, 1080, 0, 26]),
            (&[Relay, Proxy], &[Proxy], &[1080, 0]),
        ] {
            let targets = own(&all, &file(allowed), probes);
            let found: Vec<u16> = targets.iter().map(|target| target.port).collect();
            assert_eq!(found, expected, "{allowed:?} {probes:?}");
        }
    }
}
