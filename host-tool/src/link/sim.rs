//! `--link sim`: the appliance's own code in the built-in simulator, in virtual time.

use std::io::BufWriter;

use host_sim::{
    observer::{Allowed, Seen},
    simulation::{Failure, Simulation},
    world::World,
};

use super::{LinkError, Settings};
use crate::{
    output::utc,
    session::{self, Outcome, Scan, Watch},
    store::{DeviceFamily, Store},
};

pub(super) fn scan(
    settings: Settings,
    scan: &Scan<'_>,
    store: &mut dyn Store,
    watch: &mut dyn Watch,
) -> Result<Outcome, LinkError> {
    let (device, boot) = store
        .begin_boot(DeviceFamily::Simulated)
        .map_err(|error| LinkError::Session(session::SessionError::Store(error)))?;
    let world = World {
        device_id: device.0,
        boot,
        began: utc(settings.began),
        ..settings.world
    }
    .with_sink_of(scan.scope);
    let seed = world.seed;
    let mut simulation = Simulation::new(world).watched(Allowed::by(scan.scope));
    if let Some(file) = settings.capture {
        simulation = simulation.capturing(BufWriter::new(file));
    }
    let (outcome, report) = simulation
        .run(async |end, _time| {
            let (reader, writer) = end.split();
            session::run(reader, writer, scan, store, watch).await
        })
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
