//! `--junit`: the scan as a JUnit report, for CI.

use std::{fmt::Write as _, net::SocketAddr};

use crate::{
    cases::{CaseView, words},
    output::findings::address,
};
use probe_core::verdict::Kind;

/// The report. A finding that `fails` is a failure, one that could not be decided and a suspect
/// that was refused are skipped, a suspect without any finding is an error.
pub fn text(
    cases: &[CaseView],
    refused: &[(SocketAddr, String)],
    missing: &[SocketAddr],
    fails: impl Fn(Kind) -> bool,
) -> String {
    let failures = cases
        .iter()
        .filter(|view| fails(view.verdict().kind))
        .count();
    let undecided = |view: &&CaseView| {
        let kind = view.verdict().kind;
        kind == Kind::Inconclusive && !fails(kind)
    };
    let skipped = cases.iter().filter(undecided).count() + refused.len();
    let counts = format!(
        "tests=\"{}\" failures=\"{failures}\" errors=\"{}\" skipped=\"{skipped}\"",
        cases.len() + refused.len() + missing.len(),
        missing.len(),
    );
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"postern\" {counts}>\n  \
         <testsuite name=\"relay\" {counts}>\n"
    );
    for view in cases {
        let verdict = view.verdict();
        let what = format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str());
        let element = if fails(verdict.kind) {
            Some("failure")
        } else if undecided(&view) {
            Some("skipped")
        } else {
            None
        };
        let body = words::why(verdict);
        let inner = element.map(|name| match name {
            "failure" => format!(
                "<failure type=\"{}\" message=\"{}\">{}</failure>",
                verdict.kind.as_str(),
                escaped(&what),
                escaped(body)
            ),
            _ => format!("<skipped message=\"{}\"/>", escaped(&what)),
        });
        case(&mut out, &title(view), inner.as_deref());
    }
    for (suspect, why) in refused {
        let inner = format!(
            "<skipped message=\"{}\"/>",
            escaped(&format!("refused: {why}"))
        );
        case(&mut out, &address(*suspect), Some(&inner));
    }
    for suspect in missing {
        let inner = "<error type=\"no-finding\" message=\"the scan ended without a finding\"/>";
        case(&mut out, &address(*suspect), Some(inner));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, name: &str, inner: Option<&str>) {
    let _ = match inner {
        Some(inner) => writeln!(
            out,
            "    <testcase classname=\"relay\" name=\"{}\">{inner}</testcase>",
            escaped(name)
        ),
        None => writeln!(
            out,
            "    <testcase classname=\"relay\" name=\"{}\"/>",
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
