//! `--link sim`: the appliance's own code in the built-in simulator, in virtual time.

use std::io::BufWriter;

use host_sim::{simulation::Simulation, world::World};

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
    };
    let mut simulation = Simulation::new(world);
    if let Some(file) = settings.capture {
        simulation = simulation.capturing(BufWriter::new(file));
    }
    let (outcome, _report) = simulation
        .run(async |end, _time| {
            let (reader, writer) = end.split();
            session::run(reader, writer, scan, store, watch).await
        })
        .map_err(|failure| LinkError::Unusable(failure.to_string()))?;
    outcome.map_err(LinkError::Session)
}
