//! What a server takes for its own.

use super::Peer;
use crate::smtp::Path;

/// The names that a server takes mail for.
#[derive(Clone, Debug)]
pub(super) struct Local {
    host: String,
    domains: Vec<String>,
}

impl Local {
    pub(super) fn of(peer: &Peer) -> Self {
        Self {
            host: peer.host.to_ascii_lowercase(),
            domains: peer
                .domains
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
        }
    }

    /// The host name.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Whether mail to `domain` stays here.
    pub(super) fn is(&self, domain: &str) -> bool {
        let is = |own: &str| domain.eq_ignore_ascii_case(own);
        is(&self.host) || is("localhost") || self.domains.iter().any(|own| is(own))
    }

    /// Whether the path's domain is local, or missing.
    pub(super) fn holds(&self, path: &Path) -> bool {
        path.domain.as_deref().is_none_or(|domain| self.is(domain))
    }
}

/// The users that every simulated server knows.
pub(super) fn is_user(local_part: &str) -> bool {
    ["postmaster", "abuse"]
        .iter()
        .any(|user| local_part.eq_ignore_ascii_case(user))
}
