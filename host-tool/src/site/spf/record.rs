//! An SPF record's terms (RFC 7208, 4.5, 4.6, 5 and 6).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What the record says, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) directives: Vec<Directive>,
    /// Where to go on if none of them matches.
    pub(super) redirect: Option<String>,
}

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    pub(super) qualifier: Qualifier,
    pub(super) mechanism: Mechanism,
    /// As it was written.
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// What a directive is about. Names may have macros in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    All,
    Include(String),
    A(Option<String>, Prefixes),
    Mx(Option<String>, Prefixes),
    Ip4(Ipv4Addr, u8),
    Ip6(Ipv6Addr, u8),
    Ptr,
    Exists,
}

/// How many bits of an address count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefixes {
    v4: u8,
    v6: u8,
}

impl Prefixes {
    const WHOLE: Self = Self { v4: 32, v6: 128 };

    pub(super) const fn of(self, address: IpAddr) -> u8 {
        match address {
            IpAddr::V4(_) => self.v4,
            IpAddr::V6(_) => self.v6,
        }
    }
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread(pub(super) String);

/// Whether a text is a record.
pub(super) fn is_one(text: &str) -> bool {
    rest(text).is_some()
}

/// What stands behind the version.
fn rest(text: &str) -> Option<&str> {
    let (version, rest) = text.split_at_checked(6)?;
    let ends = rest.is_empty() || rest.starts_with(' ');
    (version.eq_ignore_ascii_case("v=spf1") && ends).then_some(rest)
}

/// Reads a record. A term that cannot be read spoils all of it, wherever it stands.
pub(super) fn parse(text: &str) -> Result<Record, Unread> {
    let rest = rest(text).ok_or_else(|| Unread("it does not begin with v=spf1".to_owned()))?;
    let mut record = Record {
        directives: Vec::new(),
        redirect: None,
    };
    let mut explains = false;
    for term in rest.split(' ').filter(|term| !term.is_empty()) {
        let wrong = || Unread(format!("`{term}` is no term"));
        match modifier(term) {
            Some((name, value)) if name.eq_ignore_ascii_case("redirect") => {
                if record.redirect.is_some() {
                    return Err(Unread("it redirects twice".to_owned()));
                }
                record.redirect = Some(domain(value).ok_or_else(wrong)?);
            }
            Some((name, value)) if name.eq_ignore_ascii_case("exp") => {
                domain(value).ok_or_else(wrong)?;
                if std::mem::replace(&mut explains, true) {
                    return Err(Unread("it explains twice".to_owned()));
                }
            }
            // Others may follow (6).
            Some(_) => {}
            None => record.directives.push(directive(term).ok_or_else(wrong)?),
        }
    }
    Ok(record)
}

/// `name=value`, where the name is one.
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'));
    is_name.then_some((name, value))
}

fn directive(term: &str) -> Option<Directive> {
    let (qualifier, rest) = match term.as_bytes().first()? {
        b'+' => (Qualifier::Pass, term.get(1..)?),
        b'-' => (Qualifier::Fail, term.get(1..)?),
        b'~' => (Qualifier::SoftFail, term.get(1..)?),
        b'?' => (Qualifier::Neutral, term.get(1..)?),
        _ => (Qualifier::Pass, term),
    };
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    let (name, argument) = rest.split_at(end);
    let value = argument.strip_prefix(':');
    let mechanism = match name.to_ascii_lowercase().as_str() {
        "all" if argument.is_empty() => Mechanism::All,
        "include" => Mechanism::Include(domain(value?)?),
        "a" => {
            let (named, prefixes) = host(argument)?;
            Mechanism::A(named, prefixes)
        }
        "mx" => {
            let (named, prefixes) = host(argument)?;
            Mechanism::Mx(named, prefixes)
        }
        "ip4" => {
            let (address, prefix) = network(value?, 32)?;
            Mechanism::Ip4(address.parse().ok()?, prefix)
        }
        "ip6" => {
            let (address, prefix) = network(value?, 128)?;
            Mechanism::Ip6(address.parse().ok()?, prefix)
        }
        "ptr" if argument.is_empty() => Mechanism::Ptr,
        "ptr" => domain(value?).map(|_| Mechanism::Ptr)?,
        "exists" => domain(value?).map(|_| Mechanism::Exists)?,
        _ => return None,
    };
    Some(Directive {
        qualifier,
        mechanism,
        text: term.to_owned(),
    })
}

/// `address` or `address/bits`.
fn network(text: &str, most: u8) -> Option<(&str, u8)> {
    match text.split_once('/') {
        None => Some((text, most)),
        Some((address, bits)) => Some((address, prefix(bits, most)?)),
    }
}

/// `[:domain][/bits][//bits]`.
fn host(argument: &str) -> Option<(Option<String>, Prefixes)> {
    let end = argument.find('/').unwrap_or(argument.len());
    let (named, bits) = argument.split_at(end);
    let named = match named.strip_prefix(':') {
        Some(name) => Some(domain(name)?),
        None if named.is_empty() => None,
        None => return None,
    };
    let mut prefixes = Prefixes::WHOLE;
    let (v4, v6) = match bits.split_once("//") {
        Some((v4, v6)) => (v4, Some(v6)),
        None => (bits, None),
    };
    if !v4.is_empty() {
        prefixes.v4 = prefix(v4.strip_prefix('/')?, 32)?;
    }
    if let Some(v6) = v6 {
        prefixes.v6 = prefix(v6, 128)?;
    }
    Some((named, prefixes))
}

/// No sign, and no zero before another digit.
fn prefix(text: &str, most: u8) -> Option<u8> {
    let digits = text.bytes().all(|octet| octet.is_ascii_digit());
    let plain = digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|bits| plain && *bits <= most)
}

/// A name, which may have macros in it.
fn domain(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let visible = text.bytes().all(|octet| octet.is_ascii_graphic());
    let last = text.rsplit('.').next().unwrap_or_default();
    // RFC 7208, 7.1: it ends in a top label, or in a macro.
    let ends = last.ends_with('}')
        || (last.bytes().any(|octet| !octet.is_ascii_digit())
            && !last.starts_with('-')
            && !last.ends_with('-'));
    (!text.is_empty() && visible && !text.contains('/') && ends).then(|| text.to_ascii_lowercase())
}
