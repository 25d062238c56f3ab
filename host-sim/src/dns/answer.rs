//! What a resolver says.

use std::{net::Ipv4Addr, time::Duration};

use super::{
    Fault, Record, Resolver,
    wire::{Answer, CNAME, Query, kind},
};

const NO_SUCH_NAME: u16 = 3;
const SERVER_FAILURE: u16 = 2;
const REFUSED: u16 = 5;
const A: u16 = 1;
const TRUNCATED: u8 = 0x02;
/// How many aliases it follows.
const ALIASES_MAX: usize = 16;

/// What it says to `query`, in at most so many octets, and how long it takes; `None` where it says
/// nothing.
pub(super) fn answer(
    resolver: &Resolver,
    query: &Query,
    octets_max: Option<usize>,
) -> Option<(Duration, Vec<u8>)> {
    let mut id = query.id;
    let mut asked = query.name.clone();
    let mut delay = Duration::ZERO;
    let fault = resolver.fault_of(&query.name);
    match fault {
        Fault::Silent => return None,
        Fault::LyingIds => id ^= 1,
        Fault::WrongQuestion => asked = format!("not.{asked}"),
        Fault::LowersCase => asked = asked.to_ascii_lowercase(),
        Fault::Slow(span) => delay = span,
        _ => {}
    }
    let (code, records) = match fault {
        Fault::Refuses => (REFUSED, Vec::new()),
        Fault::Fails => (SERVER_FAILURE, Vec::new()),
        Fault::NoName => (NO_SUCH_NAME, Vec::new()),
        Fault::NoData | Fault::Refers => (0, Vec::new()),
        Fault::Answers(address) if query.kind == A => {
            (0, vec![(asked.clone(), Record::A(address))])
        }
        Fault::Wildcard if query.kind == A => {
            let listed = Record::A(Ipv4Addr::new(127, 0, 0, 2));
            (0, vec![(asked.clone(), listed)])
        }
        fault => {
            let (code, records) = known(resolver, &asked, query.kind);
            if fault == Fault::Rewrites && code == NO_SUCH_NAME && query.kind == A {
                let portal = Record::A(Ipv4Addr::new(203, 0, 113, 99));
                (0, vec![(asked.clone(), portal)])
            } else {
                (code, records)
            }
        }
    };
    let mut answer = Answer::new(id, code, &asked, query.kind);
    for (owner, record) in &records {
        answer.record(owner, record);
    }
    if fault == Fault::Loops {
        answer.loops();
    }
    if fault == Fault::Refers {
        answer.refers();
    } else if records.is_empty() && matches!(code, 0 | NO_SUCH_NAME) {
        answer.nothing();
    }
    let octets = answer.finish();
    let is_cut =
        octets_max.is_some_and(|octets_max| octets.len() > octets_max || fault == Fault::Truncates);
    if is_cut {
        let mut short = Answer::new(id, code, &asked, query.kind).finish();
        short[2] |= TRUNCATED;
        return Some((delay, short));
    }
    Some((delay, octets))
}

/// The aliases from `name` on, and the records of this type at their end.
fn known(resolver: &Resolver, name: &str, wanted: u16) -> (u16, Vec<(String, Record)>) {
    let mut owner = name.to_owned();
    let mut found = Vec::new();
    for _ in 0..ALIASES_MAX {
        let Some(records) = resolver.zone.get(&owner) else {
            return (NO_SUCH_NAME, found);
        };
        let before = found.len();
        let fitting = records.iter().filter(|record| kind(record) == wanted);
        found.extend(fitting.map(|record| (owner.clone(), record.clone())));
        let alias = records.iter().find_map(|record| match record {
            Record::Cname(target) if wanted != CNAME => Some(target.clone()),
            _ => None,
        });
        match alias {
            Some(target) if found.len() == before => {
                found.push((owner, Record::Cname(target.clone())));
                owner = target;
            }
            _ => break,
        }
    }
    (0, found)
}
