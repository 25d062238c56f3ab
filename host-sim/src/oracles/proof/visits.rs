//! What came out of a proxy is what a proxy of the world let out, and nobody is confirmed without the
//! very connection that it made.

use std::net::SocketAddr;

use probe_core::arrival::{Arrival, Sense, Unproved};

use super::{Came, Ledger, Word, name};
use crate::proxies::Passage;

/// What each number in the octet of a token stands for. The last CRLF of a CONNECT is nothing that
/// shows behind a proxy.
const WAYS: [&str; 10] = [
    "http-connect",
    "http-connect",
    "http-get",
    "http-post",
    "socks4",
    "socks4a",
    "socks5",
    "socks5-ipv6",
    "socks5-name",
    "gateway",
];

/// What is wrong with a visit, or with what it was taken for, if anything is. `ports` are the sink's, in
/// their order.
pub(super) fn denies(ledger: &Ledger, came: &Came, ports: &[u16]) -> Option<String> {
    let arrival = &came.arrival;
    let mut passages = passages_of(ledger, arrival).peekable();
    if passages.peek().is_none() {
        return Some(format!("{} was let out by nobody", name(arrival)));
    }
    let is_right = match (came.target, came.sense) {
        (None, sense) => sense == Sense::Nothing(Unproved::NoJob),
        (Some(target), Sense::Visited(octet)) => {
            passages.any(|it| is_it(it, target, octet, arrival, ports))
        }
        (Some(_), _) => false,
    };
    (!is_right).then(|| {
        let (name, sense, target) = (name(arrival), came.sense, came.target);
        format!("{name} is taken for {sense:?} of {target:?}, and no proxy did that")
    })
}

/// Whether a visit is the connection that `target` has made, for the attempt that the visit is taken for.
pub(super) fn proves(ledger: &Ledger, came: &Came, ports: &[u16], target: SocketAddr) -> bool {
    let Sense::Visited(octet) = came.sense else {
        return false;
    };
    passages_of(ledger, &came.arrival).any(|it| is_it(it, target, octet, &came.arrival, ports))
}

/// The connections that a visit can have come over: out at the address that the sink names, to the port
/// that it came to, with its token in what was said.
fn passages_of<'l>(ledger: &'l Ledger, arrival: &Arrival) -> impl Iterator<Item = &'l Passage> {
    let token = arrival.envelope.map(|token| token.text().to_string());
    let (from, port) = (arrival.remote.ip(), arrival.port);
    ledger.passages.iter().filter(move |passage| {
        let said = String::from_utf8_lossy(&passage.said);
        let mut words = Word::all_in(&said);
        let has_token = token
            .as_ref()
            .is_some_and(|token| words.any(|it| it.0 == **token));
        passage.from == from && passage.to.port() == port && has_token
    })
}

/// Whether it is the proxy's that was asked, and the way and port are those of the attempt.
fn is_it(
    passage: &Passage,
    target: SocketAddr,
    octet: u8,
    arrival: &Arrival,
    ports: &[u16],
) -> bool {
    let said = String::from_utf8_lossy(&passage.said);
    let in_token = Word::all_in(&said).any(|it| it.pair() == usize::from(octet));
    passage.by == target
        && in_token
        && WAYS.get(usize::from(octet % 32)) == Some(&passage.asked_in)
        && ports.get(usize::from(octet / 32)) == Some(&arrival.port)
}
