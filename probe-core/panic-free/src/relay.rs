//! The relay battery: dialogue, evidence and verdict, as a worker drives them.

use core::{
    hint::black_box,
    net::{Ipv4Addr, SocketAddr},
};

use probe_core::{
    dialogue::{Dialogue, End, Generation, Input, OpenFailure, Output, SecureFailure},
    evidence::RelayEvidence,
    finding::{DeviceId, JobSerial},
    frame,
    relay::{PairId, PairSet, RelayDialogue, Setup},
    scope::{Depth, Scope},
    suspect::Suspect,
    tester::Tester,
    time::{Instant, Utc},
    token::Key,
    verdict::judge_relay,
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
    let tester = Tester::new(
        &scope,
        &black_box(Key::new([0; 16])),
        black_box(DeviceId([0; 8])),
    );
    let setup = Setup {
        target,
        names: &suspect.names,
        reverse: suspect.names.last(),
        tester: &tester,
        depth: black_box(Depth::Full),
        serial: black_box(JobSerial(0)),
        hours: black_box(0),
        refusals_max: black_box(60),
        parked_hours_max: black_box(24),
        deliver: black_box(true),
        date: black_box(Utc(0)),
        returned: black_box(PairSet::EMPTY),
        resume: None,
    };
    let mut dialogue = RelayDialogue::new(setup);
    let mut evidence = RelayEvidence::default();
    while black_box(true) {
        let input = news(black_box(0), received);
        let now = black_box(Instant::BOOT);
        let mut turn = dialogue.turn(now, black_box(Generation(1)), input);
        while let Some(output) = drained(turn.next(transmit)) {
            if let Output::Observed(observation) = &output {
                evidence.record(observation);
            }
            black_box(&output);
        }
        if let Some(parked) = dialogue.parked() {
            dialogue = RelayDialogue::new(Setup {
                resume: black_box(Some(parked)),
                ..setup
            });
        }
        black_box(dialogue.refusals());
    }
    let later = evidence.clone();
    evidence.merge(black_box(&later));
    for pair in PairId::all() {
        black_box(evidence.outcome(pair));
        black_box(evidence.reply(pair));
    }
    for connection in evidence.connections() {
        black_box(connection);
    }
    black_box(judge_relay(&evidence));
    black_box(&evidence);
}

fn drained(output: Output<'_>) -> Option<Output<'_>> {
    match output {
        Output::Wait { .. } | Output::Park { .. } | Output::Done => None,
        _ => Some(output),
    }
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
        3 => Input::SecureFailed(black_box(SecureFailure::NotAvailable)),
        4 => Input::Received {
            octets,
            source: None,
        },
        5 => Input::Sent,
        6 => Input::Ended(black_box(End::Fin)),
        _ => Input::Timeout,
    }
}
