//! The lab's real mail servers, scanned at the same time by the library on this computer's sockets and
//! by the binary on a board whose Ethernet is in the lab. Both must find the same.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    path::Path,
    thread,
};

use tinyjson::JsonValue;

use super::{
    Emulated,
    alike::{self, Finding},
    machine::{Machine, Setup},
    six,
};
use crate::{
    failure::{Failure, Result},
    lab::{self, Capture, Errand, Port},
};

/// The port of every server in the lab.
const SMTP: u16 = 25;
/// Addresses of the lab's servers, of both families.
const ADDRESSES: usize = 12;

/// Scans a lab that is up. Everything in the list that the scope does not allow must be left alone.
pub(super) fn real_servers(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let port = Port::open()?;
    let list = lab::suspects();
    let direct = Errand::prepare(&lab::NEAR, "beside-board", &list, "full")?;
    let through = Errand::prepare(&lab::BOARD, "board", &list, "full")?;
    let (found, library) = beside(folder, "lab", &port, &through, || direct.scan("direct"))?;
    compare(
        &alike::findings(&library.out)?,
        &alike::findings(&found)?,
        emulated,
    );
    frames(&Capture::read(port.capture())?, emulated);
    Ok(())
}

/// Starts a board in the lab, scans through it, and does something else meanwhile. Returns what postern
/// found through the board, and what came of the other thing.
pub(super) fn beside<T: Send>(
    folder: &Path,
    name: &'static str,
    port: &Port,
    through: &Errand<'_>,
    other: impl FnOnce() -> Result<T> + Send,
) -> Result<(String, T)> {
    let setup = Setup {
        wire: port.wire(),
        within: port.within(),
        ..Setup::on_loopback(name)
    };
    let board = Machine::start(folder, &setup)?;
    six::wait_until_announced(&board)?;
    let link = format!("unix:{}", board.link().display());
    let (other, found) = thread::scope(|threads| {
        let other = threads.spawn(other);
        let found = through.scan(&link);
        (other.join(), found)
    });
    let other = other.map_err(|_| Failure::new("the scan over sockets panicked"))?;
    Ok((found?.out, other?))
}

/// Holds the findings of the board against the library's, as sets.
fn compare(
    library: &BTreeMap<String, Finding>,
    found: &BTreeMap<String, Finding>,
    emulated: &mut Emulated,
) {
    for (address, library) in library {
        let different = match found.get(address) {
            Some(found) => alike::difference(found, library),
            None => Some("the board found nothing".to_owned()),
        };
        let word = |field: &str| match library.get(field) {
            Some(JsonValue::String(word)) => word.clone(),
            _ => String::new(),
        };
        let alike = if different.is_none() {
            "alike"
        } else {
            "NOT ALIKE"
        };
        writeln!(
            emulated.table,
            "{address:<16} {:<10} {:<18} {alike}",
            word("verdict"),
            word("reason")
        )
        .expect("strings take everything");
        emulated.check(
            different.is_none(),
            format!("{address}: {}", different.unwrap_or_default()),
        );
    }
    emulated.check(
        library.len() == ADDRESSES && found.len() == ADDRESSES,
        format!(
            "expected findings about {ADDRESSES} addresses: the library has {}, the board {}",
            library.len(),
            found.len()
        ),
    );
}

/// Holds every frame of the board against the scope.
fn frames(capture: &Capture, emulated: &mut Emulated) {
    for address in lab::outside_the_scope() {
        let packets = capture.packets_with(address);
        emulated.check(
            packets == 0,
            format!("{packets} packets with {address}, out of scope"),
        );
    }
    let sent = capture.sent_by(lab::BOARD_ETHERNET_ADDRESS);
    let strayed: Vec<&SocketAddr> = sent.iter().filter(|to| !is_allowed(**to)).collect();
    emulated.check(
        strayed.is_empty(),
        format!("the board sent to {strayed:?}, which the scope does not allow"),
    );
    let servers = sent.iter().filter(|to| lab::is_server(to.ip()));
    let servers = servers.count();
    emulated.check(
        servers == ADDRESSES,
        format!(
            "the capture should hold frames to {ADDRESSES} addresses of servers, not {servers}"
        ),
    );
    writeln!(
        emulated.table,
        "the board sent to {servers} addresses of servers and to {} others, of its own link and the resolver",
        sent.len() - servers
    )
    .expect("strings take everything");
}

/// Servers are spoken to on their port, and the resolver is asked for their names. Everything else stays on the
/// link: who the board is, and who its router.
pub(super) fn is_allowed(to: SocketAddr) -> bool {
    if lab::is_server(to.ip()) {
        return to.port() == SMTP;
    }
    let routers = [
        IpAddr::V4(lab::BOARD.gateway_ipv4),
        IpAddr::V6(lab::BOARD.gateway_ipv6),
        IpAddr::V6(lab::BOARD_ROUTER),
    ];
    let quiet = [&routers[..], &[IpAddr::V4(lab::RESOLVER)]].concat();
    let no_tcp = to.port() == 0;
    no_tcp && (quiet.contains(&to.ip()) || lab::is_next_hop(to.ip()))
}
