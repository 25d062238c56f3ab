//! Processes that the lab started: found again and ended by their own record, never by name.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    failure::{Failure, Result},
    place, run,
};

/// How long `unshare` may take to fork.
const FORKED_WITHIN: Duration = Duration::from_secs(5);
/// How long the kernel gets to remove a killed process.
const GONE_WITHIN: Duration = Duration::from_secs(5);

/// Starts a process that outlives this one; its output goes to a log.
pub(super) fn start(name: &str, command: &mut Command) -> Result<()> {
    record(name, spawn(name, command)?)
}

/// Starts `unshare --pid --fork …`, whose one child is the first process of a process namespace.
///
/// That child is the one on record: when it ends, the kernel ends everything in its namespace.
/// `--kill-child` alone would not do, because servers change their user and so lose that tie.
pub(super) fn start_in_namespace(name: &str, command: &mut Command) -> Result<()> {
    let outer = spawn(name, command)?;
    record(name, outer)?;
    let deadline = Instant::now() + FORKED_WITHIN;
    loop {
        if let Some(first) = only_child(outer) {
            return record(name, first);
        }
        if start_time(outer).is_none() || Instant::now() > deadline {
            return Err(Failure::new(format!(
                "{name} does not start; see {}",
                log_file(name).display()
            )));
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The process's id, while it is the very one that was started.
pub(super) fn alive(name: &str) -> Option<i32> {
    let record = fs::read_to_string(record_file(name)).ok()?;
    let (pid, started) = record.trim().split_once(' ')?;
    let pid = pid.parse().ok()?;
    (start_time(pid)? == started.parse().ok()?).then_some(pid)
}

/// Ends the process if it is still the one that was started, and forgets it.
pub(super) fn stop(name: &str) -> Result<()> {
    if let Some(pid) = alive(name) {
        kill(pid);
        let deadline = Instant::now() + GONE_WITHIN;
        while alive(name).is_some() {
            if Instant::now() > deadline {
                return Err(Failure::new(format!("{name}, process {pid}, does not end")));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
    let record = record_file(name);
    if record.exists() {
        fs::remove_file(&record).map_err(|error| Failure::at(&record, &error))?;
    }
    Ok(())
}

/// Every process that has a record.
pub(super) fn recorded() -> Vec<String> {
    let Ok(entries) = fs::read_dir(records()) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            (path.extension()? == "process").then_some(())?;
            Some(path.file_stem()?.to_str()?.to_owned())
        })
        .collect()
}

/// Where a process's output goes.
pub(super) fn log_file(name: &str) -> PathBuf {
    records().join(format!("{name}.log"))
}

/// Where records, logs, counters and captures lie.
pub(super) fn records() -> PathBuf {
    place::target().join("lab/run")
}

fn record_file(name: &str) -> PathBuf {
    records().join(format!("{name}.process"))
}

fn spawn(name: &str, command: &mut Command) -> Result<i32> {
    let log = log_file(name);
    place::write(&log, "")?;
    let at_log = |error| Failure::at(&log, &error);
    let out = fs::File::create(&log).map_err(at_log)?;
    let err = out.try_clone().map_err(at_log)?;
    // A group of its own: an interrupt at the reader's terminal does not reach it.
    let child = command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(|error| Failure::new(format!("{}: {error}", run::describe(command))))?;
    Ok(child.id().cast_signed())
}

fn record(name: &str, pid: i32) -> Result<()> {
    let started = start_time(pid).ok_or_else(|| {
        Failure::new(format!(
            "{name} ended at once; see {}",
            log_file(name).display()
        ))
    })?;
    place::write(&record_file(name), &format!("{pid} {started}\n"))
}

fn only_child(pid: i32) -> Option<i32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
    children.trim().parse().ok()
}

/// When the process started, in the kernel's ticks since boot: with the id it names one process for ever.
fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets and may hold anything.
    let mut fields = stat.get(stat.rfind(')')? + 2..)?.split(' ');
    let state = fields.next()?;
    if state == "Z" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// Ends a process, if it is there.
pub(super) fn kill(pid: i32) {
    // SAFETY: takes two numbers and touches no memory of ours. It fails only for a process that has
    // already ended, since we are root.
    unsafe { libc::kill(pid, libc::SIGKILL) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_process_has_a_start_time() {
        let here = std::process::id().cast_signed();
        assert!(start_time(here).is_some());
        assert_eq!(start_time(here), start_time(here));
    }

    #[test]
    fn no_process_no_start_time() {
        assert_eq!(start_time(i32::MAX), None);
    }
}
