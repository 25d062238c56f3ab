//! The delay link: two TUN devices and a process of ours that holds every packet for a while.
//!
//! The same on every machine, whether or not its kernel has netem. Packets keep their order; a full
//! queue drops, as a router would, and counts.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    greeting, network,
    plan::{DELAY_ONE_WAY_MS, FAR, Namespace},
    process, tun,
};
use crate::{
    failure::{Failure, Result},
    place, run,
};

/// Name of its process record and log.
pub(super) const NAME: &str = "delay-link";

/// Packets under way in one direction at most; at 25 ms this is 160,000 packets a second.
const QUEUE_PACKETS_MAX: usize = 4_096;
/// The largest packet on a TUN device with its usual MTU.
const PACKET_OCTETS_MAX: usize = 1_500;
/// How often the counters are written to their file.
const COUNTERS_EVERY: Duration = Duration::from_secs(1);
/// How long the link may take to appear.
const READY_WITHIN: Duration = Duration::from_secs(5);

/// Starts the link's process and gives both ends their addresses.
pub(super) fn start() -> Result<()> {
    let ourselves = std::env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    let mut command = network::within(Namespace::Servers);
    command.arg(ourselves).arg("lab-delay");
    process::start(NAME, &mut command)?;
    let deadline = Instant::now() + READY_WITHIN;
    while !far_end_is_there() {
        if process::alive(NAME).is_none() || Instant::now() > deadline {
            let log = process::log_file(NAME);
            let said = place::read(&log).unwrap_or_default();
            return Err(Failure::new(format!(
                "the delay link does not come up:\n{said}"
            )));
        }
        thread::sleep(Duration::from_millis(20));
    }
    network::address(&FAR)
}

/// What the link has carried and dropped, as its process last wrote it.
pub(super) fn counters() -> String {
    place::read(&counters_file())
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// How long a connection to a server takes to open from the far scanner: one round trip.
pub(super) fn round_trip() -> Result<Duration> {
    greeting::connect_time(
        FAR.namespace,
        std::net::IpAddr::V4(super::plan::SERVERS[0].ipv4()),
    )
}

/// The hidden command `xtask lab-delay`, run inside the servers' namespace.
pub(crate) fn carry() -> Result<ExitCode> {
    let far_before_it_moves = "far-end";
    let near_end = open(FAR.interface)?;
    let far_end = open(far_before_it_moves)?;
    let mut moving = run::command(&["ip", "link", "set", far_before_it_moves]);
    moving.args(["netns", &FAR.namespace.name(), "name", FAR.interface]);
    run::output(&mut moving)?;

    let towards_servers = direction(&far_end, &near_end)?;
    let towards_scanner = direction(&near_end, &far_end)?;
    let mut written = String::new();
    loop {
        let counters = format!("to servers: {towards_servers}; to scanner: {towards_scanner}\n");
        if counters != written {
            place::write(&counters_file(), &counters)?;
            written = counters;
        }
        thread::sleep(COUNTERS_EVERY);
    }
}

/// Packets of one direction.
#[derive(Default)]
struct Counters {
    carried: AtomicU64,
    dropped: AtomicU64,
}

impl std::fmt::Display for Counters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (carried, dropped) = (
            self.carried.load(Ordering::Relaxed),
            self.dropped.load(Ordering::Relaxed),
        );
        write!(f, "{carried} packets carried, {dropped} dropped")
    }
}

/// A packet and when it is to arrive.
struct UnderWay {
    due: Instant,
    octets: Vec<u8>,
}

/// Starts the two threads of one direction: one takes packets in, one lets them out when they are due.
fn direction(from: &File, to: &File) -> Result<Arc<Counters>> {
    let copy = |file: &File| {
        file.try_clone()
            .map_err(|error| Failure::new(error.to_string()))
    };
    let (from, to) = (copy(from)?, copy(to)?);
    let counters = Arc::new(Counters::default());
    let (enter, leave) = sync_channel(QUEUE_PACKETS_MAX);
    let (entering, leaving) = (Arc::clone(&counters), Arc::clone(&counters));
    thread::spawn(move || end_with(take_in(from, &enter, &entering)));
    thread::spawn(move || end_with(let_out(to, &leave, &leaving)));
    Ok(counters)
}

fn take_in(mut from: File, enter: &SyncSender<UnderWay>, counters: &Counters) -> io::Result<()> {
    let mut packet = [0; PACKET_OCTETS_MAX];
    loop {
        let octets = from.read(&mut packet)?;
        let due = Instant::now() + Duration::from_millis(DELAY_ONE_WAY_MS);
        match enter.try_send(UnderWay {
            due,
            octets: packet[..octets].to_vec(),
        }) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                counters.dropped.fetch_add(1, Ordering::Relaxed);
            }
            Err(TrySendError::Disconnected(_)) => return Ok(()),
        }
    }
}

fn let_out(mut to: File, leave: &Receiver<UnderWay>, counters: &Counters) -> io::Result<()> {
    while let Ok(UnderWay { due, octets }) = leave.recv() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        match to.write(&octets) {
            Ok(_) => counters.carried.fetch_add(1, Ordering::Relaxed),
            // The interface is still down: nobody is there to receive.
            Err(error) if error.raw_os_error() == Some(libc::EIO) => {
                counters.dropped.fetch_add(1, Ordering::Relaxed)
            }
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

/// A direction that ends takes the whole link with it: half a link would look like packet loss.
fn end_with(result: io::Result<()>) {
    if let Err(error) = result {
        eprintln!("delay link: {error}");
    }
    std::process::exit(1);
}

fn open(interface: &str) -> Result<File> {
    tun::make(interface).map_err(|error| {
        Failure::new(format!("interface {interface}: {error}")).next("modprobe tun")
    })
}

fn far_end_is_there() -> bool {
    network::inside(FAR.namespace, &["ip", "link", "show", FAR.interface]).is_ok()
}

fn counters_file() -> PathBuf {
    place::target().join("lab/run/delay-link.counters")
}
