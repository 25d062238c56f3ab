//! Reading an appliance's log.

use probe_core::{
    frame::{ToHost, about::LogLine},
    host_link::HostLink,
    time::{Instant, Millis},
};

use super::Task;
use crate::session::SessionError;

/// When so long no line has come, the log is at its end.
const QUIET: Millis = Millis(1_000);

/// Gives each line to `line`, in order; a gap in their numbers says that lines were forgotten.
pub struct ReadLog<L, S> {
    line: L,
    /// Whether the user has had enough, where the log is followed.
    enough: Option<S>,
    boot: Option<u32>,
    heard: Option<Instant>,
}

impl<L, S> ReadLog<L, S>
where
    L: FnMut(u32, &LogLine) -> Result<(), SessionError>,
    S: Fn() -> bool,
{
    /// Reads what there is; with `enough`, also what comes until it says so. `line` is told the
    /// boot beside each line.
    pub const fn new(line: L, enough: Option<S>) -> Self {
        Self {
            line,
            enough,
            boot: None,
            heard: None,
        }
    }
}

impl<L, S> Task for ReadLog<L, S>
where
    L: FnMut(u32, &LogLine) -> Result<(), SessionError>,
    S: Fn() -> bool,
{
    fn greeted(&mut self, now: Instant, host: &mut HostLink) {
        let boot = host.device().map(|device| device.boot);
        if self.boot != boot {
            self.boot = boot;
            self.heard = Some(now);
            // Lines begin anew with each boot.
            host.ask_log(now, 1);
        }
    }

    fn heard(
        &mut self,
        now: Instant,
        _: &mut HostLink,
        message: ToHost,
    ) -> Result<(), SessionError> {
        if let ToHost::Log(line) = message {
            self.heard = Some(now);
            (self.line)(self.boot.unwrap_or(0), &line)?;
        }
        Ok(())
    }

    fn settle(&mut self, _: Instant, _: &mut HostLink) -> Result<(), SessionError> {
        Ok(())
    }

    fn is_done(&self, now: Instant, _: &HostLink) -> bool {
        match &self.enough {
            Some(enough) => enough(),
            None => self.heard.is_some_and(|heard| now.since(heard) >= QUIET),
        }
    }

    fn is_urgent(&self) -> bool {
        false
    }
}
