//! The link port over the network: the configured host fetches what the board has found and gets
//! nothing else, a host on the serial link comes first, and nobody else is answered.
//!
//! QEMU's user-mode network carries a port of this computer to the board's, whose caller is then
//! what the board calls 10.0.2.2.

use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use super::{
    Emulated,
    cuts::{self, postern, waiting},
    errand::Errand,
    loopback::HOST,
    machine::{Machine, Setup},
    peer::{Manners, Peer},
};
use crate::{
    failure::{Failure, Result},
    frame, place,
    run::{self, Said},
    store,
};

/// The board's port.
const PORT: u16 = 7_323;
/// Somebody else than whoever calls.
const OTHER: &str = "10.0.2.9";
/// How many servers are scanned.
const PEERS: usize = 2;
/// How long a postern, a scan and an answer may take.
const WITHIN: Duration = Duration::from_secs(60);

/// Numbers of messages and denials, as docs/wire-format.md has them.
const DENIED: u8 = 16;
const BUSY: u8 = 0;
const SCOPE: u8 = 1;
const PROVISION: u8 = 6;

/// Everything that the link port must do and must not.
pub(super) fn over_the_network(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let flash = folder.join("link-port.bin");
    let port = free_port()?;
    let setup = setup(&flash, port);
    let errand = leave_findings(folder, &flash, &setup)?;

    let board = Machine::start(folder, &setup)?;
    fetches(&errand, port, emulated)?;
    gets_nothing_else(&errand, port, emulated)?;
    serial_comes_first(&board, port, emulated)?;
    let info = postern(&board, &["appliance", "info", "--json"], None)?;
    emulated.check(
        info.contains(r#""boot":2"#)
            && info.contains(r#""busy":2"#)
            && info.contains(r#""denied":2"#),
        format!("the second boot, two calls turned away and two messages denied: {info}"),
    );
    let other = ["appliance", "provision", "--dhcp", "--host", OTHER];
    postern(&board, &other, None)?;
    drop(board);

    let board = Machine::start(folder, &setup)?;
    let said = call(&["appliance", "info"], port, None)?;
    let info = postern(&board, &["appliance", "info", "--json"], None)?;
    emulated.check(
        said.status == Some(3)
            && !info.contains(r#""strangers":0"#)
            && info.contains(r#""calls":0"#),
        format!(
            "a stranger got {:?}: {}; then: {info}",
            said.status,
            said.everything()
        ),
    );
    writeln!(
        emulated.table,
        "link port    findings fetched over TCP; scope and set-up denied; the serial link first; \
         a stranger not answered"
    )
    .expect("strings take everything");
    Ok(())
}

/// A board whose link port is a port of this computer.
fn setup(flash: &Path, port: u16) -> Setup {
    let mut setup = cuts::setup("port", flash);
    for word in &mut setup.wire {
        if word.starts_with("user,") {
            let _ = write!(word, ",hostfwd=tcp:127.0.0.1:{port}-:{PORT}");
        }
    }
    setup
}

fn free_port() -> Result<u16> {
    let failed = |error| Failure::new(format!("a port of the loopback interface: {error}"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed)?;
    Ok(listener.local_addr().map_err(failed)?.port())
}

/// Sets a board up, and has it find something that nobody fetches before its power is cut.
fn leave_findings(folder: &Path, flash: &Path, setup: &Setup) -> Result<Errand> {
    let peers = (0..PEERS).map(|_| Peer::serve(Manners::Slow));
    let peers: Vec<Peer> = peers.collect::<Result<_>>()?;
    let ports: Vec<u16> = peers.iter().map(Peer::port).collect();
    let list: Vec<String> = ports.iter().map(|port| format!("{HOST},{port},")).collect();
    let errand = Errand::prepare(folder, "port", &[format!("{HOST}/32")], &ports, &list)?;
    let board = Machine::start(folder, setup)?;
    let this = ["appliance", "provision", "--dhcp", "--host", HOST];
    postern(&board, &this, None)?;
    let mut command = errand.command(&board);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut process = command
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
    let called = until(|| Ok(peers.iter().all(|peer| peer.calls() > 0)));
    // One that has ended cannot be killed, which is as well.
    let _ = process.kill();
    let _ = process.wait();
    called?;
    until(|| Ok(waiting(flash)?.len() >= PEERS))?;
    Ok(errand)
}

/// Waits for what comes by itself.
fn until(mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + WITHIN;
    while !holds()? {
        if Instant::now() > deadline {
            return Err(Failure::new("the board scanned nothing in time"));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Runs postern over the link port.
fn call(words: &[&str], port: u16, store: Option<&Path>) -> Result<Said> {
    let mut command = run::command(&[place::postern()]);
    command.args(words);
    command.arg("--link").arg(format!("tcp:127.0.0.1:{port}"));
    if let Some(store) = store {
        command.arg("--store").arg(store);
    }
    run::capture_within(&mut command, WITHIN)
}

/// Noise first; then the findings of the boot before, once.
fn fetches(errand: &Errand, port: u16, emulated: &mut Emulated) -> Result<()> {
    let mut noise = vec![0x5a; 3_000];
    noise.extend([0, 3, 1, 3]);
    let mut caller = Caller::connect(port)?;
    caller.say(&noise)?;
    drop(caller);
    for stored in [PEERS, 0] {
        let said = collect_after_the_call_before(errand, port)?;
        let told = match stored {
            1 => "stored 1 new record\n".to_owned(),
            many => format!("stored {many} new records\n"),
        };
        emulated.check(
            said.status == Some(0) && said.out == told,
            format!(
                "collect over TCP should say {told:?}: {}",
                said.everything()
            ),
        );
    }
    let count = store::count(&errand.store())?;
    emulated.check(
        count.again == 0 && count.lost == 0,
        format!("records are there twice, or were lost: {count:?}"),
    );
    let said = call(&["appliance", "info", "--json"], port, None)?;
    emulated.check(
        said.status == Some(0) && said.out.contains(r#""board":"qemu-mps2""#),
        format!("info over TCP: {}", said.everything()),
    );
    Ok(())
}

/// The device may still be closing the call before, and has one socket.
fn collect_after_the_call_before(errand: &Errand, port: u16) -> Result<Said> {
    let mut said = call(&["appliance", "collect"], port, Some(&errand.store()))?;
    for _ in 0..3 {
        if said.status == Some(0) {
            break;
        }
        thread::sleep(Duration::from_secs(1));
        said = call(&["appliance", "collect"], port, Some(&errand.store()))?;
    }
    Ok(said)
}

/// Neither postern nor whoever speaks for itself.
fn gets_nothing_else(errand: &Errand, port: u16, emulated: &mut Emulated) -> Result<()> {
    let mut command = run::command(&[place::postern()]);
    command.args(["scan", "--link", &format!("tcp:127.0.0.1:{port}")]);
    command.arg("--scope").arg(errand.scope());
    command.arg("--targets").arg(errand.list());
    command.arg("--store").arg(errand.store());
    let said = run::capture_within(&mut command, WITHIN)?;
    emulated.check(
        said.status == Some(2),
        format!(
            "scan over TCP ended with {:?}: {}",
            said.status,
            said.everything()
        ),
    );
    for (vector, denial) in [("scope", SCOPE), ("provision", PROVISION)] {
        let mut caller = Caller::connect(port)?;
        caller.say(&frame::of(&frame::documented(vector)?))?;
        let heard = caller.hears()?;
        emulated.check(
            heard == [[DENIED, denial]],
            format!("{vector} over TCP should be denied by name; heard {heard:?}"),
        );
    }
    Ok(())
}

/// A host on the serial link takes the conversation from a caller, and keeps it.
fn serial_comes_first(board: &Machine, port: u16, emulated: &mut Emulated) -> Result<()> {
    let mut caller = Caller::connect(port)?;
    caller.say(&frame::of(&frame::documented("hello")?))?;
    caller.hears_something()?;
    postern(board, &["appliance", "info"], None)?;
    let heard = caller.hears()?;
    emulated.check(
        heard.last().is_some_and(|last| last[..] == [DENIED, BUSY]),
        format!("the caller should be turned away for the host; heard {heard:?}"),
    );
    let mut said = call(&["appliance", "info"], port, None)?;
    if !said.err.contains("serial link") {
        // The call before is still being closed.
        thread::sleep(Duration::from_secs(3));
        said = call(&["appliance", "info"], port, None)?;
    }
    emulated.check(
        said.status == Some(3) && said.err.contains("speaks with a host on its serial link"),
        format!(
            "a second host ended with {:?}: {}",
            said.status,
            said.everything()
        ),
    );
    Ok(())
}

/// Somebody who calls and is no postern.
struct Caller(TcpStream);

/// How long the device may take to answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(4);

impl Caller {
    /// Calls; again, while the device is still closing the call before.
    fn connect(port: u16) -> Result<Self> {
        let failed = |error| Failure::new(format!("the link port: {error}"));
        thread::sleep(Duration::from_secs(1));
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(failed)?;
        stream
            .set_read_timeout(Some(ANSWERED_WITHIN))
            .map_err(failed)?;
        Ok(Self(stream))
    }

    fn say(&mut self, octets: &[u8]) -> Result<()> {
        let said = self.0.write_all(octets);
        said.map_err(|error| Failure::new(format!("the link port: {error}")))
    }

    fn hears_something(&mut self) -> Result<()> {
        match self.0.read(&mut [0; 1]) {
            Ok(1) => Ok(()),
            other => Err(Failure::new(format!(
                "the link port said nothing: {other:?}"
            ))),
        }
    }

    /// The messages that come until nothing does, or the call ends.
    fn hears(&mut self) -> Result<Vec<Vec<u8>>> {
        let (mut heard, mut piece) = (Vec::new(), [0; 1_024]);
        let deadline = Instant::now() + ANSWERED_WITHIN;
        while Instant::now() < deadline {
            match self.0.read(&mut piece) {
                Ok(count @ 1..) => heard.extend(&piece[..count]),
                Ok(_) | Err(_) => break,
            }
        }
        Ok(frame::messages(&heard))
    }
}
