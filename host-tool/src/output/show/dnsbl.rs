//! What `postern show` tells of a job that asked block lists.

use std::fmt::Write as _;

use probe_core::{
    dnsbl::Codes,
    evidence::{DnsblEvidence, Explanation, Standing},
};

use super::super::table::{Cell, Table};
use crate::{cases::JobView, scope_file::ScopeList};

/// Every list, and what it said.
pub(super) fn lists(
    out: &mut String,
    job: &JobView,
    evidence: &DnsblEvidence,
    width: Option<usize>,
) {
    let mut table = Table::new(&["List", "Says", "Codes", "In its words", "May be quoted"]);
    for zone in evidence.zones() {
        let list = job.lists.iter().find(|list| list.zone == zone.zone);
        let (codes, words) = match &zone.standing {
            Standing::Listed { codes, explanation } => (said(codes, list), explained(explanation)),
            Standing::NotAsked | Standing::NoIpv6 | Standing::Unknown(_) | Standing::NotListed => {
                Default::default()
            }
        };
        table.push(vec![
            Cell::new(zone.zone.as_str()),
            Cell::new(standing(&zone.standing)),
            Cell::new(codes),
            Cell::new(words),
            Cell::new(match list {
                Some(list) if list.may_be_quoted => "yes",
                Some(_) | None => "no",
            }),
        ]);
    }
    if !table.is_empty() {
        let _ = write!(out, "\nBlock lists\n{}", table.render(width));
    }
}

/// How the address stands with a list, and why it cannot be believed where it cannot.
fn standing(standing: &Standing) -> String {
    let Standing::Unknown(unknown) = standing else {
        return standing.as_str().replace('-', " ");
    };
    let answer = unknown
        .answer
        .map(|answer| format!(" ({answer})"))
        .unwrap_or_default();
    format!(
        "unknown: {} when asked about {}{answer}",
        unknown.why.as_str().replace('-', " "),
        match unknown.asked {
            probe_core::dnsbl::Asked::MustBeListed => "the address that every list must have",
            probe_core::dnsbl::Asked::MustNotBeListed => "the address that no list may have",
            probe_core::dnsbl::Asked::Address => "this address",
            probe_core::dnsbl::Asked::Text => "its reason",
        }
    )
}

/// Codes, each with what it means.
fn said(codes: &Codes, list: Option<&ScopeList>) -> String {
    let mut said: Vec<String> = codes
        .all()
        .iter()
        .map(|code| {
            let claim = list.and_then(|list| list.claim(*code).as_str());
            format!("{code} ({})", claim.unwrap_or("other"))
        })
        .collect();
    if codes.more() {
        said.push("and more".to_owned());
    }
    said.join(", ")
}

fn explained(explanation: &Explanation) -> String {
    match explanation {
        Explanation::NotAsked | Explanation::None => String::new(),
        Explanation::Missed => "(could not be had)".to_owned(),
        Explanation::Text { text, is_cut } => {
            format!("{text}{}", if *is_cut { "..." } else { "" })
        }
    }
}
