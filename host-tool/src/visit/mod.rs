//! Visits: a host calls at an appliance without a scan, to ask how it is, to read its log, to fetch
//! what it has found, or to set it up.

mod collect;
mod info;
mod log;
mod provision;
#[cfg(test)]
mod tests;

use std::pin::pin;

use embassy_futures::select::{Either, select};
use embassy_time::Timer;
use embedded_io_async::{Read, Write};
use probe_core::{
    frame::{FORMAT, FRAME_OCTETS_MAX, ToHost},
    host_link::HostLink,
    time::{Instant, Millis, Utc},
};

use crate::session::{HELLO_WITHIN_MS, SILENT_WITHIN_MS, SessionError};

pub use collect::Collect;
pub use info::AskInfo;
pub use log::ReadLog;
pub use provision::SetUp;

/// How long an appliance may take to answer, in milliseconds.
pub const ANSWER_WITHIN_MS: u64 = 10_000;

/// How many octets are taken from the link at once.
const PIECE_OCTETS: usize = 4_096;

/// What a visit is for.
pub struct Errand<'a> {
    /// What the host's clock says.
    pub utc: Utc,
    /// What to do there.
    pub task: &'a mut dyn Task,
}

/// What to do at an appliance.
pub trait Task {
    /// The appliance has said who it is, for the first time or after a restart.
    fn greeted(&mut self, now: Instant, host: &mut HostLink);

    /// The appliance says something.
    fn heard(
        &mut self,
        now: Instant,
        host: &mut HostLink,
        message: ToHost,
    ) -> Result<(), SessionError>;

    /// Everything that was there has been heard. Called after each piece.
    fn settle(&mut self, now: Instant, host: &mut HostLink) -> Result<(), SessionError>;

    /// Whether there is nothing left to do.
    fn is_done(&self, now: Instant, host: &HostLink) -> bool;

    /// Whether the appliance must have answered within [`ANSWER_WITHIN_MS`].
    fn is_urgent(&self) -> bool;
}

/// How often a task is asked whether it is done.
const LOOK_EVERY: Millis = Millis(50);

pub(crate) async fn run<R: Read, W: Write>(
    mut reader: R,
    mut writer: W,
    errand: &mut Errand<'_>,
) -> Result<(), SessionError> {
    let began = now();
    let mut host = HostLink::new();
    host.connected(began, errand.utc);
    let mut heard_at = began;
    let mut greeted = None;
    let mut piece = vec![0; PIECE_OCTETS];
    let mut frame = vec![0; FRAME_OCTETS_MAX];
    let failed = |error: &dyn std::fmt::Debug| SessionError::LinkEnded(format!("{error:?}"));
    loop {
        let moment = now();
        while let Some(count) = host.link_transmit(moment, |_| None, &mut frame) {
            let octets = frame.get(..count).unwrap_or_default();
            writer
                .write_all(octets)
                .await
                .map_err(|error| failed(&error))?;
        }
        writer.flush().await.map_err(|error| failed(&error))?;
        if errand.task.is_done(moment, &host) {
            return Ok(());
        }
        let silent = moment.since(heard_at).0;
        match greeted {
            None if silent >= HELLO_WITHIN_MS => return Err(SessionError::NoAnswer),
            Some(_) if silent >= SILENT_WITHIN_MS => return Err(SessionError::Silent),
            Some(at) if errand.task.is_urgent() && moment.since(at).0 >= ANSWER_WITHIN_MS => {
                return Err(SessionError::Silent);
            }
            None | Some(_) => {}
        }
        let due = host.link_due(moment).min(moment + LOOK_EVERY);
        let due = embassy_time::Instant::from_millis(due.max(moment + Millis(1)).as_millis());
        let heard = select(pin!(reader.read(&mut piece)), Timer::at(due)).await;
        let count = match heard {
            Either::First(Ok(0)) => {
                return Err(SessionError::LinkEnded("the device closed it".to_owned()));
            }
            Either::First(Ok(count)) => count,
            Either::First(Err(error)) => return Err(failed(&error)),
            Either::Second(()) => continue,
        };
        let moment = now();
        let mut octets = piece.get(..count).unwrap_or_default();
        while let Some(message) = host.received(moment, &mut octets) {
            heard_at = moment;
            if let ToHost::Hello(hello) = &message {
                if hello.format != FORMAT {
                    return Err(SessionError::Format(hello.format));
                }
                greeted.get_or_insert(moment);
                errand.task.greeted(moment, &mut host);
            }
            if let ToHost::Denied(denial) = message {
                return Err(SessionError::Denied(denial));
            }
            errand.task.heard(moment, &mut host, message)?;
        }
        errand.task.settle(moment, &mut host)?;
    }
}

/// The moment that it is, on the visit's own clock.
fn now() -> Instant {
    Instant::from_millis(embassy_time::Instant::now().as_millis())
}
