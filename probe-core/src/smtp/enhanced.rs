//! Enhanced status codes (RFC 2034, RFC 3463).

use serde::{Deserialize, Serialize};

/// An enhanced status code, such as 5.7.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Enhanced {
    /// 2, 4 or 5.
    pub class: u8,
    /// What it is about, 0 to 999.
    pub subject: u16,
    /// The detail, 0 to 999.
    pub detail: u16,
}

impl Enhanced {
    /// Subject and detail, for matching whatever the class.
    pub const fn about(self) -> (u16, u16) {
        (self.subject, self.detail)
    }

    /// Reads the code that stands at the beginning of a reply's text, as RFC 2034 wants it
    /// (`5.7.1 text`), after a number sign (`#5.1.0 text`), or in brackets anywhere, as qmail
    /// writes it (`text (#5.7.1)`).
    pub(super) fn find(text: &[u8]) -> Option<Self> {
        let head = text.strip_prefix(b"#").unwrap_or(text);
        Self::at_the_beginning(head).or_else(|| {
            let mut rest = text;
            while let Some((_, tail)) = rest.split_first() {
                if let Some(inside) = rest.strip_prefix(b"(#") {
                    return Self::at_the_beginning(inside);
                }
                rest = tail;
            }
            None
        })
    }

    fn at_the_beginning(text: &[u8]) -> Option<Self> {
        let (class, rest) = number(text)?;
        let (subject, rest) = number(rest.strip_prefix(b".")?)?;
        let (detail, rest) = number(rest.strip_prefix(b".")?)?;
        let ends = rest
            .first()
            .is_none_or(|octet| !octet.is_ascii_alphanumeric() && *octet != b'.');
        match class {
            2 | 4 | 5 if ends => Some(Self {
                class: class as u8,
                subject,
                detail,
            }),
            _ => None,
        }
    }
}

/// One to three digits and what follows them.
fn number(text: &[u8]) -> Option<(u16, &[u8])> {
    let mut rest = text;
    let mut value = 0_u16;
    let mut digits = 0_u8;
    while let Some((octet, tail)) = rest.split_first() {
        if !octet.is_ascii_digit() {
            break;
        }
        digits = digits.saturating_add(1);
        if digits > 3 {
            return None;
        }
        value = value
            .saturating_mul(10)
            .saturating_add(u16::from(octet.wrapping_sub(b'0')));
        rest = tail;
    }
    (digits > 0).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enhanced_codes_are_found_where_servers_put_them() {
        for (text, expected) in [
            ("5.7.1 Relaying denied", Some((5, 7, 1))),
            ("4.7.1", Some((4, 7, 1))),
            ("5.1.10 null MX", Some((5, 1, 10))),
            ("2.1.5 <u@example.org>... Recipient ok", Some((2, 1, 5))),
            ("#5.1.0 Address rejected.", Some((5, 1, 0))),
            ("sorry, not in rcpthosts (#5.7.1)", Some((5, 7, 1))),
            ("5.7.1: odd, but clear", Some((5, 7, 1))),
            ("5.7", None),
            ("5.7.", None),
            ("5.7.1.2 is an address", None),
            ("3.7.1 no such class", None),
            ("5.7.1000 too long", None),
            ("5.7.1x", None),
            ("see 5.7.1", None),
            ("(#)", None),
            ("", None),
        ] {
            let found = Enhanced::find(text.as_bytes());
            assert_eq!(
                found.map(|code| (code.class, code.subject, code.detail)),
                expected,
                "{text:?}"
            );
        }
    }
}
