//! A board whose sink is elsewhere tries the way to it before it asks anybody: it finds our own sink behind the
//! wire, and scans; with another key it finds a stranger's server there, and asks nobody.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Emulated,
    errand::Errand,
    machine::Machine,
    parade::networks,
    world::{SINK_ELSEWHERE, World},
};
use crate::{failure::Result, finding::Finding, place, run};

/// What the simulated sink greets with is made with this key; see `host_sim::host::PROVING`.
const KEY: &[u8; 16] = b"simulated tokens";
/// A scan of the few servers takes a second; a way that is closed is tried three times, ten seconds apart.
const SCANNED_WITHIN: Duration = Duration::from_secs(90);

/// Scans twice through one board: with the key of the sink at the wire, and with another one.
pub(super) fn tried(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let scenario = folder.join("way.toml");
    let (world, targets) = few(&scenario, folder)?;
    let board = Machine::start(folder, &world.board("way"))?;
    for (name, key, status) in [("way", KEY, 0), ("way-of-another", &[7; 16], 2)] {
        let errand = Errand::prepare(folder, name, &networks(), &[25], &targets)?;
        let errand = errand.with_sink_at(SINK_ELSEWHERE)?;
        let mut command = errand.command(&board);
        command.arg("--key").arg(key_file(folder, name, key)?);
        let said = run::capture_within(&mut command, SCANNED_WITHIN)?;
        emulated.check(
            said.status == Some(status),
            format!(
                "{name}: status {:?}, not {status}:\n{}",
                said.status, said.err
            ),
        );
        let found = Finding::parse_all(&said.out)?;
        if status == 0 {
            let checked = said.out.matches(r#""path_checked":true"#).count();
            emulated.check(
                (found.len(), checked) == (targets.len(), targets.len()),
                format!(
                    "{name}: {} findings, {checked} of them behind a way that was checked",
                    found.len()
                ),
            );
        } else {
            let told = "a server that is not our sink greets";
            emulated.check(
                found.is_empty() && said.err.contains(told),
                format!(
                    "{name}: {} findings; postern did not say {told:?}:\n{}",
                    found.len(),
                    said.err
                ),
            );
        }
        writeln!(
            emulated.table,
            "{name:<16} {} findings, status {status}",
            found.len()
        )
        .expect("strings take everything");
    }
    Ok(())
}

/// A world of two servers and our sink, and the lines of its list.
fn few(scenario: &Path, folder: &Path) -> Result<(World, Vec<String>)> {
    let mut text = "about = \"Two servers and our sink\"\ntargets = \"way-library.csv\"\nscope = \"way-library.toml\"\n".to_owned();
    let mut lines = Vec::new();
    for (address, personality) in [("192.0.2.11", "open"), ("192.0.2.12", "closed-550")] {
        writeln!(
            text,
            "[[peer]]\npersonality = {personality:?}\naddress = {address:?}\nhost = \"mx.way.example\""
        )
        .expect("strings take everything");
        lines.push(format!("{address},25,way.example"));
    }
    Errand::prepare(folder, "way-library", &networks(), &[25], &lines)?
        .with_sink_at(SINK_ELSEWHERE)?;
    place::write(scenario, &text)?;
    Ok((World::serve(scenario)?, lines))
}

fn key_file(folder: &Path, name: &str, key: &[u8; 16]) -> Result<PathBuf> {
    let path = folder.join(format!("{name}.key"));
    let digits: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
    place::write(&path, &format!("{digits}\n"))?;
    Ok(path)
}
