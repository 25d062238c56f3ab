//! Scans of the built-in simulator's demonstration.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    cargo::cargo,
    failure::{Failure, Result},
    place, run,
};

/// Builds the program, and the simulator's own.
pub(crate) fn build() -> Command {
    cargo(&[
        "build",
        "--package",
        "host-tool",
        "--package",
        "host-sim",
        "--bins",
    ])
}

/// A list of the demonstration, and the probes that are for it.
pub(crate) struct List {
    name: &'static str,
    probes: &'static str,
}

/// The servers that may relay.
pub(crate) const RELAYS: List = List {
    name: "suspects.csv",
    probes: "relay",
};
/// The proxies. A block list is asked about them too.
pub(crate) const PROXIES: List = List {
    name: "proxies.csv",
    probes: "proxy,dnsbl",
};

impl List {
    /// Where [`write_files`] puts it.
    pub(crate) fn file(&self, folder: &Path) -> PathBuf {
        folder.join(self.name)
    }

    /// The arguments of `postern` that scan it into `store`, as a reader would type them.
    pub(crate) fn scan(&self, folder: &Path, store: &Path) -> Vec<OsString> {
        let mut scan: Vec<OsString> = ["scan", "--link", "sim", "--probes", self.probes]
            .map(OsString::from)
            .into();
        scan.extend([
            "--scope".into(),
            scope_file(folder).into(),
            "--targets".into(),
            self.file(folder).into(),
            "--store".into(),
            store.into(),
        ]);
        scan
    }
}

/// Writes the demonstration's lists and scope.
pub(crate) fn write_files(folder: &Path) -> Result<()> {
    run::output(host_sim(&["demo", "--out"]).arg(folder)).map(drop)
}

/// Builds the simulator's own program for long runs.
pub(crate) fn build_fast() -> Command {
    cargo(&["build", "--release", "--package", "host-sim", "--bins"])
}

/// Holds the verdict on every personality, at every depth, in the world of a seed, against the one that
/// is expected. The answer is how many verdicts there were. Needs [`build_fast`].
pub(crate) fn hold_truths(seed: u32) -> Result<usize> {
    let mut command = fast(&["run", "--json", "--seed", &seed.to_string()]);
    run::output(&mut command).map(|said| said.lines().count())
}

/// Runs random worlds with random faults, one for each seed from 0 to before `seeds`, with progress.
/// Needs [`build_fast`].
pub(crate) fn sweep(seeds: u32) -> Result<()> {
    run::show(&mut fast(&["sweep", "--seeds", &format!("0..{seeds}")]))
}

/// Runs every personality over paths that lose packets, in so many worlds. Needs [`build_fast`].
pub(crate) fn loss(seeds: u32) -> Result<()> {
    run::show(&mut fast(&["loss", "--seeds", &format!("0..{seeds}")]))
}

/// The program that [`build_fast`] has built.
fn fast(arguments: &[&str]) -> Command {
    let mut command = run::command(&[place::target().join("release/host-sim")]);
    command.args(arguments);
    command
}

/// Runs the days of an appliance with these seeds, in the ordinary build. A line for each.
pub(crate) fn days(seeds: &str) -> Command {
    host_sim(&["day", "--seeds", seeds])
}

/// Runs a day of an appliance for each seed from 0 to before `seeds`, and one of a whole week. Needs
/// [`build_fast`].
pub(crate) fn many_days(seeds: u32) -> Result<()> {
    run::show(&mut fast(&["day", "--seeds", &format!("0..{seeds}")]))?;
    run::show(&mut fast(&["day", "--hours", "168"]))
}

/// Where [`write_files`] puts the scope.
fn scope_file(folder: &Path) -> PathBuf {
    folder.join("scope.toml")
}

/// What one scan of the simulator left behind.
pub(crate) struct Traces {
    /// The capture of its wire.
    pub(crate) capture: Vec<u8>,
    /// The findings, a line each.
    pub(crate) findings: String,
}

/// Scans the world of a seed, with a fresh store, and returns what it left behind.
pub(crate) fn scan(folder: &Path, seed: u32) -> Result<Traces> {
    let capture = folder.join("wire.pcap");
    let store = folder.join("findings.db");
    for leftover in [&capture, &store] {
        if leftover.exists() {
            std::fs::remove_file(leftover).map_err(|error| Failure::at(leftover, &error))?;
        }
    }
    let mut command = run::command(&[place::postern()]);
    command.args(RELAYS.scan(folder, &store));
    command.args(["--json", "--seed", &seed.to_string()]);
    command.arg("--pcap").arg(&capture);
    let findings = run::output(&mut command)?;
    let capture = std::fs::read(&capture).map_err(|error| Failure::at(&capture, &error))?;
    Ok(Traces { capture, findings })
}

/// The built program `host-sim` with arguments.
pub(crate) fn host_sim(arguments: &[&str]) -> Command {
    let mut command = run::command(&[place::target().join("debug/host-sim")]);
    command.args(arguments);
    command
}
