//! The path check, as a shell drives it.

use core::{
    hint::black_box,
    net::{Ipv4Addr, SocketAddr},
};

use probe_core::{
    dialogue::{Dialogue, End, Generation, Input, OpenFailure, Output},
    name::Name,
    path_check::{PathCheck, Setup},
    time::{Instant, Utc},
    token::{Key, TokenText},
};

pub(crate) fn dialogue(received: &[u8], transmit: &mut [u8]) {
    let Ok(helo) = Name::new(black_box("probe.example.net")) else {
        return;
    };
    let key = black_box(Key::new([0; 16]));
    let sink = black_box(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 25)));
    let mut check = PathCheck::new(Setup {
        sink,
        helo: &helo,
        token: black_box(TokenText::new()),
        key: &key,
        utc: black_box(Utc(0)),
    });
    while black_box(true) {
        let input = match black_box(0) {
            0 => Input::Start,
            1 => Input::Opened {
                local: sink,
                remote: sink,
            },
            2 => Input::OpenFailed(black_box(OpenFailure::Refused)),
            3 => Input::Received {
                octets: received,
                source: None,
            },
            4 => Input::Sent,
            5 => Input::Ended(black_box(End::Fin)),
            _ => Input::Timeout,
        };
        let now = black_box(Instant::BOOT);
        let mut turn = check.turn(now, black_box(Generation(1)), input);
        loop {
            match turn.next(transmit) {
                Output::Wait { .. } | Output::Done => break,
                output => drop(black_box(output)),
            }
        }
    }
    black_box((check.path(), check.greeting()));
}
