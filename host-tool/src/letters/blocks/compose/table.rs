//! The table of servers.

use probe_core::scope::Depth;

use super::{Block, Composer, FactsError, Group, Part, Row, Say, message, number, of_kind, row};
use super::{endpoint, returned, text};
use crate::letters::{
    form::{data, machine},
    language::Value,
    model::{FindingFacts, Listing, Probed, Tested},
};

/// How many findings have a table before them. Fewer are seen at a glance as they are.
const OVERVIEW_FINDINGS_MIN: usize = 3;

impl Composer<'_> {
    pub(super) fn findings(&self, parts: &mut Vec<Part<Say>>) -> Result<(), FactsError> {
        parts.push(Part::Heading(Say::Message(
            "heading-findings".into(),
            vec![("count", number(self.addresses().len()))],
        )));
        if self.facts.findings.len() >= OVERVIEW_FINDINGS_MIN {
            parts.push(self.overview());
        }
        for (group, findings) in &self.groups {
            for finding in findings {
                parts.push(Part::Rows(self.rows(*group, finding)?));
            }
        }
        Ok(())
    }

    /// A line for each server, before what is known of each.
    fn overview(&self) -> Part<Say> {
        let is_tested = |finding: &FindingFacts| finding.tested.is_some();
        let has_times = self.facts.findings.iter().all(is_tested);
        let mut head = vec![message("grid-address"), message("grid-port")];
        head.extend(has_times.then(|| message("grid-seen")));
        head.push(message("grid-result"));
        let mut rows = Vec::new();
        for (group, findings) in &self.groups {
            for finding in findings {
                let endpoint = finding.endpoint;
                let mut row = vec![
                    Say::Data(endpoint.ip().to_string()),
                    Say::Data(endpoint.port().to_string()),
                ];
                row.extend(has_times.then(|| Say::Data(machine::minute(finding.last_seen))));
                row.push(message(group.wording.result()));
                rows.push(row);
            }
        }
        Part::Grid(head, rows)
    }

    fn rows(&self, group: Group, finding: &FindingFacts) -> Result<Vec<Row<Say>>, FactsError> {
        let mut rows = vec![row(
            "label-address",
            vec![endpoint(finding, "address-and-port")],
        )];
        rows.push(row("label-protocol", vec![text(&protocols(finding))]));
        if let Some(name) = &finding.host_name {
            rows.push(row("label-host", vec![text(name)]));
        }
        let has_dates = self.profile.order.contains(&Block::Dates);
        if finding.tested.is_some() && !has_dates {
            rows.extend(self.seen(finding.first_seen, finding.last_seen)?);
        }
        let listed: Vec<Say> = finding
            .listings
            .iter()
            .flat_map(|listing| self.listed(listing))
            .collect();
        if !listed.is_empty() {
            rows.push(row("label-listed", listed));
        }
        if let Some(tested) = &finding.tested {
            rows.push(row("label-tested", tested_forms(group, tested)));
        }
        if let Some(returned) = &finding.returned {
            let label = of_kind(group.kind, "label-returned", Vec::new());
            let mut row = self.moments(label, returned.at)?;
            row.lines.extend(returned::lines(group, finding, returned));
            rows.push(row);
        }
        Ok(rows)
    }

    /// One entry: the database, when it was made and when it was seen, its code.
    fn listed(&self, listing: &Listing) -> Vec<Say> {
        let mut lines = vec![text(&listing.by)];
        lines.extend(listing.since.map(|day| self.on("listed-since", day)));
        lines.extend(listing.on.map(|on| self.on("listed-on", on)));
        let code = listing.code.as_deref();
        lines.extend(code.map(|code| {
            Say::Message(
                "listed-code".into(),
                vec![("code", Value::Text(data::line(code)))],
            )
        }));
        lines
    }
}

/// What was asked, how much of it was answered and how.
fn tested_forms(group: Group, tested: &Tested) -> Vec<Say> {
    let unclear = tested
        .answered
        .saturating_sub(tested.accepted)
        .saturating_sub(tested.refused);
    let with = vec![
        ("answered", number(tested.answered.into())),
        ("accepted", number(tested.accepted.into())),
        ("refused", number(tested.refused.into())),
        ("unclear", number(unclear.into())),
    ];
    vec![
        of_kind(group.kind, "tested-forms", with),
        message(match tested.depth {
            Depth::Quick => "depth-quick",
            Depth::Standard => "depth-standard",
            Depth::Full => "depth-full",
        }),
    ]
}

fn protocols(finding: &FindingFacts) -> String {
    let Probed::Proxy { protocol } = finding.probed else {
        return "SMTP".to_owned();
    };
    let also = finding.also.iter().map(|it| it.name());
    let names: Vec<&str> = std::iter::once(protocol.name()).chain(also).collect();
    names.join(", ")
}
