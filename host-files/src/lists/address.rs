//! One address of a list, with or without a port.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::problem::{Place, Problem};

/// The port where the list names none: SMTP between servers.
pub const PORT_DEFAULT: u16 = 25;

/// What is expected of an address.
const ADDRESS: &str = "an address, such as 192.0.2.1, 192.0.2.1:25 or [2001:db8::1]:25";

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    found: String,
    expected: &'static str,
    next: Option<String>,
}

impl Wrong {
    fn new(found: String) -> Self {
        Self {
            found,
            expected: ADDRESS,
            next: None,
        }
    }

    fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// The same as a problem at `place`.
    pub fn at(self, place: Place) -> Problem {
        let problem = Problem::new(place, self.found, self.expected);
        match self.next {
            Some(next) => problem.next(next),
            None => problem,
        }
    }
}

/// Reads `192.0.2.1`, `192.0.2.1:25`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:25`.
pub fn parse(text: &str) -> Result<(IpAddr, Option<u16>), Wrong> {
    let text = text.trim();
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok((address, None));
    }
    if let Some(rest) = text.strip_prefix('[') {
        return bracketed(text, rest);
    }
    if let Some((address, port)) = text.rsplit_once(':')
        && let Ok(address) = address.parse::<Ipv4Addr>()
    {
        return Ok((address.into(), Some(parse_port(port)?)));
    }
    Err(explain(text))
}

/// Reads a port.
pub(crate) fn parse_port(text: &str) -> Result<u16, Wrong> {
    match text.trim().parse::<u16>() {
        Ok(port) if port > 0 && text.trim().bytes().all(|octet| octet.is_ascii_digit()) => Ok(port),
        _ => Err(Wrong {
            found: format!("`{}` is no port", shown(text)),
            expected: "a port from 1 to 65535",
            next: None,
        }),
    }
}

fn bracketed(text: &str, rest: &str) -> Result<(IpAddr, Option<u16>), Wrong> {
    let no_address = || Wrong::new(format!("`{}` is no address", shown(text)));
    let (inside, after) = rest.split_once(']').ok_or_else(no_address)?;
    let inside = inside.strip_prefix("IPv6:").unwrap_or(inside);
    let address: IpAddr = match inside.parse::<Ipv6Addr>() {
        Ok(v6) => v6.into(),
        Err(_) if inside.contains('%') => return Err(explain(inside)),
        Err(_) => inside
            .parse::<Ipv4Addr>()
            .map(IpAddr::from)
            .map_err(|_| no_address())?,
    };
    match after.strip_prefix(':') {
        Some(port) => Ok((address, Some(parse_port(port)?))),
        None if after.is_empty() => Ok((address, None)),
        None => Err(no_address()),
    }
}

/// What a text that is no address probably is.
fn explain(text: &str) -> Wrong {
    let quoted = shown(text);
    if text.is_empty() {
        return Wrong::new("the address is empty".to_owned());
    }
    if let Some((address, zone)) = text.split_once('%')
        && address.parse::<Ipv6Addr>().is_ok()
    {
        return Wrong::new(format!("`{quoted}` has a zone, `{}`", shown(zone)))
            .next("a link-local address says nothing outside its link: list a routable one");
    }
    if let Some((address, _)) = text.split_once('/')
        && address.parse::<IpAddr>().is_ok()
    {
        return Wrong::new(format!("`{quoted}` is a network"))
            .next("networks belong into the scope; list the suspected addresses one by one");
    }
    let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
    if is_name(host) {
        return Wrong::new(format!("`{quoted}` is a name, not an address")).next(
            "look the name up first and list what you mean to test: a name may point elsewhere tomorrow",
        );
    }
    Wrong::new(format!("`{quoted}` is no address"))
}

fn is_name(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '.' | '_'))
}

/// A text from a list, fit for a terminal: no control characters, not too long.
pub(crate) fn shown(text: &str) -> String {
    const SHOWN_CHARACTERS_MAX: usize = 60;
    let mut shown: String = text
        .chars()
        .take(SHOWN_CHARACTERS_MAX)
        .flat_map(|letter| {
            let plain = !letter.is_control();
            plain.then_some(letter).into_iter().chain(
                (!plain)
                    .then(|| letter.escape_default())
                    .into_iter()
                    .flatten(),
            )
        })
        .collect();
    if text.chars().count() > SHOWN_CHARACTERS_MAX {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_write_them() {
        for (text, address, port) in [
            ("192.0.2.1", "192.0.2.1", None),
            (" 192.0.2.1 ", "192.0.2.1", None),
            ("192.0.2.1:2525", "192.0.2.1", Some(2525)),
            ("[192.0.2.1]:25", "192.0.2.1", Some(25)),
            ("2001:db8::1", "2001:db8::1", None),
            ("[2001:db8::1]", "2001:db8::1", None),
            ("[2001:db8::1]:587", "2001:db8::1", Some(587)),
            ("[IPv6:2001:db8::1]:25", "2001:db8::1", Some(25)),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1", None),
        ] {
            assert_eq!(
                parse(text),
                Ok((address.parse().unwrap(), port)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_explained() {
        for (text, found) in [
            ("", "the address is empty"),
            (
                "mail.example.org",
                "`mail.example.org` is a name, not an address",
            ),
            (
                "mail.example.org:25",
                "`mail.example.org:25` is a name, not an address",
            ),
            ("192.0.2.0/24", "`192.0.2.0/24` is a network"),
            ("fe80::1%eth0", "`fe80::1%eth0` has a zone, `eth0`"),
            ("192.0.2.256", "`192.0.2.256` is no address"),
            ("192.0.2.01", "`192.0.2.01` is no address"),
            ("192.0.2.1:0", "`0` is no port"),
            ("192.0.2.1:+25", "`+25` is no port"),
            ("192.0.2.1:65536", "`65536` is no port"),
            ("[2001:db8::1", "`[2001:db8::1` is no address"),
            ("[2001:db8::1]25", "`[2001:db8::1]25` is no address"),
            ("a\u{1b}[31m", "`a\\u{1b}[31m` is no address"),
        ] {
            assert_eq!(parse(text).unwrap_err().found, found, "{text:?}");
        }
    }
}
