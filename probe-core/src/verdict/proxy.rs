//! The rules for proxy.

use super::{Kind, Reason, Verdict};
use crate::evidence::ProxyEvidence;

/// What the evidence says.
pub(super) const fn judge_proxy(_evidence: &ProxyEvidence) -> Verdict {
    Verdict {
        kind: Kind::Inconclusive,
        reason: Reason::NotFormable,
    }
}
