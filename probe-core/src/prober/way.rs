//! The way to a sink elsewhere, which is tried before anybody is probed.
//!
//! A network may let no mail out, or hand it to a server of its own: behind it every server looks
//! closed, or every server looks the same. See [`crate::path_check`].

use core::net::SocketAddr;

use super::{Next, Prober};
use crate::{
    finding::JobSerial,
    frame::{
        ScanId,
        message::{Ended, Phase},
    },
    path_check::{Path, PathCheck, SINK_PORT, Setup},
    scope::Scope,
    tester::Tester,
    time::{Instant, Millis},
    token::Role,
};

/// How often a scan tries the way to the sink before it gives up.
pub const PATH_TRIES_MAX: u8 = 3;
/// How long it waits before it tries again.
pub const PATH_TRIED_AGAIN_AFTER: Millis = Millis::from_secs(10);

/// What this scan knows of the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    stage: Stage,
    /// What was found, the last time that it was tried.
    pub(super) found: Option<Path>,
    /// How often it was.
    tries: u8,
}

/// How far the check has come.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// None is made: this device is the sink, or the scope does not say where it is, has nobody probed at
    /// the sink's port, or waives the check.
    NotChecked,
    /// It is to be tried, not before this moment.
    Wanted(Instant),
    /// A worker tries it.
    Tried,
    /// Our sink was there.
    Open,
}

/// A check of the way, handed to a worker. It goes back by [`Prober::path_checked`], once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathJob(ScanId);

impl Way {
    /// Nothing is known, and nothing to be found out.
    pub(super) const NOT_CHECKED: Self = Self::at(Stage::NotChecked);

    /// Where a scan under this scope begins.
    pub(super) fn of(scope: &Scope, now: Instant) -> Self {
        let rests_on_it = scope.ports.contains(&SINK_PORT);
        if rests_on_it && !scope.lab && scope.outside_sink().is_some() {
            Self::at(Stage::Wanted(now))
        } else {
            Self::NOT_CHECKED
        }
    }

    const fn at(stage: Stage) -> Self {
        Self {
            stage,
            found: None,
            tries: 0,
        }
    }

    /// Whether targets may be asked.
    pub(super) const fn lets_probe(self) -> bool {
        matches!(self.stage, Stage::NotChecked | Stage::Open)
    }
}

impl Prober {
    /// Where our sink is, if it is elsewhere: for the guard, which lets nothing begin there but the
    /// check (`begins`), and lets that come to its end.
    pub fn sink_elsewhere(&self, begins: bool) -> Option<SocketAddr> {
        let is_checking = self.phase == Phase::Running && matches!(self.way.stage, Stage::Tried);
        let sink = self.scope()?.outside_sink()?;
        (is_checking || !begins).then_some(sink)
    }

    /// The dialogue that tries the way now; `None` where no scan wants it any more.
    pub fn path_check<'a>(&self, now: Instant, tester: &'a Tester) -> Option<PathCheck<'a>> {
        let sink = self.sink_elsewhere(true)?;
        let utc = self.anchor?.utc(now);
        let hours = super::hours_since(self.scope()?, utc);
        let token = tester
            .signer
            .sign(Role::Proxy, JobSerial(0), 0, hours, sink);
        Some(PathCheck::new(Setup {
            sink,
            helo: &tester.identity.helo,
            token: token.text(),
            key: &tester.key,
            utc,
        }))
    }

    /// What this scan has found on the way to the sink, the last time that it tried.
    pub const fn path(&self) -> Option<Path> {
        self.way.found
    }

    /// What was found on the way to the sink. Something has changed then, unless the scan of `job` is
    /// over.
    pub fn path_checked(&mut self, now: Instant, job: PathJob, path: Path) {
        let is_awaited = self.phase == Phase::Running
            && self.scan == Some(job.0)
            && matches!(self.way.stage, Stage::Tried);
        if !is_awaited {
            return;
        }
        self.way.found = Some(path);
        self.way.tries = self.way.tries.saturating_add(1);
        self.link.path_changed();
        if path.is_open() {
            self.way.stage = Stage::Open;
        } else if self.way.tries < PATH_TRIES_MAX {
            self.way.stage = Stage::Wanted(now + PATH_TRIED_AGAIN_AFTER);
        } else {
            self.end(now, Ended::NoPath);
        }
    }

    /// The check, or how long there is none; `None` where targets may be asked.
    pub(super) fn next_of_way(&mut self, now: Instant) -> Option<Next> {
        let Some(scan) = self.scan else {
            return Some(Next::Idle);
        };
        let at = match self.way.stage {
            Stage::NotChecked | Stage::Open => return None,
            Stage::Tried => return Some(Next::Idle),
            Stage::Wanted(at) => at,
        };
        if self.schedule.is_empty() {
            // There is nobody to ask.
            return Some(Next::Idle);
        }
        if now < at {
            return Some(Next::Wait(at));
        }
        self.way.stage = Stage::Tried;
        Some(Next::Path(PathJob(scan)))
    }

    /// Whether a finding at this port rests on a check of the way.
    pub(super) fn is_path_checked(&self, port: u16) -> bool {
        port == SINK_PORT && matches!(self.way.stage, Stage::Open)
    }
}
