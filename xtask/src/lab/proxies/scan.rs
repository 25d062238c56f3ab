//! `cargo xtask lab proxies`: who is proved to connect strangers, in which protocols, who is not, and what
//! proxycheck and nmap's scripts say of the same proxies.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    time::Instant,
};

use super::{PROXIES, Proxy, peers};
use crate::{
    failure::Result,
    finding::Finding,
    lab::{
        capture::{Capture, Mark},
        errand::{Errand, Suspect},
        link,
        plan::{FAR, RESOLVER, Scanner},
        scan::{self, Scanned},
    },
    place,
};

/// Where proxies are asked to connect to: for mail, and where HTTP is answered as well.
pub(super) const SINK_PORTS: [u16; 2] = [25, 8025];

/// Every protocol that goes without a permission of its own is tried on every port that any of the proxies has.
const PROTOCOLS: [&str; 10] = [
    "http-connect",
    "http-connect-split",
    "http-get",
    "http-post",
    "socks4",
    "socks4a",
    "socks5",
    "socks5-ipv6",
    "socks5-name",
    "gateway",
];

/// Scans every proxy at full depth, fifty milliseconds away, and holds what was found against each truth.
pub(crate) fn prove() -> Result<Scanned> {
    let errand = errand(&FAR, "proxies")?;
    let file = link::capture_file(&FAR);
    let mark = Mark::now(&file)?;
    let started = Instant::now();
    let said = errand.scan("direct")?;
    let wall = started.elapsed();
    let capture = mark.read(&file)?;
    let findings = Finding::parse_all(&said.out)?;
    for finding in &findings {
        errand.keep_transcript(finding)?;
    }
    let mut scanned = hold(&findings);
    hold_capture(&mut scanned, &capture);
    let seen = peers::ask(&errand, &FAR)?;

    let table = &mut scanned.table;
    table.push_str(HEAD);
    for proxy in &PROXIES {
        let Some(finding) = of(proxy, &findings) else {
            continue;
        };
        let ours = capture.talk_with(proxy.endpoint());
        let said = |of: &peers::Verdicts| {
            let (words, talk) = of.about(proxy);
            format!(
                "{words} | {:.2} | {}",
                talk.took.as_secs_f64(),
                talk.packets
            )
        };
        writeln!(
            table,
            "| {} | {} | {} {} | {} | {:.2} | {} | {} | {} |",
            proxy.name,
            or_dash(proxy.opens),
            finding.verdict,
            finding.reason,
            or_dash(&proved(finding)),
            ours.took.as_secs_f64(),
            ours.packets,
            said(&seen.proxycheck),
            said(&seen.nmap),
        )
        .expect("strings take everything");
    }
    writeln!(
        table,
        "\n{} ports of {} addresses, 50 ms away and back, {:.1} s for all; proxycheck {:.1} s, nmap {:.1} s. Seconds and \
         packets: between us and the proxy's own port.",
        findings.len(),
        PROXIES.len(),
        wall.as_secs_f64(),
        seen.proxycheck.wall.as_secs_f64(),
        seen.nmap.wall.as_secs_f64()
    )
    .expect("strings take everything");
    place::write(&errand.folder().join("table.md"), table)?;
    writeln!(
        table,
        "\ntable and transcripts: {}",
        errand.folder().display()
    )
    .expect("strings take everything");
    Ok(scanned)
}

/// What a scanner is sent out with to try every proxy.
pub(crate) fn errand<'a>(scanner: &'a Scanner, name: &str) -> Result<Errand<'a>> {
    let ports: BTreeSet<_> = PROXIES.iter().map(|proxy| proxy.port).collect();
    let ports = Vec::from_iter(ports);
    Errand::prepare(scanner, name, &suspects(), "full")?.at_proxies(&PROTOCOLS, &ports, &SINK_PORTS)
}

/// The proxies, and some addresses that the scope does not allow.
pub(crate) fn suspects() -> Vec<Suspect> {
    let suspect = |proxy: &Proxy| Suspect {
        address: proxy.ipv4().to_string(),
        domain: String::new(),
    };
    let mut list: Vec<_> = PROXIES.iter().map(suspect).collect();
    list.extend(scan::next_door());
    list
}

/// Holds findings against each proxy's truth: verdict, and the protocols that are proved.
pub(crate) fn hold(findings: &[Finding]) -> Scanned {
    let mut scanned = Scanned::default();
    for proxy in &PROXIES {
        let name = proxy.name;
        let Some(finding) = of(proxy, findings) else {
            scanned.check(false, format!("{name}: no finding"));
            continue;
        };
        let found = format!("{} {}", finding.verdict, finding.reason);
        scanned.check(
            found == proxy.verdict,
            format!("{name}: expected {}, found {found}", proxy.verdict),
        );
        let proved = proved(finding);
        scanned.check(
            proved == proxy.opens,
            format!(
                "{name}: it opens {:?}, and {proved:?} is proved",
                proxy.opens
            ),
        );
        scanned.check(
            finding.over,
            format!("{name}: the finding is not the last of its job"),
        );
    }
    for finding in findings {
        let address = finding.address;
        let proxy = PROXIES.iter().find(|proxy| address == proxy.ipv4());
        scanned.check(
            proxy.is_some(),
            format!("a finding about {address}, which was not to be asked"),
        );
        if proxy.is_some_and(|proxy| finding.port != proxy.port) {
            let found = format!("{} {}", finding.verdict, finding.reason);
            scanned.check(
                found == "closed refused",
                format!(
                    "{address} port {:?}: nobody listens, found {found}",
                    finding.port
                ),
            );
        }
    }
    scanned
}

fn of<'a>(proxy: &Proxy, findings: &'a [Finding]) -> Option<&'a Finding> {
    findings
        .iter()
        .rfind(|finding| finding.address == proxy.ipv4() && finding.port == proxy.port)
}

/// The protocols that are proved, in the order of their numbers, each once.
fn proved(finding: &Finding) -> Vec<&str> {
    let is_proved = |protocol: &&str| {
        let mut attempts = finding.attempts.iter();
        attempts.any(|it| it.protocol == **protocol && it.is_proved())
    };
    PROTOCOLS.iter().copied().filter(is_proved).collect()
}

/// We connect to proxies of the list only, and nobody but they call at the sink.
fn hold_capture(scanned: &mut Scanned, capture: &Capture) {
    let ours = [IpAddr::V4(FAR.ipv4), IpAddr::V6(FAR.ipv6)];
    let mut callers = BTreeSet::new();
    for port in SINK_PORTS {
        callers.extend(capture.callers_of(&ours, port));
    }
    scanned.check(!callers.is_empty(), "nobody called the sink".to_owned());
    let listed: BTreeSet<_> = PROXIES
        .iter()
        .map(|proxy| IpAddr::V4(proxy.ipv4()))
        .collect();
    for address in capture.destinations_of(&ours) {
        let allowed = listed.contains(&address)
            || callers.contains(&address)
            || address == IpAddr::V4(RESOLVER)
            || scan::is_next_hop(address);
        scanned.check(allowed, format!("a packet went to {address}"));
    }
    for address in scan::outside_the_scope() {
        let packets = capture.packets_with(address);
        scanned.check(
            packets == 0,
            format!("{packets} packets with {address}, out of scope"),
        );
    }
}

const HEAD: &str = "\
| proxy | opens | postern | proved | s | packets | proxycheck | s | packets | nmap | s | packets |
|---|---|---|---|--:|--:|---|--:|--:|---|--:|--:|
";

fn or_dash(words: &[&str]) -> String {
    if words.is_empty() {
        "–".to_owned()
    } else {
        words.join(", ")
    }
}

/// Where a proxy is asked to connect to, for programs that take one place.
pub(super) fn sink(scanner: &Scanner) -> [SocketAddr; 2] {
    SINK_PORTS.map(|port| SocketAddr::new(IpAddr::V4(scanner.ipv4), port))
}
