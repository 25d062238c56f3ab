//! Writes the demonstration's list of suspects and its scope into a folder:
//! `cargo run -p host-sim --example demo_files -- FOLDER`.

use std::{env, fs, io, path::PathBuf};

use host_sim::demo;
use probe_core::scope::Depth;

fn main() -> io::Result<()> {
    let folder = env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    fs::write(folder.join("suspects.csv"), demo::suspects_csv())?;
    fs::write(folder.join("scope.toml"), demo::scope_toml(Depth::Standard))
}
