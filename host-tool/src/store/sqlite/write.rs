//! What goes into the tables, within a transaction.

use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use probe_core::{
    arrival::{Arrival, What},
    finding::{DeviceId, Finding, JobSerial},
    frame::{FORMAT, RECORD_OCTETS_MAX, ScanId},
    name::Name,
    time::{Anchor, Instant, Utc},
    token::Key,
};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{objections, signed, unsigned};
use crate::{
    lists::{Entry, Listing},
    scope_file::describe::shown,
    store::{Imported, JobNumber, Plan, Record, Reference},
};

/// `sim` and a number that no run before had.
pub(super) fn next_simulated(transaction: &Transaction<'_>) -> rusqlite::Result<DeviceId> {
    let runs: u64 = transaction.query_row(
        "SELECT count(*) FROM boots WHERE substr(device, 1, 3) = x'73696d'",
        [],
        |row| row.get(0),
    )?;
    let [.., a, b, c, d, e] = (runs + 1).to_be_bytes();
    Ok(DeviceId([b's', b'i', b'm', a, b, c, d, e]))
}

/// Three letters of a family and a number that other stores have not, with the next boot.
pub(super) fn next_of_family(
    transaction: &Transaction<'_>,
    family: [u8; 3],
) -> rusqlite::Result<(DeviceId, u32)> {
    let known: Option<(Vec<u8>, u32)> = transaction
        .query_row(
            "SELECT device, max(boot) FROM boots
             WHERE substr(device, 1, 3) = ?1 AND NOT elsewhere GROUP BY device",
            [family],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let known = known.and_then(|(device, boot)| {
        let device: [u8; 8] = device.try_into().ok()?;
        Some((DeviceId(device), boot.saturating_add(1)))
    });
    Ok(known.unwrap_or_else(|| {
        let [a, b, c, ..] = family;
        let [d, e, f, g, h, ..] = RandomState::new().hash_one(()).to_be_bytes();
        (DeviceId([a, b, c, d, e, f, g, h]), 1)
    }))
}

/// A boot of a device with what ties its clock to UTC; the first word about that stands. `elsewhere`: another
/// store knows the device, and a boot that is known here already is not one of those.
pub(super) fn boot(
    transaction: &Transaction<'_>,
    device: DeviceId,
    boot: u32,
    anchor: Anchor,
    elsewhere: bool,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO boots (device, boot, anchor_ms, anchor_utc, elsewhere) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (device, boot) DO UPDATE
         SET anchor_ms = excluded.anchor_ms, anchor_utc = excluded.anchor_utc
         WHERE boots.anchor_ms IS NULL",
        params![
            device.0,
            boot,
            signed(anchor.at.as_millis()),
            signed(anchor.utc.0),
            elsewhere
        ],
    )?;
    Ok(())
}

/// Keeps a record; false where it is known.
pub(super) fn record(
    transaction: &Transaction<'_>,
    device: DeviceId,
    record: &Record,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let kind = match record {
        Record::Finding(_) | Record::Dead(_) => "finding",
        Record::Refused(_) => "refused",
        Record::Over(_) => "over",
        Record::Lost(_) => "lost",
        Record::Arrival(_) => "arrival",
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
    }
    Ok(taken == 1)
}

/// A number that this store has not drawn before.
pub(super) fn next_scan(
    transaction: &Transaction<'_>,
    plan: Plan,
    now: Utc,
) -> rusqlite::Result<ScanId> {
    loop {
        // 32 of its 64 bits; 0 is left out, so that a number is never empty.
        let [a, b, c, d, ..] = RandomState::new().hash_one(()).to_be_bytes();
        let number = u32::from_be_bytes([a, b, c, d]).max(1);
        let new = transaction.execute(
            "INSERT OR IGNORE INTO scan_numbers (number, drawn_utc, plan) VALUES (?1, ?2, ?3)",
            params![number, signed(now.0), plan.0.cast_signed()],
        )?;
        if new == 1 {
            return Ok(ScanId(number));
        }
    }
}

/// The newest key, or a new one.
pub(super) fn key(transaction: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<Key> {
    let known: Option<[u8; 16]> = transaction
        .query_row("SELECT key FROM keys ORDER BY id DESC LIMIT 1", [], |row| {
            row.get(0)
        })
        .optional()?;
    if let Some(octets) = known {
        return Ok(Key::new(octets));
    }
    let mut octets = [0; 16];
    getrandom::fill(&mut octets).expect("the system's generator works from early boot on");
    transaction.execute(
        "INSERT INTO keys (key, made_utc) VALUES (?1, ?2)",
        params![octets, now.as_second()],
    )?;
    Ok(Key::new(octets))
}

pub(super) fn note(
    transaction: &Transaction<'_>,
    entry: &Entry,
    imported: Option<Timestamp>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let endpoint = entry.endpoint();
    let about = &entry.about;
    let domains: Vec<&str> = about.domains.iter().map(Name::as_str).collect();
    let mut add = transaction.prepare_cached(
        "INSERT INTO suspects
         (address, port, name, domains, country, language, contact, network, time_zone,
          noted_utc, imported_utc, only_imported)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (address, port) DO UPDATE SET
             name = coalesce(excluded.name, name),
             domains = CASE excluded.domains WHEN '' THEN domains ELSE excluded.domains END,
             country = coalesce(excluded.country, country),
             language = coalesce(excluded.language, language),
             contact = coalesce(excluded.contact, contact),
             network = coalesce(excluded.network, network),
             time_zone = coalesce(excluded.time_zone, time_zone),
             noted_utc = excluded.noted_utc,
             imported_utc = coalesce(excluded.imported_utc, imported_utc),
             only_imported = min(excluded.only_imported, only_imported)
         RETURNING id",
    )?;
    let suspect: i64 = add.query_row(
        params![
            endpoint.ip().to_string(),
            endpoint.port(),
            about.name.as_ref().map(Name::as_str),
            domains.join(" "),
            about.country,
            about.language,
            about.contact,
            about.network.as_ref().map(shown),
            about.time_zone,
            now.as_second(),
            imported.map(Timestamp::as_second),
            imported.is_some()
        ],
        |row| row.get(0),
    )?;
    for listing in &about.listings {
        note_listing(transaction, suspect, listing)?;
    }
    Ok(())
}

/// An entry of a database about a suspect. One without a code is the newest that is known of that
/// database; one with a code takes the place of one that had none. The newest day stands on which
/// it was seen: lists come in any order.
fn note_listing(
    transaction: &Transaction<'_>,
    suspect: i64,
    listing: &Listing,
) -> rusqlite::Result<()> {
    let claim = listing.claim.as_str().unwrap_or_default();
    let code = match &listing.code {
        Some(code) => {
            let mut name = transaction.prepare_cached(
                "UPDATE OR IGNORE listings SET listed_code = ?4
                 WHERE suspect = ?1 AND listed_by = ?2 AND listed_as = ?3 AND listed_code = ''",
            )?;
            name.execute(params![suspect, listing.by, claim, code])?;
            code.clone()
        }
        None => {
            let mut known = transaction.prepare_cached(
                "SELECT listed_code FROM listings
                 WHERE suspect = ?1 AND listed_by = ?2 AND listed_as = ?3
                 ORDER BY listed_on DESC, rowid DESC LIMIT 1",
            )?;
            known
                .query_row(params![suspect, listing.by, claim], |row| row.get(0))
                .optional()?
                .unwrap_or_default()
        }
    };
    let mut add = transaction.prepare_cached(
        "INSERT INTO listings (suspect, listed_by, listed_as, listed_code, listed_on, listed_since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (suspect, listed_by, listed_as, listed_code) DO UPDATE SET
             listed_on = max(coalesce(excluded.listed_on, listed_on),
                             coalesce(listed_on, excluded.listed_on)),
             listed_since = coalesce(excluded.listed_since, listed_since)",
    )?;
    let day = |day: Option<jiff::civil::Date>| day.map(|it| it.to_string());
    add.execute(params![
        suspect,
        listing.by,
        claim,
        code,
        day(listing.on),
        day(listing.since)
    ])?;
    Ok(())
}

/// How many suspects and entries of databases there are.
pub(super) fn counts(transaction: &Transaction<'_>) -> rusqlite::Result<Imported> {
    transaction.query_row(
        "SELECT (SELECT count(*) FROM suspects), (SELECT count(*) FROM listings)",
        [],
        |row| {
            Ok(Imported {
                suspects: unsigned(row.get(0)?),
                listings: unsigned(row.get(1)?),
            })
        },
    )
}

pub(super) fn keep_reference(
    transaction: &Transaction<'_>,
    reference: &Reference,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO letter_references (reference, first_case, contact, network, given_utc)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (reference) DO UPDATE SET
             contact = excluded.contact, network = excluded.network
         WHERE contact <> excluded.contact OR network <> excluded.network",
        params![
            reference.text,
            signed(reference.first.0),
            reference.key.contact.as_deref().unwrap_or_default(),
            reference.key.network,
            now.as_second()
        ],
    )?;
    Ok(())
}

fn append(
    transaction: &Transaction<'_>,
    device: DeviceId,
    record: &Record,
) -> rusqlite::Result<()> {
    match record {
        Record::Finding(finding) => append_finding(transaction, device, finding),
        Record::Dead(range) => range
            .findings()
            .try_for_each(|finding| append_finding(transaction, device, &finding)),
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
        Record::Arrival(arrival) => append_arrival(transaction, device, arrival),
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

fn append_arrival(
    transaction: &Transaction<'_>,
    device: DeviceId,
    arrival: &Arrival,
) -> rusqlite::Result<()> {
    let anchor = anchor(transaction, device, arrival.id.boot)?;
    transaction.execute(
        "INSERT INTO arrivals (device, boot, number, at_utc, serial, format, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            device.0,
            arrival.id.boot,
            arrival.id.number,
            signed(anchor.utc(arrival.at).0),
            arrival.envelope.map(|token| signed(token.serial().0)),
            FORMAT,
            octets_of(arrival)?,
        ],
    )?;
    if arrival.what == What::Objection {
        objections::append(transaction, device, arrival.id)?;
    }
    Ok(())
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
          rules, verdict, reason, format, record, refusals)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
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
            finding.refusals,
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
pub(super) fn octets_of(value: &impl serde::Serialize) -> rusqlite::Result<Vec<u8>> {
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
