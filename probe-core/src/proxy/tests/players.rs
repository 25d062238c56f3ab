//! Peers that play a proxy, or what is none.

use super::peer::{Answer, Peer, Said, page, say};
use crate::{
    proxy::Protocols,
    time::Utc,
    token::{Key, Nonce},
};

pub(super) const HTTP: Protocols = Protocols::HTTP.difference(Protocols::INSIDE);
pub(super) const SOCKS: Protocols = Protocols::SOCKS;
pub(super) const ESTABLISHED: &str =
    "HTTP/1.0 200 Connection established\r\nProxy-agent: x\r\n\r\n";
pub(super) const NO_SUCH_HOST: &str = "HTTP/1.0 503 Service Unavailable\r\n\r\nno such host";
pub(super) const NO_SUCH_PAGE: &str = "HTTP/1.1 404 Not Found\r\n\r\n<h1>Not found</h1>";
pub(super) const ELSEWHERE: &str = "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n";
pub(super) const PAGE: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Not found</h1>";

pub(super) fn place(text: &str) -> usize {
    usize::from(text.contains(":8025"))
}

/// Answers whole requests of HTTP: to a name that cannot exist, to CONNECT, to others.
pub(super) fn http(
    connect: impl FnMut(&str) -> Answer + 'static,
    other: impl FnMut(&str) -> Answer + 'static,
) -> Peer {
    http_with(NO_SUCH_HOST, connect, other)
}

/// Answers a name that cannot exist so, CONNECT so, and allows nothing else.
pub(super) fn http_control(
    control: &'static str,
    connect: impl FnMut(&str) -> Answer + 'static,
) -> Peer {
    http_with(control, connect, not_allowed)
}

fn http_with(
    control: &'static str,
    mut connect: impl FnMut(&str) -> Answer + 'static,
    mut other: impl FnMut(&str) -> Answer + 'static,
) -> Peer {
    Box::new(move |said| {
        let text = said.text();
        if !text.contains("\r\n\r\n") {
            return Answer::Nothing;
        }
        if text.contains(".invalid:") {
            page(control)
        } else if text.starts_with("CONNECT ") {
            connect(&text)
        } else {
            other(&text)
        }
    })
}

pub(super) fn all_http(answer: fn() -> Answer) -> Peer {
    Box::new(move |said| match said.text().contains("\r\n\r\n") {
        true => answer(),
        false => Answer::Nothing,
    })
}

pub(super) fn forwards(text: &str) -> Answer {
    let (method, rest) = text.split_once(" http://").unwrap();
    let (_, path) = rest.split_once('/').unwrap();
    let origin = format!("{method} /{path}");
    Answer::ToSink(Vec::new(), place(text), origin.into())
}

pub(super) fn tunnels(text: &str) -> Answer {
    Answer::ToSink(ESTABLISHED.into(), place(text), Vec::new())
}

pub(super) fn not_allowed(_: &str) -> Answer {
    page("HTTP/1.1 405 Method Not Allowed\r\n\r\n")
}

pub(super) fn forbidden(_: &str) -> Answer {
    page("HTTP/1.1 403 Forbidden\r\nServer: squid\r\n\r\nAccess denied")
}

/// Grants CONNECT, and a greeting follows that may be the sink's.
pub(super) fn greets_with(nonce: fn(&Said) -> String) -> Peer {
    Box::new(move |said| {
        let text = said.text();
        if !text.contains("\r\n\r\n") || text.contains("EHLO") {
            Answer::Nothing
        } else if text.contains(".invalid:") {
            page(NO_SUCH_HOST)
        } else if text.starts_with("CONNECT") {
            say(&format!("{ESTABLISHED}220 sink ESMTP {}\r\n", nonce(said)))
        } else {
            not_allowed(&text)
        }
    })
}

pub(super) fn nonce(key: &Key, at: u64) -> String {
    Nonce::issue(key, Utc(at), [1, 2, 3]).text().to_string()
}

/// Answers SOCKS of every version: the reply code for each request of version 5, and for each of 4.
pub(super) fn socks(
    five: impl Fn(&[u8]) -> Vec<u8> + 'static,
    four: impl Fn(&[u8]) -> Answer + 'static,
) -> Peer {
    Box::new(move |said| match said.octets.as_slice() {
        [5, 1, 0] => Answer::Say(vec![5, 0]),
        [5, 1, 0, request @ ..] => {
            let reply = five(request);
            let place = usize::from(request.ends_with(&8025_u16.to_be_bytes()));
            match reply.as_slice() {
                [5, 0, ..] => Answer::ToSink(reply, place, Vec::new()),
                _ => Answer::SayAndClose(reply),
            }
        }
        [4, ..] => four(&said.octets),
        _ => Answer::Drop,
    })
}

pub(super) fn reply5(code: u8) -> Vec<u8> {
    vec![5, code, 0, 1, 0, 0, 0, 0, 0, 0]
}

pub(super) fn reply4(code: u8) -> Vec<u8> {
    vec![0, code, 0, 0, 0, 0, 0, 0]
}

pub(super) fn drops(_: &[u8]) -> Answer {
    Answer::Drop
}

pub(super) fn always(answer: fn() -> Answer) -> Peer {
    Box::new(move |_| answer())
}
