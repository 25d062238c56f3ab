//! What a sink says, and how it keeps what others say.

use ufmt::uWrite;

use super::{MESSAGE_OCTETS_MAX, Setup};

/// A reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// One line, without its end.
    Line(&'static str),
    /// The greeting with its nonce (RFC 5321, 4.3.1).
    Greeting,
    /// The answer to EHLO, or to HELO.
    Hello { extended: bool },
    /// The answer to an HTTP request, with or without its content.
    Page { content: bool },
}

pub(super) const OK: Reply = Reply::Line("250 2.0.0 Ok");
pub(super) const SENDER_OK: Reply = Reply::Line("250 2.1.0 Sender ok");
pub(super) const RECIPIENT_OK: Reply = Reply::Line("250 2.1.5 Recipient ok");
pub(super) const RECORDED: Reply = Reply::Line("250 2.0.0 Recorded; it goes no further");
pub(super) const PUT_OFF: Reply = Reply::Line("452 4.3.1 Cannot record it now, try again later");
pub(super) const TOO_BIG: Reply = Reply::Line("552 5.3.4 Message too big");
pub(super) const NOT_OURS: Reply = Reply::Line(
    "550 5.7.1 This sink takes the returning test messages of its owner, and relays nothing",
);
pub(super) const TOO_MANY_RECIPIENTS: Reply = Reply::Line("452 4.5.3 Too many recipients");
pub(super) const START_DATA: Reply = Reply::Line("354 End data with <CR><LF>.<CR><LF>");
pub(super) const CANNOT_VERIFY: Reply = Reply::Line("252 2.1.5 Send some mail and see");
pub(super) const HELP: Reply = Reply::Line(
    "214 2.0.0 Messages of a security test come back here; write to postmaster to object",
);
pub(super) const BYE: Reply = Reply::Line("221 2.0.0 Bye");
pub(super) const UNKNOWN: Reply = Reply::Line("500 5.5.1 Unknown command");
pub(super) const LINE_TOO_LONG: Reply = Reply::Line("500 5.5.2 Line too long");
pub(super) const SYNTAX: Reply = Reply::Line("501 5.5.4 Syntax error");
pub(super) const NOT_IMPLEMENTED: Reply = Reply::Line("502 5.5.1 Not implemented");
pub(super) const BAD_SEQUENCE: Reply = Reply::Line("503 5.5.1 Bad sequence of commands");
pub(super) const NO_RECIPIENTS: Reply = Reply::Line("554 5.5.1 No valid recipients");
pub(super) const BAD_PARAMETER: Reply = Reply::Line("555 5.5.4 Unknown parameter");
pub(super) const TIMEOUT: Reply = Reply::Line("421 4.4.2 Too slow, closing");
pub(super) const TOO_MANY_ERRORS: Reply = Reply::Line("421 4.7.0 Too many errors, closing");
pub(super) const TOO_MUCH: Reply = Reply::Line("421 4.7.0 Enough for one connection, closing");
pub(super) const NOT_HTTP: Reply = Reply::Line("421 4.7.0 This is SMTP, closing");
pub(super) const NO_PROXY: Reply = Reply::Line(
    "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, POST\r\nContent-Length: 0\r\n\
     Connection: close\r\n",
);

impl Reply {
    /// Writes it; how many octets it has. Every reply fits
    /// [`crate::dialogue::TRANSMIT_OCTETS_MIN`].
    pub(super) fn write(self, setup: &Setup, out: &mut [u8]) -> usize {
        let mut out = Lent { out, octets: 0 };
        let domain = setup.domain.as_str();
        match self {
            Self::Line(line) => out.all(&[line]),
            Self::Greeting => out.all(&["220 ", domain, " ESMTP ", &setup.nonce.text()]),
            Self::Hello { extended: false } => out.all(&["250 ", domain]),
            Self::Hello { extended: true } => {
                out.all(&["250-", domain, "\r\n250-PIPELINING\r\n250-SIZE "]);
                // Whatever does not fit is not written, and all of this fits.
                let _ = ufmt::uwrite!(out, "{}", MESSAGE_OCTETS_MAX);
                out.all(&["\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES"]);
            }
            Self::Page { content } => {
                out.all(&[
                    "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Type: text/plain\r\n\
                     Content-Length: 27\r\nConnection: close\r\n\r\n",
                ]);
                if content {
                    out.all(&[&setup.nonce.text()]);
                }
                return out.octets;
            }
        }
        out.all(&["\r\n"]);
        out.octets
    }
}

/// A buffer that is lent.
struct Lent<'a> {
    out: &'a mut [u8],
    octets: usize,
}

impl Lent<'_> {
    fn all(&mut self, texts: &[&str]) {
        for octet in texts.iter().flat_map(|text| text.bytes()) {
            if let Some(place) = self.out.get_mut(self.octets) {
                *place = octet;
                self.octets = self.octets.saturating_add(1);
            }
        }
    }
}

impl uWrite for Lent<'_> {
    type Error = core::convert::Infallible;

    fn write_str(&mut self, text: &str) -> Result<(), Self::Error> {
        self.all(&[text]);
        Ok(())
    }
}

/// Keeps what somebody else has written, as far as there is room; false where there is none. What is
/// no printable ASCII becomes a question mark, and a tab a space.
pub(super) fn keep<const N: usize, L: heapless::LenType>(
    text: &[u8],
    kept: &mut heapless::String<N, L>,
) -> bool {
    text.iter().all(|octet| {
        let letter = match octet {
            b' '..=b'~' => char::from(*octet),
            b'\t' => ' ',
            _ => '?',
        };
        kept.push(letter).is_ok()
    })
}
