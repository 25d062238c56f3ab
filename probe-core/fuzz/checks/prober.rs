//! The prober: whatever a host says, nothing is handed out that its scope does not admit.

use probe_core::{
    evidence::Evidence,
    finding::DeviceId,
    frame::{FRAME_OCTETS_MAX, Part, message::Phase, write_frame},
    prober::{Next, Opening, Prober, Visitor},
    time::{Instant, Millis},
};

/// Messages of a host, each behind two octets with its length, whose highest bit says that it comes
/// over the network. Each is framed here: a fuzzer does not guess checksums.
pub(crate) fn check(octets: &[u8]) {
    let mut prober = Prober::new(DeviceId::default(), 1);
    let mut visitor = Visitor::new();
    let mut now = Instant::BOOT;
    let mut rest = octets;
    let mut sequence = 0;
    while let [high, low, behind @ ..] = rest {
        let is_visitor = high & 0x80 != 0;
        let octets = usize::from(u16::from_be_bytes([high & 0x7f, *low]) % 1_000);
        let (message, behind) = behind.split_at(octets.min(behind.len()));
        rest = behind;
        let mut frame = [0; FRAME_OCTETS_MAX];
        let part = Part {
            first: true,
            last: true,
            sequence,
        };
        sequence = sequence.wrapping_add(1);
        let written = write_frame(&mut frame, part, message.iter().copied());
        let frame = &frame[..written.expect("a message that fits")];
        if is_visitor {
            visited(&mut prober, &mut visitor, now, frame);
        } else {
            prober.link_received(now, frame);
        }
        shell(&mut prober, now);
        now = now + Millis(700);
    }
}

/// Whatever a visitor says, it changes nothing that decides what is probed.
fn visited(prober: &mut Prober, visitor: &mut Visitor, now: Instant, frame: &[u8]) {
    let decides = |prober: &Prober| {
        let progress = prober.progress(now);
        (
            prober.scope().cloned(),
            prober.is_anchored(),
            prober.provision_to_keep(),
            progress.scan,
            progress.targets.taken,
        )
    };
    if visitor.is_over(now) {
        prober.visitor_left(visitor);
        prober.visitor_came(now, visitor);
    }
    let before = decides(prober);
    let was_running = prober.phase() == Phase::Running;
    prober.visitor_received(now, visitor, frame);
    assert_eq!(decides(prober), before);
    assert!(was_running || prober.phase() != Phase::Running);
    let mut frame = [0; FRAME_OCTETS_MAX];
    for _ in 0..64 {
        match prober.visitor_transmit(now, visitor, &mut frame) {
            Some(octets) => assert!((1..=FRAME_OCTETS_MAX).contains(&octets)),
            None => break,
        }
    }
    let _ = prober.visitor_due(now, visitor);
}

/// What a shell does after each piece of news.
fn shell(prober: &mut Prober, now: Instant) {
    for _ in 0..8 {
        let Next::Job(job) = prober.next(now) else {
            break;
        };
        let scope = prober.scope().expect("a job comes under a scope");
        let address = job.target.address();
        assert!(
            scope
                .networks
                .iter()
                .any(|network| network.contains(address))
        );
        assert!(
            !scope
                .exclusions
                .iter()
                .any(|network| network.contains(address))
        );
        assert_eq!(scope.probe_of(job.target.port()), job.probe);
        if prober.may_open(now, &job) == Opening::Now {
            prober.spent(now, &job, 1);
            prober.connection_closed(now, &job);
        }
        if prober.finish(now, &job, &Evidence::new(job.probe)).is_err() {
            break;
        }
    }
    let mut frame = [0; FRAME_OCTETS_MAX];
    for _ in 0..64 {
        match prober.link_transmit(now, &mut frame) {
            Some(octets) => assert!((1..=FRAME_OCTETS_MAX).contains(&octets)),
            None => break,
        }
    }
    let _ = prober.link_due(now);
}
