//! The table of verdicts.

use std::net::SocketAddr;

use anstyle::Style;

use super::{
    counted, style,
    table::{Cell, Table},
};
use crate::{
    cases::{CaseView, facts, forms},
    letters::model::{Basis, Decision, Occasion},
};

/// The verdicts of `cases`, as a table and a line that counts them.
pub fn text(cases: &[CaseView], width: Option<usize>) -> String {
    let mut table = Table::new(&[
        "No",
        "Address",
        "Name",
        "Verdict",
        "Reason",
        "Forms",
        "Listed by",
        "Letter",
    ]);
    for view in cases {
        let verdict = view.verdict();
        let (answered, accepted) = forms::answered(view.latest());
        table.push(vec![
            Cell::new(view.case.number.0.to_string()),
            Cell::new(address(view.case.target)),
            Cell::new(view.name().map_or("", |name| name.as_str())),
            Cell::new(verdict.kind.as_str()).styled(style(verdict.kind)),
            Cell::new(reason(view)),
            Cell::new(match (answered, accepted) {
                (0, _) => "none answered".to_owned(),
                (answered, 0) => format!("{answered} tested"),
                (answered, accepted) => format!("{answered} tested, {accepted} accepted"),
            }),
            Cell::new(listed_by(view)),
            letter(facts::decision(view, Basis::Tests)),
        ]);
    }
    format!("{}\n{}\n", table.render(width), tally(cases))
}

/// The suspects that were not probed, and why.
pub fn refused(refused: &[(SocketAddr, String)], width: Option<usize>) -> String {
    let mut table = Table::new(&["Refused", "Why"]);
    for (suspect, why) in refused {
        table.push(vec![Cell::new(address(*suspect)), Cell::new(why.clone())]);
    }
    table.render(width)
}

/// Port 25 goes without saying.
pub fn address(target: SocketAddr) -> String {
    if target.port() == crate::lists::PORT_DEFAULT {
        target.ip().to_string()
    } else {
        target.to_string()
    }
}

/// How many there are of each verdict.
fn tally(cases: &[CaseView]) -> String {
    let counts: Vec<String> = crate::words::all()
        .filter_map(|kind: probe_core::verdict::Kind| {
            let count = cases
                .iter()
                .filter(|view| view.verdict().kind == kind)
                .count();
            (count > 0).then(|| format!("{count} {}", kind.as_str()))
        })
        .collect();
    format!(
        "{}: {}",
        counted(cases.len(), "finding", "findings"),
        counts.join(", ")
    )
}

fn reason(view: &CaseView) -> String {
    let job = view.latest();
    let mut reason = job.verdict.reason.as_str().to_owned();
    if !job.over {
        reason.push_str(" (to be retried)");
    }
    if job.lab {
        reason.push_str(" (lab)");
    }
    reason
}

/// The databases that say what it was probed for.
fn listed_by(view: &CaseView) -> String {
    let mut names: Vec<String> = Vec::new();
    for listing in facts::listings(view) {
        if !names.contains(&listing.by) {
            names.push(listing.by);
        }
    }
    names.join(", ")
}

fn letter(decision: Decision) -> Cell {
    match decision {
        Decision::Write(occasion) => Cell::new(format!("yes: {}", occasion_words(occasion))),
        Decision::NoLetter(why) => {
            Cell::new(format!("no: {}", why.as_str())).styled(Style::new().dimmed())
        }
    }
}

/// Why a letter is due.
pub const fn occasion_words(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Confirmed => "confirmed",
        Occasion::ListedAndAccepted => "listed and accepted",
        Occasion::ListedAndSuspected => "listed and suspected",
        Occasion::ListedAndUndecided => "listed and undecided",
        Occasion::Listed => "listed",
    }
}
