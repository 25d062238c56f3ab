//! The log of a board whose binary has one, decoded from power-on to the first finding.

use std::{
    fmt::Write as _, fs, net::IpAddr, net::SocketAddr, path::Path, path::PathBuf, time::Duration,
};

use super::{
    BUILD_BOARD, Emulated,
    loopback::{HOST, Peers},
    machine::{self, Logs, Machine, Setup},
};
use crate::{
    cargo::{cargo, cargo_for_boards},
    failure::{Failure, Result},
    finding::Finding,
    place, run,
};

/// How long the scan may take; it takes a second.
const SCANNED_WITHIN: Duration = Duration::from_secs(30);

/// What the log says from power-on to the first finding, in this order.
const STORY: [&str; 7] = [
    "qemu-mps2, boot 1: power-on",
    "network up",
    "scope in force:",
    "scan: begun",
    ": taken, revision 0",
    "connection: open",
    FOUND,
];
/// What the line of a finding has.
const FOUND: &str = ": finding: ";

/// Builds the board's binary with a log of everything down to debug level, and what decodes it.
pub(super) fn build() -> Result<()> {
    let mut board = cargo_for_boards(&[], &BUILD_BOARD);
    board.arg("board-qemu-mps2,defmt").env("DEFMT_LOG", "debug");
    run::output(&mut board)?;
    // The binary without a log has the same name.
    let (from, to) = (machine::program(), program());
    fs::copy(&from, &to).map_err(|error| Failure::at(&from, &error))?;
    let decoder = [
        "build",
        "--package",
        "xtask",
        "--features",
        "log",
        "--example",
        "decode-log",
    ];
    run::output(&mut cargo(&decoder)).map(drop)
}

fn program() -> PathBuf {
    place::target().join("qemu-mps2-with-log")
}

/// Scans with a board that logs and holds the log against what it must tell and must not. The log,
/// decoded, from power-on to the first finding.
pub(super) fn tells(folder: &Path, emulated: &mut Emulated) -> Result<String> {
    let octets = folder.join("board-log.defmt");
    let setup = Setup {
        logs: Some(Logs {
            program: program(),
            octets: octets.clone(),
        }),
        ..Setup::on_loopback("log")
    };
    let peers = Peers::serve()?;
    let board = Machine::start(folder, &setup)?;
    let said = peers
        .errand(folder, "log", &[])?
        .scan(&board, SCANNED_WITHIN)?;
    drop(board);
    peers.judge(emulated, "with a log", &Finding::parse_all(&said.out)?);

    let decoder = place::target().join("debug/examples/decode-log");
    let mut decode = run::command(&[&decoder]);
    let decoded = run::capture(decode.arg(program()).arg(&octets))?;
    place::write(&folder.join("board-log.txt"), &decoded.out)?;
    emulated.check(
        decoded.success,
        format!("the board's log cannot be decoded: {}", decoded.err),
    );
    let faults = faults(&decoded.out);
    emulated.check(
        faults.is_empty(),
        format!("{}; the board's log:\n{}", faults.join("; "), decoded.out),
    );
    let beginning = beginning(&decoded.out);
    let lines = beginning.lines().count();
    writeln!(
        emulated.table,
        "log          {lines} lines to the first finding"
    )
    .expect("strings take everything");
    Ok(beginning)
}

/// The lines up to the first finding's.
fn beginning(log: &str) -> String {
    let end = log
        .split_inclusive('\n')
        .position(|line| line.contains(FOUND))
        .map_or(usize::MAX, |found| found + 1);
    log.split_inclusive('\n').take(end).collect()
}

/// What is wrong with a decoded log: a part of the story that is missing or too early, an address
/// above debug level, and none at debug level.
fn faults(log: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut lines = log.lines();
    for part in STORY {
        if !lines.any(|line| line.contains(part)) {
            faults.push(format!("the log does not say {part:?} where it should"));
            break;
        }
    }
    let mut has_target = false;
    for line in log.lines() {
        let level = line.split_whitespace().nth(1);
        if level == Some("DEBUG") {
            has_target |= line.contains(HOST);
        } else if has_address(line) {
            faults.push(format!("an address above debug level: {line}"));
        }
    }
    if !has_target {
        faults.push(format!("debug level does not name the target {HOST}"));
    }
    faults
}

fn has_address(line: &str) -> bool {
    line.contains(HOST)
        || line
            .split(|character: char| character.is_whitespace() || "(),;".contains(character))
            .map(|word| word.trim_end_matches('.'))
            .any(|word| word.parse::<IpAddr>().is_ok() || word.parse::<SocketAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
0.000 INFO  qemu-mps2, boot 1: power-on
0.200 INFO  network up
1.000 INFO  scope in force: 1 networks, 3 ports
1.000 INFO  scan: begun
1.010 INFO  job 1: taken, revision 0
1.010 DEBUG job 1: 10.0.2.2:2525
1.020 INFO  connection: open
1.100 INFO  job 1: finding: closed, relay-denied
1.200 INFO  scan: ending: done
";

    #[test]
    fn a_whole_log_has_no_fault_and_ends_with_the_first_finding() {
        assert_eq!(faults(GOOD), [""; 0]);
        assert!(beginning(GOOD).ends_with("finding: closed, relay-denied\n"));
    }

    #[test]
    fn what_is_missing_too_early_or_named_is_told() {
        let table = [
            ("power-on", "watchdog", "boot 1"),
            ("scan: begun", "scan: paused", "scan: begun"),
            ("finding: ", "lost: ", ": finding: "),
            ("1.010 DEBUG", "1.010 INFO ", "above debug level"),
            (
                "connection: open",
                "connection: [2001:db8::1]:25",
                "above debug level",
            ),
            ("10.0.2.2:2525", "-", "does not name the target"),
        ];
        for (was, becomes, told) in table {
            let found = faults(&GOOD.replace(was, becomes));
            assert!(
                found.iter().any(|fault| fault.contains(told)),
                "{was}: {found:?}"
            );
        }
    }
}
