//! A board that loses its power after it has sent a test message, and before the message comes back: what
//! comes late is taken, verified and told to the host all the same.
//!
//! The simulated relay passes the message on after two seconds, and tries again as long as nobody answers.

use std::{
    fmt::Write as _,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{
    Emulated,
    cuts::{self, postern},
    errand::Errand,
    machine::{Machine, Setup},
    world::{self, World},
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
    place, run,
    store::{self, Count},
};

/// How long the job may take until its message is out.
const SENT_WITHIN: Duration = Duration::from_secs(60);
/// How long the server may take to bring the message: it gives up after a minute, and begins anew after
/// another one.
const BROUGHT_WITHIN: Duration = Duration::from_secs(150);
/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long no host calls at the board that has started anew.
const ALONE_FOR: Duration = Duration::from_secs(10);
/// A message may come back before the power is cut; so often is it tried.
const TRIES_MAX: u32 = 5;

/// Cuts the power of a board between message and return.
pub(super) fn message_after_power_cut(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let world = world_file(folder)?;
    for attempt in 1..=TRIES_MAX {
        let errand = Errand::prepare(
            folder,
            &format!("late-{attempt}"),
            &["192.0.2.0/24".to_owned()],
            &[25],
            &["192.0.2.10,25,late.example".to_owned()],
        )?
        .delivering(world::BOARD, world::SINK_PORT)?;
        let flash = folder.join(format!("late-{attempt}.flash"));
        let world = World::serve_sending("late", &world)?;
        let setup = cuts::with_flash(world.board("late"), &flash);
        if cut_in_between(folder, &setup, &errand)? {
            return brought(folder, &setup, &errand, emulated);
        }
    }
    Err(Failure::new(format!(
        "{TRIES_MAX} times a message came back before the power could be cut"
    )))
}

fn world_file(folder: &Path) -> Result<std::path::PathBuf> {
    let file = folder.join("late-world.toml");
    let text = "about = \"An open relay\"\n[[peer]]\npersonality = \"open\"\naddress = \"192.0.2.10\"\n\
                host = \"mail.late.example\"\ndomains = [\"late.example\"]\n";
    place::write(&file, text).map(|()| file)
}

/// Scans until the host knows that the message is out, and cuts the power then. False where the message was
/// back before.
fn cut_in_between(folder: &Path, setup: &Setup, errand: &Errand) -> Result<bool> {
    let board = Machine::start(folder, setup)?;
    let mut command = errand.command(&board);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut process = command
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
    // The host gets an interim finding when a job waits for its message.
    let sent = wait(SENT_WITHIN, || {
        Ok(finding(errand).is_ok_and(|finding| !finding.messages.is_empty()))
    });
    drop(board);
    end(&mut process);
    if !sent? {
        return Err(Failure::new(
            "the host got nothing about the message, and the board still has its power",
        ));
    }
    Ok(count(errand).arrivals == 0)
}

/// Starts the board anew and waits for the message.
fn brought(folder: &Path, setup: &Setup, errand: &Errand, emulated: &mut Emulated) -> Result<()> {
    let before = verdict(errand)?;
    emulated.check(
        before.0 != "confirmed",
        format!("nothing has come back, and the finding is {before:?}"),
    );
    let board = Machine::start(folder, setup)?;
    let again = Instant::now();
    // Until a host calls, the board has only what is on its flash, and does not know the date.
    thread::sleep(ALONE_FOR);
    let came = wait(BROUGHT_WITHIN, || {
        postern(&board, &["appliance", "collect"], Some(errand))?;
        Ok(count(errand).arrivals > 0)
    })?;
    let took = again.elapsed().as_secs();
    let after = verdict(errand)?;
    writeln!(
        emulated.table,
        "power cut after a test message: {} {} before; the message was with the host {took} s after the restart: {} {}",
        before.0, before.1, after.0, after.1,
    )
    .expect("strings take everything");
    emulated.check(
        came && after == ("confirmed".to_owned(), "message-returned".to_owned()),
        format!("the message that came late left the finding {after:?}"),
    );
    let count = count(errand);
    emulated.check(
        count.again == 0 && count.lost == 0 && count.arrivals == 1,
        format!("records are there twice, or were lost: {count:?}"),
    );
    Ok(())
}

/// The store, as far as it can be read: somebody else writes it.
fn count(errand: &Errand) -> Count {
    store::count(&errand.store()).unwrap_or_default()
}

/// Verdict and reason of the one finding in the store.
fn verdict(errand: &Errand) -> Result<(String, String)> {
    finding(errand).map(|finding| (finding.verdict, finding.reason))
}

fn finding(errand: &Errand) -> Result<Finding> {
    let mut command = run::command(&[place::postern()]);
    command.args(["findings", "--json", "--store"]);
    let said = run::output(command.arg(errand.store()))?;
    let mut findings = Finding::parse_all(&said)?;
    match findings.pop() {
        Some(finding) if findings.is_empty() => Ok(finding),
        _ => Err(Failure::new(format!("not one finding:\n{said}"))),
    }
}

fn wait(time: Duration, mut is_so: impl FnMut() -> Result<bool>) -> Result<bool> {
    let deadline = Instant::now() + time;
    while !is_so()? {
        if Instant::now() > deadline {
            return Ok(false);
        }
        thread::sleep(LOOK_EVERY);
    }
    Ok(true)
}

fn end(process: &mut Child) {
    // One that has ended cannot be killed, which is as well.
    let _ = process.kill();
    let _ = process.wait();
}
