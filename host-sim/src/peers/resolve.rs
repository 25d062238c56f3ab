//! Where a mailbox leads, as a server reads it that honours every old way of writing: source
//! routes, percent signs, bang paths and quoted addresses.

use super::local::Local;
use crate::smtp::Path;

/// How often an address may turn out to hold another one.
const REWRITES_MAX: usize = 8;

/// Where a mailbox leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// To a user of this server.
    Local(String),
    /// To another server.
    Remote,
    /// Nowhere: no domain after the at sign, or nothing before it.
    Broken,
}

/// Follows `path`; a source route is not followed but left out (RFC 5321, appendix C).
pub(super) fn resolve(path: &Path, local: &Local) -> Destination {
    let dequoted = path.dequoted();
    let (mut user, mut domain) = (dequoted.as_str(), path.domain.as_deref());
    for _ in 0..REWRITES_MAX {
        match domain.map(|name| name.strip_suffix('.').unwrap_or(name)) {
            Some("") => return Destination::Broken,
            Some(name) if !local.is(name) => return Destination::Remote,
            _ => {}
        }
        let inner = match (
            user.rsplit_once('@'),
            user.rsplit_once('%'),
            user.split_once('!'),
        ) {
            (Some((user, domain)), _, _) | (None, Some((user, domain)), _) => (user, domain),
            (None, None, Some((domain, user))) => (user, domain),
            (None, None, None) if user.is_empty() => return Destination::Broken,
            (None, None, None) => return Destination::Local(user.to_owned()),
        };
        (user, domain) = (inner.0, Some(inner.1));
    }
    Destination::Broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::open::OPEN;

    #[test]
    fn old_ways_of_writing() {
        let local = Local::of(&OPEN.at("mail.h.example", &["h.example"]));
        let table = [
            ("<postmaster>", Destination::Local("postmaster".into())),
            ("<u@H.example>", Destination::Local("u".into())),
            ("<u@h.example.>", Destination::Local("u".into())),
            ("<u@d>", Destination::Remote),
            ("<u@d.>", Destination::Remote),
            ("<u%d@mail.h.example>", Destination::Remote),
            ("<u%d@localhost>", Destination::Remote),
            ("<u%d>", Destination::Remote),
            ("<u%h.example@h.example>", Destination::Local("u".into())),
            ("<u%d%h.example@h.example>", Destination::Remote),
            ("<\"u@d\">", Destination::Remote),
            ("<\"u%d\"@h.example>", Destination::Remote),
            ("<u@d@h.example>", Destination::Remote),
            ("<d!u>", Destination::Remote),
            ("<d!u@h.example>", Destination::Remote),
            ("<@h.example:u@d>", Destination::Remote),
            ("<u@[192.0.2.1]>", Destination::Remote),
            ("<u%d@>", Destination::Broken),
            ("<@h.example>", Destination::Broken),
            ("<%%%%%%%%%%>", Destination::Broken),
        ];
        for (text, expected) in table {
            let found = Path::read(text).map(|path| resolve(&path, &local));
            assert_eq!(found.unwrap_or(Destination::Broken), expected, "{text}");
        }
    }
}
