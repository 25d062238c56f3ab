//! A server's own name, from the line in which it introduces itself.

use crate::name::Name;

/// The first word behind the code, where it is a name with at least two labels.
pub(super) fn of_line(line: &[u8]) -> Option<Name> {
    let text = line.get(4..)?;
    let word = text
        .split(|octet| matches!(octet, b' ' | b'\t'))
        .find(|word| !word.is_empty())?;
    let name = Name::new(core::str::from_utf8(word).ok()?).ok()?;
    let is_a_literal = name
        .as_str()
        .bytes()
        .all(|octet| octet.is_ascii_digit() || octet == b'.');
    (name.as_str().contains('.') && !is_a_literal).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_checked_name_and_never_esmtp() {
        for (line, expected) in [
            (
                "220 mail.example.org ESMTP Postfix",
                Some("mail.example.org"),
            ),
            ("220 Mail.Example.ORG. ESMTP", Some("mail.example.org")),
            (
                "220-mail.example.org ESMTP Exim 4.96",
                Some("mail.example.org"),
            ),
            ("250 mail.example.org", Some("mail.example.org")),
            ("250  mail.example.org Hello", Some("mail.example.org")),
            ("220 ESMTP", None),
            ("220 localhost ESMTP", None),
            ("220 192.0.2.1 ESMTP", None),
            ("220 [192.0.2.1] ESMTP", None),
            ("220 ********************", None),
            ("220 a@b.example hello", None),
            ("220 mail.example.org>\0 x", None),
            ("220", None),
            ("", None),
        ] {
            let name = of_line(line.as_bytes());
            assert_eq!(name.as_ref().map(Name::as_str), expected, "{line:?}");
        }
    }
}
