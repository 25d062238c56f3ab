//! The table of verdicts.

use std::net::SocketAddr;

use anstyle::Style;
use probe_core::{
    evidence::{Evidence, Standing, ZoneEvidence},
    finding::Probe,
    scope::DNSBL_PORT,
};

use super::{
    counted, style,
    table::{Cell, Table},
};
use crate::{
    cases::{CaseView, JobView, attempts, facts, forms},
    letters::model::{Basis, Decision, Occasion},
    lists::Claim,
};

/// The verdicts of `cases`, as a table and a line that counts them.
pub fn text(cases: &[CaseView], width: Option<usize>) -> String {
    // Where there are relays alone, it goes without saying.
    let has_probes = cases.iter().any(|view| view.case.probe != Probe::Relay);
    let mut head = vec!["No", "Address"];
    head.extend(has_probes.then_some("Probe"));
    head.extend(["Name", "Verdict", "Reason"]);
    head.push(if has_probes { "Asked" } else { "Forms" });
    head.extend(["Listed by", "Letter"]);
    let mut table = Table::new(&head);
    for view in cases {
        let verdict = view.verdict();
        let mut row = vec![
            Cell::new(view.case.number.0.to_string()),
            Cell::new(address(view.case.target)),
        ];
        row.extend(has_probes.then(|| Cell::new(view.case.probe.as_str())));
        row.extend([
            Cell::new(view.name().map_or("", |name| name.as_str())),
            Cell::new(verdict.kind.as_str()).styled(style(verdict.kind)),
            Cell::new(reason(view)),
            Cell::new(asked(view.latest())),
            Cell::new(listed_by(view)),
            letter(facts::decision(view, Basis::Tests)),
        ]);
        table.push(row);
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

/// Port 25 goes without saying, and block lists are asked about no port.
pub fn address(target: SocketAddr) -> String {
    if matches!(target.port(), crate::lists::PORT_DEFAULT | DNSBL_PORT) {
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

/// How much was asked, and what was granted of it.
fn asked(job: &JobView) -> String {
    let (answered, granted, word) = match &job.evidence {
        Evidence::Relay(_) => {
            let (answered, accepted) = forms::answered(job);
            (answered, accepted, "accepted")
        }
        Evidence::Proxy(evidence) => {
            let (answered, returned) = attempts::answered(evidence);
            (answered, returned, "returned")
        }
        Evidence::Dnsbl(evidence) => {
            let is_believed = |it: &&ZoneEvidence| {
                matches!(it.standing, Standing::Listed { .. } | Standing::NotListed)
            };
            let zones = || evidence.zones().iter().filter(is_believed);
            let listed = zones().filter(|it| it.standing != Standing::NotListed);
            (zones().count(), listed.count(), "listing it")
        }
    };
    match (answered, granted) {
        (0, _) => "none answered".to_owned(),
        (answered, 0) => format!("{answered} tested"),
        (answered, granted) => format!("{answered} tested, {granted} {word}"),
    }
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

/// The databases that say what it was probed for; of block lists that were asked, those that list it as
/// anything that we probe.
fn listed_by(view: &CaseView) -> String {
    let listed: Vec<String> = match view.case.probe {
        Probe::Relay | Probe::Proxy => {
            let listings = facts::listings(view).into_iter();
            listings.map(|listing| listing.by).collect()
        }
        Probe::Dnsbl => {
            let lookups = view.listed.iter().filter(|listed| {
                let claim = listed.listing.claim;
                listed.is_lookup && matches!(claim, Claim::OpenRelay | Claim::OpenProxy(_))
            });
            lookups.map(|listed| listed.listing.by.clone()).collect()
        }
    };
    let mut names: Vec<String> = Vec::new();
    for name in listed {
        if !names.contains(&name) {
            names.push(name);
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
