//! What stands behind MAIL FROM: and RCPT TO: (RFC 5321, 4.1.2), well-formed or not.
//!
//! The battery writes paths that no grammar allows, so a path is text that is measured, not a
//! structure that is printed.

/// The longest local part, in octets (RFC 5321, 4.5.3.1.1).
pub const LOCAL_PART_OCTETS_MAX: usize = 64;
/// The longest domain, in octets (RFC 5321, 4.5.3.1.2).
pub const DOMAIN_OCTETS_MAX: usize = 255;
/// The longest path with its punctuation, in octets (RFC 5321, 4.5.3.1.3).
pub const PATH_OCTETS_MAX: usize = 256;

/// A path's text with its brackets, if it has any: `<u@example.org>`, `u@example.org`, `<>`.
pub type PathText = heapless::String<PATH_OCTETS_MAX, u16>;

/// Which limit of RFC 5321 a form would break with this target's names. The form is reported as
/// too long; nothing is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLong {
    /// Over [`LOCAL_PART_OCTETS_MAX`].
    LocalPart,
    /// Over [`DOMAIN_OCTETS_MAX`].
    Domain,
    /// Over [`PATH_OCTETS_MAX`].
    Path,
    /// Over [`super::COMMAND_OCTETS_MAX`], or over the buffer that was lent.
    Command,
}

/// Measures a path. The domain stands behind the last `@` that is not quoted, a source route
/// (`@a,@b:`) before both; a path without such an `@` is a local part.
pub fn measure(path: &str) -> Result<(), TooLong> {
    if path.len() > PATH_OCTETS_MAX {
        return Err(TooLong::Path);
    }
    let inner = path.strip_prefix('<').unwrap_or(path);
    let inner = inner.strip_suffix('>').unwrap_or(inner);
    let mailbox = behind_the_route(inner);
    let (local_part, domain) = split_at_the_domain(mailbox);
    if local_part > LOCAL_PART_OCTETS_MAX {
        Err(TooLong::LocalPart)
    } else if domain > DOMAIN_OCTETS_MAX {
        Err(TooLong::Domain)
    } else {
        Ok(())
    }
}

/// What follows a source route. Its colon stands outside square brackets, unlike that of `[IPv6:…]`.
fn behind_the_route(path: &str) -> &str {
    if !path.starts_with('@') {
        return path;
    }
    let mut in_literal = false;
    for (place, octet) in path.bytes().enumerate() {
        match octet {
            b'[' => in_literal = true,
            b']' => in_literal = false,
            b':' if !in_literal => {
                return path.get(place.saturating_add(1)..).unwrap_or_default();
            }
            _ => {}
        }
    }
    path
}

/// The lengths of local part and domain.
fn split_at_the_domain(mailbox: &str) -> (usize, usize) {
    let mut quoted = false;
    let mut escaped = false;
    let mut split = None;
    for (place, octet) in mailbox.bytes().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'@' if !quoted => split = Some(place),
            _ => {}
        }
    }
    let octets = mailbox.len();
    match split {
        Some(at) => (at, octets.saturating_sub(at).saturating_sub(1)),
        None => (octets, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_rfc_5321_are_exact() {
        let a = |count: usize| "a".repeat(count);
        for (path, expected) in [
            ("<>".to_string(), Ok(())),
            (format!("<{}@d>", a(64)), Ok(())),
            (format!("<{}@d>", a(65)), Err(TooLong::LocalPart)),
            (format!("<{}>", a(65)), Err(TooLong::LocalPart)),
            (format!("<{}%d@h>", a(62)), Ok(())),
            (format!("<{}%d@h>", a(63)), Err(TooLong::LocalPart)),
            (format!("<\"{}@d\">", a(60)), Ok(())),
            (format!("<\"{}@d\">", a(61)), Err(TooLong::LocalPart)),
            (format!("<@{}:{}@d>", a(100), a(64)), Ok(())),
            (
                format!("<@{}:{}@d>", a(100), a(65)),
                Err(TooLong::LocalPart),
            ),
            (format!("<@[IPv6:2001:db8::1]:{}@d>", a(64)), Ok(())),
            (format!("<u@{}>", a(252)), Ok(())),
            (format!("<u@{}>", a(253)), Err(TooLong::Path)),
            (format!("u@{}", a(254)), Ok(())),
            (format!("u@{}", a(255)), Err(TooLong::Path)),
            (format!("@{}", a(255)), Ok(())),
        ] {
            assert_eq!(measure(&path), expected, "{path}");
        }
    }
}
