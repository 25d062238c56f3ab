//! What the appliance says about itself on a board: a line for each decision worth one.
//!
//! With the feature `defmt` the lines go to the board's logger; without it they cost nothing.
//! Addresses and ports of targets are said at debug level only. The core logs nothing.

use core::net::SocketAddr;

use probe_core::{
    dialogue::OpenFailure, evidence::Evidence, frame::message::Ended, path_check::Path,
    prober::Job, scope::Scope, time::Instant,
};

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

/// What a job's target is called.
#[cfg(not(feature = "relay-only"))]
pub(crate) fn called_so(job: &Job, name: &probe_core::name::Name) {
    #[cfg(feature = "defmt")]
    defmt::debug!("job {=u64}: is called {=str}", job.serial.0, name.as_str());
    #[cfg(not(feature = "defmt"))]
    let _ = (job, name);
}

/// The resolver does not answer; nobody is asked for a while.
#[cfg(not(feature = "relay-only"))]
pub(crate) fn resolver_is_silent() {
    #[cfg(feature = "defmt")]
    defmt::warn!("names: the resolver does not answer");
}

/// What was found on the way to the sink.
pub(crate) fn path_checked(path: Path) {
    #[cfg(feature = "defmt")]
    defmt::info!("way to the sink: {=str}", path.as_str());
    #[cfg(not(feature = "defmt"))]
    let _ = path;
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
pub(crate) fn finding_made(job: &Job, evidence: &Evidence) {
    #[cfg(feature = "defmt")]
    {
        let verdict = probe_core::verdict::judge(evidence);
        defmt::info!(
            "job {=u64}: finding: {=str}, {=str}",
            job.serial.0,
            verdict.kind.as_str(),
            verdict.reason.as_str()
        );
    }
    #[cfg(not(feature = "defmt"))]
    let _ = (job, evidence);
}

/// Whether something was said already that is said once. Nothing at all without a log.
#[derive(Default)]
pub(crate) struct Said(#[cfg(feature = "defmt")] bool);

/// A job has ended and cannot go back: there is no room for its finding.
pub(crate) fn outbox_full(job: &Job, said: &mut Said) {
    #[cfg(feature = "defmt")]
    if !core::mem::replace(&mut said.0, true) {
        defmt::warn!("job {=u64}: waits, the outbox is full", job.serial.0);
    }
    #[cfg(not(feature = "defmt"))]
    let _ = (job, said);
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

/// A host has called over the network.
#[cfg(not(feature = "relay-only"))]
pub(crate) fn visit_begun() {
    #[cfg(feature = "defmt")]
    defmt::info!("link port: a call");
}

/// It has gone, or was sent away.
#[cfg(not(feature = "relay-only"))]
pub(crate) fn visit_over() {
    #[cfg(feature = "defmt")]
    defmt::info!("link port: the call is over");
}

/// More have called the sink from our own link than the guard keeps.
#[cfg(not(feature = "relay-only"))]
pub(crate) fn caller_forgotten() {
    #[cfg(feature = "defmt")]
    defmt::warn!("guard: a caller of the sink was forgotten for another one");
}

/// Somebody who may not call has asked for a connection.
pub(crate) fn stranger() {
    #[cfg(feature = "defmt")]
    defmt::debug!("guard: a stranger's connection request was dropped");
}

/// A scan begins under `scope`.
pub(crate) fn scan_begun(scope: Option<&Scope>) {
    #[cfg(feature = "defmt")]
    {
        if let Some(scope) = scope {
            defmt::info!(
                "scope in force: {=usize} networks, {=usize} exclusions, {=usize} ports, depth {=str}",
                scope.networks.len(),
                scope.exclusions.len(),
                scope.ports.len(),
                scope.depth.as_str()
            );
            for network in &scope.networks {
                defmt::debug!("scope: {}", defmt::Debug2Format(network));
            }
        }
        defmt::info!("scan: begun");
    }
    #[cfg(not(feature = "defmt"))]
    let _ = scope;
}

/// Nothing is probed from here on; what runs is given back.
pub(crate) fn scan_ending(why: Ended) {
    #[cfg(feature = "defmt")]
    defmt::info!("scan: ending: {=str}", why.as_str());
    #[cfg(not(feature = "defmt"))]
    let _ = why;
}

/// Every job is back.
pub(crate) fn scan_over(why: Ended) {
    #[cfg(feature = "defmt")]
    defmt::info!("scan: over: {=str}", why.as_str());
    #[cfg(not(feature = "defmt"))]
    let _ = why;
}

/// Flash was found, with or without `waits`: records of an earlier boot.
pub(crate) fn flash_found(waits: bool) {
    #[cfg(feature = "defmt")]
    defmt::info!("flash: found, records of an earlier boot: {=bool}", waits);
    #[cfg(not(feature = "defmt"))]
    let _ = waits;
}

/// Flash holds as much as it can.
pub(crate) fn flash_full() {
    #[cfg(feature = "defmt")]
    defmt::warn!("flash: full, work waits for the host");
}

/// Flash takes nothing any more.
pub(crate) fn flash_broke() {
    #[cfg(feature = "defmt")]
    defmt::error!("flash: it takes nothing any more");
}

/// Somebody has called the sink.
#[cfg(not(feature = "relay-only"))]
pub(crate) fn called(remote: SocketAddr, port: u16) {
    #[cfg(feature = "defmt")]
    {
        defmt::info!("sink: a call on port {=u16}", port);
        defmt::debug!("sink: {}", defmt::Debug2Format(&remote));
    }
    #[cfg(not(feature = "defmt"))]
    let _ = (remote, port);
}

/// Something has come to the sink.
#[cfg(not(feature = "relay-only"))]
pub(crate) fn arrived(arrival: &probe_core::arrival::Arrival, recorded: bool) {
    #[cfg(feature = "defmt")]
    defmt::info!(
        "sink: {=str}, recorded: {=bool}",
        arrival.what.as_str(),
        recorded
    );
    #[cfg(not(feature = "defmt"))]
    let _ = (arrival, recorded);
}
