//! `cargo xtask lab scan --deliver`: who is proved to relay by a message that came back, who is not, and what
//! nmap's smtp-open-relay says about the same servers meanwhile.
//!
//! postern scans from fifty milliseconds away, and receives there what comes back; nmap asks from next door.

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
    net::{IpAddr, SocketAddr},
    thread,
    time::{Duration, Instant},
};

use super::{
    capture::{Capture, Mark},
    errand::{Errand, Suspect},
    link, nmap,
    plan::{BOARD, FAR, HUB, RESOLVER},
    scan::{self, Extent, Scanned},
    servers::{Server, Truth},
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
    place,
};

/// Where mail servers bring mail.
pub(crate) const SINK_PORT: u16 = 25;

/// What a scan with test messages showed.
pub(crate) struct Proved {
    /// What held, and a table.
    pub(crate) scanned: Scanned,
    /// What was found.
    pub(crate) findings: Vec<Finding>,
}

/// Scans over IPv4 at full depth with every permission, and holds what came back against each server's truth.
pub(crate) fn prove(extent: Extent) -> Result<Proved> {
    let servers: Vec<_> = extent.servers().collect();
    let errand =
        Errand::prepare(&FAR, "prove", &suspects(extent), "full")?.delivering(&[SINK_PORT])?;
    let capture_file = link::capture_file(&FAR);
    let mark = Mark::now(&capture_file)?;
    let started = Instant::now();
    let (said, seen) = thread::scope(|threads| {
        let nmap = threads.spawn(|| nmap::verdicts(&servers));
        (errand.scan("direct"), nmap.join())
    });
    let wall = started.elapsed();
    let seen = seen.map_err(|_| Failure::new("the thread that runs nmap panicked"))??;
    let findings = Finding::parse_all(&said?.out)?;
    let capture = mark.read(&capture_file)?;
    for finding in &findings {
        errand.keep_transcript(finding)?;
    }
    let mut scanned = Scanned::default();
    let (mut ours, mut theirs) = (Tally::default(), Tally::default());
    scanned.table.push_str(HEAD);
    for server in &servers {
        let address = IpAddr::V4(server.ipv4());
        let Some(finding) = findings.iter().rfind(|finding| finding.address == address) else {
            scanned.check(false, format!("{}: no finding", server.name));
            continue;
        };
        let nmap = seen.get(&address).map_or("no verdict", String::as_str);
        row(&mut scanned.table, server, finding, &capture, nmap);
        judge(&mut scanned, server, finding);
        ours.count(server, finding.verdict == "confirmed");
        theirs.count(server, nmap.starts_with("open"));
    }
    for finding in &findings {
        scanned.check(
            servers.iter().any(|it| finding.address == it.ipv4()),
            format!(
                "a finding about {}, which was not to be asked",
                finding.address
            ),
        );
    }
    judge_capture(&mut scanned, &servers, &capture);
    writeln!(
        scanned.table,
        "\npostern confirmed {ours}; nmap said open to {theirs}."
    )
    .expect("strings take everything");
    finish(&mut scanned.table, extent, wall);
    place::write(&errand.folder().join("table.md"), &scanned.table)?;
    writeln!(
        scanned.table,
        "\ntable and transcripts: {}",
        errand.folder().display()
    )
    .expect("strings take everything");
    Ok(Proved { scanned, findings })
}

/// What a board is sent out with to prove the same, receiving on these ports.
pub(crate) fn through_board(extent: Extent, sink_ports: &[u16]) -> Result<Errand<'static>> {
    Errand::prepare(&BOARD, "prove-board", &suspects(extent), "full")?.delivering(sink_ports)
}

/// Holds what a board has proved against each server's truth, and who called its sink.
pub(crate) fn hold_board(
    extent: Extent,
    findings: &[Finding],
    callers: &BTreeSet<IpAddr>,
) -> Scanned {
    let servers: Vec<_> = extent.servers().collect();
    let mut scanned = Scanned::default();
    for server in &servers {
        let address = IpAddr::V4(server.ipv4());
        match findings.iter().rfind(|finding| finding.address == address) {
            Some(finding) => judge(&mut scanned, server, finding),
            None => scanned.check(false, format!("{}: no finding", server.name)),
        }
    }
    judge_callers(&mut scanned, &addresses(&servers), callers);
    scanned
}

/// Who was called open.
#[derive(Default)]
struct Tally {
    open: u32,
    found: u32,
    accused: u32,
}

impl Tally {
    fn count(&mut self, server: &Server, called_open: bool) {
        let is_open = matches!(server.truth, Truth::Relays(..));
        self.open += u32::from(is_open);
        self.found += u32::from(is_open && called_open);
        self.accused += u32::from(!is_open && called_open);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            open,
            found,
            accused,
        } = self;
        write!(f, "{found} of {open} that relay, and {accused} that do not")
    }
}

/// The servers over IPv4, and some that the scope does not allow.
fn suspects(extent: Extent) -> Vec<Suspect> {
    let suspect = |server: &Server| Suspect {
        address: server.ipv4().to_string(),
        domain: server.domain(),
    };
    let mut list: Vec<_> = extent.servers().map(suspect).collect();
    list.extend(scan::next_door());
    list
}

const HEAD: &str = "\
| server           | truth                    | postern                        | came back                | delivered by   | nmap         | messages | seconds | packets |
|------------------|--------------------------|--------------------------------|--------------------------|----------------|--------------|---------:|--------:|--------:|
";

fn row(table: &mut String, server: &Server, finding: &Finding, capture: &Capture, nmap: &str) {
    let address = IpAddr::V4(server.ipv4());
    let talk = capture.talk_with(SocketAddr::new(address, 25));
    let returned: Vec<_> = finding.returned().map(|arrival| &*arrival.form).collect();
    let output: BTreeSet<_> = finding
        .returned()
        .map(|arrival| arrival.from.to_string())
        .collect();
    writeln!(
        table,
        "| {:<16} | {:<24} | {:<30} | {:<24} | {:<14} | {:<12} | {:>8} | {:>7.1} | {:>7} |",
        server.name,
        server.truth.words(),
        format!("{} {}", finding.verdict, finding.reason),
        or_dash(returned.join(", ")),
        or_dash(Vec::from_iter(output).join(", ")),
        nmap,
        finding.messages.len(),
        talk.took.as_secs_f64(),
        talk.packets
    )
    .expect("strings take everything");
}

fn or_dash(text: String) -> String {
    if text.is_empty() {
        "–".to_owned()
    } else {
        text
    }
}

fn finish(table: &mut String, extent: Extent, wall: Duration) {
    writeln!(
        table,
        "\nOver IPv4 at full depth, 50 ms away and back; {:.0} s for all, nmap beside it. Seconds and packets: from the first \
         to the last packet between us and the server's port 25.",
        wall.as_secs_f64()
    )
    .expect("strings take everything");
    if extent == Extent::Ordinary {
        table.push_str(
            "Not asked: greylist-closed and greylist-open, which put a first attempt off for 300 s: \
             cargo xtask lab scan --deliver --long\n",
        );
    }
}

/// Nobody is confirmed but who relays, and that by whom the truth names.
fn judge(scanned: &mut Scanned, server: &Server, finding: &Finding) {
    let name = server.name;
    let found = format!("{} {}", finding.verdict, finding.reason);
    scanned.check(
        found == server.proved,
        format!("{name}: expected {}, found {found}", server.proved),
    );
    let from: BTreeSet<_> = finding.returned().map(|arrival| arrival.from).collect();
    let expected = match server.truth {
        Truth::Relays(_, output) => BTreeSet::from([IpAddr::V4(output)]),
        _ => BTreeSet::new(),
    };
    scanned.check(
        from == expected,
        format!("{name}: messages came back from {from:?}, and not from {expected:?}"),
    );
    if server.truth == Truth::Bounces {
        scanned.check(
            finding
                .arrivals
                .iter()
                .any(|arrival| arrival.what == "bounced"),
            format!("{name}: no bounce came"),
        );
    }
    scanned.check(
        finding.over,
        format!("{name}: the finding is not the last of its job"),
    );
}

/// Connections go to servers of the list only; else there are questions to the resolver, and answers to
/// those who call the sink.
fn judge_capture(scanned: &mut Scanned, servers: &[&Server], capture: &Capture) {
    let ours = [IpAddr::V4(FAR.ipv4), IpAddr::V6(FAR.ipv6)];
    let callers = capture.callers_of(&ours, SINK_PORT);
    let listed = addresses(servers);
    judge_callers(scanned, &listed, &callers);
    let sent = capture.sent_unasked(&ours, SINK_PORT);
    scanned.check(
        !sent.is_empty(),
        "the capture holds nothing of ours".to_owned(),
    );
    for address in sent {
        let allowed = listed.contains(&address)
            || address == IpAddr::V4(RESOLVER)
            || scan::is_next_hop(address);
        scanned.check(allowed, format!("a packet went to {address}"));
    }
}

/// The sink is called by servers of the list and by their second hop, and by nobody else.
fn judge_callers(scanned: &mut Scanned, listed: &BTreeSet<IpAddr>, callers: &BTreeSet<IpAddr>) {
    scanned.check(!callers.is_empty(), "nobody called the sink".to_owned());
    for caller in callers {
        scanned.check(
            listed.contains(caller) || *caller == IpAddr::V4(HUB),
            format!("{caller} called the sink"),
        );
    }
}

fn addresses(servers: &[&Server]) -> BTreeSet<IpAddr> {
    let servers = servers.iter();
    servers.map(|server| IpAddr::V4(server.ipv4())).collect()
}
