//! Zones and answers for tests.

use super::Zone;
use crate::{
    dns::{Answers, Data, Outcome, RecordType, Report},
    name::Name,
};

/// A zone with IPv6 whose codes 8 and 9 are an occasion and 255 is an error.
pub(crate) fn zone(name: &str) -> Zone {
    Zone {
        name: Name::new(name).unwrap(),
        ipv6: true,
        occasion: [8, 9].into_iter().collect(),
        errors: [255].into_iter().collect(),
        txt: true,
    }
}

/// What a lookup of A records leaves behind, with these addresses between spaces.
pub(crate) fn report(outcome: Outcome, addresses: &str) -> Report {
    let mut answers = Answers::new(RecordType::A);
    for address in addresses.split_whitespace() {
        answers.push(&Data::A(address.parse().unwrap()));
    }
    report_of(outcome, answers)
}

/// What a lookup leaves behind.
pub(crate) fn report_of(outcome: Outcome, answers: Answers) -> Report {
    Report {
        outcome,
        answers,
        ttl_s: 300,
        aliases: 0,
        ignored: 0,
        tries: 1,
        streamed: false,
    }
}
