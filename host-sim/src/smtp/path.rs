//! A mailbox as it stands in MAIL and RCPT, read as loosely as real servers read it.

/// What stands between the angle brackets, or instead of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// The hosts of a source route, without their at signs.
    pub route: Vec<String>,
    /// Left of the last at sign that is not quoted, as written.
    pub local: String,
    /// Right of it; `Some("")` for a bare at sign at the end.
    pub domain: Option<String>,
    /// Whether it stood in angle brackets.
    pub bracketed: bool,
}

/// Why a text is no path at all: a bracket, a quote or a source route that does not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPath;

impl Path {
    /// Reads the path at the start of `text`; what follows it (parameters of RFC 5321, 4.1.2) is
    /// not looked at.
    pub fn read(text: &str) -> Result<Self, NoPath> {
        let text = text.trim_start_matches(' ');
        let (inside, bracketed) = match text.strip_prefix('<') {
            Some(rest) => (until(rest, '>').ok_or(NoPath)?, true),
            None => (until(text, ' ').unwrap_or(text), false),
        };
        let (route, mailbox) = match inside.strip_prefix('@') {
            Some(_) => {
                let (route, mailbox) = inside.split_once(':').ok_or(NoPath)?;
                let hosts = route
                    .split(',')
                    .map(|hop| hop.trim_start_matches('@').to_owned());
                (hosts.collect(), mailbox)
            }
            None => (Vec::new(), inside),
        };
        if !quotes_match(mailbox) {
            return Err(NoPath);
        }
        let (local, domain) = match last_at(mailbox) {
            Some(at) => (&mailbox[..at], Some(mailbox[at + 1..].to_owned())),
            None => (mailbox, None),
        };
        Ok(Self {
            route,
            local: local.to_owned(),
            domain,
            bracketed,
        })
    }

    /// The null reverse-path, or an empty pair of brackets.
    pub fn is_null(&self) -> bool {
        self.local.is_empty() && self.domain.is_none()
    }

    /// Whether the local part is a quoted string.
    pub fn is_quoted(&self) -> bool {
        self.local.starts_with('"')
    }

    /// Whether the domain is an address literal.
    pub fn is_literal(&self) -> bool {
        self.domain
            .as_deref()
            .is_some_and(|domain| domain.starts_with('['))
    }

    /// The local part without quotes.
    pub fn dequoted(&self) -> String {
        let mut text = String::with_capacity(self.local.len());
        let mut escaped = false;
        for letter in self.local.chars() {
            match letter {
                '"' if !escaped => {}
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                _ => text.push(letter),
            }
            escaped = false;
        }
        text
    }

    /// The whole mailbox, without brackets and source route.
    pub fn mailbox(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{}@{domain}", self.local),
            None => self.local.clone(),
        }
    }
}

/// The text before the first `end` that is not quoted.
fn until(text: &str, end: char) -> Option<&str> {
    unquoted(text)
        .find(|(_, letter)| *letter == end)
        .map(|(at, _)| &text[..at])
}

fn last_at(text: &str) -> Option<usize> {
    unquoted(text)
        .filter(|(_, letter)| *letter == '@')
        .map(|(at, _)| at)
        .last()
}

/// The letters that stand outside quotes, with their places.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quoted = false;
    let mut escaped = false;
    text.char_indices().filter(move |(_, letter)| {
        let outside = !quoted;
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        outside
    })
}

fn quotes_match(text: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    !quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_testers_send() {
        let table: [(&str, &[&str], &str, Option<&str>); 16] = [
            ("<u@d.example>", &[], "u", Some("d.example")),
            ("u@d.example", &[], "u", Some("d.example")),
            ("<u@d.example> SIZE=9", &[], "u", Some("d.example")),
            ("<u%d@h>", &[], "u%d", Some("h")),
            ("<u%d>", &[], "u%d", None),
            ("<\"u@d\">", &[], "\"u@d\"", None),
            ("<\"u@d\"@h>", &[], "\"u@d\"", Some("h")),
            ("<\"a>\\\"b\"@h>", &[], "\"a>\\\"b\"", Some("h")),
            ("<u@d@h>", &[], "u@d", Some("h")),
            ("<@h:u@d>", &["h"], "u", Some("d")),
            (
                "<@l,@[192.0.2.1]:u@d>",
                &["l", "[192.0.2.1]"],
                "u",
                Some("d"),
            ),
            ("<d!u>", &[], "d!u", None),
            ("<u%d@>", &[], "u%d", Some("")),
            ("<u@d.>", &[], "u", Some("d.")),
            (
                "<u@[IPv6:2001:db8::1]>",
                &[],
                "u",
                Some("[IPv6:2001:db8::1]"),
            ),
            ("<>", &[], "", None),
        ];
        for (text, route, local, domain) in table {
            let path = Path::read(text).unwrap();
            let got = (path.local.as_str(), path.domain.as_deref());
            assert_eq!(got, (local, domain), "{text}");
            assert_eq!(path.route, route, "{text}");
            assert_eq!(path.bracketed, text.starts_with('<'), "{text}");
        }
        assert!(Path::read("<>").unwrap().is_null());
        for text in ["<u@d", "<\"u@d>", "<@h>", "\"u"] {
            assert_eq!(Path::read(text), Err(NoPath), "{text}");
        }
    }

    #[test]
    fn quotes_come_off() {
        assert_eq!(Path::read(r#"<"u@d"@h>"#).unwrap().dequoted(), "u@d");
        assert_eq!(
            Path::read(r#"<"a\"b\\c"@h>"#).unwrap().dequoted(),
            r#"a"b\c"#
        );
        assert_eq!(Path::read("<plain@h>").unwrap().dequoted(), "plain");
    }
}
