//! The attempts of a proxy job for people: what was asked, and what came.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use probe_core::{
    evidence::{Attempt, AttemptLine, ProxyEvidence},
    proxy::{AttemptId, Outcome, Protocol, Protocols},
    scope::SinkEnds,
};

use super::{JobView, transcript::Said};
use crate::output::escaped;

/// One attempt.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What came of it.
    pub attempt: Attempt,
    /// What was asked for, as one line.
    pub asked: String,
    /// What was said, as far as it was kept.
    pub said: Vec<Said>,
}

/// The attempts of a job, in the order in which they were made.
pub fn of(job: &JobView, evidence: &ProxyEvidence) -> Vec<Tried> {
    let sink = job.scope.as_ref().map(|scope| &scope.proxy.sink);
    evidence.lines().map(|line| tried(sink, &line)).collect()
}

/// Whether the connection that an attempt asked for is proved: our sink's word came back, and the call at
/// our sink came from elsewhere than from us.
pub fn is_proved(job: &JobView, attempt: &Attempt) -> bool {
    let egress = attempt.egress();
    attempt.has_nonce() && egress.is_some_and(|egress| !job.is_own(egress))
}

/// The protocol's word; the control has none of its own.
pub fn word(id: AttemptId) -> &'static str {
    id.protocol().map_or("control", Protocol::as_str)
}

/// The port of our sink that an attempt asked for.
pub fn sink_port(job: &JobView, id: AttemptId) -> Option<u16> {
    if id.protocol() == Some(Protocol::Inside) {
        return None;
    }
    let sink = &job.scope.as_ref()?.proxy.sink;
    sink.ports.get(id.place()).copied()
}

/// Whether an attempt was made at all.
pub const fn was_made(outcome: Outcome) -> bool {
    !matches!(
        outcome,
        Outcome::Skipped(_) | Outcome::Running | Outcome::NoSlot | Outcome::OutOfScope
    )
}

/// Whether something answered it.
pub const fn is_answered(outcome: Outcome) -> bool {
    was_made(outcome)
        && !matches!(
            outcome,
            Outcome::Silent | Outcome::NoAnswer | Outcome::Refused | Outcome::TimeOver
        )
}

/// How many attempts were answered, and under how many of these our sink's word came back; the control does
/// not count.
pub fn answered(evidence: &ProxyEvidence) -> (usize, usize) {
    let attempts = || {
        let attempts = evidence.attempts().iter();
        attempts.filter(|it| it.id() != AttemptId::CONTROL)
    };
    (
        attempts().filter(|it| is_answered(it.outcome())).count(),
        attempts().filter(|it| it.has_nonce()).count(),
    )
}

fn tried(sink: Option<&SinkEnds>, line: &AttemptLine<'_>) -> Tried {
    let id = line.attempt.id();
    let asked = request(sink, id).unwrap_or_else(|| line.sent.to_owned());
    let accepted = line.attempt.has_nonce();
    let said = |by_us: bool, text: String| Said {
        by_us,
        text,
        accepted,
    };
    let mut lines = Vec::new();
    if was_made(line.attempt.outcome()) {
        lines.push(said(true, asked.clone()));
    }
    let protocols = id.protocol().map_or(Protocols::CONNECT, Protocol::alone);
    let answer = if Protocols::ANY_SOCKS5.contains(protocols) {
        socks5(line.answer)
    } else if Protocols::ANY_SOCKS4.contains(protocols) {
        socks4(line.answer)
    } else {
        text(line.answer)
    };
    lines.extend(answer.into_iter().map(|text| said(false, text)));
    Tried {
        attempt: line.attempt,
        asked,
        said: lines,
    }
}

/// What was sent, as one line; `None` where it is not known where our sink was.
fn request(sink: Option<&SinkEnds>, id: AttemptId) -> Option<String> {
    let sink = sink?;
    let port = sink.ports.get(id.place()).copied()?;
    let ipv4 = sink.ipv4.map(IpAddr::V4);
    let ipv6 = sink.ipv6.map(IpAddr::V6);
    let name = sink.name.as_ref();
    let at = |address: Option<IpAddr>| Some(SocketAddr::new(address?, port).to_string());
    let either = || at(ipv4.or(ipv6));
    Some(match id.protocol() {
        None => format!("CONNECT (a name that cannot exist).invalid:{port} HTTP/1.0"),
        Some(Protocol::Connect) => format!("CONNECT {} HTTP/1.0", either()?),
        Some(Protocol::ConnectSplit) => format!(
            "CONNECT {} HTTP/1.0, its last line end on its own",
            either()?
        ),
        Some(Protocol::Get) => format!("GET http://{}/p... HTTP/1.0", either()?),
        Some(Protocol::Post) => format!("POST http://{}/p... HTTP/1.0", either()?),
        Some(Protocol::Socks4) => format!("SOCKS4 CONNECT {}", at(ipv4)?),
        Some(Protocol::Socks4a) => format!("SOCKS4a CONNECT {}:{port}", name?.as_str()),
        Some(Protocol::Socks5) => format!("SOCKS5, no login, CONNECT {}", at(ipv4)?),
        Some(Protocol::Socks5Ipv6) => format!("SOCKS5, no login, CONNECT {}", at(ipv6)?),
        Some(Protocol::Socks5Name) => {
            format!("SOCKS5, no login, CONNECT {}:{port}", name?.as_str())
        }
        Some(Protocol::Gateway) => either()?,
        Some(Protocol::Inside) => format!("CONNECT {}:25 HTTP/1.0", Ipv4Addr::LOCALHOST),
    })
}

/// Lines of text, escaped.
fn text(octets: &[u8]) -> Vec<String> {
    let lines = octets.split(|octet| *octet == b'\n');
    let lines = lines.map(|line| escaped(line.strip_suffix(b"\r").unwrap_or(line)));
    lines.filter(|line| !line.is_empty()).collect()
}

/// The choice of a method and the reply of SOCKS5 (RFC 1928, 3 and 6) as octets, then text.
fn socks5(octets: &[u8]) -> Vec<String> {
    let Some((choice @ [5, method], rest)) = octets.split_first_chunk::<2>() else {
        return text(octets);
    };
    let mut lines = vec![format!(
        "{}{}",
        hexadecimal(choice),
        if *method == 0 { " (no login)" } else { "" }
    )];
    let length = match rest {
        [5, _, _, 1, ..] => 10,
        [5, _, _, 4, ..] => 22,
        [5, _, _, 3, octets, ..] => 7 + usize::from(*octets),
        _ => 0,
    };
    let (reply, rest) = rest.split_at(length.min(rest.len()));
    if let [_, code, ..] = reply {
        let granted = if *code == 0 { " (granted)" } else { "" };
        lines.push(format!("{}{granted}", hexadecimal(reply)));
    }
    lines.extend(text(rest));
    lines
}

/// The reply of SOCKS4 as octets, as far as it was kept, then text.
fn socks4(octets: &[u8]) -> Vec<String> {
    let (reply, rest) = octets.split_at(octets.len().min(8));
    let [0, code, ..] = reply else {
        return text(octets);
    };
    let granted = if *code == 0x5a { " (granted)" } else { "" };
    let mut lines = vec![format!("{}{granted}", hexadecimal(reply))];
    lines.extend(text(rest));
    lines
}

fn hexadecimal(octets: &[u8]) -> String {
    let digits: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    digits.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_by_people() {
        for (octets, expected) in [
            (
                &b"\x05\x00\x05\x00\x00\x01\xc0\x00\x02\x19\x00\x19220 sink ESMTP\r\n"[..],
                &[
                    "05 00 (no login)",
                    "05 00 00 01 c0 00 02 19 00 19 (granted)",
                    "220 sink ESMTP",
                ][..],
            ),
            (
                b"\x05\x00\x05\x02\x00\x01",
                &["05 00 (no login)", "05 02 00 01"],
            ),
            (b"\x05\xff", &["05 ff"]),
            (b"\x05", &["\\x05"]),
            (b"HTTP/1.1 400 Bad\r\n\r\n", &["HTTP/1.1 400 Bad"]),
            (b"", &[]),
        ] {
            assert_eq!(socks5(octets), expected);
        }
        for (octets, expected) in [
            (
                &b"\x00\x5a\x00\x19\xc0\x00\x02\x19220 sink\r\n"[..],
                &["00 5a 00 19 c0 00 02 19 (granted)", "220 sink"][..],
            ),
            (
                b"\x00\x5b\x00\x00\x00\x00\x00\x00",
                &["00 5b 00 00 00 00 00 00"],
            ),
            (b"\x00\x5b", &["00 5b"]),
            (b"\x00", &["\\x00"]),
        ] {
            assert_eq!(socks4(octets), expected);
        }
        assert_eq!(text(b"a\x1b[2J\r\n\r\nb"), ["a\\x1b[2J", "b"]);
    }
}
