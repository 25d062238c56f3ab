//! What answers say.

use super::*;

#[test]
fn outcomes() {
    let soa = |ttl_s: u32| {
        let mut soa = record(
            ASKED,
            RecordType::SOA,
            &[[0; 18].as_slice(), &60_u32.to_be_bytes()].concat(),
        );
        soa[6..10].copy_from_slice(&ttl_s.to_be_bytes());
        soa
    };
    let opt = |code: u8| [b"\0\0\x29\x04\xd0".as_slice(), &[code, 0, 0, 0, 0, 0]].concat();
    let ns = record(ASKED, RecordType::NS, b"\0");
    for (flags, counts, body, outcome, ttl_s) in [
        (0x8183_u16, [0, 0, 0], vec![], Outcome::NoSuchName, 0),
        (0x8183, [0, 1, 0], soa(300), Outcome::NoSuchName, 60),
        (0x8183, [0, 1, 0], soa(20), Outcome::NoSuchName, 20),
        (0x8183, [0, 1, 0], soa(u32::MAX), Outcome::NoSuchName, 0),
        (0x8180, [0, 0, 0], vec![], Outcome::NoData, 0),
        (
            0x8180,
            [0, 1, 1],
            [soa(300), opt(0)].concat(),
            Outcome::NoData,
            60,
        ),
        (
            0x8180,
            [0, 2, 0],
            [soa(300), ns.clone()].concat(),
            Outcome::NoData,
            60,
        ),
        (0x8100, [0, 1, 0], ns.clone(), Outcome::Referral, 0),
        (0x8185, [0, 0, 0], vec![], Outcome::Refused, 0),
        (
            0x8182,
            [0, 0, 0],
            vec![],
            Outcome::Failed(ResponseCode::ServerFailure),
            0,
        ),
        (
            0x8180,
            [0, 0, 1],
            opt(1),
            Outcome::Failed(ResponseCode::Other(16)),
            0,
        ),
        // An answer under a code that says that there is none.
        (
            0x8183,
            [1, 0, 0],
            record(ASKED, RecordType::A, &A),
            Outcome::NoSuchName,
            0,
        ),
        // Records of another name, and of another type.
        (
            0x8180,
            [1, 0, 0],
            record(b"\x01b\xc0\x0e", RecordType::A, &A),
            Outcome::NoData,
            0,
        ),
        (
            0x8180,
            [1, 0, 0],
            record(ASKED, RecordType::TXT, b"\x01a"),
            Outcome::NoData,
            0,
        ),
        // Answers stand in the answer section.
        (
            0x8180,
            [0, 1, 0],
            record(ASKED, RecordType::A, &A),
            Outcome::NoData,
            0,
        ),
        (
            0x8180,
            [1, 0, 0],
            vec![],
            Outcome::Malformed(Malformed::Truncated),
            0,
        ),
        (
            0x8180,
            [0, 0, 0],
            vec![0],
            Outcome::Malformed(Malformed::Trailing),
            0,
        ),
        (
            0x8180,
            [1, 0, 0],
            record(ASKED, RecordType::A, &A[1..]),
            Outcome::Malformed(Malformed::Data),
            0,
        ),
    ] {
        let mut play = Play::asked("a.example", RecordType::A);
        play.hears(&play.answer(flags, counts, &body));
        play.log(
            "close
                  done",
        );
        assert_eq!(play.outcome(), Some(outcome), "{flags:x} {counts:?}");
        let report = play.lookup.report().unwrap();
        assert_eq!(
            (report.ttl_s, report.answers.is_empty()),
            (ttl_s, true),
            "{flags:x} {counts:?}"
        );
    }
}

#[test]
fn every_type_of_answer() {
    for (kind, data, answers) in [
        (
            RecordType::AAAA,
            [7; 16].as_slice(),
            "Aaaa(707:707:707:707:707:707:707:707)",
        ),
        (RecordType::PTR, b"\x04mail\xc0\x0e", "Ptr(mail.EXAMPLE.)"),
        (
            RecordType::MX,
            b"\0\x05\x02mx\xc0\x0c",
            "Mx { preference: 5, exchange: mx.A.EXAMPLE. }",
        ),
        (RecordType::TXT, b"\x04one \x03two", r#"["one ", "two"]"#),
        (RecordType::CNAME, b"\x01b\xc0\x0e", "Cname(b.EXAMPLE.)"),
        (
            RecordType(257),
            b"\0\x05issue",
            "Unknown([0, 5, 105, 115, 115, 117, 101])",
        ),
    ] {
        let mut play = Play::asked("a.example", kind);
        play.hears(&play.answer(0x8180, [1, 0, 0], &record(ASKED, kind, data)));
        assert_eq!(play.answers(), answers);
    }
}

#[test]
fn aliases_are_followed_within_the_answer() {
    let alias = |from: &str, to: &str| {
        let name = |text| WireName::new(text).unwrap();
        record(
            name(from).as_octets(),
            RecordType::CNAME,
            name(to).as_octets(),
        )
    };
    let a = |owner: &str| record(WireName::new(owner).unwrap().as_octets(), RecordType::A, &A);
    let chain = |count: usize| {
        let mut records: Vec<_> = (0..count)
            .map(|step| alias(&format!("{step}.example"), &format!("{}.example", step + 1)))
            .collect();
        records.push(a(&format!("{count}.example")));
        records
    };
    let mut backwards = chain(3);
    backwards.reverse();
    let found = Ok(("A(192.0.2.7)", 3));
    for (records, expected) in [
        (chain(3), found),
        (backwards, found),
        (chain(8), Ok(("A(192.0.2.7)", 8))),
        (chain(9), Err(Outcome::Malformed(Malformed::Aliases))),
        (
            vec![alias("0.example", "0.EXAMPLE")],
            Err(Outcome::Malformed(Malformed::Aliases)),
        ),
        (
            vec![
                alias("0.example", "1.example"),
                alias("1.example", "0.example"),
            ],
            Err(Outcome::Malformed(Malformed::Aliases)),
        ),
        // The resolver left the end out.
        (vec![alias("0.example", "1.example")], Err(Outcome::NoData)),
        (
            vec![alias("0.example", "1.example"), a("2.example")],
            Err(Outcome::NoData),
        ),
    ] {
        let mut play = Play::asked("0.example", RecordType::A);
        let answer = play.answer(0x8180, [records.len() as u16, 0, 0], &records.concat());
        play.hears(&answer);
        match expected {
            Ok((answers, aliases)) => {
                assert_eq!(play.answers(), answers);
                assert_eq!(play.lookup.report().unwrap().aliases, aliases);
            }
            Err(outcome) => assert_eq!(play.outcome(), Some(outcome)),
        }
    }
}
