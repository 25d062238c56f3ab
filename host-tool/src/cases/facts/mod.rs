//! From cases to what a letter says.

mod proxy;
mod relay;

use probe_core::{evidence::Evidence, finding::Probe, time::Utc, token::TOKEN_CHARACTERS};

use super::{CaseView, JobView, groups::Group, transcript::Said};
use crate::{
    letters::{
        form::data::holds_a_token,
        model::{
            Basis, Caveat, Decision, FindingFacts, LetterFacts, Line, Listing, Probed, Product,
            ProxyProtocol, Recipient, Returned, Side, Tested, WhyNone, decide_on,
        },
    },
    lists::{About, Claim},
    store::Reference,
};

/// Whether a letter that rests on `basis` is due for a case. While somebody objects, none is.
pub fn decision(view: &CaseView, basis: Basis) -> Decision {
    if view.objection.is_some() {
        return Decision::NoLetter(WhyNone::Objection);
    }
    if view.case.probe == Probe::Dnsbl {
        return Decision::NoLetter(WhyNone::Lookup);
    }
    decide_on(basis, Some(view.verdict()), &listings(view))
}

/// What the letter of `group` says.
pub fn letter(group: &Group<'_>, reference: &Reference, written: Utc) -> LetterFacts {
    // A group is never empty.
    let about = group.members.first().map(|view| &view.case.about);
    LetterFacts {
        reference: reference.text.clone(),
        written,
        recipient: about.map(recipient).unwrap_or_default(),
        findings: group
            .members
            .iter()
            .filter_map(|view| finding(view))
            .collect(),
    }
}

/// Who runs what a list says this about.
pub fn recipient(about: &About) -> Recipient {
    Recipient {
        contact: about.contact.clone(),
        country: about.country.clone(),
        language: about.language.clone(),
        time_zone: about.time_zone.clone(),
        ..Recipient::default()
    }
}

/// What is said of a case; `None` where nothing was sent to the address.
pub fn finding(view: &CaseView) -> Option<FindingFacts> {
    let job = view.latest();
    let shown = match &job.evidence {
        Evidence::Relay(evidence) => relay::shown(view, job, evidence),
        Evidence::Proxy(evidence) => proxy::shown(view, job, evidence)?,
        Evidence::Dnsbl(_) => return None,
    };
    Some(FindingFacts {
        endpoint: view.case.target,
        probed: shown.probed,
        also: shown.also,
        host_name: view.name().map(|name| name.as_str().to_owned()),
        first_seen: view.first_seen(),
        last_seen: view.last_seen(),
        verdict: Some(view.verdict()),
        listings: listings(view),
        tested: Some(shown.tested),
        product: shown.product,
        transcript: shown.transcript,
        returned: shown.returned,
        caveats: caveats(job),
    })
}

/// What a job has shown, in the terms of a letter.
struct Shown {
    probed: Probed,
    /// Other protocols of which the same is said.
    also: Vec<ProxyProtocol>,
    tested: Tested,
    product: Option<Product>,
    transcript: Vec<Line>,
    returned: Option<Returned>,
}

/// What was said, as a letter may show it.
fn quoted(said: &[Said]) -> Vec<Line> {
    let line = |said: &Said| Line {
        from: if said.by_us {
            Side::Client
        } else {
            Side::Server
        },
        text: redacted(&said.text),
    };
    said.iter().map(line).collect()
}

/// The entries in databases that say what the case was probed for and that may be quoted, each once, the
/// newest first. What they say else is context, and no letter is written for it.
pub fn listings(view: &CaseView) -> Vec<Listing> {
    let mut listings: Vec<Listing> = Vec::new();
    let quotable = view.listed.iter().filter(|listed| listed.may_be_quoted);
    let mut newest_first: Vec<_> = quotable
        .map(|listed| &listed.listing)
        .filter(|listing| is_occasion(listing.claim, view.case.probe))
        .collect();
    newest_first.sort_by_key(|listing| std::cmp::Reverse(listing.on.or(listing.since)));
    for listing in newest_first {
        let is_known = listings
            .iter()
            .any(|known| known.by == listing.by && known.code == listing.code);
        if !is_known {
            listings.push(Listing {
                by: listing.by.clone(),
                on: listing.on,
                since: listing.since,
                code: listing.code.clone(),
            });
        }
    }
    listings
}

/// Whether an entry says what a probe asks for.
const fn is_occasion(claim: Claim, probe: Probe) -> bool {
    match probe {
        Probe::Relay => matches!(claim, Claim::Suspect | Claim::OpenRelay),
        Probe::Proxy => matches!(claim, Claim::Suspect | Claim::OpenProxy(_)),
        Probe::Dnsbl => false,
    }
}

/// The tokens in addresses of ours, shortened to their role letter: a letter may travel far, and
/// tokens say which job of which device it was.
fn redacted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        match word.chars().next() {
            Some(role) if holds_a_token(word) || is_like_a_nonce(word) => {
                out.push(role);
                out.push_str("...");
            }
            _ => out.push_str(word),
        }
        let mut letters = after.chars();
        out.extend(letters.next());
        rest = letters.as_str();
    }
    out
}

/// Whether a word may be what a sink greets with.
fn is_like_a_nonce(word: &str) -> bool {
    word.len() == TOKEN_CHARACTERS
        && word.starts_with(['g', 'G'])
        && word
            .bytes()
            .all(|octet| matches!(octet, b'a'..=b'z' | b'A'..=b'Z' | b'2'..=b'7'))
}

fn caveats(job: &JobView) -> Vec<Caveat> {
    let mut caveats = Vec::new();
    if !job.path_checked {
        caveats.push(Caveat::PathUnverified);
    }
    if job.lab {
        caveats.push(Caveat::Laboratory);
    }
    caveats
}

#[cfg(test)]
mod tests;
