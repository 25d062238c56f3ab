//! From facts to blocks.

mod admit;
mod annex;
mod error;
mod moments;
mod remedy;
mod returned;
mod table;

use std::{borrow::Cow, collections::BTreeMap, net::IpAddr};

use jiff::tz::TimeZone;

use super::{Block, Own, Part, Row, Say, wording::Wording};
use crate::letters::{
    form::data,
    language::{Value, country},
    model::{Basis, Caveat, FindingFacts, LetterFacts, Probed, SubjectKind},
    profile::Profile,
};

pub use error::FactsError;

/// A letter before any language has spoken.
pub(crate) struct Composed {
    /// The subject.
    pub subject: Say,
    /// The blocks in the order of the profile, each with its parts.
    pub blocks: Vec<(Block, Vec<Part<Say>>)>,
}

/// Composes the letter of `facts` in the order of `profile`.
pub(crate) fn compose(facts: &LetterFacts, profile: &Profile) -> Result<Composed, FactsError> {
    admit::admit(facts, profile)?;
    let facts = said(facts, profile);
    let composer = Composer::new(&facts, profile)?;
    let blocks = profile.order.iter().map(|block| {
        let mut parts = Vec::new();
        composer.block(*block, &mut parts)?;
        Ok((*block, parts))
    });
    Ok(Composed {
        subject: composer.subject(),
        blocks: blocks.collect::<Result<_, FactsError>>()?,
    })
}

/// What a letter of `profile` says of `facts`: where it rests on listings alone, nothing of tests.
pub(crate) fn said<'a>(facts: &'a LetterFacts, profile: &Profile) -> Cow<'a, LetterFacts> {
    match profile.basis {
        Basis::Tests => Cow::Borrowed(facts),
        Basis::Listings | Basis::Historic => Cow::Owned(admit::without_tests(facts)),
    }
}

struct Composer<'a> {
    facts: &'a LetterFacts,
    profile: &'a Profile,
    zone: TimeZone,
    /// What the letter speaks of.
    kind: SubjectKind,
    /// The findings by what is said of them.
    groups: BTreeMap<Group, Vec<&'a FindingFacts>>,
}

/// Findings of which the same is said: relays come before proxies, proof before suspicion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    kind: SubjectKind,
    wording: Wording,
}

impl<'a> Composer<'a> {
    fn new(facts: &'a LetterFacts, profile: &'a Profile) -> Result<Self, FactsError> {
        let mut groups = BTreeMap::<_, Vec<_>>::new();
        for finding in &facts.findings {
            let kind = class(finding);
            let wording = Wording::of(finding, profile.basis);
            groups
                .entry(Group { kind, wording })
                .or_default()
                .push(finding);
        }
        Ok(Self {
            facts,
            profile,
            zone: zone(facts, profile)?,
            kind: profile
                .speaks_of
                .or(facts.subject_kind())
                .unwrap_or(SubjectKind::Relay),
            groups,
        })
    }

    fn block(&self, block: Block, parts: &mut Vec<Part<Say>>) -> Result<(), FactsError> {
        match block {
            Block::Letterhead => parts.push(Part::Lines(vec![Say::Own(Own::Letterhead)])),
            Block::Reference => self.reference(parts)?,
            Block::Salutation => self.salutation(parts),
            Block::Occasion => self.occasion(parts),
            Block::Identity => parts.push(Part::Paragraph(Say::Message(
                "identity".into(),
                self.about(),
            ))),
            Block::Programme => {
                parts.push(Part::Paragraph(Say::Own(Own::Programme)));
                parts.push(Part::Paragraph(self.kinded("programme-aim", Vec::new())));
            }
            Block::Findings => self.findings(parts)?,
            Block::Dates => self.dates(parts)?,
            Block::Test => self.test(parts),
            Block::Verdict => self.verdict(parts),
            Block::Explanation => {
                parts.push(Part::Heading(
                    self.kinded("heading-explanation", Vec::new()),
                ));
                parts.push(Part::Paragraph(self.kinded("explanation", Vec::new())));
            }
            Block::Consequences => self.consequences(parts),
            Block::Sender => {
                parts.push(Part::Heading(message("heading-sender")));
                parts.push(Part::Paragraph(Say::Own(Own::Who)));
                parts.push(Part::Paragraph(Say::Own(Own::Ground)));
            }
            Block::Partners => {
                parts.push(Part::Paragraph(Say::Own(Own::PartnersLead)));
                parts.push(Part::Items(vec![Say::Own(Own::Partners)]));
                parts.push(Part::Paragraph(Say::Own(Own::PartnersAbroadLead)));
                parts.push(Part::Items(vec![Say::Own(Own::PartnersAbroad)]));
            }
            Block::Fix => self.fix(parts),
            Block::Questions => self.questions(parts),
            Block::Guide => self.guide(parts),
            Block::Contact => self.contact(parts),
            Block::Deadline => self.deadline(parts)?,
            Block::Genuineness => self.genuineness(parts),
            // Without a test there is none to run again.
            Block::Retest if self.profile.basis == Basis::Tests => {
                parts.push(Part::Heading(message("heading-retest")));
                parts.push(Part::Paragraph(message("retest")));
            }
            Block::Retest => {}
            Block::PassOn => parts.push(Part::Paragraph(message("pass-on"))),
            Block::Closing => {
                parts.push(Part::Paragraph(message("closing")));
                parts.push(Part::Lines(vec![Say::Own(Own::Name)]));
            }
            Block::Evidence => self.evidence(parts),
            Block::Machine => self.machine(parts),
        }
        Ok(())
    }

    fn subject(&self) -> Say {
        let confirmed: Vec<&FindingFacts> = self
            .groups
            .iter()
            .filter(|(group, _)| group.wording == Wording::Confirmed)
            .flat_map(|(_, findings)| findings.iter().copied())
            .collect();
        let kind = SubjectKind::of(confirmed.iter().map(|finding| finding.probed));
        let (kind, stem, count) = match kind {
            Some(kind) => (kind, "subject-confirmed", addresses(&confirmed).len()),
            None => (self.kind, "subject-listed", self.addresses().len()),
        };
        let address = confirmed
            .first()
            .copied()
            .or(self.facts.findings.first())
            .map(|finding| finding.endpoint.ip().to_string())
            .unwrap_or_default();
        of_kind(
            kind,
            stem,
            vec![("count", number(count)), ("address", Value::Text(address))],
        )
    }

    fn reference(&self, parts: &mut Vec<Part<Say>>) -> Result<(), FactsError> {
        let mut rows = Vec::new();
        let recipient = &self.facts.recipient;
        let to: Vec<Say> = [&recipient.organisation, &recipient.contact]
            .into_iter()
            .flatten()
            .map(|line| text(line))
            .collect();
        if !to.is_empty() {
            rows.push(row("label-to", to));
        }
        rows.push(row("label-reference", vec![text(&self.facts.reference)]));
        let written = self.civil(self.facts.written, &self.zone)?;
        rows.push(row(
            "label-date",
            vec![Say::Message(
                "day".into(),
                vec![("date", Value::Date(written.date()))],
            )],
        ));
        rows.push(row("label-subject", vec![self.subject()]));
        parts.push(Part::Rows(rows));
        Ok(())
    }

    fn salutation(&self, parts: &mut Vec<Part<Say>>) {
        let mut with = self.about();
        let id = match &self.facts.recipient.organisation {
            Some(organisation) => {
                with.push(("organisation", Value::Text(data::name(organisation))));
                "salutation-named"
            }
            None => "salutation",
        };
        parts.push(Part::Paragraph(Say::Message(id.into(), with)));
    }

    fn occasion(&self, parts: &mut Vec<Part<Say>>) {
        let databases = self.databases();
        let mut with = self.about();
        with.push(("bases", number(databases.len())));
        with.push(("databases", Value::List(databases)));
        if self.profile.basis != Basis::Tests {
            parts.push(Part::Paragraph(self.kinded("occasion-listed", with)));
            if self.addresses().len() > 1 && !self.profile.order.contains(&Block::Findings) {
                let findings = self.facts.findings.iter();
                parts.push(Part::Items(
                    findings
                        .map(|finding| endpoint(finding, "address-and-port"))
                        .collect(),
                ));
            }
            return;
        }
        parts.push(Part::Paragraph(
            self.kinded("occasion-opening", self.about()),
        ));
        let mut occasions: Vec<_> = self
            .groups
            .keys()
            .map(|group| group.wording.occasion())
            .collect();
        occasions.sort_unstable();
        occasions.dedup();
        parts.push(Part::Paragraph(match occasions.as_slice() {
            ["occasion-confirmed"] => self.kinded("occasion-confirmed", with),
            [only] => Say::Message((*only).into(), with),
            _ => Say::Message("occasion-mixed".into(), with),
        }));
    }

    fn test(&self, parts: &mut Vec<Part<Say>>) {
        if self.profile.basis != Basis::Tests {
            return;
        }
        parts.push(Part::Heading(message("heading-test")));
        let has = |kind| self.groups.keys().any(|group| group.kind == kind);
        if has(SubjectKind::Relay) {
            parts.push(Part::Paragraph(message("relay-test-method")));
            let relays = self
                .groups
                .keys()
                .filter(|group| group.kind == SubjectKind::Relay);
            let sent = relays
                .clone()
                .filter(|group| group.wording.sent_a_message())
                .count();
            parts.push(Part::Paragraph(message(match sent {
                0 => "test-no-message",
                _ if sent == relays.count() => "test-message",
                _ => "test-message-some",
            })));
        }
        if has(SubjectKind::Proxy) {
            parts.push(Part::Paragraph(message("proxy-test-method")));
        }
        parts.push(Part::Paragraph(Say::Own(Own::Tests)));
        for (caveat, id) in [
            (Caveat::PathUnverified, "caveat-path"),
            (Caveat::Laboratory, "caveat-laboratory"),
        ] {
            if self
                .facts
                .findings
                .iter()
                .any(|finding| limits(finding, caveat))
            {
                parts.push(Part::Paragraph(message(id)));
            }
        }
    }

    fn verdict(&self, parts: &mut Vec<Part<Say>>) {
        if self.profile.basis != Basis::Tests {
            return;
        }
        parts.push(Part::Heading(message("heading-verdict")));
        for (group, findings) in &self.groups {
            if self.groups.len() > 1 {
                parts.push(Part::Items(
                    findings
                        .iter()
                        .map(|finding| endpoint(finding, "address-and-port"))
                        .collect(),
                ));
            }
            let count = || vec![("count", number(findings.len()))];
            for stem in group.wording.verdict() {
                parts.push(Part::Paragraph(of_kind(group.kind, stem, count())));
            }
            parts.extend(returned::in_part(findings).map(Part::Paragraph));
            if let Some(id) = group.wording.reason() {
                parts.push(Part::Paragraph(Say::Message(id.into(), count())));
            }
        }
    }

    fn consequences(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Paragraph(self.kinded("consequences", Vec::new())));
        parts.push(Part::Items(vec![
            message("consequence-blame"),
            self.kinded("consequence-strangers", Vec::new()),
            message("consequence-congestion"),
            message("consequence-cost"),
            message("consequence-cut-off"),
        ]));
        parts.push(Part::Paragraph(self.kinded("consequences-end", Vec::new())));
    }

    fn contact(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Heading(message("heading-contact")));
        let sender = &self.profile.sender;
        let mut rows = vec![row("label-mail", vec![text(&sender.mail)])];
        let id = match &sender.phone {
            Some(phone) => {
                rows.push(row("label-phone", vec![text(phone)]));
                "contact"
            }
            None => "contact-mail",
        };
        parts.push(Part::Paragraph(Say::Message(
            id.into(),
            vec![("reference", Value::Text(self.facts.reference.clone()))],
        )));
        parts.push(Part::Rows(rows));
    }

    fn genuineness(&self, parts: &mut Vec<Part<Say>>) {
        let Some(genuine) = &self.profile.genuine else {
            return;
        };
        parts.push(Part::Heading(message("heading-genuine")));
        parts.push(Part::Paragraph(message("genuine")));
        parts.push(Part::Link(genuine.page.clone()));
        parts.push(Part::Paragraph(message("genuine-key")));
        parts.push(Part::Lines(vec![text(&genuine.pgp)]));
        parts.push(Part::Paragraph(message("genuine-never")));
    }

    /// A message that each kind of letter words for itself.
    fn kinded(&self, stem: &str, with: Vec<(&'static str, Value)>) -> Say {
        of_kind(self.kind, stem, with)
    }

    /// What messages about the letter's addresses are given: how many, the one, and their kind.
    fn about(&self) -> Vec<(&'static str, Value)> {
        let addresses = self.addresses();
        let address = addresses
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        vec![
            ("count", number(addresses.len())),
            ("address", Value::Text(address)),
            ("kind", Value::Text(self.kind.as_str().to_owned())),
        ]
    }

    fn addresses(&self) -> Vec<IpAddr> {
        addresses(&self.facts.findings.iter().collect::<Vec<_>>())
    }

    fn databases(&self) -> Vec<String> {
        let mut databases: Vec<String> = self
            .facts
            .findings
            .iter()
            .flat_map(|finding| &finding.listings)
            .map(|listing| data::line(&listing.by))
            .collect();
        databases.sort();
        databases.dedup();
        databases
    }
}

/// Whether a caveat limits what is said of a finding: without a reply, none came from elsewhere.
fn limits(finding: &FindingFacts, caveat: Caveat) -> bool {
    let tested = finding.tested.as_ref();
    let is_answered =
        tested.is_some_and(|tested| tested.answered > 0) || !finding.transcript.is_empty();
    finding.caveats.contains(&caveat) && (is_answered || caveat != Caveat::PathUnverified)
}

/// The recipient's zone, else the country's, else the profile's.
fn zone(facts: &LetterFacts, profile: &Profile) -> Result<TimeZone, FactsError> {
    let recipient = &facts.recipient;
    let name = recipient
        .time_zone
        .as_deref()
        .or_else(|| recipient.country.as_deref().and_then(country::time_zone))
        .unwrap_or(&profile.time_zone);
    TimeZone::get(name).map_err(|_| FactsError::TimeZone {
        reference: facts.reference.clone(),
        zone: name.to_owned(),
    })
}

/// A relay or a proxy.
const fn class(finding: &FindingFacts) -> SubjectKind {
    match finding.probed {
        Probed::Relay => SubjectKind::Relay,
        Probed::Proxy { .. } => SubjectKind::Proxy,
    }
}

fn addresses(findings: &[&FindingFacts]) -> Vec<IpAddr> {
    let mut addresses: Vec<_> = findings
        .iter()
        .map(|finding| finding.endpoint.ip())
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn endpoint(finding: &FindingFacts, id: &'static str) -> Say {
    Say::Message(
        id.into(),
        vec![
            ("address", Value::Text(finding.endpoint.ip().to_string())),
            ("port", Value::Text(finding.endpoint.port().to_string())),
        ],
    )
}

fn of_kind(kind: SubjectKind, stem: &str, with: Vec<(&'static str, Value)>) -> Say {
    Say::Message(format!("{}-{stem}", kind.as_str()).into(), with)
}

fn row(label: &'static str, lines: Vec<Say>) -> Row<Say> {
    Row {
        label: message(label),
        lines,
    }
}

fn message(id: &'static str) -> Say {
    Say::Message(id.into(), Vec::new())
}

fn text(text: &str) -> Say {
    Say::Data(data::name(text))
}

fn number(count: usize) -> Value {
    Value::Count(count as u64)
}
