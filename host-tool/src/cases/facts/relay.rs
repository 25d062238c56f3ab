//! What a relay job has shown.

use probe_core::{
    arrival::Sense,
    evidence::{Fate, RelayEvidence},
    name::Name,
    relay::Outcome,
    smtp::Server,
};

use super::{Shown, quoted, redacted};
use crate::{
    cases::{CaseView, JobView, forms, transcript},
    letters::model::{Line, Probed, Product, Returned, Tested},
    output::escaped,
};

pub(super) fn shown(view: &CaseView, job: &JobView, evidence: &RelayEvidence) -> Shown {
    Shown {
        probed: Probed::Relay,
        also: Vec::new(),
        tested: tested(view, job, evidence),
        product: evidence.server().and_then(product),
        transcript: deciding(view, job, evidence),
        returned: returned(job, evidence),
    }
}

fn tested(view: &CaseView, job: &JobView, evidence: &RelayEvidence) -> Tested {
    let writer = forms::Writer::new(view, job);
    // Controls ask for the server's own users: a letter does not count them.
    let forms = || {
        evidence
            .pairs()
            .filter(|line| !line.pair.pair().recipient.is_control())
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
fn deciding(view: &CaseView, job: &JobView, evidence: &RelayEvidence) -> Vec<Line> {
    let conversations = transcript::of(view, job);
    let writer = forms::Writer::new(view, job);
    let came_back = evidence.proof().returned();
    let came_back: Vec<String> = came_back
        .iter()
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
    quoted(chosen.map_or(&[][..], |it| it.lines.as_slice()))
}

/// The first of our messages that came back, and what our sink was told with it.
fn returned(job: &JobView, evidence: &RelayEvidence) -> Option<Returned> {
    let (pair, proved) = job.proved.iter().find_map(|proved| match proved.sense {
        Sense::Relayed(pair) => Some((pair, proved)),
        _ => None,
    })?;
    let proof = evidence.proof();
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
