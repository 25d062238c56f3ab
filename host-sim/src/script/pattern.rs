//! Patterns of command lines: `*` stands for anything, `{host}` and `{domain}` for the server's
//! names. Case is of no account.

use crate::peers::Peer;

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Anything,
    Host,
    Domain,
}

impl Pattern {
    /// Reads a pattern; what was wrong with it otherwise.
    pub(super) fn read(mut rest: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (part, left) = if let Some(left) = rest.strip_prefix('*') {
                (Part::Anything, left)
            } else if let Some(left) = rest.strip_prefix("{host}") {
                (Part::Host, left)
            } else if let Some(left) = rest.strip_prefix("{domain}") {
                (Part::Domain, left)
            } else if rest.starts_with('{') {
                return Err(rest.to_owned());
            } else {
                let end = rest.find(['*', '{']).unwrap_or(rest.len());
                let (text, left) = rest.split_at(end);
                (Part::Text(text.to_owned()), left)
            };
            parts.push(part);
            rest = left;
        }
        Ok(Self(parts))
    }

    /// Whether the whole of `line` is like this, said to `peer`.
    pub(super) fn fits(&self, line: &str, peer: &Peer) -> bool {
        fits(&self.0, line.as_bytes(), peer)
    }
}

fn fits(parts: &[Part], line: &[u8], peer: &Peer) -> bool {
    let Some((part, parts)) = parts.split_first() else {
        return line.is_empty();
    };
    let then = |name: &str| {
        line.split_at_checked(name.len())
            .is_some_and(|(head, rest)| {
                head.eq_ignore_ascii_case(name.as_bytes()) && fits(parts, rest, peer)
            })
    };
    match part {
        Part::Text(text) => then(text),
        Part::Host => then(&peer.host),
        Part::Domain => peer.domains.iter().any(|domain| then(domain)),
        Part::Anything => (0..=line.len()).any(|skipped| fits(parts, &line[skipped..], peer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::Personality;

    #[test]
    fn lines_fit_or_do_not() {
        let peer = Personality::ALL[0].at("mx.h.example", &["h.example", "other.example"]);
        for (pattern, line, expected) in [
            ("RSET", "rset", true),
            ("RSET", "RSET now", false),
            ("*", "", true),
            ("EHLO *", "EHLO a b", true),
            ("EHLO *", "EHLO", false),
            ("RCPT TO:<*@{domain}>", "rcpt to:<u@H.Example>", true),
            ("RCPT TO:<*@{domain}>", "RCPT TO:<u@other.example>", true),
            ("RCPT TO:<*@{domain}>", "RCPT TO:<u@mx.h.example>", false),
            ("RCPT TO:<*@{host}>", "RCPT TO:<u%d@mx.h.example>", true),
            ("<@{host}:*@*>", "<@mx.h.example:u@d>", true),
            ("<*@*.>", "<u@d>", false),
        ] {
            let fits = Pattern::read(pattern).unwrap().fits(line, &peer);
            assert_eq!(fits, expected, "{pattern} {line}");
        }
    }

    #[test]
    fn only_names_of_the_server_stand_in_braces() {
        assert_eq!(Pattern::read("<{helo}>"), Err("{helo}>".to_owned()));
    }
}
