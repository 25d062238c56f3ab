//! What the appliance says about itself on a board: a line for each decision worth one.
//!
//! With the feature `defmt` the lines go to the board's logger; without it they cost nothing.
//! Addresses and ports of targets are said at debug level only. The core logs nothing.

use core::net::SocketAddr;

use probe_core::{dialogue::OpenFailure, frame::message::Ended, prober::Job, time::Instant};

use crate::guard::Stop;

/// A worker has taken a job.
pub(crate) fn job_taken(job: &Job) {
    #[cfg(feature = "defmt")]
    {
        let serial = job.serial.0;
        defmt::info!("job {=u64}: taken, revision {=u8}", serial, job.revision);
        let target = job.target.endpoint();
        defmt::debug!("job {=u64}: {}", serial, defmt::Debug2Format(&target));
    }
    #[cfg(not(feature = "defmt"))]
    let _ = job;
}

/// What became of a connection that was asked for.
pub(crate) fn connection(remote: SocketAddr, outcome: Result<(), OpenFailure>) {
    #[cfg(feature = "defmt")]
    {
        match outcome {
            Ok(()) => defmt::info!("connection: open"),
            Err(failure) => defmt::info!("connection: {}", defmt::Debug2Format(&failure)),
        }
        defmt::debug!("connection: {}", defmt::Debug2Format(&remote));
    }
    #[cfg(not(feature = "defmt"))]
    let _ = (remote, outcome);
}

/// A job waits to be asked again, not before `until`.
pub(crate) fn parked(job: &Job, until: Instant) {
    #[cfg(feature = "defmt")]
    defmt::info!(
        "job {=u64}: parked until {=u64} ms",
        job.serial.0,
        until.as_millis()
    );
    #[cfg(not(feature = "defmt"))]
    let _ = (job, until);
}

/// A job has gone back with its last finding.
pub(crate) fn finding_made(job: &Job) {
    #[cfg(feature = "defmt")]
    defmt::info!("job {=u64}: finding made", job.serial.0);
    #[cfg(not(feature = "defmt"))]
    let _ = job;
}

/// The guard did not let a frame leave.
pub(crate) fn stopped_by_guard(why: Stop) {
    #[cfg(feature = "defmt")]
    match why {
        Stop::Violation(remote) => {
            defmt::error!("guard: a probe outside the scope was stopped");
            defmt::debug!("guard: {}", defmt::Debug2Format(&remote));
        }
        why => defmt::debug!("guard: stopped a frame: {}", defmt::Debug2Format(&why)),
    }
    #[cfg(not(feature = "defmt"))]
    let _ = why;
}

/// A host may speak with us from now on.
pub(crate) fn link_up() {
    #[cfg(feature = "defmt")]
    defmt::info!("link: up");
}

/// The link is over.
pub(crate) fn link_down() {
    #[cfg(feature = "defmt")]
    defmt::info!("link: down");
}

/// The scan is being ended, or is over.
pub(crate) fn scan_ended(why: Ended) {
    #[cfg(feature = "defmt")]
    defmt::info!("scan: {=str}", why.as_str());
    #[cfg(not(feature = "defmt"))]
    let _ = why;
}
