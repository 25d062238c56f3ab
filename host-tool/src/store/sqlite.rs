//! The store as a SQLite file.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use probe_core::{
    finding::{DeviceId, Finding, JobSerial},
    frame::{FORMAT, RECORD_OCTETS_MAX},
    name::Name,
    scope::Scope,
    time::{Anchor, Instant, Utc},
    verdict::Verdict,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{
    Case, CaseNumber, DeviceFamily, Excluded, Exclusion, JobNumber, Judgement, Kept, Record, Store,
    StoreError, open,
};
use crate::{
    lists::{About, Entry, Listing},
    problem::{Place, Problem},
    scope_file, words,
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
                DeviceFamily::Simulated => (next_simulated(transaction)?, 1),
                DeviceFamily::Direct => next_direct(transaction)?,
            };
            transaction.execute(
                "INSERT INTO boots (device, boot) VALUES (?1, ?2)",
                params![device.0, boot],
            )?;
            Ok((device, boot))
        })
    }

    fn anchor(&mut self, device: DeviceId, boot: u32, anchor: Anchor) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            transaction.execute(
                "INSERT INTO boots (device, boot, anchor_ms, anchor_utc) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (device, boot) DO UPDATE
                 SET anchor_ms = excluded.anchor_ms, anchor_utc = excluded.anchor_utc
                 WHERE boots.anchor_ms IS NULL",
                params![
                    device.0,
                    boot,
                    signed(anchor.at.as_millis()),
                    signed(anchor.utc.0)
                ],
            )?;
            Ok(())
        })
    }

    fn begin_scan(
        &mut self,
        device: DeviceId,
        boot: u32,
        scope: &Scope,
        now: Utc,
    ) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            transaction.execute(
                "INSERT INTO scans (device, boot, began_utc, scope) VALUES (?1, ?2, ?3, ?4)",
                params![device.0, boot, signed(now.0), octets_of(scope)?],
            )?;
            Ok(())
        })
    }

    fn note(&mut self, entries: &[Entry], now: Timestamp) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            for entry in entries {
                note(transaction, entry, now)?;
            }
            Ok(())
        })
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
                let kind = match record {
                    Record::Finding(_) => "finding",
                    Record::Refused(_) => "refused",
                    Record::Over(_) => "over",
                    Record::Lost(_) => "lost",
                };
                let taken = transaction.execute(
                    "INSERT INTO records (device, boot, number, kind, stored_utc)
                     VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO NOTHING",
                    params![
                        device.0,
                        record.id().boot,
                        record.id().number,
                        kind,
                        now.as_second()
                    ],
                )?;
                if taken == 1 {
                    append(transaction, device, record)?;
                    new += 1;
                }
            }
            Ok(new)
        })
    }

    fn cases(&self) -> Result<Vec<Case>, StoreError> {
        let abouts: BTreeMap<SocketAddr, About> = self.suspects()?.into_iter().collect();
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
                    about: abouts.get(&target).cloned().unwrap_or_default(),
                })
            })
            .collect()
    }

    fn findings(&self, case: CaseNumber) -> Result<Vec<Kept>, StoreError> {
        let rows = self.rows(
            "SELECT jobs.number, findings.began_utc, ended_utc, over, format, record,
                    jobs.device, scope
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
                Ok((numbers, over, format, record, device, scope))
            },
        )?;
        rows.into_iter()
            .map(
                |([job, began, ended], over, format, record, device, scope)| {
                    if format != FORMAT {
                        return Err(self.damaged(&format!("a finding of format {format}")));
                    }
                    let finding: Finding = postcard::from_bytes(&record)
                        .map_err(|_| self.damaged("a finding that cannot be read"))?;
                    Ok(Kept {
                        job: JobNumber(unsigned(job)),
                        began: Utc(unsigned(began)),
                        ended: Utc(unsigned(ended)),
                        over,
                        device: DeviceId(device),
                        scope: scope.and_then(|octets| postcard::from_bytes(&octets).ok()),
                        finding,
                    })
                },
            )
            .collect()
    }

    fn judge(&mut self, judgement: &Judgement) -> Result<(), StoreError> {
        let last = self
            .judgements(judgement.case)?
            .into_iter()
            .rfind(|it| it.job == judgement.job);
        let same = last.is_some_and(|last| {
            (last.verdict, last.rules, last.seen)
                == (judgement.verdict, judgement.rules, judgement.seen)
        });
        if same {
            return Ok(());
        }
        self.at_once(|transaction| {
            transaction.execute(
                "INSERT INTO judgements
                 (job, judged_utc, seen_utc, depth, rules, verdict, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    signed(judgement.job.0),
                    signed(judgement.judged.0),
                    signed(judgement.seen.0),
                    judgement.depth.as_str(),
                    judgement.rules,
                    judgement.verdict.kind.as_str(),
                    judgement.verdict.reason.as_str(),
                ],
            )?;
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
        let mut listings: BTreeMap<i64, Vec<Listing>> = BTreeMap::new();
        let rows = self.rows(
            "SELECT suspect, listed_by, listed_on, listed_code FROM listings ORDER BY rowid",
            [],
            |row| {
                let on: Option<String> = row.get(2)?;
                let listing = Listing {
                    by: row.get(1)?,
                    on: on.and_then(|text| text.parse().ok()),
                    code: row.get(3)?,
                };
                Ok((row.get::<_, i64>(0)?, listing))
            },
        )?;
        for (suspect, listing) in rows {
            listings.entry(suspect).or_default().push(listing);
        }
        self.rows(
            "SELECT id, address, port, name, domains, country, language, contact
             FROM suspects ORDER BY id",
            [],
            |row| {
                let name: Option<String> = row.get(3)?;
                let domains: String = row.get(4)?;
                let about = About {
                    name: name.and_then(|text| Name::new(&text).ok()),
                    domains: domains
                        .split_whitespace()
                        .filter_map(|text| Name::new(text).ok())
                        .collect(),
                    country: row.get(5)?,
                    language: row.get(6)?,
                    contact: row.get(7)?,
                    listings: listings.remove(&row.get(0)?).unwrap_or_default(),
                };
                Ok((endpoint(row, 1)?, about))
            },
        )
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
        suspect: SocketAddr,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.at_once(|transaction| {
            transaction.execute(
                "INSERT INTO refusals (address, port, why, refused_utc) VALUES (?1, ?2, ?3, ?4)",
                params![
                    suspect.ip().to_string(),
                    suspect.port(),
                    why,
                    now.as_second()
                ],
            )?;
            Ok(())
        })
    }

    fn exclude(&mut self, exclusion: &Exclusion) -> Result<(), StoreError> {
        let (kind, what) = match &exclusion.what {
            Excluded::Network(network) => ("network", scope_file::describe::shown(network)),
            Excluded::Domain(name) => ("domain", name.as_str().to_owned()),
        };
        self.at_once(|transaction| {
            transaction.execute(
                "INSERT INTO exclusions (kind, what, reason, since_utc) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                params![kind, what, exclusion.reason, exclusion.since.as_second()],
            )?;
            Ok(())
        })
    }

    fn exclusions(&self) -> Result<Vec<Exclusion>, StoreError> {
        let rows = self.rows(
            "SELECT kind, what, reason, since_utc FROM exclusions ORDER BY id",
            [],
            |row| {
                let words: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
                Ok((words, row.get::<_, i64>(3)?))
            },
        )?;
        rows.into_iter()
            .map(|([kind, what, reason], since)| {
                // An exclusion that cannot be read must never be skipped: someone was promised it.
                let unreadable = || self.damaged(&format!("the exclusion {what:?}"));
                let excluded = match kind.as_str() {
                    "network" => scope_file::network(&what)
                        .map(Excluded::Network)
                        .map_err(|_| unreadable())?,
                    _ => Excluded::Domain(Name::new(&what).map_err(|_| unreadable())?),
                };
                Ok(Exclusion {
                    what: excluded,
                    reason,
                    since: Timestamp::from_second(since).map_err(|_| unreadable())?,
                })
            })
            .collect()
    }
}

/// `sim` and a number that no run before had.
fn next_simulated(transaction: &Transaction<'_>) -> rusqlite::Result<DeviceId> {
    let runs: u64 = transaction.query_row(
        "SELECT count(*) FROM boots WHERE substr(device, 1, 3) = x'73696d'",
        [],
        |row| row.get(0),
    )?;
    let [.., a, b, c, d, e] = (runs + 1).to_be_bytes();
    Ok(DeviceId([b's', b'i', b'm', a, b, c, d, e]))
}

/// `dir` and a number that other stores have not, with the next boot.
fn next_direct(transaction: &Transaction<'_>) -> rusqlite::Result<(DeviceId, u32)> {
    let known: Option<(Vec<u8>, u32)> = transaction
        .query_row(
            "SELECT device, max(boot) FROM boots
             WHERE substr(device, 1, 3) = x'646972' GROUP BY device",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let known = known.and_then(|(device, boot)| {
        let device: [u8; 8] = device.try_into().ok()?;
        Some((DeviceId(device), boot.saturating_add(1)))
    });
    Ok(known.unwrap_or_else(|| {
        let [a, b, c, d, e, ..] = RandomState::new().hash_one(()).to_be_bytes();
        (DeviceId([b'd', b'i', b'r', a, b, c, d, e]), 1)
    }))
}

fn note(transaction: &Transaction<'_>, entry: &Entry, now: Timestamp) -> rusqlite::Result<()> {
    let endpoint = entry.endpoint();
    let about = &entry.about;
    let domains: Vec<&str> = about.domains.iter().map(Name::as_str).collect();
    let suspect: i64 = transaction.query_row(
        "INSERT INTO suspects
         (address, port, name, domains, country, language, contact, noted_utc)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (address, port) DO UPDATE SET
             name = coalesce(excluded.name, name),
             domains = CASE excluded.domains WHEN '' THEN domains ELSE excluded.domains END,
             country = coalesce(excluded.country, country),
             language = coalesce(excluded.language, language),
             contact = coalesce(excluded.contact, contact),
             noted_utc = excluded.noted_utc
         RETURNING id",
        params![
            endpoint.ip().to_string(),
            endpoint.port(),
            about.name.as_ref().map(Name::as_str),
            domains.join(" "),
            about.country,
            about.language,
            about.contact,
            now.as_second()
        ],
        |row| row.get(0),
    )?;
    for listing in &about.listings {
        transaction.execute(
            "INSERT INTO listings (suspect, listed_by, listed_on, listed_code)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (suspect, listed_by) DO UPDATE SET
                 listed_on = coalesce(excluded.listed_on, listed_on),
                 listed_code = coalesce(excluded.listed_code, listed_code)",
            params![
                suspect,
                listing.by,
                listing.on.map(|date| date.to_string()),
                listing.code
            ],
        )?;
    }
    Ok(())
}

fn append(
    transaction: &Transaction<'_>,
    device: DeviceId,
    record: &Record,
) -> rusqlite::Result<()> {
    match record {
        Record::Finding(finding) => append_finding(transaction, device, finding),
        Record::Refused(refused) => {
            let suspect = refused.suspect;
            transaction.execute(
                "INSERT INTO refusals (device, boot, number, address, port, why, refused_utc)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, stored_utc FROM records
                 WHERE device = ?1 AND boot = ?2 AND number = ?3",
                params![
                    device.0,
                    refused.id.boot,
                    refused.id.number,
                    suspect.ip().to_canonical().to_string(),
                    suspect.port(),
                    refused.why.as_str(),
                ],
            )?;
            Ok(())
        }
        Record::Over(over) => {
            transaction.execute(
                "UPDATE jobs SET over = 1 WHERE device = ?1 AND serial = ?2",
                params![device.0, signed(over.job.0)],
            )?;
            Ok(())
        }
        Record::Lost(lost) => {
            transaction.execute(
                "INSERT INTO losses (device, boot, number, address, port, verdict)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    device.0,
                    lost.id.boot,
                    lost.id.number,
                    lost.target.ip().to_string(),
                    lost.target.port(),
                    lost.verdict.kind.as_str(),
                ],
            )?;
            Ok(())
        }
    }
}

fn append_finding(
    transaction: &Transaction<'_>,
    device: DeviceId,
    finding: &Finding,
) -> rusqlite::Result<()> {
    let anchor = anchor(transaction, device, finding.boot)?;
    let job = job(transaction, device, finding)?;
    transaction.execute(
        "INSERT INTO findings
         (device, boot, number, job, revision, last, depth, began_utc, ended_utc,
          rules, verdict, reason, format, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            device.0,
            finding.boot,
            finding.number,
            signed(job.0),
            finding.revision,
            finding.last,
            finding.depth.as_str(),
            signed(anchor.utc(finding.began).0),
            signed(anchor.utc(finding.ended).0),
            finding.rules,
            finding.verdict.kind.as_str(),
            finding.verdict.reason.as_str(),
            FORMAT,
            octets_of(finding)?,
        ],
    )?;
    if finding.last {
        transaction.execute(
            "UPDATE jobs SET over = 1 WHERE number = ?1",
            [signed(job.0)],
        )?;
    }
    Ok(())
}

/// In postcard. Both a scope and a finding fit a record of the link.
fn octets_of(value: &impl serde::Serialize) -> rusqlite::Result<Vec<u8>> {
    let mut octets = vec![0; RECORD_OCTETS_MAX];
    let length = postcard::to_slice(value, &mut octets)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?
        .len();
    octets.truncate(length);
    Ok(octets)
}

fn anchor(transaction: &Transaction<'_>, device: DeviceId, boot: u32) -> rusqlite::Result<Anchor> {
    transaction.query_row(
        "SELECT anchor_ms, anchor_utc FROM boots WHERE device = ?1 AND boot = ?2",
        params![device.0, boot],
        |row| {
            Ok(Anchor {
                at: Instant::from_millis(unsigned(row.get(0)?)),
                utc: Utc(unsigned(row.get(1)?)),
            })
        },
    )
}

/// The job of a finding, new or known.
fn job(
    transaction: &Transaction<'_>,
    device: DeviceId,
    finding: &Finding,
) -> rusqlite::Result<JobNumber> {
    let JobSerial(serial) = finding.job;
    let known: Option<i64> = transaction
        .query_row(
            "SELECT number FROM jobs WHERE device = ?1 AND serial = ?2",
            params![device.0, signed(serial)],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(number) = known {
        return Ok(JobNumber(unsigned(number)));
    }
    let target = finding.target;
    let (address, probe) = (target.ip().to_string(), finding.probe.as_str());
    transaction.execute(
        "INSERT INTO cases (address, port, probe) SELECT ?1, ?2, ?3
         WHERE NOT EXISTS
             (SELECT 1 FROM cases WHERE address = ?1 AND port = ?2 AND probe = ?3)",
        params![address, target.port(), probe],
    )?;
    let number: i64 = transaction.query_row(
        "INSERT INTO jobs (case_number, device, boot, serial, scan)
         SELECT number, ?4, ?5, ?6,
                (SELECT max(id) FROM scans WHERE device = ?4 AND boot = ?5)
         FROM cases WHERE address = ?1 AND port = ?2 AND probe = ?3
         RETURNING number",
        params![
            address,
            target.port(),
            probe,
            device.0,
            finding.boot,
            signed(serial)
        ],
        |row| row.get(0),
    )?;
    Ok(JobNumber(unsigned(number)))
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

#[cfg(test)]
mod tests {
    use probe_core::{
        evidence::Evidence,
        finding::{Over, Probe, RecordId, Refused},
        scope::{Depth, Refusal},
        verdict::{Kind, Reason},
    };

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_000_000, 0);

    struct Scratch {
        folder: PathBuf,
    }

    impl Scratch {
        fn new(name: &str) -> Self {
            let name = format!("postern-store-{}-{name}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).unwrap();
            Self { folder }
        }

        fn file(&self) -> PathBuf {
            self.folder.join("findings.db")
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    fn finding(boot: u32, number: u32, job: u64, revision: u8, target: &str) -> Record {
        Record::Finding(Box::new(Finding {
            boot,
            number,
            job: JobSerial(job),
            revision,
            last: false,
            target: target.parse().unwrap(),
            probe: Probe::Relay,
            depth: Depth::Standard,
            lab: false,
            began: Instant::from_millis(5_000),
            ended: Instant::from_millis(7_000),
            rules: 1,
            verdict: Verdict {
                kind: Kind::Inconclusive,
                reason: Reason::Greylisted,
            },
            evidence: Evidence::default(),
        }))
    }

    /// A store in which `device` has started once.
    fn started(scratch: &Scratch) -> (SqliteStore, DeviceId) {
        let mut store = SqliteStore::open(&scratch.file()).unwrap();
        let (device, boot) = store.begin_boot(DeviceFamily::Simulated).unwrap();
        let anchor = Anchor {
            at: Instant::from_millis(1_000),
            utc: Utc(1_000_000),
        };
        store.anchor(device, boot, anchor).unwrap();
        (store, device)
    }

    #[test]
    fn storing_twice_is_harmless_and_revisions_are_one_job() {
        let scratch = Scratch::new("twice");
        let (mut store, device) = started(&scratch);
        let first = finding(1, 1, 9, 0, "192.0.2.1:25");
        let second = finding(1, 2, 9, 1, "192.0.2.1:25");
        assert_eq!(store.append(device, &[first.clone()], NOW), Ok(1));
        assert_eq!(store.append(device, &[first, second], NOW), Ok(1));

        let cases = store.cases().unwrap();
        assert_eq!(cases.len(), 1);
        let kept = store.findings(cases[0].number).unwrap();
        let revisions: Vec<(JobNumber, u8)> = kept
            .iter()
            .map(|it| (it.job, it.finding.revision))
            .collect();
        assert_eq!(revisions, [(JobNumber(1), 0), (JobNumber(1), 1)]);
        assert_eq!(
            (kept[0].began, kept[0].ended),
            (Utc(1_000_004), Utc(1_000_006))
        );
        assert!(!kept[0].over);

        let over = Record::Over(Over {
            id: RecordId { boot: 1, number: 3 },
            job: JobSerial(9),
            revisions: 2,
            target: "192.0.2.1:25".parse().unwrap(),
            why: Refusal::ScanEnded,
        });
        assert_eq!(store.append(device, &[over], NOW), Ok(1));
        assert!(store.findings(cases[0].number).unwrap()[1].over);
    }

    #[test]
    fn a_case_keeps_its_number_from_scan_to_scan() {
        let scratch = Scratch::new("number");
        let (mut store, device) = started(&scratch);
        let records = [
            finding(1, 1, 1, 0, "192.0.2.1:25"),
            finding(1, 2, 2, 0, "192.0.2.2:25"),
        ];
        store.append(device, &records, NOW).unwrap();
        let (other, boot) = store.begin_boot(DeviceFamily::Simulated).unwrap();
        assert_ne!(device, other);
        let anchor = Anchor {
            at: Instant::BOOT,
            utc: Utc(2_000_000),
        };
        store.anchor(other, boot, anchor).unwrap();
        let records = [
            finding(1, 1, 1, 0, "192.0.2.2:25"),
            finding(1, 2, 2, 0, "192.0.2.3:25"),
        ];
        store.append(other, &records, NOW).unwrap();
        let cases: Vec<(u64, String)> = store
            .cases()
            .unwrap()
            .iter()
            .map(|case| (case.number.0, case.target.to_string()))
            .collect();
        assert_eq!(
            cases,
            [
                (1, "192.0.2.1:25".to_owned()),
                (2, "192.0.2.2:25".to_owned()),
                (3, "192.0.2.3:25".to_owned())
            ]
        );
        assert_eq!(store.findings(CaseNumber(2)).unwrap().len(), 2);
    }

    #[test]
    fn records_are_all_kept_or_none() {
        let scratch = Scratch::new("all");
        let (mut store, device) = started(&scratch);
        let records = [
            finding(1, 1, 1, 0, "192.0.2.1:25"),
            // No anchor is known for boot 7, so this one cannot be dated.
            finding(7, 1, 2, 0, "192.0.2.2:25"),
        ];
        assert!(store.append(device, &records, NOW).is_err());
        assert_eq!(store.cases(), Ok(Vec::new()));
    }

    #[test]
    fn this_computer_is_one_device_and_its_boots_are_counted() {
        let scratch = Scratch::new("boots");
        let mut store = SqliteStore::open(&scratch.file()).unwrap();
        let (device, first) = store.begin_boot(DeviceFamily::Direct).unwrap();
        assert_eq!(store.begin_boot(DeviceFamily::Direct), Ok((device, 2)));
        assert_eq!(first, 1);
    }

    #[test]
    fn judgements_are_added_and_never_changed() {
        let scratch = Scratch::new("judgements");
        let (mut store, device) = started(&scratch);
        store
            .append(device, &[finding(1, 1, 1, 0, "192.0.2.1:25")], NOW)
            .unwrap();
        let mut judgement = Judgement {
            case: CaseNumber(1),
            job: JobNumber(1),
            judged: Utc(5),
            seen: Utc(4),
            depth: Depth::Quick,
            rules: 1,
            verdict: Verdict {
                kind: Kind::Inconclusive,
                reason: Reason::Greylisted,
            },
        };
        store.judge(&judgement).unwrap();
        judgement.judged = Utc(6);
        store.judge(&judgement).unwrap();
        assert_eq!(
            store.judgements(CaseNumber(1)).unwrap().len(),
            1,
            "it says the same"
        );
        judgement.rules = 2;
        store.judge(&judgement).unwrap();
        let rules: Vec<u16> = store
            .judgements(CaseNumber(1))
            .unwrap()
            .iter()
            .map(|it| it.rules)
            .collect();
        assert_eq!(rules, [1, 2]);
    }

    #[test]
    fn what_lists_say_is_kept_and_updated() {
        let scratch = Scratch::new("lists");
        let mut store = SqliteStore::open(&scratch.file()).unwrap();
        let entry = |country: Option<&str>, by: &str| Entry {
            place: Place::named("list"),
            address: "192.0.2.1".parse().unwrap(),
            port: 25,
            about: About {
                name: Some(Name::new("mail.a.example").unwrap()),
                country: country.map(str::to_owned),
                listings: vec![Listing {
                    by: by.to_owned(),
                    on: Some("2026-11-01".parse().unwrap()),
                    code: None,
                }],
                ..About::default()
            },
        };
        store.note(&[entry(Some("PL"), "a.example")], NOW).unwrap();
        store.note(&[entry(None, "b.example")], NOW).unwrap();
        let suspects = store.suspects().unwrap();
        assert_eq!(suspects.len(), 1);
        let about = &suspects[0].1;
        assert_eq!(about.country.as_deref(), Some("PL"));
        assert_eq!(about.listings.len(), 2);
    }

    #[test]
    fn the_newest_refusal_counts() {
        let scratch = Scratch::new("refusals");
        let (mut store, device) = started(&scratch);
        let suspect: SocketAddr = "[::ffff:192.0.2.1]:25".parse().unwrap();
        let refused = Record::Refused(Refused {
            id: RecordId { boot: 1, number: 1 },
            index: 0,
            suspect,
            why: Refusal::OutsideNetworks,
        });
        store.append(device, &[refused], NOW).unwrap();
        let suspect: SocketAddr = "192.0.2.1:25".parse().unwrap();
        store.refused(suspect, "excluded", NOW).unwrap();
        assert_eq!(store.refusals(), Ok(vec![(suspect, "excluded".to_owned())]));
    }

    #[test]
    fn exclusions_hold_addresses_and_names() {
        let scratch = Scratch::new("exclusions");
        let mut store = SqliteStore::open(&scratch.file()).unwrap();
        for what in [
            Excluded::Network(scope_file::network("192.0.2.0/24").unwrap()),
            Excluded::Domain(Name::new("a.example").unwrap()),
        ] {
            let exclusion = Exclusion {
                what,
                reason: "asked by the owner".to_owned(),
                since: NOW,
            };
            store.exclude(&exclusion).unwrap();
            store.exclude(&exclusion).unwrap();
        }
        let exclusions = store.exclusions().unwrap();
        assert_eq!(exclusions.len(), 2);
        let entry = |address: &str, domain: &str| Entry {
            place: Place::named("list"),
            address: address.parse().unwrap(),
            port: 25,
            about: About {
                domains: vec![Name::new(domain).unwrap()],
                ..About::default()
            },
        };
        for (address, domain, excluded) in [
            ("192.0.2.1", "b.example", true),
            ("::ffff:192.0.2.1", "b.example", true),
            ("198.51.100.1", "mail.a.example", true),
            ("198.51.100.1", "nota.example", false),
        ] {
            let holds = exclusions
                .iter()
                .any(|it| it.what.holds(&entry(address, domain)));
            assert_eq!(holds, excluded, "{address} {domain}");
        }
    }

    #[test]
    fn a_store_that_cannot_be_used_says_why() {
        let scratch = Scratch::new("bad");
        let found = |result: Result<SqliteStore, StoreError>| match result {
            Ok(_) => panic!("the store was opened"),
            Err(problem) => problem.found,
        };
        assert_eq!(
            found(SqliteStore::open_to_read(&scratch.file())),
            "there is no store"
        );

        let other = scratch.folder.join("other");
        std::fs::write(&other, "something else, long enough to have a header").unwrap();
        assert_eq!(
            found(SqliteStore::open(&other)),
            "this is no store of postern"
        );

        let foreign = scratch.folder.join("foreign.db");
        Connection::open(&foreign)
            .unwrap()
            .execute_batch("CREATE TABLE t (x)")
            .unwrap();
        assert_eq!(
            found(SqliteStore::open(&foreign)),
            "this is no store of postern"
        );

        drop(SqliteStore::open(&scratch.file()).unwrap());
        let raw = Connection::open(scratch.file()).unwrap();
        raw.execute_batch("PRAGMA user_version = 99").unwrap();
        assert_eq!(
            found(SqliteStore::open(&scratch.file())),
            "the store has version 99"
        );
        assert_eq!(
            found(SqliteStore::open_to_read(&scratch.file())),
            "the store has version 99"
        );

        raw.execute_batch("PRAGMA user_version = 1; BEGIN EXCLUSIVE")
            .unwrap();
        assert_eq!(
            found(SqliteStore::open(&scratch.file())),
            "the store is locked by another program"
        );
        raw.execute_batch("ROLLBACK").unwrap();

        let mut read_only = SqliteStore::open_to_read(&scratch.file()).unwrap();
        let problem = read_only.begin_boot(DeviceFamily::Direct).unwrap_err();
        assert_eq!(problem.found, "the store is read-only");
    }
}
