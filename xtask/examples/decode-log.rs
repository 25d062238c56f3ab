//! `decode-log ELF OCTETS`: the log that a board's binary wrote, a line for each frame: seconds since
//! the start, level, text. A frame that cannot be read ends it with 1.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use defmt_decoder::{DecodeError, Table};

fn main() -> ExitCode {
    match decode() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("decode-log: {why}");
            ExitCode::FAILURE
        }
    }
}

fn decode() -> Result<(), String> {
    let mut arguments = env::args_os().skip(1);
    let (Some(elf), Some(octets)) = (arguments.next(), arguments.next()) else {
        return Err("expected ELF OCTETS".to_owned());
    };
    let read =
        |file: OsString| fs::read(&file).map_err(|error| format!("{}: {error}", file.display()));
    let table = Table::parse(&read(elf)?)
        .map_err(|error| error.to_string())?
        .ok_or("the binary has no log: build it with the feature `defmt`")?;
    let mut decoder = table.new_stream_decoder();
    decoder.received(&read(octets)?);
    let mut out = io::stdout().lock();
    let mut frames = 0_u32;
    loop {
        let frame = match decoder.decode() {
            Ok(frame) => frame,
            // What the power cut off is no fault.
            Err(DecodeError::UnexpectedEof) => return Ok(()),
            Err(DecodeError::Malformed) => {
                return Err(format!("the frame behind the first {frames} is malformed"));
            }
        };
        frames += 1;
        let when = frame
            .display_timestamp()
            .map_or_else(String::new, |time| time.to_string());
        let level = frame
            .level()
            .map_or_else(String::new, |level| level.as_str().to_uppercase());
        writeln!(out, "{when} {level:<5} {}", frame.display_message())
            .map_err(|error| error.to_string())?;
    }
}
