//! The host's end of the link, which the core holds as well.

use core::hint::black_box;

use probe_core::{
    frame::{ScanId, ToHost, decode_message, message::Proving},
    host_link::{HostLink, Line},
    scope::Scope,
    suspect::Suspect,
    time::{Instant, Utc},
    token::Key,
};

const PROVING: Proving = Proving {
    key: Key::new([0; 16]),
    deliver: true,
};

pub(crate) fn host(octets: &mut [u8]) {
    let mut link = HostLink::new();
    let now = || black_box(Instant::BOOT);
    while black_box(true) {
        link.connected(now(), black_box(Utc(0)));
        if let Some(scope) = decode_message::<Scope>(octets) {
            black_box(
                link.start(now(), black_box(ScanId(1)), &scope, black_box(PROVING))
                    .is_ok(),
            );
        }
        let mut received: &[u8] = octets;
        while let Some(message) = link.received(now(), &mut received) {
            if let Some(record) = message.record() {
                link.stored(record);
            }
            if let ToHost::Finding(finding) = &message
                && let Some(relay) = finding.evidence.relay()
            {
                for line in relay.pairs() {
                    black_box(line);
                }
                for line in relay.lines() {
                    black_box(line);
                }
            }
        }
        let list = |index| {
            black_box(index == 0)
                .then(|| decode_message::<Suspect>(&[0]))
                .flatten()
                .map(Line::from)
        };
        black_box(link.link_transmit(now(), list, octets));
        black_box(link.link_due(now()));
        if black_box(octets.is_empty()) {
            link.hold();
        }
        black_box(link.device());
        black_box(link.progress());
        black_box(link.scope_answer());
        black_box(link.ended());
        black_box(link.counters());
        if black_box(false) {
            link.stop(now());
        }
    }
}
