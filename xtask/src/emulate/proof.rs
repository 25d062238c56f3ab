//! Proof through a board: its own sink receives what the lab's real mail servers relay to it, while the
//! library proves the same over this computer's sockets. Both must find the same, and both the truth.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    path::Path,
};

use super::{Emulated, real};
use crate::{
    failure::Result,
    finding::Finding,
    lab::{self, Capture, Extent, Port},
};

/// The sink's ports: where mail comes to, and one beside it, as a scope may have two.
pub(super) const SINK_PORTS: [u16; 2] = [lab::SINK_PORT, 8_025];

/// Scans a lab that is up, with every permission to deliver.
pub(super) fn by_real_servers(folder: &Path, lab: Extent, emulated: &mut Emulated) -> Result<()> {
    let port = Port::open()?;
    let through = lab::through_board(lab, &SINK_PORTS)?;
    let proving = || lab::prove_with_proxies(lab);
    let (found, library) = real::beside(folder, "proof", &port, &through, proving)?;
    emulated.add(library.scanned);
    let found = Finding::parse_all(&found)?;
    let capture = Capture::read(port.capture())?;
    let ours = [IpAddr::V4(lab::BOARD.ipv4), IpAddr::V6(lab::BOARD.ipv6)];
    let callers = capture.callers_of(&ours, lab::SINK_PORT);
    emulated.add(lab::hold_board(lab, &found, &callers));
    compare(&library.findings, &found, emulated);
    frames(&capture, &ours, &callers, emulated);
    Ok(())
}

/// Holds what the board has proved against what the library has, as sets.
fn compare(library: &[Finding], found: &[Finding], emulated: &mut Emulated) {
    let by_address = |findings: &[Finding]| -> BTreeMap<IpAddr, Proved> {
        let findings = findings.iter();
        findings.map(|it| (it.address, Proved::by(it))).collect()
    };
    let (library, board) = (by_address(library), by_address(found));
    let mut alike = 0;
    for (address, library) in &library {
        let board = board.get(address);
        alike += u32::from(board == Some(library));
        emulated.check(
            board == Some(library),
            format!("{address}: the library has {library:#?}, the board {board:#?}"),
        );
    }
    emulated.check(
        library.len() == board.len(),
        format!(
            "{} findings of the library, {} of the board",
            library.len(),
            board.len()
        ),
    );
    let confirmed = found.iter().filter(|it| it.verdict == "confirmed");
    let messages = found.iter().map(|it| it.messages.len());
    let arrivals = found.iter().map(|it| it.arrivals.len());
    writeln!(
        emulated.table,
        "through a board: {alike} of {} servers as the library finds them, {} confirmed; \
         {} messages sent, {} arrivals at the board's own sink",
        library.len(),
        confirmed.count(),
        messages.sum::<usize>(),
        arrivals.sum::<usize>(),
    )
    .expect("strings take everything");
}

/// What a finding shows, without what differs from scan to scan.
#[derive(Debug, PartialEq, Eq)]
struct Proved {
    verdict: String,
    outcomes: Vec<String>,
    messages: Vec<String>,
    arrivals: BTreeSet<(String, String, IpAddr)>,
}

impl Proved {
    fn by(finding: &Finding) -> Self {
        let arrivals = finding.arrivals.iter();
        let mut messages = finding.messages.clone();
        messages.sort_unstable();
        Self {
            verdict: format!("{} {}", finding.verdict, finding.reason),
            outcomes: finding.outcomes.clone(),
            messages,
            arrivals: arrivals
                .map(|it| (it.form.clone(), it.what.clone(), it.from))
                .collect(),
        }
    }
}

/// Holds every frame of the board against the scope.
fn frames(capture: &Capture, ours: &[IpAddr], callers: &BTreeSet<IpAddr>, emulated: &mut Emulated) {
    let resolver = IpAddr::V4(lab::RESOLVER);
    let sent = capture.sent_by(lab::BOARD_ETHERNET_ADDRESS);
    let strayed: Vec<&SocketAddr> = sent
        .iter()
        .filter(|to| !real::is_allowed(**to) && to.ip() != resolver && !callers.contains(&to.ip()))
        .collect();
    emulated.check(
        strayed.is_empty(),
        format!("the board sent to {strayed:?}, which the scope does not allow"),
    );
    for called in capture.sent_unasked(ours, lab::SINK_PORT) {
        emulated.check(
            lab::is_server(called)
                || called == resolver
                || real::is_allowed(SocketAddr::new(called, 0)),
            format!("the board called {called}"),
        );
    }
}
