//! The store as a SQLite file.

mod arrivals;
mod exclusions;
mod formats;
mod lists;
mod objections;
mod suspects;
#[cfg(test)]
mod tests;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use probe_core::{
    finding::{DeviceId, JobSerial},
    frame::{FORMAT, ScanId, message::Proving},
    scope::{Refusal, Scope},
    time::{Anchor, Utc},
    token::Key,
    verdict::{Kind, Verdict},
};
use rusqlite::{Connection, Row, Transaction, params};

use super::{
    Case, CaseNumber, Decided, DeviceFamily, Excluded, Exclusion, Imported, JobNumber, Judgement,
    Kept, KeptArrival, KnownJob, Objection, ObjectionNumber, Plan, Record, Reference, ReferenceKey,
    Store, StoreError, Under, Unfinished, open,
};
use crate::{
    import::Reading,
    lists::{About, Entry},
    problem::{Place, Problem},
    words,
};

/// A store in a SQLite file.
pub struct SqliteStore {
    connection: Connection,
    path: PathBuf,
}

impl SqliteStore {
    /// Opens for reading and writing; makes a new store where there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            connection: open::writable(path)?,
            path: path.to_owned(),
        })
    }

    /// Opens for reading only. The store must be there.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            connection: open::readable(path)?,
            path: path.to_owned(),
        })
    }

    fn explain(&self, error: &rusqlite::Error) -> StoreError {
        open::explain(&self.path, error)
    }

    /// Does `work` in one transaction, all or nothing.
    fn at_once<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = self.path.clone();
        self.connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let value = work(&transaction)?;
                transaction.commit()?;
                Ok(value)
            })
            .map_err(|error| open::explain(&path, &error))
    }

    /// All rows of a query.
    fn rows<T>(
        &self,
        query: &str,
        given: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = || -> rusqlite::Result<Vec<T>> {
            self.connection
                .prepare_cached(query)?
                .query_map(given, read)?
                .collect()
        };
        rows().map_err(|error| self.explain(&error))
    }

    /// What does not fit the tables' meaning, though SQLite took it.
    fn damaged(&self, what: &str) -> StoreError {
        Problem::new(
            Place::file(&self.path),
            format!("the store is damaged: {what}"),
            "what postern wrote",
        )
        .next("restore it from a copy, or choose another store with --store")
    }
}

impl Store for SqliteStore {
    fn begin_boot(&mut self, family: DeviceFamily) -> Result<(DeviceId, u32), StoreError> {
        self.at_once(|transaction| {
            let (device, boot) = match family {
                DeviceFamily::Simulated => (write::next_simulated(transaction)?, 1),
                DeviceFamily::Direct => write::next_of_family(transaction, *b"dir")?,
                DeviceFamily::Sink => write::next_of_family(transaction, *b"snk")?,
            };
            transaction.execute(
                "INSERT INTO boots (device, boot) VALUES (?1, ?2)",
                params![device.0, boot],
            )?;
            Ok((device, boot))
        })
    }

    fn anchor(&mut self, device: DeviceId, boot: u32, anchor: Anchor) -> Result<(), StoreError> {
        self.at_once(|transaction| write::boot(transaction, device, boot, anchor, false))
    }

    fn next_scan(&mut self, plan: Plan, now: Utc) -> Result<ScanId, StoreError> {
        self.at_once(|transaction| write::next_scan(transaction, plan, now))
    }

    fn unfinished_scan(&self, plan: Plan, since: Utc) -> Result<Option<Unfinished>, StoreError> {
        let newest = self.rows(
            "SELECT number, drawn_utc FROM scan_numbers
             WHERE number = (SELECT number FROM scan_numbers WHERE plan = ?1
                            ORDER BY drawn_utc DESC, number LIMIT 1)
             AND over = 0 AND drawn_utc >= ?2",
            params![plan.0.cast_signed(), signed(since.0)],
            |row| {
                Ok(Unfinished {
                    id: ScanId(row.get(0)?),
                    began: Utc(unsigned(row.get(1)?)),
                })
            },
        )?;
        Ok(newest.into_iter().next())
    }

    fn scan_is_over(&mut self, scan: ScanId) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            transaction.execute("DELETE FROM scan_lists WHERE scan = ?1", [scan.0])?;
            transaction.execute(
                "UPDATE scan_numbers SET over = 1 WHERE number = ?1",
                [scan.0],
            )?;
            Ok(())
        })
    }

    fn left_out(
        &self,
        scan: ScanId,
        device: DeviceId,
        boot: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let known = self.rows(
            "SELECT left_out FROM scan_lists WHERE scan = ?1 AND device = ?2 AND boot = ?3",
            params![scan.0, device.0, boot],
            |row| row.get(0),
        )?;
        Ok(known.into_iter().next())
    }

    fn leave_out(
        &mut self,
        scan: ScanId,
        device: DeviceId,
        boot: u32,
        lines: &[u8],
    ) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            transaction.execute(
                "INSERT INTO scan_lists (scan, device, boot, left_out) VALUES (?1, ?2, ?3, ?4)",
                params![scan.0, device.0, boot, lines],
            )?;
            Ok(())
        })
    }

    fn ended_since(&self, since: Utc) -> Result<Vec<(SocketAddr, Kind)>, StoreError> {
        let rows = self.rows(
            "SELECT address, port, verdict FROM findings
             JOIN records USING (device, boot, number)
             JOIN jobs ON jobs.number = findings.job
             JOIN cases ON cases.number = case_number
             WHERE last AND stored_utc >= ?1 ORDER BY findings.rowid",
            [signed(since.0)],
            |row| Ok((endpoint(row, 0)?, row.get::<_, String>(2)?)),
        )?;
        rows.into_iter()
            .map(|(target, word)| {
                let kind = words::kind(&word);
                let kind = kind.ok_or_else(|| self.damaged(&format!("the word {word:?}")))?;
                Ok((target, kind))
            })
            .collect()
    }

    fn refusals_since(
        &self,
        since: Utc,
        device: DeviceId,
        boot: u32,
    ) -> Result<Vec<(SocketAddr, u32)>, StoreError> {
        self.rows(
            "SELECT address, port, sum(refusals) FROM findings
             JOIN records USING (device, boot, number)
             JOIN jobs ON jobs.number = findings.job
             JOIN cases ON cases.number = case_number
             WHERE stored_utc >= ?1 AND refusals > 0
             AND NOT (findings.device = ?2 AND findings.boot = ?3)
             AND substr(findings.device, 1, 3) <> x'73696d'
             GROUP BY address, port",
            params![signed(since.0), device.0, boot],
            |row| Ok((endpoint(row, 0)?, row.get(2)?)),
        )
    }

    fn refused_since(&self, since: Utc) -> Result<Vec<(SocketAddr, Refusal)>, StoreError> {
        let rows = self.rows(
            "SELECT address, port, why FROM refusals
             WHERE refused_utc >= ?1 AND device IS NOT NULL ORDER BY id",
            [signed(since.0)],
            |row| Ok((endpoint(row, 0)?, row.get::<_, String>(2)?)),
        )?;
        rows.into_iter()
            .map(|(suspect, word)| {
                let why = words::refusal(&word);
                let why = why.ok_or_else(|| self.damaged(&format!("the word {word:?}")))?;
                Ok((suspect, why))
            })
            .collect()
    }

    fn key(&mut self, now: Timestamp) -> Result<Key, StoreError> {
        self.at_once(|transaction| write::key(transaction, now))
    }

    fn begin_scan(
        &mut self,
        device: DeviceId,
        boot: u32,
        under: Under<'_>,
        proving: &Proving,
        now: Utc,
    ) -> Result<(), StoreError> {
        let addresses = under.addresses.iter().map(IpAddr::to_string);
        let addresses: Vec<String> = addresses.collect();
        self.at_once(|transaction| {
            transaction.execute(
                "INSERT INTO scans (device, boot, began_utc, scope, key, format, lists, addresses)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    device.0,
                    boot,
                    signed(now.0),
                    write::octets_of(under.scope)?,
                    proving.key.octets(),
                    FORMAT,
                    lists::write(under.lists),
                    addresses.join(" ")
                ],
            )?;
            Ok(())
        })
    }

    fn note(&mut self, entries: &[Entry], now: Timestamp) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            for entry in entries {
                write::note(transaction, entry, None, now)?;
            }
            Ok(())
        })
    }

    fn import(
        &mut self,
        reading: &mut dyn Reading,
        now: Timestamp,
    ) -> Result<Option<Imported>, StoreError> {
        self.take_in(reading, now)
    }

    fn imported(&self) -> Result<Vec<Entry>, StoreError> {
        let suspects = self.suspects_where("imported_utc IS NOT NULL")?;
        let entry = |(target, about): (SocketAddr, About)| Entry {
            place: Place::file(&self.path),
            address: target.ip(),
            port: target.port(),
            about,
        };
        Ok(suspects.into_iter().map(entry).collect())
    }

    fn append(
        &mut self,
        device: DeviceId,
        records: &[Record],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.at_once(|transaction| {
            let mut new = 0;
            for record in records {
                new += usize::from(write::record(transaction, device, record, now)?);
            }
            Ok(new)
        })
    }

    fn cases(&self) -> Result<Vec<Case>, StoreError> {
        // Of all that was ever imported, most may never be probed.
        let probed = "EXISTS (SELECT 1 FROM cases WHERE cases.address = suspects.address)";
        let mut abouts: BTreeMap<IpAddr, Vec<(u16, About)>> = BTreeMap::new();
        for (suspect, about) in self.suspects_where(probed)? {
            let ports = abouts.entry(suspect.ip()).or_default();
            ports.push((suspect.port(), about));
        }
        let rows = self.rows(
            "SELECT number, address, port, probe FROM cases ORDER BY number",
            [],
            |row| {
                let number: i64 = row.get(0)?;
                let probe: String = row.get(3)?;
                Ok((unsigned(number), endpoint(row, 1)?, probe))
            },
        )?;
        rows.into_iter()
            .map(|(number, target, probe)| {
                Ok(Case {
                    number: CaseNumber(number),
                    target,
                    probe: words::probe(&probe)
                        .ok_or_else(|| self.damaged(&format!("probe {probe:?}")))?,
                    about: abouts
                        .get(&target.ip())
                        .map(|ports| suspects::about(ports, target.port()))
                        .unwrap_or_default(),
                })
            })
            .collect()
    }

    fn findings(&self, case: CaseNumber) -> Result<Vec<Kept>, StoreError> {
        let rows = self.rows(
            "SELECT jobs.number, findings.began_utc, ended_utc, over, findings.format, record,
                    jobs.device, scope, scans.format, key, scans.lists, scans.addresses
             FROM findings JOIN jobs ON jobs.number = findings.job
             LEFT JOIN scans ON scans.id = jobs.scan
             WHERE case_number = ?1
             ORDER BY findings.began_utc, jobs.number, revision",
            [signed(case.0)],
            |row| {
                let numbers: [i64; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
                let over: bool = row.get(3)?;
                let format: u8 = row.get(4)?;
                let record: Vec<u8> = row.get(5)?;
                let device: [u8; 8] = row.get(6)?;
                let scope: Option<Vec<u8>> = row.get(7)?;
                let scope_format: Option<u8> = row.get(8)?;
                let key: Option<[u8; 16]> = row.get(9)?;
                let lists: Option<String> = row.get(10)?;
                let addresses: Option<String> = row.get(11)?;
                let scan = (scope.zip(scope_format), key, lists, addresses);
                Ok((numbers, over, format, record, device, scan))
            },
        )?;
        rows.into_iter()
            .map(
                |(
                    [job, began, ended],
                    over,
                    format,
                    record,
                    device,
                    (scope, key, lists, addresses),
                )| {
                    let finding = formats::finding(format, record)
                        .ok_or_else(|| self.damaged(&format!("a finding of format {format}")))?;
                    Ok(Kept {
                        job: JobNumber(unsigned(job)),
                        began: Utc(unsigned(began)),
                        ended: Utc(unsigned(ended)),
                        over,
                        device: DeviceId(device),
                        scope: scope.and_then(|(octets, format)| formats::scope(format, octets)),
                        lists: lists.map(|text| lists::read(&text)).unwrap_or_default(),
                        addresses: addresses
                            .unwrap_or_default()
                            .split_whitespace()
                            .filter_map(|address| address.parse().ok())
                            .collect(),
                        key: key.map(Key::new),
                        finding,
                    })
                },
            )
            .collect()
    }

    fn arrivals(&self) -> Result<Vec<KeptArrival>, StoreError> {
        self.all_arrivals()
    }

    fn jobs_of(&self, serial: JobSerial) -> Result<Vec<KnownJob>, StoreError> {
        self.all_jobs_of(serial)
    }

    fn last_scope(&self) -> Result<Option<Scope>, StoreError> {
        self.newest_scope()
    }

    fn arrived(&self) -> Result<BTreeSet<CaseNumber>, StoreError> {
        self.cases_of_arrivals()
    }

    fn judge(&mut self, judgements: &[Judgement]) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            let mut add = transaction.prepare_cached(
                "INSERT INTO judgements
                 (job, judged_utc, seen_utc, depth, rules, verdict, reason)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (
                     SELECT 1 FROM judgements
                     WHERE id = (SELECT max(id) FROM judgements WHERE job = ?1)
                     AND (seen_utc, rules, verdict, reason) = (?3, ?5, ?6, ?7))",
            )?;
            for judgement in judgements {
                add.execute(params![
                    signed(judgement.job.0),
                    signed(judgement.judged.0),
                    signed(judgement.seen.0),
                    judgement.depth.as_str(),
                    judgement.rules,
                    judgement.verdict.kind.as_str(),
                    judgement.verdict.reason.as_str(),
                ])?;
            }
            Ok(())
        })
    }

    fn judgements(&self, case: CaseNumber) -> Result<Vec<Judgement>, StoreError> {
        let rows = self.rows(
            "SELECT job, judged_utc, seen_utc, rules, depth, verdict, reason
             FROM judgements JOIN jobs ON jobs.number = judgements.job
             WHERE case_number = ?1
             ORDER BY id",
            [signed(case.0)],
            |row| {
                let numbers: [i64; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
                let rules: u16 = row.get(3)?;
                let words: [String; 3] = [row.get(4)?, row.get(5)?, row.get(6)?];
                Ok((numbers, rules, words))
            },
        )?;
        rows.into_iter()
            .map(|([job, judged, seen], rules, [depth, kind, reason])| {
                let unknown = |word: &str| self.damaged(&format!("the word {word:?}"));
                Ok(Judgement {
                    case,
                    job: JobNumber(unsigned(job)),
                    judged: Utc(unsigned(judged)),
                    seen: Utc(unsigned(seen)),
                    depth: words::depth(&depth).ok_or_else(|| unknown(&depth))?,
                    rules,
                    verdict: Verdict {
                        kind: words::kind(&kind).ok_or_else(|| unknown(&kind))?,
                        reason: words::reason(&reason).ok_or_else(|| unknown(&reason))?,
                    },
                })
            })
            .collect()
    }

    fn suspects(&self) -> Result<Vec<(SocketAddr, About)>, StoreError> {
        self.suspects_where("NOT only_imported")
    }

    fn refusals(&self) -> Result<Vec<(SocketAddr, String)>, StoreError> {
        self.rows(
            "SELECT address, port, why FROM refusals
             WHERE id IN (SELECT max(id) FROM refusals GROUP BY address, port)
             ORDER BY id",
            [],
            |row| Ok((endpoint(row, 0)?, row.get(2)?)),
        )
    }

    fn refused(
        &mut self,
        suspects: &[(SocketAddr, String)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            for (suspect, why) in suspects {
                transaction.execute(
                    "INSERT INTO refusals (address, port, why, refused_utc)
                     VALUES (?1, ?2, ?3, ?4)",
                    params![
                        suspect.ip().to_string(),
                        suspect.port(),
                        why,
                        now.as_second()
                    ],
                )?;
            }
            Ok(())
        })
    }

    fn references(&self) -> Result<Vec<Reference>, StoreError> {
        self.rows(
            "SELECT reference, first_case, contact, network FROM letter_references ORDER BY id",
            [],
            |row| {
                let contact: String = row.get(2)?;
                Ok(Reference {
                    text: row.get(0)?,
                    first: CaseNumber(unsigned(row.get(1)?)),
                    key: ReferenceKey {
                        contact: (!contact.is_empty()).then_some(contact),
                        network: row.get(3)?,
                    },
                })
            },
        )
    }

    fn keep_references(
        &mut self,
        references: &[Reference],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            for reference in references {
                write::keep_reference(transaction, reference, now)?;
            }
            Ok(())
        })
    }

    fn exclude(&mut self, exclusion: &Exclusion) -> Result<(), StoreError> {
        self.at_once(|transaction| exclusions::add(transaction, exclusion))
    }

    fn include(&mut self, what: &Excluded) -> Result<bool, StoreError> {
        self.at_once(|transaction| exclusions::remove(transaction, what))
    }

    fn exclusions(&self) -> Result<Vec<Exclusion>, StoreError> {
        self.all_exclusions()
    }

    fn objections(&self) -> Result<Vec<Objection>, StoreError> {
        self.all_objections()
    }

    fn decide(
        &mut self,
        objection: ObjectionNumber,
        decided: Decided,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.at_once(|transaction| objections::decide(transaction, objection, decided, now))
    }
}

fn endpoint(row: &Row<'_>, at: usize) -> rusqlite::Result<SocketAddr> {
    let address: String = row.get(at)?;
    let address: IpAddr = address.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(
            at,
            rusqlite::types::Type::Text,
            Box::<std::net::AddrParseError>::new(error),
        )
    })?;
    Ok(SocketAddr::new(address, row.get(at + 1)?))
}

/// SQLite's integers are signed; ours never pass 2^63.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
