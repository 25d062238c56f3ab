//! `cargo xtask emulate`: the appliance's own binary on an emulated board, scanning through
//! postern.
//!
//! QEMU runs it without privileges, on its user-mode network: what the board calls 10.0.2.2 is this
//! computer's loopback interface, where a few peers of ours listen.

mod machine;
mod peer;

use std::{fmt::Write as _, path::Path, process::ExitCode, time::Duration};

use crate::{
    cargo::{BOARD_TARGET, cargo},
    debian,
    failure::{Failure, Result},
    finding::Finding,
    machine::{self as here, Lack},
    place, run,
};
use machine::Machine;
use peer::{Manners, Peer};

/// Where the board finds this computer.
const HOST: &str = "10.0.2.2";

/// How long a scan may take; one takes less than a second.
const SCANNED_WITHIN: Duration = Duration::from_secs(30);

/// Who is scanned, and what has to be found.
const PEERS: [(&str, Manners, &str, &str); 3] = [
    ("closed", Manners::Closed, "closed", "relay-denied"),
    ("open", Manners::Open, "suspected", "accepts-anything"),
    ("not SMTP", Manners::Ssh, "inconclusive", "not-smtp"),
];

/// What a run showed.
pub(crate) struct Emulated {
    /// A line for each peer.
    pub(crate) table: String,
    /// How many things held.
    pub(crate) held: u32,
    /// What did not hold.
    pub(crate) broken: Vec<String>,
}

/// The command: a table, and an exit status by what was found.
pub(crate) fn command() -> Result<ExitCode> {
    build()?;
    if let Some(lack) = lack() {
        return Err(Failure::new(lack.why).next(lack.get));
    }
    let emulated = scan()?;
    print!("{}", emulated.table);
    for broken in &emulated.broken {
        eprintln!("xtask: {broken}");
    }
    Ok(ExitCode::from(u8::from(!emulated.broken.is_empty())))
}

/// Builds the board's binary, and postern.
pub(crate) fn build() -> Result<()> {
    let board = [
        "build",
        "--profile",
        "firmware",
        "--target",
        BOARD_TARGET,
        "--package",
        "firmware",
        "--bin",
        "qemu-mps2",
        "--features",
        "board-qemu-mps2",
    ];
    run::output(&mut cargo(&board))?;
    run::output(&mut cargo(&["build", "--package", "host-tool", "--bins"])).map(drop)
}

/// What this machine lacks for it. Where it may, it gets QEMU.
pub(crate) fn lack() -> Option<Lack> {
    const PACKAGE: &str = "qemu-system-arm";
    if !cfg!(unix) {
        return Some(Lack::new(
            "the board's serial port is a Unix socket",
            "run it on Linux, or on another Unix",
        ));
    }
    if run::exists(machine::PROGRAM)
        || here::is_root() && run::exists("apt-get") && debian::install(&[PACKAGE]).is_ok()
    {
        return None;
    }
    Some(Lack::new(
        format!("the program `{}` is missing", machine::PROGRAM),
        format!("apt-get install {PACKAGE} (Debian, or a system like it)"),
    ))
}

/// Starts peers and board, scans, and holds the findings against what has to be found.
pub(crate) fn scan() -> Result<Emulated> {
    let folder = place::target().join("emulate");
    place::make_fresh_folder(&folder)?;
    let stranger = Peer::serve(Manners::Open)?;
    let board = Machine::start(&folder)?;
    let mut emulated = Emulated {
        table: String::new(),
        held: 0,
        broken: Vec::new(),
    };
    // The board goes on; each time another host comes, which knows nothing of the one before. Its
    // peers are new, as a target's refusals of a day are counted on the device.
    for host in ["first", "second"] {
        let mut peers = Vec::new();
        for (_, manners, _, _) in PEERS {
            peers.push(Peer::serve(manners)?);
        }
        let ports: Vec<u16> = peers.iter().map(Peer::port).collect();
        place::write(&folder.join("scope.toml"), &scope(&ports))?;
        let findings = errand(&folder, host, &board, &ports, stranger.port())?;
        emulated.judge(&ports, &findings);
        emulated.check(
            peers.iter().all(|peer| peer.calls() > 0),
            format!("a peer in the scope of the {host} host was not called"),
        );
    }
    emulated.check(
        stranger.calls() == 0,
        "a peer outside the scope was called".to_owned(),
    );
    Ok(emulated)
}

/// One scan through the board, by a host with a store of its own.
fn errand(
    folder: &Path,
    host: &str,
    board: &Machine,
    ports: &[u16],
    stranger: u16,
) -> Result<Vec<Finding>> {
    let mut command = run::command(&[place::postern()]);
    command.arg("scan").arg("--json");
    command
        .arg("--link")
        .arg(format!("unix:{}", board.link().display()));
    command.arg("--scope").arg(folder.join("scope.toml"));
    command
        .arg("--store")
        .arg(folder.join(format!("{host}.db")));
    for port in ports.iter().chain([&stranger]) {
        command.arg(format!("{HOST}:{port}"));
    }
    let said = run::capture_within(&mut command, SCANNED_WITHIN)?;
    place::write(&folder.join(format!("{host}.log")), &said.everything())?;
    if said.status != Some(0) {
        return Err(Failure::new(format!(
            "postern scan ended with {:?} and not with 0:\n{}\nThe board said:\n{}",
            said.status,
            said.everything(),
            board.said()
        )));
    }
    Finding::parse_all(&said.out)
}

impl Emulated {
    fn judge(&mut self, ports: &[u16], findings: &[Finding]) {
        for ((name, _, verdict, reason), port) in PEERS.iter().zip(ports) {
            let mut of_peer = findings.iter().filter(|finding| finding.port == *port);
            let Some(finding) = of_peer.next() else {
                self.check(false, format!("no finding about {name}"));
                continue;
            };
            let found = (finding.verdict.as_str(), finding.reason.as_str());
            writeln!(self.table, "{name:<9} {:<13} {}", found.0, found.1)
                .expect("strings take everything");
            self.check(
                found == (*verdict, *reason),
                format!("{name}: expected {verdict} ({reason}), found {found:?}"),
            );
        }
        self.check(
            findings.len() == PEERS.len(),
            format!("{} findings of {}", findings.len(), PEERS.len()),
        );
    }

    fn check(&mut self, held: bool, otherwise: String) {
        if held {
            self.held += 1;
        } else {
            self.broken.push(otherwise);
        }
    }
}

fn scope(ports: &[u16]) -> String {
    format!(
        r#"contact = "lab@probe.example"
abuse_page = "https://probe.example/"
issued = 2026-01-01
expires = 2100-01-01
networks = ["{HOST}/32"]
ports = {ports:?}
depth = "standard"
[authority]
kind = "consent"
reference = "our own computer"
[identity]
helo = "near.probe.example"
sender_domain = "probe.example"
sink_domain = "sink.example"
[rates]
network_connections_max = 16
network_spacing_ms = 0
"#
    )
}
