//! The last step into a root: `xtask lab-inside ROOT HOST-NAME PROGRAM ARGUMENT…`.
//!
//! Runs as the first process of its own namespaces, which `unshare` has made, and becomes the program.

use std::{
    env, fs,
    os::unix::{fs::chroot, process::CommandExt as _},
    path::Path,
    process::{Command, ExitCode},
};

use super::{
    network,
    plan::Namespace,
    process,
    root::{Root, SEARCH_PATH},
};
use crate::{
    failure::{Failure, Result},
    run,
};

/// Starts a server's program in its root, beside the others.
pub(super) fn start(name: &str, root: &Root, host_name: &str, program: &[&str]) -> Result<()> {
    let mut command = command(Namespace::Servers, root, host_name, program)?;
    process::start_in_namespace(name, &mut command)
}

/// A program in a root, cut off from this machine.
///
/// The process namespace makes it one thing: whatever the program forks ends with it.
pub(super) fn command(
    namespace: Namespace,
    root: &Root,
    host_name: &str,
    program: &[&str],
) -> Result<Command> {
    let ourselves = env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    let mut command = network::within(namespace);
    command
        .args([
            "unshare",
            "--mount",
            "--uts",
            "--ipc",
            "--pid",
            "--fork",
            "--kill-child",
        ])
        .arg(ourselves)
        .arg("lab-inside")
        .arg(root.path())
        .arg(host_name)
        .args(program);
    Ok(command)
}

/// The hidden command itself: never returns when all is well.
pub(crate) fn enter(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let words: Vec<_> = arguments
        .raw_args()
        .map_err(|error| Failure::new(error.to_string()))?
        .collect();
    let [root, host_name, program, rest @ ..] = words.as_slice() else {
        return Err(Failure::new(
            "lab-inside wants a root, a host name and a program",
        ));
    };
    let root = Path::new(root);
    let name = Path::new("/proc/sys/kernel/hostname");
    // The process namespace's own /proc, on top of this machine's in this mount namespace only.
    run::output(&mut run::command(&["mount", "-t", "proc", "proc", "/proc"]))?;
    fs::write(name, host_name.as_encoded_bytes()).map_err(|error| Failure::at(name, &error))?;
    run::output(run::command(&["mount", "-t", "proc", "proc"]).arg(root.join("proc")))?;
    chroot(root).map_err(|error| Failure::at(root, &error))?;
    let error = Command::new(program)
        .args(rest)
        .current_dir("/")
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .exec();
    Err(Failure::at(Path::new(program), &error))
}
