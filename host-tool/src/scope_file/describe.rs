//! What a scope allows, in words.

use std::fmt::Write as _;

use jiff::{SpanRound, Timestamp, Unit};
use probe_core::{
    proxy::Protocols,
    scope::{AuthorityKind, Depth, Network, ProxyScope, Scope},
};

use super::{ScopeFile, ScopeList};
use crate::output::grouped;

/// What `scope` allows, as of `now`.
pub fn text(file: &ScopeFile, now: Timestamp) -> String {
    let scope = &file.scope;
    let mut out = String::new();
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(out, "{label:<12}{value}");
    };
    let right = match scope.authority.kind {
        AuthorityKind::Consent => "consent",
        AuthorityKind::Mandate => "mandate",
    };
    line(
        "authority",
        &format!("{right}: {}", scope.authority.reference),
    );
    line("contact", &scope.contact);
    line("abuse page", &scope.abuse_page);
    line(
        "says it is",
        &format!(
            "{}, senders at {}, sink at {}",
            scope.identity.helo.as_str(),
            scope.identity.sender_domain.as_str(),
            scope.identity.sink_domain.as_str()
        ),
    );
    if !file.addresses.is_empty() {
        line(
            "comes from",
            &joined(file.addresses.iter().map(ToString::to_string)),
        );
    }
    line("may probe", &addresses(&scope.networks, &scope.exclusions));
    for network in &scope.networks {
        line("", &shown(network));
    }
    if !scope.exclusions.is_empty() {
        line("never", &joined(scope.exclusions.iter().map(shown)));
    }
    if !scope.ports.is_empty() {
        line("ports", &joined(scope.ports.iter().map(u16::to_string)));
    }
    line(
        "probes",
        &joined(file.probes.iter().map(|probe| probe.as_str().to_owned())),
    );
    for (place, proxies) in proxies(&scope.proxy).iter().enumerate() {
        line(if place == 0 { "proxies" } else { "" }, proxies);
    }
    for (place, list) in lists(file).iter().enumerate() {
        line(if place == 0 { "block lists" } else { "" }, list);
    }
    line("depth", depth(scope.depth));
    line("delivery", &delivery(scope));
    let rates = &scope.rates;
    line(
        "rates",
        &format!(
            "{} connections a second; {} at once to one target, {} to one /24 or /56, {} ms apart",
            rates.connections_per_second_max,
            rates.target_connections_max,
            rates.network_connections_max,
            rates.network_spacing_ms,
        ),
    );
    line(
        "",
        &format!(
            "at most {} refusals from one target in 24 hours; greylisted targets are retried for {} hours",
            rates.target_refusals_max, rates.parked_hours_max
        ),
    );
    line("in force", &until(scope.issued.0, scope.expires.0, now));
    if scope.lab {
        line(
            "lab",
            "the checks of our own identity are waived; every verdict says so",
        );
    }
    out
}

/// A network as people write it.
pub fn shown(network: &Network) -> String {
    let single = *network == Network::single(network.address);
    if single {
        network.address.to_string()
    } else {
        format!("{}/{}", network.address, network.prefix)
    }
}

/// How many addresses the networks hold, without those that the exclusions take away.
fn addresses(networks: &[Network], exclusions: &[Network]) -> String {
    let (mut v4, mut v6) = (0u64, 0u32);
    let widest = widest(networks);
    for network in &widest {
        if network.address.is_ipv4() {
            v4 += 1u64 << (32 - u32::from(network.prefix));
        } else {
            v6 += 1;
        }
    }
    for exclusion in self::widest(exclusions) {
        let size = |network: &Network| 1u64 << (32 - u32::from(network.prefix));
        if exclusion.address.is_ipv4() {
            if widest.iter().any(|network| network.holds(&exclusion)) {
                v4 = v4.saturating_sub(size(&exclusion));
            } else {
                for network in widest.iter().filter(|network| exclusion.holds(network)) {
                    v4 = v4.saturating_sub(size(network));
                }
            }
        }
    }
    let networks = |count: u32| if count == 1 { "network" } else { "networks" };
    match (v4, v6) {
        (v4, 0) => format!("{} IPv4 addresses", grouped(v4)),
        (0, v6) => format!("{v6} IPv6 {}", networks(v6)),
        (v4, v6) => format!(
            "{} IPv4 addresses and {v6} IPv6 {}",
            grouped(v4),
            networks(v6)
        ),
    }
}

/// The networks that lie in no other one.
fn widest(networks: &[Network]) -> Vec<Network> {
    let mut kept: Vec<Network> = Vec::new();
    for network in networks {
        if kept.iter().any(|other| other.holds(network)) {
            continue;
        }
        kept.retain(|other| !network.holds(other));
        kept.push(*network);
    }
    kept
}

/// What each port of proxies is asked, ports of which the same is asked together; and where our sink is.
fn proxies(proxy: &ProxyScope) -> Vec<String> {
    let mut asked: Vec<(Protocols, Vec<u16>)> = Vec::new();
    for of in &proxy.ports {
        let protocols = proxy.protocols(of.port);
        match asked.iter_mut().find(|(known, _)| *known == protocols) {
            Some((_, ports)) => ports.push(of.port),
            None => asked.push((protocols, vec![of.port])),
        }
    }
    let mut said: Vec<String> = asked
        .into_iter()
        .map(|(protocols, ports)| {
            let ports = joined(ports.iter().map(u16::to_string));
            let protocols = protocols.each().map(|of| of.as_str().to_owned());
            format!("{ports}: {}", joined(protocols))
        })
        .collect();
    if said.is_empty() {
        return said;
    }
    let sink = &proxy.sink;
    let ends = [
        sink.ipv4.map(|address| address.to_string()),
        sink.ipv6.map(|address| address.to_string()),
        sink.name.as_ref().map(|name| name.as_str().to_owned()),
    ];
    let ports = joined(sink.ports.iter().map(u16::to_string));
    let word = if sink.ports.len() == 1 {
        "port"
    } else {
        "ports"
    };
    said.push(format!(
        "asked to connect to our sink, {}, at {word} {ports}, and to nobody else{}",
        joined(ends.into_iter().flatten()),
        if proxy.inside {
            " but port 25 of their own host, which enters what is inside"
        } else {
            ""
        }
    ));
    said
}

/// Each block list, and whether it may be quoted.
fn lists(file: &ScopeFile) -> Vec<String> {
    let asked = |list: &ScopeList| file.scope.dnsbl.zones.iter().any(|it| it.name == list.zone);
    let lists = file.lists.iter().filter(|list| asked(list));
    lists
        .map(|list| {
            let quoted = if list.may_be_quoted {
                "may be quoted"
            } else {
                "may not be quoted"
            };
            let agreement = list
                .agreement
                .as_ref()
                .map(|text| format!(", by {text}"))
                .unwrap_or_default();
            let name = match list.name.as_str() {
                name if name == list.zone.as_str() => String::new(),
                name => format!(" ({name})"),
            };
            format!("{}{name}: {quoted}{agreement}", list.zone.as_str())
        })
        .collect()
}

fn delivery(scope: &Scope) -> String {
    if !scope.delivery.allowed {
        return "off: no test message is sent".to_owned();
    }
    let mut said = "on: test messages to our own sink, where the scan asks for it".to_owned();
    if scope.delivery.forged_senders {
        said.push_str("; under the targets' own names too, as far as the list has them");
    }
    if scope.delivery.second_recipients {
        said.push_str("; behind the targets' postmasters too");
    }
    said
}

fn depth(depth: Depth) -> &'static str {
    match depth {
        Depth::Quick => "quick: the controls, and the plainest form under three senders",
        Depth::Standard => "standard: five forms under one connection, and nine refusals at most",
        Depth::Full => "full: every form",
    }
}

fn until(issued: u64, expires: u64, now: Timestamp) -> String {
    let moment = |seconds: u64| {
        i64::try_from(seconds)
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .unwrap_or(Timestamp::MAX)
    };
    let left = now
        .until(moment(expires))
        .and_then(|span| span.round(SpanRound::new().largest(Unit::Hour).smallest(Unit::Hour)))
        .map_or(0, |span| span.get_hours());
    let left = match left {
        hours if hours >= 48 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    };
    format!(
        "from {} until {} ({left} left)",
        crate::output::minute(moment(issued)),
        crate::output::minute(moment(expires))
    )
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_counted_once_and_without_exclusions() {
        let networks = |texts: &[&str]| -> Vec<Network> {
            texts
                .iter()
                .map(|text| super::super::network(text).unwrap())
                .collect()
        };
        for (inside, outside, text) in [
            (&["192.0.2.0/24"][..], &[][..], "256 IPv4 addresses"),
            (
                &["192.0.2.0/24", "192.0.2.128/25"],
                &[],
                "256 IPv4 addresses",
            ),
            (
                &["192.0.2.0/24"],
                &["192.0.2.7", "192.0.2.0/28"],
                "240 IPv4 addresses",
            ),
            (&["192.0.2.0/24"], &["192.0.0.0/16"], "0 IPv4 addresses"),
            (
                &["10.0.0.0/8", "2001:db8::/32"],
                &[],
                "16 777 216 IPv4 addresses and 1 IPv6 network",
            ),
        ] {
            let counted = addresses(&networks(inside), &networks(outside));
            assert_eq!(counted, text, "{inside:?} without {outside:?}");
        }
    }
}
