//! What does not fit a datagram.

use super::*;

/// A lookup whose answer over UDP was cut, and which has asked again over TCP.
fn streaming(room: usize) -> Play {
    let mut play = Play::with_room("a.example", RecordType::TXT, room);
    play.turn(Input::Start);
    play.opened();
    play.log.clear();
    play.hears(&play.answer(0x8380, [0, 0, 0], &[]));
    play.log(
        "close
              open Tcp by 8000
              wait 8000 Open",
    );
    play.opened();
    play.log.clear();
    let asked = b"\0\x26\x10\x03\x01\0\0\x01\0\0\0\0\0\x01\x01A\x07EXAMPLE\0\0\x10\0\x01\0\0\x29\x04\xd0\0\0\0\0\0\0";
    assert_eq!(play.asked, asked);
    play
}

fn stream(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_be_bytes()[..], message].concat()
}

fn piece(octets: &[u8]) -> Input<'_> {
    Input::Received {
        octets,
        source: None,
    }
}

#[test]
fn what_does_not_fit_a_datagram_is_asked_over_tcp() {
    let text = [b"\xff".as_slice(), &[b'a'; 255]].concat();
    for cut in [1, 2, 3, 50, 200] {
        let mut play = streaming(512);
        let answer =
            stream(&play.answer(0x8180, [1, 0, 0], &record(ASKED, RecordType::TXT, &text)));
        for octets in answer.chunks(cut) {
            play.turn(piece(octets));
        }
        assert_eq!(play.answers(), format!("[{:?}]", "a".repeat(255)));
        assert!(play.lookup.report().unwrap().streamed);
        assert!(play.log.ends_with("close\ndone\n"));
    }
}

#[test]
fn of_a_long_stream_the_beginning_counts() {
    let text = record(ASKED, RecordType::TXT, b"\x05first");
    let long = record(
        ASKED,
        RecordType::TXT,
        &[b"\xff".as_slice(), &[b'a'; 255]].concat(),
    );
    let mut play = streaming(128);
    let answer = play.answer(0x8180, [2, 0, 0], &[text, long].concat());
    play.turn(piece(&stream(&answer)));
    assert_eq!(play.answers(), r#"["first"] …"#);

    // Nothing that fits is still not nothing.
    let long = record(
        ASKED,
        RecordType::TXT,
        &[b"\xff".as_slice(), &[b'a'; 255]].concat(),
    );
    let mut play = streaming(128);
    let answer = play.answer(0x8180, [1, 0, 0], &long);
    play.turn(piece(&stream(&answer)));
    assert_eq!(
        (play.outcome(), play.answers().as_str()),
        (Some(Outcome::Answers), "…")
    );
    assert_eq!(play.lookup.report().unwrap().ttl_s, 0);
}

#[test]
fn a_stream_that_brings_nothing() {
    let mut answer = streaming(512).answer(0x8180, [0, 0, 0], &[]);
    let whole = stream(&answer);
    answer[0] ^= 1;
    let other_id = stream(&answer);
    for (octets, then, outcome) in [
        (whole.as_slice(), None, Outcome::NoData),
        (
            &whole[..20],
            Some(Input::Ended(End::Fin)),
            Outcome::NoAnswer,
        ),
        (
            &whole[..1],
            Some(Input::Ended(End::Reset)),
            Outcome::NoAnswer,
        ),
        (&whole[..20], Some(Input::Timeout), Outcome::NoAnswer),
        (b"\0\0", None, Outcome::Malformed(Malformed::Truncated)),
        (b"\0\x01a", None, Outcome::Malformed(Malformed::Truncated)),
        (&other_id, None, Outcome::Malformed(Malformed::Stream)),
    ] {
        let mut play = streaming(512);
        play.turn(piece(octets));
        if let Some(then) = then {
            assert_eq!(play.outcome(), None);
            play.now = play.now + STREAM_MS_MAX;
            play.turn(then);
        }
        assert_eq!(play.outcome(), Some(outcome), "{octets:?}");
        assert!(play.log.ends_with("done\n"));
    }
}

#[test]
fn a_stream_that_does_not_open() {
    for (failure, outcome) in [
        (OpenFailure::Refused, Outcome::NoAnswer),
        (OpenFailure::NoAnswer, Outcome::NoAnswer),
        (OpenFailure::NoSlot, Outcome::NotAsked(OpenFailure::NoSlot)),
    ] {
        let mut play = Play::asked("a.example", RecordType::TXT);
        play.hears(&play.answer(0x8380, [0, 0, 0], &[]));
        play.turn(Input::OpenFailed(failure));
        assert_eq!(play.outcome(), Some(outcome));
    }
    // Nor is the shell heard of again.
    let mut play = Play::asked("a.example", RecordType::TXT);
    play.hears(&play.answer(0x8380, [0, 0, 0], &[]));
    play.log.clear();
    play.pass(STREAM_MS_MAX.0);
    play.log(
        "close
              done",
    );
    assert_eq!(play.outcome(), Some(Outcome::NoAnswer));
}
