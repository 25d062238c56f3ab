//! `cargo xtask emulate`: the appliance's own binary on an emulated board, scanning through
//! postern.
//!
//! QEMU runs it without privileges: on its user-mode network, where what the board calls 10.0.2.2 is
//! this computer's loopback interface, and on a wire at whose other end the simulator is.

mod alike;
mod builtins;
#[cfg(unix)]
mod cuts;
mod errand;
#[cfg(target_os = "linux")]
mod flooded;
#[cfg(unix)]
mod kills;
#[cfg(unix)]
mod late;
#[cfg(unix)]
mod link_port;
mod log;
mod loopback;
mod machine;
mod pair;
mod parade;
mod peer;
#[cfg(target_os = "linux")]
mod proof;
#[cfg(target_os = "linux")]
mod proxies;
#[cfg(target_os = "linux")]
mod real;
mod restarts;
mod six;
mod way;
mod world;

use std::{
    fmt::Write as _,
    path::Path,
    process::ExitCode,
    thread::{self, ScopedJoinHandle},
    time::Instant,
};

use lexopt::{Arg::Long, ValueExt as _};

use crate::{
    cargo::{BOARD_TARGET, cargo, cargo_for_boards},
    debian,
    failure::{Failure, Result},
    lab,
    machine::{self as here, Lack},
    place, run, store,
};
use parade::{Messages, Parade};

/// How much is done.
pub(crate) struct Extent {
    /// Servers that take the library longer, in virtual time, are not scanned through the board.
    patience_s: u64,
    /// The same where test messages are sent and waited for.
    proof_patience_s: u64,
    /// How often postern is killed.
    kills: u32,
    /// How often the board's power is cut.
    cuts: u32,
}

impl Extent {
    /// What every change is held against.
    pub(crate) const TEST: Self = Self {
        patience_s: 12,
        proof_patience_s: 60,
        kills: 5,
        cuts: 5,
    };
    /// What the command does unless it is told otherwise.
    const COMMAND: Self = Self {
        patience_s: 60,
        proof_patience_s: 150,
        kills: 10,
        cuts: 10,
    };
    /// The long form.
    pub(crate) const SOAK: Self = Self {
        patience_s: 60,
        proof_patience_s: 150,
        kills: 100,
        cuts: 100,
    };
}

/// What a run showed.
#[derive(Default)]
pub(crate) struct Emulated {
    /// What was seen.
    pub(crate) table: String,
    /// How many things held.
    pub(crate) held: u32,
    /// What did not hold.
    pub(crate) broken: Vec<String>,
}

/// The command: a table, and an exit status by what was found.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let mut extent = Extent::COMMAND;
    let mut only_cuts = false;
    let mut only_log = false;
    let mut only_port = false;
    let mut only_lab = false;
    let mut only_proof = false;
    let mut only_proxies = false;
    let mut only_sink = false;
    let mut only_way = false;
    let mut only_kills = false;
    let mut in_lab = lab::Extent::Ordinary;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("patience") => extent.patience_s = arguments.value()?.parse()?,
            Long("proof-patience") => extent.proof_patience_s = arguments.value()?.parse()?,
            Long("kills") => extent.kills = arguments.value()?.parse()?,
            Long("cuts") => extent.cuts = arguments.value()?.parse()?,
            Long("only-cuts") => only_cuts = true,
            Long("only-link-port") => only_port = true,
            Long("only-kills") => only_kills = true,
            Long("only-lab") => only_lab = true,
            Long("only-proof") => only_proof = true,
            Long("only-proxies") => only_proxies = true,
            Long("only-sink") => only_sink = true,
            Long("only-way") => only_way = true,
            Long("log") => only_log = true,
            Long("long") => in_lab = lab::Extent::Long,
            other => return Err(other.unexpected().into()),
        }
    }
    let lab_lack = || {
        (only_lab || only_proxies || only_sink)
            .then(here::lab_lack)
            .flatten()
    };
    if let Some(lack) = lack().or_else(lab_lack) {
        return Err(Failure::new(lack.why).next(lack.get));
    }
    if only_cuts || only_port || only_proof || only_proxies || only_sink || only_way {
        build_all_but_the_log()?;
    } else {
        build()?;
    }
    let started = Instant::now();
    let emulated = if only_lab {
        all_in_the_lab(in_lab)?
    } else if only_log {
        log_only()?
    } else if only_kills {
        kill_only(&extent)?
    } else if only_proxies {
        proxies_only()?
    } else if only_sink {
        flooded_sink()?
    } else if only_proof {
        proof_only(&extent)?
    } else if only_cuts {
        cut_only(&extent)?
    } else if only_port {
        port_only()?
    } else if only_way {
        way_only()?
    } else {
        with_real_servers(&extent, in_lab)?
    };
    print!("{}", emulated.table);
    for broken in &emulated.broken {
        eprintln!("xtask: {broken}");
    }
    println!(
        "{} held, {} did not: {:.0} s",
        emulated.held,
        emulated.broken.len(),
        started.elapsed().as_secs_f32()
    );
    Ok(ExitCode::from(u8::from(!emulated.broken.is_empty())))
}

/// What builds the board's binary; the features follow.
const BUILD_BOARD: [&str; 10] = [
    "build",
    "--profile",
    "firmware",
    "--target",
    BOARD_TARGET,
    "--package",
    "firmware",
    "--bin",
    "qemu-mps2",
    "--features",
];

/// Builds the board's binary with a log and without, what decodes the log, postern, the simulator, and what counts a store.
pub(crate) fn build() -> Result<()> {
    log::build()?;
    build_all_but_the_log()
}

fn build_all_but_the_log() -> Result<()> {
    builtins::build()?;
    run::output(cargo_for_boards(&[], &BUILD_BOARD).arg("board-qemu-mps2"))?;
    let tools = [
        "build",
        "--package",
        "host-tool",
        "--package",
        "host-sim",
        "--bins",
        "--example",
        store::COUNTER,
    ];
    run::output(&mut cargo(&tools))?;
    let reader = ["build", "--package", "firmware", "--example", "flash-read"];
    run::output(&mut cargo(&reader)).map(drop)
}

/// What this machine lacks for it. Where it may, it gets QEMU.
pub(crate) fn lack() -> Option<Lack> {
    const PACKAGE: &str = "qemu-system-arm";
    if !cfg!(unix) {
        return Some(Lack::new(
            "the board's serial port is a Unix socket",
            "run it on Linux, or on another Unix",
        ));
    }
    if run::exists(machine::PROGRAM) {
        return None;
    }
    let apt_said = debian::install_where_allowed(&[PACKAGE]);
    (!run::exists(machine::PROGRAM)).then(|| {
        Lack::new(
            format!("the program `{}` is missing{apt_said}", machine::PROGRAM),
            format!("apt-get install {PACKAGE} (Debian, or a system like it)"),
        )
    })
}

/// Everything that boards in QEMU must do.
pub(crate) fn scan(extent: &Extent) -> Result<Emulated> {
    let folder = place::target().join("emulate");
    place::make_fresh_folder(&folder)?;
    thread::scope(|threads| {
        // Most of its time it waits.
        let waits = threads.spawn(|| {
            let mut emulated = Emulated::default();
            delivered(&folder, extent, &mut emulated)?;
            Ok(emulated)
        });
        let mut emulated = Emulated::default();
        builtins::are_right(&mut emulated)?;
        log::tells(&folder, &mut emulated)?;
        loopback::two_hosts(&folder, &mut emulated)?;
        pair::side_by_side(&folder, &mut emulated)?;
        six::announced(&folder, &mut emulated)?;
        #[cfg(unix)]
        link_port::over_the_network(&folder, &mut emulated)?;
        restarts::restarts(&folder, &mut emulated)?;
        way::tried(&folder, &mut emulated)?;
        let parade = Parade::prepare(&folder, Messages::Off, extent.patience_s)?;
        parade.scan(&folder, extent.patience_s, &mut emulated)?;
        #[cfg(unix)]
        kills::kill(&folder, &parade, extent.kills, &mut emulated)?;
        #[cfg(unix)]
        cuts::cut(&folder, extent.cuts, &mut emulated)?;
        emulated.extend(joined(waits)?);
        Ok(emulated)
    })
}

/// Scans the lab's real mail servers through a board; the lab is up meanwhile.
pub(crate) fn real_servers() -> Result<Emulated> {
    in_the_lab("emulate-lab", |folder, emulated| {
        #[cfg(target_os = "linux")]
        real::real_servers(folder, emulated)?;
        Ok(())
    })
}

/// Has the lab's real mail servers proved open, over this computer's sockets and through a board at the same
/// time, and its proxies, over sockets meanwhile and through a board after that.
pub(crate) fn proof(extent: lab::Extent) -> Result<Emulated> {
    in_the_lab("emulate-proof", |folder, emulated| {
        #[cfg(target_os = "linux")]
        {
            proof::by_real_servers(folder, extent, emulated)?;
            proxies::through_board(folder, emulated)?;
        }
        Ok(())
    })
}

/// The lab's proxies alone.
fn proxies_only() -> Result<Emulated> {
    in_the_lab("emulate-proxies", |folder, emulated| {
        #[cfg(target_os = "linux")]
        proxies::through_board(folder, emulated)?;
        Ok(())
    })
}

/// Has many call the sink of a board in the lab.
pub(crate) fn flooded_sink() -> Result<Emulated> {
    in_the_lab("emulate-flooded", |folder, emulated| {
        #[cfg(target_os = "linux")]
        flooded::sink(folder, emulated)?;
        Ok(())
    })
}

fn all_in_the_lab(extent: lab::Extent) -> Result<Emulated> {
    lab::with_lab(|| {
        let mut emulated = real_servers()?;
        emulated.extend(proof(extent)?);
        emulated.extend(flooded_sink()?);
        Ok(emulated)
    })
}

fn in_the_lab(
    name: &str,
    work: impl FnOnce(&Path, &mut Emulated) -> Result<()>,
) -> Result<Emulated> {
    let folder = place::target().join(name);
    place::make_fresh_folder(&folder)?;
    let mut emulated = Emulated::default();
    lab::with_lab(|| work(&folder, &mut emulated))?;
    Ok(emulated)
}

/// Everything that the command does: the real servers too, where there can be a lab.
fn with_real_servers(extent: &Extent, lab: lab::Extent) -> Result<Emulated> {
    let mut emulated = scan(extent)?;
    if let Some(lack) = here::lab_lack() {
        writeln!(
            emulated.table,
            "NOT RUN: the lab's real mail servers: {}\n  next: {}",
            lack.why, lack.get
        )
        .expect("strings take everything");
        return Ok(emulated);
    }
    emulated.extend(all_in_the_lab(lab)?);
    Ok(emulated)
}

/// Power cuts alone.
fn cut_only(extent: &Extent) -> Result<Emulated> {
    let folder = place::target().join("emulate-cuts");
    place::make_fresh_folder(&folder)?;
    let mut emulated = Emulated::default();
    #[cfg(unix)]
    cuts::cut(&folder, extent.cuts, &mut emulated)?;
    Ok(emulated)
}

/// Test messages of simulated servers alone.
fn proof_only(extent: &Extent) -> Result<Emulated> {
    let folder = place::target().join("emulate-delivered");
    place::make_fresh_folder(&folder)?;
    let mut emulated = Emulated::default();
    delivered(&folder, extent, &mut emulated)?;
    Ok(emulated)
}

/// Sends test messages through simulated servers that bring them to the board's sink.
fn delivered(folder: &Path, extent: &Extent, emulated: &mut Emulated) -> Result<()> {
    let patience_s = extent.proof_patience_s;
    #[cfg(unix)]
    late::message_after_power_cut(folder, emulated)?;
    Parade::prepare(folder, Messages::On, patience_s)?.scan(folder, patience_s, emulated)
}

/// What a thread saw.
fn joined(thread: ScopedJoinHandle<'_, Result<Emulated>>) -> Result<Emulated> {
    let seen = thread.join();
    seen.map_err(|_| Failure::new("a thread that looks at boards panicked"))?
}

/// The link port alone.
fn port_only() -> Result<Emulated> {
    let folder = place::target().join("emulate-port");
    place::make_fresh_folder(&folder)?;
    let mut emulated = Emulated::default();
    builtins::are_right(&mut emulated)?;
    #[cfg(unix)]
    link_port::over_the_network(&folder, &mut emulated)?;
    Ok(emulated)
}

/// The way to a sink elsewhere alone.
fn way_only() -> Result<Emulated> {
    let folder = place::target().join("emulate-way");
    place::make_fresh_folder(&folder)?;
    let mut emulated = Emulated::default();
    way::tried(&folder, &mut emulated)?;
    Ok(emulated)
}

/// Kills of postern alone.
fn kill_only(extent: &Extent) -> Result<Emulated> {
    let folder = place::target().join("emulate-kills");
    place::make_fresh_folder(&folder)?;
    let mut emulated = Emulated::default();
    #[cfg(unix)]
    kills::kill(
        &folder,
        &Parade::prepare(&folder, Messages::Off, extent.patience_s)?,
        extent.kills,
        &mut emulated,
    )?;
    Ok(emulated)
}

/// The log alone, as a reader sees it.
fn log_only() -> Result<Emulated> {
    let folder = place::target().join("emulate-log");
    place::make_fresh_folder(&folder)?;
    let mut emulated = Emulated::default();
    emulated.table = log::tells(&folder, &mut emulated)?;
    Ok(emulated)
}

impl Emulated {
    fn extend(&mut self, other: Self) {
        self.table.push_str(&other.table);
        self.held += other.held;
        self.broken.extend(other.broken);
    }

    #[cfg(target_os = "linux")]
    fn add(&mut self, scanned: lab::Scanned) {
        self.extend(Self {
            table: scanned.table,
            held: scanned.held,
            broken: scanned.broken,
        });
    }

    fn check(&mut self, held: bool, otherwise: String) {
        if held {
            self.held += 1;
        } else {
            self.broken.push(otherwise);
        }
    }
}
