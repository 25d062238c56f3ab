//! Every report, read by the validator of the XARF project, with the official schemas.

use std::{fs, path::PathBuf, process::Command};

use super::{files, lacks, python};
use crate::{
    debian,
    failure::{Failure, Result},
    machine, place, run,
    suite::Outcome,
};

/// The package, on PyPI; it holds the schemas of XARF 4.2.0.
const PACKAGE: &str = "xarf==1.0.0";

/// Validates every report of a demonstration, and finds what is wrong with damaged ones.
pub(crate) fn validate_reports() -> Result<Outcome> {
    if let Some(lack) = lacks("python3", "python3") {
        return Ok(lack);
    }
    match environment()? {
        Err(lack) => Ok(lack),
        Ok(program) => {
            let script = include_str!("validate_reports.py");
            let mut reports = files(".xarf.json")?;
            // A demonstration proves nothing; the tests' own reports do.
            reports.extend(golden()?);
            python(program.as_os_str(), "validate_reports.py", script, &reports)
        }
    }
}

fn golden() -> Result<Vec<PathBuf>> {
    let folder = place::workspace().join("host-tool/tests/golden/forms/xarf");
    let entries = fs::read_dir(&folder).map_err(|error| Failure::at(&folder, &error))?;
    entries
        .map(|entry| Ok(entry.map_err(|error| Failure::at(&folder, &error))?.path()))
        .collect()
}

/// A Python that has the package, made on first use; else what is lacking.
fn environment() -> Result<std::result::Result<PathBuf, Outcome>> {
    let folder = place::target().join("xarf-python");
    let program = folder.join("bin").join("python");
    let has_it = || {
        run::capture(Command::new(&program).args([
            "-c",
            "import xarf, sys; sys.exit(xarf.SPEC_VERSION != '4.2.0')",
        ]))
        .is_ok_and(|said| said.success)
    };
    if has_it() {
        return Ok(Ok(program));
    }
    let lack = |why: &str, get: &str| Ok(Err(Outcome::skipped(why, get)));
    place::make_fresh_folder(&folder)?;
    let make = || run::capture(run::command(&["python3", "-m", "venv"]).arg(&folder));
    if !make()?.success {
        // Debian keeps what this needs in a package of its own. Whatever apt said, it works then or not.
        if machine::is_root() && run::exists("apt-get") {
            let _ = debian::install(&["python3-venv"]);
        }
        if !make()?.success {
            return lack(
                "python3 cannot make an environment",
                "apt-get install python3-venv",
            );
        }
    }
    let mut install = Command::new(&program);
    run::capture(install.args(["-m", "pip", "install", "--quiet", PACKAGE]))?;
    if has_it() {
        Ok(Ok(program))
    } else {
        lack(
            &format!("the package {PACKAGE} cannot be had"),
            &format!("python3 -m pip install {PACKAGE}"),
        )
    }
}
