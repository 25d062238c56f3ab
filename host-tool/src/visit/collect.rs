//! Fetching what an appliance has found, without a scan: after a power cut, or over the network.

use jiff::Timestamp;
use probe_core::{
    frame::{ToHost, message::DeviceHello},
    host_link::HostLink,
    time::{Anchor, Instant, Utc},
};

use super::Task;
use crate::{
    session::SessionError,
    store::{Record, Store},
};

/// Stores what comes, until there is nothing more.
pub struct Collect<'a> {
    store: &'a mut dyn Store,
    utc: Utc,
    /// Who it comes from.
    pub device: Option<DeviceHello>,
    gathered: Vec<Record>,
    /// Records that were new to the store.
    pub stored: usize,
    /// Records that the appliance could not keep.
    pub lost: u32,
    /// The appliance has said that nothing of an earlier boot waits.
    earlier_done: bool,
    asked: Option<Instant>,
}

/// How long to wait before asking again whether records of earlier boots wait, in milliseconds.
const ASK_EVERY_MS: u64 = 500;

impl<'a> Collect<'a> {
    /// Stores into `store`; `utc` is what the host's clock says.
    pub const fn new(store: &'a mut dyn Store, utc: Utc) -> Self {
        Self {
            store,
            utc,
            device: None,
            gathered: Vec::new(),
            stored: 0,
            lost: 0,
            earlier_done: false,
            asked: None,
        }
    }

    fn date(&mut self, boot: u32, anchor: Anchor) -> Result<(), SessionError> {
        match self.device {
            Some(device) => self
                .store
                .anchor(device.device, boot, anchor)
                .map_err(SessionError::Store),
            None => Ok(()),
        }
    }
}

impl Task for Collect<'_> {
    fn greeted(&mut self, now: Instant, host: &mut HostLink) {
        self.earlier_done = false;
        self.asked = Some(now);
        host.ask_info(now);
    }

    fn heard(
        &mut self,
        now: Instant,
        host: &mut HostLink,
        message: ToHost,
    ) -> Result<(), SessionError> {
        match message {
            ToHost::Hello(hello) => {
                self.device = Some(hello);
                let anchor = Anchor {
                    at: hello.now,
                    utc: self.utc,
                };
                self.date(hello.boot, anchor)?;
            }
            ToHost::Earlier(earlier) => self.date(earlier.boot, earlier.anchor)?,
            ToHost::Finding(finding) => self.gathered.push(Record::Finding(Box::new(finding))),
            ToHost::Refused(refused) => self.gathered.push(Record::Refused(refused)),
            ToHost::Over(over) => self.gathered.push(Record::Over(over)),
            ToHost::Dead(range) => self.gathered.push(Record::Dead(range)),
            ToHost::Lost(lost) => {
                self.lost = self.lost.saturating_add(1);
                self.gathered.push(Record::Lost(lost));
            }
            ToHost::Gone(gone) => {
                self.settle(now, host)?;
                self.lost = self.lost.saturating_add(gone.count());
                if let Some(record) = ToHost::<()>::Gone(gone).record() {
                    host.stored(record);
                }
            }
            ToHost::Info(info) => self.earlier_done = !info.earlier,
            _ => {}
        }
        Ok(())
    }

    /// Stores what was gathered, and only then has it acknowledged.
    fn settle(&mut self, now: Instant, host: &mut HostLink) -> Result<(), SessionError> {
        let records = std::mem::take(&mut self.gathered);
        if let (Some(device), false) = (self.device, records.is_empty()) {
            self.stored += self
                .store
                .append(device.device, &records, Timestamp::now())
                .map_err(SessionError::Store)?;
            for record in &records {
                host.stored(record.id());
            }
        }
        let asked = self.asked.map_or(0, |asked| now.since(asked).0);
        if !self.earlier_done && asked >= ASK_EVERY_MS {
            self.asked = Some(now);
            host.ask_info(now);
        }
        Ok(())
    }

    fn is_done(&self, _: Instant, host: &HostLink) -> bool {
        let all = host
            .progress()
            .is_some_and(|progress| progress.outbox.acknowledged == progress.outbox.made);
        self.earlier_done && all
    }

    fn is_urgent(&self) -> bool {
        false
    }
}
