//! Objections, and the targets that they are about.

use std::net::SocketAddr;

use jiff::Timestamp;
use probe_core::{
    finding::{DeviceId, RecordId},
    time::Utc,
    token::Token,
};
use rusqlite::{Transaction, params};

use super::{SqliteStore, formats, signed, unsigned};
use crate::store::{Decided, KeptArrival, Objection, ObjectionNumber, Store as _, StoreError};

impl SqliteStore {
    pub(super) fn all_objections(&self) -> Result<Vec<Objection>, StoreError> {
        let rows = self.rows(
            "SELECT id, device, at_utc, format, record, decision, decided_utc
             FROM objections JOIN arrivals USING (device, boot, number)
             ORDER BY id",
            [],
            |row| {
                let number: i64 = row.get(0)?;
                let device: [u8; 8] = row.get(1)?;
                let at: i64 = row.get(2)?;
                let format: u8 = row.get(3)?;
                let record: Vec<u8> = row.get(4)?;
                let decision: Option<String> = row.get(5)?;
                let decided: Option<i64> = row.get(6)?;
                Ok((number, device, at, (format, record), decision.zip(decided)))
            },
        )?;
        rows.into_iter()
            .map(|(number, device, at, (format, record), decided)| {
                let arrival = formats::arrival(format, &record)
                    .ok_or_else(|| self.damaged(&format!("an arrival of format {format}")))?;
                let decided = decided
                    .map(|(word, at)| {
                        let decided = match word.as_str() {
                            "lifted" => Decided::Lifted,
                            _ => Decided::Kept,
                        };
                        Timestamp::from_second(at)
                            .map(|at| (decided, at))
                            .map_err(|_| self.damaged("the date of a decision"))
                    })
                    .transpose()?;
                let about = match &arrival.content {
                    Some(token) => self.targets_of(token)?,
                    None => Vec::new(),
                };
                Ok(Objection {
                    number: ObjectionNumber(unsigned(number)),
                    kept: KeptArrival {
                        device: DeviceId(device),
                        at: Utc(unsigned(at)),
                        arrival,
                    },
                    about,
                    decided,
                })
            })
            .collect()
    }

    /// Whose message a token is of.
    fn targets_of(&self, token: &Token) -> Result<Vec<SocketAddr>, StoreError> {
        let jobs = self.jobs_of(token.serial())?.into_iter();
        Ok(jobs
            .filter(|job| job.made(token))
            .map(|job| job.target)
            .collect())
    }
}

/// An arrival is an objection.
pub(super) fn append(
    transaction: &Transaction<'_>,
    device: DeviceId,
    id: RecordId,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO objections (device, boot, number) VALUES (?1, ?2, ?3)",
        params![device.0, id.boot, id.number],
    )?;
    Ok(())
}

pub(super) fn decide(
    transaction: &Transaction<'_>,
    objection: ObjectionNumber,
    decided: Decided,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let changed = transaction.execute(
        "UPDATE objections SET decision = ?2, decided_utc = ?3 WHERE id = ?1",
        params![signed(objection.0), decided.as_str(), now.as_second()],
    )?;
    Ok(changed == 1)
}
