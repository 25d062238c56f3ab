//! Reports for machines: XARF v4, one for each finding.
//!
//! What we have proved is a vulnerability. What others list and we have not proved is a listing,
//! whatever our own test suspects.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{File, Form, FormError, Sheet, base64, data, machine};
use crate::letters::{
    Profile, blocks,
    model::{Caveat, FindingFacts, Probed, Side},
};
use probe_core::verdict::{Kind, Verdict};

/// The version of the format.
const VERSION: &str = "4.2.0";

/// The longest name of an organisation, in characters.
const ORG_CHARS_MAX: usize = 200;
/// The longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 1_000;
/// Databases that a description names.
const DATABASES_MAX: usize = 5;

/// A report. What an organisation keeps for itself (`_internal`) has no field here.
#[derive(Serialize)]
struct Report {
    xarf_version: &'static str,
    report_id: String,
    timestamp: String,
    reporter: Contact,
    sender: Contact,
    source_identifier: String,
    source_port: u16,
    category: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threat_type: Option<&'static str>,
    evidence_source: &'static str,
    evidence: Vec<Evidence>,
    confidence: f32,
    description: String,
    tags: Vec<String>,
}

#[derive(Serialize)]
struct Contact {
    org: String,
    contact: String,
    domain: String,
}

#[derive(Serialize)]
struct Evidence {
    content_type: &'static str,
    description: &'static str,
    payload: String,
    hash: String,
    size: usize,
}

/// A report for each finding, in their order; none from a profile of history, which reports
/// nothing to anyone.
pub(super) fn files(sheet: &Sheet<'_>) -> Result<Vec<File>, FormError> {
    if sheet.profile.is_historic() {
        return Ok(Vec::new());
    }
    let said = blocks::said(sheet.facts, sheet.profile);
    let findings = &said.findings;
    let mut files = Vec::with_capacity(findings.len());
    for (finding, number) in findings.iter().zip(1..) {
        let ending = match findings.len() {
            1 => "xarf.json".to_owned(),
            _ => format!("{number}.xarf.json"),
        };
        let report = report(sheet, finding);
        let mut octets =
            serde_json::to_vec_pretty(&report).map_err(|why| Form::Xarf.error(sheet, why))?;
        octets.push(b'\n');
        files.push(sheet.data_file(&ending, octets));
    }
    Ok(files)
}

fn report(sheet: &Sheet<'_>, finding: &FindingFacts) -> Report {
    let profile = sheet.profile;
    let is_proved = finding.verdict.is_some_and(|it| it.kind == Kind::Confirmed);
    let (category, r#type) = if is_proved {
        ("vulnerability", "open_service")
    } else {
        ("reputation", "blocklist")
    };
    Report {
        xarf_version: VERSION,
        report_id: report_id(profile, finding),
        timestamp: machine::moment(finding.last_seen),
        reporter: contact(profile),
        sender: contact(profile),
        source_identifier: finding.endpoint.ip().to_string(),
        source_port: finding.endpoint.port(),
        category,
        r#type,
        service: is_proved.then(|| service(finding.probed)),
        threat_type: (!is_proved).then(|| threat(finding.probed)),
        evidence_source: "vulnerability_scan",
        evidence: evidence(finding),
        confidence: confidence(finding.verdict),
        description: description(&sheet.letter.reference, finding),
        tags: tags(sheet, finding),
    }
}

fn service(probed: Probed) -> String {
    match probed {
        Probed::Relay => "smtp-open-relay".to_owned(),
        Probed::Proxy { protocol } => format!("{}-open-proxy", protocol.as_str()),
    }
}

const fn threat(probed: Probed) -> &'static str {
    match probed {
        Probed::Relay => "open_relay",
        Probed::Proxy { .. } => "open_proxy",
    }
}

fn contact(profile: &Profile) -> Contact {
    Contact {
        org: profile.sender.name.chars().take(ORG_CHARS_MAX).collect(),
        contact: profile.sender.mail.clone(),
        domain: super::domain(profile).to_owned(),
    }
}

/// Of the form of a random UUID (RFC 9562, 5.4), but drawn from what the report is about, so that
/// a finding has the same one on every rendering, and its next test another one.
fn report_id(profile: &Profile, finding: &FindingFacts) -> String {
    let mut digest = Sha256::new();
    for field in [
        "postern xarf",
        super::domain(profile),
        &finding.endpoint.to_string(),
        finding.probed.as_str(),
        finding.verdict.map_or("", |it| it.kind.as_str()),
        &machine::moment(finding.last_seen),
    ] {
        digest.update(field.as_bytes());
        digest.update([0]);
    }
    let mut octets = [0; 16];
    for (octet, drawn) in octets.iter_mut().zip(digest.finalize()) {
        *octet = drawn;
    }
    octets[6] = (octets[6] & 0x0f) | 0x40;
    octets[8] = (octets[8] & 0x3f) | 0x80;
    let mut id = String::with_capacity(36);
    for (place, octet) in octets.iter().enumerate() {
        if [4, 6, 8, 10].contains(&place) {
            id.push('-');
        }
        let _ = write!(id, "{octet:02x}");
    }
    id
}

/// How sure we are that the server is open, not that it is listed.
fn confidence(verdict: Option<Verdict>) -> f32 {
    match verdict.map(|it| it.kind) {
        Some(Kind::Confirmed) => 1.0,
        Some(Kind::Accepted) => 0.6,
        Some(Kind::Suspected) => 0.4,
        Some(Kind::Inconclusive) => 0.2,
        Some(Kind::Closed) => 0.0,
        None => 0.1,
    }
}

fn evidence(finding: &FindingFacts) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    let mut add = |description, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        let text: String = lines
            .iter()
            .flat_map(|line| [data::line(line), "\n".to_owned()])
            .collect();
        let digest = Sha256::digest(text.as_bytes());
        let digits: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        evidence.push(Evidence {
            content_type: "text/plain",
            description,
            payload: base64(text.as_bytes()),
            hash: format!("sha256:{digits}"),
            size: text.len(),
        });
    };
    let conversation = finding.transcript.iter().map(|line| match line.from {
        Side::Client => format!("C: {}", line.text),
        Side::Server => format!("S: {}", line.text),
    });
    add(
        "Extract of the conversation; C: our test, S: the server",
        conversation.collect(),
    );
    let tested = finding.tested.as_ref();
    add(
        "Requests that the server accepted",
        tested.map_or_else(Vec::new, |it| it.accepted_forms.clone()),
    );
    let listings = finding.listings.iter().map(|listing| {
        let since = listing.since.map(|day| format!(" since {day}"));
        let on = listing.on.map(|on| format!(" {on}"));
        let code = listing.code.as_deref().map(|code| format!(" {code}"));
        let words = [since, on, code].into_iter().flatten();
        format!("{}{}", listing.by, words.collect::<String>())
    });
    add(
        "Entries in public databases: name, day, code",
        listings.collect(),
    );
    evidence
}

/// In English, as the whole format is: the report is the same in every language of the letter.
fn description(reference: &str, finding: &FindingFacts) -> String {
    let verdict = finding.verdict;
    let what = match finding.probed {
        Probed::Relay => "open mail relay",
        Probed::Proxy { .. } => "open proxy",
    };
    let endpoint = finding.endpoint;
    let mut text = if verdict.is_some_and(|it| it.kind == Kind::Confirmed) {
        let proof = match finding.probed {
            Probed::Relay => "a test message for a recipient of our own came back through it",
            Probed::Proxy { .. } => "a test connection to a host of our own came through it",
        };
        format!("{endpoint} was an {what} when we tested it: {proof}.")
    } else {
        let databases = finding.listings.iter().take(DATABASES_MAX);
        let databases: Vec<String> = databases.map(|it| data::line(&it.by)).collect();
        let said = match verdict {
            Some(verdict) => format!(
                "Our own test says {} ({}), which is no proof.",
                verdict.kind.as_str(),
                verdict.reason.as_str()
            ),
            None => "This report rests on the listing alone.".to_owned(),
        };
        format!(
            "{endpoint} is listed by {} as one that may be an {what}. {said}",
            databases.join(", ")
        )
    };
    let _ = write!(
        text,
        " First seen {}, last seen {}. Reference {reference}.",
        machine::moment(finding.first_seen),
        machine::moment(finding.last_seen)
    );
    text.chars().take(DESCRIPTION_CHARS_MAX).collect()
}

fn tags(sheet: &Sheet<'_>, finding: &FindingFacts) -> Vec<String> {
    let mut tags = vec![format!("protocol:{}", finding.probed.as_str())];
    if let Some(verdict) = finding.verdict {
        tags.push(format!("verdict:{}", verdict.kind.as_str()));
        tags.push(format!("reason:{}", verdict.reason.as_str()));
    }
    if finding.caveats.contains(&Caveat::Laboratory) {
        tags.push("postern:laboratory".to_owned());
    }
    if sheet.is_from_an_example() {
        tags.push("postern:draft".to_owned());
    }
    tags
}
