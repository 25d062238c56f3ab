//! Every mail, read by Python's `email` package, which nobody here wrote, under its strict policy.

use std::ffi::OsStr;

use super::files;
use crate::{
    failure::Result,
    python::{check, lacks},
    suite::Outcome,
};

/// Reads every mail of a demonstration in every language: headers, text, attachments.
pub(crate) fn read_mails() -> Result<Outcome> {
    if let Some(lack) = lacks("python3", "python3") {
        return Ok(lack);
    }
    let script = include_str!("read_mails.py");
    check(
        OsStr::new("python3"),
        "read_mails.py",
        script,
        &files(".eml")?,
    )
}
