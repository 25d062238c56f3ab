//! Keys as files: one line of 32 hexadecimal digits, which only its owner can read.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::Path,
};

use probe_core::token::Key;

use crate::problem::{Place, Problem};

const EXPECTED: &str = "one line of 32 hexadecimal digits, as `postern key export` writes it";

/// Reads a key.
pub fn read(path: &Path) -> Result<Key, Problem> {
    let text = fs::read_to_string(path).map_err(|error| {
        Problem::new(
            Place::file(path),
            format!("cannot be read: {error}"),
            "a file with a key",
        )
        .next("`postern key export FILE` writes the store's")
    })?;
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim();
    let octets = octets(first).ok_or_else(|| {
        // What stands there may be nearly a key: it is not repeated.
        let found = format!("this is no key: {} characters", first.chars().count());
        Problem::new(Place::file(path).line(1), found, EXPECTED)
    })?;
    if let Some((line, _)) = (2..).zip(lines).find(|(_, line)| !line.trim().is_empty()) {
        let place = Place::file(path).line(line);
        let found = "there is more behind the key";
        return Err(Problem::new(place, found, EXPECTED));
    }
    Ok(Key::new(octets))
}

/// Writes a key to a new file.
pub fn write(path: &Path, key: &Key) -> Result<(), Problem> {
    let mut text: String = key.octets().iter().map(|it| format!("{it:02x}")).collect();
    text.push('\n');
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| {
            Problem::new(
                Place::file(path),
                format!("cannot be written: {error}"),
                "a new file in a folder that can be written",
            )
        })
}

fn octets(text: &str) -> Option<[u8; 16]> {
    let mut octets = [0; 16];
    if text.len() != 2 * octets.len() || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    for (octet, digits) in octets.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).ok()?;
        *octet = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(octets)
}
