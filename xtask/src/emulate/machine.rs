//! A board in QEMU, which ends with the value that stands for it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::{
    cargo::BOARD_TARGET,
    failure::{Failure, Result},
    place, run,
};

/// The emulator.
pub(crate) const PROGRAM: &str = "qemu-system-arm";

/// How long the board may take to have an address.
const UP_WITHIN: Duration = Duration::from_secs(30);
/// What it says then.
const UP: &str = "network up";
/// What it says at every start.
const BOOTED: &str = "boot 1";

/// What a board is started with.
pub(crate) struct Setup {
    /// Apart from those of the other boards that run.
    pub(crate) name: &'static str,
    /// QEMU's words for the board's Ethernet.
    pub(crate) wire: Vec<String>,
    /// Words of the board's own command line, such as its address.
    pub(crate) words: Vec<String>,
    /// What QEMU is started by, such as a network namespace; nothing for this computer.
    pub(crate) within: Vec<String>,
    /// A program with a log of its own instead of the usual one, and where the log's octets go.
    pub(crate) logs: Option<Logs>,
}

/// A program that logs.
pub(crate) struct Logs {
    pub(crate) program: PathBuf,
    pub(crate) octets: PathBuf,
}

impl Setup {
    /// A board on QEMU's user-mode network, which gives it an address.
    pub(crate) fn on_loopback(name: &'static str) -> Self {
        Self {
            name,
            wire: ["-nic", "user,model=lan9118"].map(str::to_owned).to_vec(),
            words: Vec::new(),
            within: Vec::new(),
            logs: None,
        }
    }
}

/// The board's program, as Cargo leaves it.
pub(crate) fn program() -> PathBuf {
    place::target()
        .join(BOARD_TARGET)
        .join("firmware/qemu-mps2")
}

/// A running board.
pub(crate) struct Machine {
    process: Child,
    link: PathBuf,
    log: PathBuf,
}

impl Machine {
    /// Starts the board and waits until it has an address.
    pub(crate) fn start(folder: &Path, setup: &Setup) -> Result<Self> {
        let usual = program();
        let program = setup.logs.as_ref().map_or(&usual, |logs| &logs.program);
        let link = short_path(&format!("{}.link", setup.name));
        let log = folder.join(format!("board-{}.log", setup.name));
        let create = |file| File::create(file).map_err(|error| Failure::at(file, &error));
        let err = create(&log)?;
        // The console is on standard error, so octets and text do not mix.
        let out = match &setup.logs {
            Some(logs) => create(&logs.octets)?,
            None => err.try_clone().map_err(|error| Failure::at(&log, &error))?,
        };
        let started = SystemTime::now().duration_since(UNIX_EPOCH);
        let started = started.unwrap_or_default();
        let mut settings = format!(
            "enable=on,target=native,arg=qemu-mps2,arg=boot=1,arg=seed={:x}",
            started.as_nanos() as u64
        );
        for word in &setup.words {
            settings.push_str(",arg=");
            settings.push_str(word);
        }
        let mut words = setup.within.clone();
        words.push(PROGRAM.to_owned());
        let mut command = run::command(&words);
        command
            .args(["-M", "mps2-an500", "-display", "none", "-monitor", "none"])
            .arg("-kernel")
            .arg(program)
            .args(&setup.wire)
            .args(["-semihosting-config", &settings])
            .arg("-serial")
            .arg(format!("unix:{},server=on,wait=off", link.display()))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err);
        let process = command
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        let mut board = Self { process, link, log };
        board.wait_until_up()?;
        Ok(board)
    }

    /// Where the board's link is.
    pub(crate) fn link(&self) -> &Path {
        &self.link
    }

    /// What the board has said until now.
    pub(crate) fn said(&self) -> String {
        place::read(&self.log).unwrap_or_default()
    }

    /// How often the board has started.
    pub(crate) fn boots(&self) -> usize {
        self.said().matches(BOOTED).count()
    }

    fn wait_until_up(&mut self) -> Result<()> {
        let deadline = Instant::now() + UP_WITHIN;
        while !self.said().contains(UP) {
            let ended = self.process.try_wait().ok().flatten();
            if ended.is_some() || Instant::now() > deadline {
                return Err(Failure::new(format!(
                    "the board did not say {UP:?} within {} s{}; it said:\n{}",
                    UP_WITHIN.as_secs(),
                    ended.map_or_else(String::new, |status| format!(" and ended with {status}")),
                    self.said()
                )));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_file(&self.link);
    }
}

/// Where a socket is put: its path is short, and a folder for builds may lie deep.
pub(crate) fn short_path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("postern-{}-{name}", std::process::id()))
}
