//! `--link direct`: the appliance's own code on this computer's sockets.

use std::cell::RefCell;

use embassy_futures::select::{Either, select};
use firmware::{
    appliance::{Memory, WORKERS, run},
    link::Link,
};
use host_sim::pipe::pipe;
use probe_core::prober::Prober;

use super::LinkError;
use crate::{
    direct::{DirectEnv, DirectError, Sources},
    session::{self, Outcome, Scan, SessionError, Watch},
    store::{DeviceFamily, Store},
};

pub(super) fn scan(
    scan: &Scan<'_>,
    store: &mut dyn Store,
    watch: &mut dyn Watch,
) -> Result<Outcome, LinkError> {
    let (device, boot) = store
        .begin_boot(DeviceFamily::Direct)
        .map_err(|error| LinkError::Session(SessionError::Store(error)))?;
    let prober = RefCell::new(Prober::new(device, boot));
    let unusable = |error: DirectError| LinkError::Unusable(error.to_string());
    let mut env = DirectEnv::new(&prober, Sources::default()).map_err(unusable)?;
    env.listen(&scan.scope.sink_ports).map_err(unusable)?;
    let mut memory = Box::new(Memory::<WORKERS>::new());
    let (host, appliance) = pipe();
    let (reader, writer) = appliance.split();
    let appliance = run(&env, &prober, Link { reader, writer }, &mut memory);
    let (reader, writer) = host.split();
    let session = session::run(reader, writer, scan, store, watch);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| LinkError::Unusable(format!("no runtime: {error}")))?;
    let outcome = runtime.block_on(async {
        match select(session, appliance).await {
            Either::First(outcome) => outcome,
            Either::Second(_) => Err(SessionError::LinkEnded("the appliance ended".to_owned())),
        }
    });
    outcome.map_err(LinkError::Session)
}
