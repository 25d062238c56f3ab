//! The annexes: conversations, and the same data for machines.

use super::{Composer, Part, Say, endpoint, message, number, of_kind};
use crate::letters::{
    form::machine,
    model::{FindingFacts, Side},
};

/// Conversations that one letter shows. A reader who wants the others asks for them.
const CONVERSATIONS_MAX: usize = 5;

impl Composer<'_> {
    pub(super) fn evidence(&self, parts: &mut Vec<Part<Say>>) {
        let spoke = |finding: &FindingFacts| {
            !finding.transcript.is_empty() || !accepted_forms(finding).is_empty()
        };
        let findings: Vec<_> = self
            .groups
            .iter()
            .flat_map(|(group, findings)| findings.iter().map(move |it| (group.kind, *it)))
            .filter(|(_, finding)| spoke(finding))
            .collect();
        if findings.is_empty() {
            return;
        }
        parts.push(Part::Heading(message("heading-evidence")));
        parts.push(Part::Paragraph(message("evidence")));
        for (kind, finding) in findings.iter().take(CONVERSATIONS_MAX) {
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
                let lead = of_kind(*kind, "evidence-forms", Vec::new());
                parts.push(Part::Paragraph(lead));
                parts.push(Part::Quoted(accepted_forms(finding).to_vec()));
            }
            let told = finding.returned.as_ref().map(|returned| &returned.told);
            if let Some(told) = told.filter(|told| !told.is_empty()) {
                parts.push(Part::Paragraph(message("evidence-returned")));
                parts.push(Part::Quoted(told.clone()));
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

    pub(super) fn machine(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Heading(message("heading-machine")));
        parts.push(Part::Machine(machine::lines(self.facts)));
    }
}

fn accepted_forms(finding: &FindingFacts) -> &[String] {
    let tested = finding.tested.as_ref();
    tested.map_or(&[], |tested| &tested.accepted_forms)
}
