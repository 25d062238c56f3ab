//! Boards that fail: each starts anew, the host is told why and where, and the next scan finds what
//! it has to.

use std::{
    fmt::Write as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{
    Emulated,
    loopback::Peers,
    machine::{Machine, Setup},
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
};

/// What goes wrong, what the board then says of its second boot, and what postern tells its user.
const FAULTS: [(&str, &str, &str); 3] = [
    (
        "panic",
        "boot 2: panic: ",
        "the appliance restarted after a panic at ",
    ),
    (
        "instruction",
        "boot 2: fault: instruction:",
        "the appliance restarted after a fault of its processor at 0x0000",
    ),
    (
        "hang",
        "boot 2: watchdog",
        "the appliance restarted by its watchdog",
    ),
];

/// The file where the panic is; its line changes.
const PANIC_FILE: &str = "fault.rs:";

/// How long a board may take to start anew: its watchdog bites after twenty seconds.
const ANEW_WITHIN: Duration = Duration::from_secs(60);
/// How long a scan may take; one takes less than a second.
const SCANNED_WITHIN: Duration = Duration::from_secs(30);

/// Starts the boards side by side, as one of them takes its time.
pub(super) fn restarts(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let boards = FAULTS.map(|(fault, _, _)| {
        let mut setup = Setup::on_loopback(fault);
        setup.words.push(format!("fault={fault}"));
        Machine::start(folder, &setup)
    });
    for ((fault, booted, told), board) in FAULTS.iter().zip(boards) {
        let board = board?;
        wait_until_anew(&board, fault, booted)?;
        let peers = Peers::serve()?;
        let errand = peers.errand(folder, &format!("after-{fault}"), &[])?;
        let said = errand.scan(&board, SCANNED_WITHIN)?;
        let line = said.err.lines().find(|line| line.contains(told));
        emulated.check(
            line.is_some(),
            format!("{fault}: postern did not say {told:?}:\n{}", said.err),
        );
        if *fault == "panic" {
            let line = line.unwrap_or_default();
            emulated.check(
                line.contains(PANIC_FILE),
                format!("{fault}: postern did not say where: {line:?}"),
            );
        }
        if let Some(line) = line {
            writeln!(emulated.table, "{fault:<12} {line}").expect("strings take everything");
        }
        peers.judge(emulated, fault, &Finding::parse_all(&said.out)?);
    }
    Ok(())
}

/// Waits until the board has an address again.
fn wait_until_anew(board: &Machine, fault: &str, booted: &str) -> Result<()> {
    let deadline = Instant::now() + ANEW_WITHIN;
    loop {
        let said = board.said();
        let again = said.split_once(booted).map(|(_, after)| after);
        if again.is_some_and(|after| after.contains("network up")) {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(Failure::new(format!(
                "the board with the fault {fault:?} did not say {booted:?} and come up again within {} s; it said:\n{said}",
                ANEW_WITHIN.as_secs()
            )));
        }
        thread::sleep(Duration::from_millis(50));
    }
}
