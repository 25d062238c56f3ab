//! `cargo xtask lab proxies`: who is proved to connect strangers, in which protocols, who is not, and what
//! proxycheck and nmap's scripts say of the same proxies.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use super::{PROXIES, Proxy, lists, peers};
use crate::{
    failure::Result,
    finding::Finding,
    lab::{
        capture::{Capture, Mark},
        errand::{Errand, Suspect},
        link,
        plan::{
            BOARD, BOARD_ETHERNET_ADDRESS, BOARD_ROUTER, FAR, NAMELESS, NEAR, RESOLVER, Scanner,
        },
        scan::{self, Scanned},
    },
    place,
};

/// Where proxies are asked to connect to: for mail, and where HTTP is answered as well.
pub(super) const SINK_PORTS: [u16; 2] = [25, 8025];

/// The protocols that go without a permission of their own.
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

/// On which ports each protocol is tried.
#[derive(Clone, Copy)]
enum Ports {
    /// On every port that any of the proxies has.
    Every,
    /// Where a proxy of that kind is looked for. Nobody's silence to another protocol has to be waited for.
    Usual,
}

impl Ports {
    fn of(self, protocol: &str) -> Vec<u16> {
        let ports: BTreeSet<_> = PROXIES.iter().map(|proxy| proxy.port).collect();
        let is_asked = |port: &u16| match self {
            Self::Every => true,
            // No proxy here reads a gateway's line, and some wait for more of a request.
            Self::Usual if protocol == "gateway" => false,
            Self::Usual => protocol.starts_with("socks") == (*port == SOCKS_PORT),
        };
        ports.into_iter().filter(is_asked).collect()
    }
}

/// The port of SOCKS.
const SOCKS_PORT: u16 = 1080;

/// What a scan over sockets showed.
struct Seen {
    findings: Vec<Finding>,
    capture: Capture,
    wall: Duration,
}

/// Scans every proxy at full depth from next door, and holds what was found against each truth. Mail servers may
/// be scanned at the same time.
pub(crate) fn prove() -> Result<Scanned> {
    let errand = errand(&NEAR, "proxies-near", Ports::Every)?;
    let seen = over_sockets(&errand, &NEAR)?;
    let mut scanned = hold(&seen.findings);
    let mut sent = sent_by(&NEAR, &seen.capture);
    // nmap may ask the mail servers from there at the same time.
    sent.retain(|to| !scan::is_server(*to));
    hold_capture(&mut scanned, &NEAR, &seen.capture, &sent);
    summarise(
        &mut scanned.table,
        "over sockets",
        &seen.findings,
        seen.wall,
    );
    Ok(scanned)
}

/// What a board is sent out with to do the same.
pub(crate) fn through_board() -> Result<Errand<'static>> {
    errand(&BOARD, "proxies-board", Ports::Usual)
}

/// Holds what a board has found against each truth, and every frame that it has sent against the scope.
pub(crate) fn hold_board(findings: &[Finding], capture: &Capture, wall: Duration) -> Scanned {
    let mut scanned = hold(findings);
    let sent = capture.sent_by(BOARD_ETHERNET_ADDRESS);
    let sent = sent.into_iter().map(|to| to.ip()).collect();
    hold_capture(&mut scanned, &BOARD, capture, &sent);
    summarise(&mut scanned.table, "through a board", findings, wall);
    scanned
}

/// Scans from fifty milliseconds away, and lets the others look at the same proxies.
pub(crate) fn prove_beside_others() -> Result<Scanned> {
    let errand = errand(&FAR, "proxies", Ports::Every)?;
    let Seen {
        findings,
        capture,
        wall,
    } = over_sockets(&errand, &FAR)?;
    let mut scanned = hold(&findings);
    hold_capture(&mut scanned, &FAR, &capture, &sent_by(&FAR, &capture));
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
        findings.iter().filter(|it| it.probe == "proxy").count(),
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

fn over_sockets(errand: &Errand<'_>, scanner: &Scanner) -> Result<Seen> {
    let file = link::capture_file(scanner);
    let mark = Mark::now(&file)?;
    let started = Instant::now();
    let said = errand.scan("direct")?;
    let wall = started.elapsed();
    let capture = mark.read(&file)?;
    let findings = Finding::parse_all(&said.out)?;
    // Where nobody listens there is nothing to tell.
    for finding in findings.iter().filter(|it| it.reason != "refused") {
        errand.keep_transcript(finding)?;
    }
    Ok(Seen {
        findings,
        capture,
        wall,
    })
}

/// What a scanner is sent out with to try every proxy, and to ask the block list about it.
fn errand<'a>(scanner: &'a Scanner, name: &str, ports: Ports) -> Result<Errand<'a>> {
    let mut ports = PROTOCOLS
        .map(|protocol| (protocol, ports.of(protocol)))
        .to_vec();
    ports.retain(|(_, ports)| !ports.is_empty());
    Errand::prepare(scanner, name, &suspects(), "full")?.at_proxies(
        &ports,
        &SINK_PORTS,
        &lists::scope_table(),
    )
}

/// The proxies, and some addresses that the scope does not allow.
fn suspects() -> Vec<Suspect> {
    let suspect = |proxy: &Proxy| Suspect {
        address: proxy.ipv4().to_string(),
        domain: String::new(),
    };
    let mut list: Vec<_> = PROXIES.iter().map(suspect).collect();
    list.extend(scan::next_door());
    list
}

/// Holds findings against each proxy's truth: verdict, the protocols that are proved, and what the list says.
fn hold(findings: &[Finding]) -> Scanned {
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
        if finding.probe == "proxy" && proxy.is_some_and(|it| finding.port != it.port) {
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
    lists::hold(&mut scanned, findings);
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

/// We send to proxies of the list, to the resolver and to whoever calls our sink, and these are proxies.
fn hold_capture(
    scanned: &mut Scanned,
    scanner: &Scanner,
    capture: &Capture,
    sent: &BTreeSet<IpAddr>,
) {
    let ours = [IpAddr::V4(scanner.ipv4), IpAddr::V6(scanner.ipv6)];
    let mut callers = BTreeSet::new();
    for port in SINK_PORTS {
        callers.extend(capture.callers_of(&ours, port));
    }
    scanned.check(!callers.is_empty(), "nobody called the sink".to_owned());
    let proxies = PROXIES.iter();
    let proxies: BTreeSet<_> = proxies
        .flat_map(|proxy| [IpAddr::V4(proxy.ipv4()), IpAddr::V6(proxy.ipv6())])
        .collect();
    // The way from the servers to the scanner: it is the source of whoever names none, too.
    let routers = [
        IpAddr::V4(scanner.gateway_ipv4),
        IpAddr::V6(scanner.gateway_ipv6),
        IpAddr::V6(BOARD_ROUTER),
        IpAddr::V6(NAMELESS),
    ];
    for caller in &callers {
        scanned.check(
            proxies.contains(caller) || routers.contains(caller),
            format!("{caller} called the sink"),
        );
    }
    for address in sent {
        let allowed = proxies.contains(address)
            || routers.contains(address)
            || *address == IpAddr::V4(RESOLVER)
            || scan::is_next_hop(*address);
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

/// Every address that a scanner sent something to.
fn sent_by(scanner: &Scanner, capture: &Capture) -> BTreeSet<IpAddr> {
    let ours = [IpAddr::V4(scanner.ipv4), IpAddr::V6(scanner.ipv6)];
    capture.destinations_of(&ours).into_iter().collect()
}

/// How many are confirmed, and in how many protocols.
fn summarise(table: &mut String, how: &str, findings: &[Finding], wall: Duration) {
    let open = PROXIES.iter().filter_map(|it| of(it, findings));
    let open = open.filter(|it| it.verdict == "confirmed");
    let protocols: Vec<_> = open.map(|it| proved(it).len()).collect();
    let listed = findings.iter().filter(|it| it.reason == "listed").count();
    writeln!(
        table,
        "proxies {how}: {} of {} confirmed, in {} protocols; {listed} listed; {:.0} s",
        protocols.len(),
        PROXIES.len(),
        protocols.iter().sum::<usize>(),
        wall.as_secs_f64()
    )
    .expect("strings take everything");
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
