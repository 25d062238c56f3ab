//! The folder that letters are written to.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    exit::Failure,
    letters::form::File,
    problem::{Place, Problem},
};

/// A folder for letters, and what this run has written to it.
pub(super) struct Folder {
    path: PathBuf,
    written: BTreeSet<String>,
}

impl Folder {
    /// The folder, made where it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(path).map_err(|error| unwritable(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            written: BTreeSet::new(),
        })
    }

    /// Writes a file whole or not at all. The same file in another state goes: nobody shall send
    /// a letter that no longer counts as ready.
    pub(super) fn write(&mut self, file: &File) -> Result<(), Failure> {
        if self.written.contains(&file.name) {
            // Data that no language changes.
            return Ok(());
        }
        let path = self.path.join(&file.name);
        let half = self
            .path
            .join(format!(".{}.{}", file.name, std::process::id()));
        let written = fs::write(&half, &file.octets).and_then(|()| fs::rename(&half, &path));
        written.map_err(|error| {
            // What is half written is of no use to anyone.
            let _ = fs::remove_file(&half);
            unwritable(&path, &error)
        })?;
        for name in &file.replaces {
            match fs::remove_file(self.path.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(unwritable(&self.path.join(name), &error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        self.written.insert(file.name.clone());
        Ok(())
    }

    /// Letters that an earlier run has left here and this one has not written.
    pub(super) fn left_over(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.path) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with("PO-") && !self.written.contains(name))
            .collect();
        names.sort_unstable();
        names
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(
        Problem::new(
            Place::file(path),
            format!("cannot be written: {error}"),
            "a folder for letters",
        )
        .next("choose another one with --out"),
    )
}
