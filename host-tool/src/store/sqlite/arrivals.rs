//! What came to sinks, and the jobs that it may be of.

use std::collections::BTreeSet;

use probe_core::{
    finding::{DeviceId, JobSerial},
    scope::Scope,
    time::Utc,
    token::Key,
};

use super::{SqliteStore, endpoint, formats, signed, unsigned};
use crate::store::{CaseNumber, KeptArrival, KnownJob, StoreError};

impl SqliteStore {
    pub(super) fn all_arrivals(&self) -> Result<Vec<KeptArrival>, StoreError> {
        let rows = self.rows(
            "SELECT device, at_utc, format, record FROM arrivals
             ORDER BY at_utc, device, boot, number",
            [],
            |row| {
                let device: [u8; 8] = row.get(0)?;
                let at: i64 = row.get(1)?;
                let format: u8 = row.get(2)?;
                let record: Vec<u8> = row.get(3)?;
                Ok((device, at, format, record))
            },
        )?;
        rows.into_iter()
            .map(|(device, at, format, record)| {
                let arrival = formats::arrival(format, &record)
                    .ok_or_else(|| self.damaged(&format!("an arrival of format {format}")))?;
                Ok(KeptArrival {
                    device: DeviceId(device),
                    at: Utc(unsigned(at)),
                    arrival,
                })
            })
            .collect()
    }

    pub(super) fn all_jobs_of(&self, serial: JobSerial) -> Result<Vec<KnownJob>, StoreError> {
        self.rows(
            "SELECT address, port, jobs.device, key
             FROM jobs JOIN cases ON cases.number = case_number
             JOIN scans ON scans.id = jobs.scan
             WHERE serial = ?1 AND key IS NOT NULL",
            [signed(serial.0)],
            |row| {
                Ok(KnownJob {
                    target: endpoint(row, 0)?,
                    device: DeviceId(row.get(2)?),
                    key: Key::new(row.get(3)?),
                })
            },
        )
    }

    pub(super) fn newest_scope(&self) -> Result<Option<Scope>, StoreError> {
        let mut rows = self.rows(
            "SELECT format, scope FROM scans ORDER BY id DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, u8>(0)?, row.get::<_, Vec<u8>>(1)?)),
        )?;
        let newest = rows.pop();
        Ok(newest.and_then(|(format, octets)| formats::scope(format, octets)))
    }

    pub(super) fn cases_of_arrivals(&self) -> Result<BTreeSet<CaseNumber>, StoreError> {
        let cases = self.rows(
            "SELECT DISTINCT case_number FROM jobs
             WHERE serial IN (SELECT serial FROM arrivals)",
            [],
            |row| Ok(CaseNumber(unsigned(row.get(0)?))),
        )?;
        Ok(cases.into_iter().collect())
    }
}
