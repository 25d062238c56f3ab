//! Every kind of answer, and what is said of it.

use super::{
    peer::{Answer, Job, KEY, Peer, SINCE, named, page, say, talk},
    players::*,
};
use crate::{
    proxy::{Outcome, Protocols},
    token::Key,
};

/// A peer, what it is asked, and what is said of it.
pub(super) type Row = (&'static str, Protocols, fn() -> Peer, &'static str);

/// All that needs no permission of its own.
pub(super) const EVERYTHING: Protocols = Protocols::all().difference(Protocols::INSIDE);

/// The peer of this name.
pub(super) fn row(name: &str) -> Peer {
    let row = ROWS.iter().find(|(of, ..)| *of == name);
    let (_, _, build, _) = row.unwrap_or_else(|| panic!("no peer is {name}"));
    build()
}

pub(super) const ROWS: &[Row] = &[
    // HTTP.
    (
        "open",
        HTTP,
        || http(tunnels, forwards),
        "confirmed: connection-returned",
    ),
    (
        "get only",
        HTTP,
        || http(not_allowed, forwards),
        "confirmed: connection-returned",
    ),
    (
        "post only",
        HTTP,
        || {
            http(not_allowed, |text| match text.starts_with("POST") {
                true => forwards(text),
                false => not_allowed(text),
            })
        },
        "confirmed: connection-returned",
    ),
    (
        "makes a page of a greeting",
        HTTP,
        || {
            http(not_allowed, |text| match (forwards(text), place(text)) {
                (Answer::ToSink(_, 0, request), 0) => {
                    Answer::ToSink("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n".into(), 0, request)
                }
                _ => forbidden(text),
            })
        },
        "confirmed: connection-returned",
    ),
    (
        "forwards another port only",
        HTTP,
        || {
            http(
                |text| match place(text) {
                    0 => forbidden(text),
                    _ => tunnels(text),
                },
                forbidden,
            )
        },
        "confirmed: connection-returned",
    ),
    (
        "wants its last line apart",
        HTTP,
        || {
            let mut seen = (0, 0);
            Box::new(move |said| {
                let (connection, before) = seen;
                let now = said.octets.len();
                seen = (said.connection, now);
                let text = said.text();
                let is_apart = connection == said.connection && now == before + 2;
                if is_apart && text.ends_with("\r\n\r\n") {
                    tunnels(&text)
                } else {
                    Answer::Nothing
                }
            })
        },
        "confirmed: connection-returned",
    ),
    (
        "no head before the greeting",
        HTTP,
        || {
            http(
                |text| Answer::ToSink(Vec::new(), place(text), Vec::new()),
                forbidden,
            )
        },
        "confirmed: connection-returned",
    ),
    (
        "denied",
        HTTP,
        || http(forbidden, forbidden),
        "closed: proxy-denied",
    ),
    (
        "wants a login",
        HTTP,
        || all_http(|| page("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")),
        "closed: auth-required",
    ),
    (
        "cannot reach us",
        HTTP,
        || http(|_| page("HTTP/1.1 502 Bad Gateway\r\n\r\n"), forbidden),
        "inconclusive: port-limited",
    ),
    (
        "a dead web server behind a gateway",
        Protocols::GET,
        || all_http(|| page("HTTP/1.1 502 Bad Gateway\r\n\r\n")),
        "inconclusive: unclear",
    ),
    (
        "out of order",
        HTTP,
        || all_http(|| page("HTTP/1.1 503 Service Unavailable\r\n\r\n")),
        "inconclusive: unclear",
    ),
    (
        "a page for everything",
        HTTP,
        || all_http(|| page(PAGE)),
        "closed: not-a-proxy",
    ),
    (
        "a page for everything, kept open",
        HTTP,
        || all_http(|| say(PAGE)),
        "closed: not-a-proxy",
    ),
    (
        "a portal",
        HTTP,
        || all_http(|| page("HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n")),
        "closed: not-a-proxy",
    ),
    (
        "a portal of RFC 6585",
        HTTP,
        || all_http(|| page("HTTP/1.1 511 Network Authentication Required\r\n\r\n<a>")),
        "closed: not-a-proxy",
    ),
    (
        "a web server",
        HTTP,
        || http(not_allowed, |_| page("HTTP/1.1 404 Not Found\r\n\r\n")),
        "closed: not-a-proxy",
    ),
    (
        "grants everything and is silent",
        HTTP,
        || {
            Box::new(|said| match said.text() {
                text if !text.contains("\r\n\r\n") => Answer::Nothing,
                text if text.starts_with("CONNECT") => say(ESTABLISHED),
                text => not_allowed(&text),
            })
        },
        "inconclusive: unclear",
    ),
    (
        "grants what there can be and is silent",
        HTTP,
        || http(|_| say(ESTABLISHED), not_allowed),
        "suspected: granted",
    ),
    // The control has an answer of its own.
    (
        "a page for connect, and no such page for the control",
        HTTP,
        || http_control(NO_SUCH_PAGE, |_| page(PAGE)),
        "closed: not-a-proxy",
    ),
    (
        "a page for connect, kept open, and the control is sent elsewhere",
        HTTP,
        || http_control(ELSEWHERE, |_| say(PAGE)),
        "closed: not-a-proxy",
    ),
    (
        "an empty page for connect, and no such page for the control",
        HTTP,
        || http_control(NO_SUCH_PAGE, |_| page(ESTABLISHED)),
        "inconclusive: unclear",
    ),
    (
        "another answer of http behind the grant",
        HTTP,
        || {
            http_control(NO_SUCH_PAGE, |_| {
                page(&format!("{ESTABLISHED}HTTP/1.1 502 Bad Gateway\r\n\r\n"))
            })
        },
        "inconclusive: unclear",
    ),
    (
        "a filter's page, and no such host for the control",
        HTTP,
        || http_control(NO_SUCH_HOST, |_| page(PAGE)),
        "inconclusive: unclear",
    ),
    (
        "another mail server behind the grant, and no such page for the control",
        HTTP,
        || {
            http_control(NO_SUCH_PAGE, |_| {
                say(&format!("{ESTABLISHED}220 mail.example.org ESMTP\r\n"))
            })
        },
        "suspected: granted",
    ),
    (
        "silent behind the grant, and no such page for the control",
        HTTP,
        || http_control(NO_SUCH_PAGE, |_| say(ESTABLISHED)),
        "suspected: granted",
    ),
    (
        "open, and no such page for the control",
        HTTP,
        || http_control(NO_SUCH_PAGE, tunnels),
        "confirmed: connection-returned",
    ),
    (
        "open, with a page before our sink's greeting",
        HTTP,
        || {
            http_control(NO_SUCH_PAGE, |text| {
                Answer::ToSink(PAGE.into(), place(text), Vec::new())
            })
        },
        "confirmed: connection-returned",
    ),
    (
        "a nonce of another key",
        HTTP,
        || greets_with(|said| nonce(&Key::new([8; 16]), SINCE.0 + said.now_s)),
        "suspected: granted",
    ),
    (
        "a forged nonce",
        HTTP,
        || {
            greets_with(|said| {
                let nonce = nonce(&KEY, SINCE.0 + said.now_s);
                format!("{}aaaa{}", &nonce[..18], &nonce[22..])
            })
        },
        "suspected: granted",
    ),
    (
        "an old nonce",
        HTTP,
        || greets_with(|said| nonce(&KEY, SINCE.0 - 60 + said.now_s)),
        "suspected: granted",
    ),
    (
        "a fresh nonce, and nothing comes out",
        HTTP,
        || greets_with(|said| nonce(&KEY, SINCE.0 + said.now_s)),
        "accepted: nonce-returned",
    ),
    // Both, and neither.
    (
        "echo",
        HTTP.union(SOCKS),
        || Box::new(|said| Answer::Say(said.octets.clone())),
        "closed: not-a-proxy",
    ),
    (
        "ssh",
        HTTP.union(SOCKS),
        || always(|| say("SSH-2.0-OpenSSH_9.6\r\n")),
        "closed: not-a-proxy",
    ),
    (
        "smtp",
        HTTP,
        || always(|| say("220 mail.example.org ESMTP\r\n")),
        "closed: not-a-proxy",
    ),
    (
        "tls",
        SOCKS,
        || always(|| Answer::SayAndClose(vec![0x15, 3, 1, 0, 2, 2, 40])),
        "closed: not-a-proxy",
    ),
    (
        "telnet",
        HTTP,
        || always(|| say("\r\nlogin: ")),
        "closed: not-a-proxy",
    ),
    (
        "junk",
        HTTP,
        || always(|| Answer::Endless(b"junk".repeat(100))),
        "closed: not-a-proxy",
    ),
    (
        "an endless head",
        HTTP,
        || all_http(|| Answer::Endless(b"HTTP/1.1 200 OK\r\nX: y".to_vec())),
        "inconclusive: limit-reached",
    ),
    (
        "an endless page",
        HTTP,
        || all_http(|| Answer::Endless(PAGE.into())),
        "closed: not-a-proxy",
    ),
    (
        "silence",
        HTTP.union(SOCKS),
        || always(|| Answer::Nothing),
        "inconclusive: no-answer",
    ),
    (
        "hangs up",
        HTTP,
        || always(|| Answer::Drop),
        "inconclusive: cut-off",
    ),
    (
        "resets",
        SOCKS,
        || always(|| Answer::Reset),
        "inconclusive: cut-off",
    ),
    (
        "half an answer",
        HTTP,
        || all_http(|| page("HTTP/1.1 2")),
        "inconclusive: cut-off",
    ),
    // SOCKS.
    (
        "open socks5",
        SOCKS,
        || socks(|_| reply5(0), drops),
        "confirmed: connection-returned",
    ),
    (
        "open socks5 with a long reply",
        SOCKS,
        || socks(|_| b"\x05\x00\x00\x03\x09localhost\x00\x50".to_vec(), drops),
        "confirmed: connection-returned",
    ),
    (
        "open socks4",
        SOCKS,
        || {
            Box::new(|said| match said.octets.as_slice() {
                [4, 1, high, low, ..] => {
                    let place = usize::from([*high, *low] == 8025_u16.to_be_bytes());
                    Answer::ToSink(reply4(0x5a), place, Vec::new())
                }
                _ => Answer::Drop,
            })
        },
        "confirmed: connection-returned",
    ),
    (
        "open by name only",
        SOCKS,
        || {
            socks(
                |request| match request {
                    [5, 1, 0, 3, 16, name @ ..] if name.starts_with(b"sink.example.net") => {
                        reply5(0)
                    }
                    _ => reply5(8),
                },
                |_| Answer::Say(reply4(0x5b)),
            )
        },
        "confirmed: connection-returned",
    ),
    (
        "open socks4a only",
        SOCKS,
        || {
            socks(
                |_| reply5(2),
                |request| match request {
                    [4, 1, 0, 25, 0, 0, 0, 1, 0, name @ ..] if name == b"sink.example.net\0" => {
                        Answer::ToSink(reply4(0x5a), 0, Vec::new())
                    }
                    _ => Answer::Say(reply4(0x5b)),
                },
            )
        },
        "confirmed: connection-returned",
    ),
    (
        "open over ipv6 only",
        SOCKS,
        || {
            socks(
                |request| match request {
                    [5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8, rest @ ..] if rest.len() == 14 => reply5(0),
                    _ => reply5(2),
                },
                drops,
            )
        },
        "confirmed: connection-returned",
    ),
    (
        "socks5 wants a login",
        SOCKS,
        || {
            Box::new(|said| match said.octets.first() {
                Some(5) => Answer::SayAndClose(vec![5, 0xff]),
                _ => Answer::Drop,
            })
        },
        "closed: auth-required",
    ),
    (
        "socks5 chooses a login",
        SOCKS,
        || {
            Box::new(|said| match said.octets.first() {
                Some(5) => Answer::Say(vec![5, 2]),
                _ => Answer::Drop,
            })
        },
        "closed: auth-required",
    ),
    (
        "socks5 chooses gssapi",
        SOCKS,
        || {
            Box::new(|said| match said.octets.first() {
                Some(5) => Answer::Say(vec![5, 1]),
                _ => Answer::Drop,
            })
        },
        "closed: auth-required",
    ),
    (
        "socks5 denied",
        SOCKS,
        || socks(|_| reply5(2), drops),
        "closed: proxy-denied",
    ),
    (
        "socks4 denied",
        SOCKS,
        || {
            Box::new(|said| match said.octets.first() {
                Some(4) => Answer::SayAndClose(reply4(0x5b)),
                _ => Answer::Drop,
            })
        },
        "closed: proxy-denied",
    ),
    (
        "socks5 cannot reach us",
        SOCKS,
        || socks(|_| reply5(5), drops),
        "inconclusive: port-limited",
    ),
    (
        "socks5 denied, and knows no names",
        SOCKS,
        || {
            socks(
                |request| match request.get(3) {
                    Some(1) => reply5(2),
                    _ => reply5(4),
                },
                drops,
            )
        },
        "closed: proxy-denied",
    ),
    (
        "socks5 fails",
        SOCKS,
        || socks(|_| reply5(1), drops),
        "inconclusive: unclear",
    ),
    (
        "socks5 hangs up at the request",
        SOCKS,
        || {
            Box::new(|said| match said.octets.as_slice() {
                [5, 1, 0] => Answer::Say(vec![5, 0]),
                _ => Answer::Drop,
            })
        },
        "inconclusive: cut-off",
    ),
    // Perhaps a packet filter takes what it sends to our sink.
    (
        "socks5 takes the request and is silent, and knows http",
        EVERYTHING,
        || {
            Box::new(|said| match said.octets.as_slice() {
                [5, 1, 0] => Answer::Say(vec![5, 0]),
                [5, ..] => Answer::Nothing,
                [4, ..] => Answer::Drop,
                _ => page("HTTP/1.1 400 Bad Request\r\n\r\n"),
            })
        },
        "inconclusive: cut-off",
    ),
    (
        "http waits for our sink, and complains of socks",
        EVERYTHING,
        || {
            Box::new(|said| match said.octets.first() {
                Some(b'C' | b'G' | b'P') => Answer::Nothing,
                _ => page("HTTP/1.1 400 Bad Request\r\n\r\n"),
            })
        },
        "inconclusive: no-answer",
    ),
    (
        "open to socks5 alone, and silent to all else",
        EVERYTHING,
        || {
            Box::new(|said| match said.octets.as_slice() {
                [5, 1, 0] => Answer::Say(vec![5, 0]),
                [5, 1, 0, _, _, _, 1, ..] => Answer::ToSink(reply5(0), 0, Vec::new()),
                _ => Answer::Nothing,
            })
        },
        "confirmed: connection-returned",
    ),
    (
        "socks5 grants and is silent",
        SOCKS,
        || {
            Box::new(|said| match said.octets.as_slice() {
                [5, 1, 0] => Answer::Say(vec![5, 0]),
                [5, ..] => Answer::Say(reply5(0)),
                _ => Answer::Drop,
            })
        },
        "suspected: granted",
    ),
    (
        "http where socks is asked",
        SOCKS,
        || always(|| page("HTTP/1.1 400 Bad Request\r\n\r\n")),
        "closed: not-a-proxy",
    ),
    (
        "socks where http is asked",
        HTTP,
        || always(|| Answer::SayAndClose(vec![5, 0xff])),
        "closed: not-a-proxy",
    ),
    // Gateways.
    (
        "an open gateway",
        Protocols::GATEWAY,
        || {
            Box::new(|said| match said.text().as_str() {
                "198.51.100.25:25\r\n" => {
                    Answer::ToSink(b"\xff\xfb\x01Connecting...\r\n".to_vec(), 0, Vec::new())
                }
                _ => Answer::Nothing,
            })
        },
        "confirmed: connection-returned",
    ),
    (
        "a gateway that does not",
        Protocols::GATEWAY,
        || always(|| page("WinGate>Access denied\r\n")),
        "closed: not-a-proxy",
    ),
    // Inside.
    (
        "its own mail server greets",
        Protocols::INSIDE,
        || {
            http(
                |text| match text.starts_with("CONNECT 127.0.0.1:25 ") {
                    true => say(&format!("{ESTABLISHED}220-inside.example\r\n220 ESMTP\r\n")),
                    false => forbidden(text),
                },
                forbidden,
            )
        },
        "suspected: granted",
    ),
    (
        "its own host is barred",
        Protocols::INSIDE,
        || http(forbidden, forbidden),
        "closed: proxy-denied",
    ),
    (
        "a page that begins as a reply does",
        Protocols::INSIDE,
        || all_http(|| page("HTTP/1.1 200 OK\r\n\r\n404 Not Found\r\n")),
        "closed: not-a-proxy",
    ),
    (
        "a page instead of its own host",
        Protocols::INSIDE,
        || all_http(|| page(PAGE)),
        "closed: not-a-proxy",
    ),
];

#[test]
fn every_answer_gets_its_verdict() {
    let mut wrong = Vec::new();
    for (name, protocols, build, expected) in ROWS {
        let talk = talk(&Job::new(*protocols), &mut build());
        if talk.words() != *expected {
            wrong.push(format!(
                "{name}: {} instead of {expected}: {}",
                talk.words(),
                talk.attempts()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_proof_has_both_ends() {
    for (name, protocols, build, _) in ROWS {
        let talk = talk(&Job::new(*protocols), &mut build());
        let confirmed = talk.words().starts_with("confirmed");
        for attempt in talk.evidence.attempts() {
            let of = format!("{name}: {}", named(attempt.id()));
            assert_eq!(
                attempt.has_nonce(),
                attempt.outcome() == Outcome::Returned,
                "{of}"
            );
            assert_eq!(
                attempt.egress().is_some(),
                confirmed && attempt.has_nonce(),
                "{of}"
            );
            if let Some(egress) = attempt.egress() {
                assert_eq!(egress.to_string(), "203.0.113.9");
            }
        }
    }
}

#[test]
fn what_comes_out_at_our_own_address_proves_nothing() {
    for (name, protocols, build, expected) in ROWS {
        let job = Job {
            egress: super::peer::OWN,
            ..Job::new(*protocols)
        };
        let talk = talk(&job, &mut build());
        let expected = expected.replace(
            "confirmed: connection-returned",
            "inconclusive: own-address",
        );
        assert_eq!(talk.words(), expected, "{name}");
    }
}

#[test]
fn without_a_key_nothing_is_proved() {
    for (name, protocols, build, _) in ROWS {
        let job = Job {
            key: None,
            ..Job::new(*protocols)
        };
        let words = talk(&job, &mut build()).words();
        assert!(
            !words.starts_with("confirmed") && !words.starts_with("accepted"),
            "{name}"
        );
    }
}
