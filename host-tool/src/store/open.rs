//! Opening a store: new, known, or refused with a reason.

use std::{fs, path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{StoreError, schema};
use crate::problem::{Place, Problem};

/// How long another program may hold the store before it counts as locked.
const BUSY: Duration = Duration::from_secs(2);

/// Opens for reading and writing; makes a new store where there is none.
pub(super) fn writable(path: &Path) -> Result<Connection, StoreError> {
    if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| {
            Problem::new(
                Place::file(folder),
                format!("cannot be made: {error}"),
                "a folder for the store",
            )
            .next("choose another place with --store")
        })?;
    }
    let connection = Connection::open(path).map_err(|error| explain(path, &error))?;
    prepare(&connection).map_err(|error| explain(path, &error))?;
    check(&connection, path)?;
    let known = version(&connection, path)?;
    if known < schema::VERSION {
        raise(&connection, known).map_err(|error| explain(path, &error))?;
    }
    // A store that cannot be written is found out now, not when the first finding comes.
    connection
        .execute_batch("BEGIN IMMEDIATE; ROLLBACK;")
        .map_err(|error| explain(path, &error))?;
    Ok(connection)
}

/// Opens for reading only. The store must be there.
pub(super) fn readable(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(Problem::new(
            Place::file(path),
            "there is no store",
            "a store that `postern scan` has written",
        )
        .next("run a scan first, or name the store with --store"));
    }
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| explain(path, &error))?;
    connection
        .busy_timeout(BUSY)
        .map_err(|error| explain(path, &error))?;
    check(&connection, path)?;
    match version(&connection, path)? {
        0 => Err(not_ours(path)),
        known if known < schema::VERSION => {
            // Its tables cannot be read until they are those of today.
            drop(connection);
            writable(path)?;
            readable(path)
        }
        _ => Ok(connection),
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // An acknowledgement may follow each commit, so each commit must reach the disk.
    connection.pragma_update(None, "synchronous", "FULL")
}

/// Makes the tables of this version out of those of version `known`.
fn raise(connection: &Connection, known: i32) -> rusqlite::Result<()> {
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    debug_assert!(mode == "wal" || mode == "memory", "{mode}");
    let steps = usize::try_from(known).unwrap_or(0);
    let steps = schema::STEPS.get(steps..).unwrap_or_default().concat();
    // Tables that others refer to are made anew, which the checks would take for a deletion.
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE;
         {steps}
         PRAGMA application_id = {};
         PRAGMA user_version = {};
         COMMIT;",
        schema::APPLICATION_ID,
        schema::VERSION
    ))?;
    connection.pragma_update(None, "foreign_keys", true)
}

/// Refuses a store of a newer version, and files that are no store.
fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let number = |name: &str| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
            .map_err(|error| explain(path, &error))
    };
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| explain(path, &error))?;
    if application != schema::APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        return Err(not_ours(path));
    }
    if version > schema::VERSION {
        return Err(Problem::new(
            Place::file(path),
            format!("the store has version {version}"),
            format!("version {}, or an older one", schema::VERSION),
        )
        .next("use the newer postern that wrote it, or another store with --store"));
    }
    Ok(())
}

fn version(connection: &Connection, path: &Path) -> Result<i32, StoreError> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| explain(path, &error))
}

fn not_ours(path: &Path) -> StoreError {
    Problem::new(
        Place::file(path),
        "this is no store of postern",
        "a store that postern has made, or a new file",
    )
    .next("choose another place with --store")
}

/// What SQLite says, in words that help.
pub(super) fn explain(path: &Path, error: &rusqlite::Error) -> StoreError {
    let place = Place::file(path);
    let code = error.sqlite_error_code();
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Problem::new(
            place,
            "the store is locked by another program",
            "a store that nobody else is writing to",
        )
        .next("wait until the other program is done, or choose another store with --store"),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Problem::new(
            place,
            "the store is read-only",
            "a store that can be written",
        )
        .next("change the permissions of the file and its folder, or choose another store with --store"),
        Some(ErrorCode::NotADatabase) => not_ours(path),
        Some(ErrorCode::CannotOpen) => Problem::new(
            place,
            "the store cannot be opened",
            "a file that may be read and written, in a folder that may be too",
        )
        .next("check the path and its permissions, or choose another store with --store"),
        Some(ErrorCode::DiskFull) => Problem::new(
            place,
            "the disk is full",
            "room for findings",
        )
        .next("make room and scan again: what was acknowledged is stored"),
        Some(ErrorCode::DatabaseCorrupt) => Problem::new(
            place,
            "the store is damaged",
            "a store that SQLite can read",
        )
        .next("restore it from a copy, or choose another store with --store"),
        _ => Problem::new(
            place,
            format!("the store failed: {error}"),
            "a store that can be used",
        ),
    }
}
