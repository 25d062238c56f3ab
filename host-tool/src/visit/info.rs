//! Asking an appliance who it is and how it fares.

use probe_core::{
    frame::{
        ToHost,
        about::Info,
        message::{DeviceHello, Progress},
    },
    host_link::HostLink,
    time::Instant,
};

use super::Task;
use crate::session::SessionError;

/// What it said.
#[derive(Debug, Default)]
pub struct AskInfo {
    /// Who it is.
    pub hello: Option<DeviceHello>,
    /// What it says of itself.
    pub info: Option<Info>,
    /// What it has counted.
    pub progress: Option<Progress>,
}

impl Task for AskInfo {
    fn greeted(&mut self, now: Instant, host: &mut HostLink) {
        host.ask_info(now);
    }

    fn heard(&mut self, _: Instant, _: &mut HostLink, message: ToHost) -> Result<(), SessionError> {
        match message {
            ToHost::Hello(hello) => self.hello = Some(hello),
            ToHost::Info(info) => self.info = Some(info),
            ToHost::Progress(progress) => self.progress = Some(progress),
            // Whatever else it has to say waits for a host that stores it.
            _ => {}
        }
        Ok(())
    }

    fn settle(&mut self, _: Instant, _: &mut HostLink) -> Result<(), SessionError> {
        Ok(())
    }

    fn is_done(&self, _: Instant, _: &HostLink) -> bool {
        self.hello.is_some() && self.info.is_some() && self.progress.is_some()
    }

    fn is_urgent(&self) -> bool {
        true
    }
}
