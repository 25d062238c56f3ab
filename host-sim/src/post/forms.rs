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
    use crate::peers::Personality;

    #[test]
    fn forms_are_told_apart_and_lead_to_the_sink() {
        for (expected, text) in [
            ("T1", "<u@sink.example>"),
            ("T2", "u@sink.example"),
            ("T3", "<u%sink.example@mail.h.example>"),
            ("T4", "<u%sink.example@[192.0.2.25]>"),
            ("T5", "<u%sink.example>"),
            ("T6", "<\"u@sink.example\">"),
            ("T7", "<\"u%sink.example\">"),
            ("T8", "<\"u@sink.example\"@mail.h.example>"),
            ("T9", "<\"u@sink.example\"@[192.0.2.25]>"),
            ("T10", "<u@sink.example@mail.h.example>"),
            ("T11", "<u@sink.example@[192.0.2.25]>"),
            ("T12", "<@mail.h.example:u@sink.example>"),
            ("T13", "<@[192.0.2.25]:u@sink.example>"),
            ("T14", "<sink.example!u>"),
            ("T15", "<sink.example!u@mail.h.example>"),
            ("T16", "<sink.example!u@[192.0.2.25]>"),
            ("T17", "<u%sink.example@>"),
            ("T18", "<u@sink.example@>"),
            ("T19", "<@h.example,@mail.h.example:u@sink.example>"),
            ("T20", "<u%sink.example@localhost>"),
            ("T20", "<u%sink.example@[127.0.0.1]>"),
            ("T21", "<u%sink.example%mail.h.example@mail.h.example>"),
            ("T22", "<u@sink.example.>"),
            ("T23", "<\"u%sink.example\"@mail.h.example>"),
        ] {
            let path = Path::read(text).unwrap();
            assert_eq!(recipient_form(&path, false), Some(expected), "{text}");
            assert_eq!(
                destination(&path).as_deref(),
                Some("u@sink.example"),
                "{text}"
            );
        }
        let literal = Path::read("<u@[198.51.100.25]>").unwrap();
        assert_eq!(recipient_form(&literal, false), Some("T25"));
        assert_eq!(destination(&literal).as_deref(), Some("u@[198.51.100.25]"));
        let plain = Path::read("<u@sink.example>").unwrap();
        assert_eq!(recipient_form(&plain, true), Some("T24"));
    }

    #[test]
    fn senders_are_told_apart() {
        let peer = Personality::named("open").unwrap();
        let peer = peer.at("mail.h.example", &["h.example"]);
        for (expected, text, leads) in [
            ("F1", "<s@probe.example>", Some("s@probe.example")),
            ("F2", "<>", None),
            ("F3", "<s@h.example>", Some("s@h.example")),
            ("F4", "<s@[192.0.2.25]>", Some("s@[192.0.2.25]")),
            ("F5", "<s@localhost>", Some("s@localhost")),
            ("F6", "<s>", None),
            ("F7", "<postmaster@h.example>", Some("postmaster@h.example")),
            ("F8", "<probe.example!s>", Some("s@probe.example")),
            ("F9", "<s@nonexistent.probe.example>", None),
            ("F10", "<s@>", None),
            ("F11", "s@probe.example", Some("s@probe.example")),
        ] {
            let path = Path::read(text).unwrap();
            assert_eq!(sender_form(&path, &peer), Some(expected), "{text}");
            assert_eq!(destination(&path).as_deref(), leads, "{text}");
        }
    }
}
