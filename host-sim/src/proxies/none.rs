//! What is no proxy, and is asked as if it were one.

use std::{net::SocketAddr, time::Duration};

use super::{Is, NONE, Proxy, always};
use crate::server::{Conversation, Server, Turn};
use probe_core::verdict::{Kind, Reason, Verdict};

const fn other(
    name: &'static str,
    about: &'static str,
    port: u16,
    expected: [Verdict; 3],
    server: fn() -> Box<dyn Server>,
) -> Proxy {
    Proxy {
        name,
        about,
        port,
        truth: &[],
        expected,
        is: Is::Other(server),
    }
}

const NO_ANSWER: [Verdict; 3] = always(Kind::Inconclusive, Reason::NoAnswer);
const CUT_OFF: [Verdict; 3] = always(Kind::Inconclusive, Reason::CutOff);
const LIMIT: [Verdict; 3] = always(Kind::Inconclusive, Reason::LimitReached);
const UNCLEAR: [Verdict; 3] = always(Kind::Inconclusive, Reason::Unclear);

/// A server of HTTP that says the same to every request.
macro_rules! page {
    ($text:expr) => {
        || Box::new(Same(Says::AfterHead($text)))
    };
}

/// A server that speaks first.
macro_rules! banner {
    ($text:expr) => {
        || Box::new(Same(Says::First($text)))
    };
}

pub(super) const FAMILY: &[Proxy] = &[
    other(
        "same-page",
        "a web server with the same page for every request, CONNECT too",
        80,
        NONE,
        page!(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><h1>It works!</h1></html>\r\n"),
    ),
    other(
        "error-page",
        "a web server with an error page under 200 for every request",
        8080,
        NONE,
        page!(b"HTTP/1.0 200 OK\r\n\r\n<html><title>ERROR: the URL could not be retrieved</title>502 Bad Gateway</html>\r\n"),
    ),
    other(
        "portal-redirect",
        "a captive portal that sends everybody to its login",
        80,
        NONE,
        page!(b"HTTP/1.1 302 Found\r\nLocation: http://login.portal.example/\r\nContent-Length: 0\r\n\r\n"),
    ),
    other(
        "portal-page",
        "a captive portal that has its login under every address",
        3128,
        NONE,
        page!(b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\n<form action=http://login.portal.example/>Welcome</form>\r\n"),
    ),
    other(
        "portal-511",
        "a captive portal that says what it is (RFC 6585)",
        80,
        NONE,
        page!(b"HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n"),
    ),
    other(
        "redirector",
        "sends everybody to HTTPS",
        80,
        NONE,
        page!(b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://www.example/\r\nConnection: close\r\n\r\n"),
    ),
    other(
        "bad-request",
        "a web server that takes no proxy's requests",
        8080,
        NONE,
        page!(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<h1>Bad Request</h1>\r\n"),
    ),
    other(
        "not-found",
        "a web server that knows no such page",
        80,
        NONE,
        page!(b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n"),
    ),
    other(
        "broken",
        "a web server that says 500 to everything",
        80,
        UNCLEAR,
        page!(b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n\r\n"),
    ),
    other(
        "made-up-nonce",
        "says yes, and greets as our sink does, with a nonce that it made up",
        3128,
        NONE,
        page!(b"HTTP/1.0 200 Connection established\r\n\r\n220 sink.cert.example ESMTP naaaaaaadaqaaaaaaaaaaaaaaaa\r\n"),
    ),
    other("echo", "sends back whatever it is sent", 3128, NONE, || Box::new(Same(Says::Echo))),
    other("socks-echo", "the same, where SOCKS is asked", 1080, NONE, || Box::new(Same(Says::Echo))),
    // A page is one wherever it ends, and this one comes for every request.
    other("endless-page", "a page without an end under 200, for every request", 8080, NONE, || {
        Box::new(Same(Says::Endless(b"HTTP/1.0 200 OK\r\n\r\n", b"xxxxxxxxxxxxxxxx")))
    }),
    other("endless-head", "an answer whose head has no end", 8080, LIMIT, || {
        Box::new(Same(Says::Endless(b"HTTP/1.0 200 OK\r\n", b"X-Pad: xxxxxxx\r\n")))
    }),
    other("endless-noise", "octets without an end and without a meaning", 1080, NONE, || {
        Box::new(Same(Says::Endless(b"\x99", b"\x99\x98\x97\x96\x95\x94\x93\x92")))
    }),
    other("silent", "takes everything and says nothing", 3128, NO_ANSWER, || Box::new(Same(Says::Nothing))),
    other("socks-silent", "the same, where SOCKS is asked", 1080, NO_ANSWER, || Box::new(Same(Says::Nothing))),
    other("ssh", "a login server", 1080, NONE, banner!(b"SSH-2.0-OpenSSH_9.9\r\n")),
    other("mail-server", "a mail server", 3128, NONE, banner!(b"220 mail.example ESMTP\r\n")),
    other(
        "telnet-login",
        "asks for a name and a password",
        23,
        NONE,
        banner!(b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\r\nrouter login: "),
    ),
    other("resets", "resets whoever says something", 3128, CUT_OFF, || Box::new(Same(Says::Reset))),
    other("hangs-up", "hangs up on whoever calls", 1080, CUT_OFF, || Box::new(Same(Says::Goodbye))),
    other(
        "slow-refusal",
        "says 403, an octet every 300 milliseconds",
        3128,
        always(Kind::Closed, Reason::ProxyDenied),
        || Box::new(Same(Says::Slowly(b"HTTP/1.0 403 Forbidden\r\n\r\n", Duration::from_millis(300)))),
    ),
    other(
        "slow-page",
        "has a page for everything, and takes four seconds to find it",
        80,
        NONE,
        || Box::new(Same(Says::Later(
            b"HTTP/1.0 200 OK\r\n\r\n<html>It works, but it is slow</html>\r\n",
            Duration::from_secs(4),
        ))),
    ),
    other(
        "tls-only",
        "speaks TLS and nothing else",
        8080,
        NONE,
        || Box::new(Same(Says::ToAnything(b"\x15\x03\x01\0\x02\x02\x46"))),
    ),
];

/// What a server says to everybody.
#[derive(Clone, Copy)]
enum Says {
    /// At once.
    First(&'static [u8]),
    /// When a head of HTTP is complete; and hangs up.
    AfterHead(&'static [u8]),
    /// To whatever comes; and hangs up.
    ToAnything(&'static [u8]),
    /// When a head is complete, octet by octet.
    Slowly(&'static [u8], Duration),
    /// So long after a head is complete.
    Later(&'static [u8], Duration),
    Echo,
    /// At first, and then again and again, when a head is complete.
    Endless(&'static [u8], &'static [u8]),
    Nothing,
    Reset,
    Goodbye,
}

/// The same for every caller.
struct Same(Says);

impl Server for Same {
    fn answer(&mut self, _caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(Talk {
            says: self.0,
            heard: Vec::new(),
            said: 0,
        })
    }
}

struct Talk {
    says: Says,
    heard: Vec<u8>,
    said: usize,
}

/// How often an endless answer goes on, and how much of it.
const ENDLESS_EVERY: Duration = Duration::from_millis(50);
const ENDLESS_OCTETS: usize = 512;

impl Talk {
    fn has_head(&self) -> bool {
        let text = &self.heard;
        text.windows(4).any(|end| end == b"\r\n\r\n") || matches!(text.first(), Some(0..=31))
    }
}

impl Conversation for Talk {
    fn on_open(&mut self, turn: &mut Turn) {
        match self.says {
            Says::First(text) => turn.send(text),
            Says::Goodbye => turn.close(),
            _ => {}
        }
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        let had_head = self.has_head();
        self.heard.extend(octets);
        match self.says {
            Says::Echo => turn.send(octets),
            Says::Reset => turn.reset(),
            Says::ToAnything(text) => {
                turn.send(text);
                turn.close();
            }
            Says::AfterHead(text) if self.has_head() => {
                turn.send(text);
                turn.close();
            }
            Says::Endless(first, _) if self.has_head() && !had_head => {
                turn.send(first);
                turn.wake_at(turn.now() + ENDLESS_EVERY);
            }
            Says::Slowly(_, every) if self.has_head() && !had_head => {
                turn.wake_at(turn.now() + every);
            }
            Says::Later(_, span) if self.has_head() && !had_head => {
                turn.wake_at(turn.now() + span);
            }
            _ => {}
        }
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        match self.says {
            Says::Endless(_, more) => {
                turn.send(&more.repeat(ENDLESS_OCTETS / more.len()));
                turn.wake_at(turn.now() + ENDLESS_EVERY);
            }
            Says::Slowly(text, every) => {
                turn.send(&text[self.said..=self.said]);
                self.said += 1;
                if self.said < text.len() {
                    turn.wake_at(turn.now() + every);
                } else {
                    turn.close();
                }
            }
            Says::Later(text, _) => {
                turn.send(text);
                turn.close();
            }
            _ => {}
        }
    }
}
