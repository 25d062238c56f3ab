//! Where things lie: the workspace and what is built from it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::failure::{Failure, Result};

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Cargo's target folder, wherever the reader put it.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(
        || workspace().join("target"),
        |folder| workspace().join(folder),
    )
}

/// The built program `postern`.
pub(crate) fn postern() -> PathBuf {
    target().join("debug").join("postern")
}

/// Makes a folder and the folders above it.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Failure::at(folder, &error))
}

/// Makes a folder that holds nothing.
pub(crate) fn make_fresh_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| Failure::at(folder, &error))?;
    }
    make_folder(folder)
}

/// Writes a whole file, with the folder that it needs.
pub(crate) fn write(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        make_folder(folder)?;
    }
    fs::write(file, text).map_err(|error| Failure::at(file, &error))
}

/// Reads a whole file of text; octets that are not UTF-8 are replaced.
pub(crate) fn read(file: &Path) -> Result<String> {
    let octets = fs::read(file).map_err(|error| Failure::at(file, &error))?;
    Ok(String::from_utf8_lossy(&octets).into_owned())
}
