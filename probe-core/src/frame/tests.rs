//! Frames there and back, and through everything that a wire does to them.

use super::*;
use crate::{
    frame::message::LinkCounters,
    scope::fixture,
    testing::{Random, frames_of, octets_of},
    time::Utc,
};

/// All messages that come out of `octets`.
fn heard(decoder: &mut Decoder, octets: &[u8]) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    for octet in octets {
        if let Some(message) = decoder.push(*octet) {
            messages.push(message.to_vec());
        }
    }
    messages
}

fn frame(part: Part, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0; FRAME_OCTETS_MAX];
    let length = write_frame(&mut frame, part, payload.iter().copied()).unwrap();
    frame.truncate(length);
    frame
}

const WHOLE: Part = Part {
    first: true,
    last: true,
    sequence: 7,
};

#[test]
fn a_payload_of_any_length_and_any_octets_comes_back() {
    let mut random = Random::new(3);
    let mut decoder = Decoder::new();
    for length in 0..=PAYLOAD_OCTETS_MAX {
        for payload in [
            vec![0; length],
            vec![0xff; length],
            (0..length).map(|_| random.next() as u8).collect(),
            (0..length).map(|_| random.below(2) as u8).collect(),
        ] {
            let frame = frame(WHOLE, &payload);
            assert!(frame.len() <= FRAME_OCTETS_MAX);
            let (delimiter, body) = frame.split_last().unwrap();
            assert_eq!(*delimiter, 0);
            assert!(!body.contains(&0));
            assert_eq!(heard(&mut decoder, &frame), [payload]);
        }
    }
}

#[test]
fn a_frame_that_does_not_fit_its_buffer_is_not_written() {
    let payload = [1; PAYLOAD_OCTETS_MAX];
    let frame = frame(WHOLE, &payload);
    for room in 0..frame.len() {
        let mut out = vec![0; room];
        assert_eq!(write_frame(&mut out, WHOLE, payload), None, "{room}");
    }
}

#[test]
fn a_scope_travels_in_parts() {
    let mut scope = fixture::scope(&[]);
    for host in 0..crate::scope::NETWORKS_MAX {
        let network = fixture::network(&format!("2001:db8::{host:x}/128"));
        scope.networks.push(network).unwrap();
    }
    for host in 0..crate::scope::EXCLUSIONS_MAX {
        let network = fixture::network(&format!("2001:db8::1:{host:x}/128"));
        scope.exclusions.push(network).unwrap();
    }
    let message = ToDevice::Scope(scope);
    assert!(octets_of(&message).len() <= RECORD_OCTETS_MAX);
    let frames = frames_of(0xfffe, &message);
    assert_eq!(frames.len(), 2);
    let mut decoder = Decoder::new();
    let messages = heard(&mut decoder, &frames.concat());
    assert_eq!(messages.len(), 1);
    assert_eq!(decode_message(&messages[0]), Some(message));
}

#[test]
fn the_longest_messages_fit() {
    use crate::frame::message::{Phase, Progress};
    let mut progress = Progress {
        now: crate::time::Instant::NEVER,
        phase: Phase::Stopping(message::Ended::SerialsSpent),
        scope: Some(ScopeDigest(u32::MAX)),
        scan: Some(ScanId(u32::MAX)),
        ..Progress::default()
    };
    let most = u32::MAX;
    progress.targets = message::Targets {
        taken: most,
        queued: u16::MAX,
        running: u16::MAX,
        parked: u16::MAX,
        done: most,
        refused: most,
    };
    progress.outbox = message::OutboxState {
        made: most,
        acknowledged: most,
        octets: most,
        lost: most,
    };
    progress.guard = message::GuardCounters {
        allowed: u64::MAX,
        dropped: u64::MAX,
        violations: most,
        strangers: most,
    };
    progress.link = LinkCounters {
        frames: most,
        messages: most,
        broken: most,
        too_long: most,
        foreign: most,
        orphans: most,
        records_too_long: most,
        undecodable: most,
    };
    progress.visits = message::VisitCounters {
        calls: most,
        busy: most,
        denied: most,
        unreadable: most,
    };
    progress.limits = message::LimitCounters {
        queue: most,
        parked: most,
        networks: most,
        ledger: most,
        running: most,
        outbox: most,
    };
    progress.network = message::NetworkState {
        lack: Some(message::Lack::Router),
        ipv4: true,
        ipv6: true,
        sockets: u8::MAX,
        held: u8::MAX,
        connections: u16::MAX,
    };
    let octets = octets_of(&ToHost::<crate::evidence::Evidence>::Progress(progress));
    assert!(
        octets.len() <= message::PLAIN_MESSAGE_OCTETS_MAX,
        "{}",
        octets.len()
    );

    let text = "x".repeat(96);
    let mut scope = fixture::scope(&[]);
    scope.authority.reference = text.as_str().try_into().unwrap();
    scope.contact = text.as_str().try_into().unwrap();
    scope.abuse_page = text.as_str().try_into().unwrap();
    let name = crate::name::Name::new(&["label"; 11].join(".")[..64]).unwrap();
    scope.identity.helo = name.clone();
    scope.identity.sender_domain = name.clone();
    scope.identity.sink_domain = name;
    scope.identity.sink_address = "2001:db8::1".parse().ok();
    scope.identity.resolver = "2001:db8::1".parse().ok();
    let network = fixture::network("2001:db8::/128");
    while scope.networks.push(network).is_ok() {}
    while scope.exclusions.push(network).is_ok() {}
    while scope.ports.push(u16::MAX).is_ok() {}
    (scope.issued, scope.expires) = (Utc(u64::MAX), Utc(u64::MAX));
    scope.powered_minutes_max = u32::MAX;
    let octets = octets_of(&ToDevice::Scope(scope));
    assert!(octets.len() <= RECORD_OCTETS_MAX, "{}", octets.len());
}

#[test]
fn after_anything_the_next_whole_frame_is_heard() {
    let good = frame(WHOLE, b"good");
    let long = frame(WHOLE, &[7; PAYLOAD_OCTETS_MAX]);
    let foreign = {
        let mut octets = vec![9, 3, 0, 0, b'?'];
        let crc = CRC.checksum(&octets);
        octets.extend(crc.to_le_bytes());
        let mut stuffed = vec![3, 9, 3];
        stuffed.extend([1, 6]);
        stuffed.extend(&octets[4..]);
        stuffed.push(0);
        stuffed
    };
    let count = LinkCounters::default();
    for (noise, expected) in [
        (vec![], count),
        (vec![0, 0, 0], count),
        (vec![0xff, 0], LinkCounters { broken: 1, ..count }),
        (vec![1, 0], LinkCounters { broken: 1, ..count }),
        (
            b"AT+CGMI\r\n\0".to_vec(),
            LinkCounters { broken: 1, ..count },
        ),
        (
            [&long[..500], &[0]].concat(),
            LinkCounters { broken: 1, ..count },
        ),
        (
            vec![1; 5_000],
            LinkCounters {
                too_long: 1,
                ..count
            },
        ),
        (
            [&[5; 1_024][..], &[0]].concat(),
            LinkCounters {
                too_long: 1,
                ..count
            },
        ),
        (
            foreign,
            LinkCounters {
                foreign: 1,
                ..count
            },
        ),
    ] {
        let mut decoder = Decoder::new();
        assert_eq!(heard(&mut decoder, &noise), Vec::<Vec<u8>>::new());
        // Noise without a delimiter takes the frame behind it along, and no more.
        let whole = noise.last().is_none_or(|octet| *octet == 0);
        let octets = if whole {
            good.clone()
        } else {
            [vec![0], good.clone()].concat()
        };
        assert_eq!(heard(&mut decoder, &octets), [b"good".to_vec()]);
        let expected = LinkCounters {
            frames: 1,
            messages: 1,
            ..expected
        };
        assert_eq!(decoder.counters(), expected, "{} octets", noise.len());
    }
}

#[test]
fn parts_out_of_order_make_no_message() {
    let part = |first, last, sequence| Part {
        first,
        last,
        sequence,
    };
    let a = frame(part(true, false, 10), b"a");
    let b = frame(part(false, false, 11), b"b");
    let c = frame(part(false, true, 12), b"c");
    let whole = frame(part(true, true, 13), b"whole");
    let nothing: [&[u8]; 0] = [];
    for (frames, messages, orphans) in [
        (vec![&a, &b, &c], &[&b"abc"[..]][..], 0),
        (vec![&a, &c], &nothing, 1),
        (vec![&b, &c], &nothing, 2),
        (vec![&a, &b, &a, &b, &c], &[b"abc"], 1),
        (vec![&a, &b, &b, &c], &nothing, 2),
        (vec![&a, &whole, &b, &c], &[b"whole"], 3),
        (vec![&a, &b, &c, &c, &whole], &[b"abc", b"whole"], 1),
    ] {
        let mut decoder = Decoder::new();
        let octets: Vec<u8> = frames.into_iter().flatten().copied().collect();
        assert_eq!(heard(&mut decoder, &octets), messages);
        assert_eq!(decoder.counters().orphans, orphans);
    }
}

#[test]
fn a_message_that_is_too_long_is_dropped_and_counted() {
    let mut decoder = Decoder::new();
    for index in 0..5 {
        let part = Part {
            first: index == 0,
            last: index == 4,
            sequence: index,
        };
        let octets = frame(part, &[1; PAYLOAD_OCTETS_MAX]);
        assert_eq!(heard(&mut decoder, &octets), Vec::<Vec<u8>>::new());
    }
    assert_eq!(decoder.counters().records_too_long, 1);
    assert_eq!(decoder.counters().orphans, 1);
    assert_eq!(
        heard(&mut decoder, &frame(WHOLE, b"good")),
        [b"good".to_vec()]
    );
}

#[test]
fn a_frame_that_does_not_fit_behind_a_message_takes_its_place() {
    let long = |first, last, sequence, octets| {
        let part = Part {
            first,
            last,
            sequence,
        };
        (frame(part, &vec![octets as u8; octets]), octets)
    };
    let nearly = [
        long(true, false, 0, PAYLOAD_OCTETS_MAX).0,
        long(false, false, 1, PAYLOAD_OCTETS_MAX).0,
        long(false, false, 2, PAYLOAD_OCTETS_MAX).0,
    ]
    .concat();
    let left = RECORD_OCTETS_MAX - 3 * PAYLOAD_OCTETS_MAX;
    let noise = |octets| [vec![7; octets], vec![0]].concat();
    let (another, another_octets) = long(true, true, 3, PAYLOAD_OCTETS_MAX);
    for (behind, messages, [broken, orphans, records_too_long]) in [
        // As long as it may be, and one octet longer.
        (
            long(false, true, 3, left).0,
            vec![RECORD_OCTETS_MAX],
            [0, 0, 0],
        ),
        (long(false, true, 3, left + 1).0, vec![], [0, 0, 1]),
        (long(false, true, 3, 900).0, vec![], [0, 0, 1]),
        // Another message, with the rest of this one behind it.
        (another.clone(), vec![another_octets], [0, 1, 0]),
        (
            [another, long(false, true, 3, left).0].concat(),
            vec![another_octets],
            [0, 2, 0],
        ),
        // Noise that fits costs nothing, and such that does not fit costs the message.
        (
            [noise(20), long(false, true, 3, left).0].concat(),
            vec![RECORD_OCTETS_MAX],
            [1, 0, 0],
        ),
        (
            [noise(200), long(false, true, 3, left).0].concat(),
            vec![],
            [1, 1, 0],
        ),
    ] {
        let mut decoder = Decoder::new();
        let heard = heard(&mut decoder, &[&nearly[..], &behind].concat());
        let lengths: Vec<usize> = heard.iter().map(Vec::len).collect();
        assert_eq!(lengths, messages);
        let counters = decoder.counters();
        assert_eq!(
            [counters.broken, counters.orphans, counters.records_too_long],
            [broken, orphans, records_too_long],
            "{messages:?}"
        );
    }
}

#[test]
fn no_garbled_frame_is_taken_for_a_good_one() {
    let good = frame(WHOLE, b"\x00postern\x00\x00 says hello\x00");
    for place in 0..good.len() {
        for bit in 0..8 {
            let mut garbled = good.clone();
            garbled[place] ^= 1 << bit;
            let mut decoder = Decoder::new();
            assert_eq!(
                heard(&mut decoder, &garbled),
                Vec::<Vec<u8>>::new(),
                "{place} {bit}"
            );
            decoder.push(0);
            assert_eq!(heard(&mut decoder, &good).len(), 1, "{place} {bit}");
        }
        let mut decoder = Decoder::new();
        assert_eq!(heard(&mut decoder, &good[..place]), Vec::<Vec<u8>>::new());
        decoder.push(0);
        assert_eq!(heard(&mut decoder, &good).len(), 1, "cut at {place}");
    }
}

#[test]
fn random_octets_never_become_a_message() {
    let mut random = Random::new(11);
    let mut decoder = Decoder::new();
    for _ in 0..400_000 {
        let octet = if random.once_in(40) {
            0
        } else {
            random.next() as u8
        };
        assert!(decoder.push(octet).is_none());
    }
    let counters = decoder.counters();
    assert!(
        counters.broken > 1_000 && counters.frames == 0,
        "{counters:?}"
    );
}

#[test]
fn random_messages_never_panic() {
    let mut random = Random::new(12);
    let mut decoded = 0;
    for _ in 0..200_000 {
        let length = random.below(80) as usize;
        let octets: Vec<u8> = (0..length)
            .map(|place| match (place, random.below(3)) {
                (0, _) => random.below(10) as u8,
                (_, 0) => random.below(4) as u8,
                _ => random.next() as u8,
            })
            .collect();
        decoded += u32::from(decode_message::<ToDevice>(&octets).is_some());
        decoded += u32::from(decode_message::<ToHost>(&octets).is_some());
    }
    assert!(decoded > 0);
}
