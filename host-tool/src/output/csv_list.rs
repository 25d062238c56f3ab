//! Suspects as a CSV list that `scan --targets` reads.

use std::{fs, io, path::Path};

use crate::{
    exit::Failure,
    import::Reading,
    lists::{COLUMNS, Entry, Listing},
    problem::{Place, Problem},
    scope_file::describe::shown,
};

/// Writes what is read, a line for each entry in a database. The file stands there when all of it
/// was right, and is left alone when it was not.
pub fn write(path: &Path, reading: &mut dyn Reading) -> Result<(), Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = Path::new(&name);
    let write = |reading: &mut dyn Reading| -> io::Result<()> {
        let mut writer = csv::Writer::from_path(part)?;
        writer.write_record(COLUMNS)?;
        while let Some(entry) = reading.next() {
            if entry.about.listings.is_empty() {
                writer.write_record(row(&entry, None))?;
            }
            for listing in &entry.about.listings {
                writer.write_record(row(&entry, Some(listing)))?;
            }
        }
        writer.flush()
    };
    let done = write(reading).and_then(|()| {
        if reading.is_sound() {
            fs::rename(part, path)
        } else {
            fs::remove_file(part)
        }
    });
    done.map_err(|error| {
        // Half a list helps nobody; if it cannot be removed, the message says why.
        let _ = fs::remove_file(part);
        Failure::input(Problem::new(
            Place::file(path),
            format!("cannot be written: {error}"),
            "a file that can be written",
        ))
    })
}

fn row(entry: &Entry, listing: Option<&Listing>) -> [String; COLUMNS.len()] {
    let about = &entry.about;
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<jiff::civil::Date>| day.map(|it| it.to_string()).unwrap_or_default();
    let domains: Vec<&str> = about.domains.iter().map(|name| name.as_str()).collect();
    [
        entry.address.to_string(),
        entry.port.to_string(),
        about
            .name
            .as_ref()
            .map(|name| name.as_str().to_owned())
            .unwrap_or_default(),
        domains.join(" "),
        given(&about.country),
        given(&about.language),
        given(&about.contact),
        about.network.as_ref().map(shown).unwrap_or_default(),
        given(&about.time_zone),
        listing.map(|it| it.by.clone()).unwrap_or_default(),
        day(listing.and_then(|it| it.on)),
        listing.and_then(|it| it.code.clone()).unwrap_or_default(),
        day(listing.and_then(|it| it.since)),
        listing
            .and_then(|it| it.claim.as_str())
            .unwrap_or_default()
            .to_owned(),
    ]
}
