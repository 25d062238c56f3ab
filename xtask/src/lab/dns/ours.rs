//! What the core's lookups say: `host-tool/examples/ask-resolver.rs`.

use std::{
    fmt,
    io::Write as _,
    net::IpAddr,
    process::{Command, Stdio},
};

use super::questions::Question;
use crate::{
    failure::{Failure, Result},
    place, run,
};

/// The example.
pub(super) const NAME: &str = "ask-resolver";

/// What came of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) outcome: String,
    pub(super) ttl_s: u32,
    pub(super) aliases: usize,
    /// Datagrams sent.
    pub(super) tries: u8,
    /// Datagrams that did not count.
    pub(super) ignored: u16,
    pub(super) streamed: bool,
    pub(super) cut: bool,
    /// The data of each record, without pointers.
    pub(super) records: Vec<Vec<u8>>,
}

/// Looks up everything at one server.
pub(super) fn look_up(address: IpAddr, questions: &[&Question]) -> Result<Vec<Report>> {
    let lines = questions.iter().map(ToString::to_string).collect();
    let said = say(address, lines)?;
    let reports = said.iter().map(|line| Report::read(line)).collect();
    Option::ok_or_else(reports, || Failure::new(format!("no reports: {said:?}")))
}

/// Gives the example its lines, and returns its answers, one for each.
pub(super) fn say(address: IpAddr, mut lines: Vec<String>) -> Result<Vec<String>> {
    let program = place::target().join("debug/examples").join(NAME);
    let mut command = Command::new(program);
    command
        .arg(address.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let told = run::describe(&command);
    let failed = |error: std::io::Error| Failure::new(format!("{told}: {error}"));
    let mut child = command.spawn().map_err(failed)?;
    let count = lines.len();
    lines.push(String::new());
    // Fewer octets than a pipe holds.
    let mut input = child.stdin.take().expect("it was asked for");
    input
        .write_all(lines.join("\n").as_bytes())
        .map_err(failed)?;
    drop(input);
    let output = child.wait_with_output().map_err(failed)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<String> = said.lines().map(str::to_owned).collect();
    if answers.len() == count {
        Ok(answers)
    } else {
        let error = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!("{told} said: {said}{error}")))
    }
}

impl Report {
    /// From a line of the example.
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            outcome: words.next()?.to_owned(),
            ttl_s: words.next()?.parse().ok()?,
            aliases: words.next()?.parse().ok()?,
            tries: words.next()?.parse().ok()?,
            ignored: words.next()?.parse().ok()?,
            streamed: words.next()? == "tcp",
            cut: words.next()? == "cut",
            records: words.map(octets).collect::<Option<_>>()?,
        })
    }
}

/// As the tables of [`super::questions`] have it. How many records of too many are kept depends on how
/// well a server packs them.
impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = match self.records.len() {
            1.. if self.cut => "some".to_owned(),
            count => count.to_string(),
        };
        write!(
            out,
            "{} {count} {} {}",
            self.outcome,
            if self.streamed { "tcp" } else { "udp" },
            if self.cut { "cut" } else { "whole" }
        )
    }
}

/// From hexadecimal digits.
pub(super) fn octets(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_from_its_line() {
        let report = Report::read("answers 300 1 2 0 tcp cut c0000201 00").unwrap();
        assert_eq!(
            report,
            Report {
                outcome: "answers".to_owned(),
                ttl_s: 300,
                aliases: 1,
                tries: 2,
                ignored: 0,
                streamed: true,
                cut: true,
                records: vec![vec![192, 0, 2, 1], vec![0]],
            }
        );
        assert_eq!(report.to_string(), "answers some tcp cut");
        assert_eq!(Report::read("answers 300"), None);
    }
}
