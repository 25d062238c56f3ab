//! Which facts a profile has a letter for, and how much of them.

use super::{FactsError, error};
use crate::letters::{
    model::{Decision, FindingFacts, LetterFacts},
    profile::Profile,
};

const REFERENCE_OCTETS_MAX: usize = 64;

/// Refuses facts for which the profile has no letter.
pub(super) fn admit(facts: &LetterFacts, profile: &Profile) -> Result<(), FactsError> {
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
    let Some(kind) = facts.subject_kind() else {
        return Err(FactsError::NoFindings {
            reference: reference(),
        });
    };
    if !profile.writes_about(kind) {
        let known: Vec<&str> = profile.kinds.iter().copied().map(error::about).collect();
        return Err(FactsError::Kind {
            reference: reference(),
            profile: profile.name.clone(),
            kind,
            known: known.join(" and "),
        });
    }
    for finding in &facts.findings {
        if let Decision::NoLetter(why) = finding.decision(profile.basis) {
            return Err(FactsError::NoLetter {
                reference: reference(),
                endpoint: finding.endpoint,
                why,
            });
        }
    }
    Ok(())
}

/// What is left for a letter that rests on listings alone: it says nothing of tests, so it does
/// not know them.
pub(super) fn without_tests(facts: &LetterFacts) -> LetterFacts {
    let findings = facts.findings.iter().map(|finding| FindingFacts {
        endpoint: finding.endpoint,
        probed: finding.probed,
        also: finding.also.clone(),
        host_name: finding.host_name.clone(),
        first_seen: finding.first_seen,
        last_seen: finding.last_seen,
        verdict: None,
        listings: finding.listings.clone(),
        tested: None,
        product: None,
        transcript: Vec::new(),
        returned: None,
        caveats: Vec::new(),
    });
    LetterFacts {
        reference: facts.reference.clone(),
        written: facts.written,
        recipient: facts.recipient.clone(),
        findings: findings.collect(),
    }
}
