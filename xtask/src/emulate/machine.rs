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
pub(super) const PROGRAM: &str = "qemu-system-arm";

/// How long the board may take to have an address.
const UP_WITHIN: Duration = Duration::from_secs(30);
/// What it says then.
const UP: &str = "network up";

/// A running board.
pub(super) struct Machine {
    process: Child,
    link: PathBuf,
    log: PathBuf,
}

impl Machine {
    /// Starts the board and waits until it has an address.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let program = place::target()
            .join(BOARD_TARGET)
            .join("firmware/qemu-mps2");
        // A socket's path is short, and a folder for builds may lie deep.
        let link = std::env::temp_dir().join(format!("postern-{}.link", std::process::id()));
        let log = folder.join("board.log");
        let out = File::create(&log).map_err(|error| Failure::at(&log, &error))?;
        let err = out.try_clone().map_err(|error| Failure::at(&log, &error))?;
        let started = SystemTime::now().duration_since(UNIX_EPOCH);
        let started = started.unwrap_or_default();
        let settings = format!(
            "enable=on,target=native,arg=qemu-mps2,arg=boot=1,arg=seed={:x}",
            started.as_nanos() as u64
        );
        let mut command = run::command(&[PROGRAM]);
        command
            .args(["-M", "mps2-an500", "-display", "none", "-monitor", "none"])
            .arg("-kernel")
            .arg(program)
            .args(["-nic", "user,model=lan9118"])
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
    pub(super) fn link(&self) -> &Path {
        &self.link
    }

    /// What the board has said until now.
    pub(super) fn said(&self) -> String {
        place::read(&self.log).unwrap_or_default()
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
