//! `--junit`: the scan as a JUnit report, for CI.

use std::{fmt::Write as _, net::SocketAddr};

use host_sim::scenario::Held;
use probe_core::{finding::Probe, verdict::Kind};

use crate::{
    cases::{CaseView, words},
    output::{
        expected::{self, Expectations},
        findings::address,
    },
};

/// The report. A finding that `fails`, and whatever is not as a scenario expects, is a failure.
/// Where no scenario expects it, a finding that could not be decided and a suspect that was
/// refused are skipped. A suspect without any finding is an error.
pub fn text(
    cases: &[CaseView],
    refused: &[(SocketAddr, String)],
    missing: &[SocketAddr],
    held: &Expectations,
    probe_of: impl Fn(u16) -> Probe,
    fails: impl Fn(Kind) -> bool,
) -> String {
    let judged = cases.iter().map(|view| {
        let verdict = view.verdict();
        let what = format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str());
        let outcome = match held.get(&view.case.target) {
            Some(held) if !held.as_expected => Outcome::unexpected(held),
            _ if fails(verdict.kind) => Outcome::Failure {
                kind: verdict.kind.as_str(),
                message: what,
                text: words::why(view.case.probe, verdict),
            },
            None if verdict.kind == Kind::Inconclusive => Outcome::Skipped(what),
            Some(_) | None => Outcome::Passed,
        };
        (view.case.probe, title(view), outcome)
    });
    let refused = refused.iter().map(|(suspect, why)| {
        let outcome = match held.get(suspect) {
            Some(held) if held.as_expected => Outcome::Passed,
            Some(held) => Outcome::unexpected(held),
            None => Outcome::Skipped(format!("refused: {why}")),
        };
        (probe_of(suspect.port()), address(*suspect), outcome)
    });
    let missing = missing
        .iter()
        .map(|it| (probe_of(it.port()), address(*it), Outcome::Missing));
    let all: Vec<(Probe, String, Outcome)> = judged.chain(refused).chain(missing).collect();
    let count = |is: fn(&Outcome) -> bool| all.iter().filter(|(_, _, outcome)| is(outcome)).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        all.len(),
        count(|outcome| matches!(outcome, Outcome::Failure { .. })),
        count(|outcome| matches!(outcome, Outcome::Missing)),
        count(|outcome| matches!(outcome, Outcome::Skipped(_))),
    );
    let suite: Vec<&str> = crate::words::all()
        .filter(|probe: &Probe| all.iter().any(|(of, _, _)| of == probe))
        .map(Probe::as_str)
        .collect();
    let suite = if suite.is_empty() {
        "postern".to_owned()
    } else {
        suite.join(" ")
    };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"postern\" {counts}>\n  \
         <testsuite name=\"{suite}\" {counts}>\n"
    );
    for (probe, name, outcome) in &all {
        case(&mut out, *probe, name, outcome.element().as_deref());
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// How a test case ended.
enum Outcome {
    Passed,
    Failure {
        kind: &'static str,
        message: String,
        text: &'static str,
    },
    Skipped(String),
    Missing,
}

impl Outcome {
    fn unexpected(held: &Held) -> Self {
        Self::Failure {
            kind: "not-as-expected",
            message: expected::message(held),
            text: "The scenario expects something else of this target.",
        }
    }

    fn element(&self) -> Option<String> {
        match self {
            Self::Passed => None,
            Self::Failure {
                kind,
                message,
                text,
            } => Some(format!(
                "<failure type=\"{kind}\" message=\"{}\">{}</failure>",
                escaped(message),
                escaped(text)
            )),
            Self::Skipped(why) => Some(format!("<skipped message=\"{}\"/>", escaped(why))),
            Self::Missing => Some(
                "<error type=\"no-finding\" message=\"the scan ended without a finding\"/>"
                    .to_owned(),
            ),
        }
    }
}

fn case(out: &mut String, probe: Probe, name: &str, inner: Option<&str>) {
    let class = probe.as_str();
    let _ = match inner {
        Some(inner) => writeln!(
            out,
            "    <testcase classname=\"{class}\" name=\"{}\">{inner}</testcase>",
            escaped(name)
        ),
        None => writeln!(
            out,
            "    <testcase classname=\"{class}\" name=\"{}\"/>",
            escaped(name)
        ),
    };
}

fn title(view: &CaseView) -> String {
    let address = address(view.case.target);
    match view.name() {
        Some(name) => format!("{address} {}", name.as_str()),
        None => address,
    }
}

/// XML 1.0: the five characters that mean something, and none that it forbids.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays_text() {
        assert_eq!(
            escaped("a<b>&\"'\u{0}"),
            "a&lt;b&gt;&amp;&quot;&apos;\u{fffd}"
        );
    }
}
