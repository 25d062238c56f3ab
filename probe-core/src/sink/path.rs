//! What a client wrote behind MAIL FROM: and RCPT TO: (RFC 5321, 4.1.2).

use core::net::IpAddr;

use crate::{name::Name, smtp::literal};

/// A path, and the parameters behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Path<'a> {
    /// What stands between the brackets.
    pub(super) inner: &'a [u8],
    /// What follows them.
    pub(super) parameters: &'a [u8],
}

/// Reads `<path> parameters`; a space before the path is common and does no harm.
pub(super) fn read(text: &[u8]) -> Option<Path<'_>> {
    let text = text.trim_ascii_start().strip_prefix(b"<")?;
    let end = unquoted(text, b'>').next()?;
    let (inner, rest) = text.split_at_checked(end)?;
    let parameters = rest.get(1..)?;
    let apart = parameters.is_empty() || parameters.starts_with(b" ");
    let plain = inner.iter().all(|octet| *octet >= b' ' && *octet != 0x7f);
    (apart && plain).then_some(Path { inner, parameters })
}

/// The mailbox of a path, without its source route, as local part and domain. A path without a
/// domain is a local part.
pub(super) fn mailbox(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mailbox = behind_the_route(path);
    match unquoted(mailbox, b'@').last() {
        Some(at) => (
            mailbox.get(..at).unwrap_or_default(),
            mailbox.get(at.saturating_add(1)..),
        ),
        None => (mailbox, None),
    }
}

/// Whether a domain is the sink's: its name, or an address literal of one of `addresses`.
pub(super) fn is_ours(domain: &[u8], sink: &Name, addresses: [Option<IpAddr>; 2]) -> bool {
    let name = domain.strip_suffix(b".").unwrap_or(domain);
    let is_literal_of = |address: IpAddr| {
        let mut text = heapless::String::<48, u8>::new();
        literal::write(address, &mut text).is_ok() && domain.eq_ignore_ascii_case(text.as_bytes())
    };
    name.eq_ignore_ascii_case(sink.as_str().as_bytes())
        || addresses.into_iter().flatten().any(is_literal_of)
}

/// Whether objections come here. RFC 5321, 4.5.1, and RFC 2142.
pub(super) fn takes_objections(local_part: &[u8]) -> bool {
    let is = |name: &str| local_part.eq_ignore_ascii_case(name.as_bytes());
    is("postmaster") || is("abuse")
}

/// A source route ends with the first colon outside square brackets.
fn behind_the_route(path: &[u8]) -> &[u8] {
    if !path.starts_with(b"@") {
        return path;
    }
    let mut in_literal = false;
    for (place, octet) in path.iter().enumerate() {
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

/// Where `wanted` stands outside a quoted string.
fn unquoted(text: &[u8], wanted: u8) -> impl Iterator<Item = usize> + '_ {
    let (mut quoted, mut escaped) = (false, false);
    text.iter().enumerate().filter_map(move |(place, octet)| {
        match octet {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            octet if *octet == wanted && !quoted => return Some(place),
            _ => {}
        }
        None
    })
}
