//! Zones and answers for tests.

use super::{Asked, Seen, Unknown, Why, Zone};
use crate::{
    dns::{Answers, Data, Outcome, RecordType, Report},
    evidence::{DnsblEvidence, Finish, Observation},
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

/// What a lookup of TXT records leaves behind, with one of this text.
pub(crate) fn explained(text: &str) -> Report {
    let mut answers = Answers::new(RecordType::TXT);
    let octets = [&[text.len() as u8], text.as_bytes()].concat();
    answers.push(&Data::read(RecordType::TXT, &octets, 0, octets.len()).unwrap());
    report_of(Outcome::Answers, answers)
}

/// What two zones said, of which the second answers for everything.
pub(crate) fn evidence() -> DnsblEvidence {
    let zones = [zone("dnsbl.example"), zone("gone.example")];
    let mut evidence = DnsblEvidence::default();
    for seen in [
        Seen::Began {
            zones: &zones,
            hours: 500,
        },
        Seen::Answered {
            place: 0,
            zone: &zones[0],
            report: &report(Outcome::Answers, "127.0.0.3 127.0.0.9"),
        },
        Seen::Explained {
            place: 0,
            report: &explained("open proxy"),
        },
        Seen::Unhealthy {
            place: 1,
            unknown: Unknown {
                asked: Asked::MustNotBeListed,
                why: Why::ListsEverything,
                answer: Some([127, 0, 0, 2].into()),
            },
        },
        Seen::Finished(Finish::Tested),
    ] {
        evidence.record(&Observation::Dnsbl(seen));
    }
    evidence
}
