//! `host-sim demo`: the demonstration's lists and scope as files.

use std::{fs, path::Path, process::ExitCode};

use host_sim::demo;
use probe_core::scope::Depth;

/// Writes `suspects.csv`, `proxies.csv` and `scope.toml` into `folder`, which is made where it is missing, and
/// prints their paths.
pub(crate) fn command(folder: &Path) -> Result<ExitCode, String> {
    let wrong = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(folder).map_err(|error| wrong(folder, error))?;
    for (name, text) in [
        ("suspects.csv", demo::suspects_csv()),
        ("proxies.csv", demo::proxies_csv()),
        (
            "scope.toml",
            demo::scope_toml_of_every_probe(Depth::Standard),
        ),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| wrong(&path, error))?;
        println!("{}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}
