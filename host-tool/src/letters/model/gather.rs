//! One letter for each recipient, however many servers it is about.

use super::{FindingFacts, Recipient};

/// Puts the findings of one contact together, in the order in which they came. Findings without
/// a contact stay alone: nobody knows whether they belong together.
pub fn gather(
    findings: impl IntoIterator<Item = (Recipient, FindingFacts)>,
) -> Vec<(Recipient, Vec<FindingFacts>)> {
    let mut letters: Vec<(Recipient, Vec<FindingFacts>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (recipient, finding) in findings {
        let place = match recipient.contact.as_deref() {
            Some(contact) => *places
                .entry(contact.trim().to_lowercase())
                .or_insert(letters.len()),
            None => letters.len(),
        };
        match letters.get_mut(place) {
            Some((_, together)) => together.push(finding),
            None => letters.push((recipient, vec![finding])),
        }
    }
    letters
}
