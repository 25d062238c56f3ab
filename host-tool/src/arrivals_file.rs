//! What came to sinks as a file, from the store of a sink to the store that knows the jobs: a JSON object a
//! line.

use std::{fs, io::Read as _, path::Path};

use jiff::Timestamp;
use probe_core::{
    finding::DeviceId,
    frame::{FORMAT, RECORD_OCTETS_MAX},
    time::{Anchor, Instant},
};
use serde::{Deserialize, Serialize};

use crate::{
    output::{timestamp, utc},
    problem::{Place, Problem},
    store::Carried,
};

/// The largest file, in octets: some hundred thousand arrivals.
pub const FILE_OCTETS_MAX: u64 = 256 * 1024 * 1024;

const EXPECTED: &str = "a line that `postern arrivals export` has written";

/// A line. What it says is believed as little as what came: only the code of a token proves something.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    device: String,
    anchor_ms: u64,
    anchor_utc: String,
    format: u8,
    record: String,
}

/// The lines of all of it.
pub fn text(carried: &[Carried]) -> String {
    carried.iter().map(line).collect()
}

/// Reads a file; `-` is standard input. Nothing of it is taken where something is wrong with it.
pub fn read(path: &Path) -> Result<Vec<Carried>, Problem> {
    let is_input = path == Path::new("-");
    let place = || {
        if is_input {
            Place::named("standard input")
        } else {
            Place::file(path)
        }
    };
    let unreadable =
        |what: String| Problem::new(place(), what, "a file that `postern arrivals export` wrote");
    let mut octets = Vec::new();
    let result = if is_input {
        std::io::stdin()
            .take(FILE_OCTETS_MAX + 1)
            .read_to_end(&mut octets)
    } else {
        fs::File::open(path)
            .and_then(|file| file.take(FILE_OCTETS_MAX + 1).read_to_end(&mut octets))
    };
    result.map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    if octets.len() as u64 > FILE_OCTETS_MAX {
        return Err(unreadable(format!("over {FILE_OCTETS_MAX} octets")));
    }
    let text = String::from_utf8(octets).map_err(|_| unreadable("this is no text".to_owned()))?;
    (1..)
        .zip(text.lines())
        .map(|(number, line)| {
            parse(line).map_err(|what| Problem::new(place().line(number), what, EXPECTED))
        })
        .collect()
}

fn line(carried: &Carried) -> String {
    let mut room = [0; RECORD_OCTETS_MAX];
    let record = postcard::to_slice(&carried.arrival, &mut room).expect("a record has room for it");
    let line = Line {
        device: hex(&carried.device.0),
        anchor_ms: carried.anchor.at.as_millis(),
        anchor_utc: timestamp(carried.anchor.utc).to_string(),
        format: FORMAT,
        record: hex(record),
    };
    let mut line = serde_json::to_string(&line).expect("plain data is JSON");
    line.push('\n');
    line
}

fn parse(line: &str) -> Result<Carried, String> {
    let line: Line =
        serde_json::from_str(line).map_err(|error| format!("this is no such line: {error}"))?;
    if line.format != FORMAT {
        return Err(format!(
            "it is of format {}, and this version reads format {FORMAT}",
            line.format
        ));
    }
    let device = octets(&line.device).and_then(|octets| octets.try_into().ok());
    let device = DeviceId(device.ok_or("`device` is not 16 hexadecimal digits")?);
    let date = line.anchor_utc.parse::<Timestamp>();
    let date = date.map_err(|_| "`anchor_utc` is no date such as 2026-11-20T09:00:00Z")?;
    let record = octets(&line.record).ok_or("`record` is not hexadecimal")?;
    let arrival = match postcard::take_from_bytes(&record) {
        Ok((arrival, [])) => arrival,
        Ok(_) | Err(_) => return Err("`record` is no arrival".to_owned()),
    };
    Ok(Carried {
        device,
        anchor: Anchor {
            at: Instant::from_millis(line.anchor_ms),
            utc: utc(date),
        },
        arrival,
    })
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn octets(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let octet = |[high, low]: &[u8; 2]| {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
    };
    rest.is_empty()
        .then(|| pairs.iter().map(octet).collect())
        .flatten()
}
