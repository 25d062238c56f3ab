//! What a profile's texts must look like.

/// What a link must be, in words.
pub(super) const LINK: &str = "a link that begins with `https://` and has no spaces";

/// What a link of a historic profile must be, in words.
pub(super) const HISTORIC_LINK: &str = "a link as it was printed, without spaces";

pub(super) fn link(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://")?;
    is_link(rest).then(|| text.to_owned())
}

/// Also `http://` and bare `www.`, as letters printed them in 2003.
pub(super) fn historic_link(text: &str) -> Option<String> {
    let rest = text.strip_prefix("http://").unwrap_or(text);
    (is_link(rest) && rest.starts_with("www.")).then(|| text.to_owned())
}

fn is_link(rest: &str) -> bool {
    rest.contains('.') && !rest.contains(char::is_whitespace) && !rest.ends_with('.')
}

pub(super) fn mail(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let is_clean = !text.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    (is_clean && !local.is_empty() && domain.contains('.') && !domain.ends_with('.'))
        .then(|| text.to_owned())
}

pub(super) fn phone(text: &str) -> Option<String> {
    let rest = text.strip_prefix('+')?;
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    (digits >= 6
        && rest
            .chars()
            .all(|c| c.is_ascii_digit() || " ()-".contains(c)))
    .then(|| text.to_owned())
}

pub(super) fn fingerprint(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|letter| *letter != ' ')
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    if digits.len() != 40 || !digits.chars().all(|letter| letter.is_ascii_hexdigit()) {
        return None;
    }
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    Some(grouped)
}

/// The host of a link or of a mail address.
pub(super) fn host(text: &str) -> Option<&str> {
    let rest = match text.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next()?,
        None => text.split('/').next()?,
    };
    let host = rest.rsplit('@').next()?;
    host.split(':').next()
}

pub(super) fn is_documentation(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let under = |name: &str| {
        host.strip_suffix(name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    [
        "example",
        "test",
        "invalid",
        "localhost",
        "example.com",
        "example.net",
        "example.org",
    ]
    .into_iter()
    .any(under)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_reserved_for_documentation() {
        for (text, expected) in [
            ("notices@cert.example", true),
            ("a@example.com", true),
            ("https://www.example.org/a", true),
            ("https://example.net:8443", true),
            ("www.example.org/a", true),
            ("notices@cert.pl", false),
            ("a@myexample.com", false),
            ("https://cert.pl/example", false),
        ] {
            assert_eq!(host(text).is_some_and(is_documentation), expected, "{text}");
        }
    }

    #[test]
    fn links_of_today_and_of_then() {
        for (text, now, then) in [
            ("https://cert.example/a", true, false),
            ("http://www.ftc.gov/openrelay", false, true),
            ("www.ftc.gov/secureyourserver", false, true),
            ("http://www.ftc.gov/openrelay.", false, false),
            ("www.ftc.gov/a b", false, false),
        ] {
            assert_eq!(link(text).is_some(), now, "{text}");
            assert_eq!(historic_link(text).is_some(), then, "{text}");
        }
    }
}
