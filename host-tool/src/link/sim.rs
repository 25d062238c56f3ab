//! `--link sim`: the appliance's own code in the built-in simulator, in virtual time.

use std::io::BufWriter;

use host_sim::{
    observer::{Allowed, Seen},
    pipe::Plug,
    simulation::{Failure, Simulation, Time},
    world::World,
};
use jiff::Timestamp;
use probe_core::{finding::DeviceId, frame::message::Ended, time::Millis};

use super::{LinkError, Settings};
use crate::{
    cases::{self, CaseView, proof},
    output::utc,
    session::{self, Outcome, Scan, SessionError, Watch},
    store::{DeviceFamily, Store},
    visit::{self, Collect, Errand},
};

pub(super) fn scan(
    settings: Settings,
    scan: &Scan<'_>,
    store: &mut dyn Store,
    watch: &mut dyn Watch,
) -> Result<Outcome, LinkError> {
    let (device, boot) = store
        .begin_boot(DeviceFamily::Simulated)
        .map_err(|error| LinkError::Session(SessionError::Store(error)))?;
    let mut world = World {
        device_id: device.0,
        boot,
        began: utc(settings.began),
        ..settings.world
    }
    .with_sink_of(scan.scope)
    .with_sink_name_of(scan.scope);
    if let Some(sink) = &mut world.sink_elsewhere {
        sink.key = scan.proving.key;
    }
    let seed = world.seed;
    let mut simulation = Simulation::new(world).watched(Allowed::by(scan.scope));
    if let Some(file) = settings.capture {
        simulation = simulation.capturing(BufWriter::new(file));
    }
    let may_come = scan.proving.deliver && !scan.scope.sink_ports.is_empty();
    let (outcome, report) = simulation
        .run_plugged(
            |wire| wire,
            async |plug, time| {
                let (reader, writer) = plug.connect().split();
                let mut outcome = session::run(reader, writer, scan, store, watch).await?;
                if may_come && outcome.ended == Some(Ended::ListDone) {
                    wait_for_mail(&plug, time, outcome.device, store, watch).await?;
                    outcome.heard = time.utc();
                }
                Ok(outcome)
            },
        )
        .map_err(|failure| match failure {
            Failure::Capture(_) => LinkError::Unusable(failure.to_string()),
            failure => LinkError::Simulation {
                seed,
                why: failure.to_string(),
            },
        })?;
    within_the_scope(seed, &report.wire)?;
    outcome.map_err(LinkError::Session)
}

/// How long the first wait for messages is, in minutes; each later one is twice as long.
const FIRST_WAIT_MINUTES: u64 = 60;

/// Lets time go on until no message of `device` is out any more, which costs nothing here, and stores what
/// comes. What was found before stays in the history.
async fn wait_for_mail(
    plug: &Plug,
    time: Time,
    device: DeviceId,
    store: &mut dyn Store,
    watch: &mut dyn Watch,
) -> Result<(), SessionError> {
    let mut minutes = FIRST_WAIT_MINUTES;
    loop {
        let cases = cases::load(store).map_err(SessionError::Store)?;
        cases::keep_judgements(store, &cases, Timestamp::now()).map_err(SessionError::Store)?;
        let jobs = cases.iter().flat_map(CaseView::jobs);
        let mut out = jobs
            .filter(|job| job.device == device)
            .filter_map(|job| proof::out(job, time.utc()));
        if out.next().is_none() || watch.wants_stop() {
            return Ok(());
        }
        time.sleep_until(time.now() + Millis::from_mins(minutes))
            .await;
        minutes = minutes.saturating_mul(2);
        let (reader, writer) = plug.connect().split();
        let utc = time.utc();
        let mut collect = Collect::new(store, utc);
        let task = &mut collect;
        visit::run(reader, writer, &mut Errand { utc, task }).await?;
    }
}

/// How many stray frames are told in words.
const STRAYS_TOLD_MAX: usize = 5;

/// What the check of the simulated wire says, which knows nothing of the device's own checks.
fn within_the_scope(seed: u64, wire: &Seen) -> Result<(), LinkError> {
    if wire.strays_total == 0 {
        return Ok(());
    }
    let told = wire.strays.iter().take(STRAYS_TOLD_MAX);
    Err(LinkError::Strayed {
        seed,
        total: wire.strays_total,
        told: told.map(ToString::to_string).collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use host_sim::observer::Stray;

    use super::*;

    #[test]
    fn a_stray_frame_fails_the_scan() {
        assert!(within_the_scope(7, &Seen::default()).is_ok());
        let stray = |second| Stray {
            at: Duration::from_secs(second),
            what: "TCP to 10.0.0.1:25".to_owned(),
        };
        let wire = Seen {
            strays: (1..=16).map(stray).collect(),
            strays_total: 30,
            ..Seen::default()
        };
        let Err(LinkError::Strayed { seed, total, told }) = within_the_scope(7, &wire) else {
            panic!("thirty frames have strayed");
        };
        assert_eq!((seed, total, told.len()), (7, 30, STRAYS_TOLD_MAX));
        assert_eq!(told[0], "1s: TCP to 10.0.0.1:25");
    }
}
