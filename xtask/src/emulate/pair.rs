//! Two boards with identities of their own, side by side on one wire.
//!
//! The first carries the wire: QEMU's hub joins its Ethernet, the user-mode network that gives both
//! their addresses, and a socket to the second.

use std::{
    collections::BTreeSet,
    fs,
    net::Ipv4Addr,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use super::{
    Emulated,
    loopback::Peers,
    machine::{self, Machine, Setup},
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
    place, run, store,
};

const SCANNED_WITHIN: Duration = Duration::from_secs(30);

const HARDWARE: [&str; 2] = ["02:00:5e:00:00:11", "02:00:5e:00:00:12"];

/// Both scan at the same time.
pub(super) fn side_by_side(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let capture = folder.join("pair.pcap");
    let wire = machine::short_path("wire");
    let boards = [
        Machine::start(folder, &carrier(&wire, &capture))?,
        Machine::start(folder, &guest(&wire))?,
    ];
    // QEMU leaves the socket behind.
    let _ = fs::remove_file(&wire);
    let peers = [Peers::serve()?, Peers::serve()?];
    let errands = [
        peers[0].errand(folder, "left", &[])?,
        peers[1].errand(folder, "right", &[])?,
    ];
    let mut running = Vec::new();
    for (errand, board) in errands.iter().zip(&boards) {
        let mut command = errand.command(board);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let process = command
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        running.push(process);
    }
    let deadline = Instant::now() + SCANNED_WITHIN;
    for process in &mut running {
        while process.try_wait().ok().flatten().is_none() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
        // One that has ended cannot be killed, which is as well.
        let _ = process.kill();
    }
    for ((process, peers), who) in running.into_iter().zip(&peers).zip(["left", "right"]) {
        let output = process
            .wait_with_output()
            .map_err(|error| Failure::new(format!("postern scan: {error}")))?;
        emulated.check(
            output.status.success(),
            format!(
                "{who}: postern scan ended with {}:\n{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ),
        );
        let found = Finding::parse_all(&String::from_utf8_lossy(&output.stdout))?;
        peers.judge(emulated, who, &found);
    }
    let mut devices = BTreeSet::new();
    for errand in &errands {
        devices.extend(
            store::count(&errand.store())?
                .boots
                .into_iter()
                .map(|boot| boot.device),
        );
    }
    emulated.check(
        devices.len() == 2,
        format!("two boards should be two devices; the stores know {devices:?}"),
    );
    drop(boards);
    let senders = senders(&fs::read(&capture).map_err(|error| Failure::at(&capture, &error))?);
    let hardware: BTreeSet<&str> = senders
        .iter()
        .map(|(hardware, _)| hardware.as_str())
        .collect();
    let addresses: BTreeSet<Ipv4Addr> = senders.iter().map(|(_, address)| *address).collect();
    emulated.check(
        HARDWARE.iter().all(|own| hardware.contains(own)),
        format!(
            "the capture of the wire should hold frames of {HARDWARE:?}; it holds {hardware:?}"
        ),
    );
    emulated.check(
        addresses.len() == senders.len(),
        format!("each sender should have an address of its own: {senders:?}"),
    );
    place::write(&folder.join("pair.txt"), &format!("{senders:?}\n"))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn carrier(wire: &Path, capture: &Path) -> Setup {
    let socket = format!(
        "stream,id=socket,server=on,addr.type=unix,addr.path={}",
        wire.display()
    );
    let dump = format!("filter-dump,id=dump,netdev=user,file={}", capture.display());
    let card = format!("nic,model=lan9118,netdev=port2,macaddr={}", HARDWARE[0]);
    Setup {
        wire: words(&[
            "-netdev",
            "user,id=user",
            "-netdev",
            &socket,
            "-netdev",
            "hubport,id=port0,hubid=0,netdev=user",
            "-netdev",
            "hubport,id=port1,hubid=0,netdev=socket",
            "-netdev",
            "hubport,id=port2,hubid=0",
            "-net",
            &card,
            "-object",
            &dump,
        ]),
        ..Setup::on_loopback("left")
    }
}

fn guest(wire: &Path) -> Setup {
    let socket = format!(
        "stream,id=socket,server=off,addr.type=unix,addr.path={}",
        wire.display()
    );
    let card = format!("nic,model=lan9118,netdev=socket,macaddr={}", HARDWARE[1]);
    Setup {
        wire: words(&["-netdev", &socket, "-net", &card]),
        ..Setup::on_loopback("right")
    }
}

/// Hardware and IPv4 addresses of whoever sent TCP in a capture (libpcap, least octet first).
fn senders(capture: &[u8]) -> BTreeSet<(String, Ipv4Addr)> {
    const FILE_HEADER: usize = 24;
    const FRAME_HEADER: usize = 16;
    const TCP: u8 = 6;
    let mut senders = BTreeSet::new();
    let mut rest = capture.get(FILE_HEADER..).unwrap_or_default();
    while let Some((header, behind)) = rest.split_first_chunk::<FRAME_HEADER>() {
        let octets = u32::from_le_bytes([header[8], header[9], header[10], header[11]]) as usize;
        let Some((frame, next)) = behind.split_at_checked(octets) else {
            break;
        };
        rest = next;
        let is_tcp = frame.get(12..14) == Some(&[8, 0]) && frame.get(23) == Some(&TCP);
        if let (true, Some(from), Some(&[a, b, c, d])) =
            (is_tcp, frame.get(6..12), frame.get(26..30))
        {
            let hardware: Vec<String> = from.iter().map(|octet| format!("{octet:02x}")).collect();
            senders.insert((hardware.join(":"), Ipv4Addr::new(a, b, c, d)));
        }
    }
    senders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_of_tcp_are_read_from_a_capture() {
        let frame = |from: u8, protocol: u8| {
            let mut frame = vec![0; 54];
            frame[6..12].copy_from_slice(&[2, 0, 0, 0, 0, from]);
            frame[12] = 8;
            frame[23] = protocol;
            frame[26..30].copy_from_slice(&[10, 0, 0, from]);
            let mut record = vec![0; 16];
            record[8] = 54;
            record.extend(frame);
            record
        };
        let mut capture = vec![0; 24];
        for record in [frame(1, 6), frame(2, 17), frame(3, 6), frame(1, 6)] {
            capture.extend(record);
        }
        capture.extend([0; 20]);
        let expected =
            [1, 3].map(|from| (format!("02:00:00:00:00:0{from}"), [10, 0, 0, from].into()));
        assert_eq!(Vec::from_iter(senders(&capture)), expected);
    }
}
