//! From facts to blocks.

use std::{collections::BTreeMap, net::IpAddr};

use jiff::{Timestamp, tz::TimeZone};
use probe_core::{scope::Depth, time::Utc};

use super::{Block, Own, Part, Row, Say, fix, wording::Wording};
use crate::letters::{
    form::{data, machine},
    language::{Value, country},
    model::{Caveat, FindingFacts, LetterFacts, Product, Side, WhyNone},
    profile::Profile,
};

/// Why facts make no letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// There is nothing to report.
    #[error("case `{reference}`: no findings, so there is nothing to write about")]
    NoFindings {
        /// The case.
        reference: String,
    },
    /// A finding for which no letter may be written.
    #[error("case `{reference}`, {endpoint}: no letter may be written ({})", why.as_str())]
    NoLetter {
        /// The case.
        reference: String,
        /// The finding's address and port.
        endpoint: std::net::SocketAddr,
        /// Why not.
        why: WhyNone,
    },
    /// A reference that a mail header or a file name could not hold.
    #[error("reference `{reference}`: expected 1 to 64 ASCII letters, digits and hyphens")]
    Reference {
        /// The reference as it was given.
        reference: String,
    },
    /// A moment beyond the calendar.
    #[error("case `{reference}`: {seconds} is no moment in seconds since 1970")]
    Moment {
        /// The case.
        reference: String,
        /// The seconds.
        seconds: u64,
    },
    /// A time zone that nobody knows.
    #[error(
        "case `{reference}`: unknown time zone `{zone}`; expected a name of the IANA database \
         such as `Europe/Warsaw`"
    )]
    TimeZone {
        /// The case.
        reference: String,
        /// The zone as it was given.
        zone: String,
    },
}

/// A letter before any language has spoken.
pub(crate) struct Composed {
    /// The subject.
    pub subject: Say,
    /// The blocks in the order of the profile, each with its parts.
    pub blocks: Vec<(Block, Vec<Part<Say>>)>,
}

/// Composes the letter of `facts` in the order of `profile`.
pub(crate) fn compose(facts: &LetterFacts, profile: &Profile) -> Result<Composed, FactsError> {
    let composer = Composer::new(facts, profile)?;
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

struct Composer<'a> {
    facts: &'a LetterFacts,
    profile: &'a Profile,
    zone: TimeZone,
    groups: BTreeMap<Wording, Vec<&'a FindingFacts>>,
}

const REFERENCE_OCTETS_MAX: usize = 64;

/// Conversations that one letter shows. A reader who wants the others asks for them.
const CONVERSATIONS_MAX: usize = 5;

impl<'a> Composer<'a> {
    fn new(facts: &'a LetterFacts, profile: &'a Profile) -> Result<Self, FactsError> {
        let reference = || facts.reference.clone();
        if facts.reference.is_empty()
            || facts.reference.len() > REFERENCE_OCTETS_MAX
            || !facts
                .reference
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
        {
            return Err(FactsError::Reference {
                reference: reference(),
            });
        }
        if facts.findings.is_empty() {
            return Err(FactsError::NoFindings {
                reference: reference(),
            });
        }
        let mut groups = BTreeMap::<_, Vec<_>>::new();
        for finding in &facts.findings {
            let wording =
                Wording::of(finding, profile.basis).map_err(|why| FactsError::NoLetter {
                    reference: reference(),
                    endpoint: finding.endpoint,
                    why,
                })?;
            groups.entry(wording).or_default().push(finding);
        }
        Ok(Self {
            facts,
            profile,
            zone: zone(facts, profile)?,
            groups,
        })
    }

    fn block(&self, block: Block, parts: &mut Vec<Part<Say>>) -> Result<(), FactsError> {
        match block {
            Block::Reference => self.reference(parts)?,
            Block::Salutation => self.salutation(parts),
            Block::Occasion => self.occasion(parts),
            Block::Findings => self.findings(parts)?,
            Block::Test => self.test(parts),
            Block::Verdict => self.verdict(parts),
            Block::Explanation => {
                parts.push(Part::Heading(message("heading-explanation")));
                parts.push(Part::Paragraph(message("explanation")));
            }
            Block::Consequences => {
                parts.push(Part::Paragraph(message("consequences")));
                parts.push(Part::Items(
                    [
                        "consequence-blame",
                        "consequence-strangers",
                        "consequence-congestion",
                        "consequence-cost",
                        "consequence-cut-off",
                    ]
                    .map(message)
                    .into(),
                ));
                parts.push(Part::Paragraph(message("consequences-end")));
            }
            Block::Sender => {
                parts.push(Part::Heading(message("heading-sender")));
                parts.push(Part::Paragraph(Say::Own(Own::Who)));
                parts.push(Part::Paragraph(Say::Own(Own::Ground)));
            }
            Block::Fix => self.fix(parts),
            Block::Contact => self.contact(parts),
            Block::Genuineness => self.genuineness(parts),
            Block::Retest => {
                parts.push(Part::Heading(message("heading-retest")));
                parts.push(Part::Paragraph(message("retest")));
            }
            Block::PassOn => parts.push(Part::Paragraph(message("pass-on"))),
            Block::Closing => {
                parts.push(Part::Paragraph(message("closing")));
                parts.push(Part::Lines(vec![text(&self.profile.sender.name)]));
            }
            Block::Evidence => self.evidence(parts),
            Block::Machine => {
                parts.push(Part::Heading(message("heading-machine")));
                parts.push(Part::Machine(machine::lines(self.facts)));
            }
        }
        Ok(())
    }

    fn subject(&self) -> Say {
        let confirmed = self.groups.get(&Wording::Confirmed);
        let (id, count) = match confirmed {
            Some(findings) => ("subject-confirmed", addresses(findings).len()),
            None => ("subject-listed", self.addresses().len()),
        };
        let address = confirmed
            .and_then(|findings| findings.first().copied())
            .or(self.facts.findings.first())
            .map(|finding| finding.endpoint.ip().to_string())
            .unwrap_or_default();
        Say::Message(
            id.into(),
            vec![("count", number(count)), ("address", Value::Text(address))],
        )
    }

    fn reference(&self, parts: &mut Vec<Part<Say>>) -> Result<(), FactsError> {
        let sender = &self.profile.sender;
        let mut letterhead = vec![text(&sender.name)];
        letterhead.extend(sender.address.iter().map(|line| text(line)));
        parts.push(Part::Lines(letterhead));

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
        parts.push(Part::Paragraph(Say::Message(
            "occasion-opening".into(),
            self.about(),
        )));
        let mut occasions: Vec<_> = self
            .groups
            .keys()
            .map(|wording| wording.occasion())
            .collect();
        occasions.dedup();
        let id = match occasions.as_slice() {
            [only] => *only,
            _ => "occasion-mixed",
        };
        let mut with = self.about();
        let databases = self.databases();
        with.push(("bases", number(databases.len())));
        with.push(("databases", Value::List(databases)));
        parts.push(Part::Paragraph(Say::Message(id.into(), with)));
    }

    fn findings(&self, parts: &mut Vec<Part<Say>>) -> Result<(), FactsError> {
        parts.push(Part::Heading(Say::Message(
            "heading-findings".into(),
            vec![("count", number(self.facts.findings.len()))],
        )));
        for finding in self.groups.values().flatten() {
            parts.push(Part::Rows(self.rows(finding)?));
        }
        Ok(())
    }

    fn rows(&self, finding: &FindingFacts) -> Result<Vec<Row<Say>>, FactsError> {
        let mut rows = vec![row(
            "label-address",
            vec![endpoint(finding, "address-and-port")],
        )];
        if let Some(name) = &finding.host_name {
            rows.push(row("label-host", vec![text(name)]));
        }
        // Letters give minutes.
        if finding.first_seen.0 / 60 == finding.last_seen.0 / 60 {
            rows.push(self.moments("label-seen", finding.first_seen)?);
        } else {
            rows.push(self.moments("label-first-seen", finding.first_seen)?);
            rows.push(self.moments("label-last-seen", finding.last_seen)?);
        }
        let mut listed = Vec::new();
        for listing in &finding.listings {
            let mut lines = vec![text(&listing.by)];
            if let Some(on) = listing.on {
                lines.push(Say::Message(
                    "listed-on".into(),
                    vec![("date", Value::Date(on))],
                ));
            }
            if let Some(code) = &listing.code {
                lines.push(Say::Message(
                    "listed-code".into(),
                    vec![("code", Value::Text(data::line(code)))],
                ));
            }
            listed.append(&mut lines);
        }
        if !listed.is_empty() {
            rows.push(row("label-listed", listed));
        }
        let Some(tested) = &finding.tested else {
            return Ok(rows);
        };
        let unclear = tested
            .answered
            .saturating_sub(tested.accepted)
            .saturating_sub(tested.refused);
        rows.push(row(
            "label-tested",
            vec![
                Say::Message(
                    "tested-forms".into(),
                    vec![
                        ("answered", number(tested.answered.into())),
                        ("accepted", number(tested.accepted.into())),
                        ("refused", number(tested.refused.into())),
                        ("unclear", number(unclear.into())),
                    ],
                ),
                message(match tested.depth {
                    Depth::Quick => "depth-quick",
                    Depth::Standard => "depth-standard",
                    Depth::Full => "depth-full",
                }),
            ],
        ));
        if let Some(returned) = &finding.returned {
            let mut row = self.moments("label-returned", returned.at)?;
            row.lines.push(Say::Message(
                "returned-from".into(),
                vec![("address", Value::Text(returned.from.to_string()))],
            ));
            rows.push(row);
        }
        Ok(rows)
    }

    fn test(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Heading(message("heading-test")));
        parts.push(Part::Paragraph(message("test-method")));
        let sent = self
            .groups
            .keys()
            .filter(|wording| wording.sent_a_message())
            .count();
        parts.push(Part::Paragraph(message(match sent {
            0 => "test-no-message",
            _ if sent == self.groups.len() => "test-message",
            _ => "test-message-some",
        })));
        parts.push(Part::Paragraph(Say::Own(Own::Tests)));
        let has = |caveat| {
            self.facts
                .findings
                .iter()
                .any(|finding| limits(finding, caveat))
        };
        for (caveat, id) in [
            (Caveat::PathUnverified, "caveat-path"),
            (Caveat::Laboratory, "caveat-laboratory"),
        ] {
            if has(caveat) {
                parts.push(Part::Paragraph(message(id)));
            }
        }
    }

    fn verdict(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Heading(message("heading-verdict")));
        for (wording, findings) in &self.groups {
            if self.groups.len() > 1 {
                parts.push(Part::Items(
                    findings
                        .iter()
                        .map(|finding| endpoint(finding, "address-and-port"))
                        .collect(),
                ));
            }
            let count = || vec![("count", number(findings.len()))];
            for id in wording.verdict().iter().copied().chain(wording.reason()) {
                parts.push(Part::Paragraph(Say::Message(id.into(), count())));
            }
        }
    }

    fn fix(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Heading(message("heading-fix")));
        let confirmed = self
            .groups
            .keys()
            .all(|wording| *wording == Wording::Confirmed);
        parts.push(Part::Paragraph(Say::Message(
            if confirmed {
                "fix-opening-confirmed".into()
            } else {
                "fix-opening-listed".into()
            },
            self.about(),
        )));
        parts.push(Part::Steps(
            ["fix-limit", "fix-exceptions", "fix-update", "fix-queue"]
                .map(message)
                .into(),
        ));
        let mut products: Vec<Product> = self
            .facts
            .findings
            .iter()
            .filter_map(|finding| finding.product)
            .collect();
        products.sort_unstable();
        products.dedup();
        for product in products {
            let (id, settings) = fix::settings(product);
            parts.push(Part::Paragraph(message(id)));
            parts.push(Part::Code(settings));
        }
        if let Some(page) = &self.profile.fix_page {
            parts.push(Part::Paragraph(message("fix-more")));
            parts.push(Part::Link(page.clone()));
        }
    }

    fn contact(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Heading(message("heading-contact")));
        parts.push(Part::Paragraph(Say::Message(
            "contact".into(),
            vec![("reference", Value::Text(self.facts.reference.clone()))],
        )));
        let sender = &self.profile.sender;
        parts.push(Part::Rows(vec![
            row("label-mail", vec![text(&sender.mail)]),
            row("label-phone", vec![text(&sender.phone)]),
        ]));
    }

    fn genuineness(&self, parts: &mut Vec<Part<Say>>) {
        let genuine = &self.profile.genuine;
        parts.push(Part::Heading(message("heading-genuine")));
        parts.push(Part::Paragraph(message("genuine")));
        parts.push(Part::Link(genuine.page.clone()));
        parts.push(Part::Paragraph(message("genuine-key")));
        parts.push(Part::Lines(vec![text(&genuine.pgp)]));
        parts.push(Part::Paragraph(message("genuine-never")));
    }

    fn evidence(&self, parts: &mut Vec<Part<Say>>) {
        let spoke = |finding: &&&FindingFacts| {
            !finding.transcript.is_empty() || !accepted_forms(finding).is_empty()
        };
        let findings: Vec<_> = self.groups.values().flatten().filter(spoke).collect();
        if findings.is_empty() {
            return;
        }
        parts.push(Part::Heading(message("heading-evidence")));
        parts.push(Part::Paragraph(message("evidence")));
        for finding in findings.iter().take(CONVERSATIONS_MAX) {
            parts.push(Part::Paragraph(endpoint(finding, "evidence-of")));
            if !finding.transcript.is_empty() {
                parts.push(Part::Quoted(
                    finding
                        .transcript
                        .iter()
                        .map(|line| match line.from {
                            Side::Client => format!("C: {}", line.text),
                            Side::Server => format!("S: {}", line.text),
                        })
                        .collect(),
                ));
            }
            if !accepted_forms(finding).is_empty() {
                parts.push(Part::Paragraph(message("evidence-forms")));
                parts.push(Part::Quoted(accepted_forms(finding).to_vec()));
            }
        }
        let left = findings.len().saturating_sub(CONVERSATIONS_MAX);
        if left > 0 {
            parts.push(Part::Paragraph(Say::Message(
                "evidence-more".into(),
                vec![("count", number(left))],
            )));
        }
    }

    /// What messages about the letter's addresses are given: how many, and the one.
    fn about(&self) -> Vec<(&'static str, Value)> {
        let addresses = self.addresses();
        let address = addresses
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        vec![
            ("count", number(addresses.len())),
            ("address", Value::Text(address)),
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

    /// A row with a moment in UTC and in the letter's zone.
    fn moments(&self, label: &'static str, at: Utc) -> Result<Row<Say>, FactsError> {
        let mut lines = vec![self.moment("moment-utc", at, &TimeZone::UTC)?];
        if self.zone != TimeZone::UTC {
            lines.push(self.moment("moment-local", at, &self.zone)?);
        }
        Ok(row(label, lines))
    }

    fn moment(&self, id: &'static str, at: Utc, zone: &TimeZone) -> Result<Say, FactsError> {
        let civil = self.civil(at, zone)?;
        let count = |part: i8| Value::Count(part.unsigned_abs().into());
        Ok(Say::Message(
            id.into(),
            vec![
                ("date", Value::Date(civil.date())),
                ("hour", count(civil.hour())),
                ("minute", Value::Text(format!("{:02}", civil.minute()))),
                (
                    "zone",
                    Value::Text(zone.iana_name().unwrap_or("UTC").to_owned()),
                ),
            ],
        ))
    }

    fn civil(&self, at: Utc, zone: &TimeZone) -> Result<jiff::civil::DateTime, FactsError> {
        i64::try_from(at.0)
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map(|timestamp| timestamp.to_zoned(zone.clone()).datetime())
            .ok_or_else(|| FactsError::Moment {
                reference: self.facts.reference.clone(),
                seconds: at.0,
            })
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

fn accepted_forms(finding: &FindingFacts) -> &[String] {
    let tested = finding.tested.as_ref();
    tested.map_or(&[], |tested| &tested.accepted_forms)
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

fn row(label: &'static str, lines: Vec<Say>) -> Row<Say> {
    Row {
        label: message(label),
        lines,
    }
}

pub(crate) fn message(id: &'static str) -> Say {
    Say::Message(id.into(), Vec::new())
}

fn text(text: &str) -> Say {
    Say::Data(data::name(text))
}

fn number(count: usize) -> Value {
    Value::Count(count as u64)
}
