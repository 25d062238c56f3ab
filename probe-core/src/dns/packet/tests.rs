use std::fmt::Write as _;

use super::*;
use crate::dns::WIRE_NAME_OCTETS_MAX;

/// A message with these counts: a question for a.example, A, and then `body`.
fn message(counts: [u16; 3], body: &[u8]) -> Vec<u8> {
    let [answers, authorities, additional] = counts;
    let header = [7, 0x8180, 1, answers, authorities, additional].map(u16::to_be_bytes);
    let question = b"\x01a\x07example\0\0\x01\0\x01";
    [header.as_flattened(), question, body].concat()
}

/// Where the question's name begins, and what follows the question.
const NAME: &[u8] = b"\xc0\x0c";
const BODY_AT: usize = 12 + 15;

/// A record: owner, type, class, time to live, data.
fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let fields = [kind, 1, 0, 60, data.len() as u16].map(u16::to_be_bytes);
    [owner, fields.as_flattened(), data].concat()
}

/// Every record as text, or why there is none.
fn read(octets: &[u8]) -> Result<String, Malformed> {
    let mut text = String::new();
    for record in Message::new(octets)?.records() {
        let Record {
            section,
            owner,
            kind: RecordType(kind),
            ttl_s,
            data,
            ..
        } = record?;
        let data = match data {
            Data::Txt(strings) => {
                let strings = strings.iter().map(String::from_utf8_lossy);
                format!("{:?}", strings.collect::<Vec<_>>())
            }
            data => format!("{data:?}"),
        };
        writeln!(text, "{section:?} {owner:?} {kind} {ttl_s} {data}").unwrap();
    }
    Ok(text)
}

#[test]
fn records_of_every_type() {
    let soa = b"\xc0\x0c\x01h\xc0\x0e\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05";
    for (kind, data, text) in [
        (1, b"\xc0\0\x02\x01".as_slice(), "A(192.0.2.1)"),
        (
            28,
            b"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01",
            "Aaaa(2001:db8::1)",
        ),
        (12, b"\x04MAIL\xc0\x0e", "Ptr(MAIL.example.)"),
        (5, b"\x01b\0", "Cname(b.)"),
        (
            15,
            b"\0\x0a\x02mx\xc0\x0e",
            "Mx { preference: 10, exchange: mx.example. }",
        ),
        (15, b"\0\0\0", "Mx { preference: 0, exchange: . }"),
        (16, b"\x03one\0\x03two", r#"["one", "", "two"]"#),
        (6, soa, "Soa { minimum_s: 5 }"),
        (2, b"\xc0\x0c", "Unknown([192, 12])"),
        (65_280, b"\x01\x02", "Unknown([1, 2])"),
        (65_280, b"", "Unknown([])"),
    ] {
        let octets = message([1, 0, 0], &record(NAME, kind, data));
        let expected = format!("Answer a.example. {kind} 60 {text}\n");
        assert_eq!(read(&octets), Ok(expected));
        for cut in 0..octets.len() {
            assert_eq!(
                read(&octets[..cut]),
                Err(Malformed::Truncated),
                "{kind} {cut}"
            );
        }
    }
}

#[test]
fn sections_in_their_order() {
    let body = [
        record(NAME, 99, b"1"),
        record(b"\x02A.\xc0\x0e", 99, b"2"),
        record(b"\0", 99, b"3"),
    ];
    let octets = message([1, 1, 1], &body.concat());
    let expected = "Answer a.example. 99 60 Unknown([49])\n\
         Authority A\\..example. 99 60 Unknown([50])\n\
         Additional . 99 60 Unknown([51])\n";
    assert_eq!(read(&octets).as_deref(), Ok(expected));
}

#[test]
fn another_class_says_nothing_about_its_data() {
    let mut record = record(NAME, 1, b"chaos");
    record[5] = 3;
    let octets = message([1, 0, 0], &record);
    let text = "Answer a.example. 1 60 Unknown([99, 104, 97, 111, 115])\n";
    assert_eq!(read(&octets).as_deref(), Ok(text));
}

#[test]
fn counts_that_lie() {
    let one = record(NAME, 1, &[192, 0, 2, 1]);
    for (counts, expected) in [
        ([0, 0, 0], Err(Malformed::Trailing)),
        ([1, 0, 0], Ok(())),
        ([0, 1, 0], Ok(())),
        ([0, 0, 1], Ok(())),
        ([2, 0, 0], Err(Malformed::Truncated)),
        ([1, 0, 1], Err(Malformed::Truncated)),
        ([65_535, 65_535, 65_535], Err(Malformed::Truncated)),
    ] {
        assert_eq!(
            read(&message(counts, &one)).map(|_| ()),
            expected,
            "{counts:?}"
        );
    }
    // Records are not questions, however many there are said to be.
    let mut questions = message([1, 0, 0], &one);
    questions[4] = 255;
    assert!(read(&questions).is_err());
}

#[test]
fn names_that_are_none() {
    let at = |offset: usize| 0xc000 | (BODY_AT + offset) as u16;
    let long = |labels: usize, last: usize| {
        let mut name = Vec::new();
        for length in [vec![63; labels], vec![last]].concat() {
            name.push(length as u8);
            name.extend(vec![b'a'; length]);
        }
        name.push(0);
        name
    };
    for (name, expected) in [
        // To itself, to the one behind it, to each other, into its own label.
        (at(0).to_be_bytes().to_vec(), Err(Malformed::Pointer)),
        (at(2).to_be_bytes().to_vec(), Err(Malformed::Pointer)),
        (
            [b"\x01a".as_slice(), &at(0).to_be_bytes()].concat(),
            Err(Malformed::Pointer),
        ),
        (
            [b"\x01a".as_slice(), &at(1).to_be_bytes()].concat(),
            Err(Malformed::Pointer),
        ),
        (b"\xff\xff".to_vec(), Err(Malformed::Pointer)),
        // Into the header.
        (b"\xc0\x00".to_vec(), Err(Malformed::Pointer)),
        (b"\xc0\x0b".to_vec(), Err(Malformed::Pointer)),
        // Kinds of labels that nobody uses.
        (b"\x40a".to_vec(), Err(Malformed::Label)),
        (b"\x80a".to_vec(), Err(Malformed::Label)),
        (long(3, 61), Ok(())),
        (long(3, 62), Err(Malformed::NameTooLong)),
        (long(4, 63), Err(Malformed::NameTooLong)),
        // Too long only together with what it points to.
        (
            [&long(3, 54)[..3 * 64 + 55], NAME].concat(),
            Err(Malformed::NameTooLong),
        ),
        ([&long(3, 51)[..3 * 64 + 52], NAME].concat(), Ok(())),
    ] {
        let octets = message([1, 0, 0], &record(&name, 1, &[192, 0, 2, 1]));
        assert_eq!(read(&octets).map(|_| ()), expected, "{name:?}");
    }
    assert_eq!(long(3, 61).len(), WIRE_NAME_OCTETS_MAX);
}

#[test]
fn pointers_to_pointers_end() {
    for (pointers, expected) in [(31, Ok(())), (32, Ok(())), (33, Err(Malformed::Pointer))] {
        // One record's data is nothing but pointers, each to the one before it.
        let data_at = BODY_AT + 12;
        let mut data = NAME.to_vec();
        while data.len() < (pointers - 1) * 2 {
            let before = 0xc000 | (data_at + data.len() - 2) as u16;
            data.extend(before.to_be_bytes());
        }
        let last = 0xc000 | (data_at + data.len() - 2) as u16;
        let body = [
            record(NAME, 99, &data),
            record(&last.to_be_bytes(), 99, b""),
        ]
        .concat();
        let read = read(&message([2, 0, 0], &body));
        assert_eq!(read.map(|_| ()), expected, "{pointers}");
    }
}

#[test]
fn data_that_is_not_what_its_type_has() {
    for (kind, data) in [
        (1, b"\xc0\0\x02".as_slice()),
        (1, b"\xc0\0\x02\x01\x01"),
        (28, b"\x20\x01"),
        (12, b""),
        (12, b"\x04mail"),
        (12, b"\x01a\0\0"),
        (5, b"\xc0"),
        (15, b"\0"),
        (15, b"\0\x0a"),
        (15, b"\0\x0a\x01a\0b"),
        (16, b""),
        (16, b"\x03on"),
        (16, b"\x03one\x01"),
        (6, b"\0\0\0\0\0\x01"),
    ] {
        // What stands behind the data is not taken for a part of it.
        let body = [record(NAME, kind, data), record(NAME, 99, b"1234567890")].concat();
        let read = read(&message([2, 0, 0], &body));
        assert_eq!(read, Err(Malformed::Data), "{kind} {data:?}");
    }
}

#[test]
fn after_an_error_nothing_follows() {
    let body = [record(b"\x80", 1, b""), record(NAME, 1, &[192, 0, 2, 1])].concat();
    let octets = message([2, 0, 0], &body);
    let message = Message::new(&octets).unwrap();
    let read: Vec<bool> = message.records().map(|record| record.is_ok()).collect();
    assert_eq!(read, [false]);
    assert_eq!(message.questions().count(), 1);
}

#[test]
fn codes_and_flags() {
    for (flags, code, response, truncated) in [
        (0x0100_u16, ResponseCode::NoError, false, false),
        (0x8180, ResponseCode::NoError, true, false),
        (0x8381, ResponseCode::FormatError, true, true),
        (0x8182, ResponseCode::ServerFailure, true, false),
        (0x8183, ResponseCode::NoSuchName, true, false),
        (0x8184, ResponseCode::NotImplemented, true, false),
        (0x8185, ResponseCode::Refused, true, false),
        (0x818f, ResponseCode::Other(15), true, false),
        (0xa180, ResponseCode::NoError, false, false),
    ] {
        let mut octets = [0; HEADER_OCTETS];
        octets[2..4].copy_from_slice(&flags.to_be_bytes());
        let message = Message::new(&octets).unwrap();
        assert_eq!(message.response_code(), code, "{flags:x}");
        assert_eq!(message.is_response(), response, "{flags:x}");
        assert_eq!(message.is_truncated(), truncated, "{flags:x}");
    }
}
