//! QEMU killed at random instants, which is a power cut for the board: with flash that lasts, every
//! finding that was on it is stored, once, and scope and set-up are what they were.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tinyjson::JsonValue;

use super::{
    Emulated,
    errand::Errand,
    kills::Dice,
    machine::{Machine, Setup},
    peer::{Manners, Peer},
};
use crate::{
    failure::{Failure, Result},
    place, run, store,
};

/// Where the board finds this computer.
const HOST: &str = "10.0.2.2";
/// How many servers are scanned: as many as a scope has ports.
const PEERS: usize = 16;
/// The longest that the board lives after the scan has begun; most scans take longer.
const LIFE_MS_MAX: u64 = 900;
/// A cut behind the end of its scan does not count; so many are made for each that does.
const TRIES_MAX: u32 = 5;
/// How long a postern may take that nobody cuts short.
const WITHIN: Duration = Duration::from_secs(60);
/// The program that reads a board's flash, an example of the firmware.
pub(super) const READER: &str = "flash-read";

/// Cuts the board's power so often, then lets a scan come to its end, and looks at the store.
pub(super) fn cut(folder: &Path, cuts: u32, emulated: &mut Emulated) -> Result<()> {
    // One that refuses would be left alone for the rest of the day.
    let peers = (0..PEERS).map(|_| Peer::serve(Manners::Open));
    let peers: Vec<Peer> = peers.collect::<Result<_>>()?;
    let ports: Vec<u16> = peers.iter().map(Peer::port).collect();
    let list: Vec<String> = ports.iter().map(|port| format!("{HOST},{port},")).collect();
    let errand = Errand::prepare(folder, "cut", &[format!("{HOST}/32")], &ports, &list)?;
    let flash = folder.join("flash.bin");
    let setup = setup("cut", &flash);
    let mut device = Device::default();

    let board = Machine::start(folder, &setup)?;
    postern(
        &board,
        &["appliance", "provision", "--dhcp", "--host", HOST],
        None,
    )?;
    errand.scan(&board, WITHIN)?;
    device.look(&board)?;
    drop(board);

    let seed = SystemTime::now().duration_since(UNIX_EPOCH);
    let mut dice = Dice(seed.unwrap_or_default().as_nanos() as u64);
    let (mut in_time, mut tries) = (0, 0);
    let mut waited = BTreeSet::new();
    while in_time < cuts && tries < cuts * TRIES_MAX {
        tries += 1;
        let board = Machine::start(folder, &setup)?;
        device.look(&board)?;
        let mut command = errand.command(&board);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut process = command
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        thread::sleep(Duration::from_millis(dice.below(LIFE_MS_MAX)));
        in_time += u32::from(process.try_wait().ok().flatten().is_none());
        // Its end is a kill.
        drop(board);
        process
            .wait()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        waited.extend(waiting(&flash)?);
    }

    let board = Machine::start(folder, &setup)?;
    device.look(&board)?;
    postern(&board, &["appliance", "collect"], Some(&errand))?;
    errand.scan(&board, WITHIN)?;
    let count = store::count(&errand.store())?;
    let stored = |(boot, number): &(u32, u32)| {
        let of_boot = count.boots.iter().find(|of| of.boot == *boot);
        of_boot.is_some_and(|of| of.is_whole() && *number <= of.last)
    };
    let missing = waited.iter().filter(|record| !stored(record)).count();
    let records: u32 = count.boots.iter().map(|boot| boot.records).sum();
    writeln!(
        emulated.table,
        "the board's power cut {in_time} times in mid-scan: {records} records stored of {} boots; \
         {} were on flash alone, {missing} of them missing; {} twice, {} lost; {} scans begun, no target asked more than {} times",
        count.boots.len(),
        waited.len(),
        count.again,
        count.lost,
        count.scans,
        count.asked,
    )
    .expect("strings take everything");
    emulated.check(
        in_time == cuts,
        format!("only {in_time} of {tries} cuts came before the end of a scan"),
    );
    emulated.check(
        missing == 0 && count.boots.iter().all(store::Boot::is_whole),
        format!("records are missing: {count:?}"),
    );
    emulated.check(
        count.again == 0 && count.lost == 0,
        format!("records are there twice, or were lost: {count:?}"),
    );
    emulated.check(
        device.boot == tries + 2,
        format!("boot {} and not {}", device.boot, tries + 2),
    );
    emulated.check(
        device.changed.is_empty(),
        format!("scope or set-up changed: {}", device.changed.join("; ")),
    );
    Ok(())
}

/// A board on the loopback network whose flash is in a file.
pub(super) fn setup(name: &'static str, flash: &Path) -> Setup {
    with_flash(Setup::on_loopback(name), flash)
}

/// A board whose flash is in a file.
pub(super) fn with_flash(mut setup: Setup, flash: &Path) -> Setup {
    let file = flash.display();
    setup.wire.extend([
        "-machine".to_owned(),
        "memory-backend=psram".to_owned(),
        "-object".to_owned(),
        format!("memory-backend-file,id=psram,size=16M,mem-path={file},share=on"),
    ]);
    setup.words.push("flash=psram".to_owned());
    setup
}

/// What a board says of itself at each start.
#[derive(Default)]
struct Device {
    boot: u32,
    kept: Option<(String, String)>,
    changed: Vec<String>,
}

impl Device {
    fn look(&mut self, board: &Machine) -> Result<()> {
        let said = postern(board, &["appliance", "info", "--json"], None)?;
        let odd = || Failure::new(format!("postern appliance info said:\n{said}"));
        let info: JsonValue = said.trim().parse().map_err(|_| odd())?;
        let info: &std::collections::HashMap<String, JsonValue> = info.get().ok_or_else(odd)?;
        let number = |name: &str| info.get(name).and_then(|value| value.get::<f64>().copied());
        let text = |value: Option<&JsonValue>| {
            value
                .and_then(|value| value.stringify().ok())
                .ok_or_else(odd)
        };
        let boot = number("boot").ok_or_else(odd)? as u32;
        if self.boot != 0 && boot != self.boot + u32::from(self.kept.is_some()) {
            let changed = format!("boot {boot} after {}", self.boot);
            self.changed.push(changed);
        }
        self.boot = boot;
        let digest = match info.get("scope").and_then(|scope| scope.get()) {
            Some(scope) => {
                let scope: &std::collections::HashMap<String, JsonValue> = scope;
                text(scope.get("digest"))?
            }
            None => "none".to_owned(),
        };
        let door: &std::collections::HashMap<String, JsonValue> = info
            .get("link_port")
            .and_then(JsonValue::get)
            .ok_or_else(odd)?;
        let door = format!("{}:{}", text(door.get("host"))?, text(door.get("port"))?);
        let now = (digest, door);
        if let Some(kept) = &self.kept
            && *kept != now
        {
            self.changed
                .push(format!("{kept:?} became {now:?} at boot {boot}"));
        }
        self.kept = Some(now);
        Ok(())
    }
}

/// Runs postern at a board; anything but success is a failure.
pub(super) fn postern(board: &Machine, words: &[&str], errand: Option<&Errand>) -> Result<String> {
    let mut command = run::command(&[place::postern()]);
    command.args(words);
    command
        .arg("--link")
        .arg(format!("unix:{}", board.link().display()));
    if let Some(errand) = errand {
        command.arg("--store").arg(errand.store());
    }
    let said = run::capture_within(&mut command, WITHIN)?;
    if said.status == Some(0) {
        return Ok(said.out);
    }
    Err(Failure::new(format!(
        "{} ended with {:?}:\n{}\nThe board said:\n{}",
        run::describe(&command),
        said.status,
        said.everything(),
        board.said()
    )))
}

/// The records that are on the flash and wait for the host.
pub(super) fn waiting(flash: &Path) -> Result<Vec<(u32, u32)>> {
    let program = place::target().join("debug/examples").join(READER);
    let said = run::output(run::command(&[program.as_os_str()]).arg(flash))?;
    let record = |line: &str| -> Option<(u32, u32)> {
        let (boot, number) = line.split_once(' ')?;
        Some((boot.parse().ok()?, number.parse().ok()?))
    };
    let lines = said.lines().filter(|line| !line.starts_with("mark "));
    lines
        .map(|line| record(line).ok_or_else(|| Failure::new(format!("{READER} said:\n{said}"))))
        .collect()
}
