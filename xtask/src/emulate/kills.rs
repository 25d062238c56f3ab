//! postern killed at random instants, and worse than nothing said in between: the board goes on, the next
//! postern goes on with the scan, and every record is stored once.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    io::Write as _,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{
    Emulated,
    errand::Errand,
    machine::Machine,
    parade::{self, Parade},
    world::World,
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
    run, store,
};

/// The longest that postern lives before it is killed.
const LIFE_MS_MAX: u64 = 2_500;
/// How long the last scan, which nobody kills, may take.
const LAST_WITHIN: Duration = Duration::from_secs(120);
/// Every so often hostile octets come between two scans.
const HOSTILE_EVERY: u32 = 3;

/// Kills postern so often, then lets it end, and looks at the store.
pub(super) fn kill(
    folder: &Path,
    parade: &Parade,
    kills: u32,
    emulated: &mut Emulated,
) -> Result<()> {
    let world = World::serve(&parade.scenario)?;
    let board = Machine::start(folder, &world.board("killed"))?;
    let errand = Errand::prepare(folder, "killed", &parade::networks(), &[25], &parade.list)?;
    let seed = SystemTime::now().duration_since(UNIX_EPOCH);
    let mut dice = Dice(seed.unwrap_or_default().as_nanos() as u64);
    let mut in_time = 0;
    for kill in 0..kills {
        if kill % HOSTILE_EVERY == 0 {
            hostile(&board, &mut dice)?;
        }
        let mut command = errand.command(&board);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut process = command
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        thread::sleep(Duration::from_millis(dice.below(LIFE_MS_MAX)));
        in_time += u32::from(process.try_wait().ok().flatten().is_none());
        // One that has ended cannot be killed, which is as well.
        let _ = process.kill();
        let _ = process.wait();
    }
    let said = errand.scan(&board, LAST_WITHIN)?;
    // A target that was stopped with its refusals spent is refused from then on.
    let refused = said
        .err
        .lines()
        .filter_map(|line| line.strip_prefix("postern: refused ")?.split(':').next())
        .map(str::to_owned);
    let told: BTreeSet<String> = Finding::parse_all(&said.out)?
        .iter()
        .map(|finding| finding.address.to_string())
        .chain(refused)
        .collect();
    let count = store::count(&errand.store())?;
    let records: u32 = count.boots.iter().map(|boot| boot.records).sum();
    writeln!(
        emulated.table,
        "postern killed {in_time} times in mid-scan: {records} records stored, {} missing, {} twice, {} lost; {} scans begun, no target asked more than {} times",
        count.boots.iter().map(|boot| boot.last - boot.records).sum::<u32>(),
        count.again,
        count.lost,
        count.scans,
        count.asked,
    )
    .expect("strings take everything");
    emulated.check(
        in_time * 2 >= kills,
        format!("only {in_time} of {kills} kills came before the end of a scan"),
    );
    emulated.check(
        count.boots.len() == 1 && count.boots.iter().all(store::Boot::is_whole),
        format!("records are missing, or the board has restarted: {count:?}"),
    );
    emulated.check(
        count.again == 0 && count.lost == 0,
        format!("records are there twice, or were lost: {count:?}"),
    );
    // Each takes several lives of postern.
    emulated.check(
        count.scans < kills.max(2),
        format!(
            "{} scans were begun: those that were killed did not go on",
            count.scans
        ),
    );
    emulated.check(
        count.asked <= count.scans,
        format!(
            "a target was asked {} times in {} scans",
            count.asked, count.scans
        ),
    );
    emulated.check(
        told.len() == parade.list.len(),
        format!(
            "{} of {} servers were told of",
            told.len(),
            parade.list.len()
        ),
    );
    emulated.check(
        board.boots() == 1,
        format!("the board should start once; it said:\n{}", board.said()),
    );
    Ok(())
}

/// Noise, a frame without an end that is longer than any may be, and half a greeting.
fn hostile(board: &Machine, dice: &mut Dice) -> Result<()> {
    let failed = |error| Failure::at(board.link(), &error);
    let mut link = std::os::unix::net::UnixStream::connect(board.link()).map_err(failed)?;
    let noise: Vec<u8> = (0..600).map(|_| dice.below(256) as u8).collect();
    let overlong = vec![b'x'; 3_000];
    let half = [2, 1, 3, 3, 9, 1];
    for octets in [&noise[..], &[0], &overlong, &[0], &half] {
        link.write_all(octets).map_err(failed)?;
    }
    // The board takes them at the speed of its port; what it has not taken is lost with the socket.
    thread::sleep(Duration::from_millis(300));
    Ok(())
}

/// SplitMix64.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % end
    }
}
