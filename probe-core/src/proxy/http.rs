//! HTTP as it is asked of a proxy (RFC 9110, RFC 9112): requests, and the head of an answer.

use super::{
    AttemptId, Outcome, Protocol,
    setup::Destination,
    writing::{Written, all},
};
use crate::{smtp::command::Line, token::Token};

/// What ends a head, and stands in a segment of its own for [`Protocol::ConnectSplit`].
pub(super) const LAST_CRLF: &str = "\r\n";

/// What a POST brings: no command of HTTP, and one of SMTP that ends a session.
const CONTENT: &str = "quit\r\n";

/// Writes a request, for [`Protocol::ConnectSplit`] without its [`LAST_CRLF`]. A page's path is the
/// token, so that no cache has it.
pub(super) fn write(
    id: AttemptId,
    to: &Destination<'_>,
    token: &Token,
    out: &mut Line<'_>,
) -> Written {
    let is_post = match id.protocol() {
        Some(Protocol::Get) => false,
        Some(Protocol::Post) => true,
        protocol => {
            all(out, &["CONNECT "])?;
            to.write(out)?;
            all(out, &[" HTTP/1.0\r\n"])?;
            let is_whole = protocol != Some(Protocol::ConnectSplit);
            return all(out, if is_whole { &[LAST_CRLF] } else { &[] });
        }
    };
    all(out, &[if is_post { "POST" } else { "GET" }, " http://"])?;
    to.write(out)?;
    all(out, &["/", &token.text(), " HTTP/1.0\r\nHost: "])?;
    to.write(out)?;
    all(out, &[LAST_CRLF])?;
    if is_post {
        let head = "Content-Type: text/plain\r\nContent-Length: 6\r\n\r\n";
        all(out, &[head, CONTENT])
    } else {
        all(out, &[LAST_CRLF])
    }
}

const _: () = assert!(CONTENT.len() == 6);

/// Reads the head of an answer, octet by octet.
#[derive(Debug)]
pub(super) struct Head {
    at: At,
    /// The status; 0 until it is known.
    code: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// So many octets of `HTTP/` have come.
    Name(u8),
    Version,
    /// So many digits of the status have come.
    Code(u8),
    /// Within a line.
    Line,
    /// At the beginning of one.
    Begin,
    End,
    /// This is no HTTP.
    Foreign,
}

/// What an octet brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing yet.
    Nothing,
    /// The head of a final answer is complete (RFC 9110, 15: not 1xx).
    Head(u16),
    /// It is behind the head of a final answer.
    Content,
    /// It is no HTTP.
    Foreign,
}

impl Head {
    pub(super) const fn new() -> Self {
        Self {
            at: At::Name(0),
            code: 0,
        }
    }

    /// The status, as soon as it is known; 0 before.
    pub(super) const fn code(&self) -> u16 {
        match self.at {
            At::Line | At::Begin | At::End => self.code,
            At::Name(_) | At::Version | At::Code(_) | At::Foreign => 0,
        }
    }

    /// Takes an octet. Empty lines before the answer are passed over, and a line may end in LF alone
    /// (RFC 9112, 2.2).
    pub(super) fn push(&mut self, octet: u8) -> Heard {
        self.at = match (self.at, octet) {
            (At::Name(0), b'\r' | b'\n') => At::Name(0),
            (At::Name(4), b'/') => At::Version,
            (At::Name(count), _) if b"HTTP".get(usize::from(count)) == Some(&octet) => {
                At::Name(count.saturating_add(1))
            }
            (At::Version, b'0'..=b'9' | b'.') => At::Version,
            (At::Version | At::Code(0), b' ') => At::Code(0),
            (At::Code(count), b'0'..=b'9') => {
                let digit = u16::from(octet.wrapping_sub(b'0'));
                self.code = self.code.wrapping_mul(10).wrapping_add(digit);
                if count < 2 {
                    At::Code(count.saturating_add(1))
                } else {
                    At::Line
                }
            }
            (At::Line, b'\n') | (At::Begin, b'\r') => At::Begin,
            (At::Begin, b'\n') if matches!(self.code, 100..200) => {
                *self = Self::new();
                self.at
            }
            (At::Begin, b'\n') => {
                self.at = At::End;
                return Heard::Head(self.code);
            }
            (At::Line | At::Begin, _) => At::Line,
            (At::End, _) => return Heard::Content,
            (At::Name(_) | At::Version | At::Code(_) | At::Foreign, _) => {
                self.at = At::Foreign;
                return Heard::Foreign;
            }
        };
        Heard::Nothing
    }
}

/// What a final status other than 2xx means. A page that could not be had through a gateway may be one
/// of its own, so only to CONNECT do 502 and 504 say that a proxy tried.
pub(super) const fn outcome_of(status: u16, to_connect: bool) -> Outcome {
    match status {
        300..=399 => Outcome::Redirected,
        403 => Outcome::Denied,
        407 => Outcome::AuthRequired,
        502 | 504 if to_connect => Outcome::Unreached,
        // 501 Not Implemented, 505 HTTP Version Not Supported, 511 of a portal (RFC 6585, 6).
        501 | 505 | 511 => Outcome::NoProxy,
        408 | 429 | 500..=599 => Outcome::Failed,
        _ => Outcome::NoProxy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_as_they_come() {
        for (text, code, content) in [
            ("HTTP/1.0 200 Connection established\r\n\r\n", 200, 0),
            ("HTTP/1.1 200 OK\r\nVia: 1.1 x\r\n\r\n220 sink", 200, 8),
            ("HTTP/1.1 200\r\n\r\n", 200, 0),
            ("HTTP/1.1 200\n\n", 200, 0),
            ("\r\n\r\nHTTP/1.1 403 Forbidden\nA: b\n\nx", 403, 1),
            ("HTTP/1.1  407 x\r\n\r\n", 407, 0),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx",
                200,
                1,
            ),
            ("HTTP/2 302 Found\r\nLocation: /\r\n\r\n", 302, 0),
            ("HTTP/1.1 999 x\r\n\r\n", 999, 0),
        ] {
            let mut head = Head::new();
            let heard: Vec<Heard> = text.bytes().map(|octet| head.push(octet)).collect();
            let heads = heard.iter().filter(|heard| matches!(heard, Heard::Head(_)));
            assert_eq!(heads.collect::<Vec<_>>(), [&Heard::Head(code)], "{text:?}");
            let behind = heard.iter().filter(|heard| **heard == Heard::Content);
            assert_eq!(behind.count(), content, "{text:?}");
            assert_eq!(head.code(), code);
        }
        for text in [
            "220 x",
            "SSH-2.0",
            "HTTQ",
            "HTTP 200",
            "HTTP/1.0 2x0",
            "HTTP/x",
            "\x05\x00",
        ] {
            let mut head = Head::new();
            let heard = text.bytes().map(|octet| head.push(octet)).last();
            assert_eq!(heard, Some(Heard::Foreign), "{text:?}");
            assert_eq!(head.code(), 0);
        }
    }
}
