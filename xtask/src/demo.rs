//! `cargo demo`: the whole way of the data, with nothing installed but Rust.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    failure::{Failure, Result},
    place, run,
    simulated::{self, PROXIES, RELAYS},
};

/// Builds postern, scans the built-in simulator's demonstration (a list of servers that may relay, then one
/// of proxies), and writes the letters.
pub(crate) fn run() -> Result<ExitCode> {
    let folder = place::target().join("demo");
    place::make_fresh_folder(&folder)?;
    println!("building postern; the first time takes minutes");
    run::show(simulated::build().env_remove("CARGO_TERM_COLOR"))?;
    simulated::write_files(&folder)?;

    let store = folder.join("findings.db");
    let letters = folder.join("letters");
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();

    let mut relays = RELAYS.scan(&folder, &store);
    relays.extend(words(&["--deliver"]));
    postern(&relays)?;
    postern(&PROXIES.scan(&folder, &store))?;

    let mut write = words(&["letters", "--profile", "example-cert", "--lang", "auto"]);
    write.extend(words(&["--format", "text,eml,csv,html,xarf"]));
    write.extend([
        "--store".into(),
        store.into(),
        "--out".into(),
        letters.clone().into(),
    ]);
    postern(&write)?;

    let files = files_below(&letters)?;
    let counted = |ending: &str| {
        let of_kind = |path: &&PathBuf| path.to_string_lossy().ends_with(ending);
        files.iter().filter(of_kind).count()
    };
    println!("\n{}:", shown(&letters));
    println!("  preview.html         every letter on one page: begin here");
    for (ending, what) in [
        (".txt", "letters as text"),
        (
            ".eml",
            "the same as mails, with tables and reports attached",
        ),
        (".csv", "tables"),
        (".xarf.json", "reports for machines"),
    ] {
        println!("  {:<20} {what}", format!("{} *{ending}", counted(ending)));
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the program as a reader would type it, and shows how.
fn postern(arguments: &[OsString]) -> Result<()> {
    let line: Vec<_> = arguments
        .iter()
        .map(|word| shown(Path::new(word)))
        .collect();
    println!("\n$ postern {}", line.join(" "));
    run::show(run::command(&[place::postern()]).args(arguments))
}

/// A path from the workspace's root, where it lies below it.
fn shown(path: &Path) -> String {
    path.strip_prefix(place::workspace())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| {
        Failure::at(folder, &error)
            .next("the scan found nothing that a letter may be written about")
    })?;
    for entry in entries {
        let path = entry.map_err(|error| Failure::at(folder, &error))?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}
