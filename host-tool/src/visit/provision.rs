//! Setting an appliance up.

use probe_core::{
    frame::{
        ToHost,
        about::{Provision, ProvisionAnswer},
    },
    host_link::HostLink,
    time::Instant,
};

use super::Task;
use crate::session::SessionError;

/// How, and what the appliance said to it.
#[derive(Debug)]
pub struct SetUp {
    provision: Provision,
    /// What it said.
    pub answer: Option<ProvisionAnswer>,
}

impl SetUp {
    /// Sets it up so.
    pub const fn new(provision: Provision) -> Self {
        Self {
            provision,
            answer: None,
        }
    }
}

impl Task for SetUp {
    fn greeted(&mut self, now: Instant, host: &mut HostLink) {
        if self.answer.is_none() {
            host.provision(now, self.provision);
        }
    }

    fn heard(&mut self, _: Instant, _: &mut HostLink, message: ToHost) -> Result<(), SessionError> {
        if let ToHost::Provisioned(answer) = message {
            self.answer = Some(answer);
        }
        Ok(())
    }

    fn settle(&mut self, _: Instant, _: &mut HostLink) -> Result<(), SessionError> {
        Ok(())
    }

    fn is_done(&self, _: Instant, _: &HostLink) -> bool {
        self.answer.is_some()
    }

    fn is_urgent(&self) -> bool {
        true
    }
}
