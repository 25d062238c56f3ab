use super::*;
use crate::{
    dialogue::TRANSMIT_OCTETS_MIN,
    finding::{DeviceId, JobSerial},
    sink,
    token::{NONCE_SKEW_S_MAX, Role, Signer},
};

const KEY: Key = Key::new([7; 16]);
const NOW: Utc = Utc(1_796_049_982);

fn sink_at() -> SocketAddr {
    "198.51.100.25:25".parse().unwrap()
}

fn check(helo: &Name) -> PathCheck<'_> {
    let signer = Signer::new(&KEY, DeviceId([1; 8]));
    let token = signer.sign(Role::Proxy, JobSerial(0), 0, 3, sink_at());
    PathCheck::new(Setup {
        sink: sink_at(),
        helo,
        token: token.text(),
        key: &KEY,
        utc: NOW,
    })
}

/// What a check does about this news, and until when it waits.
fn turn(check: &mut PathCheck<'_>, now: Instant, input: Input<'_>) -> (Vec<String>, bool) {
    let generation = check.generation();
    let mut lent = [0; TRANSMIT_OCTETS_MIN];
    let mut done = Vec::new();
    let mut turn = check.turn(now, generation, input);
    loop {
        match turn.next(&mut lent) {
            Output::Open { remote, .. } => done.push(format!("open {remote}")),
            Output::Transmit { octets, .. } => {
                let text = String::from_utf8_lossy(&lent[..octets]);
                done.push(format!("C: {}", text.trim_end()));
            }
            Output::Close(how) => done.push(format!("{how:?}")),
            Output::Wait { .. } => return (done, false),
            Output::Done => return (done, true),
            output => panic!("{output:?}"),
        }
    }
}

/// The check against a server that greets with `greeting` and answers EHLO with `hello`.
fn against(greeting: &str, hello: &str) -> (Path, Vec<String>) {
    let helo = Name::new("probe.example.net").unwrap();
    let mut check = check(&helo);
    let mut script = Vec::new();
    for (at, says) in [(0, None), (1, Some(greeting)), (2, Some(hello))] {
        let now = Instant::from_millis(at);
        if at == 0 {
            script.extend(turn(&mut check, now, Input::Start).0);
            let (local, remote) = (sink_at(), sink_at());
            script.extend(turn(&mut check, now, Input::Opened { local, remote }).0);
        }
        for piece in says.unwrap_or_default().as_bytes().chunks(7) {
            let input = Input::Received {
                octets: piece,
                source: None,
            };
            script.extend(turn(&mut check, now, input).0);
        }
    }
    (check.path().expect("it is over"), script)
}

fn nonce(key: &Key, utc: Utc) -> TokenText {
    Nonce::issue(key, utc, [1, 2, 3]).text()
}

#[test]
fn our_sink_is_recognised_and_told_a_token() {
    let greeting = format!("220 sink.example ESMTP {}\r\n", nonce(&KEY, NOW));
    let (path, script) = against(&greeting, "250-sink.example\r\n250 PIPELINING\r\n");
    assert_eq!(path, Path::Open { visited: true });
    let [open, hello, quit, fin] = &script[..] else {
        panic!("{script:?}");
    };
    assert_eq!(open, "open 198.51.100.25:25");
    assert!(hello.starts_with("C: EHLO p"), "{hello}");
    assert!(hello.ends_with(".probe.example.net"), "{hello}");
    assert_eq!((quit.as_str(), fin.as_str()), ("C: QUIT", "Fin"));
}

#[test]
fn whoever_else_answers_is_not_our_sink() {
    let ours = |utc| format!("220 sink.example ESMTP {}\r\n", nonce(&KEY, utc));
    let other_key = format!(
        "220 sink.example ESMTP {}\r\n",
        nonce(&Key::new([8; 16]), NOW)
    );
    let half_an_hour = NONCE_HOURS_MAX * 1_800;
    for (greeting, hello, expected) in [
        (
            "220 mail.provider.example ESMTP\r\n".into(),
            "",
            Path::Foreign,
        ),
        (other_key, "", Path::Foreign),
        // A clock may differ, but not by more than this.
        (
            ours(Utc(NOW.0 + half_an_hour)),
            "502 no\r\n",
            Path::Open { visited: false },
        ),
        (ours(Utc(NOW.0 + half_an_hour + 1)), "", Path::Foreign),
        (
            ours(Utc(NOW.0 - half_an_hour)),
            "250 ok\r\n",
            Path::Open { visited: true },
        ),
        (
            ours(Utc(NOW.0 - half_an_hour - NONCE_SKEW_S_MAX - 1)),
            "",
            Path::Foreign,
        ),
        (
            "554 no mail from here\r\n".into(),
            "",
            Path::TurnedAway(554),
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\nhello, this is a page\r\n".into(),
            "",
            Path::NotSmtp,
        ),
    ] {
        let (path, script) = against(&greeting, hello);
        assert_eq!(path, expected, "{greeting} {script:?}");
        let said_hello = script.iter().any(|line| line.starts_with("C: EHLO"));
        let is_ours = matches!(expected, Path::Open { .. });
        assert_eq!(
            said_hello, is_ours,
            "a stranger heard our token: {script:?}"
        );
    }
}

#[test]
fn a_way_that_is_closed_is_told_as_what_it_is() {
    let helo = Name::new("probe.example.net").unwrap();
    for (failure, expected) in [
        (OpenFailure::Refused, Path::Refused),
        (OpenFailure::NoAnswer, Path::NoAnswer),
        (OpenFailure::Unreachable, Path::Unreachable),
        (OpenFailure::NoSlot, Path::NotAsked),
        (OpenFailure::OutOfScope, Path::NotAsked),
    ] {
        let mut check = check(&helo);
        turn(&mut check, Instant::BOOT, Input::Start);
        let (_, done) = turn(&mut check, Instant::BOOT, Input::OpenFailed(failure));
        assert!(done);
        assert_eq!(check.path(), Some(expected));
    }
    let (local, remote) = (sink_at(), sink_at());
    for (news, expected) in [
        (Input::Ended(End::Reset), Path::Refused),
        (Input::Ended(End::Fin), Path::Silent),
        (Input::Timeout, Path::Silent),
    ] {
        let mut check = check(&helo);
        turn(&mut check, Instant::BOOT, Input::Start);
        turn(&mut check, Instant::BOOT, Input::Opened { local, remote });
        let late = Instant::BOOT + REPLY_MS_MAX;
        let (_, done) = turn(&mut check, late, news);
        assert!(done);
        assert_eq!(check.path(), Some(expected), "{news:?}");
    }
    let mut check = check(&helo);
    turn(&mut check, Instant::BOOT, Input::Start);
    let (script, done) = turn(&mut check, Instant::BOOT + OPEN_MS_MAX, Input::Timeout);
    assert!(done);
    assert_eq!(script, ["Abort"]);
    assert_eq!(check.path(), Some(Path::NoAnswer));
}

#[test]
fn the_sink_records_the_visit() {
    let name = |text| Name::new(text).unwrap();
    let helo = name("probe.example.net");
    let mut check = check(&helo);
    let mut ours = sink::Sink::new(sink::Setup {
        domain: name("sink.example"),
        sender_domain: name("sink.example"),
        address: None,
        nonce: Nonce::issue(&KEY, NOW, [1, 2, 3]),
        speaks_http: false,
    });
    let (local, remote) = (sink_at(), "192.0.2.9:40000".parse().unwrap());
    let mut lent = [0; TRANSMIT_OCTETS_MIN];
    let mut to_sink = Vec::new();
    let mut to_check = Vec::new();
    let mut visits = 0;
    turn(&mut check, Instant::BOOT, Input::Start);
    turn(&mut check, Instant::BOOT, Input::Opened { local, remote });
    for round in 0..4 {
        let generation = ours.generation();
        let input = if round == 0 {
            Input::Accepted { local, remote }
        } else {
            Input::Received {
                octets: &to_sink,
                source: None,
            }
        };
        let mut heard = ours.turn(Instant::BOOT, generation, input);
        to_check.clear();
        loop {
            match heard.next(&mut lent) {
                Output::Transmit { octets, .. } => to_check.extend_from_slice(&lent[..octets]),
                Output::Ask(crate::dialogue::Question::Record(arrival)) => {
                    assert_eq!(arrival.what, crate::arrival::What::Visit);
                    visits += 1;
                    heard.answer(&crate::dialogue::Answer::Yes);
                }
                Output::Wait { .. } | Output::Done => break,
                _ => {}
            }
        }
        let input = Input::Received {
            octets: &to_check,
            source: None,
        };
        let generation = check.generation();
        let mut said = check.turn(Instant::BOOT, generation, input);
        to_sink.clear();
        loop {
            match said.next(&mut lent) {
                Output::Transmit { octets, .. } => to_sink.extend_from_slice(&lent[..octets]),
                Output::Wait { .. } | Output::Done => break,
                _ => {}
            }
        }
    }
    assert_eq!(check.path(), Some(Path::Open { visited: true }));
    assert_eq!(visits, 1);
}
