//! Running other programs and keeping what they said.

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
};

use crate::{
    failure::{Failure, Result},
    place,
};

/// What a program said, and whether it was content.
pub(crate) struct Said {
    /// Exit status zero.
    pub(crate) success: bool,
    /// Exit status; `None` after a signal.
    pub(crate) status: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Said {
    /// Both streams, output first.
    pub(crate) fn everything(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// A command in the workspace's root, from a program and its arguments.
pub(crate) fn command<S: AsRef<OsStr>>(words: &[S]) -> Command {
    let (program, arguments) = words.split_first().expect("callers name a program");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(place::workspace());
    command
}

/// Runs to the end and keeps both streams, whatever the exit status.
pub(crate) fn capture(command: &mut Command) -> Result<Said> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("{}: {error}", describe(command))))?;
    Ok(Said {
        success: output.status.success(),
        status: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs to the end and returns standard output; anything but success is a failure.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let said = capture(command)?;
    if said.success {
        Ok(said.out)
    } else {
        Err(Failure::new(format!(
            "{} ended with {}:\n{}",
            describe(command),
            said.status
                .map_or_else(|| "a signal".to_owned(), |status| status.to_string()),
            said.everything().trim_end()
        )))
    }
}

/// Runs to the end, with output going to the reader.
pub(crate) fn show(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Failure::new(format!("{}: {error}", describe(command))))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{} ended with {status}",
            describe(command)
        )))
    }
}

/// Whether a program can be found on the search path.
pub(crate) fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

/// The command as it would be typed.
pub(crate) fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
