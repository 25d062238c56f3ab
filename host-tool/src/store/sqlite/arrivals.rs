//! What came to sinks, and the jobs that it may be of.

use std::collections::BTreeSet;

use jiff::Timestamp;
use probe_core::{
    finding::{DeviceId, JobSerial},
    scope::Scope,
    time::{Anchor, Instant, Utc},
    token::Key,
};

use super::{SqliteStore, endpoint, formats, signed, unsigned, write};
use crate::store::{Carried, CaseNumber, KeptArrival, KnownJob, Record, StoreError};

impl SqliteStore {
    /// Everything that came to sinks, oldest first, for another store. Simulated devices have names that
    /// other stores have, too; what came to them is left out.
    pub fn arrivals_to_carry(&self) -> Result<Vec<Carried>, StoreError> {
        let rows = self.rows(
            "SELECT device, anchor_ms, anchor_utc, format, record
             FROM arrivals JOIN boots USING (device, boot)
             WHERE substr(device, 1, 3) <> x'73696d'
             ORDER BY at_utc, device, boot, number",
            [],
            |row| {
                let device = DeviceId(row.get(0)?);
                let anchor = Anchor {
                    at: Instant::from_millis(unsigned(row.get(1)?)),
                    utc: Utc(unsigned(row.get(2)?)),
                };
                Ok((
                    device,
                    anchor,
                    row.get::<_, u8>(3)?,
                    row.get::<_, Vec<u8>>(4)?,
                ))
            },
        )?;
        rows.into_iter()
            .map(|(device, anchor, format, record)| {
                let arrival = formats::arrival(format, &record)
                    .ok_or_else(|| self.damaged(&format!("an arrival of format {format}")))?;
                Ok(Carried {
                    device,
                    anchor,
                    arrival,
                })
            })
            .collect()
    }

    /// Keeps what another store had of sinks, all or nothing; the answer is what was new here.
    pub fn bring_home(
        &mut self,
        carried: &[Carried],
        now: Timestamp,
    ) -> Result<Vec<KeptArrival>, StoreError> {
        self.at_once(|transaction| {
            let mut new = Vec::new();
            for Carried {
                device,
                anchor,
                arrival,
            } in carried
            {
                write::boot(transaction, *device, arrival.id.boot, *anchor, true)?;
                let record = Record::Arrival(Box::new(arrival.clone()));
                if write::record(transaction, *device, &record, now)? {
                    new.push(KeptArrival {
                        device: *device,
                        at: anchor.utc(arrival.at),
                        arrival: arrival.clone(),
                    });
                }
            }
            Ok(new)
        })
    }

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
