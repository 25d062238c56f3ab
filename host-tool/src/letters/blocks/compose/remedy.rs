//! What to do: steps, settings for what was recognised, questions, a page to read.

use super::{Composer, Group, Own, Part, Say, message};
use crate::letters::{
    blocks::{fix, wording::Wording},
    model::{Product, SubjectKind},
};

impl Composer<'_> {
    pub(super) fn fix(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Heading(message("heading-fix")));
        let confirmed = self
            .groups
            .keys()
            .all(|Group { wording, .. }| *wording == Wording::Confirmed);
        let stem = if confirmed {
            "fix-opening-confirmed"
        } else {
            "fix-opening-listed"
        };
        parts.push(Part::Paragraph(self.kinded(stem, self.about())));
        let both = self.kind == SubjectKind::Both;
        for (kind, lead, steps) in [
            (
                SubjectKind::Relay,
                "fix-relays",
                &["fix-limit", "fix-exceptions", "fix-update", "fix-queue"][..],
            ),
            (
                SubjectKind::Proxy,
                "fix-proxies",
                &[
                    "fix-clients",
                    "fix-listen",
                    "fix-targets",
                    "fix-software",
                    "fix-logs",
                ],
            ),
        ] {
            if both {
                parts.push(Part::Paragraph(message(lead)));
            }
            if both || self.kind == kind {
                parts.push(Part::Steps(steps.iter().copied().map(message).collect()));
            }
        }
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
        if let Some(page) = &self.profile.fix.page {
            parts.push(Part::Paragraph(message("fix-more")));
            parts.push(Part::Link(page.clone()));
        }
    }

    /// What whoever runs a proxy should ask; nothing in a letter about relays.
    pub(super) fn questions(&self, parts: &mut Vec<Part<Say>>) {
        if self.kind == SubjectKind::Relay {
            return;
        }
        parts.push(Part::Paragraph(message("questions")));
        parts.push(Part::Steps(
            [
                "question-untrusted",
                "question-version",
                "question-patches",
                "question-access",
                "question-audit",
                "question-abuse",
            ]
            .map(message)
            .into(),
        ));
    }

    /// A page with instructions, for whoever runs such a server and wishes to close it.
    pub(super) fn guide(&self, parts: &mut Vec<Part<Say>>) {
        parts.push(Part::Paragraph(Say::Own(Own::Guide)));
        parts.extend(self.profile.fix.page.clone().map(Part::Link));
        parts.push(Part::Paragraph(self.kinded("guide-steps", self.about())));
        if let Some(direct) = &self.profile.fix.direct {
            parts.push(Part::Paragraph(message("guide-direct")));
            parts.push(Part::Link(direct.clone()));
        }
    }
}
