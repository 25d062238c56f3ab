//! Which form of docs/relay-battery.md an envelope has, and where it leads.

use super::exists;
use crate::{peers::Peer, smtp::Path};

/// The name of F12 that a client introduces itself with, or `own`.
pub(super) fn hello_form(name: &str, peer: &Peer) -> &'static str {
    if name.starts_with('[') {
        "literal"
    } else if name.eq_ignore_ascii_case("localhost") {
        "localhost"
    } else if is_own(name, peer) {
        "theirs"
    } else if name.starts_with("nonexistent.") {
        "unknown"
    } else {
        "own"
    }
}

/// The form of a sender.
pub(super) fn sender_form(path: &Path, peer: &Peer) -> Option<&'static str> {
    let is_user = ["postmaster", "abuse"]
        .iter()
        .any(|user| path.local.eq_ignore_ascii_case(user));
    Some(match path.domain.as_deref() {
        None if path.is_null() => "F2",
        None if path.local.contains('!') => "F8",
        None => "F6",
        Some("") => "F10",
        Some("localhost") => "F5",
        Some(_) if path.is_literal() => "F4",
        Some(domain) if is_own(domain, peer) && is_user => "F7",
        Some(domain) if is_own(domain, peer) => "F3",
        Some(_) if !path.bracketed => "F11",
        Some(_) if !exists(path) => "F9",
        Some(_) => "F1",
    })
}

/// The form of a recipient; T24 is T1 behind another recipient.
pub(super) fn recipient_form(path: &Path, is_behind_another: bool) -> Option<&'static str> {
    let quoted = path.is_quoted();
    let (ats, percents, bangs) = {
        let count = |sign| path.local.matches(sign).count();
        (count('@'), count('%'), count('!'))
    };
    let place = match path.domain.as_deref() {
        None => Place::None,
        Some("") => Place::Empty,
        Some("localhost" | "[127.0.0.1]") => Place::Loopback,
        Some(_) if path.is_literal() => Place::Literal,
        Some(_) => Place::Name,
    };
    Some(match (place, quoted, ats, percents, bangs) {
        (Place::Name, false, 0, 0, 0) => match path.route.as_slice() {
            [] if is_behind_another => "T24",
            [] if !path.bracketed => "T2",
            [] if path
                .domain
                .as_deref()
                .is_some_and(|name| name.ends_with('.')) =>
            {
                "T22"
            }
            [] => "T1",
            [hop] if hop.starts_with('[') => "T13",
            [_] => "T12",
            [..] => "T19",
        },
        (Place::Literal, false, 0, 0, 0) => "T25",
        (Place::Name, false, 0, 1, 0) => "T3",
        (Place::Name, false, 0, 2, 0) => "T21",
        (Place::Name, true, 0, 1, 0) => "T23",
        (Place::Name, true, 1, 0, 0) => "T8",
        (Place::Name, false, 1, 0, 0) => "T10",
        (Place::Name, false, 0, 0, 1) => "T15",
        (Place::Literal, false, 0, 1, 0) => "T4",
        (Place::Literal, true, 1, 0, 0) => "T9",
        (Place::Literal, false, 1, 0, 0) => "T11",
        (Place::Literal, false, 0, 0, 1) => "T16",
        (Place::None, false, 0, 1, 0) => "T5",
        (Place::None, true, 1, 0, 0) => "T6",
        (Place::None, true, 0, 1, 0) => "T7",
        (Place::None, false, 0, 0, 1) => "T14",
        (Place::Empty, false, 0, 1, 0) => "T17",
        (Place::Empty, false, 1, 0, 0) => "T18",
        (Place::Loopback, false, 0, 1, 0) => "T20",
        _ => return None,
    })
}

/// What stands behind the last at sign.
#[derive(Clone, Copy)]
enum Place {
    None,
    Empty,
    Loopback,
    Literal,
    Name,
}

/// The mailbox that a path leads to in the end, where mail can be sent there at all.
pub(super) fn destination(path: &Path) -> Option<String> {
    let local = path.dequoted();
    let hack = local
        .split_once('@')
        .or_else(|| local.split_once('%'))
        .or_else(|| local.split_once('!').map(|(domain, user)| (user, domain)));
    let (user, domain) = match (hack, path.domain.as_deref()) {
        (Some((user, rest)), _) => (user, rest.split(['%', '@']).next().unwrap_or(rest)),
        (None, domain) => (local.as_str(), domain?),
    };
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let leads = Path {
        domain: Some(domain.to_owned()),
        ..Path::default()
    };
    (!user.is_empty() && exists(&leads)).then(|| format!("{user}@{domain}"))
}

fn is_own(domain: &str, peer: &Peer) -> bool {
    domain.eq_ignore_ascii_case(&peer.host)
        || peer
            .domains
            .iter()
            .any(|own| domain.eq_ignore_ascii_case(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        peers::Personality,
        post::examples::{HELLOS, RECIPIENTS, SENDERS},
    };

    #[test]
    fn recipients_are_told_apart_and_lead_to_the_sink() {
        for (id, text) in RECIPIENTS {
            let path = Path::read(text).unwrap();
            let (id, is_behind_another, user) = match id {
                "T24" => (id, true, "u@sink.example"),
                "T25" => (id, false, "u@[198.51.100.25]"),
                // What goes before it does not show in it.
                "T1-after-reset" => ("T1", false, "u@sink.example"),
                _ => (id, false, "u@sink.example"),
            };
            let form = recipient_form(&path, is_behind_another);
            assert_eq!(form, Some(id), "{text}");
            assert_eq!(destination(&path).as_deref(), Some(user), "{text}");
        }
    }

    #[test]
    fn senders_and_names_are_told_apart() {
        let peer = Personality::named("open").unwrap();
        let peer = peer.at("mail.h.example", &["h.example"]);
        for (id, text) in SENDERS {
            let path = Path::read(text).unwrap();
            assert_eq!(sender_form(&path, &peer), Some(id), "{text}");
            let leads = match id {
                "F2" | "F6" | "F9" | "F10" => None,
                "F8" => Some("s@probe.example"),
                _ => Some(text.trim_start_matches('<').trim_end_matches('>')),
            };
            assert_eq!(destination(&path).as_deref(), leads, "{text}");
        }
        for (id, name) in HELLOS {
            assert_eq!(hello_form(name, &peer), id, "{name}");
        }
    }
}
