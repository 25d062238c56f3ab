//! Letters as others see them: mails in Python's `email`, reports in the XARF project's validator, the page
//! in Chromium.

mod mails;
mod page;
mod reports;

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::OnceLock,
};

pub(crate) use mails::read_mails;
pub(crate) use page::render_page;
pub(crate) use reports::validate_reports;

use crate::{
    failure::{Failure, Result},
    place, run,
    simulated::{self, PROXIES, RELAYS},
    suite::{self, Step},
};

/// Every language, and one with English below it.
const LANGUAGES: &str = "pl,fr,da,de,it,en,pl+en";

/// `cargo xtask letters`: what each of them says.
pub(crate) fn show() -> Result<ExitCode> {
    suite::show(&[
        Step {
            name: "Python's email",
            run: read_mails,
        },
        Step {
            name: "XARF's validator",
            run: validate_reports,
        },
        Step {
            name: "Chromium",
            run: render_page,
        },
    ])
}

/// The folders of letters that are looked at: drafts of the example, letters that are ready in every language, and
/// one letter about everything.
fn folders() -> Result<&'static [PathBuf; 3]> {
    static FOLDERS: OnceLock<[PathBuf; 3]> = OnceLock::new();
    if let Some(folders) = FOLDERS.get() {
        return Ok(folders);
    }
    let folders = write_folders()?;
    Ok(FOLDERS.get_or_init(|| folders))
}

fn write_folders() -> Result<[PathBuf; 3]> {
    let base = place::target().join("letters");
    place::make_fresh_folder(&base)?;
    run::output(&mut simulated::build())?;
    simulated::write_files(&base)?;
    scan(&base, "findings.db")?;

    let drafts = base.join("drafts");
    write_letters(&base, "findings.db", &drafts, &["--lang", "auto"])?;

    let own = own_profile(&base)?;
    let own = own.to_string_lossy();
    let ready = base.join("ready");
    let profile = ["--profile", &own];
    let in_all = [profile.as_slice(), &["--lang", LANGUAGES]].concat();
    write_letters(&base, "findings.db", &ready, &in_all)?;

    // The same lists with one contact for everything.
    for list in [RELAYS, PROXIES] {
        let file = list.file(&base);
        let text = place::read(&file)?;
        place::write(&file, &with_one_contact(&text))?;
    }
    scan(&base, "one.db")?;
    let one = base.join("one");
    let together = [in_all.as_slice(), &["--group", "contact"]].concat();
    write_letters(&base, "one.db", &one, &together)?;
    Ok([drafts, ready, one])
}

fn scan(base: &Path, store: &str) -> Result<()> {
    for list in [RELAYS, PROXIES] {
        let mut scan = Command::new(place::postern());
        scan.args(list.scan(base, &base.join(store)));
        run::output(&mut scan)?;
    }
    Ok(())
}

fn write_letters(base: &Path, store: &str, out: &Path, more: &[&str]) -> Result<()> {
    let mut write = Command::new(place::postern());
    write
        .args(["letters", "--format", "text,eml,csv,html,xarf", "--out"])
        .arg(out)
        .arg("--store")
        .arg(base.join(store))
        .args(more);
    run::output(&mut write).map(drop)
}

/// The example as if it were somebody's: names that are not kept for examples, every language approved.
fn own_profile(base: &Path) -> Result<PathBuf> {
    let file = base.join("own.toml");
    let mut new = Command::new(place::postern());
    run::output(new.args(["profile", "new"]).arg(&file))?;
    let text = place::read(&file)?.replace("cert.example", "cert.gov.pl");
    let approved = text.lines().map(|line| {
        if line.starts_with("approved = ") {
            "approved = [\"pl\", \"fr\", \"da\", \"de\", \"it\", \"en\"]"
        } else {
            line
        }
    });
    let text: Vec<&str> = approved.collect();
    place::write(&file, &format!("{}\n", text.join("\n")))?;
    Ok(file)
}

fn with_one_contact(list: &str) -> String {
    let mut lines = list.lines();
    let header = lines.next().unwrap_or_default();
    let place = header.split(',').position(|column| column == "contact");
    let mut out = format!("{header}\n");
    for line in lines {
        let fields = line.split(',').enumerate().map(|(at, field)| {
            if Some(at) == place {
                "abuse@everyone.example"
            } else {
                field
            }
        });
        out.push_str(&fields.collect::<Vec<_>>().join(","));
        out.push('\n');
    }
    out
}

/// Files below the folders whose names end so.
fn files(ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders()? {
        let entries = fs::read_dir(folder).map_err(|error| Failure::at(folder, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| Failure::at(folder, &error))?.path();
            let name = path.file_name().and_then(OsStr::to_str);
            if name.is_some_and(|name| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_gets_one_contact() {
        assert_eq!(
            with_one_contact("address,contact,language\n192.0.2.1,a@b.example,pl\n192.0.2.2,,\n"),
            "address,contact,language\n192.0.2.1,abuse@everyone.example,pl\n192.0.2.2,abuse@everyone.example,\n"
        );
    }
}
