//! Proxies: dialogue, evidence and verdict, as a worker drives them.

use core::{
    hint::black_box,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use probe_core::{
    arrival::Sense,
    dialogue::{Dialogue, End, Generation, Input, OpenFailure, Output},
    evidence::ProxyEvidence,
    finding::{DeviceId, JobSerial},
    frame,
    proxy::{ProxyDialogue, Setup},
    scope::{Depth, Scope},
    suspect::Suspect,
    tester::Tester,
    time::{Instant, Utc},
    token::Key,
    verdict::judge_proxy,
};

pub(crate) fn dialogue(received: &[u8], transmit: &mut [u8]) {
    let Some(scope) = frame::decode_message::<Scope>(received) else {
        return;
    };
    let Some(suspect) = frame::decode_message::<Suspect>(received) else {
        return;
    };
    let Ok(target) = scope.admit(&suspect, black_box(Utc(0))) else {
        return;
    };
    let key = black_box(Key::new([0; 16]));
    let tester = Tester::new(&scope, &key, black_box(DeviceId([0; 8])));
    let mut dialogue = ProxyDialogue::new(Setup {
        target,
        tester: &tester,
        protocols: scope.proxy.protocols(black_box(0)),
        sink: &scope.proxy.sink,
        depth: black_box(Depth::Full),
        serial: black_box(JobSerial(0)),
        hours: black_box(0),
        since: black_box(Utc(0)),
        key: black_box(Some(&key)),
    });
    let mut evidence = ProxyEvidence::default();
    while black_box(true) {
        let input = news(black_box(0), received);
        let now = black_box(Instant::BOOT);
        let mut turn = dialogue.turn(now, black_box(Generation(1)), input);
        loop {
            match turn.next(transmit) {
                Output::Wait { .. } | Output::Park { .. } | Output::Done => break,
                Output::Observed(observation) => evidence.record(&observation),
                output => drop(black_box(output)),
            }
        }
    }
    let egress = black_box(IpAddr::from([0; 16]));
    evidence.arrived(black_box(Sense::Visited(0)), egress);
    let later = evidence.clone();
    evidence.merge(black_box(&later));
    for line in evidence.lines() {
        black_box(line);
    }
    black_box(evidence.with_transcript_within(evidence.transcript_octets()));
    black_box(evidence.dead_by());
    black_box(judge_proxy(&evidence));
}

fn news(kind: u8, octets: &[u8]) -> Input<'_> {
    let end = black_box(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
    match kind {
        0 => Input::Start,
        1 => Input::Opened {
            local: end,
            remote: end,
        },
        2 => Input::OpenFailed(black_box(OpenFailure::Refused)),
        3 => Input::Received {
            octets,
            source: None,
        },
        4 => Input::Sent,
        5 => Input::Ended(black_box(End::Fin)),
        _ => Input::Timeout,
    }
}
