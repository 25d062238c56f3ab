//! A scanner's link to the servers: two TAP devices and a process of ours between them.
//!
//! It holds every frame for the link's delay, the same on every machine, whether or not its kernel
//! has netem; and it keeps a capture of all that passes. Frames keep their order; a full queue
//! drops, as a router would, and counts.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    capture::Writer,
    network,
    plan::{self, Namespace, Scanner},
    process, tap,
};
use crate::{
    failure::{Failure, Result},
    place, run,
};

/// Frames under way in one direction at most; at 25 ms this is 160,000 frames a second.
const QUEUE_FRAMES_MAX: usize = 4_096;
/// The largest Ethernet frame at the usual MTU.
const FRAME_OCTETS_MAX: usize = 1_514;
/// How often the counters are written to their file.
const COUNTERS_EVERY: Duration = Duration::from_secs(1);
/// How long the link may take to appear.
const READY_WITHIN: Duration = Duration::from_secs(5);

/// Name of the process record and log of a scanner's link.
pub(super) fn process_name(scanner: &Scanner) -> String {
    format!("link-{}", scanner.interface)
}

/// Starts the link's process and gives both ends their addresses.
pub(super) fn start(scanner: &Scanner) -> Result<()> {
    let ourselves = std::env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    let mut command = network::within(Namespace::Servers);
    command
        .arg(ourselves)
        .arg("lab-link")
        .arg(scanner.interface);
    let name = process_name(scanner);
    process::start(&name, &mut command)?;
    let deadline = Instant::now() + READY_WITHIN;
    while !far_end_is_there(scanner) {
        if process::alive(&name).is_none() || Instant::now() > deadline {
            let said = place::read(&process::log_file(&name)).unwrap_or_default();
            return Err(Failure::new(format!("{name} does not come up:\n{said}")));
        }
        thread::sleep(Duration::from_millis(20));
    }
    network::address(scanner)
}

/// What the link has carried and dropped, as its process last wrote it.
pub(super) fn counters(scanner: &Scanner) -> String {
    place::read(&counters_file(scanner))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// Where the link keeps its capture; any tool that reads pcap opens it.
pub(super) fn capture_file(scanner: &Scanner) -> PathBuf {
    process::records().join(format!("{}.pcap", process_name(scanner)))
}

/// The hidden command `xtask lab-link INTERFACE`, run inside the servers' namespace.
pub(crate) fn carry(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let interface = arguments.value()?;
    let scanner = plan::SCANNERS
        .into_iter()
        .find(|scanner| interface == scanner.interface)
        .ok_or_else(|| Failure::new("lab-link wants the interface of a scanner"))?;
    let far_before_it_moves = "far-end";
    let near_end = open(scanner.interface)?;
    let far_end = open(far_before_it_moves)?;
    let mut moving = run::command(&["ip", "link", "set", far_before_it_moves]);
    moving.args([
        "netns",
        &scanner.namespace.name(),
        "name",
        scanner.interface,
    ]);
    run::output(&mut moving)?;

    let file = capture_file(scanner);
    let writer = Writer::create(&file).map_err(|error| Failure::at(&file, &error))?;
    let capture = Arc::new(Mutex::new(writer));
    let delay = Duration::from_millis(scanner.delay_one_way_ms);
    let towards_servers = direction(&far_end, &near_end, delay, &capture)?;
    let towards_scanner = direction(&near_end, &far_end, delay, &capture)?;
    let mut written = String::new();
    loop {
        let counters = format!("to servers: {towards_servers}; to scanner: {towards_scanner}\n");
        if counters != written {
            place::write(&counters_file(scanner), &counters)?;
            written = counters;
        }
        thread::sleep(COUNTERS_EVERY);
    }
}

/// Frames of one direction.
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
        write!(f, "{carried} frames carried, {dropped} dropped")
    }
}

/// A frame and when it is to arrive.
struct UnderWay {
    due: Instant,
    octets: Vec<u8>,
}

/// Starts the two threads of one direction: one takes frames in, one lets them out when they are due.
fn direction(
    from: &File,
    to: &File,
    delay: Duration,
    capture: &Arc<Mutex<Writer>>,
) -> Result<Arc<Counters>> {
    let copy = |file: &File| {
        file.try_clone()
            .map_err(|error| Failure::new(error.to_string()))
    };
    let (from, to) = (copy(from)?, copy(to)?);
    let counters = Arc::new(Counters::default());
    let (enter, leave) = sync_channel(QUEUE_FRAMES_MAX);
    let (entering, leaving) = (Arc::clone(&counters), Arc::clone(&counters));
    let capture = Arc::clone(capture);
    thread::spawn(move || end_with(take_in(from, delay, &enter, &capture, &entering)));
    thread::spawn(move || end_with(let_out(to, &leave, &leaving)));
    Ok(counters)
}

fn take_in(
    mut from: File,
    delay: Duration,
    enter: &SyncSender<UnderWay>,
    capture: &Mutex<Writer>,
    counters: &Counters,
) -> io::Result<()> {
    let mut frame = [0; FRAME_OCTETS_MAX];
    loop {
        let length = from.read(&mut frame)?;
        let octets = &frame[..length];
        let due = Instant::now() + delay;
        capture
            .lock()
            .expect("nobody panics while writing")
            .write(octets)?;
        match enter.try_send(UnderWay {
            due,
            octets: octets.to_vec(),
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

/// A direction that ends takes the whole link with it: half a link would look like loss.
fn end_with(result: io::Result<()>) {
    if let Err(error) = result {
        eprintln!("link: {error}");
    }
    std::process::exit(1);
}

fn open(interface: &str) -> Result<File> {
    tap::make(interface).map_err(|error| {
        Failure::new(format!("interface {interface}: {error}")).next("modprobe tun")
    })
}

fn far_end_is_there(scanner: &Scanner) -> bool {
    network::inside(
        scanner.namespace,
        &["ip", "link", "show", scanner.interface],
    )
    .is_ok()
}

fn counters_file(scanner: &Scanner) -> PathBuf {
    process::records().join(format!("{}.counters", process_name(scanner)))
}
