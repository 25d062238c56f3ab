//! Block lists: dialogue, evidence and verdict, as a worker drives them.

use core::{
    hint::black_box,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use probe_core::{
    dialogue::{Dialogue, End, Generation, Input, OpenFailure, Output},
    dnsbl::{DnsblDialogue, Healths, Setup},
    evidence::{DnsblEvidence, Standing},
    frame,
    scope::Scope,
    suspect::Suspect,
    time::{Instant, Millis, Utc},
    verdict::judge_dnsbl,
};

pub(crate) fn dialogue(message: &mut [u8], received: &[u8], transmit: &mut [u8]) {
    let Some(scope) = frame::decode_message::<Scope>(received) else {
        return;
    };
    let Some(suspect) = frame::decode_message::<Suspect>(received) else {
        return;
    };
    let Ok(target) = scope.admit(&suspect, black_box(Utc(0))) else {
        return;
    };
    let resolver = black_box(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 53)));
    let mut healths = black_box(Healths::new());
    let setup = Setup {
        target,
        resolver,
        zones: &scope.dnsbl.zones,
        spacing: black_box(Millis(0)),
        hours: black_box(0),
        healths,
        seed: black_box([0; 16]),
    };
    let mut dialogue = DnsblDialogue::new(setup, message);
    let mut evidence = DnsblEvidence::default();
    while black_box(true) {
        let input = news(black_box(0), resolver, received);
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
    healths.renew(dialogue.healths());
    let address = black_box(IpAddr::from([0; 16]));
    black_box(healths.get(black_box(Instant::BOOT), black_box(0), address));
    let later = evidence.clone();
    evidence.merge(black_box(&later));
    black_box(evidence.with_transcript_within(evidence.transcript_octets()));
    black_box(judge_dnsbl(&evidence));
    for zone in evidence.zones() {
        if let Standing::Listed { codes, .. } = &zone.standing {
            black_box(codes.occasions().count());
        }
    }
}

fn news(kind: u8, resolver: SocketAddr, octets: &[u8]) -> Input<'_> {
    match kind {
        0 => Input::Start,
        1 => Input::Opened {
            local: resolver,
            remote: resolver,
        },
        2 => Input::OpenFailed(black_box(OpenFailure::Refused)),
        3 => Input::Received {
            octets,
            source: black_box(None),
        },
        4 => Input::Sent,
        5 => Input::Ended(black_box(End::Fin)),
        _ => Input::Timeout,
    }
}
