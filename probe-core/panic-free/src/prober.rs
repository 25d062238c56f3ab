//! The prober, as a shell drives it.

use core::hint::black_box;

use probe_core::{
    evidence::Evidence,
    finding::{DeviceId, Probe, RecordId},
    frame::{
        about::{FlashState, Level},
        decode_message,
        message::GuardCounters,
    },
    path_check::Path,
    prober::{About, Next, Prober, Stop, Visitor},
    scope::Scope,
    time::Instant,
};

pub(crate) fn prober(octets: &mut [u8]) {
    let mut prober = Prober::new(black_box(DeviceId::default()), black_box(1));
    let mut evidence = Evidence::new(black_box(Probe::Relay));
    black_box(&mut evidence);
    let mut visitor = Visitor::new();
    black_box(&mut visitor);
    let now = || black_box(Instant::BOOT);
    while black_box(true) {
        prober.link_received(now(), octets);
        black_box(prober.link_transmit(now(), octets));
        black_box(prober.link_due(now()));
        visited(&mut prober, &mut visitor, octets);
        match prober.next(now()) {
            Next::Job(job) => {
                black_box(prober.may_open(now(), &job));
                prober.connection_closed(now(), &job);
                prober.spent(now(), &job, black_box(1));
                let taken = if let Some(parked) = black_box(job.parked) {
                    prober.park(now(), &job, now(), parked, &evidence)
                } else {
                    prober.finish(now(), &job, &evidence)
                };
                black_box(taken.is_ok());
            }
            Next::Path(job) => {
                let tester = prober.tester();
                let check = tester
                    .as_ref()
                    .and_then(|tester| prober.path_check(now(), tester));
                black_box(check.is_some());
                black_box(prober.sink_elsewhere(black_box(true)));
                prober.path_checked(now(), job, black_box(Path::Silent));
            }
            Next::Wait(until) => drop(black_box(until)),
            Next::Idle => {}
        }
        prober.guard_counted(black_box(GuardCounters::default()));
        black_box(prober.progress(now()));
        black_box(prober.scope());
        black_box(prober.phase());
        black_box(prober.ended());
        if black_box(false) {
            prober.stop(now(), Stop::GuardViolation);
            prober.stop(now(), Stop::Button);
        }
        kept(&mut prober, octets);
    }
}

/// What a shell with a link port does beside it.
fn visited(prober: &mut Prober, visitor: &mut Visitor, octets: &mut [u8]) {
    let now = black_box(Instant::BOOT);
    prober.visitor_came(now, visitor);
    prober.visitor_received(now, visitor, octets);
    black_box(prober.visitor_transmit(now, visitor, octets));
    black_box(prober.visitor_due(now, visitor));
    if black_box(visitor.is_over(now)) {
        prober.visitor_left(visitor);
    }
}

/// What a shell with storage does beside it.
fn kept(prober: &mut Prober, octets: &mut [u8]) {
    let now = black_box(Instant::BOOT);
    let id = black_box(RecordId::default());
    if black_box(false) {
        prober.introduce(About::default());
        prober.resume(id, black_box(true));
        if let Some(scope) = decode_message::<Scope>(octets) {
            black_box(prober.restore_scope(now, &scope, black_box(1)));
        }
    }
    black_box(prober.unsaved(octets));
    prober.record_saved(black_box(1));
    black_box(prober.acknowledged());
    if let Some(behind) = prober.wanted() {
        if black_box(true) {
            prober.lend(behind, id, black_box(1), octets);
        } else {
            prober.lend_nothing(behind);
        }
    }
    black_box(prober.scope_in_force(now));
    black_box(prober.copy_scope(octets));
    prober.flash_fares(black_box(FlashState::default()));
    if let Some(provision) = prober.provision_to_keep() {
        prober.provisioned(provision, black_box(true));
    }
    prober.log(now, black_box(Level::Info), &[black_box("line")]);
}
