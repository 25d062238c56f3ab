//! DNS: a message that may be anything, names that we make, and a lookup as a shell drives it.

use core::{
    hint::black_box,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use probe_core::{
    dialogue::{Dialogue, End, Generation, Input, OpenFailure, Output},
    dns::{Data, Lookup, Message, Question, RecordType, WireName},
    name::Name,
    time::Instant,
};

pub(crate) fn messages(octets: &[u8]) {
    let Ok(message) = Message::new(octets) else {
        return;
    };
    black_box(message.response_code());
    for question in message.questions() {
        black_box(question.is_ok());
    }
    let mut earlier = None;
    for record in message.records().flatten() {
        black_box(earlier == Some(record.owner));
        earlier = Some(record.owner);
        match record.data {
            Data::Txt(strings) => strings.iter().for_each(|string| {
                black_box(string);
            }),
            Data::Ptr(name) | Data::Cname(name) => {
                black_box(name.to_name().is_ok());
            }
            data => {
                black_box(data);
            }
        }
    }
}

pub(crate) fn lookup(octets: &mut [u8], received: &[u8], transmit: &mut [u8]) {
    let Some(question) = question(received) else {
        return;
    };
    let resolver = black_box(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 53)));
    let lots = black_box([0; 16]);
    let mut lookup = Lookup::new(resolver, question, lots, octets);
    while black_box(true) {
        let input = match black_box(0) {
            0 => Input::Start,
            1 => Input::Opened {
                local: resolver,
                remote: resolver,
            },
            2 => Input::OpenFailed(black_box(OpenFailure::Refused)),
            3 => Input::Received {
                octets: received,
                source: black_box(None),
            },
            4 => Input::Sent,
            5 => Input::Ended(black_box(End::Fin)),
            _ => Input::Timeout,
        };
        let now = black_box(Instant::BOOT);
        let mut turn = lookup.turn(now, black_box(Generation(1)), input);
        loop {
            match turn.next(transmit) {
                Output::Wait { .. } | Output::Park { .. } | Output::Done => break,
                output => black_box(&output),
            };
        }
    }
    if let Some(report) = lookup.report() {
        for data in report.answers.iter() {
            black_box(data);
        }
        black_box(report);
    }
}

fn question(octets: &[u8]) -> Option<Question> {
    let text = core::str::from_utf8(octets).ok()?;
    let address = black_box(IpAddr::from([0; 16]));
    let name = match black_box(0) {
        0 => WireName::new(text),
        1 => WireName::reverse(address),
        _ => WireName::listed(address, &Name::new(text).ok()?),
    };
    Some(Question {
        name: name.ok()?,
        kind: black_box(RecordType::A),
    })
}
