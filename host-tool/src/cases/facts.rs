//! From cases to what a letter says.

use probe_core::{
    arrival::Sense,
    evidence::{Fate, RelayEvidence},
    finding::Probe,
    name::Name,
    relay::Outcome,
    smtp::Server,
    time::Utc,
};

use super::{CaseView, JobView, forms, groups::Group, transcript};
use crate::{
    letters::{
        form::data::holds_a_token,
        model::{
            Basis, Caveat, Decision, FindingFacts, LetterFacts, Line, Listing, Probed, Product,
            Recipient, Returned, Side, Tested, WhyNone, decide_on,
        },
    },
    lists::{About, Claim},
    output::escaped,
    store::{Case, Reference},
};

/// Whether a letter that rests on `basis` is due for a case. While somebody objects, none is.
pub fn decision(view: &CaseView, basis: Basis) -> Decision {
    if view.objection.is_some() {
        return Decision::NoLetter(WhyNone::Objection);
    }
    decide_on(basis, Some(view.verdict()), &listings(&view.case))
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
    Some(FindingFacts {
        endpoint: view.case.target,
        probed: probed(view, job)?,
        host_name: view.name().map(|name| name.as_str().to_owned()),
        first_seen: view.first_seen(),
        last_seen: view.last_seen(),
        verdict: Some(view.verdict()),
        listings: listings(&view.case),
        tested: Some(tested(view, job)),
        product: job
            .relay()
            .and_then(RelayEvidence::server)
            .and_then(product),
        transcript: deciding(view, job),
        returned: returned(job),
        caveats: caveats(job),
    })
}

fn probed(view: &CaseView, job: &JobView) -> Option<Probed> {
    match view.case.probe {
        Probe::Relay => Some(Probed::Relay),
        Probe::Proxy => {
            let asked = job.scope.as_ref()?.proxy.protocols(view.case.target.port());
            let protocol = asked.each().next()?;
            Some(Probed::Proxy {
                protocol: protocol.into(),
            })
        }
        Probe::Dnsbl => None,
    }
}

/// The entries in databases that say what the case was probed for, each once, the newest first.
/// What they say else is context, and no letter is written for it.
pub fn listings(case: &Case) -> Vec<Listing> {
    let mut listings: Vec<Listing> = Vec::new();
    let mut newest_first: Vec<_> = case
        .about
        .listings
        .iter()
        .filter(|listing| is_occasion(listing.claim, case.probe))
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

fn tested(view: &CaseView, job: &JobView) -> Tested {
    let writer = forms::Writer::new(view, job);
    // Controls ask for the server's own users: a letter does not count them.
    let forms = || {
        let pairs = job.relay().into_iter().flat_map(RelayEvidence::pairs);
        pairs.filter(|line| !line.pair.pair().recipient.is_control())
    };
    let count = |is: fn(Outcome) -> bool| {
        u16::try_from(forms().filter(|line| is(line.outcome)).count()).unwrap_or(u16::MAX)
    };
    Tested {
        depth: job.depth,
        answered: count(Outcome::is_answered),
        accepted: count(Outcome::is_accepted),
        refused: count(|outcome| {
            outcome.is_refused() && !outcome.is_deferred() && outcome != Outcome::Unclear
        }),
        accepted_forms: forms()
            .filter(|line| line.outcome.is_accepted())
            .map(|line| {
                let sender = redacted(&writer.sender(line.pair));
                let recipient = redacted(&writer.recipient(line.pair, false));
                format!("MAIL FROM:{sender} RCPT TO:{recipient}")
            })
            .collect(),
    }
}

/// The conversation in which a message was handed over that came back; else the one around what was
/// accepted; where nothing was, what was kept of the first.
fn deciding(view: &CaseView, job: &JobView) -> Vec<Line> {
    let conversations = transcript::of(view, job);
    let writer = forms::Writer::new(view, job);
    let came_back: Vec<String> = job
        .relay()
        .into_iter()
        .flat_map(|relay| relay.proof().returned().iter())
        .map(|pair| format!("RCPT TO:{}", writer.recipient(pair, false)))
        .collect();
    let has = |it: &transcript::Conversation, is: &dyn Fn(&transcript::Said) -> bool| {
        it.lines.iter().any(is)
    };
    let handed_over = |it: &&transcript::Conversation| {
        has(it, &|said| {
            said.by_us && said.text == transcript::THE_MESSAGE
        }) && has(it, &|said| said.by_us && came_back.contains(&said.text))
    };
    let chosen = conversations
        .iter()
        .find(handed_over)
        .or_else(|| {
            conversations
                .iter()
                .find(|it| has(it, &|said| said.accepted))
        })
        .or(conversations.first());
    let lines = chosen.map_or(&[][..], |it| it.lines.as_slice());
    lines
        .iter()
        .map(|said| Line {
            from: if said.by_us {
                Side::Client
            } else {
                Side::Server
            },
            text: redacted(&said.text),
        })
        .collect()
}

/// The first of our messages that came back, and what our sink was told with it.
fn returned(job: &JobView) -> Option<Returned> {
    let (pair, proved) = job.proved.iter().find_map(|proved| match proved.sense {
        Sense::Relayed(pair) => Some((pair, proved)),
        _ => None,
    })?;
    let proof = job.relay()?.proof();
    let accepted = || {
        let deliveries = proof.deliveries().iter();
        deliveries.filter(|delivery| delivery.fate == Fate::Accepted)
    };
    let came_back = accepted().filter(|delivery| proof.returned().contains(delivery.pair));
    let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    let arrival = &proved.arrival;
    let said = |text: &str| redacted(&escaped(text.as_bytes()));
    let mut told = vec![
        format!("EHLO {}", said(&arrival.helo)),
        format!("MAIL FROM:<{}>", said(&arrival.reverse_path)),
        format!("RCPT TO:<{}>", said(&arrival.recipient)),
    ];
    let hops = arrival.chain.lines();
    told.extend(hops.map(|hop| format!("Received: {}", said(hop))));
    Some(Returned {
        at: proved.at,
        from: arrival.remote.ip().to_canonical(),
        name: Name::new(&arrival.helo)
            .ok()
            .map(|name| name.as_str().to_owned()),
        form: Some(forms::id(pair.pair())),
        accepted: count(accepted().count()),
        came_back: count(came_back.count()),
        told,
    })
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
            Some(role) if holds_a_token(word) => {
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

const fn product(server: Server) -> Option<Product> {
    match server {
        Server::Postfix => Some(Product::Postfix),
        Server::Exim => Some(Product::Exim),
        Server::OpenSmtpd => Some(Product::OpenSmtpd),
        Server::Sendmail => Some(Product::Sendmail),
        Server::Exchange => Some(Product::Exchange),
        Server::Courier | Server::Haraka | Server::Qmail => None,
    }
}

fn caveats(job: &JobView) -> Vec<Caveat> {
    let mut caveats = vec![Caveat::PathUnverified];
    if job.lab {
        caveats.push(Caveat::Laboratory);
    }
    caveats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_shortened_and_words_are_not() {
        for (text, redacted_text) in [
            (
                "554 5.7.1 <raaaqaaakaapfcdx7rgmhcel5e4@sink.cert.example>: Relay access denied",
                "554 5.7.1 <r...@sink.cert.example>: Relay access denied",
            ),
            (
                "RCPT TO:<\"raaaqaaakaapfcdx7rgmhcel5e4%d\"@h>",
                "RCPT TO:<\"r...%d\"@h>",
            ),
            (
                "550 representations are refused",
                "550 representations are refused",
            ),
            ("", ""),
        ] {
            assert_eq!(redacted(text), redacted_text);
        }
    }
}
