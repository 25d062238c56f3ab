//! IPv6: QEMU's user-mode network announces itself as a router, and what the board calls fec0::2 is
//! this computer's loopback interface.

use std::{
    fmt::Write as _,
    net::{IpAddr, Ipv6Addr},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{
    Emulated,
    errand::Errand,
    machine::{Machine, Setup},
    peer::{Manners, Peer},
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
};

const HOST: &str = "fec0::2";
const NETWORK: &str = "fec0::/64";

/// What the board says when a router has given it an address, and how long that may take.
const UP: &str = "IPv6 up";
const UP_WITHIN: Duration = Duration::from_secs(30);
/// How long a scan may take; one takes less than a second.
const SCANNED_WITHIN: Duration = Duration::from_secs(30);

/// A board that takes its address from a router's announcement, and a server that it finds there.
pub(super) fn announced(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let peer = Peer::serve_at(IpAddr::V6(Ipv6Addr::LOCALHOST), Manners::Closed)?;
    let board = Machine::start(folder, &Setup::on_loopback("six"))?;
    wait_until_announced(&board)?;
    let list = [format!("{HOST},{},", peer.port())];
    let networks = [NETWORK.to_owned()];
    let errand = Errand::prepare(folder, "six", &networks, &[peer.port()], &list)?;
    let findings = Finding::parse_all(&errand.scan(&board, SCANNED_WITHIN)?.out)?;
    let found: Vec<_> = findings
        .iter()
        .map(|of| {
            (
                of.address.to_string(),
                of.verdict.as_str(),
                of.reason.as_str(),
            )
        })
        .collect();
    writeln!(emulated.table, "IPv6         {found:?}").expect("strings take everything");
    emulated.check(
        found == [(HOST.to_owned(), "closed", "relay-denied")] && peer.calls() > 0,
        format!("IPv6: expected {HOST} closed (relay-denied), found {found:?}"),
    );
    Ok(())
}

/// Waits until a router has given the board an IPv6 address.
pub(super) fn wait_until_announced(board: &Machine) -> Result<()> {
    let deadline = Instant::now() + UP_WITHIN;
    while !board.said().contains(UP) {
        if Instant::now() > deadline {
            return Err(Failure::new(format!(
                "the board did not say {UP:?} within {} s; it said:\n{}",
                UP_WITHIN.as_secs(),
                board.said()
            )));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
