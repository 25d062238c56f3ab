//! Programs that look at the lab from outside: nmap, from its Debian package.

use std::{fs, os::unix, path::Path, process::Command};

use super::{inside, plan::Scanner, root::Root};
use crate::{
    debian::{self, Bundle},
    failure::{Failure, Result},
};

const NMAP: Bundle = Bundle {
    name: "nmap",
    main: "nmap",
    with: &["nmap-common", "lua-lpeg"],
    perl: false,
};

/// nmap in a scanner's namespace.
pub(super) fn nmap(scanner: &Scanner) -> Result<Command> {
    let bundle = debian::root(&NMAP)?;
    let root = Root::make("nmap", &bundle, scanner.host_name, &[])?;
    link_alternative(&root.path().join("usr/lib"), "blas", "libblas.so.3")?;
    inside::command(
        scanner.namespace,
        &root,
        scanner.host_name,
        &["/usr/bin/nmap"],
    )
}

/// Links a library to where programs look, which on an installed system the package's script does.
fn link_alternative(libraries: &Path, folder: &str, library: &str) -> Result<()> {
    let at = |error| Failure::at(libraries, &error);
    for entry in fs::read_dir(libraries).map_err(at)? {
        let architecture = entry.map_err(at)?.path();
        if architecture.join(folder).join(library).exists() {
            let link = architecture.join(library);
            unix::fs::symlink(format!("{folder}/{library}"), &link)
                .map_err(|error| Failure::at(&link, &error))?;
        }
    }
    Ok(())
}
