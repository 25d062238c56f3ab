//! What is asked of a proxy, read by hand: HTTP (RFC 9112, 3.2), SOCKS4 and 4a, SOCKS5 (RFC 1928), and
//! gateways that take a line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A way to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Connect,
    Get,
    Post,
    Socks4,
    Socks4a,
    Socks5,
    Socks5Ipv6,
    Socks5Name,
    Gateway,
}

impl How {
    pub(super) const fn is_http(self) -> bool {
        matches!(self, Self::Connect | Self::Get | Self::Post)
    }

    pub(super) const fn is_socks4(self) -> bool {
        matches!(self, Self::Socks4 | Self::Socks4a)
    }

    pub(super) const fn is_socks5(self) -> bool {
        matches!(self, Self::Socks5 | Self::Socks5Ipv6 | Self::Socks5Name)
    }
}

/// Where somebody wants to get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    Address(SocketAddr),
    Name(String, u16),
}

impl To {
    pub(super) fn port(&self) -> u16 {
        match self {
            Self::Address(at) => at.port(),
            Self::Name(_, port) => *port,
        }
    }
}

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) how: How,
    pub(super) to: To,
    /// What is said there first.
    pub(super) forward: Vec<u8>,
}

/// What has come so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// It goes on.
    More,
    /// SOCKS5's hello, with the methods that are offered, in so many octets.
    Hello(Vec<u8>, usize),
    /// A request, in so many octets.
    Request(Request, usize),
    /// Nothing that is read here.
    Nonsense,
}

/// The most octets of a request.
const REQUEST_OCTETS_MAX: usize = 8_192;

/// Reads the beginning of a connection; `is_welcome` where a hello of SOCKS5 was answered before.
pub(super) fn read(octets: &[u8], is_welcome: bool) -> Read {
    let read = match octets.first() {
        None => Some(Read::More),
        Some(5) if is_welcome => socks5(octets),
        Some(5) => hello(octets),
        Some(4) => socks4(octets),
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'[') => line(octets),
        Some(_) => Some(Read::Nonsense),
    };
    match read {
        Some(read) => read,
        None if octets.len() > REQUEST_OCTETS_MAX => Read::Nonsense,
        None => Read::More,
    }
}

/// A line: of HTTP where it ends in a version, else a gateway's.
fn line(octets: &[u8]) -> Option<Read> {
    let end = octets.iter().position(|octet| *octet == b'\n')?;
    let line = String::from_utf8_lossy(&octets[..end]);
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        [method, target, version] if version.starts_with("HTTP/") => http(octets, method, target),
        [place] => Some(match authority(place) {
            Some(to) => {
                let request = Request {
                    how: How::Gateway,
                    to,
                    forward: Vec::new(),
                };
                Read::Request(request, end + 1)
            }
            None => Read::Nonsense,
        }),
        _ => Some(Read::Nonsense),
    }
}

/// `None` as long as the head, or what belongs to it, is not complete.
fn http(octets: &[u8], method: &str, target: &str) -> Option<Read> {
    let head = head_octets(octets)?;
    let text = String::from_utf8_lossy(&octets[..head]).into_owned();
    let fields: Vec<&str> = text
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty())
        .collect();
    let length = fields.iter().find_map(|field| {
        let (name, value) = field.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    let whole = head + length.unwrap_or(0);
    let content = octets.get(head..whole)?;
    let how = match method {
        "CONNECT" => How::Connect,
        "GET" => How::Get,
        "POST" => How::Post,
        _ => return Some(Read::Nonsense),
    };
    if how == How::Connect {
        let Some(to) = authority(target) else {
            return Some(Read::Nonsense);
        };
        let forward = Vec::new();
        return Some(Read::Request(Request { how, to, forward }, whole));
    }
    let Some((place, path)) = target.strip_prefix("http://").map(|rest| {
        let end = rest.find('/').unwrap_or(rest.len());
        rest.split_at(end)
    }) else {
        // A page of its own is asked for.
        return Some(Read::Nonsense);
    };
    let place = if place.contains("]:") || (place.contains(':') && !place.ends_with(']')) {
        place.to_owned()
    } else {
        format!("{place}:80")
    };
    let Some(to) = authority(&place) else {
        return Some(Read::Nonsense);
    };
    let path = if path.is_empty() { "/" } else { path };
    let mut forward = format!("{method} {path} HTTP/1.0\r\n").into_bytes();
    for field in fields {
        forward.extend(field.as_bytes());
        forward.extend(b"\r\n");
    }
    forward.extend(b"Via: 1.0 cache\r\n\r\n");
    forward.extend(content);
    Some(Read::Request(Request { how, to, forward }, whole))
}

/// How many octets the head of a request has, with the empty line behind it.
fn head_octets(octets: &[u8]) -> Option<usize> {
    let mut begin = 0;
    while let Some(end) = octets[begin..].iter().position(|octet| *octet == b'\n') {
        let line = &octets[begin..begin + end];
        begin += end + 1;
        if line.is_empty() || line == b"\r" {
            return Some(begin);
        }
    }
    None
}

/// `host:port`, as an address where it is one.
fn authority(text: &str) -> Option<To> {
    if let Ok(at) = text.parse() {
        return Some(To::Address(at));
    }
    let (host, port) = text.rsplit_once(':')?;
    let is_name = !host.is_empty()
        && host
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-.".contains(letter));
    let name = is_name.then(|| host.to_owned())?;
    Some(To::Name(name, port.parse().ok()?))
}

/// Version, command, port, address, user and, where the address is 0.0.0.x, a name.
fn socks4(octets: &[u8]) -> Option<Read> {
    if octets.get(1).is_some_and(|command| *command != 1) {
        return Some(Read::Nonsense);
    }
    let port = u16::from_be_bytes([*octets.get(2)?, *octets.get(3)?]);
    let address = [
        octets.get(4)?,
        octets.get(5)?,
        octets.get(6)?,
        octets.get(7)?,
    ]
    .map(|it| *it);
    let text_end = |from: usize| Some(from + octets.get(from..)?.iter().position(|it| *it == 0)?);
    let user_end = text_end(8)?;
    let (how, to, end) = match address {
        [0, 0, 0, last] if last != 0 => {
            let end = text_end(user_end + 1)?;
            let name = String::from_utf8_lossy(&octets[user_end + 1..end]).into_owned();
            (How::Socks4a, To::Name(name, port), end)
        }
        _ => {
            let at = SocketAddr::new(Ipv4Addr::from(address).into(), port);
            (How::Socks4, To::Address(at), user_end)
        }
    };
    let forward = Vec::new();
    Some(Read::Request(Request { how, to, forward }, end + 1))
}

fn hello(octets: &[u8]) -> Option<Read> {
    let count = usize::from(*octets.get(1)?);
    let methods = octets.get(2..2 + count)?;
    Some(Read::Hello(methods.to_vec(), 2 + count))
}

/// RFC 1928, 4.
fn socks5(octets: &[u8]) -> Option<Read> {
    if octets.get(1).is_some_and(|command| *command != 1) {
        return Some(Read::Nonsense);
    }
    let (how, address_end) = match octets.get(3)? {
        1 => (How::Socks5, 4 + 4),
        4 => (How::Socks5Ipv6, 4 + 16),
        3 => (How::Socks5Name, 5 + usize::from(*octets.get(4)?)),
        _ => return Some(Read::Nonsense),
    };
    let port = u16::from_be_bytes([*octets.get(address_end)?, *octets.get(address_end + 1)?]);
    let address = &octets[4..address_end];
    let to = if let Ok(v4) = <[u8; 4]>::try_from(address)
        && how == How::Socks5
    {
        To::Address(SocketAddr::new(IpAddr::from(Ipv4Addr::from(v4)), port))
    } else if let Ok(v6) = <[u8; 16]>::try_from(address)
        && how == How::Socks5Ipv6
    {
        To::Address(SocketAddr::new(IpAddr::from(Ipv6Addr::from(v6)), port))
    } else {
        To::Name(String::from_utf8_lossy(&address[1..]).into_owned(), port)
    };
    let forward = Vec::new();
    Some(Read::Request(Request { how, to, forward }, address_end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(octets: &[u8], is_welcome: bool) -> String {
        // Nothing is known before the last octet has come.
        for end in 0..octets.len() {
            assert_eq!(
                read(&octets[..end], is_welcome),
                Read::More,
                "{octets:?}: {end}"
            );
        }
        match read(octets, is_welcome) {
            Read::Request(Request { how, to, forward }, count) => {
                assert_eq!(count, octets.len());
                let to = match to {
                    To::Address(at) => at.to_string(),
                    To::Name(name, port) => format!("{name} {port}"),
                };
                format!("{how:?} {to} {}", String::from_utf8_lossy(&forward))
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn requests_as_they_come() {
        for (octets, is_welcome, expected) in [
            (
                &b"CONNECT 192.0.2.1:25 HTTP/1.0\r\n\r\n"[..],
                false,
                "Connect 192.0.2.1:25 ",
            ),
            (
                b"CONNECT [2001:db8::1]:25 HTTP/1.0\n\n",
                false,
                "Connect [2001:db8::1]:25 ",
            ),
            (
                b"CONNECT a.invalid:25 HTTP/1.1\r\nHost: x\r\n\r\n",
                false,
                "Connect a.invalid 25 ",
            ),
            (
                b"GET http://192.0.2.1:8025/x HTTP/1.0\r\nHost: y\r\n\r\n",
                false,
                "Get 192.0.2.1:8025 GET /x HTTP/1.0\r\nHost: y\r\nVia: 1.0 cache\r\n\r\n",
            ),
            (
                b"POST http://mail.example/ HTTP/1.0\r\nContent-Length: 4\r\n\r\nquit",
                false,
                "Post mail.example 80 POST / HTTP/1.0\r\nContent-Length: 4\r\nVia: 1.0 cache\r\n\r\nquit",
            ),
            (
                b"\x04\x01\0\x19\xc0\0\x02\x01me\0",
                false,
                "Socks4 192.0.2.1:25 ",
            ),
            (
                b"\x04\x01\0\x19\0\0\0\x01\0a.example\0",
                false,
                "Socks4a a.example 25 ",
            ),
            (b"\x05\x02\0\x02", false, "Hello([0, 2], 4)"),
            (
                b"\x05\x01\0\x01\xc0\0\x02\x01\0\x19",
                true,
                "Socks5 192.0.2.1:25 ",
            ),
            (
                b"\x05\x01\0\x03\x09a.example\0\x19",
                true,
                "Socks5Name a.example 25 ",
            ),
            (
                b"\x05\x01\0\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\0\x19",
                true,
                "Socks5Ipv6 [2001:db8::1]:25 ",
            ),
            (b"192.0.2.1:25\r\n", false, "Gateway 192.0.2.1:25 "),
            (b"login: me\r\n", false, "Nonsense"),
            (b"GET / HTTP/1.0\r\n\r\n", false, "Nonsense"),
            (b"\x04\x02", false, "Nonsense"),
        ] {
            assert_eq!(asked(octets, is_welcome), expected, "{octets:?}");
        }
    }
}
