//! `--json`: one object a line for each finding. docs/findings.schema.json has the schema,
//! docs/findings.md explains it.

use std::net::Ipv4Addr;

use host_sim::scenario::Held;
use probe_core::{
    evidence::{DnsblEvidence, Explanation, ProxyEvidence, RelayEvidence, Standing, ZoneEvidence},
    proxy::Outcome,
    scope::DNSBL_PORT,
};
use serde::Serialize;

use super::{arrival, timestamp};
use crate::cases::{self, CaseView, JobView, attempts, forms};

#[derive(Serialize)]
struct Finding<'a> {
    number: u64,
    address: String,
    port: Option<u16>,
    probe: &'static str,
    verdict: &'static str,
    reason: &'static str,
    forms: Vec<Form>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<Vec<Attempt>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lists: Option<Vec<AskedList>>,
    proof: Option<Proof>,
    first_seen: String,
    last_seen: String,
    rules: u16,
    depth: &'static str,
    over: bool,
    lab: bool,
    path_checked: bool,
    name: Option<&'a str>,
    server: Option<&'static str>,
    listed: Vec<Listed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_expected: Option<bool>,
}

/// What became of test messages.
#[derive(Serialize)]
struct Proof {
    messages: Vec<Message>,
    arrivals: Vec<Arrived>,
}

#[derive(Serialize)]
struct Message {
    form: String,
    outcome: &'static str,
    returned: bool,
    bounced: bool,
}

#[derive(Serialize)]
struct Arrived {
    form: Option<String>,
    what: &'static str,
    at: String,
    from: String,
    helo: String,
    chain: Vec<String>,
}

#[derive(Serialize)]
struct Form {
    id: String,
    sender: &'static str,
    recipient: &'static str,
    reply_code: Option<u16>,
    enhanced_code: Option<String>,
    outcome: &'static str,
}

#[derive(Serialize)]
struct Listed<'a> {
    by: &'a str,
    on: Option<String>,
    since: Option<String>,
    code: Option<&'a str>,
    r#as: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    may_be_quoted: Option<bool>,
}

/// What came of one attempt of a proxy job.
#[derive(Serialize)]
struct Attempt {
    attempt: &'static str,
    to_port: Option<u16>,
    outcome: &'static str,
    why: Option<&'static str>,
    code: Option<u16>,
    after_ms: Option<u64>,
    nonce: bool,
    came_out_at: Option<String>,
    asked: String,
    answer: Vec<String>,
}

/// What one block list said.
#[derive(Serialize)]
struct AskedList {
    list: String,
    says: &'static str,
    codes: Vec<Code>,
    text: Option<String>,
    more: bool,
    why: Option<Unknown>,
    may_be_quoted: bool,
}

#[derive(Serialize)]
struct Code {
    code: String,
    r#as: Option<&'static str>,
}

/// Why a list cannot be believed.
#[derive(Serialize)]
struct Unknown {
    asked: &'static str,
    why: &'static str,
    answer: Option<String>,
}

/// The finding as one line, with its end, and with what a scenario expects of it.
pub fn line(view: &CaseView, held: Option<&Held>) -> String {
    let job = view.latest();
    let relay = job.relay();
    let finding = Finding {
        number: view.case.number.0,
        address: view.case.target.ip().to_string(),
        port: Some(view.case.target.port()).filter(|port| *port != DNSBL_PORT),
        probe: view.case.probe.as_str(),
        verdict: job.verdict.kind.as_str(),
        reason: job.verdict.reason.as_str(),
        forms: relay
            .into_iter()
            .flat_map(RelayEvidence::pairs)
            .map(|line| form(&line))
            .collect(),
        attempts: job.evidence.proxy().map(|it| attempts(job, it)),
        lists: job.evidence.dnsbl().map(|it| lists(job, it)),
        proof: proof(job),
        first_seen: timestamp(view.first_seen()).to_string(),
        last_seen: timestamp(view.last_seen()).to_string(),
        rules: probe_core::verdict::RULES,
        depth: job.depth.as_str(),
        over: job.over,
        lab: job.lab,
        path_checked: job.path_checked,
        name: view.name().map(|name| name.as_str()),
        server: relay
            .and_then(RelayEvidence::server)
            .map(super::show::server),
        listed: view.listed.iter().map(listed).collect(),
        expected: held.map(|held| held.expected.to_string()),
        as_expected: held.map(|held| held.as_expected),
    };
    let mut line = serde_json::to_string(&finding).expect("no map, no key that is no text");
    line.push('\n');
    line
}

/// `None` where no message was sent and nothing came.
fn proof(job: &JobView) -> Option<Proof> {
    let evidence = job.relay().map(RelayEvidence::proof);
    let deliveries = evidence
        .into_iter()
        .flat_map(|it| it.deliveries().iter().map(move |one| (it, one)));
    let messages = deliveries.map(|(evidence, delivery)| Message {
        form: forms::id(delivery.pair.pair()),
        outcome: delivery.fate.as_str(),
        returned: evidence.returned().contains(delivery.pair),
        bounced: evidence.bounced().contains(delivery.pair),
    });
    let arrivals = job.proved.iter().map(|proved| Arrived {
        form: arrival::form(proved.sense),
        what: arrival::word(proved.sense),
        at: timestamp(proved.at).to_string(),
        from: proved.arrival.remote.ip().to_canonical().to_string(),
        helo: proved.arrival.helo.to_string(),
        chain: proved.arrival.chain.lines().map(str::to_owned).collect(),
    });
    let proof = Proof {
        messages: messages.collect(),
        arrivals: arrivals.collect(),
    };
    (!proof.messages.is_empty() || !proof.arrivals.is_empty()).then_some(proof)
}

fn form(line: &probe_core::evidence::PairLine) -> Form {
    let pair = line.pair.pair();
    Form {
        id: forms::id(pair),
        sender: pair.sender.info().template,
        recipient: pair.recipient.info().template,
        reply_code: line.reply.map(|reply| reply.code),
        enhanced_code: line
            .reply
            .and_then(|reply| reply.enhanced)
            .map(|code| format!("{}.{}.{}", code.class, code.subject, code.detail)),
        outcome: line.outcome.as_str(),
    }
}

fn attempts(job: &JobView, evidence: &ProxyEvidence) -> Vec<Attempt> {
    let attempt = |tried: &attempts::Tried| {
        let attempt = &tried.attempt;
        let is_made = attempts::was_made(attempt.outcome());
        let answer = tried.said.iter().filter(|said| !said.by_us);
        Attempt {
            attempt: attempts::word(attempt.id()),
            to_port: attempts::sink_port(job, attempt.id()),
            outcome: attempt.outcome().as_str(),
            why: match attempt.outcome() {
                Outcome::Skipped(why) => Some(why.as_str()),
                _ => None,
            },
            code: Some(attempt.code()).filter(|code| *code != 0),
            after_ms: is_made.then(|| attempt.after().0),
            nonce: attempt.has_nonce(),
            came_out_at: attempt.egress().map(|egress| egress.to_string()),
            asked: tried.asked.clone(),
            answer: answer.map(|said| said.text.clone()).collect(),
        }
    };
    attempts::of(job, evidence).iter().map(attempt).collect()
}

fn lists(job: &JobView, evidence: &DnsblEvidence) -> Vec<AskedList> {
    let asked = |zone: &ZoneEvidence| {
        let list = job.lists.iter().find(|list| list.zone == zone.zone);
        let mut asked = AskedList {
            list: zone.zone.as_str().to_owned(),
            says: zone.standing.as_str(),
            codes: Vec::new(),
            text: None,
            more: false,
            why: None,
            may_be_quoted: list.is_some_and(|list| list.may_be_quoted),
        };
        match &zone.standing {
            Standing::Listed { codes, explanation } => {
                let code = |code: &Ipv4Addr| Code {
                    code: code.to_string(),
                    r#as: list.and_then(|list| list.claim(*code).as_str()),
                };
                asked.codes = codes.all().iter().map(code).collect();
                asked.more = codes.more();
                if let Explanation::Text { text, is_cut } = explanation {
                    asked.text = Some(text.to_string());
                    asked.more |= is_cut;
                }
            }
            Standing::Unknown(unknown) => {
                asked.why = Some(Unknown {
                    asked: unknown.asked.as_str(),
                    why: unknown.why.as_str(),
                    answer: unknown.answer.map(|answer| answer.to_string()),
                });
            }
            Standing::NotAsked | Standing::NoIpv6 | Standing::NotListed => {}
        }
        asked
    };
    evidence.zones().iter().map(asked).collect()
}

fn listed(listed: &cases::listed::Listed) -> Listed<'_> {
    let listing = &listed.listing;
    Listed {
        may_be_quoted: listed.is_lookup.then_some(listed.may_be_quoted),
        by: &listing.by,
        on: listing.on.map(|date| date.to_string()),
        since: listing.since.map(|date| date.to_string()),
        code: listing.code.as_deref(),
        r#as: listing.claim.as_str(),
    }
}
