//! Where a sink on this computer keeps what comes, and what it says of it.

use std::net::SocketAddr;

use probe_core::{
    arrival::{Arrival, What},
    finding::{DeviceId, RecordId},
    time::{Anchor, Instant, Millis, Utc},
    token::Token,
};

use crate::{
    cases,
    cli::now,
    direct::sink::Keep,
    exit::Failure,
    output::arrival::{Came, json, line},
    store::{DeviceFamily, KeptArrival, Record, SqliteStore, Store as _, StoreError},
};

/// How many arrivals of jobs that the store does not know are kept at once: whoever guesses what a
/// token looks like is not to fill the store.
const UNKNOWN_BURST_MAX: u64 = 1_000;
/// How long it takes until one more is, in seconds. Whoever comes too often is put off and asks again.
const UNKNOWN_EVERY_SECONDS: u64 = 1;

/// Keeps what comes in a store, and prints a line of each.
pub(super) struct Book {
    store: SqliteStore,
    device: DeviceId,
    boot: u32,
    began: Utc,
    number: u32,
    json: bool,
    /// How many arrivals of unknown jobs may come, and since when that is so.
    unknown_left: u64,
    unknown_since: Utc,
    calls: Calls,
    /// Why it cannot go on: nobody reads what it prints.
    pub(super) failure: Option<Failure>,
}

/// Who has called, and what was not taken of it.
#[derive(Default)]
struct Calls {
    connections: u64,
    /// Connections that the system could not give.
    failed: u64,
    refused: u64,
    put_off: u64,
}

impl Book {
    /// A new boot of this store's sink.
    pub(super) fn open(mut store: SqliteStore, json: bool) -> Result<Self, StoreError> {
        let (device, boot) = store.begin_boot(DeviceFamily::Sink)?;
        let began = crate::output::utc(now());
        let anchor = Anchor {
            at: Instant::BOOT,
            utc: began,
        };
        store.anchor(device, boot, anchor)?;
        Ok(Self {
            store,
            device,
            boot,
            began,
            number: 0,
            json,
            unknown_left: UNKNOWN_BURST_MAX,
            unknown_since: began,
            calls: Calls::default(),
            failure: None,
        })
    }

    /// Where it is kept.
    pub(super) const fn store(&self) -> &SqliteStore {
        &self.store
    }

    /// What has come, and what has not been taken, in a line.
    pub(super) fn total(&self) -> String {
        let Calls {
            connections,
            failed,
            refused,
            put_off,
        } = &self.calls;
        let kept = self.number;
        format!(
            "connections: {connections}, and {failed} that failed; recipients refused: {refused}; \
             arrivals kept: {kept}, put off: {put_off}"
        )
    }

    /// Stores an arrival, and judges what it is of.
    fn take(&mut self, now: Utc, arrival: &Arrival) -> Result<Option<Came>, StoreError> {
        let token = arrival.envelope.or(arrival.content);
        let is_known = match &token {
            Some(token) => self.knows(token)?,
            None => false,
        };
        if !is_known && !self.may_be_unknown(now) {
            return Ok(None);
        }
        // A clock that was set back must not date it before the sink began.
        let after = Millis::from_secs(now.0.saturating_sub(self.began.0));
        let arrival = Arrival {
            id: RecordId {
                boot: self.boot,
                number: self.number.saturating_add(1),
            },
            at: Instant::BOOT + after,
            ..arrival.clone()
        };
        let record = Record::Arrival(Box::new(arrival.clone()));
        let stored = crate::output::timestamp(now);
        self.store.append(self.device, &[record], stored)?;
        self.number = arrival.id.number;
        let cases = match &token {
            Some(token) if is_known => cases::judge_of(&mut self.store, token, stored)?,
            _ => Vec::new(),
        };
        let objection = match arrival.what {
            What::Objection => self.store.objections()?.pop().map(|it| it.number),
            _ => None,
        };
        let kept = KeptArrival {
            device: self.device,
            at: Utc(self.began.0.saturating_add(after.0 / 1_000)),
            arrival,
        };
        Ok(Some(Came {
            objection,
            ..Came::of_one(kept, &cases)
        }))
    }

    fn knows(&self, token: &Token) -> Result<bool, StoreError> {
        let jobs = self.store.jobs_of(token.serial())?;
        Ok(jobs.iter().any(|job| job.made(token)))
    }

    fn may_be_unknown(&mut self, now: Utc) -> bool {
        let more = now.0.saturating_sub(self.unknown_since.0) / UNKNOWN_EVERY_SECONDS;
        self.unknown_left = (self.unknown_left + more).min(UNKNOWN_BURST_MAX);
        self.unknown_since = now;
        let is_left = self.unknown_left > 0;
        self.unknown_left = self.unknown_left.saturating_sub(1);
        is_left
    }
}

impl Keep for Book {
    /// Devices number their jobs apart, so a token of a job that only another store knows may have a
    /// number that is known here: what is not right here is not wrong.
    fn is_right(&mut self, token: &Token) -> Option<bool> {
        self.knows(token).ok().filter(|is_known| *is_known)
    }

    fn keep(&mut self, now: Utc, arrival: &Arrival) -> bool {
        let came = match self.take(now, arrival) {
            Ok(came) => came,
            Err(problem) => {
                anstream::eprintln!("postern: put off, because it cannot be kept: {problem}");
                None
            }
        };
        let Some(came) = came else {
            self.calls.put_off += 1;
            return false;
        };
        let text = if self.json { json(&came) } else { line(&came) };
        if let Err(failure) = crate::cli::print(&text) {
            self.failure = Some(failure);
        }
        true
    }
    fn called(&mut self, remote: std::io::Result<SocketAddr>) {
        match remote {
            Ok(_) => self.calls.connections += 1,
            Err(_) => self.calls.failed += 1,
        }
    }

    fn over(&mut self, _remote: SocketAddr, refused: u32) {
        self.calls.refused += u64::from(refused);
    }
}
