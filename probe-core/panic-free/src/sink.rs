//! The sink, as its task drives it.

use core::{
    hint::black_box,
    net::{Ipv4Addr, SocketAddr},
};

use probe_core::{
    dialogue::{Answer, Dialogue, End, Generation, Input, Output, Question},
    name::Name,
    sink::{Found, Setup, Sink, token_of},
    time::{Instant, Utc},
    token::{Key, Nonce},
};

pub(crate) fn dialogue(received: &[u8], transmit: &mut [u8]) {
    let Ok(domain) = Name::new(black_box("sink.example.net")) else {
        return;
    };
    let key = black_box(Key::new([0; 16]));
    let end = || black_box(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
    let mut sink = Sink::new(Setup {
        sender_domain: domain.clone(),
        domain,
        address: black_box(None),
        nonce: Nonce::issue(&key, black_box(Utc(0)), black_box([0; 3])),
        speaks_http: black_box(true),
    });
    while black_box(true) {
        let input = match black_box(0) {
            0 => Input::Accepted {
                local: end(),
                remote: end(),
            },
            1 => Input::Received {
                octets: received,
                source: None,
            },
            2 => Input::Ended(black_box(End::Fin)),
            _ => Input::Timeout,
        };
        let now = black_box(Instant::BOOT);
        let mut turn = sink.turn(now, black_box(Generation(1)), input);
        loop {
            match turn.next(transmit) {
                Output::Ask(Question::Recipient(recipient)) => {
                    let answer = match token_of(recipient, |_| black_box(None)) {
                        Found::Token(token) => Answer::Token(token),
                        Found::Forged | Found::Nothing => Answer::No,
                    };
                    turn.answer(&answer);
                }
                Output::Ask(Question::Record(arrival)) => {
                    black_box(arrival);
                    turn.answer(&Answer::Yes);
                }
                Output::Wait { .. } | Output::Done => break,
                output => drop(black_box(output)),
            }
        }
        black_box(sink.refused());
    }
}
