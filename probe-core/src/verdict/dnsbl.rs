//! The rules for dnsbl.

use super::{Kind, Reason, Verdict};
use crate::evidence::DnsblEvidence;

/// What the evidence says.
pub(super) const fn judge_dnsbl(_evidence: &DnsblEvidence) -> Verdict {
    Verdict {
        kind: Kind::Inconclusive,
        reason: Reason::ListsUnknown,
    }
}
