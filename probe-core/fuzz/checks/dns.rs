//! DNS messages: what is read lies within the limits, and is the same when it is read again.

use probe_core::{
    dns::{
        Data, Malformed, Message, NameView, RecordType, WIRE_NAME_OCTETS_MAX, WireName,
        name::LABEL_OCTETS_MAX,
    },
    name::Name,
};

/// The octets are a message.
pub(crate) fn check(octets: &[u8]) {
    let Ok(message) = Message::new(octets) else {
        assert!(octets.len() < 12);
        return;
    };
    for (name, ..) in message.questions().flatten() {
        is_a_name(name);
    }
    let mut records = 0_usize;
    let mut is_whole = true;
    for record in message.records() {
        assert!(is_whole, "nothing follows an error");
        match record {
            Ok(record) => {
                is_a_name(record.owner);
                is_data(record.kind, record.data);
                records += 1;
            }
            Err(error) => {
                is_whole = false;
                assert!(error != Malformed::Aliases && error != Malformed::Stream);
            }
        }
    }
    let [_, counts @ ..] = message.counts;
    let promised: usize = counts.iter().map(|count| usize::from(*count)).sum();
    assert!(records <= promised);
    assert!(records * 11 <= octets.len(), "a record has eleven octets");
    if is_whole {
        assert_eq!(records, promised);
        // Not an octet less is a message.
        let short = Message::new(&octets[..octets.len() - 1]);
        assert!(
            short.is_err() || short.is_ok_and(|short| short.records().any(|read| read.is_err()))
        );
    }
}

fn is_data(kind: RecordType, data: Data<'_>) {
    match data {
        Data::A(_) => assert_eq!(kind, RecordType::A),
        Data::Aaaa(_) => assert_eq!(kind, RecordType::AAAA),
        Data::Ptr(name) => {
            assert_eq!(kind, RecordType::PTR);
            is_a_name(name);
        }
        Data::Cname(name) => {
            assert_eq!(kind, RecordType::CNAME);
            is_a_name(name);
        }
        Data::Mx { exchange, .. } => {
            assert_eq!(kind, RecordType::MX);
            is_a_name(exchange);
        }
        Data::Txt(strings) => {
            assert_eq!(kind, RecordType::TXT);
            assert!(strings.iter().count() >= 1);
            assert!(strings.iter().all(|string| string.len() <= 255));
        }
        Data::Soa { .. } => assert_eq!(kind, RecordType::SOA),
        Data::Unknown(_) => {}
    }
}

fn is_a_name(name: NameView<'_>) {
    let mut octets = 1;
    for label in name.labels() {
        assert!((1..=LABEL_OCTETS_MAX).contains(&label.len()));
        octets += label.len() + 1;
    }
    assert!(octets <= WIRE_NAME_OCTETS_MAX);
    assert_eq!(name.is_root(), octets == 1);
    if let Ok(kept) = name.to_name() {
        assert_eq!(Name::new(kept.as_str()).as_ref(), Ok(&kept));
        let wire = WireName::new(kept.as_str()).expect("a shorter name");
        assert_eq!(wire.view(), name);
    }
}
