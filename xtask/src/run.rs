//! Running other programs and keeping what they said.

use std::{
    ffi::OsStr,
    io::Read,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
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

/// Like [`capture`], but a program that is not done in time is ended; its status is `None` then.
pub(crate) fn capture_within(command: &mut Command, time: Duration) -> Result<Said> {
    let told = describe(command);
    let failed = |error: std::io::Error| Failure::new(format!("{told}: {error}"));
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let out = read_all(process.stdout.take());
    let err = read_all(process.stderr.take());
    let deadline = Instant::now() + time;
    let status = loop {
        if let Some(status) = process.try_wait().map_err(failed)? {
            break status;
        }
        if Instant::now() > deadline {
            process.kill().map_err(failed)?;
        }
        thread::sleep(Duration::from_millis(10));
    };
    let text = |reading: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reading.join().unwrap_or_default()).into_owned()
    };
    Ok(Said {
        success: status.success(),
        status: status.code(),
        out: text(out),
        err: text(err),
    })
}

/// Reads a stream to its end, beside whatever else is done.
fn read_all(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut octets = Vec::new();
        // A stream that fails has ended.
        let _ = stream.map(|mut stream| stream.read_to_end(&mut octets));
        octets
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
