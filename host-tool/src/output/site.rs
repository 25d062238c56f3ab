//! The checks of our own names and addresses, for people and programs.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::wrapped;
use crate::site::{Check, Outcome, Sources};

/// Where what is said of a check begins.
const INDENT: usize = 25;

/// The checks, below each other.
pub fn text(checks: &[Check], width: Option<usize>) -> String {
    let mut out = String::new();
    for check in checks {
        let style = style(check.outcome);
        let word = words(check.outcome);
        let came = wrapped(&check.came, INDENT, width);
        let kind = check.kind.as_str();
        let _ = writeln!(out, "{kind:<12}{style}{word:<13}{style:#}{came}");
        if !check.asked.is_empty() {
            let asked = wrapped(&check.asked, INDENT + 7, width);
            let _ = writeln!(out, "{:INDENT$}asked: {asked}", "");
        }
        if let Some(next) = &check.next {
            let next = wrapped(next, INDENT + 6, width);
            let _ = writeln!(out, "{:INDENT$}next: {next}", "");
        }
    }
    out
}

/// For which addresses, in words.
pub fn sources(sources: &Sources) -> String {
    let joined = |addresses: &[std::net::IpAddr]| {
        let words: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        words.join(", ")
    };
    match sources {
        Sources::Named(addresses) => format!("{}, as the scope has it", joined(addresses)),
        Sources::Own(addresses) => format!("{}, this computer's own", joined(addresses)),
        Sources::Unknown(why) => format!("an address that is not known: {why}"),
    }
}

#[derive(Serialize)]
struct Line<'a> {
    check: &'static str,
    outcome: &'static str,
    asked: &'a str,
    came: &'a str,
    next: Option<&'a str>,
}

/// A check as a line of JSON.
pub fn json(check: &Check) -> String {
    let line = Line {
        check: check.kind.as_str(),
        outcome: check.outcome.as_str(),
        asked: &check.asked,
        came: &check.came,
        next: check.next.as_deref(),
    };
    let mut line = serde_json::to_string(&line).expect("plain data is JSON");
    line.push('\n');
    line
}

const fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::NotNeeded => "not needed",
        Outcome::NotMade => "not made",
        Outcome::Failed => "failed",
    }
}

const fn style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Passed => AnsiColor::Green.on_default(),
        Outcome::NotNeeded => Style::new().dimmed(),
        Outcome::NotMade => AnsiColor::Cyan.on_default(),
        Outcome::Failed => AnsiColor::Red.on_default().bold(),
    }
}
