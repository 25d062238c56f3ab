//! Scripts of ours in Python, with packages of others from PyPI.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{debian, failure::Result, place, run, suite::Outcome};

/// A program, installed where that is allowed; what is lacking where it is not to be had.
pub(crate) fn lacks(program: &str, package: &str) -> Option<Outcome> {
    if run::exists(program) {
        return None;
    }
    let apt_said = debian::install_where_allowed(&[package]);
    (!run::exists(program)).then(|| {
        Outcome::skipped(
            format!("{program} is not installed{apt_said}"),
            format!("apt-get install {package}"),
        )
    })
}

/// A Python in a folder of its own that has a package, made on first use; else what is lacking.
/// `has_it` is a script that ends well where the package is there.
pub(crate) fn environment(
    folder: &str,
    package: &str,
    has_it: &str,
) -> Result<std::result::Result<PathBuf, Outcome>> {
    let folder = place::target().join(folder);
    let program = folder.join("bin").join("python");
    let has_it =
        || run::capture(Command::new(&program).args(["-c", has_it])).is_ok_and(|said| said.success);
    if has_it() {
        return Ok(Ok(program));
    }
    let lack = |why: &str, get: &str| Ok(Err(Outcome::skipped(why, get)));
    place::make_fresh_folder(&folder)?;
    let make = || run::capture(run::command(&["python3", "-m", "venv"]).arg(&folder));
    if !make()?.success {
        // Debian keeps what this needs in a package of its own.
        let apt_said = debian::install_where_allowed(&["python3-venv"]);
        if !make()?.success {
            return lack(
                &format!("python3 cannot make an environment{apt_said}"),
                "apt-get install python3-venv",
            );
        }
    }
    let mut install = Command::new(&program);
    run::capture(install.args(["-m", "pip", "install", "--quiet", package]))?;
    if has_it() {
        Ok(Ok(program))
    } else {
        lack(
            &format!("the package {package} cannot be had"),
            &format!("python3 -m pip install {package}"),
        )
    }
}

/// Writes a script of ours below the target folder and runs it on files; its last line of output
/// says what it did.
pub(crate) fn check(
    program: &OsStr,
    name: &str,
    script: &str,
    files: &[impl AsRef<Path>],
) -> Result<Outcome> {
    let folder = place::target().join("scripts");
    place::make_fresh_folder(&folder)?;
    let path = folder.join(name);
    place::write(&path, script)?;
    let mut command = Command::new(program);
    let files = files.iter().map(AsRef::as_ref);
    let said = run::capture(command.arg(&path).args(files))?;
    Ok(if said.success {
        Outcome::passed(said.out.lines().last().unwrap_or_default())
    } else {
        Outcome::failed(said.everything())
    })
}
